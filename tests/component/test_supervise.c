/* test_supervise.c - gateway/hub/supervise against workers that hang, crash, lie and stop.
 *
 * The workers are this program again: started by the supervisor with its slot's name as the first
 * argument, which says how it misbehaves.
 */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/hub/clock.h"
#include "gateway/hub/log.h"
#include "gateway/hub/supervise.h"

static char self[256];
static struct {
	int ready, down, frames, safe;
	char why[96];
} seen;

/* ---- the workers ----------------------------------------------------------------------------- */

static uint8_t buf[WIRE_FRAME_MAX];

static void say_ready(void)
{
	struct wire_frame f = {.type = WIRE_READY};
	f.u.ready = (struct wire_ready){wire_str("modem"), wire_str("test"), 4};
	if (wire_send(WIRE_FD, &f) != WIRE_OK)
		_exit(1);
}

static void say_begin(const char *call, uint32_t ms)
{
	struct wire_frame f = {.type = WIRE_BEGIN};
	f.u.begin = (struct wire_begin){wire_str(call), ms, 0};
	wire_send(WIRE_FD, &f);
}

/* What no worker, or none of this kind, may say; "lie KIND NUMBER READY". */
static const char *const kind_names[] = {"modem", "courier", "edge"};
enum lie {
	HUBS_ACK, HUBS_SMS, HUBS_HTTP, HUBS_STOP, HUBS_SETTINGS, HUBS_REPLY, HUBS_USSD, /* the hub's types */
	A_SEGMENT, A_DONE_SMS, A_DONE_USSD, A_DONE_HTTP, A_CALL, /* another kind's */
	OTHER_NAME, READY_TWICE, LONG_CALL, SHORT_FRAME, LONG_FRAME, OTHER_VERSION, TYPE_0, TYPE_255, ONE_OCTET,
	TOO_LONG, MANY_CALLS, MANY_NOTES, LIES
};

static bool is_a_lie(enum worker_kind kind, int n)
{
	bool own = ((n == A_SEGMENT || n == A_DONE_SMS || n == A_DONE_USSD) && kind == WORKER_MODEM) ||
		   (n == A_DONE_HTTP && kind == WORKER_COURIER) || (n == A_CALL && kind == WORKER_EDGE);
	return !own;
}

static void say_all(const struct wire_frame *f, int times)
{
	for (int i = 0; i < times; i++) {
		struct wire_frame one = *f;
		if (f->type == WIRE_BEGIN)
			one.u.begin.job = f->u.begin.job + i;
		wire_send(WIRE_FD, &one);
	}
}

static void say_octets(uint8_t version, uint8_t type, size_t len)
{
	static uint8_t octets[WIRE_FRAME_MAX + 1];
	octets[0] = version;
	octets[1] = type;
	send(WIRE_FD, octets, len, MSG_NOSIGNAL);
}

static void lie(enum worker_kind kind, int n)
{
	static const uint8_t hubs[] = {WIRE_ACK,      WIRE_WORK_SMS, WIRE_WORK_HTTP, WIRE_STOP,
				       WIRE_SETTINGS, WIRE_REPLY,    WIRE_WORK_USSD};
	static const uint8_t others[] = {WIRE_SEGMENT, WIRE_DONE_SMS, WIRE_DONE_USSD, WIRE_DONE_HTTP, WIRE_CALL};
	struct wire_frame f = {.type = WIRE_NOTE};
	int times = 1;
	if (n <= HUBS_USSD) {
		f.type = hubs[n];
		f.u.ack.verdict = WIRE_STORED; /* of an ACK; within bounds for the others */
		if (f.type == WIRE_WORK_USSD)
			f.u.work_ussd = (struct wire_work_ussd){1, WIRE_USSD_DIAL, wire_str("*1#")};
	} else if (n <= A_CALL) {
		f.type = others[n - A_SEGMENT];
		if (f.type == WIRE_DONE_SMS)
			f.u.done_sms.result = WIRE_SMS_SENT;
		if (f.type == WIRE_DONE_USSD)
			f.u.done_ussd.result = WIRE_USSD_ANSWERED;
		if (f.type == WIRE_DONE_HTTP)
			f.u.done_http.result = WIRE_HTTP_ANSWERED;
	} else if (n == OTHER_NAME || n == READY_TWICE) {
		f.type = WIRE_READY;
		f.u.ready = (struct wire_ready){
		    wire_str(n == READY_TWICE ? kind_names[kind] : kind_names[(kind + 1) % 3]), wire_str(""), 1};
		times = n == READY_TWICE ? 2 : 1;
	} else if (n == LONG_CALL || n == MANY_CALLS) {
		f.type = WIRE_BEGIN;
		f.u.begin = (struct wire_begin){wire_str("x"), n == LONG_CALL ? 3600001 : 60000, 1};
		times = n == LONG_CALL ? 1 : SUPERVISE_CALLS + 1;
	} else if (n == MANY_NOTES) {
		times = 257;
	} else {
		static const struct {
			uint8_t version, type;
			size_t len;
		} odd[] = {{WIRE_VERSION, WIRE_BEGIN, 10}, {WIRE_VERSION, WIRE_END, 3}, {WIRE_VERSION + 1, WIRE_END, 2},
			   {WIRE_VERSION, 0, 2}, {WIRE_VERSION, 255, 2}, {WIRE_VERSION, 0, 1},
			   {WIRE_VERSION, WIRE_NOTE, WIRE_FRAME_MAX + 1}};
		say_octets(odd[n - SHORT_FRAME].version, odd[n - SHORT_FRAME].type, odd[n - SHORT_FRAME].len);
		return;
	}
	say_all(&f, times);
}

