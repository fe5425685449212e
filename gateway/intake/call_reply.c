/* call_reply.c - see call_reply.h. */
#include "gateway/intake/call_reply.h"
#include <stdio.h>
#include <string.h>

bool call_field(struct call_reply *r, const char *name, const char *value)
{
	size_t n = strlen(value);

	if (r->fields.n == WIRE_SETTINGS_MAX || n > sizeof(r->room) - r->used) {
		call_refuse(r, 500, NULL);
		return false;
	}
	memcpy(r->room + r->used, value, n);
	r->fields.pair[r->fields.n++] =
		(struct wire_pair){ wire_str(name), wire_blob(r->room + r->used, n) };
	r->used += n;
	return true;
}

void call_refuse(struct call_reply *r, unsigned status, const char *detail)
{
	r->status = (uint16_t)status;
	r->fields.n = 0;
	snprintf(r->detail, sizeof(r->detail), "%s", detail ? detail : "");
}
