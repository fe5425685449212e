/* hostile.c - a modem worker without a modem that makes up hostile texts as fast as its credit allows.
 *
 * Started by the hub as kujdestar-modem.  Its "device" is a file of one line: COUNT SEED EPOCH EVERY.  Of
 * COUNT segments every EVERYth is an honest teacher's (number +3556950NNNNN, class and pupil by turn); the
 * others are junk octets, random text in each alphabet, reports as people send them with octets changed, look-
 * alike and invisible letters, senders that are words, parts of texts that never become whole, guesses of PINs
 * from the staff's own numbers, cries for help, a flood of few numbers and one of many.  It says of every SMS
 * that it was sent, and writes DEVICE.done when all are acknowledged: segments, seconds, SMS sent, SMS sent to
 * honest teachers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/hub/wire.h"
#include "parser/tpdu.h"

#define TEACHERS 400
#define SCHOOL 8 /* classes of one */

static uint64_t rng;
static long long epoch;
static uint8_t buf[WIRE_FRAME_MAX];

static unsigned below(unsigned n) /* splitmix64 */
{
	uint64_t z = rng += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (unsigned)((z ^ (z >> 31)) % n);
}

static const char *const samples[] = {
	"MUNGESE 5A 12 17", "mungese 5A 12,17 pa arsye", "5A 0", "RAST LYP Z4 M11", "RAST DRO Z2 M15 URGJENT",
	"NDJEK E26-0147-V vizite ok", "STATUS E26-0147-V", "refero E26-0147-V tv strehim", "OK 31", "PO 1", "JO 1",
	"PRANO R88", "REFUZO R88 s'kemi vend", "KRYER T12", "SHTY T12 30.11", "KTHIM GR M12 Selanik 05.12",
	"MBYLL E26-0147-V I RIINTEGRUAR", "BASHKO E26-0147-V E26-0148-T", "KORRIGJO 5A 13 17", "ANULO", "NDIHME",
	"FUSHATE SH3 45", "UJE SH1 ska 3", "mungese 5A Arben Hoxha", "stop", "GJUHA EN", "TAKIM", "rastet", "detyrat",
	"dua te raportoj nje femije qe lyp", "BLLOKO 0691000001", "HUMBA 0691000001 gjethja", "DETYRE E26-0147-V TDH vizite",
};
#define SAMPLES (sizeof samples / sizeof samples[0])
static const char *const staff[] = {"+355691000001", "+355691000002", "+355692000001", "+355693000001",
				    "+355693000002", "+355694000001"};
static const char *const alike[] = {"\xd0\x90", "\xd0\x95", "\xd0\x9e", "\xce\x91", "\xe2\x80\x8b", "\xe2\x80\xae",
				    "\xcc\x88", "\xef\xbc\x95", "\xd9\xa5", "\xf0\x9f\x98\x80"};

static void number(char out[TPDU_ADDRESS_MAX])
{
	if (below(3) == 0)
		snprintf(out, TPDU_ADDRESS_MAX, "+35569777700%u", below(5)); /* few, often */
	else
		snprintf(out, TPDU_ADDRESS_MAX, "+35568%u%u", 1000 + below(9000), 100 + below(900));
}

static size_t mutated(char *out, size_t max)
{
	size_t n = (size_t)snprintf(out, max, "%s", samples[below(SAMPLES)]);
	for (unsigned k = 1 + below(6); k > 0; k--) {
		size_t at = below((unsigned)n + 1);
		const char *with = alike[below(sizeof alike / sizeof alike[0])];
		size_t len = strlen(with);
		switch (below(4)) {
		case 0:
			if (at < n)
				out[at] = (char)(' ' + below(95));
			break;
		case 1:
			if (n + len + 1 < max) {
				memmove(out + at + len, out + at, n - at + 1);
				memcpy(out + at, with, len);
				n += len;
			}
			break;
		case 2:
			n += (size_t)snprintf(out + n, max - n, " %s", samples[below(SAMPLES)]);
			n = n < max ? n : max - 1;
			break;
		default:
			n += (size_t)snprintf(out + n, max - n, "%u", below(100000000));
			n = n < max ? n : max - 1;
		}
	}
	return n;
}

static size_t noise(char *out, size_t max)
{
	size_t n = 1 + below((unsigned)max - 1);
	for (size_t i = 0; i < n; i++)
		out[i] = (char)below(256);
	return n;
}

static int encoded(struct tpdu *t, const char *text, size_t len, uint8_t *octets)
{
	struct tpdu parts[8];
	int n = tpdu_split(t, text, len, (uint16_t)below(65536), parts, 8);
	return n < 1 ? 0 : tpdu_encode(&parts[below((unsigned)n)], octets, TPDU_MAX);
}

static int octets_of_noise(struct tpdu *t, uint8_t *octets)
{
	t->alphabet = (enum tpdu_alphabet)below(3);
	t->data_len = (uint8_t)(below(67) * 2);
	for (unsigned i = 0; i < t->data_len; i++)
		t->data[i] = (uint8_t)below(t->alphabet == TPDU_GSM7 ? 128 : 256);
	return tpdu_encode(t, octets, TPDU_MAX);
}

