/* test_answers.c - agencies' answers over HTTP: who guesses a link, an agency or a signature learns nothing, neither by
 * the reply nor by the work behind it. */
#include "tests/component/fixture.h"
#include <dlfcn.h>
#include "gateway/intake/call.h"
#include "gateway/outbox/sign.h"
#include "store/answers.h"
#include "tests/component/work.h"

static int macs; /* made since it was set to 0 */

int crypto_auth_hmacsha256_final(void *state, unsigned char *out);
int crypto_auth_hmacsha256_final(void *state, unsigned char *out)
{
	int (*real)(void *, unsigned char *);
	void *found = dlsym(RTLD_NEXT, "crypto_auth_hmacsha256_final");
	memcpy(&real, &found, sizeof real); /* an object pointer is no function pointer in ISO C */
	macs++;
	return real(state, out);
}

static struct call_reply r;

static void take(struct fx *f, struct wire_call *c)
{
	memset(&r, 0, sizeof r);
	fx_begin(f);
	OK(call_take(&f->d, c, &r, f->words, sizeof f->words));
	fx_commit(f);
	f->d.now++;
}

/* action NULL: it is looked at. */
static void follow(struct fx *f, const char *token, const char *action, struct work *w)
{
	struct wire_call c = {.id = 1, .kind = wire_str("link"), .block = wire_str(""), .peer = wire_str("127.0.0.1"),
			      .body = wire_str("")};
	c.fields.pair[c.fields.n++] = (struct wire_pair){wire_str("token"), wire_str(token)};
	if (action)
		c.fields.pair[c.fields.n++] = (struct wire_pair){wire_str("action"), wire_str(action)};
	work_begin(w);
	take(f, &c);
	work_end();
}

static void sign_link(struct fx *f, const char *agency, int64_t lasts_s, char token[LINK_TOKEN])
{
	fx_begin(f);
	OK(link_add(f->st, agency, "referral 88", f->d.now, f->d.now + lasts_s, token));
	fx_commit(f);
}

/* Never made, used, expired, of an agency that is no more, a character off, cut, too long: one answer. */
static void links_that_open_nothing_are_alike(void **state)
{
	struct fx *f = *state;
	static struct work first, next;
	static const char *const actions[] = {NULL, "accept", "ack", "nonsense"};
	char token[7][LINK_TOKEN + 1] = {"abcdefghijkmnpqrstuvwxyz23456789"}, detail[160] = "";
	for (int i = 1; i < 7; i++)
		sign_link(f, i == 3 ? "GONE" : "TV", i == 2 ? 60 : 86400, token[i]);
	fx_begin(f);
	OK(link_use(f->st, token[1], "accept", f->d.now));
	fx_commit(f);
	f->d.now += 61;
	token[4][31] = token[4][31] == 'a' ? 'b' : 'a';
	token[5][31] = '\0';
	strcat(token[6], "a");
	for (size_t a = 0; a < sizeof actions / sizeof actions[0]; a++)
		for (int i = 0; i < 7; i++) {
			struct work *w = i ? &next : &first;
			follow(f, token[i], actions[a], w);
			assert_int_equal(r.status, 404);
			assert_int_equal(r.fields.n, 0);
			if (detail[0])
				assert_string_equal(r.detail, detail);
			snprintf(detail, sizeof detail, "%s", r.detail);
			work_same(&first, w, "of a link");
		}
	token[6][32] = '\0'; /* and one that is good is shown */
	follow(f, token[6], NULL, &next);
	assert_int_equal(r.status, 200);
}

/* The configuration is immutable to everybody but a test that asks what another would do. */
static struct config_agency *agency(struct fx *f, const char *code)
{
	for (size_t i = 0; i < f->cf->n_agencies; i++)
		if (strcmp(f->cf->agencies[i].code, code) == 0)
			return &f->cf->agencies[i];
	fail_msg("no agency %s", code);
	return NULL;
}

static void call_signed(struct fx *f, const char *code, const char *secret, const char *uid, const char *body)
{
	char stamp[24], list[SIGN_MAX];
	struct wire_call c = {.id = 1, .kind = wire_str("answer"), .block = wire_str(code), .peer = wire_str("127.0.0.1"),
			      .body = wire_str(body)};
	snprintf(stamp, sizeof stamp, "%lld", (long long)f->d.now);
	assert_int_equal(sign_v1(secret, uid, f->d.now, body, strlen(body), list), SIGN_OK);
	const char *const pairs[][2] = {{"webhook-id", uid}, {"webhook-timestamp", stamp}, {"webhook-signature", list}};
	for (size_t i = 0; i < 3; i++)
		c.fields.pair[c.fields.n++] = (struct wire_pair){wire_str(pairs[i][0]), wire_str(pairs[i][1])};
	macs = 0;
	take(f, &c);
}

