/* scan's explanations: of the worst anomalies, as the scan judged them, with what is usual for their device. */
#include "detect/scan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

#include "detect/scan_json.h"
#include "lib/traffic.h"

enum { T = TRAFFIC_T, F = TRAFFIC_F, ROWS = 600, DEVICES = 2, ODD = 40 };

static struct traffic made;
static double sent[ROWS][F]; /* as in the file */

static int setup(void **state)
{
	(void)state;
	return traffic_make(&made);
}

static int teardown(void **state)
{
	(void)state;
	traffic_drop(&made);
	return 0;
}

/* Every anomaly's feature and flow. */
struct seen {
	uint64_t anomalies;
};

static int take_anomaly(void *arg, const struct anomaly *a)
{
	struct seen *const s = arg;

	assert_true(a->feature < F && a->sentence[0] != '\0');
	s->anomalies++;
	return OK;
}

/* Two devices in turn; each ODDth row has a hundred times the bytes. hosts: the file says whose flows they are. */
static struct scan *scan(enum scan_method method, int hosts, size_t top, size_t explain, struct seen *seen)
{
	const struct scan_options o = { .model = { &made.detector, made.plan },
					.method = method,
					.threshold = NAN,
					.threads = 1,
					.top = top,
					.explain = explain,
					.sink = take_anomaly,
					.arg = seen };
	struct scan *s = NULL;
	struct err e = { 0 };
	char line[160];
	struct rng g;

	rng_init(&g, 40);
	assert_int_equal(scan_new(&s, &o, &e), OK);
	snprintf(line, sizeof(line), "%sorig_pkts,resp_pkts,orig_bytes,resp_bytes\n", hosts ? "id.orig_h,id.resp_h," : "");
	assert_int_equal(scan_feed(s, line, strlen(line), &e), OK);
	for (size_t r = 0; r < ROWS; r++) {
		char who[64] = "";

		traffic_draw(&g, sent[r]);
		if (r % ODD == ODD - 1)
			sent[r][2] *= 100;
		if (hosts)
			snprintf(who, sizeof(who), "192.168.0.%zu,203.0.113.7,", 1 + r % DEVICES);
		snprintf(line, sizeof(line), "%s%.0f,%.0f,%.0f,%.0f\n", who, sent[r][0], sent[r][1], sent[r][2], sent[r][3]);
		assert_int_equal(scan_feed(s, line, strlen(line), &e), OK);
	}
	if (scan_finish(s, &e) < 0)
		fail_msg("%s", e.msg);
	return s;
}

static void the_worst_are_explained_by_the_score_that_they_have(void **state)
{
	static const enum scan_method methods[] = { METHOD_HYBRID, METHOD_LSTM };
	enum { EXPLAINED = 12 };

	(void)state;
	for (size_t m = 0; m < 2; m++) {
		struct seen seen = { 0 };
		struct scan *const s = scan(methods[m], 1, 1000, EXPLAINED, &seen);
		const struct anomaly *top;
		const size_t n = scan_top(s, &top);

		assert_true(n > EXPLAINED && seen.anomalies == n);
		for (size_t i = 0; i < n; i++) {
			struct explanation x;
			double sum = 0;
			const int r = scan_explanation(s, &top[i], &x, NULL);

			assert_int_equal(r, i < EXPLAINED);
			if (r == 0)
				continue;
			assert_true((float)x.score == top[i].error);
			for (size_t k = 0; k < (size_t)T * F; k++)
				sum += (double)x.share[k];
			assert_float_equal(sum, 1, 1e-6);
			assert_true(x.value[top[i].step * F + top[i].feature] == top[i].value);
			assert_float_equal(x.share[top[i].step * F + top[i].feature], top[i].share, 1e-6);
			for (size_t f = 0; f < F; f++)
				assert_true(x.value[(T - 1) * F + f] == sent[top[i].row[1]][f]);
			for (size_t k = 0; k < (size_t)T * F; k++)
				assert_true(x.value[k] >= 0 && x.value[k] == floor(x.value[k]));
			explanation_free(&x);
		}
		scan_del(s);
	}
}

