/* test_modem_worker.c - the modem worker, for real: libgammu, a pseudo terminal, a simulated modem.
 * The test plays the hub. */
#include "tests/unit/modem_rig.h"
#include "parser/tpdu.h"

static struct rig rig;

static int set_up(void **state)
{
	(void)state;
	rig_start(&rig, NULL);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	rig_free(&rig);
	return 0;
}

static const char *const quick[] = {"model", "at", "sweep", "3600", NULL};

static void ready(const char *const *settings)
{
	rig_worker(&rig, settings);
	rig_next(&rig, WIRE_READY);
}

static void decode_segment(struct tpdu *t)
{
	const char *field;
	const struct wire_segment *s = &rig.f.u.segment;

	assert_int_equal(tpdu_decode((const uint8_t *)s->octets.s, s->octets.len, false, t, &field),
			 TPDU_OK);
}

static long stored(void)
{
	char reply[65536];
	long n = 0;

	assert_true(rig_ask(&rig, "list", reply, sizeof(reply)));
	for (const char *p = reply; (p = strstr(p, "\"hex\"")) != NULL; p++)
		n++;
	return n;
}

/* ---- receiving ---------------------------------------------------------------------------------
 */

static void stored_before_start(void **state)
{
	struct tpdu t;
	uint64_t token[3];

	(void)state;
	rig_ctl(&rig, "deliver from=+355691234567 text=MUNGON 5A 3");
	rig_ctl(&rig,
		"deliver from=+355691234568 alphabet=ucs2 memory=ME text=MUNGON 6B 1 Fëmijë ç 😀");
	rig_ctl(&rig, "deliver from=Operatori text=Kredit 10 {L}");
	ready(quick);
	for (int i = 0; i < 3; i++) {
		rig_next(&rig, WIRE_SEGMENT);
		const struct wire_segment *s = &rig.f.u.segment;
		token[i] = s->token;
		assert_false(s->rebuilt);
		decode_segment(&t);
		if (wire_is(s->memory, "ME")) {
			assert_string_equal(t.address, "+355691234568");
			assert_string_equal(t.text, "MUNGON 6B 1 Fëmijë ç 😀");
			assert_true(wire_is(s->view_text, t.text));
		} else {
			assert_true(wire_is(s->memory, "SM"));
			assert_true(strcmp(t.text, "MUNGON 5A 3") == 0 ||
				    strcmp(t.text, "Kredit 10 {L}") == 0);
		}
	}
	assert_int_equal(stored(), 3); /* nothing is deleted before the word */
	rig_ack(&rig, token[1], WIRE_STORED);
	rig_ctl(&rig, "wait deleted>=1 timeout=10000");
	assert_int_equal(stored(), 2);
	rig_ack(&rig, token[0], WIRE_STORED);
	rig_ack(&rig, token[2], WIRE_STORED);
	rig_ctl(&rig, "wait empty timeout=10000");
	rig_stop(&rig);
	int status = rig_end(&rig);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void announced(void **state)
{
	struct tpdu t;

	(void)state;
	ready(quick);
	for (int i = 0; i < 3; i++) {
		rig_ctl(&rig, "deliver from=+355691234567 memory=%s text=Numri %d",
			i % 2 ? "ME" : "SM", i);
		rig_next(&rig, WIRE_SEGMENT);
		decode_segment(&t);
		assert_string_equal(t.address, "+355691234567");
		rig_ack(&rig, rig.f.u.segment.token, WIRE_STORED);
		rig_ctl(&rig, "wait empty timeout=10000");
	}
}

static long commands(const char *name)
{
	char reply[8192], key[24];

	assert_true(rig_ask(&rig, "stats", reply, sizeof(reply)));
	snprintf(key, sizeof(key), "\"%s\":", name);
	const char *at = strstr(reply, key);
	return at ? strtol(at + strlen(key), NULL, 10) : 0;
}

/* Many of one memory: libgammu's two commands for the first, one for each behind it. */
static void deleted_by_one_command(void **state)
{
	uint64_t token[24];

	(void)state;
	for (int i = 0; i < 24; i++)
		rig_ctl(&rig, "deliver from=+355691234567 memory=%s text=Numri %d", i < 12 ? "SM" : "ME", i);
	ready(quick);
	for (int i = 0; i < 24; i++) {
		rig_next(&rig, WIRE_SEGMENT);
		token[i] = rig.f.u.segment.token;
	}
	long deletions = commands("+CMGD"), readings = commands("+CMGR");
	rig_ctl(&rig, "fault refuse +CMGD cms=321 count=1"); /* one that is not there any more is no fault */
	for (int i = 0; i < 24; i++)
		rig_ack(&rig, token[i], WIRE_STORED);
	rig_ctl(&rig, "wait deleted>=23 timeout=10000");
	rig_ctl(&rig, "deliver from=+355691234567 text=E fundit"); /* its sweep finds the one that was left */
	for (int i = 0; i < 2; i++) {
		rig_next(&rig, WIRE_SEGMENT);
		rig_ack(&rig, rig.f.u.segment.token, WIRE_STORED);
	}
	rig_ctl(&rig, "wait empty timeout=10000");
	assert_int_equal(commands("+CMGD") - deletions, 25); /* the refused one is not counted */
	assert_in_range(commands("+CMGR") - readings, 1, 13);
}

static void two_parts(void **state)
{
	struct tpdu t;
	unsigned seen = 0;

	(void)state;
	ready(quick);
	rig_ctl(&rig, "deliver from=+355691234567 ref=77 order=2,1 text=%0200d", 7);
	for (int i = 0; i < 2; i++) {
		rig_next(&rig, WIRE_SEGMENT);
		decode_segment(&t);
		assert_int_equal(t.concat.ref, 77);
		assert_int_equal(t.concat.total, 2);
		seen |= 1u << t.concat.seq;
		rig_ack(&rig, rig.f.u.segment.token, WIRE_STORED);
	}
	assert_int_equal(seen, 6);
	rig_ctl(&rig, "wait empty timeout=10000");
}

static void kept_back(void **state)
{
	static const char *const often[] = {"model", "at", "sweep", "1", NULL};

	(void)state;
	rig_ctl(&rig, "deliver from=+355691234567 text=Mbaje");
	ready(often);
	rig_next(&rig, WIRE_SEGMENT);
	uint64_t first = rig.f.u.segment.token;
	rig_ack(&rig, first, WIRE_KEEP);
	rig_next(&rig, WIRE_SEGMENT); /* offered again at the next full sweep */
	assert_true(rig.f.u.segment.token != first);
	assert_int_equal(stored(), 1);
	rig_ack(&rig, rig.f.u.segment.token, WIRE_STORED);
	rig_ctl(&rig, "wait empty timeout=10000");
}

/* Credit 4, forty texts: never more than four without a word. */
static void credit(void **state)
{
	static const char *const four[] = {"model", "at", "credit", "4", "sweep", "3600", NULL};
	uint64_t token[8];
	int held = 0;

	(void)state;
	for (int i = 0; i < 20; i++)
		rig_ctl(&rig, "deliver from=+35569123%04d memory=%s text=Numri %d", i,
			i % 2 ? "ME" : "SM", i);
	ready(four);
	for (int got = 0; got < 20; got++) {
		rig_next(&rig, WIRE_SEGMENT);
		token[held++] = rig.f.u.segment.token;
		assert_true(held <= 4);
		if (held < 4 && got < 19)
			continue;
		struct pollfd p = {rig.hub, POLLIN, 0};
		while (got < 19 && poll(&p, 1, 50) == 1) /* only END and the like may still come */
			assert_true(wire_recv(rig.hub, rig.buf, &rig.f) == WIRE_OK &&
				    rig.f.type != WIRE_SEGMENT);
		while (held > 0)
			rig_ack(&rig, token[--held], WIRE_STORED);
	}
	rig_ctl(&rig, "wait empty timeout=10000");
}

static int set_up_huawei(void **state)
{
	static const char *const huawei[] = {"--model", "E173", NULL};

	(void)state;
	rig_start(&rig, huawei);
	return 0;
}

/* Index 0 of ME is in no list and no count, and libgammu counts one more than the modem. */
static void hidden_index(void **state)
{
	static const char *const fresh[] = {"sweep", "3600", NULL};
	static const char *const texts[] = {"Para", "Zero", "Nje"};
	struct tpdu t;

	(void)state;
	rig_ctl(&rig, "fault hide0");
	rig_ctl(&rig,
		"deliver from=+355691234567 memory=ME text=Para"); /* before anybody listens */
	ready(fresh);
	for (unsigned i = 0; i < 3; i++) {
		if (i > 0)
			rig_ctl(&rig, "deliver from=+355691234567 memory=ME text=%s", texts[i]);
		rig_next(&rig, WIRE_SEGMENT);
		decode_segment(&t);
		assert_string_equal(t.text, texts[i]);
		assert_int_equal(rig.f.u.segment.place, i == 2 ? 1 : 0);
		if (i != 1) /* the second stays in its place, so that the third gets the next */
			rig_ack(&rig, rig.f.u.segment.token, WIRE_STORED);
		rig_ctl(&rig, "wait deleted>=%d timeout=10000", i == 2 ? 2 : 1);
	}
}

/* The messages move while the hub thinks: nothing that it has not acknowledged is deleted. */
static void renumbered(void **state)
{
	static const char *const often[] = {"model", "at", "sweep", "4", NULL};
	struct tpdu t;
	uint64_t first = 0;

	(void)state;
	rig_ctl(&rig, "deliver from=+355691234567 text=Nje");
	rig_ctl(&rig, "deliver from=+355691234567 text=Dy");
	rig_ctl(&rig, "deliver from=+355691234567 text=Tre");
	ready(often);
	for (int i = 0; i < 3; i++) {
		rig_next(&rig, WIRE_SEGMENT);
		if (i == 0)
			first = rig.f.u.segment.token;
	}
	rig_ctl(&rig, "renumber");
	struct pollfd p = {rig.hub, POLLIN, 0};
	int64_t until = mono_ms() + 2000; /* longer than a place is trusted */
	while (mono_left(until) > 0)
		if (poll(&p, 1, mono_left(until)) == 1)
			assert_int_equal(wire_recv(rig.hub, rig.buf, &rig.f), WIRE_OK);
	rig_ack(&rig, first, WIRE_STORED); /* "Nje" is elsewhere by now */
	rig_next(&rig, WIRE_SEGMENT);
	rig_next(&rig, WIRE_SEGMENT);
	decode_segment(&t);
	assert_int_equal(stored(), 3);
}

/* ---- sending -----------------------------------------------------------------------------------
 */

static void send_text(int64_t job, const char *to, const char *text, bool report)
{
	struct tpdu base = {.kind = TPDU_SUBMIT, .validity = 167, .port = -1};
	static struct tpdu parts[WIRE_PARTS_MAX];
	static uint8_t octets[WIRE_PARTS_MAX][TPDU_MAX];
	struct wire_frame f = {.type = WIRE_WORK_SMS};
	struct wire_work_sms *w = &f.u.work_sms;

	snprintf(base.address, sizeof(base.address), "%s", to);
	int n = tpdu_split(&base, text, strlen(text), 9, parts, WIRE_PARTS_MAX);
	assert_true(n > 0);
	w->job = job;
	w->to = wire_str(to);
	w->report = report;
	w->n_parts = (uint16_t)n;
	for (int i = 0; i < n; i++) {
		int len = tpdu_encode(&parts[i], octets[i], sizeof(octets[i]));
		assert_true(len > 0);
		w->part[i].octets = wire_blob(octets[i], (size_t)len);
	}
	assert_int_equal(wire_send(rig.hub, &f), WIRE_OK);
}

static void expect_done(int64_t job, int part, int result, int code)
{
	rig_next(&rig, WIRE_DONE_SMS);
	const struct wire_done_sms *d = &rig.f.u.done_sms;
	assert_int_equal(d->job, job);
	assert_int_equal(d->part, part);
	assert_int_equal(d->result, result);
	assert_int_equal(d->code, code);
}

static void expect_sent(const char *text)
{
	char reply[8192];

	assert_true(rig_ask(&rig, "sent", reply, sizeof(reply)));
	rig_ctl(&rig, "sent forget");
	if (!strstr(reply, text))
		fail_msg("not sent: %s\nbut: %s", text, reply);
}

static void sending(void **state)
{
	struct tpdu t;

	(void)state;
	ready(quick);
	send_text(41, "+355697654321", "Faleminderit. U regjistrua: 5A mungon 3 @{}", true);
	expect_done(41, 0, WIRE_SMS_SENT, 0);
	uint8_t mr = rig.f.u.done_sms.mr;
	expect_sent("U regjistrua: 5A mungon 3 @{}");
	rig_next(&rig, WIRE_SEGMENT); /* the delivery report */
	assert_true(wire_is(rig.f.u.segment.memory, "CDS"));
	decode_segment(&t);
	assert_int_equal(t.kind, TPDU_STATUS_REPORT);
	assert_int_equal(t.mr, mr);
	assert_string_equal(t.address, "+355697654321");
	rig_ack(&rig, rig.f.u.segment.token, WIRE_STORED);
	send_text(42, "+355697654321", "Fëmija ç 😀", false);
	expect_done(42, 0, WIRE_SMS_SENT, 0);
	expect_sent("Fëmija ç 😀");
}

static void sending_parts(void **state)
{
	char text[512], unicode[512] = "";

	(void)state;
	ready(quick);
	snprintf(text, sizeof(text), "%0330d", 5);
	send_text(43, "+355697654321", text, false);
	for (int i = 0; i < 3; i++)
		expect_done(43, i, WIRE_SMS_SENT, 0);
	expect_sent(text);
	for (int i = 0; i < 75; i++)
		memcpy(unicode + strlen(unicode), i % 10 ? "ë" : "€", i % 10 ? 3 : 4);
	send_text(44, "0697654321", unicode, false);
	for (int i = 0; i < 2; i++)
		expect_done(44, i, WIRE_SMS_SENT, 0);
	expect_sent(unicode);
}

static void refused(void **state)
{
	(void)state;
	ready(quick);
	rig_ctl(&rig, "fault cms 38 1");
	send_text(45, "+355697654321", "Provë", false);
	expect_done(45, 0, WIRE_SMS_FAILED, 38);
	send_text(46, "+355697654321", "Prove", false); /* and the modem still works */
	expect_done(46, 0, WIRE_SMS_SENT, 0);
}

static void no_answer(void **state)
{
	static const char *const brief[] = {"model",   "at",   "sweep", "3600",
					    "send_ms", "1200", NULL};

	(void)state;
	ready(brief);
	rig_ctl(&rig, "fault noanswer 1");
	send_text(47, "+355697654321", "Prove", false);
	expect_done(47, 0, WIRE_SMS_UNKNOWN, 0);
	send_text(48, "+355697654321", "Prove 2", false);
	expect_done(48, 0, WIRE_SMS_SENT, 0);
}

/* ---- faults ------------------------------------------------------------------------------------
 */

static int exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void poison(void **state)
{
	static const char *const safe[] = {"model", "at", "sweep", "3600", "safe", "1", NULL};
	int texts = 0, others = 0;

	(void)state;
	rig_ctl(&rig, "deliver from=+355691234567 text=Para");
	/* TP-UDL 255 and enough octets behind it: libgammu 1.42 writes past its buffer */
	char ones[512];
	memset(ones, 'F', 450);
	ones[450] = '\0';
	rig_ctl(&rig, "pdu 07915365000000F0040B915396214365F7000062118171510040FF%s memory=SM",
		ones);
	rig_ctl(&rig, "deliver from=+355691234567 text=Pas");
	rig_worker(&rig, quick);
	int status = rig_end(&rig);
	assert_true(
	    WIFSIGNALED(status)); /* if it ever survives, the safe drain is no longer needed */
	rig_worker(&rig, safe);
	for (int i = 0; i < 3; i++) {
		struct tpdu t;
		const char *field;
		rig_next(&rig, WIRE_SEGMENT);
		const struct wire_segment *s = &rig.f.u.segment;
		if (tpdu_decode((const uint8_t *)s->octets.s, s->octets.len, false, &t, &field) ==
		    TPDU_OK)
			texts++;
		else
			others++;
		rig_ack(&rig, s->token, WIRE_STORED);
	}
	assert_int_equal(texts, 2);
	assert_int_equal(others, 1);
	rig_next(&rig, WIRE_READY);
	rig_ctl(&rig, "wait empty timeout=10000");
}

static void mute(void **state)
{
	static const char *const brief[] = {"model", "at", "ping_ms", "1000", NULL};

	(void)state;
	rig_ctl(&rig, "fault mute");
	rig_worker(&rig, brief);
	rig_note(&rig, "reason", "the modem does not answer AT");
	assert_int_equal(exit_code(rig_end(&rig)), 6);
	rig_ctl(&rig, "fault none");
	ready(brief);
}

static void unplugged(void **state)
{
	(void)state;
	ready(quick);
	rig_ctl(&rig, "fault hangup");
	rig_note(&rig, "reason", "the device went away");
	assert_int_equal(exit_code(rig_end(&rig)), 5);
	rig_worker(&rig, quick);
	rig_note(&rig, "reason", NULL);
	assert_int_equal(exit_code(rig_end(&rig)), 5);
	rig_ctl(&rig, "fault none");
}

static void pin(void **state)
{
	static const char *const with_pin[] = {"model", "at", "pin", "4321", NULL};
	static const char *const wrong[] = {"model", "at", "pin", "1111", NULL};

	(void)state;
	rig_ctl(&rig, "fault pin 4321");
	rig_worker(&rig, quick);
	rig_note(&rig, "sim", "pin");
	assert_int_equal(exit_code(rig_end(&rig)), 7);
	rig_worker(&rig, wrong);
	rig_note(&rig, "pin", "refused");
	assert_int_equal(exit_code(rig_end(&rig)), 7);
	rig_ctl(&rig, "wait pin_attempts==1 timeout=100");
	ready(with_pin);
	rig_ctl(&rig, "wait pin_attempts==2 timeout=100");
}

static void no_sim(void **state)
{
	(void)state;
	rig_ctl(&rig, "fault nosim");
	rig_worker(&rig, quick);
	rig_note(&rig, "sim", "missing");
	assert_int_equal(exit_code(rig_end(&rig)), 7);
	rig_ctl(&rig, "fault none");
	rig_ctl(&rig, "fault puk");
	rig_worker(&rig, quick);
	rig_note(&rig, "sim", "puk");
	assert_int_equal(exit_code(rig_end(&rig)), 7);
}

static void hub_gone(void **state)
{
	int status;

	(void)state;
	ready(quick);
	close(rig.hub);
	rig.hub = -1;
	assert_int_equal(waitpid(rig.worker, &status, 0), rig.worker);
	rig.worker = 0;
	assert_int_equal(exit_code(status), 3);
}

static void bad_settings(void **state)
{
	static const char *const bad[] = {"credit", "1000", NULL};

	(void)state;
	rig_worker(&rig, bad);
	rig_note(&rig, "reason", "setting: credit");
	assert_int_equal(exit_code(rig_end(&rig)), 4);
}

#define with_rig(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    with_rig(stored_before_start),
	    with_rig(announced),
	    with_rig(deleted_by_one_command),
	    with_rig(two_parts),
	    with_rig(kept_back),
	    with_rig(credit),
	    with_rig(renumbered),
	    cmocka_unit_test_setup_teardown(hidden_index, set_up_huawei, tear_down),
	    with_rig(sending),
	    with_rig(sending_parts),
	    with_rig(refused),
	    with_rig(no_answer),
	    with_rig(poison),
	    with_rig(mute),
	    with_rig(unplugged),
	    with_rig(pin),
	    with_rig(no_sim),
	    with_rig(hub_gone),
	    with_rig(bad_settings),
	};
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
