/* drain.c - see drain.h. */
#include "gateway/modem/drain.h"
#include "gateway/modem/rawat.h"
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "gateway/modem/mono.h"

#define LIST_MS 60000
#define READ_MS 20000
#define DELETE_MS 15000
#define DELETE_BATCH 16 /* deletions under one announced deadline */
#define SURE_MS 1500    /* as long after reading, a place still holds what was read */
#define LOOK_EVERY 8    /* messages between looks at what the hub said */
#define DELETE_MOST (DRAIN_SLOTS / 2) /* waiting to be deleted before listing stops for it */

#define GONE(events) ((events) & (POLLHUP | POLLERR | POLLNVAL))

void drain_init(struct drain *d, struct link *l, struct talk *t, int credit)
{
	memset(d, 0, sizeof(*d));
	d->link = l;
	d->talk = t;
	d->credit = credit;
}

/* ---- slots -------------------------------------------------------------------------------------
 */

static void set_state(struct drain *d, struct slot *s, enum slot_state state)
{
	d->offered -= s->state == SLOT_OFFERED || s->state == SLOT_STALE;
	d->to_delete -= s->state == SLOT_DELETE;
	s->state = state;
	d->offered += state == SLOT_OFFERED || state == SLOT_STALE;
	d->to_delete += state == SLOT_DELETE;
}

static bool is_report(const struct slot *s)
{
	return strcmp(s->memory, "CDS") == 0;
}

static struct slot *at_place(struct drain *d, const char *memory, uint32_t place)
{
	for (int i = 0; i < DRAIN_SLOTS; i++) {
		struct slot *s = &d->slot[i];
		if (s->state != SLOT_FREE && s->state != SLOT_STALE && s->place == place &&
		    strcmp(s->memory, memory) == 0)
			return s;
	}
	return NULL;
}

static struct slot *with_token(struct drain *d, uint64_t token)
{
	for (int i = 0; i < DRAIN_SLOTS; i++)
		if (d->slot[i].state != SLOT_FREE && d->slot[i].token == token)
			return &d->slot[i];
	return NULL;
}

static struct slot *free_slot(struct drain *d)
{
	for (int i = 0; i < DRAIN_SLOTS; i++)
		if (d->slot[i].state == SLOT_FREE)
			return &d->slot[i];
	return NULL;
}

static void send_slot(struct drain *d, struct slot *s, const char *sender, const char *text)
{
	struct wire_segment w = {
	    .memory = wire_str(s->memory),
	    .place = s->place,
	    .rebuilt = s->rebuilt,
	    .octets = wire_blob(s->octets, s->len),
	    .view_sender = wire_str(sender),
	    .view_text = wire_str(text),
	};

	w.token = s->token = ++d->talk->next_token;
	set_state(d, s, SLOT_OFFERED);
	talk_segment(d->talk, &w);
}

/* ---- places emptied while a listing is handed on -------------------------------------------- */

static void note_emptied(struct drain *d, const struct slot *s)
{
	if (d->n_emptied < DRAIN_SLOTS) {
		memcpy(d->emptied[d->n_emptied].memory, s->memory, sizeof(s->memory));
		d->emptied[d->n_emptied].place = s->place;
	}
	d->n_emptied++;
}

/* What the listing shows there may be gone, and something else in its place, unread. */
static bool outdated(const struct drain *d, const struct link_message *m)
{
	for (int i = 0; i < d->n_emptied && i < DRAIN_SLOTS; i++)
		if (d->emptied[i].place == m->place && strcmp(d->emptied[i].memory, m->memory) == 0)
			return true;
	return d->n_emptied > DRAIN_SLOTS;
}

/* False: the table is full. */
static bool offer(struct drain *d, const struct link_message *m)
{
	struct slot *s = at_place(d, m->memory, m->place);

	if (s) {
		if (s->len == m->len && memcmp(s->octets, m->octets, m->len) == 0) {
			s->read_at = mono_ms();
			return true; /* in hand already */
		}
		set_state(d, s, s->state == SLOT_OFFERED ? SLOT_STALE : SLOT_FREE);
	}
	s = free_slot(d);
	if (!s)
		return false;
	memcpy(s->memory, m->memory, sizeof(s->memory));
	s->place = m->place;
	s->location = m->location;
	s->read_at = mono_ms();
	s->rebuilt = m->rebuilt;
	s->len = (uint16_t)m->len;
	memcpy(s->octets, m->octets, m->len);
	send_slot(d, s, m->sender, m->text);
	return true;
}

/* ---- the hub's word ----------------------------------------------------------------------------
 */

static void acknowledged(struct drain *d, struct slot *s, uint8_t verdict)
{
	if (s->state == SLOT_STALE)
		set_state(d, s, SLOT_FREE);
	else if (s->state == SLOT_OFFERED && verdict == WIRE_KEEP)
		set_state(d, s, SLOT_KEPT);
	else if (s->state == SLOT_OFFERED)
		set_state(d, s, is_report(s) ? SLOT_FREE : SLOT_DELETE);
}

