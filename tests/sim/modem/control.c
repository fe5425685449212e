/* control.c - see control.h. */
#include "tests/sim/modem/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "tests/sim/modem/commands.h"

#define LINE_LIMIT (256u << 10)

struct client {
	int fd;    /* -1 = free place */
	int place; /* in the poll array of this turn, 0 = not in it */
	bool events, waiting, ended;
	struct command_wait wait;
	struct out in, out;
};

struct control {
	struct sim *sim;
	int fd;
	bool quit;
	char path[108];
	struct client clients[CONTROL_CLIENTS];
};

static void emit(void *context, const char *line, size_t len)
{
	struct control *c = context;
	for (int i = 0; i < CONTROL_CLIENTS; i++)
		if (c->clients[i].fd >= 0 && c->clients[i].events)
			out_add(&c->clients[i].out, line, len);
}

static int address_of(const char *path, struct sockaddr_un *a)
{
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	size_t n = strlen(path);
	if (n == 0 || n >= sizeof(a->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a->sun_path, path, n + 1);
	return 0;
}

static int listen_at(const char *path)
{
	struct sockaddr_un a;
	struct stat st;
	if (address_of(path, &a) < 0)
		return -1;
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, CONTROL_CLIENTS) < 0) {
		int saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

struct control *control_new(struct sim *sim, const char *path)
{
	struct control *c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->sim = sim;
	for (int i = 0; i < CONTROL_CLIENTS; i++)
		c->clients[i].fd = -1;
	c->fd = listen_at(path);
	if (c->fd < 0) {
		free(c);
		return NULL;
	}
	snprintf(c->path, sizeof(c->path), "%s", path);
	sim->events.emit = emit;
	sim->events.context = c;
	return c;
}

static void drop(struct client *k)
{
	close(k->fd);
	out_free(&k->in);
	out_free(&k->out);
	*k = (struct client){.fd = -1};
}

void control_free(struct control *c)
{
	if (!c)
		return;
	c->sim->events.emit = NULL;
	for (int i = 0; i < CONTROL_CLIENTS; i++)
		if (c->clients[i].fd >= 0)
			drop(&c->clients[i]);
	close(c->fd);
	unlink(c->path);
	free(c);
}

int control_poll(struct control *c, struct pollfd *fds)
{
	int n = 0;
	fds[n++] = (struct pollfd){.fd = c->fd, .events = POLLIN};
	for (int i = 0; i < CONTROL_CLIENTS; i++) {
		struct client *k = &c->clients[i];
		if (k->fd < 0)
			continue;
		k->place = n;
		short events = k->ended ? 0 : POLLIN;
		if (out_size(&k->out) > 0)
			events |= POLLOUT;
		fds[n++] = (struct pollfd){.fd = k->fd, .events = events};
	}
	return n;
}

static void accept_clients(struct control *c)
{
	for (int i = 0; i < CONTROL_CLIENTS; i++) {
		if (c->clients[i].fd >= 0)
			continue;
		int fd = accept4(c->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		c->clients[i].fd = fd;
	}
}

/* Returns -1 when the client is gone. */
static int read_client(struct client *k)
{
	char buffer[16384];
	ssize_t n = k->ended ? -1 : recv(k->fd, buffer, sizeof(buffer), 0);
	if (n > 0)
		out_add(&k->in, buffer, (size_t)n);
	else if (n == 0)
		k->ended = true; /* it may have shut its writing side and still read */
	else if (!k->ended && errno != EAGAIN && errno != EINTR)
		return -1;
	return out_size(&k->in) > LINE_LIMIT ? -1 : 0;
}

static void run_lines(struct control *c, struct client *k, int64_t now)
{
	while (!k->waiting) {
		char *start = out_edit(&k->in);
		char *end = start ? memchr(start, '\n', out_size(&k->in)) : NULL;
		if (!end)
			return;
		*end = '\0';
		if (end > start && end[-1] == '\r')
			end[-1] = '\0';
		enum command_result r = command_run(c->sim, start, now, &k->out, &k->wait);
		out_take(&k->in, (size_t)(end - start) + 1);
		k->events = k->events || r == COMMAND_EVENTS;
		k->waiting = r == COMMAND_WAIT;
		c->quit = c->quit || r == COMMAND_QUIT;
	}
}

static int write_client(struct client *k)
{
	while (out_size(&k->out) > 0) {
		ssize_t n = send(k->fd, out_bytes(&k->out), out_size(&k->out), MSG_NOSIGNAL);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -1;
		out_take(&k->out, (size_t)n);
	}
	return 0;
}

static void run_client(struct control *c, struct client *k, int64_t now)
{
	if (read_client(k) < 0) {
		drop(k);
		return;
	}
	if (k->waiting && command_waited(c->sim, &k->wait, now, &k->out))
		k->waiting = false;
	run_lines(c, k, now);
	if (write_client(k) < 0 || (k->ended && !k->waiting && out_size(&k->out) == 0))
		drop(k);
}

static bool has_work(const struct client *k, const struct pollfd *fds)
{
	if (k->fd < 0)
		return false;
	bool ready = k->place == 0 || fds[k->place].revents != 0;
	return ready || k->waiting || out_size(&k->out) > 0;
}

void control_run(struct control *c, const struct pollfd *fds, int64_t now)
{
	if (fds[0].revents)
		accept_clients(c);
	for (int i = 0; i < CONTROL_CLIENTS; i++) {
		struct client *k = &c->clients[i];
		if (k->fd >= 0 && k->place > 0 && k->ended && (fds[k->place].revents & POLLHUP))
			drop(k); /* it asked for a wait and did not stay for the answer */
		else if (has_work(k, fds))
			run_client(c, k, now);
	}
}

int64_t control_next(const struct control *c)
{
	int64_t next = INT64_MAX;
	for (int i = 0; i < CONTROL_CLIENTS; i++) {
		const struct client *k = &c->clients[i];
		if (k->fd >= 0 && k->waiting && k->wait.deadline < next)
			next = k->wait.deadline;
	}
	return next;
}

bool control_quit(const struct control *c)
{
	return c->quit;
}

/* ---- client ---------------------------------------------------------------------------------- */

static int send_all(int fd, const char *bytes, size_t n)
{
	while (n > 0) {
		ssize_t k = send(fd, bytes, n, MSG_NOSIGNAL);
		if (k < 0 && errno != EINTR)
			return -1;
		bytes += k > 0 ? k : 0;
		n -= k > 0 ? (size_t)k : 0;
	}
	return 0;
}

int control_ask(const char *path, const char *command)
{
	struct sockaddr_un a;
	char buffer[16384], head[11] = "";
	size_t have = 0;
	if (address_of(path, &a) < 0)
		return 2;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return 2;
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    send_all(fd, command, strlen(command)) < 0 || send_all(fd, "\n", 1) < 0) {
		close(fd);
		return 2;
	}
	/* whoever asks for events stays connected; any other command is one line and the end */
	if (strncmp(command, "events", 6) != 0)
		shutdown(fd, SHUT_WR);
	ssize_t n;
	while ((n = recv(fd, buffer, sizeof(buffer), 0)) > 0) {
		for (ssize_t i = 0; i < n && have < 10; i++)
			head[have++] = buffer[i];
		fwrite(buffer, 1, (size_t)n, stdout);
		fflush(stdout);
	}
	close(fd);
	return strncmp(head, "{\"ok\":true", 10) == 0 ? 0 : 1;
}
