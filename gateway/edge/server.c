/* server.c - see server.h. */
#include "gateway/edge/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MEMORY 16384   /* octets a connection: its head must fit; cleared for each request */
#define BACKLOG 128
#define SLACK (1 << 20) /* of a body that is too long so much is swallowed before the cut */
#define TICK_MS 1000
#define BUCKETS 256
#define IMPATIENT_MS 200

struct connection { /* from accept to close */
	struct connection *next, **link;
	int fd;
	int64_t since;  /* its request's first octet, or when it became idle */
	bool waits;     /* suspended */
	char peer[64];  /* numeric address */
};
struct request { /* one request of a connection */
	struct server *s;
	struct request *next, **link; /* of those that wait */
	struct connection *c;
	struct MHD_Connection *mhd;
	uint64_t token;
	int64_t since, due;    /* due: it is answered by then, by whomever */
	const char *refused;   /* ambiguous or too long: the body is not kept */
	unsigned status;       /* of the refusal */
	bool asked, waited, expired, answered, gone; /* gone: who asked had hung up before the answer */
	char *body;
	size_t len, room;
	struct MHD_Response *response; /* the answer, until it is queued */
	unsigned answer_status;
	_Alignas(16) unsigned char state[SERVER_STATE]; /* of a request that waits */
};
struct server {
	struct server_settings set;
	struct server_events ev;
	struct MHD_Daemon *daemon;
	struct connection *connections;
	struct request *waiting[BUCKETS]; /* by token */
	struct request *spare; /* by next: overwritten, to be used again; as many as there once were at a time */
	unsigned n_waiting;
	uint64_t last_token;
	int64_t swept, due;    /* the earliest of those that wait */
};

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- connections ---- */

static void peer_of(struct MHD_Connection *mhd, char *out, socklen_t max)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *sa = i ? i->client_addr : NULL;
	const void *at = !sa			     ? NULL
			 : sa->sa_family == AF_INET6 ? (const void *)&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr
						     : (const void *)&((const struct sockaddr_in *)(const void *)sa)->sin_addr;
	if (!at || !inet_ntop(sa->sa_family, at, out, max))
		snprintf(out, max, "?");
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **socket_context,
			  enum MHD_ConnectionNotificationCode what)
{
	struct server *s = cls;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *i =
		    MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
		struct connection *c = calloc(1, sizeof *c);
		*socket_context = c;
		if (!c || !i) {
			free(c);
			*socket_context = NULL;
			return;
		}
		c->fd = i->connect_fd;
		peer_of(mhd, c->peer, sizeof c->peer);
		c->since = now_ms();
		c->next = s->connections;
		c->link = &s->connections;
		if (c->next)
			c->next->link = &c->next;
		s->connections = c;
	} else if (*socket_context) {
		struct connection *c = *socket_context;
		*c->link = c->next;
		if (c->next)
			c->next->link = c->link;
		free(c);
		*socket_context = NULL;
	}
}

/* The server library times out silence, not slowness: whoever sends an octet now and then would hold
 * his connection for ever. */
static void cut_slow(struct server *s, int64_t now)
{
	for (struct connection *c = s->connections; c; c = c->next)
		if (!c->waits && now - c->since > (int64_t)s->set.request_s * 1000)
			shutdown(c->fd, SHUT_RDWR);
}

/* ---- one request ---- */

static enum MHD_Result take_pair(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_len,
				 const char *value, size_t value_len)
{
	struct edge_request *rq = cls;
	bool arg = kind == MHD_GET_ARGUMENT_KIND;
	size_t *n = arg ? &rq->n_args : &rq->n_headers;
	if (*n == EDGE_PAIRS_MAX)
		return MHD_NO;
	(arg ? rq->arg : rq->header)[(*n)++] =
	    (struct edge_pair){{key, key_len}, {value ? value : "", value ? value_len : 0}};
	return MHD_YES;
}

/* False: more pairs than are looked at. */
static bool view(struct MHD_Connection *mhd, const char *method, const char *path, struct edge_request *rq)
{
	rq->method = method;
	rq->path = path;
	rq->n_args = rq->n_headers = 0;
	rq->body = (struct edge_str){NULL, 0};
	MHD_get_connection_values_n(mhd, MHD_GET_ARGUMENT_KIND, take_pair, rq);
	MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, take_pair, rq);
	return rq->n_args < EDGE_PAIRS_MAX && rq->n_headers < EDGE_PAIRS_MAX;
}

