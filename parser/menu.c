/* menu.c - see menu.h: which forms there are, what a typed answer is worth, and the text of the answers.
 * May call menu_rows, menu_words, menu_steps, menu_places, world, fold, calendar, messages, msisdn. */
#include "parser/menu.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parser/calendar.h"
#include "parser/fold.h"
#include "parser/menu_int.h"
#include "parser/messages.h"

static int16_t find_text(const char *kind, const char *name)
{
	char id[48];
	snprintf(id, sizeof(id), "%s_%s", kind, name);
	return (int16_t)message_find(id);
}

/* The catalogue is searched once, not a screen. */
static void find_texts(struct menu *m)
{
	for (int i = 0; i < menu_rows_n; i++)
		m->row_text[i] = find_text("menu", intent_name(menu_rows[i].intent));
	for (int i = 0; i < ASKS; i++) {
		m->ask_text[i] = find_text("ask", menu_ask_names[i]);
		m->told_text[i] = find_text("told", menu_ask_names[i]);
	}
	for (int i = GROUP_ROOT + 1; i < GROUP_END; i++)
		m->group_text[i] = find_text("group", menu_group_names[i]);
}

/* Help and a call for help are everybody's. */
static bool may(const struct menu *m, enum role role, int i)
{
	if (i < menu_rows_n)
		return !intent_listed(menu_rows[i].intent) || world_allows_intent(m->w, menu_rows[i].intent, role);
	const struct w_form *f = &m->w->forms[i - menu_rows_n];
	return f->n_fields <= MENU_STEPS && (f->roles >> role & 1);
}

static void list_form(struct menu *m, enum role role, int i)
{
	if (may(m, role, i))
		m->form_of[role][m->n_forms[role]++] = (int16_t)i;
}

static int list_forms(struct menu *m, enum role role)
{
	int all = menu_rows_n + m->w->n_forms;
	m->form_of[role] = calloc((size_t)all, sizeof(*m->form_of[role]));
	if (!m->form_of[role])
		return -1;
	for (int i = 0; i < all; i++)
		list_form(m, role, i);
	return menu_places(m, role);
}

struct menu *menu_new(const struct world *w)
{
	struct menu *m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->w = w;
	find_texts(m);
	int rc = menu_words(m);
	for (int role = 0; rc == 0 && role < ROLES; role++)
		rc = list_forms(m, (enum role)role);
	if (rc < 0) {
		menu_free(m);
		return NULL;
	}
	return m;
}

void menu_free(struct menu *m)
{
	if (!m)
		return;
	for (int role = 0; role < ROLES; role++) {
		free(m->form_of[role]);
		for (int g = 0; g < GROUPS; g++)
			free(m->lines[role][g].of);
	}
	free(m->agency);
	free(m);
}

/* ---- forms ---- */

static unsigned needs_of(const struct menu_row *row)
{
	static const uint8_t need[ASKS] = { [ASK_CASE] = MENU_CASES,   [ASK_CASE2] = MENU_CASES,
					    [ASK_ALERT] = MENU_ALERTS, [ASK_TASK] = MENU_TASKS,
					    [ASK_REFERRAL] = MENU_REFERRALS, [ASK_TAKEN] = MENU_TAKEN,
					    [ASK_PENDING] = MENU_PENDING };
	unsigned all = 0;
	for (int k = 0; k < 6 && row->q[k].ask; k++)
		all |= need[row->q[k].ask - 1];
	return all;
}

static void row_form(const struct menu *m, const struct menu_who *who, int i, struct menu_form *out)
{
	const struct menu_row *row = &menu_rows[i];
	*out = (struct menu_form){ .name = intent_name(row->intent), .urgent = row->flags & MENU_MAY_BE_URGENT,
				   .note = row->flags & MENU_MAY_HAVE_NOTE, .shows = row->flags & MENU_SHOWS,
				   .secret = (enum menu_secret)row->secret,
				   .needs = needs_of(row), .index = i };
	while (out->n_steps < 6 && row->q[out->n_steps].ask)
		out->n_steps++;
	const char *text = message_text(m->w, who->from->lang, m->row_text[i]);
	menu_cut(out->label, sizeof(out->label), text ? text : out->name);
}

