/* reply.c - the answer to a reading: which message of the catalogue, filled with what was read.
 * Nothing of the sender's own words goes into a reply: only register numbers, classes, days, codes.
 * May call messages, reading, calendar, world, gsm7. */
#include <stdio.h>
#include <string.h>
#include "parser/calendar.h"
#include "parser/gsm7.h"
#include "parser/messages.h"

struct draft {
	const struct world *w;
	const struct parser_sender *to;
	const struct parser_clock *clock;
	const struct reading *r;
	const struct reply_facts *facts;
	const char *lang;
	size_t n;
	unsigned done;           /* groups of fills that were worked out */
	struct message_fill fills[64];
	char cls[12], own[12], day[8], days[32], n_text[12], of[12], pupils[64], entries[128], size[12];
	char replace[40], cases[40], date[8], due[8], place[16];
	char example[64], other[64], either[72], past[8], later[8], sch[32], understood[48];
};

static void put(struct draft *d, const char *name, const char *value)
{
	if (d->n < sizeof(d->fills) / sizeof(d->fills[0]) && value)
		d->fills[d->n++] = (struct message_fill){ name, value };
}

static bool staff(const struct draft *d)
{
	return d->to->role == ROLE_TEACHER || d->to->role == ROLE_HEAD;
}

static const char *word(const struct draft *d, const char *id)
{
	const char *t = message_text(d->w, d->lang, message_find(id));
	return t ? t : "";
}

static void append(char *to, size_t max, const char *s)
{
	size_t n = strlen(to), k = strlen(s);
	if (n + k < max)
		memcpy(to + n, s, k + 1);
}

/* "2026-11-18" to "18.11" */
static void short_day(const char *iso, char out[8])
{
	snprintf(out, 8, "%.2s.%.2s", iso + 8, iso + 5);
}

static const char *category(const struct reading *r, const char *prefix, int32_t pupil)
{
	char key[16];
	const char *one = reading_word(r, "category");
	snprintf(key, sizeof(key), "%s%d", prefix, (int)(pupil % 1000));
	const struct reading_item *it = reading_map(r, "categories", key);
	return it ? it->word : one;
}

static const char *mark_of(const struct draft *d, const char *cat)
{
	return !cat ? "" : strcmp(cat, "excused") == 0 ? word(d, "mark_excused") :
	       strcmp(cat, "unexcused") == 0 ? word(d, "mark_unexcused") :
	       strcmp(cat, "late") == 0 ? word(d, "mark_late") :
	       strcmp(cat, "left_early") == 0 ? word(d, "mark_left_early") : "";
}

/* "12,17PA": as many as fit, then how many more. */
static void list_pupils(const struct draft *d, const struct reading_item *it, size_t n, const char *prefix,
			char *out, size_t max)
{
	out[0] = 0;
	for (size_t i = 0; i < n; i++) {
		char one[24];
		snprintf(one, sizeof(one), "%s%d%.6s", i ? "," : "", (int)it[i].num,
			 mark_of(d, category(d->r, prefix, it[i].num)));
		if (strlen(out) + strlen(one) + 5 >= max) {
			snprintf(one, sizeof(one), "+%zu", n - i);
			append(out, max, one);
			return;
		}
		append(out, max, one);
	}
}

/* One month's days share their month: "16,17,18.11". */
static void list_days(const struct reading_item *it, size_t n, char *out, size_t max)
{
	out[0] = 0;
	for (size_t i = 0; i < n; i++) {
		bool last = i + 1 == n || strncmp(it[i].word, it[i + 1].word, 7) != 0;
		char one[16];
		snprintf(one, sizeof(one), last ? "%s%.2s.%.2s" : "%s%.2s", i ? "," : "", it[i].word + 8,
			 it[i].word + 5);
		if (strlen(out) + strlen(one) >= max - 1) {
			snprintf(out, max, "%.2s.%.2s-%.2s.%.2s", it[0].word + 8, it[0].word + 5,
				 it[n - 1].word + 8, it[n - 1].word + 5);
			return;
		}
		append(out, max, one);
	}
}

