/* deliver.c - deliveries a second: the real kujdestar-courier fed over its socket, or a bare libcurl
 * multi loop that sends the same bodies to the same sink.
 *
 * usage: deliver courier|bare URL CA|- COUNT PARALLEL COURIER   prints "RATE MEDIAN_MS"
 */
#include <curl/curl.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gateway/hub/wire.h"

#define PARALLEL_MAX 64
#define COUNT_MAX 200000

static const char body[] = "{\"data\":{\"age_band\":\"6-11\",\"alert\":31,\"case\":\"E26-0147-V\",\"concerns\":"
			   "[\"begging\"],\"rule\":\"C2\",\"sex\":\"M\",\"urgent\":false,\"zone\":\"Z4\"},"
			   "\"timestamp\":\"2026-11-18T10:15:00+01:00\",\"type\":\"case.new\"}";
static const char *const header[] = {"Content-Type: application/json", "webhook-id: msg_0123456789",
				     "webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="};
#define HEADERS (sizeof header / sizeof header[0])
static double began[COUNT_MAX + 1], took[COUNT_MAX];

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static int report(double start, int count)
{
	double all = now_ms() - start;
	qsort(took, (size_t)count, sizeof took[0], by_size);
	printf("%.1f %.3f\n", count * 1000 / all, took[count / 2]);
	return 0;
}

/* ---- the courier ---- */

static struct wire_frame work(const char *url, const char *ca)
{
	struct wire_frame f = {.type = WIRE_WORK_HTTP};
	struct wire_work_http *w = &f.u.work_http;
	*w = (struct wire_work_http){.method = wire_str("POST"),
				     .url = wire_str(url),
				     .body = wire_str(body),
				     .timeout_ms = 20000,
				     .plain_http = true,
				     .allow_private = wire_str("127.0.0.0/8"),
				     .ca_file = wire_str(ca)};
	for (; w->n_headers < HEADERS; w->n_headers++)
		w->header[w->n_headers] = wire_str(header[w->n_headers]);
	return f;
}

static int wait_in(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	return poll(&p, 1, 30000) == 1 ? 0 : -1;
}

static int hand(int fd, struct wire_out *out, const struct wire_frame *f)
{
	int rc;
	while ((rc = wire_add(out, f)) == WIRE_AGAIN)
		if (wire_flush(fd, out) != WIRE_OK)
			return WIRE_FAIL;
	return rc;
}

/* As the hub does: all outcomes that are there, then what may leave now. */
static int feed(int fd, const char *url, const char *ca, int count, int parallel)
{
	static struct wire_in in;
	static struct wire_out out;
	static struct wire_frame f;
	struct wire_frame w = work(url, ca);
	int handed = 0, done = 0, rc;
	double start = now_ms();
	while (done < count) {
		while (handed < count && handed - done < parallel) {
			w.u.work_http.job = ++handed;
			began[handed] = now_ms();
			if (hand(fd, &out, &w) != WIRE_OK)
				return 1;
		}
		if (wire_flush(fd, &out) != WIRE_OK || wait_in(fd) < 0)
			return 1;
		while ((rc = wire_next(fd, &in, &f)) == WIRE_OK) {
			if (f.type != WIRE_DONE_HTTP || f.u.done_http.result != WIRE_HTTP_ANSWERED ||
			    f.u.done_http.status != 200)
				return 1;
			took[done++] = now_ms() - began[f.u.done_http.job];
		}
		if (rc != WIRE_AGAIN)
			return 1;
	}
	return report(start, count);
}

