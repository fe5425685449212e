/* wire.c - frames between the hub and its workers: bounded encoding and decoding, and one packet at
 * a time over a SOCK_SEQPACKET socket.
 *
 * Owns the layout of each frame and nothing at run time.  Links into every process; calls libc
 * only.
 *
 * Each layout is written once: a cursor either reads or writes, so what is encoded and what is
 * accepted cannot drift apart.  Every value the decoder accepts has exactly one encoding (a bool is
 * 0 or 1, enumerated values are in their range, nothing is left over).
 */
#include "gateway/hub/wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define HEADER_MAX 4096 /* octets of a header of an answer */
#define SNDBUF (1 << 20)

struct cursor {
	uint8_t *out;      /* NULL: reading */
	const uint8_t *in; /* NULL: writing */
	size_t at, max;
	bool bad; /* sticky: once set nothing moves */
};

/* A step of n octets, or -1 when they are not there.  `max - at` cannot wrap: at <= max always. */
static int step(struct cursor *c, size_t n, size_t *start)
{
	if (c->bad || n > c->max - c->at) {
		c->bad = true;
		return -1;
	}
	*start = c->at;
	c->at += n;
	return 0;
}

static uint64_t integer(struct cursor *c, unsigned n, uint64_t v)
{
	size_t at;
	if (step(c, n, &at) < 0)
		return 0;
	if (c->out) {
		for (unsigned i = 0; i < n; i++)
			c->out[at + i] = (uint8_t)(v >> (8 * i));
		return v;
	}
	v = 0;
	for (unsigned i = 0; i < n; i++)
		v |= (uint64_t)c->in[at + i] << (8 * i);
	return v;
}

static void u8(struct cursor *c, uint8_t *v)
{
	*v = (uint8_t)integer(c, 1, *v);
}

static void u16(struct cursor *c, uint16_t *v)
{
	*v = (uint16_t)integer(c, 2, *v);
}

static void u32(struct cursor *c, uint32_t *v)
{
	*v = (uint32_t)integer(c, 4, *v);
}

static void u64(struct cursor *c, uint64_t *v)
{
	*v = integer(c, 8, *v);
}

static void i32(struct cursor *c, int32_t *v)
{
	*v = (int32_t)(uint32_t)integer(c, 4, (uint32_t)*v);
}

static void i64(struct cursor *c, int64_t *v)
{
	*v = (int64_t)integer(c, 8, (uint64_t)*v);
}

static void flag(struct cursor *c, bool *v)
{
	uint64_t n = integer(c, 1, *v ? 1 : 0);
	if (n > 1)
		c->bad = true;
	*v = n == 1;
}

static void choice(struct cursor *c, uint8_t *v, uint8_t low, uint8_t high)
{
	u8(c, v);
	if (*v < low || *v > high)
		c->bad = true;
}

/* A count of array elements: 0 when it is out of bounds, so that no loop runs past the array. */
static void count(struct cursor *c, uint16_t *n, uint16_t max)
{
	u16(c, n);
	if (c->bad || *n > max) {
		c->bad = true;
		*n = 0;
	}
}

static void str(struct cursor *c, struct wire_str *v)
{
	size_t at;
	if (c->out && !v->s && v->len > 0)
		c->bad = true;
	u32(c, &v->len);
	if (c->bad || step(c, v->len, &at) < 0) {
		*v = (struct wire_str){NULL, 0};
		return;
	}
	if (c->in)
		v->s = (const char *)c->in + at;
	else if (v->len > 0 && v->s)
		memcpy(c->out + at, v->s, v->len);
	else if (v->len > 0)
		c->bad = true;
}

static void short_str(struct cursor *c, struct wire_str *v, uint32_t max)
{
	if (c->out && v->len > max)
		c->bad = true;
	str(c, v);
	if (v->len > max)
		c->bad = true;
}

/* ---- one function a layout ---- */

static void pairs(struct cursor *c, struct wire_pairs *p)
{
	count(c, &p->n, WIRE_SETTINGS_MAX);
	for (unsigned i = 0; i < p->n; i++) {
		str(c, &p->pair[i].name);
		str(c, &p->pair[i].value);
	}
}

static void ready(struct cursor *c, struct wire_ready *r)
{
	str(c, &r->worker);
	str(c, &r->detail);
	u16(c, &r->credit);
}

static void begin(struct cursor *c, struct wire_begin *b)
{
	str(c, &b->call);
	u32(c, &b->deadline_ms);
	i64(c, &b->job);
}

static void segment(struct cursor *c, struct wire_segment *s)
{
	u64(c, &s->token);
	str(c, &s->memory);
	u32(c, &s->place);
	flag(c, &s->rebuilt);
	str(c, &s->octets);
	str(c, &s->view_sender);
	str(c, &s->view_text);
}

