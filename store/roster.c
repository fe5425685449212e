/* roster.c - reporters with sealed numbers, schools, classes, conversation contexts.
 * A number is stored twice: sealed, to send to, and as a keyed hash, to be found by. */
#include "store/roster.h"

#include <string.h>

#include "store/internal.h"

#define NUMBER_MAX 24
#define COLUMNS "r.id, r.role, r.school, r.agency, r.lang, r.active"

enum {
	Q_SCHOOL, Q_CLASS, Q_CLASS_GET, Q_PUT, Q_PUT_KEEP, Q_SEAL_OF, Q_BY_HASH, Q_BY_ID, Q_NUMBER,
	Q_CLASSES_CLEAR, Q_CLASSES_ADD, Q_CLASSES, Q_ACTIVE, Q_LANG, Q_OF_ROLE, Q_OF_SCHOOL, Q_LIST, Q_CTX_CLEAR,
	Q_CTX_SET, Q_CTX_GET, Q_LEFT, Q_UNNUMBER, Q_REHASH, Q_N
};
static const char *const sql[Q_N] = {
	[Q_LEFT] = "SELECT seal FROM reporters WHERE active = 0 AND length(number) > 0 AND changed < $1 LIMIT 1",
	[Q_UNNUMBER] = "UPDATE reporters SET number = x'', number_hash = $1 WHERE seal = $2",
	[Q_REHASH] = "UPDATE reporters SET number_hash = $1 WHERE number_hash = $2",
	[Q_SCHOOL] = "INSERT INTO schools (id) VALUES ($1) ON CONFLICT (id) DO NOTHING",
	[Q_CLASS] = "INSERT INTO classes (school, name, register_size, shift) VALUES ($1, $2, $3, $4) "
		    "ON CONFLICT (school, name) DO UPDATE SET "
		    "register_size = excluded.register_size, shift = excluded.shift",
	[Q_CLASS_GET] = "SELECT register_size FROM classes WHERE school = $1 AND name = $2",
	/* The same number put again is no sign that the same person has it still. */
	[Q_PUT] = "INSERT INTO reporters (id, seal, role, school, agency, lang, active, number, "
		  "number_hash, changed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
		  "ON CONFLICT (id) DO UPDATE SET seal = excluded.seal, role = excluded.role, "
		  "school = excluded.school, agency = excluded.agency, lang = excluded.lang, "
		  "active = excluded.active, number = excluded.number, "
		  "number_hash = excluded.number_hash, changed = CASE WHEN reporters.active = excluded.active "
		  "AND reporters.number_hash = excluded.number_hash THEN reporters.changed ELSE excluded.changed END",
	[Q_PUT_KEEP] = "UPDATE reporters SET role = $1, school = $2, agency = $3, lang = $4, "
		       "active = $5, changed = $6 WHERE id = $7",
	[Q_SEAL_OF] = "SELECT id FROM reporters WHERE number_hash = $1",
	[Q_BY_HASH] = "SELECT " COLUMNS " FROM reporters r WHERE r.number_hash = $1",
	[Q_BY_ID] = "SELECT " COLUMNS " FROM reporters r WHERE r.id = $1",
	[Q_NUMBER] = "SELECT seal, number FROM reporters WHERE id = $1",
	[Q_CLASSES_CLEAR] = "DELETE FROM reporter_classes WHERE reporter = $1",
	[Q_CLASSES_ADD] = "INSERT INTO reporter_classes (reporter, name, place) VALUES ($1, $2, $3) "
			  "ON CONFLICT (reporter, name) DO NOTHING",
	[Q_CLASSES] = "SELECT name FROM reporter_classes WHERE reporter = $1 ORDER BY place",
	[Q_ACTIVE] = "UPDATE reporters SET active = $1, changed = $2 WHERE id = $3",
	[Q_LANG] = "UPDATE reporters SET lang = $1 WHERE id = $2",
	[Q_OF_ROLE] = "SELECT " COLUMNS " FROM reporters r WHERE r.role = $1 AND r.active = 1 "
		      "AND ($2 = '' OR r.school = $2) AND ($3 = '' OR r.agency = $3) ORDER BY r.id",
	[Q_OF_SCHOOL] = "SELECT " COLUMNS " FROM reporters r WHERE r.school = $1 AND r.role = $2 "
			"AND r.active = 1 AND ($3 = '' OR EXISTS (SELECT 1 FROM reporter_classes c "
			"WHERE c.reporter = r.id AND c.name = $3)) ORDER BY r.id",
	[Q_LIST] = "SELECT " COLUMNS " FROM reporters r WHERE r.id > $1 ORDER BY r.id LIMIT $2",
	[Q_CTX_CLEAR] = "DELETE FROM contexts WHERE reporter = $1",
	[Q_CTX_SET] = "INSERT INTO contexts (reporter, asked, case_code, expires) "
		      "VALUES ($1, $2, $3, $4) ON CONFLICT (reporter) DO UPDATE SET "
		      "asked = excluded.asked, case_code = excluded.case_code, "
		      "expires = excluded.expires",
	[Q_CTX_GET] = "SELECT asked, case_code FROM contexts WHERE reporter = $1 AND expires > $2",
};
const struct sql_family roster_family = { "roster", sql, Q_N };

