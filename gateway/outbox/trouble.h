/* trouble.h - what people hear when a delivery ends badly.  A notice never carries an alert, so
 * trouble with a notice makes no further notice.  Calls notice; owns nothing. */
#ifndef GATEWAY_OUTBOX_TROUBLE_H
#define GATEWAY_OUTBOX_TROUBLE_H
#include "gateway/casework/desk.h"
#include "store/outbox.h"

/* A webhook that will not be tried again: the coordinators hear which agency, which reference. */
int trouble_dead(struct desk *d, const struct outbox_item *item);
/* An SMS that carried an alert and was not delivered, or of which nobody knows. */
int trouble_sms(struct desk *d, const struct outbox_item *item, bool uncertain);
/* A delivery that has failed for an hour: the duty officers hear. */
int trouble_late(struct desk *d, const struct outbox_item *item);
/* Nobody knows whether it arrived, and a repeat would be a second one. */
int trouble_held(struct desk *d, const struct outbox_item *item);
/* Delivered, but not as it was meant: the coordinators hear which agency and which alert. */
int trouble_warn(struct desk *d, const struct outbox_item *item, const char *why);
/* An agency whose silence somebody on duty had heard of answers again. */
int trouble_back(struct desk *d, const char *agency);
/* What an agency is told of a pupil is also confirmed to the coordinators once it arrived. */
int trouble_told(struct desk *d, const struct outbox_item *item);
#endif
