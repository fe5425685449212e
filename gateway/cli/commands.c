/* commands.c - send, contact, case, alert: a request each, and its answer as a table. */
#include "gateway/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/contact_secret.h"
#include "gateway/cli/report.h"
#include "gateway/cli/table.h"

#define TABLE(rows, cols) cli_table((rows), (cols), sizeof(cols) / sizeof(cols)[0])

static int just_do(struct cli *c, json_t *request)
{
	return ask_and_show(c, request, NULL, NULL, 0);
}

/* ---- send ------------------------------------------------------------------------------------ */

static int show_send(struct cli *c, json_t *request)
{
	int status;
	struct config *cf = ask_config(c, &status);
	if (!cf) {
		json_decref(request);
		return status;
	}
	json_t *answer = ask(c, cf, request, &status);
	const char *until = json_string_value(json_object_get(answer, "waits_until"));
	if (until && !c->json)
		printf("waits for the end of the quiet hours: %s (--urgent sends it now)\n", until);
	json_decref(answer);
	config_free(cf);
	return status;
}

int cli_send(struct cli *c)
{
	const char *as = cli_option(c, "--as");
	bool urgent = cli_flag(c, "--urgent");
	char text[4096] = "";
	size_t at = 0;
	int first = as ? 0 : 1;
	if (c->argc <= first)
		return cli_usage("send [--urgent] CONTACT TEXT...   or   send --as CONTACT TEXT...");
	for (int i = first; i < c->argc; i++) {
		int n = snprintf(text + at, sizeof text - at, "%s%s", i > first ? " " : "", c->argv[i]);
		if (n < 0 || (size_t)n >= sizeof text - at)
			return cli_usage("the text is longer than ten segments");
		at += (size_t)n;
	}
	if (as)
		return just_do(c, json_pack("{s:s,s:s,s:s}", "verb", "text", "from", as, "text", text));
	return show_send(c, json_pack("{s:s,s:s,s:s,s:b}", "verb", "send", "to", c->argv[0], "text", text,
				      "urgent", urgent));
}

/* ---- contact --------------------------------------------------------------------------------- */

static int collect(void *arg, const struct config_roster_row *r)
{
	return json_array_append_new(arg, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "id", r->id, "msisdn",
						    r->number, "role", r->role, "school", r->school,
						    "classes", r->classes, "agency", r->agency, "language",
						    r->lang));
}

static void show_preview(const json_t *answer)
{
	static const char *const words[] = {"added", "changed", "unchanged"};
	size_t i, n[3] = {0, 0, 0};
	json_t *row;
	json_array_foreach(json_object_get(answer, "contacts"), i, row) {
		const char *what = json_string_value(json_object_get(row, "change"));
		for (size_t k = 0; what && k < 3; k++)
			n[k] += strcmp(words[k], what) == 0;
		if (what && strcmp(what, "unchanged") != 0)
			printf("%-8s %s\n", what, json_string_value(json_object_get(row, "id")));
	}
	printf("%zu added, %zu changed, %zu as before; nothing was imported\n", n[0], n[1], n[2]);
}

static int contact_import(struct cli *c)
{
	bool dry = cli_flag(c, "--dry-run");
	if (c->argc != 2)
		return cli_usage("contact import [--dry-run] FILE.csv");
	const char *file = c->argv[1];
	int status;
	struct config *cf = ask_config_store(c, &status);
	if (!cf)
		return status;
	json_t *rows = json_array();
	int faults = config_read_roster(cf, file, collect, rows, stderr);
	if (faults > 0) {
		fprintf(stderr, "kujdestar: %s: %d fault%s; nothing was imported\n", file, faults,
			faults == 1 ? "" : "s");
		json_decref(rows);
		config_free(cf);
		return EX_DATAERR;
	}
	json_t *answer = ask(c, cf, json_pack("{s:s,s:b,s:o}", "verb", "contact.import", "dry", dry, "rows", rows), &status);
	if (answer && status == EX_OK && !c->json && dry)
		show_preview(answer);
	else if (answer && status == EX_OK && !c->json)
		printf("%lld contacts imported\n",
		       (long long)json_integer_value(json_object_get(answer, "imported")));
	json_decref(answer);
	config_free(cf);
	return status;
}

