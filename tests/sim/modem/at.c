/* at.c - see at.h: the line editor, the choice of the command, the answer, and what happens
 * unasked. */
#include "tests/sim/modem/at.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/sim/modem/at_info.h"
#include "tests/sim/modem/at_sms.h"
#include "tests/sim/modem/at_state.h"
#include "tests/sim/modem/at_ussd.h"

#define AT_IN_MAX (64u << 10)
#define AT_RETRY 100 /* ms between tries to get the device back */

enum { KEY_BACKSPACE = 8, KEY_CTRL_Z = 26, KEY_ESC = 27 };

static const struct at_command *const tables[] = {at_sms_commands, at_info_commands,
						  at_ussd_commands};
#define AT_TABLES (sizeof(tables) / sizeof(tables[0]))

bool at_model_known(const char *name)
{
	return at_info_model(name) != NULL;
}

const char *at_model_names(void)
{
	return at_info_models();
}

struct at *at_new(const struct at_setup *setup, struct stores *stores, struct net *net,
		  struct fault *fault, struct events *events)
{
	struct at *at = calloc(1, sizeof(*at));
	if (!at)
		return NULL;
	at->model = at_info_model(setup->model ? setup->model : "generic");
	if (!at->model) {
		free(at);
		return NULL;
	}
	at->stores = stores;
	at->net = net;
	at->fault = fault;
	at->events = events;
	at->base = at->model->base;
	at->overflow = true;
	at->signal = 20;
	at->registration = 1;
	at->pin_tries = 3;
	at->random = 2463534242u;
	snprintf(at->smsc, sizeof(at->smsc), "+355690000001");
	if (setup->pin)
		snprintf(at->pin_setup, sizeof(at->pin_setup), "%s", setup->pin);
	memcpy(at->pin, at->pin_setup, sizeof(at->pin));
	at_info_power(at);
	return at;
}

void at_free(struct at *at)
{
	if (!at)
		return;
	at_ussd_clear(at);
	out_free(&at->in);
	out_free(&at->reply);
	out_free(&at->out);
	out_free(&at->urc);
	free(at);
}

/* ---- the answer ------------------------------------------------------------------------------ */

static uint32_t next_random(struct at *at)
{
	/* xorshift: the same garbage each run */
	at->random ^= at->random << 13;
	at->random ^= at->random >> 17;
	at->random ^= at->random << 5;
	return at->random;
}

static void mangle(struct at *at, struct out *o)
{
	char *bytes = out_edit(o);
	for (size_t i = 0; i < out_size(o); i++)
		if ((int)(next_random(at) % 100) < at->fault->garbage_mangle)
			bytes[i] = (char)next_random(at);
}

static void release(struct at *at)
{
	at->hold_until = 0;
	if (fault_mute(at->fault, at->now) || fault_chatty(at->fault, at->now)) {
		out_clear(&at->reply);
		return;
	}
	if (at->fault->garbage_mangle > 0)
		mangle(at, &at->reply);
	out_move(&at->out, &at->reply);
}

static void final(struct at *at, int result)
{
	if (result == AT_OK)
		out_text(&at->reply, "\r\nOK\r\n");
	else if (result == AT_NO_CARRIER)
		out_text(&at->reply, "\r\nNO CARRIER\r\n");
	else if (result >= AT_CMS)
		out_format(&at->reply, "\r\n+CMS ERROR: %d\r\n", result - AT_CMS);
	else if (result >= AT_CME && at->cmee > 0)
		out_format(&at->reply, "\r\n+CME ERROR: %d\r\n", result - AT_CME);
	else if (result != AT_PROMPT && result != AT_SILENT)
		out_text(&at->reply, "\r\nERROR\r\n");
	if (result == AT_ERROR || result >= AT_CME)
		at->counts.errors++;
	if (result != AT_PROMPT)
		at->delay += at->fault->slow_ms;
	if (at->delay > 0)
		at->hold_until = at->now + at->delay;
	else
		release(at);
}

