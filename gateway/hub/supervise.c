/* supervise.c - see supervise.h. */
#include "gateway/hub/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/hub/clock.h"
#include "gateway/hub/log.h"
#include "gateway/hub/spawn.h"

#define START_DEADLINE_MS 90000 /* settings to READY; libgammu's own init may take 45 s */
#define STOP_DEADLINE_MS 5000
#define STEADY_MS 60000         /* READY for so long: the next death starts the delays anew */
#define DEVICE_LOOK_MS 250      /* how often a missing device is looked for */
#define SEND_STALL_MS 10000     /* frames that wait so long for the socket: it does not read */
#define OUT_MAX 256             /* frames waiting for the socket */
#define START_MAX_MS 1200000    /* settings to READY, whatever it says meanwhile; a safe drain included */
#define CALL_MAX_MS 3600000     /* a call that may last longer is none of ours */
#define NOTES_MAX 256           /* a worker tells of itself so often in NOTES_MS, or it floods */
#define NOTES_MS 10000

/* [0]: it had done work since its start, so a replacement at once is worth it */
static const int delays_ms[] = {200, 1000, 2000, 5000, 15000, 30000, 60000};
#define DELAYS ((int)(sizeof delays_ms / sizeof delays_ms[0]))

struct call {
	int64_t job, deadline;
	char name[32];
};
struct pending { /* a frame the socket did not take yet */
	struct pending *next;
	int64_t since;
	size_t len;
	uint8_t bytes[];
};
struct worker {
	bool used, removing;
	struct worker_spec spec;
	enum worker_state state;
	unsigned generation;
	pid_t pid;
	int fd;
	int credit, deaths, early;      /* early: deaths in a row without work done or being steady */
	bool worked;                    /* handed something over since its start */
	int64_t start_at, since, deadline; /* deadline: of starting or stopping */
	int n_calls;
	struct call calls[SUPERVISE_CALLS];
	int64_t heard;                  /* when its last frame came */
	int64_t notes_since;            /* its notes since then: notes_n */
	int notes_n;
	bool lied;                      /* it broke the protocol */
	struct pending *out, **out_end;
	int n_out;
	char why[96], detail[96];
	int exit_code;
	bool late, failed;
	char death_call[32];            /* the call it last died in ... */
	int death_count;                /* ... so many times in a row */
	ino_t device_ino;
	dev_t device_dev;
	bool device_there;
	int n_notes;
	struct {
		char name[24], value[40];
	} note[16];
};
struct supervisor {
	struct supervise_events ev;
	int n;
	struct worker w[SUPERVISE_MAX];
	int polled[SUPERVISE_MAX];
	size_t n_polled;
	struct wire_in in; /* of the one that is read now */
};

const char *worker_state_name(enum worker_state s)
{
	static const char *const names[] = {"down", "starting", "ready", "stopping"};
	return names[s];
}

struct supervisor *supervise_new(const struct supervise_events *ev)
{
	struct supervisor *s = calloc(1, sizeof *s);
	if (s)
		s->ev = *ev;
	return s;
}

static void drop_pending(struct worker *w)
{
	while (w->out) {
		struct pending *p = w->out;
		w->out = p->next;
		free(p);
	}
	w->out_end = &w->out;
	w->n_out = 0;
}

int supervise_add(struct supervisor *s, const struct worker_spec *spec)
{
	int i = 0;
	while (i < s->n && s->w[i].used)
		i++;
	if (i == SUPERVISE_MAX)
		return -1;
	struct worker *w = &s->w[i];
	unsigned generation = w->generation;
	memset(w, 0, sizeof *w);
	w->used = true;
	w->generation = generation;
	w->spec = *spec;
	w->fd = -1;
	w->out_end = &w->out;
	w->start_at = clock_mono_ms();
	if (i == s->n)
		s->n++;
	return i;
}

int supervise_count(const struct supervisor *s)
{
	return s->n;
}

/* ---- starting ------------------------------------------------------------------------------- */

static pid_t bring_up(struct supervisor *s, const struct worker_spec *spec, int fd)
{
	if (s->ev.spawn)
		return s->ev.spawn(s->ev.arg, spec, fd);
	pid_t pid = fork();
	if (pid == 0)
		spawn_become(spec->binary, spec->name, fd);
	return pid;
}

