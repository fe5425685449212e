/* test_courier_worker.c - the real kujdestar-courier against the simulated agency.
 *
 * Plays the hub: forks the worker with a socketpair, sends it frames and reads what it says.  Needs
 * kujdestar-courier and sim-agency in $BUILD (or two directories above this program) and openssl
 * for a throw-away certificate.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "gateway/hub/wire.h"

#define PATIENCE_MS 10000

struct worker {
	pid_t pid;
	int fd;
};

static char build[4096];
static char dir[] = "/tmp/test-courier-XXXXXX";

struct agency {
	pid_t pid;
	unsigned port;
	char control[128];
};

static struct agency plain, secure;
static char cert[128], key[128];

static long now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void short_pause(void) /* between two looks at a condition */
{
	nanosleep(&(struct timespec){0, 2000000}, NULL);
}

/* ---- the agency ---- */

static void path_in(char *out, size_t max, const char *where, const char *name)
{
	assert_true((size_t)snprintf(out, max, "%s/%s", where, name) < max);
}

static pid_t run(char *const argv[])
{
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

static void start_agency(struct agency *a, const char *name, bool tls)
{
	char program[4200], listen_at[] = "127.0.0.1:0", port_file[128], log[128];
	char file[64];
	path_in(program, sizeof program, build, "sim-agency");
	snprintf(file, sizeof file, "%s.sock", name);
	path_in(a->control, sizeof a->control, dir, file);
	snprintf(file, sizeof file, "%s.port", name);
	path_in(port_file, sizeof port_file, dir, file);
	snprintf(file, sizeof file, "%s.log", name);
	path_in(log, sizeof log, dir, file);
	char *argv[] = {program,    (char *)(uintptr_t) "--listen",
			listen_at,  (char *)(uintptr_t) "--port-file",
			port_file,  (char *)(uintptr_t) "--log",
			log,        (char *)(uintptr_t) "--control",
			a->control, tls ? (char *)(uintptr_t) "--tls" : NULL,
			cert,       key,
			NULL};
	a->pid = run(argv);
	FILE *f = NULL;
	for (long end = now_ms() + PATIENCE_MS; !f && now_ms() < end; short_pause())
		f = fopen(port_file, "r");
	assert_non_null(f);
	char text[16] = "";
	assert_non_null(fgets(text, sizeof text, f));
	a->port = (unsigned)strtoul(text, NULL, 10);
	fclose(f);
}

static char *ask(const struct agency *a, const char *command)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	memcpy(un.sun_path, a->control, strlen(a->control) + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&un, sizeof un), 0);
	FILE *f = fdopen(fd, "r+");
	assert_non_null(f);
	fprintf(f, "%s\n", command);
	fflush(f);
	char *line = NULL;
	size_t room = 0;
	assert_true(getline(&line, &room, f) > 0);
	fclose(f);
	return line;
}

static void tell(const struct agency *a, const char *command)
{
	char *line = ask(a, command);
	if (strcmp(line, "ok\n") != 0)
		fail_msg("%s: %s", command, line);
	free(line);
}

static unsigned count(const char *text, const char *what)
{
	unsigned n = 0;
	for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
		n++;
	return n;
}

static unsigned requests(const struct agency *a)
{
	char *all = ask(a, "requests");
	unsigned n = count(all, "\"body_base64\":");
	free(all);
	return n;
}

/* ---- the worker ---- */

static void send_frame(const struct worker *w, const struct wire_frame *f)
{
	assert_int_equal(wire_send(w->fd, f), WIRE_OK);
}