/* Called by the word that sends it, in the site's own language; its name says more in another. */
static void configured_form(const struct menu *m, const struct menu_who *who, int i, struct menu_form *out)
{
	const struct w_form *f = &m->w->forms[i];
	*out = (struct menu_form){ .name = f->intent, .n_steps = f->n_fields, .index = menu_rows_n + i };
	for (int k = 0; k < f->n_fields; k++)
		out->needs |= f->fields[k].type == F_CASE ? MENU_CASES : 0;
	menu_cut(out->label, sizeof(out->label), menu_lang(m, who) ? f->intent + strlen("form:") : f->keywords[0]);
	if (out->label[0] >= 'a' && out->label[0] <= 'z')
		out->label[0] = (char)(out->label[0] - 'a' + 'A');
}

static void form_at(const struct menu *m, const struct menu_who *who, int at, struct menu_form *out)
{
	if (at < menu_rows_n)
		row_form(m, who, at, out);
	else
		configured_form(m, who, at - menu_rows_n, out);
	out->group = menu_group_of(m, who->from->role, at);
}

bool menu_form(const struct menu *m, const struct menu_who *who, int i, struct menu_form *out)
{
	unsigned role = (unsigned)who->from->role;
	if (role >= ROLES || i < 0 || i >= m->n_forms[role])
		return false;
	form_at(m, who, m->form_of[role][i], out);
	return true;
}

int menu_items(const struct menu *m, const struct menu_who *who, int group)
{
	unsigned role = (unsigned)who->from->role;
	return role < ROLES && group >= 0 && group < GROUPS ? m->lines[role][group].n : 0;
}

bool menu_item(const struct menu *m, const struct menu_who *who, int group, int i, struct menu_item *out)
{
	if (i < 0 || i >= menu_items(m, who, group))
		return false;
	int at = m->lines[who->from->role][group].of[i];
	out->group = 0;
	if (at >= 0) {
		form_at(m, who, at, &out->form);
		memcpy(out->label, out->form.label, sizeof(out->label));
		return true;
	}
	memset(&out->form, 0, sizeof(out->form));
	out->group = -1 - at;
	const char *text = message_text(m->w, who->from->lang, m->group_text[out->group]);
	menu_cut(out->label, sizeof(out->label), text ? text : menu_group_names[out->group]);
	return true;
}

const char *menu_group_name(int group)
{
	return group > 0 && group < GROUPS ? menu_group_names[group] : "";
}

int menu_group_find(const char *name)
{
	for (int g = 0; g < GROUPS; g++)
		if (strcmp(menu_group_names[g], name) == 0)
			return g;
	return -1;
}

int menu_forms(const struct menu *m, const struct menu_who *who)
{
	unsigned role = (unsigned)who->from->role;
	return role < ROLES ? m->n_forms[role] : 0;
}

bool menu_find(const struct menu *m, const struct menu_who *who, const char *name, struct menu_form *out)
{
	for (int i = 0; i < menu_forms(m, who); i++) {
		int at = m->form_of[who->from->role][i];
		const char *mine = at < menu_rows_n ? intent_name(menu_rows[at].intent)
						    : m->w->forms[at - menu_rows_n].intent;
		if (strcmp(mine, name) == 0)
			return menu_form(m, who, i, out);
	}
	return false;
}

bool menu_step(const struct menu *m, const struct menu_form *f, const struct menu_who *who,
	       const struct menu_answers *a, int k, struct menu_step *out)
{
	const struct w_form *c = menu_configured(m, f);
	if (k < 0 || k >= f->n_steps + f->note)
		return false;
	if (k == f->n_steps)
		menu_note_step(m, who, out);
	else if (c)
		menu_field_step(m, &c->fields[k], who, out);
	else
		menu_row_step(m, &menu_rows[f->index], who, a, k, out);
	return true;
}

