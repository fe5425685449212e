/* test_store_inbox.c - segments, joining, messages, readings: once in, whatever comes again. */
#include "tests/component/store_common.h"

#include "store/cases.h"
#include "store/inbox.h"

#define ALNUM "Posta"

static int64_t add(struct box *b, const char *octets, int64_t received)
{
	const struct segment_new n = { .modem = "m1", .memory = "SM", .place = 3, .received = received,
				       .octets = octets, .len = strlen(octets) };
	int64_t id = 0;
	bool fresh = false, settled = true;
	OK(inbox_add_segment(b->st, &n, &id, &fresh, &settled));
	assert_true(fresh);
	assert_false(settled);
	return id;
}

static struct segment_facts part(const char *sender, int ref, int total, int seq)
{
	return (struct segment_facts){ .sender = sender, .sent = NOW - 30 + seq, .zone = 3600,
				       .ref = (uint16_t)ref, .bits = 8, .total = (uint8_t)total,
				       .seq = (uint8_t)seq };
}

static int64_t join(struct box *b, int64_t seg, struct segment_facts f, bool complete)
{
	int64_t m = 0;
	bool whole = false, dup = true;
	OK(inbox_join(b->st, seg, &f, NOW, 3600, &m, &whole, &dup));
	assert_int_equal(whole, complete);
	assert_false(dup);
	return m;
}

static int64_t single(struct box *b, const char *octets, const char *sender)
{
	struct segment_facts f = { .sender = sender, .sent = NOW - 5 };
	return join(b, add(b, octets, NOW), f, true);
}

static void settled_is(struct box *b, const char *octets, int64_t want, bool settled)
{
	const struct segment_new n = { .modem = "m2", .memory = "ME", .place = 9, .received = NOW + 50,
				       .octets = octets, .len = strlen(octets) };
	int64_t id = 0;
	bool fresh = true, done = !settled;
	OK(inbox_add_segment(b->st, &n, &id, &fresh, &done));
	assert_false(fresh);
	assert_int_equal(id, want);
	assert_int_equal(done, settled);
}

/* The network may hand the same text over again with another TP-MMS; another sender is another text. */
static void test_more_messages_to_send_makes_no_other_text(void **state)
{
	struct box *b = *state;
	static const uint8_t tpdu[3][6] = { { 1, 0x91, 0x04, 1, 2, 3 }, { 1, 0x91, 0x00, 1, 2, 3 },
					    { 1, 0x91, 0x04, 1, 2, 7 } };
	int64_t id[3];
	bool fresh, settled;
	OK(store_begin(b->st));
	for (int i = 0; i < 3; i++) {
		const struct segment_new n = { .modem = "m1", .memory = "SM", .received = NOW,
					       .octets = tpdu[i], .len = sizeof tpdu[i] };
		OK(inbox_add_segment(b->st, &n, &id[i], &fresh, &settled));
		assert_int_equal(fresh, i != 1);
	}
	assert_int_equal(id[0], id[1]);
	assert_int_not_equal(id[0], id[2]);
	OK(store_commit(b->st));
}

static void test_same_segment_is_one_row(void **state)
{
	struct box *b = *state;
	struct segment s;
	OK(store_begin(b->st));
	int64_t id = add(b, "first octets", NOW);
	settled_is(b, "first octets", id, false);
	OK(store_commit(b->st));
	box_reopen(b);
	OK(store_begin(b->st));
	settled_is(b, "first octets", id, false);
	OK(inbox_next_segment(b->st, 0, &s));
	assert_int_equal(s.id, id);
	assert_int_equal(s.len, 12);
	assert_memory_equal(s.octets, "first octets", 12);
	assert_string_equal(s.modem, "m1");
	assert_int_equal(s.received, NOW);
	RC(STORE_NONE, inbox_next_segment(b->st, id, &s));
	OK(store_commit(b->st));
}

static void test_segment_bounds(void **state)
{
	struct box *b = *state;
	static char big[300];
	struct segment_new n = { .modem = "m1", .memory = "SM", .received = NOW, .octets = big };
	int64_t id;
	bool fresh, settled;
	OK(store_begin(b->st));
	n.len = 257;
	RC(STORE_BOUND, inbox_add_segment(b->st, &n, &id, &fresh, &settled));
	n.len = 0;
	RC(STORE_BOUND, inbox_add_segment(b->st, &n, &id, &fresh, &settled));
	n.len = 256;
	OK(inbox_add_segment(b->st, &n, &id, &fresh, &settled));
	n.len = 255;
	n.modem = "a modem name that is much too long";
	RC(STORE_BOUND, inbox_add_segment(b->st, &n, &id, &fresh, &settled));
	store_rollback(b->st);
}

