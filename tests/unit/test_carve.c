/* carve: offsets, alignment, overflow. */
#include "base/carve.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

static void carve_gives_aligned_parts_that_do_not_overlap(void **state)
{
	const size_t size[] = { 1, 63, 64, 65, 0, 4 };
	struct carve c = { 0 };
	size_t end = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		const size_t at = carve_add(&c, size[i], 3);

		assert_int_equal(at % CARVE_ALIGN, 0);
		assert_true(at >= end);
		assert_true(at - end < CARVE_ALIGN);
		end = at + 3 * size[i];
	}
	assert_true(c.bytes >= end);
	assert_int_equal(c.bytes % CARVE_ALIGN, 0);
	assert_false(c.overflow);
}

static void carve_block_is_aligned_and_zero(void **state)
{
	struct carve c = { 0 };
	unsigned char *block;

	(void)state;
	carve_add(&c, 1000, 7);
	block = carve_alloc(&c);
	assert_non_null(block);
	assert_int_equal((uintptr_t)block % CARVE_ALIGN, 0);
	for (size_t i = 0; i < c.bytes; i++)
		assert_int_equal(block[i], 0);
	free(block);
}

static void carve_of_nothing_is_a_block_too(void **state)
{
	const struct carve c = { 0 };
	void *const block = carve_alloc(&c);

	(void)state;
	assert_non_null(block);
	free(block);
}

/* In the product, in rounding up, in the sum: each must be noticed and not forgotten by later parts. */
static void carve_refuses_sizes_that_overflow(void **state)
{
	static const struct {
		size_t n, size;
	} big[] = { { SIZE_MAX / 2 + 1, 2 }, { SIZE_MAX, 1 }, { SIZE_MAX - 62, 1 }, { SIZE_MAX - 127, 1 }, { SIZE_MAX, SIZE_MAX } };

	(void)state;
	for (size_t i = 0; i < sizeof(big) / sizeof(big[0]); i++) {
		struct carve c = { 0 };

		carve_add(&c, 128, 1);
		carve_add(&c, big[i].n, big[i].size);
		assert_true(c.overflow);
		carve_add(&c, 1, 1);
		assert_null(carve_alloc(&c));
	}
}

static void carve_refuses_more_than_an_object_may_have(void **state)
{
	struct carve c = { 0 };

	(void)state;
	carve_add(&c, (size_t)PTRDIFF_MAX + 1, 1);
	assert_false(c.overflow);
	assert_null(carve_alloc(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(carve_gives_aligned_parts_that_do_not_overlap),
		cmocka_unit_test(carve_block_is_aligned_and_zero),
		cmocka_unit_test(carve_of_nothing_is_a_block_too),
		cmocka_unit_test(carve_refuses_sizes_that_overflow),
		cmocka_unit_test(carve_refuses_more_than_an_object_may_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
