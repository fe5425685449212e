/* attendance_report.c - see attendance_report.h. */
#include "gateway/outbox/attendance_report.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/dhis2.h"
#include "gateway/casework/register.h"
#include "gateway/hub/clock.h"
#include "parser/calendar.h"
#include "store/outbox.h"

#define UNITS_A_BODY 8   /* eight elements of each, with the longest names, stay below OUTBOX_BODY_MAX */
#define CLASSES_A_CALL 80
#define BACK_DAYS 62     /* of a gateway that was off for longer the older periods are not made */

struct span {
	int32_t from, to;
	char name[DHIS2_PERIOD];
};

/* ---- periods --------------------------------------------------------------------------------- */

static struct span period_of(const struct config *cf, int32_t day)
{
	struct span s = { day, day, "" };
	char iso[SCHOOLDAY], week[9];
	int y, m, dom;

	day_to_iso(day, iso);
	day_split(day, &y, &m, &dom);
	register_week_name(iso, week);
	dhis2_period(cf, iso, week, s.name);
	if (strcmp(cf->dhis2_period, "weekly") == 0) {
		s.from = day - day_weekday(day) + 1;
		s.to = s.from + 6;
	} else if (strcmp(cf->dhis2_period, "monthly") == 0) {
		s.from = day_number(y, m, 1);
		s.to = day_number(m == 12 ? y + 1 : y, m == 12 ? 1 : m + 1, 1) - 1;
	}
	return s;
}

/* ---- the names of the receiver --------------------------------------------------------------- */

/* As the agency's own fields name it, else as everybody's. */
static const char *element(const struct config *cf, const struct config_agency *a, int e, char code[DHIS2_CODE])
{
	for (size_t i = 0; i < a->n_fields; i++)
		if (strcmp(a->fields[i].key, dhis2_key(e)) == 0)
			return a->fields[i].name;
	return dhis2_element(cf, e, code);
}

static const char *unit_of(const struct config *cf, const struct config_class_row *c, char code[DHIS2_CODE])
{
	dhis2_unit(cf, c->school, c->class_name, code);
	return dhis2_name(cf, code);
}

/* ---- sums of a unit -------------------------------------------------------------------------- */

struct sums {
	long n[DHIS2_ELEMENTS];
	int register_size;
};

static int add_class(struct desk *d, const struct config_class_row *about, const struct span *s, struct sums *sum)
{
	char from[SCHOOLDAY], to[SCHOOLDAY];
	struct register_class r;

	day_to_iso(s->from, from);
	day_to_iso(s->to, to);
	int rc = register_load(d, about, "", from, to, &r);
	for (size_t i = 0; rc == STORE_OK && i < r.n_days; i++) {
		const struct register_day *k = &r.days[i];
		if (!k->school || k->state == REGISTER_DUE)
			continue;
		sum->n[DHIS2_DAYS_SCHOOL]++;
		if (k->state != REGISTER_REPORTED)
			continue;
		sum->n[DHIS2_DAYS_REPORTED]++;
		sum->n[DHIS2_ENROLLED] += k->enrolled;
		sum->n[DHIS2_PRESENT] += k->enrolled - k->absent;
		sum->n[DHIS2_EXCUSED] += k->excused;
		sum->n[DHIS2_UNEXCUSED] += k->unexcused;
		sum->n[DHIS2_TARDY] += k->late;
		sum->n[DHIS2_EARLY] += k->left;
	}
	sum->register_size += about->register_size;
	register_free(&r);
	return rc;
}

static bool first_of_school(const struct config *cf, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(cf->classes[k].school, cf->classes[i].school) == 0)
			return false;
	return true;
}

/* The unit that begins with class i; *classes: how many were read, 0: it belongs to an earlier one. */
static int unit_sums(struct desk *d, size_t i, const struct span *s, struct sums *sum, int *classes)
{
	const struct config *cf = d->cf;
	int rc = STORE_OK;

	memset(sum, 0, sizeof(*sum));
	*classes = 0;
	if (dhis2_by_school(cf) && !first_of_school(cf, i))
		return STORE_OK;
	for (size_t k = i; rc == STORE_OK && k < (dhis2_by_school(cf) ? cf->n_classes : i + 1); k++) {
		if (strcmp(cf->classes[k].school, cf->classes[i].school) != 0)
			continue;
		rc = add_class(d, &cf->classes[k], s, sum);
		++*classes;
	}
	return rc;
}

