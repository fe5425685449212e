/* verbs_school.c - what a person may ask about schools, classes and the school calendar: imports with
 * what they would change, lists, a month.  See verbs.h; calls casework/schoolday, places and the store. */
#include "gateway/hub/verbs_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/casework/schoolday.h"
#include "gateway/casework/silence.h"
#include "gateway/hub/clock.h"
#include "gateway/hub/places.h"
#include "parser/calendar.h"
#include "parser/schooldays.h"

static bool flag(const json_t *o, const char *name)
{
	return json_is_true(json_object_get(o, name));
}

bool verb_changes_places(const json_t *rq)
{
	const char *verb = verb_text(rq, "verb");
	bool writes = strcmp(verb, "school.import") == 0 || strcmp(verb, "calendar.import") == 0 ||
		      strcmp(verb, "calendar.end") == 0;
	return writes && !flag(rq, "dry");
}

static bool same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

/* ---- import of classes ------------------------------------------------------------------------ */

struct import {              /* what changes, as it is told */
	json_t *added, *changed, *gone, *untouched;
	json_int_t same;
	bool dry, complete, partial; /* partial: faulty rows were left out, so nothing is known to be gone */
	char today[CLOCK_DAY];
	struct places p;
	const struct config_class_row *now; /* the classes in force */
	size_t n_now;
};

static int import_begin(struct verb_call *c, struct import *m)
{
	memset(m, 0, sizeof *m);
	m->added = json_array();
	m->changed = json_array();
	m->gone = json_array();
	m->untouched = json_array();
	m->dry = flag(c->rq, "dry");
	m->complete = flag(c->rq, "complete");
	m->partial = flag(c->rq, "partial");
	clock_day(c->d->now, m->today);
	int rc = places_load(c->d->st, &m->p);
	m->now = m->p.im.schools ? m->p.im.classes : c->d->cf->classes;
	m->n_now = m->p.im.schools ? m->p.im.n_classes : c->d->cf->n_classes;
	return rc;
}

static void import_end(struct verb_call *c, struct import *m, bool ok)
{
	if (ok)
		*c->answer = json_pack("{s:b,s:b,s:O,s:O,s:O,s:O,s:I}", "ok", 1, "dry", m->dry, "added",
				       m->added, "changed", m->changed, "gone", m->gone, "untouched",
				       m->untouched, "same", m->same);
	json_decref(m->added);
	json_decref(m->changed);
	json_decref(m->gone);
	json_decref(m->untouched);
	places_free(&m->p);
}

static int audit_sum(struct verb_call *c, const struct import *m, const char *verb)
{
	char sum[64];
	snprintf(sum, sizeof sum, "added %zu, changed %zu, gone %zu", json_array_size(m->added),
		 json_array_size(m->changed), json_array_size(m->gone));
	return m->dry ? STORE_OK : desk_audit(c->d, c->who, verb, sum, "ok", "");
}

static struct config_class_row class_of(const json_t *row)
{
	return (struct config_class_row){.school = verb_text(row, "school"),
					 .class_name = verb_text(row, "class"),
					 .shift = verb_text(row, "shift"),
					 .zone = verb_text(row, "zone"),
					 .register_size = (int)json_integer_value(
						 json_object_get(row, "register"))};
}

static json_t *class_json(const struct config_class_row *r)
{
	return json_pack("{s:s,s:s,s:i,s:s,s:s}", "school", r->school, "class", r->class_name, "register",
			 r->register_size, "shift", r->shift, "zone", r->zone);
}

static int write_class(struct verb_call *c, const struct import *m, const struct config_class_row *r)
{
	struct class_info row = {.size = r->register_size};
	snprintf(row.school, sizeof row.school, "%s", r->school);
	snprintf(row.name, sizeof row.name, "%s", r->class_name);
	snprintf(row.shift, sizeof row.shift, "%s", r->shift);
	snprintf(row.zone, sizeof row.zone, "%s", r->zone);
	return class_change(c->d->st, &row, m->today);
}

static const struct config_class_row *find_class(const struct config_class_row *rows, size_t n,
						 const struct config_class_row *r)
{
	for (size_t i = 0; i < n; i++)
		if (same(rows[i].school, r->school) && same(rows[i].class_name, r->class_name))
			return &rows[i];
	return NULL;
}

