/* roster.h - who may speak: reporters with sealed numbers, schools, classes, conversation contexts. */
#ifndef STORE_ROSTER_H
#define STORE_ROSTER_H
#include "store/store.h"

#define ROSTER_ID 24
struct reporter {
	char id[ROSTER_ID];
	char role[16];     /* teacher head outreach coordinator duty agency */
	char school[12];   /* "" = none */
	char agency[12];
	char lang[4];
	bool active;       /* false: locked or left; nothing is sent to it */
	uint16_t n_classes;
	char classes[24][12];
};
/* Adds or replaces by id (number may change).  STORE_EXISTS: the number belongs to another id. */
int roster_put(struct store *st, const struct reporter *r, const char *number, int64_t now);
int roster_by_number(struct store *st, const char *number, struct reporter *out);
int roster_by_id(struct store *st, const char *id, struct reporter *out);
int roster_number(struct store *st, const char *id, char *number, size_t max); /* unsealed */
int roster_set_active(struct store *st, const char *id, bool active, int64_t now);
int roster_set_lang(struct store *st, const char *id, const char *lang);
/* Active reporters of a role, by id order; school or agency may be NULL for any. *n gets how many. */
int roster_of_role(struct store *st, const char *role, const char *school, const char *agency,
		   struct reporter *out, size_t max, size_t *n);
/* Active reporters of a role in one school, of one class when class_name is not NULL or "". */
int roster_of_school(struct store *st, const char *role, const char *school, const char *class_name,
		     struct reporter *out, size_t max, size_t *n);
/* All, active or not, in id order from after `after` ("" = start). */
int roster_list(struct store *st, const char *after, struct reporter *out, size_t max, size_t *n);

int school_put(struct store *st, const char *id);
int class_put(struct store *st, const char *school, const char *class_name, int register_size,
	      const char *shift);
int class_register(struct store *st, const char *school, const char *class_name, int *size);

/* What a reporter's next bare text answers: asked as in parser_context ("zone", "class:6A"), and the
 * case spoken of.  One at a time; "" clears. */
int context_set(struct store *st, const char *reporter, const char *asked, const char *case_code,
		int64_t expires);
int context_get(struct store *st, const char *reporter, int64_t now, char *asked, size_t amax,
		char *case_code, size_t cmax);
#endif
