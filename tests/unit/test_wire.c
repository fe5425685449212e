/* test_wire.c - the frames between hub and workers: every layout goes there and back, and nothing
 * malformed is accepted or read past its end.  Calls gateway/hub/wire only.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/hub/wire.h"

#define N_SAMPLES 18

static struct wire_frame sample_sms(void)
{
	struct wire_frame f = {.type = WIRE_WORK_SMS};
	f.u.work_sms = (struct wire_work_sms){
	    .job = 77, .to = wire_str("+355600000001"), .report = true, .n_parts = 2};
	f.u.work_sms.part[0].octets = wire_blob("\x00\x01\x00\x0b", 4);
	f.u.work_sms.part[1].octets = wire_blob("\x00\x41\x01", 3);
	return f;
}

static struct wire_frame sample_http(void)
{
	struct wire_frame f = {.type = WIRE_WORK_HTTP};
	f.u.work_http = (struct wire_work_http){.job = INT64_MAX,
						.method = wire_str("POST"),
						.url = wire_str("https://agency.example/in"),
						.n_headers = 2,
						.body = wire_str("{\"a\":1}"),
						.timeout_ms = 20000,
						.plain_http = true,
						.allow_private = wire_str("127.0.0.0/8"),
						.ca_file = wire_str("")};
	f.u.work_http.header[0] = wire_str("Content-Type: application/json");
	f.u.work_http.header[1] = wire_str("webhook-id: m1");
	return f;
}

static struct wire_frame sample_pairs(uint8_t type, uint16_t n)
{
	struct wire_frame f = {.type = type};
	f.u.pairs.n = n;
	for (uint16_t i = 0; i < n; i++) {
		f.u.pairs.pair[i].name = wire_str(i == 0 ? "credit" : "other");
		f.u.pairs.pair[i].value = wire_str(i == 0 ? "16" : "");
	}
	return f;
}

static void samples(struct wire_frame out[N_SAMPLES])
{
	size_t n = 0;
	out[n++] = sample_pairs(WIRE_SETTINGS, 3);
	out[n++] = sample_pairs(WIRE_SETTINGS, WIRE_SETTINGS_MAX);
	out[n++] = sample_pairs(WIRE_NOTE, 0);
	out[n++] = (struct wire_frame){.type = WIRE_ACK, .u.ack = {UINT64_MAX, WIRE_KEEP}};
	out[n++] = sample_sms();
	out[n++] = sample_http();
	out[n++] = (struct wire_frame){.type = WIRE_STOP};
	out[n++] = (struct wire_frame){.type = WIRE_WORK_USSD,
				       .u.work_ussd = {-1, WIRE_USSD_ANSWER, wire_str("*100#")}};
	out[n++] = (struct wire_frame){.type = WIRE_DONE_USSD,
				       .u.done_ussd = {-1, WIRE_USSD_REFUSED, 4, 30,
						       wire_str("1500 L")}};
	out[n++] = (struct wire_frame){.type = WIRE_END};
	out[n++] = (struct wire_frame){.type = WIRE_READY,
				       .u.ready = {wire_str("courier"), wire_str("libcurl"), 16}};
	out[n++] = (struct wire_frame){.type = WIRE_BEGIN,
				       .u.begin = {wire_str("http"), 25000, INT64_MIN}};
	out[n++] = (struct wire_frame){.type = WIRE_SEGMENT,
				       .u.segment = {9, wire_str("SM"), 12, true,
						     wire_blob("\x07\x00\xff", 3), wire_str("+1"),
						     wire_str("")}};
	out[n++] = (struct wire_frame){
	    .type = WIRE_DONE_SMS,
	    .u.done_sms = {5, 1, WIRE_SMS_UNKNOWN, 255, -38, wire_str("CMS 38")}};
	out[n++] = (struct wire_frame){.type = WIRE_DONE_HTTP,
				       .u.done_http = {-5, WIRE_HTTP_ANSWERED, 503, -1, 1234,
						       wire_str("busy"), wire_str("HTTP 503")}};
	out[n++] = (struct wire_frame){
	    .type = WIRE_DONE_HTTP,
	    .u.done_http = {1, WIRE_HTTP_REFUSED, 0, 0, 0, wire_str(""), wire_str("address")}};
	struct wire_frame call = {.type = WIRE_CALL,
				  .u.call = {7, wire_str("answer"), wire_str("TV"), wire_str("::1"),
					     {0}, wire_blob("{\0}", 3)}};
	call.u.call.fields = sample_pairs(WIRE_NOTE, 2).u.pairs;
	out[n++] = call;
	struct wire_frame reply = {.type = WIRE_REPLY, .u.reply = {7, 409, wire_str("late"), {0}}};
	reply.u.reply.fields = sample_pairs(WIRE_NOTE, 1).u.pairs;
	out[n++] = reply;
	assert_int_equal(n, N_SAMPLES);
}

static void assert_same(struct wire_str a, struct wire_str b)
{
	assert_int_equal(a.len, b.len);
	if (a.len > 0)
		assert_memory_equal(a.s, b.s, a.len);
}

/* Field by field for the two layouts with arrays and the outcome; the others by their octets. */
static void compare(const struct wire_frame *a, const struct wire_frame *b)
{
	assert_int_equal(a->type, b->type);
	if (a->type == WIRE_WORK_HTTP) {
		assert_int_equal(a->u.work_http.job, b->u.work_http.job);
		assert_same(a->u.work_http.method, b->u.work_http.method);
		assert_same(a->u.work_http.url, b->u.work_http.url);
		assert_int_equal(a->u.work_http.n_headers, b->u.work_http.n_headers);
		for (unsigned i = 0; i < a->u.work_http.n_headers; i++)
			assert_same(a->u.work_http.header[i], b->u.work_http.header[i]);
		assert_same(a->u.work_http.body, b->u.work_http.body);
		assert_int_equal(a->u.work_http.timeout_ms, b->u.work_http.timeout_ms);
		assert_int_equal(a->u.work_http.plain_http, b->u.work_http.plain_http);
		assert_same(a->u.work_http.allow_private, b->u.work_http.allow_private);
		assert_same(a->u.work_http.ca_file, b->u.work_http.ca_file);
	} else if (a->type == WIRE_WORK_SMS) {
		assert_int_equal(a->u.work_sms.job, b->u.work_sms.job);
		assert_true(b->u.work_sms.report);
		assert_int_equal(a->u.work_sms.n_parts, b->u.work_sms.n_parts);
		for (unsigned i = 0; i < a->u.work_sms.n_parts; i++)
			assert_same(a->u.work_sms.part[i].octets, b->u.work_sms.part[i].octets);
	} else if (a->type == WIRE_DONE_SMS) {
		assert_int_equal(a->u.done_sms.code, b->u.done_sms.code);
		assert_int_equal(a->u.done_sms.mr, b->u.done_sms.mr);
		assert_same(a->u.done_sms.detail, b->u.done_sms.detail);
	} else if (a->type == WIRE_DONE_HTTP) {
		assert_int_equal(a->u.done_http.job, b->u.done_http.job);
		assert_int_equal(a->u.done_http.retry_after, b->u.done_http.retry_after);
		assert_int_equal(a->u.done_http.status, b->u.done_http.status);
		assert_same(a->u.done_http.body, b->u.done_http.body);
	}
}

