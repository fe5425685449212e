/* settings.h - what others need of the configuration: each worker its first frame, the store its
 * files. */
#ifndef GATEWAY_HUB_SETTINGS_H
#define GATEWAY_HUB_SETTINGS_H
#include "config/config.h"
#include "gateway/hub/wire.h"
#include "store/store.h"

struct store_options settings_store(const struct config *cf);

/* The pairs point into the configuration and into static text; m may be NULL (taken out by a reload):
 * then there are no pairs and the worker exits. */
struct settings_start {         /* what depends on how the modem fared before */
	bool safe;              /* empty its memories without libgammu first */
	bool restart;           /* AT+CFUN=1,1 first */
	bool pin_withheld;      /* the SIM refused the configured PIN */
	int wait_s;             /* how long a mute modem is listened to */
};
void settings_modem(const struct config *cf, const struct config_modem *m,
		    const struct settings_start *start, struct wire_pairs *out);
void settings_courier(const struct config *cf, struct wire_pairs *out);
void settings_edge(const struct config *cf, struct wire_pairs *out);
/* The k-th block of a USSD provider that is served, for the edge's k-th further frame; false: no more. */
bool settings_provider(const struct config *cf, int k, struct wire_pairs *out);
/* All of it as one text: two workers with the same text need no restart. */
void settings_text(const struct wire_pairs *p, char *out, size_t max);
#endif
