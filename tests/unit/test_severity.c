/* severity: the borders between the levels. */
#include "detect/severity.h"

#include <float.h>
#include <math.h>

#include "lib/cm.h"

static void severity_levels_begin_at_2_5_and_10_thresholds(void **state)
{
	static const struct {
		double error;
		enum severity want;
	} at[] = {
		{ 0.5000001, SEVERITY_LOW }, { 0.9999999, SEVERITY_LOW },  { 1, SEVERITY_MEDIUM },   { 2.4999999, SEVERITY_MEDIUM },
		{ 2.5, SEVERITY_HIGH },      { 4.9999999, SEVERITY_HIGH }, { 5, SEVERITY_CRITICAL }, { 1e30, SEVERITY_CRITICAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if (severity_of(at[i].error, 0.5) != at[i].want)
			fail_msg("%g of 0.5 is %s", at[i].error, severity_name(severity_of(at[i].error, 0.5)));
}

static void severity_is_critical_without_a_scale(void **state)
{
	(void)state;
	assert_int_equal(severity_of(1, 0), SEVERITY_CRITICAL);
	assert_int_equal(severity_of(INFINITY, 1), SEVERITY_CRITICAL);
	assert_int_equal(severity_of(NAN, 1), SEVERITY_CRITICAL);
	assert_int_equal(severity_of(1, NAN), SEVERITY_CRITICAL);
	assert_int_equal(severity_of(DBL_MAX, DBL_TRUE_MIN), SEVERITY_CRITICAL);
}

static void severity_of_p_values_has_borders_at_1e_5_1e_7_and_1e_9(void **state)
{
	static const struct {
		double p;
		enum severity want;
	} at[] = {
		{ 1, SEVERITY_LOW },          { 1.01e-5, SEVERITY_LOW },      { 1e-5, SEVERITY_MEDIUM },
		{ 1.01e-7, SEVERITY_MEDIUM }, { 1e-7, SEVERITY_HIGH },        { 1.01e-9, SEVERITY_HIGH },
		{ 1e-9, SEVERITY_CRITICAL },  { DBL_MIN, SEVERITY_CRITICAL }, { NAN, SEVERITY_LOW },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		if (severity_of_p(at[i].p) != at[i].want)
			fail_msg("%g is %s", at[i].p, severity_name(severity_of_p(at[i].p)));
	assert_int_equal(severity_worst(SEVERITY_HIGH, SEVERITY_LOW), SEVERITY_HIGH);
	assert_int_equal(severity_worst(SEVERITY_LOW, SEVERITY_MEDIUM), SEVERITY_MEDIUM);
}

static void severity_names_are_those_of_the_api(void **state)
{
	(void)state;
	assert_string_equal(severity_name(SEVERITY_LOW), "Low");
	assert_string_equal(severity_name(SEVERITY_MEDIUM), "Medium");
	assert_string_equal(severity_name(SEVERITY_HIGH), "High");
	assert_string_equal(severity_name(SEVERITY_CRITICAL), "Critical");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(severity_levels_begin_at_2_5_and_10_thresholds),
		cmocka_unit_test(severity_is_critical_without_a_scale),
		cmocka_unit_test(severity_of_p_values_has_borders_at_1e_5_1e_7_and_1e_9),
		cmocka_unit_test(severity_names_are_those_of_the_api),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
