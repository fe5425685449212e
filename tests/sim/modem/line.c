/* line.c - see line.h. */
#include "tests/sim/modem/line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define NS 1000000000LL
#define LINE_CHUNK 32 /* bytes of a throttled line that travel together: 3 ms at 115200 baud */

/* One direction of a throttled line: bytes under way until `due`. */
struct lane {
	int64_t due; /* 0 = nothing under way */
	size_t n;
	char bytes[LINE_CHUNK];
};

struct line {
	struct at *at;
	struct fault *fault;
	long rate;
	int master, slave, watch;
	int clients;
	bool watched; /* an open was seen, so the count of clients is to be believed */
	struct lane in, out;
	char link[256], path[64];
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int link_device(const struct line *l)
{
	struct stat st;
	char temporary[sizeof(l->link) + 8];
	if (lstat(l->link, &st) == 0 && !S_ISLNK(st.st_mode)) {
		errno = EEXIST; /* never replace what is not a link of ours */
		return -1;
	}
	snprintf(temporary, sizeof(temporary), "%s.tmp", l->link);
	unlink(temporary);
	if (symlink(l->path, temporary) < 0)
		return -1;
	return rename(temporary, l->link);
}

static int open_slave(struct line *l)
{
	struct termios t;
	if (ptsname_r(l->master, l->path, sizeof(l->path)) != 0)
		return -1;
	l->slave = open(l->path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (l->slave < 0 || tcgetattr(l->slave, &t) < 0)
		return -1;
	cfmakeraw(&t);
	return tcsetattr(l->slave, TCSANOW, &t);
}

/* Packet mode tells when the client flushes its input: what it was to read is then gone here too.
 */
static int open_device(struct line *l)
{
	int on = 1;
	l->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (l->master < 0 || grantpt(l->master) < 0 || unlockpt(l->master) < 0 ||
	    open_slave(l) < 0 || ioctl(l->master, TIOCPKT, &on) < 0)
		return -1;
	l->watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (l->watch >= 0)
		inotify_add_watch(l->watch, l->path, IN_OPEN | IN_CLOSE);
	l->clients = 0;
	l->watched = false;
	l->in = l->out = (struct lane){0};
	return link_device(l);
}

static void close_device(struct line *l)
{
	bool linked = l->master >= 0;
	close_fd(&l->watch);
	close_fd(&l->slave);
	close_fd(&l->master);
	if (linked)
		unlink(l->link); /* as with a real device, the name goes after the hang-up */
}

struct line *line_new(struct at *at, struct fault *fault, const char *link, long rate)
{
	struct line *l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->at = at;
	l->fault = fault;
	l->rate = rate;
	l->master = l->slave = l->watch = -1;
	if (strlen(link) >= sizeof(l->link)) {
		errno = ENAMETOOLONG;
		goto fail;
	}
	memcpy(l->link, link, strlen(link) + 1);
	if (open_device(l) == 0)
		return l;
fail:
	close_fd(&l->watch);
	close_fd(&l->slave);
	close_fd(&l->master);
	free(l);
	return NULL;
}

void line_free(struct line *l)
{
	if (!l)
		return;
	close_device(l);
	free(l);
}

/* ---- who has the device open ----------------------------------------------------------------- */

static void count_clients(struct line *l)
{
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n;
	while (l->watch >= 0 && (n = read(l->watch, buffer, sizeof(buffer))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *e = (const void *)(buffer + at);
			if (e->mask & IN_OPEN) {
				l->clients++;
				l->watched = true;
				at_counts(l->at)->opens++;
			} else if (e->mask & IN_CLOSE) {
				l->clients -= l->clients > 0;
				at_counts(l->at)->closes++;
			}
			at += (ssize_t)(sizeof(*e) + e->len);
		}
	}
}

/* Without a client, DTR is down: what the modem says is lost, and a client that was killed must not
 * leave its exclusive lock behind (our own descriptor keeps the terminal, and so the lock, alive).
 */
static bool deserted(struct line *l)
{
	if (!l->watched || l->clients > 0)
		return false;
	count_clients(l);
	if (l->clients > 0)
		return false;
	ioctl(l->slave, TIOCNXCL);
	return true;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static int64_t travel(const struct line *l, size_t n)
{
	return (int64_t)n * NS / l->rate;
}

/* from: when the line was free for it.  A chunk that follows another at once starts where that one
 * ended, not where we woke up, so that our lateness does not slow the line. */
static void lane_start(const struct line *l, struct lane *lane, int64_t from)
{
	lane->due = from + travel(l, lane->n);
}

/* Reads once; returns bytes of data put into buffer, 0 = none. */
static size_t read_master(struct line *l, char *buffer, size_t max)
{
	char packet[4097];
	size_t want = max + 1 < sizeof(packet) ? max + 1 : sizeof(packet);
	ssize_t n = read(l->master, packet, want);
	if (n <= 0)
		return 0;
	if (packet[0] != TIOCPKT_DATA) {
		if (packet[0] & TIOCPKT_FLUSHREAD)
			out_clear(at_output(l->at));
		return 0;
	}
	memcpy(buffer, packet + 1, (size_t)n - 1);
	return (size_t)n - 1;
}

static void read_throttled(struct line *l, bool stalled, int64_t now)
{
	struct lane *in = &l->in;
	int64_t from = now;
	if (in->due != 0 && now >= in->due) {
		at_feed(l->at, in->bytes, in->n);
		from = in->due;
		in->due = 0;
	}
	if (!stalled && in->due == 0 && (in->n = read_master(l, in->bytes, LINE_CHUNK)) > 0)
		lane_start(l, in, from);
}

void line_device(struct line *l, int64_t now)
{
	int64_t away = l->fault->hangup_until;
	if (away != 0 && l->master >= 0) {
		close_device(l);
		at_power_cycle(l->at);
	}
	if (l->master >= 0 || now / 1000000 < away)
		return;
	/* a failure here (no pty left) is tried again at the next turn */
	if (open_device(l) == 0)
		l->fault->hangup_until = 0;
	else
		close_device(l);
}

void line_read(struct line *l, int64_t now)
{
	char buffer[4096];
	if (l->master < 0)
		return;
	count_clients(l);
	bool stalled = fault_stalled(l->fault, now / 1000000);
	if (l->rate > 0)
		read_throttled(l, stalled, now);
	if (l->rate > 0 || stalled)
		return;
	size_t n = read_master(l, buffer, sizeof(buffer));
	if (n > 0)
		at_feed(l->at, buffer, n);
}

static void write_some(struct line *l, size_t max)
{
	struct out *o = at_output(l->at);
	size_t n = out_size(o) < max ? out_size(o) : max;
	ssize_t written = n > 0 ? write(l->master, out_bytes(o), n) : 0;
	if (written > 0) {
		at_counts(l->at)->bytes_out += (uint64_t)written;
		out_take(o, (size_t)written);
	}
}

void line_write(struct line *l, int64_t now)
{
	struct out *o = at_output(l->at);
	if (l->master < 0 || deserted(l)) {
		out_clear(o);
		return;
	}
	if (l->rate == 0) {
		if (out_size(o) > 0)
			write_some(l, SIZE_MAX);
		return;
	}
	struct lane *lane = &l->out;
	int64_t from = now;
	if (lane->due != 0 && now >= lane->due) {
		write_some(l, lane->n);
		from = lane->due;
		lane->due = 0;
	}
	if (lane->due == 0 && out_size(o) > 0) {
		lane->n = out_size(o) < LINE_CHUNK ? out_size(o) : LINE_CHUNK;
		lane_start(l, lane, from);
	}
}

int line_poll(const struct line *l, struct pollfd *fds, int64_t now)
{
	if (l->master < 0)
		return 0;
	short events = 0;
	if (!fault_stalled(l->fault, now / 1000000) && l->in.due == 0)
		events |= POLLIN;
	if (l->rate == 0 && out_size(at_output(l->at)) > 0)
		events |= POLLOUT;
	fds[0] = (struct pollfd){.fd = l->master, .events = events};
	fds[1] = (struct pollfd){.fd = l->watch, .events = POLLIN};
	return LINE_FDS;
}

int64_t line_next(const struct line *l)
{
	int64_t next = INT64_MAX;
	if (l->in.due != 0)
		next = l->in.due;
	if (l->out.due != 0 && l->out.due < next)
		next = l->out.due;
	return next;
}
