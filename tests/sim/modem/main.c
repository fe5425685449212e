/* main.c - sim-modem: a GSM modem, its SIM and its network, behind a pseudo terminal.
 *
 *   sim-modem --link PATH --control SOCKET [--model NAME] [--sim-size N] [--me-size N]
 *             [--throttle BYTES_PER_S] [--pin NNNN] [--base N]
 *   sim-modem --ctl SOCKET COMMAND...        sends one command, prints the answer; exit 0 when ok
 *
 * PATH becomes a symbolic link to the terminal, SOCKET a Unix stream socket.  When both stand,
 * "ready" is printed.  SIGTERM, SIGINT and the command `quit` end it and remove both.
 *
 * Commands: one a line; each is answered by one line of JSON, {"ok":true,...} or
 * {"ok":false,"error":"..."}.  TIME is epoch seconds or YYYY-MM-DDTHH:MM[:SS][Z|+HH:MM] (UTC unless
 * it says otherwise); MS are milliseconds.
 *
 * Texts to the modem
 *   deliver from=SENDER [time=TIME] [zone=SECONDS] [alphabet=auto|gsm7|ucs2] [memory=SM|ME]
 *           [bits=8|16] [ref=N] [order=2,1] [drop=2] [dup=1] [flash=1] text=REST OF LINE
 *           UTF-8 with \n \t \\ ; cut into segments when long.  order, drop and dup name segments.
 *   pdu HEX [memory=SM|ME]   stored as it is (SMSC address, TPDU), however wrong it may be
 *   pace MS                  least time between two arrivals; 0 = at once
 *   overflow on|off          a full memory passes texts to the other one (on); with both full, or
 *                            with off, the network keeps them until a slot is free
 * What happened
 *   list                     what is stored, in hex, and how many the network still holds
 *   sent [forget]            the texts the TE submitted, segments joined
 *   stats                    counters, and how often each AT command came
 *   wait COUNTER>=N [timeout=MS]   also <= and == ; COUNTER: sent parts queued stored sm me sr
 *                            deleted cmti arrivals commands errors reports ussd pin_attempts resets
 *                            opens closes
 *   wait empty [timeout=MS]  nothing stored in SM and ME, nothing held by the network
 *   events                   answers, then writes one JSON object a line: mt, mt_part, stored,
 *                            deleted, report, ussd, ussd_cancel, pin, reset, registration, at (with
 *                            `trace on`)
 *   trace on|off
 * Network
 *   report [mr=N] [status=N] [delay=MS]      a delivery report for that (or the last) submission
 *   reports auto|off [delay=MS] [status=N]   for each submission that asks (auto, 100 ms, 0)
 *   clock TIME|real [scale X] [zone=SECONDS] what time stamps follow; scale 60 = a minute a second
 *   signal N                 0..31; 99 = none, which also loses the registration
 *   creg N                   0 off, 1 home, 2 searching, 3 denied, 5 roaming
 *   ussd CODE [status=N] [dcs=15|72] [delay=MS] TEXT   the reply to a code; status 1 keeps the
 *                            session open, and "CODE>ANSWER" is then the key of what comes next; CODE
 *                            "*default" answers all others (else status 4)
 *   ussd push [status=N] [dcs=N] [delay=MS] TEXT       begun by the network
 *   ussd clear
 * Modem
 *   power                    settings as after switching on
 *   renumber                 stored messages move to other indices
 *   onreset [away=MS] [renumber=1]   what AT+CFUN=1,1 does
 *   base N                   the first index of a memory (0 or 1; the model's by default)
 * Faults (several at a time; `fault none` ends all)
 *   fault mute [MS]                     reads, says nothing
 *   fault chatty [every=MS] [for=MS]    unsolicited ^RSSI, and no answer to anything
 *   fault garbage BYTES [every=MS] [for=MS] [mangle=PERCENT]   noise; mangle also spoils answers
 *   fault hangup [MS]                   the terminal is gone, and comes back under the same link
 *   fault stall [MS]                    reads nothing, so that the TE's output buffer fills
 *   fault slow MS                       before each answer
 *   fault cms CODE [COUNT]              submissions are refused
 *   fault noanswer [COUNT] [taken=0]    no answer after Ctrl-Z; taken=0: the network has not got it
 *   fault late MS [COUNT]               the answer after Ctrl-Z comes late
 *   fault refuse PREFIX [COUNT] [cms=N|cme=N]   e.g. refuse +CNMI; without code plain ERROR
 *   fault cmgl [CODE] [COUNT]           storage error on the listing (500)
 *   fault nocmti                        texts are stored without being announced
 *   fault hide0                         index 0 of ME is in no list and no count
 *   fault nosim | pin NNNN | pinrefused | puk    the PUK is 12345678
 *   fault none
 * MS 0 or none = until `fault none`.
 *
 * This file holds the options and the loop; it may call all the others.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>
#include "tests/sim/modem/control.h"
#include "tests/sim/modem/line.h"
#include "tests/sim/modem/sim.h"

#define MS 1000000LL

struct options {
	const char *link, *control, *model, *pin, *ctl;
	long sim_size, me_size, throttle, base;
};

static const char usage[] =
    "usage: sim-modem --link PATH --control SOCKET [--model NAME] [--sim-size N] [--me-size N]\n"
    "                 [--throttle BYTES_PER_S] [--pin NNNN] [--base N]\n"
    "       sim-modem --ctl SOCKET COMMAND...\n";

static int64_t clock_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 * MS + t.tv_nsec;
}

static int read_number(const char *text, long max, long *value)
{
	char *end;
	errno = 0;
	long v = strtol(text, &end, 10);
	if (errno || end == text || *end || v < 0 || v > max)
		return -1;
	*value = v;
	return 0;
}

static int set_option(struct options *o, int c, const char *value)
{
	switch (c) {
	case 'l':
		o->link = value;
		return 0;
	case 'c':
		o->control = value;
		return 0;
	case 'x':
		o->ctl = value;
		return 0;
	case 'm':
		o->model = value;
		return at_model_known(value) ? 0 : -1;
	case 'p':
		o->pin = value;
		return strlen(value) >= 4 && strlen(value) <= 8 ? 0 : -1;
	case 's':
		return read_number(value, 100000, &o->sim_size);
	case 'e':
		return read_number(value, 100000, &o->me_size);
	case 't':
		return read_number(value, 100000000, &o->throttle);
	case 'b':
		return read_number(value, 1000, &o->base);
	default:
		return -1;
	}
}

static int read_options(struct options *o, int argc, char **argv)
{
	static const struct option list[] = {
	    {"link", required_argument, NULL, 'l'},    {"control", required_argument, NULL, 'c'},
	    {"model", required_argument, NULL, 'm'},   {"sim-size", required_argument, NULL, 's'},
	    {"me-size", required_argument, NULL, 'e'}, {"throttle", required_argument, NULL, 't'},
	    {"pin", required_argument, NULL, 'p'},     {"base", required_argument, NULL, 'b'},
	    {"ctl", required_argument, NULL, 'x'},     {NULL, 0, NULL, 0},
	};
	int c;
	while ((c = getopt_long(argc, argv, "+", list, NULL)) != -1)
		if (set_option(o, c, optarg) < 0)
			return -1;
	return o->ctl || (o->link && o->control) ? 0 : -1;
}

static int ask(const char *path, int count, char **words)
{
	struct out line = {0};
	for (int i = 0; i < count; i++) {
		out_text(&line, i ? " " : "");
		out_text(&line, words[i]);
	}
	out_add(&line, "", 1);
	int status = control_ask(path, out_bytes(&line));
	if (status == 2)
		fprintf(stderr, "sim-modem: %s: %s\n", path, strerror(errno));
	out_free(&line);
	return status;
}

static int sim_open(struct sim *sim, const struct options *o)
{
	struct at_setup setup = {.model = o->model, .pin = o->pin};
	sim->stores = stores_new((size_t)o->sim_size, (size_t)o->me_size, 50);
	sim->net = net_new(&sim->events);
	if (!sim->stores || !sim->net)
		return -1;
	sim->at = at_new(&setup, sim->stores, sim->net, &sim->fault, &sim->events);
	if (sim->at && o->base >= 0)
		at_set_base(sim->at, (int)o->base);
	return sim->at ? 0 : -1;
}

static void sim_close(struct sim *sim)
{
	at_free(sim->at);
	net_free(sim->net);
	stores_free(sim->stores);
	events_free(&sim->events);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Milliseconds to nanoseconds, INT64_MAX staying what it is. */
