/* view.h - what `status` and `doctor` show of a worker, as JSON.  Pure. */
#ifndef GATEWAY_HUB_VIEW_H
#define GATEWAY_HUB_VIEW_H
#include "gateway/hub/control.h"
#include "gateway/hub/supervise.h"

/* What it told under this name, or "". */
const char *view_note(const struct worker_view *v, const char *name);
json_t *view_json(const struct worker_view *v);
#endif
