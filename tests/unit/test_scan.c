/* scan: windows, rows, the worst anomalies, thresholds, hostile values, and memory that does not grow with the file. */
#include "detect/scan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/cm.h"

#include "base/rng.h"
#include "lib/nets.h"

#ifdef __SANITIZE_ADDRESS__
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif
enum { T = 10, F = 4 };
static const char head[] = "ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes,label\n";

static struct net_case net;
static struct detector detector;
static struct plan *plan;

static int setup(void **state)
{
	struct err e;

	(void)state;
	net = net_make("lstm:4,lstm:2,repeat,lstm:4,dense", T, F, 0, 9);
	detector = (struct detector){
		.net = net.net,
		.features = feature_set_find("basic"),
		.has_scaler = 1,
		.scaler = { .kind = SCALER_STANDARD, .n = F, .center = { 10, 10, 1000, 1000 }, .scale = { 5, 5, 500, 500 } },
		.threshold = 1,
	};
	return plan_new(&plan, &detector.net, kernel_select(NULL, NULL), &e);
}

static int teardown(void **state)
{
	(void)state;
	plan_del(plan);
	net_drop(&net);
	return 0;
}

struct text {
	char *s;
	size_t len, cap;
};

static void __attribute__((format(printf, 2, 3))) add(struct text *t, const char *fmt, ...)
{
	va_list ap;

	if (t->cap - t->len < 200) {
		t->cap = t->cap ? 2 * t->cap : 1 << 16;
		t->s = realloc(t->s, t->cap);
		assert_non_null(t->s);
	}
	va_start(ap, fmt);
	t->len += (size_t)vsnprintf(t->s + t->len, t->cap - t->len, fmt, ap);
	va_end(ap);
}

static void add_random_row(struct text *t, struct rng *r, uint64_t i)
{
	add(t, "%llu.5,%.0f,%.0f,%.0f,%.0f,benign\n", (unsigned long long)(1600000000 + i), fabs(10 + 5 * rng_normal(r)),
	    fabs(10 + 5 * rng_normal(r)), fabs(1000 + 500 * rng_normal(r)), fabs(1000 + 500 * rng_normal(r)));
}

static struct text random_rows(size_t n, uint64_t seed)
{
	struct text t = { 0 };
	struct rng r;

	rng_init(&r, seed);
	add(&t, "%s", head);
	for (size_t i = 0; i < n; i++)
		add_random_row(&t, &r, i);
	return t;
}

/* Everything that a scan says. */
struct result {
	struct anomaly *all, *top;
	size_t all_n, top_n;
	float *error;
	size_t error_n;
	struct scan_summary sum;
	struct read_report report;
	struct err e;
	int r;
};

static int take_anomaly(void *arg, const struct anomaly *a)
{
	struct result *const x = arg;

	if ((x->all_n & (x->all_n - 1)) == 0)
		x->all = realloc(x->all, (2 * x->all_n + 1) * sizeof(*a));
	assert_non_null(x->all);
	x->all[x->all_n++] = *a;
	return OK;
}

static void take_error(void *arg, uint64_t window, float error)
{
	struct result *const x = arg;

	assert_int_equal(window, x->error_n);
	x->error = realloc(x->error, (x->error_n + 1) * sizeof(error));
	assert_non_null(x->error);
	x->error[x->error_n++] = error;
}

/* Scan t in pieces of at most `piece` bytes, of random size when seed is not 0. */
static struct result run(const struct text *t, double threshold, size_t top, size_t threads, size_t piece, uint64_t seed)
{
	struct result x = { 0 };
	const struct scan_options o = { .model = { &detector, plan },
					.threshold = threshold,
					.threads = threads,
					.top = top,
					.sink = take_anomaly,
					.errors = take_error,
					.arg = &x };
	const struct anomaly *list;
	struct scan *s = NULL;
	struct rng r;

	rng_init(&r, seed);
	if (scan_new(&s, &o, &x.e) < 0)
		fail_msg("%s", x.e.msg);
	for (size_t at = 0, n; x.r == OK && at < t->len; at += n) {
		n = seed ? 1 + (size_t)(rng_uniform(&r) * (double)piece) : piece;
		n = n < t->len - at ? n : t->len - at;
		x.r = scan_feed(s, t->s + at, n, &x.e);
	}
	if (x.r == OK)
		x.r = scan_finish(s, &x.e);
	scan_summary(s, &x.sum);
	x.report = *x.sum.input;
	x.sum.input = NULL;
	x.top_n = scan_top(s, &list);
	x.top = malloc((x.top_n + 1) * sizeof(*x.top));
	assert_non_null(x.top);
	memcpy(x.top, list, x.top_n * sizeof(*x.top));
	scan_del(s);
	return x;
}