/* The next frame; its strings live until the next call. */
static struct wire_frame receive(const struct worker *w)
{
	static uint8_t buf[WIRE_FRAME_MAX];
	struct wire_frame f;
	struct pollfd p = {.fd = w->fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
	assert_int_equal(wire_recv(w->fd, buf, &f), WIRE_OK);
	return f;
}

static struct worker launch(void)
{
	char program[4200];
	struct worker w;
	int fd[2];
	path_in(program, sizeof program, build, "kujdestar-courier");
	assert_int_equal(wire_pair(fd), 0);
	w.fd = fd[0];
	w.pid = fork();
	assert_true(w.pid >= 0);
	if (w.pid == 0) {
		dup2(0, 50); /* must not stay open in the worker */
		if (fd[1] == WIRE_FD)
			fcntl(WIRE_FD, F_SETFD, 0);
		else
			dup2(fd[1], WIRE_FD);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	close(fd[1]);
	return w;
}

static struct worker start_with(const char *const pairs[][2], uint16_t n)
{
	struct worker w = launch();
	struct wire_frame f = {.type = WIRE_SETTINGS};
	char ports[64];
	snprintf(ports, sizeof ports, "%u %u", plain.port, secure.port);
	f.u.pairs.n = n;
	for (uint16_t i = 0; i < n; i++)
		f.u.pairs.pair[i] =
		    (struct wire_pair){wire_str(pairs[i][0]), wire_str(pairs[i][1])};
	f.u.pairs.pair[f.u.pairs.n++] = (struct wire_pair){wire_str("ports"), wire_str(ports)};
	f.u.pairs.pair[f.u.pairs.n++] = (struct wire_pair){wire_str("files"), wire_str(cert)};
	send_frame(&w, &f);
	f = receive(&w);
	assert_int_equal(f.type, WIRE_NOTE);
	assert_non_null(wire_find(&f.u.pairs, "confined").s);
	f = receive(&w);
	assert_int_equal(f.type, WIRE_READY);
	assert_true(wire_is(f.u.ready.worker, "courier"));
	char detail[512];
	wire_copy(f.u.ready.detail, detail, sizeof detail);
	assert_non_null(strstr(detail, "libcurl/"));
	assert_int_equal(f.u.ready.credit, 4);
	return w;
}

static struct worker start(void)
{
	static const char *const pairs[][2] = {{"user_agent", "Kujdestar-test"},
					       {"max_parallel", "4"},
					       {"credit", "9"},
					       {"connect_timeout_ms", "3000"}};
	return start_with(pairs, 4);
}

static int exit_code(const struct worker *w)
{
	int status;
	for (long end = now_ms() + PATIENCE_MS; now_ms() < end; short_pause())
		if (waitpid(w->pid, &status, WNOHANG) == w->pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
	kill(w->pid, SIGKILL);
	waitpid(w->pid, &status, 0);
	return -1;
}

static void stop(const struct worker *w)
{
	struct wire_frame f = {.type = WIRE_STOP};
	send_frame(w, &f);
	assert_int_equal(exit_code(w), 0);
	close(w->fd);
}

static struct wire_frame job_to(int64_t job, const char *url)
{
	struct wire_frame f = {.type = WIRE_WORK_HTTP};
	f.u.work_http = (struct wire_work_http){.job = job,
						.method = wire_str("POST"),
						.url = wire_str(url),
						.n_headers = 2,
						.body = wire_blob("{\"n\":1}", 7),
						.timeout_ms = 4000,
						.plain_http = true,
						.allow_private = wire_str("127.0.0.0/8 ::1")};
	f.u.work_http.header[0] = wire_str("Content-Type: application/json");
	f.u.work_http.header[1] = wire_str("webhook-id: msg_1");
	return f;
}

static const char *url_of(const struct agency *a, const char *path)
{
	static char url[4][256]; /* a few at a time */
	static unsigned turn;
	char *u = url[turn++ % 4];
	snprintf(u, sizeof url[0], "%s://127.0.0.1:%u%s", a == &secure ? "https" : "http", a->port,
		 path);
	return u;
}

static struct wire_done_http receive_done(const struct worker *w)
{
	struct wire_frame f = receive(w);
	assert_int_equal(f.type, WIRE_DONE_HTTP);
	return f.u.done_http;
}

static struct wire_done_http deliver(const struct worker *w, const struct wire_frame *job)
{
	send_frame(w, job);
	struct wire_done_http d = receive_done(w);
	assert_int_equal(d.job, job->u.work_http.job);
	return d;
}

static struct wire_done_http post(const struct worker *w, const struct agency *a, const char *path)
{
	static int64_t next = 1000;
	struct wire_frame f = job_to(next++, url_of(a, path));
	return deliver(w, &f);
}

static void assert_result(struct wire_done_http d, uint8_t result, unsigned status)
{
	if (d.result != result || d.status != status)
		fail_msg("%s %u (%.*s), not %s %u", wire_http_name(d.result), d.status,
			 (int)d.detail.len, d.detail.s, wire_http_name(result), status);
}

/* ---- what is delivered, and what comes back ---- */

static void test_delivered(void **state)
{
	struct worker *w = *state;
	struct wire_frame f = job_to(INT64_MAX, url_of(&plain, "/in?x=1"));
	f.u.work_http.body = wire_blob("a\0b\xff", 4);
	struct wire_done_http d = deliver(w, &f);
	assert_result(d, WIRE_HTTP_ANSWERED, 200);
	assert_true(wire_is(d.body, "{\"ok\":true}"));
	assert_int_equal(d.retry_after, -1);
	char *all = ask(&plain, "requests");
	assert_non_null(strstr(all, "\"method\":\"POST\",\"path\":\"/in\""));
	assert_non_null(strstr(all, "\"user-agent\":\"Kujdestar-test\""));
	assert_non_null(strstr(all, "\"webhook-id\":\"msg_1\""));
	assert_non_null(strstr(all, "\"content-type\":\"application/json\""));
	assert_non_null(strstr(all, "\"content-length\":\"4\""));
	assert_non_null(strstr(all, "\"body_base64\":\"YQBi/w==\""));
	assert_null(strstr(all, "expect"));
	free(all);
}

static void test_methods(void **state)
{
	struct worker *w = *state;
	static const char *const methods[] = {"GET", "PUT", "DELETE", "HEAD", "PATCH", "POST"};
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		struct wire_frame f = job_to((int64_t)i, url_of(&plain, "/m"));
		f.u.work_http.method = wire_str(methods[i]);
		f.u.work_http.n_headers = 0;
		f.u.work_http.body = wire_str(i == 1 || i == 4 ? "x" : "");
		assert_result(deliver(w, &f), WIRE_HTTP_ANSWERED, 200);
	}
	char *all = ask(&plain, "requests"), want[64];
	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
		snprintf(want, sizeof want, "\"method\":\"%s\"", methods[i]);
		assert_int_equal(count(all, want), 1);
	}
	assert_null(strstr(all, "content-type"));
	assert_int_equal(count(all, "\"content-length\":\"1\""), 2);
	free(all);
}

static void test_statuses(void **state)
{
	struct worker *w = *state;
	static const unsigned statuses[] = {201, 204, 400, 404, 409, 410, 422, 429, 500, 503};
	for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
		char command[64];
		snprintf(command, sizeof command, "answer %u count=1 body=why", statuses[i]);
		tell(&plain, command);
		struct wire_done_http d = post(w, &plain, "/s");
		assert_result(d, WIRE_HTTP_ANSWERED, statuses[i]);
		if (statuses[i] != 204)
			assert_true(wire_is(d.body, "why"));
	}
}

