/* test_menu.c - the property a menu lives by: whatever is answered, the text that comes of it reads to
 * exactly the answers, by the same reader that texts go through.  Every form of every role, every choice
 * at least once, and many random walks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "parser/gsm7.h"
#include "parser/menu.h"
#include "tests/unit/menu_path.h"
#include "tests/unit/world_fixture.h"

static const struct world_field all_fields[] = {
	{ .name = "kind", .type = "choice", .labels = "lloji", .choices = "WATER=uje i pijshem,water; FOOD=ushqim,food",
	  .required = true },
	{ .name = "extras", .type = "choices", .labels = "shtesa", .choices = "A=alfa; B=beta; C=gama" },
	{ .name = "ready", .type = "yesno", .labels = "gati" },
	{ .name = "day", .type = "date", .labels = "dita" },
	{ .name = "at", .type = "time", .labels = "ora" },
	{ .name = "weight", .type = "decimal", .labels = "" },
	{ .name = "class", .type = "class", .labels = "klasa" },
	{ .name = "zone", .type = "zone", .labels = "" },
	{ .name = "school", .type = "school", .labels = "" },
	{ .name = "case", .type = "case", .labels = "" },
	{ .name = "age", .type = "age", .labels = "mosha" },
	{ .name = "sex", .type = "sex", .labels = "gjinia" },
	{ .name = "tel", .type = "phone", .labels = "" },
	{ .name = "note", .type = "text", .labels = "shenim" },
};
static const struct world_form all_types = { .name = "all", .keywords = "krejt", .separators = "",
					     .roles = 1u << ROLE_OUTREACH | 1u << ROLE_TEACHER,
					     .fields = all_fields, .n_fields = 14, .reply_sq = "",
					     .reply_en = "" };
static const struct world_field water[] = {
	{ .name = "school", .type = "school", .labels = "", .required = true },
	{ .name = "state", .type = "choice", .labels = "gjendja", .choices = "ok=mire,ok; none=ska,none; bad=keq,bad",
	  .required = true },
	{ .name = "days", .type = "integer", .labels = "dite", .has_min = true, .has_max = true, .max = 60 },
};
static const struct world_form water_form = { .name = "water", .keywords = "uje,taps", .separators = ";",
					      .roles = 1u << ROLE_TEACHER | 1u << ROLE_HEAD, .fields = water,
					      .n_fields = 3, .reply_sq = "", .reply_en = "" };

static struct world *w;
static struct menu *m;
static struct parser_clock clk = { .today = "2026-11-18", .hour = 10, .minute = 15 };

static int set_up(void **state)
{
	(void)state;
	w = fixture_world_open();
	fixture_check(w, world_add_form(w, &all_types), "form");
	fixture_check(w, world_add_form(w, &water_form), "form");
	fixture_faults += world_seal(w);
	m = menu_new(w);
	return fixture_faults || !m;
}

static int tear_down(void **state)
{
	(void)state;
	menu_free(m);
	world_free(w);
	return 0;
}

static uint32_t seed = 1;

static uint32_t next(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

static void who_is(const char *id, const char *lang, struct parser_sender *from, struct parser_context *ctx,
		   struct menu_who *who)
{
	memset(who, 0, sizeof(*who));
	memset(ctx, 0, sizeof(*ctx));
	assert_true(fixture_sender(NULL, id, from));
	snprintf(from->lang, sizeof(from->lang), "%s", lang);
	ctx->has_owned = from->role != ROLE_COORDINATOR;
	for (int64_t n = 147; ctx->n_owned < 5; n++)
		if (code_make('E', 26, n, ctx->owned[ctx->n_owned]))
			ctx->n_owned++;
	ctx->alerts[0] = 31;
	ctx->alerts[1] = 1044;
	ctx->n_alerts = 2;
	ctx->secret = SECRET_PIN;
	*who = (struct menu_who){ .from = from, .clock = &clk, .ctx = ctx, .n_tasks = 2, .n_referrals = 2, .n_taken = 1,
				  .n_pending = 1 };
	memcpy(who->tasks, (char[2][12]){ "T12", "T7" }, sizeof(char[2][12]));
	memcpy(who->taken, (char[1][12]){ "R5" }, sizeof(char[1][12]));
	memcpy(who->referrals, (char[2][12]){ "R88", "R3" }, sizeof(char[2][12]));
	memcpy(who->pending[0], "41", 3);
}

/* What a person would type where there is nothing to choose. */
static const char *typed_for(const struct menu_step *st, char out[MENU_VALUE])
{
	if (st->kind == MENU_NUMBER || st->kind == MENU_NUMBERS) {
		int64_t min = st->has_min ? st->min : 0, max = st->has_max ? st->max : 500;
		int at = 0, n = st->kind == MENU_NUMBERS ? 1 + (int)next(4) : 1;
		for (int k = 0; k < n; k++)
			at += snprintf(out + at, (size_t)(MENU_VALUE - at), "%s%d", k ? " " : "",
				       (int)(min + next((uint32_t)(max - min + 1))));
		return out;
	}
	if (strcmp(st->name, "due") == 0 || strcmp(st->name, "when") == 0)
		return (const char *[]){ "30.11", "05/01", "1 12 2026" }[next(3)];
	if (strcmp(st->name, "phone") == 0 || strcmp(st->name, "tel") == 0)
		return "069 123 4567";
	if (strcmp(st->name, "day") == 0)
		return (const char *[]){ "16.11", "2.10" }[next(2)];
	if (strcmp(st->name, "at") == 0)
		return (const char *[]){ "10:30", "8.05", "14" }[next(3)];
	if (strcmp(st->name, "weight") == 0)
		return (const char *[]){ "3.5", "12", "0,25" }[next(3)];
	return "pa bukë & drita";
}

