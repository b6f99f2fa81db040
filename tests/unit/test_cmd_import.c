/* cmd_import: `guardian import` from its arguments to the model file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cmd/cmd.h"
#include "detect/detector.h"
#include "lib/tempdir.h"
#include "lib/vectors.h"

#define BASIC TEST_SOURCE_DIR "/tests/parity/basic_model.keras"

struct temp {
	struct tempdir dir;
	char model[TEMPDIR_PATH_MAX], text[TEMPDIR_PATH_MAX];
};

static int temp_setup(void **state)
{
	static struct temp t;

	tempdir_make(&t.dir);
	snprintf(t.model, sizeof(t.model), "%s", tempdir_file(&t.dir, "model.safetensors"));
	snprintf(t.text, sizeof(t.text), "%s", tempdir_file(&t.dir, "input.txt"));
	*state = &t;
	return 0;
}

static int temp_teardown(void **state)
{
	struct temp *t = *state;

	tempdir_remove(&t->dir);
	return 0;
}

static void text_put(const struct temp *t, const char *text)
{
	file_put(t->text, text, strlen(text));
}

/* `guardian import` with these arguments, the last NULL. */
static int run(const char *a, const char *b, const char *c, const char *d, const char *e)
{
	const char *given[] = { "import", a, b, c, d, e };
	char copy[6][TEMPDIR_PATH_MAX], *argv[7] = { NULL };
	int argc = 0;

	while (argc < 6 && given[argc] != NULL) {
		snprintf(copy[argc], sizeof(copy[argc]), "%s", given[argc]);
		argv[argc] = copy[argc];
		argc++;
	}
	return cmd_import(argc, argv);
}

static void opened(struct detector *d, const struct temp *t)
{
	struct err e;

	if (detector_open(d, t->model, &e) < 0)
		fail_msg("%s", e.msg);
}

static void imported_model_has_weights_features_and_threshold(void **state)
{
	const struct temp *t = *state;
	struct vectors *v = vectors_open("basic_model");
	struct network net;
	struct detector d;

	vectors_network(v, &net);
	assert_int_equal(run(BASIC, "--threshold", "0.14013415065312074", "--out", t->model), EXIT_DONE);
	opened(&d, t);
	assert_string_equal(d.features->name, "basic");
	assert_string_equal(d.strategy, "imported");
	assert_true(d.threshold == 0.14013415065312074);
	assert_false(d.has_scaler);
	assert_non_null(strstr(d.training, vectors_meta(v, "keras")));
	assert_int_equal(d.net.layer_n, net.layer_n);
	for (size_t i = 0; i < net.layer_n; i++) {
		for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
			size_t rows, cols;

			layer_tensor_shape(&net.layer[i], k, &rows, &cols);
			if (rows != 0)
				assert_memory_equal(d.net.layer[i].weight[k], net.layer[i].weight[k], rows * cols * sizeof(float));
		}
	}
	detector_close(&d);
	vectors_close(v);
}

static void model_without_threshold_says_so(void **state)
{
	const struct temp *t = *state;
	struct detector d;

	assert_int_equal(run(BASIC, "--features", "orig_pkts,resp_pkts,orig_bytes,resp_bytes", "--out", t->model), EXIT_DONE);
	opened(&d, t);
	assert_true(isnan(d.threshold));
	detector_close(&d);
}

static void threshold_may_be_a_file_of_one_number(void **state)
{
	const struct temp *t = *state;
	struct detector d;

	text_put(t, "0.16533791414355878\n");
	assert_int_equal(run(BASIC, "--threshold", t->text, "--out", t->model), EXIT_DONE);
	opened(&d, t);
	assert_true(d.threshold == 0.16533791414355878);
	detector_close(&d);
}

