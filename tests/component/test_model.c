/* test_model.c - the whole of casework under random texts of all roles and a clock that jumps, against what must
 * hold after every step:
 *
 *   - rows move only along legal ways (a table of its own, not the code's);
 *   - a code that is not his reads to a sender exactly as one that does not exist, and changes nothing;
 *   - a text that names a case goes only to who leads it, coordinates, or has a task of it; never to a school;
 *   - every alert has reached somebody, a person or an office;
 *   - no name, number or PIN that was typed stands in a file, a log line, a note or anything that leaves.
 *
 * Seeds: three fixed ones and one drawn and printed; TEST_SEED=n repeats it. */
#include "tests/component/fixture.h"
#include <time.h>
#include "store/progress.h"
#include "store/returns.h"
#include "store/tasks.h"
#include "tests/component/casebook.h"

#define T3 "+355691000003"
#define AG1 "+355694000001"
#define AG2 "+355694000002"
#define S1 "+355694000003"
#define MANY 600
#define STEPS 260

static uint64_t seed;
static char doing[240]; /* for the words of a failure */

static int draw(int below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int)((seed >> 11) % (uint64_t)below);
}

#define PICK(list) ((list)[draw((int)(sizeof(list) / sizeof((list)[0])))])

static const char *const phones[] = { T1, T2, T3, H1, O1, O2, C1, D1, AG1, AG2, S1, STRANGER };
static const char *const names[] = { "Arben Hoxha", "Mirela Gjoka" };
#define NUMBER "069 123 4567"
#define PIN "482913"
/* as they would stand somewhere */
static const char *const planted[] = { "Arben", "Hoxha", "Mirela", "Gjoka", "1234567", "123 4567", PIN };

/* ---- what stands ---------------------------------------------------------------------------- */

struct world_now {
	struct case_row cases[MANY];
	struct referral referrals[MANY];
	struct task tasks[MANY];
	struct return_op returns[MANY];
	struct confirmation asked[MANY];
	struct alert_row alerts[MANY];
	size_t n_cases, n_referrals, n_tasks, n_returns, n_asked, n_alerts;
};
static struct world_now before, after;

static void look(struct fx *f, struct world_now *w)
{
	memset(w, 0, sizeof(*w));
	OK(case_page(f->st, 0, w->cases, MANY, &w->n_cases));
	while (w->n_referrals < MANY && referral_get(f->st, (int64_t)w->n_referrals + 1,
						     &w->referrals[w->n_referrals]) == STORE_OK)
		w->n_referrals++;
	while (w->n_tasks < MANY && task_get(f->st, (int64_t)w->n_tasks + 1, &w->tasks[w->n_tasks]) == STORE_OK)
		w->n_tasks++;
	while (w->n_returns < MANY && return_get(f->st, (int64_t)w->n_returns + 1,
						 &w->returns[w->n_returns]) == STORE_OK)
		w->n_returns++;
	while (w->n_alerts < MANY && alert_get(f->st, (int64_t)w->n_alerts + 1, &w->alerts[w->n_alerts]) == STORE_OK)
		w->n_alerts++;
	for (size_t i = 0; i < w->n_alerts; i++) {
		if (confirm_get(f->st, w->alerts[i].number, &w->asked[w->n_asked]) == STORE_OK)
			w->n_asked++;
	}
	assert_true(w->n_cases < MANY && w->n_alerts < MANY && w->n_tasks < MANY);
}

/* ---- legal ways ----------------------------------------------------------------------------- */