static int courier(const char *program, const char *url, const char *ca, int count, int parallel)
{
	static uint8_t buf[WIRE_FRAME_MAX];
	static struct wire_frame f;
	char most[12], at[12];
	int fd[2];
	if (wire_pair(fd) < 0)
		return 1;
	pid_t pid = fork();
	if (pid == 0) {
		if (dup2(fd[1], WIRE_FD) < 0)
			_exit(126);
		close_range(WIRE_FD + 1, ~0U, 0);
		execl(program, program, "courier", (char *)NULL);
		_exit(127);
	}
	close(fd[1]);
	fcntl(fd[0], F_SETFL, O_NONBLOCK);
	f.type = WIRE_SETTINGS;
	snprintf(most, sizeof most, "%d", parallel);
	/* what a confined courier may connect to and read */
	const char *port = strrchr(url, ':');
	snprintf(at, sizeof at, "%d", port ? (int)strtol(port + 1, NULL, 10) : 0);
	f.u.pairs.n = 3;
	f.u.pairs.pair[0] = (struct wire_pair){wire_str("max_parallel"), wire_str(most)};
	f.u.pairs.pair[1] = (struct wire_pair){wire_str("ports"), wire_str(at)};
	f.u.pairs.pair[2] = (struct wire_pair){wire_str("files"), wire_str(ca)};
	int rc = wire_send(fd[0], &f) == WIRE_OK ? 0 : 1;
	while (rc == 0 && f.type != WIRE_READY)
		rc = wait_in(fd[0]) < 0 || wire_recv(fd[0], buf, &f) != WIRE_OK;
	if (rc == 0)
		rc = feed(fd[0], url, ca, count, parallel);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return rc;
}

/* ---- the limit ---- */

static size_t swallow(char *p, size_t size, size_t n, void *arg)
{
	(void)p, (void)arg;
	return size * n;
}

static void aim(CURL *e, struct curl_slist *headers, const char *url, const char *ca)
{
	curl_easy_setopt(e, CURLOPT_URL, url);
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(e, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, swallow);
	curl_easy_setopt(e, CURLOPT_PROXY, "");
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_USERAGENT, "Kujdestar");
	if (ca[0])
		curl_easy_setopt(e, CURLOPT_CAINFO, ca);
}

static int bare(const char *url, const char *ca, int count, int parallel)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:"); /* as the courier does without it */
	for (size_t i = 0; i < HEADERS; i++)
		headers = curl_slist_append(headers, header[i]);
	CURLM *m = curl_multi_init();
	CURL *e[PARALLEL_MAX];
	double begun[PARALLEL_MAX];
	int handed = 0, done = 0, running, left;
	double start = now_ms();
	for (int i = 0; i < parallel; i++) {
		e[i] = curl_easy_init();
		aim(e[i], headers, url, ca);
		curl_easy_setopt(e[i], CURLOPT_PRIVATE, (char *)&begun[i]);
		begun[i] = now_ms();
		curl_multi_add_handle(m, e[i]);
		handed++;
	}
	while (done < count) {
		CURLMsg *msg;
		curl_multi_perform(m, &running);
		while ((msg = curl_multi_info_read(m, &left)) != NULL) {
			char *private;
			CURL *one = msg->easy_handle;
			if (msg->data.result != CURLE_OK)
				return 1;
			curl_easy_getinfo(one, CURLINFO_PRIVATE, &private);
			double *at = (double *)(void *)private;
			if (done < count)
				took[done++] = now_ms() - *at;
			curl_multi_remove_handle(m, one);
			if (handed < count) {
				*at = now_ms();
				curl_multi_add_handle(m, one);
				handed++;
			}
		}
		if (done < count)
			curl_multi_poll(m, NULL, 0, 1000, NULL);
	}
	return report(start, count);
}

int main(int argc, char **argv)
{
	if (argc != 7)
		return 64;
	const char *ca = strcmp(argv[3], "-") == 0 ? "" : argv[3];
	int count = (int)strtol(argv[4], NULL, 10), parallel = (int)strtol(argv[5], NULL, 10);
	if (count < 1 || count > COUNT_MAX || parallel < 1 || parallel > PARALLEL_MAX)
		return 64;
	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	return strcmp(argv[1], "bare") == 0 ? bare(argv[2], ca, count, parallel)
					    : courier(argv[6], argv[2], ca, count, parallel);
}
