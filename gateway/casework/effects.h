/* effects.h - what a reading does: one table from intent to the casework that carries it out. */
#ifndef GATEWAY_CASEWORK_EFFECTS_H
#define GATEWAY_CASEWORK_EFFECTS_H
#include "gateway/casework/desk.h"
#include "parser/parser.h"
#include "store/inbox.h"
#include "store/roster.h"

#define EFFECT_FILLS 8
struct effect_fill {
	char name[12], value[104];
};
struct effect {                    /* what intake needs to know afterwards */
	int64_t case_id;           /* the message concerns this case (sealed anew under its key) */
	struct reply_facts facts;  /* for the reply; strings live in `words` below */
	char words[4][64];
	char asked[24];            /* what the sender's next bare text answers, "" nothing */
	char case_code[24];
	bool queue;                /* a person must look at it */
	bool mute;                 /* no reply */
	char override_reply[32];   /* catalogue id that replaces the reading's own reply, "" none */
	struct effect_fill fill[EFFECT_FILLS]; /* ... and what it is filled with: see answer.h */
	unsigned n_fills;
	char whole_reply[400];     /* replaces the reply altogether, "" none: of catalogue texts and
				      codes alone, two segments at most */
};
/* from: active reporter, or NULL for an unknown number. */
int effects_apply(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out);

/* What falls due by the clock, one line a kind in effects.c.  *n done. next_at: when to call again
 * (0 = nothing ahead); effects_next only asks. */
int effects_due(struct desk *d, int *n, int64_t *next_at);
int effects_next(struct desk *d, int64_t *next_at);
#endif
