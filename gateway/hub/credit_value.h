/* credit_value.h - one figure of a SIM, its credit or its last day: as words, as the text in which the
 * store keeps it, as JSON.  Pure but for credit_get, which reads the store. */
#ifndef GATEWAY_HUB_CREDIT_VALUE_H
#define GATEWAY_HUB_CREDIT_VALUE_H
#include <stdbool.h>
#include <stdint.h>
#include "config/config.h"
#include "gateway/hub/control.h"
#include "store/store.h"

#define CREDIT_WORDS 24
#define CREDIT_TEXT 128

enum credit_state { CREDIT_NEVER, CREDIT_READ, CREDIT_UNREAD, CREDIT_REFUSED, CREDIT_SILENT };
struct credit_value {
	int64_t asked, at, value; /* UTC; of the value: UTC; hundredths, or days since 1970 */
	int state;                /* enum credit_state: what became of the last question */
	int misses;               /* questions without a value since the last one */
	bool told, told_unread;
};

void credit_words(bool day, int64_t value, char out[CREDIT_WORDS]); /* "350.50" or "2026-12-31" */
void credit_write(const struct credit_value *v, char out[CREDIT_TEXT]);
bool credit_read(struct credit_value *v, const char *text); /* false: not understood, *v is cleared */
void credit_name(bool day, const char *modem, char out[32]); /* under which the store keeps it */
int credit_get(struct store *st, const char *modem, bool day, struct credit_value *v); /* a store_rc */
/* NULL: there is no code for it. */
json_t *credit_value_json(const struct config_code *c, bool day, const struct credit_value *v);
#endif
