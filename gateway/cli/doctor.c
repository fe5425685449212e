/* doctor.c - `kujdestar doctor`: what may keep the gateway from working, and how to mend it.
 *
 * Looks at the configuration, the files, the machine and the devices, and asks the running hub what its
 * workers told; without a hub it runs each modem's worker for a bounded time itself.  Changes nothing.  A line each: "ok", "--" (worth knowing) or "!!" (to be mended).
 */
#include "gateway/cli/cli.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "gateway/cli/ask.h"
#include "gateway/hub/clock.h"
#include "gateway/hub/confine.h"
#include "gateway/hub/credit_value.h"
#include "gateway/hub/log.h"
#include "gateway/hub/modes.h"
#include "gateway/hub/probe.h"
#include "gateway/hub/settings.h"
#include "gateway/hub/verbs.h"

#define SPACE_MIN_MB 200
#define FULL_PERCENT 80
#define SIGNAL_LOW 15       /* per cent; below it texts fail now and then */
#define CLOCK_FLOOR 1767225600 /* 2026-01-01: an earlier clock has lost its battery */

enum finding { WELL, NOTE, MEND };
struct doctor {
	json_t *list;
	int mend;
	bool json;
};

__attribute__((format(printf, 4, 5))) static void say(struct doctor *d, enum finding f, const char *what,
						     const char *fmt, ...)
{
	static const char *const marks[] = {"ok", "--", "!!"};
	char words[400];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(words, sizeof words, fmt, ap);
	va_end(ap);
	d->mend += f == MEND;
	if (d->json)
		json_array_append_new(d->list, json_pack("{s:s,s:s,s:s}", "state", marks[f], "what", what,
							 "words", words));
	else
		printf("%s  %-12s %s\n", marks[f], what, words);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void look_file(struct doctor *d, const char *what, const char *path, bool secret)
{
	struct stat sb;
	if (stat(path, &sb) != 0) {
		say(d, MEND, what, "%s: %s (kujdestar init makes it)", path, strerror(errno));
		return;
	}
	unsigned mode = (unsigned)sb.st_mode & 0777;
	char why[400];
	if (!modes_private(path, why, sizeof why))
		say(d, MEND, what, "%s", why);
	else if (access(path, secret ? R_OK : R_OK | W_OK) != 0)
		say(d, MEND, what, "%s: %s for user %d; run this as the gateway's user", path,
		    strerror(errno), (int)getuid());
	else
		say(d, WELL, what, "%s mode %04o", path, mode);
}

static void look_space(struct doctor *d, const char *path)
{
	char dir[512];
	struct statvfs v;
	snprintf(dir, sizeof dir, "%s", path);
	char *slash = strrchr(dir, '/');
	if (slash && slash != dir)
		*slash = '\0';
	if (statvfs(dir, &v) != 0) {
		say(d, MEND, "disk", "%s: %s", dir, strerror(errno));
		return;
	}
	unsigned long long mb = (unsigned long long)v.f_bavail * v.f_frsize >> 20;
	if (v.f_flag & ST_RDONLY)
		say(d, MEND, "disk", "%s is mounted read-only: nothing can be kept", dir);
	else
		say(d, mb < SPACE_MIN_MB ? MEND : WELL, "disk", "%llu MB free in %s%s", mb, dir,
		    mb < SPACE_MIN_MB ? ": make room, texts stay on the SIM when it is full" : "");
}

/* ---- the machine ----------------------------------------------------------------------------- */

static bool runs(const char *name)
{
	DIR *dir = opendir("/proc");
	const struct dirent *e;
	bool found = false;
	while (dir && !found && (e = readdir(dir)) != NULL) {
		char path[300], comm[32] = "";
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		snprintf(path, sizeof path, "/proc/%s/comm", e->d_name);
		FILE *f = fopen(path, "re");
		if (f && fgets(comm, sizeof comm, f))
			comm[strcspn(comm, "\n")] = '\0';
		if (f)
			fclose(f);
		found = strcmp(comm, name) == 0;
	}
	if (dir)
		closedir(dir);
	return found;
}

static void look_kernel(struct doctor *d)
{
	struct confine_kernel k = confine_kernel();
	if (k.landlock == 0)
		say(d, NOTE, "landlock", "not in this kernel (Linux 5.13, and lsm=landlock,... on its command line): "
					 "workers could open files of others");
	else if (k.landlock < 4)
		say(d, NOTE, "landlock", "version %d: workers are confined to their files, the courier not to its "
					 "ports (Linux 6.7)", k.landlock);
	else
		say(d, WELL, "landlock", "version %d: workers are confined to their files and ports", k.landlock);
	if (k.seccomp)
		say(d, WELL, "seccomp", "hub and workers make no system calls but their own");
	else
		say(d, NOTE, "seccomp", "not in this kernel: hub and workers could make any system call");
}

/* What the running processes were confined in, as they told. */
static void look_confined(struct doctor *d, const char *name, const json_t *o)
{
	const char *lacks = json_string_value(json_object_get(o, "not_confined"));
	if (lacks && *lacks)
		say(d, NOTE, name, "not confined in its %s", lacks);
}

static void look_all_confined(struct doctor *d, const json_t *status)
{
	size_t i;
	json_t *w;
	look_confined(d, "hub", status);
	json_array_foreach(json_object_get(status, "workers"), i, w)
		look_confined(d, json_string_value(json_object_get(w, "name")), w);
}

static void look_clock(struct doctor *d)
{
	struct timex t = {.modes = 0};
	int64_t now = ask_now();
	int state = adjtimex(&t);
	if (now < CLOCK_FLOOR)
		say(d, MEND, "clock", "it reads a year long past: set it, or install a time service");
	else if (state == TIME_ERROR || (t.status & STA_UNSYNC))
		say(d, NOTE, "clock", "not synchronised (timedatectl set-ntp true); dates come from it");
	else
		say(d, WELL, "clock", "synchronised");
}

/* ---- modems ---------------------------------------------------------------------------------- */

static const char *note(const json_t *w, const char *name)
{
	const char *s = json_string_value(json_object_get(json_object_get(w, "notes"), name));
	return s ? s : "";
}

/* Credit and validity as last read; never asked from here, it may cost. */
static void look_figure(struct doctor *d, const char *name, const char *what, const json_t *o)
{
	const char *words = json_string_value(json_object_get(o, "amount"));
	const char *at = json_string_value(json_object_get(o, "at"));
	const char *state = json_string_value(json_object_get(o, "state"));
	if (!o)
		return;
	if (!words)
		words = json_string_value(json_object_get(o, "until"));
	bool low = json_is_true(json_object_get(o, "low"));
	if (words && at)
		say(d, low ? MEND : WELL, name, "%s %s (of %s)%s", what, words, at,
		    low ? ": top it up (kujdestar ussd MODEM --topup VOUCHER)" : "");
	if (state && strcmp(state, "read") != 0)
		say(d, strcmp(state, "not asked yet") == 0 ? NOTE : MEND, name,
		    "%s: %s; kujdestar ussd %s --%s shows the operator's words", what, state, name,
		    strcmp(what, "credit") == 0 ? "balance" : "validity");
}

static void look_memory(struct doctor *d, const char *name, const char *what, const char *used_text,
			const char *size_text)
{
	long used = strtol(used_text, NULL, 10), size = strtol(size_text, NULL, 10);
	bool full = size > 0 && used * 100 >= size * FULL_PERCENT;
	if (size > 0)
		say(d, full ? MEND : WELL, name, "%s memory %ld of %ld%s", what, used, size,
		    full ? ": something keeps texts from being taken off, see the log" : "");
}

/* What the worker of a running hub told, or the one of our own. */
static void look_worker(struct doctor *d, const char *name, const json_t *w)
{
	const char *state = json_string_value(json_object_get(w, "state"));
	const char *why = json_string_value(json_object_get(w, "reason"));
	const char *rung = json_string_value(json_object_get(w, "rung"));
	const char *sim = note(w, "sim"), *net = note(w, "registration"), *cnmi = note(w, "cnmi");
	bool ready = state && strcmp(state, "ready") == 0;
	if (!ready)
		say(d, MEND, name, "%s: %s", state ? state : "?", why && *why ? why : "no reason known");
	else
		say(d, WELL, name, "ready, %s", json_string_value(json_object_get(w, "detail")));
	if (rung && *rung)
		say(d, NOTE, name, "recovery: %s", rung);
	if (strcmp(sim, "missing") == 0)
		say(d, MEND, name, "no SIM: push it in, with the cut corner as drawn");
	else if (strcmp(sim, "puk") == 0)
		say(d, MEND, name, "the SIM wants its PUK: put it into a telephone and enter it there");
	else if (json_is_true(json_object_get(w, "pin_kept")) && strcmp(sim, "pin") == 0)
		say(d, NOTE, name, "the SIM wants its PIN; kujdestar run enters the configured one, doctor does not");
	else if (strcmp(note(w, "pin"), "refused") == 0 || strcmp(sim, "pin") == 0)
		say(d, MEND, name, "PIN: set modems[].pin, or take the PIN off in a telephone; then reload");
	if (!ready)
		return;
	if (strcmp(net, "home") == 0 || strcmp(net, "roaming") == 0)
		say(d, WELL, name, "network %s, signal %s %%", net, note(w, "signal"));
	else
		say(d, MEND, name, "network: %s; aerial, contract, place?", net[0] ? net : "not known yet");
	if (note(w, "signal")[0] && strtol(note(w, "signal"), NULL, 10) < SIGNAL_LOW)
		say(d, NOTE, name, "the signal is weak: an aerial, or a place by the window");
	say(d, strcmp(note(w, "smsc"), "none") == 0 ? MEND : WELL, name, "service centre: %s",
	    strcmp(note(w, "smsc"), "none") == 0 ? "the SIM has none, set modems[].smsc" : "known");
	say(d, strncmp(cnmi, "2,1", 3) == 0 || strncmp(cnmi, "1,1", 3) == 0 ? WELL : NOTE, name,
	    "new texts %s (CNMI %s)", strncmp(cnmi + 1, ",1", 2) == 0 ? "are announced" : "are found by looking only",
	    cnmi[0] ? cnmi : "unknown");
	look_memory(d, name, "SIM", note(w, "sim_used"), note(w, "sim_size"));
	look_memory(d, name, "modem", note(w, "me_used"), note(w, "me_size"));
}

static void look_device(struct doctor *d, const struct config_modem *m, bool hub, bool manager)
{
	struct stat sb;
	if (stat(m->device, &sb) != 0) {
		say(d, MEND, m->name, "%s: %s; is it plugged in? (ls /dev/serial/by-id)", m->device,
		    strerror(errno));
		return;
	}
	if (!S_ISCHR(sb.st_mode))
		say(d, MEND, m->name, "%s is no serial device", m->device);
	else if (!hub && access(m->device, R_OK | W_OK) != 0)
		say(d, MEND, m->name, "%s: %s; the gateway's user belongs in the group dialout", m->device,
		    strerror(errno));
	else
		say(d, WELL, m->name, "%s", m->device);
	if (strncmp(m->device, "/dev/ttyUSB", 11) == 0 || strncmp(m->device, "/dev/ttyACM", 11) == 0)
		say(d, NOTE, m->name, "this name changes when it is plugged in anew: take the one in "
				      "/dev/serial/by-id");
	if (manager)
		say(d, NOTE, m->name, "ModemManager runs: install 99-kujdestar.rules, or it takes the modem");
}

static void look_stored(struct doctor *d, struct store *st, const struct config_modem *m)
{
	for (int day = 0; st && day < 2; day++) {
		struct credit_value v;
		int rc = credit_get(st, m->name, day == 1, &v);
		json_t *o = rc == STORE_OK || rc == STORE_NONE
				? credit_value_json(day ? &m->validity : &m->balance, day == 1, &v)
				: NULL;
		look_figure(d, m->name, day ? "validity" : "credit", o);
		json_decref(o);
	}
}

/* Without a hub: the modem is asked by a worker of our own. */
static void look_alone(struct doctor *d, const struct cli *c, const struct config *cf,
		       const struct config_modem *m, struct store *st)
{
	char why[320] = "";
	json_t *w = access(m->device, R_OK | W_OK) == 0 ? probe_modem(cf, m, c->binary_dir, why, sizeof why)
							 : NULL;
	if (w) {
		json_object_set_new(w, "pin_kept", json_boolean(m->pin[0]));
		look_worker(d, m->name, w);
	} else if (why[0]) {
		say(d, MEND, m->name, "not examined: %s", why);
	}
	json_decref(w);
	look_stored(d, st, m);
}

static struct store *open_store(const struct config *cf)
{
	char err[512];
	struct store *st = NULL;
	struct store_options so = settings_store(cf);
	so.read_only = true;
	return store_open(&so, &st, err, sizeof err) == STORE_OK ? st : NULL;
}

static void look_modems(struct doctor *d, const struct cli *c, const struct config *cf,
			const json_t *status)
{
	bool manager = runs("ModemManager");
	struct store *st = status ? NULL : open_store(cf);
	for (size_t i = 0; i < cf->n_modems; i++) {
		size_t k;
		json_t *w;
		look_device(d, &cf->modems[i], status != NULL, manager);
		if (!status)
			look_alone(d, c, cf, &cf->modems[i], st);
		json_array_foreach(json_object_get(status, "workers"), k, w) {
			const char *name = json_string_value(json_object_get(w, "name"));
			if (!name || strcmp(name, cf->modems[i].name) != 0)
				continue;
			const json_t *sim = json_object_get(w, "ussd");
			look_worker(d, name, w);
			look_figure(d, name, "credit", json_object_get(sim, "credit"));
			look_figure(d, name, "validity", json_object_get(sim, "validity"));
		}
	}
	store_close(st);
	if (cf->n_modems == 0)
		say(d, config_sends_sms(cf) ? WELL : NOTE, "modems", "none is configured: %s",
		    config_sends_sms(cf) ? "texts leave through a provider" : "no SMS");
}

/* ---- agencies and providers ------------------------------------------------------------------ */

static bool in_peace(const json_t *ways, const char *kind, const char *name)
{
	size_t i;
	json_t *o;
	json_array_foreach(json_object_get(ways, "circuits"), i, o)
		if (strcmp(cli_text(o, "kind"), kind) == 0 && strcmp(cli_text(o, "name"), name) == 0)
			return *cli_text(o, "probe_at") != '\0';
	return false;
}

static void look_circuits(struct doctor *d, const json_t *ways)
{
	static const struct {
		const char *kind, *what;
	} mends[] = {{"agency", "does not take deliveries; `agency test` with its name says why"},
		     {"modem", "sends nothing; look at credit, contract and network"},
		     {"provider", "takes no texts; look at account, credit and address"}};
	size_t i;
	json_t *o;
	json_array_foreach(json_object_get(ways, "circuits"), i, o) {
		for (size_t k = 0; k < sizeof mends / sizeof mends[0]; k++) {
			if (strcmp(cli_text(o, "kind"), mends[k].kind) != 0)
				continue;
			say(d, *cli_text(o, "probe_at") ? MEND : NOTE, cli_text(o, "name"), "%s %s (%lld failures since %s)",
			    mends[k].kind, mends[k].what, (long long)json_integer_value(json_object_get(o, "failures")),
			    cli_text(o, "since"));
		}
	}
}

static void look_provider(struct doctor *d, const struct config *cf, const struct config_sms_provider *p,
			  const json_t *ways, const json_t *o)
{
	if (p->receives && !cf->edge_listen[0])
		say(d, MEND, p->name, "its texts cannot come in: set edge.listen");
	bool asks = strstr(p->outbound.url, "{report") || strstr(p->outbound.body, "{report");
	if (p->sends && asks && !*p->report.base && !cf->edge_public_url[0])
		say(d, NOTE, p->name, "its reports find no way here: set report.base or edge.public_url");
	if (p->sends && cf->n_modems > 0 && !cf->sms_fallback_urgent_s && !p->prefixes)
		say(d, NOTE, p->name, "no text leaves by it: sms.fallback_urgent_s is 0");
	const char *last = cli_text(o, "last"), *at = cli_text(o, "last_at");
	bool good = strcmp(last, "sent") == 0 || strcmp(last, "out") == 0;
	if (p->sends && !*at)
		say(d, NOTE, p->name, "provider of SMS, no text has left by it yet");
	else if (p->sends && !in_peace(ways, "provider", p->name))
		say(d, good ? WELL : NOTE, p->name, "provider of SMS, the last text %s at %s%s%s", last, at,
		    *cli_text(o, "detail") ? ": " : "", cli_text(o, "detail"));
	else if (!p->sends)
		say(d, WELL, p->name, "provider of SMS, brings texts only");
}

static void look_ways(struct doctor *d, const struct config *cf, const json_t *status)
{
	json_t *own = json_object();
	const json_t *ways = status ? status : own;
	struct store *st = status ? NULL : open_store(cf);
	size_t i;
	json_t *o;
	if (st)
		verb_ways(st, cf, ask_now(), own);
	store_close(st);
	look_circuits(d, ways);
	json_array_foreach(json_object_get(ways, "sms_providers"), i, o) {
		const struct config_sms_provider *p = config_sms_provider(cf, cli_text(o, "name"));
		if (p)
			look_provider(d, cf, p, ways, o);
	}
	json_decref(own);
}

int cli_doctor(struct cli *c)
{
	struct doctor d = {.list = json_array(), .json = c->json};
	int status;
	if (c->argc != 0) {
		json_decref(d.list);
		return cli_usage("doctor");
	}
	struct config *cf = ask_config(c, &status);
	if (!cf) {
		json_decref(d.list);
		return status;
	}
	log_setup(LOG_ERROR, false, false); /* the words of the findings are enough */
	say(&d, WELL, "configuration", "%s", c->config_file);
	look_file(&d, "key file", cf->key_file, true);
	look_file(&d, "store", cf->store_path, false);
	look_file(&d, "keyring", cf->keyring_path, false);
	look_space(&d, cf->store_path);
	look_kernel(&d);
	look_clock(&d);
	json_t *answer = ask_hub(cf, json_pack("{s:s}", "verb", "status"));
	if (!answer)
		say(&d, NOTE, "hub", "does not run: each modem is examined from here, up to a minute");
	else
		say(&d, json_is_true(json_object_get(answer, "store_ok")) ? WELL : MEND, "hub", "%s",
		    json_is_true(json_object_get(answer, "store_ok")) ? "running"
								      : "the store cannot be written, see the log");
	look_all_confined(&d, answer);
	look_modems(&d, c, cf, answer);
	look_ways(&d, cf, answer);
	if (c->json) {
		json_t *o = json_pack("{s:b,s:O}", "ok", d.mend == 0, "findings", d.list);
		json_dumpf(o, stdout, JSON_INDENT(1) | JSON_SORT_KEYS);
		putchar('\n');
		json_decref(o);
	} else {
		printf("%d to mend\n", d.mend);
	}
	json_decref(answer);
	json_decref(d.list);
	config_free(cf);
	return d.mend ? 1 : EX_OK;
}