static void the_flow_with_odd_bytes_is_explained_by_them(void **state)
{
	struct seen seen = { 0 };
	struct scan *const s = scan(METHOD_HYBRID, 1, 1000, SCAN_EXPLAIN_MAX, &seen);
	const struct anomaly *top;
	const size_t n = scan_top(s, &top);
	size_t odd = 0, named = 0, mended = 0;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct explanation x;
		size_t at;

		assert_int_equal(scan_explanation(s, &top[i], &x, NULL), 1);
		if (top[i].row[1] % ODD == ODD - 1) {
			odd++;
			named += explanation_largest(&x, &at, 1) == 1 && at == (T - 1) * F + 2;
			mended += x.change.found && x.change.feature == 2 && x.change.to < sent[top[i].row[1]][2] / 5;
			assert_non_null(strstr(top[i].sentence, "; usual for this "));
			assert_non_null(strstr(top[i].sentence, " sent "));
		}
		explanation_free(&x);
	}
	assert_int_equal(odd, ROWS / ODD);
	assert_int_equal(named, odd);
	assert_int_equal(mended, odd);
	scan_del(s);
}

static void what_is_usual_is_the_devices_own_and_said_to_be_the_files_where_it_has_no_hosts(void **state)
{
	(void)state;
	for (int hosts = 0; hosts < 2; hosts++) {
		struct seen seen = { 0 };
		struct scan *const s = scan(METHOD_HYBRID, hosts, 1, 1, &seen);
		struct usual_range usual[F];
		const struct anomaly *top;
		struct json_object *o;

		assert_int_equal(scan_top(s, &top), 1);
		assert_int_equal(scan_usual(s, top, usual), 1);
		for (size_t f = 0; f < F; f++) { /* the traffic is that of the training */
			assert_true(usual[f].middle > made.detector.usual[f].middle / 1.3 &&
				    usual[f].middle < made.detector.usual[f].middle * 1.3);
			assert_true(usual[f].low == floor(usual[f].low) && usual[f].high == floor(usual[f].high));
		}
		assert_true(usual[2].high < sent[ODD - 1][2]);
		o = scan_explanation_to_json(s, top);
		assert_string_equal(json_object_get_string(json_object_object_get(o, "usual_of")), hosts ? "device" : "file");
		assert_int_equal(json_object_array_length(json_object_object_get(o, "shares")), T);
		json_object_put(o);
		scan_del(s);
	}
}

static void more_than_can_be_kept_is_refused_and_none_is_fine(void **state)
{
	const struct scan_options o = { .model = { &made.detector, made.plan },
					.method = METHOD_HYBRID,
					.threshold = NAN,
					.threads = 1,
					.explain = SCAN_EXPLAIN_MAX + 1 };
	struct seen seen = { 0 };
	const struct anomaly *top;
	struct explanation x;
	struct scan *s;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(scan_new(&s, &o, &e), ERR_RANGE);
	assert_string_equal(e.msg, "explanations of 1001 anomalies are more than 1000");
	s = scan(METHOD_HYBRID, 1, 5, 0, &seen);
	assert_int_equal(scan_top(s, &top), 5);
	assert_int_equal(scan_explanation(s, top, &x, NULL), 0);
	assert_null(scan_explanation_to_json(s, top));
	scan_del(s);
}

/* ---- of incidents ------------------------------------------------------------------------------------------------------------- */

enum { HOMES = 12 };

/* The peak of each incident, by its number. */
struct peaks_seen {
	float error[ROWS];
	enum severity severity[ROWS];
	size_t incidents;
};

static int see_peak(void *arg, const struct anomaly *a)
{
	struct peaks_seen *const s = arg;

	if (a->incident == 0) /* method lstm: the window is odd, its last flow is not */
		return OK;
	assert_true(a->incident < ROWS);
	if (a->incident > s->incidents)
		s->incidents = (size_t)a->incident;
	if (a->error > s->error[a->incident])
		s->error[a->incident] = a->error;
	s->severity[a->incident] = severity_worst(s->severity[a->incident], a->severity);
	return OK;
}

/* A dozen devices, each with some odd flows that are odder from device to device; none of the worst anomalies is kept. */
static struct scan *scan_homes(enum scan_method method, size_t peaks, struct peaks_seen *seen)
{
	const struct scan_options o = { .model = { &made.detector, made.plan },
					.method = method,
					.threshold = NAN,
					.threads = 1,
					.top = ROWS,
					.peaks = peaks,
					.sink = see_peak,
					.arg = seen };
	struct scan *s = NULL;
	struct err e = { 0 };
	char line[160];
	struct rng g;

