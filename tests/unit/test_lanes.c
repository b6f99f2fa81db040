/* lanes: the rings of rows, against a list that keeps everything. */
#include "detect/lanes.h"

#include <string.h>

#include "base/err.h"
#include "base/rng.h"
#include "lib/cm.h"

enum { F = 3, T_MAX = 12, PUSHES = 500 };

/* What the ring should hold, by the plainest means. */
struct model {
	uint64_t number[T_MAX];
	int odd[T_MAX];
	size_t n;
};

static void model_push(struct model *m, size_t T, uint64_t number, int odd)
{
	if (m->n == T && m->odd[T - 1]) { /* the newest was suspicious: it gives way */
		m->n--;
	} else if (m->n == T) {
		memmove(m->number, m->number + 1, (T - 1) * sizeof(*m->number));
		memmove(m->odd, m->odd + 1, (T - 1) * sizeof(*m->odd));
		m->n--;
	}
	m->number[m->n] = number;
	m->odd[m->n++] = odd;
}

static void push(struct lanes *l, struct lane *lane, uint64_t number, int odd)
{
	const float row[F] = { (float)number, -(float)number, 7 };

	assert_int_equal(lanes_push(l, lane, row, number, odd), OK);
}

static void same(const struct lanes *l, const struct lane *lane, const struct model *m, size_t T)
{
	float window[T_MAX * F + 1];
	size_t odd, expected = 0;

	window[T * F] = -1;
	assert_int_equal(lanes_window(l, lane, window, &odd), m->number[0]);
	for (size_t i = 0; i < T; i++) {
		assert_true(window[i * F] == (float)m->number[i] && window[i * F + 1] == -(float)m->number[i] &&
			    window[i * F + 2] == 7);
		expected += (size_t)m->odd[i];
	}
	assert_int_equal(odd, expected);
	assert_true(window[T * F] == -1);
}

/* odd_of_16: how many of 16 rows are suspicious. */
static void compare(size_t T, unsigned odd_of_16, uint64_t seed)
{
	struct lanes *const l = lanes_new(T, F);
	struct lane *lane;
	struct model m = { 0 };
	struct rng r;

	assert_non_null(l);
	rng_init(&r, seed);
	lane = lanes_get(l, CONTEXT_DEVICES - 1);
	lane_start(lane, 5);
	for (uint64_t i = 0; i < PUSHES; i++) {
		const int odd = rng_below(&r, 16) < odd_of_16;

		push(l, lane, i, odd);
		model_push(&m, T, i, odd);
		assert_int_equal(lane->n, m.n);
		assert_int_equal(lane->pushed, i + 1);
		if (m.n == T)
			same(l, lane, &m, T);
	}
	lanes_del(l);
}

static void a_window_is_the_last_rows_that_were_not_suspicious_and_the_newest(void **state)
{
	(void)state;
	for (size_t T = 1; T <= T_MAX; T++)
		for (unsigned odd = 0; odd <= 16; odd += 4)
			compare(T, odd, 100 * T + odd);
}

/* An attack of any length takes one place: the context before it stays, and stands before the flow that follows. */
static void an_attack_leaves_no_trace_in_the_windows_after_it(void **state)
{
	struct lanes *const l = lanes_new(4, F);
	struct lane *lane;
	float window[4 * F];
	size_t odd;

	(void)state;
	assert_non_null(l);
	lane = lanes_get(l, 0);
	lane_start(lane, 0);
	for (uint64_t i = 0; i < 4; i++)
		push(l, lane, i, 0);
	for (uint64_t i = 100; i < 200; i++) {
		push(l, lane, i, 1);
		assert_int_equal(lanes_window(l, lane, window, &odd), 1);
		assert_int_equal(odd, 1);
	}
	push(l, lane, 4, 0);
	assert_int_equal(lanes_window(l, lane, window, &odd), 1);
	assert_int_equal(odd, 0);
	for (size_t i = 0; i < 4; i++)
		assert_true(window[i * F] == (float)(i + 1));
	lanes_del(l);
}

static void a_lane_starts_empty_for_its_next_device(void **state)
{
	struct lanes *const l = lanes_new(3, F);
	struct lane *lane;
	float window[3 * F];
	size_t odd;

	(void)state;
	assert_non_null(l);
	lane = lanes_get(l, 9);
	lane_start(lane, 1);
	for (uint64_t i = 0; i < 8; i++)
		push(l, lane, i, i >= 6);
	lane_start(lane, 2);
	assert_true(lane->n == 0 && lane->pushed == 0 && lane->device == 2 && lane->waiting == NULL);
	for (uint64_t i = 50; i < 53; i++)
		push(l, lane, i, 0);
	assert_int_equal(lanes_window(l, lane, window, &odd), 50);
	assert_int_equal(odd, 0);
	assert_true(lanes_get(l, 8)->n == 0 && lanes_get(l, 8)->row == NULL);
	lanes_del(l);
	lanes_del(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_is_the_last_rows_that_were_not_suspicious_and_the_newest),
		cmocka_unit_test(an_attack_leaves_no_trace_in_the_windows_after_it),
		cmocka_unit_test(a_lane_starts_empty_for_its_next_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
