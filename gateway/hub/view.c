/* view.c - see view.h. */
#include "gateway/hub/view.h"

#include <string.h>

#include "gateway/hub/confine.h"

const char *view_note(const struct worker_view *v, const char *name)
{
	for (int i = 0; i < v->n_notes; i++) {
		if (strcmp(v->note[i].name, name) == 0)
			return v->note[i].value;
	}
	return "";
}

static enum confine_kind kind_of(enum worker_kind kind)
{
	return kind == WORKER_MODEM ? CONFINE_MODEM : kind == WORKER_EDGE ? CONFINE_EDGE : CONFINE_COURIER;
}

json_t *view_json(const struct worker_view *v)
{
	json_t *notes = json_object();
	char lacks[400] = "";
	for (int k = 0; k < v->n_notes; k++)
		json_object_set_new(notes, v->note[k].name, json_string(v->note[k].value));
	if (v->state == WORKER_READY)
		confine_lacks(kind_of(v->spec->kind), view_note(v, "confined"), lacks, sizeof lacks);
	return json_pack("{s:s,s:s,s:i,s:i,s:s,s:s,s:s,s:o,s:s}", "name", v->spec->name, "state",
			 worker_state_name(v->state), "pid", v->pid, "deaths", v->deaths, "call", v->call,
			 "reason", v->why, "detail", v->detail, "notes", notes, "not_confined", lacks);
}