static void test_quarantine_and_settle(void **state)
{
	struct box *b = *state;
	struct segment s;
	int64_t ready, waiting, queued, quarantined;
	OK(store_begin(b->st));
	int64_t a = add(b, "one", NOW), c = add(b, "two", NOW);
	OK(inbox_count_attempt(b->st, a));
	OK(inbox_count_attempt(b->st, a));
	RC(STORE_NONE, inbox_count_attempt(b->st, 999));
	OK(inbox_next_segment(b->st, 0, &s));
	assert_int_equal(s.attempts, 2);
	OK(inbox_quarantine(b->st, a, "does not decode"));
	RC(STORE_STATE, inbox_quarantine(b->st, a, "again"));
	RC(STORE_STATE, inbox_settle_segment(b->st, a, "after"));
	OK(inbox_settle_segment(b->st, c, "delivery report"));
	RC(STORE_STATE, inbox_quarantine(b->st, c, "after"));
	RC(STORE_STATE, inbox_quarantine(b->st, 999, "no such"));
	RC(STORE_NONE, inbox_next_segment(b->st, 0, &s));
	settled_is(b, "one", a, true);
	settled_is(b, "two", c, true);
	OK(inbox_queue_count(b->st, &ready, &waiting, &queued, &quarantined));
	assert_int_equal(quarantined, 1);
	OK(store_commit(b->st));
}

static void test_reason_is_cut_not_refused(void **state)
{
	struct box *b = *state;
	char long_reason[300];
	for (size_t i = 0; i + 2 < sizeof long_reason; i += 2)
		memcpy(long_reason + i, "\xc3\xab", 2);
	long_reason[298] = '\0';
	OK(store_begin(b->st));
	OK(inbox_quarantine(b->st, add(b, "one", NOW), long_reason));
	OK(store_commit(b->st));
}

static void test_join_any_order(void **state)
{
	static const int orders[6][3] = { { 1, 2, 3 }, { 1, 3, 2 }, { 2, 1, 3 },
					  { 2, 3, 1 }, { 3, 1, 2 }, { 3, 2, 1 } };
	struct box *b = *state;
	char octets[32];
	struct segment s;
	struct message *m = calloc(1, sizeof *m);
	OK(store_begin(b->st));
	for (int o = 0; o < 6; o++) {
		int64_t first = 0, id = 0;
		for (int i = 0; i < 3; i++) {
			snprintf(octets, sizeof octets, "order %d part %d", o, orders[o][i]);
			id = join(b, add(b, octets, NOW), part(NUMBER_A, 40 + o, 3, orders[o][i]), i == 2);
			first = i ? first : id;
			assert_int_equal(id, first);
		}
		OK(inbox_load(b->st, id, m));
		assert_string_equal(m->state, "ready");
		assert_int_equal(m->have, 3);
		assert_int_equal(m->total, 3);
		for (int i = 1; i <= 3; i++) {
			snprintf(octets, sizeof octets, "order %d part %d", o, i);
			OK(inbox_part(b->st, id, i, &s));
			assert_memory_equal(s.octets, octets, s.len);
		}
		RC(STORE_NONE, inbox_part(b->st, id, 4, &s));
	}
	OK(store_commit(b->st));
	free(m);
}

static void test_two_senders_same_reference(void **state)
{
	struct box *b = *state;
	OK(store_begin(b->st));
	int64_t a = join(b, add(b, "a1", NOW), part(NUMBER_A, 7, 2, 1), false);
	int64_t c = join(b, add(b, "c2", NOW), part(NUMBER_B, 7, 2, 2), false);
	int64_t d = join(b, add(b, "d1", NOW), part(ALNUM, 7, 2, 1), false);
	assert_true(a != c && c != d && a != d);
	assert_int_equal(join(b, add(b, "c1", NOW), part(NUMBER_B, 7, 2, 1), true), c);
	assert_int_equal(join(b, add(b, "a2", NOW), part(NUMBER_A, 7, 2, 2), true), a);
	/* Same reference, other total or width: another message. */
	int64_t e = join(b, add(b, "e1", NOW), part(NUMBER_A, 7, 3, 1), false);
	struct segment_facts wide = part(NUMBER_A, 7, 3, 2);
	wide.bits = 16;
	assert_true(join(b, add(b, "e2", NOW), wide, false) != e);
	OK(store_commit(b->st));
}