/* ---- one command ----------------------------------------------------------------------------- */

static const struct at_command *find(const char *name, size_t *index)
{
	*index = 0;
	for (size_t t = 0; t < AT_TABLES; t++)
		for (const struct at_command *c = tables[t]; c->name; c++, (*index)++)
			if (strcmp(c->name, name) == 0)
				return c;
	return NULL;
}

static int refused(struct at *at, const char *command)
{
	const struct refusal *r = fault_refuses(at->fault, command);
	if (!r)
		return AT_OK;
	if (r->kind == REFUSE_CMS)
		return AT_CMS + r->code;
	return r->kind == REFUSE_CME ? AT_CME + r->code : AT_ERROR;
}

/* text is one command with its sign, ended by NUL: "+CPMS=...", "^CURC=0". */
static int extended(struct at *at, char *text)
{
	size_t n = 1, index;
	while (isalnum((unsigned char)text[n]) || text[n] == '-' || text[n] == '_')
		n++;
	for (size_t i = 0; i < n; i++)
		text[i] = (char)toupper((unsigned char)text[i]);
	int result = refused(at, text);
	if (result != AT_OK)
		return result;
	enum at_op op = AT_EXEC;
	const char *args = text + n;
	char sign = *args;
	if (sign == '=' && args[1] == '?')
		op = AT_TEST;
	else if (sign == '=')
		op = AT_SET;
	else if (sign == '?')
		op = AT_READ;
	else if (sign)
		return AT_ERROR;
	text[n] = '\0';
	const struct at_command *c = find(text, &index);
	if (!c)
		return AT_ERROR;
	if (index < AT_KINDS_MAX)
		at->hits[index]++;
	if (c->needs_sim && op != AT_TEST && (result = at_sim_error(at, c->needs_sim)) != AT_OK)
		return result;
	return c->handle(at, op, op == AT_EXEC ? "" : args + 1);
}

/* Ends the command that starts at p with NUL and returns the next one; ';' in quotes does not end
 * it. */
static char *cut_command(char *p)
{
	bool quoted = false;
	for (; *p; p++) {
		if (*p == '"')
			quoted = !quoted;
		if (*p == ';' && !quoted) {
			*p = '\0';
			return p + 1;
		}
	}
	return p;
}

/* A basic command at *p, which moves past it. */
static int basic(struct at *at, char **p)
{
	char *s = *p;
	char letter = (char)toupper((unsigned char)*s++);
	char text[3] = {letter, '\0', '\0'};
	if (letter == 'D') {
		*p = s + strlen(s);
		return at_info_basic(at, letter, 0);
	}
	if (letter == '&' && *s)
		text[1] = (char)toupper((unsigned char)*s++);
	char *end;
	long value = isdigit((unsigned char)*s) ? strtol(s, &end, 10) : (end = s, 0);
	if (letter == 'S' && (*end == '=' || *end == '?'))
		end += 1 + strspn(end + 1, "0123456789");
	*p = end;
	int result = refused(at, text);
	return result != AT_OK ? result : at_info_basic(at, letter, value);
}

static int run_commands(struct at *at, char *p)
{
	int result = AT_OK;
	if (*p == '\0')
		return refused(at, "");
	while (*p && result == AT_OK) {
		if (*p == ' ' || *p == ';') {
			p++;
		} else if (strchr("+^*#$%", *p)) {
			char *next = cut_command(p);
			result = extended(at, p);
			p = next;
		} else {
			result = basic(at, &p);
		}
	}
	return result;
}

static void restart(struct at *at)
{
	if (at->reset_renumber) {
		stores_renumber(at->stores, STORE_SM);
		stores_renumber(at->stores, STORE_ME);
	}
	event_number(at->events, "reset", "away", at->reset_away);
	if (at->reset_away > 0)
		at->fault->hangup_until = at->now + at->reset_away;
	else
		at_info_power(at);
}

