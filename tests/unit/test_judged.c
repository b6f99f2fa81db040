/* judged data, their split, measures, names and leaks, on tables small enough to be worked out by hand. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "judge/leak.h"
#include "judge/measure.h"
#include "judge/naming.h"
#include "judge/split.h"
#include "judge/table.h"
#include "lib/cm.h"

/* One row of a small table. */
struct line {
	uint64_t device;
	double ts;
	enum truth truth;
	const char *label;
	double score;
	int alarm;
	const char *named;
	uint64_t incident;
};

static void fill(struct judged *j, const struct line *line, size_t n)
{
	*j = (struct judged){ .F = 1 };
	for (size_t i = 0; i < n; i++) {
		const struct line *const l = &line[i];
		const double feature = (double)i;

		assert_int_equal(judged_add(j, &(struct judged_flow){ i, l->device, l->ts, l->truth, 0 }, l->label,
					    &(struct answer){ l->score, NAN, l->alarm, l->named, l->incident }, &feature, NULL),
				 OK);
	}
}

#define ROWS(a) (sizeof(a) / sizeof(*(a)))

static const struct measure_options plain = { .T = 2 };

static void each_device_is_cut_by_its_own_time_with_a_gap_at_each_cut(void **state)
{
	enum { N = 20, GAP = 2 };
	struct judged j = { .F = 0 };
	uint8_t part[2 * N];

	(void)state;
	for (size_t i = 0; i < 2 * N; i++) /* two devices in turns, the second one's times fall */
		assert_int_equal(
			judged_add(&j, &(struct judged_flow){ i, i % 2, i % 2 ? 1000 - (double)i : (double)i, TRUTH_BENIGN, 0 },
				   NULL, &(struct answer){ 0 }, NULL, NULL),
			OK);
	assert_int_equal(split_time(&j, &split_three, GAP, part, NULL), OK);
	for (size_t k = 0; k < N; k++) {
		const enum part want = k < 10   ? PART_TRAIN
				       : k < 12 ? PART_GAP
				       : k < 14 ? PART_CALIBRATE
				       : k < 16 ? PART_GAP
						: PART_TEST;

		assert_int_equal(part[2 * k], want);
		assert_int_equal(part[2 * (N - 1 - k) + 1], want);
	}
	judged_free(&j);
}

static void rows_are_sorted_and_parts_keep_their_labels(void **state)
{
	struct judged j = { .F = 1 }, half = { 0 };
	const char *const labels[] = { "DDoS", "", NULL, "C&C" };
	const uint64_t rows[] = { 7, 3, 5, 1 };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(judged_add(&j, &(struct judged_flow){ .row = rows[i] }, labels[i],
					    &(struct answer){ .score = (double)i }, &(double){ (double)rows[i] * 10 }, NULL),
				 OK);
	assert_int_equal(judged_sort(&j, NULL), OK);
	assert_int_equal(j.n, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(j.flow[i].row, 2 * i + 1);
		assert_true(j.feature[i] == 10 * (double)(2 * i + 1));
	}
	assert_string_equal(j.label[j.flow[0].label], "C&C");
	assert_string_equal(j.label[j.flow[1].label], "");
	assert_string_equal(j.label[j.flow[3].label], "DDoS");
	assert_int_equal(judged_part(&half, &j, (uint8_t[]){ 0, 0, 1, 1 }, NULL), OK);
	assert_int_equal(half.n, 2);
	assert_string_equal(half.label[half.flow[1].label], "DDoS");
	judged_free(&j);
	judged_free(&half);
}