static void test_round_trip(void **state)
{
	(void)state;
	static struct wire_frame all[N_SAMPLES], back;
	static uint8_t buf[WIRE_FRAME_MAX], again[WIRE_FRAME_MAX];
	samples(all);
	for (size_t i = 0; i < N_SAMPLES; i++) {
		long n = wire_encode(&all[i], buf, sizeof buf);
		assert_true(n > 0);
		assert_int_equal(wire_decode(buf, (size_t)n, &back), WIRE_OK);
		compare(&all[i], &back);
		assert_int_equal(wire_encode(&back, again, sizeof again), n);
		assert_memory_equal(buf, again, (size_t)n);
		assert_int_equal(wire_encode(&all[i], again, (size_t)n), n);
		assert_int_equal(wire_encode(&all[i], again, (size_t)n - 1), WIRE_BAD);
	}
}

/* Each cut frame is decoded from a heap block of exactly its size, so that a sanitizer or valgrind
 * sees a read past the end. */
static void test_truncations(void **state)
{
	(void)state;
	static struct wire_frame all[N_SAMPLES], back;
	static uint8_t buf[WIRE_FRAME_MAX];
	samples(all);
	for (size_t i = 0; i < N_SAMPLES; i++) {
		long n = wire_encode(&all[i], buf, sizeof buf - 1);
		for (size_t cut = 0; cut < (size_t)n; cut++) {
			uint8_t *exact = malloc(cut + 1);
			assert_non_null(exact);
			uint8_t *at_end = exact + 1; /* ends with the block */
			memcpy(at_end, buf, cut);
			assert_int_equal(wire_decode(at_end, cut, &back), WIRE_BAD);
			free(exact);
		}
		buf[n] = 0;
		assert_int_equal(wire_decode(buf, (size_t)n + 1, &back), WIRE_BAD);
	}
}

