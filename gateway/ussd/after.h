/* after.h - the last answer out of input that holds all answers so far.
 *
 * Providers that join answers by '*' join what people type too, and people type '*': the last answer is
 * what follows the string of the request before, without the one '*' between.  What is kept of that
 * string is its length and a hash, never itself.  Pure.
 */
#ifndef GATEWAY_USSD_AFTER_H
#define GATEWAY_USSD_AFTER_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct after {
	uint32_t len;
	uint64_t hash;
};
void after_keep(struct after *a, const char *s, size_t len);
enum after_what { AFTER_ANSWER, AFTER_SAME, AFTER_OTHER };
/* AFTER_ANSWER: *answer and *n.  AFTER_SAME: nothing was added.  AFTER_OTHER: this is no continuation. */
enum after_what after_take(const struct after *a, const char *s, size_t len, const char **answer, size_t *n);
#endif
