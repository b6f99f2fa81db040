/* whatif: the table says of each threshold what a scan with it says. */
#include "detect/whatif.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

#include "base/json.h"
#include "base/rng.h"
#include "base/text.h"
#include "detect/model.h"
#include "flow/write.h"
#include "lib/tempdir.h"
#include "synth/attack.h"
#include "synth/home.h"

enum { ROWS = 3000 };

static struct model full, basic;

static int setup(void **state)
{
	const struct kernel_ops *const k = kernel_select(NULL, NULL);
	struct err e;

	(void)state;
	if (model_open(&full, TEST_SOURCE_DIR "/models/full.safetensors", k, &e) < 0 ||
	    model_open(&basic, TEST_SOURCE_DIR "/models/basic.safetensors", k, &e) < 0)
		fail_msg("%s", e.msg);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	model_close(&full);
	model_close(&basic);
	return 0;
}

static void make_file(struct text *out, enum flow_format format, uint64_t seed)
{
	struct home_options o = { .seed = seed, .devices = 12, .attack_per_mille = 60, .start_s = 1704067200 };
	struct home *home = NULL;
	struct flow f;

	assert_true((o.attacks = attack_list("all")) > 0);
	assert_int_equal(home_new(&home, &o, NULL), OK);
	flow_write_head(out, format, 0);
	for (int i = 0; i < ROWS; i++) {
		home_next(home, &f);
		flow_write(out, format, &f);
	}
	home_del(home);
}

struct run {
	struct scan_summary sum;
	struct whatif_table table; /* with dir */
	uint64_t attacks, benign;  /* anomalous flows by their labels */
};

static int take_verdict(void *arg, const struct verdict *v)
{
	struct run *const r = arg;

	r->attacks += v->anomalous && v->flow->label == LABEL_MALICIOUS;
	r->benign += v->anomalous && v->flow->label == LABEL_BENIGN;
	return OK;
}

static void scan(struct run *r, const struct text *file, const struct model *m, enum scan_method method, double threshold,
		 const char *dir)
{
	const struct scan_options o = {
		.model = model_for_scan(m),
		.plain = model_for_scan(&basic),
		.method = method,
		.threshold = threshold,
		.threads = 1,
		.whatif_dir = dir,
		.verdicts = take_verdict,
		.arg = r,
	};
	struct scan *s = NULL;
	struct err e = { 0 };

	*r = (struct run){ 0 };
	assert_int_equal(scan_new(&s, &o, &e), OK);
	if (scan_feed(s, file->p, file->n, &e) < 0 || scan_finish(s, &e) < 0)
		fail_msg("%s", e.msg);
	scan_summary(s, &r->sum);
	if (dir != NULL)
		r->table = *scan_whatif(s);
	else
		assert_null(scan_whatif(s));
	scan_del(s);
}

/* Every `each`-th threshold, and the scan's own. */
static void compare(const struct text *file, const struct model *m, enum scan_method method, double threshold, size_t each)
{
	struct tempdir dir;
	struct run with, real;
	const struct whatif_table *const t = &with.table;
	uint64_t different = 0;

	tempdir_make(&dir);
	scan(&with, file, m, method, threshold, dir.path);
	assert_true(t->n > 30 && t->n <= WHATIF_MAX && t->own < t->n);
	assert_true(t->at[t->own] == with.sum.threshold && t->threshold == with.sum.threshold);
	assert_int_equal(t->total.flows, with.sum.flows);
	assert_int_equal(t->total.windows, with.sum.windows);
	for (size_t k = 0; k < t->n; k++) {
		assert_true(k == 0 || t->at[k] > t->at[k - 1]);
		if (k % each != 0 && k != t->own)
			continue;
		scan(&real, file, m, method, t->at[k], NULL);
		assert_int_equal(t->flows[k], real.sum.flows_anomalous);
		assert_int_equal(t->anomalies[k], real.sum.anomalies);
		assert_int_equal(t->incidents[k], real.sum.incidents);
		assert_int_equal(t->attacks[k], real.attacks);
		assert_int_equal(t->benign[k], real.benign);
		different += k > 0 && t->incidents[k] != t->incidents[0];
	}
	assert_true(different > 2);
	tempdir_remove(&dir);
}

static void each_threshold_of_the_full_model_is_as_if_scanned_with_it(void **state)
{
	struct text file = { 0 };

	(void)state;
	make_file(&file, FLOW_CSV, 3);
	compare(&file, &full, METHOD_HYBRID, NAN, 6);
	compare(&file, &full, METHOD_LSTM, NAN, 12);
	text_free(&file);
}

static void each_threshold_of_the_basic_model_is_as_if_scanned_with_it(void **state)
{
	struct text file = { 0 };

	(void)state;
	make_file(&file, FLOW_ZEEK, 4);
	compare(&file, &basic, METHOD_HYBRID, 2.5, 7);
	compare(&file, &basic, METHOD_LSTM, 0.02, 12);
	text_free(&file);
}

