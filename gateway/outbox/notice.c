/* notice.c - one-line notices to people.  See notice.h. */
#include "gateway/outbox/notice.h"
#include "gateway/outbox/post.h"
#include <string.h>
#include "parser/messages.h"

#define FILLS 20

static bool takes(const char *names, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = names; *p;) {
		size_t k = strcspn(p, " ");
		if (k == n && memcmp(p, name, n) == 0)
			return true;
		p += k + (p[k] == ' ');
	}
	return false;
}

/* The catalogue refuses a value a message has no place for; callers give all they know. */
bool notice_text(const struct desk *d, const struct reporter *to, const char *id,
		 const struct message_fill *fills, size_t n, char out[NOTICE_TEXT])
{
	const char *lang = to && to->lang[0] ? to->lang : d->cf->language;
	const char *names = message_fills(message_find(id));
	struct message_fill fit[FILLS];
	size_t k = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n && k < FILLS; i++) {
		if (takes(names, fills[i].name))
			fit[k++] = fills[i];
	}
	return parser_message(d->cf->world, lang, id, fit, k, out, NOTICE_TEXT) > 0;
}

int notice_one(struct desk *d, const struct reporter *to, const char *id,
	       const struct message_fill *fills, size_t n, int64_t case_id, bool urgent, bool *told)
{
	char text[NOTICE_TEXT];

	*told = false;
	if (!notice_text(d, to, id, fills, n, text))
		return STORE_OK;
	return post_sms(d, to, text, 0, 0, case_id, urgent, told);
}

int notice_role(struct desk *d, const char *role, const char *id, const struct message_fill *fills,
		size_t n, int64_t case_id, bool urgent, int *n_told)
{
	struct reporter who[NOTICE_PEOPLE];
	size_t found = 0;
	int sum = 0;

	int rc = roster_of_role(d->st, role, NULL, NULL, who, NOTICE_PEOPLE, &found);
	for (size_t i = 0; rc == STORE_OK && i < found; i++) {
		bool told;
		rc = notice_one(d, &who[i], id, fills, n, case_id, urgent, &told);
		sum += told;
	}
	if (n_told)
		*n_told = sum;
	return rc == STORE_NONE ? STORE_OK : rc;
}

int notice_role_later(struct desk *d, const char *role, const char *id, const struct message_fill *fills,
		      size_t n, int64_t not_before)
{
	struct reporter who[NOTICE_PEOPLE];
	char text[NOTICE_TEXT];
	size_t found = 0;

	int rc = roster_of_role(d->st, role, NULL, NULL, who, NOTICE_PEOPLE, &found);
	for (size_t i = 0; rc == STORE_OK && i < found; i++) {
		if (notice_text(d, &who[i], id, fills, n, text))
			rc = post_later(d, &who[i], text, not_before);
	}
	return rc == STORE_NONE ? STORE_OK : rc;
}
