/* ussd_play.c - see ussd_menu.h: a caller's walk without a store, as the engine serves it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/cli/ussd_menu.h"
#include "gateway/hub/clock.h"

void menu_play_start(struct menu_play *p, const struct config *cf, const char *who, const char *lang, int limit)
{
	int weekday;
	struct clock *clock = clock_new();
	int64_t now = clock ? clock_now(clock) : 0;
	memset(p, 0, sizeof *p);
	clock_free(clock);
	p->cf = cf;
	p->known = config_sender(cf, who, &p->from);
	if (!p->known)
		memset(&p->from, 0, sizeof p->from);
	snprintf(p->from.lang, sizeof p->from.lang, "%.3s",
		 lang[0] ? lang : p->from.lang[0] ? p->from.lang : cf->language);
	clock_day(now, p->clock.today);
	clock_local(now, &p->clock.hour, &p->clock.minute, &weekday);
	p->who = (struct menu_who){.from = &p->from, .clock = &p->clock, .ctx = &p->ctx};
	p->set = (struct walk_setting){.world = cf->world, .menu = cf->menu, .who = &p->who, .limit = limit,
				       .signs = {cf->ussd_back, cf->ussd_main, cf->ussd_more,
						 cf->ussd_back_open, cf->ussd_skip}};
}

/* The reply a text of these words would get; nothing is recorded. */
static void tell_reply(struct menu_play *p, struct walk_screen *out)
{
	static struct reading r; /* 15 KB; one thread */
	struct parser_context ctx = p->ctx;
	char reply[700];
	/* without a store no PIN is known: any is taken for the right one, and shows what it would lead to */
	struct menu_form f;
	bool shows = p->walk.proof == WALK_PROVED && menu_find(p->cf->menu, &p->who, out->form, &f) && f.shows;
	ctx.secret = shows || strncmp(out->report, "PIN ", 4) == 0 ? SECRET_PIN : SECRET_NONE;
	parser_read(p->cf->world, &p->from, &p->clock, &ctx, out->report, strlen(out->report), &r);
	if (!parser_reply(p->cf->world, &p->from, &p->clock, &r, NULL, reply, sizeof reply))
		snprintf(reply, sizeof reply, "-");
	walk_tell(&p->set, &p->walk, reply, out);
}

void menu_play_screen(struct menu_play *p, const char *typed, size_t len, struct walk_screen *out)
{
	memset(out, 0, sizeof *out);
	if (!p->known) {
		char words[700] = "";
		parser_message(p->cf->world, p->from.lang, "unauthorised", NULL, 0, words, sizeof words);
		walk_tell(&p->set, &p->walk, words, out);
	} else if (!typed) {
		walk_begin(&p->set, &p->walk, NULL, out);
	} else if (walk_answer(&p->set, &p->walk, typed, len, out) == WALK_CARRY_OUT) {
		if (out->proves)
			walk_proved(&p->set, &p->walk, WALK_PROVED, "", out);
		else
			tell_reply(p, out);
	}
}
