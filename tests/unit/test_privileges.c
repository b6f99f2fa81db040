/* privileges: from root to an ordinary account, for good. Each test drops in a child of its own. */
#include "pool/privileges.h"

#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "log.h"

enum { SAID_NO = 40 };

/* The exit code of fn in a child. */
static int in_child(int (*fn)(void))
{
	const pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(fn());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int needs_root(void)
{
	if (geteuid() == 0)
		return 1;
	print_message("skipped: needs root\n");
	return 0;
}

/* 0, or the number of what is wrong. */
static int drop_and_try_to_return(void)
{
	struct account a;
	struct err e;
	gid_t groups[64];
	int n;

	if (privileges_find(&a, "www-data", &e) < 0 || !a.drop)
		return 1;
	if (privileges_drop(&a, &e) < 0)
		return 2;
	if (getuid() != a.uid || geteuid() != a.uid || getgid() != a.gid || getegid() != a.gid)
		return 3;
	if (setuid(0) == 0 || setgid(0) == 0 || seteuid(0) == 0 || setegid(0) == 0 || setgroups(0, NULL) == 0)
		return 4;
	if ((n = getgroups(64, groups)) < 0)
		return 5;
	for (int i = 0; i < n; i++)
		if (groups[i] == 0)
			return 6;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 7;
	return 0;
}

static void nothing_brings_root_back(void **state)
{
	(void)state;
	if (needs_root())
		assert_int_equal(in_child(drop_and_try_to_return), 0);
	else
		skip();
}

/* An account that is not what it seems: the proof must notice. */
static int drop_to_a_wrong_account(void)
{
	struct account a = { .drop = 1, .name = "www-data", .uid = 33, .gid = 0 };
	struct err e;

	return privileges_drop(&a, &e) == ERR_IO ? SAID_NO : 0;
}

static int drop_to_root(void)
{
	struct account a = { .drop = 1, .name = "root", .uid = 0, .gid = 0 };
	struct err e;

	return privileges_drop(&a, &e) == ERR_IO ? SAID_NO : 0;
}

static void a_way_back_that_is_left_is_found(void **state)
{
	(void)state;
	if (!needs_root())
		skip();
	assert_int_equal(in_child(drop_to_a_wrong_account), SAID_NO);
	assert_int_equal(in_child(drop_to_root), SAID_NO);
}

static void an_account_must_exist(void **state)
{
	struct account a;
	struct err e = { 0 };

	(void)state;
	if (!needs_root())
		skip();
	assert_int_equal(privileges_find(&a, "no-such-account", &e), ERR_NOT_FOUND);
	assert_non_null(strstr(e.msg, "\"no-such-account\" (setting: user)"));
	assert_int_equal(privileges_find(&a, "", &e), ERR_NOT_FOUND);
}

static int stay_root(void)
{
	struct account a;
	struct err e;

	if (privileges_find(&a, "root", &e) < 0 || a.drop || privileges_drop(&a, &e) < 0)
		return 1;
	return geteuid() == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 2;
}

static void root_stays_root_only_when_it_is_spelled_out(void **state)
{
	(void)state;
	if (!needs_root())
		skip();
	log_set_level(LOG_LEVEL_ERROR);
	assert_int_equal(in_child(stay_root), 0);
}

static int start_as_nobody(void)
{
	struct account a;
	struct err e;

	if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0))
		return 1;
	if (privileges_find(&a, "no-such-account", &e) < 0 || a.drop || privileges_drop(&a, &e) < 0)
		return 2;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 3;
}

static void without_root_there_is_nothing_to_drop_but_new_privileges(void **state)
{
	(void)state;
	assert_int_equal(in_child(start_as_nobody), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_brings_root_back),
		cmocka_unit_test(a_way_back_that_is_left_is_found),
		cmocka_unit_test(an_account_must_exist),
		cmocka_unit_test(root_stays_root_only_when_it_is_spelled_out),
		cmocka_unit_test(without_root_there_is_nothing_to_drop_but_new_privileges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
