/* feature: the names, their order, and what they read. */
#include "feature/feature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void feature_set_basic_has_the_order_of_the_model(void **state)
{
	static const char *const name[] = { "orig_pkts", "resp_pkts", "orig_bytes", "resp_bytes" };
	static const char *const unit[] = { "packets", "packets", "bytes", "bytes" };
	const struct feature_set *set = feature_set_find("basic");

	(void)state;
	assert_non_null(set);
	assert_string_equal(set->name, "basic");
	assert_int_equal(set->n, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(set->feature[i]->name, name[i]);
		assert_string_equal(set->feature[i]->unit, unit[i]);
	}
	assert_null(feature_set_find("Basic"));
	assert_null(feature_set_find(""));
}

static void feature_row_reads_each_value_from_its_place(void **state)
{
	const struct flow f = { .ts = 9, .pkts = { [ORIG] = 1, [RESP] = 2 }, .bytes = { [ORIG] = 3, [RESP] = 4 } };
	double row[5] = { 0, 0, 0, 0, -1 };

	(void)state;
	feature_row(feature_set_find("basic"), &f, &(struct flow_context){ 0 }, row);
	for (int i = 0; i < 4; i++)
		assert_true(row[i] == i + 1);
	assert_true(row[4] == -1);
}

static void feature_set_match_wants_all_names_in_order(void **state)
{
	const char *names[] = { "orig_pkts", "resp_pkts", "orig_bytes", "resp_bytes", "more" };

	(void)state;
	assert_ptr_equal(feature_set_match(names, 4), feature_set_find("basic"));
	assert_null(feature_set_match(names, 3));
	assert_null(feature_set_match(names, 5));
	assert_null(feature_set_match(names, 0));
	names[0] = "resp_pkts";
	names[1] = "orig_pkts";
	assert_null(feature_set_match(names, 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(feature_set_basic_has_the_order_of_the_model),
		cmocka_unit_test(feature_row_reads_each_value_from_its_place),
		cmocka_unit_test(feature_set_match_wants_all_names_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