static int take_class(struct verb_call *c, struct import *m, const struct config_class_row *r)
{
	const struct config_class_row *old = find_class(m->now, m->n_now, r);
	char object[128], was[64];
	json_t *told = class_json(r);
	if (!old) {
		json_array_append_new(m->added, told);
		return m->dry ? STORE_OK : write_class(c, m, r);
	}
	if (old->register_size == r->register_size && same(old->shift, r->shift) &&
	    same(old->zone, r->zone)) {
		json_decref(told);
		m->same++;
		return STORE_OK;
	}
	snprintf(was, sizeof was, "%d %s%s%s", old->register_size, old->shift, *old->zone ? " " : "",
		 old->zone);
	json_object_set_new(told, "was", json_string(was));
	json_array_append_new(m->changed, told);
	if (m->dry)
		return STORE_OK;
	snprintf(object, sizeof object, "%s %s was %s", r->school, r->class_name, was);
	int rc = write_class(c, m, r);
	return rc == STORE_OK ? desk_audit(c->d, c->who, "class.change", object, "ok", "") : rc;
}

static bool school_named(const struct config_class_row *rows, size_t n, const char *school)
{
	for (size_t i = 0; i < n; i++)
		if (same(rows[i].school, school))
			return true;
	return false;
}

static bool told_already(const json_t *list, const char *school)
{
	size_t i;
	json_t *v;
	json_array_foreach(list, i, v) {
		const char *s = json_string_value(v);
		if (s && same(s, school))
			return true;
	}
	return false;
}

/* A class that vanished from its school's rows is closed; a school without any row stays as it is,
 * unless the file is said to be the complete list. */
static int close_gone(struct verb_call *c, struct import *m, const struct config_class_row *rows, size_t n)
{
	int rc = STORE_OK;
	for (size_t i = 0; rc == STORE_OK && i < m->n_now && !m->partial; i++) {
		const struct config_class_row *old = &m->now[i];
		char object[64];
		if (find_class(rows, n, old))
			continue;
		if (!m->complete && !school_named(rows, n, old->school)) {
			if (!told_already(m->untouched, old->school))
				json_array_append_new(m->untouched, json_string(old->school));
			continue;
		}
		json_array_append_new(m->gone, class_json(old));
		if (m->dry)
			continue;
		rc = class_close(c->d->st, old->school, old->class_name, m->today);
		snprintf(object, sizeof object, "%s %s", old->school, old->class_name);
		if (rc == STORE_OK)
			rc = silence_closed(c->d, old->school, old->class_name, c->who);
		if (rc == STORE_OK)
			rc = desk_audit(c->d, c->who, "class.close", object, "ok", "");
	}
	return rc;
}

/* With the first import the store takes over what the configuration's file said until now. */
static int take_over_file(struct verb_call *c, const struct import *m)
{
	int rc = STORE_OK;
	if (m->dry || m->p.im.schools)
		return STORE_OK;
	for (size_t i = 0; rc == STORE_OK && i < m->n_now; i++)
		rc = write_class(c, m, &m->now[i]);
	return rc == STORE_OK ? store_meta_put(c->d->st, PLACES_IMPORTED, "1") : rc;
}

int verb_school_import(struct verb_call *c)
{
	const json_t *list = json_object_get(c->rq, "rows");
	size_t n = json_array_size(list), i;
	struct config_class_row *rows = calloc(n + 1, sizeof *rows);
	struct import m;
	char why[256];
	int rc = import_begin(c, &m);
	if (rc == STORE_OK && !rows)
		rc = STORE_FAIL;
	for (i = 0; rc == STORE_OK && i < n; i++) {
		rows[i] = class_of(json_array_get(list, i));
		if (config_class_ok(c->d->cf, &rows[i], why, sizeof why) && !find_class(rows, i, &rows[i]))
			continue;
		*c->answer = verb_refuse("row %zu: %s", i + 1,
					 find_class(rows, i, &rows[i]) ? "the class is there twice" : why);
		rc = STORE_STATE;
	}
	if (rc == STORE_OK)
		rc = take_over_file(c, &m);
	for (i = 0; rc == STORE_OK && i < n; i++)
		rc = take_class(c, &m, &rows[i]);
	if (rc == STORE_OK)
		rc = close_gone(c, &m, rows, n);
	if (rc == STORE_OK)
		rc = audit_sum(c, &m, "school.import");
	import_end(c, &m, rc == STORE_OK);
	free(rows);
	return rc;
}

