/* fit: what is trained on what, and what calibrates. */
#include "detect/fit.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/rng.h"
#include "lib/cm.h"
#include "nn/init.h"

enum { T = 4, F = 4 };

#define LAYERS "lstm:4,repeat,lstm:4,dense"

/* A file is n rows about `level`, of one device. */
static void add_file(struct rowset *s, size_t n, double level, uint64_t seed)
{
	struct rng r;

	rng_init(&r, seed);
	s->features = feature_set_find("basic");
	s->row = realloc(s->row, (s->n + n) * F * sizeof(*s->row));
	s->about = realloc(s->about, (s->n + n) * sizeof(*s->about));
	s->stream_end = realloc(s->stream_end, (s->stream_n + 1) * sizeof(*s->stream_end));
	assert_true(s->row != NULL && s->about != NULL && s->stream_end != NULL);
	for (size_t i = 0; i < n; i++, s->n++) {
		for (size_t f = 0; f < F; f++)
			s->row[s->n * F + f] = level * (1 + 0.05 * rng_normal(&r));
		s->about[s->n] = (struct row_about){ .row = i, .ts = 1.6e9 + 10 * (double)i, .file = (uint32_t)s->file_n };
	}
	s->cap = s->n;
	s->stream_end[s->stream_n++] = s->n;
	s->file_n++;
}

struct made {
	struct detector d;
	float *params;
	struct fit_result result;
	struct err e;
	int code;
};

static struct fit_options options(void)
{
	return (struct fit_options){
		.train = { .epochs = 3,
			   .batch = 8,
			   .seed = 5,
			   .adam = { .learning_rate = 1e-3,
				     .beta1 = adam_defaults.beta1,
				     .beta2 = adam_defaults.beta2,
				     .epsilon = adam_defaults.epsilon } },
		.k = kernel_select(NULL, NULL),
		.scaler_kind = SCALER_STANDARD,
		.validation = 0.2,
		.threshold = "sigma:3",
		.hybrid = "fpr:0.01",
	};
}

static struct made fit_with(const struct rowset *s, const struct fit_options *o, const struct scaler *scaler)
{
	struct made m = { .d = { .net = { .steps = T, .features = F }, .features = feature_set_find("basic"), .threshold = NAN } };

	if (scaler != NULL) {
		m.d.has_scaler = 1;
		m.d.scaler = *scaler;
	}
	assert_int_equal(network_parse(&m.d.net, LAYERS, NULL), OK);
	m.params = malloc(network_param_n(&m.d.net) * sizeof(*m.params));
	assert_non_null(m.params);
	assert_int_equal(init_weights(&m.d.net, o->train.seed, m.params, NULL), OK);
	network_bind(&m.d.net, m.params);
	m.code = fit_detector(&m.d, m.params, s, o, &m.result, &m.e);
	return m;
}

static struct made fit(const struct rowset *s, const struct fit_options *o)
{
	struct made m = fit_with(s, o, NULL);

	if (m.code < 0)
		fail_msg("%s", m.e.msg);
	return m;
}

static double median(const struct calibration *c)
{
	return calibration_score(c, 0.5);
}

/* Two kinds of devices that are nothing like each other: who was not trained on has to look odd in its own calibration. */
static void a_fold_is_scored_by_what_never_saw_it(void **state)
{
	struct fit_options o = options();
	struct rowset s = { 0 };
	struct made seen, unseen;

	(void)state;
	for (uint64_t i = 0; i < 4; i++)
		add_file(&s, 100, i % 2 ? 1000 : 10, 7 + i); /* files 0 and 2 are one group, 1 and 3 the other */
	seen = fit(&s, &o);
	assert_true(seen.d.calibrated && seen.result.folds == 0 && seen.result.calibration_n == 4 * 20);
	o.group = (const uint32_t[]){ 0, 1, 0, 1 };
	o.folds = 2;
	unseen = fit(&s, &o);
	assert_true(unseen.d.calibrated && unseen.result.folds == 2);
	assert_int_equal(unseen.result.calibration_n, 400); /* every row, once */
	assert_true(median(&unseen.d.profile_p) > 50 * median(&seen.d.profile_p));
	assert_true(median(&unseen.d.sequence_p) > 50 * median(&seen.d.sequence_p));
	assert_true(calibration_score(&unseen.d.profile_p, 0.99) > median(&seen.d.profile_p)); /* not one of them was seen */
	free(seen.params);
	free(unseen.params);
	rowset_free(&s);
}