static void test_parts_over_reopen(void **state)
{
	struct box *b = *state;
	int64_t ready;
	int tries = -1;
	OK(store_begin(b->st));
	int64_t m = join(b, add(b, "p2", NOW), part(NUMBER_A, 9, 2, 2), false);
	RC(STORE_NONE, inbox_next_ready(b->st, 0, &ready, &tries));
	OK(store_commit(b->st));
	box_reopen(b);
	OK(store_begin(b->st));
	assert_int_equal(join(b, add(b, "p1", NOW), part(NUMBER_A, 9, 2, 1), true), m);
	OK(store_commit(b->st));
	OK(inbox_next_ready(b->st, 0, &ready, &tries));
	assert_int_equal(ready, m);
	assert_int_equal(tries, 0);
	RC(STORE_NONE, inbox_next_ready(b->st, m, &ready, &tries));
}

static int64_t at_once(struct box *b, const char *octets, const char *sender, const char *text,
		       int64_t *message, bool want)
{
	const struct segment_new n = { .modem = "m1", .memory = "SM", .place = 3, .received = NOW,
				       .octets = octets, .len = strlen(octets) };
	const struct segment_facts f = { .sender = sender, .sent = NOW - 5, .zone = 3600 };
	int64_t id = 0;
	bool fresh = !want;
	OK(inbox_add_whole(b->st, &n, &f, text, strlen(text), &id, message, &fresh));
	assert_int_equal(fresh, want);
	return id;
}

/* Segment, joining and text in one step leave what three steps leave. */
static void test_whole_at_once(void **state)
{
	struct box *b = *state;
	static struct message slow, quick;
	struct segment part;
	int64_t m = 0, none = 0, ready = 0;
	int tries = -1;
	OK(store_begin(b->st));
	struct segment_facts f = { .sender = NUMBER_A, .sent = NOW - 5, .zone = 3600 };
	int64_t old = join(b, add(b, "o1", NOW), f, true);
	OK(inbox_set_text(b->st, old, "mungese 5A 7", 12));
	int64_t seg = at_once(b, "o2", NUMBER_A, "mungese 5A 7", &m, true);
	OK(store_commit(b->st));
	OK(inbox_load(b->st, old, &slow));
	OK(inbox_load(b->st, m, &quick));
	slow.id = quick.id;
	assert_memory_equal(&slow, &quick, sizeof slow);
	OK(inbox_part(b->st, m, 1, &part));
	assert_int_equal(part.id, seg);
	assert_memory_equal(part.octets, "o2", 2);
	OK(inbox_next_ready(b->st, old, &ready, &tries));
	assert_int_equal(ready, m);

	OK(store_begin(b->st));
	settled_is(b, "o2", seg, false);
	assert_int_equal(at_once(b, "o2", NUMBER_A, "mungese 5A 7", &none, false), seg);
	at_once(b, "o1", NUMBER_A, "mungese 5A 7", &none, false); /* whichever way it came first */
	assert_int_equal(none, 0);
	OK(inbox_settle(b->st, m, "read", "T1", "", NOW));
	settled_is(b, "o2", seg, true);
	OK(store_commit(b->st));
}

static void test_whole_at_once_refuses(void **state)
{
	struct box *b = *state;
	char sender[64];
	const struct segment_new n = { .modem = "m1", .memory = "SM", .octets = "o", .len = 1 };
	struct segment_facts f = { .sender = sender };
	int64_t id, m;
	bool fresh;
	memset(sender, '1', sizeof sender);
	sender[60] = '\0';
	OK(store_begin(b->st));
	RC(STORE_BOUND, inbox_add_whole(b->st, &n, &f, "x", 1, &id, &m, &fresh));
	f.sender = NUMBER_A;
	RC(STORE_BOUND, inbox_add_whole(b->st, &n, &f, "x", 5000, &id, &m, &fresh));
	assert_false(fresh);
	at_once(b, "o", NUMBER_A, "", &m, true); /* an empty text is one too */
	OK(store_commit(b->st));
}

