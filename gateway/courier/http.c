/* http.c - HTTP deliveries over libcurl.  The only file that includes curl/curl.h.
 *
 * Owns the multi handle, the easy handles and what each running delivery needs.  Calls libcurl,
 * libc, address and the frame structs.
 */
#include "gateway/courier/http.h"
#include "gateway/courier/address.h"

#include <curl/curl.h>
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>

#define DEFAULT_TIMEOUT_MS 20000
#define LONGEST_TIMEOUT_MS 600000
#define IDLE_MS 3600000 /* nothing to do: only the hub's socket or a timer of the library wakes */
#define SOCKETS_MAX (5 * HTTP_PARALLEL_MAX) /* MAX_SOCKSPEREASYHANDLE of the library */
#define CONNECTION_LIFE_S 600L
#define CA_CACHE_S 600L /* a replaced certificate file is seen after this at the latest */
#define SEND_OCTETS 16384L /* of each transfer over TLS, and overwritten behind it: the least it takes */

/* One delivery at a time.  Most go where the last one went, so what the library was told of that place
 * stays set: only headers and body are told anew. */
struct slot {
	CURL *easy;
	uint8_t *aim; /* encoded: all of the last delivery but its headers and body; NULL: nothing is set */
	size_t aim_octets;
	struct address_list allow;
	char want[64]; /* header of the answer to hand back */
	/* of this delivery alone, cleared behind it */
	bool busy;
	int64_t job, started_ms;
	char *text; /* its headers and body */
	struct curl_slist header[WIRE_HEADERS_MAX + 2]; /* linked by hand: the library only reads them */
	unsigned n_headers;
	unsigned opened, blocked; /* addresses tried, addresses refused */
	bool sent;                /* the request was let go */
	bool again;               /* the library wanted to send it a second time */
	bool denied;              /* the connection's address was refused */
	bool too_big;
	bool head_whole; /* the blank line after the last head came */
	size_t head_octets, body_octets, reply_octets;
	char error[CURL_ERROR_SIZE];
	char reply[HTTP_REPLY_MAX]; /* the last member: reply_octets of it are cleared */
};

/* What the library asks to be waited for: sockets, and its next timer. */
struct waits {
	struct pollfd fd[1 + SOCKETS_MAX]; /* the first is the caller's, or -1 */
	nfds_t n;
	int64_t due_ms; /* as of http_now_ms; INT64_MAX: no timer */
	struct pollfd ready[SOCKETS_MAX]; /* moved since http_move last looked */
	nfds_t n_ready;
};

struct http {
	CURLM *multi;
	char *user_agent, *ca_file;
	long connect_ms;
	unsigned parallel, running;
	struct waits waits;
	uint8_t aim[WIRE_FRAME_MAX]; /* of the delivery that is being set up */
	struct slot slot[HTTP_PARALLEL_MAX];
};

/* The library's own total is not kept up to a time-out. */
int64_t http_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- what libcurl calls ---- */

/* After name resolution, before the connection: the one place that sees the address itself. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct slot *s = arg;
	if (purpose != CURLSOCKTYPE_IPCXN ||
	    !address_allowed(&s->allow, &a->addr, (socklen_t)a->addrlen)) {
		s->blocked++;
		return CURL_SOCKET_BAD;
	}
	s->opened++;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* Before each request, also on a kept connection, which another agency's allowance may have opened.
 * The second call for one delivery is libcurl repeating a request that died on a kept connection:
 * the first may have been taken, so whether to repeat is for the hub to decide. */
static int before_request(void *arg, char *remote, char *local, int remote_port, int local_port)
{
	struct slot *s = arg;
	(void)local;
	(void)remote_port;
	(void)local_port;
	if (!remote || !address_text_allowed(&s->allow, remote)) {
		s->denied = true;
		return CURL_PREREQFUNC_ABORT;
	}
	if (s->sent) {
		s->again = true;
		return CURL_PREREQFUNC_ABORT;
	}
	s->sent = true;
	return CURL_PREREQFUNC_OK;
}

