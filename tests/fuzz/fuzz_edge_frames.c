/* fuzz_edge_frames.c - what the hub sends the edge, arbitrary octets: settings, blocks of providers,
 * replies to requests that wait; the HTTP server is played.
 *
 * Oracle: settings are brought within bounds; an answer is within its room; the edge ends with the
 * socket, and what it owned is freed.  */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "gateway/hub/confine.h"
#include "tests/fuzz/frames.h"

static FILE *no_file(const char *path, const char *mode)
{
	(void)path;
	(void)mode;
	return NULL; /* a certificate's name is the hub's to choose: nothing is opened here */
}

#define fopen no_file
#include "gateway/edge/edge.c"
#undef fopen

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Requests that wait, as each kind of route leaves them. */
#define KINDS 6
static struct {
	_Alignas(16) unsigned char state[SERVER_STATE];
	bool waits;
} asked[KINDS];
static struct server_events events;
static int turns;

static void ask(int k)
{
	static const char *const paths[KINDS] = {"/health", "/ussd/p", "/ussd/p", "/sms/s", "/answers/MUN",
						 "/a/0123456789abcdef0123456789abcdef"};
	static const char form[] = "sessionId=s&phone=355692000001&serviceCode=1&text=1&from=1&to=2&id=3";
	static struct edge_answer out;
	struct edge_request rq;
	memset(&rq, 0, sizeof rq);
	memset(asked[k].state, 0, sizeof asked[k].state);
	rq.method = k == 0 || k == 5 ? "GET" : "POST";
	rq.path = paths[k];
	snprintf(rq.peer, sizeof rq.peer, "192.0.2.1");
	rq.header[rq.n_headers++] = (struct edge_pair){{"Content-Type", 12}, {"application/x-www-form-urlencoded", 33}};
	rq.body = (struct edge_str){form, sizeof form - 1};
	asked[k].waits = !events.request(events.arg, (uint64_t)k + 1, &rq, asked[k].state, &out);
}

int confine_finish(const struct confine *c, char *what)
{
	assert(c->kind == CONFINE_EDGE && c->files >= 4 && c->files <= 4096 + FILES_SPARE);
	what[0] = '\0';
	return 0;
}

struct server *server_open(const struct server_settings *s, const struct server_events *ev, const char **why)
{
	static int it;
	events = *ev;
	*why = "played";
	assert(s->connections >= 4 && s->per_address >= 1 && s->request_s >= 1 && s->body_max >= 256);
	return s->listen[0] ? (struct server *)(void *)&it : NULL;
}

void server_close(struct server *s)
{
	(void)s;
}

int server_fd(const struct server *s)
{
	(void)s;
	return -1;
}

int server_timeout_ms(struct server *s)
{
	(void)s;
	return 0;
}

int server_run(struct server *s)
{
	(void)s;
	ask(turns % KINDS);
	return ++turns > 1000 ? -1 : 0;
}

void *server_state(struct server *s, uint64_t token)
{
	(void)s;
	return token >= 1 && token <= KINDS && asked[token - 1].waits ? asked[token - 1].state : NULL;
}

bool server_answer(struct server *s, uint64_t token, const struct edge_answer *a)
{
	(void)s;
	assert(asked[token - 1].waits);
	asked[token - 1].waits = false;
	assert(a->len <= sizeof a->body && a->status >= 100 && a->status <= 599);
	return true;
}

unsigned server_waiting(const struct server *s)
{
	(void)s;
	return 0;
}

void server_quiesce(struct server *s)
{
	(void)s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int hub, fd = frames_socket(data, size, &hub);
	assert(fd >= 0);
	memset(asked, 0, sizeof asked);
	turns = 0;
	int rc = edge_run(fd);
	assert(rc >= 0 && rc <= 8);
	close(hub);
	close(fd);
	return 0;
}