static void duplicate(struct box *b, int64_t seg, struct segment_facts f, int64_t want)
{
	int64_t m = 0;
	bool whole = true, dup = false;
	OK(inbox_join(b->st, seg, &f, NOW, 3600, &m, &whole, &dup));
	assert_true(dup);
	assert_false(whole);
	assert_int_equal(m, want);
}

static void test_duplicate_parts(void **state)
{
	struct box *b = *state;
	struct segment s;
	OK(store_begin(b->st));
	int64_t m = join(b, add(b, "d1", NOW), part(NUMBER_A, 11, 2, 1), false);
	int64_t again = add(b, "d1 other octets", NOW);
	duplicate(b, again, part(NUMBER_A, 11, 2, 1), m);
	settled_is(b, "d1 other octets", again, true);
	OK(inbox_part(b->st, m, 1, &s));
	assert_memory_equal(s.octets, "d1", 2);
	join(b, add(b, "d2", NOW), part(NUMBER_A, 11, 2, 2), true);
	/* After the message was whole: the same stamp is the same part, another one is not. */
	duplicate(b, add(b, "d2 once more", NOW), part(NUMBER_A, 11, 2, 2), m);
	struct segment_facts later = part(NUMBER_A, 11, 2, 2);
	later.sent += 900;
	assert_true(join(b, add(b, "d2 of a new one", NOW), later, false) != m);
	OK(store_commit(b->st));
}

static void test_join_refusals(void **state)
{
	struct box *b = *state;
	struct segment_facts f = part(NUMBER_A, 1, 2, 3);
	int64_t m;
	bool whole, dup;
	OK(store_begin(b->st));
	int64_t seg = add(b, "x", NOW);
	RC(STORE_BOUND, inbox_join(b->st, seg, &f, NOW, 60, &m, &whole, &dup));
	f.seq = 0;
	RC(STORE_BOUND, inbox_join(b->st, seg, &f, NOW, 60, &m, &whole, &dup));
	f.seq = 1;
	OK(inbox_join(b->st, seg, &f, NOW, 60, &m, &whole, &dup));
	RC(STORE_STATE, inbox_join(b->st, seg, &f, NOW, 60, &m, &whole, &dup));
	RC(STORE_STATE, inbox_join(b->st, 999, &f, NOW, 60, &m, &whole, &dup));
	OK(store_commit(b->st));
}

static void test_gap_is_released(void **state)
{
	struct box *b = *state;
	struct message *m = calloc(1, sizeof *m);
	int64_t id = 0, ready, waiting, queued, quarantined;
	OK(store_begin(b->st));
	int64_t a = join(b, add(b, "g1", NOW), part(NUMBER_A, 1, 3, 1), false);
	int64_t c = join(b, add(b, "g2", NOW), part(NUMBER_B, 1, 3, 2), false);
	OK(inbox_queue_count(b->st, &ready, &waiting, &queued, &quarantined));
	assert_int_equal(waiting, 2);
	RC(STORE_NONE, inbox_release_gap(b->st, NOW, &id));
	OK(inbox_release_gap(b->st, NOW + 1, &id));
	assert_int_equal(id, a);
	OK(inbox_release_gap(b->st, NOW + 1, &id));
	assert_int_equal(id, c);
	RC(STORE_NONE, inbox_release_gap(b->st, NOW + 1, &id));
	OK(inbox_load(b->st, a, m));
	assert_string_equal(m->state, "ready");
	assert_int_equal(m->have, 1);
	assert_int_equal(m->total, 3);
	/* Outside the window the same reference begins anew. */
	struct segment_facts f = part(NUMBER_A, 1, 3, 2);
	bool whole, dup;
	OK(inbox_join(b->st, add(b, "g3", NOW + 7200), &f, NOW + 7200, 3600, &id, &whole, &dup));
	assert_true(id != a && !dup);
	OK(store_commit(b->st));
	free(m);
}