/* ---- bodies ---------------------------------------------------------------------------------- */

struct making {
	const struct config_agency *agency;
	const struct config_mandate *row;
	struct span period;
	json_t *values;
	int units, rows;
};

/* A combination that is the default one is not named: the receiver's own default is under another name. */
static void combination(const struct config *cf, json_t *v, const char *name, const char *code)
{
	if (strcmp(dhis2_name(cf, code), "default") != 0)
		json_object_set_new(v, name, json_string(dhis2_name(cf, code)));
}

static void add_values(const struct config *cf, struct making *m, const char *unit, const struct sums *s)
{
	for (int e = 0; e < DHIS2_ELEMENTS; e++) {
		char value[24], code[DHIS2_CODE];
		bool figure = e == DHIS2_DAYS_REPORTED || e == DHIS2_DAYS_SCHOOL;
		/* nothing reported: no figure, which a nought would be */
		if (!config_has(m->row->keys, dhis2_key(e)) || (!figure && s->n[DHIS2_DAYS_REPORTED] == 0))
			continue;
		snprintf(value, sizeof(value), "%ld", s->n[e]);
		json_t *v = json_pack("{s:s,s:s,s:s,s:s}", "dataElement", element(cf, m->agency, e, code), "period",
				      m->period.name, "orgUnit", unit, "value", value);
		combination(cf, v, "categoryOptionCombo", cf->dhis2_category);
		combination(cf, v, "attributeOptionCombo", cf->dhis2_attribute);
		json_array_append_new(m->values, v);
	}
	m->units++;
}

