/* walk.c - see walk.h. */
#include "gateway/ussd/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/gsm7.h"

#define TYPED_MAX 200 /* of what was typed so much is looked at */
#define NOTE_MAX 512
#define SECRET_MAX 64 /* a codeword has at most sixty letters */
#define PIN_LEAST 4
#define PIN_MOST 6

struct typed {
	char raw[TYPED_MAX];  /* as typed, controls blanked */
	char plain[TYPED_MAX]; /* folded, for signs and numbers */
};

/* ---- words ---- */

static const char *say(const struct walk_setting *s, const char *id, const char *name, const char *value,
		       char out[200])
{
	struct message_fill fill = {name, value};
	if (!parser_message(s->world, s->who->from->lang, id, &fill, name ? 1 : 0, out, 200))
		snprintf(out, 200, "%s", id);
	return out;
}

static const char *word(const struct walk_setting *s, const char *id, char out[200])
{
	return say(s, id, NULL, NULL, out);
}

static uint32_t mix(uint32_t h, const char *s)
{
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u; /* FNV-1a */
	return h * 31 + 1;
}

/* ---- showing ---- */

static void put_word(char *out, size_t max, const char *s)
{
	size_t n = strnlen(s, max - 1);
	memcpy(out, s, n);
	out[n] = '\0';
}

static void name_screen(struct walk_screen *out, const char *form, const char *name)
{
	put_word(out->form, sizeof out->form, form);
	put_word(out->name, sizeof out->name, name);
}

/* Cuts the page of w out of all there is; GSM-7 by then, so that the count is the network's. */
static void show(const struct walk_setting *s, struct walk *w, const char *all, const char *foot,
		 struct walk_screen *out)
{
	static char plain[SCREEN_ALL * 2]; /* one thread */
	struct screen_page page;
	char more[240], m[200], f[240];
	snprintf(more, sizeof more, "%s %s", s->signs.more, word(s, "menu_more", m));
	if (gsm7_plain(all, strlen(all), plain, sizeof plain) < 0)
		plain[0] = '\0';
	if (gsm7_plain(foot, strlen(foot), f, sizeof f) < 0)
		f[0] = '\0';
	w->page = screen_cut(plain, more, f, s->limit, s->crlf ? 2 : 1, w->page, &page);
	memcpy(out->text, page.text, strlen(page.text) + 1);
	out->end = w->mode == WALK_TEXT && !page.more;
}

static void add_item(const struct walk_setting *s, char *all, int i, const char *label)
{
	screen_add_line(all, SCREEN_ALL, screen_number(&s->signs, i), label);
}

static void add_note(const struct walk_setting *s, char *all, const char *note)
{
	char m[200];
	if (note)
		screen_add(all, SCREEN_ALL, "%s", word(s, note, m));
}

static void back_line(const struct walk_setting *s, bool open, char out[240])
{
	char m[200];
	snprintf(out, 240, "%s %s", open ? s->signs.back_open : s->signs.back, word(s, "menu_back", m));
}