/* One line of a head a call; any value but the count given ends the transfer.  libcurl calls an
 * answer that ends within its head a success, with the status it had read by then. */
static size_t take_head(char *p, size_t size, size_t n, void *arg)
{
	struct slot *s = arg;
	s->head_octets += size * n;
	if (size * n >= 5 && memcmp(p, "HTTP/", 5) == 0)
		s->head_whole = false; /* also the head after a 1xx */
	else if (size * n > 0 && (p[0] == '\r' || p[0] == '\n'))
		s->head_whole = true;
	if (s->head_octets > HTTP_HEAD_MAX) {
		s->too_big = true;
		return 0;
	}
	return size * n;
}

static size_t take_body(char *p, size_t size, size_t n, void *arg)
{
	struct slot *s = arg;
	size_t len = size * n;
	size_t room = sizeof s->reply - s->reply_octets;
	size_t keep = len < room ? len : room;
	memcpy(s->reply + s->reply_octets, p, keep);
	s->reply_octets += keep;
	s->body_octets += len;
	if (s->body_octets > HTTP_BODY_MAX) {
		s->too_big = true;
		return CURL_WRITEFUNC_ERROR;
	}
	return len;
}

/* ---- setting a delivery up ---- */

static bool token(struct wire_str v)
{
	for (uint32_t i = 0; i < v.len; i++)
		if (!((v.s[i] >= 'A' && v.s[i] <= 'Z') || (v.s[i] >= 'a' && v.s[i] <= 'z') ||
		      (v.s[i] >= '0' && v.s[i] <= '9') || v.s[i] == '-' || v.s[i] == '_'))
			return false;
	return v.len > 0;
}