static void so_it_is_in_a_file_without_hosts(void **state)
{
	struct text file = { 0 };

	(void)state;
	make_file(&file, FLOW_SEED, 5);
	compare(&file, &full, METHOD_HYBRID, NAN, 6);
	compare(&file, &basic, METHOD_LSTM, NAN, 12);
	text_free(&file);
}

/* ---- the table alone ---------------------------------------------------------------------------------------------------------- */

/* Flow i of a made-up run: of 40 devices, to some peer, a minute or more apart, with a score of -log10 of a random p or a flood's. */
static void give_flow(struct whatif *w, struct rng *g, uint64_t i, int flood)
{
	struct flow f;
	struct verdict v = { .flow = &f, .device = i % 40, .device_flow = i / 40, .side = ORIG };

	flow_clear(&f);
	f.row = i;
	f.ts = 1.7e9 + (double)i * 10;
	f.host[RESP] = ip_of(4, (uint8_t[]){ 203, 0, 113, (uint8_t)rng_below(g, 9) });
	f.port[RESP] = 443;
	f.proto = PROTO_TCP;
	v.p = flood ? 1e-11 : rng_uniform(g);
	v.score = -log10(v.p);
	f.label = v.score > 1.5 ? LABEL_MALICIOUS : LABEL_BENIGN;
	whatif_flow(w, &v);
	whatif_window(w, v.score);
}

static struct whatif_table run(uint64_t flows, int flood, uint64_t additions, const char *dir)
{
	const struct whatif_options o = {
		.method = METHOD_HYBRID, .threshold = 3, .flow_threshold = 3, .dir = dir, .additions = additions
	};
	struct whatif *w = NULL;
	struct whatif_table t;
	struct rng g;

	rng_init(&g, 5);
	assert_int_equal(whatif_new(&w, &o, NULL), OK);
	for (uint64_t i = 0; i < flows; i++)
		give_flow(w, &g, i, flood && i % 2);
	assert_int_equal(whatif_finish(w, 777, 2, NULL), OK);
	t = *whatif_get(w);
	whatif_del(w);
	return t;
}

static size_t unknown(const struct whatif_table *t)
{
	size_t n = 0;

	for (size_t k = 0; k < t->n; k++)
		n += t->incidents[k] == WHATIF_UNKNOWN;
	return n;
}

static void what_is_too_much_work_is_unknown_and_the_rest_exact(void **state)
{
	struct tempdir dir;
	size_t before = 0;

	(void)state;
	tempdir_make(&dir);
	for (int flood = 0; flood < 2; flood++) {
		const struct whatif_table all = run(20000, flood, 1 << 22, dir.path);

		assert_int_equal(unknown(&all), 0);
		for (uint64_t additions = 100000; additions > 1000; additions /= 3) {
			const struct whatif_table t = run(20000, flood, additions, dir.path);
			uint64_t cost = 0;

			for (size_t k = 0; k < t.n; k++) {
				assert_true(t.flows[k] == all.flows[k] && t.anomalies[k] == all.anomalies[k]);
				if (k == t.own)
					assert_int_equal(t.incidents[k], 777);
				else if (t.incidents[k] != WHATIF_UNKNOWN)
					assert_int_equal(t.incidents[k], all.incidents[k]);
				if (t.incidents[k] != WHATIF_UNKNOWN && k != t.own && (k == 0 || t.flows[k] != t.flows[k - 1]))
					cost += t.flows[k];
			}
			assert_true(cost <= additions);
			assert_true(unknown(&t) >= before && unknown(&t) < t.n);
			before = unknown(&t);
		}
		assert_true(before > 5);
		before = 0;
	}
	tempdir_remove(&dir);
}

static void without_room_only_the_scans_own_incidents_are_known(void **state)
{
	const struct whatif_table t = run(60000, 1, 0, "/nowhere/at/all");

	(void)state;
	assert_int_equal(unknown(&t), t.n - 1);
	assert_int_equal(t.incidents[t.own], 777);
	assert_true(t.flows[0] > 30000);
}

static void scores_that_are_no_numbers_count_as_the_scan_counts_them(void **state)
{
	const struct whatif_options o = { .method = METHOD_LSTM, .threshold = 0.5, .flow_threshold = 0.5, .dir = "/tmp" };
	struct whatif *w = NULL;
	const struct whatif_table *t;
	struct flow f;
	struct verdict v = { .flow = &f, .side = DEVICE_NONE, .p = NAN };

	(void)state;
	flow_clear(&f);
	assert_int_equal(whatif_new(&w, &o, NULL), OK);
	v.score = NAN;
	whatif_flow(w, &v);
	v.score = INFINITY;
	whatif_flow(w, &v);
	whatif_window(w, NAN);
	whatif_window(w, INFINITY);
	whatif_window(w, 0);
	assert_int_equal(whatif_finish(w, 1, 0, NULL), OK);
	t = whatif_get(w);
	for (size_t k = 0; k < t->n; k++)
		assert_true(t->flows[k] == 1 && t->anomalies[k] == 2 && t->incidents[k] == 1);
	whatif_del(w);
}