static void list_entries(struct draft *d)
{
	const struct reading *r = d->r;
	for (unsigned e = 0; e < r->n_entries; e++) {
		char one[64], pupils[40], prefix[16];
		const struct reading_entry *en = &r->entries[e];
		snprintf(prefix, sizeof(prefix), "%s:", en->class_name);
		list_pupils(d, r->items + en->first, en->n, prefix, pupils, sizeof(pupils));
		snprintf(one, sizeof(one), "%s%.12s %s", e ? " | " : "", en->class_name,
			 en->n ? pupils : "0");
		/* each bar is two septets */
		if (strlen(d->entries) + strlen(one) + e + 6 > 90) {
			snprintf(one, sizeof(one), " +%u", r->n_entries - e);
			append(d->entries, 90, one);
			return;
		}
		append(d->entries, 90, one);
	}
}

static void fill_class(struct draft *d)
{
	const char *c = reading_word(d->r, "class");
	snprintf(d->own, sizeof(d->own), "%.11s", d->to->n_classes ? d->to->classes[0] : "5A");
	if (c) {
		snprintf(d->cls, sizeof(d->cls), "%.11s", c);
		int g, sec, n, school = world_find_school(d->w, d->to->school);
		int at = class_parse(c, &g, &sec) ? world_find_class(d->w, school, g, sec, &n) : -1;
		if (at >= 0) {
			snprintf(d->own, sizeof(d->own), "%.11s", d->w->classes[at].name);
			snprintf(d->size, sizeof(d->size), "%d", (int)d->w->classes[at].size % 1000);
		} else {
			snprintf(d->size, sizeof(d->size), "0");
		}
	}
	put(d, "class", d->cls[0] ? d->cls : d->own);
	put(d, "own", d->own);
	put(d, "size", d->size);
}

static void fill_days(struct draft *d)
{
	const struct reading_item *it;
	const char *date = reading_word(d->r, "date");
	size_t n = reading_list(d->r, "dates", &it);
	short_day(date ? date : d->clock->today, d->day);
	if (n) {
		list_days(it, n, d->days, 25);
		snprintf(d->n_text, sizeof(d->n_text), "%d", (int)(n % 10000));
	} else {
		snprintf(d->days, sizeof(d->days), "%s", d->day);
	}
	put(d, "day", d->day);
	put(d, "days", d->days);
}

static void fill_pupils(struct draft *d)
{
	const struct reading_item *it;
	size_t n = reading_list(d->r, "pupils", &it);
	list_pupils(d, it, n, "", d->pupils, 49);
	put(d, "pupils", d->pupils);
	list_entries(d);
	put(d, "entries", d->entries);
	n = reading_list(d->r, "replace", &it);
	if (n)
		snprintf(d->replace, sizeof(d->replace), "%.11s -> %d", it[0].key, (int)it[0].num % 1000);
	n = reading_list(d->r, "replace_class", &it);
	if (n)
		snprintf(d->replace, sizeof(d->replace), "%.11s -> %.11s", it[0].key, it[0].word);
	put(d, "replace", d->replace);
}

static void fill_numbers(struct draft *d)
{
	static const char *const fields[] = { "count", "participants", NULL };
	int64_t v;
	for (int i = 0; fields[i]; i++)
		if (reading_int(d->r, fields[i], &v))
			snprintf(d->n_text, sizeof(d->n_text), "%d", (int)(v % 10000));
	if (reading_int(d->r, "enrolled", &v))
		snprintf(d->of, sizeof(d->of), "%d", (int)(v % 1000));
	put(d, "n", d->n_text);
	put(d, "of", d->of);
}

