/* broadcast.c - one approved text to a group of staff.  See broadcast.h. */
#include "gateway/casework/broadcast.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "gateway/outbox/post.h"
#include "parser/schooldays.h"
#include "store/outbox.h"

#define BATCH 32
#define LATEST 20

static const struct config_template *find(const struct config *cf, const char *name)
{
	for (size_t i = 0; i < cf->n_templates; i++) {
		if (strcmp(cf->templates[i].name, name) == 0)
			return &cf->templates[i];
	}
	return NULL;
}

static bool school_in(const struct config *cf, const char *school, const char *zone)
{
	for (size_t i = 0; i < cf->n_classes; i++) {
		if (strcmp(cf->classes[i].school, school) == 0 && strcmp(cf->classes[i].zone, zone) == 0)
			return true;
	}
	return false;
}

static bool known_zone(const struct config *cf, const char *zone)
{
	const char *z;

	for (int i = 0; (z = world_zone(cf->world, i)) != NULL; i++) {
		if (strcmp(z, zone) == 0)
			return true;
	}
	return false;
}

static bool refuse(const struct desk *d, const struct broadcast_order *o, const struct broadcast_plan *p,
		   char why[160])
{
	enum role role;

	why[0] = '\0';
	if (!p->t)
		snprintf(why, 160, "no text \"%.31s\" (kujdestar broadcast templates)", o->template);
	else if (!role_from_name(o->role, &role) || role == ROLE_NONE)
		snprintf(why, 160, "--to: one of teacher, head, outreach, coordinator, duty, agency");
	else if (o->school[0] && !world_has_school(d->cf->world, o->school))
		snprintf(why, 160, "no school \"%.20s\" (kujdestar school list)", o->school);
	else if (o->zone[0] && !known_zone(d->cf, o->zone))
		snprintf(why, 160, "no zone \"%.20s\" (site.zones)", o->zone);
	return why[0] != '\0';
}

static void take(const struct desk *d, const struct broadcast_order *o, const struct reporter *r,
		 struct broadcast_plan *p)
{
	if (strcmp(r->role, o->role) != 0 || (o->school[0] && strcmp(r->school, o->school) != 0) ||
	    (o->zone[0] && !school_in(d->cf, r->school, o->zone)))
		return;
	if (!r->active)
		p->inactive++;
	else if (p->n < BROADCAST_MAX)
		p->to[p->n++] = *r;
}

int broadcast_plan(struct desk *d, const struct broadcast_order *o, struct broadcast_plan *p, char why[160])
{
	struct reporter rows[BATCH];
	char after[ROSTER_ID] = "";
	size_t n = BATCH;
	int rc = STORE_OK;

	memset(p, 0, sizeof(*p));
	p->t = find(d->cf, o->template);
	if (refuse(d, o, p, why))
		return STORE_OK;
	p->to = calloc(BROADCAST_MAX, sizeof(*p->to));
	if (!p->to)
		return STORE_FAIL;
	while (rc == STORE_OK && n == BATCH) {
		rc = roster_list(d->st, after, rows, BATCH, &n);
		for (size_t i = 0; rc == STORE_OK && i < n; i++)
			take(d, o, &rows[i], p);
		if (n)
			memcpy(after, rows[n - 1].id, sizeof(after));
	}
	p->segments = (int)p->n; /* each text is one, checked when it was loaded */
	if (p->n == 0)
		snprintf(why, 160, "nobody is in that group (kujdestar contact list)");
	else if (p->n == BROADCAST_MAX)
		snprintf(why, 160, "more than %d people: narrow it with --school or --zone", BROADCAST_MAX - 1);
	return rc == STORE_NONE ? STORE_OK : rc;
}

void broadcast_free(struct broadcast_plan *p)
{
	free(p->to);
	p->to = NULL;
}

/* ---- sending -------------------------------------------------------------------------------- */

