/* fixture.h - a gateway without its processes: a temporary store, the demonstration's configuration
 * and a clock that the test moves.  Texts go in as DELIVER TPDUs, what would leave is handed out
 * and collected.  A failing call fails the test. */
#ifndef TESTS_COMPONENT_FIXTURE_H
#define TESTS_COMPONENT_FIXTURE_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "gateway/casework/effects.h"
#include "gateway/hub/clock.h"
#include "gateway/intake/intake.h"
#include "gateway/intake/message.h"
#include "gateway/outbox/hand.h"
#include "parser/tpdu.h"
#include "store/alerts.h"
#include "store/attendance.h"
#include "store/cases.h"
#include "store/outbox.h"
#include "store/roster.h"
#include "store/secrets.h"

#define T1 "+355691000001"
#define T2 "+355691000002"
#define H1 "+355691000004"
#define O1 "+355692000001"
#define C1 "+355693000001"
#define D1 "+355693000002"
#define D2 "+355693000012"
#define D3 "+355693000013"
#define STRANGER "+355697777777"

#define OK(call) assert_int_equal(call, STORE_OK)
#define OUT_MAX 400
#ifndef FX_CONFIG
#define FX_CONFIG "config/demo.cfg"
#endif

struct fx_sms {
	char to[24], kind[12], text[1200];
	int parts;
	bool urgent;
	int64_t id, alert, at;
};
struct fx_http {
	char agency[12], event[32], uid[40], body[4096], headers[1024];
	int64_t id, alert, at;
};
struct fx {
	char dir[64], db[96], keyring[96], key[96];
	struct config *cf;
	struct store *st;
	struct desk d;
	char verdict_reply[MESSAGE_REPLY]; /* of the last text whose PIN was checked */
	int64_t nudges;
	uint32_t place;
	uint16_t ref;
	char words[400];   /* of the last thing processed */
	int64_t message;   /* the last message that was read */
	struct fx_sms *sms;
	struct fx_http *http;
	size_t n_sms, n_http;
	int status;        /* what every agency answers */
	bool unread;       /* segments are taken as after an unclean end */
};

static inline void fx_options(const struct fx *f, struct store_options *o)
{
	memset(o, 0, sizeof(*o));
	o->path = f->db;
	o->keyring_path = f->keyring;
	o->key_file = f->key;
	o->busy_ms = 1000;
}

static inline void fx_open_store(struct fx *f)
{
	struct store_options o;
	char err[256] = "";

	fx_options(f, &o);
	if (store_open(&o, &f->st, err, sizeof(err)) != STORE_OK)
		fail_msg("store_open: %s", err);
	f->d.st = f->st;
}

static inline void fx_begin(struct fx *f)
{
	OK(store_begin(f->st));
}

static inline void fx_commit(struct fx *f)
{
	OK(store_commit(f->st));
}

static inline void fx_person(struct fx *f, const char *id, const char *number, const char *role,
			     const char *school, const char *classes, const char *agency)
{
	struct reporter r;

	memset(&r, 0, sizeof(r));
	snprintf(r.id, sizeof(r.id), "%s", id);
	snprintf(r.role, sizeof(r.role), "%s", role);
	snprintf(r.school, sizeof(r.school), "%s", school);
	snprintf(r.agency, sizeof(r.agency), "%s", agency);
	snprintf(r.lang, sizeof(r.lang), "sq");
	r.active = true;
	for (const char *p = classes; *p;) {
		size_t n = strcspn(p, " ");
		snprintf(r.classes[r.n_classes++], sizeof(r.classes[0]), "%.*s", (int)n, p);
		p += n + (p[n] == ' ');
	}
	OK(roster_put(f->st, &r, number, f->d.now));
}

static inline void fx_roster(struct fx *f)
{
	for (size_t i = 0; i < f->cf->n_classes; i++) {
		const struct config_class_row *c = &f->cf->classes[i];
		OK(school_put(f->st, c->school));
		OK(class_put(f->st, c->school, c->class_name, c->register_size, c->shift));
	}
	for (size_t i = 0; i < f->cf->n_roster; i++) {
		const struct config_roster_row *r = &f->cf->roster[i];
		fx_person(f, r->id, r->number, r->role, r->school, r->classes, r->agency);
	}
}

static inline void fx_at(struct fx *f, const char *iso)
{
	f->d.now = clock_utc_of(iso);
	assert_true(f->d.now > 0);
}