static void counts_and_rates_are_those_of_the_rows_as_they_are(void **state)
{
	static const struct line lines[] = {
		{ 0, 1, TRUTH_ATTACK, "a", 9, 1, NULL, 0 },   { 0, 2, TRUTH_ATTACK, "a", 8, 1, NULL, 0 },
		{ 0, 3, TRUTH_ATTACK, "a", 2, 0, NULL, 0 },   { 0, 4, TRUTH_BENIGN, "", 7, 1, NULL, 0 },
		{ 0, 5, TRUTH_BENIGN, "", 1, 0, NULL, 0 },    { 0, 6, TRUTH_BENIGN, "", 1, 0, NULL, 0 },
		{ 0, 7, TRUTH_BENIGN, "", 1, 0, NULL, 0 },    { 0, 8, TRUTH_NONE, "", 99, 1, NULL, 0 },
		{ 0, 9, TRUTH_ATTACK, "a", NAN, 1, NULL, 0 }, /* no score: no alarm, whatever it says */
	};
	struct judged j;
	struct view v;

	(void)state;
	fill(&j, lines, ROWS(lines));
	assert_int_equal(measure_flows(&v, &j, j.answer, &plain, NULL), OK);
	assert_int_equal(v.n, 8);
	assert_int_equal(v.attacks, 4);
	assert_int_equal(v.unscored, 1);
	assert_true(v.counts.tp == 2 && v.counts.fp == 1 && v.counts.fn == 2 && v.counts.tn == 3);
	assert_float_equal(v.rates.precision, 2.0 / 3, 1e-12);
	assert_float_equal(v.rates.recall, 0.5, 1e-12);
	assert_float_equal(v.rates.f1, 4.0 / 7, 1e-12);
	assert_float_equal(v.rates.accuracy, 5.0 / 8, 1e-12);
	assert_float_equal(v.rates.fpr, 0.25, 1e-12);
	assert_float_equal(v.roc_auc, (4 + 4 + 3 + 0) / 16.0, 1e-12);
	assert_float_equal(v.base_rate, 0.5, 1e-12);
	assert_true(isnan(v.roc_interval.low));
	judged_free(&j);
}

/* One found flow of a long attack must not make the others found: what point adjustment would do. */
static void an_alarm_counts_only_for_the_flow_that_it_is_on(void **state)
{
	struct judged j = { .F = 0 };
	struct view v;

	(void)state;
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(judged_add(&j, &(struct judged_flow){ i, 0, (double)i, TRUTH_ATTACK, 0 }, "x",
					    &(struct answer){ i == 50, NAN, i == 50, NULL, 1 }, NULL, NULL),
				 OK);
	assert_int_equal(measure_flows(&v, &j, j.answer, &plain, NULL), OK);
	assert_float_equal(v.rates.recall, 0.01, 1e-12);
	judged_free(&j);
}

static void windows_are_of_one_device_and_attacks_when_one_flow_is(void **state)
{
	static const struct line lines[] = {
		{ 0, 1, TRUTH_BENIGN, "", 1, 0, NULL, 0 },  { 1, 1, TRUTH_BENIGN, "", 5, 1, NULL, 0 },
		{ 0, 2, TRUTH_ATTACK, "a", 3, 1, NULL, 0 }, { 1, 2, TRUTH_BENIGN, "", 1, 0, NULL, 0 },
		{ 0, 3, TRUTH_BENIGN, "", 1, 0, NULL, 0 },  { 0, 4, TRUTH_BENIGN, "", 1, 0, NULL, 0 },
		{ 0, 5, TRUTH_NONE, "", 9, 1, NULL, 0 },
	};
	struct judged j;
	struct view v;

	(void)state;
	fill(&j, lines, ROWS(lines));
	/* device 0: (1 2*) (2* 3) (3 4), (4 ?) is left out; device 1: (1 2) */
	assert_int_equal(measure_windows(&v, &j, j.answer, &plain, NULL), OK);
	assert_int_equal(v.n, 4);
	assert_int_equal(v.attacks, 2);
	assert_true(v.counts.tp == 2 && v.counts.fp == 1 && v.counts.tn == 1 && v.counts.fn == 0);
	assert_float_equal(v.roc_auc, 0.5, 1e-12);
	judged_free(&j);
}