static void test_message_life(void **state)
{
	struct box *b = *state;
	struct message *m = calloc(1, sizeof *m);
	OK(store_begin(b->st));
	int64_t id = single(b, "octets", NUMBER_A);
	OK(inbox_set_text(b->st, id, "MUNGON 5A 12", 12));
	OK(inbox_count_message_attempt(b->st, id));
	OK(inbox_load(b->st, id, m));
	assert_string_equal(m->text, "MUNGON 5A 12");
	assert_int_equal(m->text_len, 12);
	assert_string_equal(m->sender, NUMBER_A);
	assert_string_equal(m->channel, "sms");
	assert_string_equal(m->modem, "m1");
	assert_int_equal(m->attempts, 1);
	assert_int_equal(m->sent, NOW - 5);
	RC(STORE_STATE, inbox_settle(b->st, id, "ready", "T1", "", NOW));
	RC(STORE_STATE, inbox_settle(b->st, id, "nonsense", "T1", "", NOW));
	settled_is(b, "octets", 0 + 1, false);
	OK(inbox_settle(b->st, id, "read", "T1", "", NOW));
	settled_is(b, "octets", 1, true);
	RC(STORE_STATE, inbox_settle(b->st, id, "read", "T1", "", NOW));
	RC(STORE_STATE, inbox_settle(b->st, id, "queued", "T1", "", NOW));
	OK(inbox_load(b->st, id, m));
	assert_string_equal(m->reporter, "T1");
	assert_string_equal(m->state, "read");
	id = single(b, "other octets", ALNUM);
	OK(inbox_settle(b->st, id, "queued", "", "not understood", NOW));
	RC(STORE_STATE, inbox_settle(b->st, id, "quarantined", "", "", NOW));
	OK(inbox_settle(b->st, id, "read", "", "a person did", NOW));
	id = single(b, "third octets", ALNUM);
	OK(inbox_settle(b->st, id, "quarantined", "", "killed the reader twice", NOW));
	RC(STORE_STATE, inbox_settle(b->st, id, "read", "", "", NOW));
	RC(STORE_NONE, inbox_load(b->st, 9999, m));
	RC(STORE_NONE, inbox_set_text(b->st, 9999, "x", 1));
	RC(STORE_NONE, inbox_count_message_attempt(b->st, 9999));
	static char big[4200];
	RC(STORE_BOUND, inbox_set_text(b->st, id, big, 4096));
	memset(big, 'x', sizeof big);
	OK(inbox_set_text(b->st, id, big, 4095));
	OK(store_commit(b->st));
	OK(inbox_load(b->st, id, m));
	assert_int_equal(m->text_len, 4095);
	free(m);
}

static void test_message_of_another_channel(void **state)
{
	struct box *b = *state;
	struct message *m = calloc(1, sizeof *m);
	int64_t a = 0, c = 0, n;
	OK(store_begin(b->st));
	OK(inbox_add_message(b->st, "http", NUMBER_A, "BATCH", 5, NOW - 1, NOW, "agg:77", &a));
	RC(STORE_EXISTS, inbox_add_message(b->st, "http", NUMBER_A, "BATCH", 5, NOW, NOW, "agg:77", &c));
	assert_int_equal(a, c);
	OK(inbox_add_message(b->st, "console", "cli:1000", "", 0, 0, NOW, NULL, &c));
	assert_true(a != c);
	RC(STORE_BOUND, inbox_add_message(b->st, "pigeon", NUMBER_A, "x", 1, 0, NOW, NULL, &c));
	store_rollback(b->st);
	OK(store_begin(b->st));
	OK(inbox_add_message(b->st, "http", NUMBER_A, "BATCH", 5, NOW - 1, NOW, "agg:77", &a));
	OK(store_commit(b->st));
	OK(inbox_load(b->st, a, m));
	assert_string_equal(m->text, "BATCH");
	assert_string_equal(m->channel, "http");
	assert_string_equal(m->state, "ready");
	OK(inbox_recent_count(b->st, NUMBER_A, NOW, &n));
	assert_int_equal(n, 1);
	OK(inbox_recent_count(b->st, NUMBER_A, NOW + 1, &n));
	assert_int_equal(n, 0);
	OK(inbox_recent_count(b->st, NUMBER_B, 0, &n));
	assert_int_equal(n, 0);
	free(m);
}

