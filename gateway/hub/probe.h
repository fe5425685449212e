/* probe.h - one look at a modem without a hub: its worker is run on the device for a bounded time.
 *
 * Takes nothing off the SIM (each text is left where it is), enters no PIN, sends and dials nothing.
 * Owns the worker while it runs; calls supervise and settings.
 */
#ifndef GATEWAY_HUB_PROBE_H
#define GATEWAY_HUB_PROBE_H
#include "config/config.h"
#include "gateway/hub/control.h"

/* As of view_json, with what the worker told; NULL when there is no worker program, with why. */
json_t *probe_modem(const struct config *cf, const struct config_modem *m, const char *binary_dir,
		    char *why, size_t max);
#endif