static inline int fx_setup(void **state)
{
	struct fx *f = calloc(1, sizeof(*f));
	struct store_options o;
	char err[256] = "";

	assert_non_null(f);
	f->sms = calloc(OUT_MAX, sizeof(*f->sms));
	f->http = calloc(OUT_MAX, sizeof(*f->http));
	assert_non_null(f->sms);
	assert_non_null(f->http);
	snprintf(f->dir, sizeof(f->dir), "/tmp/kujdestar-fx-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->db, sizeof(f->db), "%s/kujdestar.db", f->dir);
	snprintf(f->keyring, sizeof(f->keyring), "%s/keyring.db", f->dir);
	snprintf(f->key, sizeof(f->key), "%s/master.key", f->dir);
	assert_int_equal(config_load(FX_CONFIG, &f->cf, stderr), 0);
	assert_int_equal(clock_zone(f->cf->timezone), 0);
	f->d.cf = f->cf;
	f->d.nudges = &f->nudges;
	f->d.checker = checker_new(false);
	assert_non_null(f->d.checker);
	f->status = 200;
	fx_at(f, "2026-11-18T10:15");
	fx_options(f, &o);
	if (store_init(&o, err, sizeof(err)) != STORE_OK)
		fail_msg("store_init: %s", err);
	fx_open_store(f);
	fx_begin(f);
	fx_roster(f);
	/* No test hears of classes that did not report, but those about it: fx_silence. */
	OK(store_meta_put(f->st, "silence.next", "4102444800 late"));
	OK(store_meta_put(f->st, "silence.swept", "0"));
	fx_commit(f);
	*state = f;
	return 0;
}

static inline int fx_teardown(void **state)
{
	struct fx *f = *state;
	DIR *dir = opendir(f->dir);
	struct dirent *e;
	char path[400];

	checker_free(f->d.checker);
	store_close(f->st);
	config_free(f->cf);
	while (dir && (e = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", f->dir, e->d_name);
		unlink(path);
	}
	if (dir)
		closedir(dir);
	rmdir(f->dir);
	free(f->sms);
	free(f->http);
	free(f);
	return 0;
}

/* ---- in ------------------------------------------------------------------------------------- */

static inline bool fx_take(struct fx *f, const uint8_t *octets, size_t len)
{
	struct wire_segment s;
	int64_t id;
	bool fresh;

	memset(&s, 0, sizeof(s));
	s.token = f->place;
	s.memory = wire_str("SM");
	s.place = ++f->place;
	s.octets = wire_blob(octets, len);
	s.view_sender = s.view_text = wire_str("");
	OK(intake_take(&f->d, "sim1", &s, f->unread, &id, &fresh));
	return fresh;
}

static inline int fx_process(struct fx *f)
{
	struct intake_item it;
	int n = 0;

	while (intake_peek(&f->d, &it) == STORE_OK) {
		int rc = intake_process(&f->d, &it, f->words, sizeof(f->words));
		if (rc != STORE_OK)
			fail_msg("intake_process: %s: %s", store_rc_name(rc), store_errmsg(f->st));
		if (it.kind == INTAKE_MESSAGE)
			f->message = it.id;
		n++;
		assert_in_range(n, 1, 1000);
	}
	return n;
}

static inline void fx_deliver(const struct fx *f, const char *from, struct tpdu *t)
{
	memset(t, 0, sizeof(*t));
	t->kind = TPDU_DELIVER;
	t->alphanumeric = from[0] != '+' && (from[0] < '0' || from[0] > '9');
	snprintf(t->address, sizeof(t->address), "%s", from);
	t->scts = f->d.now;
	t->zone = 3600;
	t->port = -1;
	t->validity = -1;
}

/* Parts of a text as the network would deliver them; returns how many. */
static inline int fx_parts(struct fx *f, const char *from, const char *text, uint8_t octets[][256],
			   size_t len[], int max)
{
	struct tpdu base, parts[10];

	fx_deliver(f, from, &base);
	int n = tpdu_split(&base, text, strlen(text), (uint16_t)(++f->ref & 0xff), parts, max);
	assert_in_range(n, 1, max);
	for (int i = 0; i < n; i++) {
		int k = tpdu_encode(&parts[i], octets[i], 256);
		assert_true(k > 0);
		len[i] = (size_t)k;
	}
	return n;
}

/* The turn is committed: PINs in its texts are hashed, and a turn acts on each. */
static inline void fx_verdicts(struct fx *f)
{
	const struct checker_job *job;
	int64_t message;

	checker_commit(f->d.checker);
	while (checker_step(f->d.checker)) {
		fx_begin(f);
		while ((job = checker_done(f->d.checker)) != NULL) {
			int rc = intake_verdict(&f->d, job, &message, f->verdict_reply, f->words,
						sizeof(f->words));
			if (rc != STORE_OK)
				fail_msg("intake_verdict: %s: %s", store_rc_name(rc), store_errmsg(f->st));
			f->message = message ? message : f->message;
			checker_settled(f->d.checker);
		}
		fx_commit(f);
		checker_commit(f->d.checker);
	}
}

static inline void fx_sms(struct fx *f, const char *from, const char *text)
{
	uint8_t octets[10][256];
	size_t len[10];

	int n = fx_parts(f, from, text, octets, len, 10);
	fx_begin(f);
	for (int i = 0; i < n; i++)
		fx_take(f, octets[i], len[i]);
	fx_process(f);
	fx_commit(f);
	fx_verdicts(f);
	f->d.now++; /* no two texts of a test share a second */
}

/* ---- out ------------------------------------------------------------------------------------ */

static inline void fx_keep_sms(struct fx *f, const struct hand_held *h, const struct wire_frame *w)
{
	struct fx_sms *s = &f->sms[f->n_sms++];

	assert_true(f->n_sms < OUT_MAX);
	snprintf(s->to, sizeof(s->to), "%s", h->item.number);
	snprintf(s->kind, sizeof(s->kind), "%s", h->item.kind);
	snprintf(s->text, sizeof(s->text), "%.1199s", h->item.body);
	s->parts = w->u.work_sms.n_parts;
	s->urgent = h->item.urgent;
	s->id = h->item.id;
	s->alert = h->item.alert;
	s->at = f->d.now;
}

static inline void fx_keep_http(struct fx *f, const struct hand_held *h, const struct wire_frame *w)
{
	struct fx_http *s = &f->http[f->n_http++];
	size_t at = 0;

	assert_true(f->n_http < OUT_MAX);
	snprintf(s->agency, sizeof(s->agency), "%s", h->item.agency);
	snprintf(s->event, sizeof(s->event), "%s", h->item.event);
	snprintf(s->uid, sizeof(s->uid), "%s", h->item.uid);
	snprintf(s->body, sizeof(s->body), "%.4095s", h->item.body);
	for (int i = 0; i < w->u.work_http.n_headers; i++)
		at += (size_t)snprintf(s->headers + at, sizeof(s->headers) - at, "%.*s\n",
				       (int)w->u.work_http.header[i].len,
				       w->u.work_http.header[i].s);
	s->id = h->item.id;
	s->alert = h->item.alert;
	s->at = f->d.now;
}

static inline void fx_drain_sms(struct fx *f)
{
	static struct hand_held h;
	static struct wire_frame w;
	char words[200];

	while (hand_sms(&f->d, "sim1", NULL, &h, &w) == STORE_OK) {
		fx_keep_sms(f, &h, &w);
		for (uint16_t i = 0; i < w.u.work_sms.n_parts; i++) {
			struct wire_done_sms r = { .job = h.item.id,
						   .part = i,
						   .result = WIRE_SMS_SENT,
						   .mr = (uint8_t)(h.item.id + i),
						   .detail = { "", 0 } };
			OK(settle_sms(&f->d, "sim1", &r, words, sizeof(words)));
		}
	}
}

/* Everything that is due leaves: SMS are sent, agencies answer f->status. */
static inline void fx_drain(struct fx *f)
{
	static struct hand_held h;
	static struct wire_frame w;
	char words[200];

	fx_begin(f);
	fx_drain_sms(f);
	while (hand_http(&f->d, NULL, NULL, &h, &w) == STORE_OK) {
		fx_keep_http(f, &h, &w);
		struct wire_done_http r = { .job = h.item.id, .result = WIRE_HTTP_ANSWERED,
					    .status = (uint16_t)f->status, .retry_after = -1,
					    .body = { "", 0 }, .detail = { "", 0 } };
		OK(settle_http(&f->d, &r, words, sizeof(words)));
	}
	fx_drain_sms(f); /* what an outcome called for */
	fx_commit(f);
}

static inline void fx_clear(struct fx *f)
{
	fx_drain(f);
	f->n_sms = f->n_http = 0;
}

/* The only SMS to a number since fx_clear, or "" when there is none; more than one fails. */
static inline const char *fx_to(struct fx *f, const char *number)
{
	const char *found = "";
	int n = 0;

	for (size_t i = 0; i < f->n_sms; i++) {
		if (strcmp(f->sms[i].to, number) == 0) {
			found = f->sms[i].text;
			n++;
		}
	}
	if (n > 1)
		fail_msg("%d SMS to %s, the last: %s", n, number, found);
	return found;
}

static inline int fx_count_to(const struct fx *f, const char *number)
{
	int n = 0;

	for (size_t i = 0; i < f->n_sms; i++)
		n += strcmp(f->sms[i].to, number) == 0;
	return n;
}

static inline const struct fx_http *fx_agency(const struct fx *f, const char *agency)
{
	for (size_t i = 0; i < f->n_http; i++) {
		if (strcmp(f->http[i].agency, agency) == 0)
			return &f->http[i];
	}
	return NULL;
}

/* One text and what it brings: the sender's reply. */
static inline const char *fx_ask(struct fx *f, const char *from, const char *text)
{
	fx_clear(f);
	fx_sms(f, from, text);
	fx_drain(f);
	return fx_to(f, from);
}

static inline void fx_due(struct fx *f)
{
	int64_t next;
	int n;

	fx_begin(f);
	OK(effects_due(&f->d, &n, &next));
	fx_commit(f);
	fx_drain(f);
}

/* As `kujdestar contact pin` does; second "": none. */
static inline void fx_secret(struct fx *f, const char *id, enum secret_kind kind, const char *first,
			     const char *second)
{
	struct secret_row s;

	memset(&s, 0, sizeof(s));
	pin_random(s.salt, sizeof(s.salt));
	pin_random(s.second, sizeof(s.second));
	assert_int_equal(pin_hash(first, s.salt, s.hash), 0);
	if (second[0])
		assert_int_equal(pin_hash(second, s.salt, s.second), 0);
	fx_begin(f);
	OK(secret_put(f->st, id, kind, &s, f->d.now));
	fx_commit(f);
}

/* From now on deadlines are watched. */
static inline void fx_silence(struct fx *f)
{
	char at[24];

	snprintf(at, sizeof(at), "%lld", (long long)f->d.now);
	fx_begin(f);
	OK(store_meta_put(f->st, "silence.next", at));
	OK(store_meta_put(f->st, "silence.swept", at));
	OK(store_meta_put(f->st, "silence.since", at));
	fx_commit(f);
	int64_t next;
	int n;
	fx_begin(f);
	OK(effects_due(&f->d, &n, &next));
	fx_commit(f);
}

/* The message last read. */
static inline void fx_load(struct fx *f, struct message *m)
{
	OK(inbox_load(f->st, f->message, m));
}

static inline void fx_assert_state(struct fx *f, const char *state)
{
	struct message m;

	fx_load(f, &m);
	assert_string_equal(m.state, state);
}

/* Does any file of the store hold these bytes? */
static inline bool fx_on_disk(const struct fx *f, const char *bytes)
{
	DIR *dir = opendir(f->dir);
	struct dirent *e;
	bool found = false;
	char path[400];

	assert_non_null(dir);
	while (!found && (e = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", f->dir, e->d_name);
		FILE *file = fopen(path, "rb");
		if (!file || e->d_name[0] == '.') {
			if (file)
				fclose(file);
			continue;
		}
		fseek(file, 0, SEEK_END);
		long size = ftell(file);
		rewind(file);
		char *all = malloc((size_t)(size > 0 ? size : 1));
		assert_non_null(all);
		size_t n = fread(all, 1, (size_t)(size > 0 ? size : 0), file);
		found = n > 0 && memmem(all, n, bytes, strlen(bytes)) != NULL;
		free(all);
		fclose(file);
	}
	closedir(dir);
	return found;
}

static inline int fx_absent(struct fx *f, const char *school, const char *class_name,
			    const char *day, int *pupils, size_t max, bool *reported)
{
	size_t n = 0;

	int rc = attendance_of_day(f->st, school, class_name, day, pupils, max, &n, reported);
	assert_true(rc == STORE_OK || rc == STORE_NONE);
	return (int)n;
}

static inline int fx_alerts(struct fx *f, struct alert_row *rows, size_t max)
{
	size_t n = 0;

	int rc = alert_list(f->st, false, rows, max, &n);
	assert_true(rc == STORE_OK || rc == STORE_NONE);
	return (int)n;
}
#endif
