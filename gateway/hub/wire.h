/* wire.h - frames between the hub and its workers.
 *
 * One SOCK_SEQPACKET socketpair a worker, fd WIRE_FD in the worker; one frame a packet, 1 to
 * WIRE_FRAME_MAX bytes: octet version, octet type, then the type's fields in order (integers
 * little-endian, strings and blobs with a 32-bit length before them).  A frame that is empty, cut
 * (MSG_TRUNC), of another version, of an unknown type, short or with bytes left over is a protocol
 * error: the hub kills the worker, a worker exits.  Pure but for wire_send and wire_recv; allocates
 * nothing.  Links into every process; calls libc only.
 *
 * Decoded strings point into the received buffer and live until it is reused; they are not
 * NUL-terminated.
 */
#ifndef GATEWAY_HUB_WIRE_H
#define GATEWAY_HUB_WIRE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define WIRE_VERSION 1
#define WIRE_FD 3
#define WIRE_FRAME_MAX 65536
#define WIRE_PARTS_MAX 10   /* segments of one outgoing SMS */
#define WIRE_HEADERS_MAX 16
#define WIRE_SETTINGS_MAX 48
#define WIRE_REPLY_MAX 16384 /* octets of an answer handed back */

enum wire_type {
	/* hub to worker */
	WIRE_SETTINGS = 1, /* first frame: name=value pairs */
	WIRE_ACK,          /* a segment is committed (or is to be left where it is) */
	WIRE_WORK_SMS,
	WIRE_WORK_HTTP,
	WIRE_STOP,         /* finish what runs, close, exit 0 */
	WIRE_WORK_USSD,    /* a code to dial, once */
	WIRE_REPLY,        /* the answer to a CALL, after the commit */
	/* worker to hub */
	WIRE_READY = 32,   /* set up; credit = jobs it takes at once */
	WIRE_BEGIN,        /* a call that can block starts, with its deadline */
	WIRE_END,          /* ... and came back */
	WIRE_SEGMENT,      /* a stored TPDU */
	WIRE_DONE_SMS,     /* outcome of one part */
	WIRE_DONE_HTTP,
	WIRE_NOTE,         /* name=value: signal, sim_used, sim_size, registration, reason ... */
	WIRE_DONE_USSD,
	WIRE_CALL          /* somebody outside asked something over HTTP */
};

/* Exit status of a modem worker: whose fault its end was. */
enum wire_modem_exit {
	WIRE_MODEM_STOPPED = 0,
	WIRE_MODEM_HUB = 3,      /* the hub is gone, or its frames were not understood */
	WIRE_MODEM_SETTINGS = 4,
	WIRE_MODEM_NO_DEVICE = 5, /* not there, or it went away */
	WIRE_MODEM_MUTE = 6,
	WIRE_MODEM_SIM = 7,      /* PIN wanted or refused, PUK, no SIM: NOTE sim tells */
	WIRE_MODEM_SETUP = 8,
	WIRE_MODEM_SICK = 9      /* calls failed until the soft steps were used up */
};

enum wire_error { WIRE_OK = 0, WIRE_AGAIN = -1, WIRE_CLOSED = -2, WIRE_BAD = -3, WIRE_FAIL = -4 };

struct wire_str {
	const char *s;
	uint32_t len;
};