static void execute(struct at *at)
{
	char *line = at->line;
	line[at->line_len] = '\0';
	bool over = at->line_over;
	size_t start = 0;
	while (line[start] && strncasecmp(line + start, "AT", 2) != 0)
		start++;
	at->line_len = 0;
	at->line_over = false;
	if (!line[start])
		return; /* an empty line, or noise, is not a command: V.250 5.2.1 */
	at->counts.commands++;
	if (at->trace)
		event_text(at->events, "at", "line", line + start, strlen(line + start));
	if (fault_chatty(at->fault, at->now))
		return;
	uint64_t resets = at->counts.resets;
	at->delay = 0;
	final(at, over ? AT_ERROR : run_commands(at, line + start + 2));
	if (at->counts.resets != resets)
		restart(at);
}

/* ---- the line editor ------------------------------------------------------------------------- */

static void key_command(struct at *at, char c)
{
	if (c == '\r') {
		execute(at);
	} else if (c == KEY_ESC) {
		at->line_len = 0;
		at->line_over = false;
	} else if (c == KEY_BACKSPACE || c == 127) {
		at->line_len -= at->line_len > 0;
	} else if (c == '\n' || c == KEY_CTRL_Z || c == '\0') {
		return;
	} else if (at->line_len + 1 < sizeof(at->line)) {
		at->line[at->line_len++] = c;
	} else {
		at->line_over = true;
	}
}

static void key_text(struct at *at, char c)
{
	struct at_prompt *p = &at->prompt;
	if (c == KEY_CTRL_Z) {
		at->delay = 0;
		final(at, at_sms_text(at));
	} else if (c == KEY_ESC) {
		p->active = false;
		at->delay = 0;
		final(at, AT_OK); /* 27.005 3.5.1: given up, nothing was sent */
	} else if (c == '\r' || c == '\n' || c == ' ') {
		return;
	} else if (p->have + 1 < sizeof(p->text)) {
		p->text[p->have++] = c;
	} else {
		p->too_long = true;
	}
}

static bool echoes(const struct at *at, char c)
{
	return at->echo && c != KEY_ESC && c != KEY_CTRL_Z && !fault_chatty(at->fault, at->now);
}

static void take_input(struct at *at)
{
	while (out_size(&at->in) > 0 && at->hold_until == 0) {
		char c = *out_bytes(&at->in);
		out_take(&at->in, 1);
		if (echoes(at, c))
			out_add(&at->out, &c, 1);
		if (at->prompt.active)
			key_text(at, c);
		else
			key_command(at, c);
	}
}

/* ---- what comes unasked ---------------------------------------------------------------------- */

static void chatter(struct at *at)
{
	struct fault *f = at->fault;
	if (!fault_chatty(f, at->now) || at->now < f->chatty_next)
		return;
	f->chatty_next = at->now + f->chatty_every;
	if (out_size(&at->out) < AT_IN_MAX)
		out_format(&at->out, "\r\n^RSSI:%d\r\n", at->signal);
}

static void garbage(struct at *at)
{
	struct fault *f = at->fault;
	if (f->garbage_bytes <= 0 || at->now < f->garbage_next)
		return;
	for (int64_t i = 0; i < f->garbage_bytes && out_size(&at->out) < AT_IN_MAX; i++) {
		char c = (char)next_random(at);
		out_add(&at->out, &c, 1);
	}
	f->garbage_next = at->now + f->garbage_every;
	if (f->garbage_every == 0 || at->now >= f->garbage_until)
		f->garbage_bytes = 0;
}

static void unasked(struct at *at)
{
	if (at->fault->hangup_until != 0)
		return;
	at_info_report(at);
	at_sms_arrive(at);
	at_ussd_run(at);
	chatter(at);
	garbage(at);
	if (at->hold_until == 0 && !at->prompt.active && !fault_chatty(at->fault, at->now))
		out_move(&at->out, &at->urc);
}