const char *menu_step_name(const struct menu *m, const struct menu_form *f, int k)
{
	const struct w_form *c = menu_configured(m, f);
	if (k < 0 || k >= f->n_steps)
		return NULL;
	return c ? c->fields[k].name : menu_ask_names[menu_rows[f->index].q[k].ask - 1];
}

/* ---- what was typed ---- */

void menu_plain(const char *s, size_t len, char *out, size_t max)
{
	struct fold f; /* 25 KB */
	size_t at = 0, n;
	fold_text(&f, s, len > 4096 ? 4096 : len);
	for (n = 0; n < f.n && f.s[n] == ' '; n++)
		;
	for (; n < f.n && at + 1 < max; n++)
		out[at++] = f.s[n];
	while (at > 0 && out[at - 1] == ' ')
		at--;
	out[at] = '\0';
}

/* Letters and digits only: "5 / A" and "5a" are the same, "5/1" and "51" are not. */
static void squeeze(const char *s, char *out, size_t max)
{
	char plain[MENU_VALUE];
	size_t at = 0;
	menu_plain(s, strlen(s), plain, sizeof(plain));
	for (const char *p = plain; *p && at + 1 < max; p++)
		if (*p != ' ')
			out[at++] = *p;
	out[at] = '\0';
}

static bool named(const struct menu_step *st, const char *typed, char value[MENU_VALUE])
{
	char mine[MENU_VALUE], theirs[MENU_VALUE];
	squeeze(typed, mine, sizeof(mine));
	for (int i = 0; i < st->n && *mine; i++) {
		squeeze(st->choice[i].value, theirs, sizeof(theirs));
		bool same = strcmp(mine, theirs) == 0;
		squeeze(st->choice[i].label, theirs, sizeof(theirs));
		if (!same && strcmp(mine, theirs) != 0)
			continue;
		snprintf(value, MENU_VALUE, "%s", st->choice[i].value);
		return true;
	}
	return false;
}

/* Whole and in its limits; nothing but digits. */
static bool number_in(const struct menu_step *st, const char *s, size_t n, long *out)
{
	if (n == 0 || n > 9 || strspn(s, "0123456789") < n)
		return false;
	*out = strtol(s, NULL, 10);
	return (!st->has_min || *out >= st->min) && (!st->has_max || *out <= st->max);
}

static bool one_number(const struct menu_step *st, const char *plain, char value[MENU_VALUE])
{
	long n;
	if (!number_in(st, plain, strlen(plain), &n))
		return false;
	snprintf(value, MENU_VALUE, "%ld", n);
	return true;
}

/* "12 17", "12,17", "12*17" and "12.17" (a telephone's keys): each a register number. */
static bool numbers(const struct menu_step *st, const char *plain, char value[MENU_VALUE])
{
	size_t at = 0;
	value[0] = '\0';
	for (const char *p = plain; *p;) {
		size_t n = strcspn(p, " ,;.*+");
		long v;
		if (n && !number_in(st, p, n, &v))
			return false;
		if (n) {
			int k = snprintf(value + at, MENU_VALUE - at, "%s%ld", at ? " " : "", v);
			if (k < 0 || (size_t)k >= MENU_VALUE - at)
				return false;
			at += (size_t)k;
		}
		p += n + (p[n] != '\0');
	}
	return at > 0;
}

static bool coded(char letter, const char *plain, char value[MENU_VALUE])
{
	const char *p = plain + (*plain == (letter | 32));
	size_t n = strspn(p, "0123456789");
	if (n == 0 || n > 9 || p[n])
		return false;
	snprintf(value, MENU_VALUE, "%c%s", letter, p);
	return true;
}

static bool clock_time(const char *plain, char value[MENU_VALUE])
{
	char *end;
	long h = strtol(plain, &end, 10), mi = 0;
	if (end == plain || h < 0 || h > 23)
		return false;
	if (*end && strchr(":. ", *end)) {
		const char *p = end + 1;
		mi = strtol(p, &end, 10);
		if (end != p + 2)
			return false;
	}
	if (*end || mi < 0 || mi > 59)
		return false;
	snprintf(value, MENU_VALUE, "%02ld:%02ld", h, mi);
	return true;
}

