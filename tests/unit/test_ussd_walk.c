/* test_ussd_walk.c - the engine of menus without a store: whole dialogues as they stand in tests/unit/data/dialogues,
 * pages, the last answer out of joined ones, templates, and any input at all. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "config/config.h"
#include "gateway/ussd/after.h"
#include "gateway/ussd/walk.h"
#include "parser/gsm7.h"
#include "parser/template.h"
#include "tests/unit/menu_path.h"

#define DIALOGUES "tests/unit/data/dialogues"

static struct config *cf;

static int set_up(void **state)
{
	(void)state;
	return config_load("config/demo.cfg", &cf, stderr);
}

static int tear_down(void **state)
{
	(void)state;
	config_free(cf);
	return 0;
}

struct play {
	struct parser_sender from;
	struct parser_clock clock;
	struct parser_context ctx;
	struct menu_who who;
	struct walk_setting set;
	struct walk walk;
	struct walk_screen out;
	bool told;
};

static void start(struct play *p, const char *who, const char *lang, int limit)
{
	memset(p, 0, sizeof *p);
	assert_true(config_sender(cf, who, &p->from));
	snprintf(p->from.lang, sizeof p->from.lang, "%s", lang);
	p->clock = (struct parser_clock){.today = "2026-11-18", .hour = 10, .minute = 15};
	p->who = (struct menu_who){.from = &p->from, .clock = &p->clock, .ctx = &p->ctx};
	p->set = (struct walk_setting){.world = cf->world, .menu = cf->menu, .who = &p->who, .limit = limit,
				       .signs = {"0", "00", "98", "*", "#"}};
	walk_begin(&p->set, &p->walk, NULL, &p->out);
}

/* One answer; between two screens the walk is written and read, as the store does. */
static void type(struct play *p, const char *s, size_t len)
{
	static struct reading r;
	char reply[700] = "", kept[WALK_WRITTEN];
	size_t n = walk_write(&p->walk, kept);
	assert_true(n > 0 && walk_read(&p->walk, kept, n));
	if (walk_answer(&p->set, &p->walk, s, len, &p->out) != WALK_CARRY_OUT)
		return;
	if (p->out.proves) {
		assert_memory_equal(p->out.report, "PIN ", 4);
		walk_proved(&p->set, &p->walk, strstr(p->out.report, "4821") ? WALK_PROVED : WALK_UNPROVED, "No", &p->out);
		return;
	}
	p->told = true;
	struct parser_context ctx = p->ctx;
	ctx.secret = strncmp(p->out.report, "PIN ", 4) == 0 ? SECRET_PIN : SECRET_NONE;
	parser_read(cf->world, &p->from, &p->clock, &ctx, p->out.report, strlen(p->out.report), &r);
	parser_reply(cf->world, &p->from, &p->clock, &r, NULL, reply, sizeof reply);
	walk_tell(&p->set, &p->walk, reply[0] ? reply : "-", &p->out);
}

/* ---- dialogues ---- */

static void screen_text(const struct play *p, char *out, size_t max)
{
	snprintf(out, max, "%s\n[%ld septets%s]\n", p->out.text, gsm7_count(p->out.text, strlen(p->out.text)),
		 p->out.end ? ", end" : "");
}

/* "..." stands for lines that a vocabulary may word otherwise, "[*" for their septets. */
static bool fits(const char *got, const char *want)
{
	const char *dots = strstr(want, "...\n"), *star = strstr(want, "\n[*");
	if (!dots || !star)
		return strcmp(got, want) == 0;
	size_t before = (size_t)(dots - want), after = (size_t)(star - dots - 4);
	const char *end = strstr(got, "\n[");
	return end && strncmp(got, want, before) == 0 && (size_t)(end - got) >= before + after &&
	       memcmp(end - after, dots + 4, after) == 0;
}