static void test_redirect_not_followed(void **state)
{
	struct worker *w = *state;
	char command[300];
	snprintf(command, sizeof command, "redirect %s count=1", url_of(&plain, "/elsewhere"));
	tell(&plain, command);
	assert_result(post(w, &plain, "/r"), WIRE_HTTP_ANSWERED, 302);
	assert_int_equal(requests(&plain), 1);
}

static void test_retry_after(void **state)
{
	struct worker *w = *state;
	static const struct {
		const char *value;
		int32_t want;
	} cases[] = {{"7", 7},
		     {"0", 0},
		     {"120", 120},
		     {"-5", -1},
		     {"120.1", -1},
		     {"invalid", -1},
		     {"86400", 86400},
		     {"99999999999", 86400},
		     {"99999999999999999999999", 86400},
		     {"'Wed, 21 Oct 2015 07:28:00 GMT'", 0},
		     {"'Wed, 21 Oct 2193 07:28:00 GMT'", 86400}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char command[128];
		snprintf(command, sizeof command, "answer 503 count=1 retry_after=%s",
			 cases[i].value);
		tell(&plain, command);
		struct wire_done_http d = post(w, &plain, "/a");
		assert_result(d, WIRE_HTTP_ANSWERED, 503);
		if (d.retry_after != cases[i].want)
			fail_msg("%s gives %d", cases[i].value, d.retry_after);
	}
	tell(&plain, "answer 503 count=1");
	assert_int_equal(post(w, &plain, "/a").retry_after, -1);
}

static void test_slow(void **state)
{
	struct worker *w = *state;
	tell(&plain, "answer 200 count=1 delay=60000");
	struct wire_frame f = job_to(5, url_of(&plain, "/slow"));
	f.u.work_http.timeout_ms = 300;
	struct wire_done_http d = deliver(w, &f);
	assert_result(d, WIRE_HTTP_TIMEOUT, 0);
	assert_true(d.elapsed_ms >= 290 && d.elapsed_ms < 5000);
}

