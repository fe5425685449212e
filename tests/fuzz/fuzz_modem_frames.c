/* fuzz_modem_frames.c - what the hub sends a modem worker, arbitrary octets, from the settings on.
 *
 * Oracle: settings that are taken are within their bounds and hold nothing that is no part of an AT
 * command; a job has its octets within bounds; the worker sees the end of the socket.  */
#include <assert.h>
#include <fcntl.h>
#include <string.h>

#include "gateway/modem/settings.h"
#include "gateway/modem/talk.h"
#include "tests/fuzz/frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct modem_settings *s)
{
	assert(s->device[0] == '/' && memchr(s->device, 0, sizeof(s->device)));
	assert(s->pin[strspn(s->pin, "0123456789")] == '\0');
	assert(s->smsc[strspn(s->smsc, "+0123456789")] == '\0');
	assert(memchr(s->connection, 0, sizeof(s->connection)) && memchr(s->model, 0, sizeof(s->model)));
	assert(memchr(s->features, 0, sizeof(s->features)));
	assert(s->sweep_s >= 1 && s->sweep_s <= 3600 && s->credit >= 1 && s->credit <= 64);
	assert(s->send_ms >= 1000 && s->send_ms <= 180000 && s->gap_ms >= 0 && s->gap_ms <= 1000);
}

static void check_work(const struct talk *t)
{
	assert(t->n_acks <= TALK_ACKS);
	if (t->has_job) {
		assert(t->job.n_parts >= 0 && t->job.n_parts <= WIRE_PARTS_MAX);
		for (int i = 0; i < t->job.n_parts; i++)
			assert(t->job.part[i].len <= TALK_OCTETS);
	}
	if (t->has_ussd)
		assert(memchr(t->ussd_code, 0, sizeof(t->ussd_code)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct talk t;
	static struct modem_settings set;
	struct wire_pairs pairs;
	struct wire_ack a;
	const char *why;
	int hub, fd = frames_socket(data, size, &hub);

	assert(fd >= 0);
	memset(&t, 0, sizeof(t));
	talk_open(&t, fd);
	if (talk_settings(&t, &pairs) == 0) {
		if (settings_read(&pairs, &set, &why) == 0)
			check(&set);
		else
			assert(why && why[0]);
		for (int n = 0; n < 4 * FRAMES_MAX && !t.over; n++) {
			talk_wait(&t, -1, 0);
			check_work(&t);
			while (talk_ack(&t, &a))
				assert(a.verdict == WIRE_STORED || a.verdict == WIRE_KEEP);
			if (n % 3 == 2)
				t.has_job = t.has_ussd = false; /* done with it */
		}
		assert(t.over);
	}
	close(hub);
	close(fd);
	return 0;
}