static void answer(const struct menu_form *f, const struct menu_who *who, struct menu_answers *a, int choice)
{
	struct menu_step st;
	char typed[MENU_VALUE];
	const char *why;
	assert_true(menu_step(m, f, who, a, a->n, &st));
	assert_true(gsm7_count(st.ask, strlen(st.ask)) > 0);
	char *to = a->value[a->n++];
	if (st.optional && choice < 0 && next(3) == 0)
		return;
	if (st.kind == MENU_LIST && st.n) {
		const struct menu_choice *c = &st.choice[choice >= 0 ? choice % st.n : (int)next((uint32_t)st.n)];
		assert_true(c->label[0] && c->value[0]);
		/* what a choice is called can be typed as well */
		assert_true(menu_typed(m, f, who, &st, c->label, to, &why));
		assert_string_equal(to, c->value);
	} else if (st.kind == MENU_MANY) {
		uint32_t bits = 1 + next((1u << st.n) - 1);
		for (int i = 0; i < st.n; i++)
			if (bits >> i & 1)
				snprintf(to + strlen(to), MENU_VALUE - strlen(to), "%s%s", *to ? " " : "",
					 st.choice[i].value);
	} else if (!menu_typed(m, f, who, &st, typed_for(&st, typed), to, &why)) {
		fail_msg("%s %s: \"%s\" refused: %s", f->name, st.name, typed, why);
	}
}

/* Field of the reading that an answer must stand in, and how it stands there; "" where the answer is
 * the intent itself or stands in another's. */
static const struct {
	const char *step, *field;
} fields[] = {
	{ "class", "class" }, { "pupils", "pupils" }, { "day", "date" }, { "few", "count" },
	{ "reason", "reason" }, { "left", "reason" }, { "concern", "concerns" }, { "zone", "zone" },
	{ "age", "age" }, { "sex", "sex" }, { "case", "case" }, { "risk", "risk" }, { "type", "type" },
	{ "outcome", "outcome" }, { "score", "score" }, { "agency", "agency" }, { "service", "service" },
	{ "referral", "referral" }, { "taken", "referral" }, { "decline", "reason" }, { "alert", "alert" }, { "pending", "pending" },
	{ "task", "task" }, { "due", "due" }, { "when", "date" }, { "school", "school" }, { "classof", "class" },
	{ "why", "reason" }, { "country", "country" }, { "phone", "phone" }, { "people", "participants" }, { "lang", "value" },
};

