/* test_courier_address.c - which addresses a delivery may reach.
 *
 * The first two tables are the cases of the webhook client of svix-webhooks (MIT licence), plus the
 * edges of each network; the spellings that reach loopback are in test_courier_worker.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <cmocka.h>

#include "gateway/courier/address.h"

static const char *const blocked[] = {
    "10.254.0.0",
    "192.168.10.65",
    "172.16.10.65",
    "0.1.2.3",
    "0.0.0.0",
    "127.0.0.1",
    "127.0.0.254",
    "127.254.254.254",
    "169.254.45.1",
    "255.255.255.255",
    "224.1.2.3",
    "233.252.0.16",
    "192.0.0.0",
    "192.0.0.255",
    "192.0.2.255",
    "198.51.100.65",
    "203.0.113.6",
    "100.100.0.0",
    "192.88.99.3",
    "198.18.0.0",
    "240.240.240.240",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:0.0.0.1",
    "2001:db8::1",
    "3fff::dead:beef",
    "fe80::dead:beef",
    "febf:ffff::dead:beef",
    "fdee:3a45:9057::1",
    "fd7a:115c:a1e0::1",
    "2002:c000:204::dead:beef",
    "2002:c0a8:1::dead:beef",
    "64:ff9b::c0a8:0",
    "64:ff9b::808:808",
    "64:ff9b:1::dead:beef",
    "5f00::dead:beef",
    "100::1:2:3:4",
    /* edges and the rest of the registries */
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "169.254.169.254",
    "172.16.0.0",
    "172.31.255.255",
    "192.168.255.255",
    "198.19.255.255",
    "239.255.255.255",
    "224.0.0.0",
    "240.0.0.0",
    "::2",
    "::8.8.8.8",
    "::ffff:0:8.8.8.8",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "fec0::1",
    "fc00::1",
    "ff02::1",
    "ff0e::1",
    "2001::1",
    "2001:10::1",
    "2001:20::1",
    "2001:1ff:ffff::1",
    "2001:db8:ffff::1",
    "3fff:fff:ffff::1",
    "4000::1",
    "1fff:ffff::1",
    "100:0:0:1::1",
    "2002::1",
};

static const char *const allowed[] = {
    "1.1.1.1",
    "8.8.8.8",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    /* edges */
    "1.0.0.0",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.0.3.0",
    "192.88.98.255",
    "192.88.100.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "198.51.99.255",
    "198.51.101.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "2000::1",
    "2001:200::1",
    "2001:db7::1",
    "2001:db9::1",
    "2003::1",
    "2606:4700::1111",
    "3ffe:ffff::1",
    "3fff:1000::1",
};

static bool judge(const struct address_list *l, const char *text)
{
	struct sockaddr_in in4 = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	bool by_text = address_text_allowed(l, text), by_address;
	if (inet_pton(AF_INET, text, &in4.sin_addr) == 1) {
		by_address = address_allowed(l, (struct sockaddr *)&in4, sizeof in4);
	} else {
		assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
		by_address = address_allowed(l, (struct sockaddr *)&in6, sizeof in6);
	}
	assert_int_equal(by_text, by_address);
	return by_address;
}

static struct address_list list(const char *text)
{
	struct address_list l;
	assert_int_equal(address_list_parse(&l, text, strlen(text)), 0);
	return l;
}

static void test_blocked(void **state)
{
	(void)state;
	struct address_list none = list("");
	for (size_t i = 0; i < sizeof blocked / sizeof blocked[0]; i++)
		if (judge(&none, blocked[i]) || judge(NULL, blocked[i]))
			fail_msg("%s is let through", blocked[i]);
}

static void test_allowed(void **state)
{
	(void)state;
	struct address_list none = list("");
	for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
		if (!judge(&none, allowed[i]))
			fail_msg("%s is refused", allowed[i]);
}