/* The other way round: files of one group are never parted, so a group of two devices is not calibrated by its twin. */
static void folds_are_dealt_by_group_not_by_file(void **state)
{
	struct fit_options o = options();
	struct rowset s = { 0 };
	struct made by_file, by_group;

	(void)state;
	for (uint64_t i = 0; i < 4; i++)
		add_file(&s, 100, i < 2 ? 10 : 1000, 7 + i);
	o.folds = 2;
	by_file = fit(&s, &o); /* 0 and 2 against 1 and 3: each has seen the like */
	o.group = (const uint32_t[]){ 0, 0, 1, 1 };
	by_group = fit(&s, &o);
	assert_true(median(&by_group.d.profile_p) > 50 * median(&by_file.d.profile_p));
	free(by_file.params);
	free(by_group.params);
	rowset_free(&s);
}

/* One network is the product: folds change its calibration and nothing else. */
static void folds_do_not_change_the_network(void **state)
{
	struct fit_options o = options();
	struct rowset s = { 0 };
	struct made plain, folded;

	(void)state;
	for (uint64_t i = 0; i < 3; i++)
		add_file(&s, 60, 10 + (double)i, 7 + i);
	plain = fit(&s, &o);
	o.folds = 3;
	folded = fit(&s, &o);
	assert_memory_equal(plain.params, folded.params, network_param_n(&plain.d.net) * sizeof(float));
	assert_memory_equal(plain.d.profile.precision, folded.d.profile.precision, F * F * sizeof(double));
	assert_true(plain.d.threshold == folded.d.threshold);
	free(plain.params);
	free(folded.params);
	rowset_free(&s);
}

static void the_same_rows_and_seed_give_the_same_bits(void **state)
{
	struct fit_options o = options();
	struct rowset s = { 0 };
	struct made a, b;

	(void)state;
	for (uint64_t i = 0; i < 3; i++)
		add_file(&s, 80, 10 * (double)(i + 1), 7 + i);
	o.folds = 3;
	o.group_rows = 50;
	a = fit(&s, &o);
	b = fit(&s, &o);
	assert_memory_equal(a.params, b.params, network_param_n(&a.d.net) * sizeof(float));
	assert_memory_equal(a.d.scaler.center, b.d.scaler.center, F * sizeof(double));
	assert_memory_equal(a.d.profile.mean, b.d.profile.mean, F * sizeof(double));
	assert_memory_equal(a.d.profile.precision, b.d.profile.precision, F * F * sizeof(double));
	assert_memory_equal(a.d.sequence_p.score, b.d.sequence_p.score, sizeof(a.d.sequence_p.score));
	assert_memory_equal(a.d.profile_p.score, b.d.profile_p.score, sizeof(a.d.profile_p.score));
	assert_true(a.d.threshold == b.d.threshold && a.d.hybrid_threshold == b.d.hybrid_threshold);
	free(b.params);
	o.train.seed = 6;
	b = fit(&s, &o);
	assert_memory_not_equal(a.params, b.params, network_param_n(&a.d.net) * sizeof(float));
	free(a.params);
	free(b.params);
	rowset_free(&s);
}

static void a_busy_group_counts_for_no_more_than_it_may(void **state)
{
	struct fit_options o = options();
	struct rowset s = { 0 };
	struct made all, some;

	(void)state;
	add_file(&s, 2000, 10, 1);
	add_file(&s, 100, 1000, 2);
	o.validation = 0;
	all = fit(&s, &o);
	assert_int_equal(all.result.train_windows, 1997 + 97);
	assert_true(all.d.scaler.center[0] < 80); /* the mean of 2,000 tens and 100 thousands is 57 */
	o.group_rows = 100;
	some = fit(&s, &o);
	assert_int_equal(some.result.train_windows, 100 + 97);
	assert_true(some.d.scaler.center[0] > 480 && some.d.scaler.center[0] < 530);
	free(all.params);
	free(some.params);
	rowset_free(&s);
}

