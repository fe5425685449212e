/* finish.h - what the forms' finishing functions share, and their names for the table in forms.c.
 * Each turns the picked units of one text into the values of a reading, or into one named fault. */
#ifndef PARSER_FINISH_H
#define PARSER_FINISH_H
#include "parser/forms.h"

/* finish.c: shared */
void finish_fail(struct reading *r, const char *error);      /* the first fault stays */
void finish_clarify(struct reading *r, const char *about);
void finish_bool(struct reading *r, const char *field, bool value);
const struct unit *pick_first(const struct pick *p, enum unit_type type);
const struct unit *pick_concept(const struct pick *p, enum concept c);
int pick_count(const struct pick *p, enum unit_type type);
void add_once(struct reading *r, const char *field, const char *word);
void add_number_once(struct reading *r, const char *field, int32_t n);
const char *unit_agency(const struct scan *s, const struct unit *u);
/* Finds case codes and puts the first in "case"; the faults bad_case_code, missing_case and
 * not_found_or_no_access. */
void finish_case(struct scan *s, const struct pick *p, struct reading *r, bool required);
void finish_auth(struct scan *s, const struct pick *p, struct reading *r);
/* One coming day (deadline, return) in field; false when none was said. */
bool finish_coming_day(struct scan *s, const struct pick *p, struct reading *r, const char *field);
void finish_notes(struct scan *s, const struct pick *p, struct reading *r); /* redacted text */
bool pick_private(const struct pick *p); /* a name, number or address was seen */

/* attendance.c */
void finish_absence(struct scan *, struct pick *, struct reading *);
void finish_all_but(struct scan *, struct pick *, struct reading *);
void finish_absence_count(struct scan *, struct pick *, struct reading *);
void finish_all_present(struct scan *, struct pick *, struct reading *);
void finish_excuse(struct scan *, struct pick *, struct reading *);
void finish_return(struct scan *, struct pick *, struct reading *);
void finish_left(struct scan *, struct pick *, struct reading *);
void finish_reported(struct scan *, struct pick *, struct reading *);
void finish_date_answer(struct scan *, struct pick *, struct reading *);
/* amend.c */
void finish_correction(struct scan *, struct pick *, struct reading *);
void finish_undo(struct scan *, struct pick *, struct reading *);
/* cases.c */
void finish_case_new(struct scan *, struct pick *, struct reading *);
void finish_case_amend(struct scan *, struct pick *, struct reading *);
void finish_merge(struct scan *, struct pick *, struct reading *);
void finish_risk(struct scan *, struct pick *, struct reading *);
void finish_status(struct scan *, struct pick *, struct reading *);
void finish_followup(struct scan *, struct pick *, struct reading *);
void finish_progress(struct scan *, struct pick *, struct reading *);
void finish_refer(struct scan *, struct pick *, struct reading *);
void finish_referral(struct scan *, struct pick *, struct reading *);
void finish_enrol(struct scan *, struct pick *, struct reading *);
void finish_place(struct scan *, struct pick *, struct reading *);
void finish_close(struct scan *, struct pick *, struct reading *);
void finish_return_new(struct scan *, struct pick *, struct reading *);
void finish_arrived(struct scan *, struct pick *, struct reading *);
/* talk.c */
void finish_ack(struct scan *, struct pick *, struct reading *);
void finish_task(struct scan *, struct pick *, struct reading *);
void finish_task_new(struct scan *, struct pick *, struct reading *);
void finish_meeting(struct scan *, struct pick *, struct reading *);
void finish_campaign(struct scan *, struct pick *, struct reading *);
void finish_lang(struct scan *, struct pick *, struct reading *);
void finish_lost(struct scan *, struct pick *, struct reading *);
void finish_pin(struct scan *, struct pick *, struct reading *);
void finish_pending(struct scan *, struct pick *, struct reading *);
void finish_emergency(struct scan *, struct pick *, struct reading *);
void finish_plain(struct scan *, struct pick *, struct reading *);
void finish_secret(struct scan *, struct pick *, struct reading *); /* nothing but what a typed PIN was */

/* people in a case: sex, age, number of children (cases.c, also for returns) */
void finish_person(const struct pick *p, struct reading *r);
#endif
