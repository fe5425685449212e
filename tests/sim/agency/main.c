/* main.c - sim-agency: a receiving agency on loopback, for tests and the demonstration.
 *
 *   sim-agency --listen 127.0.0.1:PORT [--port-file PATH] [--log PATH] [--control SOCKET]
 *              [--tls CERT KEY] [--secret whsec_...]
 *   sim-agency --ctl SOCKET COMMAND...
 *
 * PORT 0 takes any free port.  The port file is written (whole, by rename) when both sockets
 * listen, so its presence means ready.  The log has a JSON object a request: n, time, connection (a
 * number: two requests with the same one shared a connection), method, path, headers (names in
 * lower case), body_base64, body (null when not UTF-8), answer, status.  Signatures are not
 * verified here: the tests do that with another implementation; --secret is only handed back by
 * `info`.
 *
 * Commands, one a line; each is answered by one line, "ok", "timeout", "error ..." or JSON:
 *   answer STATUS [OPTION...]     redirect LOCATION [OPTION...]
 *   close_before [OPTION...]      the connection closes before the request is read
 *   close_after [OPTION...]       ... after it was read, without an answer
 *   half_headers [OPTION...]      ... in the middle of the answer's head (plain HTTP only)
 *   endless [OPTION...]           a chunked body without an end
 *     options: count=N (used N times, before any standing rule; without it the rule stands until
 *     replaced), delay=MS, retry_after=TEXT, body=TEXT, type=TEXT, path=/PREFIX, status=N,
 *     location=URL.  A value with spaces stands in ' or " quotes.
 *   reset                         back to 200 {"ok":true}
 *   requests                      all since the last clear, as a JSON array
 *   wait requests>=N timeout=MS   until N came since the last clear
 *   clear     info     stop
 */
#include "tests/sim/agency/agency.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

struct options {
	struct listener listen;
	const char *port_file, *log, *control, *cert, *key, *secret;
};

static int usage(void)
{
	fputs("usage: sim-agency --listen 127.0.0.1:PORT [--port-file PATH] [--log PATH]\n"
	      "                  [--control SOCKET] [--tls CERT KEY] [--secret whsec_...]\n"
	      "       sim-agency --ctl SOCKET COMMAND...\n",
	      stderr);
	return 2;
}

static char *whole_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 65536);
	size_t n = f && text ? fread(text, 1, 65535, f) : 0;
	if (f)
		fclose(f);
	if (n > 0)
		return text;
	free(text);
	return NULL;
}

static int parse_listen(struct listener *l, const char *text)
{
	const char *colon = strrchr(text, ':');
	char *end;
	if (!colon || (size_t)(colon - text) >= sizeof l->host)
		return -1;
	memcpy(l->host, text, (size_t)(colon - text));
	unsigned long port = strtoul(colon + 1, &end, 10);
	if (colon[1] == '\0' || *end != '\0' || port > 65535)
		return -1;
	l->port = (unsigned)port;
	return 0;
}

static int parse(int argc, char **argv, struct options *o)
{
	for (int i = 1; i < argc; i++) {
		const char *name = argv[i];
		if (i + 1 >= argc)
			return -1;
		const char *value = argv[++i];
		if (strcmp(name, "--listen") == 0) {
			if (parse_listen(&o->listen, value) < 0)
				return -1;
		} else if (strcmp(name, "--port-file") == 0) {
			o->port_file = value;
		} else if (strcmp(name, "--log") == 0) {
			o->log = value;
		} else if (strcmp(name, "--control") == 0) {
			o->control = value;
		} else if (strcmp(name, "--secret") == 0) {
			o->secret = value;
		} else if (strcmp(name, "--tls") == 0 && i + 1 < argc) {
			o->cert = value;
			o->key = argv[++i];
		} else {
			return -1;
		}
	}
	return o->listen.host[0] ? 0 : -1;
}

static int write_port(const char *path, unsigned port)
{
	char tmp[4096];
	if ((size_t)snprintf(tmp, sizeof tmp, "%s.tmp", path) >= sizeof tmp)
		return -1;
	FILE *f = fopen(tmp, "w");
	if (!f)
		return -1;
	fprintf(f, "%u\n", port);
	return fclose(f) == 0 ? rename(tmp, path) : -1;
}

static int client(int argc, char **argv)
{
	char command[8192] = "";
	size_t n = 0;
	for (int i = 3; i < argc && n < sizeof command; i++) {
		int k =
		    snprintf(command + n, sizeof command - n, "%s%s", i > 3 ? " " : "", argv[i]);
		n += (size_t)k;
	}
	return n == 0 || n >= sizeof command ? usage() : control_call(argv[2], command);
}

static int set_up_agency(struct agency *a, const struct options *o)
{
	pthread_condattr_t attr;
	pthread_mutex_init(&a->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&a->moved, &attr);
	pthread_condattr_destroy(&attr);
	a->secret = o->secret;
	a->records = json_array();
	a->log = o->log ? fopen(o->log, "ae") : NULL;
	return a->records && (!o->log || a->log) ? 0 : -1;
}

static int serve(struct agency *a, struct options *o)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL); /* before any thread is made */
	int signals = signalfd(-1, &set, SFD_CLOEXEC);
	int control = o->control ? control_listen(o->control) : -1;
	if (signals < 0 || (o->control && control < 0)) {
		perror("sim-agency: control socket");
		return 1;
	}
	struct MHD_Daemon *d = http_listen(a, &o->listen);
	if (!d || (o->port_file && write_port(o->port_file, a->port) < 0)) {
		fputs("sim-agency: cannot listen\n", stderr);
		return 1;
	}
	control_loop(a, control, signals);
	http_stop(a, d);
	if (o->control)
		unlink(o->control);
	return 0;
}

int main(int argc, char **argv)
{
	static struct agency a;
	struct options o = {.log = NULL};
	if (argc > 3 && strcmp(argv[1], "--ctl") == 0)
		return client(argc, argv);
	if (parse(argc, argv, &o) < 0)
		return usage();
	if (o.cert) {
		o.listen.cert = whole_file(o.cert);
		o.listen.key = whole_file(o.key);
		if (!o.listen.cert || !o.listen.key) {
			fputs("sim-agency: cannot read certificate or key\n", stderr);
			return 1;
		}
	}
	if (set_up_agency(&a, &o) < 0) {
		perror("sim-agency: log");
		return 1;
	}
	return serve(&a, &o);
}
