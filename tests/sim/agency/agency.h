/* agency.h - the parts of the simulated agency: script (what to answer), record (what came), http
 * (the listener) and control (the test's socket).  One lock guards script and record.
 */
#ifndef TESTS_SIM_AGENCY_AGENCY_H
#define TESTS_SIM_AGENCY_AGENCY_H
#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define RULES_MAX 256
#define RECORDS_MAX 10000
#define BODY_MAX (1 << 20)

enum rule_kind {
	RULE_ANSWER,
	RULE_CLOSE_BEFORE, /* the connection closes before the request is read */
	RULE_CLOSE_AFTER,  /* ... after it was read, without an answer */
	RULE_HALF_HEADERS, /* ... in the middle of the answer's head; plain HTTP only */
	RULE_ENDLESS       /* a chunked body that never ends */
};

struct rule {
	enum rule_kind kind;
	unsigned status;
	long count; /* times left, or -1: standing */
	long delay_ms;
	char retry_after[64];
	char location[512];
	char type[128];
	char path[256]; /* prefix, or "": any */
	char body[4096];
};

struct agency {
	pthread_mutex_t lock;
	pthread_cond_t moved; /* a request came, or stopping */
	bool stopping;
	struct rule rule[RULES_MAX];
	unsigned n_rules;
	json_t *records;
	unsigned long n_records; /* since the last clear */
	unsigned long n_connections;
	FILE *log;
	const char *secret;
	bool tls;
	unsigned port;
};

/* script.c: a command's words after its name; "" or a fault text.  rule_pick counts the rule down.
 */
const char *rule_add(struct agency *a, const char *command, char *words);
void rule_reset(struct agency *a);
/* `before`: only rules that act before a request is read; path NULL: not known yet. */
bool rule_pick(struct agency *a, bool before, const char *path, struct rule *out);
const char *rule_name(enum rule_kind kind);
/* Next "word" or "name=value" of *p, where a value may be in ' or " quotes; false at the end. */
bool next_word(char **p, char **name, char **value);

/* record.c: takes over the reference to headers. */
void record_add(struct agency *a, const char *method, const char *url, json_t *headers,
		const void *body, size_t len, unsigned long connection, const struct rule *answer);
bool record_wait(struct agency *a, unsigned long n, long timeout_ms);
void record_clear(struct agency *a);
char *record_all(struct agency *a); /* free it */
void deadline_in(struct timespec *t, long ms);

/* http.c */
struct MHD_Daemon;
struct listener {
	char host[64];
	unsigned port;
	char *cert, *key; /* PEM, or NULL */
};
struct MHD_Daemon *http_listen(struct agency *a, const struct listener *l);
void http_stop(struct agency *a, struct MHD_Daemon *d);

/* control.c */
int control_listen(const char *path);
void control_loop(struct agency *a, int fd, int signals); /* until SIGTERM, SIGINT or `stop` */
int control_call(const char *path, const char *command);  /* client: 0 on "ok..." or JSON */
#endif