static void deadline_text(const struct config *cf, const struct config_class_row *r, char out[8])
{
	int minutes = world_deadline(cf->world, r->school, r->class_name);
	out[0] = '\0';
	if (minutes >= 0)
		snprintf(out, 8, "%02d:%02d", minutes / 60 % 24, minutes % 60);
}

int verb_school_list(struct verb_call *c)
{
	const struct config *cf = c->d->cf;
	struct places p;
	int rc = places_load(c->d->st, &p);
	json_t *list = json_array();
	for (size_t i = 0; i < cf->n_classes; i++) {
		char deadline[8];
		json_t *o = class_json(&cf->classes[i]);
		deadline_text(cf, &cf->classes[i], deadline);
		json_object_set_new(o, "deadline", json_string(deadline));
		json_object_set_new(o, "closed", json_null());
		json_array_append_new(list, o);
	}
	for (size_t i = 0; rc == STORE_OK && i < p.n_classes; i++) {
		const struct class_info *k = &p.classes[i];
		if (!*k->closed)
			continue;
		json_array_append_new(list, json_pack("{s:s,s:s,s:i,s:s,s:s,s:s,s:s}", "school", k->school,
						      "class", k->name, "register", k->size, "shift",
						      k->shift, "zone", k->zone, "deadline", "", "closed",
						      k->closed));
	}
	*c->answer = json_pack("{s:b,s:b,s:o}", "ok", 1, "imported", p.im.schools, "classes", list);
	places_free(&p);
	return rc;
}

/* ---- calendar -------------------------------------------------------------------------------- */

static json_t *day_json(const struct config_day_row *r)
{
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:I}", "kind", r->kind, "from", r->from, "to", r->to, "school",
			 r->school, "why", r->why, "id", (json_int_t)r->id);
}

static struct config_day_row day_of(const json_t *row)
{
	return (struct config_day_row){.kind = verb_text(row, "kind"),
				       .from = verb_text(row, "from"),
				       .to = verb_text(row, "to"),
				       .school = verb_text(row, "school"),
				       .why = verb_text(row, "why")};
}

static const struct config_day_row *find_day(const struct config_day_row *rows, size_t n,
					     const struct config_day_row *r)
{
	for (size_t i = 0; i < n; i++)
		if (same(rows[i].kind, r->kind) && same(rows[i].school, r->school) &&
		    same(rows[i].from, r->from))
			return &rows[i];
	return NULL;
}

static int take_day(struct verb_call *c, struct import *m, const struct config_day_row *r)
{
	const struct config_day_row *old = find_day(m->p.im.days, m->p.im.n_days, r);
	struct calendar_row row;
	bool added, changed;
	if (old && same(old->to, r->to) && same(old->why, r->why)) {
		m->same++;
		return STORE_OK;
	}
	json_t *told = day_json(r);
	if (old) {
		char was[160];
		snprintf(was, sizeof was, "to %s%s%s", old->to, *old->why ? ", " : "", old->why);
		json_object_set_new(told, "was", json_string(was));
	}
	json_array_append_new(old ? m->changed : m->added, told);
	if (m->dry)
		return STORE_OK;
	memset(&row, 0, sizeof row);
	snprintf(row.kind, sizeof row.kind, "%s", r->kind);
	snprintf(row.from, sizeof row.from, "%s", r->from);
	snprintf(row.to, sizeof row.to, "%s", r->to);
	snprintf(row.school, sizeof row.school, "%s", r->school);
	snprintf(row.why, sizeof row.why, "%s", r->why);
	snprintf(row.who, sizeof row.who, "%s", c->who);
	return calendar_put(c->d->st, &row, c->d->now, &added, &changed);
}

static int end_day(struct verb_call *c, const struct config_day_row *r)
{
	char object[64];
	snprintf(object, sizeof object, "%s %s %s", r->kind, r->from, r->school);
	int rc = calendar_end(c->d->st, r->id, c->who, c->d->now);
	return rc == STORE_OK ? desk_audit(c->d, c->who, "calendar.end", object, "ok", "") : rc;
}

static int end_gone(struct verb_call *c, struct import *m, const struct config_day_row *rows, size_t n)
{
	int rc = STORE_OK;
	for (size_t i = 0; rc == STORE_OK && i < m->p.im.n_days; i++) {
		const struct config_day_row *old = &m->p.im.days[i];
		if (find_day(rows, n, old))
			continue;
		json_array_append_new(m->complete && !m->partial ? m->gone : m->untouched, day_json(old));
		if (m->complete && !m->partial && !m->dry)
			rc = end_day(c, old);
	}
	return rc;
}

