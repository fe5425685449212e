/* test_route.c - by which way a text leaves, a row a situation: two modems and the courier that are ready,
 * as processes of this program; circuits and former tries in a real store. */
#include "tests/component/fixture.h"
#include <poll.h>
#include <unistd.h>

#include "gateway/hub/clock.h"
#include "gateway/hub/log.h"
#include "gateway/hub/route.h"
#include "gateway/outbox/post.h"
#include "store/circuits.h"
#include "store/providers.h"

#define CREDIT 2
#define HOUR 3600
#define NEAR "+355691111111"
#define FAR "+355681111111"

enum { A, B, COURIER, WORKERS };
static const char *const names[WORKERS] = { "a", "b", "courier" };
static char self[256];
static struct hub hub; /* 100 KB; one thread */
static int ready;

/* ---- the workers: ready, and nothing else --------------------------------------------------- */

static int worker(const char *name)
{
	static uint8_t buf[WIRE_FRAME_MAX];
	struct wire_frame f = { .type = WIRE_READY };
	const char *kind = strcmp(name, "courier") == 0 ? "courier" : "modem";
	int rc;

	f.u.ready = (struct wire_ready){ wire_str(kind), wire_str("test"), CREDIT };
	if (wire_send(WIRE_FD, &f) != WIRE_OK)
		return 1;
	while ((rc = wire_recv(WIRE_FD, buf, &f)) == WIRE_OK || rc == WIRE_AGAIN) {
		if (rc == WIRE_OK && f.type == WIRE_STOP)
			return 0;
	}
	return 0;
}

static void on_settings(void *arg, const struct worker_spec *spec, bool safe, struct wire_pairs *out)
{
	(void)arg, (void)spec, (void)safe;
	out->n = 0;
}

static bool on_frame(void *arg, int w, const struct wire_frame *f, const uint8_t *raw, size_t len)
{
	(void)arg, (void)w, (void)f, (void)raw, (void)len;
	return true;
}

static void on_ready(void *arg, int w)
{
	(void)arg, (void)w;
	ready++;
}

static void on_down(void *arg, int w, const char *why)
{
	(void)arg;
	fail_msg("%s went away: %s", names[w], why);
}

static void start_workers(void)
{
	const struct supervise_events ev = { .settings = on_settings, .frame = on_frame, .ready = on_ready,
					     .down = on_down };
	int64_t until = clock_mono_ms() + 20000;

	ready = 0;
	hub.sup = supervise_new(&ev);
	assert_non_null(hub.sup);
	for (int i = 0; i < WORKERS; i++) {
		struct worker_spec spec = { .kind = i == COURIER ? WORKER_COURIER : WORKER_MODEM };
		snprintf(spec.name, sizeof(spec.name), "%s", names[i]);
		snprintf(spec.binary, sizeof(spec.binary), "%s", self);
		assert_int_equal(supervise_add(hub.sup, &spec), i);
	}
	while (ready < WORKERS && clock_mono_ms() < until) {
		struct pollfd fds[SUPERVISE_MAX];
		size_t n = supervise_pollfds(hub.sup, fds, SUPERVISE_MAX, true);
		poll(fds, n, 20);
		supervise_ready_fds(hub.sup, fds, n, 64);
		supervise_tick(hub.sup, clock_mono_ms());
	}
	assert_int_equal(ready, WORKERS);
}

/* ---- the situation -------------------------------------------------------------------------- */

static struct config_modem modems[2];
static struct config_sms_provider providers[2];
static const char *near_prefix[] = { "+35569", NULL }, *nearer_prefix[] = { "+355691", NULL },
		  *far_prefix[] = { "+35568", NULL };

static int set_up(void **state)
{
	int rc = fx_setup(state);
	struct fx *f = *state;

	memset(&hub, 0, sizeof(hub));
	memset(modems, 0, sizeof(modems));
	memset(providers, 0, sizeof(providers));
	hub.cf = f->cf;
	hub.st = f->st;
	hub.out_end = &hub.out;
	for (int i = 0; i < 2; i++) {
		modems[i].name = names[i];
		providers[i].name = i ? "q" : "p";
		providers[i].sends = true;
		providers[i].outbound.max_parts = 6;
		providers[i].outbound.parallel = 4;
	}
	f->cf->modems = modems;
	f->cf->n_modems = 2;
	f->cf->sms_providers = providers;
	f->cf->n_sms_providers = 0;
	f->cf->sms_fallback_urgent_s = 60;
	f->cf->sms_fallback_s = 0;
	start_workers();
	return rc;
}

