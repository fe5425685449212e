/* view.c - see view.h. */
#include "gateway/hub/view.h"

json_t *view_json(const struct worker_view *v)
{
	json_t *notes = json_object();
	for (int k = 0; k < v->n_notes; k++)
		json_object_set_new(notes, v->note[k].name, json_string(v->note[k].value));
	return json_pack("{s:s,s:s,s:i,s:i,s:s,s:s,s:s,s:o}", "name", v->spec->name, "state",
			 worker_state_name(v->state), "pid", v->pid, "deaths", v->deaths, "call", v->call,
			 "reason", v->why, "detail", v->detail, "notes", notes);
}