static int contact_put(struct cli *c)
{
	static const char *const names[] = {"role", "school", "classes", "agency", "language"};
	json_t *rq = json_pack("{s:s,s:s,s:s}", "verb", "contact.put", "id", c->argv[1], "msisdn", c->argv[2]);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char flag[16];
		snprintf(flag, sizeof flag, "--%s", names[i]);
		const char *v = cli_option(c, flag);
		json_object_set_new(rq, names[i], json_string(v ? v : ""));
	}
	return just_do(c, rq);
}

int cli_contact(struct cli *c)
{
	static const struct column cols[] = {{"id", "ID"},         {"role", "ROLE"},
					     {"school", "SCHOOL"}, {"classes", "CLASSES"},
					     {"agency", "AGENCY"}, {"language", "LANG"},
					     {"number", "NUMBER"}, {"active", "ACTIVE"}};
	if (cli_word(c, 0, "list") && c->argc == 1)
		return ask_and_show(c, json_pack("{s:s}", "verb", "contact.list"), "contacts", cols,
			    sizeof cols / sizeof cols[0]);
	if (cli_word(c, 0, "import"))
		return contact_import(c);
	if (cli_word(c, 0, "put") && c->argc >= 3)
		return contact_put(c);
	bool once = cli_flag(c, "--once");
	if (cli_word(c, 0, "pin") && c->argc == 2)
		return contact_pin(c, c->argv[1], once);
	if (cli_word(c, 0, "codeword") && c->argc == 2 && !once)
		return contact_codeword(c, c->argv[1]);
	if (cli_word(c, 0, "lock") && c->argc == 2)
		return just_do(c, json_pack("{s:s,s:s}", "verb", "contact.lock", "id", c->argv[1]));
	if (cli_word(c, 0, "unlock") && c->argc == 2)
		return just_do(c, json_pack("{s:s,s:s}", "verb", "contact.unlock", "id", c->argv[1]));
	return cli_usage("contact list | import [--dry-run] FILE.csv | put ID NUMBER --role ROLE [--school S] "
			    "[--classes \"5A 5B\"] [--agency A] [--language sq] | lock ID | unlock ID | pin ID [--once] | codeword ID");
}

/* ---- case, alert ----------------------------------------------------------------------------- */

static int case_show(struct cli *c, const char *code)
{
	static const struct column facts[] = {{"case", "CASE"},         {"state", "STATE"},
					      {"risk", "RISK"},         {"concerns", "CONCERNS"},
					      {"zone", "ZONE"},         {"sex", "SEX"},
					      {"age", "AGE"},           {"urgent", "URGENT"},
					      {"missing", "MISSING"},   {"owner", "OWNER"},
					      {"opened", "OPENED"}};
	static const struct column events[] = {{"at", "AT"},
					       {"who", "WHO"},
					       {"what", "WHAT"},
					       {"detail", "DETAIL"},
					       {"note", "NOTE"}};
	int status;
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	json_t *answer = ask(c, cf, json_pack("{s:s,s:s}", "verb", "case.show", "case", code), &status);
	if (answer && status == EX_OK && !c->json) {
		json_t *k = json_object_get(answer, "case"), *one = json_pack("[O]", k);
		TABLE(one, facts);
		putchar('\n');
		TABLE(json_object_get(k, "history"), events);
		json_decref(one);
	}
	json_decref(answer);
	config_free(cf);
	return status;
}

static int case_erase(struct cli *c, const char *as)
{
	int status;
	struct config *cf = ask_config(c, &status);
	if (!cf)
		return status;
	json_t *proof = contact_prove(c, cf, as, &status), *answer = NULL;
	if (proof)
		answer = ask(c, cf, json_pack("{s:s,s:s,s:s,s:o}", "verb", "case.erase", "case", c->argv[1], "as", as, "hash",
					      proof), &status);
	if (answer && status == EX_OK && !c->json)
		printf("%s is erased when somebody else answers PO %lld; who that may be was told by SMS\n",
		       cli_text(answer, "case"), (long long)json_integer_value(json_object_get(answer, "number")));
	json_decref(answer);
	config_free(cf);
	return status;
}