struct way {
	const char *from, *to; /* to: all that may follow, in one step or several */
};
static const struct way case_ways[] = {
	{ "new", "assessment plan services closed duplicate" },
	{ "assessment", "plan services closed duplicate" },
	{ "plan", "services closed duplicate" },
	{ "services", "closed duplicate" },
	{ "closed", "new assessment plan services" }, /* RIHAP */
	{ "duplicate", "" },
};
static const struct way referral_ways[] = {
	{ "created", "sent accepted declined expired withdrawn completed" },
	{ "sent", "accepted declined expired withdrawn completed" },
	{ "accepted", "completed withdrawn" },
	{ "declined", "" }, { "expired", "" }, { "withdrawn", "" }, { "completed", "" },
};
static const struct way task_ways[] = {
	{ "open", "progress deferred carried done cancelled" },
	{ "progress", "deferred carried done cancelled" },
	{ "deferred", "progress carried done cancelled" },
	{ "carried", "progress deferred done cancelled" },
	{ "done", "" }, { "cancelled", "" },
};
static const struct way return_ways[] = {
	{ "announced", "missed arrived ended cancelled" },
	{ "missed", "arrived ended" },
	{ "arrived", "ended" },
	{ "ended", "" }, { "cancelled", "" },
};
static const struct way asked_ways[] = {
	{ "waiting", "confirmed denied withdrawn" },
	{ "confirmed", "" }, { "denied", "" }, { "withdrawn", "" },
};
static const struct way alert_ways[] = {
	{ "open", "acked withdrawn done" },
	{ "acked", "" }, { "withdrawn", "" }, { "done", "" },
};

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; (p = strstr(p, word)) != NULL; p += n) {
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return true;
	}
	return false;
}

static void legal(const char *what, int64_t id, const struct way *ways, size_t n, const char *from,
		  const char *to)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(ways[i].from, to) == 0 && from[0] == '\0')
			return;
		if (strcmp(ways[i].from, from) == 0 && (strcmp(from, to) == 0 || has_word(ways[i].to, to)))
			return;
	}
	fail_msg("%s: %s %lld went from \"%s\" to \"%s\"", doing, what, (long long)id, from, to);
}

#define LEGAL(list, count, ways, key)                                                                    \
	for (size_t i = 0; i < after.count; i++)                                                         \
	legal(#list, (int64_t)after.list[i].key, ways, sizeof(ways) / sizeof((ways)[0]),                  \
	      i < before.count ? before.list[i].state : "", after.list[i].state)

static void check_ways(void)
{
	LEGAL(cases, n_cases, case_ways, id);
	LEGAL(referrals, n_referrals, referral_ways, number);
	LEGAL(tasks, n_tasks, task_ways, number);
	LEGAL(returns, n_returns, return_ways, id);
	LEGAL(alerts, n_alerts, alert_ways, number);
	for (size_t i = 0; i < after.n_asked; i++) {
		const char *from = "";
		for (size_t k = 0; k < before.n_asked; k++) {
			if (before.asked[k].number == after.asked[i].number)
				from = before.asked[k].state;
		}
		legal("asked", after.asked[i].number, asked_ways, 4, from, after.asked[i].state);
	}
}

/* Things that must agree with one another, whatever came before. */
static void check_agreement(struct fx *f)
{
	for (size_t i = 0; i < after.n_cases; i++) {
		const struct case_row *c = &after.cases[i];
		bool over = strcmp(c->state, "closed") == 0 || strcmp(c->state, "duplicate") == 0;
		struct case_due due;
		static const char *const kinds[] = { "contact", "followup", "confirm" };
		for (size_t k = 0; over && k < 3; k++) {
			if (due_get(f->st, c->id, kinds[k], &due) == STORE_OK && due.open)
				fail_msg("%s: %s is over, and %s is due", doing, c->code, kinds[k]);
		}
		struct reporter owner;
		if (c->owner[0]) {
			OK(roster_by_id(f->st, c->owner, &owner));
			if (strcmp(owner.role, "teacher") == 0 || strcmp(owner.role, "head") == 0)
				fail_msg("%s: a school leads %s", doing, c->code);
		}
	}
	for (size_t i = 0; i < after.n_asked; i++) {
		const struct confirmation *q = &after.asked[i];
		if (strcmp(q->state, "confirmed") == 0 && strcmp(q->asked_by, q->answered_by) == 0)
			fail_msg("%s: %s answered his own question %lld", doing, q->asked_by, (long long)q->number);
	}
	for (size_t i = 0; i < after.n_referrals; i++) {
		if (!after.referrals[i].rule[0])
			fail_msg("%s: R%lld left without a mandate", doing, (long long)after.referrals[i].number);
	}
}

/* ---- who hears ------------------------------------------------------------------------------ */

static bool told_by_http(const struct fx *f, int64_t alert)
{
	for (size_t i = 0; i < f->n_http; i++) {
		if (f->http[i].alert == alert)
			return true;
	}
	return false;
}

