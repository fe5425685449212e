/* fault.c - see fault.h. */
#include "tests/sim/modem/fault.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int number(const char *s, int64_t *value)
{
	char *end;
	errno = 0;
	long long v = strtoll(s, &end, 10);
	if (errno || end == s || *end || v < 0)
		return -1;
	*value = v;
	return 0;
}

/* The value of key= among the words, else NULL. */
static const char *option(char **words, int count, const char *key)
{
	size_t n = strlen(key);
	for (int i = 1; i < count; i++)
		if (strncmp(words[i], key, n) == 0 && words[i][n] == '=')
			return words[i] + n + 1;
	return NULL;
}

/* The numeric option key, or the plain word at a position, or fallback. */
static int64_t pick(char **words, int count, const char *key, int place, int64_t fallback)
{
	int64_t v;
	const char *text = option(words, count, key);
	if (text && number(text, &v) == 0)
		return v;
	if (place > 0 && place < count && number(words[place], &v) == 0)
		return v;
	return fallback;
}

static int64_t until(int64_t now, int64_t ms)
{
	return ms <= 0 || ms >= FAULT_EVER - now ? FAULT_EVER : now + ms;
}

static int set_none(struct fault *f, char **words, int count, int64_t now)
{
	(void)words, (void)count, (void)now;
	*f = (struct fault){0};
	return 0;
}

static int set_mute(struct fault *f, char **words, int count, int64_t now)
{
	f->mute_until = until(now, pick(words, count, "for", 1, 0));
	return 0;
}

static int set_chatty(struct fault *f, char **words, int count, int64_t now)
{
	f->chatty_every = pick(words, count, "every", 1, 400);
	f->chatty_until = until(now, pick(words, count, "for", 0, 0));
	f->chatty_next = now;
	return f->chatty_every > 0 ? 0 : -1;
}

static int set_garbage(struct fault *f, char **words, int count, int64_t now)
{
	f->garbage_bytes = pick(words, count, "bytes", 1, 256);
	f->garbage_every = pick(words, count, "every", 0, 0);
	f->garbage_until = until(now, pick(words, count, "for", 0, 0));
	f->garbage_mangle = (int)(pick(words, count, "mangle", 0, 0) % 101);
	f->garbage_next = now;
	return f->garbage_bytes <= 1 << 20 ? 0 : -1;
}

static int set_hangup(struct fault *f, char **words, int count, int64_t now)
{
	f->hangup_until = until(now, pick(words, count, "for", 1, 0));
	return 0;
}

static int set_stall(struct fault *f, char **words, int count, int64_t now)
{
	f->stall_until = until(now, pick(words, count, "for", 1, 0));
	return 0;
}

static int set_slow(struct fault *f, char **words, int count, int64_t now)
{
	(void)now;
	f->slow_ms = pick(words, count, "ms", 1, 500);
	return 0;
}

static int set_cms(struct fault *f, char **words, int count, int64_t now)
{
	(void)now;
	f->cms_code = (int)(pick(words, count, "code", 1, 500) % 1000);
	f->cms_left = pick(words, count, "count", 2, 1);
	return 0;
}

static int set_noanswer(struct fault *f, char **words, int count, int64_t now)
{
	(void)now;
	f->swallow_left = pick(words, count, "count", 1, 1);
	f->swallow_taken = pick(words, count, "taken", 0, 1) != 0;
	return 0;
}

static int set_late(struct fault *f, char **words, int count, int64_t now)
{
	(void)now;
	f->late_ms = pick(words, count, "ms", 1, 5000);
	f->late_left = pick(words, count, "count", 2, 1);
	return 0;
}

static int refuse(struct fault *f, const char *prefix, enum refusal_kind kind, int code,
		  int64_t left)
{
	if (strncasecmp(prefix, "AT", 2) == 0)
		prefix += 2;
	for (int i = 0; i < FAULT_REFUSALS; i++) {
		struct refusal *r = &f->refusals[i];
		if (r->left != 0)
			continue;
		size_t n = strnlen(prefix, sizeof(r->prefix) - 1);
		for (size_t k = 0; k < n; k++)
			r->prefix[k] = (char)toupper((unsigned char)prefix[k]);
		r->prefix[n] = '\0';
		r->kind = kind;
		r->code = code;
		r->left = left;
		return 0;
	}
	return -1;
}

