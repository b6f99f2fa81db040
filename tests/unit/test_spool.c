/* spool: what goes in comes out, in memory and on disk, as often as asked; a missing folder is said. */
#include "base/spool.h"

#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

enum { SIZE = 24 };

static void record(unsigned char r[SIZE], uint64_t i)
{
	memset(r, (int)(i % 251), SIZE);
	memcpy(r, &i, sizeof(i));
}

static void goes_round(uint64_t n)
{
	unsigned char want[SIZE], got[SIZE];
	struct spool *s = NULL;
	struct err e;

	assert_int_equal(spool_new(&s, "/tmp", SIZE, &e), OK);
	for (uint64_t i = 0; i < n; i++) {
		record(want, i);
		assert_int_equal(spool_put(s, want, &e), OK);
	}
	assert_int_equal(spool_n(s), n);
	for (int pass = 0; pass < 2; pass++) {
		assert_int_equal(spool_rewind(s, &e), OK);
		for (uint64_t i = 0; i < n; i++) {
			record(want, i);
			assert_int_equal(spool_get(s, got, &e), 1);
			assert_memory_equal(got, want, SIZE);
		}
		assert_int_equal(spool_get(s, got, &e), 0);
	}
	assert_int_equal(spool_file_bytes(s), n > SPOOL_MEMORY / SIZE ? n * SIZE : 0);
	spool_del(s);
}

static void gives_back_what_it_took_as_often_as_asked(void **state)
{
	const uint64_t full = SPOOL_MEMORY / SIZE;
	const uint64_t sizes[] = { 0, 1, full - 1, full, full + 1, 2 * full, 3 * full + 7 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		goes_round(sizes[i]);
}

static void only_needs_its_folder_when_there_is_much(void **state)
{
	unsigned char r[SIZE] = { 0 };
	struct spool *s = NULL;
	struct err e;
	int code = OK;

	(void)state;
	assert_int_equal(spool_new(&s, "/nowhere", SIZE, &e), OK);
	for (size_t i = 0; i <= SPOOL_MEMORY / SIZE && code == OK; i++)
		code = spool_put(s, r, &e);
	assert_int_equal(code, ERR_IO);
	assert_non_null(strstr(e.msg, "/nowhere"));
	assert_int_equal(spool_n(s), SPOOL_MEMORY / SIZE);
	spool_del(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_back_what_it_took_as_often_as_asked),
		cmocka_unit_test(only_needs_its_folder_when_there_is_much),
	};

	return cmocka_run_group_tests_name("spool", tests, NULL, NULL);
}