/* Of UTF-8: none takes less than a septet. */
static size_t characters(const char *s)
{
	size_t n = 0;
	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* The group that is shown; one that is gone is the root. */
static int group_of(const struct walk *w)
{
	int group = menu_group_find(w->form);
	return group < 0 ? 0 : group;
}

static const char *title(const struct walk_setting *s, int group, char out[200])
{
	char id[40];
	if (group == 0)
		return word(s, "menu_root", out);
	snprintf(id, sizeof id, "group_%s", menu_group_name(group));
	return word(s, id, out);
}

/* The root, or a group of it.  A note stands on the first page. */
static void show_root(const struct walk_setting *s, struct walk *w, const char *note, struct walk_screen *out)
{
	char all[SCREEN_ALL], foot[240], m[200];
	struct menu_item it;
	int group = group_of(w);
	all[0] = foot[0] = '\0';
	if (note)
		w->page = 0;
	add_note(s, all, note);
	screen_add(all, sizeof all, "%s%s", all[0] ? "\n" : "", title(s, group, m));
	/* what is behind the page and the one after it is not looked at */
	size_t enough = (size_t)(w->page + 2) * (size_t)s->limit;
	size_t at = 0, have = 0;
	for (int i = 0; (have += characters(all + at)) < enough && menu_item(s->menu, s->who, group, i, &it); i++) {
		at += strlen(all + at);
		add_item(s, all, i, it.label);
	}
	if (group)
		back_line(s, false, foot);
	name_screen(out, "", group ? menu_group_name(group) : "root");
	show(s, w, all, foot, out);
}

static uint32_t seen_of(const struct menu_step *st)
{
	uint32_t h = 2166136261u;
	for (int i = 0; i < st->n; i++)
		h = mix(h, st->choice[i].value);
	return h;
}

static bool is_open(const struct menu_step *st)
{
	return st->kind == MENU_NUMBER || st->kind == MENU_NUMBERS || st->kind == MENU_TYPED || st->n == 0;
}

static void range_words(const struct menu_step *st, char out[24])
{
	if (st->has_min && st->has_max)
		snprintf(out, 24, "%lld-%lld", (long long)st->min, (long long)st->max);
	else if (st->has_max)
		snprintf(out, 24, "<= %lld", (long long)st->max);
	else
		snprintf(out, 24, ">= %lld", (long long)st->min);
}

static void add_reason(const struct walk_setting *s, char *all, const char *reason, const struct menu_step *st)
{
	char m[200], range[24];
	if (!reason)
		return;
	range_words(st, range);
	if (strcmp(reason, "menu_bad_number") == 0)
		screen_add(all, SCREEN_ALL, "%s\n", say(s, reason, "range", range, m));
	else if (strncmp(reason, "menu_", 5) == 0 || strncmp(reason, "error_", 6) == 0)
		screen_add(all, SCREEN_ALL, "%s\n", word(s, reason, m));
	else
		screen_add(all, SCREEN_ALL, "%s\n", reason); /* a reply's own words */
}

/* Whoever may not list his cases by text is not shown them here either: a school is told of none. */
static bool may_list(const struct walk_setting *s, struct menu_form *list)
{
	return menu_find(s->menu, s->who, "case_list", list);
}

/* The question that waits.  Codes of cases are choices for who has proved himself. */
static bool question(const struct walk_setting *s, const struct walk *w, const struct menu_form *f,
		     struct menu_step *st)
{
	if (!menu_step(s->menu, f, s->who, &w->a, w->a.n, st))
		return false;
	if (st->guarded && w->proof != WALK_PROVED && w->proof != WALK_DECOYED) {
		st->n = 0;
		st->moving = false;
	}
	return true;
}

/* The next answer from k on that names a case, -1: none. */
static int names_case(const struct walk_setting *s, const struct walk *w, const struct menu_form *f, int k)
{
	struct menu_answers before = w->a;
	struct menu_step st;
	for (; k < w->a.n && k < f->n_steps; k++) {
		before.n = k;
		if (w->a.value[k][0] && menu_step(s->menu, f, s->who, &before, k, &st) && st.guarded)
			return k;
	}
	return -1;
}

/* Answers of an earlier session, or of one that stood still for long, name a case: to show them is to read it. */
static bool must_prove(const struct walk_setting *s, const struct walk *w, const struct menu_form *f)
{
	return w->proof == WALK_UNPROVED && names_case(s, w, f, 0) >= 0;
}

static void forget_from(struct walk *w, int k)
{
	for (int i = k; i <= MENU_STEPS; i++)
		memset(w->a.value[i], 0, MENU_VALUE);
	w->a.n = k;
}

static void show_prove(const struct walk_setting *s, struct walk *w, const struct menu_form *f, const char *reason,
		       struct walk_screen *out)
{
	char all[SCREEN_ALL], foot[240], m[200];
	struct menu_step none = {.n = 0};
	w->page = 0;
	all[0] = '\0';
	add_reason(s, all, reason, &none);
	screen_add(all, sizeof all, "%s", word(s, "menu_prove", m));
	screen_add(all, sizeof all, "\n%s %s", s->signs.skip, word(s, "menu_type_code", m));
	w->mode = WALK_PROVE;
	back_line(s, true, foot);
	name_screen(out, f->name, "prove");
	show(s, w, all, foot, out);
}

static void show_question(const struct walk_setting *s, struct walk *w, const struct menu_form *f,
			  const char *reason, struct walk_screen *out)
{
	char all[SCREEN_ALL], foot[240], m[200];
	struct menu_step st;
	struct menu_form list;
	question(s, w, f, &st);
	if (st.guarded && w->proof == WALK_UNPROVED && may_list(s, &list)) {
		show_prove(s, w, f, reason, out);
		return;
	}
	if (reason)
		w->page = 0;
	all[0] = '\0';
	add_reason(s, all, reason, &st);
	screen_add(all, sizeof all, "%s", st.ask);
	bool open = is_open(&st);
	for (int i = 0; i < st.n; i++)
		add_item(s, all, i, st.choice[i].label);
	if (st.optional && !open)
		add_item(s, all, st.n, word(s, "menu_skip", m));
	else if (st.optional)
		screen_add(all, sizeof all, "\n%s %s", s->signs.skip,
			   word(s, w->a.n == f->n_steps ? "menu_no_note" : "menu_skip", m));
	w->seen = st.moving ? seen_of(&st) : 0;
	w->mode = WALK_ASK;
	back_line(s, open, foot);
	name_screen(out, f->name, st.name);
	show(s, w, all, foot, out);
}

/* ---- what the answers read as ---- */

static const char *const likes[] = {[MENU_NO_SECRET] = "", [MENU_PIN] = "4711", [MENU_PIN_OR_NONE] = "4711",
				    [MENU_PIN_CHANGE] = "4711 4712", [MENU_CODEWORD] = "xxxx"};

static bool read_answers(const struct walk_setting *s, const struct menu_form *f, const struct menu_answers *a,
			 struct reading *r)
{
	char report[WALK_REPORT];
	size_t n = menu_text(s->menu, f, s->who, a, false, likes[menu_secret(s->menu, f, a)], report, sizeof report);
	parser_read(s->world, s->who->from, s->who->clock, s->who->ctx, report, n, r);
	return n > 0;
}

static bool is_sound(const struct menu_form *f, enum menu_secret secret, const struct reading *r)
{
	bool partial = r->error && strncmp(r->error, "missing", 7) == 0 && strcmp(f->name, "case_new") == 0;
	bool pin = r->error && secret && strcmp(r->error, "bad_pin") == 0;
	return strcmp(r->intent, f->name) == 0 && (!r->error || partial || pin) && r->rest == 0;
}

/* Whose a code is, is told to him who has typed his PIN: until then one that is not his is taken like his own, or who
 * holds the telephone finds his cases by trying. */
static bool is_told_behind_pin(enum menu_secret secret, const struct reading *r)
{
	return secret == MENU_PIN && r->error && strcmp(r->error, "not_found_or_no_access") == 0;
}

static bool same_value(const struct reading *a, const struct reading_value *v, const struct reading *b,
		       const struct reading_value *o)
{
	if (o->kind != v->kind || o->num != v->num || o->n != v->n || strcmp(o->word, v->word) != 0)
		return false;
	for (int k = 0; k < v->n; k++)
		if (memcmp(&a->items[v->first + k], &b->items[o->first + k], sizeof a->items[0]) != 0)
			return false;
	return true;
}

/* All that one says stands in the other as it is.  A note may add to the concerns of a child, which is shown,
 * and to the flags, which are words of notes. */
static bool says_all(const struct reading *r, const struct reading *of)
{
	const struct reading_item *it;
	size_t n = reading_list(of, "concerns", &it);
	for (size_t k = 0; k < n; k++)
		if (!reading_lists(r, "concerns", it[k].word))
			return false;
	for (int i = 0; i < of->n_values; i++) {
		const struct reading_value *v = &of->values[i], *o = reading_get(r, v->field);
		bool grows = strcmp(v->field, "flags") == 0 || strcmp(v->field, "concerns") == 0;
		if (!grows && (!o || !same_value(of, v, r, o)))
			return false;
	}
	return true;
}

static bool has_long_number(const char *note)
{
	char plain[MENU_VALUE];
	menu_plain(note, strlen(note), plain, sizeof plain);
	for (const char *p = plain; *p; p += *p != '\0') {
		size_t n = strspn(p, "0123456789");
		if (n >= PIN_LEAST)
			return true;
		p += n;
	}
	return false;
}

static bool names_somebody(const struct walk_setting *s, const struct menu_form *f, const struct menu_answers *a)
{
	static struct reading r; /* 15 KB; one thread */
	read_answers(s, f, a, &r);
	return r.redacted || (r.private_found && !menu_secret(s->menu, f, a)); /* a PIN is private too */
}

/* Words of his own hold a name or a number that the answers before them did not: by SMS it would be cut out
 * or refused, here he can say it otherwise. */
static bool is_private(const struct walk_setting *s, const struct menu_form *f, const struct menu_answers *a)
{
	struct menu_answers before = *a;
	before.n--;
	if (a->n > f->n_steps && has_long_number(a->value[before.n]))
		return true; /* a PIN that was typed too late, among others */
	return names_somebody(s, f, a) && !names_somebody(s, f, &before);
}

static bool adds_value(const struct reading *r, const struct reading *to)
{
	for (int i = 0; i < r->n_values; i++) {
		const char *field = r->values[i].field;
		bool grows = strcmp(field, "flags") == 0 || strcmp(field, "concerns") == 0;
		if (!grows && !reading_get(to, field))
			return true;
	}
	return false;
}

/* A note that the reader takes for an answer would send another report than was chosen. */
static bool is_changed_by_note(const struct walk_setting *s, const struct menu_form *f, const struct menu_answers *a,
			       const struct reading *r)
{
	static struct reading plain; /* 15 KB; one thread */
	struct menu_answers before = *a;
	if (a->n <= f->n_steps)
		return false;
	before.n = f->n_steps;
	read_answers(s, f, &before, &plain);
	return !says_all(r, &plain) || adds_value(r, &plain);
}

/* What has to be typed to send it. */
static enum menu_secret secret_of(const struct walk_setting *s, const struct walk *w, const struct menu_form *f)
{
	bool proved = w->proof == WALK_PROVED || w->proof == WALK_DECOYED;
	return f->shows && proved ? MENU_NO_SECRET : menu_secret(s->menu, f, &w->a);
}

/* What is read in a note beyond the answers. */
static void add_understood(const struct walk_setting *s, const struct walk *w, const struct menu_form *f, char *all)
{
	static struct reading r, plain; /* 30 KB; one thread */
	const struct reading_item *it;
	struct menu_answers before = w->a;
	if (w->a.n <= f->n_steps)
		return;
	before.n = f->n_steps;
	read_answers(s, f, &w->a, &r);
	read_answers(s, f, &before, &plain);
	size_t n = reading_list(&r, "concerns", &it);
	for (size_t k = 0; k < n; k++)
		if (!reading_lists(&plain, "concerns", it[k].word))
			screen_add(all, SCREEN_ALL, " + %s", menu_word_label(s->menu, s->who, it[k].word));
}

static const char *const secret_words[] = {[MENU_PIN] = "menu_pin", [MENU_PIN_OR_NONE] = "menu_pin",
					   [MENU_PIN_CHANGE] = "menu_pins", [MENU_CODEWORD] = "menu_codeword"};

static void show_send(const struct walk_setting *s, struct walk *w, const struct menu_form *f,
		      const char *reason, struct walk_screen *out)
{
	char all[SCREEN_ALL], foot[240], m[200], told[MENU_TOLD];
	struct menu_step none = {.n = 0};
	int items = 0;
	struct menu_form list;
	if (must_prove(s, w, f)) {
		if (may_list(s, &list)) {
			show_prove(s, w, f, NULL, out);
			return;
		}
		forget_from(w, names_case(s, w, f, 0));
		show_question(s, w, f, NULL, out);
		return;
	}
	if (reason)
		w->page = 0;
	all[0] = '\0';
	add_reason(s, all, reason, &none);
	enum menu_secret secret = secret_of(s, w, f);
	menu_told(s->menu, f, s->who, &w->a, told, sizeof told);
	screen_add(all, sizeof all, "%s", told);
	add_understood(s, w, f, all);
	if (secret) {
		screen_add(all, sizeof all, "\n%s", word(s, secret_words[secret], m));
		if (secret == MENU_PIN_OR_NONE)
			screen_add(all, sizeof all, "\n%s %s", s->signs.skip, word(s, "menu_no_pin", m));
	} else {
		add_item(s, all, items++, word(s, "menu_send", m));
		if (f->urgent)
			add_item(s, all, items++, word(s, "menu_send_urgent", m));
	}
	if (f->note) /* no PIN is as short as its number */
		add_item(s, all, items, word(s, "menu_add_note", m));
	w->mode = WALK_SEND;
	back_line(s, secret, foot);
	name_screen(out, f->name, secret ? "pin" : "send");
	show(s, w, all, foot, out);
}

static void show_text(const struct walk_setting *s, struct walk *w, struct walk_screen *out)
{
	w->mode = WALK_TEXT;
	name_screen(out, w->form, "reply");
	show(s, w, w->text, "", out);
}

static void show_resume(const struct walk_setting *s, struct walk *w, const struct menu_form *f,
			const char *note, struct walk_screen *out)
{
	char all[SCREEN_ALL], m[200], label[21];
	snprintf(label, sizeof label, "%.20s", f->label);
	all[0] = '\0';
	add_note(s, all, note);
	screen_add(all, sizeof all, "%s%s", all[0] ? "\n" : "", say(s, "menu_resume", "form", label, m));
	add_item(s, all, 0, word(s, "menu_resume_yes", m));
	add_item(s, all, 1, word(s, "menu_resume_no", m));
	w->mode = WALK_RESUME;
	name_screen(out, f->name, "resume");
	show(s, w, all, "", out);
}

/* ---- where he goes ---- */

static bool form_of(const struct walk_setting *s, const struct walk *w, struct menu_form *f)
{
	return w->form[0] && menu_find(s->menu, s->who, w->form, f);
}

static uint32_t shape_of(const struct walk_setting *s, const struct menu_form *f)
{
	uint32_t h = mix(2166136261u, f->name);
	for (int k = 0; k < f->n_steps; k++)
		h = mix(h, menu_step_name(s->menu, f, k));
	return h;
}

/* Nothing is answered; what he proved stays. */
static void anew(struct walk *w, const char *form)
{
	enum walk_proof proof = w->proof;
	memset(w, 0, sizeof *w);
	w->proof = proof;
	snprintf(w->form, sizeof w->form, "%s", form);
}

static void to_root(const struct walk_setting *s, struct walk *w, const char *note, struct walk_screen *out)
{
	anew(w, "");
	show_root(s, w, note, out);
}

void walk_begin(const struct walk_setting *s, struct walk *w, const char *note, struct walk_screen *out)
{
	memset(w, 0, sizeof *w);
	memset(out, 0, sizeof *out);
	to_root(s, w, note, out);
}

static bool is_outgrown(const struct walk_setting *s, const struct walk *w, struct menu_form *f)
{
	return !form_of(s, w, f) || w->shape != shape_of(s, f) || w->a.n > f->n_steps + f->note;
}

bool walk_resume(const struct walk_setting *s, struct walk *w, struct walk_screen *out)
{
	struct menu_form f;
	memset(out, 0, sizeof *out);
	w->proof = WALK_UNPROVED; /* that was another session */
	if (is_outgrown(s, w, &f)) {
		to_root(s, w, NULL, out);
		return false;
	}
	w->page = 0;
	show_resume(s, w, &f, NULL, out);
	return true;
}

/* A report for which nothing has to be asked and nothing can go wrong is sent at once. */
static bool sends_at_once(const struct menu_form *f)
{
	return f->n_steps == 0 && !f->secret && strcmp(f->name, "undo") != 0;
}

static enum walk_what carry_out(const struct walk_setting *s, struct walk *w, const struct menu_form *f,
				bool urgent, const char *secret, struct walk_screen *out)
{
	menu_text(s->menu, f, s->who, &w->a, urgent, secret, out->report, sizeof out->report);
	name_screen(out, f->name, "reply");
	return WALK_CARRY_OUT;
}

/* All is answered.  Before he may send it the text must read to this very form, whole: a report that
 * would be asked about later is asked about now. */
static void check_report(const struct walk_setting *s, struct walk *w, const struct menu_form *f,
			 struct walk_screen *out)
{
	static struct reading r; /* 15 KB; one thread */
	char reply[NOTE_MAX] = "";
	if (w->a.n > f->n_steps && !w->a.value[f->n_steps][0])
		w->a.n = f->n_steps; /* no note after all */
	bool fits = read_answers(s, f, &w->a, &r), noted = w->a.n > f->n_steps;
	if (fits && is_told_behind_pin(secret_of(s, w, f), &r))
		r.error = NULL;
	if (fits && is_sound(f, menu_secret(s->menu, f, &w->a), &r) && !is_changed_by_note(s, f, &w->a, &r)) {
		w->page = 0;
		show_send(s, w, f, NULL, out);
		return;
	}
	if (fits && r.error && !noted)
		parser_reply(s->world, s->who->from, s->who->clock, &r, NULL, reply, sizeof reply);
	if (f->n_steps == 0) {
		to_root(s, w, "menu_read_otherwise", out);
		return;
	}
	w->a.n -= w->a.n > 0;
	show_question(s, w, f, noted ? "menu_note_otherwise" : reply[0] ? reply : "menu_read_otherwise", out);
}

static enum walk_what go_on(const struct walk_setting *s, struct walk *w, const struct menu_form *f,
			    struct walk_screen *out)
{
	w->page = 0;
	if (w->a.n < f->n_steps)
		show_question(s, w, f, NULL, out);
	else if (sends_at_once(f) || (f->n_steps == 0 && f->shows && !secret_of(s, w, f)))
		return carry_out(s, w, f, false, "", out);
	else
		check_report(s, w, f, out);
	return WALK_SHOW;
}

static enum walk_what go_back(const struct walk_setting *s, struct walk *w, const struct menu_form *f,
			      struct walk_screen *out)
{
	if (w->page > 0) {
		w->page--;
	} else if (w->mode == WALK_ASK && w->a.n == f->n_steps) {
		w->mode = WALK_SEND; /* no note */
	} else if (w->a.n > 0) {
		w->a.n--;
		w->mode = WALK_ASK;
	} else {
		anew(w, menu_group_name(f->group));
		show_root(s, w, NULL, out);
		return WALK_SHOW;
	}
	if (w->mode == WALK_SEND)
		show_send(s, w, f, NULL, out);
	else
		show_question(s, w, f, NULL, out);
	return WALK_SHOW;
}

/* ---- answers ---- */

/* "sos", "ndihme": a word in place of a number, of what is sent at once.  -1: none. */
static int by_word(const struct walk_setting *s, const struct typed *t)
{
	static struct reading r; /* 15 KB; one thread */
	struct menu_form f;
	if (!t->plain[0] || t->plain[strcspn(t->plain, "abcdefghijklmnopqrstuvwxyz")] == '\0')
		return -1;
	parser_read(s->world, s->who->from, s->who->clock, s->who->ctx, t->raw, strlen(t->raw), &r);
	for (int i = 0; i < menu_forms(s->menu, s->who); i++)
		if (menu_form(s->menu, s->who, i, &f) && sends_at_once(&f) && strcmp(f.name, r.intent) == 0)
			return i;
	return -1;
}

/* A line by its number, or what is sent at once by its word. */
static bool chosen(const struct walk_setting *s, const struct walk *w, const struct typed *t, struct menu_item *it)
{
	int group = group_of(w), i = screen_choice(&s->signs, menu_items(s->menu, s->who, group), t->plain);
	if (i >= 0)
		return menu_item(s->menu, s->who, group, i, it);
	it->group = 0;
	i = by_word(s, t);
	return i >= 0 && menu_form(s->menu, s->who, i, &it->form);
}

static enum walk_what answer_root(const struct walk_setting *s, struct walk *w, const struct typed *t,
				  struct walk_screen *out)
{
	struct menu_item it;
	if (strcmp(t->plain, s->signs.more) == 0) {
		w->page++;
		show_root(s, w, NULL, out);
		return WALK_SHOW;
	}
	if (strcmp(t->plain, s->signs.back) == 0) {
		if (w->page > 0)
			w->page--;
		else
			anew(w, "");
		show_root(s, w, NULL, out);
		return WALK_SHOW;
	}
	if (!chosen(s, w, t, &it)) {
		show_root(s, w, "menu_bad_choice", out);
		return WALK_SHOW;
	}
	if (it.group) {
		anew(w, menu_group_name(it.group));
		show_root(s, w, NULL, out);
		return WALK_SHOW;
	}
	anew(w, it.form.name);
	w->shape = shape_of(s, &it.form);
	return go_on(s, w, &it.form, out);
}

static enum walk_what answer_resume(const struct walk_setting *s, struct walk *w, const struct menu_form *f,
				    const struct typed *t, struct walk_screen *out)
{
	int i = screen_choice(&s->signs, 2, t->plain);
	if (i == 0)
		return go_on(s, w, f, out);
	if (i == 1)
		to_root(s, w, NULL, out);
	else
		show_resume(s, w, f, "menu_bad_choice", out);
	return WALK_SHOW;
}

/* "1 3": several choices, each once. */
static bool many(const struct walk_setting *s, const struct menu_step *st, const char *plain, char value[MENU_VALUE])
{
	bool taken[MENU_CHOICES] = {false};
	char one[12];
	value[0] = '\0';
	for (const char *p = plain; *p;) {
		size_t n = strcspn(p, " ,;.*+");
		if (n >= sizeof one)
			return false;
		memcpy(one, p, n);
		one[n] = '\0';
		int i = n ? screen_choice(&s->signs, st->n, one) : -1;
		if (n && (i < 0 || taken[i]))
			return false;
		if (n) {
			taken[i] = true;
			screen_add(value, MENU_VALUE, "%s%s", value[0] ? " " : "", st->choice[i].value);
		}
		p += n + (p[n] != '\0');
	}
	return value[0] != '\0';
}

/* False: refused, *why says it. */
static bool take(const struct walk_setting *s, const struct menu_form *f, const struct menu_step *st,
		 const struct typed *t, char value[MENU_VALUE], const char **why)
{
	bool open = is_open(st);
	int i = open ? -1 : screen_choice(&s->signs, st->n + st->optional, t->plain);
	value[0] = '\0';
	if (st->optional && (open ? strcmp(t->plain, s->signs.skip) == 0 : i == st->n))
		return true;
	if (i >= 0 && st->kind != MENU_MANY) {
		snprintf(value, MENU_VALUE, "%s", st->choice[i].value);
		return true;
	}
	*why = st->own_words ? "menu_note_long" : "menu_bad_choice";
	if (st->own_words && strlen(t->raw) >= MENU_VALUE)
		return false;
	if (st->kind == MENU_MANY)
		return many(s, st, t->plain, value);
	return menu_typed(s->menu, f, s->who, st, t->raw, value, why);
}

static enum walk_what answer_question(const struct walk_setting *s, struct walk *w, const struct menu_form *f,
				      const struct typed *t, struct walk_screen *out)
{
	struct menu_step st;
	char value[MENU_VALUE];
	const char *why = NULL;
	if (!question(s, w, f, &st)) {
		to_root(s, w, "menu_restart", out);
		return WALK_SHOW;
	}
	if (strcmp(t->plain, is_open(&st) ? s->signs.back_open : s->signs.back) == 0)
		return go_back(s, w, f, out);
	if (strcmp(t->plain, s->signs.more) == 0 && !is_open(&st)) {
		w->page++;
		show_question(s, w, f, NULL, out);
		return WALK_SHOW;
	}
	/* The list he chose from is not the list there is now: a number of it could be another. */
	if (st.moving && w->seen != seen_of(&st)) {
		show_question(s, w, f, "menu_changed", out);
		return WALK_SHOW;
	}
	if (!take(s, f, &st, t, value, &why)) {
		show_question(s, w, f, why, out);
		return WALK_SHOW;
	}
	snprintf(w->a.value[w->a.n++], MENU_VALUE, "%s", value);
	if (st.guarded && w->proof == WALK_UNPROVED)
		w->proof = WALK_CODE_TYPED; /* he is shown no list */
	if (st.own_words && value[0] && is_private(s, f, &w->a)) {
		memset(w->a.value[--w->a.n], 0, MENU_VALUE);
		show_question(s, w, f, "menu_note_private", out);
		return WALK_SHOW;
	}
	return go_on(s, w, f, out);
}

/* Digits of a PIN at the beginning of s, 0: there is none. */
static size_t pin_at(const char *s)
{
	size_t n = strspn(s, "0123456789");
	return n >= PIN_LEAST && n <= PIN_MOST ? n : 0;
}

/* "1234*5678", or any sign a telephone's keys have between the two. */
static bool two_pins(const char *plain, char out[SECRET_MAX])
{
	size_t n = pin_at(plain), gap = n ? strspn(plain + n, " *.,;+-#") : 0;
	size_t k = gap ? pin_at(plain + n + gap) : 0;
	if (k == 0 || plain[n + gap + k])
		return false;
	snprintf(out, SECRET_MAX, "%.*s %s", (int)n, plain, plain + n + gap);
	return true;
}

/* What was typed as the secret that is asked for; false: it is none.  "" where none is sent. */
static bool take_secret(const struct walk_setting *s, enum menu_secret kind, const struct typed *t, char out[SECRET_MAX])
{
	size_t n = pin_at(t->plain);
	out[0] = '\0';
	if (kind == MENU_PIN_CHANGE)
		return two_pins(t->plain, out);
	if (kind == MENU_PIN_OR_NONE && strcmp(t->plain, s->signs.skip) == 0)
		return true;
	if (kind == MENU_CODEWORD)
		return t->plain[0] && strlen(t->plain) < SECRET_MAX && snprintf(out, SECRET_MAX, "%s", t->plain) > 0;
	return n && t->plain[n] == '\0' && snprintf(out, SECRET_MAX, "%s", t->plain) > 0;
}

static enum walk_what answer_secret(const struct walk_setting *s, struct walk *w, const struct menu_form *f,
				    enum menu_secret kind, const struct typed *t, struct walk_screen *out)
{
	char secret[SECRET_MAX];
	enum walk_what what = WALK_SHOW;
	if (take_secret(s, kind, t, secret))
		what = carry_out(s, w, f, false, secret, out);
	else
		show_send(s, w, f, "menu_bad_value", out);
	explicit_bzero(secret, sizeof secret);
	return what;
}

static enum walk_what answer_send(const struct walk_setting *s, struct walk *w, const struct menu_form *f,
				  const struct typed *t, struct walk_screen *out)
{
	enum menu_secret secret = secret_of(s, w, f);
	if (strcmp(t->plain, secret ? s->signs.back_open : s->signs.back) == 0)
		return go_back(s, w, f, out);
	if (strcmp(t->plain, s->signs.more) == 0) {
		w->page++;
		show_send(s, w, f, NULL, out);
		return WALK_SHOW;
	}
	int note = secret ? 0 : 1 + f->urgent; /* behind what sends it */
	int i = screen_choice(&s->signs, note + f->note, t->plain);
	if (i >= 0 && i == note) {
		w->a.n = f->n_steps;
		show_question(s, w, f, NULL, out);
		return WALK_SHOW;
	}
	if (secret)
		return answer_secret(s, w, f, secret, t, out);
	if (i >= 0)
		return carry_out(s, w, f, i == 1, "", out);
	show_send(s, w, f, "menu_bad_choice", out);
	return WALK_SHOW;
}

/* His PIN, before codes of his cases are shown; or he types the code. */
static enum walk_what answer_prove(const struct walk_setting *s, struct walk *w, const struct menu_form *f,
				   const struct typed *t, struct walk_screen *out)
{
	static const struct menu_answers none;
	char secret[SECRET_MAX];
	struct menu_form list;
	if (strcmp(t->plain, s->signs.back_open) == 0)
		return go_back(s, w, f, out);
	if (strcmp(t->plain, s->signs.skip) == 0 || !may_list(s, &list)) {
		int k = names_case(s, w, f, 0);
		w->proof = WALK_CODE_TYPED;
		if (k >= 0)
			forget_from(w, k);
		show_question(s, w, f, NULL, out);
		return WALK_SHOW;
	}
	out->proves = take_secret(s, MENU_PIN, t, secret);
	if (out->proves)
		menu_text(s->menu, &list, s->who, &none, false, secret, out->report, sizeof out->report);
	else
		show_prove(s, w, f, "menu_bad_value", out);
	explicit_bzero(secret, sizeof secret);
	name_screen(out, f->name, "prove");
	return out->proves ? WALK_CARRY_OUT : WALK_SHOW;
}

static void take_typed(const char *s, size_t len, struct typed *t)
{
	if (len >= sizeof t->raw) {
		len = sizeof t->raw - 1;
		while (len > 0 && ((unsigned char)s[len] & 0xc0) == 0x80)
			len--; /* never half a character */
	}
	for (size_t i = 0; i < len; i++)
		t->raw[i] = (unsigned char)s[i] < ' ' || s[i] == 0x7f ? ' ' : s[i];
	t->raw[len] = '\0';
	menu_plain(t->raw, len, t->plain, sizeof t->plain);
}

static enum walk_what answer(const struct walk_setting *s, struct walk *w, const struct typed *t,
			     struct walk_screen *out)
{
	struct menu_form f;
	if (w->mode == WALK_TEXT) {
		w->page += strcmp(t->plain, s->signs.more) == 0;
		show_text(s, w, out);
		return WALK_SHOW;
	}
	if (strcmp(t->plain, s->signs.main) == 0) {
		to_root(s, w, NULL, out);
		return WALK_SHOW;
	}
	if (w->mode == WALK_ROOT)
		return answer_root(s, w, t, out);
	/* The form may be gone since, or no longer his. */
	if (is_outgrown(s, w, &f)) {
		to_root(s, w, "menu_restart", out);
		return WALK_SHOW;
	}
	if (w->mode == WALK_RESUME)
		return answer_resume(s, w, &f, t, out);
	if (w->mode == WALK_PROVE)
		return answer_prove(s, w, &f, t, out);
	return w->mode == WALK_SEND ? answer_send(s, w, &f, t, out) : answer_question(s, w, &f, t, out);
}

enum walk_what walk_answer(const struct walk_setting *s, struct walk *w, const char *typed, size_t len,
			   struct walk_screen *out)
{
	struct typed t;
	memset(out, 0, sizeof *out);
	take_typed(typed, len, &t);
	enum walk_what what = answer(s, w, &t, out);
	explicit_bzero(&t, sizeof t); /* a PIN may stand in it */
	return what;
}

void walk_tell(const struct walk_setting *s, struct walk *w, const char *text, struct walk_screen *out)
{
	snprintf(w->text, sizeof w->text, "%s", text);
	memset(&w->a, 0, sizeof w->a);
	w->page = 0;
	out->report[0] = '\0';
	show_text(s, w, out);
}

/* Under duress the cases that were named before are others, like those that are listed; false: there is none. */
static bool disguise(const struct walk_setting *s, struct walk *w, const struct menu_form *f)
{
	for (int k = names_case(s, w, f, 0), i = 0; k >= 0; k = names_case(s, w, f, k + 1), i++) {
		if (i >= s->who->ctx->n_owned) {
			forget_from(w, k);
			return false;
		}
		snprintf(w->a.value[k], MENU_VALUE, "%s", s->who->ctx->owned[i]);
	}
	return true;
}

void walk_proved(const struct walk_setting *s, struct walk *w, enum walk_proof proof, const char *refusal,
		 struct walk_screen *out)
{
	struct menu_form f;
	memset(out, 0, sizeof *out);
	w->proof = proof;
	if (is_outgrown(s, w, &f))
		to_root(s, w, "menu_restart", out);
	else if (proof == WALK_UNPROVED)
		show_prove(s, w, &f, refusal, out);
	else if (proof == WALK_DECOYED && !disguise(s, w, &f))
		show_question(s, w, &f, NULL, out);
	else
		go_on(s, w, &f, out);
}

unsigned walk_needs(const struct walk_setting *s, const struct walk *w, const char *typed, size_t len)
{
	struct typed t = {"", ""};
	struct menu_form f;
	take_typed(typed, len, &t);
	if (w->mode == WALK_ROOT) {
		struct menu_item it;
		return chosen(s, w, &t, &it) && !it.group ? it.form.needs : 0;
	}
	return form_of(s, w, &f) ? f.needs : 0;
}

bool walk_begun(const struct walk *w)
{
	return w->mode != WALK_TEXT && w->form[0] && w->a.n > 0;
}

size_t walk_report(const struct walk_setting *s, const struct walk *w, char out[WALK_REPORT])
{
	struct menu_form f;
	out[0] = '\0';
	if (!walk_begun(w) || !form_of(s, w, &f) || f.secret)
		return 0;
	return menu_text(s->menu, &f, s->who, &w->a, false, "", out, WALK_REPORT);
}

/* ---- between two screens ---- */

static bool append(char out[WALK_WRITTEN], size_t *at, const char *s)
{
	size_t n = strlen(s);
	if (n >= WALK_WRITTEN - *at)
		return false;
	memcpy(out + *at, s, n + 1);
	*at += n;
	return true;
}

size_t walk_write(const struct walk *w, char out[WALK_WRITTEN])
{
	out[0] = '\0';
	int n = snprintf(out, WALK_WRITTEN, "2 %d %d %u %u %d %d %s\n", (int)w->mode, w->page, (unsigned)w->seen,
			 (unsigned)w->shape, w->a.n, (int)w->proof, w->form);
	bool fits = n > 0 && n < WALK_WRITTEN;
	size_t at = fits ? (size_t)n : 0;
	for (int k = 0; k < w->a.n && fits; k++)
		fits = append(out, &at, w->a.value[k]) && append(out, &at, "\n");
	if (fits && w->mode == WALK_TEXT)
		fits = append(out, &at, w->text);
	return fits ? at : 0;
}

static bool field(const char **p, const char *end, char stop, char *out, size_t max)
{
	const char *e = memchr(*p, stop, (size_t)(end - *p));
	if (!e || (size_t)(e - *p) >= max)
		return false;
	memcpy(out, *p, (size_t)(e - *p));
	out[e - *p] = '\0';
	*p = e + 1;
	return true;
}

bool walk_read(struct walk *w, const char *s, size_t len)
{
	const char *p = s, *end = s + len;
	char v[7][16] = {""};
	memset(w, 0, sizeof *w);
	for (int i = 0; i < 6 + (v[0][0] == '2'); i++) /* "1": of a version without proofs */
		if (!field(&p, end, ' ', v[i], sizeof v[i]))
			return false;
	long mode = strtol(v[1], NULL, 10), n = strtol(v[5], NULL, 10), proof = strtol(v[6], NULL, 10);
	if ((strcmp(v[0], "1") != 0 && strcmp(v[0], "2") != 0) || mode < WALK_ROOT || mode > WALK_PROVE || n < 0 ||
	    n > MENU_STEPS + 1 || proof < WALK_UNPROVED || proof > WALK_CODE_TYPED ||
	    !field(&p, end, '\n', w->form, sizeof w->form))
		return false;
	w->mode = (enum walk_mode)mode;
	w->proof = (enum walk_proof)proof;
	w->page = (int)strtol(v[2], NULL, 10);
	w->seen = (uint32_t)strtoul(v[3], NULL, 10);
	w->shape = (uint32_t)strtoul(v[4], NULL, 10);
	w->a.n = (int)n;
	for (int k = 0; k < w->a.n; k++)
		if (!field(&p, end, '\n', w->a.value[k], sizeof w->a.value[k]))
			return false;
	if ((size_t)(end - p) >= sizeof w->text || w->page < 0)
		return false;
	memcpy(w->text, p, (size_t)(end - p));
	return true;
}