/* A file is "# from O1 lang sq limit 182", then screens and "> answers" as `kujdestar ussd try` prints them. */
static void play_file(const char *path)
{
	char line[1024], who[24], lang[4], want[2048] = "", got[2048];
	int limit, n = 1;
	static struct play p;
	FILE *f = fopen(path, "re");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	if (sscanf(line, "# from %23s lang %3s limit %d", who, lang, &limit) != 3)
		fail_msg("%s: no header", path);
	start(&p, who, lang, limit);
	for (; fgets(line, sizeof line, f); n++) {
		if (strncmp(line, "> ", 2) != 0) {
			strncat(want, line, sizeof want - strlen(want) - 1);
			if (line[0] != '[')
				continue;
			screen_text(&p, got, sizeof got);
			if (!fits(got, want))
				fail_msg("%s:%d: wanted\n%sgot\n%s", path, n + 1, want, got);
			assert_true(gsm7_count(p.out.text, strlen(p.out.text)) <= limit);
			want[0] = 0;
			continue;
		}
		line[strcspn(line, "\n")] = 0;
		type(&p, line + 2, strlen(line + 2));
	}
	assert_string_equal(want, "");
	fclose(f);
}

static void dialogues(void **state)
{
	char path[300];
	DIR *d = opendir(DIALOGUES);
	struct dirent *e;
	int n = 0;
	(void)state;
	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		if (!strstr(e->d_name, ".txt"))
			continue;
		snprintf(path, sizeof path, "%s/%s", DIALOGUES, e->d_name);
		play_file(path);
		n++;
	}
	closedir(d);
	assert_true(n >= 5);
}

/* ---- anything typed, anywhere ---- */

static uint32_t seed = 7;

static uint32_t rnd(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static const char *something(char out[400])
{
	static const char *const odd[] = {"*", "**", "#", "", "\xf0\x9f\x98\x80", "\xd9\xa1", " 1 ", "\xff\xfe", "98", "00", "0",
					  "Z4", "lyp", "E26-0147-V", "12 17", "16.11", "31.02", "po", "{text}", "%n", "\n", "4821"};
	size_t n = 0;
	switch (rnd(4)) {
	case 0: return odd[rnd(sizeof odd / sizeof odd[0])];
	case 1:
		for (n = rnd(399); n > 0; n--)
			out[n - 1] = (char)(1 + rnd(255));
		out[398] = 0;
		return out;
	default: snprintf(out, 400, "%d", (int)rnd(14)); return out;
	}
}

static void any_input(void **state)
{
	static const char *const people[] = {"T1", "T2", "H1", "O1", "C1", "D1", "AG1"};
	static struct play p;
	char s[400];
	int reports = 0;
	(void)state;
	for (int n = 0; n < 4000; n++) {
		int limit = 60 + (int)rnd(123);
		start(&p, people[rnd(7)], rnd(2) ? "sq" : "en", limit);
		bool asked = false; /* the digits of the PIN were typed as the number of a question */
		for (int k = 0; k < 14; k++) {
			memset(s, 0, sizeof s);
			const char *t = something(s);
			p.told = false;
			asked |= strcmp(p.out.name, "pending") == 0 && strcmp(t, "4821") == 0;
			type(&p, t, strlen(t));
			reports += p.told;
			long septets = gsm7_count(p.out.text, strlen(p.out.text));
			if (septets < 1 || septets > limit)
				fail_msg("%ld septets of %d: %s", septets, limit, p.out.text);
			assert_true(p.out.name[0]);
			/* a PIN is on no screen */
			assert_true(asked || strcmp(p.out.name, "pin") != 0 || !strstr(p.out.text, "4821"));
			if (p.out.end)
				break;
		}
	}
	assert_true(reports > 100);
}

/* ---- walks that are read back damaged ---- */

static void damaged_walks(void **state)
{
	static struct play p;
	struct walk w;
	char kept[WALK_WRITTEN];
	(void)state;
	start(&p, "O1", "sq", 182);
	type(&p, "1", 1);
	type(&p, "1", 1);
	size_t n = walk_write(&p.walk, kept);
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		assert_true(!walk_read(&w, kept, i) || w.a.n <= MENU_STEPS);
		char was = kept[i];
		kept[i] = '9';
		if (walk_read(&w, kept, n))
			walk_answer(&p.set, &w, "1", 1, &p.out); /* survives whatever it says */
		kept[i] = was;
	}
	assert_false(walk_read(&w, "", 0));
	/* the form is no longer this sender's */
	assert_true(walk_read(&w, kept, n));
	p.from.role = ROLE_TEACHER;
	snprintf(w.form, sizeof w.form, "refer");
	walk_answer(&p.set, &w, "1", 1, &p.out);
	assert_string_equal(p.out.name, "root");
}

/* ---- codes of his cases ---- */