static void say_ready_as(const char *name)
{
	struct wire_frame f = {.type = WIRE_READY};
	f.u.ready = (struct wire_ready){wire_str(name), wire_str(""), 1};
	wire_send(WIRE_FD, &f);
}

static int worker(const char *name)
{
	struct wire_frame f;
	if (wire_recv(WIRE_FD, buf, &f) != WIRE_OK || f.type != WIRE_SETTINGS)
		return 3;
	if (strncmp(name, "lie ", 4) == 0) {
		char *at = NULL;
		long kind = strtol(name + 4, &at, 10), n = strtol(at, &at, 10);
		if (strtol(at, NULL, 10))
			say_ready_as(kind_names[kind]);
		lie((enum worker_kind)kind, (int)n);
		while (wire_recv(WIRE_FD, buf, &f) == WIRE_OK)
			continue;
		return 0;
	}
	if (strcmp(name, "refuses") == 0)
		return 9;
	if (strcmp(name, "silent") == 0)
		for (;;)
			pause();
	say_ready();
	if (strcmp(name, "hangs") == 0) {
		say_begin("GSM_GetSignalQuality", 50);
		for (;;)
			pause();
	}
	if (strcmp(name, "aborts") == 0) {
		say_begin("GSM_GetNextSMS", 5000);
		abort();
	}
	if (strcmp(name, "lies") == 0) {
		uint8_t junk[] = {WIRE_VERSION, WIRE_ACK, 1, 2, 3};
		send(WIRE_FD, junk, sizeof junk, 0);
	}
	if (strcmp(name, "late") == 0) { /* comes back in time, though the hub reads it late */
		say_begin("GSM_GetSMS", 100);
		struct wire_frame end = {.type = WIRE_END};
		wire_send(WIRE_FD, &end);
	}
	while (wire_recv(WIRE_FD, buf, &f) == WIRE_OK) {
		if (f.type == WIRE_STOP && strcmp(name, "stubborn") != 0)
			return 0;
	}
	return 0;
}

/* ---- the hub's side -------------------------------------------------------------------------- */

static void on_settings(void *arg, const struct worker_spec *spec, bool safe, struct wire_pairs *out)
{
	(void)arg;
	(void)spec;
	seen.safe += safe;
	out->n = 0;
}

static bool on_frame(void *arg, int w, const struct wire_frame *f, const uint8_t *raw, size_t len)
{
	(void)arg;
	(void)w;
	(void)f;
	(void)raw;
	(void)len;
	seen.frames++;
	return true;
}

static void on_ready(void *arg, int w)
{
	(void)arg;
	(void)w;
	seen.ready++;
}

static void on_down(void *arg, int w, const char *why)
{
	(void)arg;
	(void)w;
	seen.down++;
	snprintf(seen.why, sizeof seen.why, "%s", why);
}

static struct supervisor *start_as(enum worker_kind kind, const char *name)
{
	struct supervise_events ev = {.settings = on_settings, .frame = on_frame, .ready = on_ready, .down = on_down};
	struct worker_spec spec = {.kind = kind};
	memset(&seen, 0, sizeof seen);
	snprintf(spec.name, sizeof spec.name, "%s", name);
	snprintf(spec.binary, sizeof spec.binary, "%s", self);
	struct supervisor *s = supervise_new(&ev);
	assert_non_null(s);
	assert_int_equal(supervise_add(s, &spec), 0);
	return s;
}

static struct supervisor *start(const char *name)
{
	return start_as(WORKER_MODEM, name);
}

static void turn(struct supervisor *s, int wait)
{
	struct pollfd fds[SUPERVISE_MAX];
	size_t n = supervise_pollfds(s, fds, SUPERVISE_MAX, true);
	int64_t next = supervise_next_ms(s, clock_mono_ms());
	poll(fds, n, next < wait ? (int)next : wait);
	supervise_ready_fds(s, fds, n, 64);
	supervise_tick(s, clock_mono_ms());
}