static void fill_codes(struct draft *d)
{
	const struct reply_facts *f = d->facts;
	const char *c = f && f->case_code ? f->case_code : reading_word(d->r, "case");
	const struct reading_item *it;
	put(d, "case", c ? c : word(d, "word_case"));
	size_t n = reading_list(d->r, "cases", &it);
	for (size_t i = 0; i < n && i < 2; i++) {
		append(d->cases, 25, i ? "," : "");
		append(d->cases, 25, it[i].word);
	}
	put(d, "cases", d->cases);
	const char *a = f && f->alert ? f->alert : reading_word(d->r, "alert");
	put(d, "alert", a ? a : "");
	const char *ref = f && f->referral ? f->referral : reading_word(d->r, "referral");
	put(d, "referral", ref ? ref : word(d, "word_new"));
	const char *t = f && f->task ? f->task : reading_word(d->r, "task");
	put(d, "task", t ? t : word(d, "word_new_task"));
	put(d, "previous", f && f->previous && strlen(f->previous) <= 30 ? f->previous : "");
	/* a text that is found must not tell that the police are in it */
	const char *agency = reading_word(d->r, "agency");
	put(d, "agency", agency && strcmp(agency, "POLICE") == 0 ? word(d, "word_partner") : agency);
	put(d, "school", reading_word(d->r, "school"));
}

static void fill_rest(struct draft *d)
{
	const char *date = reading_word(d->r, "date"), *due = reading_word(d->r, "due");
	if (!due && d->facts)
		due = d->facts->due;
	const char *zone = reading_word(d->r, "zone"), *school = reading_word(d->r, "school");
	const char *risk = reading_word(d->r, "risk");
	int32_t day;
	if (date)
		short_day(date, d->date);
	if (due)
		short_day(due, d->due);
	else if (date && day_from_iso(date, &day)) { /* the family is assessed a week before a return */
		char iso[11];
		day_to_iso(day - 7, iso);
		short_day(iso, d->due);
	}
	put(d, "date", d->date);
	put(d, "due", d->due);
	put(d, "zone", d->w->n_zones ? d->w->zones[d->w->n_zones > 3 ? 3 : 0] : "Z4");
	snprintf(d->place, sizeof(d->place), "%.11s", school ? school : zone ? zone : "");
	put(d, "place", d->place);
	put(d, "risk", !risk ? "" : strcmp(risk, "high") == 0 ? word(d, "risk_high") :
	       strcmp(risk, "low") == 0 ? word(d, "risk_low") : word(d, "risk_medium"));
	put(d, "police", d->w->help[0]);
	put(d, "emergency", d->w->help[1]);
	put(d, "child", d->w->help[2]);
	put(d, "trafficking", d->w->help[3]);
}

static const char *absence_message(const struct draft *d)
{
	return d->r->n_entries > 1 ? "absence_multi_ok" :
	       reading_get(d->r, "dates") ? "absence_days_ok" : "absence_ok";
}

static const char *case_message(const struct draft *d)
{
	const struct reading *r = d->r;
	/* A teacher must not learn, nor a finder of the telephone see, that a case came of it. */
	if (staff(d))
		return "case_new_thanks";
	if (reading_flag(r, "urgent"))
		return "case_new_urgent";
	if (reading_lists(r, "missing", "zone"))
		return "case_new_ask_zone";
	if (reading_lists(r, "missing", "concern"))
		return "case_new_ask_concern";
	return "case_new_ok";
}

static const char *correction_message(const struct draft *d)
{
	if (reading_get(d->r, "replace") || reading_get(d->r, "replace_class"))
		return "correction_replace";
	const struct reading_item *it;
	if (reading_list(d->r, "pupils", &it) == 0)
		return "all_present_ok";
	return d->facts && d->facts->previous ? "correction_ok" : "correction_plain";
}

static const char *followup_message(const struct draft *d)
{
	const char *o = reading_word(d->r, "outcome");
	return o && (strcmp(o, "not_found") == 0 || strcmp(o, "moved_unknown") == 0) ? "followup_alarm" :
										      "followup_ok";
}

