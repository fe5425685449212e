/* test_notes.c - free text of configured forms that name a case: it ends with the case, in every backup. */
#define FX_CONFIG "tests/component/ussd.cfg"
#include "tests/component/casebook.h"
#include "tests/component/files.h"

#include "store/erase.h"
#include "store/retain.h"

static void close_case(struct fx *f, const char *code)
{
	struct case_row c = book_case(f, code);
	fx_begin(f);
	OK(case_set_state(f->st, c.id, c.state, "closed", f->d.now));
	fx_commit(f);
}

static int64_t reading_of(struct fx *f, int nth)
{
	char sql[120];
	snprintf(sql, sizeof(sql), "SELECT id FROM readings WHERE message = %lld ORDER BY ordinal LIMIT 1 OFFSET %d",
		 (long long)f->message, nth);
	return file_number(f, sql);
}

static void assert_note(struct fx *f, int64_t reading, const char *want)
{
	char notes[READING_NOTES];
	size_t len;
	OK(reading_notes(f->st, reading, notes, &len));
	if (want[0] ? !strstr(notes, want) : len != 0)
		fail_msg("\"%s\", not \"%s\"", notes, want);
}

/* What a form says of a case ends with it, in every backup too; what others said does not. */
static void test_notes_of_forms_end_with_their_case(void **state)
{
	struct fx *f = *state;
	char path[120], said[200];
	struct message m;

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, O1, "RAST PUN Z5 F9");
	snprintf(said, sizeof(said), "%s", fx_ask(f, C1, "SHENIM E26-0147-V prane semaforit"));
	int64_t one = reading_of(f, 0), text = f->message;
	assert_string_equal(fx_ask(f, C1, "SHENIM E26-0149-R prane spitalit"), said); /* there is no such case: the same words */
	int64_t none = reading_of(f, 0);
	fx_ask(f, C1, "SHENIM note prane furres case E26-0147-V SHENIM note prane ures case E26-0148-T");
	int64_t first = reading_of(f, 0), second = reading_of(f, 1), both = f->message;
	assert_note(f, one, "semaforit");
	assert_note(f, none, "spitalit");
	assert_note(f, first, "furres");
	assert_note(f, second, "ures");
	OK(inbox_load(f->st, both, &m));
	assert_int_equal(m.text_len, 0); /* under one case's key it would outlive the other */
	close_case(f, "E26-0147-V");
	OK(store_scrub(f->st));
	file_copy(f, path);
	OK(store_forget_case(f->st, book_case(f, "E26-0147-V").id, f->d.now));
	OK(store_compact(f->st, f->d.now, STORE_COMPACT_MAX));
	assert_note(f, one, "");
	assert_note(f, second, ""); /* of a text that was about the erased one as well */
	file_put_back(f, path);
	assert_note(f, one, "");
	assert_note(f, first, "");
	assert_note(f, second, "ures");
	assert_note(f, none, "spitalit");
	OK(inbox_load(f->st, text, &m));
	assert_int_equal(m.text_len, 0);
}

/* Those of an earlier version are sealed anew, a window at a time; a cut between changes nothing. */
static void test_notes_of_before_are_sealed_with_their_case(void **state)
{
	struct fx *f = *state;
	char path[120];

	fx_ask(f, O1, "RAST LYP Z4 M11");
	fx_ask(f, C1, "SHENIM E26-0147-V prane semaforit");
	int64_t one = reading_of(f, 0);
	fx_ask(f, C1, "SHENIM E26-0149-R prane spitalit");
	int64_t none = reading_of(f, 0);
	const char *old = "{\"note\":\"prane semaforit\"}";
	fx_begin(f);
	OK(reading_put_notes(f->st, one, 0, old, strlen(old)));
	OK(store_meta_put(f->st, "case_notes", "0"));
	fx_commit(f);
	assert_true(reading_notes_wait(f->st));
	for (int i = 0; reading_notes_wait(f->st); i++) {
		OK(reading_notes_step(f->st));
		store_close(f->st);
		fx_open_store(f);
		assert_in_range(i, 0, 20);
	}
	assert_note(f, one, "semaforit");
	assert_note(f, none, "spitalit");
	close_case(f, "E26-0147-V");
	OK(store_scrub(f->st));
	file_copy(f, path);
	OK(store_forget_case(f->st, book_case(f, "E26-0147-V").id, f->d.now));
	file_put_back(f, path);
	assert_note(f, one, "");
	assert_note(f, none, "spitalit");
}

int main(void)
{
#define EACH(name) cmocka_unit_test_setup_teardown(name, book_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
		EACH(test_notes_of_forms_end_with_their_case),
		EACH(test_notes_of_before_are_sealed_with_their_case),
	};
	return cmocka_run_group_tests_name("notes", tests, NULL, NULL);
}
