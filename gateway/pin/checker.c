/* checker.c - see checker.h. */
#include "gateway/pin/checker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum state { FREE, STAGED, WAITS, HASHES, DONE, SETTLED };
struct slot {
	enum state state;
	uint64_t order;
	struct checker_job job;
};
struct checker {
	pthread_mutex_t lock;   /* of slots and stop */
	pthread_cond_t more;
	pthread_t thread;
	bool threaded, stop;
	int fd;
	uint64_t order;
	struct slot *slots;     /* CHECKER_JOBS, in locked memory */
};

static struct slot *oldest(const struct checker *c, enum state state)
{
	struct slot *best = NULL;

	for (int i = 0; i < CHECKER_JOBS; i++) {
		struct slot *s = &c->slots[i];
		if (s->state == state && (!best || s->order < best->order))
			best = s;
	}
	return best;
}

static void set_free(struct slot *s)
{
	pin_wipe(s, sizeof(*s));
	s->state = FREE;
}

/* Outside the lock: it is the only one with this slot while it is HASHES. */
static void hash_one(struct checker_job *job)
{
	job->failed = pin_hash(job->secret, job->salt, job->hash) < 0;
	if (!job->failed && job->purpose == CHECKER_CHANGE)
		job->failed = pin_hash(job->fresh, job->salt, job->fresh_hash) < 0;
	pin_wipe(job->secret, sizeof(job->secret));
	pin_wipe(job->fresh, sizeof(job->fresh));
}

static void *run(void *arg)
{
	struct checker *c = arg;
	uint64_t one = 1;

	pthread_mutex_lock(&c->lock);
	while (!c->stop) {
		struct slot *s = oldest(c, WAITS);
		if (!s) {
			pthread_cond_wait(&c->more, &c->lock);
			continue;
		}
		s->state = HASHES;
		pthread_mutex_unlock(&c->lock);
		hash_one(&s->job);
		pthread_mutex_lock(&c->lock);
		s->state = DONE;
		while (write(c->fd, &one, sizeof(one)) < 0 && errno == EINTR)
			;
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* The thread takes no signal: the hub reads its own from a signalfd. */
static bool start(struct checker *c)
{
	sigset_t all, old;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &old) != 0)
		return false;
	bool ok = pthread_create(&c->thread, NULL, run, c) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return ok;
}

struct checker *checker_new(bool threaded)
{
	struct checker *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	c->slots = pin_keep(CHECKER_JOBS * sizeof(*c->slots));
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->more, NULL);
	c->threaded = c->fd >= 0 && c->slots && threaded && start(c);
	if (c->fd < 0 || !c->slots || c->threaded != threaded) {
		checker_free(c);
		return NULL;
	}
	return c;
}

void checker_free(struct checker *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_cond_signal(&c->more);
	pthread_mutex_unlock(&c->lock);
	if (c->threaded)
		pthread_join(c->thread, NULL);
	pthread_cond_destroy(&c->more);
	pthread_mutex_destroy(&c->lock);
	if (c->fd >= 0)
		close(c->fd);
	pin_release(c->slots);
	free(c);
}

int checker_fd(const struct checker *c)
{
	return c->fd;
}

static struct checker *locked(const struct checker *c)
{
	struct checker *m = (struct checker *)(uintptr_t)c; /* asking changes nothing but the lock */

	pthread_mutex_lock(&m->lock);
	return m;
}

bool checker_has_room(const struct checker *c, const char *reporter)
{
	struct checker *m = locked(c);
	int his = 0;
	bool room = false;

	for (int i = 0; i < CHECKER_JOBS; i++) {
		const struct slot *s = &m->slots[i];
		room |= s->state == FREE;
		his += s->state != FREE && strcmp(s->job.reporter, reporter) == 0;
	}
	pthread_mutex_unlock(&m->lock);
	return room && his < CHECKER_EACH;
}

bool checker_stage(struct checker *c, const struct checker_job *job)
{
	pthread_mutex_lock(&c->lock);
	struct slot *s = oldest(c, FREE);
	if (s) {
		s->job = *job;
		s->order = ++c->order;
		s->state = STAGED;
	}
	pthread_mutex_unlock(&c->lock);
	return s != NULL;
}

const struct checker_job *checker_done(struct checker *c)
{
	uint64_t n;

	while (read(c->fd, &n, sizeof(n)) < 0 && errno == EINTR)
		;
	pthread_mutex_lock(&c->lock);
	struct slot *s = oldest(c, DONE);
	pthread_mutex_unlock(&c->lock);
	return s ? &s->job : NULL;
}

void checker_settled(struct checker *c)
{
	pthread_mutex_lock(&c->lock);
	struct slot *s = oldest(c, DONE);
	if (s)
		s->state = SETTLED;
	pthread_mutex_unlock(&c->lock);
}

void checker_spoil(struct checker *c)
{
	pthread_mutex_lock(&c->lock);
	struct slot *s = oldest(c, DONE);
	if (s)
		s->job.spoiled = true;
	pthread_mutex_unlock(&c->lock);
}

/* What the turn's end makes of its jobs. */
static void turn_over(struct checker *c, enum state staged, enum state settled)
{
	bool more = false;

	pthread_mutex_lock(&c->lock);
	for (int i = 0; i < CHECKER_JOBS; i++) {
		struct slot *s = &c->slots[i];
		enum state to = s->state == STAGED ? staged : s->state == SETTLED ? settled : s->state;
		more |= to == WAITS;
		if (to == FREE && s->state != FREE)
			set_free(s);
		else
			s->state = to;
	}
	if (more) /* most turns have no PIN: their end wakes nobody */
		pthread_cond_signal(&c->more);
	pthread_mutex_unlock(&c->lock);
}

void checker_commit(struct checker *c)
{
	turn_over(c, WAITS, FREE);
}

void checker_drop(struct checker *c)
{
	turn_over(c, FREE, DONE);
}

bool checker_busy(const struct checker *c)
{
	struct checker *m = locked(c);
	bool busy = false;

	for (int i = 0; i < CHECKER_JOBS; i++)
		busy |= m->slots[i].state != FREE;
	pthread_mutex_unlock(&m->lock);
	return busy;
}

bool checker_ready(const struct checker *c)
{
	struct checker *m = locked(c);
	bool ready = oldest(m, DONE) != NULL;

	pthread_mutex_unlock(&m->lock);
	return ready;
}

bool checker_step(struct checker *c)
{
	pthread_mutex_lock(&c->lock);
	struct slot *s = oldest(c, WAITS);
	if (s)
		s->state = HASHES;
	pthread_mutex_unlock(&c->lock);
	if (!s)
		return false;
	hash_one(&s->job);
	pthread_mutex_lock(&c->lock);
	s->state = DONE;
	pthread_mutex_unlock(&c->lock);
	return true;
}
