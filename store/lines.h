/* lines.h - a reporter's telephone line: when it was last heard, and whether texts reach it. */
#ifndef STORE_LINES_H
#define STORE_LINES_H
#include "store/roster.h"
#include "store/store.h"

struct line {
	int64_t heard;  /* or when he was put on the roster, locked or unlocked, if that is later */
	int64_t since;  /* when he was put on the roster with this number, locked or unlocked */
	int failed;     /* undelivered texts in a row */
	bool stopped, asked, tell;
};
int line_get(struct store *st, const char *reporter, struct line *out); /* STORE_NONE: no such reporter */
int line_heard(struct store *st, const char *reporter, int64_t now);    /* all is well again */
int line_arrived(struct store *st, const char *reporter);
/* One more that did not arrive; with the limit-th it is stopped, and to be told. */
int line_failed(struct store *st, const char *reporter, int limit);
/* Something waits because it is silent: *first, and then it is to be told. */
int line_withheld(struct store *st, const char *reporter, bool *first);
int line_to_tell(struct store *st, char reporter[ROSTER_ID], bool *stopped); /* STORE_NONE */
int line_told(struct store *st, const char *reporter);
#endif