static void perfect_inverted_and_random_detectors_get_what_they_deserve(void **state)
{
	enum { N = 2000 };
	static const double want[] = { 1, 0, 0.5, 0.5 };
	const struct measure_options o = { .T = 10, .replicates = 100, .seed = 4 };
	struct rng g;

	(void)state;
	rng_init(&g, 5);
	for (int kind = 0; kind < 4; kind++) {
		struct judged j = { .F = 0 };
		struct view v;

		for (size_t i = 0; i < N; i++) {
			const int attack = i % 100 >= 90;
			const double noise = rng_uniform(&g);
			const double score = kind == 0   ? attack + noise / 2
					     : kind == 1 ? noise / 2 - attack
					     : kind == 2 ? noise
							 : 7;

			assert_int_equal(
				judged_add(&j, &(struct judged_flow){ i, 0, (double)i, attack ? TRUTH_ATTACK : TRUTH_BENIGN, 0 },
					   "x", &(struct answer){ .score = score, .alarm = score > 0.8 }, NULL, NULL),
				OK);
		}
		assert_int_equal(measure_flows(&v, &j, j.answer, &o, NULL), OK);
		assert_float_equal(v.roc_auc, want[kind], kind == 2 ? 0.06 : 1e-12);
		assert_true(v.roc_interval.low <= v.roc_auc && v.roc_auc <= v.roc_interval.high);
		assert_float_equal(v.tpr[0], kind == 0, kind == 2 ? 0.06 : 1e-12);
		assert_float_equal(v.pr_auc, kind == 0 ? 1 : 0.1, kind == 0 ? 1e-12 : 0.06);
		judged_free(&j);
	}
}

static void duplicates_count_once_in_the_distinct_area(void **state)
{
	struct judged j = { .F = 1 };
	struct view v;

	/* One attack seen 8 times, ranked right; another one, ranked wrong: 8/9 as it is, 1/2 of different ones. */
	(void)state;
	for (size_t i = 0; i < 10; i++)
		assert_int_equal(judged_add(&j, &(struct judged_flow){ i, 0, (double)i, i == 9 ? TRUTH_BENIGN : TRUTH_ATTACK, 0 },
					    "x",
					    &(struct answer){ .score = i < 8    ? 3
								       : i == 8 ? 1
										: 2 },
					    &(double){ i < 8 ? 3 : (double)i }, NULL),
				 OK);
	assert_int_equal(measure_flows(&v, &j, j.answer, &plain, NULL), OK);
	assert_float_equal(v.roc_auc, 8.0 / 9, 1e-12);
	assert_float_equal(v.roc_auc_distinct, 0.5, 1e-12);
	judged_free(&j);
}

static void delay_is_from_the_first_attack_to_the_first_true_alarm(void **state)
{
	static const struct line lines[] = {
		{ 0, 10, TRUTH_ATTACK, "scan", 1, 0, NULL, 0 },
		{ 0, 11, TRUTH_BENIGN, "", 9, 1, NULL, 0 }, /* a false alarm finds nothing */
		{ 0, 12, TRUTH_ATTACK, "flood", 1, 0, NULL, 0 },
		{ 0, 15, TRUTH_ATTACK, "scan", 9, 1, NULL, 0 },
		{ 1, 20, TRUTH_ATTACK, "scan", 1, 0, NULL, 0 },
		{ 2, 20, TRUTH_ATTACK, "scan", 9, 1, NULL, 0 },
	};
	struct label_result *l = NULL;
	struct judged j;
	size_t n = 0;

	(void)state;
	fill(&j, lines, ROWS(lines));
	assert_int_equal(measure_labels(&l, &n, &j, j.answer, NULL), OK);
	assert_int_equal(n, 2);
	assert_string_equal(l[0].label, "scan");
	assert_true(l[0].n == 4 && l[0].found == 2 && l[0].pairs == 3 && l[0].pairs_found == 2);
	assert_true(l[0].delay_flows[0] == 3 && l[0].delay_seconds[0] == 5); /* 0, 3, never */
	assert_true(isinf(l[0].delay_flows[1]) && isinf(l[0].delay_seconds[1]));
	assert_string_equal(l[1].label, "flood");
	assert_true(l[1].found == 0 && l[1].pairs_found == 1 && l[1].delay_flows[0] == 1 && l[1].delay_seconds[0] == 3);
	free(l);
	judged_free(&j);
}