static void drop(struct result *x)
{
	free(x->all);
	free(x->top);
	free(x->error);
}

static int same(const struct anomaly *a, const struct anomaly *b)
{
	return a->sequence_id == b->sequence_id && a->row[0] == b->row[0] && a->row[1] == b->row[1] && a->error == b->error &&
	       (a->ts == b->ts || (isnan(a->ts) && isnan(b->ts))) && a->severity == b->severity && a->step == b->step &&
	       a->feature == b->feature && a->share == b->share && a->value == b->value &&
	       memcmp(a->sample, b->sample, F * sizeof(double)) == 0;
}

static void equal(const struct result *a, const struct result *b)
{
	assert_int_equal(a->r, b->r);
	assert_int_equal(a->error_n, b->error_n);
	assert_memory_equal(a->error, b->error, a->error_n * sizeof(float));
	assert_int_equal(a->all_n, b->all_n);
	for (size_t i = 0; i < a->all_n; i++)
		assert_true(same(&a->all[i], &b->all[i]));
	assert_int_equal(a->top_n, b->top_n);
	for (size_t i = 0; i < a->top_n; i++)
		assert_true(same(&a->top[i], &b->top[i]));
	assert_true(a->sum.error_mean == b->sum.error_mean && a->sum.error_max == b->sum.error_max);
}

static void scan_of_n_rows_has_n_minus_9_windows(void **state)
{
	static const size_t sizes[] = { 10, 11, 100, 5000 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct text t = random_rows(sizes[i], 1);
		struct result x = run(&t, INFINITY, 5, 1, SIZE_MAX, 0);

		assert_int_equal(x.r, OK);
		assert_int_equal(x.sum.windows, sizes[i] - 9);
		assert_int_equal(x.error_n, sizes[i] - 9);
		assert_int_equal(x.sum.anomalies, 0);
		assert_int_equal(x.top_n, 0);
		drop(&x);
		free(t.s);
	}
}

static void scan_says_when_rows_are_too_few(void **state)
{
	static const char *const messages[] = { "only 9 usable rows; a window needs 10", "only 0 usable rows; a window needs 10" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct text t = random_rows(i == 0 ? 9 : 0, 1);
		struct result x = run(&t, 1, 5, 2, SIZE_MAX, 0);

		assert_int_equal(x.r, ERR_TOO_FEW);
		assert_string_equal(x.e.msg, messages[i]);
		drop(&x);
		free(t.s);
	}
}

static void scan_hands_on_what_the_reader_says(void **state)
{
	struct text t = { 0 };
	struct result x;

	(void)state;
	add(&t, "a,b,c\n1,2,3\n");
	x = run(&t, 1, 5, 1, 1, 0);
	assert_int_equal(x.r, ERR_FORMAT);
	assert_non_null(strstr(x.e.msg, "orig_pkts"));
	drop(&x);
	free(t.s);
}

/* Errors, anomalies, the list and the sums are the same however the bytes arrive, and on any number of threads. */
static void scan_does_not_depend_on_pieces_or_threads(void **state)
{
	struct text t = random_rows(9000, 2);
	struct result whole = run(&t, 1, 20, 1, SIZE_MAX, 0);

	(void)state;
	assert_int_equal(whole.r, OK);
	assert_true(whole.all_n > 100 && whole.all_n < whole.error_n);
	for (uint64_t k = 0; k < 6; k++) {
		struct result x = run(&t, 1, 20, 1 + k % 3, k < 2 ? 3 : 9000 * k, k + 1);

		equal(&whole, &x);
		drop(&x);
	}
	drop(&whole);
	free(t.s);
}