static void refuse(struct request *r, unsigned status, const char *why)
{
	if (!r->refused) {
		r->refused = why;
		r->status = status;
	}
}

/* The head is there: what can be refused at once is. */
static void judge_head(struct request *r, const struct edge_request *rq, bool all_seen)
{
	const char *why = request_ambiguous(rq);
	struct edge_str length = request_header(rq, "Content-Length", NULL);
	if (!all_seen)
		refuse(r, 400, "too many headers or arguments");
	else if (why)
		refuse(r, 400, why);
	else if (length.s && (length.len > 9 || strtoul(length.s, NULL, 10) > r->s->set.body_max))
		refuse(r, 413, "the body is too long");
}

static struct request *request_new(struct server *s, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *i = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct request *r = s->spare;
	if (r)
		s->spare = r->next;
	else
		r = malloc(sizeof *r);
	if (!r)
		return NULL;
	memset(r, 0, offsetof(struct request, state)); /* state is written before it is read */
	r->s = s;
	r->mhd = mhd;
	r->c = i ? i->socket_context : NULL;
	r->since = now_ms();
	return r;
}

/* What it kept of the caller goes with it.  A block of 2 KB given back and asked for again, each time, has the
 * C library join its small ones. */
static void request_free(struct request *r)
{
	struct server *s = r->s;
	if (r->response)
		MHD_destroy_response(r->response);
	free(r->body);
	explicit_bzero(r, sizeof *r);
	r->next = s->spare;
	s->spare = r;
}

static bool add_body(struct request *r, const char *data, size_t n)
{
	r->len += n;
	if (r->len > r->s->set.body_max)
		refuse(r, 413, "the body is too long");
	if (r->refused)
		return r->len <= r->s->set.body_max + SLACK;
	if (r->len > r->room) {
		size_t room = r->len * 2 < r->s->set.body_max ? r->len * 2 : r->s->set.body_max;
		char *body = realloc(r->body, room);
		if (!body)
			return false;
		r->body = body;
		r->room = room;
	}
	memcpy(r->body + r->len - n, data, n);
	return true;
}

/* False: no memory; the request ends without an answer. */
static bool make_response(struct request *r, const struct edge_answer *a)
{
	static const char *const always[][2] = {{"Cache-Control", "no-store"},
						{"X-Content-Type-Options", "nosniff"},
						{"Referrer-Policy", "no-referrer"}};
	struct MHD_Response *m =
	    MHD_create_response_from_buffer(a->len, (void *)(uintptr_t)a->body, MHD_RESPMEM_MUST_COPY);
	if (!m)
		return false;
	if (a->type)
		MHD_add_response_header(m, "Content-Type", a->type);
	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
		MHD_add_response_header(m, always[i][0], always[i][1]);
	for (unsigned i = 0; i < a->n_headers; i++) {
		char name[160];
		snprintf(name, sizeof name, "%s", a->header[i]);
		char *colon = strstr(name, ": ");
		if (colon) {
			*colon = '\0';
			MHD_add_response_header(m, name, colon + 2);
		}
	}
	if (a->close)
		MHD_add_response_header(m, "Connection", "close");
	r->response = m;
	r->answer_status = a->status;
	return true;
}

static enum MHD_Result send_response(struct request *r)
{
	/* its memory is the request's until on_completed */
	return r->response ? MHD_queue_response(r->mhd, r->answer_status, r->response) : MHD_NO;
}

static enum MHD_Result send_answer(struct request *r, const struct edge_answer *a)
{
	return make_response(r, a) ? send_response(r) : MHD_NO;
}

/* Its head; a body of 24 KB is not cleared for each request. */
static void answer_begin(struct edge_answer *a)
{
	memset(a, 0, offsetof(struct edge_answer, body));
	a->len = 0;
}

static void wait_for_answer(struct request *r)
{
	struct server *s = r->s;
	r->link = &s->waiting[r->token % BUCKETS];
	r->next = *r->link;
	if (r->next)
		r->next->link = &r->next;
	*r->link = r;
	s->n_waiting++;
	if (r->c)
		r->c->waits = true;
	MHD_suspend_connection(r->mhd);
}

static void wait_over(struct request *r)
{
	if (!r->link)
		return;
	*r->link = r->next;
	if (r->next)
		r->next->link = r->link;
	r->link = NULL;
	r->s->n_waiting--;
	if (r->c) {
		r->c->waits = false;
		r->c->since = now_ms();
	}
}

