/* scan_scores: a line for each row of the file, whatever the order of the verdicts. */
#include "cmd/scan_scores.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/rng.h"
#include "flow/number.h"
#include "lib/cm.h"
#include "lib/tempdir.h"

static const struct rule scan = { .name = "port_scan_slow", .attack = "port_scan" };
static const struct rule unusual = { .name = "unusual", .attack = "unusual" };

static void add(struct scores *s, uint64_t row, double score, double p, int anomalous, uint64_t incident)
{
	struct flow f;
	struct verdict v = { .flow = &f, .score = score, .p = p, .anomalous = anomalous, .rule = &unusual, .incident = incident };

	flow_clear(&f);
	f.row = row;
	assert_int_equal(scores_add(s, &v, NULL), OK);
}

static void ended(struct scores *s, uint64_t id, const struct rule *rule)
{
	const struct incident i = { .id = id, .rule = rule };

	assert_int_equal(scores_incident(s, &i, NULL), OK);
}

static char *written(struct tempdir *d, const struct scores *s, uint64_t rows)
{
	size_t len;

	assert_int_equal(scores_write(s, tempdir_file(d, "scores.csv"), rows, NULL), OK);
	return file_get(tempdir_file(d, "scores.csv"), &len);
}

static void lines_are_in_the_order_of_the_file_with_the_last_name_of_the_incident(void **state)
{
	struct tempdir d;
	struct scores *s = NULL;
	char *text;

	(void)state;
	tempdir_make(&d);
	assert_int_equal(scores_new(&s, NULL), OK);
	add(s, 4, 0.1, NAN, 0, 0);
	add(s, 0, 1.5, 0.25, 0, 0);
	add(s, 3, INFINITY, 1e-9, 1, 2); /* unusual when it was seen, a scan in the end */
	add(s, 1, NAN, NAN, 0, 0);
	add(s, 5, 3, 0.001, 1, 1);
	ended(s, 1, &unusual);
	ended(s, 2, &scan);
	text = written(&d, s, 8);
	assert_string_equal(text, "row,score,p_value,anomalous,attack,incident\n"
				  "0,1.5,0.25,0,,\n"
				  "1,,,,,\n"
				  "2,,,,,\n"
				  "3,inf,1e-09,1,port_scan,2\n"
				  "4,0.1,,0,,\n"
				  "5,3,0.001,1,unusual,1\n"
				  "6,,,,,\n"
				  "7,,,,,\n");
	free(text);
	scores_del(s);
	tempdir_remove(&d);
}

static void numbers_come_back_as_they_were_and_every_row_is_there_once(void **state)
{
	enum { ROWS = 40000 };
	double *const score = calloc(ROWS, sizeof(*score));
	uint32_t *const order = calloc(ROWS, sizeof(*order));
	struct tempdir d;
	struct scores *s = NULL;
	char *text, *line;
	struct rng g;

	(void)state;
	assert_true(score != NULL && order != NULL);
	tempdir_make(&d);
	rng_init(&g, 1);
	for (uint32_t k = 0; k < ROWS; k++) {
		score[k] = exp(20 * rng_normal(&g));
		order[k] = k;
	}
	rng_shuffle(&g, order, ROWS);
	assert_int_equal(scores_new(&s, NULL), OK);
	for (size_t k = 0; k < ROWS; k++)
		add(s, order[k], score[order[k]], 1 / (1 + score[order[k]]), 1, 1 + order[k]);
	for (uint64_t k = 1; k <= ROWS; k++)
		ended(s, k, k % 2 ? &scan : &unusual);
	text = written(&d, s, 0);
	line = strchr(text, '\n') + 1;
	for (unsigned k = 0; k < ROWS; k++) {
		char *const comma = strchr(line, ','), *const end = strchr(comma + 1, ','), tail[64];
		double v;

		assert_int_equal(strtoul(line, NULL, 10), k);
		assert_int_equal(number_parse(comma + 1, (size_t)(end - comma - 1), &v), 0);
		assert_true(v == score[k]);
		line = strchr(line, '\n');
		assert_non_null(line);
		snprintf(tail, sizeof(tail), ",1,%s,%u", k % 2 ? "unusual" : "port_scan", k + 1);
		assert_memory_equal(line - strlen(tail), tail, strlen(tail));
		line++;
	}
	assert_int_equal(*line, '\0');
	free(text);
	scores_del(s);
	free(order);
	free(score);
	tempdir_remove(&d);
}

static void an_empty_file_has_only_the_names(void **state)
{
	struct tempdir d;
	struct scores *s = NULL;
	char *text;

	(void)state;
	tempdir_make(&d);
	assert_int_equal(scores_new(&s, NULL), OK);
	text = written(&d, s, 0);
	assert_string_equal(text, "row,score,p_value,anomalous,attack,incident\n");
	free(text);
	scores_del(s);
	tempdir_remove(&d);
}

static void a_failure_leaves_nothing_behind_and_says_where(void **state)
{
	struct tempdir d;
	struct scores *s = NULL;
	struct err e = { 0 };
	char path[TEMPDIR_PATH_MAX];

	(void)state;
	tempdir_make(&d);
	snprintf(path, sizeof(path), "%s", tempdir_file(&d, "no/such/folder.csv"));
	assert_int_equal(scores_new(&s, NULL), OK);
	assert_int_equal(scores_write(s, path, 3, &e), ERR_IO);
	assert_non_null(strstr(e.msg, path));
	assert_int_equal(tempdir_count(&d), 0);
	scores_del(s);
	scores_del(NULL);
	tempdir_remove(&d);
}

static void several_files_and_the_scanned_file_itself_are_refused(void **state)
{
	struct tempdir d;
	char out[TEMPDIR_PATH_MAX], link[TEMPDIR_PATH_MAX];
	char *file[] = { out, link };
	struct err e = { 0 };

	(void)state;
	tempdir_make(&d);
	snprintf(out, sizeof(out), "%s", tempdir_file(&d, "flows.csv"));
	snprintf(link, sizeof(link), "%s", tempdir_file(&d, "same.csv"));
	assert_int_equal(scores_check(out, file, 1, &e), OK); /* neither is there: the scan will say so */
	file_put(out, "ts\n", 3);
	assert_int_equal(scores_check(tempdir_file(&d, "scores.csv"), file, 1, &e), OK);
	assert_int_equal(scores_check("scores.csv", file, 2, &e), ERR_USAGE);
	assert_string_equal(e.msg, "--scores writes the rows of one file, and 2 were given: scan each by itself");
	assert_int_equal(scores_check(out, file, 1, &e), ERR_USAGE);
	assert_string_equal(e.msg, "--scores would write over the file that is scanned");
	assert_int_equal(symlink(out, link), 0);
	assert_int_equal(scores_check(link, file, 1, &e), ERR_USAGE);
	assert_int_equal(unlink(link), 0);
	tempdir_remove(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_in_the_order_of_the_file_with_the_last_name_of_the_incident),
		cmocka_unit_test(numbers_come_back_as_they_were_and_every_row_is_there_once),
		cmocka_unit_test(an_empty_file_has_only_the_names),
		cmocka_unit_test(a_failure_leaves_nothing_behind_and_says_where),
		cmocka_unit_test(several_files_and_the_scanned_file_itself_are_refused),
	};

	return cmocka_run_group_tests_name("scan_scores", tests, NULL, NULL);
}