/* "Name: value" on one line: a line break would let a value write headers of its own. */
static bool header_ok(struct wire_str v)
{
	const char *colon = v.len > 0 ? memchr(v.s, ':', v.len) : NULL;
	if (!colon || !token(wire_blob(v.s, (size_t)(colon - v.s))))
		return false;
	for (uint32_t i = 0; i < v.len; i++) {
		unsigned char c = (unsigned char)v.s[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static void add_header(struct slot *s, char *line)
{
	struct curl_slist *l = &s->header[s->n_headers++];
	*l = (struct curl_slist){.data = line};
	if (l > s->header)
		l[-1].next = l;
}

/* Copies v and a NUL to *at, and moves it behind. */
static char *put(char **at, struct wire_str v)
{
	char *out = *at;
	*at += wire_copy(v, out, (size_t)v.len + 1) + 1;
	return out;
}

static bool has_body(const struct wire_work_http *w)
{
	return !wire_is(w->method, "HEAD") && (w->body.len > 0 || wire_is(w->method, "POST"));
}

static bool has_name(struct wire_str v, const char *name)
{
	size_t n = strlen(name);
	return v.len >= n && strncasecmp(v.s, name, n) == 0;
}

/* "Expect:" takes away a header that libcurl would add and that costs a second at receivers which
 * do not know it; an absent Content-Type must not become a form's. */
static int set_headers(struct slot *s, const struct wire_work_http *w, char **at)
{
	static char no_type[] = "Content-Type:", no_expect[] = "Expect:";
	bool typed = false;
	for (unsigned i = 0; i < w->n_headers; i++) {
		typed |= has_name(w->header[i], "content-type:");
		add_header(s, put(at, w->header[i]));
	}
	if (!typed)
		add_header(s, no_type);
	add_header(s, no_expect);
	return curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, s->header) == CURLE_OK ? 0 : -1;
}

/* A body may hold NUL octets, so its size is told. */
static int set_body(struct slot *s, const struct wire_work_http *w, char **at)
{
	const char *body = put(at, w->body);
	if (!has_body(w))
		return 0;
	return curl_easy_setopt(s->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)w->body.len) == CURLE_OK &&
			       curl_easy_setopt(s->easy, CURLOPT_POSTFIELDS, body) == CURLE_OK
		       ? 0
		       : -1;
}

/* What is another at each delivery; the library holds it where we do. */
static int set_content(struct slot *s, const struct wire_work_http *w)
{
	size_t size = (size_t)w->body.len + 1;
	for (unsigned i = 0; i < w->n_headers; i++)
		size += (size_t)w->header[i].len + 1;
	s->text = malloc(size);
	char *at = s->text;
	return s->text && set_headers(s, w, &at) == 0 && set_body(s, w, &at) == 0 ? 0 : -1;
}

static int set_text(CURL *e, CURLoption option, struct wire_str v)
{
	char *text = strndup(v.len > 0 ? v.s : "", v.len);
	int rc = text && curl_easy_setopt(e, option, text) == CURLE_OK ? 0 : -1; /* it copies */
	free(text);
	return rc;
}

static int set_request(struct slot *s, const struct wire_work_http *w)
{
	CURL *e = s->easy;
	bool bad = set_text(e, CURLOPT_URL, w->url) < 0;
	if (wire_is(w->method, "HEAD"))
		bad |= curl_easy_setopt(e, CURLOPT_NOBODY, 1L) != CURLE_OK;
	else if (has_body(w))
		bad |= curl_easy_setopt(e, CURLOPT_POST, 1L) != CURLE_OK;
	if (!wire_is(w->method, "POST") && !wire_is(w->method, "HEAD"))
		bad |= set_text(e, CURLOPT_CUSTOMREQUEST, w->method) < 0;
	return bad ? -1 : 0;
}

static int set_limits(const struct http *h, struct slot *s, const struct wire_work_http *w)
{
	CURL *e = s->easy;
	long total = w->timeout_ms == 0 ? DEFAULT_TIMEOUT_MS : (long)w->timeout_ms;
	if (total > LONGEST_TIMEOUT_MS)
		total = LONGEST_TIMEOUT_MS;
	long connect = h->connect_ms < total ? h->connect_ms : total;
	bool bad = false;
#define SET(option, value) bad |= curl_easy_setopt(e, option, value) != CURLE_OK
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TIMEOUT_MS, total);
	SET(CURLOPT_CONNECTTIMEOUT_MS, connect);
	SET(CURLOPT_QUICK_EXIT, 1L); /* a stuck resolver thread is abandoned, not waited for */
	SET(CURLOPT_PROTOCOLS_STR, w->plain_http ? "https,http" : "https");
	SET(CURLOPT_DEFAULT_PROTOCOL, "https");
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, ""); /* else http_proxy would be obeyed, and hide the real address */
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	SET(CURLOPT_TCP_KEEPALIVE, 1L);
	SET(CURLOPT_MAXLIFETIME_CONN, CONNECTION_LIFE_S);
	SET(CURLOPT_USERAGENT, h->user_agent);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_CA_CACHE_TIMEOUT, CA_CACHE_S);
	SET(CURLOPT_UPLOAD_BUFFERSIZE, SEND_OCTETS);
	return bad ? -1 : 0;
}

/* A delivery that names its certificates trusts those alone: the system's directory is a second
 * source that CAINFO leaves in place. */
static int set_trust(const struct http *h, struct slot *s, const struct wire_work_http *w)
{
	CURL *e = s->easy;
	bool bad = false;
	if (w->ca_file.len > 0)
		bad |= set_text(e, CURLOPT_CAINFO, w->ca_file) < 0;
	else if (h->ca_file)
		SET(CURLOPT_CAINFO, h->ca_file);
	else
		return 0;
	SET(CURLOPT_CAPATH, NULL);
	return bad ? -1 : 0;
}

/* Who we are to it, and who alone it may be. */
static int set_identity(struct slot *s, const struct wire_work_http *w)
{
	bool bad = false;
	if (w->client_cert.len > 0)
		bad |= set_text(s->easy, CURLOPT_SSLCERT, w->client_cert) < 0 ||
		       set_text(s->easy, CURLOPT_SSLKEY, w->client_key) < 0;
	if (w->pin.len > 0)
		bad |= set_text(s->easy, CURLOPT_PINNEDPUBLICKEY, w->pin) < 0;
	return bad ? -1 : 0;
}

