/* verbs_keys.c - the keys: how they are, the master key changed, data keys renewed, copies.  See verbs.h. */
#include "gateway/hub/verbs_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/hub/passphrase.h"
#include "store/backup.h"
#include "store/keys.h"

static json_t *kinds_json(const struct keys_status *s)
{
	static const char *const what[] = {
		[SEAL_CHECK] = "the keyring itself", [SEAL_ROSTER] = "telephone numbers", [SEAL_INDEX] = "look-up and audit",
		[SEAL_CASE] = "a case each",         [SEAL_DAY] = "texts of a day each",  [SEAL_BACKUP] = "backups of a day each",
	};
	json_t *list = json_array();
	for (int i = 0; i <= SEAL_BACKUP; i++)
		json_array_append_new(list, json_pack("{s:s,s:I,s:I,s:I}", "kind", what[i], "live",
						      (json_int_t)s->kind[i].live, "retired",
						      (json_int_t)s->kind[i].retired, "destroyed",
						      (json_int_t)s->kind[i].destroyed));
	return list;
}

int verb_key_status(struct verb_call *c)
{
	const struct config *cf = c->d->cf;
	struct keys_status s;
	char id[20];
	int rc = keys_status(c->d->st, &s);
	if (rc != STORE_OK)
		return rc;
	snprintf(id, sizeof id, "%016" PRIx64, s.master.id);
	*c->answer = json_pack("{s:b,s:s,s:s,s:b,s:I,s:b,s:b,s:o}", "ok", 1, "master", id, "source", cf->key_source,
			       "passphrase", s.master.passphrase, "left", (json_int_t)s.master.left, "waits", s.waits,
			       "renewing", s.renewing != 0, "kinds", kinds_json(&s));
	verb_put_time(*c->answer, "since", s.master.created);
	verb_put_time(*c->answer, "copied",
		      cf->backup.keyring_directory[0] ? keys_newest_copy(cf->backup.keyring_directory) : 0);
	return STORE_OK;
}

/* What stands in its way is an answer, not a failed turn. */
static int refused(struct verb_call *c, int rc)
{
	if (rc != STORE_STATE && rc != STORE_KEY && rc != STORE_IO && rc != STORE_READONLY && rc != STORE_FULL)
		return rc;
	*c->answer = verb_refuse("%s", store_errmsg(c->d->st));
	return STORE_OK;
}

int verb_key_rotate(struct verb_call *c)
{
	const char *to = verb_text(c->rq, "to");
	bool passphrase = json_is_true(json_object_get(c->rq, "passphrase"));
	const struct keys_new next = {.source = passphrase ? STORE_KEY_PASSPHRASE : STORE_KEY_FILE, .path = to,
				      .ask = passphrase_ask};
	/* On record first: the keyring does not take back what a failed turn began. */
	int rc = audit_add(c->d->st, c->d->now, c->who, "key.rotate", "master key", "begun", "");
	if (rc == STORE_OK)
		rc = keys_rotate(c->d->st, passphrase || to[0] ? &next : NULL, c->d->now);
	if (rc != STORE_OK)
		return refused(c, rc) == STORE_OK ? STORE_STATE : rc;
	*c->answer = json_pack("{s:b}", "ok", 1);
	return STORE_OK;
}

int verb_key_renew(struct verb_call *c)
{
	int rc = keys_renew(c->d->st, c->d->now);
	if (rc != STORE_OK)
		return refused(c, rc);
	*c->answer = json_pack("{s:b}", "ok", 1);
	return audit_add(c->d->st, c->d->now, c->who, "key.renew", "data keys", "begun", "");
}

int verb_key_copy(struct verb_call *c)
{
	const struct config *cf = c->d->cf;
	const char *dir = verb_text(c->rq, "dir");
	char path[1024];
	int64_t gone = 0;
	if (!cf->backup.recovery_key[0]) {
		*c->answer = verb_refuse("a copy is made for a recovery key: kujdestar key recovery FILE makes one, and its public "
					 "half is backup.recovery_key");
		return STORE_OK;
	}
	if (!dir[0])
		dir = cf->backup.keyring_directory;
	if (!dir[0]) {
		*c->answer = verb_refuse("where to? key copy DIR, or backup.keyring_directory");
		return STORE_OK;
	}
	int rc = keys_copy(c->d->st, cf->backup.recovery_key, dir, c->d->now, path, sizeof path);
	if (rc != STORE_OK)
		return refused(c, rc);
	(void)keys_copies_expire(dir, c->d->now - (int64_t)cf->backup.keyring_days * 86400, &gone);
	*c->answer = json_pack("{s:b,s:s,s:I}", "ok", 1, "copy", path, "removed", (json_int_t)gone);
	return audit_add(c->d->st, c->d->now, c->who, "key.copy", "keyring", "ok", "");
}

int verb_backup_key(struct verb_call *c)
{
	int rc = backup_key(c->d->st, c->d->now);
	if (rc != STORE_OK)
		return refused(c, rc);
	*c->answer = json_pack("{s:b,s:I}", "ok", 1, "now", (json_int_t)c->d->now);
	return audit_add(c->d->st, c->d->now, c->who, "store.backup", "store", "begun", "");
}
