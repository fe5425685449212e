/* talk.c - readings of working together and of the conversation itself: acknowledgement, tasks,
 * meetings, campaigns, language, lost telephones, PINs, yes and no.  May call finish, scan, msisdn. */
#include <stdio.h>
#include <string.h>
#include "parser/calendar.h"
#include "parser/finish.h"

void finish_plain(struct scan *s, struct pick *p, struct reading *r)
{
	(void)s;
	(void)p;
	(void)r;
}

void finish_secret(struct scan *s, struct pick *p, struct reading *r)
{
	if (s->ctx && s->ctx->secret != SECRET_NONE)
		finish_auth(s, p, r);
}

void finish_ack(struct scan *s, struct pick *p, struct reading *r)
{
	const struct unit *u = pick_first(p, U_ALERT);
	char ref[16];
	if (!u)
		u = pick_first(p, U_NUMBER);
	if (pick_count(p, U_ALERT) + pick_count(p, U_NUMBER) > 1) {
		finish_clarify(r, "alert");
		return;
	}
	/* "dite te mabre" is no taking of an alert */
	for (int i = 0; i < p->n && p->n > 1 && !u; i++)
		if (p->p[i].used && p->p[i].u->type == U_CONCEPT && (p->p[i].u->flags & K_GUESS)) {
			finish_clarify(r, "alert");
			return;
		}
	if (u) {
		snprintf(ref, sizeof(ref), "%d", (int)u->a);
		reading_set_word(r, "alert", ref);
		if (u->flags & K_FIXED)
			reading_set_flag(r, "confirm");
	} else if (s->ctx && s->ctx->n_alerts > 1) {
		finish_clarify(r, "alert");
	} else if (s->ctx && strcmp(s->ctx->asked, "confirm") == 0) {
		r->intent = "confirm_pending"; /* "ok" to what was just asked */
	} else {
		reading_set_word(r, "alert", "latest_if_single_pending");
	}
}

static bool write_task(struct scan *s, const struct pick *p, struct reading *r)
{
	const struct unit *u = pick_first(p, U_TASK);
	char ref[16];
	(void)s;
	if (pick_count(p, U_TASK) > 1 || !u) {
		finish_clarify(r, "task");
		return false;
	}
	snprintf(ref, sizeof(ref), "T%d", (int)u->a);
	reading_set_word(r, "task", ref);
	return true;
}

void finish_task(struct scan *s, struct pick *p, struct reading *r)
{
	if (!write_task(s, p, r))
		return;
	if (reading_is(r, "task_progress"))
		finish_bool(r, "done", false);
	else if (reading_is(r, "task_done"))
		finish_bool(r, "done", true);
	else if (!finish_coming_day(s, p, r, "date"))
		finish_clarify(r, "date"); /* put off till when? */
	if (pick_concept(p, C_UNSAFE))
		add_once(r, "flags", concept_name(C_UNSAFE));
	finish_notes(s, p, r);
}

void finish_task_new(struct scan *s, struct pick *p, struct reading *r)
{
	finish_case(s, p, r, true);
	const struct unit *a = pick_first(p, U_AGENCY);
	if (pick_count(p, U_AGENCY) > 1)
		finish_clarify(r, "agency");
	if (a)
		reading_set_word(r, "agency", unit_agency(s, a));
	else
		finish_fail(r, "missing_agency");
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		enum concept_group g = u->type == U_CONCEPT ? concept_group((enum concept)u->concept) : G_NONE;
		if (p->p[i].used && (g == G_SERVICE || g == G_TYPE)) {
			reading_set_word(r, "service", concept_name((enum concept)u->concept));
			break;
		}
	}
	finish_coming_day(s, p, r, "due");
	finish_notes(s, p, r);
}

void finish_meeting(struct scan *s, struct pick *p, struct reading *r)
{
	(void)s;
	bool no = pick_concept(p, C_NOT_COMING) || pick_concept(p, C_NO), yes = pick_concept(p, C_COMING);
	/* "s'kemi mundesi te vijme": coming, and a denial that is no word of this report */
	bool denied = pick_concept(p, C_NOT) || pick_concept(p, C_NO_CAPACITY) || pick_concept(p, C_OTHERWISE);
	if (yes && (no || denied))
		finish_clarify(r, "attending");
	else
		finish_bool(r, "attending", !no);
}

