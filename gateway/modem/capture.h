/* capture.h - finds in libgammu's log what its interface does not give: the octets of a message as
 * the modem showed them, delivery reports and notices that came on the line, the code of an error.
 *
 * Owns bounded buffers; allocates nothing; calls parser/tpdu for hex.  What is not hex is kept as
 * the characters it came as, since it may be all there is to show a person.
 */
#ifndef GATEWAY_MODEM_CAPTURE_H
#define GATEWAY_MODEM_CAPTURE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_OCTETS 512
#define CAPTURE_REPORTS 16
#define CAPTURE_LINE 2048
#define CAPTURE_NOTICES 32

struct capture_pdu {
	uint8_t octets[CAPTURE_OCTETS];
	size_t len;
	bool hex; /* false: the line's own characters */
};

struct capture_notice { /* +CMTI: where a message was stored, as the modem counts */
	char memory[4];
	uint32_t place;
};

enum capture_next { CAPTURE_NOTHING, CAPTURE_CACHED, CAPTURE_READ, CAPTURE_REPORT };

struct capture {
	enum capture_next next; /* what the line to come is */
	bool have;
	struct capture_pdu pdu;
	struct capture_pdu report[CAPTURE_REPORTS]; /* oldest first */
	size_t n_reports;
	struct capture_notice notice[CAPTURE_NOTICES];
	size_t n_notices;
	bool ok;        /* an OK came */
	unsigned cusd;  /* +CUSD lines so far */
	int error_code; /* of the last +CMS ERROR or +CME ERROR, or 0 */
	size_t used;
	char line[CAPTURE_LINE];
};

void capture_arm(struct capture *c); /* before a call: forget its message and error code */
void capture_text(struct capture *c, const char *text);             /* a piece of the log */
/* The same, as libgammu writes it: an answer's line comes in one piece, and begins anew even where
 * what libgammu said of itself before has no end. */
void capture_log(struct capture *c, const char *text);
void capture_set(struct capture_pdu *p, const char *s, size_t len); /* hex, or else as it is */
bool capture_report(struct capture *c, struct capture_pdu *out);    /* takes the oldest */
bool capture_notice(struct capture *c, struct capture_notice *out);
#endif
