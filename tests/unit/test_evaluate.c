/* evaluate: how far it is, its limit of rows, and a file that is called otherwise than its path. */
#include "evaluate/evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/tempdir.h"

enum { ROWS = 3000, ATTACKS = 300 };

struct heard {
	int n, falls;
	double last;
	uint64_t flows;
	char doing[400];
};

static void hear(void *arg, const char *doing, double share, uint64_t flows)
{
	struct heard *const h = arg;

	assert_true(share >= 0 && share <= 1 + 1e-9);
	h->falls += share < h->last - 1e-9;
	h->last = share;
	h->flows = flows > h->flows ? flows : h->flows;
	if (strstr(h->doing, doing) == NULL) {
		strcat(h->doing, doing);
		strcat(h->doing, ";");
	}
	h->n++;
}

struct world {
	struct tempdir dir;
	struct evaluation ev;
	struct heard heard;
};

static int setup(void **state)
{
	struct world *const w = calloc(1, sizeof(*w));

	tempdir_make(&w->dir);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *const w = *state;

	evaluation_free(&w->ev);
	tempdir_remove(&w->dir);
	free(w);
	return 0;
}

static const char *write_flows(struct world *w, int labels)
{
	const char *const path = tempdir_file(&w->dir, "x");
	FILE *const f = fopen(path, "w");

	assert_non_null(f);
	fprintf(f, "ts,id.orig_h,id.resp_h,orig_pkts,resp_pkts,orig_bytes,resp_bytes%s\n", labels ? ",label" : "");
	for (int k = 0; k < ROWS; k++) {
		const int bad = k % (ROWS / ATTACKS) == 0;

		fprintf(f, "%d,192.168.0.%d,203.0.113.7,%d,%d,%d,%d%s\n", 1600000000 + 20 * k, 1 + k % 3,
			5 + k * 7 % 11 + 900 * bad, 3 + k * 5 % 7, 400 + k * 131 % 997, 900 + k * 37 % 499,
			!labels ? ""
			: bad   ? ",Malicious"
				: ",Benign");
	}
	assert_int_equal(fclose(f), 0);
	return path;
}

/* Judges the file under another name with the shipped model for plain files. */
static const struct evaluated *judge(struct world *w, const char *path, uint64_t rows_most)
{
	struct evaluation *const ev = &w->ev;
	struct err e = { 0 };

	*ev = (struct evaluation){ .model_path = TEST_SOURCE_DIR "/models/basic.safetensors",
				   .kernel = kernel_select(NULL, &e),
				   .protocol = PROTOCOL_TIME,
				   .method = { [METHOD_LSTM] = 1 },
				   .seed = 1,
				   .threads = 1,
				   .fpr = 0.01,
				   .rows_most = rows_most,
				   .told = hear,
				   .arg = &w->heard };
	assert_int_equal(model_open(&ev->model, ev->model_path, ev->kernel, &e), OK);
	ev->T = plan_steps(ev->model.plan);
	ev->file = calloc(1, sizeof(*ev->file));
	*ev->file = (struct evaluated){ .name = "home.csv", .path = path };
	ev->file_n = 1;
	assert_int_equal(evaluate(ev, &e), OK);
	return ev->file;
}

static void it_tells_how_far_it_is_and_never_goes_back(void **state)
{
	struct world *const w = *state;
	const struct heard *const h = &w->heard;
	const char *const path = write_flows(w, 1);

	assert_int_equal(judge(w, path, 0)->failed, 0);
	assert_int_equal(h->falls, 0);
	assert_true(h->n > 8 && h->last > 0.999 && h->flows == ROWS);
	assert_non_null(strstr(h->doing, "reading flows;scoring flows;"));
	assert_non_null(strstr(h->doing, "judging;"));
}

static void the_report_has_the_name_of_the_file_and_not_its_path(void **state)
{
	struct world *const w = *state;
	struct text page = { 0 };
	struct json_object *o;
	const char *path;

	path = write_flows(w, 1);
	judge(w, path, ROWS);
	assert_int_equal(evaluate_html(&page, &w->ev, NULL), OK);
	assert_non_null(strstr(text_get(&page), "<h2>home.csv</h2>"));
	assert_null(strstr(text_get(&page), path));
	text_free(&page);
	o = evaluate_to_json(&w->ev);
	assert_null(strstr(json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE), path));
	json_object_put(o);
}

static void a_file_of_too_many_flows_is_refused(void **state)
{
	struct world *const w = *state;
	const struct evaluated *const f = judge(w, write_flows(w, 1), ROWS - 1);

	assert_int_equal(f->failed, 1);
	assert_string_equal(f->err.msg, "home.csv: there are more than 2999 flows");
	assert_int_equal(f->err.code, ERR_TOO_LARGE);
}

static void a_file_without_a_row_is_refused(void **state)
{
	static const char head[] = "ts,id.orig_h,id.resp_h,orig_pkts,resp_pkts,orig_bytes,resp_bytes,label\n";
	struct world *const w = *state;
	const char *const path = tempdir_file(&w->dir, "x");

	file_put(path, head, sizeof(head) - 1);
	assert_int_equal(judge(w, path, 0)->failed, 1);
	assert_string_equal(w->ev.file->err.msg, "home.csv has no usable rows");
}

static void a_file_without_labels_says_what_they_are_called(void **state)
{
	struct world *const w = *state;
	const struct evaluated *const f = judge(w, write_flows(w, 0), 0);

	assert_int_equal(f->failed, 1);
	assert_non_null(strstr(f->err.msg, "home.csv has no labels"));
	assert_non_null(strstr(f->err.msg, "a column such as label, detailed-label or attack"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_tells_how_far_it_is_and_never_goes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(the_report_has_the_name_of_the_file_and_not_its_path, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_of_too_many_flows_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_without_a_row_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_without_labels_says_what_they_are_called, setup, teardown),
	};

	return cmocka_run_group_tests_name("evaluate", tests, NULL, NULL);
}