/* The request is whole. */
static enum MHD_Result ask(struct request *r, const struct edge_request *rq)
{
	static struct edge_answer a; /* 25 KB; one thread */
	struct server *s = r->s;
	r->asked = true;
	r->token = ++s->last_token;
	answer_begin(&a);
	if (r->refused) {
		answer_problem(&a, r->status, r->refused);
		a.close = true;
		return send_answer(r, &a);
	}
	if (s->ev.request(s->ev.arg, r->token, rq, r->state, &a))
		return send_answer(r, &a);
	int64_t longest = (int64_t)s->set.request_s * 1000;
	r->due = r->since + (a.wait_ms && a.wait_ms < longest ? a.wait_ms : longest);
	if (s->n_waiting == 0 || r->due < s->due)
		s->due = r->due;
	free(r->body); /* what is still needed was copied into state */
	r->body = NULL;
	r->waited = true;
	wait_for_answer(r);
	return MHD_YES;
}

/* Stands in place of a request whose path holds a zero octet: the library hands it over cut there. */
static char cut_path;

static void *on_target(void *cls, const char *target, struct MHD_Connection *mhd)
{
	const char *zero = strstr(target, "%00");
	(void)cls, (void)mhd;
	return zero && zero < target + strcspn(target, "?") ? &cut_path : NULL;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *path,
				  const char *method, const char *version, const char *data, size_t *n,
				  void **con)
{
	static struct edge_request rq; /* one thread */
	struct server *s = cls;
	bool cut = *con == &cut_path;
	struct request *r = cut ? NULL : *con;
	(void)version;
	if (!r) {
		r = request_new(s, mhd);
		*con = r;
		if (!r)
			return MHD_NO;
		if (cut)
			refuse(r, 400, "a zero octet in the path");
		judge_head(r, &rq, view(mhd, method, path, &rq));
		if (!r->refused)
			return MHD_YES;
		/* Answered before its body is read: where a body ends is just what is in doubt. */
		return ask(r, &rq);
	}
	if (*n > 0) {
		bool ok = add_body(r, data, *n);
		*n = 0;
		return ok ? MHD_YES : MHD_NO;
	}
	if (r->answered)
		return send_response(r);
	if (r->asked)
		return MHD_YES;
	view(mhd, method, path, &rq);
	if (r->c)
		memcpy(rq.peer, r->c->peer, sizeof rq.peer);
	else
		peer_of(mhd, rq.peer, sizeof rq.peer);
	rq.body = (struct edge_str){r->body ? r->body : "", r->body ? r->len : 0};
	return ask(r, &rq);
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **con,
			 enum MHD_RequestTerminationCode why)
{
	struct request *r = *con;
	struct server *s = cls;
	(void)mhd;
	if (!r || *con == &cut_path)
		return;
	wait_over(r);
	if (r->waited && !r->expired && (r->gone || why != MHD_REQUEST_TERMINATED_COMPLETED_OK))
		s->ev.unheard(s->ev.arg, r->token, r->state);
	if (r->c)
		r->c->since = now_ms();
	request_free(r);
	*con = NULL;
}

/* ---- waiting requests ---- */

static struct request *find(struct server *s, uint64_t token)
{
	for (struct request *r = s->waiting[token % BUCKETS]; r; r = r->next)
		if (r->token == token)
			return r;
	return NULL;
}

void *server_state(struct server *s, uint64_t token)
{
	struct request *r = find(s, token);
	return r ? r->state : NULL;
}

static void resume(struct request *r, const struct edge_answer *a)
{
	wait_over(r);
	r->answered = true;
	make_response(r, a); /* without memory for it the connection is cut */
	MHD_resume_connection(r->mhd);
}

/* Has he hung up?  What is written to such a connection is taken all the same, so the writing does not
 * tell.  Asked only after a wait in which somebody may have lost patience. */
