/* lines_tell.c - see lines_tell.h. */
#include "gateway/casework/lines_tell.h"
#include <string.h>
#include "gateway/outbox/notice.h"
#include "gateway/outbox/post.h"
#include "store/lines.h"

/* The question goes as an answer does: what is kept back is kept back behind it. */
static int ask_number(struct desk *d, const char *reporter)
{
	struct reporter r;
	char number[48], text[NOTICE_TEXT];

	int rc = roster_by_id(d->st, reporter, &r);
	if (rc == STORE_OK)
		rc = roster_number(d->st, reporter, number, sizeof(number));
	if (rc != STORE_OK || !r.active || !notice_text(d, &r, "line_ask", NULL, 0, text))
		return rc == STORE_NONE ? STORE_OK : rc;
	return post_reply(d, 0, &r, number, text, 0);
}

int lines_tell_due(struct desk *d, int *n)
{
	char who[ROSTER_ID];
	bool stopped;
	int rc;

	*n = 0;
	while ((rc = line_to_tell(d->st, who, &stopped)) == STORE_OK) {
		struct message_fill fill = { "owner", who };
		rc = line_told(d->st, who);
		if (rc == STORE_OK && !stopped)
			rc = ask_number(d, who);
		if (rc == STORE_OK)
			rc = notice_role(d, "coordinator", stopped ? "line_dead" : "line_silent", &fill, 1, 0,
					 false, NULL);
		if (rc == STORE_OK)
			rc = desk_audit(d, "system", "line", who, stopped ? "stopped" : "silent", "");
		if (rc != STORE_OK)
			return rc;
		++*n;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

int lines_tell_next(struct desk *d, int64_t *at)
{
	char who[ROSTER_ID];
	bool stopped;

	int rc = line_to_tell(d->st, who, &stopped);
	*at = d->now;
	return rc;
}