static void test_bit_flips(void **state)
{
	(void)state;
	static struct wire_frame all[N_SAMPLES], back;
	static uint8_t buf[WIRE_FRAME_MAX], again[WIRE_FRAME_MAX];
	samples(all);
	for (size_t i = 0; i < N_SAMPLES; i++) {
		long n = wire_encode(&all[i], buf, sizeof buf);
		uint8_t *exact = malloc((size_t)n);
		assert_non_null(exact);
		for (size_t bit = 0; bit < (size_t)n * 8; bit++) {
			memcpy(exact, buf, (size_t)n);
			exact[bit / 8] ^= (uint8_t)(1u << (bit % 8));
			if (wire_decode(exact, (size_t)n, &back) != WIRE_OK)
				continue;
			assert_true(bit >= 8); /* another version never passes */
			assert_int_equal(wire_encode(&back, again, sizeof again), n);
			assert_memory_equal(exact, again, (size_t)n);
		}
		free(exact);
	}
}

static void test_bounds(void **state)
{
	(void)state;
	static uint8_t buf[WIRE_FRAME_MAX];
	static char big[WIRE_FRAME_MAX];
	struct wire_frame f = sample_http(), back;
	f.u.work_http.n_headers = WIRE_HEADERS_MAX + 1;
	assert_int_equal(wire_encode(&f, buf, sizeof buf), WIRE_BAD);
	f = sample_http();
	f.u.work_http.body = wire_blob(big, sizeof big);
	assert_int_equal(wire_encode(&f, buf, sizeof buf), WIRE_BAD);
	f = sample_sms();
	f.u.work_sms.n_parts = WIRE_PARTS_MAX + 1;
	assert_int_equal(wire_encode(&f, buf, sizeof buf), WIRE_BAD);
	f = sample_pairs(WIRE_NOTE, 1);
	f.u.pairs.n = WIRE_SETTINGS_MAX + 1;
	assert_int_equal(wire_encode(&f, buf, sizeof buf), WIRE_BAD);
	f = (struct wire_frame){
	    .type = WIRE_DONE_HTTP,
	    .u.done_http = {.result = WIRE_HTTP_ANSWERED, .body = wire_blob(big, WIRE_REPLY_MAX + 1)}};
	assert_int_equal(wire_encode(&f, buf, sizeof buf), WIRE_BAD);
	f.u.done_http.body.len = WIRE_REPLY_MAX;
	assert_true(wire_encode(&f, buf, sizeof buf) > WIRE_REPLY_MAX);
	f.u.done_http.result = 0;
	assert_int_equal(wire_encode(&f, buf, sizeof buf), WIRE_BAD);
	f = (struct wire_frame){.type = 200};
	assert_int_equal(wire_encode(&f, buf, sizeof buf), WIRE_BAD);
	assert_int_equal(wire_decode((const uint8_t *)"\x01\x05", 2, &back), WIRE_OK);
	assert_int_equal(wire_decode((const uint8_t *)"\x02\x05", 2, &back), WIRE_BAD);
	assert_int_equal(wire_decode((const uint8_t *)"\x01\x00", 2, &back), WIRE_BAD);
}