static void go_to(struct play *p, const char *form)
{
	int path[2], n = menu_path(cf->menu, &p->who, form, path);
	char s[12];
	if (n == 0)
		fail_msg("no %s", form);
	type(p, "00", 2);
	for (int i = 0; i < n; i++) {
		snprintf(s, sizeof s, "%d", path[i]);
		type(p, s, strlen(s));
	}
}

static void own(struct play *p, int n)
{
	p->ctx.has_owned = true;
	p->ctx.n_owned = 0;
	for (int64_t k = 147; p->ctx.n_owned < n; k++)
		p->ctx.n_owned += code_make('E', 26, k, p->ctx.owned[p->ctx.n_owned]);
}

static bool shows_code(const struct play *p)
{
	return strstr(p->out.text, "E26-") != NULL;
}

/* Whatever he types before his PIN, on no screen stands a code that he did not type himself. */
static void no_code_before_a_pin(void **state)
{
	static const char *const people[] = {"T1", "H1", "O1", "C1", "D1", "AG1"};
	static struct play p;
	char s[12];
	(void)state;
	for (int n = 0; n < 3000; n++) {
		start(&p, people[rnd(6)], rnd(2) ? "sq" : "en", 182);
		own(&p, 9);
		for (int k = 0; k < 9 && !p.out.end; k++) {
			static const char *const odd[] = {"#", "*", "98", "0", "4822", "12"};
			snprintf(s, sizeof s, "%d", 1 + (int)rnd(12));
			const char *t = rnd(3) ? s : odd[rnd(6)];
			type(&p, t, strlen(t));
			if (shows_code(&p))
				fail_msg("\"%s\" shows %s", t, p.out.text);
		}
	}
}

/* Asked once a session: what he proved holds for every list, and is gone with the session. */
static void proved_once_a_session(void **state)
{
	static const char *const forms[] = {"progress", "followup", "close", "merge", "task_new", "return_arrived"};
	static struct play p;
	struct walk_screen out;
	char kept[WALK_WRITTEN];
	(void)state;
	start(&p, "C1", "en", 182);
	own(&p, 3);
	go_to(&p, "case_status");
	assert_string_equal(p.out.name, "prove");
	type(&p, "4822", 4);
	assert_string_equal(p.out.name, "prove");
	assert_non_null(strstr(p.out.text, "No\n"));
	type(&p, "4821", 4);
	assert_true(shows_code(&p));
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		go_to(&p, forms[i]);
		assert_true(shows_code(&p));
		size_t n = walk_write(&p.walk, kept);
		assert_true(n > 0);
		assert_null(memmem(kept, n, "4821", 4));
		assert_null(memmem(kept, n, "4822", 4));
	}
	/* the connection is lost: another session goes on with this walk */
	go_to(&p, "progress");
	type(&p, "1", 1);
	assert_string_equal(p.out.name, "score");
	struct walk lost = p.walk;
	assert_true(walk_begun(&lost));
	assert_true(walk_resume(&p.set, &lost, &out));
	p.walk = lost;
	type(&p, "1", 1);
	type(&p, "*", 1);
	assert_string_equal(p.out.name, "prove");
	/* he who will not type it types codes, and is asked no more */
	type(&p, "#", 1);
	assert_string_equal(p.out.name, "case");
	assert_false(shows_code(&p));
	go_to(&p, "close");
	assert_string_equal(p.out.name, "case");
	walk_begin(&p.set, &p.walk, NULL, &p.out);
	go_to(&p, "close");
	assert_string_equal(p.out.name, "prove");
	/* a case that was chosen in a session that was lost is not shown to whoever dials next */
	start(&p, "C1", "en", 182);
	own(&p, 3);
	go_to(&p, "progress");
	type(&p, "4821", 4);
	type(&p, "1", 1);
	type(&p, "4", 1);
	assert_true(shows_code(&p));
	for (int way = 0; way < 4; way++) {
		static struct play q;
		q = p;
		q.who.from = &q.from;
		q.who.clock = &q.clock;
		q.who.ctx = &q.ctx;
		q.set.who = &q.who;
		assert_true(walk_resume(&q.set, &q.walk, &q.out));
		assert_false(shows_code(&q));
		type(&q, "1", 1);
		assert_string_equal(q.out.name, "prove");
		assert_false(shows_code(&q));
		if (way == 0) { /* with his PIN he goes on where he was */
			type(&q, "4821", 4);
			assert_string_equal(q.out.name, "send");
			assert_non_null(strstr(q.out.text, "E26-0147-V, 4 of 5"));
		} else if (way == 1) { /* without it he types the code */
			type(&q, "#", 1);
			assert_string_equal(q.out.name, "case");
			assert_false(shows_code(&q));
			type(&q, "*", 1);
			assert_false(shows_code(&q));
		} else { /* under duress it is another, or asked for anew */
			own(&q, way == 2 ? 1 : 0);
			snprintf(q.ctx.owned[0], sizeof q.ctx.owned[0], "E26-0149-R");
			walk_proved(&q.set, &q.walk, WALK_DECOYED, "", &q.out);
			assert_null(strstr(q.out.text, "E26-0147"));
			assert_string_equal(q.out.name, way == 2 ? "send" : "case");
			assert_int_equal(shows_code(&q), way == 2);
		}
	}
	start(&p, "T1", "sq", 182);
	go_to(&p, "case_amend");
	type(&p, "E26-0147-V", 10);
	type(&p, "1", 1);
	type(&p, "4", 1);
	type(&p, "#", 1);
	type(&p, "1", 1);
	assert_string_equal(p.out.name, "send");
	assert_true(shows_code(&p));
	assert_true(walk_resume(&p.set, &p.walk, &p.out));
	type(&p, "1", 1);
	assert_string_equal(p.out.name, "case");
	assert_false(shows_code(&p));
	/* who may not list his cases by text is not shown them by menu */
	start(&p, "T1", "sq", 182);
	own(&p, 3);
	go_to(&p, "case_amend");
	assert_string_equal(p.out.name, "case");
	assert_false(shows_code(&p));
}