static void threshold_that_is_none_is_refused(void **state)
{
	static const char *const wrong[] = { "", "\n", "0.1 0.2", "0.1x", "nan", "inf", "-0.1", "1e999" };
	const struct temp *t = *state;
	char text[400];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		text_put(t, wrong[i]);
		assert_int_equal(run(BASIC, "--threshold", t->text, "--out", t->model), EXIT_INPUT);
	}
	memset(text, '1', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	text_put(t, text);
	assert_int_equal(run(BASIC, "--threshold", t->text, "--out", t->model), EXIT_INPUT);
	assert_int_equal(run(BASIC, "--threshold", "-1", "--out", t->model), EXIT_INPUT);
	assert_int_equal(run(BASIC, "--threshold", "no/such/file", "--out", t->model), EXIT_INPUT);
	assert_int_not_equal(access(t->model, F_OK), 0);
}

static void scaler_is_fitted_on_all_rows(void **state)
{
	const struct temp *t = *state;
	struct detector d;

	text_put(t, "ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes,label\n"
		    "1,1,5,100,7,benign\n2,3,5,300,7,malicious\n3,x,5,300,7,benign\n");
	assert_int_equal(run(BASIC, "--scaler-from", t->text, "--out", t->model), EXIT_DONE);
	opened(&d, t);
	assert_true(d.has_scaler);
	assert_int_equal(d.scaler.kind, SCALER_STANDARD);
	assert_true(d.scaler.center[0] == 2 && d.scaler.scale[0] == 1);
	assert_true(d.scaler.center[2] == 200 && d.scaler.scale[2] == 100);
	assert_true(d.scaler.center[3] == 7 && d.scaler.scale[3] == 1);
	detector_close(&d);
}

static void traffic_that_cannot_fit_a_scaler_is_refused(void **state)
{
	const struct temp *t = *state;

	assert_int_equal(run(BASIC, "--scaler-from", "no/such/file", "--out", t->model), EXIT_INPUT);
	text_put(t, "ts,orig_pkts\n1,2\n");
	assert_int_equal(run(BASIC, "--scaler-from", t->text, "--out", t->model), EXIT_INPUT);
	text_put(t, "orig_pkts,resp_pkts,orig_bytes,resp_bytes\n");
	assert_int_equal(run(BASIC, "--scaler-from", t->text, "--out", t->model), EXIT_INPUT);
	assert_int_not_equal(access(t->model, F_OK), 0);
}

static void features_are_asked_for_unless_there_are_four(void **state)
{
	const struct temp *t = *state;

	assert_int_equal(run(TEST_SOURCE_DIR "/tests/parity/small_model.keras", "--out", t->model, NULL, NULL), EXIT_USAGE);
	assert_int_equal(run(TEST_SOURCE_DIR "/tests/parity/small_model.keras", "--features", "basic", "--out", t->model),
			 EXIT_INPUT);
	assert_int_equal(run(BASIC, "--features", "colour", "--out", t->model), EXIT_USAGE);
	assert_int_equal(run(BASIC, "--features", "resp_pkts,orig_pkts,orig_bytes,resp_bytes", "--out", t->model), EXIT_USAGE);
	assert_int_not_equal(access(t->model, F_OK), 0);
}

static void usage_is_checked(void **state)
{
	const struct temp *t = *state;

	assert_int_equal(run(NULL, NULL, NULL, NULL, NULL), EXIT_USAGE);
	assert_int_equal(run(BASIC, NULL, NULL, NULL, NULL), EXIT_USAGE);
	assert_int_equal(run(BASIC, BASIC, "--out", t->model, NULL), EXIT_USAGE);
	assert_int_equal(run("no/such.keras", "--out", t->model, NULL, NULL), EXIT_INPUT);
	assert_int_equal(run(BASIC, "--out", "no/such/folder/model", NULL, NULL), EXIT_INPUT);
	assert_int_equal(run("--help", NULL, NULL, NULL, NULL), EXIT_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(imported_model_has_weights_features_and_threshold, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(model_without_threshold_says_so, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(threshold_may_be_a_file_of_one_number, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(threshold_that_is_none_is_refused, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(scaler_is_fitted_on_all_rows, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(traffic_that_cannot_fit_a_scaler_is_refused, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(features_are_asked_for_unless_there_are_four, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(usage_is_checked, temp_setup, temp_teardown),
	};

	return cmocka_run_group_tests_name("cmd_import", tests, NULL, NULL);
}
