/* walk.h - a caller's way through the menus: one typed answer in, one screen out.
 *
 * A walk knows no store and no provider: `kujdestar ussd try` and the running gateway play the same one.
 * Its state is a plain value, written to and read from a few hundred bytes of text between two screens.
 * A report is complete when walk_answer says WALK_CARRY_OUT: the text of it is read like any other, and
 * its reply shown by walk_tell.  A PIN passes through that text alone and is never part of the state.
 * Codes of his cases are choices only once he has proved who he is: then the text asks for his list (a read
 * like by SMS), walk_proved goes on, and it holds until the session ends.
 * Pure; calls parser and screen.
 */
#ifndef GATEWAY_USSD_WALK_H
#define GATEWAY_USSD_WALK_H
#include <stdint.h>
#include "gateway/ussd/screen.h"
#include "parser/menu.h"

#define WALK_WRITTEN 3600 /* bytes of a written walk */
#define WALK_REPORT 512   /* bytes of a report's text */

struct walk_setting { /* the same for all screens of a session */
	const struct world *world;
	const struct menu *menu;
	const struct menu_who *who;
	struct screen_signs signs;
	int limit;              /* septets */
	bool crlf;              /* a line ends in two of them */
};
enum walk_mode { WALK_ROOT, WALK_RESUME, WALK_ASK, WALK_SEND, WALK_TEXT, WALK_PROVE }; /* as written */
enum walk_proof {
	WALK_UNPROVED,
	WALK_PROVED,
	WALK_DECOYED,   /* under duress: what is listed is invented */
	WALK_CODE_TYPED /* he will not: he types codes */
};
struct walk {
	enum walk_mode mode;
	int page;
	uint32_t seen;          /* of choices that can change: what was shown */
	uint32_t shape;         /* of the form's questions when they were answered */
	enum walk_proof proof;  /* of this session */
	char form[32];          /* WALK_ROOT: the group that is shown, "" the root */
	struct menu_answers a;
	char text[720];         /* WALK_TEXT: what is being told */
};
enum walk_what { WALK_SHOW, WALK_CARRY_OUT };
struct walk_screen {
	char text[SCREEN_TEXT];
	bool end;
	char form[32], name[32]; /* where: for counting */
	char report[WALK_REPORT]; /* of WALK_CARRY_OUT; holds a PIN where one was asked for */
	bool proves;            /* ... is no report: what comes of its PIN goes to walk_proved */
};

/* The first screen.  note: catalogue id of a line above it, or NULL. */
void walk_begin(const struct walk_setting *s, struct walk *w, const char *note, struct walk_screen *out);
/* An unfinished walk of an earlier session: offers to go on with it; false when it cannot be gone on
 * with any more (the form changed), and then *w is begun anew. */
bool walk_resume(const struct walk_setting *s, struct walk *w, struct walk_screen *out);
/* typed: at most len bytes, anything. */
enum walk_what walk_answer(const struct walk_setting *s, struct walk *w, const char *typed, size_t len,
			   struct walk_screen *out);
/* What came of the report: the walk ends with it, in pages if it is long. */
void walk_tell(const struct walk_setting *s, struct walk *w, const char *text, struct walk_screen *out);
/* What came of the PIN: the question that waits for it, or why not and the PIN again (WALK_UNPROVED, with
 * the words of the refusal).  Lists of the store as they are now. */
void walk_proved(const struct walk_setting *s, struct walk *w, enum walk_proof proof, const char *refusal,
		 struct walk_screen *out);
/* Lists of the store that the next answer needs: menu.h MENU_CASES ... */
unsigned walk_needs(const struct walk_setting *s, const struct walk *w, const char *typed, size_t len);
/* Is anything answered that is worth going on with? */
bool walk_begun(const struct walk *w);
/* The text of what was answered so far, "" when there is none: for a report that was never ended. */
size_t walk_report(const struct walk_setting *s, const struct walk *w, char out[WALK_REPORT]);

size_t walk_write(const struct walk *w, char out[WALK_WRITTEN]); /* 0: does not fit */
bool walk_read(struct walk *w, const char *s, size_t len);
#endif