/* A reading to its message; NULL: no reply. */
static const char *pick_message(const struct draft *d)
{
	static const struct {
		const char *intent, *message;
		const char *(*choose)(const struct draft *);
	} by_intent[] = {
		{ "absence", NULL, absence_message }, { "all_present", "all_present_ok", NULL },
		{ "correction", NULL, correction_message }, { "undo", "undo_ok", NULL },
		{ "excuse", "excuse_ok", NULL }, { "return_to_school", "return_to_school_ok", NULL },
		{ "left_school", "left_school_ok", NULL }, { "case_new", NULL, case_message },
		{ "case_amend", "case_amend_ok", NULL }, { "merge", "merge_ok", NULL },
		{ "case_risk", "case_risk_ok", NULL }, { "followup", NULL, followup_message },
		{ "progress", "progress_ok", NULL }, { "refer", "refer_ok", NULL },
		{ "referral_accept", "referral_accept_ok", NULL },
		{ "referral_decline", "referral_decline_ok", NULL },
		{ "referral_done", "referral_done_ok", NULL }, { "task_done", "task_done_ok", NULL },
		{ "task_progress", "task_progress_ok", NULL }, { "task_defer", "task_defer_ok", NULL },
		{ "enrol", "enrol_ok", NULL }, { "close", "close_ok", NULL }, { "reopen", "reopen_ok", NULL },
		{ "return_new", "return_new_ok", NULL }, { "campaign", "campaign_ok", NULL },
		{ "confirm_pending", "confirm_ok", NULL }, { "deny_pending", "deny_ok", NULL },
		{ "help", "help", NULL }, { "lang", "lang_ok", NULL }, { "stop", "stop_ok", NULL },
		{ "emergency", "emergency", NULL }, { "public_tip", "public_tip", NULL },
		{ "unauthorised", "unauthorised", NULL }, { "unknown", "unknown", NULL },
	};
	const struct reading *r = d->r;
	if (strcmp(r->intent, "ignore") == 0)
		return NULL;
	if (strcmp(r->intent, "absence_count") == 0)
		return reading_get(r, "enrolled") ? "absence_count_ok" : "absence_count_plain";
	if (strcmp(r->intent, "ack") == 0)
		return strcmp(reading_word(r, "alert"), "latest_if_single_pending") ? "ack_ok" : "ack_latest";
	if (strcmp(r->intent, "meeting_rsvp") == 0)
		return reading_flag(r, "attending") ? "meeting_yes" : "meeting_no";
	if (strcmp(r->intent, "task_new") == 0)
		return reading_get(r, "due") || (d->facts && d->facts->due) ? "task_new_ok" : "task_new_open";
	if (strcmp(r->intent, "enrol") == 0 && !reading_get(r, "class"))
		return "enrol_number";
	if (strcmp(r->intent, "return_arrived") == 0)
		return reading_get(r, "arrived") ? "return_missed" : "return_arrived_ok";
	if (strncmp(r->intent, "case_", 5) == 0 && reading_flag(r, "auth_required") &&
	    !reading_is(r, "case_risk"))
		return "auth_needed";
	for (size_t i = 0; i < sizeof(by_intent) / sizeof(by_intent[0]); i++)
		if (strcmp(by_intent[i].intent, r->intent) == 0)
			return by_intent[i].choose ? by_intent[i].choose(d) : by_intent[i].message;
	return "request_ok"; /* status, lists, meetings, locks: casework answers with what it knows */
}

static const char *error_message(const struct draft *d, char *id, size_t max)
{
	const char *e = d->r->error;
	if (strcmp(d->r->intent, "case_new") == 0 && !staff(d) &&
	    strcmp(e, "unknown_zone") == 0)
		return case_message(d); /* opened all the same */
	if (strcmp(e, "not_found_or_no_access") == 0)
		e = "bad_case_code"; /* in the same words: whether a case exists is not told */
	if (strncmp(d->r->intent, "task_", 5) == 0 && strcmp(e, "bad_date") == 0)
		return "error_bad_due"; /* the example is one of a task */
	if (d->r->error_field)
		snprintf(id, max, "error_%s_field", e);
	else
		snprintf(id, max, "error_%s", e);
	if (d->r->error_field && strcmp(e, "bad") == 0 && reading_word(d->r, "suggest"))
		snprintf(id, max, "error_did_you_mean");
	return id;
}

