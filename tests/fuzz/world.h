/* world.h - a store of the demonstration in a folder of its own, made once a process: for targets that
 * need one.  Each input is a transaction that is rolled back. */
#ifndef TESTS_FUZZ_WORLD_H
#define TESTS_FUZZ_WORLD_H
#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/casework/desk.h"
#include "gateway/hub/clock.h"
#include "gateway/hub/log.h"
#include "gateway/intake/intake.h"
#include "parser/tpdu.h"
#include "store/attendance.h"
#include "store/roster.h"
#include "store/store.h"

static struct {
	char dir[64];
	struct config *cf;
	struct desk d;
	int64_t nudges;
} world;

static inline void world_end(void)
{
	char path[400];
	DIR *dir = opendir(world.dir);
	const struct dirent *e;
	store_close(world.d.st);
	config_free(world.cf);
	while (dir && (e = readdir(dir)) != NULL) {
		snprintf(path, sizeof path, "%s/%s", world.dir, e->d_name);
		unlink(path);
	}
	if (dir)
		closedir(dir);
	rmdir(world.dir);
}

static inline void world_people(void)
{
	for (size_t i = 0; i < world.cf->n_classes; i++) {
		const struct config_class_row *c = &world.cf->classes[i];
		assert(school_put(world.d.st, c->school) == STORE_OK);
		assert(class_put(world.d.st, c->school, c->class_name, c->register_size, c->shift) == STORE_OK);
	}
	for (size_t i = 0; i < world.cf->n_roster; i++) {
		const struct config_roster_row *r = &world.cf->roster[i];
		struct reporter p;
		memset(&p, 0, sizeof p);
		snprintf(p.id, sizeof p.id, "%s", r->id);
		snprintf(p.role, sizeof p.role, "%s", r->role);
		snprintf(p.school, sizeof p.school, "%s", r->school);
		snprintf(p.agency, sizeof p.agency, "%s", r->agency);
		snprintf(p.lang, sizeof p.lang, "sq");
		p.active = true;
		assert(roster_put(world.d.st, &p, r->number, world.d.now) == STORE_OK);
	}
}

static inline void world_read(void)
{
	struct intake_item it;
	char words[400];
	for (int n = 0; n < 1000 && intake_peek(&world.d, &it) == STORE_OK; n++)
		if (intake_process(&world.d, &it, words, sizeof words) != STORE_OK)
			return;
}

static inline void world_text(const char *from, const char *text)
{
	struct tpdu t = {.kind = TPDU_DELIVER, .address_type = 0x91, .validity = -1, .port = -1, .scts = world.d.now}, part;
	uint8_t octets[256];
	struct wire_segment s;
	int64_t id;
	bool fresh;
	snprintf(t.address, sizeof t.address, "%s", from);
	assert(tpdu_split(&t, text, strlen(text), 0, &part, 1) == 1);
	int n = tpdu_encode(&part, octets, sizeof octets);
	assert(n > 0);
	memset(&s, 0, sizeof s);
	s.octets = wire_blob(octets, (size_t)n);
	s.memory = wire_str("SM");
	s.view_sender = s.view_text = wire_str("");
	assert(intake_take(&world.d, "sim1", &s, false, &id, &fresh) == STORE_OK);
	world_read();
}

/* What happened in it before the first input; its rows stay. */
static inline void world_start(void (*before)(void))
{
	static char db[96], ring[96], key[96];
	char err[256] = "";
	if (world.cf)
		return;
	log_setup(LOG_ERROR, false, false);
	snprintf(world.dir, sizeof world.dir, "/tmp/kujdestar-fuzz-XXXXXX");
	assert(mkdtemp(world.dir));
	snprintf(db, sizeof db, "%s/kujdestar.db", world.dir);
	snprintf(ring, sizeof ring, "%s/keyring.db", world.dir);
	snprintf(key, sizeof key, "%s/master.key", world.dir);
	assert(config_load("config/demo.cfg", &world.cf, stderr) == 0);
	assert(clock_zone(world.cf->timezone) == 0);
	struct store_options o = {.path = db, .keyring_path = ring, .key_file = key, .busy_ms = 1000};
	assert(store_init(&o, err, sizeof err) == STORE_OK);
	assert(store_open(&o, &world.d.st, err, sizeof err) == STORE_OK);
	world.d.cf = world.cf;
	world.d.nudges = &world.nudges;
	world.d.now = clock_utc_of("2026-11-18T10:15");
	world.d.checker = checker_new(false);
	assert(world.d.checker);
	assert(store_begin(world.d.st) == STORE_OK);
	world_people();
	if (before)
		before();
	assert(store_commit(world.d.st) == STORE_OK);
	atexit(world_end);
}
#endif
