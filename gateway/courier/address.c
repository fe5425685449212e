/* address.c - which network addresses a delivery may reach: a table of networks and a comparison of
 * prefixes.  Owns nothing; calls libc only.
 */
#include "gateway/courier/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

struct prefix {
	const char *net;
	uint8_t bits;
};

/* IPv4: everything is global but these. */
static const struct prefix blocked4[] = {
    {"0.0.0.0", 8},       /* this network */
    {"10.0.0.0", 8},      /* private, RFC 1918 */
    {"100.64.0.0", 10},   /* shared, RFC 6598 */
    {"127.0.0.0", 8},     /* loopback */
    {"169.254.0.0", 16},  /* link-local: cloud metadata services live here */
    {"172.16.0.0", 12},   /* private */
    {"192.0.0.0", 24},    /* protocol assignments */
    {"192.0.2.0", 24},    /* documentation */
    {"192.88.99.0", 24},  /* 6to4 relay, RFC 7526 */
    {"192.168.0.0", 16},  /* private */
    {"198.18.0.0", 15},   /* benchmarks, RFC 2544 */
    {"198.51.100.0", 24}, /* documentation */
    {"203.0.113.0", 24},  /* documentation */
    {"224.0.0.0", 4},     /* multicast */
    {"240.0.0.0", 4},     /* reserved, and broadcast */
};

/* IPv6: nothing is global but 2000::/3, and within it not these.  That one rule refuses ::, ::1,
 * IPv4-compatible and translated addresses, NAT64, discard-only, segment routing, unique local,
 * link-local, site-local and multicast. */
static const struct prefix global6 = {"2000::", 3};
static const struct prefix blocked6[] = {
    {"2001::", 23},     /* protocol assignments, Teredo and ORCHID among them */
    {"2001:db8::", 32}, /* documentation */
    {"2002::", 16},     /* 6to4: carries any IPv4 address */
    {"3fff::", 20},     /* documentation, RFC 9637 */
};

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

static bool same_prefix(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

static bool within(const uint8_t *octet, int family, const struct prefix *p)
{
	uint8_t net[16];
	return inet_pton(family, p->net, net) == 1 && same_prefix(octet, net, p->bits);
}

static bool global4(const uint8_t octet[4])
{
	for (size_t i = 0; i < sizeof blocked4 / sizeof blocked4[0]; i++)
		if (within(octet, AF_INET, &blocked4[i]))
			return false;
	return true;
}

static bool is_global6(const uint8_t octet[16])
{
	if (!within(octet, AF_INET6, &global6))
		return false;
	for (size_t i = 0; i < sizeof blocked6 / sizeof blocked6[0]; i++)
		if (within(octet, AF_INET6, &blocked6[i]))
			return false;
	return true;
}

static bool allowed(const struct address_list *l, const uint8_t *octet, uint8_t size)
{
	if (size == 16 && memcmp(octet, mapped, sizeof mapped) == 0) {
		octet += sizeof mapped;
		size = 4;
	}
	for (unsigned i = 0; l && i < l->n; i++)
		if (l->net[i].size == size && same_prefix(octet, l->net[i].octet, l->net[i].bits))
			return true;
	return size == 4 ? global4(octet) : is_global6(octet);
}

bool address_allowed(const struct address_list *l, const struct sockaddr *sa, socklen_t len)
{
	if (len < (socklen_t)sizeof(sa_family_t))
		return false;
	if (sa->sa_family == AF_INET && len >= (socklen_t)sizeof(struct sockaddr_in)) {
		struct sockaddr_in in;
		memcpy(&in, sa, sizeof in);
		return allowed(l, (const uint8_t *)&in.sin_addr, 4);
	}
	if (sa->sa_family == AF_INET6 && len >= (socklen_t)sizeof(struct sockaddr_in6)) {
		struct sockaddr_in6 in;
		memcpy(&in, sa, sizeof in);
		return allowed(l, (const uint8_t *)&in.sin6_addr, 16);
	}
	return false;
}

bool address_text_allowed(const struct address_list *l, const char *text)
{
	uint8_t octet[16];
	if (inet_pton(AF_INET, text, octet) == 1)
		return allowed(l, octet, 4);
	return inet_pton(AF_INET6, text, octet) == 1 && allowed(l, octet, 16);
}

/* ---- networks of the configuration ---- */

static int prefix_length(const char *s, unsigned max, uint8_t *bits)
{
	unsigned n = 0;
	size_t i = 0;
	for (; s[i] >= '0' && s[i] <= '9' && i < 4; i++)
		n = n * 10 + (unsigned)(s[i] - '0');
	if (i == 0 || s[i] != '\0' || n > max)
		return -1;
	*bits = (uint8_t)n;
	return 0;
}

static int parse_net(struct address_net *net, char *text)
{
	char *slash = strchr(text, '/');
	if (slash)
		*slash = '\0';
	if (inet_pton(AF_INET, text, net->octet) == 1)
		net->size = 4;
	else if (inet_pton(AF_INET6, text, net->octet) == 1)
		net->size = 16;
	else
		return -1;
	net->bits = (uint8_t)(net->size * 8);
	if (slash && prefix_length(slash + 1, net->bits, &net->bits) < 0)
		return -1;
	/* "::ffff:10.0.0.0/104" means 10.0.0.0/8, since mapped addresses are judged as IPv4 */
	if (net->size == 16 && net->bits >= 96 && memcmp(net->octet, mapped, sizeof mapped) == 0) {
		memmove(net->octet, net->octet + sizeof mapped, 4);
		net->size = 4;
		net->bits = (uint8_t)(net->bits - 96);
	}
	return 0;
}

static bool separator(char c)
{
	return c == ' ' || c == ',' || c == '\t' || c == '\n';
}

int address_list_parse(struct address_list *l, const char *text, size_t len)
{
	char word[64];
	size_t at = 0;
	l->n = 0;
	while (at < len) {
		size_t start = at;
		while (at < len && !separator(text[at]))
			at++;
		size_t n = at - start;
		at++;
		if (n == 0)
			continue;
		if (n >= sizeof word || l->n == ADDRESS_NETS_MAX || memchr(text + start, 0, n))
			goto bad;
		memcpy(word, text + start, n);
		word[n] = '\0';
		if (parse_net(&l->net[l->n], word) < 0)
			goto bad;
		l->n++;
	}
	return 0;
bad:
	l->n = 0;
	return -1;
}
