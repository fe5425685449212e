/* msisdn.h - telephone numbers in one canonical form: E.164 with a leading '+' (ITU-T E.164).
 * Pure.  Which national forms are understood is data: struct msisdn_plan comes from the configuration
 * (Albania: country "355", trunk "0", international "00", national lengths 8..9). */
#ifndef PARSER_MSISDN_H
#define PARSER_MSISDN_H
#include <stdbool.h>
#include <stddef.h>

struct msisdn_plan {
	char country[5];   /* without '+' */
	char trunk[3];     /* "0", or "" */
	char international[5];
	int national_min, national_max; /* digits after the country code */
};
#define MSISDN_MAX 20 /* '+', 15 digits, NUL, and room */
enum msisdn_error { MSISDN_OK = 0, MSISDN_NOT_A_NUMBER = -1, MSISDN_LENGTH = -2 };

/* Normalises "+355 69 123 4567", "00355...", "355...", "069 ...", "69-..." to "+355691234567".
 * Short codes and letters are refused (they never name a reporter). Idempotent. */
int msisdn_normalise(const struct msisdn_plan *plan, const char *s, size_t len, char out[MSISDN_MAX]);
/* "+355*****4567": what a person at a shell may see. */
void msisdn_mask(const char *number, char out[MSISDN_MAX]);
#endif