static int junk(uint8_t *octets)
{
	int n = 1 + (int)below(180);
	for (int i = 0; i < n; i++)
		octets[i] = (uint8_t)below(256);
	return n;
}

static int honest(unsigned turn, uint8_t *octets)
{
	struct tpdu t = {.kind = TPDU_DELIVER, .address_type = 0x91, .validity = -1, .port = -1, .scts = epoch};
	char text[64];
	snprintf(t.address, sizeof t.address, "+3556950%05u", turn % TEACHERS);
	int n = snprintf(text, sizeof text, "mungese %uA %u", 1 + turn % TEACHERS % SCHOOL, 1 + turn / TEACHERS % 28);
	return encoded(&t, text, (size_t)n, octets);
}

static int hostile(unsigned i, uint8_t *octets)
{
	struct tpdu t = {.kind = TPDU_DELIVER, .address_type = 0x91, .validity = -1, .port = -1,
			 .scts = epoch + below(3600) - 1800};
	char text[600];
	size_t n;
	number(t.address);
	switch (below(16)) {
	case 0:
		return junk(octets);
	case 1:
	case 2:
		return octets_of_noise(&t, octets);
	case 3:
		n = noise(text, 300);
		break;
	case 4:
		t.address_type = 0xd0;
		t.alphanumeric = true;
		snprintf(t.address, sizeof t.address, "INFO%u", below(1000));
		n = mutated(text, sizeof text);
		break;
	case 5: /* one part of many, the others never come */
		n = mutated(text, 200);
		while (n < 400)
			text[n++] = (char)('a' + below(26));
		break;
	case 6:
	case 7:
		snprintf(t.address, sizeof t.address, "%s", staff[below(6)]);
		n = (size_t)snprintf(text, sizeof text, "PIN %u STATUS E26-0147-V", below(1000000));
		break;
	case 8:
	case 9:
		snprintf(t.address, sizeof t.address, "%s", staff[below(6)]);
		n = mutated(text, sizeof text);
		break;
	case 10:
		n = below(16) ? mutated(text, sizeof text) : (size_t)snprintf(text, sizeof text, "SOS me rrahin %u", i);
		break;
	default:
		n = mutated(text, sizeof text);
	}
	return encoded(&t, text, n, octets);
}

static void say(const struct wire_frame *f)
{
	if (wire_send(WIRE_FD, f) != WIRE_OK)
		_exit(1);
}

static void offer(unsigned i, unsigned every)
{
	uint8_t octets[TPDU_MAX];
	int n = i % every ? hostile(i, octets) : honest(i / every, octets);
	if (n <= 0)
		n = junk(octets);
	struct wire_frame f = {.type = WIRE_SEGMENT};
	f.u.segment = (struct wire_segment){.token = i,
					    .memory = wire_str("SM"),
					    .place = i % 250 + 1,
					    .octets = wire_blob(octets, (size_t)n),
					    .view_sender = wire_str(""),
					    .view_text = wire_str("")};
	say(&f);
}

static bool to_honest(const struct wire_work_sms *w)
{
	return w->to.len > 8 && memcmp(w->to.s, "+3556950", 8) == 0;
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

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void write_done(const char *path, unsigned n, double seconds, unsigned all, unsigned replies)
{
	char tmp[300];
	snprintf(tmp, sizeof tmp, "%s.tmp", path);
	FILE *out = fopen(tmp, "w");
	if (!out)
		return;
	fprintf(out, "%u %.6f %u %u\n", n, seconds, all, replies);
	fclose(out);
	rename(tmp, path);
}

int main(void)
{
	struct wire_frame f;
	char device[256], done[280];
	unsigned count = 0, every = 1000, next = 0, acked = 0, all = 0, replies = 0;
	if (wire_recv(WIRE_FD, buf, &f) != WIRE_OK || f.type != WIRE_SETTINGS)
		return 1;
	wire_copy(wire_find(&f.u.pairs, "device"), device, sizeof device);
	unsigned credit = (unsigned)wire_find_num(&f.u.pairs, "credit", 32);
	snprintf(done, sizeof done, "%s.done", device);
	FILE *in = fopen(device, "r");
	if (!in || fscanf(in, "%u %lu %lld %u", &count, &rng, &epoch, &every) != 4)
		return 1;
	fclose(in);
	struct wire_frame ready = {.type = WIRE_READY};
	ready.u.ready = (struct wire_ready){wire_str("modem"), wire_str("hostile"), 1};
	say(&ready);
	double start = now();
	for (;;) {
		while (next < count && next - acked < credit)
			offer(next++, every);
		if (wire_recv(WIRE_FD, buf, &f) != WIRE_OK || f.type == WIRE_STOP)
			return 0;
		if (f.type == WIRE_WORK_SMS) {
			all++;
			replies += to_honest(&f.u.work_sms);
			sent(&f.u.work_sms);
			if (acked >= count)
				write_done(done, count, now() - start, all, replies);
		}
		if (f.type == WIRE_ACK && ++acked == count)
			write_done(done, count, now() - start, all, replies);
	}
}
