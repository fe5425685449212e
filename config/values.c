/* values.c - whether a text is what a setting takes.  Calls libc only. */
#include "config/values.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"
#define VOUCHER "{voucher}"
#define ANSWER_MAX 40
#define DEVICE_PATH_MAX 127 /* what a modem worker takes */
#define SOCKET_PATH_MAX 107 /* sun_path of unix(7) is 108 bytes, NUL included */

static bool only(const char *s, const char *set)
{
	return s[strspn(s, set)] == '\0';
}

bool cfg_word_in(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; *p;) {
		size_t len = strcspn(p, " ");
		if (len == n && memcmp(p, word, n) == 0)
			return true;
		p += len;
		p += strspn(p, " ");
	}
	return false;
}

static int number(const char *s, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++)
		v = v * 10 + (s[i] - '0');
	return v;
}

static bool leap(int y)
{
	return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

long cfg_day_number(const char *s)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (strlen(s) != 10 || s[4] != '-' || s[7] != '-' || strspn(s, DIGITS) != 4 ||
	    strspn(s + 5, DIGITS) != 2 || strspn(s + 8, DIGITS) != 2)
		return -1;
	int y = number(s, 4), m = number(s + 5, 2), d = number(s + 8, 2);
	if (y < 1970 || m < 1 || m > 12 || d < 1 || d > days[m - 1] + (m == 2 && leap(y) ? 1 : 0))
		return -1;
	long n = d - 1;
	for (int i = 1970; i < y; i++)
		n += leap(i) ? 366 : 365;
	for (int i = 1; i < m; i++)
		n += days[i - 1] + (i == 2 && leap(y) ? 1 : 0);
	return n;
}

static const char *check_time(const char *s)
{
	bool shaped = strlen(s) == 5 && s[2] == ':' && strspn(s, DIGITS) == 2 &&
		      strspn(s + 3, DIGITS) == 2;

	return shaped && number(s, 2) < 24 && number(s + 3, 2) < 60 ? NULL :
	       "is no time of day (HH:MM, 00:00 to 23:59)";
}

/* ---- addresses: RFC 3986 as far as a delivery needs it ---- */

static const char *check_host(const char *host, size_t n)
{
	char buf[256];
	unsigned char addr[16];

	if (n == 0)
		return "has no host";
	if (n >= sizeof(buf))
		return "has a host name that is too long";
	memcpy(buf, host, n);
	buf[n] = '\0';
	if (buf[0] == '[') {
		if (buf[n - 1] != ']')
			return "has an unclosed [";
		buf[n - 1] = '\0';
		return inet_pton(AF_INET6, buf + 1, addr) == 1 ? NULL : "has a bad IPv6 address";
	}
	if (!only(buf, LOWER UPPER DIGITS ".-"))
		return "has a host name with other characters than letters, digits, \".\" and "
		       "\"-\"";
	if (buf[0] == '.' || buf[0] == '-' || strstr(buf, ".."))
		return "has a bad host name";
	return NULL;
}

static const char *check_port(const char *port, size_t n)
{
	if (n == 0 || n > 5 || strspn(port, DIGITS) < n || number(port, n) < 1 ||
	    number(port, n) > 65535)
		return "has a bad port";
	return NULL;
}

static const char *check_url(const char *s)
{
	const char *p = strstr(s, "://");

	if (!p || !(strncmp(s, "https://", 8) == 0 || strncmp(s, "http://", 7) == 0))
		return "does not begin with https://";
	for (const char *c = s; *c; c++)
		if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7f ||
		    strchr("\"<>\\^`{|}", *c))
			return "has a character that must be written as %XX";
	if (strchr(s, '#'))
		return "has a fragment (#...), which is never sent";
	p += 3;
	size_t n = strcspn(p, "/?");
	if (memchr(p, '@', n))
		return "has a user name in it; deliveries are signed with the secret instead";
	size_t host = n;
	if (p[0] == '[') {
		host = strcspn(p, "]") + 1;
		if (host > n)
			return "has an unclosed [";
	} else if (memchr(p, ':', n)) {
		host = strcspn(p, ":");
	}
	const char *why = check_host(p, host);
	if (!why && host < n)
		why = p[host] == ':' ? check_port(p + host + 1, n - host - 1) : "has a bad port";
	return why;
}

