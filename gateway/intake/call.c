/* call.c - see call.h. */
#include "gateway/intake/call.h"

#include <stdio.h>
#include <string.h>
#include "gateway/intake/call_answer.h"
#include "gateway/intake/call_sms.h"
#include "gateway/ussd/session.h"

typedef int call_fn(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words,
		    size_t max);

/* That this runs at all is the answer: frames, store and turn are alive. */
static int health(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max)
{
	(void)d, (void)c, (void)words, (void)max;
	r->status = 200;
	return STORE_OK;
}

static const struct {
	const char *kind;
	call_fn *answer;
} table[] = {
	{ "health", health },
	{ "ussd", session_call },
	{ "answer", call_answer },
	{ "link", call_link },
	{ "sms", call_sms },
	{ "report", call_report },
};

static void empty(struct call_reply *r)
{
	r->still = false;
	r->status = 0;
	r->waits_for = 0;
	r->detail[0] = '\0';
	r->fields.n = 0;
	r->used = 0;
}

int call_take(struct desk *d, const struct wire_call *c, struct call_reply *r, char *words, size_t max)
{
	empty(r);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (!wire_is(c->kind, table[i].kind))
			continue;
		int rc = table[i].answer(d, c, r, words, max);
		if (r->status == 0 && !r->waits_for)
			call_refuse(r, 500, NULL);
		return rc;
	}
	call_refuse(r, 404, NULL); /* a kind that no edge of this version sends */
	return STORE_OK;
}

int call_resume(struct desk *d, int64_t message, const char *reply, struct call_reply *r, char *words, size_t max)
{
	empty(r);
	int rc = session_resume(d, message, reply, r, words, max);
	if (r->status == 0)
		call_refuse(r, 500, NULL);
	return rc;
}
