/* reload.c - see reload.h. */
#include "gateway/hub/reload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/hub/log.h"
#include "gateway/hub/notify.h"
#include "gateway/hub/places.h"
#include "gateway/hub/workers.h"

void reload_setup_log(const struct config *cf)
{
	enum log_level level = LOG_INFO;
	log_level_from(cf->log_level, &level);
	log_setup(level, cf->log_private, getenv("JOURNAL_STREAM") != NULL);
}

/* Classes of the file are kept in the store, for what is recorded of them; once classes were imported
 * the file has no say. */
static int sync_schools(struct hub *h, bool imported)
{
	char today[CLOCK_DAY];
	if (imported)
		return STORE_OK;
	clock_day(clock_now(h->clock), today);
	int rc = store_begin(h->st);
	for (size_t i = 0; i < h->cf->n_classes && rc == STORE_OK; i++) {
		const struct config_class_row *c = &h->cf->classes[i];
		struct class_info row = {.size = c->register_size};
		snprintf(row.school, sizeof row.school, "%s", c->school);
		snprintf(row.name, sizeof row.name, "%s", c->class_name);
		snprintf(row.shift, sizeof row.shift, "%s", c->shift);
		snprintf(row.zone, sizeof row.zone, "%s", c->zone);
		rc = class_change(h->st, &row, today);
	}
	if (rc == STORE_OK)
		return store_commit(h->st);
	store_rollback(h->st);
	return rc;
}

int reload_first(struct hub *h)
{
	struct places p;
	int rc = places_load(h->st, &p);
	bool imported = p.im.schools;
	if (rc == STORE_OK && (imported || p.n_days)) {
		struct config *fresh = NULL;
		if (config_load_with(h->opt->config_file, &p.im, &fresh, stderr) == 0 && fresh) {
			config_free(h->cf);
			h->cf = fresh;
		} else {
			rc = STORE_FAIL;
		}
	}
	places_free(&p);
	return rc == STORE_OK ? sync_schools(h, imported) : rc;
}

/* Each fault is a line with its place. */
static void log_faults(char *text)
{
	for (char *line = text; line && *line;) {
		char *end = strchrnul(line, '\n');
		log_line(LOG_ERROR, "reload=refused reason=\"%.*s\"", (int)(end - line), line);
		line = *end ? end + 1 : end;
	}
}

static bool same_words(const char **a, const char **b)
{
	for (; a && b && *a && *b && strcmp(*a, *b) == 0; a++, b++)
		continue;
	return !(a && *a) && !(b && *b);
}

/* What may be started is fixed at the start (spawn.h). */
static bool same_programs(const struct config *old, const struct config *fresh)
{
	bool same = strcmp(old->worker_dir, fresh->worker_dir) == 0;
	for (size_t i = 0; i < fresh->n_modems; i++) {
		const struct config_modem *m = config_modem(old, fresh->modems[i].name);
		same &= same_words(m ? m->power_cycle : NULL, fresh->modems[i].power_cycle);
	}
	return same;
}

static void put_in_force(struct hub *h, struct config *fresh, bool imported)
{
	struct config *old = h->cf;
	if (strcmp(old->store_path, fresh->store_path) != 0 ||
	    strcmp(old->control_socket, fresh->control_socket) != 0)
		log_line(LOG_WARNING, "reload=partial reason=\"store and hub.control change at a restart\"");
	if (!same_programs(old, fresh))
		log_line(LOG_WARNING, "reload=partial reason=\"hub.worker_dir and power_cycle change at a restart\"");
	h->cf = fresh;
	reload_setup_log(h->cf);
	workers_want(h);
	config_free(old);
	int rc = sync_schools(h, imported);
	log_line(rc == STORE_OK ? LOG_INFO : LOG_ERROR, "reload=%s",
		 rc == STORE_OK ? "ok" : store_rc_name(rc));
}

bool reload_config(struct hub *h)
{
	struct config *fresh = NULL;
	struct places p;
	char *text = NULL;
	size_t len = 0;
	h->reload = false;
	notify_reloading();
	int rc = places_load(h->st, &p);
	FILE *err = open_memstream(&text, &len);
	int faults = err && rc == STORE_OK
			     ? config_load_with(h->opt->config_file, &p.im, &fresh, err) : 1;
	if (err)
		fclose(err);
	bool ok = !faults && fresh && clock_zone(fresh->timezone) == 0;
	if (ok) {
		put_in_force(h, fresh, p.im.schools);
	} else {
		log_faults(text);
		log_line(LOG_ERROR, "reload=refused faults=%d store=%s: the old configuration stays in force",
			 faults, store_rc_name(rc));
		config_free(fresh);
	}
	places_free(&p);
	free(text);
	notify_ready();
	return ok;
}