static int may_send(struct desk *d, const char *as, char why[160])
{
	struct reporter r;

	int rc = roster_by_id(d->st, as, &r);
	bool leads = rc == STORE_OK && r.active && strcmp(r.role, "coordinator") == 0;
	if (!leads)
		snprintf(why, 160, "--as names the coordinator in whose name it goes");
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int sent_before(struct desk *d, const struct broadcast_order *o, char why[160])
{
	struct broadcast rows[LATEST];
	size_t n = 0;

	int rc = broadcast_list(d->st, rows, LATEST, &n);
	for (size_t i = 0; rc == STORE_OK && i < n && !o->again; i++) {
		const struct broadcast *b = &rows[i];
		if (b->at > d->now - BROADCAST_AGAIN_S && strcmp(b->state, "sent") == 0 &&
		    strcmp(b->template, o->template) == 0 && strcmp(b->role, o->role) == 0 &&
		    strcmp(b->school, o->school) == 0 && strcmp(b->zone, o->zone) == 0)
			snprintf(why, 160, "the same went to the same group within a day (broadcast %" PRId64
				 "): --again sends it once more", b->id);
	}
	return rc;
}

static const char *text_for(const struct desk *d, const struct config_template *t, const struct reporter *to)
{
	const char *lang = to->lang[0] ? to->lang : d->cf->language;

	return t->text[strcmp(lang, "en") == 0];
}

static int audit(struct desk *d, const char *who, const char *verb, int64_t id, const char *result)
{
	char object[32];

	snprintf(object, sizeof(object), "broadcast %" PRId64, id);
	return desk_audit(d, who, verb, object, result, "");
}

int broadcast_send(struct desk *d, const struct broadcast_order *o, const struct broadcast_plan *p,
		   const char *cli, struct broadcast *b, char why[160])
{
	char result[64];

	why[0] = '\0';
	int rc = may_send(d, o->as, why);
	if (rc == STORE_OK && !why[0])
		rc = sent_before(d, o, why);
	if (rc != STORE_OK || why[0])
		return rc;
	memset(b, 0, sizeof(*b));
	desk_cut(b->template, sizeof(b->template), o->template);
	desk_cut(b->role, sizeof(b->role), o->role);
	desk_cut(b->school, sizeof(b->school), o->school);
	desk_cut(b->zone, sizeof(b->zone), o->zone);
	desk_cut(b->who, sizeof(b->who), o->as);
	rc = broadcast_add(d->st, b, d->now);
	for (size_t i = 0; rc == STORE_OK && i < p->n; i++) {
		int64_t row = 0;
		rc = post_text(d, &p->to[i], "broadcast", text_for(d, p->t, &p->to[i]), &row);
		if (rc == STORE_OK && row)
			rc = broadcast_told(d->st, b->id, p->to[i].id, row);
	}
	snprintf(result, sizeof(result), "%.31s %s %zu", b->template, b->role, p->n);
	if (rc == STORE_OK)
		rc = audit(d, o->as, "broadcast.send", b->id, result);
	return rc == STORE_OK ? audit(d, cli, "broadcast.send", b->id, o->as) : rc;
}

int broadcast_halt(struct desk *d, int64_t id, const char *cli, int *dropped)
{
	struct broadcast_row rows[BATCH];
	char after[ROSTER_ID] = "", result[32];
	size_t n = BATCH;
	struct broadcast b;

	*dropped = 0;
	int rc = broadcast_get(d->st, id, &b);
	if (rc == STORE_OK)
		rc = broadcast_stop(d->st, id);
	while (rc == STORE_OK && n == BATCH) {
		rc = broadcast_rows(d->st, id, after, rows, BATCH, &n);
		for (size_t i = 0; rc == STORE_OK && i < n; i++) {
			memcpy(after, rows[i].reporter, sizeof(after));
			if (strcmp(rows[i].state, "queued") != 0)
				continue;
			rc = outbox_drop(d->st, rows[i].outbox, d->now, "broadcast stopped");
			*dropped += rc == STORE_OK;
		}
	}
	snprintf(result, sizeof(result), "%d withdrawn", *dropped);
	return rc == STORE_OK ? audit(d, cli, "broadcast.stop", id, result) : rc;
}