/* Each file of the store: no number, no text, no octet of a TPDU in clear. */
static void test_nothing_in_clear(void **state)
{
	struct box *b = *state;
	OK(store_begin(b->st));
	int64_t id = single(b, "RAWOCTETSOFATPDU", NUMBER_A);
	OK(inbox_set_text(b->st, id, "SECRETTEXTOFAREPORT", 19));
	OK(store_commit(b->st));
	assert_int_equal(box_holds(b, "RAWOCTETSOFATPDU", 16), 0);
	assert_int_equal(box_holds(b, "SECRETTEXTOFAREPORT", 19), 0);
	assert_int_equal(box_holds(b, &NUMBER_A[4], 9), 0);
	assert_true(box_holds(b, "CREATE TABLE", 12) > 0);
	OK(store_scrub(b->st));
	assert_int_equal(box_holds(b, "SECRETTEXTOFAREPORT", 19), 0);
	store_close(b->st);
	b->st = NULL;
	assert_int_equal(box_holds(b, "SECRETTEXTOFAREPORT", 19), 0);
	assert_int_equal(box_holds(b, &NUMBER_A[4], 9), 0);
}

static int64_t a_case(struct box *b, const char *code, int64_t message)
{
	struct case_row c = { .message = message, .age = -1, .n_children = -1, .pupil = -1 };
	int64_t id = 0;
	snprintf(c.code, sizeof c.code, "%s", code);
	OK(case_add(b->st, &c, NOW, &id));
	return id;
}

static void test_redaction(void **state)
{
	struct box *b = *state;
	struct message *m = calloc(1, sizeof *m);
	struct segment s;
	OK(store_begin(b->st));
	int64_t id = single(b, "octets with a name", NUMBER_A);
	OK(inbox_set_text(b->st, id, "text with a name", 16));
	OK(store_commit(b->st));
	assert_false(store_needs_scrub(b->st));
	OK(store_begin(b->st));
	OK(inbox_redact(b->st, id, 0, "text with a ...", 15));
	OK(store_commit(b->st));
	assert_true(store_needs_scrub(b->st));
	OK(store_scrub(b->st));
	assert_false(store_needs_scrub(b->st));
	OK(inbox_load(b->st, id, m));
	assert_string_equal(m->text, "text with a ...");
	RC(STORE_NONE, inbox_part(b->st, id, 1, &s));
	OK(store_begin(b->st));
	settled_is(b, "octets with a name", 1, false);
	OK(inbox_redact(b->st, id, a_case(b, "E26-0001-V", id), "", 0));
	OK(store_commit(b->st));
	OK(inbox_load(b->st, id, m));
	assert_int_equal(m->text_len, 0);
	OK(store_begin(b->st));
	RC(STORE_NONE, inbox_redact(b->st, 999, 0, "", 0));
	store_rollback(b->st);
	free(m);
}

static void test_sealed_anew_under_the_case(void **state)
{
	struct box *b = *state;
	struct message *m = calloc(1, sizeof *m);
	struct segment s;
	OK(store_begin(b->st));
	int64_t id = join(b, add(b, "part one", NOW), part(NUMBER_A, 5, 2, 1), false);
	join(b, add(b, "part two", NOW), part(NUMBER_A, 5, 2, 2), true);
	OK(inbox_set_text(b->st, id, "a child at risk", 15));
	int64_t c = a_case(b, "E26-0001-V", id);
	OK(inbox_to_case(b->st, id, c));
	OK(store_commit(b->st));
	assert_true(store_needs_scrub(b->st));
	OK(inbox_load(b->st, id, m));
	assert_string_equal(m->text, "a child at risk");
	OK(inbox_part(b->st, id, 2, &s));
	assert_memory_equal(s.octets, "part two", 8);
	OK(store_begin(b->st));
	RC(STORE_KEY, inbox_to_case(b->st, id, 777));
	RC(STORE_NONE, inbox_to_case(b->st, 777, c));
	store_rollback(b->st);
	free(m);
}

static void test_notes_of_a_reading_are_sealed(void **state)
{
	struct box *b = *state;
	char notes[READING_NOTES];
	static char many[READING_NOTES];
	int64_t r;
	size_t len;
	OK(store_begin(b->st));
	int64_t id = single(b, "octets", NUMBER_A);
	OK(reading_put(b->st, id, 0, "form:visit", "", "", "{\"zone\":\"Z3\"}", &r));
	OK(reading_notes(b->st, r, notes, &len));
	assert_int_equal(len, 0);
	OK(reading_put_notes(b->st, r, 0, "{\"note\":\"behind the mill\"}", 26));
	RC(STORE_BOUND, reading_put_notes(b->st, r, 0, many, sizeof many));
	OK(store_commit(b->st));
	OK(reading_notes(b->st, r, notes, &len));
	assert_string_equal(notes, "{\"note\":\"behind the mill\"}");
	RC(STORE_NONE, reading_notes(b->st, 999, notes, &len));
	assert_int_equal(box_holds(b, "behind the mill", 15), 0);
	assert_true(box_holds(b, "form:visit", 10) > 0);
	OK(store_begin(b->st));
	RC(STORE_STATE, reading_put_notes(b->st, 999, 0, "{}", 2));
	store_rollback(b->st);
}