static const char *check_network(const char *s, size_t n)
{
	char buf[64];
	unsigned char addr[16];

	if (n >= sizeof(buf))
		return "has a network that is too long";
	memcpy(buf, s, n);
	buf[n] = '\0';
	char *slash = strchr(buf, '/');
	if (!slash)
		return "has a network without a length (10.0.0.0/8)";
	*slash = '\0';
	int max = strchr(buf, ':') ? 128 : 32;
	size_t digits = strlen(slash + 1);
	if (digits == 0 || digits > 3 || !only(slash + 1, DIGITS) ||
	    number(slash + 1, digits) > max)
		return "has a network with a bad length";
	if (inet_pton(max == 128 ? AF_INET6 : AF_INET, buf, addr) != 1)
		return "has a bad network address";
	return NULL;
}

static const char *check_networks(const char *s)
{
	const char *why = NULL;

	while (*s && !why) {
		size_t n = strcspn(s, " ");
		if (n)
			why = check_network(s, n);
		s += n;
		s += strspn(s, " ");
	}
	return why;
}

/* ---- others ---- */

/* Standard Webhooks: "whsec_" and base64 (RFC 4648 section 4) of 24 to 64 bytes. */
/* Octets that padded base64 stands for, or 0 when it is none. */
static size_t base64_octets(const char *s)
{
	size_t n = strspn(s, LOWER UPPER DIGITS "+/"), pad = strspn(s + n, "=");

	return s[n + pad] || pad > 2 || (n + pad) % 4 ? 0 : (n + pad) / 4 * 3 - pad;
}

static const char *check_secret(const char *s)
{
	if (strncmp(s, "whsec_", 6) != 0)
		return "does not begin with whsec_";
	size_t bytes = base64_octets(s + 6);
	if (bytes == 0)
		return "is not base64 after whsec_";
	if (bytes < 24 || bytes > 64)
		return "does not hold 24 to 64 bytes";
	return NULL;
}

static const char *check_signing(const char *s)
{
	if (strncmp(s, "whsk_", 5) != 0)
		return "does not begin with whsk_";
	return base64_octets(s + 5) == 64 ? NULL : "is not base64 of 64 bytes after whsk_";
}

static const char *check_key_pin(const char *s)
{
	if (strncmp(s, "sha256//", 8) != 0)
		return "does not begin with sha256//";
	return base64_octets(s + 8) == 32 ? NULL : "is not base64 of 32 bytes after sha256//";
}

static const char *check_zone_time(const char *s)
{
	char path[256];
	struct stat st;
	const char *dir = "/usr/share/zoneinfo";

	if (!only(s, LOWER UPPER DIGITS "/_+-") || s[0] == '/')
		return "is no name of the time zone database (as Europe/Tirane)";
	if (strcmp(s, "UTC") == 0)
		return NULL;
	if (stat(dir, &st) < 0)
		return "cannot be checked: /usr/share/zoneinfo is missing; install the package "
		       "tzdata";
	snprintf(path, sizeof(path), "%s/%s", dir, s);
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return "is not in /usr/share/zoneinfo";
	return NULL;
}

static const char *check_phone(const char *s)
{
	size_t digits = 0;

	for (const char *p = s; *p; p++)
		digits += *p >= '0' && *p <= '9';
	if (!only(s + (*s == '+'), DIGITS " ") || digits < 3 || digits > 15)
		return "is no telephone number (digits, spaces, + in front)";
	return NULL;
}

/* Numeric: a name could come to mean another interface. */
static const char *check_listen(const char *s)
{
	static const char *const no = "is not an address and a port (as 127.0.0.1:8480 or [::1]:8480)";
	char host[64];
	struct in6_addr to;
	const char *colon = strrchr(s, ':');
	size_t n = colon ? (size_t)(colon - s) : 0;
	bool six = n > 2 && s[0] == '[' && s[n - 1] == ']';

	if (n == 0 || n >= sizeof(host) || !colon[1] || !only(colon + 1, DIGITS) ||
	    strlen(colon + 1) > 5 || number(colon + 1, strlen(colon + 1)) < 1 ||
	    number(colon + 1, strlen(colon + 1)) > 65535)
		return no;
	snprintf(host, sizeof(host), "%.*s", (int)(six ? n - 2 : n), six ? s + 1 : s);
	return inet_pton(six ? AF_INET6 : AF_INET, host, &to) == 1 ? NULL : no;
}

