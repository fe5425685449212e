/* address.h - which network addresses a delivery may reach.
 *
 * Rule: only global unicast addresses, as the IANA special-purpose address registries (RFC 6890)
 * and RFC 4291 have them; private, loopback, link-local, shared, documentation, benchmark,
 * multicast and transition (6to4, Teredo, NAT64) addresses are refused unless they lie in a network
 * the configuration names for that agency.  An address is judged, never a URL's spelling: 127.1,
 * 0x7f000001 and a name that resolves to loopback are one address.  IPv4-mapped IPv6 addresses are
 * judged as the IPv4 address they carry.
 *
 * Pure; allocates nothing; libc only.
 */
#ifndef GATEWAY_COURIER_ADDRESS_H
#define GATEWAY_COURIER_ADDRESS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define ADDRESS_NETS_MAX 32

struct address_net {
	uint8_t size; /* octets: 4 or 16 */
	uint8_t bits; /* prefix length */
	uint8_t octet[16];
};

struct address_list { /* networks that may be reached although they are not global */
	unsigned n;
	struct address_net net[ADDRESS_NETS_MAX];
};

/* "127.0.0.0/8 10.1.0.0/16 fd00::/8", separated by spaces or commas; without "/n" one address.
 * 0, or -1 (and an empty list) when any entry is malformed or there are too many. */
int address_list_parse(struct address_list *l, const char *text, size_t len);

/* False for a family other than IPv4 and IPv6, and for a short address. */
bool address_allowed(const struct address_list *l, const struct sockaddr *sa, socklen_t len);
/* The same for a numeric address as text ("192.0.2.1", "2001:db8::1"); false if it is not one. */
bool address_text_allowed(const struct address_list *l, const char *text);
#endif