static void incidents_are_true_when_half_of_their_flows_are_attacks(void **state)
{
	static const struct line lines[] = {
		{ 0, 0, TRUTH_ATTACK, "DDoS", 9, 1, "unusual", 1 },    { 0, 10, TRUTH_ATTACK, "DDoS", 9, 1, "ddos", 1 },
		{ 0, 20, TRUTH_BENIGN, "", 9, 1, "ddos", 1 },          { 0, 30, TRUTH_BENIGN, "", 9, 1, "unusual", 2 },
		{ 0, 86400, TRUTH_BENIGN, "", 9, 1, "unusual", 2 },    { 1, 0, TRUTH_ATTACK, "C&C", 9, 1, "port_scan", 3 },
		{ 1, 86400, TRUTH_BENIGN, "", 9, 1, "port_scan", 3 },  { 1, 86400, TRUTH_NONE, "", 9, 1, "unusual", 4 },
		{ 1, 86400, TRUTH_ATTACK, "Backdoor", 0, 0, NULL, 0 },
	};
	struct incident_view v;
	struct judged j;

	(void)state;
	fill(&j, lines, ROWS(lines));
	assert_int_equal(measure_incidents(&v, &j, j.answer, NULL), OK);
	assert_true(v.incidents == 4 && v.true_n == 2 && v.false_n == 1 && v.unknown == 1);
	assert_true(v.nameable == 2 && v.right == 1 && v.unusual == 0);
	assert_true(v.attacks_n == 3 && v.attacks_found == 2);
	assert_float_equal(v.device_days, 2, 1e-12);
	assert_float_equal(v.false_per_device_day, 0.5, 1e-12);
	assert_float_equal(v.false_per_day, 1, 1e-12);
	judged_free(&j);
}

static void a_file_without_attacks_has_false_alarm_rates_and_no_areas(void **state)
{
	static const struct line lines[] = { { 0, 1, TRUTH_BENIGN, "", 1, 0, NULL, 0 }, { 0, 2, TRUTH_BENIGN, "", 2, 1, NULL, 0 } };
	struct label_result *l = NULL;
	struct judged j;
	struct view v;
	size_t n = 1;

	(void)state;
	fill(&j, lines, ROWS(lines));
	assert_int_equal(measure_flows(&v, &j, j.answer, &plain, NULL), OK);
	assert_true(isnan(v.roc_auc) && isnan(v.rates.recall));
	assert_float_equal(v.rates.fpr, 0.5, 1e-12);
	assert_int_equal(measure_labels(&l, &n, &j, j.answer, NULL), OK);
	assert_int_equal(n, 0);
	free(l);
	judged_free(&j);
}

static void confusion_counts_the_names_of_alarms_on_attacks(void **state)
{
	static const struct line lines[] = {
		{ 0, 0, TRUTH_ATTACK, "DDoS", 9, 1, "ddos", 1 }, { 0, 1, TRUTH_ATTACK, "DDoS", 9, 1, "ddos", 1 },
		{ 0, 2, TRUTH_ATTACK, "DDoS", 9, 1, NULL, 1 },   { 0, 3, TRUTH_ATTACK, "DDoS", 1, 0, NULL, 0 },
		{ 0, 4, TRUTH_BENIGN, "", 9, 1, "ddos", 1 },
	};
	struct confusion_cell *c = NULL;
	struct judged j;
	size_t n = 0;

	(void)state;
	fill(&j, lines, ROWS(lines));
	assert_int_equal(measure_confusion(&c, &n, &j, j.answer, NULL), OK);
	assert_int_equal(n, 2);
	assert_true(strcmp(c[0].named, "") == 0 && c[0].n == 1);
	assert_true(strcmp(c[1].named, "ddos") == 0 && c[1].n == 2);
	free(c);
	judged_free(&j);
}