/* The validation part is neither in the scaler nor in the windows. */
static void the_last_rows_of_a_stream_teach_nothing(void **state)
{
	struct fit_options o = options();
	struct rowset s = { 0 };
	struct made with, without;

	(void)state;
	add_file(&s, 100, 10, 1);
	without = fit(&s, &o);
	for (size_t i = 80; i < 100; i++) /* another world from row 80 on */
		for (size_t f = 0; f < F; f++)
			s.row[i * F + f] *= 100;
	with = fit(&s, &o);
	assert_int_equal(with.result.train_windows, 77);
	assert_int_equal(with.result.val_windows, 17);
	assert_memory_equal(with.d.scaler.center, without.d.scaler.center, F * sizeof(double));
	assert_memory_equal(with.d.profile.precision, without.d.profile.precision, F * F * sizeof(double));
	assert_true(median(&with.d.profile_p) > 100 * median(&without.d.profile_p));
	free(with.params);
	free(without.params);
	rowset_free(&s);
}

static void a_tenth_of_attacks_does_not_widen_the_profile(void **state)
{
	struct fit_options o = options();
	struct scaler scaler;
	struct rowset s = { 0 };
	struct made clean, dirty;

	(void)state;
	add_file(&s, 400, 10, 1);
	assert_int_equal(scaler_fit(&scaler, SCALER_STANDARD, s.row, s.n, F, NULL), OK);
	o.validation = 0;
	clean = fit_with(&s, &o, &scaler);
	for (size_t i = 5; i < 400; i += 20) /* 5 % */
		for (size_t f = 0; f < F; f++)
			s.row[i * F + f] = 100;
	dirty = fit_with(&s, &o, &scaler);
	assert_true(clean.code == OK && dirty.code == OK);
	for (size_t f = 0; f < F; f++)
		assert_true(fabs(dirty.d.profile.mean[f] - clean.d.profile.mean[f]) < 0.3); /* of a standard deviation */
	free(clean.params);
	free(dirty.params);
	rowset_free(&s);
}

static void a_scaler_that_is_there_stays(void **state)
{
	const struct scaler own = { .kind = SCALER_STANDARD, .n = F, .center = { 1, 2, 3, 4 }, .scale = { 5, 6, 7, 8 } };
	struct fit_options o = options();
	struct rowset s = { 0 };
	struct made m;

	(void)state;
	add_file(&s, 60, 10, 1);
	add_file(&s, 60, 10.5, 2);
	o.folds = 2;
	m = fit_with(&s, &o, &own);
	assert_int_equal(m.code, OK);
	assert_memory_equal(m.d.scaler.center, own.center, F * sizeof(double));
	assert_memory_equal(m.d.scaler.scale, own.scale, F * sizeof(double));
	/* In the folds too: under it the files are alike; scalers of their own would hold them a deviation apart. */
	assert_true(median(&m.d.profile_p) < 0.5);
	free(m.params);
	rowset_free(&s);
}

static void too_few_rows_to_train_on_are_an_error_and_too_few_to_calibrate_are_not(void **state)
{
	struct fit_options o = options();
	struct rowset s = { 0 }, none = { .features = feature_set_find("basic") };
	struct made m;

	(void)state;
	m = fit_with(&none, &o, NULL);
	assert_int_equal(m.code, ERR_RANGE);
	free(m.params);
	add_file(&s, 3, 10, 1);
	m = fit_with(&s, &o, NULL);
	assert_int_equal(m.code, ERR_RANGE);
	assert_non_null(strstr(m.e.msg, "too few"));
	free(m.params);
	rowset_free(&s);
	s = (struct rowset){ 0 };
	add_file(&s, 40, 10, 1); /* eight to calibrate on */
	m = fit(&s, &o);
	assert_true(!m.d.calibrated && isfinite(m.d.threshold) && m.result.calibration_n == 8);
	free(m.params);
	rowset_free(&s);
	s = (struct rowset){ 0 };
	for (uint64_t i = 0; i < 30; i++)
		add_file(&s, T - 1, 10, i); /* many rows, but no device has a window */
	m = fit_with(&s, &o, NULL);
	assert_int_equal(m.code, ERR_RANGE);
	free(m.params);
	rowset_free(&s);
}

static void a_fold_without_which_nothing_is_left_is_told(void **state)
{
	struct fit_options o = options();
	struct rowset s = { 0 };
	struct made m;

	(void)state;
	add_file(&s, 100, 10, 1);
	add_file(&s, 3, 10, 2);
	o.folds = 2;
	m = fit_with(&s, &o, NULL);
	assert_int_equal(m.code, ERR_RANGE);
	assert_non_null(strstr(m.e.msg, "fold"));
	free(m.params);
	rowset_free(&s);
}