static void test_endless_body(void **state)
{
	struct worker *w = *state;
	tell(&plain, "endless count=1");
	struct wire_done_http d = post(w, &plain, "/e");
	assert_result(d, WIRE_HTTP_ANSWERED, 200); /* it was taken: a repeat would be a second one */
	assert_int_equal(d.body.len, WIRE_REPLY_MAX);
	assert_int_equal(d.body.s[WIRE_REPLY_MAX - 1], 'x');
}

static unsigned closed_port(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	socklen_t len = sizeof in;
	inet_pton(AF_INET, "127.0.0.1", &in.sin_addr);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof in), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	close(fd);
	return ntohs(in.sin_port);
}

static void test_connection_refused(void **state)
{
	struct worker *w = *state;
	struct agency nobody = {.port = closed_port()};
	tell(&plain, "answer 503 count=1 retry_after=9");
	assert_int_equal(post(w, &plain, "/before").retry_after, 9);
	struct wire_done_http d = post(w, &nobody, "/");
	assert_result(d, WIRE_HTTP_UNREACHED, 0);
	assert_int_equal(d.retry_after, -1); /* nothing is left of the delivery before */
	assert_int_equal(d.body.len, 0);
	struct wire_frame f = job_to(6, "http://no-such-host.invalid/");
	assert_result(deliver(w, &f), WIRE_HTTP_UNREACHED, 0);
}

/* A listener that never accepts: TLS gets no answer.  Nothing of the request was sent. */
static void test_mute_before_request(void **state)
{
	struct worker *w = *state;
	struct sockaddr_in in = {.sin_family = AF_INET};
	socklen_t len = sizeof in;
	inet_pton(AF_INET, "127.0.0.1", &in.sin_addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof in), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	char url[64];
	snprintf(url, sizeof url, "https://127.0.0.1:%u/", ntohs(in.sin_port));
	struct wire_frame f = job_to(6, url);
	f.u.work_http.timeout_ms = 300;
	assert_result(deliver(w, &f), WIRE_HTTP_UNREACHED, 0);
	close(fd);
}

static void test_broken(void **state)
{
	struct worker *w = *state;
	tell(&plain, "close_before count=1");
	assert_result(post(w, &plain, "/b"), WIRE_HTTP_BROKEN, 0);
	tell(&plain, "close_after count=1");
	assert_result(post(w, &plain, "/b"), WIRE_HTTP_BROKEN, 0);
	tell(&plain, "half_headers count=1");
	struct wire_done_http d = post(w, &plain, "/b");
	assert_int_equal(d.result, WIRE_HTTP_BROKEN);
	assert_int_equal(requests(&plain), 3);
}

/* ---- what is refused by our own rules ---- */

static void test_address_refused(void **state)
{
	struct worker *w = *state;
	static const char *const hosts[] = {
	    "127.0.0.1",          "127.1", "0x7f000001", "2130706433", "0177.0.0.1",
	    "[::ffff:127.0.0.1]", "[::1]", "localhost",  "0.0.0.0",    "169.254.169.254"};
	char url[128];
	for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
		snprintf(url, sizeof url, "http://%s:%u/", hosts[i], plain.port);
		struct wire_frame f = job_to((int64_t)i, url);
		f.u.work_http.allow_private = wire_str("10.0.0.0/8");
		assert_result(deliver(w, &f), WIRE_HTTP_REFUSED, 0);
	}
	assert_int_equal(requests(&plain), 0);
	for (size_t i = 0; i < 5; i++) { /* and each spelling is let through when the address is */
		snprintf(url, sizeof url, "http://%s:%u/", hosts[i], plain.port);
		struct wire_frame f = job_to((int64_t)i, url);
		assert_result(deliver(w, &f), WIRE_HTTP_ANSWERED, 200);
	}
}