static void take_acks(struct drain *d)
{
	struct wire_ack a;

	while (talk_ack(d->talk, &a)) {
		struct slot *s = with_token(d, a.token);
		if (s)
			acknowledged(d, s, a.verdict);
	}
}

/* LINK_EMPTY: the place no longer holds what was read. */
static int still_there(struct drain *d, const struct slot *s)
{
	struct capture_notice where = {.place = s->place};
	struct link_message m;

	if (s->read_at && mono_ms() - s->read_at <= SURE_MS)
		return LINK_OK;
	memcpy(where.memory, s->memory, sizeof(where.memory));
	int rc = link_read(d->link, &where, &m);
	if (rc != LINK_OK)
		return rc == LINK_TIMEOUT || rc == LINK_GONE ? rc : LINK_EMPTY;
	return m.len == s->len && memcmp(m.octets, s->octets, m.len) == 0 ? LINK_OK : LINK_EMPTY;
}

/* Past libgammu, which has just selected the memory for its own failed try. */
static int delete_past(struct drain *d, const struct slot *s)
{
	int rc = rawat_delete_exact(link_fd(d->link), s->place, s->octets, s->len);

	d->moved = true; /* a notice may have been lost: look again */
	return rc == RAWAT_OK ? LINK_OK : rc == RAWAT_GONE ? LINK_GONE :
	       rc == RAWAT_TIMEOUT ? LINK_TIMEOUT : LINK_FAIL;
}

static int delete_slot(struct drain *d, struct slot *s)
{
	int rc = still_there(d, s);

	if (rc ==
	    LINK_EMPTY) { /* moved: a sweep finds it, and the hub knows it again by its octets */
		set_state(d, s, SLOT_FREE);
		d->moved = true;
		return LINK_OK;
	}
	if (rc == LINK_OK)
		rc = link_delete(d->link, s->memory, s->place, s->location);
	d->moved |= link_puzzled(d->link);
	if (rc == LINK_FAIL || rc == LINK_UNREAD || rc == LINK_REFUSED)
		rc = delete_past(d, s);

	if (rc != LINK_OK)
		s->read_at = 0; /* it may be gone in spite of that: looked at again before the next try */
	if (rc == LINK_TIMEOUT || rc == LINK_GONE)
		return rc; /* it stays to be deleted */
	if (rc == LINK_OK)
		note_emptied(d, s);
	set_state(d, s, rc == LINK_OK ? SLOT_FREE : SLOT_RETRY);
	return LINK_OK;
}

/* Deletes up to max of what the hub has.  The deadline is announced for several at a time: a frame a
 * deletion would wake the hub for nothing. */
static int delete_some(struct drain *d, int max)
{
	int rc = LINK_OK;

	for (int i = 0; i < DRAIN_SLOTS && d->to_delete > 0 && max > 0 && rc == LINK_OK; i++) {
		struct slot *s = &d->slot[(d->next_delete + i) % DRAIN_SLOTS];
		if (s->state != SLOT_DELETE)
			continue;
		if (d->announced++ % DELETE_BATCH == 0)
			talk_call(d->talk, "GSM_DeleteSMS", DELETE_MS);
		rc = delete_slot(d, s);
		if (--max == 0)
			d->next_delete = (int)(s - d->slot + 1) % DRAIN_SLOTS;
	}
	return rc;
}

static void deleted(struct drain *d)
{
	d->announced = 0;
	talk_end(d->talk);
}

int drain_settle(struct drain *d)
{
	take_acks(d);
	int rc = delete_some(d, DRAIN_SLOTS);
	deleted(d);
	return rc;
}

/* ---- sweeping ----------------------------------------------------------------------------------
 */

static bool crowded(const struct drain *d, int part)
{
	return d->offered * part >= d->credit || d->to_delete * part >= DELETE_MOST;
}

/* Until half the credit is free again: the hub reads what it has while we delete, one by one, and is
 * given more as soon as it has half of that behind it, so that neither waits for the other. */
static int wait_room(struct drain *d)
{
	int rc = LINK_OK;

	while (rc == LINK_OK && crowded(d, 2) && !d->talk->over && !d->talk->stop) {
		if (d->to_delete == 0)
			deleted(d);
		bool wait = d->to_delete == 0 && d->talk->n_acks == 0;
		short events = talk_wait(d->talk, link_fd(d->link), wait ? 1000 : 0);
		if (GONE(events))
			return LINK_GONE;
		if (events & POLLIN)
			rc = link_poll(d->link);
		take_acks(d);
		if (rc == LINK_OK)
			rc = delete_some(d, 1);
	}
	deleted(d);
	return rc;
}