void finish_campaign(struct scan *s, struct pick *p, struct reading *r)
{
	const struct unit *school = pick_first(p, U_SCHOOL), *zone = pick_first(p, U_ZONE);
	bool parents = pick_concept(p, C_PARENT_WORD), pupils = pick_concept(p, C_PUPIL_WORD);
	if (school && school->a >= 0)
		reading_set_word(r, "school", s->w->schools[school->a].id);
	else if (school)
		finish_clarify(r, "school");
	if (zone && zone->a >= 0)
		reading_set_word(r, "zone", s->w->zones[zone->a]);
	else if (zone)
		finish_fail(r, "unknown_zone");
	if (!school && !zone && s->school >= 0)
		reading_set_word(r, "school", s->w->schools[s->school].id);
	else if (!school && !zone)
		finish_clarify(r, "place");
	int32_t n_pupils = -1, n_parents = -1, n = -1;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (!p->p[i].used)
			continue;
		int32_t *to = u->type == U_COUNT && u->b == 'P' ? &n_pupils :
			      u->type == U_COUNT && u->b == 'R' ? &n_parents :
			      u->type == U_COUNT || u->type == U_NUMBER ? &n :
			      u->type == U_KIDS ? &n_pupils : NULL;
		if (!to)
			continue;
		if (*to >= 0)
			finish_clarify(r, "participants");
		*to = u->a;
	}
	/* "fushate z4 prinder 30": the one number belongs to the one kind of people named */
	if (n >= 0 && n_pupils < 0 && n_parents < 0 && parents != pupils) {
		*(parents ? &n_parents : &n_pupils) = n;
	}
	if (n < 0 && n_pupils < 0 && n_parents < 0)
		finish_clarify(r, "participants");
	if (n_pupils >= 0)
		reading_set_int(r, "pupils_n", n_pupils);
	if (n_parents >= 0)
		reading_set_int(r, "parents_n", n_parents);
	int32_t sum = n >= 0 ? n : (n_pupils > 0 ? n_pupils : 0) + (n_parents > 0 ? n_parents : 0);
	reading_set_int(r, "participants", sum);
	const struct unit *d = pick_first(p, U_DATE);
	if (d && !(d->flags & (K_BAD | K_US | K_SPAN)) && d->a <= s->today) {
		char iso[11];
		day_to_iso(d->a, iso);
		reading_set_word(r, "date", iso);
	} else if (d) {
		finish_fail(r, d->a > s->today ? "future_date" : "bad_date");
	} else {
		reading_set_word(r, "date", s->clock->today);
	}
}

void finish_lang(struct scan *s, struct pick *p, struct reading *r)
{
	(void)s;
	bool sq = pick_concept(p, C_LANG_SQ), en = pick_concept(p, C_LANG_EN);
	if (sq == en)
		finish_clarify(r, "language");
	else
		reading_set_word(r, "value", sq ? "sq" : "en");
}

/* What stands behind the number; when nothing does, the last word before it that no vocabulary knows. */
static void note_codeword(const struct scan *s, const struct unit *phone, struct reading *r)
{
	int from = phone->at + phone->n, to = s->ts.n - 1;
	if (from > to) {
		for (from = phone->at - 1; from >= 0 && s->phrase[from].n; from--)
			;
		to = from;
	}
	if (from < 0)
		return;
	const struct token *a = &s->ts.t[from], *b = &s->ts.t[to];
	r->secrets[0] = (struct reading_secret){ a->off, (uint16_t)(b->off + b->len - a->off) };
	r->n_secrets = 1;
}

/* The number and what stands behind it: neither the number's digits nor the codeword is kept beyond
 * the number in canonical form, which casework needs to find the telephone. */
void finish_lost(struct scan *s, struct pick *p, struct reading *r)
{
	const struct unit *u = pick_first(p, U_PHONE);
	char number[MSISDN_MAX];
	r->private_found = true;
	bool other = scan_seen(s, C_CHILD_WORD) || scan_seen(s, C_ABSENCE) || (s->types & T(CLASS));
	if (!u && other && !scan_any(s, C_PHONE_WORD)) {
		finish_clarify(r, "meaning"); /* "femija humbi", "humbi gjyshin" */
		return;
	}
	if (!u) {
		if (reading_is(r, "lock"))
			finish_clarify(r, "phone");
		return;
	}
	const struct token *a = &s->ts.t[u->at], *b = &s->ts.t[u->at + u->n - 1];
	size_t from = a->off, to = (size_t)b->off + b->len;
	if (a->pre & SEP_PLUS)
		from--;
	if (msisdn_normalise(&s->w->plan, s->text + from, to - from, number) == MSISDN_OK)
		reading_set_word(r, "phone", number);
	if (reading_is(r, "lock"))
		finish_secret(s, p, r);
	else
		note_codeword(s, u, r);
	if (s->ctx && s->ctx->secret == SECRET_CODEWORD)
		reading_set_flag(r, "authenticated");
	else if (s->ctx && s->ctx->secret == SECRET_DURESS)
		reading_set_flag(r, "duress");
}