static void check_audience(struct fx *f)
{
	char ids[8][ROSTER_ID];

	for (size_t i = before.n_alerts; i < after.n_alerts; i++) {
		size_t n = 0;
		OK(alert_who(f->st, after.alerts[i].number, ids, 8, &n));
		if (n == 0 && !told_by_http(f, after.alerts[i].number))
			fail_msg("%s: alert %lld (%s, %s) reached nobody", doing, (long long)after.alerts[i].number,
				 after.alerts[i].rule, after.alerts[i].subject);
	}
}

static bool may_know(struct fx *f, const char *phone, const struct case_row *c)
{
	struct reporter r;

	if (roster_by_number(f->st, phone, &r) != STORE_OK)
		return false;
	if (strcmp(r.role, "teacher") == 0 || strcmp(r.role, "head") == 0)
		return false;
	if (strcmp(r.role, "coordinator") == 0 || strcmp(r.role, "duty") == 0 || strcmp(c->owner, r.id) == 0)
		return true;
	for (size_t i = 0; i < after.n_tasks; i++) {
		const struct task *t = &after.tasks[i];
		bool his = t->assignee[0] ? strcmp(t->assignee, r.id) == 0 : strcmp(t->agency, r.agency) == 0;
		if (t->case_id == c->id && his && strcmp(t->agency, "POLICE") != 0)
			return true;
	}
	for (size_t i = 0; i < after.n_referrals; i++) {
		if (after.referrals[i].case_id == c->id && strcmp(after.referrals[i].sender, r.id) == 0)
			return true;
	}
	return false;
}

static void check_sms(struct fx *f)
{
	for (size_t i = 0; i < f->n_sms; i++) {
		for (size_t k = 0; k < after.n_cases; k++) {
			if (strstr(f->sms[i].text, after.cases[k].code) && !may_know(f, f->sms[i].to, &after.cases[k]))
				fail_msg("%s: %s was told \"%s\"", doing, f->sms[i].to, f->sms[i].text);
		}
	}
}

/* ---- what must stand nowhere ---------------------------------------------------------------- */

static void check_text(const char *where, const char *text)
{
	for (size_t i = 0; i < sizeof(planted) / sizeof(planted[0]); i++) {
		if (strstr(text, planted[i]))
			fail_msg("%s: \"%s\" in %s: %s", doing, planted[i], where, text);
	}
}

static void check_outside(struct fx *f)
{
	check_text("a log line", f->words);
	for (size_t i = 0; i < f->n_sms; i++)
		check_text("an SMS", f->sms[i].text);
	for (size_t i = 0; i < f->n_http; i++)
		check_text("a delivery", f->http[i].body);
}

static void check_inside(struct fx *f)
{
	static struct case_event e[256];

	for (size_t i = 0; i < sizeof(planted) / sizeof(planted[0]); i++) {
		if (fx_on_disk(f, planted[i]))
			fail_msg("%s: \"%s\" stands in a file", doing, planted[i]);
	}
	for (size_t i = 0; i < after.n_cases; i++) {
		size_t n = 0;
		OK(case_events(f->st, after.cases[i].id, e, 256, &n));
		for (size_t k = 0; k < n; k++) {
			check_text("a note", e[k].note);
			check_text("a history", e[k].detail);
		}
	}
	int64_t rows, bad;
	OK(audit_verify(f->st, &rows, &bad));
}

/* ---- what people do ------------------------------------------------------------------------- */

static const char *a_code(void)
{
	static const char *const wrong[] = { "E26-0147-X", "E26-9999-Q", "E25-0001-A" };

	return after.n_cases && draw(10) ? after.cases[draw((int)after.n_cases)].code : PICK(wrong);
}

static int a_number(size_t n)
{
	return n && draw(10) ? 1 + draw((int)n) : draw(99);
}

/* %c a code, %a an alert, %r a referral, %t a task, %n a name, %p a number, %s a PIN, %d a day ahead, %z a zone,
 * %i a digit */
