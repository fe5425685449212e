/* test_reply.c - replies and messages: wording, length, what they must never hold; and the catalogue's checks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "parser/gsm7.h"
#include "parser/messages.h"
#include "tests/unit/world_group.h"

static const struct parser_clock now = { "2026-11-18", 10, 15, false };

static void answer(const char *who, const char *text, const struct reply_facts *facts, char *out, size_t max)
{
	struct parser_sender from;
	struct reading r;
	memset(&from, 0, sizeof(from));
	snprintf(from.lang, sizeof(from.lang), "sq");
	fixture_sender(NULL, who, &from);
	parser_read(w, &from, &now, NULL, text, strlen(text), &r);
	parser_reply(w, &from, &now, &r, facts, out, max);
	assert_true(gsm7_count(out, strlen(out)) >= 0 && gsm7_count(out, strlen(out)) <= 160);
}

static void says(const char *who, const char *text, const char *want)
{
	char out[256];
	answer(who, text, NULL, out, sizeof(out));
	if (strcmp(out, want) != 0)
		fail_msg("%s\n  want %s\n  said %s", text, want, out);
}

static void test_wording(void **state)
{
	(void)state;
	says("T1", "MUNGESE 5A 12 17", "5A 18.11: mungojne nr 12,17. Gabim? Shkruaj ANULO");
	/* a guess is asked, and "jo" takes it back */
	says("T1", "5A 12 17", "5A 18.11: mungojne nr 12,17. Sakte? PO ose JO");
	says("T1", "mungese 5A 2O", "5A 18.11: mungojne nr 20. Sakte? PO ose JO");
	says("T1", "5A nr 12 lyp te semafori", "Faleminderit, mesazhi u mor");
	says("T1", "5A 0", "5A 18.11: te gjithe prezent. Faleminderit");
	says("T1", "mungese 5A 3/28", "5A 18.11: 3 nga 28 mungojne. Per sinjal dergo numrat e regjistrit");
	says("T1", "mungese 5A 12 17; 5B 3 8; 6A 0", "18.11: 5A 12,17 | 5B 3,8 | 6A 0. Gabim? ANULO");
	says("T1", "mungese 9B 7 nga e hena", "9B nr 7: mungon 16,17,18.11 (3 dite). Gabim? Shkruaj ANULO");
	says("T1", "MUNGESE 5A 99", "S'u regjistrua: klasa 5A ka 28 nxenes. Shembull: MUNGESE 5A 12 17");
	says("T1", "mungese 5A 12 pa arsye 17 me arsye", "5A 18.11: mungojne nr 12PA,17MA. Gabim? Shkruaj ANULO");
	says("T1", "Mungese 5A Arben Hoxha", "S'u regjistrua. Mos shkruaj emra. Perdor numrin e regjistrit: MUNGESE 5A 12");
	says("O1", "vizite E26-0147-W ok", "Kodi nuk vlen. Shiko kodin dhe provo prape");
	says("X", "HUMBA 0691234567 fjala", "Kerkesa u mor");
	says("T1", "gjuha en", "Language: English");
	says("T1", "flm", "");
}

static void test_facts(void **state)
{
	char out[256];
	(void)state;
	struct reply_facts f = { .case_code = "E26-0147-V" };
	answer("O1", "RAST LYP Z4 M11", &f, out, sizeof(out));
	assert_string_equal(out, "U hap E26-0147-V. Njoftuam koordinatorin. Mos shkruaj emra. Fshije kete SMS");
	answer("O1", "RAST LYP", &f, out, sizeof(out));
	assert_string_equal(out, "E26-0147-V u hap. Ku? Dergo zonen, p.sh. Z4");
	answer("O1", "DRO Z2 M15 URGJENT", &f, out, sizeof(out));
	assert_string_equal(out, "DRO Z2 M15: E26-0147-V URGJENT. Nese rrezik tani: 129 ose 112. Njoftuam kujdestarin e turnit. Sakte? PO ose JO");
	f.previous = "12,17";
	answer("T1", "KORRIGJO 5A 13 17", &f, out, sizeof(out));
	assert_string_equal(out, "5A 18.11 ndryshuar: mungojne 13,17 (ishte 12,17)");
	/* a teacher never learns that a case came of what he wrote */
	answer("T1", "5A nr 12 lyp te semafori", &f, out, sizeof(out));
	assert_null(strstr(out, "E26"));
}

static void test_help_numbers(void **state)
{
	char out[256];
	(void)state;
	answer("X", "ndihme", NULL, out, sizeof(out));
	assert_non_null(strstr(out, "129"));
	assert_non_null(strstr(out, "116111"));
	answer("X", "me rrahin", NULL, out, sizeof(out));
	assert_non_null(strstr(out, "112"));
	assert_non_null(strstr(out, "116006"));
}

