/* events.c - see events.h. */
#include "tests/sim/modem/events.h"

struct out *event_begin(struct events *e, const char *name)
{
	e->sequence++;
	if (!e->emit)
		return NULL;
	out_clear(&e->line);
	out_format(&e->line, "{\"event\":\"%s\",\"n\":%llu", name, (unsigned long long)e->sequence);
	return &e->line;
}

void event_end(struct events *e)
{
	out_text(&e->line, "}\n");
	e->emit(e->context, out_bytes(&e->line), out_size(&e->line));
	out_clear(&e->line);
}

void event_text(struct events *e, const char *name, const char *key, const char *value, size_t len)
{
	struct out *o = event_begin(e, name);
	if (!o)
		return;
	out_format(o, ",\"%s\":", key);
	out_json(o, value, len);
	event_end(e);
}

void event_number(struct events *e, const char *name, const char *key, long long value)
{
	struct out *o = event_begin(e, name);
	if (!o)
		return;
	out_format(o, ",\"%s\":%lld", key, value);
	event_end(e);
}

void events_free(struct events *e)
{
	out_free(&e->line);
}