/* Each third row is unusable; orig_pkts of the others is their number in the file. */
static void scan_counts_skipped_rows_in_row_numbers(void **state)
{
	struct text t = { 0 };
	struct result x;

	(void)state;
	add(&t, "%s", head);
	for (int i = 0; i < 6000; i++)
		add(&t, i % 3 == 2 ? "%d,x,1,1,1,benign\n" : "%d,%d,1,1,1,benign\n", i, i);
	x = run(&t, 0, 10, 2, 1000, 0);
	assert_int_equal(x.r, OK);
	assert_int_equal(x.report.rows, 6000);
	assert_int_equal(x.report.rows_skipped, 2000);
	assert_int_equal(x.all_n, 4000 - 9);
	for (size_t i = 0; i < x.all_n; i++) {
		const uint64_t first = i / 2 * 3 + i % 2, last = (i + 9) / 2 * 3 + (i + 9) % 2;
		const struct anomaly *const a = &x.all[i];

		assert_int_equal(a->sequence_id, i);
		assert_int_equal(a->row[0], first);
		assert_int_equal(a->row[1], last);
		assert_true(a->ts == (double)last);
		assert_true(a->sample[0] == (double)last);
	}
	drop(&x);
	free(t.s);
}

static int worst_first(const void *a, const void *b)
{
	const struct anomaly *const x = a, *const y = b;

	if (x->error != y->error)
		return x->error < y->error ? 1 : -1;
	return x->sequence_id < y->sequence_id ? -1 : 1;
}

/* Rows repeat, so that many errors are equal and the order between them is seen. */
static void scan_top_is_the_head_of_all_sorted(void **state)
{
	static const size_t tops[] = { 0, 1, 2, 7, 100, 2990, 2991, 5000 };
	struct text t = { 0 };
	struct result all;
	struct rng r;

	(void)state;
	rng_init(&r, 3);
	add(&t, "%s", head);
	for (size_t i = 0; i < 3000; i++)
		if (i % 40 < 25)
			add(&t, "1,5,5,500,500,benign\n");
		else
			add_random_row(&t, &r, i);
	all = run(&t, 0, 0, 1, SIZE_MAX, 0);
	assert_int_equal(all.all_n, 2991);
	qsort(all.all, all.all_n, sizeof(*all.all), worst_first);
	for (size_t k = 0; k < sizeof(tops) / sizeof(tops[0]); k++) {
		struct result x = run(&t, 0, tops[k], 1, SIZE_MAX, 0);

		assert_int_equal(x.top_n, tops[k] < 2991 ? tops[k] : 2991);
		for (size_t i = 0; i < x.top_n; i++)
			assert_true(same(&x.top[i], &all.all[i]));
		drop(&x);
	}
	drop(&all);
	free(t.s);
}

static void scan_error_equal_to_the_threshold_is_normal(void **state)
{
	struct text t = random_rows(300, 4);
	struct result x = run(&t, INFINITY, 0, 1, SIZE_MAX, 0);

	(void)state;
	for (size_t i = 0; i < x.error_n; i += 29) {
		const double at = (double)x.error[i];
		struct result equals = run(&t, at, 300, 1, SIZE_MAX, 0), below = run(&t, nextafter(at, 0), 300, 1, SIZE_MAX, 0);
		size_t above = 0;

		for (size_t k = 0; k < x.error_n; k++)
			above += (double)x.error[k] > at;
		assert_int_equal(equals.sum.anomalies, above);
		assert_true(below.sum.anomalies > above);
		for (size_t k = 0; k < equals.all_n; k++)
			assert_true(equals.all[k].sequence_id != i);
		drop(&equals);
		drop(&below);
	}
	drop(&x);
	free(t.s);
}