static void test_allowance(void **state)
{
	(void)state;
	struct address_list l = list("10.1.0.0/16, 127.0.0.1  fd00:1::/32");
	assert_int_equal(l.n, 3);
	assert_true(judge(&l, "10.1.0.0"));
	assert_true(judge(&l, "10.1.255.255"));
	assert_true(judge(&l, "::ffff:10.1.2.3"));
	assert_false(judge(&l, "10.0.255.255"));
	assert_false(judge(&l, "10.2.0.0"));
	assert_true(judge(&l, "127.0.0.1"));
	assert_false(judge(&l, "127.0.0.2"));
	assert_true(judge(&l, "fd00:1::7"));
	assert_false(judge(&l, "fd00:2::7"));
	assert_true(judge(&l, "8.8.8.8"));
	assert_false(judge(&l, "64:ff9b::a01:203")); /* NAT64 of an allowed address: named apart */
	l = list("64:ff9b::/96");
	assert_true(judge(&l, "64:ff9b::a01:203"));
	assert_false(judge(&l, "10.1.2.3"));
	l = list("172.16.0.0/12");
	assert_true(judge(&l, "172.31.255.255"));
	assert_false(judge(&l, "192.168.0.1"));
	l = list("::ffff:10.0.0.0/104");
	assert_true(judge(&l, "10.200.0.1"));
	assert_false(judge(&l, "192.168.0.1"));
	l = list("0.0.0.0/0");
	assert_true(judge(&l, "127.0.0.1"));
	assert_false(judge(&l, "::1"));
	l = list("10.1.2.3/16"); /* bits after the prefix do not matter */
	assert_true(judge(&l, "10.1.9.9"));
}

static void test_malformed_lists(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    "10.0.0.0/33",
	    "10.0.0.0/",
	    "10.0.0.0/-1",
	    "10.0.0.0/8x",
	    "10.0.0/8",
	    "localhost",
	    "fd00::/129",
	    "/8",
	    "10.0.0.0/8/8",
	    "10.0.0.0/00008",
	    "10.0.0.0/ 8",
	    "*",
	    "127.0.0.1 and",
	    "0x7f000001",
	    "fd00:aaaa:bbbb:cccc:dddd:eeee:ffff:0000:1111:2222:3333:4444:5555:6666/64",
	};
	struct address_list l;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		if (address_list_parse(&l, bad[i], strlen(bad[i])) == 0)
			fail_msg("\"%s\" is accepted", bad[i]);
		assert_int_equal(l.n, 0);
	}
	char many[ADDRESS_NETS_MAX * 10 + 20] = "";
	for (int i = 0; i < ADDRESS_NETS_MAX; i++)
		memcpy(many + i * 9, "10.0.0.1 ", 9);
	assert_int_equal(address_list_parse(&l, many, ADDRESS_NETS_MAX * 9), 0);
	memcpy(many + ADDRESS_NETS_MAX * 9, "10.0.0.1", 8);
	assert_int_equal(address_list_parse(&l, many, ADDRESS_NETS_MAX * 9 + 8), -1);
	assert_int_equal(address_list_parse(&l, "10.0.0.1\0/8", 11), -1);
}

static void test_other_families(void **state)
{
	(void)state;
	struct address_list l = list("0.0.0.0/0 ::/0");
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct sockaddr_in in = {.sin_family = AF_INET};
	assert_false(address_allowed(&l, (struct sockaddr *)&un, sizeof un));
	assert_true(address_allowed(&l, (struct sockaddr *)&in, sizeof in));
	assert_false(address_allowed(&l, (struct sockaddr *)&in, sizeof in - 1));
	assert_false(address_allowed(&l, (struct sockaddr *)&in, 0));
	assert_false(address_text_allowed(&l, "not an address"));
	assert_false(address_text_allowed(&l, "127.1"));
	assert_false(address_text_allowed(&l, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_blocked),        cmocka_unit_test(test_allowed),
	    cmocka_unit_test(test_allowance),      cmocka_unit_test(test_malformed_lists),
	    cmocka_unit_test(test_other_families),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