/* A walk that was written before there were proofs goes on. */
static void walks_of_before(void **state)
{
	static const char old[] = "1 2 0 0 %u 2 case_new\nlyp\nZ4\n";
	static struct play p;
	char kept[WALK_WRITTEN];
	(void)state;
	start(&p, "O1", "sq", 182);
	type(&p, "1", 1);
	int n = snprintf(kept, sizeof kept, old, (unsigned)p.walk.shape);
	assert_true(walk_read(&p.walk, kept, (size_t)n));
	assert_int_equal(p.walk.proof, WALK_UNPROVED);
	type(&p, "11", 2);
	assert_string_equal(p.out.name, "sex");
}

/* ---- a list that changed under the caller ---- */

static void changed_list(void **state)
{
	static struct play p;
	(void)state;
	start(&p, "O1", "sq", 182);
	snprintf(p.ctx.owned[0], sizeof p.ctx.owned[0], "E26-0147-V");
	snprintf(p.ctx.owned[1], sizeof p.ctx.owned[1], "E26-0148-T");
	p.ctx.has_owned = true;
	p.ctx.n_owned = 2;
	go_to(&p, "progress");
	type(&p, "4821", 4);
	assert_non_null(strstr(p.out.text, "1 E26-0147-V"));
	snprintf(p.ctx.owned[0], sizeof p.ctx.owned[0], "E26-0149-R");
	type(&p, "1", 1);
	assert_non_null(strstr(p.out.text, "Lista ndryshoi"));
	assert_non_null(strstr(p.out.text, "1 E26-0149-R"));
	type(&p, "1", 1);
	assert_string_equal(p.out.name, "score");
}

/* ---- pages ---- */

static void pages_lose_nothing(void **state)
{
	char text[1200], all[4000];
	struct screen_page page;
	(void)state;
	for (int n = 0; n < 3000; n++) {
		int limit = 60 + (int)rnd(123), line_end = 1 + (int)rnd(2), at = 0;
		size_t want = 0, got = 0;
		while (at < (int)rnd(1100))
			at += snprintf(text + at, sizeof text - (size_t)at, "%s",
				       (const char *[]){"a", "bcd", " ", "\n", "{", "\xc3\xa9", "\xe2\x82\xac", "efghijklmnopqrstuvwxyz"}[rnd(8)]);
		text[at] = 0;
		all[0] = 0;
		const char *foot = rnd(2) ? "0 Back" : "";
		for (int k = 0;; k++) {
			assert_int_equal(screen_cut(text, "98 More", foot, limit, line_end, k, &page), k);
			long septets = gsm7_count(page.text, strlen(page.text));
			for (const char *p = page.text; *p; p++)
				septets += *p == '\n' ? line_end - 1 : 0;
			assert_true(septets <= limit);
			strncat(all, page.text, sizeof all - strlen(all) - 1);
			if (!page.more)
				break;
			assert_in_range(k, 0, 60);
		}
		for (const char *p = text; *p; p++)
			want += *p != ' ' && *p != '\n';
		for (const char *p = all; *p; p++)
			got += *p != ' ' && *p != '\n';
		if (got < want)
			fail_msg("%zu octets of %zu in %d septets", got, want, limit);
	}
}

