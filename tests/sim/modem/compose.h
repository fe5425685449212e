/* compose.h - what the simulated network sends: texts as DELIVER segments, and STATUS-REPORTs.
 *
 * Pure.  Calls the parser's codecs, but cuts texts into segments itself, so that the gateway's own
 * segmentation is not checked against itself.  Rules: 3GPP TS 23.040 9.2.2.1, 9.2.2.3, 9.2.3.24.1
 * (concatenation, 8-bit reference), 9.2.3.24.8 (16-bit reference).
 */
#ifndef SIM_COMPOSE_H
#define SIM_COMPOSE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum compose_alphabet { COMPOSE_AUTO, COMPOSE_GSM7, COMPOSE_UCS2 };
enum { COMPOSE_ERR_TEXT = -100, COMPOSE_ERR_ADDRESS = -101, COMPOSE_ERR_LONG = -102 };

#define COMPOSE_PARTS 255

struct compose_text {
	const char
	    *from; /* digits, '+' and digits, or an alphanumeric name of at most 11 characters */
	const char *text; /* UTF-8 */
	size_t len;
	int64_t scts; /* UTC seconds */
	int32_t zone; /* seconds east of UTC */
	enum compose_alphabet alphabet;
	int bits; /* of the concatenation reference: 8 or 16 */
	uint16_t ref;
	bool flash; /* class 0 */
};

struct compose_part {
	uint8_t octets[256]; /* SMSC address, then the TPDU */
	size_t len;
};

/* Returns the number of parts written, a COMPOSE_ERR_ or a tpdu_error. */
int compose_deliver(const struct compose_text *t, struct compose_part *parts, int max);

/* Times are UTC seconds, written in zone.  Returns octets written or a negative error. */
int compose_report(const char *recipient, uint8_t mr, uint8_t status, int64_t submitted,
		   int64_t discharged, int32_t zone, struct compose_part *part);

const char *compose_error(int error);
#endif
