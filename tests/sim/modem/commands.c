/* commands.c - see commands.h. */
#include "tests/sim/modem/commands.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "parser/tpdu.h"

#define WORDS_MAX 32
#define WAIT_DEFAULT 10000 /* ms */

/* ---- pieces of a line ------------------------------------------------------------------------ */

static char *next_word(char **p)
{
	char *s = *p;
	while (*s == ' ')
		s++;
	if (!*s)
		return NULL;
	char *end = s + strcspn(s, " ");
	*p = end;
	if (*end) {
		*end = '\0';
		*p = end + 1;
	}
	return s;
}

static int split(char *line, char **words, int max)
{
	int n = 0;
	char *word;
	while (n < max && (word = next_word(&line)) != NULL)
		words[n++] = word;
	return n;
}

/* Turns \n, \t, \r and \\ into what they mean; returns the length. */
static size_t unescape(char *s)
{
	char *to = s;
	for (const char *from = s; *from; from++) {
		if (*from != '\\' || !from[1]) {
			*to++ = *from;
			continue;
		}
		from++;
		*to++ = *from == 'n' ? '\n' : *from == 't' ? '\t' : *from == 'r' ? '\r' : *from;
	}
	*to = '\0';
	return (size_t)(to - s);
}

static int number(const char *s, long long *value)
{
	char *end;
	errno = 0;
	long long v = strtoll(s, &end, 10);
	if (errno || end == s || *end)
		return -1;
	*value = v;
	return 0;
}

static int digits(const char **s, int n, int *value)
{
	*value = 0;
	for (int i = 0; i < n; i++, (*s)++) {
		if (!isdigit((unsigned char)**s))
			return -1;
		*value = *value * 10 + (**s - '0');
	}
	return 0;
}

static int literal(const char **s, const char *one_of)
{
	if (!**s || !strchr(one_of, **s))
		return -1;
	(*s)++;
	return 0;
}

/* "Z", "+HH:MM" or nothing, at the end of a time; seconds east of UTC. */
static int read_offset(const char *s, int *seconds)
{
	int hours, minutes = 0, sign = *s == '-' ? -1 : 1;
	*seconds = 0;
	if (!*s || strcmp(s, "Z") == 0)
		return 0;
	if (literal(&s, "+-") || digits(&s, 2, &hours))
		return -1;
	if (*s == ':')
		s++;
	if (*s && digits(&s, 2, &minutes))
		return -1;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return *s ? -1 : 0;
}

/* Epoch seconds, or YYYY-MM-DDTHH:MM[:SS][Z|+HH:MM]; without a zone it is UTC. */
static int read_time(const char *s, int64_t *utc)
{
	long long epoch;
	struct tm tm = {0};
	int offset;
	if (number(s, &epoch) == 0) {
		*utc = epoch;
		return epoch < 0 ? -1 : 0;
	}
	if (digits(&s, 4, &tm.tm_year) || literal(&s, "-") || digits(&s, 2, &tm.tm_mon) ||
	    literal(&s, "-") || digits(&s, 2, &tm.tm_mday) || literal(&s, "T_") ||
	    digits(&s, 2, &tm.tm_hour) || literal(&s, ":") || digits(&s, 2, &tm.tm_min))
		return -1;
	if (*s == ':' && (literal(&s, ":") || digits(&s, 2, &tm.tm_sec)))
		return -1;
	if (read_offset(s, &offset))
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*utc = (int64_t)timegm(&tm) - offset;
	return *utc < 0 ? -1 : 0;
}

static int read_list(const char *s, uint8_t *list, int max)
{
	int n = 0;
	while (*s && n < max) {
		char *end;
		long v = strtol(s, &end, 10);
		if (end == s || v < 1 || v > 255 || (*end && *end != ','))
			return -1;
		list[n++] = (uint8_t)v;
		s = *end ? end + 1 : end;
	}
	return *s ? -1 : n;
}

/* ---- answers --------------------------------------------------------------------------------- */

static enum command_result fail(struct out *o, const char *error)
{
	out_text(o, "{\"ok\":false,\"error\":");
	out_json(o, error, strlen(error));
	out_text(o, "}\n");
	return COMMAND_DONE;
}

static enum command_result done(struct out *o)
{
	out_text(o, "{\"ok\":true}\n");
	return COMMAND_DONE;
}

/* The value of key= in a word, else NULL. */
static const char *value_of(const char *word, const char *key)
{
	size_t n = strlen(key);
	return strncmp(word, key, n) == 0 && word[n] == '=' ? word + n + 1 : NULL;
}

/* ---- deliver, pdu ---------------------------------------------------------------------------- */