static void test_socket(void **state)
{
	(void)state;
	static uint8_t buf[WIRE_FRAME_MAX], big[WIRE_FRAME_MAX + 1];
	struct wire_frame f = sample_http(), back;
	int fd[2];
	assert_int_equal(wire_pair(fd), 0);
	assert_int_equal(fcntl(fd[0], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	assert_int_equal(fcntl(fd[1], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(wire_recv(fd[1], buf, &back), WIRE_AGAIN);
	assert_int_equal(wire_send(fd[0], &f), WIRE_OK);
	assert_int_equal(wire_recv(fd[1], buf, &back), WIRE_OK);
	compare(&f, &back);

	/* the largest frame passes in one packet */
	long used = wire_encode(&f, buf, sizeof buf);
	f.u.work_http.body = wire_blob(big, WIRE_FRAME_MAX - (size_t)used + f.u.work_http.body.len);
	assert_int_equal(wire_send(fd[0], &f), WIRE_OK);
	assert_int_equal(wire_recv(fd[1], buf, &back), WIRE_OK);
	compare(&f, &back);
	f.u.work_http.body.len++;
	assert_int_equal(wire_send(fd[0], &f), WIRE_BAD);

	/* one octet too long, and empty */
	assert_int_equal(send(fd[0], big, sizeof big, MSG_NOSIGNAL), sizeof big);
	assert_int_equal(wire_recv(fd[1], buf, &back), WIRE_BAD);
	assert_int_equal(send(fd[0], big, 0, MSG_NOSIGNAL), 0);
	assert_int_equal(wire_recv(fd[1], buf, &back), WIRE_BAD);

	/* a full socket says AGAIN and keeps whole frames */
	assert_int_equal(fcntl(fd[0], F_SETFL, O_NONBLOCK), 0);
	f = (struct wire_frame){.type = WIRE_END};
	int sent = 0, rc;
	while ((rc = wire_send(fd[0], &f)) == WIRE_OK && sent < 100000)
		sent++;
	assert_int_equal(rc, WIRE_AGAIN);
	for (int i = 0; i < sent; i++)
		assert_int_equal(wire_recv(fd[1], buf, &back), WIRE_OK);

	close(fd[0]);
	assert_int_equal(wire_recv(fd[1], buf, &back), WIRE_CLOSED);
	assert_int_equal(wire_send(fd[1], &f), WIRE_CLOSED); /* and no SIGPIPE */
	close(fd[1]);
	assert_int_equal(wire_send(-1, &f), WIRE_FAIL);
}

static void numbered(struct wire_frame *f, uint64_t token)
{
	*f = (struct wire_frame){.type = WIRE_ACK, .u.ack = {token, WIRE_STORED}};
}

/* Several at once arrive one by one in the order they were added, and a full batch is said to be full. */
static void test_batch(void **state)
{
	(void)state;
	static struct wire_out out;
	static struct wire_in in;
	static uint8_t big[WIRE_FRAME_MAX];
	struct wire_frame f, back;
	int fd[2];
	assert_int_equal(wire_pair(fd), 0);
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_AGAIN); /* though the socket would block */
	assert_int_equal(wire_flush(fd[0], &out), WIRE_OK);
	for (unsigned round = 0, sent = 0, got = 0; round < 3; round++) {
		for (unsigned i = 0; i < (round == 1 ? WIRE_BATCH : 3); i++) {
			numbered(&f, sent++);
			assert_int_equal(wire_add(&out, &f), WIRE_OK);
		}
		if (round == 1)
			assert_int_equal(wire_add(&out, &f), WIRE_AGAIN);
		assert_int_equal(wire_flush(fd[0], &out), WIRE_OK);
		for (; got < sent; got++) {
			assert_int_equal(wire_next(fd[1], &in, &back), WIRE_OK);
			assert_int_equal(back.u.ack.token, got);
		}
		assert_int_equal(wire_next(fd[1], &in, &back), WIRE_AGAIN);
	}
	/* one that does not fit beside others fits alone; one that never fits says so */
	numbered(&f, 1);
	assert_int_equal(wire_add(&out, &f), WIRE_OK);
	f = sample_http();
	f.u.work_http.body = wire_blob(big, WIRE_FRAME_MAX - 512);
	assert_int_equal(wire_add(&out, &f), WIRE_OK);
	assert_int_equal(wire_add(&out, &f), WIRE_AGAIN);
	assert_int_equal(wire_flush(fd[0], &out), WIRE_OK);
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_OK);
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_OK);
	compare(&f, &back);
	f.u.work_http.body.len = WIRE_FRAME_MAX;
	assert_int_equal(wire_add(&out, &f), WIRE_BAD);
	close(fd[0]);
	close(fd[1]);
}

/* What a full socket did not take stays, and nothing is sent twice. */
static void test_batch_interrupted(void **state)
{
	(void)state;
	static struct wire_out out;
	static struct wire_in in;
	struct wire_frame f, back;
	unsigned sent = 0, got = 0;
	int fd[2], rc = WIRE_OK;
	assert_int_equal(wire_pair(fd), 0);
	assert_int_equal(fcntl(fd[0], F_SETFL, O_NONBLOCK), 0);
	while (rc == WIRE_OK && sent < 100000) {
		numbered(&f, sent);
		if ((rc = wire_add(&out, &f)) == WIRE_OK)
			sent++;
		else
			rc = wire_flush(fd[0], &out);
	}
	assert_int_equal(rc, WIRE_AGAIN);
	while (got < sent) {
		rc = wire_next(fd[1], &in, &back);
		if (rc == WIRE_AGAIN) {
			assert_int_not_equal(wire_flush(fd[0], &out), WIRE_FAIL);
			continue;
		}
		assert_int_equal(rc, WIRE_OK);
		assert_int_equal(back.u.ack.token, got++);
	}
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_AGAIN);

	/* what was said before the end is heard, and then the end */
	numbered(&f, 7);
	assert_int_equal(wire_add(&out, &f), WIRE_OK);
	assert_int_equal(wire_flush(fd[0], &out), WIRE_OK);
	close(fd[0]);
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_OK);
	while ((rc = wire_next(fd[1], &in, &back)) == WIRE_AGAIN)
		;
	assert_int_equal(rc, WIRE_CLOSED);
	assert_int_equal(wire_add(&out, &f), WIRE_OK);
	assert_int_equal(wire_flush(fd[1], &out), WIRE_CLOSED); /* and no SIGPIPE */
	close(fd[1]);
}