static const char *field_for(const struct menu_form *f, const char *step)
{
	if (strncmp(f->name, "form:", 5) == 0)
		return step;
	if (strcmp(step, "due") == 0 && strcmp(f->name, "task_defer") == 0)
		return "date";
	if (strcmp(f->name, "merge") == 0)
		return "cases";
	if (strcmp(step, "type") == 0 && strcmp(f->name, "task_new") == 0)
		return NULL; /* the task's own words */
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (strcmp(fields[i].step, step) == 0)
			return fields[i].field;
	return NULL;
}

static void stands(const struct menu_form *f, const char *text, const struct reading *r, const struct menu_step *st,
		   const char *value)
{
	const char *field = field_for(f, st->name);
	const struct reading_item *it;
	char mine[64] = "";
	int64_t num;
	if (!field || !*value)
		return;
	const struct reading_value *v = reading_get(r, field);
	if (!v && strcmp(st->name, "day") == 0 && strcmp(value, clk.today) == 0)
		return;
	if (!v && strcmp(st->name, "outcome") == 0)
		v = reading_get(r, "in_school");
	if (!v)
		fail_msg("%s: \"%s\" has no %s", f->name, text, field);
	if (st->kind == MENU_NUMBERS) {
		size_t n = reading_list(r, field, &it), want = 0;
		for (const char *p = value; *p; p += strcspn(p, " "), p += *p == ' ') {
			long number = strtol(p, NULL, 10);
			size_t k = 0;
			while (k < n && it[k].num != number)
				k++;
			if (k == n)
				fail_msg("%s: \"%s\" lacks %ld", f->name, text, number);
			want++;
		}
		assert_true(n <= want && n > 0);
	} else if (st->kind == MENU_NUMBER) {
		assert_true(reading_int(r, field, &num));
		if (num != strtol(value, NULL, 10))
			fail_msg("%s: \"%s\": %s is %ld", f->name, text, field, (long)num);
	} else if (reading_word(r, field)) {
		/* codes and places stand as they are; words as the concept they mean */
		snprintf(mine, sizeof(mine), "%s", reading_word(r, field));
		bool literal = value[0] >= 'A' && value[0] <= 'Z' && strcmp(st->name, "note") != 0;
		if ((literal || strcmp(st->name, "day") == 0 || strcmp(st->name, "due") == 0 || strcmp(st->name, "when") == 0) &&
		    strcmp(mine, value) != 0)
			fail_msg("%s: \"%s\": %s is %s", f->name, text, field, mine);
	}
}

static const struct reading *read_back(const struct menu_form *f, const struct menu_who *who,
				       const struct menu_answers *a, bool urgent, char text[512])
{
	static struct reading r;
	enum menu_secret secret = menu_secret(m, f, a);
	static const char *const typed[] = { [MENU_NO_SECRET] = "", [MENU_PIN] = "4821", [MENU_PIN_OR_NONE] = "4821",
					     [MENU_PIN_CHANGE] = "4821 5932", [MENU_CODEWORD] = "dallendyshe" };
	if (secret == MENU_PIN_OR_NONE && next(3) == 0)
		secret = MENU_NO_SECRET;
	assert_true(menu_text(m, f, who, a, urgent, typed[secret], text, 512) > 0);
	struct parser_context ctx = *who->ctx;
	ctx.secret = secret == MENU_NO_SECRET ? SECRET_NONE : secret == MENU_CODEWORD ? SECRET_CODEWORD : SECRET_PIN;
	parser_read(w, who->from, &clk, &ctx, text, strlen(text), &r);
	bool partial = strcmp(f->name, "case_new") == 0 && (!r.error || strncmp(r.error, "missing", 7) == 0);
	if (strcmp(r.intent, f->name) != 0 || (r.error && !partial) || r.rest ||
	    (r.redacted && !strstr(text, " tel ")))
		fail_msg("%s: \"%s\" reads as %s, %s %s, rest \"%s\"", f->name, text, r.intent, r.error ? r.error : "",
			 r.about ? r.about : "", text + r.rest);
	/* what was cut out of a free text is said again: that counts as a guess */
	if (reading_flag(&r, "confirm") && strcmp(f->name, "form:all") != 0)
		fail_msg("%s: \"%s\" is a guess", f->name, text);
	if (urgent)
		assert_true(reading_flag(&r, "urgent"));
	if (secret && !reading_flag(&r, "authenticated"))
		fail_msg("%s: \"%s\": the secret is not seen", f->name, text);
	return &r;
}

