/* standin.c - a modem worker without a modem, for measuring the hub alone.
 *
 * Started by the hub as kujdestar-modem.  Its "device" is a file of texts, a line each:
 * NUMBER EPOCH TEXT.  It offers them as segments as fast as its credit allows, says every SMS it is
 * given was sent, and when all are acknowledged writes DEVICE.done: texts and seconds.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/hub/wire.h"
#include "parser/tpdu.h"

#define TEXTS_MAX 200000

struct octets {
	uint8_t len, bytes[254];
};
static struct octets *texts;
static size_t n_texts;
static uint8_t buf[WIRE_FRAME_MAX];

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void add(char *line)
{
	char *at = strchr(line, ' '), *text = at ? strchr(at + 1, ' ') : NULL;
	struct tpdu t = {.kind = TPDU_DELIVER, .address_type = 0x91, .validity = -1, .port = -1}, part;
	if (!text || n_texts == TEXTS_MAX)
		return;
	*at = *text = '\0';
	snprintf(t.address, sizeof t.address, "%.40s", line);
	t.scts = strtoll(at + 1, NULL, 10);
	if (tpdu_split(&t, text + 1, strlen(text + 1), 0, &part, 1) != 1)
		return;
	int n = tpdu_encode(&part, texts[n_texts].bytes, sizeof texts[0].bytes);
	if (n <= 0)
		return;
	texts[n_texts++].len = (uint8_t)n;
}

static void load(const char *path)
{
	char line[512];
	FILE *f = fopen(path, "r");
	texts = calloc(TEXTS_MAX, sizeof *texts);
	while (f && texts && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		add(line);
	}
	if (f)
		fclose(f);
}

static void say(const struct wire_frame *f)
{
	if (wire_send(WIRE_FD, f) != WIRE_OK)
		_exit(1);
}

static void offer(size_t i)
{
	struct wire_frame f = {.type = WIRE_SEGMENT};
	f.u.segment = (struct wire_segment){.token = i,
					    .memory = wire_str("SM"),
					    .place = (uint32_t)(i % 250) + 1,
					    .octets = wire_blob(texts[i].bytes, texts[i].len),
					    .view_sender = wire_str(""),
					    .view_text = wire_str("")};
	say(&f);
}

static void sent(const struct wire_work_sms *w)
{
	for (uint16_t p = 0; p < w->n_parts; p++) {
		struct wire_frame f = {.type = WIRE_DONE_SMS};
		f.u.done_sms = (struct wire_done_sms){
			.job = w->job, .part = p, .result = WIRE_SMS_SENT, .detail = wire_str("")};
		say(&f);
	}
}

int main(void)
{
	struct wire_frame f;
	char device[256], done[280];
	if (wire_recv(WIRE_FD, buf, &f) != WIRE_OK || f.type != WIRE_SETTINGS)
		return 1;
	wire_copy(wire_find(&f.u.pairs, "device"), device, sizeof device);
	size_t credit = (size_t)wire_find_num(&f.u.pairs, "credit", 32), next = 0, acked = 0;
	snprintf(done, sizeof done, "%s.done", device);
	if (access(done, F_OK) != 0)
		load(device);
	struct wire_frame ready = {.type = WIRE_READY};
	ready.u.ready = (struct wire_ready){wire_str("modem"), wire_str("stand-in"), 1};
	say(&ready);
	double start = now();
	for (;;) {
		while (next < n_texts && next - acked < credit)
			offer(next++);
		if (wire_recv(WIRE_FD, buf, &f) != WIRE_OK || f.type == WIRE_STOP)
			return 0;
		if (f.type == WIRE_WORK_SMS)
			sent(&f.u.work_sms);
		if (f.type != WIRE_ACK || ++acked != n_texts)
			continue;
		FILE *out = fopen(done, "w");
		if (out) {
			fprintf(out, "%zu %.6f\n", n_texts, now() - start);
			fclose(out);
		}
	}
}