static int case_ends(struct cli *c)
{
	static const struct column cols[] = {{"case", "CASE"}, {"since", "SINCE"}, {"who", "BY"}, {"reason", "REASON"}};
	const char *as = cli_option(c, "--as");
	if (cli_word(c, 0, "erase") && c->argc == 2 && as)
		return case_erase(c, as);
	if (cli_word(c, 0, "hold") && c->argc == 3)
		return ask_and_show(c, json_pack("{s:s,s:s,s:s}", "verb", "case.hold", "case", c->argv[1], "reason", c->argv[2]),
				    NULL, NULL, 0);
	if (cli_word(c, 0, "release") && c->argc == 2)
		return ask_and_show(c, json_pack("{s:s,s:s}", "verb", "case.release", "case", c->argv[1]), NULL, NULL, 0);
	if (cli_word(c, 0, "holds") && c->argc == 1)
		return ask_and_show(c, json_pack("{s:s}", "verb", "case.holds"), "holds", cols, sizeof cols / sizeof cols[0]);
	return cli_usage("case erase CODE --as COORDINATOR | hold CODE REASON | release CODE | holds");
}

int cli_retention(struct cli *c)
{
	static const struct column cols[] = {{"rule", "WHAT"}, {"before", "OLDER THAN"}, {"rows", "ROWS"}};
	bool dry = cli_flag(c, "--dry-run");
	if (!cli_word(c, 0, "run") || c->argc != 1)
		return cli_usage("retention run [--dry-run]");
	return ask_and_show(c, json_pack("{s:s,s:b}", "verb", "retention.run", "dry_run", dry), "rules", cols,
			    sizeof cols / sizeof cols[0]);
}

int cli_case(struct cli *c)
{
	static const struct column cols[] = {{"case", "CASE"},   {"state", "STATE"}, {"concerns", "CONCERNS"},
					     {"zone", "ZONE"},   {"sex", "SEX"},     {"age", "AGE"},
					     {"urgent", "URGENT"}, {"missing", "MISSING"}, {"owner", "OWNER"},
					     {"opened", "OPENED"}};
	const char *state = cli_option(c, "--state");
	if (cli_word(c, 0, "export"))
		return report_case_export(c);
	if (cli_word(c, 0, "list") && c->argc == 1)
		return ask_and_show(c, json_pack("{s:s,s:s}", "verb", "case.list", "state", state ? state : ""),
			    "cases", cols, sizeof cols / sizeof cols[0]);
	if (cli_word(c, 0, "show") && c->argc == 2)
		return case_show(c, c->argv[1]);
	if (cli_word(c, 0, "erase") || cli_word(c, 0, "hold") || cli_word(c, 0, "release") || cli_word(c, 0, "holds"))
		return case_ends(c);
	return cli_usage("case list [--state STATE] | show CODE | export --as COORDINATOR [--json]\n"
			 "       kujdestar case erase CODE --as COORDINATOR | hold CODE REASON | release CODE | holds");
}

int cli_alert(struct cli *c)
{
	static const struct column cols[] = {{"alert", "ALERT"},     {"rule", "RULE"},
					     {"subject", "SUBJECT"}, {"state", "STATE"},
					     {"urgent", "URGENT"},   {"step", "STEP"},
					     {"raised", "RAISED"},   {"escalates", "ESCALATES"},
					     {"acked_by", "BY"}};
	json_int_t n;
	const char *as = cli_option(c, "--as");
	if (cli_word(c, 0, "list") && (c->argc == 1 || (c->argc == 2 && cli_word(c, 1, "--all"))))
		return ask_and_show(c, json_pack("{s:s,s:b}", "verb", "alert.list", "all", c->argc == 2), "alerts",
			    cols, sizeof cols / sizeof cols[0]);
	if (cli_word(c, 0, "ack") && c->argc == 2 && as && cli_number(c->argv[1], &n))
		return just_do(c, json_pack("{s:s,s:I,s:s}", "verb", "alert.ack", "alert", n, "as", as));
	return cli_usage("alert list [--all] | ack NUMBER --as CONTACT");
}