static void walk(const struct menu_form *f, const struct menu_who *who, int at, int choice)
{
	struct menu_answers a = { .n = 0 };
	struct menu_step st;
	char text[512];
	bool some = false;
	while (a.n < f->n_steps)
		answer(f, who, &a, a.n == at ? choice : -1);
	for (int k = 0; k < a.n; k++)
		some |= k > 0 && a.value[k][0];
	if (!some && strcmp(f->name, "case_amend") == 0)
		return; /* nothing to add is asked about */
	if (strcmp(f->name, "merge") == 0 && strcmp(a.value[0], a.value[1]) == 0)
		return;
	bool urgent = f->urgent && next(4) == 0;
	const struct reading *r = read_back(f, who, &a, urgent, text);
	for (int k = 0; k < a.n; k++) {
		struct menu_answers before = a;
		before.n = k;
		assert_true(menu_step(m, f, who, &before, k, &st));
		stands(f, text, r, &st, a.value[k]);
	}
}

static void each_form(void (*fn)(const struct menu_form *f, const struct menu_who *who))
{
	static const char *const people[] = { "T1", "T2", "T3", "H1", "O1", "C1", "D1", "AG1" };
	struct parser_sender from;
	struct parser_context ctx;
	struct menu_who who;
	struct menu_form f;
	for (size_t p = 0; p < sizeof(people) / sizeof(people[0]); p++)
		for (int lang = 0; lang < 2; lang++) {
			who_is(people[p], lang ? "en" : "sq", &from, &ctx, &who);
			for (int i = 0; menu_form(m, &who, i, &f); i++)
				fn(&f, &who);
		}
}

/* Each choice of each question, the other answers at random. */
static void all_choices(const struct menu_form *f, const struct menu_who *who)
{
	for (int k = 0; k < f->n_steps; k++) {
		struct menu_answers a = { .n = 0 };
		struct menu_step st;
		while (a.n < k)
			answer(f, who, &a, 0);
		assert_true(menu_step(m, f, who, &a, k, &st));
		for (int c = 0; c < st.n; c++)
			walk(f, who, k, c);
	}
}

static void many_walks(const struct menu_form *f, const struct menu_who *who)
{
	for (int n = 0; n < 60; n++)
		walk(f, who, -1, -1);
}

static void every_choice_reads_back(void **state)
{
	(void)state;
	each_form(all_choices);
}

static void random_walks_read_back(void **state)
{
	(void)state;
	each_form(many_walks);
}

/* The word behind a choice means that choice and no other: two choices never make one reading. */
static void choices_differ(const struct menu_form *f, const struct menu_who *who)
{
	struct menu_answers a = { .n = 0 };
	struct menu_step st;
	for (int k = 0; k < f->n_steps; k++) {
		assert_true(menu_step(m, f, who, &a, k, &st));
		for (int c = 0; c < st.n; c++)
			for (int d = 0; d < c; d++) {
				assert_string_not_equal(st.choice[c].value, st.choice[d].value);
				assert_string_not_equal(st.choice[c].label, st.choice[d].label);
			}
		answer(f, who, &a, 0);
	}
}

static void no_two_choices_alike(void **state)
{
	(void)state;
	each_form(choices_differ);
}

/* ---- lines of the root and of groups ---- */

static long septets_of(const struct menu_who *who, int group, const char *title, const char *back)
{
	struct menu_item it;
	long n = gsm7_count(title, strlen(title));
	for (int i = 0; menu_item(m, who, group, i, &it); i++)
		n += 1 + (i < 9 ? 2 : 3) + gsm7_count(it.label, strlen(it.label));
	return back[0] ? n + 1 + gsm7_count(back, strlen(back)) : n;
}

static void message(const char *lang, const char *id, char out[200])
{
	assert_true(parser_message(w, lang, id, NULL, 0, out, 200) > 0);
}

