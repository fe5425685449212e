/* http.c - the simulated agency's listener.  The one file here that includes microhttpd.h.
 *
 * A thread a connection, so that a delay or an endless body is a plain sleep or loop and holds up
 * nobody else.  The faults use what the library allows: refusing at accept, returning MHD_NO, and
 * writing half a head on the connection's own descriptor.
 */
#include "tests/sim/agency/agency.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct request { /* from the first call of the handler to the end */
	char *body;
	size_t len;
	bool too_big;
};

static enum MHD_Result header(void *arg, enum MHD_ValueKind kind, const char *name,
			      const char *value)
{
	json_t *all = arg;
	char lower[256];
	size_t n = strlen(name);
	(void)kind;
	if (n >= sizeof lower)
		return MHD_YES;
	for (size_t i = 0; i <= n; i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	const char *text = value ? value : "";
	json_t *before = json_object_get(all, lower);
	json_t *now =
	    before ? json_sprintf("%s, %s", json_string_value(before), text) : json_string(text);
	json_object_set_new(all, lower, now ? now : json_string("(not UTF-8)"));
	return MHD_YES;
}

static unsigned long connection_number(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *i =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return i && i->socket_context ? *(unsigned long *)i->socket_context : 0;
}

static void record(struct agency *a, struct MHD_Connection *c, const char *method, const char *url,
		   const struct request *r, const struct rule *answer)
{
	json_t *headers = json_object();
	MHD_get_connection_values(c, MHD_HEADER_KIND, header, headers);
	record_add(a, method, url, headers, r ? r->body : NULL, r ? r->len : 0,
		   connection_number(c), answer);
}

/* False when the simulator stops meanwhile. */
static bool pause_for(struct agency *a, long ms)
{
	struct timespec until;
	deadline_in(&until, ms);
	pthread_mutex_lock(&a->lock);
	while (!a->stopping)
		if (pthread_cond_timedwait(&a->moved, &a->lock, &until) != 0)
			break;
	bool on = !a->stopping;
	pthread_mutex_unlock(&a->lock);
	return on;
}

static ssize_t endless(void *arg, uint64_t at, char *buf, size_t max)
{
	struct agency *a = arg;
	(void)at;
	if (!pause_for(a, 1)) /* fast, but a client that stops reading is not flooded */
		return MHD_CONTENT_READER_END_WITH_ERROR;
	memset(buf, 'x', max);
	return (ssize_t)max;
}

static enum MHD_Result half_headers(struct MHD_Connection *c)
{
	static const char half[] = "HTTP/1.1 200 OK\r\nContent-Ty";
	const union MHD_ConnectionInfo *i =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (i)
		(void)send(i->connect_fd, half, sizeof half - 1, MSG_NOSIGNAL);
	return MHD_NO;
}

static enum MHD_Result answer(struct agency *a, struct MHD_Connection *c, const struct rule *r)
{
	struct MHD_Response *m;
	if (r->kind == RULE_ENDLESS)
		m = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, endless, a, NULL);
	else
		m = MHD_create_response_from_buffer(strlen(r->body), (void *)(uintptr_t)r->body,
						    MHD_RESPMEM_MUST_COPY);
	if (!m)
		return MHD_NO;
	MHD_add_response_header(m, "Content-Type", r->type);
	if (r->retry_after[0])
		MHD_add_response_header(m, "Retry-After", r->retry_after);
	if (r->location[0])
		MHD_add_response_header(m, "Location", r->location);
	enum MHD_Result rc = MHD_queue_response(c, r->status, m);
	MHD_destroy_response(m);
	return rc;
}

static void gather(struct request *r, const char *data, size_t n)
{
	if (r->too_big || r->len + n > BODY_MAX) {
		r->too_big = true;
		return;
	}
	char *more = realloc(r->body, r->len + n);
	if (!more) {
		r->too_big = true;
		return;
	}
	memcpy(more + r->len, data, n);
	r->body = more;
	r->len += n;
}

