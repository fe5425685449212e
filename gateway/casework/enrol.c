/* enrol.c - a place in a class.  See enrol.h. */
#include "gateway/casework/enrol.h"
#include <stdio.h>
#include <string.h>
#include "gateway/casework/answer.h"
#include "gateway/casework/dues.h"
#include "gateway/casework/lifecycle.h"
#include "gateway/casework/returns.h"
#include "gateway/hub/clock.h"
#include "store/progress.h"
#include "store/schoolyear.h"

/* The place a reading names; of a number alone, the class is the case's. */
static bool place_of(const struct reading *r, const struct case_row *c, struct slot *s)
{
	const char *school = reading_word(r, "school"), *class_name = reading_word(r, "class");
	const struct reading_item *items;

	desk_cut(s->school, sizeof(s->school), class_name && school ? school : c->school);
	desk_cut(s->class_name, sizeof(s->class_name), class_name ? class_name : c->class_name);
	s->pupil = reading_list(r, "pupils", &items) == 1 ? items[0].num : -1;
	/* said again without the number: the one that is known stays */
	if (s->pupil < 0 && strcmp(s->school, c->school) == 0 &&
	    strcmp(s->class_name, c->class_name) == 0)
		s->pupil = c->pupil;
	return s->school[0] && s->class_name[0];
}

/* Who had left the class under this number is there again. */
static int resume(struct desk *d, const struct slot *s)
{
	const struct pupil_key key = { s->school, s->class_name, s->pupil };
	char today[CLOCK_DAY];

	if (s->pupil < 0)
		return STORE_OK;
	clock_day(d->now, today);
	int rc = enrolment_resume(d->st, &key, schoolyear_of(today), d->now);
	return rc == STORE_STATE ? STORE_OK : rc;
}

static int put(struct desk *d, struct case_row *c, struct slot *s)
{
	s->case_id = c->id;
	memcpy(s->was_school, c->school, sizeof(s->was_school));
	memcpy(s->was_class, c->class_name, sizeof(s->was_class));
	s->was_pupil = c->pupil;
	int rc = slot_put(d->st, s, d->now);
	memcpy(c->school, s->school, sizeof(c->school));
	memcpy(c->class_name, s->class_name, sizeof(c->class_name));
	c->pupil = s->pupil;
	if (rc == STORE_OK)
		rc = case_update(d->st, c, d->now);
	return rc == STORE_OK ? resume(d, s) : rc;
}

static int record(struct desk *d, struct case_row *c, const struct slot *s,
		  const struct reading *r)
{
	/* which class is not for the history: that outlives the erasing of a case */
	const char *detail = s->pupil >= 0 ? "watched" : "without number";
	int rc = life_move(d, c, LIFE_ENROL, s->who, 0);
	if (rc == STORE_OK)
		rc = casefile_note(d, c->id, s->who, "enrolled", detail, r);
	if (rc == STORE_OK)
		rc = dues_confirmed(d, c->id);
	if (rc == STORE_OK)
		rc = returns_enrolled(d, c, s->who);
	return rc == STORE_OK ? desk_audit(d, s->who, "case.enrol", c->code,
					   detail, "")
			      : rc;
}

static void too_high(const struct case_row *c, const struct slot *s, int size, struct effect *out)
{
	char example[53];

	snprintf(example, sizeof(example), "%.11s %.8s %.5s %d", c->code, s->school, s->class_name,
		 size);
	answer_fill(out, "class", s->class_name);
	answer_int(out, "size", size);
	answer_fill(out, "example", example);
	answer_with(out, "error_pupil_out_of_range");
}

int enrol_case(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct reading *r, struct effect *out)
{
	struct case_row c;
	struct slot s;
	bool found;
	int size = 0;

	int rc = casefile_open(d, from, r, out, &c, &found);
	if (rc != STORE_OK || !found)
		return rc;
	if (!life_may(&c, LIFE_ENROL, from)) {
		life_refuse(d, &c, from, out);
		return STORE_OK;
	}
	memset(&s, 0, sizeof(s));
	s.message = m->id;
	desk_cut(s.who, sizeof(s.who), from->id);
	if (!place_of(r, &c, &s))
		return answer_later(out);
	rc = class_register(d->st, s.school, s.class_name, &size);
	if (rc == STORE_OK && size > 0 && s.pupil > size) {
		too_high(&c, &s, size, out);
		return STORE_OK;
	}
	if (rc == STORE_OK || rc == STORE_NONE)
		rc = put(d, &c, &s);
	if (rc == STORE_OK)
		rc = record(d, &c, &s, r);
	if (rc == STORE_OK && s.pupil < 0) {
		answer_fill(out, "school", s.school);
		answer_fill(out, "class", s.class_name);
		answer_with(out, "enrol_ask");
		snprintf(out->asked, sizeof(out->asked), "pupils");
	} else if (rc == STORE_OK && reading_flag(r, "confirm")) {
		snprintf(out->asked, sizeof(out->asked), "confirm");
	}
	return rc;
}

int enrol_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone,
		   struct effect *out)
{
	struct case_row c;
	struct slot s;

	*undone = false;
	int rc = slot_of_message(d->st, message, &s);
	if (rc != STORE_OK)
		return rc == STORE_NONE ? STORE_OK : rc;
	rc = slot_undo(d->st, &s);
	if (rc == STORE_OK)
		rc = case_by_id(d->st, s.case_id, &c);
	if (rc != STORE_OK)
		return rc;
	memcpy(c.school, s.was_school, sizeof(c.school));
	memcpy(c.class_name, s.was_class, sizeof(c.class_name));
	c.pupil = s.was_pupil;
	out->case_id = c.id;
	*undone = true;
	rc = case_update(d->st, &c, d->now);
	if (rc == STORE_OK)
		rc = casefile_note(d, c.id, from->id, "enrolled", "undone", NULL);
	return rc == STORE_OK ? desk_audit(d, from->id, "case.enrol", c.code, "undone", "") : rc;
}