/* What was read leaves no trace, and what was not is still there. */
static void test_batch_forgotten(void **state)
{
	(void)state;
	static struct wire_out out;
	static struct wire_in in;
	struct wire_frame f = sample_pairs(WIRE_NOTE, 1), back;
	int fd[2];
	f.u.pairs.pair[0].value = wire_str("s3cret");
	assert_int_equal(wire_pair(fd), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(wire_add(&out, &f), WIRE_OK);
	assert_int_equal(wire_flush(fd[0], &out), WIRE_OK);
	assert_null(memmem(&out, sizeof out, "s3cret", 6));
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_OK);
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_OK);
	wire_forget(&in);
	assert_int_equal(back.u.pairs.pair[0].value.s[0], '\0');
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_OK);
	assert_true(wire_is(back.u.pairs.pair[0].value, "s3cret"));
	wire_forget(&in);
	assert_null(memmem(&in, sizeof in, "s3cret", 6));
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_AGAIN);
	close(fd[0]);
	close(fd[1]);
}

static void test_batch_malformed(void **state)
{
	(void)state;
	static struct wire_in in;
	static uint8_t big[WIRE_FRAME_MAX + 1];
	const struct wire_frame good = {.type = WIRE_END};
	struct wire_frame back;
	int fd[2];
	assert_int_equal(wire_pair(fd), 0);
	assert_int_equal(wire_send(fd[0], &good), WIRE_OK);
	assert_int_equal(send(fd[0], big, sizeof big, MSG_NOSIGNAL), sizeof big);
	assert_int_equal(send(fd[0], big, 0, MSG_NOSIGNAL), 0);
	assert_int_equal(wire_send(fd[0], &good), WIRE_OK);
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_OK);
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_BAD); /* too long */
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_BAD); /* empty: not the end */
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_OK);
	close(fd[0]);
	close(fd[1]);
}

