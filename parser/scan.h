/* scan.h - one text on its way to a reading: tokens, the phrases they make, and the typed units
 * (a class, a date, a register number, a concept) that could stand at each token.
 *
 * Lives on parser_read's stack.  Several units may start at one token; the forms choose (choose.c).
 */
#ifndef PARSER_SCAN_H
#define PARSER_SCAN_H
#include "parser/parser.h"
#include "parser/world_int.h"

#define UNITS_MAX 2048
#define COST 16 /* one unit of cost; each unit of a path adds 1, so that fewer, longer units win */

enum unit_type {
	U_CONCEPT, /* concept, a = value */
	U_WORD,    /* a word no vocabulary knows */
	U_NAME,    /* ... that looks like a person's name */
	U_NUMBER,  /* a */
	U_RANGE,   /* a..b; flags */
	U_CLASS,   /* a = grade, b = section, c = index in the world or -1 */
	U_GRADE,   /* a = grade, the section not said */
	U_GRADES,  /* "classes 4-5": for a campaign */
	U_DATE,    /* a = from, b = to (days), c = the coming one of a weekday or days counted back */
	U_ZONE, U_SCHOOL, /* a = index or -1 */
	U_AGENCY,  /* a = index, b = 1 if of the roster's agencies, 0 of the vocabulary's values */
	U_CODE, U_BAD_CODE, /* a case code; canonical in scan.codes[a] */
	U_REFERRAL, U_TASK, U_ALERT, /* a */
	U_SEX, U_AGE, U_SEX_AGE,     /* a = 'M' or 'F', b = age */
	U_KIDS,    /* a = number of children, b = sex or 0 */
	U_COUNT,   /* a = number, b = 'P' pupils, 'R' parents, 'V' people, 'A' absences */
	U_OUT_OF,  /* a of b */
	U_TOTAL,   /* of b */
	U_QUANTITY, /* hours, minutes, a time of day: a = number, b = 'C' 'M' 'H' or 'X' (times) */
	U_PHONE, U_NATIONAL_ID, U_ADDRESS,
	U_SECRET,  /* a PIN's digits */
	U_TYPES
};
#define T(type) (1u << U_##type)

enum { /* unit.flags */
	K_FIXED = 1,     /* O or l was read as a digit */
	K_GUESS = 2,     /* a typing slip was mended */
	K_LABELLED = 4,  /* nr 12, date 12.11 */
	K_WORDED = 8,    /* a number written as a word */
	K_DASH = 16,     /* a-b: range, or two of a list */
	K_CHAIN = 32,    /* a-b-c: a list */
	K_DM = 64,       /* day.month alone: might be two register numbers */
	K_BAD = 128,     /* no such day */
	K_US = 256,      /* might be month/day */
	K_SPAN = 512,    /* more than one day */
	K_BACK = 1024,   /* counted back: c school days */
	K_WEEKDAY = 2048,
	K_ROMAN = 4096,
	K_NAMED = 8192,  /* a month by its name */
	K_VAGUE = 16384  /* a time, but no day: "last month"; always asked */
};

struct unit {
	uint8_t type, concept;
	uint16_t at, n, flags;
	int16_t cost;     /* in 1/COST */
	int32_t a, b, c;
};
/* What a word can be part of: asked before the recognisers that would look for it in vain. */
enum {
	SAYS_DAY = 1,     /* a day, or a span of them, may begin with it */
	SAYS_DAYS = 2,    /* with it in the text, figures alone may be a day */
	SAYS_PERSON = 4,  /* sex, age, a number, "of 28" */
	SAYS_KIDS = 8, SAYS_COUNTED = 16
};

struct phrase {
	uint8_t n;        /* tokens; 0 = no phrase starts here */
	uint8_t says;     /* by all its meanings */
	int32_t entry;
};

struct scan {
	const struct world *w;
	const struct parser_sender *from;
	const struct parser_clock *clock;
	const struct parser_context *ctx;
	bool *wants_last;           /* the reading's; set by scan_last */
	const char *text;
	size_t len;
	int32_t today;
	int school;                 /* the sender's, or -1 */
	int first_word;             /* first token that is not politeness */
	uint64_t seen[4];           /* concepts along the way of longest phrases */
	uint64_t any[4];            /* concepts that could start anywhere */
	unsigned says;              /* of all phrases */
	uint32_t types;             /* unit types somewhere in the text */
	int n_units, n_codes;
	bool full;
	bool marked_up;             /* mark-up was taken out of it */
	char codes[8][CASE_CODE_MAX];
	uint16_t first[TOKENS_MAX + 1]; /* units of token i: first[i] .. first[i+1]-1 */
	bool plain[TOKENS_MAX];     /* token i is not a number by itself: it belongs to what is before */
	struct phrase phrase[TOKENS_MAX];
	struct unit units[UNITS_MAX + 1];
	struct fold fold;
	struct tokens ts;
};

/* The sender's last report, or NULL.  Asked only where the reading hangs on it. */
static inline const struct reading *scan_last(const struct scan *s)
{
	if (s->ctx && !s->ctx->last && s->ctx->last_waits)
		*s->wants_last = true;
	return s->ctx ? s->ctx->last : NULL;
}

void scan_text(struct scan *s); /* tokens, words, phrases; no units yet */
static inline bool scan_seen(const struct scan *s, enum concept c)
{
	return s->seen[c >> 6] >> (c & 63) & 1;
}
/* At i stands the short word for a concern that is an everyday word too ("pas", "bar"): it names the concern only where a
 * report of a case has it. */
bool scan_idle_concern(const struct scan *s, int i);
int scan_look(const struct scan *s, int i, enum concept c, int32_t *value);
static inline bool scan_any(const struct scan *s, enum concept c)
{
	return s->any[c >> 6] >> (c & 63) & 1;
}
/* Tokens of the phrase at i when it can mean c, else 0.  Asked some thousand times a text, so what
 * stands nowhere in it is answered at once. */
static inline int scan_is(const struct scan *s, int i, enum concept c, int32_t *value)
{
	return scan_any(s, c) ? scan_look(s, i, c, value) : 0;
}
/* Only sep stands before token i. */
static inline bool scan_tight(const struct scan *s, int i, unsigned sep)
{
	return i > 0 && i < s->ts.n && s->ts.t[i].pre == sep;
}
static inline bool scan_glued(const struct scan *s, int i)
{
	return i > 0 && i < s->ts.n && (s->ts.t[i].flags & TOK_GLUED);
}
bool scan_letter(const struct scan *s, int i, char from, char to); /* a single letter */
int scan_worded(const struct scan *s, int i, int32_t *value, unsigned *flags);
/* A number in digits or as a word at i: tokens used, else 0. */
static inline int scan_number(const struct scan *s, int i, int32_t *value, unsigned *flags)
{
	if (i < 0 || i >= s->ts.n)
		return 0;
	const struct token *t = &s->ts.t[i];
	if (!t->number)
		return scan_any(s, C_NUMBER) ? scan_worded(s, i, value, flags) : 0;
	if (t->flags & TOK_HUGE)
		return 0;
	*value = t->num;
	*flags = t->flags & TOK_FIXED ? K_FIXED : 0;
	return 1;
}
struct unit *scan_add(struct scan *s, enum unit_type type, int at, int n);
/* The number at i stands behind the word for a PIN, alone or in a row of numbers. */
bool scan_behind_pin(const struct scan *s, int i);
#endif