static struct db_stmt *q(struct store *st, int i)
{
	return st->q[FAM_ROSTER][i];
}

/* A write that must meet its row. */
static int one_row(struct store *st, struct db_stmt *s)
{
	int rc = base_db(st, db_run(s));
	if (rc == STORE_OK && db_changes(st->db) == 0)
		rc = base_say(st, STORE_NONE, "no such reporter");
	return rc;
}

/* ---- reading --------------------------------------------------------------------------------- */

static int load_row(struct store *st, struct db_stmt *s, void *row)
{
	struct reporter *r = row;
	memset(r, 0, sizeof *r);
	db_text(s, 0, r->id, sizeof r->id);
	db_text(s, 1, r->role, sizeof r->role);
	db_text(s, 2, r->school, sizeof r->school);
	db_text(s, 3, r->agency, sizeof r->agency);
	db_text(s, 4, r->lang, sizeof r->lang);
	r->active = db_int(s, 5) != 0;
	int rc = db_row(s);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *c = q(st, Q_CLASSES);
	db_bind_text(c, 1, r->id, sizeof r->id);
	while ((rc = db_step(c)) == STORE_OK && r->n_classes < 24) {
		db_text(c, 0, r->classes[r->n_classes], sizeof r->classes[0]);
		r->n_classes++;
	}
	db_reset(c);
	return rc == STORE_NONE ? STORE_OK : rc;
}

static int hash_number(struct store *st, const char *number, struct number_hash *hash)
{
	size_t len = strnlen(number, NUMBER_MAX);
	if (len == 0 || len >= NUMBER_MAX)
		return base_say(st, STORE_BOUND, "a number of %zu characters", len);
	return base_hash_number(st, "number", number, len, hash);
}

int roster_by_number(struct store *st, const char *number, struct reporter *out)
{
	struct number_hash hash = { .n = 0 };
	/* An alphanumeric or overlong sender is on no roster. */
	if (strnlen(number, NUMBER_MAX) >= NUMBER_MAX || !*number)
		return base_say(st, STORE_NONE, "no such row");
	int rc = hash_number(st, number, &hash);
	if (rc != STORE_OK)
		return rc;
	rc = STORE_NONE;
	for (size_t i = 0; rc == STORE_NONE && i < hash.n; i++) {
		struct db_stmt *s = q(st, Q_BY_HASH);
		db_bind_blob(s, 1, hash.of[i], SEAL_HASH);
		rc = base_one(st, s, load_row, out);
	}
	return rc;
}

int roster_by_id(struct store *st, const char *id, struct reporter *out)
{
	struct db_stmt *s = q(st, Q_BY_ID);
	db_bind_text(s, 1, id, ROSTER_ID);
	return base_one(st, s, load_row, out);
}

int roster_number(struct store *st, const char *id, char *number, size_t max)
{
	struct db_stmt *s = q(st, Q_NUMBER);
	size_t len;
	db_bind_text(s, 1, id, ROSTER_ID);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	const struct seal_place p = { "reporters.number", db_int(s, 0) };
	rc = base_unseal(st, s, 1, &p, number, max, &len, NULL);
	db_reset(s);
	return rc == STORE_OK && len == 0 && st->seal ? base_say(st, STORE_NONE, "his number was taken out") : rc;
}

int roster_of_role(struct store *st, const char *role, const char *school, const char *agency,
		   struct reporter *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_OF_ROLE);
	db_bind_text(s, 1, role, sizeof out->role);
	db_bind_text(s, 2, school, sizeof out->school);
	db_bind_text(s, 3, agency, sizeof out->agency);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int roster_of_school(struct store *st, const char *role, const char *school, const char *class_name,
		     struct reporter *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_OF_SCHOOL);
	db_bind_text(s, 1, school, sizeof out->school);
	db_bind_text(s, 2, role, sizeof out->role);
	db_bind_text(s, 3, class_name, 12);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

