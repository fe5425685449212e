/* when.c - see when.h.  Each sentence is a row of words; "#d" is a number that goes into `days`. */
#include "config/when.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 32
#define WORD 20

static const struct sentence {
	const char *words; /* "#" and a letter: a number (table `numbers`) */
	enum config_kind kind;
	bool excused_too, in_row;
} sentences[] = {
    {"absent #d days in a row without excuse", WHEN_ROW, false, false},
    {"absent #d days in a row without excuse and every #e after", WHEN_ROW, false, false},
    {"absent #d days in a row", WHEN_ROW, true, false},
    {"absent #d days in a row and every #e after", WHEN_ROW, true, false},
    {"absent #d days without excuse in #w weeks", WHEN_TOTAL, false, false},
    {"absent #d days without excuse in a row or in #w weeks", WHEN_TOTAL, false, true},
    {"absent #d days in #w weeks", WHEN_TOTAL, true, false},
    {"absent #d days in a row or in #w weeks", WHEN_TOTAL, true, true},
    {"absent #p % of at least #d reported days", WHEN_RATE, true, false},
    {"class absent #p % of at least #d reported days", WHEN_CLASS_RATE, true, false},
    {"class silent today", WHEN_CLASS_SILENT, false, false},
    {"class silent #d days", WHEN_CLASS_SILENT, false, false},
    {"school silent today", WHEN_SCHOOL_SILENT, false, false},
    {"school silent #d days", WHEN_SCHOOL_SILENT, false, false},
    {"#k pupils of a class begin an absence within #i days", WHEN_CLASS_CLUSTER, false, false},
    {"#k pupils of a class begin an absence of #d days within #i days", WHEN_CLASS_CLUSTER, false,
     false},
    {"#k pupils of a zone begin an absence within #i days", WHEN_ZONE_CLUSTER, false, false},
    {"#k pupils of a zone begin an absence of #d days within #i days", WHEN_ZONE_CLUSTER, false,
     false},
    {"a pupil of an open case is absent", WHEN_WATCHED, false, false},
    {"a pupil is said to be abroad", WHEN_ABROAD, false, false},
    {"a pupil is said to work", WHEN_WORK, false, false},
    {"a pupil left school", WHEN_LEFT, false, false},
};
#define SENTENCES (sizeof(sentences) / sizeof(sentences[0]))

static const struct number {
	char letter;
	size_t at;
	int min, max;
	const char *of;
} numbers[] = {
    {'d', offsetof(struct config_when, days), 1, 200, "days"},
    {'e', offsetof(struct config_when, every), 1, 200, "\"every\""},
    {'w', offsetof(struct config_when, weeks), 1, 40, "weeks"},
    {'p', offsetof(struct config_when, percent), 1, 100, "\"%\""},
    {'k', offsetof(struct config_when, pupils), 2, 40, "pupils"},
    {'i', offsetof(struct config_when, within), 1, 30, "\"within\""},
};

struct words {
	char w[WORDS][WORD];
	size_t n;
};

/* ---- words ---- */

static const char *same_word(const char *w)
{
	static const char *const same[][2] = {
	    {"day", "days"},    {"week", "weeks"}, {"percent", "%"},   {"one", "1"},
	    {"two", "2"},       {"three", "3"},    {"four", "4"},      {"five", "5"},
	    {"six", "6"},       {"seven", "7"},    {"eight", "8"},     {"nine", "9"},
	    {"ten", "10"},
	};

	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (strcmp(same[i][0], w) == 0)
			return same[i][1];
	return w;
}

static bool add_word(struct words *out, const char *from, size_t n)
{
	char w[WORD];

	if (n == 0)
		return true;
	if (n >= WORD || out->n == WORDS)
		return false;
	for (size_t i = 0; i < n; i++)
		w[i] = (char)tolower((unsigned char)from[i]);
	w[n] = '\0';
	snprintf(out->w[out->n++], WORD, "%s", same_word(w));
	return true;
}

/* False: a word too long or too many of them, which no sentence has. */
static bool split(const char *s, struct words *out)
{
	out->n = 0;
	while (*s) {
		size_t n = strcspn(s, " \t\r\n,.;%");
		if (!add_word(out, s, n) || (s[n] == '%' && !add_word(out, "%", 1)))
			return false;
		s += n + (s[n] != '\0');
	}
	return true;
}

/* ---- matching ---- */

static const char *word_at(const char *words, size_t nth, size_t *len)
{
	while (nth-- > 0 && *words) {
		words += strcspn(words, " ");
		words += *words == ' ';
	}
	*len = strcspn(words, " ");
	return words;
}

static bool is_number(const char *w)
{
	return *w && strlen(w) <= 4 && strspn(w, "0123456789") == strlen(w);
}