static const char *clarify_message(const struct draft *d, char *id, size_t max)
{
	const struct reading_item *it;
	bool task_day = d->r->about && strcmp(d->r->about, "date") == 0 && reading_word(d->r, "task");
	snprintf(id, max, "clarify_%s", task_day ? "due" : d->r->about ? d->r->about : "");
	if (strcmp(id, "clarify_outcome") == 0 && reading_list(d->r, "either", &it) < 2)
		return "clarify_outcome_open";
	if (message_find(id) >= 0)
		return id;
	char example[64];
	snprintf(example, sizeof(example), "example_%.30s", d->r->of ? d->r->of : "");
	if (message_find(example) >= 0)
		return "clarify";
	/* the example is one that this sender could mean */
	enum role role = d->to->role;
	if (role == ROLE_AGENCY)
		return "clarify_office";
	bool cases = role == ROLE_OUTREACH || role == ROLE_COORDINATOR || role == ROLE_DUTY;
	return cases ? "clarify_outreach" : "clarify";
}

/* A field of a configured form was wrong: which, and what it may hold. */
static void fill_field(struct draft *d)
{
	const char *hint = reading_word(d->r, "hint"), *fields = reading_word(d->r, "fields");
	put(d, "field", d->r->error_field ? d->r->error_field : "");
	put(d, "fields", fields ? fields : d->r->error_field ? d->r->error_field : "");
	put(d, "values", hint ? hint : "");
	put(d, "range", hint ? hint : "");
	const char *suggest = reading_word(d->r, "suggest");
	put(d, "word", suggest ? suggest : "");
	put(d, "form", strncmp(d->r->intent, "form:", 5) == 0 ? d->r->intent + 5 : d->r->intent);
}

static const struct w_form *find_form(const struct world *w, const char *intent)
{
	for (int i = 0; i < w->n_forms; i++)
		if (strcmp(w->forms[i].intent, intent) == 0)
			return &w->forms[i];
	return NULL;
}

static void fill_asked(struct draft *d, const char *text);

/* One right text of the form, of the sender's own class or case; kind is "_day" and the like.  A form without
 * one is shown what his role sends most. */
static void write_example(struct draft *d, const char *intent, const char *kind, char *out, size_t max)
{
	char id[64];
	snprintf(id, sizeof(id), "example_%.30s%.20s", intent, kind);
	int at = message_find(id);
	if (at < 0 && *kind) {
		snprintf(id, sizeof(id), "example_%.30s", intent);
		at = message_find(id);
	}
	if (at < 0)
		at = message_find(staff(d) ? "example_absence" : d->to->role == ROLE_AGENCY ?
				  "example_referral_accept" : "example_case_new");
	const char *text = message_text(d->w, d->lang, at);
	out[0] = 0;
	if (!text)
		return;
	fill_asked(d, text);
	if (!message_render(text, d->fills, d->n, out, max))
		out[0] = 0;
}

static void fill_examples(struct draft *d)
{
	const struct reading *r = d->r;
	const struct reading_item *it;
	const char *e = r->error ? r->error : "", *about = r->about ? r->about : "";
	const char *of = r->of ? r->of : r->about ? "" : r->intent;
	size_t n = reading_list(r, "either", &it);
	bool forms = strcmp(about, "intent") == 0 && n > 1;
	bool day = strcmp(e, "bad_date") == 0 || strcmp(e, "non_school_day") == 0 || strcmp(about, "date") == 0;
	const char *kind = day ? "_day" : strcmp(e, "missing_pupils") == 0 ? "_missing_pupils" :
			   strcmp(e, "names_not_allowed") == 0 ? "_names" : "";
	write_example(d, forms ? it[0].word : of, kind, d->example, sizeof(d->example));
	if (forms)
		write_example(d, it[1].word, "", d->other, sizeof(d->other));
	for (size_t i = 0; i < n && i < 2; i++) {
		char id[64];
		snprintf(id, sizeof(id), "word_%.30s", it[i].word);
		if (i) {
			append(d->either, 60, " ");
			append(d->either, 60, word(d, "word_or"));
			append(d->either, 60, " ");
		}
		append(d->either, 60, message_find(id) < 0 ? it[i].word : word(d, id));
	}
	put(d, "example", d->example);
	put(d, "other", d->other);
	put(d, "either", d->either);
}

