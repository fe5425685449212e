/* menu_told.c - the answers of a walk as he sees them before he sends them: what his choices are called in
 * his language, numbers with a word that says of what.  May call menu_steps, menu, calendar, messages, msisdn. */
#include <stdio.h>
#include <string.h>
#include "parser/calendar.h"
#include "parser/menu_int.h"
#include "parser/messages.h"
#include "parser/msisdn.h"

struct telling {
	char *s;
	size_t at, max;
};

/* Appends; what does not fit is cut at a character's end: it is shown, never sent. */
static void tell(struct telling *t, const char *s)
{
	size_t n = strlen(s), room = t->max - t->at - 1;
	if (n > room)
		n = room;
	while (n && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	memcpy(t->s + t->at, s, n);
	t->at += n;
	t->s[t->at] = '\0';
}

/* A value is often one of the choices; of several, each. */
static void name_value(const struct menu_step *st, const char *value, struct telling *t)
{
	for (int i = 0; i < st->n; i++)
		if (strcmp(st->choice[i].value, value) == 0) {
			tell(t, st->choice[i].label);
			return;
		}
	tell(t, value);
}

static void name_many(const struct menu_step *st, const char *value, struct telling *t)
{
	char one[MENU_VALUE];
	for (const char *p = value; *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");
		memcpy(one, p, n);
		one[n] = '\0';
		tell(t, p == value ? "" : "+");
		name_value(st, one, t);
		p += n;
	}
}

/* As days are written: "16.11", with its year when that is not this one. */
static void name_day(const struct menu_who *who, int32_t day, struct telling *t)
{
	char label[16], iso[11];
	menu_day_label(day, label);
	day_to_iso(day, iso);
	tell(t, label);
	if (memcmp(iso, who->clock->today, 4) == 0)
		return;
	iso[4] = '\0';
	tell(t, ".");
	tell(t, iso);
}

/* Its ends are enough to see that it is the right one; screens pass through others' systems. */
static void name_number(const char *number, struct telling *t)
{
	char masked[MSISDN_MAX];
	msisdn_mask(number, masked);
	tell(t, masked);
}

static void name_answer(const struct menu_who *who, const struct menu_step *st, const char *value, struct telling *t)
{
	int32_t day;
	bool choice = false;
	for (int i = 0; i < st->n; i++)
		choice |= strcmp(st->choice[i].value, value) == 0;
	if (!choice && st->kind != MENU_NUMBERS && !st->own_words && day_from_iso(value, &day))
		name_day(who, day, t);
	else if (st->kind == MENU_MANY)
		name_many(st, value, t);
	else if (value[0] == '+')
		name_number(value, t);
	else
		name_value(st, value, t);
}

/* Of a built-in question the catalogue may say how its answer is told ("{value} years"); of a field of a
 * site's own form it is its label. */
static void put_answer(const struct menu *m, const struct menu_form *f, const struct menu_who *who,
		       const struct menu_answers *a, int k, struct telling *t)
{
	char value[MENU_ASK] = "", told[MENU_ASK * 2];
	struct telling v = { .s = value, .max = sizeof(value) };
	struct menu_step st;
	struct menu_answers before = *a;
	before.n = k;
	if (!menu_step(m, f, who, &before, k, &st))
		return;
	name_answer(who, &st, a->value[k], &v);
	bool own = menu_configured(m, f) != NULL;
	const char *text = own ? NULL : message_text(m->w, who->from->lang, m->told_text[menu_ask_of(st.name)]);
	const struct message_fill fill = { "value", value };
	if (own && st.kind != MENU_LIST) {
		tell(t, st.ask);
		tell(t, " ");
	}
	tell(t, text && message_render(text, &fill, 1, told, sizeof(told)) ? told : value);
}

void menu_told(const struct menu *m, const struct menu_form *f, const struct menu_who *who,
	       const struct menu_answers *a, char *out, size_t max)
{
	struct telling t = { .s = out, .max = max };
	bool some = false;
	out[0] = '\0';
	tell(&t, f->label);
	for (int k = 0; k < a->n; k++) {
		if (!a->value[k][0])
			continue;
		tell(&t, some ? ", " : "\n");
		put_answer(m, f, who, a, k, &t);
		some = true;
	}
}

const char *menu_word_label(const struct menu *m, const struct menu_who *who, const char *word)
{
	for (int c = 1; c < C_COUNT; c++)
		if (strcmp(concept_name((enum concept)c), word) == 0)
			return m->concept[c].label[menu_lang(m, who)];
	return word;
}