static void ack(struct cursor *c, struct wire_ack *a)
{
	u64(c, &a->token);
	choice(c, &a->verdict, WIRE_STORED, WIRE_KEEP);
}

static void work_sms(struct cursor *c, struct wire_work_sms *w)
{
	i64(c, &w->job);
	str(c, &w->to);
	flag(c, &w->report);
	count(c, &w->n_parts, WIRE_PARTS_MAX);
	for (unsigned i = 0; i < w->n_parts; i++)
		str(c, &w->part[i].octets);
}

static void done_sms(struct cursor *c, struct wire_done_sms *d)
{
	i64(c, &d->job);
	u16(c, &d->part);
	choice(c, &d->result, WIRE_SMS_SENT, WIRE_SMS_UNKNOWN);
	u8(c, &d->mr);
	i32(c, &d->code);
	str(c, &d->detail);
}

static void work_ussd(struct cursor *c, struct wire_work_ussd *w)
{
	i64(c, &w->job);
	choice(c, &w->step, WIRE_USSD_DIAL, WIRE_USSD_CLOSE);
	str(c, &w->code);
}

static void done_ussd(struct cursor *c, struct wire_done_ussd *d)
{
	i64(c, &d->job);
	choice(c, &d->result, WIRE_USSD_ANSWERED, WIRE_USSD_OVER);
	u8(c, &d->status);
	i32(c, &d->code);
	short_str(c, &d->text, HEADER_MAX);
}

static void work_http(struct cursor *c, struct wire_work_http *w)
{
	i64(c, &w->job);
	str(c, &w->method);
	str(c, &w->url);
	count(c, &w->n_headers, WIRE_HEADERS_MAX);
	for (unsigned i = 0; i < w->n_headers; i++)
		str(c, &w->header[i]);
	str(c, &w->body);
	u32(c, &w->timeout_ms);
	flag(c, &w->plain_http);
	str(c, &w->allow_private);
	str(c, &w->ca_file);
	str(c, &w->client_cert);
	str(c, &w->client_key);
	str(c, &w->pin);
	str(c, &w->want);
}

static void done_http(struct cursor *c, struct wire_done_http *d)
{
	i64(c, &d->job);
	choice(c, &d->result, WIRE_HTTP_ANSWERED, WIRE_HTTP_REFUSED);
	u16(c, &d->status);
	i32(c, &d->retry_after);
	u32(c, &d->elapsed_ms);
	short_str(c, &d->body, WIRE_REPLY_MAX);
	short_str(c, &d->header, HEADER_MAX);
	str(c, &d->detail);
}

static void call(struct cursor *c, struct wire_call *r)
{
	u64(c, &r->id);
	str(c, &r->kind);
	str(c, &r->block);
	str(c, &r->peer);
	pairs(c, &r->fields);
	str(c, &r->body);
}

static void reply(struct cursor *c, struct wire_reply *r)
{
	u64(c, &r->id);
	u16(c, &r->status);
	str(c, &r->detail);
	pairs(c, &r->fields);
}

static void frame(struct cursor *c, struct wire_frame *f)
{
	uint8_t version = WIRE_VERSION;
	u8(c, &version);
	u8(c, &f->type);
	if (c->bad || version != WIRE_VERSION) {
		c->bad = true;
		return;
	}
	switch (f->type) {
	case WIRE_SETTINGS:
	case WIRE_NOTE:
		pairs(c, &f->u.pairs);
		break;
	case WIRE_ACK:
		ack(c, &f->u.ack);
		break;
	case WIRE_WORK_SMS:
		work_sms(c, &f->u.work_sms);
		break;
	case WIRE_WORK_HTTP:
		work_http(c, &f->u.work_http);
		break;
	case WIRE_WORK_USSD:
		work_ussd(c, &f->u.work_ussd);
		break;
	case WIRE_DONE_USSD:
		done_ussd(c, &f->u.done_ussd);
		break;
	case WIRE_READY:
		ready(c, &f->u.ready);
		break;
	case WIRE_BEGIN:
		begin(c, &f->u.begin);
		break;
	case WIRE_SEGMENT:
		segment(c, &f->u.segment);
		break;
	case WIRE_DONE_SMS:
		done_sms(c, &f->u.done_sms);
		break;
	case WIRE_DONE_HTTP:
		done_http(c, &f->u.done_http);
		break;
	case WIRE_CALL:
		call(c, &f->u.call);
		break;
	case WIRE_REPLY:
		reply(c, &f->u.reply);
		break;
	case WIRE_STOP:
	case WIRE_END:
		break;
	default:
		c->bad = true;
	}
}