/* Whatever a row says, its windows are anomalies, and the numbers of the others are as without it. */
static void scan_never_takes_huge_values_for_normal(void **state)
{
	static const char *const huge[] = { "1e30", "1e39", "1e60", "1e160", "1e308", "1.7976931348623157e308" };
	struct text calm = random_rows(200, 5);
	struct result without = run(&calm, 100, 0, 1, SIZE_MAX, 0);

	(void)state;
	for (size_t k = 0; k < sizeof(huge) / sizeof(huge[0]); k++) {
		struct text t = { 0 };
		struct rng r;
		struct result x;

		rng_init(&r, 5);
		add(&t, "%s", head);
		for (size_t i = 0; i < 200; i++) {
			if (i == 100)
				add(&t, "1,%s,%s,%s,%s,-\n", huge[k], huge[k], huge[k], huge[k]);
			else
				add_random_row(&t, &r, i);
		}
		x = run(&t, 100, 300, 1, SIZE_MAX, 0);
		assert_int_equal(x.r, OK);
		assert_int_equal(x.error_n, 191);
		assert_int_equal(x.sum.anomalies, 10);
		for (size_t i = 0; i < 10; i++) {
			assert_int_equal(x.all[i].sequence_id, 91 + i);
			assert_false(isnan(x.all[i].error));
			assert_int_equal(x.all[i].severity, SEVERITY_CRITICAL);
			assert_true(x.all[i].share >= 0 && x.all[i].share <= 1);
			assert_true(x.all[i].step == 9 - i);
			assert_true(x.all[i].value > 1e18); /* as far as single precision goes */
		}
		assert_memory_equal(x.error, without.error, 91 * sizeof(float));
		assert_true(isfinite(x.sum.error_mean) && isfinite(x.sum.error_max));
		drop(&x);
		free(t.s);
	}
	drop(&without);
	free(calm.s);
}

/* All answers of this network are infinite: no difference between input and answer says what is wrong. */
static void scan_blames_the_input_when_the_network_runs_away(void **state)
{
	struct net_case wild = net_make("dense:4,dense", T, F, 0, 3);
	const struct detector kept = detector;
	struct plan *const kept_plan = plan;
	struct text t = { 0 };
	struct result x;

	(void)state;
	for (size_t i = 0; i < wild.param_n; i++)
		wild.params[i] = 3e38f;
	detector.net = wild.net;
	assert_int_equal(plan_new(&plan, &wild.net, kernel_select(NULL, NULL), NULL), OK);
	add(&t, "%s", head);
	for (size_t i = 0; i < T; i++)
		add(&t, "1,%d,12,%s,1001,-\n", i % 2 ? 11 : 9, i == 6 ? "9000" : "999");
	x = run(&t, 100, 10, 1, SIZE_MAX, 0);
	plan_del(plan);
	plan = kept_plan;
	detector = kept;
	assert_int_equal(x.r, OK);
	assert_int_equal(x.all_n, 1);
	assert_true(isinf(x.all[0].error));
	assert_int_equal(x.all[0].step, 6);
	assert_int_equal(x.all[0].feature, 2);
	assert_true(x.all[0].value == 9000);
	assert_true(x.all[0].share == 0);
	drop(&x);
	free(t.s);
	net_drop(&wild);
}

static void scan_blames_the_value_that_is_out_of_place(void **state)
{
	static const char *const row[] = { "1,900,5,500,500,-\n", "1,5,900,500,500,-\n", "1,5,5,90000,500,-\n",
					   "1,5,5,500,90000,-\n" };
	static const double value[] = { 900, 900, 90000, 90000 };

	(void)state;
	for (size_t f = 0; f < F; f++) {
		struct text t = { 0 };
		struct result x;

		add(&t, "%s", head);
		for (size_t i = 0; i < 40; i++)
			add(&t, "%s", i == 20 ? row[f] : "1,5,5,500,500,benign\n");
		x = run(&t, 50, 10, 1, SIZE_MAX, 0);
		assert_int_equal(x.all_n, 10);
		for (size_t i = 0; i < 10; i++) {
			assert_int_equal(x.all[i].feature, f);
			assert_int_equal(x.all[i].step, 9 - i);
			assert_true(x.all[i].value == value[f]);
			assert_true(x.all[i].share > 0.9 && x.all[i].share <= 1);
		}
		drop(&x);
		free(t.s);
	}
}

static int refuse(void *arg, const struct anomaly *a)
{
	(void)a;
	return ++*(size_t *)arg == 3 ? ERR_IO : OK;
}

static void scan_stops_when_the_sink_says_so(void **state)
{
	struct text t = random_rows(20000, 6);

	(void)state;
	for (size_t threads = 1; threads <= 3; threads++) {
		size_t calls = 0;
		const struct scan_options o = {
			.model = { &detector, plan }, .threshold = 0, .threads = threads, .top = 10, .sink = refuse, .arg = &calls
		};
		struct scan_summary sum;
		struct scan *s = NULL;
		struct err e = { 0 };
		int r;

		assert_int_equal(scan_new(&s, &o, &e), OK);
		if ((r = scan_feed(s, t.s, t.len, &e)) == OK)
			r = scan_finish(s, &e);
		assert_int_equal(r, ERR_IO);
		assert_int_equal(calls, 3);
		scan_summary(s, &sum);
		assert_int_equal(sum.anomalies, 3);
		scan_del(s);
	}
	free(t.s);
}

