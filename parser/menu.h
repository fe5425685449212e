/* menu.h - every form as a walk of short questions: what a USSD screen asks, one question a time.
 *
 * A walk is made of the same forms that texts are read by: which questions, which choices and which
 * limits come from the world.  Its answers are put together as the text that says the same, so there
 * is one way to read a report and one record of it, however it came in.  Words of the questions are
 * catalogue messages (menu_*, ask_*), words of the choices are the vocabulary's.
 *
 * A menu borrows a sealed world and must not outlive it.  Pure after menu_new; time is an argument.
 */
#ifndef PARSER_MENU_H
#define PARSER_MENU_H
#include "parser/parser.h"

#define MENU_STEPS 20   /* questions of a walk */
#define MENU_VALUE 121  /* bytes of an answer */
#define MENU_CHOICES 80
#define MENU_LABEL 44
#define MENU_ASK 164    /* bytes of a question */
#define MENU_TOLD 1400  /* bytes of all answers */

enum menu_kind {
	MENU_LIST,    /* one of the choices, by number or as a text would say it */
	MENU_MANY,    /* several of the choices: "1 3" */
	MENU_NUMBER,
	MENU_NUMBERS, /* register numbers: "12 17" */
	MENU_TYPED    /* a date, a code, words */
};
/* What is asked for at the end of a walk, and goes through its text alone. */
enum menu_secret {
	MENU_NO_SECRET,
	MENU_PIN,
	MENU_PIN_OR_NONE, /* what it says is done without one too */
	MENU_PIN_CHANGE,  /* the old one and the new one */
	MENU_CODEWORD     /* of a lost telephone */
};
struct menu;
struct menu_form {
	const char *name;     /* "case_new", "form:water" */
	char label[MENU_LABEL];
	int n_steps;
	bool urgent;          /* may be sent as urgent */
	enum menu_secret secret; /* at most: menu_secret says what these answers need */
	bool shows;           /* all it does is to show: a PIN typed before in the same session will do */
	bool note;            /* words of his own may go with it: question n_steps, asked for when he wants to */
	unsigned needs;       /* MENU_CASES ...: lists of the store its questions are made of */
	int group;            /* where it stands: 0 the root */
	int index;            /* the menu's own */
};
/* A line of the root, or of a group that a line of the root leads to. */
struct menu_item {
	int group;            /* leads to it; 0: form is meant */
	char label[MENU_LABEL];
	struct menu_form form;
};
enum { MENU_CASES = 1, MENU_ALERTS = 2, MENU_TASKS = 4, MENU_REFERRALS = 8, MENU_PENDING = 16,
       MENU_TAKEN = 32 };

/* Whom it is walked with; all borrowed.  tasks and referrals as he would write them ("T12", "R88"),
 * referrals: unanswered; taken: those to be done; pending: numbers that wait for his yes or no.  Cases and
 * alerts are ctx's. */
struct menu_who {
	const struct parser_sender *from;
	const struct parser_clock *clock;
	const struct parser_context *ctx;
	size_t n_tasks, n_referrals, n_taken, n_pending;
	char tasks[16][12], referrals[16][12], taken[16][12], pending[16][12];
};
struct menu_choice {
	char label[MENU_LABEL], value[40];
};
struct menu_step {
	const char *name;     /* "zone": lives as long as the menu */
	enum menu_kind kind;
	bool optional;        /* "" is an answer */
	bool moving;          /* its choices come from the store and may be others a minute later */
	bool guarded;         /* ... and to see them is to read cases: only once he has proved who he is */
	bool own_words;       /* nothing of its kind is known: what is typed is kept as it is */
	bool has_min, has_max;
	int64_t min, max;
	char ask[MENU_ASK];
	int n;                /* what is beyond the bound can still be typed */
	struct menu_choice choice[MENU_CHOICES];
};
struct menu_answers {
	int n;
	char value[MENU_STEPS + 1][MENU_VALUE]; /* "" = left out; the last one for a note */
};

struct menu *menu_new(const struct world *w); /* NULL without memory */
void menu_free(struct menu *m);

/* The forms that this sender may walk, each once.  False behind the last. */
bool menu_form(const struct menu *m, const struct menu_who *who, int i, struct menu_form *out);
int menu_forms(const struct menu *m, const struct menu_who *who); /* how many */
/* The lines of a group, 0 the root, in the order in which they are shown: each form of his stands in exactly
 * one of them, and a group that has but one form for his role is that form.  False behind the last. */
bool menu_item(const struct menu *m, const struct menu_who *who, int group, int i, struct menu_item *out);
int menu_items(const struct menu *m, const struct menu_who *who, int group); /* how many */
const char *menu_group_name(int group); /* "cases"; "" the root */
int menu_group_find(const char *name);  /* -1: none */
bool menu_find(const struct menu *m, const struct menu_who *who, const char *name,
	       struct menu_form *out);
/* Question k, given the answers before it. */
bool menu_step(const struct menu *m, const struct menu_form *f, const struct menu_who *who,
	       const struct menu_answers *a, int k, struct menu_step *out);
/* Its name alone, of one of the form's own questions; NULL behind the last. */
const char *menu_step_name(const struct menu *m, const struct menu_form *f, int k);
/* What was typed as the answer to a step: the value that is kept, or false and the catalogue id of
 * the reason.  Numbers of choices are the caller's: here a choice is named as in a text. */
bool menu_typed(const struct menu *m, const struct menu_form *f, const struct menu_who *who,
		const struct menu_step *st, const char *typed, char value[MENU_VALUE], const char **why);
/* Raising a risk needs no PIN, lowering it does. */
enum menu_secret menu_secret(const struct menu *m, const struct menu_form *f, const struct menu_answers *a);
/* The answers as he chose them, in his language: "Rast i ri\nLypje, Z4, 11 vjec, Djale". */
void menu_told(const struct menu *m, const struct menu_form *f, const struct menu_who *who,
	       const struct menu_answers *a, char *out, size_t max);
/* What a word of a reading ("labour") is called on his screens, or the word. */
const char *menu_word_label(const struct menu *m, const struct menu_who *who, const char *word);
/* The text that says the same as the answers.  secret: as typed, "" none.  Its length; 0: does not fit. */
size_t menu_text(const struct menu *m, const struct menu_form *f, const struct menu_who *who,
		 const struct menu_answers *a, bool urgent, const char *secret, char *out, size_t max);
/* Folded and with digits of whatever script as ASCII, blanks cut: how an answer is compared. */
void menu_plain(const char *s, size_t len, char *out, size_t max);
#endif
