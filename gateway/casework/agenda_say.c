/* agenda_say.c - "rendi i dites" from a phone: counts, and what is first on the asker's own list, in two
 * segments at most.  See agenda.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/casework/agenda.h"
#include "gateway/casework/answer.h"
#include "gateway/casework/cases.h"
#include "gateway/casework/decoy.h"
#include "gateway/casework/meetings.h"
#include "gateway/casework/tasks.h"
#include "gateway/outbox/notice.h"
#include "parser/gsm7.h"

#define TWO_SEGMENTS 306 /* septets: 153 a part of a long text (3GPP TS 23.040) */
#define OWN_TASKS 32
#define ITEMS_TEXT 200

static void add_count(const struct desk *d, const struct reporter *to, const char *id, size_t n,
		      char *list, size_t max)
{
	char number[24], one[NOTICE_TEXT];
	const struct message_fill fill = { "n", number };

	if (n == 0)
		return;
	snprintf(number, sizeof(number), "%zu", n);
	if (notice_text(d, to, id, &fill, 1, one))
		desk_join(list, max, ", ", one);
}

static void count_all(const struct desk *d, const struct reporter *to, const struct agenda *a,
		      char *list, size_t max)
{
	size_t open = 0, late = 0;
	char none[64];

	for (size_t i = 0; i < a->n_tasks; i++) {
		open += !a->tasks[i].closed;
		late += agenda_is_late(a, &a->tasks[i]);
	}
	add_count(d, to, "agenda_tasks", open, list, max);
	add_count(d, to, "agenda_late", late, list, max);
	add_count(d, to, "agenda_high", a->n_high, list, max);
	add_count(d, to, "agenda_referrals", a->n_referrals, list, max);
	add_count(d, to, "agenda_absences", a->n_absences, list, max);
	add_count(d, to, "agenda_closures", a->n_closures, list, max);
	add_count(d, to, "agenda_falls", a->n_falls, list, max);
	if (!list[0])
		desk_join(list, max, "", answer_word(d, to, "agenda_nothing", none));
}

/* Coordinators see the codes of what is new; everybody else those of his own tasks alone. */
static int items(struct desk *d, const struct reporter *to, const struct agenda *a, char *list,
		 size_t max)
{
	struct task own[OWN_TASKS];
	size_t n = 0;

	if (cases_sees_all(to)) {
		for (size_t i = 0; i < a->n_high; i++)
			desk_join(list, max, ", ", a->high[i].code);
		for (size_t i = 0; i < a->n_referrals; i++) {
			char one[48];
			snprintf(one, sizeof(one), "R%" PRId64 " %.23s", a->referrals[i].r.number,
				 a->referrals[i].code);
			desk_join(list, max, ", ", one);
		}
		return STORE_OK;
	}
	int rc = tasks_of(d, to, own, OWN_TASKS, &n);
	if (rc == STORE_OK)
		tasks_words(own, n, list, max);
	return rc;
}

/* Items are dropped from the end until two segments hold it. */
static void fit(char *out, size_t max, const char *head, char *list)
{
	char text[NOTICE_TEXT + ITEMS_TEXT + 4];

	for (;;) {
		snprintf(text, sizeof(text), "%s%s%s", head, list[0] ? ". " : "", list);
		long n = gsm7_count(text, strlen(text));
		char *last = strrchr(list, ',');
		if (n >= 0 && n <= TWO_SEGMENTS)
			break;
		if (!last) {
			snprintf(text, sizeof(text), "%s", head);
			break;
		}
		*last = '\0';
	}
	desk_cut(out, max, text);
}

static int say(struct desk *d, const struct reporter *from, const struct agenda *a, bool duress,
	       struct effect *out)
{
	char counts[NOTICE_TEXT] = "", head[NOTICE_TEXT], list[ITEMS_TEXT] = "", day[8], hour[8];

	meetings_words(&a->m, day, hour);
	count_all(d, from, a, counts, sizeof(counts));
	if (duress && decoy_text(d, from, counts) != STORE_OK)
		return STORE_FAIL;
	const struct message_fill fills[] = { { "date", day }, { "list", counts } };
	if (!notice_text(d, from, "agenda_head", fills, 2, head))
		return STORE_BOUND;
	int rc = items(d, from, a, list, sizeof(list));
	if (rc == STORE_OK && duress)
		rc = decoy_text(d, from, list);
	if (rc == STORE_OK)
		fit(out->whole_reply, sizeof(out->whole_reply), head, list);
	return rc;
}

int agenda_say(struct desk *d, const struct message *m, const struct reporter *from,
	       const struct reading *r, struct effect *out)
{
	struct agenda *a;
	char object[32];

	(void)m;
	int rc = agenda_build(d, "", &a);
	if (rc == STORE_NONE) {
		answer_with(out, "meeting_none");
		return STORE_OK;
	}
	if (rc != STORE_OK)
		return rc;
	rc = say(d, from, a, reading_flag(r, "duress"), out);
	snprintf(object, sizeof(object), "meeting %" PRId64, a->m.id);
	agenda_free(a);
	return rc == STORE_OK ? desk_audit(d, from->id, "agenda.read", object, "by phone", "") : rc;
}