static void second_chances(struct drain *d)
{
	for (int i = 0; i < DRAIN_SLOTS; i++) {
		struct slot *s = &d->slot[i];
		if (s->state == SLOT_RETRY)
			set_state(d, s, SLOT_DELETE);
		else if (s->state == SLOT_KEPT && is_report(s))
			send_slot(d, s, "", ""); /* it is nowhere but here */
		else if (s->state == SLOT_KEPT)
			set_state(d, s, SLOT_FREE); /* the listing brings it again */
	}
}

struct wanted {
	struct capture_notice notice[CAPTURE_NOTICES];
	bool seen[CAPTURE_NOTICES];
	int n;
};

static void take_notices(struct drain *d, struct wanted *w)
{
	w->n = 0;
	while (w->n < CAPTURE_NOTICES && link_notice(d->link, &w->notice[w->n]))
		w->seen[w->n++] = false;
}

static void mark_seen(struct wanted *w, const struct link_message *m)
{
	for (int i = 0; i < w->n; i++)
		w->seen[i] |=
		    w->notice[i].place == m->place && strcmp(w->notice[i].memory, m->memory) == 0;
}

/* One listed message.  LINK_EMPTY: stop here, without fault. */
static int listed(struct drain *d, const struct link_message *m)
{
	d->listed++;
	if (outdated(d, m)) {
		d->moved = true; /* a sweep of its own finds what is there now */
		return LINK_OK;
	}
	if (!offer(d, m))
		return LINK_EMPTY; /* the hub keeps all back: there is nothing to gain from more */
	if (d->listed % LOOK_EVERY == 0) {
		talk_wait(d->talk, -1, 0);
		take_acks(d);
		talk_call(d->talk, "GSM_GetNextSMS", LIST_MS); /* some modems take a second a message */
	}
	if (!crowded(d, 1))
		return d->talk->over || d->talk->stop ? LINK_EMPTY : LINK_OK;
	talk_end(d->talk);
	int rc = wait_room(d);
	if (rc == LINK_OK && (d->talk->over || d->talk->stop))
		return LINK_EMPTY;
	talk_call(d->talk, "GSM_GetNextSMS", LIST_MS);
	return rc;
}

static int list_all(struct drain *d, struct wanted *w)
{
	struct link_message m;
	int last = -1, rc = LINK_OK;

	for (bool first = true; rc == LINK_OK; first = false) {
		rc = link_next(d->link, first, &m);
		if (rc != LINK_OK && rc != LINK_UNREAD)
			break;
		if (m.location == last) /* it does not move on: never loop on one message */
			return LINK_FAIL;
		last = m.location;
		mark_seen(w, &m);
		if (rc == LINK_UNREAD) {
			talk_note_num(d->talk, "unread", m.location);
			rc = LINK_OK;
			continue;
		}
		rc = listed(d, &m);
	}
	return rc == LINK_EMPTY ? LINK_OK : rc;
}

/* Some modems announce a message that their listing does not show: index 0 of certain Huawei.
 * Another index that was announced and is not listed was mostly read by the sweep before, so it is
 * asked for only when the listing was empty. */
static int read_announced(struct drain *d, const struct wanted *w)
{
	struct link_message m;

	for (int i = 0; i < w->n; i++) {
		if (w->seen[i] || (w->notice[i].place != 0 && d->listed > 0))
			continue;
		talk_call(d->talk, "GSM_GetSMS", READ_MS);
		int rc = link_read(d->link, &w->notice[i], &m);
		talk_end(d->talk);
		if (rc == LINK_TIMEOUT || rc == LINK_GONE)
			return rc;
		if (rc == LINK_OK && !offer(d, &m))
			return LINK_OK;
	}
	return LINK_OK;
}

int drain_sweep(struct drain *d, bool full)
{
	struct wanted w;

	if (full)
		second_chances(d);
	take_notices(d, &w);
	if (full && link_counts_from_0(d->link) && w.n < CAPTURE_NOTICES) {
		w.notice[w.n] = (struct capture_notice){"ME", 0};
		w.seen[w.n++] = false;
	}
	d->listed = d->n_emptied = 0;
	talk_call(d->talk, "GSM_GetNextSMS", LIST_MS);
	int rc = list_all(d, &w);
	talk_end(d->talk);
	if (rc == LINK_OK)
		rc = read_announced(d, &w);
	drain_reports(d);
	return rc;
}

bool drain_reports(struct drain *d)
{
	struct capture_pdu p;
	struct slot *s;
	bool any = false;

	while ((s = free_slot(d)) != NULL && link_report(d->link, &p)) {
		memcpy(s->memory, "CDS", 4);
		s->place = 0;
		s->location = 0;
		s->rebuilt = !p.hex;
		s->len = (uint16_t)p.len;
		memcpy(s->octets, p.octets, p.len);
		send_slot(d, s, "", "");
		any = true;
	}
	return any;
}
