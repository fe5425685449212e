/* fuzz_courier_frames.c - what the hub sends the courier, arbitrary octets, from the settings on; the
 * deliveries themselves are played.
 *
 * Oracle: settings are brought within bounds; files and ports that are allowed are names and numbers;
 * each delivery that began has an announced deadline; the courier ends with the socket.  */
#include <assert.h>

#include "gateway/hub/confine.h"
#include "tests/fuzz/frames.h"

#include "gateway/courier/courier.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned going;

int confine_finish(const struct confine *c, char *what)
{
	size_t n = 0;
	while (n < CONFINE_FILES_MAX && c->read[n])
		assert(c->read[n++][0]);
	assert(n < CONFINE_FILES_MAX && c->n_ports >= 1 && c->n_ports <= CONFINE_PORTS_MAX);
	for (size_t i = 0; i < c->n_ports; i++)
		assert(c->port[i] != 0);
	what[0] = '\0';
	return 0;
}

bool confine_stale(void)
{
	return going > 40;
}

struct http *http_open(const struct http_settings *s)
{
	static int it;
	assert(s->parallel >= 1 && s->parallel <= HTTP_PARALLEL_MAX && s->connect_ms >= 1);
	assert(s->user_agent && s->user_agent[0]);
	return (struct http *)(void *)&it;
}

int http_start(struct http *h, const struct wire_work_http *w, const char **why)
{
	(void)h;
	*why = "played";
	if (w->body.len % 3 == 1)
		return WIRE_HTTP_REFUSED;
	going++;
	return 0;
}

int http_move(struct http *h, int (*done)(void *arg, const struct wire_done_http *d), void *arg)
{
	struct wire_done_http d = {.job = going, .result = WIRE_HTTP_ANSWERED, .status = 200, .retry_after = -1};
	(void)h;
	if (going == 0)
		return 0;
	going--;
	return done(arg, &d);
}

void http_close(struct http *h)
{
	(void)h;
}

int http_wait(struct http *h, int fd, bool *readable)
{
	(void)h;
	*readable = fd >= 0;
	return 0;
}

unsigned http_running(const struct http *h)
{
	(void)h;
	return going;
}

const char *http_version(void)
{
	return "played";
}

int64_t http_now_ms(void)
{
	static int64_t now;
	return now += 100;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int hub, fd = frames_socket(data, size, &hub);
	assert(fd >= 0);
	going = 0;
	int rc = courier_run(fd);
	assert(rc >= COURIER_STOPPED && rc <= COURIER_RENEW);
	close(hub);
	close(fd);
	return 0;
}
