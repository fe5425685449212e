/* courier.c - the worker that delivers over HTTP: from the hub's frames to deliveries and back.
 *
 * Owns the loop and the hub's socket while it runs.  Calls http, confine, wire and libc.
 */
#include "gateway/courier/courier.h"
#include "gateway/hub/confine.h"
#include "gateway/courier/http.h"
#include "gateway/hub/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPEN_FILES 256 /* transfers, idle connections, resolver sockets, certificates */
#define MEMORY_MAX ((size_t)1 << 30) /* address space: threads of the resolver have stacks */
#define LOOK_MS 1000
#define DEFAULT_PARALLEL 8
#define DEFAULT_CONNECT_MS 10000
#define LONGEST_CONNECT_MS 600000

struct courier {
	int fd;
	bool stopping;
	bool readable;      /* the hub's socket, and it was not read since */
	bool leaving;       /* a file was replaced: it ends when its deliveries have */
	int64_t looked;     /* at the files, as of http_now_ms */
	char *files;        /* their names, as confine keeps them */
	struct http *http;
	struct wire_in in;
	struct wire_frame frame; /* the last one received, over in */
	struct wire_out out;     /* leaves when all that can be done now is done */
};

/* fd becomes readable or writable; forever, since the hub's end is the clock here. */
static int wait_for(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};
	int n;
	do
		n = poll(&p, 1, -1);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : 0;
}

/* 0, or the exit code. */
static int code_of(int rc)
{
	return rc == WIRE_OK ? 0 : rc == WIRE_CLOSED ? COURIER_NO_HUB : COURIER_FAILED;
}

static int flush(struct courier *c)
{
	int rc;
	while ((rc = wire_flush(c->fd, &c->out)) == WIRE_AGAIN)
		if (wait_for(c->fd, POLLOUT) < 0)
			return COURIER_FAILED;
	return code_of(rc);
}

static int tell(struct courier *c, const struct wire_frame *f)
{
	int rc;
	while ((rc = wire_add(&c->out, f)) == WIRE_AGAIN) {
		rc = flush(c);
		if (rc)
			return rc;
	}
	return code_of(rc);
}

static int tell_done(void *arg, const struct wire_done_http *d)
{
	struct wire_frame f = {.type = WIRE_DONE_HTTP, .u.done_http = *d};
	return tell(arg, &f);
}

static int note(struct courier *c, const char *name, const char *value)
{
	struct wire_frame f = {.type = WIRE_NOTE};
	f.u.pairs.n = 1;
	f.u.pairs.pair[0] = (struct wire_pair){wire_str(name), wire_str(value)};
	return tell(c, &f);
}

static int say_why(struct courier *c)
{
	int rc = note(c, "reason", "a file it reads was replaced");
	return rc ? rc : COURIER_RENEW;
}

/* No call here can block, so none is announced: the hub knows when it handed a delivery over and how
 * long it may take, and a frame more would wake it once more for each. */
static int start(struct courier *c, const struct wire_work_http *w)
{
	const char *why;
	int result = http_start(c->http, w, &why);
	if (result == 0)
		return 0;
	struct wire_done_http d = {
	    .job = w->job, .result = (uint8_t)result, .retry_after = -1, .detail = wire_str(why)};
	return tell_done(c, &d);
}

/* All frames that are there.  After STOP the socket is still read: its end must be noticed.  http copied
 * what it needs of them, and forgets that with the delivery. */
static int take_frames(struct courier *c)
{
	if (!c->readable)
		return 0;
	c->readable = false;
	for (;;) {
		int rc = wire_next(c->fd, &c->in, &c->frame);
		if (rc == WIRE_AGAIN) {
			wire_forget(&c->in);
			return 0;
		}
		if (rc != WIRE_OK)
			return rc == WIRE_CLOSED ? COURIER_NO_HUB : COURIER_PROTOCOL;
		if (c->frame.type == WIRE_STOP) {
			c->stopping = true;
		} else if (c->frame.type == WIRE_WORK_HTTP) {
			rc = start(c, &c->frame.u.work_http);
			if (rc)
				return rc;
		} else {
			return COURIER_PROTOCOL;
		}
	}
}

/* A rule holds for the file that was there when it was made.  The resolver's and certificates' are
 * replaced now and then, by renaming a new one over the old. */
static void look_at_files(struct courier *c)
{
	int64_t now = http_now_ms();
	if (c->leaving || now - c->looked < LOOK_MS)
		return;
	c->looked = now;
	c->leaving = confine_stale();
}

static int one_round(struct courier *c)
{
	look_at_files(c);
	/* What comes while it leaves stays unread: the hub hands it to the next courier. */
	int rc = c->leaving ? 0 : take_frames(c);
	if (rc == 0)
		rc = http_move(c->http, tell_done, c);
	if (rc == 0 && c->leaving && http_running(c->http) == 0)
		rc = say_why(c);
	int told = flush(c);
	return rc < 0 ? COURIER_FAILED : rc ? rc : told;
}

static int loop(struct courier *c)
{
	for (;;) {
		int rc = one_round(c);
		if (rc)
			return rc;
		if (c->stopping && http_running(c->http) == 0)
			return COURIER_STOPPED;
		if (http_wait(c->http, c->leaving ? -1 : c->fd, &c->readable) < 0)
			return COURIER_FAILED;
	}
}

