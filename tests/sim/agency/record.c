/* record.c - what the simulated agency was sent: a JSON object a request, in memory for the test
 * and in the log file as a line.  Calls jansson and libc.
 */
#include "tests/sim/agency/agency.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

void deadline_in(struct timespec *t, long ms)
{
	clock_gettime(CLOCK_MONOTONIC, t);
	t->tv_sec += ms / 1000;
	t->tv_nsec += (ms % 1000) * 1000000;
	if (t->tv_nsec >= 1000000000) {
		t->tv_nsec -= 1000000000;
		t->tv_sec++;
	}
}

static json_t *base64(const unsigned char *in, size_t len)
{
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = malloc(len / 3 * 4 + 5);
	size_t n = 0;
	if (!out)
		return NULL;
	for (size_t i = 0; i < len; i += 3) {
		size_t have = len - i < 3 ? len - i : 3;
		unsigned v = (unsigned)in[i] << 16;
		v |= have > 1 ? (unsigned)in[i + 1] << 8 : 0;
		v |= have > 2 ? (unsigned)in[i + 2] : 0;
		out[n++] = digit[v >> 18];
		out[n++] = digit[v >> 12 & 63];
		out[n++] = have > 1 ? digit[v >> 6 & 63] : '=';
		out[n++] = have > 2 ? digit[v & 63] : '=';
	}
	json_t *j = json_stringn(out, n);
	free(out);
	return j;
}

static json_t *now_text(void)
{
	struct timespec t;
	struct tm tm;
	char day[32], all[48];
	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(all, sizeof all, "%s.%03ldZ", day, t.tv_nsec / 1000000);
	return json_string(all);
}

static void keep(struct agency *a, json_t *r)
{
	pthread_mutex_lock(&a->lock);
	json_object_set_new(r, "n", json_integer((json_int_t)++a->n_records));
	if (a->log) {
		char *line = json_dumps(r, JSON_COMPACT);
		fprintf(a->log, "%s\n", line ? line : "null");
		fflush(a->log);
		free(line);
	}
	if (json_array_size(a->records) == RECORDS_MAX)
		json_array_remove(a->records, 0);
	json_array_append_new(a->records, r);
	pthread_cond_broadcast(&a->moved);
	pthread_mutex_unlock(&a->lock);
}

void record_add(struct agency *a, const char *method, const char *url, json_t *headers,
		const void *body, size_t len, unsigned long connection, const struct rule *answer)
{
	json_t *r = json_object();
	json_t *as_text = json_stringn(len > 0 ? body : "", len); /* NULL when it is not UTF-8 */
	json_object_set_new(r, "time", now_text());
	json_object_set_new(r, "connection", json_integer((json_int_t)connection));
	json_object_set_new(r, "method", json_string(method));
	json_object_set_new(r, "path", json_string(url));
	json_object_set_new(r, "headers", headers ? headers : json_object());
	json_object_set_new(r, "body_base64", base64(body, len));
	json_object_set_new(r, "body", as_text ? as_text : json_null());
	json_object_set_new(r, "answer", json_string(rule_name(answer->kind)));
	json_object_set_new(r, "status", json_integer(answer->status));
	keep(a, r);
}

bool record_wait(struct agency *a, unsigned long n, long timeout_ms)
{
	struct timespec until;
	deadline_in(&until, timeout_ms);
	pthread_mutex_lock(&a->lock);
	while (a->n_records < n && !a->stopping)
		if (pthread_cond_timedwait(&a->moved, &a->lock, &until) != 0)
			break;
	bool there = a->n_records >= n;
	pthread_mutex_unlock(&a->lock);
	return there;
}

void record_clear(struct agency *a)
{
	pthread_mutex_lock(&a->lock);
	json_array_clear(a->records);
	a->n_records = 0;
	pthread_mutex_unlock(&a->lock);
}

char *record_all(struct agency *a)
{
	pthread_mutex_lock(&a->lock);
	char *all = json_dumps(a->records, JSON_COMPACT);
	pthread_mutex_unlock(&a->lock);
	return all;
}
