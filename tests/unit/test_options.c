/* options: what each kind of option takes and refuses. */
#include "cmd/options.h"

#include <string.h>

#include "lib/cm.h"

struct values {
	int quick;
	const char *name;
	size_t count;
	double share;
};

enum { ARGS_MAX = 8 };

/* Parse "guardian-command ARGS..." (split at blanks; "~" stands for an empty argument). */
struct parsed {
	struct values v;
	struct err e;
	char text[256], *argv[ARGS_MAX + 2];
	int argc, n, help;
};

static void parse(struct parsed *p, const char *args)
{
	char *save = NULL;

	*p = (struct parsed){ .v = { .name = "default", .count = 7, .share = 0.5 }, .argc = 1 };
	const struct option table[] = {
		{ "quick", OPT_SWITCH, &p->v.quick, 0, 0, NULL, "" },
		{ "name", OPT_TEXT, &p->v.name, 0, 0, "NAME", "" },
		{ "count", OPT_SIZE, &p->v.count, 1, 100, "N", "" },
		{ "share", OPT_REAL, &p->v.share, -1, 1, "X", "" },
		{ 0 },
	};

	assert_true(strlen(args) < sizeof(p->text));
	strcpy(p->text, args);
	p->argv[0] = p->text + strlen(args);
	for (char *a = strtok_r(p->text, " ", &save); a != NULL; a = strtok_r(NULL, " ", &save)) {
		assert_true(p->argc <= ARGS_MAX);
		p->argv[p->argc++] = strcmp(a, "~") == 0 ? a + 1 : a;
	}
	p->n = options_parse(table, p->argc, p->argv, &p->help, &p->e);
}

static void refuse(const char *args, const char *message)
{
	struct parsed p;

	parse(&p, args);
	assert_int_equal(p.n, ERR_USAGE);
	if (strcmp(p.e.msg, message) != 0)
		fail_msg("%s: \"%s\" instead of \"%s\"", args, p.e.msg, message);
}

static void options_take_values_with_blank_or_equals(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "--name x --count 3 --share -0.25 --quick");
	assert_int_equal(p.n, 0);
	assert_string_equal(p.v.name, "x");
	assert_int_equal(p.v.count, 3);
	assert_true(p.v.share == -0.25);
	assert_int_equal(p.v.quick, 1);
	parse(&p, "--name=a=b --count=100 --share=1e-1");
	assert_int_equal(p.n, 0);
	assert_string_equal(p.v.name, "a=b");
	assert_int_equal(p.v.count, 100);
	assert_true(p.v.share == 0.1);
	assert_int_equal(p.v.quick, 0);
}

static void options_leave_defaults_alone(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "file");
	assert_int_equal(p.n, 1);
	assert_string_equal(p.v.name, "default");
	assert_int_equal(p.v.count, 7);
	assert_true(p.v.share == 0.5);
}

static void options_gather_operands_in_order(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "a --quick b - --count 9 ~ c");
	assert_int_equal(p.n, 5);
	assert_string_equal(p.argv[1], "a");
	assert_string_equal(p.argv[2], "b");
	assert_string_equal(p.argv[3], "-");
	assert_string_equal(p.argv[4], "");
	assert_string_equal(p.argv[5], "c");
	assert_int_equal(p.v.count, 9);
}

static void options_end_at_two_dashes(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "a -- --quick -x -- b");
	assert_int_equal(p.n, 5);
	assert_string_equal(p.argv[2], "--quick");
	assert_string_equal(p.argv[3], "-x");
	assert_string_equal(p.argv[4], "--");
	assert_int_equal(p.v.quick, 0);
}

static void options_value_may_look_like_an_option(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "--name --quick");
	assert_int_equal(p.n, 0);
	assert_string_equal(p.v.name, "--quick");
	assert_int_equal(p.v.quick, 0);
}

static void options_last_one_wins(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "--count 1 --count=2");
	assert_int_equal(p.n, 0);
	assert_int_equal(p.v.count, 2);
}

static void options_help_stops_parsing(void **state)
{
	struct parsed p;

	(void)state;
	parse(&p, "a --help --nonsense");
	assert_true(p.n >= 0);
	assert_int_equal(p.help, 1);
	parse(&p, "--quick --nonsense --help");
	assert_int_equal(p.n, ERR_USAGE);
	parse(&p, "-- --help");
	assert_int_equal(p.n, 1);
	assert_int_equal(p.help, 0);
}

static void options_refuse_what_they_do_not_know(void **state)
{
	(void)state;
	refuse("--nonsense", "unknown option --nonsense");
	refuse("--nonsense=3", "unknown option --nonsense");
	refuse("--quic", "unknown option --quic");
	refuse("--quickly", "unknown option --quickly");
	refuse("--=3", "unknown option --");
	refuse("--\033[2J", "unknown option --?[2J");
	refuse("-q", "unknown option -q: options are long, as in --help");
}

static void options_refuse_missing_and_needless_values(void **state)
{
	(void)state;
	refuse("--name", "--name needs a value: NAME");
	refuse("a --count", "--count needs a value: N");
	refuse("--quick=1", "--quick takes no value");
}

static void options_refuse_what_is_no_whole_number(void **state)
{
	(void)state;
	refuse("--count ~", "--count: \"\" is not a whole number");
	refuse("--count=", "--count: \"\" is not a whole number");
	refuse("--count -1", "--count: \"-1\" is not a whole number");
	refuse("--count 1.5", "--count: \"1.5\" is not a whole number");
	refuse("--count 1e1", "--count: \"1e1\" is not a whole number");
	refuse("--count 0x10", "--count: \"0x10\" is not a whole number");
	refuse("--count 5x", "--count: \"5x\" is not a whole number");
	refuse("--count 99999999999999999999999", "--count: \"99999999999999999999999\" is not a whole number");
	refuse("--count 0", "--count: 0 is outside 1..100");
	refuse("--count 101", "--count: 101 is outside 1..100");
	refuse("--count 18446744073709551615", "--count: 18446744073709551615 is outside 1..100");
}

static void options_refuse_what_is_no_number(void **state)
{
	(void)state;
	refuse("--share ~", "--share: \"\" is not a number");
	refuse("--share nan", "--share: \"nan\" is not a number");
	refuse("--share inf", "--share: \"inf\" is not a number");
	refuse("--share 1e999", "--share: \"1e999\" is not a number");
	refuse("--share 0,5", "--share: \"0,5\" is not a number");
	refuse("--share 1.0001", "--share: 1.0001 is outside -1..1");
	refuse("--share -2", "--share: -2 is outside -1..1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_take_values_with_blank_or_equals),
		cmocka_unit_test(options_leave_defaults_alone),
		cmocka_unit_test(options_gather_operands_in_order),
		cmocka_unit_test(options_end_at_two_dashes),
		cmocka_unit_test(options_value_may_look_like_an_option),
		cmocka_unit_test(options_last_one_wins),
		cmocka_unit_test(options_help_stops_parsing),
		cmocka_unit_test(options_refuse_what_they_do_not_know),
		cmocka_unit_test(options_refuse_missing_and_needless_values),
		cmocka_unit_test(options_refuse_what_is_no_whole_number),
		cmocka_unit_test(options_refuse_what_is_no_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