/* ---- start ---- */

static int first_frame(struct courier *c)
{
	int rc;
	while ((rc = wire_next(c->fd, &c->in, &c->frame)) == WIRE_AGAIN)
		if (wait_for(c->fd, POLLIN) < 0)
			return COURIER_FAILED;
	if (rc == WIRE_CLOSED)
		return COURIER_NO_HUB;
	return rc == WIRE_OK && c->frame.type == WIRE_SETTINGS ? 0 : COURIER_PROTOCOL;
}

static long bounded(const struct wire_pairs *p, const char *name, long fallback, long most)
{
	long n = wire_find_num(p, name, fallback);
	return n < 1 ? 1 : n > most ? most : n;
}

static struct http *open_http(const struct wire_pairs *p, unsigned parallel)
{
	char agent[256], ca[4096];
	wire_copy(wire_find(p, "user_agent"), agent, sizeof agent);
	if (!agent[0])
		snprintf(agent, sizeof agent, "Kujdestar");
	struct http_settings s = {
	    .user_agent = agent,
	    .ca_file = wire_copy(wire_find(p, "ca_file"), ca, sizeof ca) > 0 ? ca : NULL,
	    .parallel = parallel,
	    .connect_ms = bounded(p, "connect_timeout_ms", DEFAULT_CONNECT_MS, LONGEST_CONNECT_MS),
	};
	return http_open(&s);
}

/* What any courier reads: certificates of the system, the resolver's files, its modules and what they
 * are linked with.  None of it is secret.  Not /etc as a whole: keys are there. */
static const char *const system_files[] = {
    "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/usr/lib/ssl", "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates", "/etc/pki", "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
    "/etc/host.conf", "/etc/gai.conf", "/etc/services", "/etc/localtime", "/usr/share/zoneinfo",
    "/etc/ld.so.cache", "/usr/lib", "/lib", "/lib64",
};

static void take_files(struct courier *c, const struct wire_pairs *p, struct confine *con)
{
	size_t n = 0, max = CONFINE_FILES_MAX - 1;
	const struct wire_str own = wire_find(p, "ca_file"), list = wire_find(p, "files");
	for (; n < sizeof system_files / sizeof system_files[0]; n++)
		con->read[n] = system_files[n];
	c->files = malloc((size_t)own.len + list.len + 2);
	if (!c->files)
		return;
	size_t len = wire_copy(own, c->files, (size_t)own.len + 1);
	c->files[len++] = '\n';
	wire_copy(list, c->files + len, (size_t)list.len + 1);
	char *rest = NULL;
	for (char *s = strtok_r(c->files, "\n", &rest); s && n < max; s = strtok_r(NULL, "\n", &rest))
		con->read[n++] = s;
}

static void take_ports(const struct wire_pairs *p, struct confine *con)
{
	char text[CONFINE_PORTS_MAX * 6 + 1];
	wire_copy(wire_find(p, "ports"), text, sizeof text);
	con->port[con->n_ports++] = 53; /* a resolver's answer that is too long for a datagram */
	for (char *s = text; *s && con->n_ports < CONFINE_PORTS_MAX; s += strspn(s, " ")) {
		unsigned long port = strtoul(s, &s, 10);
		if (port == 0 || port > 65535)
			return;
		con->port[con->n_ports++] = (uint16_t)port;
	}
}

static int give_up(struct courier *c, const struct wire_pairs *p)
{
	static struct confine con; /* 1 KB; one a process */
	char confined[CONFINE_WORDS];
	con = (struct confine){.kind = CONFINE_COURIER, .files = OPEN_FILES, .memory = MEMORY_MAX};
	take_files(c, p, &con);
	take_ports(p, &con);
	if (confine_finish(&con, confined) < 0)
		return COURIER_FAILED;
	return note(c, "confined", confined);
}

static int set_up(struct courier *c)
{
	int rc = first_frame(c);
	if (rc)
		return rc;
	const struct wire_pairs *p = &c->frame.u.pairs;
	long parallel = bounded(p, "max_parallel", DEFAULT_PARALLEL, HTTP_PARALLEL_MAX);
	long credit = bounded(p, "credit", parallel, parallel);
	c->http = open_http(p, (unsigned)parallel);
	if (!c->http)
		return COURIER_FAILED;
	rc = give_up(c, p);
	struct wire_frame f = {
	    .type = WIRE_READY,
	    .u.ready = {wire_str("courier"), wire_str(http_version()), (uint16_t)credit}};
	if (rc == 0)
		rc = tell(c, &f);
	return rc ? rc : flush(c);
}

int courier_run(int fd)
{
	struct courier *c = calloc(1, sizeof *c);
	if (!c)
		return COURIER_FAILED;
	c->fd = fd;
	c->readable = true; /* more than the settings may have come with them */
	int flags = fcntl(fd, F_GETFL);
	int rc = COURIER_FAILED;
	if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0)
		rc = set_up(c);
	if (rc == 0)
		rc = loop(c);
	http_close(c->http);
	free(c->files);
	free(c);
	return rc;
}