int roster_list(struct store *st, const char *after, struct reporter *out, size_t max, size_t *n)
{
	struct db_stmt *s = q(st, Q_LIST);
	db_bind_text(s, 1, after, ROSTER_ID);
	db_bind_int(s, 2, (int64_t)max);
	return base_many(st, s, load_row, out, sizeof *out, max, n);
}

/* ---- writing --------------------------------------------------------------------------------- */

int school_put(struct store *st, const char *id)
{
	struct db_stmt *s = q(st, Q_SCHOOL);
	db_bind_text(s, 1, id, 12);
	return base_db(st, db_run(s));
}

int class_put(struct store *st, const char *school, const char *class_name, int register_size,
	      const char *shift)
{
	int rc = school_put(st, school);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_CLASS);
	db_bind_text(s, 1, school, 12);
	db_bind_text(s, 2, class_name, 12);
	db_bind_int(s, 3, register_size);
	db_bind_text(s, 4, shift, 16);
	return base_db(st, db_run(s));
}

int class_register(struct store *st, const char *school, const char *class_name, int *size)
{
	struct db_stmt *s = q(st, Q_CLASS_GET);
	db_bind_text(s, 1, school, 12);
	db_bind_text(s, 2, class_name, 12);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	*size = (int)db_int(s, 0);
	db_reset(s);
	return STORE_OK;
}

static int put_classes(struct store *st, const struct reporter *r)
{
	struct db_stmt *s = q(st, Q_CLASSES_CLEAR);
	db_bind_text(s, 1, r->id, sizeof r->id);
	int rc = db_run(s);
	for (uint16_t i = 0; rc == STORE_OK && i < r->n_classes && i < 24; i++) {
		s = q(st, Q_CLASSES_ADD);
		db_bind_text(s, 1, r->id, sizeof r->id);
		db_bind_text(s, 2, r->classes[i], sizeof r->classes[i]);
		db_bind_int(s, 3, i);
		rc = db_run(s);
	}
	return base_db(st, rc);
}

static void bind_school(struct db_stmt *s, int i, const char *school)
{
	if (*school)
		db_bind_text(s, i, school, 12);
	else
		db_bind_ref(s, i, 0);
}

static int put_without_number(struct store *st, const struct reporter *r, int64_t now)
{
	struct db_stmt *s = q(st, Q_PUT_KEEP);
	db_bind_text(s, 1, r->role, sizeof r->role);
	bind_school(s, 2, r->school);
	db_bind_text(s, 3, r->agency, sizeof r->agency);
	db_bind_text(s, 4, r->lang, sizeof r->lang);
	db_bind_int(s, 5, r->active);
	db_bind_int(s, 6, now);
	db_bind_text(s, 7, r->id, sizeof r->id);
	return one_row(st, s);
}

static int holder_of(struct store *st, const struct number_hash *hash, char holder[ROSTER_ID])
{
	int rc = STORE_NONE;
	for (size_t i = 0; rc == STORE_NONE && i < hash->n; i++) {
		struct db_stmt *s = q(st, Q_SEAL_OF);
		db_bind_blob(s, 1, hash->of[i], SEAL_HASH);
		rc = db_step(s);
		if (rc == STORE_OK)
			db_text(s, 0, holder, ROSTER_ID);
		db_reset(s);
	}
	return base_db(st, rc);
}

/* Or the row of this very number would seem to have had another. */
static int rehash(struct store *st, const struct number_hash *hash)
{
	if (hash->n < 2)
		return STORE_OK;
	struct db_stmt *s = q(st, Q_REHASH);
	db_bind_blob(s, 1, hash->of[0], SEAL_HASH);
	db_bind_blob(s, 2, hash->of[1], SEAL_HASH);
	return base_db(st, db_run(s));
}