static enum MHD_Result first_call(struct agency *a, struct MHD_Connection *c, const char *method,
				  const char *url, void **state)
{
	struct rule rule;
	if (rule_pick(a, true, url, &rule)) {
		record(a, c, method, url, NULL, &rule);
		return MHD_NO;
	}
	*state = calloc(1, sizeof(struct request));
	return *state ? MHD_YES : MHD_NO;
}

static enum MHD_Result handle(void *arg, struct MHD_Connection *c, const char *url,
			      const char *method, const char *version, const char *data,
			      size_t *len, void **state)
{
	struct agency *a = arg;
	struct request *r = *state;
	struct rule rule;
	(void)version;
	if (!r)
		return first_call(a, c, method, url, state);
	if (*len > 0) {
		gather(r, data, *len);
		*len = 0;
		return MHD_YES;
	}
	rule_pick(a, false, url, &rule);
	if (r->too_big) {
		rule = (struct rule){.status = 413, .count = -1, .type = "text/plain"};
		r->len = 0;
	}
	record(a, c, method, url, r, &rule);
	if (rule.delay_ms > 0 && !pause_for(a, rule.delay_ms))
		return MHD_NO;
	if (rule.kind == RULE_CLOSE_AFTER || rule.kind == RULE_CLOSE_BEFORE)
		return MHD_NO;
	return rule.kind == RULE_HALF_HEADERS ? half_headers(c) : answer(a, c, &rule);
}

static void completed(void *arg, struct MHD_Connection *c, void **state,
		      enum MHD_RequestTerminationCode why)
{
	struct request *r = *state;
	(void)arg;
	(void)c;
	(void)why;
	if (r)
		free(r->body);
	free(r);
	*state = NULL;
}

/* At accept, before anything of the request is read; only a rule without a path can be meant. */
static enum MHD_Result accepted(void *arg, const struct sockaddr *addr, socklen_t len)
{
	struct agency *a = arg;
	struct rule rule;
	(void)addr;
	(void)len;
	if (!rule_pick(a, true, NULL, &rule))
		return MHD_YES;
	record_add(a, "", "", NULL, NULL, 0, 0, &rule);
	return MHD_NO;
}

static void connection(void *arg, struct MHD_Connection *c, void **context,
		       enum MHD_ConnectionNotificationCode code)
{
	struct agency *a = arg;
	(void)c;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		free(*context);
		*context = NULL;
		return;
	}
	unsigned long *n = malloc(sizeof *n);
	pthread_mutex_lock(&a->lock);
	a->n_connections++;
	if (n)
		*n = a->n_connections;
	pthread_mutex_unlock(&a->lock);
	*context = n;
}

struct MHD_Daemon *http_listen(struct agency *a, const struct listener *l)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)l->port)};
	if (inet_pton(AF_INET, l->host, &in.sin_addr) != 1)
		return NULL;
	struct MHD_OptionItem tls[] = {{MHD_OPTION_HTTPS_MEM_CERT, 0, l->cert},
				       {MHD_OPTION_HTTPS_MEM_KEY, 0, l->key},
				       {MHD_OPTION_END, 0, NULL}};
	struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
	unsigned flags =
	    MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL;
	if (l->cert)
		flags |= MHD_USE_TLS;
	struct MHD_Daemon *d = MHD_start_daemon(
	    flags, (uint16_t)l->port, accepted, a, handle, a, MHD_OPTION_SOCK_ADDR,
	    (struct sockaddr *)&in, MHD_OPTION_NOTIFY_COMPLETED, completed, a,
	    MHD_OPTION_NOTIFY_CONNECTION, connection, a, MHD_OPTION_CONNECTION_LIMIT, 256u,
	    MHD_OPTION_CONNECTION_TIMEOUT, 120u,
	    MHD_OPTION_ARRAY, l->cert ? tls : none, MHD_OPTION_END);
	if (!d)
		return NULL;
	const union MHD_DaemonInfo *i = MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT);
	a->port = i ? i->port : l->port;
	a->tls = l->cert != NULL;
	return d;
}

void http_stop(struct agency *a, struct MHD_Daemon *d)
{
	pthread_mutex_lock(&a->lock);
	a->stopping = true;
	pthread_cond_broadcast(&a->moved);
	pthread_mutex_unlock(&a->lock);
	MHD_stop_daemon(d);
}