static int tear_down(void **state)
{
	supervise_free(hub.sup);
	return fx_teardown(state);
}

static struct outbox_item text_to(const struct fx *f, const char *number, bool urgent, int64_t age)
{
	struct outbox_item it = { .leg = OUTBOX_SMS, .urgent = urgent, .created = f->d.now - age,
				  .not_before = f->d.now - age, .len = 5 };

	snprintf(it.number, sizeof(it.number), "%s", number);
	snprintf(it.body, sizeof(it.body), "fjala");
	return it;
}

/* "a" "b" "p" "q", or "-": it waits. */
static const char *way(const struct fx *f, const struct outbox_item *it)
{
	struct route_look look;
	struct route to = { .worker = -1 };

	OK(route_look(&hub, f->d.now, &look));
	if (!route_pick(&hub, &look, it, &to))
		return "-";
	if (to.provider)
		assert_int_equal(to.worker, COURIER);
	return to.provider ? to.provider->name : names[to.worker];
}

static const char *way_of(const struct fx *f, const char *number, bool urgent, int64_t age)
{
	struct outbox_item it = text_to(f, number, urgent, age);

	return way(f, &it);
}

/* Its texts failed; it is tried again in wait seconds. */
static void fails(struct fx *f, enum circuit_kind kind, const char *name, int64_t wait)
{
	fx_begin(f);
	OK(circuit_failed(f->st, kind, name, f->d.now, f->d.now + wait));
	fx_commit(f);
}

static void in_hand(int w, int n, bool text)
{
	for (int i = 0; i < n; i++)
		hub.slots[w].jobs[hub.slots[w].n_jobs++] = (struct job){ .id = 100 + i, .parts = 1, .text = text };
}

/* ---- prefixes, pure ------------------------------------------------------------------------- */