static bool hung_up(const struct request *r, int64_t now)
{
	struct pollfd p = {.fd = r->c ? r->c->fd : -1, .events = POLLRDHUP};
	return now - r->since >= IMPATIENT_MS && poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

bool server_answer(struct server *s, uint64_t token, const struct edge_answer *a)
{
	struct request *r = find(s, token);
	if (!r)
		return false;
	r->gone = hung_up(r, now_ms());
	resume(r, a);
	return true;
}

static void expire_bucket(struct server *s, struct request *first, int64_t now)
{
	static struct edge_answer a; /* 25 KB; one thread */
	for (struct request *r = first, *next; r; r = next) {
		next = r->next;
		if (now < r->due) {
			s->due = r->due < s->due ? r->due : s->due;
			continue;
		}
		answer_begin(&a);
		s->ev.expired(s->ev.arg, r->token, r->state, &a);
		r->expired = true;
		resume(r, &a);
	}
}

static void expire(struct server *s, int64_t now)
{
	s->due = INT64_MAX;
	for (size_t i = 0; i < BUCKETS; i++)
		expire_bucket(s, s->waiting[i], now);
}

unsigned server_waiting(const struct server *s)
{
	return s->n_waiting;
}

/* ---- start and loop ---- */

/* "[::1]:8480" or "127.0.0.1:8480": numeric, since what the edge listens on is no matter of names. */
static int listen_on(const char *text, const char **why)
{
	char host[80];
	const char *colon = strrchr(text, ':');
	size_t n = colon ? (size_t)(colon - text) : 0;
	bool brackets = n > 1 && text[0] == '[' && text[n - 1] == ']';
	*why = "not an address and a port";
	if (!colon || n >= sizeof host)
		return -1;
	snprintf(host, sizeof host, "%.*s", (int)(brackets ? n - 2 : n), brackets ? text + 1 : text);
	struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
				 .ai_socktype = SOCK_STREAM},
			*ai = NULL;
	if (getaddrinfo(host, colon + 1, &hints, &ai) != 0)
		return -1;
	int one = 1, fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool ok = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
		  bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
	if (!ok) {
		*why = strerror(errno);
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(ai);
	return fd;
}

static void silent(void *arg, const char *fmt, va_list ap)
{
	(void)arg, (void)fmt, (void)ap; /* it would quote requests */
}

static struct MHD_Daemon *start(struct server *s, int fd)
{
	unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	struct MHD_OptionItem tls[] = {
	    {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)s->set.tls_cert},
	    {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)s->set.tls_key},
	    {MHD_OPTION_END, 0, NULL}};
	if (s->set.tls_cert)
		flags |= MHD_USE_TLS;
	else
		tls[0].option = MHD_OPTION_END;
	return MHD_start_daemon(
	    flags, 0, NULL, NULL, on_request, s, MHD_OPTION_EXTERNAL_LOGGER, silent, NULL,
	    MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, s->set.connections,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, s->set.per_address, MHD_OPTION_CONNECTION_TIMEOUT,
	    s->set.request_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
	    MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_target, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

struct server *server_open(const struct server_settings *set, const struct server_events *ev, const char **why)
{
	struct server *s = calloc(1, sizeof *s);
	int fd = listen_on(set->listen, why);
	if (!s || fd < 0) {
		free(s);
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	s->set = *set;
	s->ev = *ev;
	s->daemon = start(s, fd);
	if (!s->daemon) {
		*why = set->tls_cert ? "the certificate or its key is not understood"
				     : "the server library does not start";
		close(fd);
		free(s);
		return NULL;
	}
	return s;
}

void server_close(struct server *s)
{
	static struct edge_answer a; /* 25 KB; one thread */
	if (!s)
		return;
	answer_begin(&a);
	answer_problem(&a, 503, "the gateway is stopping");
	for (size_t i = 0; i < BUCKETS; i++)
		while (s->waiting[i])
			resume(s->waiting[i], &a);
	MHD_run(s->daemon);
	MHD_stop_daemon(s->daemon);
	for (struct request *r = s->spare, *next; r; r = next) {
		next = r->next;
		free(r);
	}
	free(s);
}

void server_quiesce(struct server *s)
{
	int fd = MHD_quiesce_daemon(s->daemon);
	if (fd >= 0)
		close(fd);
}

int server_fd(const struct server *s)
{
	const union MHD_DaemonInfo *i = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	return i ? i->epoll_fd : -1;
}

int server_timeout_ms(struct server *s)
{
	MHD_UNSIGNED_LONG_LONG wait;
	int64_t left = s->n_waiting ? s->due - now_ms() : TICK_MS;
	int tick = left < 1 ? 1 : left < TICK_MS ? (int)left : TICK_MS;
	if (MHD_get_timeout(s->daemon, &wait) == MHD_YES && wait < (unsigned)tick)
		return (int)wait;
	return tick;
}

int server_run(struct server *s)
{
	int64_t now = now_ms();
	if (MHD_run(s->daemon) != MHD_YES)
		return -1;
	if (s->n_waiting && now >= s->due)
		expire(s, now);
	if (now - s->swept >= TICK_MS) {
		s->swept = now;
		cut_slow(s, now);
	}
	return 0;
}
