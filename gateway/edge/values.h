/* values.h - the fields of a request by name, whatever it is written in: a form, JSON, XML.
 *
 * A decoder takes a body from outside, so each is bounded in size, depth and number, refuses what two
 * readers could read differently (a name twice, an entity, a document type), and has a fuzz target.
 * Values are octets with a length, UTF-8 or not; they live in the set's own room.
 */
#ifndef GATEWAY_EDGE_VALUES_H
#define GATEWAY_EDGE_VALUES_H
#include "gateway/edge/request.h"

#define VALUES_MAX 64
#define VALUES_ROOM 32768
#define VALUES_DEPTH 8     /* of JSON and XML */
#define VALUES_NAME 96     /* octets of a name: "a.b.@c" */

struct values {
	struct edge_value {
		struct edge_str name, value;
		bool literal;     /* a JSON number, true or false: value is its text */
		bool twice;
	} at[VALUES_MAX];
	size_t n, used;
	char room[VALUES_ROOM];
};
/* s == NULL: absent.  fold: without regard to the case of ASCII letters; then two names that differ in
 * case alone are one name twice.  twice may be NULL. */
struct edge_str values_get(const struct values *v, const char *name, bool fold, bool *literal, bool *twice);
/* False: no room, or a bound. */
bool values_add(struct values *v, const char *name, size_t name_len, const char *s, size_t len, bool literal);
bool values_more(struct values *v, const char *s, size_t len); /* appends to the value added last */

/* Each: NULL, or why the body is refused (static, repeats nothing of it). */
const char *form_read(struct edge_str body, struct values *out);
const char *json_read(struct edge_str body, struct values *out);
const char *xml_read(struct edge_str body, struct values *out);

/* A list that stands in a JSON body, taken an element at a time as if each were a body. */
struct json_list {
	void *root;
	const void *list;
	size_t at;
};
/* path: where it stands, by dotted path; ".": the body is the list.  NULL, or why it is refused; to be
 * closed when it was opened. */
const char *json_list_open(struct edge_str body, const char *path, struct json_list *l);
/* The next one into out; false: there is none.  *why: NULL, or why this one is refused. */
bool json_list_next(struct json_list *l, struct values *out, const char **why);
void json_list_close(struct json_list *l); /* may be called of one that is closed */
#endif
