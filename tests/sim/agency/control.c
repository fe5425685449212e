/* control.c - the test's side of the simulated agency: a Unix socket that takes a command a line
 * and answers each with one line; and the client of it.  Calls script, record and libc.
 */
#include "tests/sim/agency/agency.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINE_MAX_OCTETS 8192

struct client {
	struct agency *a;
	int fd, wake; /* wake: written to when the program is to stop */
};

static bool put(int fd, const char *s, size_t n)
{
	while (n > 0) {
		ssize_t k = send(fd, s, n, MSG_NOSIGNAL);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		s += k;
		n -= (size_t)k;
	}
	return true;
}

static bool say(int fd, const char *text)
{
	return put(fd, text, strlen(text)) && put(fd, "\n", 1);
}

static bool say_info(const struct client *c)
{
	pthread_mutex_lock(&c->a->lock);
	json_t *j =
	    json_pack("{sisbsssIsI}", "port", (int)c->a->port, "tls", (int)c->a->tls, "secret",
		      c->a->secret ? c->a->secret : "", "requests", (json_int_t)c->a->n_records,
		      "connections", (json_int_t)c->a->n_connections);
	pthread_mutex_unlock(&c->a->lock);
	char *text = j ? json_dumps(j, JSON_COMPACT) : NULL;
	bool ok = say(c->fd, text ? text : "error");
	free(text);
	json_decref(j);
	return ok;
}

static bool say_wait(const struct client *c, char *words)
{
	unsigned long n = 0;
	long timeout = 10000;
	char *name, *value;
	while (next_word(&words, &name, &value)) {
		if (strcmp(name, "requests>") == 0 && value)
			n = strtoul(value, NULL, 10);
		else if (strcmp(name, "timeout") == 0 && value)
			timeout = strtol(value, NULL, 10);
		else
			return say(c->fd, "error wait requests>=N timeout=MS");
	}
	return say(c->fd, record_wait(c->a, n, timeout) ? "ok" : "timeout");
}

static bool say_requests(const struct client *c)
{
	char *all = record_all(c->a);
	bool ok = say(c->fd, all ? all : "error");
	free(all);
	return ok;
}

static bool obey(const struct client *c, char *line)
{
	char *words = line;
	char *name, *value;
	if (!next_word(&words, &name, &value))
		return say(c->fd, "error empty");
	if (strcmp(name, "requests") == 0)
		return say_requests(c);
	if (strcmp(name, "wait") == 0)
		return say_wait(c, words);
	if (strcmp(name, "info") == 0)
		return say_info(c);
	if (strcmp(name, "stop") == 0) {
		/* the answer first: the program may be gone as soon as it is woken */
		return say(c->fd, "ok") && write(c->wake, "x", 1) == 1;
	}
	if (strcmp(name, "clear") == 0) {
		record_clear(c->a);
		return say(c->fd, "ok");
	}
	if (strcmp(name, "reset") == 0) {
		rule_reset(c->a);
		return say(c->fd, "ok");
	}
	const char *fault = rule_add(c->a, name, words);
	if (fault[0] == '\0')
		return say(c->fd, "ok");
	char text[128];
	snprintf(text, sizeof text, "error %s", fault);
	return say(c->fd, text);
}

static void *serve(void *arg)
{
	struct client *c = arg;
	char *line = NULL;
	size_t room = 0;
	ssize_t n;
	int copy = dup(c->fd);
	FILE *in = copy >= 0 ? fdopen(copy, "r") : NULL;
	while (in && (n = getline(&line, &room, in)) > 0 && n < LINE_MAX_OCTETS) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!obey(c, line))
			break;
	}
	if (in)
		fclose(in);
	free(line);
	close(c->fd);
	free(c);
	return NULL;
}

static void start_client(struct agency *a, int fd, int wake)
{
	struct client *c = malloc(sizeof *c);
	pthread_t t;
	if (c) {
		*c = (struct client){a, fd, wake};
		if (pthread_create(&t, NULL, serve, c) == 0) {
			pthread_detach(t);
			return;
		}
	}
	free(c);
	close(fd);
}

static int address(const char *path, struct sockaddr_un *un)
{
	memset(un, 0, sizeof *un);
	un->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof un->sun_path)
		return -1;
	memcpy(un->sun_path, path, strlen(path) + 1);
	return 0;
}

int control_listen(const char *path)
{
	struct sockaddr_un un;
	if (address(path, &un) < 0)
		return -1;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unlink(path);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&un, sizeof un) == 0 && listen(fd, 16) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

void control_loop(struct agency *a, int fd, int signals)
{
	int wake[2];
	if (pipe(wake) < 0)
		return;
	struct pollfd p[] = {{fd, POLLIN, 0}, {signals, POLLIN, 0}, {wake[0], POLLIN, 0}};
	for (;;) {
		if (poll(p, 3, -1) < 0 && errno != EINTR)
			break;
		if (p[1].revents || p[2].revents)
			break;
		if (p[0].revents) {
			int c = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
			if (c >= 0)
				start_client(a, c, wake[1]);
		}
	}
}

int control_call(const char *path, const char *command)
{
	struct sockaddr_un un;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), rc = 1;
	char *line = NULL;
	size_t room = 0;
	if (fd < 0 || address(path, &un) < 0 ||
	    connect(fd, (struct sockaddr *)&un, sizeof un) < 0) {
		perror("sim-agency: control socket");
		if (fd >= 0)
			close(fd);
		return 1;
	}
	FILE *in = fdopen(fd, "r");
	if (in && say(fd, command) && getline(&line, &room, in) > 0) {
		fputs(line, stdout);
		rc = strncmp(line, "error", 5) == 0 || strncmp(line, "timeout", 7) == 0;
	}
	free(line);
	if (in)
		fclose(in);
	else
		close(fd);
	return rc;
}