static int post(struct desk *d, struct making *m)
{
	char body[OUTBOX_BODY_MAX], uid[OUTBOX_UID], object[40], result[80], rule[120];
	struct outbox_new o = { .leg = OUTBOX_HTTP, .kind = "notice", .reporter = "", .number = "",
				.agency = m->agency->code, .event = ATTENDANCE_REPORT, .body = body, .uid = uid };
	int64_t id;

	json_t *root = json_pack("{s:O}", "dataValues", m->values);
	if (*d->cf->dhis2_data_set)
		json_object_set_new(root, "dataSet", json_string(dhis2_name(d->cf, d->cf->dhis2_data_set)));
	o.len = json_dumpb(root, body, sizeof(body), JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(root);
	if (o.len == 0 || o.len >= sizeof(body))
		return STORE_BOUND;
	outbox_uid(d->st, d->now, uid);
	int rc = outbox_add(d->st, &o, d->now, &id, NULL, 0);
	snprintf(object, sizeof(object), "attendance %s", m->period.name);
	snprintf(result, sizeof(result), "%s http %s", m->agency->code, ATTENDANCE_REPORT);
	snprintf(rule, sizeof(rule), "%s %s", m->row->rule, m->row->basis);
	if (rc == STORE_OK)
		rc = desk_audit(d, "system", "tell", object, result, rule);
	json_array_clear(m->values);
	m->units = 0;
	m->rows++;
	return rc;
}

/* ---- how far each agency's are made ---------------------------------------------------------- */

struct mark { /* "2026-11-18 2 37": the last day of a period, how many before it are made again, the class */
	int32_t to;
	int again;
	size_t at;
	bool done;
};

static void mark_name(const char *agency, char out[40])
{
	snprintf(out, 40, "attendance.%.12s", agency);
}

static int mark_get(struct desk *d, const char *agency, struct mark *m)
{
	char name[40], text[64], day[SCHOOLDAY];

	mark_name(agency, name);
	*m = (struct mark){ .done = false };
	int rc = store_meta_get(d->st, name, text, sizeof(text));
	if (rc != STORE_OK)
		return rc;
	snprintf(day, sizeof(day), "%.10s", text);
	if (!day_from_iso(day, &m->to))
		return STORE_NONE;
	const char *rest = text + strlen(day);
	char *end;
	m->again = (int)strtol(rest, &end, 10);
	m->done = end == rest;
	m->at = strtoul(end, NULL, 10);
	return STORE_OK;
}

static int mark_put(struct desk *d, const char *agency, const struct mark *m)
{
	char name[40], text[64], day[SCHOOLDAY];

	mark_name(agency, name);
	day_to_iso(m->to, day);
	if (m->done)
		snprintf(text, sizeof(text), "%s", day);
	else
		snprintf(text, sizeof(text), "%s %d %zu", day, m->again, m->at);
	return store_meta_put(d->st, name, text);
}

/* The period before s, n times. */
static struct span before(const struct config *cf, struct span s, int n)
{
	for (; n > 0; n--)
		s = period_of(cf, s.from - 1);
	return s;
}

/* Where to go on; false: nothing is over that was not made. */
static bool next(const struct config *cf, int32_t today, int rc, struct mark *m)
{
	if (rc == STORE_OK && !m->done)
		return true;
	struct span s = rc == STORE_OK ? period_of(cf, m->to + 1) : before(cf, period_of(cf, today), 1);
	if (s.to < today - BACK_DAYS)
		s = period_of(cf, today - BACK_DAYS);
	if (s.to >= today)
		return false;
	*m = (struct mark){ .to = s.to, .again = rc == STORE_OK ? cf->dhis2_again : 0 };
	return true;
}

static int make(struct desk *d, struct making *m, struct mark *k, int *classes)
{
	const struct config *cf = d->cf;
	int rc = STORE_OK;

	m->period = before(cf, period_of(cf, k->to), k->again);
	for (; rc == STORE_OK && k->at < cf->n_classes && *classes < CLASSES_A_CALL; k->at++) {
		struct sums sum;
		char code[DHIS2_CODE];
		int n;
		rc = unit_sums(d, k->at, &m->period, &sum, &n);
		*classes += n;
		if (rc != STORE_OK || sum.n[DHIS2_DAYS_SCHOOL] == 0 || sum.register_size < cf->dhis2_least)
			continue;
		add_values(cf, m, unit_of(cf, &cf->classes[k->at], code), &sum);
		if (m->units == UNITS_A_BODY)
			rc = post(d, m);
	}
	if (rc == STORE_OK && json_array_size(m->values) > 0)
		rc = post(d, m);
	if (k->at >= cf->n_classes) {
		k->at = 0;
		k->done = k->again == 0;
		k->again -= !k->done;
	}
	return rc;
}

static int agency(struct desk *d, const struct config_agency *a, const struct config_mandate *row, int32_t today,
		  int *n)
{
	struct making m = { .agency = a, .row = row, .values = json_array() };
	struct mark k;
	int classes = 0;

	int rc = mark_get(d, a->code, &k);
	bool more = (rc == STORE_OK || rc == STORE_NONE) && next(d->cf, today, rc, &k);
	rc = rc == STORE_NONE ? STORE_OK : rc;
	while (rc == STORE_OK && more) {
		rc = make(d, &m, &k, &classes);
		if (rc == STORE_OK)
			rc = mark_put(d, a->code, &k);
		more = classes < CLASSES_A_CALL && !k.done;
	}
	json_decref(m.values);
	*n += m.rows;
	return rc;
}

int attendance_report_due(struct desk *d, int *n)
{
	char iso[SCHOOLDAY];
	int hour, minute, weekday, rc = STORE_OK;
	int32_t today = 0;

	*n = 0;
	clock_local(d->now, &hour, &minute, &weekday);
	clock_day(d->now, iso);
	if (hour < d->cf->dhis2_hour || !day_from_iso(iso, &today))
		return STORE_OK;
	for (size_t i = 0; rc == STORE_OK && i < d->cf->n_agencies; i++) {
		const struct config_agency *a = &d->cf->agencies[i];
		const struct config_mandate *row = config_mandate_for(d->cf, ATTENDANCE_REPORT, NULL, a->code);
		/* The built-in row is for what nobody else is told; this is told to who asks for it. */
		if (row && strcmp(row->event, ATTENDANCE_REPORT) == 0 && strcmp(a->receiver, "dhis2") == 0 && a->url[0])
			rc = agency(d, a, row, today, n);
	}
	return rc;
}
