/* log: one line per event whatever the values hold. */
#include "fcgi/log.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int reader, saved;

/* stderr becomes a pipe of packets: a read gives what one write put in. */
static int setup(void **state)
{
	int ends[2];

	(void)state;
	saved = dup(STDERR_FILENO);
	if (saved < 0 || pipe2(ends, O_DIRECT) < 0 || dup2(ends[1], STDERR_FILENO) < 0)
		return -1;
	close(ends[1]);
	reader = ends[0];
	log_set_level(LOG_LEVEL_INFO);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(reader);
	return 0;
}

/* The line behind "level=… pid=… ". */
static const char *line(void)
{
	static char text[2 * PIPE_BUF];
	const ssize_t n = read(reader, text, sizeof(text) - 1);
	const char *event;

	assert_true(n > 0);
	text[n] = '\0';
	assert_true(text[n - 1] == '\n');
	assert_ptr_equal(strchr(text, '\n'), text + n - 1);
	text[n - 1] = '\0';
	event = strstr(text, "event=");
	assert_non_null(event);
	return event;
}

static void values_are_quoted_and_escaped_when_they_have_to_be(void **state)
{
	static const struct {
		const char *value, *shown;
	} c[] = {
		{ "/upload", "/upload" },
		{ "192.168.0.1:80,a@b-c+d_e", "192.168.0.1:80,a@b-c+d_e" },
		{ "", "\"\"" },
		{ NULL, "\"\"" },
		{ "a b", "\"a b\"" },
		{ "a=b", "\"a=b\"" },
		{ "x\nlevel=error", "\"x\\nlevel=error\"" },
		{ "\r\t\"\\", "\"\\r\\t\\\"\\\\\"" },
		{ "\x1b[31m\x7f", "\"\\x1b[31m\\x7f\"" },
		{ "\xc3\xa9\xff", "\"\\xc3\\xa9\\xff\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		char expected[128];

		log_fields(LOG_LEVEL_INFO, "test", (struct log_field[]){ { "k", c[i].value }, { "z", "1" } }, 2);
		snprintf(expected, sizeof(expected), "event=test k=%s z=1", c[i].shown);
		assert_string_equal(line(), expected);
	}
}

static void a_line_is_one_write_and_never_longer_than_a_pipe_takes_whole(void **state)
{
	struct log_field many[64];
	char *huge = malloc(100001);
	const char *l;

	(void)state;
	assert_non_null(huge);
	for (int fill = 0; fill < 3; fill++) {
		memset(huge, "a\n\""[fill], 100000);
		huge[100000] = '\0';
		log_fields(LOG_LEVEL_INFO, "test", (struct log_field[]){ { "k", huge }, { "z", "1" } }, 2);
		l = line();
		assert_true(strlen(l) < 700);
		assert_non_null(strstr(l, "...\" z=1"));
		for (int i = 0; i < 64; i++)
			many[i] = (struct log_field){ "name", huge };
		log_fields(LOG_LEVEL_INFO, "test", many, 64);
		l = line();
		assert_true(strlen(l) > 3000 && strlen(l) < PIPE_BUF);
		assert_true(l[strlen(l) - 1] == '"');
	}
	log_message(LOG_LEVEL_ERROR, "test", "%s", huge);
	assert_true(strlen(line()) < 700);
	free(huge);
}

static void every_length_around_the_end_of_a_line_is_safe(void **state)
{
	struct log_field f[9];
	char value[700];

	(void)state;
	for (size_t n = 0; n < sizeof(value); n++) {
		memset(value, n % 2 ? '\n' : 'x', n);
		value[n] = '\0';
		for (int i = 0; i < 9; i++)
			f[i] = (struct log_field){ "k", value };
		log_fields(LOG_LEVEL_INFO, "test", f, 9);
		line();
	}
}

static void levels_below_the_threshold_are_silent(void **state)
{
	(void)state;
	log_message(LOG_LEVEL_DEBUG, "quiet", "x");
	log_message(LOG_LEVEL_INFO, "loud", "x %d", 1);
	assert_string_equal(line(), "event=loud message=\"x 1\"");
	log_set_level(LOG_LEVEL_ERROR);
	log_message(LOG_LEVEL_WARN, "quiet", "x");
	log_fields(LOG_LEVEL_WARN, "quiet", NULL, 0);
	log_message(LOG_LEVEL_ERROR, "loud", "y");
	assert_string_equal(line(), "event=loud message=y");
	assert_int_equal(log_level_parse("error"), LOG_LEVEL_ERROR);
	assert_int_equal(log_level_parse("debug"), LOG_LEVEL_DEBUG);
	assert_int_equal(log_level_parse("Info"), -1);
	assert_int_equal(log_level_parse(""), -1);
}

static void a_log_that_cannot_be_written_is_no_reason_to_fail(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0) {
		close(STDERR_FILENO);
		log_message(LOG_LEVEL_ERROR, "x", "y");
		_exit(7);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values_are_quoted_and_escaped_when_they_have_to_be, setup, teardown),
		cmocka_unit_test_setup_teardown(a_line_is_one_write_and_never_longer_than_a_pipe_takes_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(every_length_around_the_end_of_a_line_is_safe, setup, teardown),
		cmocka_unit_test_setup_teardown(levels_below_the_threshold_are_silent, setup, teardown),
		cmocka_unit_test_setup_teardown(a_log_that_cannot_be_written_is_no_reason_to_fail, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