static volatile sig_atomic_t stop;

static void stop_after_one(void *arg, const struct train_epoch *epoch)
{
	(void)arg;
	(void)epoch;
	stop = 1;
}

/* Ctrl-C: folds would be networks as they were drawn, and what they say of the rows would hide every attack. */
static void a_training_that_was_stopped_calibrates_by_its_own_network(void **state)
{
	struct fit_options o = options();
	struct rowset s = { 0 };
	struct made m;

	(void)state;
	for (uint64_t i = 0; i < 4; i++)
		add_file(&s, 100, 10, 7 + i);
	stop = 0;
	o.folds = 4;
	o.train.epochs = 50;
	o.train.stop = &stop;
	o.report = stop_after_one;
	m = fit(&s, &o);
	assert_int_equal(m.result.train.epochs, 1);
	assert_int_equal(m.result.folds, 0);
	assert_int_equal(m.result.calibration_n, 4 * 20);
	assert_true(m.d.calibrated);
	free(m.params);
	rowset_free(&s);
}

static void on_alarm(int sig)
{
	(void)sig;
	stop = 1;
}

/* Also where the network was done and the folds, which here take forever, were not. */
static void folds_that_were_stopped_calibrate_nothing(void **state)
{
	const struct itimerval soon = { .it_value = { .tv_usec = 200000 } };
	struct fit_options o = options();
	struct rowset s = { 0 };
	struct sigaction act = { .sa_handler = on_alarm }, was;
	struct made m;

	(void)state;
	for (uint64_t i = 0; i < 4; i++)
		add_file(&s, 100, 10, 7 + i);
	stop = 0;
	o.folds = 4;
	o.fold_epochs = 100000000;
	o.train.stop = &stop;
	sigemptyset(&act.sa_mask);
	sigaction(SIGALRM, &act, &was);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	m = fit(&s, &o);
	sigaction(SIGALRM, &was, NULL);
	assert_int_equal(m.result.folds, 0);
	assert_int_equal(m.result.calibration_n, 4 * 20);
	assert_true(m.d.calibrated && m.result.train.epochs == 3);
	free(m.params);
	rowset_free(&s);
}

static void windows_of_one_flow_work_too(void **state)
{
	struct fit_options o = options();
	struct rowset s = { 0 };
	struct made m = { .d = { .net = { .steps = 1, .features = F }, .features = feature_set_find("basic"), .threshold = NAN } };

	(void)state;
	add_file(&s, 200, 10, 1);
	assert_int_equal(network_parse(&m.d.net, "dense:2,dense", NULL), OK);
	m.params = malloc(network_param_n(&m.d.net) * sizeof(*m.params));
	assert_non_null(m.params);
	assert_int_equal(init_weights(&m.d.net, 1, m.params, NULL), OK);
	network_bind(&m.d.net, m.params);
	assert_int_equal(fit_detector(&m.d, m.params, &s, &o, &m.result, &m.e), OK);
	assert_true(m.d.calibrated && m.result.train_windows == 160 && m.result.val_windows == 40 && m.d.sequence_p.n == 40);
	free(m.params);
	rowset_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fold_is_scored_by_what_never_saw_it),
		cmocka_unit_test(folds_are_dealt_by_group_not_by_file),
		cmocka_unit_test(folds_do_not_change_the_network),
		cmocka_unit_test(the_same_rows_and_seed_give_the_same_bits),
		cmocka_unit_test(a_busy_group_counts_for_no_more_than_it_may),
		cmocka_unit_test(the_last_rows_of_a_stream_teach_nothing),
		cmocka_unit_test(a_tenth_of_attacks_does_not_widen_the_profile),
		cmocka_unit_test(a_scaler_that_is_there_stays),
		cmocka_unit_test(too_few_rows_to_train_on_are_an_error_and_too_few_to_calibrate_are_not),
		cmocka_unit_test(a_fold_without_which_nothing_is_left_is_told),
		cmocka_unit_test(a_training_that_was_stopped_calibrates_by_its_own_network),
		cmocka_unit_test(folds_that_were_stopped_calibrate_nothing),
		cmocka_unit_test(windows_of_one_flow_work_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