struct wire_pair {
	struct wire_str name, value;
};
struct wire_pairs { /* SETTINGS, NOTE */
	uint16_t n;
	struct wire_pair pair[WIRE_SETTINGS_MAX];
};
struct wire_ready {
	struct wire_str worker; /* "modem", "courier" */
	struct wire_str detail; /* version of the outside library, confinement */
	uint16_t credit;
};
struct wire_begin {
	struct wire_str call; /* "GSM_GetNextSMS", "http" */
	uint32_t deadline_ms;
	int64_t job;          /* outbox id, or 0 */
};
struct wire_segment {
	uint64_t token;         /* the worker's; comes back in the ACK */
	struct wire_str memory; /* "SM", "ME", "CDS" */
	uint32_t place;         /* index in the memory as the modem counts */
	bool rebuilt;           /* octets were made from libgammu's fields, not captured */
	struct wire_str octets; /* SMSC address and TPDU */
	struct wire_str view_sender, view_text; /* libgammu's decoding (UTF-8), for cross-check; may be "" */
};
enum wire_verdict { WIRE_STORED = 1, WIRE_KEEP = 2 }; /* delete it / leave it, offer it again later */
struct wire_ack {
	uint64_t token;
	uint8_t verdict;
};
struct wire_sms_part {
	struct wire_str octets; /* an encoded SUBMIT, SMSC address "00" first (tpdu_encode) */
};
struct wire_work_sms {
	int64_t job;            /* outbox id */
	struct wire_str to;     /* E.164 */
	bool report;            /* ask for a delivery report */
	uint16_t n_parts;
	struct wire_sms_part part[WIRE_PARTS_MAX];
};
enum wire_sms_result { WIRE_SMS_SENT = 1, WIRE_SMS_FAILED = 2, WIRE_SMS_UNKNOWN = 3 };
struct wire_done_sms {
	int64_t job;
	uint16_t part;          /* 0-based */
	uint8_t result;         /* enum wire_sms_result */
	uint8_t mr;             /* TP-MR when sent */
	int32_t code;           /* CMS/CME error, or 0 */
	struct wire_str detail;
};
enum wire_ussd_step {
	WIRE_USSD_DIAL = 1, /* a code, in a session of its own that stays open while the network asks */
	WIRE_USSD_ANSWER,   /* to what the network asked; never begins a session */
	WIRE_USSD_CLOSE     /* give the session up; is not answered */
};
struct wire_work_ussd {
	int64_t job;            /* the same for all steps of a session */
	uint8_t step;           /* enum wire_ussd_step */
	struct wire_str code;   /* DIAL: [0-9*#]+; ANSWER: letters, digits, blanks, *#+.- too */
};
enum wire_ussd_result {
	WIRE_USSD_ANSWERED = 1, /* text holds; status: 0 done, 1 the network asks for an answer */
	WIRE_USSD_REFUSED,      /* by the modem or the network: code, or status 2..5 of +CUSD */
	WIRE_USSD_SILENT,       /* dialled, and nothing came: it may have worked */
	WIRE_USSD_OVER          /* the open session ended before it was answered: status 2 by the
				   network, 5 for want of an answer; also without being asked */
};
struct wire_done_ussd {
	int64_t job;
	uint8_t result, status;
	int32_t code;           /* CME error, or 0 */
	struct wire_str text;   /* UTF-8 */
};
struct wire_work_http {
	int64_t job;
	struct wire_str method, url;
	uint16_t n_headers;
	struct wire_str header[WIRE_HEADERS_MAX]; /* "Name: value" */
	struct wire_str body;
	uint32_t timeout_ms;
	bool plain_http;               /* http:// allowed for this agency */
	struct wire_str allow_private; /* "127.0.0.0/8 10.1.0.0/16": CIDRs that may be reached, or "" */
	struct wire_str ca_file;       /* or "" for the system's */
	struct wire_str client_cert, client_key; /* PEM files, or "" */
	struct wire_str pin;           /* "sha256//...": the only public key taken, or "" */
	struct wire_str want;          /* header of the answer to hand back, or "" */
};
enum wire_http_result {
	WIRE_HTTP_ANSWERED = 1, /* status holds */
	WIRE_HTTP_UNREACHED,    /* resolver or connection failed: nothing was sent */
	WIRE_HTTP_BROKEN,       /* sent, or part of it, and no whole answer */
	WIRE_HTTP_TIMEOUT,
	WIRE_HTTP_TLS,          /* certificate or handshake, theirs or ours: nothing was taken */
	WIRE_HTTP_REFUSED       /* by our own rules, and not sent: address, scheme, form */
};
struct wire_done_http {
	int64_t job;
	uint8_t result;
	uint16_t status;
	int32_t retry_after;  /* seconds, or -1 */
	uint32_t elapsed_ms;
	struct wire_str body; /* at most WIRE_REPLY_MAX bytes of the answer; never logged */
	struct wire_str header; /* the value of `want`, at most 4096 bytes, or "" */
	struct wire_str detail;
};