static void test_readings(void **state)
{
	struct box *b = *state;
	int64_t r1, r2, again, reading, message;
	char intent[48], keys[256];
	OK(store_begin(b->st));
	int64_t id = single(b, "octets", NUMBER_A), other = single(b, "octets 2", NUMBER_A);
	OK(reading_put(b->st, id, 0, "case_new", "", "", "{\"zone\":\"Z3\"}", &r1));
	OK(reading_put(b->st, id, 0, "case_new", "", "", "{\"zone\":\"Z3\"}", &again));
	assert_int_equal(r1, again);
	OK(reading_put(b->st, other, 0, "help", "", "", "{}", &r2));
	RC(STORE_NONE, reading_put(b->st, 999, 0, "help", "", "", "{}", &again));
	store_rollback(b->st);
	OK(store_begin(b->st));
	id = single(b, "octets", NUMBER_A);
	other = single(b, "octets 2", NUMBER_A);
	OK(reading_put(b->st, id, 0, "case_new", "", "", "{\"zone\":\"Z3\"}", &r1));
	OK(reading_put(b->st, other, 0, "help", "", "", "{}", &r2));
	a_case(b, "E26-0001-V", id);
	RC(STORE_NONE, reading_last(b->st, "T1", 0, 0, &reading, &message, intent, 48, keys, 256));
	OK(inbox_settle(b->st, id, "read", "T1", "", NOW));
	OK(inbox_settle(b->st, other, "read", "T1", "", NOW));
	OK(reading_last(b->st, "T1", 0, 0, &reading, &message, intent, sizeof intent, keys, sizeof keys));
	assert_int_equal(reading, r1);
	assert_int_equal(message, id);
	assert_string_equal(intent, "case_new");
	assert_string_equal(keys, "{\"zone\":\"Z3\"}");
	RC(STORE_BOUND, reading_last(b->st, "T1", 0, 0, &reading, &message, intent, 48, keys, 4));
	RC(STORE_NONE, reading_last(b->st, "T2", 0, 0, &reading, &message, intent, 48, keys, 256));
	RC(STORE_NONE, reading_last(b->st, "T1", 0, NOW + 1, &reading, &message, intent, 48, keys, 256));
	OK(reading_undone(b->st, r1, NOW));
	RC(STORE_STATE, reading_undone(b->st, r1, NOW));
	RC(STORE_NONE, reading_last(b->st, "T1", 0, 0, &reading, &message, intent, 48, keys, 256));
	OK(store_commit(b->st));
}

static void test_ids_after_rollback(void **state)
{
	struct box *b = *state;
	OK(store_begin(b->st));
	add(b, "lost", NOW);
	store_rollback(b->st);
	OK(store_begin(b->st));
	int64_t a = add(b, "kept", NOW);
	OK(store_commit(b->st));
	box_reopen(b);
	OK(store_begin(b->st));
	assert_true(add(b, "next", NOW) > a);
	OK(store_commit(b->st));
}

#define T(f) cmocka_unit_test_setup_teardown(f, box_setup, box_teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_same_segment_is_one_row), T(test_segment_bounds), T(test_quarantine_and_settle),
		T(test_more_messages_to_send_makes_no_other_text), T(test_segment_bounds), T(test_quarantine_and_settle),
		T(test_reason_is_cut_not_refused), T(test_join_any_order),
		T(test_two_senders_same_reference), T(test_parts_over_reopen), T(test_duplicate_parts),
		T(test_whole_at_once), T(test_whole_at_once_refuses),
		T(test_join_refusals), T(test_gap_is_released), T(test_message_life),
		T(test_message_of_another_channel), T(test_nothing_in_clear), T(test_redaction),
		T(test_sealed_anew_under_the_case), T(test_readings), T(test_ids_after_rollback),
		T(test_sealed_anew_under_the_case), T(test_notes_of_a_reading_are_sealed), T(test_ids_after_rollback),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
