/* fuzz_edge_ussd.c - a whole request against blocks of every kind: first octet the block, then up to a line feed
 * the path, then the body.  Whatever comes is another's, refused, or a call whose fields keep their bounds;
 * what is refused before it is proved repeats nothing. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "gateway/edge/dialect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const kinds[][4] = {
	{"form", "POST", "application/x-www-form-urlencoded", "CON {text}"},
	{"json", "POST", "application/json", "{\"id\":{in.id:json},\"m\":{text:json}}"},
	{"xml", "POST", "text/xml", "<a id=\"{in.id:attr}\">{text:xml}</a>"},
};
static struct dialect *blocks[3];

static void set_up(void)
{
	for (size_t i = 0; i < 3; i++) {
		const char *const pairs[][2] = {
			{"name", "x"}, {"path", "/u/{secret}/{session}"}, {"in", kinds[i][0]}, {"session", "path:session"},
			{"msisdn", "n"}, {"input", "t"}, {"sequence", "q"}, {"msisdn_form", "digits"}, {"new_if", "k=1\nt="},
			{"close_if", "k=3"}, {"reply_type", kinds[i][2]}, {"cont", kinds[i][3]}, {"end", kinds[i][3]},
			{"newline", "crlf"}, {"auth", "path"}, {"secret", "0123456789abcdef"}, {"methods", "POST"}};
		struct wire_pairs p = {0};
		for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++)
			p.pair[p.n++] = (struct wire_pair){wire_str(pairs[k][0]), wire_str(pairs[k][1])};
		blocks[i] = dialect_new(&p);
		assert(blocks[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct values v;
	static struct edge_request rq;
	static struct edge_answer out;
	struct dialect_call c;
	char path[256], kept[DIALECT_KEPT];
	if (!blocks[0])
		set_up();
	if (size < 2)
		return 0;
	size_t which = data[0] % 3;
	const uint8_t *end = memchr(data + 1, '\n', size - 1);
	size_t n = end ? (size_t)(end - data) - 1 : 0;
	if (!end || n >= sizeof(path) || memchr(data + 1, 0, n))
		return 0;
	memcpy(path, data + 1, n);
	path[n] = '\0';
	memset(&rq, 0, sizeof(rq));
	memset(&out, 0, offsetof(struct edge_answer, body));
	rq.method = "POST";
	rq.path = path;
	rq.body = (struct edge_str){(const char *)end + 1, size - n - 2};
	rq.header[0] = (struct edge_pair){{"Content-Type", 12}, {kinds[which][2], strlen(kinds[which][2])}};
	rq.n_headers = 1;
	snprintf(rq.peer, sizeof(rq.peer), "127.0.0.1");
	enum dialect_what what = dialect_ask(blocks[which], &rq, &v, &c, kept, &out);
	if (what == DIALECT_REFUSED)
		assert(out.status >= 400 && out.status < 500);
	if (what == DIALECT_CALL) {
		assert(strncmp(path, "/u/0123456789abcdef/", 20) == 0);
		assert(c.session.len < 100 && c.input.len <= 1200 && strlen(c.number) < sizeof(c.number));
		struct edge_str session, number, name, value;
		bool literal;
		dialect_caller(kept, &session, &number);
		assert(session.len == c.session.len && number.len == strlen(c.number));
		for (size_t i = 0; dialect_echo(blocks[which], kept, i, &name, &value, &literal); i++)
			assert(name.len > 3 && value.len < DIALECT_KEPT);
		dialect_tell(blocks[which], kept, (struct edge_str){"a\n<&\"", 5}, false, false, &out);
		assert(out.status == 200 || out.status == 500);
	}
	return 0;
}
