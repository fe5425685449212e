/* menu_steps.c - the questions themselves: choices and limits out of the world, the sender and what the
 * store knows of him.  May call world, calendar, messages. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parser/calendar.h"
#include "parser/menu_int.h"
#include "parser/messages.h"
#include "parser/sheet_int.h"

#define DAYS_SHOWN 5   /* school days back that can be chosen */
#define AGE_MAX 99
#define PEOPLE_MAX 9999

/* The choices are as many as n says: 7 KB of them are not cleared. */
static void empty(struct menu_step *st)
{
	memset(st, 0, offsetof(struct menu_step, choice));
}

static void add(struct menu_step *st, const char *label, const char *value)
{
	if (st->n == MENU_CHOICES || !*value)
		return;
	struct menu_choice *c = &st->choice[st->n++];
	menu_cut(c->label, sizeof(c->label), label);
	menu_cut(c->value, sizeof(c->value), value);
}

static void ask(const struct menu *m, const struct menu_who *who, enum menu_ask what, struct menu_step *st)
{
	const char *text = message_text(m->w, who->from->lang, m->ask_text[what]);
	menu_cut(st->ask, sizeof(st->ask), text ? text : st->name);
}

static void number(struct menu_step *st, int64_t min, int64_t max)
{
	st->kind = MENU_NUMBER;
	st->has_min = st->has_max = true;
	st->min = min;
	st->max = max;
}

static const char *label_of(const struct menu *m, const struct menu_word *w, const struct menu_who *who)
{
	return w->label[menu_lang(m, who)];
}

static void group(const struct menu *m, const struct menu_who *who, enum intent i, enum concept_group g,
		  struct menu_step *st)
{
	for (int c = 1; c < C_COUNT; c++)
		if (concept_group((enum concept)c) == g && sheet_uses(m->w, i, (enum concept)c))
			add(st, label_of(m, &m->concept[c], who), m->concept[c].say);
}

static void concepts(const struct menu *m, const struct menu_who *who, const uint8_t *list,
		     struct menu_step *st)
{
	for (; *list; list++)
		add(st, label_of(m, &m->concept[*list], who), m->concept[*list].say);
}

/* ---- classes, days, people ---- */

static void classes(const struct menu *m, const char *school, struct menu_step *st)
{
	int s = world_find_school(m->w, school);
	for (int i = 0; i < m->w->n_classes; i++) {
		const struct w_class *c = &m->w->classes[i];
		/* of no school: each name once; they are in order */
		bool again = s < 0 && i && strcmp(c->name, c[-1].name) == 0;
		if ((s < 0 || c->school == s) && !again)
			add(st, c->name, c->name);
	}
}

static void own_classes(const struct menu *m, const struct menu_who *who, struct menu_step *st)
{
	for (int i = 0; i < who->from->n_classes; i++)
		add(st, who->from->classes[i], who->from->classes[i]);
	if (st->n == 0)
		classes(m, who->from->school, st);
}

static const char *answer(const struct menu_row *row, const struct menu_answers *a, enum menu_ask what)
{
	for (int k = 0; k < a->n && k < 6 && row->q[k].ask; k++)
		if (row->q[k].ask == what + 1)
			return a->value[k];
	return "";
}

static int register_of(const struct menu *m, const struct menu_row *row, const struct menu_who *who,
		       const struct menu_answers *a)
{
	int grade, section, n, s = world_find_school(m->w, who->from->school);
	if (!class_parse(answer(row, a, ASK_CLASS), &grade, &section))
		return 0;
	int c = world_find_class(m->w, s, grade, section, &n);
	return c >= 0 && n == 1 ? m->w->classes[c].size : 0;
}

void menu_day_label(int32_t day, char out[16])
{
	int y, mo, d;
	day_split(day, &y, &mo, &d);
	snprintf(out, 16, "%02u.%02u", (unsigned)d % 100, (unsigned)mo % 100);
}

/* Today where there is school, and the school days before it. */
static void days(const struct menu *m, const struct menu_who *who, struct menu_step *st)
{
	int32_t today;
	char iso[11], label[16], named[MENU_LABEL];
	int school = world_find_school(m->w, who->from->school);
	if (!day_from_iso(who->clock->today, &today))
		return;
	for (int32_t d = today; d > today - 30 && st->n < DAYS_SHOWN; d--) {
		if (!world_school_day(m->w, school, d))
			continue;
		day_to_iso(d, iso);
		menu_day_label(d, label);
		snprintf(named, sizeof(named), "%.24s %s", label_of(m, &m->concept[d == today ? C_TODAY : C_YESTERDAY], who), label);
		add(st, d >= today - 1 ? named : label, iso);
	}
}

static void cases(const struct menu_who *who, struct menu_step *st)
{
	st->moving = st->guarded = true;
	for (int i = 0; who->ctx && i < who->ctx->n_owned; i++)
		add(st, who->ctx->owned[i], who->ctx->owned[i]);
}