static void labels_of_others_have_our_names_as_counterparts(void **state)
{
	static const struct {
		const char *label, *family, *also;
	} cases[] = {
		{ "DDoS", "ddos", NULL },
		{ "C&C", "c2_beacon", NULL },
		{ "C&C-HeartBeat", "c2_beacon", NULL },
		{ "C&C-Torii", "c2_beacon", NULL },
		{ "PartOfAHorizontalPortScan", "port_scan", NULL },
		{ "FileDownload", "malware_download", NULL },
		{ "C&C-FileDownload", "malware_download", "c2_beacon" },
		{ "Okiru", "c2_beacon", "port_scan" },
		{ "Attack", "brute_force", "ddos" },
		{ "scanning", "port_scan", NULL },
		{ "DoS Hulk", "ddos", NULL },
		{ "SSH-Patator", "brute_force", NULL },
		{ "Data_Exfiltration", "exfiltration", NULL },
		{ "beacon", "c2_beacon", NULL },
		{ "mitm", "mitm", NULL },
		{ "Backdoor", "", NULL },
		{ "Botany", "", NULL },
		{ "", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++) {
		assert_string_equal(naming_family(cases[i].label), cases[i].family);
		assert_int_equal(naming_has(cases[i].label), cases[i].family[0] != '\0');
		assert_int_equal(naming_agrees(cases[i].label, cases[i].family), cases[i].family[0] != '\0');
		if (cases[i].also != NULL)
			assert_true(naming_agrees(cases[i].label, cases[i].also));
		assert_false(naming_agrees(cases[i].label, "unusual"));
		assert_false(naming_agrees(cases[i].label, NULL));
	}
	assert_false(naming_agrees("DDoS", "port_scan"));
	for (size_t i = 0; naming_get(i) != NULL; i++)
		assert_true(strlen(naming_get(i)->reason) > 3);
}

/* n rows of one device from `from` on, all different. */
static void ramp(struct judged *j, size_t from, size_t n, int times, enum truth truth)
{
	*j = (struct judged){ .F = 1 };
	for (size_t i = from; i < from + n; i++)
		assert_int_equal(judged_add(j, &(struct judged_flow){ i, 0, times ? (double)i : NAN, truth, 0 }, NULL,
					    &(struct answer){ 0 }, &(double){ (double)i }, NULL),
				 OK);
}

static int has(const struct leaks *l, const char *code)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->leak[i].code, code) == 0)
			return 1;
	return 0;
}

static void rows_and_windows_on_both_sides_are_found(void **state)
{
	for (int times = 0; times < 2; times++) {
		struct judged train, apart, overlapping;
		struct leaks l = { 0 };

		(void)state;
		ramp(&train, 0, 100, times, TRUTH_BENIGN);
		ramp(&apart, 100, 50, times, TRUTH_BENIGN);
		ramp(&overlapping, 80, 50, times, TRUTH_BENIGN);
		assert_int_equal(leak_shared(&l, &train, &apart, 10, NULL), OK);
		assert_int_equal(l.n, 0);
		assert_int_equal(leak_shared(&l, &train, &overlapping, 10, NULL), OK);
		assert_int_equal(has(&l, "shared_rows"), times);
		assert_true(has(&l, "shared_windows"));
		assert_float_equal(l.leak[l.n - 1].value, 11.0 / 41, 1e-12);
		assert_int_equal(leaks_weight(&l), LEAK_SPOILS);
		judged_free(&train);
		judged_free(&apart);
		judged_free(&overlapping);
	}
}

