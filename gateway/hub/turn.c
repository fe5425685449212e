/* turn.c - see turn.h. */
#include "gateway/hub/turn.h"

#include <stdio.h>
#include <string.h>

#include "gateway/casework/effects.h"
#include "gateway/hub/credit.h"
#include "gateway/hub/health.h"
#include "gateway/hub/jump.h"
#include "gateway/hub/log.h"
#include "gateway/hub/route.h"
#include "gateway/hub/schedule.h"
#include "gateway/hub/traffic.h"
#include "gateway/hub/verdicts.h"
#include "gateway/intake/call.h"
#include "gateway/intake/intake.h"
#include "gateway/outbox/hand.h"
#include "gateway/outbox/tokens.h"
#include "store/alerts.h"
#include "store/circuits.h"
#include "store/outbox.h"

#define TURN_MESSAGES 256 /* texts read a turn */
#define DEATHS_MAX 2      /* a text that was in hand at so many deaths is quarantined */
/* After so long a job that was handed over and not heard of means a stuck worker. */
#define SMS_PART_MS 150000
#define HTTP_MARGIN_MS 30000

/* To the process that sent it: its replacement counts its tokens anew, and would take the word about
 * another's text for that about its own, and delete it unread. */
static bool answer_to(struct hub *h, const struct arrival *a, const struct wire_frame *f)
{
	struct departure *d = traffic_depart(h, a->worker, f);
	if (d)
		d->generation = a->generation;
	return d != NULL;
}

static bool still_there(const struct hub *h, const struct arrival *a)
{
	return a->generation == supervise_generation(h->sup, a->worker);
}

static int take_segment(struct hub *h, struct desk *d, const struct arrival *a,
			const struct wire_segment *s)
{
	int64_t id;
	bool fresh;
	bool careful = h->careful_until != 0 || h->singly;
	int rc = intake_take(d, a->name, s, careful, &id, &fresh);
	if (rc != STORE_OK)
		return rc;
	struct wire_frame ack = {.type = WIRE_ACK, .u.ack = {s->token, WIRE_STORED}};
	if (!answer_to(h, a, &ack))
		return STORE_FAIL;
	h->work_waits = true;
	return STORE_OK;
}

/* An answer that leaves before its facts are durable would be a lie after a power cut: it departs. */
static int take_call(struct hub *h, struct desk *d, const struct arrival *a, const struct wire_call *c)
{
	static struct call_reply r; /* 18 KB; the hub has one thread */
	char words[256] = "";
	int rc = call_take(d, c, &r, words, sizeof words);
	if (rc != STORE_OK)
		return rc;
	if (words[0])
		log_line(LOG_INFO, "%s", words);
	if (r.waits_for && verdicts_wait(h, a->worker, c->id, r.waits_for)) {
		h->touched = 1;
		return STORE_OK;
	}
	if (r.waits_for)
		call_refuse(&r, 503, "too many requests at once");
	struct wire_frame f = {
	    .type = WIRE_REPLY,
	    .u.reply = {c->id, r.status, wire_str(r.detail), r.fields}};
	h->touched |= !r.still;
	h->work_waits |= wire_is(c->kind, "sms");
	return answer_to(h, a, &f) ? STORE_OK : STORE_FAIL;
}

static int take_outcome(struct desk *d, const struct arrival *a, const struct wire_frame *f)
{
	char words[256] = "";
	int rc = f->type == WIRE_DONE_SMS ? settle_sms(d, a->name, &f->u.done_sms, words, sizeof words)
					  : settle_http(d, &f->u.done_http, words, sizeof words);
	if (rc == STORE_STATE || rc == STORE_NONE) {
		log_line(LOG_WARNING, "worker=%s outcome=late %s", a->name, words);
		return STORE_OK;
	}
	if (rc == STORE_OK && words[0])
		log_line(LOG_INFO, "%s", words);
	return rc;
}