static bool decimal(const struct menu_step *st, const char *plain, char value[MENU_VALUE])
{
	size_t n = strspn(plain, "0123456789"), k = 0;
	const char *p = plain + n;
	if (n && (*p == '.' || *p == ','))
		k = strspn(++p, "0123456789");
	if (n == 0 || n > 9 || k > 3 || p[k])
		return false;
	long whole = strtol(plain, NULL, 10);
	if ((st->has_min && whole < st->min) ||
	    (st->has_max && (whole > st->max || (whole == st->max && k && strtol(p, NULL, 10) > 0))))
		return false;
	snprintf(value, MENU_VALUE, "%.*s%s%.*s", (int)n, plain, k ? "." : "", (int)k, p);
	return true;
}

static bool words(const char *typed, char value[MENU_VALUE])
{
	size_t n = strlen(typed);
	while (n && (unsigned char)typed[n - 1] <= ' ')
		n--;
	while (n && (unsigned char)*typed <= ' ')
		typed++, n--;
	if (n == 0 || n >= MENU_VALUE)
		return false; /* the walk says that it is too long */
	memcpy(value, typed, n);
	value[n] = '\0';
	return true;
}

/* A number alone is no note: it was meant for a line of the screen before. */
static bool has_word(const char *plain)
{
	for (const char *p = plain; *p; p += *p != '\0') {
		size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz");
		if (n > 2)
			return true;
		p += n;
	}
	return false;
}

static bool phone(const struct menu *m, const char *typed, char value[MENU_VALUE])
{
	char number[MSISDN_MAX];
	if (msisdn_normalise(&m->w->plan, typed, strlen(typed), number) != MSISDN_OK)
		return false;
	snprintf(value, MENU_VALUE, "%s", number);
	return true;
}

/* What a question takes beside the numbers of its choices, and why not. */
enum takes { TAKES_CHOICE, TAKES_CASE, TAKES_TASK, TAKES_REFERRAL, TAKES_ALERT, TAKES_DAY, TAKES_DUE,
	     TAKES_PHONE, TAKES_TIME, TAKES_DECIMAL, TAKES_WORDS, TAKES_NOTE };

static enum takes takes_row(const struct menu_row *row, const char *name)
{
	static const uint8_t takes[ASKS] = {
		[ASK_CASE] = TAKES_CASE,   [ASK_CASE2] = TAKES_CASE, [ASK_TASK] = TAKES_TASK,
		[ASK_REFERRAL] = TAKES_REFERRAL, [ASK_TAKEN] = TAKES_REFERRAL, [ASK_ALERT] = TAKES_ALERT, [ASK_PENDING] = TAKES_ALERT,
		[ASK_DAY] = TAKES_DAY,     [ASK_DUE] = TAKES_DUE,    [ASK_WHEN] = TAKES_DUE, [ASK_PHONE] = TAKES_PHONE,
	};
	for (int k = 0; k < 6 && row->q[k].ask; k++)
		if (menu_ask_names[row->q[k].ask - 1] == name)
			return (enum takes)takes[row->q[k].ask - 1];
	return name == menu_ask_names[ASK_NOTE] ? TAKES_NOTE : TAKES_CHOICE;
}

static enum takes takes_field(const struct w_form *f, const char *name)
{
	for (int k = 0; k < f->n_fields; k++) {
		if (f->fields[k].name != name)
			continue;
		switch (f->fields[k].type) {
		case F_CASE: return TAKES_CASE;
		case F_DATE: return TAKES_DAY;
		case F_TIME: return TAKES_TIME;
		case F_DECIMAL: return TAKES_DECIMAL;
		case F_TEXT: return TAKES_WORDS;
		case F_PHONE: return TAKES_PHONE;
		case F_INTEGER: case F_CHOICE: case F_CHOICES: case F_YESNO: case F_CLASS: case F_ZONE:
		case F_SCHOOL: case F_AGE: case F_SEX: break;
		}
	}
	return TAKES_CHOICE;
}