static const char *const texts[] = {
	"MUNGESE 5A %i 1%i", "MUNGESE 5A 12", "5A 0", "6A 0", "MUNGESE 5/1 %i", "MUNGESE 4B 9", "5A 12 me arsye",
	"KTHYE 5A 12", "BRAKTISI 9B 7", "mungese 5A nr 12 eshte ne greqi", "KORRIGJO 5A 13", "ANULO", "ANULO",
	"5A nr 12 lyp te semafori", "Mungese 5A %n", "5A 12 %n %p",
	"RAST LYP %z M1%i", "RAST LYP", "RAST TRA %z F15 LARTE", "DRO %z M15 URGJENT", "RAST PUN %z M45",
	"RAST LYP %z M11 %n", "RAST DHU %z F%i tel %p", "%z", "PO", "JO", "PO %a", "JO %a", "OK %a", "ok", "BASHKO",
	"BASHKO %c %c", "RREZIK %c LARTE", "RREZIK %c ULET", "RREZIK %c ULET PIN %s", "STATUS %c PIN %s",
	"vizite %c familja mire", "vizite %c ne shkolle", "ndjek %c nuk u gjet", "vizite %c familja e pasigurt",
	"vizite %c %n ishte ne shtepi", "NDJEK %c asnje ne shtepi", "vizite %c mire %z", "%c u pa ne %z",
	"PROGRES %c %i", "PROGRES %c 4", "PROGRES %c 3", "PROGRES %c 2", "progres %c familja pa te ardhura",
	"PROGRES %c shkolla 3 familja 2 komuniteti 4", "progres %c 3 %n",
	"refero %c tjeter vizion strehim", "refero %c shshss", "refero %c zyra e punes prindi", "refero %c tdh edukim",
	"PRANO R%r", "REFUZO R%r s'kemi vend", "KRYER R%r", "DETYRE %c TDH vizite deri %d", "DETYRE %c MUN vizite", "KRYER T%t",
	"KRYER T%t familja e pasigurt", "T%t jo akoma", "SHTY T%t %d", "detyrat", "TAKIM", "rendi i dites",
	"REGJISTRUAR %c SH1 5A 12", "REGJISTRUAR %c SH3 4B", "REGJISTRUAR %c SH3 4B 9", "9", "12 17",
	"KTHIM GR M12 Selanik %d", "KTHIM IT F15 %d", "KTHIM %c GR %d", "MBERRITI %c", "nuk mberriti %c",
	"mberriti M12 nga Greqia", "FUSHATE SH3 45", "campaign z4 30 parents",
	"MBYLL %c I RIINTEGRUAR", "MBYLL %c MEGJITHATE", "RIHAP %c", "Rastet e mia PIN %s", "NDIHME", "me rrahin",
	"faleminderit", "HUMBA %p kodi", "gjuha shqip", "%n", "asgje me kuptim",
};

static void compose(struct fx *f, const char *pattern, char out[400])
{
	static const char *const zones[] = { "Z1", "Z4", "Z7" };
	char day[CLOCK_DAY], one[40];
	size_t at = 0;

	clock_day(f->d.now + (int64_t)(1 + draw(20)) * 86400, day);
	for (const char *p = pattern; *p && at + 40 < 400; p++) {
		one[0] = '\0';
		if (*p != '%') {
			out[at++] = *p;
			continue;
		}
		switch (*++p) {
		case 'c':
			snprintf(one, sizeof(one), "%s", a_code());
			break;
		case 'a':
			snprintf(one, sizeof(one), "%d", a_number(after.n_alerts));
			break;
		case 'r':
			snprintf(one, sizeof(one), "%d", a_number(after.n_referrals));
			break;
		case 't':
			snprintf(one, sizeof(one), "%d", a_number(after.n_tasks));
			break;
		case 'n':
			snprintf(one, sizeof(one), "%s", PICK(names));
			break;
		case 'p':
			snprintf(one, sizeof(one), NUMBER);
			break;
		case 's':
			snprintf(one, sizeof(one), PIN);
			break;
		case 'd':
			snprintf(one, sizeof(one), "%.2s.%.2s", day + 8, day + 5);
			break;
		case 'z':
			snprintf(one, sizeof(one), "%s", PICK(zones));
			break;
		default:
			snprintf(one, sizeof(one), "%d", draw(10));
			break;
		}
		at += (size_t)snprintf(out + at, 400 - at, "%s", one);
	}
	out[at] = '\0';
}

static void checked(struct fx *f)
{
	look(f, &after);
	check_ways();
	check_agreement(f);
	check_audience(f);
	check_sms(f);
	check_outside(f);
	before = after;
}

