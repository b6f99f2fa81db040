/* savefile: the old file or the whole new one, and nothing else in the folder. */
#include "base/savefile.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/tempdir.h"

enum { NOBODY = 65534 };

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

static void holds(const char *path, const char *text)
{
	size_t len;
	char *data = file_get(path, &len);

	assert_int_equal(len, strlen(text));
	assert_string_equal(data, text);
	free(data);
}

static void a_commit_replaces_the_file(void **state)
{
	const char *path = tempdir_file(*state, "f");
	struct savefile s = { 0 };
	struct err e = { 0 };

	file_put(path, "old", 3);
	assert_int_equal(savefile_open(&s, path, &e), OK);
	fputs("new", s.f);
	assert_int_equal(fflush(s.f), 0);
	holds(path, "old");
	assert_int_equal(savefile_commit(&s, &e), OK);
	holds(path, "new");
	assert_null(s.f);
	assert_int_equal(tempdir_count(*state), 1);
}

static void an_abort_leaves_the_old_file_and_no_temporary(void **state)
{
	const char *path = tempdir_file(*state, "f");
	struct savefile s = { 0 };
	struct err e = { 0 };

	file_put(path, "old", 3);
	assert_int_equal(savefile_open(&s, path, &e), OK);
	fputs("new", s.f);
	savefile_abort(&s);
	savefile_abort(&s);
	holds(path, "old");
	assert_int_equal(tempdir_count(*state), 1);
}

static void a_file_that_was_not_there_is_not_there_after_an_abort(void **state)
{
	const char *path = tempdir_file(*state, "f");
	struct savefile s = { 0 };
	struct err e = { 0 };

	assert_int_equal(savefile_open(&s, path, &e), OK);
	savefile_abort(&s);
	assert_int_equal(tempdir_count(*state), 0);
}

static void the_mode_follows_the_umask(void **state)
{
	const char *path = tempdir_file(*state, "f");
	const mode_t old = umask(027);
	struct savefile s = { 0 };
	struct err e = { 0 };
	struct stat st;

	assert_int_equal(savefile_open(&s, path, &e), OK);
	assert_int_equal(savefile_commit(&s, &e), OK);
	umask(old);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void a_symbolic_link_stays_one(void **state)
{
	char target[TEMPDIR_PATH_MAX];
	const char *path;
	struct savefile s = { 0 };
	struct err e = { 0 };
	struct stat st;

	strcpy(target, tempdir_file(*state, "target"));
	file_put(target, "old", 3);
	path = tempdir_file(*state, "link");
	assert_int_equal(symlink("target", path), 0);
	assert_int_equal(savefile_open(&s, path, &e), OK);
	fputs("new", s.f);
	assert_int_equal(savefile_commit(&s, &e), OK);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	holds(target, "new");
}

static void what_is_not_a_regular_file_is_not_replaced(void **state)
{
	struct savefile s = { 0 };
	struct err e = { 0 };

	assert_int_equal(savefile_open(&s, "/dev/null", &e), ERR_IO);
	assert_non_null(strstr(e.msg, "/dev/null"));
	assert_int_equal(savefile_open(&s, ((struct tempdir *)*state)->path, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "not a regular file"));
	assert_null(s.f);
}

static void a_missing_folder_is_an_error(void **state)
{
	struct savefile s = { 0 };
	struct err e = { 0 };

	assert_int_equal(savefile_open(&s, tempdir_file(*state, "none/f"), &e), ERR_IO);
	assert_non_null(strstr(e.msg, "none/f"));
	assert_non_null(strstr(e.msg, "No such file"));
	assert_int_equal(savefile_open(&s, "", &e), ERR_IO);
}

static void a_write_that_fails_leaves_the_old_file(void **state)
{
	const char *path = tempdir_file(*state, "f");
	const struct rlimit small = { 1000, RLIM_INFINITY };
	struct rlimit old;
	struct savefile s = { 0 };
	struct err e = { 0 };
	int r;

	file_put(path, "old", 3);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(savefile_open(&s, path, &e), OK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	/* 64 kB pass through the stream's buffer: the failure happens here, its errno is gone at commit. */
	for (int i = 0; i < 65536; i++)
		putc('x', s.f);
	/* There is room again: only the stream remembers. */
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(savefile_commit(&s, &e), ERR_IO);
	assert_non_null(strstr(e.msg, path));
	holds(path, "old");
	assert_int_equal(tempdir_count(*state), 1);

	/* And when it happens in the last flush. */
	assert_int_equal(savefile_open(&s, path, &e), OK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (int i = 0; i < 1500; i++)
		putc('x', s.f);
	r = savefile_commit(&s, &e);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(r, ERR_IO);
	assert_non_null(strstr(e.msg, "File too large"));
	holds(path, "old");
	assert_int_equal(tempdir_count(*state), 1);
}

static void a_folder_that_may_not_be_written_is_an_error(void **state)
{
	struct tempdir *dir = *state;
	const char *path = tempdir_file(dir, "f");
	struct savefile s = { 0 };
	struct err e = { 0 };
	int r;

	file_put(path, "old", 3);
	assert_int_equal(chmod(dir->path, 0555), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(NOBODY), 0);
	r = savefile_open(&s, path, &e);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(dir->path, 0755), 0);
	assert_int_equal(r, ERR_IO);
	assert_non_null(strstr(e.msg, "Permission denied"));
	holds(path, "old");
	assert_int_equal(tempdir_count(dir), 1);
}

static void a_failed_rename_leaves_no_temporary(void **state)
{
	const char *path = tempdir_file(*state, "f");
	struct savefile s = { 0 };
	struct err e = { 0 };

	assert_int_equal(savefile_open(&s, path, &e), OK);
	/* Somebody makes a folder there meanwhile. */
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(savefile_commit(&s, &e), ERR_IO);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(tempdir_count(*state), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_commit_replaces_the_file, setup, teardown),
		cmocka_unit_test_setup_teardown(an_abort_leaves_the_old_file_and_no_temporary, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_that_was_not_there_is_not_there_after_an_abort, setup, teardown),
		cmocka_unit_test_setup_teardown(the_mode_follows_the_umask, setup, teardown),
		cmocka_unit_test_setup_teardown(a_symbolic_link_stays_one, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_a_regular_file_is_not_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(a_missing_folder_is_an_error, setup, teardown),
		cmocka_unit_test_setup_teardown(a_write_that_fails_leaves_the_old_file, setup, teardown),
		cmocka_unit_test_setup_teardown(a_folder_that_may_not_be_written_is_an_error, setup, teardown),
		cmocka_unit_test_setup_teardown(a_failed_rename_leaves_no_temporary, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
