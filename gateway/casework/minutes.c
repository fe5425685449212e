/* minutes.c - reading minutes: octets to decisions.  See minutes.h.  Calls the parser alone. */
#include "gateway/casework/minutes.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "parser/calendar.h"
#include "parser/parser.h"

#define LINE_MAX_OCTETS 300
#define PERSON_AGENCY "MUN" /* stands for a person while the parser reads the rest */

__attribute__((format(printf, 2, 3))) static void fault(struct minutes_line *l, const char *fmt, ...)
{
	va_list ap;

	if (l->fault[0])
		return;
	va_start(ap, fmt);
	vsnprintf(l->fault, sizeof(l->fault), fmt, ap);
	va_end(ap);
}

/* ---- words of a line ------------------------------------------------------------------------ */

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The n-th word from 0; "" when there are fewer, or it is longer than max. */
static const char *word_at(const char *s, int nth, char *out, size_t max, size_t *at)
{
	const char *p = s;

	out[0] = '\0';
	for (;;) {
		while (blank(*p))
			p++;
		size_t n = strcspn(p, " \t");
		if (n == 0 || nth == 0) {
			*at = (size_t)(p - s);
			if (n > 0 && n < max) {
				memcpy(out, p, n);
				out[n] = '\0';
			}
			return out;
		}
		p += n;
		nth--;
	}
}

static bool task_number(const char *word, int64_t *number)
{
	if ((word[0] != 'T' && word[0] != 't') || strlen(word) < 2 || strlen(word) > 10 ||
	    strspn(word + 1, "0123456789") != strlen(word) - 1 || word[1] == '0')
		return false;
	*number = strtoll(word + 1, NULL, 10);
	return true;
}

static bool same_word(const char *a, const char *b)
{
	while (*a && tolower((unsigned char)*a) == *b)
		a++, b++;
	return !*a && !*b;
}

static bool cancels(const char *word)
{
	static const char *const words[] = { "anuluar", "anulo", "anulohet", "cancel", "cancelled" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (same_word(word, words[i]))
			return true;
	}
	return false;
}

/* The shape of a roster id, O1 or AG2: letters, then digits; it never looks like a task or a zone to the
 * parser, because it is taken out before. */
static bool person_shape(const char *word)
{
	size_t letters = 0, n = strlen(word);

	while (isalpha((unsigned char)word[letters]))
		letters++;
	size_t digits = strspn(word + letters, "0123456789");
	return letters >= 1 && letters <= 6 && digits >= 1 && digits <= 5 && letters + digits == n;
}

/* ---- one line ------------------------------------------------------------------------------- */

/* What a phone would be asked about, or told is wrong. */
static void doubts(struct minutes_line *l, const struct reading *r)
{
	const char *what = r->about ? r->about : r->error ? r->error : "";

	if (r->redacted || r->private_found)
		fault(l, "holds a name or a number of a person: use codes alone");
	else if (strcmp(what, "bad_case_code") == 0)
		fault(l, "that is no case code: its check character does not fit");
	else if (strcmp(what, "missing_agency") == 0)
		fault(l, "to whom? An agency or a person's id comes after the code");
	else if (strcmp(what, "bad_date") == 0)
		fault(l, "no such day, or one before the meeting");
	else if (strcmp(what, "date") == 0)
		fault(l, "to which day? Write day and month, like 15.12");
	else if (r->about)
		fault(l, "can be read in two ways (%.24s)", r->about);
	else if (r->error)
		fault(l, "%.40s", r->error);
	else if (reading_flag(r, "confirm"))
		fault(l, "would be a guess: write code, day and month in full");
	else if (strstr(r->text, ".."))
		fault(l, "holds a word that is not known");
}