static bool typed_as(const struct menu *m, enum takes takes, const struct menu_who *who,
		     const struct menu_step *st, const char *typed, const char *plain,
		     char value[MENU_VALUE], const char **why)
{
	char code[CASE_CODE_MAX];
	long n;
	*why = "menu_bad_choice";
	switch (takes) {
	case TAKES_CASE:
		*why = "error_bad_case_code";
		if (!code_read(typed, strlen(typed), code))
			return false;
		snprintf(value, MENU_VALUE, "%s", code);
		return true;
	case TAKES_TASK: return coded('T', plain, value);
	case TAKES_REFERRAL: return coded('R', plain, value);
	case TAKES_ALERT: /* a choice's number is read before; what is left is the number as sent */
		if (!number_in(&(struct menu_step){ .n = 0 }, plain, strlen(plain), &n))
			return false;
		snprintf(value, MENU_VALUE, "%ld", n);
		return true;
	case TAKES_DAY: *why = "menu_bad_day"; return menu_day(who, plain, false, value);
	case TAKES_DUE: *why = "menu_bad_day"; return menu_day(who, plain, true, value);
	case TAKES_PHONE: *why = "menu_bad_value"; return phone(m, typed, value);
	case TAKES_TIME: *why = "menu_bad_value"; return clock_time(plain, value);
	case TAKES_DECIMAL: *why = "menu_bad_value"; return decimal(st, plain, value);
	case TAKES_NOTE: *why = "menu_bad_value"; return has_word(plain) && words(typed, value);
	case TAKES_WORDS: *why = "menu_bad_value"; return words(typed, value);
	case TAKES_CHOICE: break;
	}
	return false;
}

bool menu_typed(const struct menu *m, const struct menu_form *f, const struct menu_who *who,
		const struct menu_step *st, const char *typed, char value[MENU_VALUE], const char **why)
{
	const struct w_form *c = menu_configured(m, f);
	char plain[MENU_VALUE];
	menu_plain(typed, strlen(typed), plain, sizeof(plain));
	value[0] = '\0';
	*why = st->has_max || st->has_min ? "menu_bad_number" : "menu_bad_value";
	if (st->kind == MENU_NUMBER)
		return one_number(st, plain, value);
	if (st->kind == MENU_NUMBERS)
		return numbers(st, plain, value);
	if (st->kind != MENU_TYPED && named(st, typed, value))
		return true;
	return typed_as(m, c ? takes_field(c, st->name) : takes_row(&menu_rows[f->index], st->name), who, st,
			typed, plain, value, why);
}

/* ---- the text ---- */

struct line {
	char *s;
	size_t at, max;
	bool full;
};

static void put(struct line *l, const char *s)
{
	size_t n = strlen(s);
	if (l->at + n >= l->max) {
		l->full = true;
		return;
	}
	memcpy(l->s + l->at, s, n + 1);
	l->at += n;
}

/* A day as texts say it: "", for today; "date 16.11"; with its year when that is not today's. */
static void put_day(struct line *l, const struct menu_who *who, const char *iso, bool is_due)
{
	int32_t day, today;
	int y, mo, d, ty, tmo, td;
	char s[40];
	if (!day_from_iso(iso, &day) || !day_from_iso(who->clock->today, &today))
		return;
	if (day == today && !is_due)
		return;
	day_split(day, &y, &mo, &d);
	day_split(today, &ty, &tmo, &td);
	snprintf(s, sizeof(s), "%s%02d.%02d", is_due ? "" : "date ", d, mo);
	put(l, s);
	snprintf(s, sizeof(s), ".%d", y);
	if (y != ty)
		put(l, s);
}

static const char *value_of(const struct menu_row *row, const struct menu_answers *a, const char *name, size_t n)
{
	for (int k = 0; k < a->n && k < 6 && row->q[k].ask; k++) {
		const char *mine = menu_ask_names[row->q[k].ask - 1];
		if (strlen(mine) == n && memcmp(mine, name, n) == 0)
			return a->value[k];
	}
	return "";
}