static int deliver_number(struct net_delivery *d, const char *word)
{
	const char *v;
	long long n;
	if ((v = value_of(word, "zone")) && number(v, &n) == 0 && n % 900 == 0 &&
	    llabs(n) <= 79 * 900)
		d->text.zone = (int32_t)n;
	else if ((v = value_of(word, "ref")) && number(v, &n) == 0 && n >= 0 && n <= 65535)
		d->ref = (int)n;
	else if ((v = value_of(word, "bits")) && number(v, &n) == 0 && (n == 8 || n == 16))
		d->text.bits = (int)n;
	else if ((v = value_of(word, "flash")) && number(v, &n) == 0)
		d->text.flash = n != 0;
	else
		return -1;
	return 0;
}

static int deliver_alphabet(struct net_delivery *d, const char *v)
{
	if (strcmp(v, "auto") == 0)
		d->text.alphabet = COMPOSE_AUTO;
	else if (strcmp(v, "gsm7") == 0)
		d->text.alphabet = COMPOSE_GSM7;
	else if (strcmp(v, "ucs2") == 0)
		d->text.alphabet = COMPOSE_UCS2;
	else
		return -1;
	return 0;
}

static int deliver_option(struct net_delivery *d, const char *word)
{
	const char *v;
	if ((v = value_of(word, "from"))) {
		d->text.from = v;
		return 0;
	}
	if ((v = value_of(word, "time")))
		return read_time(v, &d->time);
	if ((v = value_of(word, "alphabet")))
		return deliver_alphabet(d, v);
	if ((v = value_of(word, "memory")))
		return (d->memory = stores_find(v, strlen(v))) < 0 ? -1 : 0;
	if ((v = value_of(word, "order")))
		return (d->order_count = read_list(v, d->order, sizeof(d->order))) < 0 ? -1 : 0;
	if ((v = value_of(word, "drop")))
		return (d->drop_count = read_list(v, d->drop, sizeof(d->drop))) < 0 ? -1 : 0;
	if ((v = value_of(word, "dup")))
		return (d->dup_count = read_list(v, d->dup, sizeof(d->dup))) < 0 ? -1 : 0;
	return deliver_number(d, word);
}

static char *find_text(char *args)
{
	if (strncmp(args, "text=", 5) == 0)
		return args;
	char *at = strstr(args, " text=");
	if (at)
		*at++ = '\0';
	return at;
}

static enum command_result do_deliver(struct sim *sim, char *args, int64_t now, struct out *o)
{
	struct net_delivery d = {.time = -1, .memory = -1, .ref = -1};
	d.text.bits = 8;
	d.text.zone = net_zone(sim->net);
	char *text = find_text(args), *word;
	if (!text)
		return fail(o, "text= is wanted, as the last option");
	d.text.text = text + 5;
	d.text.len = unescape(text + 5);
	*text = '\0';
	while ((word = next_word(&args)) != NULL)
		if (deliver_option(&d, word) < 0)
			return fail(o, word);
	if (!d.text.from)
		return fail(o, "from= is wanted");
	int queued = net_deliver(sim->net, &d, now);
	if (queued < 0)
		return fail(o, compose_error(queued));
	out_format(o, "{\"ok\":true,\"parts\":%d}\n", queued);
	return COMMAND_DONE;
}

static enum command_result do_pdu(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)now;
	uint8_t octets[1024];
	char *hex = next_word(&args), *word = next_word(&args);
	const char *v = word ? value_of(word, "memory") : NULL;
	int memory = v ? stores_find(v, strlen(v)) : -1;
	int n = hex ? tpdu_from_hex(hex, strlen(hex), octets, sizeof(octets)) : -1;
	if (n <= 0 || (word && memory < 0))
		return fail(o, "usage: pdu HEX [memory=SM|ME]");
	if (net_raw(sim->net, octets, (size_t)n, memory) < 0)
		return fail(o, "no memory");
	return done(o);
}

/* ---- list, sent, stats ----------------------------------------------------------------------- */

static void list_store(const struct sim *sim, enum store_id id, struct out *o, int *n)
{
	for (size_t slot = 0; slot < stores_size(sim->stores, id); slot++) {
		const struct message *m = stores_get(sim->stores, id, slot);
		if (!m)
			continue;
		out_format(o, "%s{\"memory\":\"%s\",\"slot\":%zu,\"status\":%d,\"hex\":\"",
			   (*n)++ ? "," : "", stores_name(id), slot, (int)m->status);
		out_hex(o, m->octets, m->len);
		out_text(o, "\"}");
	}
}

