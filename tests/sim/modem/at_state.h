/* at_state.h - the inside of the AT engine, shared by its command files only.
 *
 * Holds struct at, and the helpers that write an answer or read an argument.  May call out, fault,
 * stores, net, events.  Nothing outside tests/sim/modem/at*.c may include it.
 */
#ifndef SIM_AT_STATE_H
#define SIM_AT_STATE_H
#include "tests/sim/modem/at.h"

#define AT_LINE_MAX 2048
#define AT_USSD_MAX 64
#define AT_USSD_TEXT 512
#define AT_KINDS_MAX 160

enum at_op { AT_EXEC, AT_SET, AT_READ, AT_TEST };
enum at_charset { CHARSET_GSM, CHARSET_IRA, CHARSET_UCS2, CHARSET_HEX };
enum at_sim { SIM_READY, SIM_MISSING, SIM_PIN, SIM_PUK };

/* What a command handler returns; the codes of +CME and +CMS ERROR are added to their base. */
enum {
	AT_OK = 0,
	AT_ERROR = -1,
	AT_PROMPT = -2, /* "> " was begun; the answer comes after the text */
	AT_SILENT = -3,
	AT_NO_CARRIER = -4,
	AT_CME = 1000,
	AT_CMS = 3000
};

struct at_model {
	const char *name, *manufacturer, *model, *revision;
	int base;         /* first index of a memory */
	bool packed_ussd; /* strings of +CUSD are packed septets in hex */
	bool huawei;      /* knows the commands that begin with '^' */
};

struct at_prompt {
	bool active, store; /* store: +CMGW, else +CMGS */
	long length;        /* octets of the TPDU, without the SMSC address */
	int status;
	bool too_long;
	size_t have;
	char text[AT_LINE_MAX];
};

struct at_ussd_entry {
	char code[AT_USSD_TEXT];
	char text[AT_USSD_TEXT];
	int status, dcs;
	int64_t delay;
};

struct at_ussd_pending {
	bool active;
	int64_t due;
	int status, dcs;
	char text[AT_USSD_TEXT];
};

struct at {
	const struct at_model *model;
	struct stores *stores;
	struct net *net;
	struct fault *fault;
	struct events *events;
	struct at_counts counts;
	uint32_t hits[AT_KINDS_MAX];
	int64_t now;

	struct out in, reply, out, urc;
	int64_t hold_until; /* the reply waits till then, 0 = nothing held */
	int64_t delay;      /* of the answer being made */
	char line[AT_LINE_MAX];
	size_t line_len;
	bool line_over;
	struct at_prompt prompt;

	bool echo, trace, overflow;
	int base;
	int cmee, cnmi[5], csms, cmms, creg_n, cgreg_n, cops_format, function, cusd_n;
	enum at_charset charset;
	enum store_id memory[3];
	char smsc[32];

	int signal, registration, registration_told;
	int64_t pace, next_arrival;
	int64_t reset_away;
	bool reset_renumber;

	char pin[9], pin_setup[9];
	bool pin_done;
	int pin_tries;

	struct at_ussd_entry *ussd[AT_USSD_MAX];
	int ussd_count;
	char ussd_session[AT_USSD_TEXT]; /* the codes so far, joined by '>' ; "" = no session */
	struct at_ussd_pending ussd_pending;
	uint32_t random;
};

struct at_command {
	const char *name; /* upper case, with its sign */
	int (*handle)(struct at *at, enum at_op op, const char *args);
	int needs_sim; /* 0 no, AT_CME or AT_CMS: the base of the error when the SIM is not ready */
};

/* One information line of the answer, or of an unsolicited result code. */
void at_info(struct at *at, const char *format, ...) __attribute__((format(printf, 2, 3)));
void at_urc(struct at *at, const char *format, ...) __attribute__((format(printf, 2, 3)));
void at_urc_pdu(struct at *at, const char *head, const uint8_t *octets, size_t len);

/* Arguments: each takes one from *p with the comma after it.  Return 1 read, 0 absent, -1
 * malformed. */
int at_arg_number(const char **p, long *value);
int at_arg_string(const char **p, char *text, size_t max);

enum at_sim at_sim_state(const struct at *at);
int at_sim_error(const struct at *at, int base); /* AT_OK when the SIM is ready */
int at_registration(const struct at *at); /* what +CREG shows: signal, SIM and radio counted in */
bool at_registered(const struct at *at);

/* Octets of a TPDU without the SMSC address before it, as <length> counts them. */
size_t at_tpdu_length(const uint8_t *octets, size_t len);
#endif
