/* ussd_test.c - `kujdestar ussd test PROVIDER FILE`: replays a provider's request against its block and shows,
 * or compares, the answer.
 *
 * The request goes over loopback to a real edge of our own, started with this one block; the call it
 * makes is answered by the menus of the roster file's contact.  So what is tried is what is served,
 * and no store is opened.  A file is one or more exchanges: the request as it stands on the wire, a line
 * "---", the answer's body that is expected (empty: not compared), and a line "===" before the next.
 * "{secret}" in a request is the block's secret; lengths are made up. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/ussd_menu.h"
#include "gateway/hub/settings.h"
#include "gateway/hub/wire.h"
#include "gateway/ussd/after.h"

#define USAGE "ussd test PROVIDER FILE"
#define FILE_MAX 262144
#define MADE_UP "kujdestar-ussd-test" /* the secret of a pattern that has none */
#define WAIT_MS 5000

struct bench { /* the edge that is tried */
	struct config *cf;
	struct config_provider block;
	int fd;              /* its socket for frames */
	unsigned port;
	pid_t pid;
	uint8_t buf[WIRE_FRAME_MAX];
	struct wire_frame f;
	char session[128];   /* whose walk is open */
	struct after after;
	bool open;
	struct menu_play play;
};

static int fail(const char *what)
{
	fprintf(stderr, "kujdestar: %s: %s\n", what, strerror(errno));
	return EX_OSERR;
}

/* ---- the edge ---- */

static unsigned free_port(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0 && bind(fd, (struct sockaddr *)&a, len) == 0 &&
		  getsockname(fd, (struct sockaddr *)&a, &len) == 0;
	if (fd >= 0)
		close(fd);
	return ok ? ntohs(a.sin_port) : 0;
}

