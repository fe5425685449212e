/* state.h - what the hub's own files share: its state, what is in and out of hand.  Nobody outside
 * hub.c, turn.c, traffic.c, workers.c and commands.c includes it.
 */
#ifndef GATEWAY_HUB_STATE_H
#define GATEWAY_HUB_STATE_H
#include "config/config.h"
#include "gateway/casework/desk.h"
#include "gateway/hub/clock.h"
#include "gateway/hub/confine.h"
#include "gateway/hub/control.h"
#include "gateway/hub/credit_value.h"
#include "gateway/hub/hub.h"
#include "gateway/hub/ladder.h"
#include "gateway/hub/supervise.h"
#include "gateway/hub/upkeep.h"
#include "gateway/pin/checker.h"

#define LEGS 2 /* enum outbox_leg */

/* What arrived and is not committed yet: a frame, or the news that a worker is gone. */
struct arrival {
	struct arrival *next;
	int worker;
	unsigned generation;      /* of the process that sent it: an answer is for no other */
	bool down;
	bool answered;            /* a question: nothing is left to do for it once its turn is committed */
	char name[24];
	size_t len;
	uint8_t bytes[];
};
/* What goes out once the turn is committed. */
struct departure {
	struct departure *next;
	int worker;
	unsigned generation;
	int64_t job;              /* 0 = an acknowledgement */
	uint16_t parts;
	int64_t due_ms;           /* the outcome is expected within so long */
	char agency[12];
	bool text;                /* an SMS that leaves by a provider */
	size_t len;
	uint8_t bytes[];
};
struct job {
	int64_t id;
	uint16_t parts;           /* SMS: segments whose outcome is awaited */
	char agency[12];
	bool text;
	bool ended;               /* its outcome is settled in the turn that is not committed yet */
};
struct slot {                     /* what the hub knows of a supervised worker */
	int n_jobs;
	int unacknowledged;       /* segments that came and are not committed */
	int64_t handed;           /* jobs since the start */
	bool away;                /* a modem without network: is not handed work */
	struct job jobs[SUPERVISE_CALLS];
	char settings[2048];      /* what it was started with: a reload that changes it restarts it */
};

struct health {                   /* of one modem, by its name: what outlives its workers */
	char name[24];
	struct ladder ladder;
	char pin_tried[40];       /* state of the configuration under which its PIN was tried; "" */
	char kept[LADDER_TEXT + 16]; /* what the store has of the above */
	char registration[16];
	int64_t away_since;       /* without network since, UTC; 0 = it has one */
	int64_t on_since;         /* with network since, UTC; 0 = it has none */
	int64_t down_since;       /* of what people were told, UTC; 0 = nothing */
	bool away_told, full_told;
	bool down_due, away_due, full_due, back_due; /* to be posted by the next turn */
	int used[2], size[2];     /* messages in SM and ME */
	char why[96];
	int power_pid;            /* its power cycle runs */
	int64_t power_until_ms;
};

enum dial_kind { DIAL_CODE, DIAL_BALANCE, DIAL_VALIDITY, DIAL_TOPUP };
#define DIAL_ANSWERS 8
#define DIAL_WORD 64
struct dial {                     /* the code that is being dialled; one at a time */
	enum { DIAL_IDLE, DIAL_WAITS, DIAL_OPEN /* the network asks, a person is to answer */ } state;
	enum dial_kind kind;
	char modem[24];
	int worker;
	int client;               /* who waits; -1: nobody */
	unsigned serial;          /* of the client: another may have his place */
	int64_t n, job;
	char answer[DIAL_ANSWERS][DIAL_WORD]; /* what is still to be answered, in order */
	int n_answers, next_answer;
	char over[96];            /* why the last session ended before it was answered */
};
struct credit {
	char name[24];
	struct credit_value v[2], next[2]; /* balance, validity; as the turn in hand leaves them */
};
struct credit_news {              /* a configured code came to its end: for the next turn */
	bool is;
	char modem[24];
	enum dial_kind kind;
	enum credit_state state;
	int64_t value;
};

/* A request from outside whose PIN is being hashed: its answer follows in a later turn. */
struct waiting {
	int64_t message;          /* 0 = a free place */
	int worker;
	unsigned generation;
	uint64_t call;
	enum { WAITING_NEW, WAITING_STANDS, WAITING_ANSWERED } state; /* new and answered: by the turn in hand */
};

struct hub {
	const struct hub_options *opt;
	struct config *cf;
	struct store *st;
	struct clock *clock;
	struct supervisor *sup;
	struct spawner *spawner;
	char confined[CONFINE_WORDS]; /* of the hub itself: what confine_finish told */
	struct control *control;
	int signal_fd;
	bool stopping, reload;
	int64_t stop_at_ms, end_at_ms;

	struct arrival *in, **in_end;
	size_t in_bytes;
	struct departure *out, **out_end;
	struct slot slots[SUPERVISE_MAX];
	struct checker *checker;  /* of PINs */
	struct waiting waiting[CHECKER_JOBS];
	struct dial ussd;
	struct credit credit[SUPERVISE_MAX];
	int n_credit;
	struct credit_news news;
	struct {
		int modem, kind;  /* of credit; kind -1: none */
	} credit_ask;             /* to be dialled once the turn is committed */
	struct {
		int64_t seconds;  /* the clock was set by so many, and rows were not moved yet */
		int64_t doubt_until_ms, keep_until_ms;
	} jump;
	int64_t credit_at;        /* when the next is to be asked, wall */
	struct {
		bool busy, login; /* login: its outcome brings a token */
		int worker, client;
		unsigned serial;
		int64_t n, job;
		char agency[12];
	} inquiry;                /* the agency that is being tested */
	struct health health[SUPERVISE_MAX];
	int n_health;
	char cf_state[40];        /* which state of the configuration file is in force */
	bool health_due;          /* something of health is to be written or told */

	bool failing;             /* the last turn was not committed */
	bool singly;              /* a frame was refused by the store: one frame a transaction */
	int64_t retry_at_ms;
	int64_t scrub_at_ms;      /* monotonic; not before */
	int64_t careful_until;    /* wall; 0 = normal */
	int64_t touched;          /* rows were added to the outbox in this turn */
	bool work_waits;          /* segments or messages wait to be read */
	int64_t due_at[LEGS];     /* when a row of the leg falls due, INT64_MAX = none known */
	int64_t effects_at, maintain_at, daily_at, expiry_at;
	struct upkeep upkeep;
	int64_t stuck_since_ms[LEGS]; /* a due row was not handed out since, 0 = none */
	int64_t segments, messages; /* since the start, for status */
};
#endif