static void put_sex_age(struct line *l, const struct menu_row *row, const struct menu_answers *a)
{
	const char *sex = value_of(row, a, "sex", 3), *age = value_of(row, a, "age", 3);
	put(l, sex);
	put(l, age);
	if (!*sex && *age)
		put(l, " vjec"); /* a bare number is many things */
}

enum menu_secret menu_secret(const struct menu *m, const struct menu_form *f, const struct menu_answers *a)
{
	if (f->index < menu_rows_n && menu_rows[f->index].intent == I_CASE_RISK &&
	    strcmp(value_of(&menu_rows[f->index], a, "risk", 4), m->concept[C_HIGH].say) == 0)
		return MENU_NO_SECRET;
	return f->secret;
}

static void put_size(struct line *l, const struct menu *m, const struct menu_row *row,
		     const struct menu_who *who, const struct menu_answers *a)
{
	int grade, section, n;
	char s[12];
	if (!class_parse(value_of(row, a, "class", 5), &grade, &section))
		return;
	int c = world_find_class(m->w, world_find_school(m->w, who->from->school), grade, section, &n);
	snprintf(s, sizeof(s), "%d", c >= 0 ? (int)m->w->classes[c].size : 0);
	put(l, s);
}

static void row_text(const struct menu *m, const struct menu_row *row, const struct menu_who *who,
		     const struct menu_answers *a, const char *secret, struct line *l)
{
	char one[2] = "";
	for (const char *p = row->text; *p; p++) {
		if (*p != '{') {
			one[0] = *p;
			/* what was left out leaves no gap */
			if (*p != ' ' || (l->at && l->s[l->at - 1] != ' '))
				put(l, one);
			continue;
		}
		size_t n = strcspn(++p, "}");
		if (n == 6 && memcmp(p, "sexage", n) == 0)
			put_sex_age(l, row, a);
		else if (n == 4 && memcmp(p, "size", n) == 0)
			put_size(l, m, row, who, a);
		else if (n == 3 && memcmp(p, "pin", n) == 0) {
			put(l, *secret ? "PIN " : "");
			put(l, secret);
		} else if (n == 6 && memcmp(p, "secret", n) == 0)
			put(l, secret);
		else if (n == 3 && (memcmp(p, "day", n) == 0 || memcmp(p, "due", n) == 0))
			put_day(l, who, value_of(row, a, p, n), p[1] == 'u');
		else if (n == 4 && memcmp(p, "when", n) == 0)
			put_day(l, who, value_of(row, a, p, n), true);
		else
			put(l, value_of(row, a, p, n));
		p += n;
	}
	while (l->at && l->s[l->at - 1] == ' ')
		l->s[--l->at] = '\0';
}

static void field_text(const struct w_form *f, const struct menu_who *who, const struct menu_answers *a, struct line *l)
{
	const char sep[2] = { f->separators[0] ? f->separators[0] : ' ', 0 };
	put(l, f->keywords[0]);
	/* A free text takes in what follows it: those come last. */
	for (int pass = 0, n = 0; pass < 2; pass++)
		for (int k = 0; k < f->n_fields && k < a->n; k++) {
			if ((f->fields[k].type == F_TEXT) != (pass == 1) || !a->value[k][0])
				continue;
			put(l, n++ ? sep : " ");
			put(l, f->fields[k].name);
			put(l, " ");
			if (f->fields[k].type == F_DATE)
				put_day(l, who, a->value[k], true);
			else
				put(l, a->value[k]);
		}
}

size_t menu_text(const struct menu *m, const struct menu_form *f, const struct menu_who *who,
		 const struct menu_answers *a, bool urgent, const char *secret, char *out, size_t max)
{
	const struct w_form *c = menu_configured(m, f);
	struct line l = { .s = out, .max = max };
	if (max)
		out[0] = '\0';
	if (c)
		field_text(c, who, a, &l);
	else
		row_text(m, &menu_rows[f->index], who, a, secret, &l);
	if (urgent)
		put(&l, " URGJENT");
	if (f->note && a->n > f->n_steps && a->value[f->n_steps][0]) {
		put(&l, " ");
		put(&l, a->value[f->n_steps]);
	}
	return l.full ? 0 : l.at;
}
