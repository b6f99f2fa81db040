/* chunk_spool: chunks of any size wait and come back as they were, as often as they are asked for. */
#include "api/chunk_spool.h"

#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

enum { N = 60, LARGEST = 100000 };

/* Sizes around those of the records, and none at all. */
static size_t size_of(size_t i)
{
	static const size_t sizes[] = { 0, 1, 47, 48, 49, (16 << 10) - 1, 16 << 10, (16 << 10) + 1, 32 << 10, LARGEST };

	return sizes[i % (sizeof(sizes) / sizeof(*sizes))];
}

static void fill(char *out, size_t n, size_t i)
{
	for (size_t k = 0; k < n; k++)
		out[k] = (char)(k * 31 + i);
}

static void chunks_come_back_as_they_were(void **state)
{
	char *const data = malloc(LARGEST);
	struct chunk_spool *c = NULL;
	struct flow_chunk_row row;
	struct err e;

	(void)state;
	assert_non_null(data);
	assert_int_equal(chunk_spool_new(&c, "/tmp", &e), OK);
	for (size_t i = 0; i < N; i++) {
		const struct flowlog_chunk chunk = { 3 * i, 10 * i, 10 * i + 9, 10, i % 4, data, size_of(i) };

		fill(data, chunk.len, i);
		assert_int_equal(chunk_spool_put(c, &chunk, &e), OK);
	}
	for (int again = 0; again < 2; again++) {
		assert_int_equal(chunk_spool_rewind(c, &e), OK);
		for (size_t i = 0; i < N; i++) {
			assert_int_equal(chunk_spool_get(c, &row, &e), 1);
			fill(data, size_of(i), i);
			assert_int_equal(row.chunk, 3 * i);
			assert_int_equal(row.row_first, 10 * i);
			assert_int_equal(row.row_last, 10 * i + 9);
			assert_int_equal(row.flows, 10);
			assert_int_equal(row.flagged, i % 4);
			assert_int_equal(row.len, size_of(i));
			assert_memory_equal(row.data, data, row.len);
		}
		assert_int_equal(chunk_spool_get(c, &row, &e), 0);
	}
	chunk_spool_del(c);
	free(data);
}

static void a_folder_that_is_not_there_is_told(void **state)
{
	char *const data = calloc(1, LARGEST);
	const struct flowlog_chunk chunk = { .data = data, .len = LARGEST };
	struct chunk_spool *c = NULL;
	struct err e = { 0 };
	int r = OK;

	(void)state;
	assert_non_null(data);
	assert_int_equal(chunk_spool_new(&c, "/nowhere/at/all", &e), OK);
	for (int i = 0; i < N && r == OK; i++)
		r = chunk_spool_put(c, &chunk, &e);
	assert_int_equal(r, ERR_IO);
	assert_non_null(strstr(e.msg, "/nowhere/at/all"));
	chunk_spool_del(c);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunks_come_back_as_they_were),
		cmocka_unit_test(a_folder_that_is_not_there_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
