/* settings: files, environment, types and messages. */
#include "base/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/tempdir.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct setting table[] = {
	{ "model", "reference.safetensors", "the model to use", "MODEL_PATH" }, { "port", "8080", "TCP port", "PORT" },
	{ "threshold", "0.25", "errors above it are anomalies", NULL },         { "verbose", "no", "say more", NULL },
	{ "mail_pass", "", "password of the mail server", "MAIL_PASS" },        { .name = NULL },
};

static struct settings settings;

static int setup(void **state)
{
	settings_init(&settings, table);
	*state = &settings;
	return 0;
}

static int parse(const char *text, struct err *e)
{
	/* Not terminated, so that ASan sees a read past the end. */
	const size_t len = strlen(text);
	char *copy = malloc(len + (len == 0));
	int r;

	assert_non_null(copy);
	memcpy(copy, text, len);
	r = settings_parse(&settings, "g.conf", copy, len, e);
	free(copy);
	return r;
}

/* The environment of the tests. */
static const char *env[8][2];

static char *env_get(const char *name)
{
	for (size_t i = 0; i < COUNT(env) && env[i][0] != NULL; i++)
		if (strcmp(env[i][0], name) == 0)
			return (char *)(uintptr_t)env[i][1];
	return NULL;
}

static void without_a_file_everything_has_its_default(void **state)
{
	struct settings *s = *state;
	struct err e;
	size_t port;
	double t;
	int v;

	assert_string_equal(settings_text(s, "model"), "reference.safetensors");
	assert_int_equal(settings_size(s, "port", 1, 65535, &port, &e), OK);
	assert_int_equal(port, 8080);
	assert_int_equal(settings_real(s, "threshold", 0, 1, &t, &e), OK);
	assert_true(t == 0.25);
	assert_int_equal(settings_bool(s, "verbose", &v, &e), OK);
	assert_int_equal(v, 0);
	assert_string_equal(settings_text(s, "mail_pass"), "");
}