static int set_callbacks(struct slot *s)
{
	CURL *e = s->easy;
	bool bad = false;
	SET(CURLOPT_PRIVATE, s);
	SET(CURLOPT_ERRORBUFFER, s->error);
	SET(CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(CURLOPT_OPENSOCKETDATA, s);
	SET(CURLOPT_PREREQFUNCTION, before_request);
	SET(CURLOPT_PREREQDATA, s);
	SET(CURLOPT_HEADERFUNCTION, take_head);
	SET(CURLOPT_HEADERDATA, s);
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, s);
	return bad ? -1 : 0;
#undef SET
}

/* Its frame without what changes from delivery to delivery: two that encode alike want the same
 * settings, whatever fields a frame may get.  Octets of h->aim, or 0. */
static size_t aim_of(struct http *h, const struct wire_work_http *w)
{
	struct wire_frame f = {.type = WIRE_WORK_HTTP, .u.work_http = *w};
	f.u.work_http.job = 0;
	f.u.work_http.n_headers = 0;
	f.u.work_http.body = wire_str(has_body(w) ? "body" : "");
	long n = wire_encode(&f, h->aim, sizeof h->aim);
	return n > 0 ? (size_t)n : 0;
}

static bool aimed(const struct http *h, const struct slot *s, size_t octets)
{
	return s->aim && s->aim_octets == octets && memcmp(s->aim, h->aim, octets) == 0;
}

/* One that is set for the same place, or else one that is not set yet, or any. */
static struct slot *free_slot(struct http *h, size_t octets)
{
	struct slot *any = NULL;
	for (unsigned i = 0; i < h->parallel; i++) {
		struct slot *s = &h->slot[i];
		if (s->busy)
			continue;
		if (aimed(h, s, octets))
			return s;
		if (!any || (any->aim && !s->aim))
			any = s;
	}
	return any;
}

static void forget_content(struct slot *s)
{
	free(s->text);
	explicit_bzero(s->reply, s->reply_octets);
	memset(&s->busy, 0, offsetof(struct slot, reply) - offsetof(struct slot, busy));
}

static void forget_all(struct slot *s)
{
	curl_easy_reset(s->easy);
	forget_content(s);
	free(s->aim);
	s->aim = NULL;
}

static const char unusable[] = "the HTTP library refused the delivery's settings";

static const char *refuse(const struct wire_work_http *w)
{
	if (!token(w->method))
		return "method is not a token";
	if (w->url.len == 0 || memchr(w->url.s, 0, w->url.len))
		return "URL is empty or holds a NUL";
	if (w->ca_file.len > 0 && memchr(w->ca_file.s, 0, w->ca_file.len))
		return "certificate path holds a NUL";
	const struct wire_str texts[] = {w->client_cert, w->client_key, w->pin};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (texts[i].len > 0 && memchr(texts[i].s, 0, texts[i].len))
			return "certificate path or pin holds a NUL";
	for (unsigned i = 0; i < w->n_headers; i++)
		if (!header_ok(w->header[i]))
			return "malformed header";
	return NULL;
}

/* 0, or how the delivery ended and *why. */
static int set_aim(const struct http *h, struct slot *s, const struct wire_work_http *w, size_t octets,
		   const char **why)
{
	if (aimed(h, s, octets))
		return 0;
	forget_all(s);
	if (address_list_parse(&s->allow, w->allow_private.s, w->allow_private.len) < 0) {
		*why = "allow_private is not a list of networks";
		return WIRE_HTTP_REFUSED;
	}
	wire_copy(w->want, s->want, sizeof s->want);
	bool set = octets > 0 && set_limits(h, s, w) == 0 && set_trust(h, s, w) == 0 && set_identity(s, w) == 0 &&
		   set_callbacks(s) == 0 && set_request(s, w) == 0;
	s->aim = set ? malloc(octets) : NULL;
	if (!s->aim) {
		*why = unusable;
		return WIRE_HTTP_UNREACHED;
	}
	memcpy(s->aim, h->aim, octets);
	s->aim_octets = octets;
	return 0;
}