/* Each form once, none lost; the root one screen, and so each group. */
static void lines_of(const char *id, const char *lang)
{
	struct parser_sender from;
	struct parser_context ctx;
	struct menu_who who;
	struct menu_form f;
	struct menu_item it, in;
	char title[200], back[200], name[40];
	int shown = 0;
	who_is(id, lang, &from, &ctx, &who);
	message(lang, "menu_root", title);
	if (septets_of(&who, 0, title, "") > 182)
		fail_msg("%s %s: the root takes %ld septets", id, lang, septets_of(&who, 0, title, ""));
	for (int i = 0; menu_item(m, &who, 0, i, &it); i++) {
		assert_true(it.label[0]);
		shown += !it.group;
		if (!it.group)
			assert_int_equal(it.form.group, 0);
		assert_true(!it.group || menu_items(m, &who, it.group) > 1);
		for (int k = 0; it.group && menu_item(m, &who, it.group, k, &in); k++) {
			assert_int_equal(in.group, 0);
			assert_int_equal(in.form.group, it.group);
			shown++;
		}
		if (!it.group)
			continue;
		assert_int_equal(menu_group_find(menu_group_name(it.group)), it.group);
		snprintf(name, sizeof(name), "group_%s", menu_group_name(it.group));
		message(lang, name, title);
		assert_string_equal(title, it.label);
		message(lang, "menu_back", back);
		memmove(back + 2, back, strlen(back) + 1);
		memcpy(back, "0 ", 2);
		if (septets_of(&who, it.group, title, back) > 182)
			fail_msg("%s %s: %s is more than a screen", id, lang, title);
	}
	assert_int_equal(shown, menu_forms(m, &who));
	for (int i = 0; menu_form(m, &who, i, &f); i++) {
		int path[2];
		if (!menu_path(m, &who, f.name, path))
			fail_msg("%s: %s stands nowhere", id, f.name);
	}
}

static void each_form_has_its_line(void **state)
{
	static const char *const people[] = { "T1", "T2", "T3", "H1", "O1", "C1", "D1", "AG1" };
	struct parser_sender stranger = { .role = ROLE_NONE };
	struct menu_who nobody = { .from = &stranger, .clock = &clk };
	(void)state;
	for (size_t p = 0; p < sizeof(people) / sizeof(people[0]); p++) {
		lines_of(people[p], "sq");
		lines_of(people[p], "en");
	}
	struct menu_item it;
	for (int i = 0; menu_item(m, &nobody, 0, i, &it); i++)
		assert_true(it.group || strcmp(it.form.name, "case_new") != 0);
	assert_false(menu_item(m, &nobody, 99, 0, &it));
	assert_false(menu_item(m, &nobody, -1, 0, &it));
	assert_int_equal(menu_group_find("nothing"), -1);
	assert_int_equal(menu_group_find(""), 0);
}

/* ---- what is shown before it is sent ---- */

/* Each answer stands there as it was chosen, in the caller's language and in no other's command words. */
static void told_as_chosen(const struct menu_form *f, const struct menu_who *who)
{
	static const char *const commands[] = { "MUNGESE", "RAST ", "VIZITE", "SHTO ", "REFERO", "MBYLL", "SHTY " };
	struct menu_answers a = { .n = 0 };
	struct menu_step st;
	char told[MENU_TOLD], small[MENU_TOLD];
	while (a.n < f->n_steps)
		answer(f, who, &a, (int)next(7));
	menu_told(m, f, who, &a, told, sizeof(told));
	assert_memory_equal(told, f->label, strlen(f->label));
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strstr(told, commands[i]))
			fail_msg("%s: %s", f->name, told);
	for (int k = 0; k < a.n; k++) {
		struct menu_answers before = a;
		before.n = k;
		assert_true(menu_step(m, f, who, &before, k, &st));
		for (int c = 0; st.kind == MENU_LIST && c < st.n; c++)
			if (strcmp(st.choice[c].value, a.value[k]) == 0 && !strstr(told, st.choice[c].label))
				fail_msg("%s: %s is not in: %s", f->name, st.choice[c].label, told);
		if (st.kind == MENU_NUMBERS || st.kind == MENU_NUMBER || st.own_words)
			assert_non_null(strstr(told, a.value[k]));
	}
	for (size_t max = 1; max < strlen(told); max += 7) {
		memset(small, 'x', sizeof(small));
		menu_told(m, f, who, &a, small, max);
		assert_true(strlen(small) < max);
		assert_int_equal(small[max], 'x');
	}
}