static void alerts(const struct menu_who *who, struct menu_step *st)
{
	char s[16];
	st->moving = true;
	for (int i = 0; who->ctx && i < who->ctx->n_alerts; i++) {
		snprintf(s, sizeof(s), "%d", (int)who->ctx->alerts[i]);
		add(st, s, s);
	}
}

static void strings(const char (*list)[12], size_t n, struct menu_step *st)
{
	st->moving = true;
	for (size_t i = 0; i < n; i++)
		add(st, list[i], list[i]);
}

static void places(const struct menu *m, const struct menu_who *who, bool zones, struct menu_step *st)
{
	/* his own school first */
	add(st, who->from->school, who->from->school);
	for (int i = 0; i < m->w->n_schools; i++)
		if (strcmp(m->w->schools[i].id, who->from->school) != 0)
			add(st, m->w->schools[i].id, m->w->schools[i].id);
	for (int i = 0; zones && i < m->w->n_zones; i++)
		add(st, m->w->zones[i], m->w->zones[i]);
}

static void sexes(const struct menu *m, const struct menu_who *who, struct menu_step *st)
{
	const char *male = message_text(m->w, who->from->lang, message_find("menu_male"));
	const char *female = message_text(m->w, who->from->lang, message_find("menu_female"));
	add(st, male ? male : "M", "M");
	add(st, female ? female : "F", "F");
}

static void agencies(const struct menu *m, const struct menu_who *who, struct menu_step *st)
{
	for (int i = 0; i < m->w->n_agencies; i++)
		add(st, label_of(m, &m->agency[i], who), m->w->agencies[i]);
}

static void countries(const struct menu *m, const struct menu_who *who, struct menu_step *st)
{
	for (int i = 0; i < m->n_countries; i++)
		if (strcmp(m->country_code[i], "AL") != 0)
			add(st, label_of(m, &m->country[i], who), m->country[i].say);
}

/* ---- the questions of a built-in form ---- */

static void fill(const struct menu *m, const struct menu_row *row, const struct menu_who *who,
		 const struct menu_answers *a, enum menu_ask what, struct menu_step *st)
{
	int size = register_of(m, row, who, a);
	switch (what) {
	case ASK_CLASS: own_classes(m, who, st); break;
	case ASK_PUPILS:
		number(st, 1, size ? size : 199);
		st->kind = MENU_NUMBERS;
		break;
	case ASK_FEW: number(st, 1, size ? size : 199); break;
	case ASK_DAY: days(m, who, st); break;
	case ASK_REASON: group(m, who, row->intent, G_REASON, st); break;
	case ASK_LEFT: group(m, who, row->intent, G_LEFT, st); break;
	case ASK_CONCERN: group(m, who, row->intent, G_CONCERN, st); break;
	case ASK_ZONE:
		for (int i = 0; i < m->w->n_zones; i++)
			add(st, m->w->zones[i], m->w->zones[i]);
		break;
	case ASK_AGE: number(st, 0, AGE_MAX); break;
	case ASK_SEX: sexes(m, who, st); break;
	case ASK_CASE: case ASK_CASE2: cases(who, st); break;
	case ASK_RISK: group(m, who, row->intent, G_RISK, st); break;
	case ASK_TYPE: group(m, who, row->intent, G_TYPE, st); break;
	case ASK_OUTCOME:
		group(m, who, row->intent, G_OUTCOME, st);
		concepts(m, who, (const uint8_t[]){ C_IN_SCHOOL, C_NOT_IN_SCHOOL, 0 }, st);
		break;
	case ASK_SCORE: number(st, 1, 5); break;
	case ASK_AGENCY: agencies(m, who, st); break;
	case ASK_SERVICE: group(m, who, row->intent, G_SERVICE, st); break;
	case ASK_REFERRAL: strings(who->referrals, who->n_referrals, st); break;
	case ASK_TAKEN: strings(who->taken, who->n_taken, st); break;
	case ASK_DECLINE: group(m, who, row->intent, G_DECLINE, st); break;
	case ASK_ALERT: alerts(who, st); break;
	case ASK_PENDING: strings(who->pending, who->n_pending, st); break;
	case ASK_TASK: strings(who->tasks, who->n_tasks, st); break;
	case ASK_DUE: case ASK_WHEN: st->kind = MENU_TYPED; break;
	case ASK_SCHOOL: places(m, who, false, st); break;
	case ASK_CLASS_OF: classes(m, answer(row, a, ASK_SCHOOL), st); break;
	case ASK_WHY: group(m, who, row->intent, G_CLOSE, st); break;
	case ASK_COUNTRY: countries(m, who, st); break;
	case ASK_PLACE: places(m, who, true, st); break;
	case ASK_PEOPLE: number(st, 1, PEOPLE_MAX); break;
	case ASK_COMING: concepts(m, who, (const uint8_t[]){ C_COMING, C_NOT_COMING, 0 }, st); break;
	case ASK_LANG: concepts(m, who, (const uint8_t[]){ C_LANG_SQ, C_LANG_EN, 0 }, st); break;
	case ASK_PHONE: case ASK_NOTE: st->kind = MENU_TYPED; break;
	case ASKS: break;
	}
}