static void test_scheme_and_form_refused(void **state)
{
	struct worker *w = *state;
	char with_user[128];
	snprintf(with_user, sizeof with_user, "http://name@127.0.0.1:%u/", plain.port);
	const char *const urls[] = {"file:///etc/passwd",
				    "ftp://127.0.0.1/",
				    "gopher://127.0.0.1/",
				    "//127.0.0.1/",
				    "http://",
				    with_user,
				    ""};
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
		struct wire_frame f = job_to((int64_t)i, urls[i]);
		assert_result(deliver(w, &f), WIRE_HTTP_REFUSED, 0);
	}
	struct wire_frame f = job_to(1, url_of(&plain, "/"));
	f.u.work_http.plain_http = false;
	assert_result(deliver(w, &f), WIRE_HTTP_REFUSED, 0);
	f = job_to(2, url_of(&plain, "/"));
	f.u.work_http.allow_private = wire_str("loopback");
	assert_result(deliver(w, &f), WIRE_HTTP_REFUSED, 0);
	f = job_to(3, url_of(&plain, "/"));
	f.u.work_http.method = wire_str("POST / HTTP/1.1\r\nX: y\r\n\r\nGET");
	assert_result(deliver(w, &f), WIRE_HTTP_REFUSED, 0);
	static const char *const headers[] = {"X: a\r\nY: b", "no colon", ": empty", "a b: c", ""};
	for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		f = job_to(4, url_of(&plain, "/"));
		f.u.work_http.header[1] = wire_str(headers[i]);
		assert_result(deliver(w, &f), WIRE_HTTP_REFUSED, 0);
	}
	assert_int_equal(requests(&plain), 0);
}

/* ---- connections ---- */

static void test_connection_kept(void **state)
{
	struct worker *w = *state;
	for (int i = 0; i < 3; i++)
		assert_result(post(w, &plain, "/k"), WIRE_HTTP_ANSWERED, 200);
	char *all = ask(&plain, "requests");
	const char *first = strstr(all, "\"connection\":");
	assert_non_null(first);
	char same[64];
	size_t n = strcspn(first, ",") + 1;
	assert_true(n < sizeof same);
	memcpy(same, first, n);
	same[n] = '\0';
	assert_int_equal(count(all, same), 3);
	free(all);

	/* a kept connection does not carry a delivery that may not go to its address */
	struct wire_frame f = job_to(9, url_of(&plain, "/k"));
	f.u.work_http.allow_private = wire_str("");
	assert_result(deliver(w, &f), WIRE_HTTP_REFUSED, 0);
	assert_int_equal(requests(&plain), 3);
}

/* A place that is kept set up gives nothing of one delivery to the next: not its body, a header, a
 * method, a limit, or what was wanted of its answer. */
static void test_nothing_but_the_place_is_kept(void **state)
{
	struct worker *w = *state;
	struct wire_frame full = job_to(1, url_of(&plain, "/a")), bare = full;
	full.u.work_http.header[2] = wire_str("Authorization: Bearer t0ken");
	full.u.work_http.n_headers = 3;
	full.u.work_http.body = wire_str("{\"long\":\"body\"}");
	bare.u.work_http.body = wire_str("{}");
	bare.u.work_http.n_headers = 0;
	for (int i = 0; i < 3; i++) {
		assert_result(deliver(w, &full), WIRE_HTTP_ANSWERED, 200);
		assert_result(deliver(w, &bare), WIRE_HTTP_ANSWERED, 200);
	}
	char *all = ask(&plain, "requests");
	assert_int_equal(count(all, "Bearer t0ken"), 3);
	assert_int_equal(count(all, "\"webhook-id\""), 3);
	assert_int_equal(count(all, "\"content-type\""), 3);
	assert_int_equal(count(all, "\"content-length\":\"2\""), 3);
	assert_int_equal(count(all, "\"body_base64\":\"e30=\""), 3);
	free(all);

	struct wire_frame get = full, wanted = full, slow = full;
	get.u.work_http.method = wire_str("GET");
	get.u.work_http.body = wire_str("");
	wanted.u.work_http.want = wire_str("Content-Type");
	slow.u.work_http.timeout_ms = 300;
	for (int i = 0; i < 2; i++) {
		tell(&plain, "clear");
		assert_result(deliver(w, &get), WIRE_HTTP_ANSWERED, 200);
		struct wire_done_http d = deliver(w, &wanted);
		assert_true(wire_is(d.header, "application/json"));
		d = deliver(w, &full);
		assert_int_equal(d.header.len, 0);
		all = ask(&plain, "requests");
		assert_int_equal(count(all, "\"method\":\"GET\""), 1);
		assert_int_equal(count(all, "\"body_base64\":\"\""), 1);
		assert_int_equal(count(all, "\"method\":\"POST\""), 2);
		free(all);
		tell(&plain, "answer 200 count=2 delay=900");
		assert_result(deliver(w, &slow), WIRE_HTTP_TIMEOUT, 0);
		assert_result(deliver(w, &full), WIRE_HTTP_ANSWERED, 200);
	}
}