	rng_init(&g, 41);
	assert_int_equal(scan_new(&s, &o, &e), OK);
	snprintf(line, sizeof(line), "id.orig_h,id.resp_h,orig_pkts,resp_pkts,orig_bytes,resp_bytes\n");
	assert_int_equal(scan_feed(s, line, strlen(line), &e), OK);
	for (size_t r = 0; r < ROWS; r++) {
		const size_t home = r % HOMES;

		traffic_draw(&g, sent[r]);
		if (r / HOMES % 13 == 12)
			sent[r][2] *= 20 * (double)(home + 1);
		snprintf(line, sizeof(line), "192.168.0.%zu,203.0.113.7,%.0f,%.0f,%.0f,%.0f\n", 1 + home, sent[r][0], sent[r][1],
			 sent[r][2], sent[r][3]);
		assert_int_equal(scan_feed(s, line, strlen(line), &e), OK);
	}
	if (scan_finish(s, &e) < 0)
		fail_msg("%s", e.msg);
	return s;
}

static void the_peak_of_each_incident_can_be_explained(void **state)
{
	(void)state;
	for (int m = 0; m < 2; m++) {
		const enum scan_method method = m ? METHOD_HYBRID : METHOD_LSTM;
		struct peaks_seen seen = { 0 };
		struct scan *const s = scan_homes(method, SCAN_EXPLAIN_MAX, &seen);
		const struct anomaly *peak = NULL;
		const size_t n = scan_peaks(s, &peak);
		uint8_t had[ROWS] = { 0 };

		assert_true(n >= (m ? HOMES : 3) && n <= seen.incidents);
		for (size_t i = 0; i < n; i++) {
			const uint64_t id = peak[i].incident;
			struct explanation x;

			assert_true(!had[id]++ && peak[i].error == seen.error[id]);
			assert_int_equal(scan_explanation(s, &peak[i], &x, NULL), 1);
			assert_true(fabs(x.score - (double)peak[i].error) < 1e-4 * (1 + x.score));
			explanation_free(&x);
			if (i > 0)
				assert_true(seen.severity[peak[i - 1].incident] > seen.severity[id] ||
					    (seen.severity[peak[i - 1].incident] == seen.severity[id] &&
					     peak[i - 1].error >= peak[i].error));
		}
		scan_del(s);
	}
}

static void the_worst_incidents_win_when_few_are_to_be_explained(void **state)
{
	struct peaks_seen seen = { 0 }, few_seen = { 0 };
	struct scan *const s = scan_homes(METHOD_HYBRID, SCAN_EXPLAIN_MAX, &seen),
			   *const few = scan_homes(METHOD_HYBRID, 3, &few_seen),
			   *const none = scan_homes(METHOD_HYBRID, 0, &few_seen);
	const struct anomaly *all = NULL, *worst = NULL, *top = NULL;
	struct explanation x;

	(void)state;
	assert_true(scan_peaks(s, &all) > 3);
	assert_int_equal(scan_peaks(few, &worst), 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(worst[i].sequence_id, all[i].sequence_id);
	assert_int_equal(scan_explanation(few, &all[3], &x, NULL), 0);
	assert_int_equal(scan_peaks(none, &worst), 0);
	assert_true(scan_top(none, &top) > 0);
	assert_int_equal(scan_explanation(none, top, &x, NULL), 0);
	scan_del(s);
	scan_del(few);
	scan_del(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_peak_of_each_incident_can_be_explained),
		cmocka_unit_test(the_worst_incidents_win_when_few_are_to_be_explained),
		cmocka_unit_test(the_worst_are_explained_by_the_score_that_they_have),
		cmocka_unit_test(the_flow_with_odd_bytes_is_explained_by_them),
		cmocka_unit_test(what_is_usual_is_the_devices_own_and_said_to_be_the_files_where_it_has_no_hosts),
		cmocka_unit_test(more_than_can_be_kept_is_refused_and_none_is_fine),
	};

	return cmocka_run_group_tests_name("scan_explained", tests, setup, teardown);
}
