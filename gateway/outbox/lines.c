/* lines.c - see lines.h. */
#include "gateway/outbox/lines.h"
#include <string.h>

#define PEOPLE 32
#define DAY_S 86400

bool lines_silent(const struct desk *d, const struct line *l)
{
	return d->cf->silence_days > 0 && d->now - l->heard >= (int64_t)d->cf->silence_days * DAY_S;
}

/* Is anybody else of his office there who was heard lately? */
static int stands_in(struct desk *d, const struct reporter *of, bool *yes)
{
	struct reporter who[PEOPLE];
	struct line l;
	size_t n = 0;

	*yes = strcmp(of->role, "coordinator") != 0 && strcmp(of->role, "duty") != 0;
	if (*yes)
		return STORE_OK;
	int rc = roster_of_role(d->st, of->role, NULL, NULL, who, PEOPLE, &n);
	for (size_t i = 0; rc == STORE_OK && !*yes && i < n; i++) {
		if (strcmp(who[i].id, of->id) == 0)
			continue;
		rc = line_get(d->st, who[i].id, &l);
		*yes = rc == STORE_OK && !l.stopped && !lines_silent(d, &l);
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

int lines_open(struct desk *d, const struct reporter *to, bool urgent, bool *open)
{
	struct line l;
	bool first, others;

	int rc = line_get(d->st, to->id, &l);
	*open = rc == STORE_NONE || (rc == STORE_OK && !l.stopped && (urgent || !lines_silent(d, &l)));
	if (rc != STORE_OK || *open)
		return rc == STORE_NONE ? STORE_OK : rc;
	rc = stands_in(d, to, &others);
	if (rc != STORE_OK || !others) {
		*open = rc == STORE_OK;
		return rc;
	}
	return l.stopped ? STORE_OK : line_withheld(d->st, to->id, &first);
}

int lines_report(struct desk *d, const char *reporter, bool arrived)
{
	struct reporter r;

	if (!reporter[0])
		return STORE_OK;
	int rc = roster_by_id(d->st, reporter, &r);
	if (rc == STORE_OK)
		rc = arrived		       ? line_arrived(d->st, reporter)
		     : d->cf->failed_stop > 0 ? line_failed(d->st, reporter, d->cf->failed_stop)
					      : STORE_OK;
	return rc == STORE_NONE ? STORE_OK : rc;
}
