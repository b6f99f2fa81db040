/* mapfile: what can be mapped and what cannot. */
#include "base/mapfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/tempdir.h"

static int setup(void **state)
{
	static struct tempdir dir;

	tempdir_make(&dir);
	*state = &dir;
	return 0;
}

static int teardown(void **state)
{
	tempdir_remove(*state);
	return 0;
}

static void the_bytes_of_the_file_are_there(void **state)
{
	const char *path = tempdir_file(*state, "f");
	struct mapfile m = { 0 };
	struct err e;

	file_put(path, "hello", 5);
	assert_int_equal(mapfile_open(&m, path, &e), OK);
	assert_int_equal(m.len, 5);
	assert_memory_equal(m.data, "hello", 5);
	mapfile_close(&m);
	assert_null(m.data);
	assert_int_equal(m.len, 0);
}

static void an_empty_file_is_valid_and_has_no_bytes(void **state)
{
	const char *path = tempdir_file(*state, "f");
	struct mapfile m = { 0 };
	struct err e;

	file_put(path, "", 0);
	assert_int_equal(mapfile_open(&m, path, &e), OK);
	assert_non_null(m.data);
	assert_int_equal(m.len, 0);
	mapfile_close(&m);
}

static void what_others_do_to_the_file_does_not_matter(void **state)
{
	const char *path = tempdir_file(*state, "f");
	struct mapfile m = { 0 };
	struct err e;

	file_put(path, "hello", 5);
	assert_int_equal(mapfile_open(&m, path, &e), OK);
	assert_int_equal(truncate(path, 0), 0);
	assert_memory_equal(m.data, "hello", 5); /* a mapping of the file itself would end the process here */
	file_put(path, "other", 5);
	assert_memory_equal(m.data, "hello", 5);
	mapfile_close(&m);
}

static void a_missing_file_is_named(void **state)
{
	const char *path = tempdir_file(*state, "none");
	struct mapfile m = { 0 };
	struct err e = { 0 };

	assert_int_equal(mapfile_open(&m, path, &e), ERR_IO);
	assert_non_null(strstr(e.msg, path));
	assert_non_null(strstr(e.msg, "No such file"));
	assert_null(m.data);
}

static void what_is_no_model_by_its_size_is_refused(void **state)
{
	const char *path = tempdir_file(*state, "f");
	struct mapfile m = { 0 };
	struct err e = { 0 };

	file_put(path, "x", 1);
	assert_int_equal(truncate(path, ((off_t)1 << 30) + 1), 0); /* takes no room on the disk */
	assert_int_equal(mapfile_open(&m, path, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "1073741825 bytes"));
}

static void a_folder_is_refused(void **state)
{
	struct mapfile m = { 0 };
	struct err e = { 0 };

	assert_int_equal(mapfile_open(&m, ((struct tempdir *)*state)->path, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "not a regular file"));
}

static void a_fifo_is_refused_without_waiting(void **state)
{
	const char *path = tempdir_file(*state, "fifo");
	struct mapfile m = { 0 };
	struct err e = { 0 };

	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(mapfile_open(&m, path, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "not a regular file"));
}

static void closing_twice_is_legal(void **state)
{
	struct mapfile m = { 0 };

	(void)state;
	mapfile_close(&m);
	mapfile_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_bytes_of_the_file_are_there, setup, teardown),
		cmocka_unit_test_setup_teardown(an_empty_file_is_valid_and_has_no_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(what_others_do_to_the_file_does_not_matter, setup, teardown),
		cmocka_unit_test_setup_teardown(a_missing_file_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_model_by_its_size_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_folder_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_fifo_is_refused_without_waiting, setup, teardown),
		cmocka_unit_test(closing_twice_is_legal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
