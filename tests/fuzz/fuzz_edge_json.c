/* fuzz_edge_json.c - JSON of a request, as a stranger on the network may write it: bounded, in place, each
 * value inside the set's room, and found again by its name. */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include "gateway/edge/values.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct values v;
	char *body = NULL;
	/* a copy of its own length: reading past the end is seen */
	if (size > 65536 || !(body = size ? memcpy(__builtin_malloc(size), data, size) : __builtin_malloc(1)))
		return 0;
	const char *why = json_read((struct edge_str){body, size}, &v);
	assert(v.n <= VALUES_MAX && v.used < VALUES_ROOM);
	for (size_t i = 0; !why && i < v.n; i++) {
		const struct edge_value *e = &v.at[i];
		char name[VALUES_NAME];
		bool twice;
		assert(e->name.s >= v.room && e->value.s + e->value.len <= v.room + sizeof(v.room));
		assert(e->name.len < sizeof(name));
		memcpy(name, e->name.s, e->name.len);
		name[e->name.len] = '\0';
		if (strlen(name) == e->name.len) {
			assert(values_get(&v, name, false, NULL, &twice).s);
			assert(twice == e->twice);
		}
	}
	__builtin_free(body);
	return 0;
}