/* Descriptors slipped in beside a frame are not ours: refused, and not left open. */
static void test_passed_descriptor(void **state)
{
	(void)state;
	static uint8_t buf[WIRE_FRAME_MAX];
	static struct wire_in in;
	struct wire_frame back;
	int fd[2];
	assert_int_equal(wire_pair(fd), 0);
	uint8_t end[2] = {WIRE_VERSION, WIRE_END};
	struct iovec iov = {end, sizeof end};
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {{0}};
	struct msghdr m = {.msg_iov = &iov,
			   .msg_iovlen = 1,
			   .msg_control = control.room,
			   .msg_controllen = sizeof control.room};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd[0], sizeof(int));
	assert_int_equal(sendmsg(fd[0], &m, 0), 2);
	assert_int_equal(sendmsg(fd[0], &m, 0), 2);
	int before = dup(0);
	close(before);
	assert_int_equal(wire_recv(fd[1], buf, &back), WIRE_BAD);
	assert_int_equal(wire_next(fd[1], &in, &back), WIRE_BAD);
	int after = dup(0);
	close(after);
	assert_int_equal(before, after);
	close(fd[0]);
	close(fd[1]);
}

static void test_strings(void **state)
{
	(void)state;
	char out[4];
	assert_true(wire_is(wire_str("abc"), "abc"));
	assert_false(wire_is(wire_str("abc"), "ab"));
	assert_false(wire_is(wire_str("ab"), "abc"));
	assert_true(wire_is((struct wire_str){NULL, 0}, ""));
	assert_int_equal(wire_copy(wire_str("abcdef"), out, sizeof out), 3);
	assert_string_equal(out, "abc");
	assert_int_equal(wire_copy((struct wire_str){NULL, 0}, out, sizeof out), 0);
	assert_string_equal(out, "");
	assert_int_equal(wire_copy(wire_str("a"), out, 0), 0);
	assert_null(wire_str(NULL).s);
	assert_int_equal(wire_blob(out, (size_t)UINT32_MAX + 5).len, UINT32_MAX);
}

static void test_find(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		long want;
	} nums[] = {{"0", 0},
		    {"16", 16},
		    {"-3", -3},
		    {"", 9},
		    {"-", 9},
		    {"1x", 9},
		    {" 1", 9},
		    {"999999999999999999", 999999999999999999},
		    {"9999999999999999999", 9},
		    {"007", 7}};
	struct wire_pairs p = {.n = 2};
	p.pair[0] = (struct wire_pair){wire_str("n"), wire_str("")};
	p.pair[1] = (struct wire_pair){wire_str("empty"), {NULL, 0}};
	for (size_t i = 0; i < sizeof nums / sizeof nums[0]; i++) {
		p.pair[0].value = wire_str(nums[i].text);
		assert_int_equal(wire_find_num(&p, "n", 9), nums[i].want);
	}
	assert_int_equal(wire_find_num(&p, "absent", 4), 4);
	assert_null(wire_find(&p, "absent").s);
	assert_non_null(wire_find(&p, "empty").s);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(wire_type_name(WIRE_DONE_HTTP), "done_http");
	assert_string_equal(wire_type_name(0), "unknown");
	assert_string_equal(wire_http_name(WIRE_HTTP_TLS), "tls");
	assert_string_equal(wire_http_name(WIRE_HTTP_REFUSED), "refused");
	assert_string_equal(wire_http_name(200), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip), cmocka_unit_test(test_truncations),
	    cmocka_unit_test(test_bit_flips),  cmocka_unit_test(test_bounds),
	    cmocka_unit_test(test_socket),     cmocka_unit_test(test_passed_descriptor),
	    cmocka_unit_test(test_strings),    cmocka_unit_test(test_find),
	    cmocka_unit_test(test_names),      cmocka_unit_test(test_batch),
	    cmocka_unit_test(test_batch_interrupted), cmocka_unit_test(test_batch_malformed),
	    cmocka_unit_test(test_batch_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