static void answers_are_told(void **state)
{
	(void)state;
	for (int n = 0; n < 10; n++)
		each_form(told_as_chosen);
}

/* ---- notes ---- */

/* A note goes behind all else and adds no value; what was answered stands as without it. */
static void with_note(const struct menu_form *f, const struct menu_who *who)
{
	static const char *const notes[] = { "kemi nevojë për transport", "spoke with the grandmother", "older sister takes care of her" };
	struct menu_answers a = { .n = 0 };
	struct menu_step st;
	struct reading plain;
	char text[512], bare[512];
	const char *why;
	while (a.n < f->n_steps)
		answer(f, who, &a, (int)next(7));
	assert_int_equal(menu_step(m, f, who, &a, a.n, &st), f->note);
	if (!f->note || (strcmp(f->name, "case_amend") == 0 && !a.value[1][0] && !a.value[2][0] && !a.value[3][0]))
		return;
	assert_true(st.optional && st.own_words);
	assert_false(menu_typed(m, f, who, &st, "4821", a.value[a.n], &why));
	assert_false(menu_typed(m, f, who, &st, "2", a.value[a.n], &why));
	assert_false(menu_typed(m, f, who, &st, " ", a.value[a.n], &why));
	seed = 1 + next(1000);
	uint32_t was = seed;
	plain = *read_back(f, who, &a, false, bare);
	assert_true(menu_typed(m, f, who, &st, notes[next(3)], a.value[a.n], &why));
	const char *note = a.value[a.n++];
	seed = was; /* the same choice of a PIN or none */
	const struct reading *r = read_back(f, who, &a, false, text);
	assert_memory_equal(text, bare, strlen(bare));
	assert_string_equal(text + strlen(bare) + 1, note);
	assert_int_equal(r->n_values, plain.n_values);
	for (int i = 0; i < plain.n_values; i++) {
		const struct reading_value *v = reading_get(r, plain.values[i].field);
		assert_non_null(v);
		assert_int_equal(v->num, plain.values[i].num);
		assert_int_equal(v->n, plain.values[i].n);
		assert_string_equal(v->word, plain.values[i].word);
	}
}

/* Whatever a text keeps free words of can be told in a menu with words of one's own. */
static void offers_a_note(const struct menu_form *f, const struct menu_who *who)
{
	static const char *const noted[] = { "case_new", "case_amend", "followup", "progress", "refer", "referral_decline",
					     "referral_done", "task_new", "task_done", "task_progress", "task_defer", "close",
					     "reopen", "return_new", "return_arrived" };
	bool want = false;
	(void)who;
	for (size_t i = 0; i < sizeof(noted) / sizeof(noted[0]); i++)
		want |= strcmp(f->name, noted[i]) == 0;
	if (f->note != want)
		fail_msg("%s: a note is %s", f->name, want ? "not offered" : "offered");
}

static void notes_go_behind(void **state)
{
	(void)state;
	each_form(offers_a_note);
	for (int n = 0; n < 10; n++)
		each_form(with_note);
}

static void a_role_walks_what_it_may_send(void **state)
{
	struct parser_sender from;
	struct parser_context ctx;
	struct menu_who who;
	struct menu_form f;
	(void)state;
	who_is("T1", "sq", &from, &ctx, &who);
	assert_true(menu_form(m, &who, 0, &f));
	assert_string_equal(f.name, "absence");
	assert_true(menu_find(m, &who, "form:water", &f));
	assert_false(menu_find(m, &who, "refer", &f));
	who_is("O1", "sq", &from, &ctx, &who);
	assert_true(menu_form(m, &who, 0, &f));
	assert_string_equal(f.name, "case_new");
	assert_false(menu_find(m, &who, "absence", &f));
	assert_false(menu_find(m, &who, "form:water", &f));
}