/* A request from outside that passed the edge's own checks.  Who asked is not known to be true: the
 * hub verifies signatures and senders itself. */
struct wire_call {
	uint64_t id;            /* the worker's; comes back in the REPLY */
	struct wire_str kind;   /* "health" "ussd" "sms" "report" "answer" "link" */
	struct wire_str block;  /* provider block or agency the path names, or "" */
	struct wire_str peer;   /* network address */
	struct wire_pairs fields;
	struct wire_str body;   /* octets as received where a signature covers them, or "" */
};
struct wire_reply {
	uint64_t id;
	uint16_t status;        /* as of HTTP */
	struct wire_str detail; /* RFC 9457 "detail" of a refusal, or "" */
	struct wire_pairs fields;
};

/* A frame being written or read.  Encoding never fails half-way: wire_encode_* return the frame's
 * length or WIRE_BAD when it does not fit or a bound is broken. */
struct wire_frame {
	uint8_t type;
	union {
		struct wire_pairs pairs; /* SETTINGS, NOTE */
		struct wire_ack ack;
		struct wire_work_sms work_sms;
		struct wire_work_http work_http;
		struct wire_work_ussd work_ussd;
		struct wire_done_ussd done_ussd;
		struct wire_ready ready;
		struct wire_begin begin;
		struct wire_segment segment;
		struct wire_done_sms done_sms;
		struct wire_done_http done_http;
		struct wire_call call;
		struct wire_reply reply;
	} u; /* STOP and END have no fields */
};
long wire_encode(const struct wire_frame *f, uint8_t *buf, size_t max);
int wire_decode(const uint8_t *buf, size_t len, struct wire_frame *f); /* WIRE_OK or WIRE_BAD */

/* One packet.  wire_send: WIRE_OK, WIRE_AGAIN (socket full), WIRE_CLOSED, WIRE_FAIL, WIRE_BAD.
 * wire_recv: decoded into f over buf (WIRE_FRAME_MAX bytes, the caller's), or an error; it does not
 * block when the socket is non-blocking. */
int wire_send(int fd, const struct wire_frame *f);
int wire_recv(int fd, uint8_t *buf, struct wire_frame *f);
/* Several at once, in order: as one call of the kernel's, and as one waking of who waits for them.
 * A zeroed wire_out is empty.  wire_add: WIRE_OK, WIRE_BAD, or WIRE_AGAIN: flush first.  wire_flush
 * sends what was added; after WIRE_AGAIN (socket full) what is left stays for the next call. */
#define WIRE_BATCH 16
struct wire_out {
	uint8_t bytes[WIRE_FRAME_MAX];
	size_t end[WIRE_BATCH]; /* of each frame in bytes */
	unsigned n, gone;
};
int wire_add(struct wire_out *o, const struct wire_frame *f);
int wire_flush(int fd, struct wire_out *o);
/* The next frame, as wire_recv, of those that came together; never waits. WIRE_AGAIN: none is left
 * that was there when it last looked.  f's strings live until the call after that. */
struct wire_in {
	uint8_t bytes[WIRE_BATCH][WIRE_FRAME_MAX];
	size_t len[WIRE_BATCH];
	int flags[WIRE_BATCH];
	unsigned n, next;
};
int wire_next(int fd, struct wire_in *in, struct wire_frame *f);
void wire_forget(struct wire_in *in); /* overwrites what was read: a secret may stand in it */
int wire_pair(int fds[2]); /* socketpair with SO_SNDBUF raised and CLOEXEC; 0 or -1 with errno */

struct wire_str wire_str(const char *s);            /* borrowed, strlen */
struct wire_str wire_blob(const void *p, size_t n); /* borrowed */
bool wire_is(struct wire_str v, const char *s);
size_t wire_copy(struct wire_str v, char *out, size_t max); /* NUL-terminated, cut to fit */
struct wire_str wire_find(const struct wire_pairs *p, const char *name); /* s == NULL: absent */
long wire_find_num(const struct wire_pairs *p, const char *name, long fallback);
const char *wire_type_name(uint8_t type);
const char *wire_http_name(uint8_t result);
#endif