static void a_threshold_as_the_json_says_it_is_the_same_number(void **state)
{
	struct tempdir dir;
	struct json_object *o, *again = NULL, *at, *item;
	struct whatif_table t;

	(void)state;
	tempdir_make(&dir);
	t = run(3000, 0, 0, dir.path);
	t.threshold = t.at[t.own] = 3.0000000000000004;
	t.incidents[0] = WHATIF_UNKNOWN;
	o = whatif_to_json(&t);
	assert_int_equal(json_read(&again, json_object_to_json_string(o), strlen(json_object_to_json_string(o)), NULL), OK);
	assert_true(json_object_object_get_ex(again, "at", &at));
	assert_int_equal(json_object_array_length(at), t.n);
	for (size_t k = 0; k < t.n; k++)
		assert_true(json_object_get_double(json_object_array_get_idx(at, k)) == t.at[k]);
	assert_string_equal(json_object_to_json_string(json_object_array_get_idx(at, 0)), "0.2");
	assert_true(json_object_object_get_ex(again, "incidents", &item));
	assert_null(json_object_array_get_idx(item, 0));
	assert_int_equal(json_object_get_int64(json_object_array_get_idx(item, t.own)), 777);
	assert_true(json_object_object_get_ex(again, "false", &item) && json_object_object_get_ex(again, "totals", &item));
	json_object_put(o);
	json_object_put(again);
	tempdir_remove(&dir);
}

/* ---- method dense ------------------------------------------------------------------------------------------------------------- */

static void table(const struct text *file, const char *threshold, struct table_summary *sum, struct whatif_table *out)
{
	const struct table_scan_options o = {
		.kernel = kernel_select(NULL, NULL), .seed = 1, .rows_max = 2000, .threshold = threshold, .whatif = out != NULL
	};
	struct table_scan *s = NULL;
	struct err e = { 0 };

	assert_int_equal(table_scan_new(&s, &o, &e), OK);
	if (table_scan_feed(s, file->p, file->n, &e) < 0 || table_scan_finish(s, &e) < 0)
		fail_msg("%s", e.msg);
	table_scan_summary(s, sum);
	if (out != NULL)
		*out = *table_scan_whatif(s);
	else
		assert_null(table_scan_whatif(s));
	table_scan_del(s);
}

static void rows_of_a_table_are_as_if_scanned_with_each_threshold(void **state)
{
	struct text file = { 0 };
	struct whatif_table t;
	struct table_summary sum;
	struct rng g;

	(void)state;
	rng_init(&g, 8);
	text_str(&file, "a,b,c,label\n");
	for (int i = 0; i < 3000; i++) {
		const double u = rng_normal(&g), odd = i % 250 < 3 ? rng_uniform(&g) * 9 : 0;

		text_printf(&file, "%g,%g,%g,%s\n", u, 2 * u + 0.1 * rng_normal(&g) + odd, -u + 0.1 * rng_normal(&g),
			    odd > 0 ? "attack" : "benign");
	}
	table(&file, NULL, &sum, &t);
	assert_true(t.total.flows == 3000 && t.total.attacks == 36 && t.total.windows == 3000);
	assert_true(t.at[t.own] == sum.threshold && t.incidents[t.own] == sum.incidents);
	for (size_t k = 0; k < t.n; k += 9) {
		char text[64];

		snprintf(text, sizeof(text), "%.17g", t.at[k]);
		table(&file, text, &sum, NULL);
		assert_int_equal(t.flows[k], sum.anomalies);
		assert_int_equal(t.anomalies[k], sum.anomalies);
		assert_int_equal(t.incidents[k], sum.incidents);
	}
	text_free(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_threshold_of_the_full_model_is_as_if_scanned_with_it),
		cmocka_unit_test(each_threshold_of_the_basic_model_is_as_if_scanned_with_it),
		cmocka_unit_test(so_it_is_in_a_file_without_hosts),
		cmocka_unit_test(what_is_too_much_work_is_unknown_and_the_rest_exact),
		cmocka_unit_test(without_room_only_the_scans_own_incidents_are_known),
		cmocka_unit_test(scores_that_are_no_numbers_count_as_the_scan_counts_them),
		cmocka_unit_test(a_threshold_as_the_json_says_it_is_the_same_number),
		cmocka_unit_test(rows_of_a_table_are_as_if_scanned_with_each_threshold),
	};

	return cmocka_run_group_tests_name("whatif", tests, setup, teardown);
}