static enum command_result do_list(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)args, (void)now;
	int n = 0;
	out_text(o, "{\"ok\":true,\"stored\":[");
	list_store(sim, STORE_SM, o, &n);
	list_store(sim, STORE_ME, o, &n);
	list_store(sim, STORE_SR, o, &n);
	out_format(o, "],\"queued\":%zu}\n", net_queued(sim->net));
	return COMMAND_DONE;
}

static enum command_result do_sent(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)now;
	const char *word = next_word(&args);
	if (word && strcmp(word, "forget") == 0) {
		net_sent_forget(sim->net);
		return done(o);
	}
	out_text(o, "{\"ok\":true,\"sent\":");
	net_sent_json(sim->net, o);
	out_text(o, "}\n");
	return COMMAND_DONE;
}

static long long stored(const struct sim *sim)
{
	return (long long)(stores_used(sim->stores, STORE_SM) + stores_used(sim->stores, STORE_ME));
}

static int counter(struct sim *sim, const char *name, long long *value)
{
	const struct at_counts *c = at_counts(sim->at);
	const struct {
		const char *name;
		unsigned long long value;
	} list[] = {
	    {"sent", net_sent(sim->net)},
	    {"parts", net_sent_parts(sim->net)},
	    {"queued", net_queued(sim->net)},
	    {"stored", (unsigned long long)stored(sim)},
	    {"sm", stores_used(sim->stores, STORE_SM)},
	    {"me", stores_used(sim->stores, STORE_ME)},
	    {"sr", stores_used(sim->stores, STORE_SR)},
	    {"deleted", c->deleted},
	    {"cmti", c->announced},
	    {"arrivals", c->arrivals},
	    {"commands", c->commands},
	    {"errors", c->errors},
	    {"reports", c->reports},
	    {"ussd", c->ussd},
	    {"pin_attempts", c->pin_attempts},
	    {"resets", c->resets},
	    {"opens", c->opens},
	    {"closes", c->closes},
	    {"empty", at_idle(sim->at) ? 1 : 0},
	};
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		if (strcmp(list[i].name, name) != 0)
			continue;
		*value = (long long)list[i].value;
		return 0;
	}
	return -1;
}

static enum command_result do_stats(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)args;
	out_format(o,
		   "{\"ok\":true,\"sent\":%zu,\"parts\":%zu,\"queued\":%zu,\"sm\":%zu,\"me\":%zu,"
		   "\"sr\":%zu,\"clock\":%lld,",
		   net_sent(sim->net), net_sent_parts(sim->net), net_queued(sim->net),
		   stores_used(sim->stores, STORE_SM), stores_used(sim->stores, STORE_ME),
		   stores_used(sim->stores, STORE_SR), (long long)net_clock(sim->net, now));
	at_counts_json(sim->at, o);
	out_text(o, "}\n");
	return COMMAND_DONE;
}

/* ---- reports, clock, radio ------------------------------------------------------------------- */

static enum command_result do_report(struct sim *sim, char *args, int64_t now, struct out *o)
{
	long long mr = -1, status = 0, delay = 0;
	const char *word, *v;
	while ((word = next_word(&args)) != NULL) {
		if (((v = value_of(word, "mr")) && number(v, &mr) == 0) ||
		    ((v = value_of(word, "status")) && number(v, &status) == 0) ||
		    ((v = value_of(word, "delay")) && number(v, &delay) == 0))
			continue;
		return fail(o, "usage: report [mr=N] [status=N] [delay=MS]");
	}
	if (status < 0 || status > 255 || delay < 0)
		return fail(o, "status is 0 to 255, delay not negative");
	if (net_report(sim->net, (int)mr, (uint8_t)status, delay, now) < 0)
		return fail(o, "no such submission");
	return done(o);
}

static enum command_result do_reports(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)now;
	const char *mode = next_word(&args), *word, *v;
	long long status = 0, delay = 100;
	if (!mode || (strcmp(mode, "auto") != 0 && strcmp(mode, "off") != 0))
		return fail(o, "usage: reports auto|off [delay=MS] [status=N]");
	while ((word = next_word(&args)) != NULL) {
		if (((v = value_of(word, "status")) && number(v, &status) == 0) ||
		    ((v = value_of(word, "delay")) && number(v, &delay) == 0))
			continue;
		return fail(o, word);
	}
	net_reports(sim->net, strcmp(mode, "auto") == 0, delay, (uint8_t)status);
	return done(o);
}