static bool start_worker(struct bench *b, const char *dir)
{
	char path[512];
	int fds[2];
	snprintf(path, sizeof path, "%s/kujdestar-edge", dir);
	if (wire_pair(fds) < 0)
		return false;
	b->fd = fds[0];
	b->pid = fork();
	if (b->pid == 0) {
		if (dup2(fds[1], WIRE_FD) == WIRE_FD) /* without FD_CLOEXEC */
			execl(path, "kujdestar-edge", (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	return b->pid > 0;
}

static bool send_frame(struct bench *b, const struct wire_frame *f)
{
	return wire_send(b->fd, f) == WIRE_OK;
}

/* The next frame, in b->f. */
static bool next_frame(struct bench *b)
{
	for (;;) {
		struct pollfd p = {.fd = b->fd, .events = POLLIN};
		if (poll(&p, 1, WAIT_MS) <= 0 || wire_recv(b->fd, b->buf, &b->f) != WIRE_OK)
			return false;
		if (b->f.type != WIRE_NOTE)
			return true;
	}
}

static bool settle_in(struct bench *b)
{
	static struct wire_frame f;
	char listen[40];
	snprintf(listen, sizeof listen, "127.0.0.1:%u", b->port);
	b->cf->edge_listen = listen;
	b->cf->edge_tls_cert = b->cf->edge_tls_key = "";
	b->cf->providers = &b->block;
	b->cf->n_providers = 1;
	f.type = WIRE_SETTINGS;
	settings_edge(b->cf, &f.u.pairs);
	bool ok = send_frame(b, &f);
	f.type = WIRE_SETTINGS;
	ok = ok && settings_provider(b->cf, 0, &f.u.pairs) && send_frame(b, &f);
	return ok && next_frame(b) && b->f.type == WIRE_READY;
}

static void stop_worker(struct bench *b)
{
	struct wire_frame f = {.type = WIRE_STOP};
	if (b->fd >= 0) {
		send_frame(b, &f);
		close(b->fd);
	}
	if (b->pid > 0)
		waitpid(b->pid, NULL, 0);
}

/* ---- the menus behind it ---- */

static void text_field(struct wire_frame *f, const char *name, const char *value)
{
	struct wire_pairs *p = &f->u.reply.fields;
	p->pair[p->n++] = (struct wire_pair){wire_str(name), wire_str(value)};
}

static void next_screen(struct bench *b, const struct wire_call *c, struct walk_screen *out)
{
	struct wire_str in = wire_find(&c->fields, "input"), event = wire_find(&c->fields, "event");
	char session[128], number[40];
	const char *typed = in.s;
	size_t n = in.len;
	wire_copy(wire_find(&c->fields, "session"), session, sizeof session);
	wire_copy(wire_find(&c->fields, "msisdn"), number, sizeof number);
	bool joined = strncmp(b->block.input_mode, "cumulative", 10) == 0;
	bool coded = strcmp(b->block.input_mode, "cumulative_with_code") == 0;
	if (coded && in.len && in.s[in.len - 1] == '#')
		in.len--;
	bool fresh = !b->open || strcmp(session, b->session) != 0 || wire_is(event, "new");
	if (fresh) {
		menu_play_start(&b->play, b->cf, number, "", b->block.limit);
		b->play.set.crlf = strcmp(b->block.newline, "crlf") == 0;
		menu_play_screen(&b->play, NULL, 0, out);
	} else {
		if (joined && after_take(&b->after, in.s, in.len, &typed, &n) != AFTER_ANSWER)
			typed = "", n = 0;
		menu_play_screen(&b->play, typed, n, out);
	}
	after_keep(&b->after, in.s ? in.s : "", in.len);
	memcpy(b->session, session, sizeof session);
	b->open = !out->end;
}

static bool answer_call(struct bench *b)
{
	static struct walk_screen s;
	struct wire_frame f = {.type = WIRE_REPLY, .u.reply = {.id = b->f.u.call.id, .status = 200, .detail = wire_str("")}};
	if (wire_is(wire_find(&b->f.u.call.fields, "event"), "close")) {
		b->open = false;
		text_field(&f, "closed", "1");
	} else {
		next_screen(b, &b->f.u.call, &s);
		text_field(&f, "text", s.text);
		text_field(&f, "end", s.end ? "1" : "0");
	}
	return send_frame(b, &f);
}

/* What stands in the socket: a call is answered, figures are passed over. */
static bool one_frame(struct bench *b)
{
	int rc = wire_recv(b->fd, b->buf, &b->f);
	if (rc != WIRE_OK)
		return rc == WIRE_AGAIN;
	return b->f.type != WIRE_CALL || answer_call(b);
}

/* ---- one exchange ---- */

static int dial(const struct bench *b)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				.sin_port = htons((uint16_t)b->port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* The answer's octets, until its connection ends; the edge's calls are answered meanwhile. */
static long exchange(struct bench *b, const char *request, size_t len, char *out, size_t max)
{
	int fd = dial(b);
	size_t n = 0;
	if (fd < 0 || send(fd, request, len, MSG_NOSIGNAL) != (ssize_t)len)
		return -1;
	for (;;) {
		struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = b->fd, .events = POLLIN}};
		if (poll(p, 2, WAIT_MS) <= 0)
			break;
		if (p[1].revents && !one_frame(b))
			break;
		if (!p[0].revents)
			continue;
		ssize_t k = recv(fd, out + n, max - 1 - n, 0);
		if (k <= 0)
			break;
		n += (size_t)k;
	}
	close(fd);
	out[n] = '\0';
	return (long)n;
}

/* ---- the file ---- */

static char *slurp(const char *file)
{
	char *s = malloc(FILE_MAX);
	FILE *f = fopen(file, "re");
	size_t n = f && s ? fread(s, 1, FILE_MAX - 1, f) : 0;
	if (f)
		fclose(f);
	if (!f || !s) {
		free(s);
		return NULL;
	}
	s[n] = '\0';
	return s;
}

static void append(char *out, size_t max, const char *s, size_t n)
{
	size_t at = strlen(out);
	if (at + n < max) {
		memcpy(out + at, s, n);
		out[at + n] = '\0';
	}
}

/* The request as it goes over the wire: CRLF, its length, an end of the connection, the secret. */
static void compose(const struct bench *b, const char *text, char *out, size_t max)
{
	char head[4096] = "", body[65536] = "", number[48];
	const char *end = strstr(text, "\n\n"), *p = text;
	size_t body_len = end ? strlen(end + 2) : 0;
	while (body_len && (end + 2)[body_len - 1] == '\n')
		body_len--; /* the file's own last line break */
	if (end)
		append(body, sizeof body, end + 2, body_len);
	for (size_t n; *p && (!end || p <= end); p += n + (p[n] == '\n')) {
		n = strcspn(p, "\n");
		if (n && strncasecmp(p, "Content-Length:", 15) != 0 && strncasecmp(p, "Connection:", 11) != 0) {
			append(head, sizeof head, p, n - (p[n - 1] == '\r'));
			append(head, sizeof head, "\r\n", 2);
		}
		if (n == 0)
			break;
	}
	snprintf(number, sizeof number, "Content-Length: %zu\r\n", strlen(body));
	append(head, sizeof head, number, body[0] ? strlen(number) : 0);
	append(head, sizeof head, "Host: test\r\n", strcasestr(head, "\r\nHost:") ? 0 : 12);
	append(head, sizeof head, "Connection: close\r\n\r\n", 21);
	out[0] = '\0';
	for (p = head; *p;) {
		const char *s = strstr(p, "{secret}");
		append(out, max, p, s ? (size_t)(s - p) : strlen(p));
		append(out, max, b->block.secret, s ? strlen(b->block.secret) : 0);
		p = s ? s + 8 : p + strlen(p);
	}
	append(out, max, body, strlen(body));
}

/* Line ends of the file are the editor's: compared without CR and without the last break. */
static bool same_body(const char *got, const char *want)
{
	for (;;) {
		got += strspn(got, "\r");
		want += strspn(want, "\r");
		if (!*got || !*want)
			return got[strspn(got, "\r\n")] == '\0' && want[strspn(want, "\r\n")] == '\0';
		if (*got++ != *want++)
			return false;
	}
}

static int one(struct bench *b, char *request, const char *want, int n)
{
	static char wire[80000], got[65536];
	compose(b, request, wire, sizeof wire);
	if (exchange(b, wire, strlen(wire), got, sizeof got) <= 0) {
		fprintf(stderr, "kujdestar: exchange %d: no answer\n", n);
		return EX_UNAVAILABLE;
	}
	char *body = strstr(got, "\r\n\r\n");
	body = body ? body + 4 : got;
	if (!want || !want[strspn(want, "\r\n ")]) {
		printf("%s\n", got);
		return EX_OK;
	}
	bool same = same_body(body, want);
	printf("%s %d\n", same ? "ok" : "not ok", n);
	if (!same)
		printf("--- wanted\n%s\n--- got\n%s\n", want, got);
	return same ? EX_OK : EX_DATAERR;
}

static int replay(struct bench *b, char *text)
{
	int status = EX_OK, n = 0;
	while (text && *text) {
		char *next = strstr(text, "\n===\n"), *want;
		if (next)
			*next = '\0';
		want = strstr(text, "\n---\n");
		if (want) {
			*want = '\0';
			want += 5;
		}
		int rc = one(b, text, want, ++n);
		status = status ? status : rc;
		text = next ? next + 5 : NULL;
	}
	return status;
}

static int with_block(const struct cli *c, struct bench *b, char *text)
{
	const char *dir = b->cf->worker_dir[0] ? b->cf->worker_dir : c->binary_dir;
	b->port = free_port();
	if (!b->port || !start_worker(b, dir))
		return fail("kujdestar-edge");
	int status = EX_OSERR;
	if (!settle_in(b))
		fprintf(stderr, "kujdestar: the edge does not start with this block\n");
	else
		status = replay(b, text);
	stop_worker(b);
	return status;
}

int cli_ussd_test(struct cli *c)
{
	static struct bench b = {.fd = -1}; /* 90 KB */
	int status;
	if (c->argc != 2)
		return cli_usage(USAGE);
	b.cf = ask_config(c, &status);
	if (!b.cf)
		return status;
	const struct config_provider *p = config_provider(b.cf, c->argv[0]);
	char *text = slurp(c->argv[1]);
	if (!p) {
		fprintf(stderr, "kujdestar: %s: no block \"%s\"\n", b.cf->file, c->argv[0]);
		status = EX_DATAERR;
	} else if (!text) {
		fprintf(stderr, "kujdestar: %s: %s\n", c->argv[1], strerror(errno));
		status = EX_NOINPUT;
	} else {
		b.block = *p;
		b.block.served = true;
		if (!b.block.secret[0])
			b.block.secret = MADE_UP;
		b.block.addresses = NULL; /* loopback is none of them */
		b.block.post.url = "";    /* what would be posted is shown as the answer */
		status = with_block(c, &b, text);
	}
	free(text);
	config_free(b.cf);
	return status;
}
