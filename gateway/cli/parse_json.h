/* parse_json.h - JSON of a request to what parser_read takes, and of a reading back.  Calls parser,
 * jansson. */
#ifndef GATEWAY_CLI_PARSE_JSON_H
#define GATEWAY_CLI_PARSE_JSON_H
#include <jansson.h>
#include "parser/parser.h"

struct parse_request {
	const char *from, *text;    /* borrowed from the JSON object */
	size_t len;
	struct parser_clock clock;
	struct parser_context ctx;
	struct reading *last;       /* owned */
};
/* False with a reason in words.  q must be freed in either case. */
bool parse_request_read(const struct world *w, int64_t now, const char *tz, const json_t *in,
			struct parse_request *q, const char **fault);
void parse_request_free(struct parse_request *q);
void parse_reading_json(const struct reading *r, json_t *out);
long parse_septets(const char *s, size_t n);

/* A line of a sample file as a request (its placeholders and tags turned into text and context), and
 * what it expects with the placeholders filled.  all: the whole file, for "after:ID". */
json_t *parse_sample_request(const json_t *sample, const json_t *all);
json_t *parse_sample_expect(const json_t *sample);
json_t *parse_sample_others(const json_t *sample); /* "alt": readings that are as good; an array, maybe empty */
#endif
