/* parse.h - `kujdestar parse`: how texts are read, without a store, a modem or a send.
 *
 * Texts come as JSON lines (one object a line in, one out) or as arguments.  Who a sender is, is asked
 * of the caller.  Calls parser and jansson; writes only to the streams given.
 */
#ifndef GATEWAY_CLI_PARSE_H
#define GATEWAY_CLI_PARSE_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "parser/parser.h"

/* A sender by roster id or number in any form; false: not on the roster (out is then left alone). */
typedef bool parse_sender_fn(void *arg, const char *id_or_number, struct parser_sender *out);

struct parse_job {
	const struct world *w;
	parse_sender_fn *sender;
	void *arg;
	const char *tz;      /* zone of "now", and of the clock when a line has none: "Europe/Tirane" */
	int64_t now;         /* UTC seconds, used when a line has no "now" */
};

/* JSON lines from in to out.  A line that is no request gets {"error": ...}, and the next is read.
 * Returns the number of such lines, or -1 when out cannot be written. */
long parse_stream(const struct parse_job *job, FILE *in, FILE *out);

struct parse_score {
	long right, asked, wrong;
};
/* Reads file (field_texts.jsonl: text, from, tags, expect), compares each reading with what is
 * expected, prints each difference and the sums to out.  False when the file cannot be read. */
bool parse_expect(const struct parse_job *job, const char *file, FILE *out, struct parse_score *score);

/* One text for a person to read; explain adds how it was read.  False when from is malformed. */
bool parse_text(const struct parse_job *job, const char *from, const char *text, bool explain, FILE *out);
#endif