long wire_encode(const struct wire_frame *f, uint8_t *buf, size_t max)
{
	/* the cursor is written for both ways; writing changes nothing */
	struct wire_frame copy = *f;
	struct cursor c = {.out = buf, .max = max < WIRE_FRAME_MAX ? max : WIRE_FRAME_MAX};
	frame(&c, &copy);
	return c.bad ? WIRE_BAD : (long)c.at;
}

int wire_decode(const uint8_t *buf, size_t len, struct wire_frame *f)
{
	memset(f, 0, sizeof *f);
	if (len == 0 || len > WIRE_FRAME_MAX)
		return WIRE_BAD;
	struct cursor c = {.in = buf, .max = len};
	frame(&c, f);
	return c.bad || c.at != len ? WIRE_BAD : WIRE_OK;
}

/* ---- one packet ---- */

static int send_error(void)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
		return WIRE_AGAIN;
	if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN)
		return WIRE_CLOSED;
	return errno == EMSGSIZE ? WIRE_BAD : WIRE_FAIL;
}

int wire_send(int fd, const struct wire_frame *f)
{
	uint8_t buf[WIRE_FRAME_MAX];
	long n = wire_encode(f, buf, sizeof buf);
	if (n < 0)
		return WIRE_BAD;
	ssize_t sent;
	do
		sent = send(fd, buf, (size_t)n, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return send_error();
	return sent == n ? WIRE_OK : WIRE_FAIL; /* a packet goes whole or not at all */
}

int wire_add(struct wire_out *o, const struct wire_frame *f)
{
	size_t at = o->n ? o->end[o->n - 1] : 0;
	if (o->n == WIRE_BATCH)
		return WIRE_AGAIN;
	long n = wire_encode(f, o->bytes + at, sizeof o->bytes - at);
	if (n < 0) /* alone it may fit */
		return o->n ? WIRE_AGAIN : WIRE_BAD;
	o->end[o->n++] = at + (size_t)n;
	return WIRE_OK;
}

int wire_flush(int fd, struct wire_out *o)
{
	struct mmsghdr m[WIRE_BATCH];
	struct iovec iov[WIRE_BATCH];
	for (unsigned i = 0; i < o->n; i++) {
		size_t at = i ? o->end[i - 1] : 0;
		iov[i] = (struct iovec){o->bytes + at, o->end[i] - at};
		m[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &iov[i], .msg_iovlen = 1}};
	}
	while (o->gone < o->n) {
		int n = sendmmsg(fd, m + o->gone, o->n - o->gone, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			return send_error();
		o->gone += n > 0 ? (unsigned)n : 0;
	}
	if (o->n)
		explicit_bzero(o->bytes, o->end[o->n - 1]); /* a PIN may stand in it */
	o->n = o->gone = 0;
	return WIRE_OK;
}

/* recvmsg gives 0 both for an empty packet and for the end: only the poll tells them apart. */
static int empty_or_closed(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLRDHUP};
	int n;
	do
		n = poll(&p, 1, 0);
	while (n < 0 && errno == EINTR);
	return n > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) ? WIRE_CLOSED : WIRE_BAD;
}

/* One packet of len octets, as the kernel gave it. */
static int received(int fd, const uint8_t *buf, size_t len, int flags, struct wire_frame *f)
{
	if (flags & (MSG_TRUNC | MSG_CTRUNC))
		return WIRE_BAD; /* cut, or descriptors were passed: neither is ours */
	return len == 0 ? empty_or_closed(fd) : wire_decode(buf, len, f);
}

static int receive_error(void)
{
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return WIRE_AGAIN;
	return errno == ECONNRESET || errno == ENOTCONN ? WIRE_CLOSED : WIRE_FAIL;
}

int wire_recv(int fd, uint8_t *buf, struct wire_frame *f)
{
	struct iovec iov = {.iov_base = buf, .iov_len = WIRE_FRAME_MAX};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;
	do
		n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	return n < 0 ? receive_error() : received(fd, buf, (size_t)n, m.msg_flags, f);
}

/* As many packets as there are, at most WIRE_BATCH. */
static int fill(int fd, struct wire_in *in)
{
	struct mmsghdr m[WIRE_BATCH];
	struct iovec iov[WIRE_BATCH];
	int n;
	for (unsigned i = 0; i < WIRE_BATCH; i++) {
		iov[i] = (struct iovec){in->bytes[i], WIRE_FRAME_MAX};
		m[i] = (struct mmsghdr){.msg_hdr = {.msg_iov = &iov[i], .msg_iovlen = 1}};
	}
	do
		n = recvmmsg(fd, m, WIRE_BATCH, MSG_DONTWAIT | MSG_CMSG_CLOEXEC, NULL);
	while (n < 0 && errno == EINTR);
	for (; n > 0 && in->n < (unsigned)n; in->n++) {
		in->len[in->n] = m[in->n].msg_len;
		in->flags[in->n] = m[in->n].msg_hdr.msg_flags;
	}
	return n < 0 ? receive_error() : WIRE_OK;
}