static void say(struct fx *f, const char *from, const char *text)
{
	snprintf(doing, sizeof(doing), "seed step: %s says \"%.180s\"", from, text);
	fx_clear(f);
	fx_sms(f, from, text);
	fx_drain(f);
	checked(f);
}

static void wait_some(struct fx *f)
{
	static const int hours[] = { 1, 5, 20, 26, 80, 200 };
	int h = PICK(hours);

	snprintf(doing, sizeof(doing), "%d hours pass", h);
	f->d.now += (int64_t)h * 3600;
	fx_clear(f);
	fx_due(f);
	checked(f);
}

static void about_code(const char *pattern, const char *code, char text[120])
{
	const char *at = strstr(pattern, "%s");

	snprintf(text, 120, "%.*s%s%s", (int)(at - pattern), pattern, code, at + 2);
}

/* The same words about a case that is not his, and about one that never was. */
static void try_a_foreign_code(struct fx *f)
{
	static const char *const about[] = { "vizite %s familja mire", "PROGRES %s 2", "RREZIK %s LARTE",
					     "refero %s tv strehim",   "MBYLL %s I RIINTEGRUAR",
					     "REGJISTRUAR %s SH3 4B 9", "KTHIM %s GR 24.12",
					     "progres %s familja pa te ardhura" };
	static const char *const strangers[] = { O2, AG1, AG2 };
	const char *who = PICK(strangers), *pattern = PICK(about);
	struct case_event e[128];
	size_t n = 0, m = 0;
	char text[120], wrong[1200];

	if (!after.n_cases)
		return;
	const struct case_row c = after.cases[draw((int)after.n_cases)];
	struct reporter r;
	OK(roster_by_number(f->st, who, &r));
	if (strcmp(c.owner, r.id) == 0)
		return;
	char code[CASE_CODE_MAX];
	for (int64_t k = 9000; !code_make('E', 2026, k, code); k++)
		continue;
	about_code(pattern, code, text);
	OK(case_events(f->st, c.id, e, 128, &n));
	snprintf(wrong, sizeof(wrong), "%s", fx_ask(f, who, text));
	about_code(pattern, c.code, text);
	snprintf(doing, sizeof(doing), "%s, whose case it is not, says \"%s\"", r.id, text);
	assert_string_equal(fx_ask(f, who, text), wrong);
	assert_int_equal(f->n_http, 0);
	OK(case_events(f->st, c.id, e, 128, &m));
	assert_int_equal(n, m);
	checked(f);
}

static void play(struct fx *f, uint64_t with)
{
	char text[400];

	seed = with * 2654435761u | 1;
	for (int i = 0; i < 8; i++)
		draw(2);
	book_second_worker(f);
	look(f, &after);
	before = after;
	for (int step = 0; step < STEPS; step++) {
		int what = draw(20);
		f->d.now += 60 + draw(900); /* as people text, below the guards against floods */
		if (what == 0) {
			wait_some(f);
		} else if (what <= 2) {
			try_a_foreign_code(f);
		} else {
			compose(f, PICK(texts), text);
			/* mostly by those who work on cases, or little would happen */
			say(f, draw(3) ? (draw(2) ? O1 : C1) : PICK(phones), text);
		}
		if (step % 40 == 39)
			check_inside(f);
	}
	check_inside(f);
	print_message("%zu cases %zu referrals %zu tasks %zu returns %zu questions %zu alerts\n", after.n_cases,
		      after.n_referrals, after.n_tasks, after.n_returns, after.n_asked, after.n_alerts);
}

static void test_seed_1(void **state)
{
	play(*state, 1);
}

static void test_seed_2(void **state)
{
	play(*state, 20051115);
}

static void test_seed_3(void **state)
{
	play(*state, 499);
}

static void test_a_drawn_seed(void **state)
{
	const char *given = getenv("TEST_SEED");
	uint64_t with = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);

	printf("TEST_SEED=%llu\n", (unsigned long long)with);
	fflush(stdout);
	play(*state, with);
	/* something happened, or nothing was proved */
	assert_true(after.n_cases > 5);
	assert_true(after.n_alerts > 10);
}

#define EACH(t) cmocka_unit_test_setup_teardown(t, book_setup, fx_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(test_seed_1),
		EACH(test_seed_2),
		EACH(test_seed_3),
		EACH(test_a_drawn_seed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