static void test_fit(void **state)
{
	static const char *none[] = { NULL }, *two[] = { "+355", "+35569", NULL }, *other[] = { "+383", NULL };
	const struct {
		const char *const *prefixes;
		const char *number;
		int fit;
	} rows[] = { { NULL, NEAR, 0 }, { none, NEAR, 0 },   { two, NEAR, 6 },
		     { two, FAR, 4 },   { other, NEAR, -1 }, { two, "", -1 }, { two, "+35", -1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(route_fit(rows[i].prefixes, rows[i].number), rows[i].fit);
}

/* ---- modems --------------------------------------------------------------------------------- */

static void test_the_one_that_sent_least(void **state)
{
	struct fx *f = *state;

	hub.slots[A].handed = 5;
	hub.slots[B].handed = 4;
	assert_string_equal(way_of(f, NEAR, false, 0), "b");
	hub.slots[A].handed = 3;
	assert_string_equal(way_of(f, NEAR, false, 0), "a");
}

static void test_the_best_prefix(void **state)
{
	struct fx *f = *state;

	modems[A].prefixes = near_prefix;
	hub.slots[A].handed = 1000;
	assert_string_equal(way_of(f, NEAR, false, 0), "a");
	assert_string_equal(way_of(f, FAR, false, 0), "b");
	modems[B].prefixes = nearer_prefix;
	assert_string_equal(way_of(f, NEAR, false, 0), "b");
	/* nobody's numbers go by one that has them not, rather than not at all */
	assert_string_equal(way_of(f, "+38344111111", false, 0), "b");
	/* one without network is no candidate, whatever its prefix */
	hub.slots[B].away = true;
	assert_string_equal(way_of(f, NEAR, false, 0), "a");
	hub.slots[A].away = true;
	assert_string_equal(way_of(f, NEAR, true, HOUR), "-");
}

static void test_one_with_room(void **state)
{
	struct fx *f = *state;

	in_hand(A, CREDIT, false);
	hub.slots[B].handed = 1000;
	assert_string_equal(way_of(f, NEAR, false, 0), "b");
	/* the right one is waited for: another's tariff may be another's */
	modems[A].prefixes = near_prefix;
	assert_string_equal(way_of(f, NEAR, false, 0), "-");
	hub.slots[A].n_jobs--;
	assert_string_equal(way_of(f, NEAR, false, 0), "a");
}

static void test_one_whose_texts_fail(void **state)
{
	struct fx *f = *state;

	modems[A].prefixes = near_prefix;
	fails(f, CIRCUIT_MODEM, "a", 300);
	assert_string_equal(way_of(f, NEAR, false, 0), "b");
	fails(f, CIRCUIT_MODEM, "b", 300);
	assert_string_equal(way_of(f, NEAR, false, 0), "-");
	assert_string_equal(way_of(f, NEAR, true, 0), "a"); /* an urgent one tries what there is */
	f->d.now += 301; /* one routine text finds out */
	assert_string_equal(way_of(f, NEAR, false, 0), "a");
	in_hand(A, 1, false);
	in_hand(B, 1, false);
	assert_string_equal(way_of(f, NEAR, false, 0), "-"); /* and one alone */
	assert_string_equal(way_of(f, NEAR, true, 0), "a");
}

/* ---- providers ------------------------------------------------------------------------------ */

static void test_a_provider_stands_by(void **state)
{
	struct fx *f = *state;

	f->cf->n_sms_providers = 1;
	assert_string_equal(way_of(f, NEAR, true, HOUR), "a"); /* while a modem works */
	fails(f, CIRCUIT_MODEM, "a", 300);
	fails(f, CIRCUIT_MODEM, "b", 300);
	assert_string_equal(way_of(f, NEAR, true, 59), "a");
	assert_string_equal(way_of(f, NEAR, true, 60), "p");
	assert_string_equal(way_of(f, NEAR, false, 24 * HOUR), "-"); /* sms.fallback_s is 0 */
	f->cf->sms_fallback_s = 1800;
	assert_string_equal(way_of(f, NEAR, false, 1799), "-");
	assert_string_equal(way_of(f, NEAR, false, 1800), "p");
	providers[0].sends = false;
	assert_string_equal(way_of(f, NEAR, true, HOUR), "a");
}

static void test_without_modems_all_leave_at_once(void **state)
{
	struct fx *f = *state;

	f->cf->n_modems = 0;
	f->cf->n_sms_providers = 1;
	hub.slots[A].away = hub.slots[B].away = true;
	assert_string_equal(way_of(f, NEAR, false, 0), "p");
	fails(f, CIRCUIT_PROVIDER, "p", 300);
	assert_string_equal(way_of(f, NEAR, true, 0), "-");
	f->d.now += 301;
	assert_string_equal(way_of(f, NEAR, false, 0), "p");
	in_hand(COURIER, 1, true);
	assert_string_equal(way_of(f, NEAR, false, 0), "-"); /* its one try is out */
}

static void test_numbers_of_a_providers_own(void **state)
{
	struct fx *f = *state;

	f->cf->n_sms_providers = 2;
	providers[1].prefixes = far_prefix;
	assert_string_equal(way_of(f, FAR, false, 0), "q");
	assert_string_equal(way_of(f, NEAR, false, 0), "a");
	modems[A].prefixes = far_prefix; /* as good a fit, and it is there */
	assert_string_equal(way_of(f, FAR, false, 0), "a");
	fails(f, CIRCUIT_MODEM, "a", 300); /* the other modem has no such numbers */
	assert_string_equal(way_of(f, FAR, false, 0), "q");
	fails(f, CIRCUIT_MODEM, "b", 300);
	fails(f, CIRCUIT_PROVIDER, "q", 300);
	assert_string_equal(way_of(f, FAR, false, 0), "-");
	assert_string_equal(way_of(f, FAR, true, 60), "p");
}

static void test_what_a_provider_takes(void **state)
{
	struct fx *f = *state;
	struct outbox_item it = text_to(f, NEAR, true, HOUR);

	f->cf->n_sms_providers = 2;
	hub.slots[A].away = hub.slots[B].away = true;
	it.len = 400; /* three segments */
	memset(it.body, 'x', it.len);
	providers[0].outbound.max_parts = 2;
	assert_string_equal(way(f, &it), "q");
	providers[1].outbound.max_parts = 2;
	assert_string_equal(way(f, &it), "-"); /* for a modem that may come back */
	f->cf->n_modems = 0;
	assert_string_equal(way(f, &it), "p"); /* nobody can: it must come to an end, and people hear */
	f->cf->n_modems = 2;
	it.len = 5;
	providers[0].outbound.parallel = 1;
	in_hand(COURIER, 1, true);
	assert_string_equal(way(f, &it), "q");
	in_hand(COURIER, 1, false); /* the courier's credit is used up, by deliveries too */
	assert_string_equal(way(f, &it), "-");
}

/* A row that was tried: where it failed, another has its turn. */
static void test_after_a_try_the_next_has_its_turn(void **state)
{
	struct fx *f = *state;
	static struct outbox_item it;
	struct reporter r;
	bool told;

	f->cf->n_sms_providers = 2;
	fx_begin(f);
	OK(roster_by_id(f->st, "O1", &r));
	OK(post_sms(&f->d, &r, "fjala", 0, 0, 0, true, &told));
	OK(outbox_claim(f->st, OUTBOX_SMS, f->d.now, "a", NULL, &it));
	OK(outbox_defer(f->st, it.id, f->d.now, f->d.now, 0, "test"));
	OK(outbox_load(f->st, it.id, &it));
	fx_commit(f);
	assert_string_equal(way(f, &it), "a");
	f->d.now += 60; /* it failed at a modem that works: a provider, once it has waited */
	assert_string_equal(way(f, &it), "p");
	fx_begin(f);
	OK(outbox_claim(f->st, OUTBOX_SMS, f->d.now, "courier", NULL, &it));
	OK(provider_try(f->st, it.id, it.attempts, "p", "k1", f->d.now));
	OK(outbox_defer(f->st, it.id, f->d.now, f->d.now, 0, "test"));
	OK(outbox_load(f->st, it.id, &it));
	fx_commit(f);
	assert_string_equal(way(f, &it), "a"); /* the modems work */
	hub.slots[A].away = hub.slots[B].away = true;
	assert_string_equal(way(f, &it), "q");
	fails(f, CIRCUIT_PROVIDER, "q", 300);
	assert_string_equal(way(f, &it), "p"); /* there is no other */
}

/* route_open is asked once a turn, before any row is looked at: it must not say no where a row could go. */
static void test_open(void **state)
{
	struct fx *f = *state;
	struct route_look look;

	OK(route_look(&hub, f->d.now, &look));
	assert_true(route_open(&hub, &look, false));
	fails(f, CIRCUIT_MODEM, "a", 300);
	fails(f, CIRCUIT_MODEM, "b", 300);
	OK(route_look(&hub, f->d.now, &look));
	assert_false(route_open(&hub, &look, false));
	assert_true(route_open(&hub, &look, true));
	f->cf->n_sms_providers = 1;
	assert_true(route_open(&hub, &look, false));
	in_hand(COURIER, CREDIT, false);
	assert_false(route_open(&hub, &look, false));
	hub.slots[A].away = hub.slots[B].away = true;
	assert_false(route_open(&hub, &look, true));
}

#define EACH(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(int argc, char **argv)
{
	if (argc > 1)
		return worker(argv[1]);
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	self[n > 0 ? n : 0] = '\0';
	log_setup(LOG_ERROR, false, false);
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fit),
		EACH(test_the_one_that_sent_least),
		EACH(test_the_best_prefix),
		EACH(test_one_with_room),
		EACH(test_one_whose_texts_fail),
		EACH(test_a_provider_stands_by),
		EACH(test_without_modems_all_leave_at_once),
		EACH(test_numbers_of_a_providers_own),
		EACH(test_what_a_provider_takes),
		EACH(test_after_a_try_the_next_has_its_turn),
		EACH(test_open),
	};
	return cmocka_run_group_tests_name("ways of texts", tests, NULL, NULL);
}