static enum command_result do_clock(struct sim *sim, char *args, int64_t now, struct out *o)
{
	const char *word = next_word(&args), *v;
	int64_t utc = net_clock(sim->net, now);
	double scale = 1;
	if (word && strcmp(word, "real") == 0) {
		net_clock_set(sim->net, -1, 1, now);
		return done(o);
	}
	if (word && read_time(word, &utc) < 0)
		return fail(o, "usage: clock TIME|real [scale X] [zone=SECONDS]");
	while (word && (word = next_word(&args)) != NULL) {
		long long zone;
		if ((v = value_of(word, "zone")) && number(v, &zone) == 0 && zone % 900 == 0 &&
		    llabs(zone) <= 79 * 900) {
			net_zone_set(sim->net, (int32_t)zone);
			continue;
		}
		v = strcmp(word, "scale") == 0 ? next_word(&args) : value_of(word, "scale");
		char *end = NULL;
		scale = v ? strtod(v, &end) : -1;
		if (!v || end == v || *end || scale < 0 || scale > 1e6)
			return fail(o, "bad scale");
	}
	net_clock_set(sim->net, utc, scale, now);
	out_format(o, "{\"ok\":true,\"clock\":%lld}\n", (long long)net_clock(sim->net, now));
	return COMMAND_DONE;
}

static int one_number(char *args, long long min, long long max, long long *value)
{
	const char *word = next_word(&args);
	return word && number(word, value) == 0 && *value >= min && *value <= max ? 0 : -1;
}

static enum command_result do_signal(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)now;
	long long n;
	if (one_number(args, 0, 99, &n) < 0)
		return fail(o, "usage: signal 0..31|99");
	at_set_signal(sim->at, (int)n);
	return done(o);
}

static enum command_result do_creg(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)now;
	long long n;
	if (one_number(args, 0, 10, &n) < 0)
		return fail(o, "usage: creg 0..10");
	at_set_registration(sim->at, (int)n);
	return done(o);
}

static enum command_result do_pace(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)now;
	long long n;
	if (one_number(args, 0, 3600000, &n) < 0)
		return fail(o, "usage: pace MS");
	at_set_pace(sim->at, n);
	return done(o);
}

static enum command_result do_base(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)now;
	long long n;
	if (one_number(args, 0, 1000, &n) < 0)
		return fail(o, "usage: base 0|1");
	at_set_base(sim->at, (int)n);
	return done(o);
}

static enum command_result on_off(struct sim *sim, char *args, struct out *o,
				  void (*set)(struct at *at, bool on))
{
	const char *word = next_word(&args);
	if (!word || (strcmp(word, "on") != 0 && strcmp(word, "off") != 0))
		return fail(o, "on or off is wanted");
	set(sim->at, strcmp(word, "on") == 0);
	return done(o);
}

static enum command_result do_overflow(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)now;
	return on_off(sim, args, o, at_set_overflow);
}

static enum command_result do_trace(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)now;
	return on_off(sim, args, o, at_set_trace);
}

static enum command_result do_onreset(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)now;
	long long away = 0, renumber = 0;
	const char *word, *v;
	while ((word = next_word(&args)) != NULL) {
		if (((v = value_of(word, "away")) && number(v, &away) == 0 && away >= 0) ||
		    ((v = value_of(word, "renumber")) && number(v, &renumber) == 0))
			continue;
		return fail(o, "usage: onreset [away=MS] [renumber=0|1]");
	}
	at_set_reset(sim->at, away, renumber != 0);
	return done(o);
}

static enum command_result do_renumber(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)args, (void)now;
	stores_renumber(sim->stores, STORE_SM);
	stores_renumber(sim->stores, STORE_ME);
	return done(o);
}

static enum command_result do_power(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)args, (void)now;
	at_power_cycle(sim->at);
	return done(o);
}

/* ---- USSD, faults ---------------------------------------------------------------------------- */

/* Takes status=, dcs= and delay= off the front of *args; what follows is the text. */
static int ussd_options(char **args, int *status, int *dcs, int64_t *delay)
{
	for (;;) {
		char *p = *args;
		while (*p == ' ')
			p++;
		*args = p;
		bool option = strncmp(p, "status=", 7) == 0 || strncmp(p, "dcs=", 4) == 0 ||
			      strncmp(p, "delay=", 6) == 0;
		if (!option)
			break;
		const char *word = next_word(args);
		long long n;
		if (number(strchr(word, '=') + 1, &n) < 0 || n < 0 || n > 1000000)
			return -1;
		if (*word == 's')
			*status = (int)n;
		else if (word[1] == 'c')
			*dcs = (int)n;
		else
			*delay = n;
	}
	if (strncmp(*args, "text=", 5) == 0)
		*args += 5;
	unescape(*args);
	return 0;
}