static void test_same_words(void **state)
{
	struct parser_sender from;
	struct parser_context ctx;
	struct reading r;
	char bad[256], foreign[256], pin[256], duress[256];
	(void)state;
	memset(&ctx, 0, sizeof(ctx));
	fixture_sender(NULL, "O1", &from);
	answer("O1", "STATUS E26-0147-W", NULL, bad, sizeof(bad));
	ctx.has_owned = true;
	parser_read(w, &from, &now, &ctx, "STATUS E26-0148-T", 17, &r);
	assert_string_equal(r.error, "not_found_or_no_access");
	parser_reply(w, &from, &now, &r, NULL, foreign, sizeof(foreign));
	assert_string_equal(bad, foreign);
	ctx.has_owned = false;
	ctx.secret = SECRET_PIN;
	parser_read(w, &from, &now, &ctx, "PIN 4821 STATUS E26-0147-V", 26, &r);
	parser_reply(w, &from, &now, &r, NULL, pin, sizeof(pin));
	ctx.secret = SECRET_DURESS;
	parser_read(w, &from, &now, &ctx, "PIN 7305 STATUS E26-0147-V", 26, &r);
	assert_true(reading_flag(&r, "duress"));
	parser_reply(w, &from, &now, &r, NULL, duress, sizeof(duress));
	assert_string_equal(pin, duress);
}

/* Every message of both languages, at its longest, fits one SMS, and is plain ASCII in Albanian. */
static void test_every_message(void **state)
{
	(void)state;
	for (int l = 0; l < w->n_langs; l++)
		for (int i = 0; message_id(i); i++) {
			const char *t = message_text(w, w->langs[l], i);
			assert_non_null(t);
			for (; *t; t++)
				assert_true((unsigned char)*t < 0x80);
		}
}

static void test_message_call(void **state)
{
	char out[256];
	(void)state;
	struct message_fill f[] = { { "case", "E26-0147-V" }, { "alert", "31" } };
	assert_true(parser_message(w, "sq", "alert_case", f, 2, out, sizeof(out)) > 0);
	assert_string_equal(out, "Rast i ri E26-0147-V. OK 31 = mora");
	assert_int_equal(parser_message(w, "sq", "no_such", f, 2, out, sizeof(out)), 0);
	f[0].name = "zone";
	assert_int_equal(parser_message(w, "sq", "alert_case", f, 2, out, sizeof(out)), 0);
	assert_int_equal(parser_message(w, "sq", "alert_case", f + 1, 1, out, sizeof(out)), 0);
	f[0].name = "case";
	assert_int_equal(parser_message(w, "sq", "alert_case", f, 2, out, 10), 0);
	assert_true(parser_message(w, "de", "alert_case", f, 2, out, sizeof(out)) > 0); /* falls back */
}

static void test_catalogue_checks(void **state)
{
	struct world *b = world_new();
	char longer[200];
	(void)state;
	memset(longer, 'x', 161);
	longer[161] = 0;
	assert_int_equal(world_add_message(b, "sq", "nope", "x"), WORLD_BAD);
	assert_int_equal(world_add_message(b, "sq", "undo_ok", longer), WORLD_BAD);
	assert_int_equal(world_add_message(b, "sq", "undo_ok", "{class}"), WORLD_BAD);
	assert_int_equal(world_add_message(b, "sq", "undo_ok", "{"), WORLD_BAD);
	assert_int_equal(world_add_message(b, "sq", "undo_ok", "\xe2\x98\xba"), WORLD_BAD);
	assert_int_equal(world_add_message(b, "sq", "undo_ok", "u anulua"), WORLD_OK);
	assert_int_equal(world_add_message(b, "sq", "undo_ok", "u anulua"), WORLD_BAD);
	assert_int_equal(world_add_forbidden(b, "Strehimorja e Kalt\xc3\xabr"), WORLD_OK);
	assert_int_equal(world_add_message(b, "sq", "help", "strehimorja  e kalter"), WORLD_BAD);
	assert_true(world_seal(b) > 10); /* everything else is missing, and said so */
	assert_non_null(strstr(world_fault(b, 0), "no role"));
	assert_string_equal(world_fault(b, -1), "");
	world_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wording), cmocka_unit_test(test_facts), cmocka_unit_test(test_help_numbers),
		cmocka_unit_test(test_same_words), cmocka_unit_test(test_every_message),
		cmocka_unit_test(test_message_call), cmocka_unit_test(test_catalogue_checks),
	};
	return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