int wire_next(int fd, struct wire_in *in, struct wire_frame *f)
{
	if (in->next == in->n) {
		bool drained = in->n > 0 && in->n < WIRE_BATCH; /* the kernel had no more then */
		in->next = in->n = 0;
		int rc = drained ? WIRE_AGAIN : fill(fd, in);
		if (rc != WIRE_OK)
			return rc;
	}
	unsigned i = in->next++;
	return received(fd, in->bytes[i], in->len[i], in->flags[i], f);
}

void wire_forget(struct wire_in *in)
{
	for (unsigned i = 0; i < WIRE_BATCH; i++) {
		if (i >= in->next && i < in->n)
			continue;
		explicit_bzero(in->bytes[i], in->len[i]);
		in->len[i] = 0;
	}
	if (in->next == in->n)
		in->next = in->n = 0;
}

int wire_pair(int fds[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -1;
	int size = SNDBUF; /* the kernel cuts it to its own limit, which still takes whole frames */
	for (int i = 0; i < 2; i++)
		(void)setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
	return 0;
}

/* ---- strings ---- */

struct wire_str wire_blob(const void *p, size_t n)
{
	/* A length that does not fit becomes one that no frame takes: encoding says WIRE_BAD. */
	return (struct wire_str){p, n > UINT32_MAX ? UINT32_MAX : (uint32_t)n};
}

struct wire_str wire_str(const char *s)
{
	return wire_blob(s, s ? strlen(s) : 0);
}

bool wire_is(struct wire_str v, const char *s)
{
	size_t n = strlen(s);
	return v.len == n && (n == 0 || memcmp(v.s, s, n) == 0);
}

size_t wire_copy(struct wire_str v, char *out, size_t max)
{
	if (max == 0)
		return 0;
	size_t n = v.len < max - 1 ? v.len : max - 1;
	if (n > 0)
		memcpy(out, v.s, n);
	out[n] = '\0';
	return n;
}

struct wire_str wire_find(const struct wire_pairs *p, const char *name)
{
	for (unsigned i = 0; i < p->n && i < WIRE_SETTINGS_MAX; i++) {
		if (!wire_is(p->pair[i].name, name))
			continue;
		struct wire_str v = p->pair[i].value;
		return v.s ? v : (struct wire_str){"", 0};
	}
	return (struct wire_str){NULL, 0};
}

long wire_find_num(const struct wire_pairs *p, const char *name, long fallback)
{
	struct wire_str v = wire_find(p, name);
	uint32_t i = v.len > 0 && v.s[0] == '-' ? 1 : 0;
	if (v.len <= i || v.len > i + 18) /* 18 digits fit a long */
		return fallback;
	long n = 0;
	for (uint32_t at = i; at < v.len; at++) {
		if (v.s[at] < '0' || v.s[at] > '9')
			return fallback;
		n = n * 10 + (v.s[at] - '0');
	}
	return i ? -n : n;
}

const char *wire_type_name(uint8_t type)
{
	static const struct {
		uint8_t type;
		const char *name;
	} names[] = {
	    {WIRE_SETTINGS, "settings"},   {WIRE_ACK, "ack"},
	    {WIRE_WORK_SMS, "work_sms"},   {WIRE_WORK_HTTP, "work_http"},
	    {WIRE_STOP, "stop"},           {WIRE_READY, "ready"},
	    {WIRE_BEGIN, "begin"},         {WIRE_END, "end"},
	    {WIRE_SEGMENT, "segment"},     {WIRE_DONE_SMS, "done_sms"},
	    {WIRE_DONE_HTTP, "done_http"}, {WIRE_NOTE, "note"},
	    {WIRE_WORK_USSD, "work_ussd"}, {WIRE_DONE_USSD, "done_ussd"},
	    {WIRE_CALL, "call"},           {WIRE_REPLY, "reply"},
	};
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].type == type)
			return names[i].name;
	return "unknown";
}

const char *wire_http_name(uint8_t result)
{
	static const char *const names[] = {"unknown", "answered", "unreached", "broken",
					    "timeout", "tls",      "refused"};
	return names[result <= WIRE_HTTP_REFUSED ? result : 0];
}
