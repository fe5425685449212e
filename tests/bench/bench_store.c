/* bench_store.c - how many messages a second become durable, against what the disk and SQLite allow.
 *
 * Prints: the time of one fdatasync here; a bare SQLite loop that writes rows of the same size in the
 * same groups; and the store's own way of a message (segment, join, text, settle).  Groups of 50 a
 * commit, as a busy turn of the hub takes them.  Argument: how many groups (default 40). */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/inbox.h"
#include "store/store.h"

#define GROUP 50
#define NOW INT64_C(1794812400)

static char dir[64], db[96], ring[96], key[96], side[96];

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void need(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench_store: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double time_of_sync(void)
{
	char page[4096] = "";
	int fd = open(side, O_RDWR | O_CREAT, 0600);
	need(fd >= 0, side);
	double from = seconds();
	for (int i = 0; i < 50; i++) {
		need(pwrite(fd, page, sizeof page, i * 4096) == sizeof page, "write");
		need(fdatasync(fd) == 0, "fdatasync");
	}
	double each = (seconds() - from) / 50;
	close(fd);
	unlink(side);
	return each;
}

static void bare_group(sqlite3 *c, sqlite3_stmt *seg, sqlite3_stmt *msg, int group)
{
	char octets[220], hash[32], text[180];
	memset(octets, group & 0xff, sizeof octets);
	memset(text, group & 0xff, sizeof text);
	need(sqlite3_exec(c, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK, "begin");
	for (int i = 0; i < GROUP; i++) {
		sqlite3_randomness(sizeof hash, hash);
		sqlite3_bind_blob(seg, 1, hash, sizeof hash, SQLITE_STATIC);
		sqlite3_bind_blob(seg, 2, octets, sizeof octets, SQLITE_STATIC);
		sqlite3_bind_int(seg, 3, group * GROUP + i);
		need(sqlite3_step(seg) == SQLITE_DONE, "segment");
		sqlite3_reset(seg);
		sqlite3_bind_blob(msg, 1, hash, sizeof hash, SQLITE_STATIC);
		sqlite3_bind_blob(msg, 2, text, sizeof text, SQLITE_STATIC);
		sqlite3_bind_int(msg, 3, group * GROUP + i);
		need(sqlite3_step(msg) == SQLITE_DONE, "message");
		sqlite3_reset(msg);
	}
	need(sqlite3_exec(c, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, "commit");
}

static double bare(int groups)
{
	sqlite3 *c = NULL;
	sqlite3_stmt *seg = NULL, *msg = NULL;
	need(sqlite3_open(side, &c) == SQLITE_OK, side);
	need(sqlite3_exec(c, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
			  "CREATE TABLE s (id INTEGER PRIMARY KEY, hash BLOB UNIQUE, octets BLOB, n INT);"
			  "CREATE TABLE m (id INTEGER PRIMARY KEY, sender BLOB, text BLOB, n INT);"
			  "CREATE INDEX m_sender ON m (sender, n)", NULL, NULL, NULL) == SQLITE_OK,
	     "schema");
	need(sqlite3_prepare_v2(c, "INSERT INTO s (hash, octets, n) VALUES (?, ?, ?)", -1, &seg, NULL) ==
	     SQLITE_OK, "prepare");
	need(sqlite3_prepare_v2(c, "INSERT INTO m (sender, text, n) VALUES (?, ?, ?)", -1, &msg, NULL) ==
	     SQLITE_OK, "prepare");
	double from = seconds();
	for (int g = 0; g < groups; g++)
		bare_group(c, seg, msg, g);
	double took = seconds() - from;
	sqlite3_finalize(seg);
	sqlite3_finalize(msg);
	sqlite3_close(c);
	return took;
}

static void one_message(struct store *st, int n)
{
	char octets[171], text[122], sender[24];
	int64_t id, message;
	bool fresh, settled, whole, dup;
	memset(octets, 'o', sizeof octets);
	memset(text, 't', sizeof text);
	snprintf(octets, sizeof octets, "%d", n);
	snprintf(sender, sizeof sender, "+3556900%05d", n % 400);
	const struct segment_new s = { .modem = "m1", .memory = "SM", .received = NOW + n,
				       .octets = octets, .len = sizeof octets };
	const struct segment_facts f = { .sender = sender, .sent = NOW + n };
	int rc = inbox_add_segment(st, &s, &id, &fresh, &settled);
	if (rc == STORE_OK)
		rc = inbox_join(st, id, &f, NOW + n, 3600, &message, &whole, &dup);
	if (rc == STORE_OK)
		rc = inbox_set_text(st, message, text, sizeof text);
	if (rc == STORE_OK)
		rc = inbox_settle(st, message, "read", "T1", "", NOW + n);
	need(rc == STORE_OK, store_errmsg(st));
}

static double ours(int groups)
{
	char err[400] = "";
	struct store *st = NULL;
	const struct store_options o = { .path = db, .keyring_path = ring, .key_file = key };
	need(store_init(&o, err, sizeof err) == STORE_OK, err);
	need(store_open(&o, &st, err, sizeof err) == STORE_OK, err);
	double from = seconds();
	for (int g = 0; g < groups; g++) {
		need(store_begin(st) == STORE_OK, "begin");
		for (int i = 0; i < GROUP; i++)
			one_message(st, g * GROUP + i);
		need(store_commit(st) == STORE_OK, "commit");
	}
	double took = seconds() - from;
	store_close(st);
	return took;
}

static void clean(void)
{
	static const char *const ends[] = { "", "-wal", "-shm", ".lock" };
	const char *const files[] = { db, ring, key, side };
	char path[128];
	for (size_t f = 0; f < 4; f++) {
		for (size_t e = 0; e < 4; e++) {
			snprintf(path, sizeof path, "%s%s", files[f], ends[e]);
			unlink(path);
		}
	}
	rmdir(dir);
}

int main(int argc, char **argv)
{
	long groups = argc > 1 ? strtol(argv[1], NULL, 10) : 40;
	if (groups < 1 || groups > 100000)
		groups = 40;
	snprintf(dir, sizeof dir, "%s", "./bench-store-XXXXXX");
	need(mkdtemp(dir) != NULL, "mkdtemp");
	snprintf(db, sizeof db, "%s/store.db", dir);
	snprintf(ring, sizeof ring, "%s/keyring.db", dir);
	snprintf(key, sizeof key, "%s/master.key", dir);
	snprintf(side, sizeof side, "%s/side.db", dir);
	double sync = time_of_sync();
	double base = bare((int)groups), own = ours((int)groups);
	printf("one fdatasync: %.2f ms\n", sync * 1e3);
	printf("bare SQLite:   %7.1f groups/s, %8.0f messages/s\n", (double)groups / base,
	       (double)groups * GROUP / base);
	printf("store:         %7.1f groups/s, %8.0f messages/s, %.2f ms a group of %d, %.2f times bare\n",
	       (double)groups / own, (double)groups * GROUP / own, own * 1e3 / (double)groups, GROUP,
	       own / base);
	clean();
	return 0;
}