static void test_not_repeated_unasked(void **state)
{
	struct worker *w = *state;
	assert_result(post(w, &plain, "/k"), WIRE_HTTP_ANSWERED, 200);
	tell(&plain, "close_after count=1");
	assert_result(post(w, &plain, "/k"), WIRE_HTTP_BROKEN, 0);
	assert_int_equal(requests(&plain), 2);
	assert_result(post(w, &plain, "/k"), WIRE_HTTP_ANSWERED, 200);
}

static void test_proxy_variables_ignored(void **state)
{
	(void)state;
	static const char *const names[] = {"http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"};
	char proxy[64];
	snprintf(proxy, sizeof proxy, "http://127.0.0.1:%u", closed_port());
	for (size_t i = 0; i < 4; i++)
		setenv(names[i], proxy, 1);
	struct worker w = start();
	for (size_t i = 0; i < 4; i++)
		unsetenv(names[i]);
	assert_result(post(&w, &plain, "/p"), WIRE_HTTP_ANSWERED, 200);
	assert_result(post(&w, &secure, "/p"), WIRE_HTTP_TLS, 0);
	stop(&w);
}

static void test_tls(void **state)
{
	struct worker *w = *state;
	assert_result(post(w, &secure, "/t"), WIRE_HTTP_TLS, 0);
	assert_int_equal(requests(&secure), 0);
	struct wire_frame f = job_to(1, url_of(&secure, "/t"));
	f.u.work_http.ca_file = wire_str(cert);
	f.u.work_http.plain_http = false;
	assert_result(deliver(w, &f), WIRE_HTTP_ANSWERED, 200);
	/* a connection verified for one agency does not serve another that does not trust it */
	assert_result(post(w, &secure, "/t"), WIRE_HTTP_TLS, 0);
	char url[64]; /* the certificate is for 127.0.0.1, not for the name */
	snprintf(url, sizeof url, "https://localhost:%u/", secure.port);
	f.u.work_http.url = wire_str(url);
	assert_result(deliver(w, &f), WIRE_HTTP_TLS, 0);
	f.u.work_http.ca_file = wire_str("/nonexistent/ca.pem");
	assert_result(deliver(w, &f), WIRE_HTTP_TLS, 0);
	assert_int_equal(requests(&secure), 1);
}

/* "sha256//..." of the throw-away certificate's public key, by openssl. */
static void pin_of(char out[80])
{
	char command[512];
	snprintf(command, sizeof command,
		 "openssl x509 -pubkey -noout -in %s | openssl pkey -pubin -outform der | "
		 "openssl dgst -sha256 -binary | openssl base64",
		 cert);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	memcpy(out, "sha256//", 9);
	assert_non_null(fgets(out + 8, 72, f));
	out[strcspn(out, "\n")] = '\0';
	assert_int_equal(pclose(f), 0);
}