void menu_row_step(const struct menu *m, const struct menu_row *row, const struct menu_who *who,
		   const struct menu_answers *a, int k, struct menu_step *st)
{
	enum menu_ask what = (enum menu_ask)(row->q[k].ask - 1);
	empty(st);
	st->name = menu_ask_names[what];
	st->optional = row->q[k].optional;
	ask(m, who, what, st);
	fill(m, row, who, a, what, st);
}

/* Asked for by him alone: what he says in his own words goes behind the report. */
void menu_note_step(const struct menu *m, const struct menu_who *who, struct menu_step *st)
{
	empty(st);
	st->name = menu_ask_names[ASK_NOTE];
	st->kind = MENU_TYPED;
	st->optional = st->own_words = true;
	ask(m, who, ASK_NOTE, st);
}

/* ---- the fields of a configured form ---- */

/* The site's own words stand first, the other language's last (see the sample configuration); where there are
 * none of that, the field's name says more to a stranger to the first. */
static const char *pick_word(const char (*words)[READING_WORD_MAX], int from, int n, bool last)
{
	return n <= from || (last && n == from + 1) ? words[0] : words[last ? n - 1 : from];
}

static void field_choices(const struct menu *m, const struct w_field *f, const struct menu_who *who,
			  struct menu_step *st)
{
	bool last = menu_lang(m, who) > 0;
	for (int i = 0; i < f->n_choices;) {
		int end = i;
		char label[MENU_LABEL];
		while (end < f->n_choices && strcmp(f->choices[end].code, f->choices[i].code) == 0)
			end++;
		int which = end - i < 2 ? i : last ? end - 1 : i + 1;
		snprintf(label, sizeof(label), "%s", f->choices[which].name);
		if (label[0] >= 'a' && label[0] <= 'z')
			label[0] = (char)(label[0] - 'a' + 'A');
		add(st, label, f->choices[i].code);
		i = end;
	}
}

void menu_field_step(const struct menu *m, const struct w_field *f, const struct menu_who *who,
		     struct menu_step *st)
{
	empty(st);
	st->name = f->name;
	st->optional = !f->required || f->fallback[0];
	st->has_min = f->has_min;
	st->has_max = f->has_max;
	st->min = f->min;
	st->max = f->max;
	snprintf(st->ask, sizeof(st->ask), "%s",
		 pick_word((const char (*)[READING_WORD_MAX])f->labels, 1, f->n_labels, menu_lang(m, who) > 0));
	if (st->ask[0] >= 'a' && st->ask[0] <= 'z')
		st->ask[0] = (char)(st->ask[0] - 'a' + 'A');
	switch (f->type) {
	case F_INTEGER: st->kind = MENU_NUMBER; break;
	case F_AGE:
		st->kind = MENU_NUMBER;
		if (!f->has_min && !f->has_max)
			number(st, 0, AGE_MAX);
		break;
	case F_CHOICES: st->kind = MENU_MANY; field_choices(m, f, who, st); break;
	case F_CHOICE: field_choices(m, f, who, st); break;
	case F_YESNO: concepts(m, who, (const uint8_t[]){ C_YES, C_NO, 0 }, st); break;
	case F_CLASS: own_classes(m, who, st); break;
	case F_ZONE:
		for (int i = 0; i < m->w->n_zones; i++)
			add(st, m->w->zones[i], m->w->zones[i]);
		break;
	case F_SCHOOL: places(m, who, false, st); break;
	case F_CASE: cases(who, st); break;
	case F_SEX: sexes(m, who, st); break;
	case F_TEXT: st->own_words = true; /* fall through */
	case F_DECIMAL: case F_DATE: case F_TIME: case F_PHONE: st->kind = MENU_TYPED; break;
	}
}

/* ---- days as typed ---- */

/* "16.11", "16/11", "16 11", "16.11.2026": the nearest such day before (or, ahead, after) today. */
bool menu_day(const struct menu_who *who, const char *typed, bool ahead, char out[MENU_VALUE])
{
	long part[3] = { 0, 0, 0 };
	int n = 0, y, mo, d;
	int32_t today, day;
	for (const char *p = typed; *p && n < 3;) {
		if (*p >= '0' && *p <= '9') {
			char *end;
			part[n++] = strtol(p, &end, 10);
			p = end;
		} else if (strchr(" ./-", *p)) {
			p++;
		} else {
			return false;
		}
	}
	if (n < 2 || part[0] > 31 || part[1] > 12 || part[2] > 9999 || !day_from_iso(who->clock->today, &today))
		return false;
	day_split(today, &y, &mo, &d);
	if (n == 3)
		y = part[2] < 100 ? 2000 + (int)part[2] : (int)part[2];
	for (int step = 0; step < (n == 3 ? 1 : 2); step++, y += ahead ? 1 : -1) {
		if (!day_valid(y, (int)part[1], (int)part[0]))
			continue;
		day = day_number(y, (int)part[1], (int)part[0]);
		if (n == 2 && (ahead ? day < today : day > today))
			continue;
		day_to_iso(day, out);
		return true;
	}
	return false;
}