static void each_leak_is_told_and_nothing_else(void **state)
{
	struct leaks l = { 0 };
	struct judged j;

	(void)state;
	leak_feature(&l, "orig_bytes", 0, 0.98);
	leak_calibration(&l, 99, "windows", 0.01);
	ramp(&j, 0, 10, 1, TRUTH_BENIGN);
	leak_training(&l, &j);
	assert_int_equal(leak_duplicates(&l, &j, NULL), OK);
	assert_int_equal(l.n, 0);
	assert_int_equal(leaks_weight(&l), LEAK_REMARK);
	leak_feature(&l, "orig_bytes", 1, 0.995);
	leak_calibration(&l, 98, "windows", 0.01);
	assert_true(has(&l, "one_feature") && has(&l, "few_benign"));
	assert_int_equal(leaks_weight(&l), LEAK_CAUTION);
	leak_attacks(&l, &j, &j);
	assert_false(has(&l, "no_attacks")); /* there are none to be missed */
	j.flow[3].truth = TRUTH_ATTACK;
	leak_attacks(&l, &j, &j);
	assert_false(has(&l, "no_attacks"));
	leak_attacks(&l, &j, &(struct judged){ 0 });
	assert_true(has(&l, "no_attacks"));
	j.flow[4].truth = TRUTH_NONE;
	leak_training(&l, &j);
	assert_true(has(&l, "attacks_in_train") && has(&l, "unlabelled_train"));
	assert_int_equal(leaks_weight(&l), LEAK_SPOILS);
	leak_scaler(&l, "reference");
	leak_trained_on(&l, "this very file");
	assert_true(has(&l, "scaler_saw_test") && has(&l, "trained_on_file"));
	for (size_t i = 0; i < 7; i++)
		j.feature[i] = 0;
	assert_int_equal(leak_duplicates(&l, &j, NULL), OK);
	assert_false(has(&l, "duplicates")); /* 4 copies of 9 known rows: the attack is no copy of benign rows */
	j.feature[7] = 0;
	assert_int_equal(leak_duplicates(&l, &j, NULL), OK);
	assert_true(has(&l, "duplicates"));
	for (int i = 0; i < 2 * LEAK_MAX; i++)
		leak_scaler(&l, "many");
	assert_int_equal(l.n, LEAK_MAX);
	judged_free(&j);
}

static void macro_averages_count_files_not_rows(void **state)
{
	const struct macro m = macro_of((double[]){ 1, 0.5, NAN, 0.6 }, 4, 1), one = macro_of(&(double){ 0.7 }, 1, 1);

	(void)state;
	assert_int_equal(m.n, 3);
	assert_float_equal(m.mean, 0.7, 1e-12);
	assert_true(m.interval.low >= 0.5 && m.interval.low < 0.7 && m.interval.high > 0.7 && m.interval.high <= 1);
	assert_true(one.n == 1 && isnan(one.interval.low));
	assert_true(isnan(macro_of(NULL, 0, 1).mean));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_device_is_cut_by_its_own_time_with_a_gap_at_each_cut),
		cmocka_unit_test(rows_are_sorted_and_parts_keep_their_labels),
		cmocka_unit_test(counts_and_rates_are_those_of_the_rows_as_they_are),
		cmocka_unit_test(an_alarm_counts_only_for_the_flow_that_it_is_on),
		cmocka_unit_test(windows_are_of_one_device_and_attacks_when_one_flow_is),
		cmocka_unit_test(perfect_inverted_and_random_detectors_get_what_they_deserve),
		cmocka_unit_test(duplicates_count_once_in_the_distinct_area),
		cmocka_unit_test(delay_is_from_the_first_attack_to_the_first_true_alarm),
		cmocka_unit_test(incidents_are_true_when_half_of_their_flows_are_attacks),
		cmocka_unit_test(a_file_without_attacks_has_false_alarm_rates_and_no_areas),
		cmocka_unit_test(confusion_counts_the_names_of_alarms_on_attacks),
		cmocka_unit_test(labels_of_others_have_our_names_as_counterparts),
		cmocka_unit_test(rows_and_windows_on_both_sides_are_found),
		cmocka_unit_test(each_leak_is_told_and_nothing_else),
		cmocka_unit_test(macro_averages_count_files_not_rows),
	};

	return cmocka_run_group_tests_name("judged", tests, NULL, NULL);
}