static void test_tls_pinned(void **state)
{
	struct worker *w = *state;
	char pin[80];
	pin_of(pin);
	struct wire_frame f = job_to(1, url_of(&secure, "/t"));
	f.u.work_http.ca_file = wire_str(cert);
	f.u.work_http.pin = wire_str(pin);
	assert_result(deliver(w, &f), WIRE_HTTP_ANSWERED, 200);
	/* not over the connection that is kept: it was made to whoever held the other key */
	f.u.work_http.pin = wire_str("sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
	assert_result(deliver(w, &f), WIRE_HTTP_TLS, 0);
	assert_int_equal(requests(&secure), 1);
	/* a pin takes nothing away from the verification */
	f.u.work_http.pin = wire_str(pin);
	f.u.work_http.ca_file = wire_str("");
	assert_result(deliver(w, &f), WIRE_HTTP_TLS, 0);
	assert_int_equal(requests(&secure), 1);
}

static void test_tls_of_settings(void **state)
{
	(void)state;
	const char *const pairs[][2] = {{"ca_file", cert}, {"max_parallel", "4"}};
	struct worker w = start_with(pairs, 2);
	assert_result(post(&w, &secure, "/t"), WIRE_HTTP_ANSWERED, 200);
	stop(&w);
}

/* ---- several at once, and the end ---- */

static void test_parallel_and_credit(void **state)
{
	struct worker *w = *state;
	tell(&plain, "answer 200 count=4 delay=400");
	long start_at = now_ms();
	for (int64_t i = 1; i <= 5; i++) {
		struct wire_frame f = job_to(i, url_of(&plain, "/p"));
		send_frame(w, &f);
	}
	unsigned answered = 0, unreached = 0;
	for (int i = 0; i < 5; i++) {
		struct wire_frame f = receive(w);
		assert_int_equal(f.type, WIRE_DONE_HTTP);
		if (f.u.done_http.result == WIRE_HTTP_UNREACHED) {
			assert_int_equal(f.u.done_http.job, 5); /* over the credit */
			unreached++;
		} else {
			assert_result(f.u.done_http, WIRE_HTTP_ANSWERED, 200);
			answered++;
		}
	}
	assert_int_equal(answered, 4);
	assert_int_equal(unreached, 1);
	assert_true(now_ms() - start_at < 1500); /* one after the other would take 1600 */
}

static void test_stop_finishes(void **state)
{
	(void)state;
	struct worker w = start();
	tell(&plain, "answer 200 count=1 delay=300");
	struct wire_frame f = job_to(3, url_of(&plain, "/s"));
	send_frame(&w, &f);
	f = (struct wire_frame){.type = WIRE_STOP};
	send_frame(&w, &f);
	assert_result(receive_done(&w), WIRE_HTTP_ANSWERED, 200);
	assert_int_equal(exit_code(&w), 0);
	close(w.fd);
}

static void test_hub_gone(void **state)
{
	(void)state;
	struct worker w = start();
	tell(&plain, "answer 200 count=1 delay=60000");
	struct wire_frame f = job_to(3, url_of(&plain, "/s"));
	send_frame(&w, &f);
	close(w.fd);
	assert_int_equal(exit_code(&w), 1);
}

static void test_protocol_errors(void **state)
{
	(void)state;
	struct wire_frame f = {.type = WIRE_ACK, .u.ack = {1, WIRE_STORED}};
	struct worker w = start();
	send_frame(&w, &f);
	assert_int_equal(exit_code(&w), 2);
	close(w.fd);
	w = start();
	assert_int_equal(send(w.fd, "", 0, 0), 0);
	assert_int_equal(exit_code(&w), 2);
	close(w.fd);
	w = launch(); /* work before settings */
	f = job_to(1, "http://127.0.0.1/");
	send_frame(&w, &f);
	assert_int_equal(exit_code(&w), 2);
	close(w.fd);
}

static long cpu_ticks(pid_t pid)
{
	char path[64], text[1024] = "";
	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(text, sizeof text, f));
	fclose(f);
	char *p = strrchr(text, ')');
	assert_non_null(p);
	for (int field = 2; field < 14; field++) {
		p = strchr(p + 1, ' ');
		assert_non_null(p);
	}
	char *end;
	long user = strtol(p, &end, 10);
	return user + strtol(end, NULL, 10);
}

static void test_idle_costs_nothing(void **state)
{
	struct worker *w = *state;
	assert_result(post(w, &plain, "/i"), WIRE_HTTP_ANSWERED, 200);
	assert_result(post(w, &secure, "/i"), WIRE_HTTP_TLS, 0);
	long before = cpu_ticks(w->pid);
	struct pollfd p = {.fd = w->fd, .events = POLLIN};
	assert_int_equal(poll(&p, 1, 500), 0); /* the interval measured; nothing is said either */
	assert_true(cpu_ticks(w->pid) - before <= 1);
}

static void test_confined(void **state)
{
	struct worker *w = *state;
	char path[64], line[256], link[400], target[64];
	bool new_privs = true;
	snprintf(path, sizeof path, "/proc/%d/status", (int)w->pid);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f))
		if (strcmp(line, "NoNewPrivs:\t1\n") == 0)
			new_privs = false;
	fclose(f);
	assert_false(new_privs);
	snprintf(path, sizeof path, "/proc/%d/fd", (int)w->pid);
	DIR *d = opendir(path);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		assert_string_not_equal(e->d_name, "50");
		snprintf(link, sizeof link, "%s/%s", path, e->d_name);
		ssize_t n = readlink(link, target, sizeof target - 1);
		if (n <= 0 || strtol(e->d_name, NULL, 10) <= WIRE_FD)
			continue;
		target[n] = '\0';
		assert_int_equal(strncmp(target, "/dev/", 5) == 0 || target[0] != '/', 1);
	}
	closedir(d);
	kill(w->pid, SIGTERM); /* a group's signal does not cut deliveries off */
	assert_result(post(w, &plain, "/c"), WIRE_HTTP_ANSWERED, 200);
}

