/* menu_int.h - the inside of a menu, for the parser's menu files only. */
#ifndef PARSER_MENU_INT_H
#define PARSER_MENU_INT_H
#include <string.h>
#include "parser/menu.h"
#include "parser/world_int.h"

#define MENU_COUNTRIES 24
#define MENU_ROWS 64

enum menu_ask {
	ASK_CLASS, ASK_PUPILS, ASK_DAY, ASK_FEW, ASK_REASON, ASK_LEFT, ASK_CONCERN, ASK_ZONE, ASK_AGE,
	ASK_SEX, ASK_CASE, ASK_CASE2, ASK_RISK, ASK_TYPE, ASK_OUTCOME, ASK_SCORE, ASK_AGENCY, ASK_SERVICE,
	ASK_REFERRAL, ASK_TAKEN, ASK_DECLINE, ASK_ALERT, ASK_PENDING, ASK_TASK, ASK_DUE, ASK_SCHOOL, ASK_CLASS_OF,
	ASK_WHY, ASK_COUNTRY, ASK_PLACE, ASK_PEOPLE, ASK_COMING, ASK_LANG, ASK_PHONE, ASK_WHEN, ASK_NOTE, ASKS
};
/* Where a form stands: a line of the root, or of a group of its own kind, in the order of the root. */
enum menu_group {
	GROUP_ROOT, GROUP_SITE, GROUP_ALERTS, GROUP_CASES, GROUP_REFERRALS, GROUP_TASKS, GROUP_SCHOOL,
	GROUP_RETURNS, GROUP_MEETING, GROUP_OTHER, GROUP_END, /* the root's last lines */ GROUPS
};
struct menu_q { /* one question of a row */
	uint8_t ask;    /* + 1; 0 ends the list */
	bool optional;
};
enum { MENU_MAY_BE_URGENT = 1, MENU_MAY_HAVE_NOTE = 2, MENU_SHOWS = 4 };
struct menu_row {
	enum intent intent;
	uint8_t group;  /* enum menu_group */
	uint8_t flags;
	uint8_t secret; /* enum menu_secret */
	struct menu_q q[6];
	const char *text; /* {name} is an answer; {pin} the word for it and the PIN, {secret} what was typed alone; {sexage} sex and age as texts write them; {size} the
			     class's register; {day} and {due} with the words that make a date of them */
};
extern const struct menu_row menu_rows[];
extern const int menu_rows_n;
extern const char *const menu_ask_names[ASKS];
extern const char *const menu_group_names[GROUPS];

struct menu_word {      /* how a concept is shown, and how a text says it */
	char label[WORLD_LANGS][MENU_LABEL];
	char say[40];
};
struct menu {
	const struct world *w;
	struct menu_word concept[C_COUNT];
	struct menu_word country[MENU_COUNTRIES], *agency; /* agencies in the world's order */
	char country_code[MENU_COUNTRIES][WORLD_CODE];
	int n_countries;
	int16_t *form_of[ROLES]; /* the forms of a role */
	int n_forms[ROLES];
	struct {             /* of a group: a form, or -1 less the group it leads to */
		int16_t *of;
		int n;
	} lines[ROLES][GROUPS];
	bool flat[ROLES][GROUPS]; /* the group's forms are lines of the root, and not of a screen of its own */
	int16_t row_text[MENU_ROWS], ask_text[ASKS], told_text[ASKS], group_text[GROUPS]; /* places in the catalogue */
};
static inline const struct w_form *menu_configured(const struct menu *m, const struct menu_form *f)
{
	return f->index < menu_rows_n ? NULL : &m->w->forms[f->index - menu_rows_n];
}
/* As much of s as fits: what printf would do, of which a root has a dozen a screen. */
static inline void menu_cut(char *out, size_t max, const char *s)
{
	size_t n = strnlen(s, max - 1);
	memcpy(out, s, n);
	out[n] = '\0';
}
/* menu_steps.c */
void menu_row_step(const struct menu *m, const struct menu_row *row, const struct menu_who *who,
		   const struct menu_answers *a, int k, struct menu_step *out);
void menu_note_step(const struct menu *m, const struct menu_who *who, struct menu_step *out);
void menu_field_step(const struct menu *m, const struct w_field *f, const struct menu_who *who,
		     struct menu_step *out);
void menu_day_label(int32_t day, char out[16]); /* "16.11" */
bool menu_day(const struct menu_who *who, const char *typed, bool ahead, char out[MENU_VALUE]);
enum menu_ask menu_ask_of(const char *name); /* one of menu_ask_names; ASKS: none */
/* menu_places.c */
int menu_places(struct menu *m, enum role role); /* from form_of; 0, or -1 without memory */
int menu_group_of(const struct menu *m, enum role role, int form); /* whose line it is: 0 the root */
/* menu_words.c */
int menu_words(struct menu *m); /* 0, or -1 without memory */
int menu_lang(const struct menu *m, const struct menu_who *who); /* its place in a label */
#endif
