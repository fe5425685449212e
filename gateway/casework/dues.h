/* dues.h - what is due for a case, and by when: the first contact, the next follow-up, an answer to
 * what was guessed.  The clock tells its owner first, then the coordinator.
 *
 * Calls casefile, alerts and the store. */
#ifndef GATEWAY_CASEWORK_DUES_H
#define GATEWAY_CASEWORK_DUES_H
#include "gateway/casework/casefile.h"

/* A new case: its first contact by its risk; confirm: its reporter was asked whether it was read
 * right. */
int dues_opened(struct desk *d, const struct case_row *c, bool confirm);
/* Contact was made: the next follow-up by risk.  What was overdue is withdrawn. */
int dues_contact(struct desk *d, const struct case_row *c, const char *who, int64_t *next);
/* A child that came back from abroad has to be seen within 48 hours of `at`. */
int dues_arrived(struct desk *d, const struct case_row *c, int64_t at);
/* What is due next, 0 = nothing. */
int dues_next(struct desk *d, const struct case_row *c, int64_t *next);
/* Another risk: raised, never later than it was due; lowered, counted from when it began. */
int dues_risk(struct desk *d, const struct case_row *c, bool raised);
/* A reopened case is due again. */
int dues_reopened(struct desk *d, const struct case_row *c);
/* Its reporter said it was read right, or went on with it. */
int dues_confirmed(struct desk *d, int64_t case_id);
/* What has fallen due by the clock; *n told. */
int cases_due(struct desk *d, int *n);
#endif
