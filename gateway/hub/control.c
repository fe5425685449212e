/* control.c - see control.h. */
#include "gateway/hub/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/hub/clock.h"

struct client {
	int fd, uid;
	unsigned serial;
	bool asked;              /* a request is out: read no further before it is answered */
	bool ended;              /* the asker closed its sending side */
	char *in, *out;
	size_t in_len, in_cap, out_len, out_sent;
};
struct control {
	int fd;
	char path[108];
	unsigned serial;
	struct client client[CONTROL_CLIENTS];
	int polled[CONTROL_CLIENTS];
	size_t n_polled;
};

static int address(const char *path, struct sockaddr_un *sa)
{
	memset(sa, 0, sizeof *sa);
	sa->sun_family = AF_UNIX;
	int n = snprintf(sa->sun_path, sizeof sa->sun_path, "%s", path);
	if (n > 0 && (size_t)n < sizeof sa->sun_path)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

struct control *control_listen(const char *path, char *err, size_t errlen)
{
	struct sockaddr_un sa;
	struct control *c = calloc(1, sizeof *c);
	if (!c || address(path, &sa) < 0)
		goto fail;
	for (int i = 0; i < CONTROL_CLIENTS; i++)
		c->client[i].fd = -1;
	c->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		goto fail;
	struct stat sb;
	if (lstat(path, &sb) == 0 && !S_ISSOCK(sb.st_mode)) {
		snprintf(err, errlen, "%s: exists and is no socket; remove it or set hub.control", path);
		close(c->fd);
		free(c);
		return NULL;
	}
	unlink(path);
	/* The mode is set before the name is there to connect to: umask, not chmod afterwards. */
	mode_t old = umask(0177);
	int rc = bind(c->fd, (struct sockaddr *)&sa, sizeof sa);
	umask(old);
	if (rc < 0 || listen(c->fd, CONTROL_CLIENTS) < 0) {
		close(c->fd);
		goto fail;
	}
	snprintf(c->path, sizeof c->path, "%s", path);
	return c;
fail:
	snprintf(err, errlen, "%s: %s (the folder of hub.control must exist and be writable)", path,
		 strerror(errno));
	free(c);
	return NULL;
}

static void drop(struct client *cl)
{
	if (cl->fd >= 0)
		close(cl->fd);
	free(cl->in);
	free(cl->out);
	*cl = (struct client){.fd = -1};
}

void control_free(struct control *c)
{
	if (!c)
		return;
	for (int i = 0; i < CONTROL_CLIENTS; i++)
		drop(&c->client[i]);
	close(c->fd);
	unlink(c->path);
	free(c);
}

size_t control_pollfds(struct control *c, struct pollfd *fds, size_t max)
{
	size_t n = 0;
	bool room = false;
	c->n_polled = 0;
	for (int i = 0; i < CONTROL_CLIENTS; i++)
		room |= c->client[i].fd < 0;
	if (max == 0)
		return 0;
	fds[n++] = (struct pollfd){.fd = room ? c->fd : -1, .events = POLLIN};
	for (int i = 0; i < CONTROL_CLIENTS && n < max; i++) {
		struct client *cl = &c->client[i];
		if (cl->fd < 0)
			continue;
		bool read = !cl->asked && !cl->out;
		fds[n++] = (struct pollfd){.fd = cl->fd,
					   .events = (short)((read ? POLLIN : 0) |
							     (cl->out ? POLLOUT : 0))};
		c->polled[c->n_polled++] = i;
	}
	return n;
}

static void take_client(struct control *c)
{
	int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	struct ucred who = {.uid = (uid_t)-1};
	socklen_t len = sizeof who;
	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len);
	for (int i = 0; i < CONTROL_CLIENTS; i++) {
		if (c->client[i].fd >= 0)
			continue;
		c->client[i] = (struct client){.fd = fd, .uid = (int)who.uid, .serial = ++c->serial};
		return;
	}
	close(fd);
}

static bool grow(struct client *cl)
{
	if (cl->in_len < cl->in_cap)
		return true;
	size_t cap = cl->in_cap ? cl->in_cap * 2 : 4096;
	if (cap > CONTROL_LINE_MAX)
		return false;
	char *in = realloc(cl->in, cap);
	if (!in)
		return false;
	cl->in = in;
	cl->in_cap = cap;
	return true;
}