static void numbers_pass_signs(void **state)
{
	const struct screen_signs s = {"0", "00", "98", "*", "#"}, t = {"1", "2", "3", "4", "5"};
	(void)state;
	assert_int_equal(screen_number(&s, 0), 1);
	assert_int_equal(screen_number(&s, 96), 97);
	assert_int_equal(screen_number(&s, 97), 99);
	assert_int_equal(screen_number(&t, 0), 6);
	assert_int_equal(screen_choice(&s, 3, "3"), 2);
	assert_int_equal(screen_choice(&s, 3, "4"), -1);
	assert_int_equal(screen_choice(&s, 3, "01"), -1);
	assert_int_equal(screen_choice(&s, 120, "98"), -1);
}

/* ---- the last answer ---- */

static void last_answers(void **state)
{
	static const struct {
		int line;
		const char *before, *now, *answer; /* NULL: the same; "\1": no continuation */
	} rows[] = {
		{__LINE__, "", "1", "1"},
		{__LINE__, "1", "1*1", "1"},
		{__LINE__, "7*1", "7*1*a", "a"},
		{__LINE__, "7*a*b", "7*a*b*c", "c"},
		{__LINE__, "7*a*b", "7*a*b*****", "****"},
		{__LINE__, "7*a*b**", "7*a*b*****", "**"},
		{__LINE__, "7*3", "7*3", NULL},
		{__LINE__, "", "", NULL},
		{__LINE__, "", "*", "*"},
		{__LINE__, "1", "1*", ""},
		{__LINE__, "1", "12", "\1"},
		{__LINE__, "1*2", "1*3*4", "\1"},
		{__LINE__, "1*2", "1", "\1"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct after a;
		const char *s = "";
		size_t n = 0;
		after_keep(&a, rows[i].before, strlen(rows[i].before));
		enum after_what what = after_take(&a, rows[i].now, strlen(rows[i].now), &s, &n);
		enum after_what want = !rows[i].answer ? AFTER_SAME : rows[i].answer[0] == 1 ? AFTER_OTHER : AFTER_ANSWER;
		if (what != want || (want == AFTER_ANSWER && (n != strlen(rows[i].answer) || memcmp(s, rows[i].answer, n) != 0)))
			fail_msg("line %d: %d \"%.*s\"", rows[i].line, (int)what, (int)n, s);
	}
}

/* ---- templates ---- */

static bool known(const char *name, size_t len)
{
	return (len == 4 && memcmp(name, "text", 4) == 0) || (len > 3 && memcmp(name, "in.", 3) == 0);
}

static bool value(void *arg, const char *name, size_t len, struct template_value *out)
{
	const char *text = arg;
	(void)len;
	*out = name[0] == 't' ? (struct template_value){text, strlen(text), false}
	       : name[3] == 'N' ? (struct template_value){"42", 2, true}
				: (struct template_value){NULL, 0, false};
	return true;
}

static void templates_are_checked(void **state)
{
	static const struct {
		int line;
		const char *text, *type;
		bool good;
	} rows[] = {
		{__LINE__, "CON {text}", "text/plain", true},
		{__LINE__, "CON {text}", "text/plain; charset=utf-8", true},
		{__LINE__, "{\"a\":{text:json}}", "application/json", true},
		{__LINE__, "{\"a\":{text}}", "application/json", false},
		{__LINE__, "{\"a\":\"{text:json}\"}", "application/json", false},
		{__LINE__, "{\"a\":{text:xml}}", "application/json", false},
		{__LINE__, "{\"a\":{txt:json}}", "application/json", false},
		{__LINE__, "{\"a\":{text:json}}", "application/vnd.x+json", true},
		{__LINE__, "{\"a\":{text:json}", "application/vnd.x+json", false},
		{__LINE__, "<a>{text:xml}</a>", "text/xml", true},
		{__LINE__, "<a>{text}</a>", "text/xml", false},
		{__LINE__, "<a b=\"{text:attr}\"/>", "text/xml", true},
		{__LINE__, "<a b=\"{text:xml}\"/>", "text/xml", false},
		{__LINE__, "<a>{text:attr}</a>", "application/xml", false},
		{__LINE__, "a={text:form}", "application/x-www-form-urlencoded", true},
		{__LINE__, "a={text}", "application/x-www-form-urlencoded", false},
		{__LINE__, "X: {text:header}", "header", true},
		{__LINE__, "X: {text}", "header", false},
		{__LINE__, "{text:nothing}", "text/plain", false},
		{__LINE__, "{text", "text/plain", false},
		{__LINE__, "{}", "application/json", true},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *why = template_fault(rows[i].text, rows[i].type, known);
		if ((why == NULL) != rows[i].good)
			fail_msg("line %d: %s", rows[i].line, why ? why : "passed");
	}
}

static void templates_are_written(void **state)
{
	static const struct {
		int line;
		const char *text, *value;
		enum template_newline newline;
		const char *want; /* NULL: refused */
	} rows[] = {
		{__LINE__, "CON {text}", "a\nb", TEMPLATE_LF, "CON a\nb"},
		{__LINE__, "CON {text}", "a\nb", TEMPLATE_CRLF, "CON a\r\nb"},
		{__LINE__, "{\"m\":{text:json}}", "a\n\"b\\\t\x01", TEMPLATE_LF, "{\"m\":\"a\\n\\\"b\\\\\\t\\u0001\"}"},
		{__LINE__, "{\"m\":{text:json}}", "a\nb", TEMPLATE_CRLF, "{\"m\":\"a\\r\\nb\"}"},
		{__LINE__, "<m>{text:xml}</m>", "a & <b> \"c\" 'd'\x02", TEMPLATE_LF, "<m>a &amp; &lt;b&gt; &quot;c&quot; &#39;d&#39;</m>"},
		{__LINE__, "<m t=\"{text:attr}\"/>", "a\n<", TEMPLATE_LF, "<m t=\"a&#10;&lt;\"/>"},
		{__LINE__, "<m>{text:xml}</m>", "a\nb", TEMPLATE_BR, "<m>a<br />b</m>"},
		{__LINE__, "m={text:form}&n=1", "a b&c=\xc3\xab\n", TEMPLATE_LF, "m=a+b%26c%3D%C3%AB%0A&n=1"},
		{__LINE__, "X: {text:header}", "a\r\nSet-Cookie: x\xc3\xab", TEMPLATE_LF, "X: a  Set-Cookie: x?"},
		{__LINE__, "{text}", "\xff", TEMPLATE_LF, NULL},
		{__LINE__, "{text}", "\xc0\xaf", TEMPLATE_LF, NULL},
		{__LINE__, "{text}", "\xed\xa0\x80", TEMPLATE_LF, NULL},
		{__LINE__, "{in.N:json},{in.S:json}", "", TEMPLATE_LF, "42,null"},
		{__LINE__, "{ {} }", "", TEMPLATE_LF, "{ {} }"},
	};
	char out[400], small[400];
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		void *arg = (void *)(uintptr_t)rows[i].value;
		long n = template_write(rows[i].text, value, arg, rows[i].newline, out, sizeof out);
		if (rows[i].want ? n < 0 || strcmp(out, rows[i].want) != 0 : n >= 0)
			fail_msg("line %d: %s", rows[i].line, n < 0 ? "refused" : out);
		for (long max = 0; max <= n; max++)
			assert_int_equal(template_write(rows[i].text, value, arg, rows[i].newline, small, (size_t)max), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialogues),          cmocka_unit_test(any_input),
		cmocka_unit_test(damaged_walks),      cmocka_unit_test(changed_list),
		cmocka_unit_test(no_code_before_a_pin), cmocka_unit_test(proved_once_a_session),
		cmocka_unit_test(walks_of_before),
		cmocka_unit_test(pages_lose_nothing), cmocka_unit_test(numbers_pass_signs),
		cmocka_unit_test(last_answers),       cmocka_unit_test(templates_are_checked),
		cmocka_unit_test(templates_are_written),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