int http_start(struct http *h, const struct wire_work_http *w, const char **why)
{
	*why = refuse(w);
	if (*why)
		return WIRE_HTTP_REFUSED;
	size_t octets = aim_of(h, w);
	struct slot *s = free_slot(h, octets);
	if (!s) {
		*why = "more deliveries at once than the credit";
		return WIRE_HTTP_UNREACHED;
	}
	int result = set_aim(h, s, w, octets, why);
	if (result)
		return result;
	s->job = w->job;
	s->started_ms = http_now_ms();
	if (set_content(s, w) < 0 || curl_multi_add_handle(h->multi, s->easy) != CURLM_OK) {
		forget_all(s);
		*why = unusable;
		return WIRE_HTTP_UNREACHED;
	}
	s->busy = true;
	h->running++;
	return 0;
}

/* ---- the outcome ---- */

static bool tls_failure(CURLcode rc)
{
	static const CURLcode codes[] = {
	    CURLE_SSL_CONNECT_ERROR,        CURLE_PEER_FAILED_VERIFICATION,
	    CURLE_SSL_CERTPROBLEM,          CURLE_SSL_CIPHER,
	    CURLE_SSL_CACERT_BADFILE,       CURLE_SSL_ISSUER_ERROR,
	    CURLE_SSL_CRL_BADFILE,          CURLE_SSL_INVALIDCERTSTATUS,
	    CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_ENGINE_NOTFOUND,
	    CURLE_SSL_ENGINE_SETFAILED,     CURLE_USE_SSL_FAILED,
	};
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		if (codes[i] == rc)
			return true;
	return false;
}

/* With TLS 1.3 a server refuses our certificate when we think the handshake over and have let the request
 * go: it takes nothing of that.  The library has no code for it, only OpenSSL's words of the alert. */
static bool client_refused(const struct slot *s)
{
	static const char *const words[] = {"certificate", "unknown ca", "access denied"};
	if (s->head_octets > 0 || !strstr(s->error, " alert "))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strstr(s->error, words[i]))
			return true;
	return false;
}

/* UNREACHED, TLS and REFUSED promise that nothing was taken, so that the hub may repeat the delivery even
 * where the receiver would not recognise a repeat; a time-out before the request counts as that.  A body
 * that is too long changes nothing in what the status says. */
static uint8_t classify(const struct slot *s, CURLcode rc)
{
	if (rc == CURLE_OK || (s->too_big && s->head_whole && rc == CURLE_WRITE_ERROR))
		return WIRE_HTTP_ANSWERED;
	if (s->sent && client_refused(s))
		return WIRE_HTTP_TLS;
	if (s->sent)
		return rc == CURLE_OPERATION_TIMEDOUT ? WIRE_HTTP_TIMEOUT : WIRE_HTTP_BROKEN;
	if (s->denied || rc == CURLE_UNSUPPORTED_PROTOCOL || rc == CURLE_URL_MALFORMAT ||
	    rc == CURLE_LOGIN_DENIED || (s->blocked > 0 && s->opened == 0))
		return WIRE_HTTP_REFUSED;
	return tls_failure(rc) ? WIRE_HTTP_TLS : WIRE_HTTP_UNREACHED;
}

static const char *reason(const struct slot *s, CURLcode rc)
{
	if (s->too_big)
		return s->head_octets > HTTP_HEAD_MAX ? "answer's head is too long"
						      : "answer's body is too long";
	if (!s->sent && (s->denied || (s->blocked > 0 && s->opened == 0)))
		return "address is not allowed for this agency";
	if (s->again)
		return "connection closed before an answer";
	if (rc == CURLE_OK)
		return "";
	return s->error[0] ? s->error : curl_easy_strerror(rc);
}

