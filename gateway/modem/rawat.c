/* rawat.c - see rawat.h. */
#include "gateway/modem/rawat.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "gateway/modem/mono.h"

#define ANSWER_MS 5000
#define LIST_MS 30000
#define PING_TRY_MS 600
#define LISTEN_MS 60 /* noise comes in shorter intervals than this */
#define QUIET_MS 300 /* and is over after so long a silence */
#define SIM_BUSY_MS 5000
#define LEAVE_MS 3000 /* after CFUN=1,1 a USB modem is off the bus so soon */


int rawat_open(struct rawat *r, const char *device)
{
	struct termios tio;

	memset(r, 0, sizeof(*r));
	r->fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (r->fd < 0)
		return RAWAT_GONE;
	if (tcgetattr(r->fd, &tio) == 0) {
		cfmakeraw(&tio);
		cfsetspeed(&tio, B115200);
		tio.c_cflag |= CLOCAL | CREAD;
		tio.c_cflag &=
		    ~(tcflag_t)HUPCL; /* closing must not drop DTR: some modems reset on it */
		if (tcsetattr(r->fd, TCSANOW, &tio) == 0)
			return RAWAT_OK;
	}
	int saved = errno;
	rawat_close(r);
	errno = saved;
	return RAWAT_GONE;
}