static int set_refuse(struct fault *f, char **words, int count, int64_t now)
{
	(void)now;
	if (count < 2)
		return -1;
	int64_t left = pick(words, count, "count", 2, FAULT_EVER);
	int64_t cms = pick(words, count, "cms", 0, -1), cme = pick(words, count, "cme", 0, -1);
	if (cms >= 0)
		return refuse(f, words[1], REFUSE_CMS, (int)(cms % 1000), left);
	if (cme >= 0)
		return refuse(f, words[1], REFUSE_CME, (int)(cme % 1000), left);
	return refuse(f, words[1], REFUSE_ERROR, 0, left);
}

static int set_cmgl(struct fault *f, char **words, int count, int64_t now)
{
	(void)now;
	int code = (int)(pick(words, count, "code", 1, 500) % 1000);
	return refuse(f, "+CMGL", REFUSE_CMS, code, pick(words, count, "count", 2, FAULT_EVER));
}

static int set_nocmti(struct fault *f, char **words, int count, int64_t now)
{
	(void)words, (void)count, (void)now;
	f->nocmti = true;
	return 0;
}

static int set_hide0(struct fault *f, char **words, int count, int64_t now)
{
	(void)words, (void)count, (void)now;
	f->hide0 = true;
	return 0;
}

static int set_nosim(struct fault *f, char **words, int count, int64_t now)
{
	(void)words, (void)count, (void)now;
	f->sim = FAULT_SIM_MISSING;
	return 0;
}

static int set_pin(struct fault *f, char **words, int count, int64_t now)
{
	(void)now;
	const char *pin = count > 1 ? words[1] : "1234";
	size_t n = strlen(pin);
	if (n < 4 || n > 8)
		return -1;
	memcpy(f->pin, pin, n + 1);
	f->sim = FAULT_SIM_PIN;
	return 0;
}

static int set_pinrefused(struct fault *f, char **words, int count, int64_t now)
{
	(void)words, (void)count, (void)now;
	f->sim = FAULT_SIM_PIN_REFUSED;
	return 0;
}

static int set_puk(struct fault *f, char **words, int count, int64_t now)
{
	(void)words, (void)count, (void)now;
	f->sim = FAULT_SIM_PUK;
	return 0;
}

static const struct {
	const char *name;
	int (*set)(struct fault *f, char **words, int count, int64_t now);
} table[] = {
    {"none", set_none},
    {"mute", set_mute},
    {"chatty", set_chatty},
    {"garbage", set_garbage},
    {"hangup", set_hangup},
    {"stall", set_stall},
    {"slow", set_slow},
    {"cms", set_cms},
    {"noanswer", set_noanswer},
    {"late", set_late},
    {"refuse", set_refuse},
    {"cmgl", set_cmgl},
    {"nocmti", set_nocmti},
    {"hide0", set_hide0},
    {"nosim", set_nosim},
    {"pin", set_pin},
    {"pinrefused", set_pinrefused},
    {"puk", set_puk},
};

int fault_set(struct fault *f, char **words, int count, int64_t now, const char **error)
{
	for (size_t i = 0; count > 0 && i < sizeof(table) / sizeof(table[0]); i++) {
		if (strcmp(words[0], table[i].name) != 0)
			continue;
		if (table[i].set(f, words, count, now) == 0)
			return 0;
		*error = "bad argument of the fault";
		return -1;
	}
	*error = "no such fault";
	return -1;
}

const struct refusal *fault_refuses(struct fault *f, const char *command)
{
	for (int i = 0; i < FAULT_REFUSALS; i++) {
		struct refusal *r = &f->refusals[i];
		if (r->left == 0 || strncmp(command, r->prefix, strlen(r->prefix)) != 0)
			continue;
		if (r->left != FAULT_EVER)
			r->left--;
		return r;
	}
	return NULL;
}

static int64_t earlier(int64_t best, int64_t at, int64_t now)
{
	return at > now && at < best ? at : best;
}

int64_t fault_next(const struct fault *f, int64_t now)
{
	int64_t best = FAULT_EVER;
	best = earlier(best, f->mute_until, now);
	best = earlier(best, f->stall_until, now);
	if (fault_chatty(f, now))
		best = f->chatty_next < best ? f->chatty_next : best;
	if (f->garbage_bytes > 0 && f->garbage_next < best)
		best = f->garbage_next;
	return best;
}

void fault_expire(struct fault *f, int64_t now)
{
	if (f->garbage_until != 0 && now >= f->garbage_until)
		f->garbage_bytes = f->garbage_mangle = 0;
}

bool fault_mute(const struct fault *f, int64_t now)
{
	return now < f->mute_until;
}

bool fault_chatty(const struct fault *f, int64_t now)
{
	return f->chatty_every > 0 && now < f->chatty_until;
}

bool fault_stalled(const struct fault *f, int64_t now)
{
	return now < f->stall_until;
}