static void went_down(struct supervisor *s, int i, const char *why);

static void start(struct supervisor *s, int i, int64_t now)
{
	struct worker *w = &s->w[i];
	int fds[2];
	if (wire_pair(fds) < 0) {
		w->start_at = now + 1000;
		log_line(LOG_ERROR, "worker=%s state=down reason=\"socketpair: %s\"", w->spec.name,
			 strerror(errno));
		return;
	}
	pid_t pid = bring_up(s, &w->spec, fds[1]);
	int fault = errno;
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		w->start_at = now + 1000;
		log_line(LOG_ERROR, "worker=%s state=down reason=\"not started: %s\"", w->spec.name,
			 strerror(fault));
		return;
	}
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	w->pid = pid;
	w->fd = fds[0];
	w->generation++;
	w->state = WORKER_STARTING;
	w->since = now;
	w->deadline = now + START_DEADLINE_MS;
	w->n_calls = 0;
	w->credit = 0;
	w->worked = false;
	w->late = w->lied = false;
	w->notes_n = 0;
	w->n_notes = 0;
	struct wire_frame f = {.type = WIRE_SETTINGS};
	s->ev.settings(s->ev.arg, &w->spec, w->death_count >= 2, &f.u.pairs);
	supervise_send(s, i, &f);
	for (int k = 0; s->ev.more && s->ev.more(s->ev.arg, &w->spec, k, &f.u.pairs); k++)
		supervise_send(s, i, &f);
	log_line(LOG_DEBUG, "worker=%s state=starting pid=%d", w->spec.name, (int)pid);
}

/* ---- the end of one -------------------------------------------------------------------------- */

static int64_t jittered(int ms)
{
	uint16_t r = 0;
	if (getrandom(&r, sizeof r, GRND_NONBLOCK) != (ssize_t)sizeof r)
		r = 0;
	return ms + (int64_t)ms * (r % 200) / 1000;
}

static void note_device(struct worker *w)
{
	struct stat sb;
	w->device_there = w->spec.device[0] && stat(w->spec.device, &sb) == 0;
	w->device_ino = w->device_there ? sb.st_ino : 0;
	w->device_dev = w->device_there ? sb.st_dev : 0;
}

static bool device_came_back(struct worker *w)
{
	bool was = w->device_there;
	ino_t ino = w->device_ino;
	dev_t dev = w->device_dev;
	note_device(w);
	return w->device_there && (!was || ino != w->device_ino || dev != w->device_dev);
}