static void scan_new_refuses_what_cannot_be_meant(void **state)
{
	struct detector bare = detector, open = detector;
	const struct {
		struct scan_options o;
		const char *message;
	} bad[] = {
		{ { .model = { &bare, plan }, .threshold = 1, .threads = 1, .top = 10 }, "the model has no scaler" },
		{ { .model = { &open, plan }, .threshold = NAN, .threads = 1, .top = 10 }, "the model has no threshold" },
		{ { .model = { &detector, plan }, .threshold = -1, .threads = 1, .top = 10 }, "the threshold is negative" },
		{ { .model = { &detector, plan }, .threshold = 1, .threads = 1, .top = SCAN_TOP_MAX + 1 },
		  "the 100001 worst anomalies" },
		{ { .model = { &detector, plan }, .threshold = 1, .threads = 0, .top = 10 }, "0 threads" },
		{ { .model = { &detector, plan }, .method = METHOD_HYBRID, .threshold = 1, .threads = 1 },
		  "the model is not calibrated" },
	};

	(void)state;
	bare.has_scaler = 0;
	open.threshold = NAN;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct scan *s = NULL;
		struct err e = { 0 };

		assert_int_equal(scan_new(&s, &bad[i].o, &e), ERR_RANGE);
		assert_null(s);
		if (strncmp(e.msg, bad[i].message, strlen(bad[i].message)) != 0)
			fail_msg("%s", e.msg);
	}
	scan_del(NULL);
}

static long peak_kb(void)
{
	struct rusage u;

	assert_int_equal(getrusage(RUSAGE_SELF, &u), 0);
	return u.ru_maxrss;
}

/* A stream of rows never in memory at once; under ASan, which is slow and keeps freed memory, a shorter one. */
static void scan_memory_does_not_grow_with_the_file(void **state)
{
	const size_t rows = SANITIZED ? 200000 : 2000000, block = 1000;
	const struct scan_options o = { .model = { &detector, plan }, .threshold = 1, .threads = 2, .top = 100 };
	struct text t = random_rows(block, 7);
	const size_t start = strlen(head);
	struct scan_summary sum;
	struct scan *s = NULL;
	struct err e = { 0 };
	long early = 0;

	(void)state;
	assert_int_equal(scan_new(&s, &o, &e), OK);
	assert_int_equal(scan_feed(s, head, start, &e), OK);
	for (size_t i = 0; i < rows / block; i++) {
		if (i == rows / block / 10)
			early = peak_kb();
		assert_int_equal(scan_feed(s, t.s + start, t.len - start, &e), OK);
	}
	assert_int_equal(scan_finish(s, &e), OK);
	scan_summary(s, &sum);
	assert_int_equal(sum.windows, rows / block * block - 9);
	if (peak_kb() - early > (SANITIZED ? 16384 : 4096))
		fail_msg("%ld kB after a tenth of the rows, %ld kB at the end", early, peak_kb());
	scan_del(s);
	free(t.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scan_memory_does_not_grow_with_the_file),
		cmocka_unit_test(scan_of_n_rows_has_n_minus_9_windows),
		cmocka_unit_test(scan_says_when_rows_are_too_few),
		cmocka_unit_test(scan_hands_on_what_the_reader_says),
		cmocka_unit_test(scan_does_not_depend_on_pieces_or_threads),
		cmocka_unit_test(scan_counts_skipped_rows_in_row_numbers),
		cmocka_unit_test(scan_top_is_the_head_of_all_sorted),
		cmocka_unit_test(scan_error_equal_to_the_threshold_is_normal),
		cmocka_unit_test(scan_never_takes_huge_values_for_normal),
		cmocka_unit_test(scan_blames_the_input_when_the_network_runs_away),
		cmocka_unit_test(scan_blames_the_value_that_is_out_of_place),
		cmocka_unit_test(scan_stops_when_the_sink_says_so),
		cmocka_unit_test(scan_new_refuses_what_cannot_be_meant),
	};

	if (getenv("GUARDIAN_TEST_QUICK") != NULL)
		cmocka_set_test_filter("scan_c*");
	return cmocka_run_group_tests(tests, setup, teardown);
}