static void take_day(struct minutes_line *l, const char *day, const char *iso)
{
	int32_t from, to;

	if (!iso || !day_from_iso(iso, &to) || !day_from_iso(day, &from))
		return;
	if (to - from > MINUTES_AHEAD)
		fault(l, "%s is more than %d days after the meeting: a slip?", iso, MINUTES_AHEAD);
	else if (to <= from)
		fault(l, "%s is not after the meeting", iso);
	snprintf(l->due, sizeof(l->due), "%.10s", iso);
}

static void read_text(const struct world *w, const char *day, const char *text, struct reading *r)
{
	struct parser_sender from = { .role = ROLE_COORDINATOR, .id = "minutes", .agency = "MUN",
				      .lang = "sq" };
	struct parser_clock clock = { .hour = 12 };

	snprintf(clock.today, sizeof(clock.today), "%.10s", day);
	parser_read(w, &from, &clock, NULL, text, strlen(text), r);
}

/* Blanks the n octets of a word, so that the parser reads the rest. */
static void put_over(char *text, size_t max, size_t at, size_t n, const char *with)
{
	char tail[LINE_MAX_OCTETS + 8];

	snprintf(tail, sizeof(tail), "%s", text + at + n);
	snprintf(text + at, max - at, "%s%s", with, tail);
}

/* "E26-0147-V O1 vizite": the person stands where the agency would, and is read by itself. */
static void take_person(struct minutes_line *l, char *text, size_t max)
{
	char word[24];
	size_t at;

	word_at(text, 1, word, sizeof(word), &at);
	if (!person_shape(word))
		return;
	for (size_t i = 0; word[i]; i++)
		l->person[i] = (char)toupper((unsigned char)word[i]);
	put_over(text, max, at, strlen(word), PERSON_AGENCY);
}

static void new_task(const struct world *w, const char *day, struct minutes_line *l, char *text,
		     size_t max)
{
	char whole[LINE_MAX_OCTETS + 32], first[32];
	struct reading r;
	size_t at;

	l->kind = MINUTES_TASK;
	word_at(text, 0, first, sizeof(first), &at);
	if (!code_read(first, strlen(first), l->code)) {
		fault(l, "begins with neither a case code nor a task (\"T12\")");
		return;
	}
	take_person(l, text, max);
	snprintf(whole, sizeof(whole), "DETYRE %s", text);
	read_text(w, day, whole, &r);
	doubts(l, &r);
	if (!l->fault[0] && !reading_is(&r, "task_new"))
		fault(l, "is no task: code, agency, work, day");
	const char *code = reading_word(&r, "case"), *agency = reading_word(&r, "agency");
	if (!l->fault[0] && (!code || strcmp(code, l->code) != 0 || !agency))
		fault(l, "is no task: code, agency, work, day");
	if (l->fault[0])
		return;
	if (!l->person[0])
		snprintf(l->agency, sizeof(l->agency), "%.11s", agency);
	const char *service = reading_word(&r, "service");
	snprintf(l->service, sizeof(l->service), "%.31s", service ? service : "");
	take_day(l, day, reading_word(&r, "due"));
}

static void old_task(const struct world *w, const char *day, struct minutes_line *l,
		     const char *text)
{
	static const struct {
		const char *intent;
		enum minutes_kind kind;
	} kinds[] = { { "task_done", MINUTES_FINISH },
		      { "task_defer", MINUTES_DEFER },
		      { "task_progress", MINUTES_PROGRESS } };
	char second[24], third[24], name[24];
	struct reading r;
	size_t at;

	word_at(text, 1, second, sizeof(second), &at);
	word_at(text, 2, third, sizeof(third), &at);
	if (cancels(second) && !third[0]) {
		l->kind = MINUTES_CANCEL;
		return;
	}
	read_text(w, day, text, &r);
	doubts(l, &r);
	snprintf(name, sizeof(name), "T%lld", (long long)l->task);
	const char *said = reading_word(&r, "task");
	for (size_t i = 0; !l->fault[0] && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!reading_is(&r, kinds[i].intent) || !said || strcmp(said, name) != 0)
			continue;
		l->kind = kinds[i].kind;
		take_day(l, day, reading_word(&r, "date"));
		return;
	}
	fault(l, "after a task: kryer, shty and a day, jo akoma, anuluar");
}

