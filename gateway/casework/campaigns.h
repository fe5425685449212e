/* campaigns.h - sessions of awareness at schools and in zones: where, when, how many; and the sheet of whom
 * they reached, counts only.  Calls the store; owns nothing. */
#ifndef GATEWAY_CASEWORK_CAMPAIGNS_H
#define GATEWAY_CASEWORK_CAMPAIGNS_H
#include "gateway/casework/effects.h"
#include "store/campaigns.h"

int campaigns_new(struct desk *d, const struct message *m, const struct reporter *from,
		  const struct reading *r, struct effect *out);
/* *undone false: the message recorded none. */
int campaigns_takeback(struct desk *d, int64_t message, const struct reporter *from, bool *undone);

#define CAMPAIGN_AFTER 14   /* days after a session in which reports are counted beside it */
#define CAMPAIGN_FORGOTTEN 60 /* days after which a zone counts as not reached */
#define CAMPAIGN_ROWS 1000  /* sessions of one sheet; `cut` says that there are more */
#define CAMPAIGN_ZONES 200
struct campaign_line {
	struct campaign c;
	int64_t before, after;   /* texts of that school in the days before and after; -1: of a zone */
	bool running;            /* the days after are not over yet */
};
struct campaign_sheet {
	char from[11], to[11];
	struct campaign_line *lines;
	size_t n;
	int schools, schools_all; /* reached, of all there are */
	int participants, pupils, parents; /* pupils, parents: of the sessions that said so */
	const char *forgotten[CAMPAIGN_ZONES]; /* zones not reached in the days up to `to` */
	size_t n_forgotten;
	bool cut;
};
/* from..to: local ISO days, both included.  out must be freed in either case. */
int campaigns_sheet(struct desk *d, const char *from, const char *to, struct campaign_sheet *out);
void campaigns_free(struct campaign_sheet *s);
#endif