static void lines_comments_quotes_and_crlf_are_read(void **state)
{
	static const struct {
		const char *text, *model;
	} c[] = {
		{ "model=a", "a" },
		{ "\n\n# x\n  model  =  a b \t\r\n", "a b" },
		{ "model = a # comment", "a" },
		{ "model = a#b", "a#b" },
		{ "model = # comment", "" },
		{ "model =", "" },
		{ "model = \"a # b \" # comment", "a # b " },
		{ "model = 'a \"b\"'\r\n", "a \"b\"" },
		{ "model = \"\"", "" },
		{ "model = a\"b", "a\"b" },
		{ "model = a=b=c", "a=b=c" },
		{ "\xef\xbb\xbfmodel = \xc3\xa9", "\xc3\xa9" },
		{ "model = C:\\x\\\"y", "C:\\x\\\"y" },
		{ "#model = b\nport = 1\nmodel = z\n", "z" },
	};
	struct err e = { 0 };

	for (size_t i = 0; i < COUNT(c); i++) {
		setup(state);
		if (parse(c[i].text, &e) < 0)
			fail_msg("%s: %s", c[i].text, e.msg);
		assert_string_equal(settings_text(*state, "model"), c[i].model);
	}
	assert_int_equal(parse("", &e), OK);
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
	static const struct {
		const char *text, *message;
	} c[] = {
		{ "\n\nmodle = x", "g.conf: line 3: unknown setting \"modle\"; did you mean \"model\"?" },
		{ "mailpass = x", "g.conf: line 1: unknown setting \"mailpass\"; did you mean \"mail_pass\"?" },
		{ "colour = x", "unknown setting \"colour\"; known are model, port, threshold, verbose, mail_pass" },
		{ "MODEL = x", "unknown setting \"MODEL\"" },
		{ "x = 1", "known are" },
		{ "model x", "line 1: no '='; a line is \"name = value\"" },
		{ "= x", "unknown setting \"\"" },
		{ "mode\x1bl = x", "control character 0x1b" },
		{ "model = \"x", "line 1: the quote \" is not closed" },
		{ "model = \"", "not closed" },
		{ "model = \"x\" y", "text after the closing quote" },
		{ "model = a\n\nmodel = b", "line 3: \"model\" is set in line 1 already" },
		{ "model = a\rport = 3", "control character 0x0d" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = 1", "known are" },
	};
	struct err e = { 0 };

	for (size_t i = 0; i < COUNT(c); i++) {
		setup(state);
		assert_int_equal(parse(c[i].text, &e), ERR_FORMAT);
		if (strstr(e.msg, c[i].message) == NULL)
			fail_msg("%s: the message \"%s\" lacks \"%s\"", c[i].text, e.msg, c[i].message);
		assert_string_equal(settings_text(*state, "model"), "reference.safetensors");
	}
	assert_int_equal(settings_parse(*state, "g.conf", "model = a\0b", 11, &e), ERR_FORMAT);
}

static void a_line_that_is_wrong_leaves_the_lines_before_it_without_effect(void **state)
{
	struct err e;

	assert_int_equal(parse("model = a\nport = 1\nwhat\n", &e), ERR_FORMAT);
	assert_string_equal(settings_text(*state, "model"), "reference.safetensors");
	assert_string_equal(settings_text(*state, "port"), "8080");
}

static void lengths_are_limited(void **state)
{
	char text[SETTING_TEXT_MAX + 16] = "model = ";
	char *large = malloc(SETTINGS_FILE_MAX + 1);
	struct err e = { 0 };

	assert_non_null(large);
	memset(text + 8, 'x', SETTING_TEXT_MAX + 1);
	assert_int_equal(settings_parse(*state, "g.conf", text, 8 + SETTING_TEXT_MAX, &e), OK);
	assert_int_equal(strlen(settings_text(*state, "model")), SETTING_TEXT_MAX);
	assert_int_equal(settings_parse(*state, "g.conf", text, 8 + SETTING_TEXT_MAX + 1, &e), ERR_RANGE);
	assert_non_null(strstr(e.msg, "line 1"));
	memset(large, '\n', SETTINGS_FILE_MAX + 1);
	assert_int_equal(settings_parse(*state, "g.conf", large, SETTINGS_FILE_MAX, &e), OK);
	assert_int_equal(settings_parse(*state, "g.conf", large, SETTINGS_FILE_MAX + 1, &e), ERR_RANGE);
	free(large);

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memcpy(env, (const char *[][2]){ { "GUARDIAN_MODEL", text }, { NULL } }, 2 * sizeof(env[0]));
	assert_int_equal(settings_env(*state, env_get, &e), ERR_RANGE);
	assert_non_null(strstr(e.msg, "GUARDIAN_MODEL"));
}

static void the_environment_wins_over_the_file_and_its_own_prefix_over_plain_names(void **state)
{
	struct settings *s = *state;
	struct err e;

	assert_int_equal(parse("model = file\nport = 1\nthreshold = 0.5\nmail_pass = file", &e), OK);
	memcpy(env,
	       (const char *[][2]){ { "GUARDIAN_MODEL", "prefixed" },
				    { "MODEL_PATH", "plain" },
				    { "PORT", "2" },
				    { "GUARDIAN_MAIL_PASS", "" },
				    { "THRESHOLD", "0.75" },
				    { NULL } },
	       6 * sizeof(env[0]));
	assert_int_equal(settings_env(s, env_get, &e), OK);
	assert_string_equal(settings_text(s, "model"), "prefixed");
	assert_string_equal(settings_text(s, "port"), "2");
	assert_string_equal(settings_text(s, "mail_pass"), "file");
	assert_string_equal(settings_text(s, "threshold"), "0.5");
}

static void a_wrong_value_is_traced_to_where_it_came_from(void **state)
{
	struct settings *s = *state;
	struct err e;
	size_t n = 99;

	assert_int_equal(parse("\nport = http", &e), OK);
	assert_int_equal(settings_size(s, "port", 1, 65535, &n, &e), ERR_FORMAT);
	assert_string_equal(e.msg, "g.conf, line 2: port: \"http\" is not a whole number");
	memcpy(env, (const char *[][2]){ { "PORT", "70000" }, { NULL } }, 2 * sizeof(env[0]));
	assert_int_equal(settings_env(s, env_get, &e), OK);
	assert_int_equal(settings_size(s, "port", 1, 65535, &n, &e), ERR_RANGE);
	assert_string_equal(e.msg, "environment variable PORT: 70000 is outside 1..65535");
	memcpy(env, (const char *[][2]){ { "GUARDIAN_PORT", "-1" }, { NULL } }, 2 * sizeof(env[0]));
	assert_int_equal(settings_env(s, env_get, &e), OK);
	assert_int_equal(settings_size(s, "port", 1, 65535, &n, &e), ERR_FORMAT);
	assert_string_equal(e.msg, "environment variable GUARDIAN_PORT: \"-1\" is not a whole number");
	assert_int_equal(settings_size(s, "mail_pass", 0, 9, &n, &e), ERR_FORMAT);
	assert_string_equal(e.msg, "the default of mail_pass: \"\" is not a whole number");
	assert_int_equal(n, 99);
}

static void with_value(const char *name, const char *value)
{
	char text[256];
	struct err e;

	settings_init(&settings, table);
	snprintf(text, sizeof(text), "%s = '%s'", name, value);
	assert_int_equal(parse(text, &e), OK);
}

static void sizes_are_decimal_digits_in_range(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "0x1", "1.0", "1e3", "18446744073709551616" };
	struct err e;
	size_t n = 0;

	for (size_t i = 0; i < COUNT(bad); i++) {
		with_value("port", bad[i]);
		assert_true(settings_size(*state, "port", 0, SIZE_MAX, &n, &e) < 0);
	}
	with_value("port", "18446744073709551615");
	assert_int_equal(settings_size(*state, "port", 0, SIZE_MAX, &n, &e), OK);
	assert_true(n == SIZE_MAX);
	with_value("port", "3");
	assert_int_equal(settings_size(*state, "port", 3, 3, &n, &e), OK);
	assert_int_equal(settings_size(*state, "port", 4, 9, &n, &e), ERR_RANGE);
	assert_int_equal(settings_size(*state, "port", 0, 2, &n, &e), ERR_RANGE);
}