static void test_by_hand(void **state)
{
	(void)state;
	char program[4200];
	path_in(program, sizeof program, build, "kujdestar-courier");
	pid_t pid = fork();
	if (pid == 0) {
		close(WIRE_FD);
		int null = open("/dev/null", O_RDWR);
		dup2(null, 2);
		if (null == WIRE_FD)
			close(WIRE_FD);
		execl(program, program, (char *)NULL);
		_exit(127);
	}
	struct worker w = {pid, -1};
	assert_int_equal(exit_code(&w), 3);
}

/* ---- fixtures ---- */

static struct worker shared_worker;

static int each(void **state)
{
	tell(&plain, "reset");
	tell(&plain, "clear");
	tell(&secure, "reset");
	tell(&secure, "clear");
	shared_worker = start();
	*state = &shared_worker;
	return 0;
}

static int each_end(void **state)
{
	(void)state;
	stop(&shared_worker);
	return 0;
}

static int fresh(void **state)
{
	(void)state;
	tell(&plain, "reset");
	tell(&plain, "clear");
	tell(&secure, "clear");
	return 0;
}

static void make_certificate(void)
{
	path_in(cert, sizeof cert, dir, "cert.pem");
	path_in(key, sizeof key, dir, "key.pem");
	static const char *const words[] = {"openssl",
					    "req",
					    "-x509",
					    "-newkey",
					    "ec",
					    "-pkeyopt",
					    "ec_paramgen_curve:prime256v1",
					    "-nodes",
					    "-days",
					    "30",
					    "-subj",
					    "/CN=agency",
					    "-addext",
					    "subjectAltName=IP:127.0.0.1",
					    "-out"};
	char *argv[sizeof words / sizeof words[0] + 5];
	size_t n = 0;
	for (; n < sizeof words / sizeof words[0]; n++)
		argv[n] = (char *)(uintptr_t)words[n];
	argv[n++] = cert;
	argv[n++] = (char *)(uintptr_t) "-keyout";
	argv[n++] = key;
	argv[n] = NULL;
	pid_t pid = fork();
	if (pid == 0) {
		dup2(open("/dev/null", O_WRONLY), 2);
		execvp(argv[0], argv);
		_exit(127);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int begin(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	make_certificate();
	start_agency(&plain, "plain", false);
	start_agency(&secure, "secure", true);
	return 0;
}

static int end(void **state)
{
	(void)state;
	static const char *const files[] = {"cert.pem",   "key.pem",    "plain.port",
					    "plain.log",  "plain.sock", "secure.port",
					    "secure.log", "secure.sock"};
	char path[256];
	tell(&plain, "stop");
	tell(&secure, "stop");
	waitpid(plain.pid, NULL, 0);
	waitpid(secure.pid, NULL, 0);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		path_in(path, sizeof path, dir, files[i]);
		unlink(path);
	}
	return rmdir(dir);
}

static void find_build(const char *self)
{
	const char *env = getenv("BUILD"), *slash = strrchr(self, '/');
	if (env)
		snprintf(build, sizeof build, "%s", env);
	else
		snprintf(build, sizeof build, "%.*s/../..", slash ? (int)(slash - self) : 1,
			 slash ? self : ".");
}

#define T(f) cmocka_unit_test_setup_teardown(f, each, each_end)
#define OWN(f) cmocka_unit_test_setup(f, fresh)

int main(int argc, char **argv)
{
	(void)argc;
	find_build(argv[0]);
	const struct CMUnitTest tests[] = {
	    T(test_delivered),
	    T(test_methods),
	    T(test_statuses),
	    T(test_redirect_not_followed),
	    T(test_retry_after),
	    T(test_slow),
	    T(test_endless_body),
	    T(test_connection_refused),
	    T(test_mute_before_request),
	    T(test_broken),
	    T(test_address_refused),
	    T(test_scheme_and_form_refused),
	    T(test_connection_kept),
	    T(test_nothing_but_the_place_is_kept),
	    T(test_not_repeated_unasked),
	    T(test_tls),
	    T(test_tls_pinned),
	    T(test_parallel_and_credit),
	    T(test_idle_costs_nothing),
	    T(test_confined),
	    OWN(test_proxy_variables_ignored),
	    OWN(test_tls_of_settings),
	    OWN(test_stop_finishes),
	    OWN(test_hub_gone),
	    OWN(test_protocol_errors),
	    OWN(test_by_hand),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