static void went_down(struct supervisor *s, int i, const char *why)
{
	struct worker *w = &s->w[i];
	int64_t now = clock_mono_ms();
	bool wanted = w->state == WORKER_STOPPING;
	int status = 0;
	if (w->pid > 0) {
		/* Whatever the reason, nothing of it may still touch the modem or the network. */
		kill(w->pid, SIGKILL);
		while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	char words[sizeof w->why];
	if (!wanted && WIFEXITED(status) && WEXITSTATUS(status) == 127)
		snprintf(words, sizeof words, "%.60s does not start", w->spec.binary);
	else if (!wanted && WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		snprintf(words, sizeof words, "signal %d%s%s", WTERMSIG(status),
			 w->n_calls ? " in " : "", w->n_calls ? w->calls[0].name : "");
	else
		snprintf(words, sizeof words, "%s", why);
	memcpy(w->why, words, sizeof w->why);
	w->exit_code = WIFEXITED(status) && !w->late ? WEXITSTATUS(status) : -1;
	w->failed = w->late || w->lied || (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL);
	if (w->fd >= 0)
		close(w->fd);
	drop_pending(w);
	if (!wanted) {
		const char *call = w->n_calls ? w->calls[0].name : "";
		w->death_count = *call && strcmp(call, w->death_call) == 0 ? w->death_count + 1
									  : *call != '\0';
		snprintf(w->death_call, sizeof w->death_call, "%s", call);
		w->deaths++;
		bool steady = w->state == WORKER_READY && now - w->since >= STEADY_MS;
		w->early = w->worked ? 0 : steady ? 1 : w->early + 1;
	}
	w->pid = 0;
	w->fd = -1;
	w->state = WORKER_DOWN;
	w->n_calls = 0;
	int delay = delays_ms[w->early < DELAYS ? w->early : DELAYS - 1];
	w->start_at = wanted ? INT64_MAX : now + jittered(delay);
	note_device(w);
	if (!wanted)
		log_line(LOG_WARNING, "worker=%s state=down reason=\"%s\" deaths=%d next_ms=%d",
			 w->spec.name, w->why, w->deaths, delay);
	s->ev.down(s->ev.arg, i, w->why);
	if (w->removing)
		w->used = false;
}

void supervise_remove(struct supervisor *s, int i)
{
	struct worker *w = &s->w[i];
	w->removing = true;
	if (w->state == WORKER_DOWN) {
		w->used = false;
		return;
	}
	struct wire_frame stop = {.type = WIRE_STOP};
	supervise_send(s, i, &stop);
	w->state = WORKER_STOPPING;
	w->deadline = clock_mono_ms() + STOP_DEADLINE_MS;
}

void supervise_stop_all(struct supervisor *s)
{
	for (int i = 0; i < s->n; i++) {
		struct worker *w = &s->w[i];
		w->start_at = INT64_MAX;
		if (!w->used || w->state == WORKER_DOWN || w->state == WORKER_STOPPING)
			continue;
		struct wire_frame stop = {.type = WIRE_STOP};
		supervise_send(s, i, &stop);
		w->state = WORKER_STOPPING;
		w->deadline = clock_mono_ms() + STOP_DEADLINE_MS;
	}
}

void supervise_free(struct supervisor *s)
{
	if (!s)
		return;
	for (int i = 0; i < s->n; i++) {
		struct worker *w = &s->w[i];
		if (w->pid > 0) {
			kill(w->pid, SIGKILL);
			while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
				;
		}
		if (w->used && w->fd >= 0)
			close(w->fd);
		drop_pending(w);
	}
	free(s);
}

/* ---- frames out ------------------------------------------------------------------------------ */

/* The first of its frames, as many as one call takes; how many the socket took. */
static int put(const struct worker *w)
{
	struct mmsghdr m[WIRE_BATCH];
	struct iovec iov[WIRE_BATCH];
	unsigned n = 0;
	for (struct pending *p = w->out; p && n < WIRE_BATCH; p = p->next, n++) {
		iov[n] = (struct iovec){p->bytes, p->len};
		m[n] = (struct mmsghdr){.msg_hdr = {.msg_iov = &iov[n], .msg_iovlen = 1}};
	}
	int taken;
	do
		taken = n ? sendmmsg(w->fd, m, n, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
	while (taken < 0 && errno == EINTR);
	return taken;
}

/* A closed socket is found by the loop's read, which also reaps; here what is for it only waits. */
static void flush(struct worker *w)
{
	for (int taken; (taken = put(w)) > 0;) {
		for (; taken > 0 && w->out; taken--) {
			struct pending *p = w->out;
			w->out = p->next;
			w->n_out--;
			free(p);
		}
		if (!w->out)
			w->out_end = &w->out;
	}
}

int supervise_queue(struct supervisor *s, int i, const uint8_t *frame, size_t len)
{
	struct worker *w = &s->w[i];
	if (w->fd < 0)
		return -1;
	if (w->n_out >= OUT_MAX)
		flush(w);
	struct pending *p = w->n_out < OUT_MAX ? malloc(sizeof *p + len) : NULL;
	if (!p) {
		/* the loop's read finds its end, and this word about it */
		snprintf(w->why, sizeof w->why, "does not read");
		w->worked = false;
		w->lied = true;
		kill(w->pid, SIGKILL);
		return -1;
	}
	p->next = NULL;
	p->since = clock_mono_ms();
	p->len = len;
	memcpy(p->bytes, frame, len);
	*w->out_end = p;
	w->out_end = &p->next;
	w->n_out++;
	return 0;
}

void supervise_flush(struct supervisor *s)
{
	for (int i = 0; i < s->n; i++) {
		if (s->w[i].used && s->w[i].fd >= 0)
			flush(&s->w[i]);
	}
}

int supervise_send(struct supervisor *s, int i, const struct wire_frame *f)
{
	uint8_t frame[WIRE_FRAME_MAX];
	long len = wire_encode(f, frame, sizeof frame);
	if (len < 0 || supervise_queue(s, i, frame, (size_t)len) < 0)
		return -1;
	flush(&s->w[i]);
	return 0;
}

/* ---- frames in ------------------------------------------------------------------------------- */

static void end_call(struct worker *w, int64_t job)
{
	for (int k = 0; k < w->n_calls; k++) {
		if (w->calls[k].job != job)
			continue;
		w->calls[k] = w->calls[--w->n_calls];
		return;
	}
}

void supervise_job_done(struct supervisor *s, int i, int64_t job)
{
	end_call(&s->w[i], job);
}

/* A worker's words end on a person's terminal and in JSON: letters, no control sequences. */
static void copy_plain(struct wire_str v, char *out, size_t max)
{
	wire_copy(v, out, max);
	for (char *p = out; *p; p++) {
		if (*p < ' ' || *p > '~')
			*p = '?';
	}
}

static struct call *add_call(struct worker *w, int64_t job, int64_t ms)
{
	end_call(w, job); /* a second announcement of the same job replaces the first */
	if (w->n_calls == SUPERVISE_CALLS)
		return NULL;
	struct call *c = &w->calls[w->n_calls++];
	*c = (struct call){.job = job, .deadline = clock_mono_ms() + ms, .name = "taking a job"};
	return c;
}

static bool begin_call(struct worker *w, const struct wire_begin *b)
{
	if (b->deadline_ms > CALL_MAX_MS)
		return false;
	struct call *c = add_call(w, b->job, b->deadline_ms);
	if (c)
		copy_plain(b->call, c->name, sizeof c->name);
	return c != NULL;
}

void supervise_expect(struct supervisor *s, int i, int64_t job, int64_t ms)
{
	add_call(&s->w[i], job, ms);
}

static void take_notes(struct worker *w, const struct wire_pairs *p)
{
	for (int k = 0; k < p->n; k++) {
		int j = 0;
		while (j < w->n_notes && !wire_is(p->pair[k].name, w->note[j].name))
			j++;
		if (j == (int)(sizeof w->note / sizeof w->note[0]))
			continue;
		if (j == w->n_notes)
			w->n_notes++;
		copy_plain(p->pair[k].name, w->note[j].name, sizeof w->note[j].name);
		copy_plain(p->pair[k].value, w->note[j].value, sizeof w->note[j].value);
		if (wire_is(p->pair[k].name, "reason"))
			copy_plain(p->pair[k].value, w->why, sizeof w->why);
	}
}

/* Each note is a turn of the hub's: one that tells of itself without end would take its time. */
static bool notes_allowed(struct worker *w)
{
	if (w->heard - w->notes_since >= NOTES_MS) {
		w->notes_since = w->heard;
		w->notes_n = 0;
	}
	return ++w->notes_n <= NOTES_MAX;
}

static bool names_itself(const struct worker *w, const struct wire_ready *r)
{
	static const char *const names[] = {
	    [WORKER_MODEM] = "modem", [WORKER_COURIER] = "courier", [WORKER_EDGE] = "edge"};
	return wire_is(r->worker, names[w->spec.kind]);
}

/* What a kind of worker may say.  One that says anything else is broken or taken over: a courier
 * that hands over texts could speak for any teacher. */
static bool may_send(enum worker_kind kind, uint8_t type)
{
	switch (type) {
	case WIRE_SEGMENT:
	case WIRE_DONE_SMS:
	case WIRE_DONE_USSD:
		return kind == WORKER_MODEM;
	case WIRE_DONE_HTTP:
		return kind == WORKER_COURIER;
	case WIRE_CALL:
		return kind == WORKER_EDGE;
	default:
		return true;
	}
}

static bool frame_in(struct supervisor *s, int i, const struct wire_frame *f)
{
	struct worker *w = &s->w[i];
	const uint8_t *raw = s->in.bytes[s->in.next - 1];
	size_t len = s->in.len[s->in.next - 1];
	if (!may_send(w->spec.kind, f->type))
		return false;
	w->heard = clock_mono_ms();
	if (w->state == WORKER_STARTING) /* it waits for its modem, and says so */
		w->deadline = w->heard + START_DEADLINE_MS;
	switch (f->type) {
	case WIRE_READY:
		if (!names_itself(w, &f->u.ready))
			return false;
		if (w->state != WORKER_STARTING)
			return w->state == WORKER_STOPPING;
		w->state = WORKER_READY;
		w->since = clock_mono_ms();
		w->credit = f->u.ready.credit < SUPERVISE_CALLS ? f->u.ready.credit : SUPERVISE_CALLS;
		copy_plain(f->u.ready.detail, w->detail, sizeof w->detail);
		w->why[0] = '\0';
		log_line(LOG_INFO, "worker=%s state=ready pid=%d detail=\"%s\"", w->spec.name,
			 (int)w->pid, w->detail);
		s->ev.ready(s->ev.arg, i);
		return true;
	case WIRE_BEGIN:
		return begin_call(w, &f->u.begin);
	case WIRE_END:
		end_call(w, 0);
		return true;
	case WIRE_NOTE:
		if (!notes_allowed(w))
			return false;
		take_notes(w, &f->u.pairs);
		return s->ev.frame(s->ev.arg, i, f, raw, len);
	case WIRE_SEGMENT:
	case WIRE_DONE_SMS:
	case WIRE_DONE_HTTP:
	case WIRE_DONE_USSD:
	case WIRE_CALL:
		w->worked = true;
		return s->ev.frame(s->ev.arg, i, f, raw, len);
	default:
		return false; /* a type only the hub sends */
	}
}

/* Frames until max are read, and those that came with the last of them. */
static int take_frames(struct supervisor *s, int i, size_t max)
{
	struct wire_frame f;
	int rc = WIRE_OK;
	for (size_t k = 0; rc == WIRE_OK && (k < max || s->in.next < s->in.n); k++) {
		rc = wire_next(s->w[i].fd, &s->in, &f);
		if (rc == WIRE_OK && !frame_in(s, i, &f))
			rc = WIRE_BAD;
	}
	s->in.next = s->in.n; /* what follows a fault is not looked at */
	wire_forget(&s->in);
	return rc;
}

/* Reads what has arrived, about max frames.  False: the worker is gone (went_down was called). */
static bool read_frames(struct supervisor *s, int i, size_t max)
{
	struct worker *w = &s->w[i];
	int rc = take_frames(s, i, max);
	if (rc == WIRE_OK || rc == WIRE_AGAIN)
		return true;
	if (rc != WIRE_BAD) {
		went_down(s, i, w->why[0] ? w->why : "it ended");
		return false;
	}
	/* Whatever it did before: the delays grow, and it counts as a fault. */
	w->worked = false;
	w->lied = true;
	went_down(s, i, "protocol error");
	return false;
}

size_t supervise_pollfds(struct supervisor *s, struct pollfd *fds, size_t max, bool reading)
{
	size_t n = 0;
	for (int i = 0; i < s->n && n < max; i++) {
		struct worker *w = &s->w[i];
		if (!w->used || w->fd < 0)
			continue;
		/* A hang-up is reported whatever was asked for: not polled at all while the hub
		 * does not read, or it would spin. */
		short events = (short)((reading ? POLLIN : 0) | (w->out ? POLLOUT : 0));
		fds[n] = (struct pollfd){.fd = events ? w->fd : -1, .events = events};
		s->polled[n++] = i;
	}
	s->n_polled = n;
	return n;
}

void supervise_ready_fds(struct supervisor *s, const struct pollfd *fds, size_t n, size_t frames_max)
{
	for (size_t k = 0; k < n && k < s->n_polled; k++) {
		int i = s->polled[k];
		if (s->w[i].fd != fds[k].fd)
			continue;
		if (fds[k].revents & POLLOUT)
			flush(&s->w[i]);
		if (fds[k].revents & (POLLIN | POLLHUP | POLLERR))
			read_frames(s, i, frames_max);
	}
}

/* ---- deadlines ------------------------------------------------------------------------------- */

static const char *overdue(const struct worker *w, int64_t now, char *why, size_t max)
{
	if (w->state == WORKER_STARTING && (now - w->since >= START_MAX_MS ||
					    (now >= w->deadline && w->n_calls == 0)))
		return "did not become ready";
	if (w->state == WORKER_STOPPING && now >= w->deadline)
		return "did not stop";
	if (w->out && now - w->out->since >= SEND_STALL_MS)
		return "does not read";
	if (w->state == WORKER_READY && w->spec.quiet_ms && w->n_calls == 0 &&
	    now - w->heard >= w->spec.quiet_ms)
		return "has gone quiet";
	for (int k = 0; k < w->n_calls; k++) {
		if (now >= w->calls[k].deadline) {
			snprintf(why, max, "outstayed its deadline in %s", w->calls[k].name);
			return why;
		}
	}
	return NULL;
}

void supervise_tick(struct supervisor *s, int64_t now)
{
	for (int i = 0; i < s->n; i++) {
		struct worker *w = &s->w[i];
		if (!w->used)
			continue;
		if (w->state == WORKER_DOWN) {
			if (w->start_at != INT64_MAX && w->early > 1 && device_came_back(w)) {
				w->early = 1;
				w->start_at = now;
			}
			int wait = now >= w->start_at && s->ev.before ? s->ev.before(s->ev.arg, i) : 0;
			if (wait > 0)
				w->start_at = now + wait;
			if (now >= w->start_at)
				start(s, i, now);
			continue;
		}
		char why[96];
		if (!overdue(w, now, why, sizeof why))
			continue;
		/* What arrived before the deadline counts: a hub that was busy must not kill a
		 * worker that answered in time. */
		if (!read_frames(s, i, SUPERVISE_CALLS))
			continue;
		const char *late = overdue(w, clock_mono_ms(), why, sizeof why);
		if (late) {
			w->late = true;
			went_down(s, i, late);
		}
	}
}

int64_t supervise_next_ms(const struct supervisor *s, int64_t now)
{
	int64_t at = now + 60000;
	for (int i = 0; i < s->n; i++) {
		const struct worker *w = &s->w[i];
		if (!w->used)
			continue;
		if (w->state == WORKER_DOWN) {
			if (w->start_at < at)
				at = w->start_at;
			if (w->spec.device[0] && w->start_at != INT64_MAX && now + DEVICE_LOOK_MS < at)
				at = now + DEVICE_LOOK_MS;
			continue;
		}
		if (w->state != WORKER_READY && w->deadline < at)
			at = w->deadline;
		for (int k = 0; k < w->n_calls; k++) {
			if (w->calls[k].deadline < at)
				at = w->calls[k].deadline;
		}
		if (w->state == WORKER_READY && w->spec.quiet_ms && w->heard + w->spec.quiet_ms < at)
			at = w->heard + w->spec.quiet_ms;
		if (w->out && w->out->since + SEND_STALL_MS < at)
			at = w->out->since + SEND_STALL_MS;
	}
	return at > now ? at - now : 0;
}

bool supervise_idle(const struct supervisor *s)
{
	for (int i = 0; i < s->n; i++) {
		if (s->w[i].used && s->w[i].state != WORKER_DOWN)
			return false;
	}
	return true;
}

bool supervise_in_call(const struct supervisor *s)
{
	for (int i = 0; i < s->n; i++) {
		if (s->w[i].used && s->w[i].n_calls > 0)
			return true;
	}
	return false;
}

unsigned supervise_generation(const struct supervisor *s, int i)
{
	return s->w[i].generation;
}

bool supervise_view(const struct supervisor *s, int i, struct worker_view *out)
{
	if (i < 0 || i >= s->n || !s->w[i].used)
		return false;
	const struct worker *w = &s->w[i];
	memset(out, 0, sizeof *out);
	out->spec = &w->spec;
	out->state = w->state;
	out->pid = (int)w->pid;
	out->credit = w->credit;
	out->deaths = w->deaths;
	snprintf(out->call, sizeof out->call, "%s", w->n_calls ? w->calls[0].name : "");
	snprintf(out->why, sizeof out->why, "%s", w->why);
	snprintf(out->detail, sizeof out->detail, "%s", w->detail);
	out->exit_code = w->exit_code;
	out->failed = w->failed;
	out->n_notes = w->n_notes;
	memcpy(out->note, w->note, sizeof out->note);
	return true;
}