int verb_calendar_import(struct verb_call *c)
{
	const json_t *list = json_object_get(c->rq, "rows");
	size_t n = json_array_size(list), i;
	struct config_day_row *rows = calloc(n + 1, sizeof *rows);
	struct import m;
	char why[256];
	int rc = import_begin(c, &m);
	if (rc == STORE_OK && !rows)
		rc = STORE_FAIL;
	for (i = 0; rc == STORE_OK && i < n; i++) {
		rows[i] = day_of(json_array_get(list, i));
		if (config_day_ok(c->d->cf, &rows[i], why, sizeof why))
			continue;
		*c->answer = verb_refuse("row %zu: %s", i + 1, why);
		rc = STORE_STATE;
	}
	for (i = 0; rc == STORE_OK && i < n; i++)
		rc = take_day(c, &m, &rows[i]);
	if (rc == STORE_OK)
		rc = end_gone(c, &m, rows, n);
	if (rc == STORE_OK)
		rc = audit_sum(c, &m, "calendar.import");
	import_end(c, &m, rc == STORE_OK);
	free(rows);
	return rc;
}

int verb_calendar_end(struct verb_call *c)
{
	json_int_t id = json_integer_value(json_object_get(c->rq, "id"));
	struct places p;
	int rc = places_load(c->d->st, &p);
	const struct config_day_row *found = NULL;
	for (size_t i = 0; rc == STORE_OK && i < p.im.n_days; i++)
		if (p.im.days[i].id == id)
			found = &p.im.days[i];
	if (rc == STORE_OK && !found)
		*c->answer = verb_refuse("no day %lld of the calendar that was imported or added "
					 "(kujdestar calendar list)", (long long)id);
	else if (rc == STORE_OK)
		rc = end_day(c, found);
	if (rc == STORE_OK && found)
		*c->answer = json_pack("{s:b}", "ok", 1);
	places_free(&p);
	return rc;
}

int verb_calendar_list(struct verb_call *c)
{
	const struct config *cf = c->d->cf;
	json_t *list = json_array();
	for (size_t i = 0; i < cf->n_days; i++) {
		json_t *o = day_json(&cf->days[i]);
		if (!cf->days[i].id)
			json_object_set_new(o, "id", json_null());
		json_array_append_new(list, o);
	}
	*c->answer = json_pack("{s:b,s:o}", "ok", 1, "days", list);
	return STORE_OK;
}

/* A month, day by day, and the rows of the calendar that touch it. */
int verb_calendar_show(struct verb_call *c)
{
	const struct config *cf = c->d->cf;
	const char *month = verb_text(c->rq, "month"), *school = verb_text(c->rq, "school");
	char first[16], iso[16], last[16];
	int32_t day, d;
	snprintf(first, sizeof first, "%.7s-01", month);
	if (strlen(month) != 7 || !day_from_iso(first, &day)) {
		*c->answer = verb_refuse("\"%s\" is no month like 2026-11", month);
		return STORE_OK;
	}
	if (*school && !world_has_school(cf->world, school)) {
		*c->answer = verb_refuse("no school \"%s\" (kujdestar school list)", school);
		return STORE_OK;
	}
	json_t *days = json_array(), *rows = json_array();
	for (d = day;; d++) {
		day_to_iso(d, iso);
		if (strncmp(iso, first, 7) != 0)
			break;
		snprintf(last, sizeof last, "%s", iso);
		const char *why = world_no_school(cf->world, school, d);
		json_array_append_new(days, json_pack("{s:s,s:i,s:b,s:s}", "day", iso, "weekday",
						      day_weekday(d), "school", !*why, "why", why));
	}
	for (size_t i = 0; i < cf->n_days; i++) {
		const struct config_day_row *r = &cf->days[i];
		if (strcmp(r->from, last) <= 0 && strcmp(r->to, first) >= 0 &&
		    (!*r->school || !*school || same(r->school, school)))
			json_array_append_new(rows, day_json(r));
	}
	*c->answer = json_pack("{s:b,s:s,s:s,s:o,s:o}", "ok", 1, "month", month, "school", school, "days",
			       days, "rows", rows);
	return STORE_OK;
}