#define UNTIL(s, cond)                                                                                       \
	do {                                                                                                 \
		int64_t until_ = clock_mono_ms() + 20000;                                                    \
		while (!(cond) && clock_mono_ms() < until_)                                                  \
			turn((s), 20);                                                                       \
		assert_true(cond);                                                                           \
	} while (0)

static void a_worker_becomes_ready_and_stops(void **state)
{
	(void)state;
	struct supervisor *s = start("good");
	UNTIL(s, seen.ready == 1);
	struct worker_view v;
	assert_true(supervise_view(s, 0, &v));
	assert_int_equal(v.state, WORKER_READY);
	assert_int_equal(v.credit, 4);
	supervise_stop_all(s);
	UNTIL(s, supervise_idle(s));
	assert_int_equal(seen.down, 1);
	supervise_free(s);
}

static void a_call_past_its_deadline_is_killed_and_replaced(void **state)
{
	(void)state;
	struct supervisor *s = start("hangs");
	UNTIL(s, seen.down == 1);
	assert_string_equal(seen.why, "outstayed its deadline in GSM_GetSignalQuality");
	UNTIL(s, seen.ready == 2); /* after a delay of about a second */
	supervise_free(s);
}

static void two_deaths_in_one_call_ask_for_the_safe_way(void **state)
{
	(void)state;
	struct supervisor *s = start("aborts");
	UNTIL(s, seen.down == 2);
	assert_int_equal(seen.safe, 0);
	UNTIL(s, seen.ready == 3);
	assert_int_equal(seen.safe, 1);
	supervise_free(s);
}

static void a_liar_is_killed(void **state)
{
	(void)state;
	struct supervisor *s = start("lies");
	UNTIL(s, seen.down == 1);
	assert_string_equal(seen.why, "protocol error");
	assert_int_equal(seen.frames, 0);
	supervise_free(s);
}

static void what_no_worker_of_a_kind_may_say_ends_it(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * LIES * 2; i++) {
		enum worker_kind kind = (enum worker_kind)(i / 2 / LIES);
		int n = i / 2 % LIES, ready = i % 2;
		char name[24];
		struct worker_view v;
		if (!is_a_lie(kind, n))
			continue;
		snprintf(name, sizeof name, "lie %d %d %d", (int)kind, n, ready);
		struct supervisor *s = start_as(kind, name);
		UNTIL(s, seen.down == 1);
		if (strcmp(seen.why, "protocol error") != 0)
			fail_msg("%s lie %d: %s", kind_names[kind], n, seen.why);
		assert_int_equal(seen.frames, n == MANY_NOTES ? 256 : 0);
		assert_true(supervise_view(s, 0, &v));
		assert_true(v.failed);
		supervise_free(s);
	}
}

static void what_arrived_is_read_before_a_deadline_is_judged(void **state)
{
	(void)state;
	struct supervisor *s = start("late");
	supervise_tick(s, clock_mono_ms());
	/* The hub is busy elsewhere until long after the deadline of the call. */
	struct pollfd fds[SUPERVISE_MAX];
	UNTIL(s, seen.ready == 1);
	int64_t until = clock_mono_ms() + 200;
	while (clock_mono_ms() < until)
		poll(fds, 0, 10);
	supervise_tick(s, clock_mono_ms());
	turn(s, 10);
	assert_int_equal(seen.down, 0);
	supervise_free(s);
}

static void one_that_does_not_start_is_tried_again_with_growing_delays(void **state)
{
	(void)state;
	struct supervisor *s = start("refuses");
	UNTIL(s, seen.down == 2);
	int64_t wait = supervise_next_ms(s, clock_mono_ms());
	assert_true(wait > 1500); /* 0, 1 s, then 2 s */
	supervise_free(s);
}

static void a_stubborn_one_is_killed_at_the_end(void **state)
{
	(void)state;
	struct supervisor *s = start("stubborn");
	UNTIL(s, seen.ready == 1);
	supervise_stop_all(s);
	UNTIL(s, supervise_idle(s)); /* STOP_DEADLINE later */
	supervise_free(s);
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return worker(argv[1]);
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	self[n > 0 ? n : 0] = '\0';
	log_setup(LOG_ERROR, false, false);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_worker_becomes_ready_and_stops),
		cmocka_unit_test(a_call_past_its_deadline_is_killed_and_replaced),
		cmocka_unit_test(two_deaths_in_one_call_ask_for_the_safe_way),
		cmocka_unit_test(a_liar_is_killed),
		cmocka_unit_test(what_no_worker_of_a_kind_may_say_ends_it),
		cmocka_unit_test(what_arrived_is_read_before_a_deadline_is_judged),
		cmocka_unit_test(one_that_does_not_start_is_tried_again_with_growing_delays),
		cmocka_unit_test(a_stubborn_one_is_killed_at_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