static int put_with_number(struct store *st, const struct reporter *r, const char *number,
			   int64_t now)
{
	uint8_t sealed[NUMBER_MAX + SEAL_OVERHEAD];
	struct number_hash hash = { .n = 0 };
	struct seal_place p = { "reporters.number", 0 };
	char holder[ROSTER_ID] = "";
	int rc = hash_number(st, number, &hash);
	if (rc == STORE_OK)
		rc = holder_of(st, &hash, holder);
	if (rc != STORE_OK && rc != STORE_NONE)
		return rc;
	if (rc == STORE_OK && strcmp(holder, r->id) != 0)
		return base_say(st, STORE_EXISTS, "the number belongs to reporter %s", holder);
	rc = rehash(st, &hash);
	if (rc == STORE_OK)
		rc = base_next_id(st, SEQ_REPORTER, &p.row);
	if (rc == STORE_OK)
		rc = base_seal(st, SEAL_ROSTER, 0, &p, number, strlen(number), sealed);
	if (rc != STORE_OK)
		return rc;
	struct db_stmt *s = q(st, Q_PUT);
	db_bind_text(s, 1, r->id, sizeof r->id);
	db_bind_int(s, 2, p.row);
	db_bind_text(s, 3, r->role, sizeof r->role);
	bind_school(s, 4, r->school);
	db_bind_text(s, 5, r->agency, sizeof r->agency);
	db_bind_text(s, 6, r->lang, sizeof r->lang);
	db_bind_int(s, 7, r->active);
	db_bind_blob(s, 8, sealed, strlen(number) + SEAL_OVERHEAD);
	db_bind_blob(s, 9, hash.of[0], SEAL_HASH);
	db_bind_int(s, 10, now);
	return base_db(st, db_run(s));
}

int roster_put(struct store *st, const struct reporter *r, const char *number, int64_t now)
{
	int rc = *r->school ? school_put(st, r->school) : STORE_OK;
	if (rc == STORE_OK)
		rc = number && *number ? put_with_number(st, r, number, now)
				       : put_without_number(st, r, now);
	return rc == STORE_OK ? put_classes(st, r) : rc;
}

int roster_set_active(struct store *st, const char *id, bool active, int64_t now)
{
	struct db_stmt *s = q(st, Q_ACTIVE);
	db_bind_int(s, 1, active);
	db_bind_int(s, 2, now);
	db_bind_text(s, 3, id, ROSTER_ID);
	return one_row(st, s);
}

/* A number that nobody has: its hash is of the row, so that no other stands in the way of it. */
int roster_forget_numbers(struct store *st, int64_t before, int64_t now, size_t max, int64_t *n)
{
	uint8_t hash[SEAL_HASH];
	int64_t seal = 0;
	int rc = STORE_OK;
	(void)now;
	for (*n = 0; rc == STORE_OK && (size_t)*n < max; ++*n) {
		struct db_stmt *s = q(st, Q_LEFT);
		db_bind_int(s, 1, before);
		rc = db_step(s);
		if (rc == STORE_OK)
			seal = db_int(s, 0);
		db_reset(s);
		if (rc != STORE_OK)
			break;
		rc = base_hash(st, "left", &seal, sizeof seal, hash);
		if (rc != STORE_OK)
			return rc;
		s = q(st, Q_UNNUMBER);
		db_bind_blob(s, 1, hash, sizeof hash);
		db_bind_int(s, 2, seal);
		rc = db_run(s);
	}
	return rc == STORE_NONE ? STORE_OK : base_db(st, rc);
}

int roster_set_lang(struct store *st, const char *id, const char *lang)
{
	struct db_stmt *s = q(st, Q_LANG);
	db_bind_text(s, 1, lang, 4);
	db_bind_text(s, 2, id, ROSTER_ID);
	return one_row(st, s);
}

/* ---- contexts -------------------------------------------------------------------------------- */

int context_set(struct store *st, const char *reporter, const char *asked, const char *case_code,
		int64_t expires)
{
	bool clear = !(asked && *asked) && !(case_code && *case_code);
	struct db_stmt *s = q(st, clear ? Q_CTX_CLEAR : Q_CTX_SET);
	db_bind_text(s, 1, reporter, ROSTER_ID);
	if (!clear) {
		db_bind_text(s, 2, asked, 64);
		db_bind_text(s, 3, case_code, 24);
		db_bind_int(s, 4, expires);
	}
	return base_db(st, db_run(s));
}

int context_get(struct store *st, const char *reporter, int64_t now, char *asked, size_t amax,
		char *case_code, size_t cmax)
{
	struct db_stmt *s = q(st, Q_CTX_GET);
	db_bind_text(s, 1, reporter, ROSTER_ID);
	db_bind_int(s, 2, now);
	int rc = db_step(s);
	if (rc != STORE_OK)
		return base_db(st, rc);
	db_text(s, 0, asked, amax);
	db_text(s, 1, case_code, cmax);
	rc = db_row(s);
	db_reset(s);
	return base_db(st, rc);
}