/* Retry-After: digits or a date (RFC 9110, 10.2.3).  The library says 0 for "absent", "now" and
 * "unreadable" alike, so the header itself is looked at, and only a date is left to the library. */
static int32_t retry_after(CURL *e)
{
	struct curl_header *head;
	if (curl_easy_header(e, "Retry-After", 0, CURLH_HEADER, -1, &head) != CURLHE_OK)
		return -1;
	const char *v = head->value;
	int32_t n = 0;
	for (; *v >= '0' && *v <= '9'; v++)
		n = n > HTTP_RETRY_MAX ? n : n * 10 + (*v - '0');
	if (v != head->value)
		return *v != '\0' ? -1 : n > HTTP_RETRY_MAX ? HTTP_RETRY_MAX : n;
	curl_off_t date = 0;
	if (*v < 'A' || curl_easy_getinfo(e, CURLINFO_RETRY_AFTER, &date) != CURLE_OK || date == 0)
		return -1;
	if (date < 0) /* a date that has passed */
		return 0;
	return date > HTTP_RETRY_MAX ? HTTP_RETRY_MAX : (int32_t)date;
}

/* A value that is too long is none: half a token lets nobody in. */
static struct wire_str wanted(struct slot *s)
{
	struct curl_header *head;
	if (!s->want[0] || curl_easy_header(s->easy, s->want, 0, CURLH_HEADER, -1, &head) != CURLHE_OK ||
	    strlen(head->value) > 4096)
		return wire_str("");
	return wire_str(head->value);
}

static void outcome(struct slot *s, CURLcode rc, struct wire_done_http *d)
{
	long status = 0;
	(void)curl_easy_getinfo(s->easy, CURLINFO_RESPONSE_CODE, &status);
	*d = (struct wire_done_http){
	    .job = s->job,
	    .result = classify(s, rc),
	    .status = status > 0 && status < 1000 ? (uint16_t)status : 0,
	    .retry_after = retry_after(s->easy),
	    .elapsed_ms = (uint32_t)(http_now_ms() - s->started_ms),
	    .body = wire_blob(s->reply, s->reply_octets),
	    .header = wanted(s),
	    .detail = wire_str(reason(s, rc)),
	};
	if (d->result == WIRE_HTTP_ANSWERED && (d->status < 200 || !s->head_whole)) {
		d->result = WIRE_HTTP_BROKEN;
		d->detail = wire_str("connection closed within the answer's head");
	}
}

/* ---- waiting and moving ---- */

/* What the library wants to know of a socket.  It is few sockets: those of transfers that run. */
static int watch(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused)
{
	struct waits *w = arg;
	nfds_t i = 1;
	(void)easy, (void)unused;
	while (i < w->n && w->fd[i].fd != fd)
		i++;
	if (what == CURL_POLL_REMOVE) {
		if (i < w->n)
			w->fd[i] = w->fd[--w->n];
		return 0;
	}
	if (i == 1 + SOCKETS_MAX)
		return -1;
	w->n += i == w->n;
	w->fd[i] = (struct pollfd){.fd = fd, .events = (short)((what & CURL_POLL_IN ? POLLIN : 0) |
							       (what & CURL_POLL_OUT ? POLLOUT : 0))};
	return 0;
}

static int set_timer(CURLM *multi, long ms, void *arg)
{
	struct waits *w = arg;
	(void)multi;
	w->due_ms = ms < 0 ? INT64_MAX : http_now_ms() + ms;
	return 0;
}

/* An error is found by the read that it makes possible. */
static int moved(short revents)
{
	return (revents & (POLLIN | POLLHUP | POLLERR | POLLNVAL) ? CURL_CSELECT_IN : 0) |
	       (revents & POLLOUT ? CURL_CSELECT_OUT : 0);
}