static void reals_are_finite_decimal_and_in_range(void **state)
{
	static const char *const bad[] = { "", "nan", "inf", "0x1p3", "1,5", "1e", "--1", "1.5x", " 1", "1 ", "1e999", ".", "e5" };
	struct err e;
	double d = 0;

	for (size_t i = 0; i < COUNT(bad); i++) {
		with_value("threshold", bad[i]);
		assert_true(settings_real(*state, "threshold", -1e308, 1e308, &d, &e) < 0);
	}
	with_value("threshold", "-2.5e-1");
	assert_int_equal(settings_real(*state, "threshold", -1, 1, &d, &e), OK);
	assert_true(d == -0.25);
	assert_int_equal(settings_real(*state, "threshold", 0, 1, &d, &e), ERR_RANGE);
	assert_non_null(strstr(e.msg, "outside 0..1"));
}

static void booleans_are_words_in_any_case(void **state)
{
	static const char *const yes[] = { "yes", "TRUE", "On", "1" }, *const no[] = { "no", "False", "OFF", "0" },
				 *const bad[] = { "", "y", "2", "yes " };
	struct err e;
	int v;

	for (size_t i = 0; i < COUNT(yes); i++) {
		with_value("verbose", yes[i]);
		assert_int_equal(settings_bool(*state, "verbose", &v, &e), OK);
		assert_int_equal(v, 1);
		with_value("verbose", no[i]);
		assert_int_equal(settings_bool(*state, "verbose", &v, &e), OK);
		assert_int_equal(v, 0);
		with_value("verbose", bad[i]);
		assert_int_equal(settings_bool(*state, "verbose", &v, &e), ERR_FORMAT);
	}
}

static void a_file_is_loaded_and_a_missing_one_is_an_io_error(void **state)
{
	struct tempdir dir;
	struct err e = { 0 };
	const char *path;

	tempdir_make(&dir);
	path = tempdir_file(&dir, "g.conf");
	assert_int_equal(settings_load(*state, path, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "No such file"));
	assert_int_equal(settings_load(*state, dir.path, &e), ERR_IO);
	file_put(path, "model = x\n", 10);
	assert_int_equal(settings_load(*state, path, &e), OK);
	assert_string_equal(settings_text(*state, "model"), "x");
	file_put(path, "mode = x\n", 9);
	assert_int_equal(settings_load(*state, path, &e), ERR_FORMAT);
	assert_non_null(strstr(e.msg, "g.conf: line 1"));
	tempdir_remove(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(without_a_file_everything_has_its_default, setup),
		cmocka_unit_test_setup(lines_comments_quotes_and_crlf_are_read, setup),
		cmocka_unit_test_setup(what_is_wrong_is_named_with_its_line, setup),
		cmocka_unit_test_setup(a_line_that_is_wrong_leaves_the_lines_before_it_without_effect, setup),
		cmocka_unit_test_setup(lengths_are_limited, setup),
		cmocka_unit_test_setup(the_environment_wins_over_the_file_and_its_own_prefix_over_plain_names, setup),
		cmocka_unit_test_setup(a_wrong_value_is_traced_to_where_it_came_from, setup),
		cmocka_unit_test_setup(sizes_are_decimal_digits_in_range, setup),
		cmocka_unit_test_setup(reals_are_finite_decimal_and_in_range, setup),
		cmocka_unit_test_setup(booleans_are_words_in_any_case, setup),
		cmocka_unit_test_setup(a_file_is_loaded_and_a_missing_one_is_an_io_error, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
