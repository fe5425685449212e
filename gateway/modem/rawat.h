/* rawat.h - AT commands on a line of our own, before libgammu touches it.
 *
 * libgammu waits 30 s for a mute modem, and one stored message in ten thousand aborts it (a TP-UDL
 * beyond 160 overruns its buffer).  So the first words, the PIN, and the emptying of the memories
 * after such a death are said here, with absolute deadlines and bounded buffers.  Owns the open
 * device until rawat_close.  Calls libc only.  Commands: 3GPP TS 27.005 and 27.007.
 */
#ifndef GATEWAY_MODEM_RAWAT_H
#define GATEWAY_MODEM_RAWAT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "gateway/modem/capture.h"

#define RAWAT_LIST_MAX 64
#define RAWAT_READ 8 /* octets at a time: see rawat.c */

enum rawat_result {
	RAWAT_OK = 0,
	RAWAT_REFUSED = -1, /* ERROR; rawat.code holds the +CMS or +CME code, or 0 */
	RAWAT_TIMEOUT = -2,
	RAWAT_GONE = -3 /* cannot be opened, hung up */
};
enum rawat_sim { SIM_READY, SIM_WANTS_PIN, SIM_WANTS_PUK, SIM_MISSING, SIM_UNKNOWN };

struct rawat {
	int fd;
	int code;
	size_t used;
	char line[1024];
	char read[RAWAT_READ]; /* and not yet looked at: from at on, n in all */
	size_t at, n;
	char last;
	bool lf; /* the lines of this answer end in CR LF, not CR alone */
};
struct rawat_message {
	uint32_t place;
	struct capture_pdu pdu;
};

typedef void rawat_line_fn(void *arg, const char *line, size_t len);

int rawat_open(struct rawat *r, const char *device); /* RAWAT_GONE with errno */
void rawat_close(struct rawat *r);
/* Listens: a line that brings bytes which are no text (wrong speed, another program, a modem that
 * is starting) is waited for until it is quiet.  RAWAT_TIMEOUT: it is not after ms. */
int rawat_quiet(struct rawat *r, int ms);
int rawat_ping(struct rawat *r, int ms); /* until it answers OK, or ms are over */
enum rawat_sim rawat_sim(struct rawat *r);
int rawat_enter_pin(struct rawat *r, const char *pin); /* never call it twice for one PIN */
int rawat_announce(struct rawat *r, bool reports);     /* have new messages and reports told */

/* Restarts the modem (AT+CFUN=1,1).  RAWAT_GONE: it left the bus, as it should. */
int rawat_restart(struct rawat *r);

/* Sends a command and gives each line of the answer to fn (may be NULL), up to the final one. */
int rawat_command(struct rawat *r, const char *cmd, int ms, rawat_line_fn *fn, void *arg);
/* The next line that is not empty, in r->line, r->used octets; deadline as mono_ms counts. */
int rawat_line(struct rawat *r, int64_t deadline);

/* Lists the messages of a memory ("SM", "ME"), at most max; the count, or an error. */
int rawat_list(struct rawat *r, const char *memory, struct rawat_message *out, int max);
int rawat_delete(struct rawat *r, uint32_t place); /* in the memory last listed */
/* Deletes what stands at a place of the memory in use, when it still is these octets: libgammu reads a
 * message before it deletes it, and so cannot delete one that it cannot decode.  fd is libgammu's, idle;
 * a notice that comes meanwhile is lost, so look through the memories afterwards. RAWAT_REFUSED: other
 * octets stand there, or the modem does not want to. */
int rawat_delete_exact(int fd, uint32_t place, const uint8_t *octets, size_t len);
#endif