/* Of every year: checked in a leap year, so that 29 February may begin or end a season. */
static const char *check_season(const char *s)
{
	char full[16];

	snprintf(full, sizeof(full), "%s%.10s", strlen(s) == 5 ? "2000-" : "", s);
	return cfg_day_number(full) >= 0 ? NULL : "is no date (MM-DD, or YYYY-MM-DD)";
}

/* Of set's characters, but for one {voucher}. */
static bool only_voucher(const char *s, const char *set)
{
	const char *place = strstr(s, VOUCHER);

	if (!place)
		return only(s, set);
	return strspn(s, set) == (size_t)(place - s) && only(place + strlen(VOUCHER), set);
}

static const char *check(enum cfg_check c, const char *s)
{
	switch (c) {
	case CK_NONE:
		return NULL;
	case CK_DIGITS:
		return only(s, DIGITS) ? NULL : "takes digits only";
	case CK_TIME:
		return check_time(s);
	case CK_DATE:
		return cfg_day_number(s) >= 0 ? NULL : "is no date (YYYY-MM-DD)";
	case CK_NAME:
		return only(s, LOWER UPPER DIGITS "_-.")
			   ? NULL
			   : "takes letters, digits, \"_\", \"-\" and \".\" only";
	case CK_CODE:
		return only(s, UPPER DIGITS) && strspn(s, UPPER) > 0
			   ? NULL
			   : "takes capital letters and digits only, a letter first";
	case CK_LANGUAGE:
		return only(s, LOWER) ? NULL : "is no language code (sq, en)";
	case CK_URL:
		return check_url(s);
	case CK_SEASON:
		return check_season(s);
	case CK_SIGN:
		return only(s, DIGITS "*#") ? NULL : "has other characters than digits, * and #";
	case CK_HEX_KEY:
		return strlen(s) == 64 && only(s, DIGITS "abcdef") ? NULL : "is not 64 hex digits (kujdestar key recovery)";
	case CK_ADDRESS:
		return check_network(s, strlen(s));
	case CK_NETWORKS:
		return check_networks(s);
	case CK_ZONE_TIME:
		return check_zone_time(s);
	case CK_PHONE:
		return check_phone(s);
	case CK_PREFIX:
		return s[0] == '+' && s[1] && strlen(s) <= 16 && only(s + 1, DIGITS)
			   ? NULL
			   : "is not + and the first digits of a number";
	case CK_PIN:
		return only(s, DIGITS) && strlen(s) >= 4 ? NULL : "takes 4 to 8 digits";
	case CK_SECRET:
		return check_secret(s);
	case CK_SIGNING:
		return check_signing(s);
	case CK_KEY_PIN:
		return check_key_pin(s);
	case CK_USSD:
		return only(s, DIGITS "*#") ? NULL : "takes digits, * and # only";
	case CK_TOPUP:
		return only_voucher(s, DIGITS "*#") ? NULL
						    : "takes digits, *, # and one {voucher} only";
	case CK_ANSWER:
		return strlen(s) <= ANSWER_MAX && only_voucher(s, LOWER UPPER DIGITS " *#+.-")
			   ? NULL
			   : "takes up to 40 letters, digits, blanks, *, #, + and {voucher}";
	case CK_LISTEN:
		return check_listen(s);
	case CK_SOCKET:
		return strlen(s) <= SOCKET_PATH_MAX
			   ? NULL
			   : "is longer than the 107 bytes that a socket's path may have";
	case CK_DEVICE:
		return strlen(s) <= DEVICE_PATH_MAX
			   ? NULL
			   : "is longer than the 127 bytes that a device's path may have";
	}
	return NULL;
}

bool cfg_value_ok(enum cfg_check c, const char *s, const char **why)
{
	*why = check(c, s);
	return !*why;
}

/* Optimal string alignment; three rows of at most 65. */
unsigned cfg_distance(const char *a, const char *b)
{
	unsigned char row[3][66];
	size_t la = strnlen(a, 64), lb = strnlen(b, 64);

	for (size_t j = 0; j <= lb; j++)
		row[1][j] = (unsigned char)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned char *now = row[(i + 1) % 3], *up = row[i % 3], *up2 = row[(i + 2) % 3];
		now[0] = (unsigned char)i;
		for (size_t j = 1; j <= lb; j++) {
			int best = up[j - 1] + (a[i - 1] != b[j - 1]);
			if (up[j] + 1 < best)
				best = up[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    up2[j - 2] + 1 < best)
				best = up2[j - 2] + 1;
			now[j] = (unsigned char)best;
		}
	}
	return row[(la + 1) % 3][lb];
}
