/* credit_value.c - see credit_value.h. */
#include "gateway/hub/credit_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/hub/clock.h"

#define DAY 86400

void credit_words(bool day, int64_t value, char out[CREDIT_WORDS])
{
	int64_t size = value < 0 ? -value : value;
	char iso[32];
	if (day) {
		clock_iso(value * DAY, iso, sizeof iso);
		snprintf(out, CREDIT_WORDS, "%.10s", iso);
	} else {
		snprintf(out, CREDIT_WORDS, "%s%lld.%02d", value < 0 ? "-" : "",
			 (long long)(size / 100 % 100000000000), (int)(size % 100));
	}
}

void credit_write(const struct credit_value *v, char out[CREDIT_TEXT])
{
	snprintf(out, CREDIT_TEXT, "%lld %lld %lld %d %d %d %d", (long long)v->asked, (long long)v->at,
		 (long long)v->value, v->state, v->misses, v->told, v->told_unread);
}

bool credit_read(struct credit_value *v, const char *text)
{
	long long n[7];
	char *end;
	*v = (struct credit_value){.state = CREDIT_NEVER};
	for (int i = 0; i < 7; i++) {
		errno = 0;
		n[i] = strtoll(text, &end, 10);
		if (errno || end == text || (n[i] < 0 && i != 2))
			return false;
		text = end;
	}
	if (*text || n[3] > CREDIT_SILENT || n[4] > 1000000 || n[5] > 1 || n[6] > 1)
		return false;
	*v = (struct credit_value){n[0], n[1], n[2], (int)n[3], (int)n[4], n[5] != 0, n[6] != 0};
	return true;
}

void credit_name(bool day, const char *modem, char out[32])
{
	snprintf(out, 32, "%s.%.23s", day ? "valid" : "credit", modem);
}

int credit_get(struct store *st, const char *modem, bool day, struct credit_value *v)
{
	char name[32], text[CREDIT_TEXT] = "";
	credit_name(day, modem, name);
	int rc = store_meta_get(st, name, text, sizeof text);
	if (!credit_read(v, text) && rc == STORE_OK)
		return STORE_NONE;
	return rc;
}

json_t *credit_value_json(const struct config_code *c, bool day, const struct credit_value *v)
{
	static const char *const states[] = {"not asked yet", "read", "answer not understood", "refused",
					     "no answer"};
	char words[CREDIT_WORDS], at[32], asked[32];
	if (!c->code[0])
		return NULL;
	credit_words(day, v->value, words);
	clock_iso(v->at, at, sizeof at);
	clock_iso(v->asked, asked, sizeof asked);
	return json_pack("{s:s,s:o,s:o,s:o,s:b}", "state", states[v->state], day ? "until" : "amount",
			 v->at ? json_string(words) : json_null(), "at",
			 v->at ? json_string(at) : json_null(), "asked",
			 v->asked ? json_string(asked) : json_null(), "low", v->told);
}
