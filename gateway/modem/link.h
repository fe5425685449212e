/* link.h - the modem through libgammu, behind our own words.  link.c is the one file that includes
 * gammu.h; GSM_Error stops there.
 *
 * Each call that talks to the modem may block for minutes, or for ever, or abort the process: the
 * caller announces it to the hub first (talk_begin).  Nothing here is called from libgammu's
 * callbacks; they only note what happened, and link_notice, link_report and link_sent hand it on.
 */
#ifndef GATEWAY_MODEM_LINK_H
#define GATEWAY_MODEM_LINK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "gateway/modem/capture.h"
#include "gateway/modem/settings.h"
#include "parser/tpdu.h"

enum link_result {
	LINK_OK = 0,
	LINK_EMPTY = -1, /* nothing (more) there */
	LINK_UNREAD =
	    -2, /* a message is there, and neither its octets nor its fields could be had */
	LINK_TIMEOUT = -3,
	LINK_GONE = -4,    /* the device does not take what is written */
	LINK_REFUSED = -5, /* the modem said no; link_code tells */
	LINK_FAIL = -6
};

struct link;
struct link_message {
	char memory[4];
	uint32_t place; /* as the modem counts */
	int location;   /* as libgammu counts: give it back to link_delete */
	uint8_t octets[CAPTURE_OCTETS];
	size_t len;
	bool rebuilt;                /* octets are not what the modem showed */
	char sender[64], text[1024]; /* libgammu's reading, UTF-8, may be "" */
};
enum link_sent { LINK_WAITING, LINK_SENT, LINK_NOT_SENT };
struct link_usage {
	int sim_used, sim_size, me_used, me_size;
};

/* Opens the device and sets the modem up (3 to 45 s); NULL with *why (static text). */
struct link *link_open(const struct modem_settings *s, const char **why);
void link_close(struct link *l, bool gone); /* gone: do not say good-bye to the modem */
int link_fd(const struct link *l);          /* the serial device, for poll */
const char *link_version(void);
bool link_counts_from_0(
    const struct link *l);                /* index 0 is a place, and may be hidden from listings */
bool link_notifies(const struct link *l); /* false: it will not tell of new messages, sweep only */

int link_poll(struct link *l);           /* reads what has arrived; runs callbacks */
bool link_noticed(const struct link *l); /* the modem told of a message */
bool link_notice(struct link *l, struct capture_notice *out); /* takes the oldest */
bool link_report(struct link *l, struct capture_pdu *out);
unsigned link_cusd(const struct link *l); /* +CUSD lines that came so far, in whatever call */

int link_next(struct link *l, bool first, struct link_message *out);
int link_read(struct link *l, const struct capture_notice *where, struct link_message *out);
/* Deletes what link_next or link_read gave; LINK_OK also when it was not there.  It is not looked at
 * before: whoever is not sure what stands there reads it first. */
int link_delete(struct link *l, const char *memory, uint32_t place, int location);
/* Since it was last asked, a line came that could be read as nothing: a notice may have been lost. */
bool link_puzzled(struct link *l);

bool link_has_smsc(struct link *l); /* false: the SIM names none, for sure */
int link_smsc(struct link *l); /* reads the service centre once, unless configured */
/* LINK_OK: handed over, the outcome comes through link_sent.  LINK_GONE: unknown whether it went.
 */
int link_send(struct link *l, const struct tpdu *t, bool report);
enum link_sent link_sent(const struct link *l, uint8_t *mr, int *code);
/* Says AT past libgammu and reads until OK, so that what an unanswered command left in its buffer
 * is not taken for the start of the next answer.  LINK_TIMEOUT: the modem does not answer. */
int link_resync(struct link *l, int ms);
int link_code(const struct link *l); /* CMS or CME code of the last refusal, or 0 */

int link_usage(struct link *l, struct link_usage *out);
int link_signal(struct link *l, int *percent);
/* Static text: home roaming none denied searching unknown.  By AT+CREG?, since libgammu's own look
 * is nine commands. */
int link_network(struct link *l, const char **registration);
/* LINK_FAIL: new messages are not announced any more as they were at the set-up: the modem has
 * restarted by itself and forgotten its settings. */
int link_settled(struct link *l);
const char *link_cnmi(const struct link *l); /* "2,1,0,1,0", or "" */
/* A command of our own on libgammu's line, which must be idle.  Lines of the answer go to fn (may
 * be NULL), and notices among them to where libgammu's go. */
typedef void link_line_fn(void *arg, const char *line);
int link_raw(struct link *l, const char *cmd, int ms, link_line_fn *fn, void *arg);
/* And the next line that comes of itself. */
int link_line(struct link *l, int64_t deadline, char *out, size_t max);
int link_radio(struct link *l, bool on);
#endif