static void read_line(const struct world *w, const char *day, const char *s, size_t n,
		      struct minutes_line *l)
{
	char text[LINE_MAX_OCTETS + 8], first[32]; /* room for the agency in a person's place */
	size_t at;

	if (n > LINE_MAX_OCTETS) {
		fault(l, "is longer than %d octets", LINE_MAX_OCTETS);
		return;
	}
	memcpy(text, s, n);
	text[n] = '\0';
	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)text[i] < ' ' && text[i] != '\t') {
			fault(l, "holds a control character");
			return;
		}
	}
	word_at(text, 0, first, sizeof(first), &at);
	if (task_number(first, &l->task))
		old_task(w, day, l, text);
	else
		new_task(w, day, l, text, sizeof(text));
}

/* ---- the file ------------------------------------------------------------------------------- */

static bool same(const struct minutes_line *a, const struct minutes_line *b)
{
	if (a->fault[0] || b->fault[0])
		return false;
	if (a->kind == MINUTES_TASK || b->kind == MINUTES_TASK)
		return a->kind == b->kind && strcmp(a->code, b->code) == 0 &&
		       strcmp(a->agency, b->agency) == 0 && strcmp(a->person, b->person) == 0 &&
		       strcmp(a->service, b->service) == 0 && strcmp(a->due, b->due) == 0;
	return a->task == b->task;
}

/* Two decisions of one task, or one line typed twice, are not both meant. */
static void repeats(struct minutes *m, struct minutes_line *l)
{
	for (size_t i = 0; i + 1 < m->n; i++) {
		if (same(&m->lines[i], l))
			fault(l, "decides what line %d decided", m->lines[i].line);
	}
}

static void add_line(const struct world *w, const char *day, struct minutes *m, int number,
		     const char *s, size_t n)
{
	struct minutes_line *l = &m->lines[m->n++];

	l->line = number;
	read_line(w, day, s, n, l);
	repeats(m, l);
	m->faults += l->fault[0] != '\0';
}

static void one_fault(struct minutes *m, int number, const char *words)
{
	struct minutes_line *l = &m->lines[m->n < MINUTES_LINES ? m->n++ : MINUTES_LINES - 1];

	l->line = number;
	l->fault[0] = '\0';
	fault(l, "%s", words);
	m->faults++;
}

static void read_file(const struct world *w, const char *day, struct minutes *m, const char *text,
		      size_t len)
{
	int number = 1;
	size_t at = 0;

	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	for (; at < len; number++) {
		const char *s = text + at, *end = memchr(s, '\n', len - at);
		size_t n = end ? (size_t)(end - s) : len - at;
		at += n + 1;
		const char *comment = memchr(s, '#', n);
		if (comment)
			n = (size_t)(comment - s);
		while (n && (blank(s[n - 1]) || s[n - 1] == '\r'))
			n--;
		while (n && blank(*s))
			s++, n--;
		if (n == 0)
			continue;
		if (m->n == MINUTES_LINES) {
			one_fault(m, number, "more decisions than minutes can have");
			return;
		}
		add_line(w, day, m, number, s, n);
	}
}

struct minutes *minutes_read(const struct world *w, const char *day, const char *text, size_t len)
{
	struct minutes *m = calloc(1, sizeof(*m));

	if (m)
		m->lines = calloc(MINUTES_LINES, sizeof(*m->lines));
	if (!m || !m->lines) {
		free(m);
		return NULL;
	}
	if (len > MINUTES_BYTES)
		one_fault(m, 1, "is longer than minutes can be (64 KiB)");
	else if (memchr(text, '\0', len))
		one_fault(m, 1, "is no text file: it holds NUL");
	else
		read_file(w, day, m, text, len);
	return m;
}

void minutes_free(struct minutes *m)
{
	if (m)
		free(m->lines);
	free(m);
}