/* What an example is made of. */
static void fill_own(struct draft *d)
{
	const char *c = d->facts && d->facts->case_code ? d->facts->case_code : reading_word(d->r, "case");
	const char *school = reading_word(d->r, "school");
	int at = world_find_school(d->w, school ? school : d->to->school);
	int32_t today;
	char iso[11];
	put(d, "code", c ? c : word(d, "word_code"));
	if (day_from_iso(d->clock->today, &today)) {
		int32_t day = today - 1;
		for (int tries = 0; tries < 120 && !world_school_day(d->w, at, day); tries++)
			day--;
		day_to_iso(day, iso);
		short_day(iso, d->past);
		day_to_iso(today + 14, iso);
		short_day(iso, d->later);
	}
	put(d, "past", d->past);
	put(d, "later", d->later);
	for (int i = 0; i < d->w->n_classes && !d->sch[0]; i++)
		if (at < 0 || d->w->classes[i].school == at)
			snprintf(d->sch, sizeof(d->sch), "%.8s %.9s",
				 d->w->schools[d->w->classes[i].school].id, d->w->classes[i].name);
	put(d, "sch", d->sch);
}

static void understand(struct draft *d, const char *value)
{
	if (!value || !*value)
		return;
	append(d->understood, 40, d->understood[0] ? " " : "");
	append(d->understood, 40, value);
}

static void understand_word(struct draft *d, const char *value)
{
	char id[64];
	snprintf(id, sizeof(id), "word_%.30s", value ? value : "");
	if (value && message_find(id) >= 0)
		understand(d, word(d, id));
}

/* What was read, as it would be typed: "LYP Z4 M11".  Never a concern beside a school. */
static void write_understood(struct draft *d)
{
	const struct reading *r = d->r;
	const struct reading_item *it;
	const char *sex = reading_word(r, "sex");
	char who[16];
	int64_t age;
	size_t n = reading_list(r, "concerns", &it);
	for (size_t i = 0; i < n && i < 3; i++)
		understand_word(d, it[i].word);
	understand(d, reading_word(r, "zone"));
	if (reading_int(r, "age", &age))
		snprintf(who, sizeof(who), "%.1s%d", sex ? sex : "", (int)(age % 100));
	else
		snprintf(who, sizeof(who), "%.1s", sex ? sex : "");
	understand(d, who);
	understand(d, reading_word(r, "country"));
	understand_word(d, reading_word(r, "type"));
	understand_word(d, reading_word(r, "outcome"));
	if (reading_get(r, "in_school"))
		understand_word(d, reading_flag(r, "in_school") ? "in_school" : "not_in_school");
	if (reading_int(r, "score", &age)) {
		snprintf(who, sizeof(who), "%d", (int)(age % 10));
		understand(d, who);
	}
}

static const struct {
	void (*fill)(struct draft *d);
	const char *names; /* what it fills, with a blank on either side */
} groups[] = {
	{ fill_class, " class own size " },
	{ fill_days, " day days " },
	{ fill_pupils, " pupils entries replace " },
	{ fill_numbers, " n of " },
	{ fill_codes, " case cases alert referral task previous agency school " },
	{ fill_rest, " date due zone place risk police emergency child trafficking " },
	{ fill_field, " field fields values range word form " },
	{ fill_own, " code past later sch " },
	{ fill_examples, " example other either " },
};
#define N_GROUPS (sizeof(groups) / sizeof(groups[0]))

/* Only what the text asks for is worked out: most replies name three things of forty. */
static void fill_asked(struct draft *d, const char *text)
{
	for (const char *p = strchr(text, '{'); p; p = strchr(p + 1, '{')) {
		char name[24];
		size_t n = strcspn(p + 1, "}");
		if (n + 3 > sizeof(name))
			continue;
		snprintf(name, sizeof(name), " %.*s ", (int)n, p + 1);
		for (size_t g = 0; g < N_GROUPS; g++)
			if (!(d->done >> g & 1) && strstr(groups[g].names, name)) {
				d->done |= 1u << g;
				/* the number of days stands with the days */
				if (groups[g].fill == fill_numbers && !(d->done & 2)) {
					fill_days(d);
					d->done |= 2;
				}
				groups[g].fill(d);
			}
	}
}