static void read_client(struct client *cl)
{
	for (;;) {
		if (!grow(cl)) {
			drop(cl); /* a line past the bound: no answer could be trusted to be read */
			return;
		}
		ssize_t n = recv(cl->fd, cl->in + cl->in_len, cl->in_cap - cl->in_len, 0);
		if (n > 0) {
			cl->in_len += (size_t)n;
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		cl->ended = true;
		if (!memchr(cl->in, '\n', cl->in_len))
			drop(cl);
		return;
	}
}

static void write_client(struct client *cl)
{
	while (cl->out_sent < cl->out_len) {
		ssize_t n = send(cl->fd, cl->out + cl->out_sent, cl->out_len - cl->out_sent, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			drop(cl);
			return;
		}
		cl->out_sent += (size_t)n;
	}
	free(cl->out);
	cl->out = NULL;
	if (cl->ended && !memchr(cl->in, '\n', cl->in_len))
		drop(cl);
}

void control_ready_fds(struct control *c, const struct pollfd *fds, size_t n)
{
	for (size_t k = 1; k < n && k <= c->n_polled; k++) {
		struct client *cl = &c->client[c->polled[k - 1]];
		if (cl->fd != fds[k].fd)
			continue;
		if (fds[k].revents & POLLOUT)
			write_client(cl);
		if (cl->fd == fds[k].fd && fds[k].revents & (POLLIN | POLLHUP | POLLERR))
			read_client(cl);
	}
	if (n > 0 && fds[0].revents & POLLIN)
		take_client(c);
}

json_t *control_next(struct control *c, int *client, int *uid)
{
	for (int i = 0; i < CONTROL_CLIENTS; i++) {
		struct client *cl = &c->client[i];
		char *end = cl->fd >= 0 && !cl->asked && !cl->out && cl->in
				    ? memchr(cl->in, '\n', cl->in_len)
				    : NULL;
		if (!end)
			continue;
		size_t len = (size_t)(end - cl->in) + 1;
		json_error_t why;
		json_t *request = json_loadb(cl->in, len, JSON_REJECT_DUPLICATES, &why);
		memmove(cl->in, cl->in + len, cl->in_len - len);
		cl->in_len -= len;
		cl->asked = true;
		*client = i;
		*uid = cl->uid;
		if (json_is_object(request))
			return request;
		json_decref(request);
		control_answer(c, i, json_pack("{s:b,s:s}", "ok", 0, "error",
					       "a request is one JSON object on one line"));
	}
	return NULL;
}

unsigned control_serial(const struct control *c, int client)
{
	return c->client[client].serial;
}

void control_answer(struct control *c, int client, json_t *answer)
{
	struct client *cl = &c->client[client];
	char *text = answer ? json_dumps(answer, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	json_decref(answer);
	size_t len = text ? strlen(text) : 0;
	char *line = text ? realloc(text, len + 2) : NULL;
	if (!line || cl->fd < 0 || !cl->asked) {
		free(line ? line : text);
		if (cl->fd >= 0)
			drop(cl);
		return;
	}
	line[len] = '\n';
	line[len + 1] = '\0';
	cl->out = line;
	cl->out_len = len + 1;
	cl->out_sent = 0;
	cl->asked = false;
	write_client(cl);
}

/* ---- the command's side ---------------------------------------------------------------------- */

static bool send_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static json_t *read_answer(int fd, int timeout_ms)
{
	int64_t until = clock_mono_ms() + timeout_ms;
	struct client cl = {.fd = fd};
	json_t *answer = NULL;
	while (!answer) {
		int64_t left = until - clock_mono_ms();
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int rc = left > 0 ? poll(&p, 1, (int)left) : 0;
		if (rc < 0 && errno == EINTR)
			continue;
		if (rc <= 0) {
			errno = ETIMEDOUT;
			break;
		}
		ssize_t n = grow(&cl) ? recv(fd, cl.in + cl.in_len, cl.in_cap - cl.in_len, 0) : 0;
		if (n <= 0) {
			errno = EPROTO;
			break;
		}
		cl.in_len += (size_t)n;
		if (cl.in[cl.in_len - 1] != '\n')
			continue;
		answer = json_loadb(cl.in, cl.in_len, 0, NULL);
		if (!answer)
			errno = EPROTO;
		break;
	}
	int keep = errno;
	free(cl.in);
	errno = keep;
	return answer;
}

json_t *control_ask(const char *path, const json_t *request, int timeout_ms)
{
	struct sockaddr_un sa;
	if (address(path, &sa) < 0)
		return NULL;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return NULL;
	json_t *answer = NULL;
	char *text = NULL;
	if (connect(fd, (struct sockaddr *)&sa, sizeof sa) < 0)
		goto out;
	text = json_dumps(request, JSON_COMPACT);
	errno = EPROTO;
	if (text && send_all(fd, text, strlen(text)) && send_all(fd, "\n", 1))
		answer = read_answer(fd, timeout_ms);
out:;
	int keep = errno;
	free(text);
	close(fd);
	errno = keep;
	return answer;
}
