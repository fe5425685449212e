/* places.c - see places.h. */
#include "gateway/hub/places.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 256
#define DAYS_MAX 4096

static int load_classes(struct store *st, struct places *p)
{
	size_t room = 0, n = BATCH;
	int rc = STORE_OK;
	while (rc == STORE_OK && n == BATCH) {
		if (p->n_classes + BATCH > room) {
			room = room ? room * 2 : BATCH;
			struct class_info *c = realloc(p->classes, room * sizeof *c);
			if (!c)
				return STORE_FAIL;
			p->classes = c;
		}
		rc = class_list(st, p->n_classes ? &p->classes[p->n_classes - 1] : NULL,
				p->classes + p->n_classes, BATCH, &n);
		if (rc == STORE_OK)
			p->n_classes += n;
	}
	return rc;
}

static void class_rows(struct places *p)
{
	for (size_t i = 0; i < p->n_classes; i++) {
		const struct class_info *c = &p->classes[i];
		if (*c->closed)
			continue;
		p->class_rows[p->im.n_classes++] =
			(struct config_class_row){.school = c->school,
						  .class_name = c->name,
						  .shift = c->shift,
						  .zone = c->zone,
						  .register_size = c->size};
	}
}

static void day_rows(struct places *p)
{
	for (size_t i = 0; i < p->n_days; i++) {
		const struct calendar_row *r = &p->days[i];
		p->day_rows[i] = (struct config_day_row){.kind = r->kind,
							 .from = r->from,
							 .to = r->to,
							 .school = r->school,
							 .why = r->why,
							 .id = r->id};
	}
	p->im.n_days = p->n_days;
}

int places_load(struct store *st, struct places *p)
{
	char flag[8] = "";
	memset(p, 0, sizeof *p);
	int rc = store_meta_get(st, PLACES_IMPORTED, flag, sizeof flag);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	p->im.schools = rc == STORE_OK;
	rc = load_classes(st, p);
	p->days = calloc(DAYS_MAX, sizeof *p->days);
	if (rc == STORE_OK)
		rc = p->days ? calendar_list(st, p->days, DAYS_MAX, &p->n_days) : STORE_FAIL;
	p->class_rows = calloc(p->n_classes + 1, sizeof *p->class_rows);
	p->day_rows = calloc(p->n_days + 1, sizeof *p->day_rows);
	if (rc != STORE_OK || !p->class_rows || !p->day_rows)
		return rc == STORE_OK ? STORE_FAIL : rc;
	if (p->im.schools)
		class_rows(p);
	day_rows(p);
	p->im.classes = p->class_rows;
	p->im.days = p->day_rows;
	return STORE_OK;
}

void places_free(struct places *p)
{
	free(p->classes);
	free(p->days);
	free(p->class_rows);
	free(p->day_rows);
	memset(p, 0, sizeof *p);
}