static int64_t ns_of(int64_t ms)
{
	return ms >= INT64_MAX / MS ? INT64_MAX : ms * MS;
}

static int sleep_until(struct pollfd *fds, int n, int64_t when, int64_t now)
{
	struct timespec t = {0};
	if (when > now) {
		t.tv_sec = (time_t)((when - now) / (1000 * MS));
		t.tv_nsec = (long)((when - now) % (1000 * MS));
	}
	return ppoll(fds, (nfds_t)n, when == INT64_MAX ? NULL : &t, NULL);
}

/* One turn: bytes in, work, bytes out, commands, and the work these made. */
static void turn(struct sim *sim, struct line *line, struct control *control,
		 const struct pollfd *fds)
{
	int64_t now = clock_ns();
	line_device(line, now);
	line_read(line, now);
	at_run(sim->at, now / MS);
	line_write(line, now);
	control_run(control, fds, now / MS);
	now = clock_ns();
	line_device(line, now);
	at_run(sim->at, now / MS);
	line_write(line, now);
}

static void loop(struct sim *sim, struct line *line, struct control *control, int signals)
{
	struct pollfd fds[CONTROL_FDS + LINE_FDS + 1];
	while (!control_quit(control)) {
		int64_t now = clock_ns();
		int n = control_poll(control, fds);
		n += line_poll(line, fds + n, now);
		fds[n] = (struct pollfd){.fd = signals, .events = POLLIN};
		int64_t when = ns_of(at_next(sim->at, now / MS));
		when = earlier(when, ns_of(control_next(control)));
		when = earlier(when, line_next(line));
		if (sleep_until(fds, n + 1, when, now) < 0 && errno != EINTR)
			return;
		if (fds[n].revents)
			return;
		turn(sim, line, control, fds);
	}
}

static int serve(const struct options *o)
{
	struct sim sim = {0};
	struct line *line = NULL;
	struct control *control = NULL;
	int status = 1;
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL,
	      0UL); /* a throttled line counts in milliseconds */
	int signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0 || sim_open(&sim, o) < 0)
		goto out;
	line = line_new(sim.at, &sim.fault, o->link, o->throttle);
	if (!line) {
		fprintf(stderr, "sim-modem: %s: %s\n", o->link, strerror(errno));
		goto out;
	}
	control = control_new(&sim, o->control);
	if (!control) {
		fprintf(stderr, "sim-modem: %s: %s\n", o->control, strerror(errno));
		goto out;
	}
	puts("ready");
	fflush(stdout);
	loop(&sim, line, control, signals);
	status = 0;
out:
	control_free(control);
	line_free(line);
	sim_close(&sim);
	if (signals >= 0)
		close(signals);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = {.sim_size = 20, .me_size = 100, .base = -1};
	if (read_options(&o, argc, argv) < 0) {
		fputs(usage, stderr);
		fprintf(stderr, "models: %s\n", at_model_names());
		return 2;
	}
	if (o.ctl)
		return ask(o.ctl, argc - optind, argv + optind);
	return serve(&o);
}