int http_wait(struct http *h, int fd, bool *readable)
{
	struct waits *w = &h->waits;
	int64_t ms = w->due_ms == INT64_MAX ? IDLE_MS : w->due_ms - http_now_ms();
	w->fd[0] = (struct pollfd){.fd = fd, .events = POLLIN};
	w->n_ready = 0;
	*readable = false;
	int n = poll(w->fd, w->n, (int)(ms < 0 ? 0 : ms < IDLE_MS ? ms : IDLE_MS));
	if (n < 0)
		return errno == EINTR ? 0 : -1;
	*readable = w->fd[0].revents != 0;
	/* copied: what the library does about one socket may end the wait for another */
	for (nfds_t i = 1; i < w->n; i++)
		if (w->fd[i].revents)
			w->ready[w->n_ready++] = w->fd[i];
	return 0;
}

static int move(struct http *h)
{
	struct waits *w = &h->waits;
	int running;
	for (nfds_t i = 0; i < w->n_ready; i++)
		if (curl_multi_socket_action(h->multi, w->ready[i].fd, moved(w->ready[i].revents), &running) !=
		    CURLM_OK)
			return -1;
	w->n_ready = 0;
	if (w->due_ms > http_now_ms())
		return 0;
	w->due_ms = INT64_MAX; /* a timer rings once, and is set anew by the call */
	return curl_multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running) == CURLM_OK ? 0 : -1;
}

int http_move(struct http *h, int (*done)(void *arg, const struct wire_done_http *d), void *arg)
{
	int left, rc = move(h);
	CURLMsg *m;
	while (rc == 0 && (m = curl_multi_info_read(h->multi, &left)) != NULL) {
		if (m->msg != CURLMSG_DONE)
			continue;
		CURLcode code = m->data.result;
		char *private = NULL;
		if (curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &private) != CURLE_OK)
			return -1;
		struct slot *s = (struct slot *)(void *)private;
		struct wire_done_http d;
		outcome(s, code, &d);
		rc = done(arg, &d);
		(void)curl_multi_remove_handle(h->multi, s->easy);
		forget_content(s);
		h->running--;
	}
	return rc;
}

/* ---- the whole ---- */

unsigned http_running(const struct http *h)
{
	return h->running;
}

const char *http_version(void)
{
	return curl_version();
}

struct http *http_open(const struct http_settings *s)
{
	if (s->parallel == 0 || s->parallel > HTTP_PARALLEL_MAX ||
	    curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	struct http *h = calloc(1, sizeof *h);
	if (!h)
		return NULL;
	h->parallel = s->parallel;
	h->connect_ms = s->connect_ms;
	h->user_agent = strdup(s->user_agent);
	h->ca_file = s->ca_file ? strdup(s->ca_file) : NULL;
	h->multi = curl_multi_init();
	if (!h->multi || !h->user_agent || (s->ca_file && !h->ca_file))
		goto bad;
	h->waits.n = 1;
	h->waits.due_ms = INT64_MAX;
	if (curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)(h->parallel + 4)) != CURLM_OK ||
	    curl_multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, watch) != CURLM_OK ||
	    curl_multi_setopt(h->multi, CURLMOPT_SOCKETDATA, &h->waits) != CURLM_OK ||
	    curl_multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, set_timer) != CURLM_OK ||
	    curl_multi_setopt(h->multi, CURLMOPT_TIMERDATA, &h->waits) != CURLM_OK)
		goto bad;
	for (unsigned i = 0; i < h->parallel; i++)
		if (!(h->slot[i].easy = curl_easy_init()))
			goto bad;
	return h;
bad:
	http_close(h);
	return NULL;
}

void http_close(struct http *h)
{
	if (!h)
		return;
	for (unsigned i = 0; i < h->parallel; i++) {
		struct slot *s = &h->slot[i];
		if (s->busy)
			(void)curl_multi_remove_handle(h->multi, s->easy);
		if (s->easy) {
			forget_all(s);
			curl_easy_cleanup(s->easy);
		}
	}
	if (h->multi)
		(void)curl_multi_cleanup(h->multi);
	free(h->user_agent);
	free(h->ca_file);
	free(h);
	curl_global_cleanup();
}