/* The job whose last outcome this frame is, or NULL. */
static struct job *ended_by(struct hub *h, int worker, const struct wire_frame *f)
{
	if (f->type == WIRE_DONE_HTTP)
		return traffic_job(&h->slots[worker], f->u.done_http.job);
	if (f->type != WIRE_DONE_SMS)
		return NULL;
	const struct wire_done_sms *r = &f->u.done_sms;
	struct job *j = traffic_job(&h->slots[worker], r->job);
	return j && (r->result != WIRE_SMS_SENT || r->part + 1 >= j->parts) ? j : NULL;
}

static int take_arrival(struct hub *h, struct desk *d, struct arrival *a)
{
	if (a->down) {
		int64_t http = 0, sms = 0;
		if (strcmp(a->name, "courier") == 0)
			tokens_idle();
		int rc = outbox_recover(h->st, a->name, d->now, &http, &sms);
		if (rc == STORE_NONE)
			rc = STORE_OK;
		h->touched = 1;
		if (http || sms)
			log_line(LOG_WARNING, "worker=%s requeued=%lld uncertain=%lld", a->name,
				 (long long)http, (long long)sms);
		return rc;
	}
	struct wire_frame f;
	if (wire_decode(a->bytes, a->len, &f) != WIRE_OK)
		return STORE_OK; /* it was decoded when it came in */
	if (f.type == WIRE_NOTE)
		return health_note(h, d, a->worker, a->name, &f.u.pairs);
	if (f.type == WIRE_SEGMENT)
		return take_segment(h, d, a, &f.u.segment);
	a->answered = f.type == WIRE_CALL;
	if (a->answered)
		return take_call(h, d, a, &f.u.call);
	h->touched = 1;
	int rc = take_outcome(d, a, &f);
	struct job *j = rc == STORE_OK && still_there(h, a) ? ended_by(h, a->worker, &f) : NULL;
	if (j)
		j->ended = true;
	return rc;
}

/* The jobs an arrival ends are taken out of hand only when its turn is committed. */
static void arrival_committed(struct hub *h, const struct arrival *a)
{
	struct wire_frame f;
	if (a->down || a->answered || wire_decode(a->bytes, a->len, &f) != WIRE_OK)
		return;
	struct slot *s = &h->slots[a->worker];
	h->segments += f.type == WIRE_SEGMENT;
	if (!still_there(h, a))
		return;
	if (f.type == WIRE_SEGMENT && s->unacknowledged > 0)
		s->unacknowledged--;
	const struct job *j = ended_by(h, a->worker, &f);
	if (j)
		traffic_job_ended(h, a->worker, j->id);
}

/* A frame that the store refuses for good must not stop the others: left out, and said. */
static void refuse_arrival(struct hub *h, const struct arrival *a, int rc)
{
	log_line(LOG_ERROR, "worker=%s frame=refused reason=\"%s: %s\"", a->name, store_rc_name(rc),
		 store_errmsg(h->st));
	struct wire_frame f;
	if (a->down || !still_there(h, a) || wire_decode(a->bytes, a->len, &f) != WIRE_OK)
		return;
	if (f.type == WIRE_CALL) {
		struct wire_frame no = {.type = WIRE_REPLY,
					.u.reply = {.id = f.u.call.id, .status = 500}};
		supervise_send(h->sup, a->worker, &no);
	}
	if (f.type != WIRE_SEGMENT)
		return;
	h->slots[a->worker].unacknowledged--;
	struct wire_frame keep = {.type = WIRE_ACK, .u.ack = {f.u.segment.token, WIRE_KEEP}};
	supervise_send(h->sup, a->worker, &keep);
}

static int read_waiting(struct hub *h, struct desk *d)
{
	for (int n = 0; n < TURN_MESSAGES; n++) {
		struct intake_item it;
		char words[384] = "";
		int rc = intake_peek(d, &it);
		if (rc == STORE_NONE) {
			h->work_waits = false;
			return STORE_OK;
		}
		if (rc == STORE_OK)
			rc = intake_process(d, &it, words, sizeof words);
		if (rc != STORE_OK)
			return rc;
		h->messages += it.kind == INTAKE_MESSAGE;
		if (words[0])
			log_line(LOG_INFO, "%s", words);
	}
	return STORE_OK;
}