#define WRONG "whsec_d3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3JvbmchISE="
#define NOBODYS "whsec_bm9ib2R5IG5vYm9keSBub2JvZHkgbm9ib2R5IG5vYm9keSE="
#define OTHER "whsec_bmV4dCBzZWNyZXQgb2YgdGhlIHNhbWUgYWdlbmN5ISE="

/* An agency, one that is none, one that changes its secret, and one without any: a wrong signature costs the same. */
static void a_wrong_signature_does_not_tell_who_there_is(void **state)
{
	struct fx *f = *state;
	static const char *const codes[] = {"MUN", "NOBODY", "TV", "SSS", "A-CODE-THAT-IS-LONGER-THAN-ANY"};
	static const char *const secrets[] = {WRONG, NOBODYS};
	char detail[160] = "";
	agency(f, "TV")->secret_next = OTHER;
	agency(f, "SSS")->secret = NULL;
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		for (size_t k = 0; k < 2; k++) {
			call_signed(f, codes[i], secrets[k], "a", "{}");
			assert_int_equal(r.status, 401);
			assert_int_equal(macs, 2);
			if (detail[0])
				assert_string_equal(r.detail, detail);
			snprintf(detail, sizeof detail, "%s", r.detail);
		}
	assert_non_null(strstr(detail, "does not verify"));
	call_signed(f, "TV", OTHER, "b", "{}"); /* the next one is good already */
	assert_int_equal(r.status, 400);
}

/* What was sent to another agency, and what there is not: the same words, the same work. */
static void an_agency_learns_nothing_of_anothers(void **state)
{
	struct fx *f = *state;
	static const char *const bodies[][2] = {
	    {"{\"type\":\"referral.accept\",\"data\":{\"referral\":\"R1\"}}",
	     "{\"type\":\"referral.accept\",\"data\":{\"referral\":\"R999\"}}"},
	    {"{\"type\":\"referral.done\",\"data\":{\"referral\":\"R1\"}}",
	     "{\"type\":\"referral.done\",\"data\":{\"referral\":\"R999\"}}"},
	    {"{\"type\":\"alert.ack\",\"data\":{\"alert\":1}}", "{\"type\":\"alert.ack\",\"data\":{\"alert\":999}}"},
	    {"{\"type\":\"alert.done\",\"data\":{\"alert\":1}}",
	     "{\"type\":\"alert.done\",\"data\":{\"alert\":999}}"},
	    {"{\"type\":\"task.done\",\"data\":{\"task\":\"T1\"}}", "{\"type\":\"task.done\",\"data\":{\"task\":\"T999\"}}"}};
	static struct work work[2];
	char uid[16], ask[60];
	struct case_row c;
	size_t n = 0;
	f->cf->pin_referrals = false;
	fx_ask(f, O1, "RAST TRA Z4 M11");
	OK(case_list(f->st, NULL, &c, 1, &n));
	snprintf(ask, sizeof ask, "refero %.20s tv strehim", c.code);
	assert_non_null(strstr(fx_ask(f, O1, ask), "R1"));
	snprintf(ask, sizeof ask, "DETYRE %.20s TDH vizite", c.code);
	assert_non_null(strstr(fx_ask(f, C1, ask), "T1"));
	fx_drain(f);
	agency(f, "POLICE")->secret = WRONG;
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		char detail[160] = "";
		for (size_t k = 0; k < 2; k++) {
			snprintf(uid, sizeof uid, "%zu-%zu", i, k);
			work_begin(&work[k]);
			call_signed(f, "POLICE", WRONG, uid, bodies[i][k]);
			work_end();
			if (r.status != 404)
				fail_msg("%s: %d %s", bodies[i][k], r.status, r.detail);
			if (k)
				assert_string_equal(r.detail, detail);
			snprintf(detail, sizeof detail, "%s", r.detail);
		}
		work_same(&work[0], &work[1], bodies[i][0]);
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {T(links_that_open_nothing_are_alike), T(a_wrong_signature_does_not_tell_who_there_is),
					   T(an_agency_learns_nothing_of_anothers)};
	work_watch();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