/* Before a guess of a case's: what was read, since the reply itself tells nothing of it. */
static void show_understood(struct draft *d, const char *id, char *body, size_t max)
{
	static const char *const mute[] = { "case_new", "case_amend", "followup", "progress", "return_new", NULL };
	char text[600];
	bool one = false;
	for (int i = 0; mute[i]; i++)
		one |= strcmp(mute[i], d->r->intent) == 0;
	if (!one || strcmp(id, "case_new_thanks") == 0 || strcmp(id, "auth_needed") == 0)
		return;
	write_understood(d);
	if (!d->understood[0])
		return;
	snprintf(text, sizeof(text), "%s: %s", d->understood, body);
	if (gsm7_count(text, strlen(text)) <= MESSAGE_MAX)
		snprintf(body, max, "%.480s", text);
}

/* A reading that was partly guessed says so: the hint how to undo gives way to a question, which "no"
 * answers by undoing.  Not where the reply asks something else already, nor where it must tell nothing. */
static void ask_guess(struct draft *d, const char *id, char *body, size_t max)
{
	static const char *const silent[] = { "case_new_thanks", "case_new_ask_zone", "case_new_ask_concern", "auth_needed",
		"request_ok", "form_ok", "confirm_ok", "deny_ok", "help", "emergency" };
	char text[512];
	if (!id || d->r->error || d->r->test || !reading_flag(d->r, "confirm") || strncmp(id, "clarify", 7) == 0)
		return;
	show_understood(d, id, body, max);
	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
		if (strcmp(silent[i], id) == 0)
			return;
	snprintf(text, sizeof(text), "%s", body);
	char *cue = strstr(text, word(d, "undo_cue"));
	if (cue && *word(d, "undo_cue"))
		*cue = 0;
	size_t n = strlen(text);
	while (n && text[n - 1] == ' ')
		text[--n] = 0;
	bool stop = n && (text[n - 1] == '.' || text[n - 1] == '?');
	append(text, sizeof(text), stop ? " " : ". ");
	append(text, sizeof(text), word(d, "confirm_tail"));
	if (gsm7_count(text, strlen(text)) <= MESSAGE_MAX)
		snprintf(body, max, "%s", text);
}

static size_t finish(struct draft *d, const char *id, const char *text, char *out, size_t max)
{
	char body[512], all[600];
	if (!text)
		return 0;
	fill_asked(d, text);
	if (!message_render(text, d->fills, d->n, body, sizeof(body)))
		return 0;
	ask_guess(d, id, body, sizeof(body));
	snprintf(all, sizeof(all), "%s%s", d->r->test ? word(d, "test_prefix") : "", body);
	if (d->r->test && gsm7_count(all, strlen(all)) > MESSAGE_MAX)
		snprintf(all, sizeof(all), "%s", word(d, "test_only"));
	long n = gsm7_plain(all, strlen(all), out, max);
	if (n < 0 || gsm7_count(out, (size_t)n) > MESSAGE_MAX) {
		out[0] = 0;
		return 0;
	}
	return (size_t)n;
}

size_t parser_reply(const struct world *w, const struct parser_sender *to, const struct parser_clock *clock,
		    const struct reading *r, const struct reply_facts *facts, char *out, size_t max)
{
	struct draft d = { .w = w, .to = to, .clock = clock, .r = r, .facts = facts, .lang = to->lang };
	char id[64];
	if (!max)
		return 0;
	out[0] = 0;
	const char *value = reading_word(r, "value");
	if (strcmp(r->intent, "lang") == 0 && !r->error && value && world_lang(w, value) >= 0)
		d.lang = value; /* answered in the language asked for */
	const struct w_form *f = find_form(w, r->intent);
	if (f && !r->error && f->reply[0])
		return finish(&d, NULL, f->reply[strcmp(d.lang, "en") == 0 && f->reply[1] ? 1 : 0], out, max);
	const char *m = r->error ? error_message(&d, id, sizeof(id)) :
			strcmp(r->intent, "clarify") == 0 ? clarify_message(&d, id, sizeof(id)) :
			f ? "form_ok" : pick_message(&d);
	return m ? finish(&d, m, message_text(w, d.lang, message_find(m)), out, max) : 0;
}
