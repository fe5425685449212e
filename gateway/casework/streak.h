/* streak.h - days missed in a row, and the alerts that hang on them.  Calls the store and alerts.
 */
#ifndef GATEWAY_CASEWORK_STREAK_H
#define GATEWAY_CASEWORK_STREAK_H
#include "gateway/casework/desk.h"

struct pupil {               /* who a register number is */
	const char *school, *class_name;
	int number;
};
struct streak {
	int days;            /* reported school days missed in a row, unknown or unexcused */
	char first[11], last[11];
};
/* As of day upto (local ISO). */
int streak_count(struct desk *d, const struct pupil *p, const char *upto, struct streak *s);
/* Raises what the streak calls for: for each rule the last of its steps that is reached. */
int streak_raise(struct desk *d, const struct pupil *p, const char *upto, int64_t message,
		 const char *who);
/* Withdraws open alerts of the pupil, and those `message` raised, whose step the streak does not
 * reach any more. */
int streak_reconcile(struct desk *d, const struct pupil *p, const char *upto, int64_t message,
		     const char *who);
/* The pupil is back: nothing before `day` counts any more, and what is open is taken back. */
int streak_close(struct desk *d, const struct pupil *p, const char *day, const char *who);
/* Reason abroad or work, or left for good: told at once, once a streak. */
int streak_special(struct desk *d, const struct pupil *p, const char *event, const char *day,
		   const char *reason, const char *country, int64_t message, const char *who,
		   int *raised);
#endif