static void typed_answers(void **state)
{
	static const struct {
		int line;
		const char *who, *form;
		int step;
		const char *typed, *value; /* NULL: refused */
	} rows[] = {
		{ __LINE__, "T1", "absence", 0, "5a", "5A" },
		{ __LINE__, "T1", "absence", 0, " 5 A ", "5A" },
		{ __LINE__, "T2", "absence", 0, "5/1", "5/1" },
		{ __LINE__, "T2", "absence", 0, "51", NULL },
		{ __LINE__, "T1", "absence", 0, "7C", NULL },
		{ __LINE__, "T1", "absence", 1, "12*17", "12 17" },
		{ __LINE__, "T1", "absence", 1, "12,17 3", "12 17 3" },
		{ __LINE__, "T1", "absence", 1, "\u0661\u0662", "12" },
		{ __LINE__, "T1", "absence", 1, "99", NULL },
		{ __LINE__, "T1", "absence", 1, "12a", NULL },
		{ __LINE__, "T1", "absence", 1, "-3", NULL },
		{ __LINE__, "T1", "absence", 1, "", NULL },
		{ __LINE__, "T1", "absence", 2, "16.11", "2026-11-16" },
		{ __LINE__, "T1", "absence", 2, "20.11", "2025-11-20" },
		{ __LINE__, "T1", "absence", 2, "31.02", NULL },
		{ __LINE__, "O1", "case_new", 0, "lyp", "lyp" },
		{ __LINE__, "O1", "case_new", 1, "z4", "Z4" },
		{ __LINE__, "O1", "case_new", 1, "Z44", NULL },
		{ __LINE__, "O1", "case_new", 2, "100", NULL },
		{ __LINE__, "O1", "case_new", 2, "11", "11" },
		{ __LINE__, "O1", "followup", 0, "e26 0147 v", "E26-0147-V" },
		{ __LINE__, "O1", "followup", 0, "E26-0147-W", NULL },
		{ __LINE__, "O1", "task_done", 0, "t12", "T12" },
		{ __LINE__, "O1", "task_done", 0, "x12", NULL },
		{ __LINE__, "C1", "task_defer", 1, "5.1", "2027-01-05" },
	};
	struct parser_sender from;
	struct parser_context ctx;
	struct menu_who who;
	struct menu_form f;
	struct menu_step st;
	char value[MENU_VALUE];
	const char *why;
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct menu_answers a = { .n = 0 };
		who_is(rows[i].who, "sq", &from, &ctx, &who);
		assert_true(menu_find(m, &who, rows[i].form, &f));
		while (a.n < rows[i].step)
			answer(&f, &who, &a, 0);
		assert_true(menu_step(m, &f, &who, &a, a.n, &st));
		bool ok = menu_typed(m, &f, &who, &st, rows[i].typed, value, &why);
		if (ok != (rows[i].value != NULL) || (ok && strcmp(value, rows[i].value) != 0))
			fail_msg("line %d: %s \"%s\" gives %s", rows[i].line, st.name, rows[i].typed,
				 ok ? value : why);
	}
}

static void a_text_never_outgrows_its_buffer(void **state)
{
	struct parser_sender from;
	struct parser_context ctx;
	struct menu_who who;
	struct menu_form f;
	struct menu_answers a = { .n = 0 };
	char text[512], small[512];
	(void)state;
	who_is("T1", "sq", &from, &ctx, &who);
	assert_true(menu_find(m, &who, "form:all", &f));
	while (a.n < f.n_steps)
		answer(&f, &who, &a, 0);
	size_t n = menu_text(m, &f, &who, &a, false, "", text, sizeof(text));
	assert_true(n > 0);
	for (size_t max = 1; max <= n; max++) {
		memset(small, 'x', sizeof(small));
		assert_int_equal(menu_text(m, &f, &who, &a, false, "", small, max), 0);
		assert_int_equal(small[max], 'x');
	}
	assert_int_equal(menu_text(m, &f, &who, &a, false, "", small, n + 1), n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_choice_reads_back),
		cmocka_unit_test(random_walks_read_back),
		cmocka_unit_test(no_two_choices_alike),
		cmocka_unit_test(a_role_walks_what_it_may_send),
		cmocka_unit_test(each_form_has_its_line),
		cmocka_unit_test(answers_are_told),
		cmocka_unit_test(notes_go_behind),
		cmocka_unit_test(typed_answers),
		cmocka_unit_test(a_text_never_outgrows_its_buffer),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