static bool fits(const char *want, size_t len, const char *got)
{
	if (*want == '#')
		return is_number(got);
	return strlen(got) == len && memcmp(want, got, len) == 0;
}

/* How many of the first words fit; *whole: all of both. */
static size_t match(const struct sentence *s, const struct words *said, bool *whole)
{
	size_t i = 0, len;
	const char *want = word_at(s->words, 0, &len);

	while (*want && i < said->n && fits(want, len, said->w[i]))
		want = word_at(s->words, ++i, &len);
	*whole = !*want && i == said->n;
	return i;
}

static const struct number *number_of(char letter)
{
	const struct number *n = numbers;

	while (n->letter != letter)
		n++;
	return n;
}

static bool take(const struct sentence *s, const struct words *said, struct config_when *out,
		 char *why, size_t max)
{
	*out = (struct config_when){.kind = s->kind,
				    .days = 1,
				    .excused_too = s->excused_too,
				    .in_row = s->in_row};
	for (size_t i = 0; i < said->n; i++) {
		size_t len;
		const char *want = word_at(s->words, i, &len);
		if (*want != '#')
			continue;
		const struct number *n = number_of(want[1]);
		int v = (int)strtol(said->w[i], NULL, 10);
		if (v < n->min || v > n->max) {
			snprintf(why, max, "%d is not possible for %s (%d to %d)", v, n->of, n->min,
				 n->max);
			return false;
		}
		memcpy((char *)out + n->at, &v, sizeof(v));
	}
	return true;
}

/* ---- words for a fault ---- */

__attribute__((format(printf, 3, 4))) static void add(char *out, size_t max, const char *fmt, ...)
{
	size_t n = strlen(out);
	va_list ap;

	va_start(ap, fmt);
	if (n < max)
		vsnprintf(out + n, max - n, fmt, ap);
	va_end(ap);
}

static void add_choice(char *list, size_t max, const char *want, size_t len)
{
	char one[WORD + 2];

	if (!*want)
		snprintf(one, sizeof(one), "the end");
	else if (*want == '#')
		snprintf(one, sizeof(one), "a number");
	else
		snprintf(one, sizeof(one), "\"%.*s\"", (int)len, want);
	if (!strstr(list, one))
		add(list, max, "%s%s", *list ? ", " : "", one);
}

static void explain(const struct words *said, size_t best, char *why, size_t max)
{
	char choices[300] = "", before[200] = "";
	bool whole;

	for (size_t i = 0; i < SENTENCES; i++) {
		size_t len;
		if (match(&sentences[i], said, &whole) != best)
			continue;
		const char *want = word_at(sentences[i].words, best, &len);
		add_choice(choices, sizeof(choices), want, len);
	}
	for (size_t i = 0; i < best; i++)
		add(before, sizeof(before), "%s%s", i ? " " : " after \"", said->w[i]);
	why[0] = '\0';
	if (best < said->n)
		add(why, max, "\"%s\" is not understood", said->w[best]);
	else
		add(why, max, "the sentence is not complete");
	add(why, max, "%s%s; possible here: %s", before, best ? "\"" : "", choices);
}

bool config_when_read(const char *sentence, struct config_when *out, char *why, size_t max)
{
	struct words said;
	size_t best = 0;
	bool whole;

	*out = (struct config_when){.kind = WHEN_NONE};
	if (!split(sentence, &said)) {
		snprintf(why, max, "is no sentence of a rule: a word is longer than %d letters, or "
			 "there are more than %d", WORD - 1, WORDS);
		return false;
	}
	for (size_t i = 0; i < SENTENCES; i++) {
		size_t n = match(&sentences[i], &said, &whole);
		if (whole)
			return take(&sentences[i], &said, out, why, max);
		best = n > best ? n : best;
	}
	explain(&said, best, why, max);
	return false;
}

const char *config_when_event(enum config_kind kind)
{
	static const char *const events[] = {
	    [WHEN_NONE] = "",
	    [WHEN_ROW] = "absence.streak",
	    [WHEN_TOTAL] = "absence.streak",
	    [WHEN_RATE] = "absence.rate",
	    [WHEN_CLASS_RATE] = "absence.rate",
	    [WHEN_CLASS_SILENT] = "school.silent",
	    [WHEN_SCHOOL_SILENT] = "school.silent",
	    [WHEN_CLASS_CLUSTER] = "absence.cluster",
	    [WHEN_ZONE_CLUSTER] = "absence.cluster",
	    [WHEN_WATCHED] = "absence.watched",
	    [WHEN_ABROAD] = "absence.abroad",
	    [WHEN_WORK] = "absence.work",
	    [WHEN_LEFT] = "absence.left",
	};
	return events[kind];
}

const char *config_when_sentence(size_t i)
{
	return i < SENTENCES ? sentences[i].words : NULL;
}