static int requests_out(const struct hub *h, const char *agency)
{
	int n = 0;
	for (int w = 0; w < SUPERVISE_MAX; w++) {
		for (int k = 0; k < h->slots[w].n_jobs; k++)
			n += !h->slots[w].jobs[k].ended && strcmp(h->slots[w].jobs[k].agency, agency) == 0;
	}
	for (const struct departure *o = h->out; o; o = o->next)
		n += strcmp(o->agency, agency) == 0;
	return n;
}

#define AGENCIES_MAX 64

struct passing { /* agencies that get nothing in this turn, and those that get urgent rows alone */
	char skip[AGENCIES_MAX * 12], hold[AGENCIES_MAX * 12];
};

/* How many requests this agency may have out: none while it is left in peace, one while it is tried
 * again, else as many as it allows. */
static int allowed_out(const struct config_agency *a, const struct circuit *c, size_t n, int64_t now)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(c[i].name, a->code) == 0 && c[i].probe_at)
			return c[i].probe_at > now ? 0 : 1;
	}
	return a->ordered ? 1 : a->parallel;
}

/* In order means that a row which waits for its next try keeps those behind it back. */
static int head_waits(struct desk *d, const struct config_agency *a, bool *waits)
{
	int64_t not_before = 0;
	bool in_hand = false;
	*waits = false;
	if (!a->ordered)
		return STORE_OK;
	int rc = outbox_head(d->st, a->code, &not_before, &in_hand);
	*waits = rc == STORE_OK && (in_hand || not_before > d->now);
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int who_passes(struct hub *h, struct desk *d, struct passing *p)
{
	struct circuit open[AGENCIES_MAX];
	size_t n = 0;
	p->skip[0] = p->hold[0] = '\0';
	int rc = circuit_list(h->st, CIRCUIT_AGENCY, open, AGENCIES_MAX, &n);
	for (size_t i = 0; rc == STORE_OK && i < h->cf->n_agencies; i++) {
		const struct config_agency *a = &h->cf->agencies[i];
		bool waits;
		rc = head_waits(d, a, &waits);
		if (waits)
			desk_join(p->hold, sizeof p->hold, " ", a->code);
		if (tokens_busy(a->code) || requests_out(h, a->code) >= allowed_out(a, open, n, d->now))
			desk_join(p->skip, sizeof p->skip, " ", a->code);
	}
	return rc;
}

static int departures_of(const struct hub *h, int worker)
{
	int n = 0;
	for (const struct departure *o = h->out; o; o = o->next)
		n += o->worker == worker && o->job != 0;
	return n;
}

static int hand_one(struct hub *h, struct desk *d, int worker, enum outbox_leg leg, const char *skip,
		    const char *hold)
{
	static struct hand_held held; /* 27 KB; the hub has one thread */
	struct worker_view v;
	struct wire_frame f;
	if (!supervise_view(h->sup, worker, &v))
		return STORE_NONE;
	bool handed = true;
	int rc = leg == OUTBOX_SMS ? hand_one_sms(d, v.spec->name, skip, &held, &f, &handed)
				   : hand_http(d, skip, hold, &held, &f);
	if (rc != STORE_OK || !handed)
		return rc;
	struct departure *o = traffic_depart(h, worker, &f);
	if (!o)
		return STORE_FAIL;
	o->job = held.item.id;
	o->parts = leg == OUTBOX_SMS ? f.u.work_sms.n_parts : 1;
	o->due_ms = leg == OUTBOX_SMS ? (int64_t)o->parts * SMS_PART_MS : f.u.work_http.timeout_ms + HTTP_MARGIN_MS;
	memcpy(o->agency, held.item.agency, sizeof o->agency);
	return STORE_OK;
}

static int hand_by_provider(struct hub *h, struct desk *d, int worker, const struct config_sms_provider *p,
			    const char *skip)
{
	static struct hand_held held; /* 27 KB; the hub has one thread */
	struct wire_frame f;
	bool handed;
	int rc = hand_one_by_provider(d, p, skip, &held, &f, &handed);
	if (rc != STORE_OK || !handed)
		return rc;
	struct departure *o = traffic_depart(h, worker, &f);
	if (!o)
		return STORE_FAIL;
	o->job = held.item.id;
	o->parts = 1;
	o->text = true;
	o->due_ms = f.u.work_http.timeout_ms + HTTP_MARGIN_MS;
	return STORE_OK;
}

/* Texts whose way has its hands full, or is not tried now, wait for it; others pass them.  *waits: there
 * are such. */
static int hand_texts(struct hub *h, struct desk *d, bool *waits)
{
	static struct outbox_item item; /* 20 KB; the hub has one thread */
	static struct route_look look;
	char skip[ROUTE_SKIP * sizeof item.number] = "";
	int n = 0, rc = route_look(h, d->now, &look);
	*waits = false;
	while (rc == STORE_OK && n < ROUTE_SKIP && route_open(h, &look, true)) {
		struct route to;
		rc = outbox_peek(h->st, OUTBOX_SMS, d->now, skip[0] ? skip : NULL, &item);
		if (rc != STORE_OK)
			break;
		if (!item.urgent && !route_open(h, &look, false)) {
			*waits = true;
			break; /* urgent ones come first: behind it there is none */
		}
		if (route_pick(h, &look, &item, &to)) {
			rc = to.provider ? hand_by_provider(h, d, to.worker, to.provider, skip[0] ? skip : NULL)
					 : hand_one(h, d, to.worker, OUTBOX_SMS, skip[0] ? skip : NULL, NULL);
			continue;
		}
		*waits = true;
		size_t at = strlen(skip);
		snprintf(skip + at, sizeof skip - at, "%s%s", at ? " " : "", item.number);
		n++;
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}

/* *waits: some are due whose agency takes nothing now. */
static int hand_deliveries(struct hub *h, struct desk *d, bool *waits)
{
	*waits = false;
	for (int i = 0; i < supervise_count(h->sup); i++) {
		if (!traffic_has_room(h, i, WORKER_COURIER))
			continue;
		struct worker_view v;
		supervise_view(h->sup, i, &v);
		int room = v.credit - traffic_jobs(&h->slots[i]) - departures_of(h, i);
		for (; room > 0; room--) {
			struct passing p;
			int rc = who_passes(h, d, &p);
			if (rc == STORE_OK)
				rc = hand_one(h, d, i, OUTBOX_HTTP, p.skip[0] ? p.skip : NULL,
					      p.hold[0] ? p.hold : NULL);
			*waits = p.skip[0] || p.hold[0];
			if (rc == STORE_NONE)
				break;
			if (rc != STORE_OK)
				return rc;
		}
	}
	return STORE_OK;
}

static int hand_out(struct hub *h, struct desk *d, enum outbox_leg leg, bool *waits)
{
	*waits = false;
	if (h->stopping || d->now < h->due_at[leg])
		return STORE_OK;
	return leg == OUTBOX_SMS ? hand_texts(h, d, waits) : hand_deliveries(h, d, waits);
}

static void turn_failed(struct hub *h, int rc, const char *what)
{
	if (store_in_turn(h->st))
		store_rollback(h->st);
	traffic_drop_departures(h);
	traffic_unend(h);
	if (!h->failing)
		log_line(LOG_ERROR, "turn=failed at=%s reason=\"%s: %s\"", what, store_rc_name(rc),
			 store_errmsg(h->st));
	verdicts_undone(h);
	h->failing = true;
	h->retry_at_ms = clock_mono_ms() + TURN_RETRY_MS;
	/* Every derived time may be wrong now: ask the store again. */
	schedule_forget(h);
	h->touched = 1;
	h->work_waits = true;
}

static void send_departures(struct hub *h)
{
	for (struct departure *o = h->out; o; o = o->next) {
		/* A worker replaced meanwhile does not know this job; its end was an arrival and
		 * what it had in hand is recovered there. */
		if (o->generation != supervise_generation(h->sup, o->worker) ||
		    supervise_queue(h->sup, o->worker, o->bytes, o->len) < 0)
			continue;
		struct slot *s = &h->slots[o->worker];
		if (o->job && s->n_jobs < SUPERVISE_CALLS) {
			struct job *j = &s->jobs[s->n_jobs++];
			s->handed++;
			*j = (struct job){.id = o->job, .parts = o->parts, .text = o->text};
			memcpy(j->agency, o->agency, sizeof j->agency);
			supervise_expect(h->sup, o->worker, o->job, o->due_ms);
		}
	}
	supervise_flush(h->sup);
	traffic_drop_departures(h);
}

/* Takes what arrived (all of it, or one frame when singly).  How many in *taken. */
static int take_arrivals(struct hub *h, struct desk *d, int *taken)
{
	*taken = 0;
	for (struct arrival *a = h->in; a; a = a->next) {
		int rc = take_arrival(h, d, a);
		if (rc != STORE_OK && !traffic_environment(rc) && h->singly) {
			store_rollback(h->st);
			traffic_drop_departures(h);
			traffic_unend(h);
			verdicts_undone(h);
			refuse_arrival(h, a, rc);
			traffic_forget_first(h);
			return STORE_STATE;
		}
		if (rc != STORE_OK)
			return rc;
		++*taken;
		if (h->singly)
			return STORE_OK;
	}
	return STORE_OK;
}

static bool turn_needed(struct hub *h, int64_t now)
{
	bool careful = h->careful_until != 0;
	return h->in || (h->work_waits && !careful) || h->touched || h->health_due || h->news.is ||
	       checker_ready(h->checker) || schedule_is_due(h, now);
}

/* The stages of a turn, inside its transaction; each returns STORE_OK or what stopped it. */

static int stage_frames(struct hub *h, struct desk *d, int *taken)
{
	int rc = take_arrivals(h, d, taken);
	if (rc != STORE_OK && rc != STORE_STATE && !traffic_environment(rc))
		h->singly = true; /* next time one frame a transaction: find the one that does it */
	return rc;
}

static int stage_reading(struct hub *h, struct desk *d)
{
	if (!h->work_waits || h->careful_until)
		return STORE_OK;
	int rc = read_waiting(h, d);
	if (rc != STORE_OK && !traffic_environment(rc))
		h->careful_until = d->now + TURN_CAREFUL_S; /* one text a transaction: find that one */
	return rc;
}

/* What this turn added may be due at once, and what it settled may have been what was due. */
static int stage_outbox(struct hub *h, struct desk *d)
{
	int rc = h->touched ? schedule_look(h) : STORE_OK;
	bool handed = false, busy[LEGS] = {false};
	for (int leg = 0; leg < LEGS && rc == STORE_OK; leg++) {
		if (d->now < h->due_at[leg] || !traffic_leg_has_room(h, (enum outbox_leg)leg))
			continue;
		bool waits;
		handed = true;
		rc = hand_out(h, d, (enum outbox_leg)leg, &waits);
		busy[leg] = waits;
	}
	if (rc == STORE_OK && handed)
		rc = schedule_outbox(h);
	/* What waits for a busy modem or agency is due, and yet no reason to turn before that one is
	 * done: without this the hub would turn without pause until it is. */
	for (int leg = 0; leg < LEGS && rc == STORE_OK; leg++) {
		if (busy[leg] && h->due_at[leg] <= d->now)
			h->due_at[leg] = d->now + 1;
	}
	return rc;
}

static void turn_committed(struct hub *h, int taken)
{
	if (h->failing)
		log_line(LOG_INFO, "turn=ok");
	h->failing = false;
	h->touched = 0;
	jump_committed(h);
	verdicts_committed(h);
	for (; taken > 0; taken--) {
		arrival_committed(h, h->in);
		traffic_forget_first(h);
	}
	if (!h->in)
		h->singly = false;
	health_committed(h);
	send_departures(h);
	credit_committed(h);
}

void turn_scrub(struct hub *h)
{
	if (store_needs_scrub(h->st) && clock_mono_ms() >= h->scrub_at_ms && store_scrub(h->st) != STORE_OK)
		h->scrub_at_ms = clock_mono_ms() + TURN_RETRY_MS;
}

/* What a turn does once the frames are in, in this order. */
static const struct {
	const char *name;
	int (*run)(struct hub *h, struct desk *d);
} stages[] = {
	{"verdicts", verdicts_stage}, {"reading", stage_reading}, {"due", schedule_run},
	{"health", health_stage},     {"credit", credit_stage},	  {"outbox", stage_outbox},
};

bool turn_run(struct hub *h)
{
	struct desk d = hub_desk(h);
	if (clock_moved(h->clock) || !turn_needed(h, d.now)) /* set since the loop looked: it looks again first */
		return true;
	const char *at = "begin";
	int taken = 0, rc = store_begin(h->st);
	if (rc == STORE_OK)
		rc = jump_stage(h, &d);
	if (rc == STORE_OK) {
		at = "frames";
		rc = stage_frames(h, &d, &taken);
		if (rc == STORE_STATE && !store_in_turn(h->st))
			return true; /* one refused frame was set aside; go on with the next */
	}
	for (size_t i = 0; rc == STORE_OK && i < sizeof stages / sizeof stages[0]; i++) {
		at = stages[i].name;
		rc = stages[i].run(h, &d);
	}
	if (rc == STORE_OK) {
		at = "commit";
		rc = store_commit(h->st);
	}
	if (rc == STORE_OK)
		turn_committed(h, taken);
	else
		turn_failed(h, rc, at);
	return rc == STORE_OK;
}

bool turn_careful_step(struct hub *h, bool *idle)
{
	struct desk d = hub_desk(h);
	struct intake_item it = {0};
	char words[384] = "";
	*idle = true;
	int rc = store_begin(h->st);
	if (rc == STORE_OK)
		rc = intake_peek(&d, &it);
	if (rc == STORE_NONE) {
		store_rollback(h->st);
		h->work_waits = false;
		if (d.now >= h->careful_until)
			h->careful_until = 0;
		return true;
	}
	*idle = false;
	if (rc == STORE_OK && it.attempts >= DEATHS_MAX) {
		rc = intake_quarantine(&d, &it, "the hub ended twice while reading it");
		log_line(LOG_ERROR, "%s=%lld state=quarantined attempts=%d",
			 it.kind == INTAKE_SEGMENT ? "segment" : "mo", (long long)it.id, it.attempts);
	} else if (rc == STORE_OK) {
		rc = intake_count(&d, &it);
		if (rc == STORE_OK)
			rc = store_commit(h->st);
		if (rc == STORE_OK)
			rc = store_begin(h->st);
		if (rc == STORE_OK)
			rc = intake_process(&d, &it, words, sizeof words);
	}
	if (rc == STORE_OK)
		rc = store_commit(h->st);
	if (rc == STORE_OK)
		verdicts_committed(h);
	if (rc != STORE_OK && !traffic_environment(rc) && store_in_turn(h->st)) {
		verdicts_undone(h);
		log_line(LOG_ERROR, "mo=%lld reading=failed reason=\"%s: %s\"", (long long)it.id,
			 store_rc_name(rc), store_errmsg(h->st));
		store_rollback(h->st);
		return true; /* counted: the second failure sets it aside */
	}
	if (rc != STORE_OK) {
		turn_failed(h, rc, "careful reading");
		return false;
	}
	h->messages += it.kind == INTAKE_MESSAGE;
	h->touched = 1;
	if (words[0])
		log_line(LOG_INFO, "%s", words);
	return true;
}
