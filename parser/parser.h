/* parser.h - one text to one reading, and a reading to the reply its sender gets.
 *
 * Pure: the bytes of a text, a sealed world, who sent it, a clock value and what was just spoken of
 * go in; a struct comes out.  Nothing is allocated, nothing is logged, time is bounded for any input
 * of PARSER_TEXT_MAX bytes.
 */
#ifndef PARSER_PARSER_H
#define PARSER_PARSER_H
#include <stdio.h>
#include "parser/reading.h"
#include "parser/world.h"

#define PARSER_TEXT_MAX 4096 /* bytes of one text (ten segments of UTF-8 and more); longer is cut */

struct parser_sender {
	enum role role;
	char id[24];          /* roster id, "" for an unknown number */
	char school[12];      /* "" = none */
	char agency[12];
	char lang[4];         /* "sq" */
	uint16_t n_classes;
	char classes[24][12]; /* the classes he reports for */
};

struct parser_clock {
	char today[11];       /* local day the text was sent, ISO */
	int hour, minute;     /* local */
	bool unsure;          /* the network's time stamp was unusable: a day read from it is confirmed */
};

/* What the store knows of the conversation; all optional. */
struct parser_context {
	char asked[24];       /* "class:6A" "zone" "confirm" "date" "pupils" "duplicate" "merge" */
	char case_code[24];   /* the case just spoken of */
	bool has_owned;
	uint16_t n_owned;
	char owned[64][24];
	uint16_t n_alerts;
	int32_t alerts[32];   /* unacknowledged ones sent to this phone */
	const struct reading *last; /* the sender's last report, or NULL */
	bool last_waits;      /* there may be one that was not looked up: see reading.wants_last */
	/* What a typed secret is to be taken for.  SECRET_TYPED: 4 to 6 digits may be one without the word for
	 * it, and nobody has looked yet. */
	enum { SECRET_NONE, SECRET_PIN, SECRET_DURESS, SECRET_WRONG, SECRET_CODEWORD, SECRET_TYPED } secret;
};

/* Reads text.  Always fills out with exactly one of: a reading, a reading with an error, a clarify,
 * unknown, or ignore. ctx may be NULL. */
void parser_read(const struct world *w, const struct parser_sender *from,
		 const struct parser_clock *clock, const struct parser_context *ctx, const char *text,
		 size_t len, struct reading *out);

/* Values a reply needs that only the store knows (a case code just given, an alert number). */
struct reply_facts {
	const char *case_code, *alert, *referral, *task;
	const char *previous; /* what a correction replaced: "12,17" */
	const char *owner;    /* mask or id of who acknowledged */
	const char *due;      /* ISO day by which a task is due when the text named none */
};
/* Writes the reply of a reading in the sender's language (NUL added), within 160 septets unless the
 * catalogue entry says split.  Returns its length, or 0 when there is no reply (ignore). */
size_t parser_reply(const struct world *w, const struct parser_sender *to,
		    const struct parser_clock *clock, const struct reading *r,
		    const struct reply_facts *facts, char *out, size_t max);

/* Any other message of the catalogue (alerts, nudges): named fills, same rules. Returns the length,
 * or 0 when id or a fill is unknown. */
struct message_fill {
	const char *name, *value;
};
size_t parser_message(const struct world *w, const char *lang, const char *id,
		      const struct message_fill *fills, size_t n, char *out, size_t max);

/* Prints how a text is read: tokens, concepts, slots, the readings considered and why one won. */
void parser_explain(const struct world *w, const struct parser_sender *from,
		    const struct parser_clock *clock, const struct parser_context *ctx,
		    const char *text, size_t len, FILE *out);

/* Case codes: "E26-0147-V".  Check character by ISO/IEC 7064 MOD 37,36. */
#define CASE_CODE_MAX 24
bool code_make(char site, int year, int64_t number, char out[CASE_CODE_MAX]); /* false: skip number */
bool code_read(const char *s, size_t len, char out[CASE_CODE_MAX]); /* canonical, or false */
#endif