void finish_pin(struct scan *s, struct pick *p, struct reading *r)
{
	r->private_found = true;
	if (!scan_seen(s, C_PIN) && pick_first(p, U_PHONE))
		finish_clarify(r, "meaning"); /* "nr im i ri 069.." */
	int n = pick_count(p, U_SECRET), odd = 0;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		if (!p->p[i].used || u->type != U_NUMBER)
			continue;
		/* a PIN's digits cost as a number what they cost as a secret: either may have been picked */
		bool pin = s->ts.t[u->at].number && s->ts.t[u->at].digits >= 4 && s->ts.t[u->at].digits <= 6;
		n += pin;
		odd += !pin;
	}
	if (odd)
		finish_fail(r, "bad_pin"); /* too short or too long */
	else if (n > 2)
		finish_clarify(r, "pin");
	finish_auth(s, p, r);
}

/* "jo 13" to a report shown back: not the one pupil read, but 13; "jo 5B": not that class.  True when it was
 * such an answer. */
static bool amended(struct scan *s, const struct pick *p, struct reading *r)
{
	const struct unit *u = pick_first(p, U_NUMBER), *c = pick_first(p, U_CLASS);
	const struct reading_item *it;
	char name[WORLD_CODE];
	int g, sec, n;
	if (!reading_is(r, "deny_pending") || !(u || c) || !s->ctx || strcmp(s->ctx->asked, "confirm") != 0)
		return false;
	const struct reading *last = scan_last(s);
	const char *was = last ? reading_word(last, "class") : NULL;
	if (!was || pick_count(p, U_NUMBER) + pick_count(p, U_CLASS) != 1 || !class_parse(was, &g, &sec)) {
		finish_clarify(r, "correction");
		return true;
	}
	int at = world_find_class(s->w, s->school, c ? c->a : g, c ? c->b : sec, &n);
	size_t pupils = reading_list(last, "pupils", &it);
	if (at < 0)
		finish_fail(r, "unknown_class");
	else if (u && (u->a < 1 || u->a > s->w->classes[at].size))
		finish_fail(r, "pupil_out_of_range");
	else if (u && pupils != 1)
		finish_clarify(r, "correction"); /* which of them? */
	if (r->about)
		return true;
	r->intent = "correction";
	reading_set_flag(r, "confirm");
	if (c) {
		class_format(c->a, c->b, name);
		reading_add_pair(r, "replace_class", was, name);
		return true;
	}
	reading_set_word(r, "class", was);
	reading_add_int(r, "pupils", u->a);
	if (reading_word(last, "date"))
		reading_set_word(r, "date", reading_word(last, "date"));
	return true;
}

/* The PIN beside an alert's number, of which either may have as many digits: what stands behind its word,
 * else the last that is long enough.  NULL: there is none. */
static const struct unit *pending_pin(const struct scan *s, const struct pick *p)
{
	const struct unit *pin = NULL;
	bool behind = false;
	for (int i = 0; i < p->n; i++) {
		const struct unit *u = p->p[i].u;
		const struct token *t = &s->ts.t[u->at];
		if ((u->type != U_NUMBER && u->type != U_SECRET) || !t->number || t->digits < 4 || t->digits > 6)
			continue;
		bool here = scan_behind_pin(s, u->at);
		if (here || !behind)
			pin = u;
		behind |= here;
	}
	return pin;
}

void finish_pending(struct scan *s, struct pick *p, struct reading *r)
{
	const struct unit *pin = NULL, *u = NULL;
	int numbers = 0;
	if (amended(s, p, r))
		return;
	if (scan_seen(s, C_PIN) || (s->ctx && s->ctx->secret != SECRET_NONE))
		pin = pending_pin(s, p);
	for (int i = 0; i < p->n; i++) {
		enum unit_type type = p->p[i].u->type;
		if (p->p[i].u == pin || (type != U_NUMBER && type != U_SECRET && type != U_ALERT))
			continue;
		u = p->p[i].u;
		numbers++;
	}
	if (pin) {
		r->secrets[0] = (struct reading_secret){ s->ts.t[pin->at].off, s->ts.t[pin->at].len };
		r->n_secrets = 1;
	}
	if (pick_first(p, U_CLASS))
		finish_clarify(r, "meaning");
	if (numbers > 1)
		finish_clarify(r, "alert");
	else if (scan_seen(s, C_YES) && scan_seen(s, C_NO) && p->n > 1)
		finish_clarify(r, "meaning"); /* "po jo" */
	else if (u && u->type == U_SECRET)
		reading_set_int(r, "pending", s->ts.t[u->at].num);
	else if (u)
		reading_set_int(r, "pending", u->a);
	finish_secret(s, p, r);
}

void finish_emergency(struct scan *s, struct pick *p, struct reading *r)
{
	reading_set_word(r, "notify", "duty");
	finish_notes(s, p, r);
}