static enum command_result do_ussd(struct sim *sim, char *args, int64_t now, struct out *o)
{
	(void)now;
	int status = 0, dcs = 15;
	int64_t delay = 50;
	const char *code = next_word(&args);
	if (!code)
		return fail(o,
			    "usage: ussd CODE|*default|push|clear [status=] [dcs=] [delay=] TEXT");
	if (strcmp(code, "clear") == 0) {
		at_ussd_clear(sim->at);
		return done(o);
	}
	if (ussd_options(&args, &status, &dcs, &delay) < 0)
		return fail(o, "bad number");
	int result;
	if (strcmp(code, "push") == 0)
		result = at_ussd_push(sim->at, status, dcs, delay, args);
	else
		result = at_ussd_set(sim->at, strcmp(code, "*default") == 0 ? "" : code, status,
				     dcs, delay, args);
	return result < 0 ? fail(o, "no room") : done(o);
}

static enum command_result do_fault(struct sim *sim, char *args, int64_t now, struct out *o)
{
	char *words[WORDS_MAX];
	const char *error = "";
	enum fault_sim before = sim->fault.sim;
	int n = split(args, words, WORDS_MAX);
	if (fault_set(&sim->fault, words, n, now, &error) < 0)
		return fail(o, error);
	if (sim->fault.sim != before || strncmp(words[0], "p", 1) == 0)
		at_sim_changed(sim->at);
	return done(o);
}

/* ---- waiting --------------------------------------------------------------------------------- */

static int read_condition(char *word, struct command_wait *w)
{
	size_t n = strcspn(word, "<>=");
	if (n == 0 || n >= sizeof(w->counter))
		return -1;
	memcpy(w->counter, word, n);
	w->counter[n] = '\0';
	if (!word[n]) {
		w->compare = '='; /* "wait empty" */
		w->value = 1;
		return 0;
	}
	w->compare = word[n];
	const char *v = word + n + 1;
	if (*v == '=')
		v++;
	return number(v, &w->value);
}

static enum command_result do_wait(struct sim *sim, char *args, int64_t now, struct out *o,
				   struct command_wait *w)
{
	char *word = next_word(&args);
	const char *v;
	long long timeout = WAIT_DEFAULT, value;
	if (!word || read_condition(word, w) < 0 || counter(sim, w->counter, &value) < 0)
		return fail(o, "usage: wait COUNTER>=N [timeout=MS], or wait empty");
	if ((word = next_word(&args)) != NULL &&
	    (!(v = value_of(word, "timeout")) || number(v, &timeout) < 0 || timeout < 0))
		return fail(o, word);
	w->deadline = now + timeout;
	return command_waited(sim, w, now, o) ? COMMAND_DONE : COMMAND_WAIT;
}

bool command_waited(struct sim *sim, const struct command_wait *w, int64_t now, struct out *o)
{
	long long value = 0;
	if (counter(sim, w->counter, &value) < 0)
		value = 0;
	bool met = w->compare == '>'   ? value >= w->value
		   : w->compare == '<' ? value <= w->value
				       : value == w->value;
	if (!met && now < w->deadline)
		return false;
	if (met)
		out_text(o, "{\"ok\":true");
	else
		out_text(o, "{\"ok\":false,\"error\":\"timeout\"");
	out_format(o, ",\"%s\":%lld}\n", w->counter, value);
	return true;
}

/* ---- choice ---------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum command_result (*run)(struct sim *sim, char *args, int64_t now, struct out *o);
} table[] = {
    {"deliver", do_deliver},   {"pdu", do_pdu},     {"list", do_list},
    {"sent", do_sent},         {"stats", do_stats}, {"report", do_report},
    {"reports", do_reports},   {"clock", do_clock}, {"signal", do_signal},
    {"creg", do_creg},         {"pace", do_pace},   {"base", do_base},
    {"overflow", do_overflow}, {"trace", do_trace}, {"onreset", do_onreset},
    {"renumber", do_renumber}, {"power", do_power}, {"ussd", do_ussd},
    {"fault", do_fault},
};

enum command_result command_run(struct sim *sim, char *line, int64_t now, struct out *o,
				struct command_wait *wait)
{
	const char *name = next_word(&line);
	if (!name)
		return fail(o, "no command");
	if (strcmp(name, "wait") == 0)
		return do_wait(sim, line, now, o, wait);
	if (strcmp(name, "events") == 0) {
		done(o);
		return COMMAND_EVENTS;
	}
	if (strcmp(name, "quit") == 0) {
		done(o);
		return COMMAND_QUIT;
	}
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].run(sim, line, now, o);
	return fail(o, "no such command");
}