void at_feed(struct at *at, const char *bytes, size_t n)
{
	at->counts.bytes_in += n;
	if (out_size(&at->in) + n <= AT_IN_MAX)
		out_add(&at->in, bytes, n);
}

void at_run(struct at *at, int64_t now)
{
	at->now = now;
	fault_expire(at->fault, now);
	if (fault_mute(at->fault, now)) {
		out_clear(&at->in);
		out_clear(&at->urc);
		out_clear(&at->out);
		at->line_len = 0;
	}
	if (at->hold_until != 0 && now >= at->hold_until)
		release(at);
	take_input(at);
	unasked(at);
	if (fault_mute(at->fault, now))
		out_clear(&at->out);
}

struct out *at_output(struct at *at)
{
	return &at->out;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t at_next(const struct at *at, int64_t now)
{
	int64_t away = at->fault->hangup_until;
	if (away != 0)
		return away > now ? away : now + AT_RETRY; /* nothing else can happen till then */
	int64_t next = fault_next(at->fault, now);
	if (at->hold_until != 0)
		next = least(next, at->hold_until);
	next = least(next, at_sms_next(at));
	return least(next, at_ussd_next(at));
}

void at_power_cycle(struct at *at)
{
	out_clear(&at->in);
	out_clear(&at->reply);
	out_clear(&at->out);
	out_clear(&at->urc);
	at->line_len = 0;
	at->prompt.active = false;
	at->hold_until = 0;
	at_info_power(at);
}

struct at_counts *at_counts(struct at *at)
{
	return &at->counts;
}

void at_counts_json(const struct at *at, struct out *o)
{
	const struct at_counts *c = &at->counts;
	const struct {
		const char *name;
		uint64_t value;
	} list[] = {
	    {"commands", c->commands},
	    {"errors", c->errors},
	    {"bytes_in", c->bytes_in},
	    {"bytes_out", c->bytes_out},
	    {"arrivals", c->arrivals},
	    {"cmti", c->announced},
	    {"deleted", c->deleted},
	    {"submitted", c->submitted},
	    {"reports", c->reports},
	    {"ussd", c->ussd},
	    {"pin_attempts", c->pin_attempts},
	    {"resets", c->resets},
	    {"opens", c->opens},
	    {"closes", c->closes},
	    {"urc_lost", c->urc_lost},
	};
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		out_format(o, "%s\"%s\":%llu", i ? "," : "", list[i].name,
			   (unsigned long long)list[i].value);
	out_text(o, ",\"by_command\":{");
	size_t index = 0, shown = 0;
	for (size_t t = 0; t < AT_TABLES; t++)
		for (const struct at_command *k = tables[t]; k->name; k++, index++)
			if (index < AT_KINDS_MAX && at->hits[index] > 0)
				out_format(o, "%s\"%s\":%u", shown++ ? "," : "", k->name,
					   at->hits[index]);
	out_text(o, "}");
}

void at_set_signal(struct at *at, int csq)
{
	at->signal = csq;
}

void at_set_registration(struct at *at, int stat)
{
	at->registration = stat;
}

void at_set_overflow(struct at *at, bool on)
{
	at->overflow = on;
}

void at_set_pace(struct at *at, int64_t ms)
{
	at->pace = ms;
}

void at_set_trace(struct at *at, bool on)
{
	at->trace = on;
}

void at_set_base(struct at *at, int base)
{
	at->base = base;
}

void at_set_reset(struct at *at, int64_t away_ms, bool renumber)
{
	at->reset_away = away_ms;
	at->reset_renumber = renumber;
}

void at_sim_changed(struct at *at)
{
	at_info_lock(at);
}

bool at_idle(const struct at *at)
{
	return stores_used(at->stores, STORE_SM) == 0 && stores_used(at->stores, STORE_ME) == 0 &&
	       net_queued(at->net) == 0;
}
