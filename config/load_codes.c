/* load_codes.c - the codes of the SIM and the quiet hours: an expression must read its own sample.
 * Calls parser/pick. */
#include <string.h>
#include "config/load.h"
#include "parser/pick.h"

#define VOUCHER "{voucher}"

static void code_fault(struct cfg_load *l, size_t i, const char *name, const char *why)
{
	cfg_node_fault(l->f, cfg_load_place(l->root, "modems", i, name), NULL, "%s", why);
}

static void proved(struct cfg_load *l, size_t i, const struct config_code *c, bool amount)
{
	const char *name = amount ? "balance.amount" : "validity.date";
	const char *sample = amount ? "balance.sample" : "validity.sample";
	char why[160];
	int64_t v;

	if (!pick_check(c->pick, why, sizeof(why))) {
		cfg_node_fault(l->f, cfg_load_place(l->root, "modems", i, name), NULL, "\"%s\" %s",
			       c->pick, why);
		return;
	}
	if (!*c->sample) {
		code_fault(l, i, name, "needs a \"sample\": an answer as the operator gives it");
		return;
	}
	int rc = amount ? pick_amount(c->pick, c->sample, &v) : pick_day(c->pick, c->sample, 0, &v);
	if (rc == PICK_NO_MATCH)
		code_fault(l, i, sample, "the expression does not find anything in it");
	else if (rc != PICK_OK)
		code_fault(l, i, sample, amount ? "what the group takes of it is no amount"
						: "what the group takes of it is no day");
}

static void figure(struct cfg_load *l, size_t i, const struct config_code *c, bool amount)
{
	const char *code = amount ? "balance.code" : "validity.code";
	const char *name = amount ? "balance.amount" : "validity.date";

	if (*c->code && !*c->pick)
		code_fault(l, i, code, amount ? "needs \"amount\", which takes the credit out of the answer"
					      : "needs \"date\", which takes the day out of the answer");
	else if (!*c->code && *c->pick)
		code_fault(l, i, name, "stands without a code");
	if (*c->pick)
		proved(l, i, c, amount);
	for (size_t k = 0; k < cfg_count(c->answers); k++)
		if (strstr(c->answers[k], VOUCHER))
			code_fault(l, i, amount ? "balance.answers" : "validity.answers",
				   "{voucher} is of \"topup\" only");
}

static void topup(struct cfg_load *l, size_t i, const struct config_code *c)
{
	int places = strstr(c->code, VOUCHER) != NULL;

	for (size_t k = 0; k < cfg_count(c->answers); k++)
		places += strstr(c->answers[k], VOUCHER) != NULL;
	if (*c->code && places != 1)
		code_fault(l, i, "topup.code",
			   places ? "{voucher} stands more than once in \"code\" and \"answers\""
				  : "{voucher} stands neither in \"code\" nor in \"answers\"");
}

void cfg_load_codes(struct cfg_load *l)
{
	for (size_t i = 0; i < l->c->n_modems; i++) {
		figure(l, i, &l->c->modems[i].balance, true);
		figure(l, i, &l->c->modems[i].validity, false);
		topup(l, i, &l->c->modems[i].topup);
	}
}

void cfg_load_quiet(struct cfg_load *l)
{
	const struct config *c = l->c;

	if (!*c->quiet_from != !*c->quiet_to)
		cfg_node_fault(l->f, cfg_load_setting(l->root, "sms.quiet"), NULL,
			       "\"from\" and \"to\" belong together");
	else if (*c->quiet_from && strcmp(c->quiet_from, c->quiet_to) == 0)
		cfg_node_fault(l->f, cfg_load_setting(l->root, "sms.quiet.to"), NULL,
			       "is \"from\" too: that would be all day");
	else if (!*c->quiet_from && *c->quiet_digest)
		cfg_node_fault(l->f, cfg_load_setting(l->root, "sms.quiet.digest"), NULL,
			       "stands without quiet hours");
}