void rawat_close(struct rawat *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

static int put(struct rawat *r, const char *s, size_t len, int64_t deadline)
{
	while (len) {
		ssize_t n = write(r->fd, s, len);
		if (n > 0) {
			s += n;
			len -= (size_t)n;
			continue;
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return RAWAT_GONE;
		struct pollfd p = {r->fd, POLLOUT, 0};
		int left = mono_left(deadline);
		if (left == 0)
			return RAWAT_TIMEOUT;
		if (poll(&p, 1, left) == 1 && (p.revents & (POLLHUP | POLLERR)))
			return RAWAT_GONE;
	}
	return RAWAT_OK;
}

static int wait_in(struct rawat *r, int64_t deadline)
{
	struct pollfd p = {r->fd, POLLIN, 0};
	int left = mono_left(deadline);

	if (left == 0)
		return RAWAT_TIMEOUT;
	if (poll(&p, 1, left) == 1 && !(p.revents & POLLIN))
		return RAWAT_GONE;
	return RAWAT_OK;
}

static int fill(struct rawat *r, size_t most, int64_t deadline)
{
	int rc = RAWAT_OK;

	r->at = r->n = 0;
	while (rc == RAWAT_OK) {
		ssize_t n = read(r->fd, r->read, most);
		if (n > 0) {
			r->n = (size_t)n;
			return RAWAT_OK;
		}
		if (n == 0 || (errno != EAGAIN && errno != EINTR))
			return RAWAT_GONE;
		rc = wait_in(r, deadline);
	}
	return rc;
}

/* How many octets come at least before an answer is over.  No more are read at a time, since what comes
 * behind it is for libgammu, and read octet by octet it would be most of what a deletion costs. */
static size_t answer_left(const struct rawat *r)
{
	static const struct {
		const char *word;
		size_t len;
		bool goes_on;
	} final[] = {{"OK", 2, false}, {"ERROR", 5, false}, {"+CMS ERROR:", 11, true}, {"+CME ERROR:", 11, true}};
	size_t least = r->used ? 4 : 3; /* the end of this line, OK and its end */

	for (size_t i = 0; i < sizeof(final) / sizeof(final[0]); i++) {
		size_t len = final[i].len, has = r->used < len ? r->used : len;
		if (memcmp(r->line, final[i].word, has) != 0 || (r->used > len && !final[i].goes_on))
			continue;
		if (len - has + 1 < least)
			least = len - has + 1;
	}
	return least + r->lf;
}

/* The next line that is not empty, NUL-terminated in r->line. */
static int get_line(struct rawat *r, bool in_answer, int64_t deadline)
{
	r->used = 0;
	for (;;) {
		if (r->at == r->n) {
			int rc = fill(r, in_answer ? answer_left(r) : 1, deadline);
			if (rc != RAWAT_OK)
				return rc;
		}
		char c = r->read[r->at++];
		r->lf |= c == '\n' && r->last == '\r';
		r->last = c;
		if (c != '\r' && c != '\n') {
			if (r->used < sizeof(r->line) - 1) /* a longer line is cut */
				r->line[r->used++] = c;
			continue;
		}
		r->line[r->used] = '\0';
		if (r->used)
			return RAWAT_OK;
	}
}

static int put_command(struct rawat *r, const char *cmd, int64_t deadline)
{
	char whole[128];
	size_t len = strlen(cmd);

	if (len >= sizeof(whole)) {
		int rc = put(r, cmd, len, deadline);
		return rc == RAWAT_OK ? put(r, "\r", 1, deadline) : rc;
	}
	memcpy(whole, cmd, len + 1);
	whole[len] = '\r';
	int rc = put(r, whole, len + 1, deadline);
	explicit_bzero(whole, len); /* a PIN may stand in it */
	return rc;
}

/* Sends a command and gives each line of the answer to fn, up to the final one. */
int rawat_command(struct rawat *r, const char *cmd, int ms, rawat_line_fn *fn, void *arg)
{
	int64_t deadline = mono_ms() + ms;
	int rc = put_command(r, cmd, deadline);

	r->code = 0;
	r->at = r->n = 0; /* an LF, or nothing */
	r->lf = false;
	r->last = '\0';
	if (rc == RAWAT_OK)
		rc = wait_in(r, deadline);
	while (rc == RAWAT_OK && (rc = get_line(r, true, deadline)) == RAWAT_OK) {
		if (strcmp(r->line, "OK") == 0)
			return RAWAT_OK;
		if (strcmp(r->line, "ERROR") == 0)
			return RAWAT_REFUSED;
		if (strncmp(r->line, "+CMS ERROR:", 11) == 0 ||
		    strncmp(r->line, "+CME ERROR:", 11) == 0) {
			r->code = (int)strtol(r->line + 11, NULL, 10);
			return RAWAT_REFUSED;
		}
		if (fn && strcmp(r->line, cmd) != 0) /* not the echo */
			fn(arg, r->line, r->used);
	}
	return rc;
}

int rawat_line(struct rawat *r, int64_t deadline)
{
	r->at = r->n = 0;
	return get_line(r, false, deadline);
}

static bool noise(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((s[i] < ' ' || s[i] > '~') && s[i] != '\r' && s[i] != '\n')
			return true;
	return false;
}

int rawat_quiet(struct rawat *r, int ms)
{
	int64_t deadline = mono_ms() + ms;
	int silence = LISTEN_MS;
	char buf[512];

	for (;;) {
		struct pollfd p = {r->fd, POLLIN, 0};
		if (poll(&p, 1, silence) == 0)
			return RAWAT_OK;
		ssize_t n = read(r->fd, buf, sizeof(buf));
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			return RAWAT_GONE;
		if (n > 0 && noise(buf, (size_t)n))
			silence = QUIET_MS;
		else if (silence == LISTEN_MS)
			return RAWAT_OK; /* something is said, and it is text */
		if (mono_left(deadline) == 0)
			return RAWAT_TIMEOUT;
	}
}

int rawat_ping(struct rawat *r, int ms)
{
	int64_t deadline = mono_ms() + ms;
	int rc = RAWAT_TIMEOUT;

	for (int i = 0; rc == RAWAT_TIMEOUT && (i == 0 || mono_left(deadline) > 0); i++) {
		int left = mono_left(deadline);
		int try = left < PING_TRY_MS ? left : PING_TRY_MS;
		tcflush(r->fd, TCIFLUSH);
		if (i == 1 &&
		    put(r, "\x1b\r", 2, deadline) == RAWAT_GONE) /* it may wait for a text */
			return RAWAT_GONE;
		rc = rawat_command(r, "AT", try, NULL, NULL);
		if (rc == RAWAT_REFUSED) /* what was left in its line made it refuse: ask again */
			rc = RAWAT_TIMEOUT;
	}
	return rc;
}

int rawat_restart(struct rawat *r)
{
	struct pollfd p = {r->fd, 0, 0}; /* no events asked: only a hang-up wakes it */

	/* Whatever it answers, and if it is mute: the words may still be understood. */
	int rc = rawat_command(r, "AT+CFUN=1,1", ANSWER_MS, NULL, NULL);
	if (rc == RAWAT_GONE)
		return rc;
	return poll(&p, 1, LEAVE_MS) == 1 ? RAWAT_GONE : RAWAT_OK;
}

static void sim_line(void *arg, const char *line, size_t len)
{
	enum rawat_sim *sim = arg;

	(void)len;
	if (strncmp(line, "+CPIN:", 6) != 0)
		return;
	if (strstr(line, "READY"))
		*sim = SIM_READY;
	else if (strstr(line, "PUK"))
		*sim = SIM_WANTS_PUK;
	else if (strstr(line, "SIM PIN"))
		*sim = SIM_WANTS_PIN;
}

static enum rawat_sim sim_from_code(int code)
{
	switch (code) {
	case 10: /* not inserted */
	case 13: /* failure */
	case 15: /* wrong */
		return SIM_MISSING;
	case 11:
		return SIM_WANTS_PIN;
	case 12:
		return SIM_WANTS_PUK;
	default:
		return SIM_UNKNOWN;
	}
}

enum rawat_sim rawat_sim(struct rawat *r)
{
	int64_t deadline = mono_ms() + SIM_BUSY_MS;
	enum rawat_sim sim = SIM_UNKNOWN;

	rawat_command(r, "AT+CMEE=1", ANSWER_MS, NULL, NULL); /* numbers instead of a bare ERROR */
	for (;;) {
		int rc = rawat_command(r, "AT+CPIN?", ANSWER_MS, sim_line, &sim);
		if (rc == RAWAT_REFUSED && r->code == 14 &&
		    mono_left(deadline) > 0) { /* SIM busy */
			poll(NULL, 0, 200);
			continue;
		}
		return rc == RAWAT_REFUSED ? sim_from_code(r->code) : sim;
	}
}

int rawat_enter_pin(struct rawat *r, const char *pin)
{
	char cmd[40];
	int n = snprintf(cmd, sizeof(cmd), "AT+CPIN=\"%s\"", pin);

	if (n < 0 || (size_t)n >= sizeof(cmd))
		return RAWAT_REFUSED;
	return rawat_command(r, cmd, LIST_MS, NULL, NULL);
}

/* libgammu sets this too, but takes some modems' answer to the question for "not supported". */
int rawat_announce(struct rawat *r, bool reports)
{
	return rawat_command(r, reports ? "AT+CNMI=2,1,0,1" : "AT+CNMI=2,1", ANSWER_MS, NULL, NULL);
}

struct listing {
	struct rawat_message *out;
	int max, n;
	long size;   /* of the memory, from +CPMS */
	bool expect; /* the next line is a PDU */
	bool saw_zero;
	uint32_t place;
};

static void list_line(void *arg, const char *line, size_t len)
{
	struct listing *l = arg;

	if (strncmp(line, "+CMGL:", 6) == 0 || strncmp(line, "+CMGR:", 6) == 0) {
		if (line[4] == 'L')
			l->place = (uint32_t)strtoul(line + 6, NULL, 10);
		l->saw_zero |= l->place == 0;
		l->expect = true;
		return;
	}
	if (!l->expect)
		return;
	l->expect = false;
	if (l->n < l->max) {
		l->out[l->n].place = l->place;
		capture_set(&l->out[l->n++].pdu, line, len);
	}
}

static void size_line(void *arg, const char *line, size_t len)
{
	struct listing *l = arg;
	char *end;

	(void)len;
	if (strncmp(line, "+CPMS:", 6) != 0)
		return;
	strtol(line + 6, &end, 10); /* used */
	if (*end == ',')
		l->size = strtol(end + 1, NULL, 10);
}

static int read_one(struct rawat *r, struct listing *l, uint32_t place)
{
	char cmd[32];

	snprintf(cmd, sizeof(cmd), "AT+CMGR=%u", place);
	l->place = place;
	l->expect = false;
	return rawat_command(r, cmd, ANSWER_MS, list_line, l);
}

/* A modem that refuses to list is read index by index. */
static int read_each(struct rawat *r, struct listing *l)
{
	long last = l->size > 0 && l->size < 256 ? l->size : 255;

	for (uint32_t i = 0; i <= (uint32_t)last && l->n < l->max; i++) {
		int rc = read_one(r, l, i);
		if (rc != RAWAT_OK && rc != RAWAT_REFUSED)
			return rc;
	}
	return RAWAT_OK;
}

int rawat_list(struct rawat *r, const char *memory, struct rawat_message *out, int max)
{
	struct listing l = {.out = out, .max = max};
	char cmd[32];

	snprintf(cmd, sizeof(cmd), "AT+CPMS=\"%s\"", memory);
	int rc = rawat_command(r, "AT+CMGF=0", ANSWER_MS, NULL, NULL);
	if (rc == RAWAT_OK)
		rc = rawat_command(r, cmd, ANSWER_MS, size_line, &l);
	if (rc != RAWAT_OK)
		return rc;
	rc = rawat_command(r, "AT+CMGL=4", LIST_MS, list_line, &l);
	if (rc == RAWAT_REFUSED)
		rc = read_each(r, &l);
	else if (rc == RAWAT_OK && !l.saw_zero &&
		 l.n < max) /* some Huawei hide index 0 from lists */
		rc = read_one(r, &l, 0) == RAWAT_GONE ? RAWAT_GONE : RAWAT_OK;
	return rc == RAWAT_OK ? l.n : rc;
}

int rawat_delete(struct rawat *r, uint32_t place)
{
	char cmd[32];

	snprintf(cmd, sizeof(cmd), "AT+CMGD=%u", place);
	return rawat_command(r, cmd, ANSWER_MS, NULL, NULL);
}

int rawat_delete_exact(int fd, uint32_t place, const uint8_t *octets, size_t len)
{
	struct rawat r = {.fd = fd};
	struct rawat_message m = {0};
	struct listing l = {.out = &m, .max = 1};
	int rc = read_one(&r, &l, place);

	if (rc != RAWAT_OK)
		return rc;
	if (l.n != 1 || m.pdu.len != len || memcmp(m.pdu.octets, octets, len) != 0)
		return RAWAT_REFUSED;
	return rawat_delete(&r, place);
}
