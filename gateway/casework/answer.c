/* answer.c - the reply of an effect.  See answer.h. */
#include "gateway/casework/answer.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "gateway/hub/clock.h"
#include "gateway/outbox/notice.h"

void answer_with(struct effect *out, const char *id)
{
	snprintf(out->override_reply, sizeof(out->override_reply), "%s", id);
}

void answer_fill(struct effect *out, const char *name, const char *value)
{
	unsigned i = 0;

	while (i < out->n_fills && strcmp(out->fill[i].name, name) != 0)
		i++;
	if (i == EFFECT_FILLS)
		return;
	out->n_fills += i == out->n_fills;
	desk_cut(out->fill[i].name, sizeof(out->fill[i].name), name);
	desk_cut(out->fill[i].value, sizeof(out->fill[i].value), value);
}

void answer_int(struct effect *out, const char *name, int64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRId64, value);
	answer_fill(out, name, digits);
}

void answer_day(struct effect *out, const char *name, int64_t when)
{
	char iso[CLOCK_DAY], day[8];

	clock_day(when, iso);
	snprintf(day, sizeof(day), "%.2s.%.2s", iso + 8, iso + 5);
	answer_fill(out, name, day);
}

const char *answer_word(const struct desk *d, const struct reporter *to, const char *id,
			char word[64])
{
	char text[NOTICE_TEXT];

	word[0] = '\0';
	if (notice_text(d, to, id, NULL, 0, text))
		desk_cut(word, 64, text);
	return word;
}

int answer_later(struct effect *out)
{
	out->queue = true;
	answer_with(out, "queued");
	return STORE_OK;
}
