/* loss_svg: what is in the picture, and that nothing in the losses can break it. */
#include "cmd/loss_svg.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

#include "lib/tempdir.h"

static struct tempdir dir;

static int setup(void **state)
{
	(void)state;
	tempdir_make(&dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tempdir_remove(&dir);
	return 0;
}

/* The file's text, to free. Every tag is closed and no number is unusable. */
static char *drawn(const struct loss_curve *c)
{
	struct err e = { 0 };
	size_t n, open = 0;
	char *text;

	if (loss_svg_save(tempdir_file(&dir, "p.svg"), c, &e) < 0)
		fail_msg("%s", e.msg);
	text = file_get(dir.file, &n);
	assert_int_equal(strlen(text), n);
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf"));
	for (const char *p = text; *p != '\0'; p++) {
		if (*p == '<')
			open += p[1] == '/' ? (size_t)-1 : 1;
		if (*p == '/' && p[1] == '>')
			open--;
	}
	assert_int_equal(open, 0);
	assert_memory_equal(text, "<svg ", 5);
	assert_string_equal(text + n - 7, "</svg>\n");
	return text;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
		n++;
	return n;
}

/* The d attribute of a line, to free. */
static char *path_of(const char *text, const char *class)
{
	char head[64], *path;
	const char *at;

	snprintf(head, sizeof(head), "<path class=\"%s\" d=\"", class);
	at = strstr(text, head);
	assert_non_null(at);
	at += strlen(head);
	path = strndup(at, strcspn(at, "\""));
	assert_non_null(path);
	return path;
}

static void loss_svg_draws_both_lines_and_the_epoch_kept(void **state)
{
	const double loss[] = { 1, 0.1, 0.01 }, val[] = { 2, 0.2, 0.3 };
	char *const text = drawn(&(struct loss_curve){ 3, loss, val, 2, "lstm:50" });
	char *const path = path_of(text, "loss");
	double x[3], y[3];

	(void)state;
	assert_int_equal(sscanf(path, "M%lf %lfL%lf %lfL%lf %lf", x, y, x + 1, y + 1, x + 2, y + 2), 6);
	assert_true(x[0] < x[1] && x[1] < x[2] && fabs(x[2] - 2 * x[1] + x[0]) < 0.2);
	assert_true(y[0] < y[1] && fabs(y[2] - 2 * y[1] + y[0]) < 0.2);
	assert_int_equal(count(text, "class=\"val\""), 2);
	assert_int_equal(count(text, "validation loss"), 1);
	assert_int_equal(count(text, "kept: epoch 2<"), 1);
	assert_int_equal(count(text, ">lstm:50<"), 1);
	free(path);
	free(text);
}

static void loss_svg_leaves_validation_out_when_there_is_none(void **state)
{
	const double loss[] = { 1, 0.5 };
	char *const text = drawn(&(struct loss_curve){ 2, loss, NULL, 0, "t" });

	(void)state;
	assert_int_equal(count(text, "class=\"val\""), 0);
	assert_int_equal(count(text, "validation"), 0);
	assert_int_equal(count(text, "kept"), 0);
	free(text);
}

static void loss_svg_leaves_gaps_where_a_loss_cannot_be_drawn(void **state)
{
	const double loss[] = { 1, NAN, 0.5, 0.4, INFINITY, 0, -1, 0.3, NAN };
	char *const text = drawn(&(struct loss_curve){ 9, loss, NULL, 4, "t" }), *const path = path_of(text, "loss");

	(void)state;
	assert_int_equal(count(path, "M"), 3);
	assert_int_equal(count(path, "L"), 1);
	free(path);
	free(text);
}

static void loss_svg_copes_with_any_range(void **state)
{
	const double none[] = { NAN, NAN }, flat[] = { 0.5, 0.5 }, wide[] = { DBL_MAX, DBL_TRUE_MIN }, near[] = { 1, 1 + 1e-15 };

	(void)state;
	free(drawn(&(struct loss_curve){ 0, NULL, NULL, 0, "t" }));
	free(drawn(&(struct loss_curve){ 1, flat, flat, 1, "t" }));
	free(drawn(&(struct loss_curve){ 2, none, NULL, 0, "t" }));
	free(drawn(&(struct loss_curve){ 2, flat, NULL, 1, "t" }));
	free(drawn(&(struct loss_curve){ 2, wide, NULL, 1, "t" }));
	free(drawn(&(struct loss_curve){ 2, near, near, 2, "t" }));
}

static void loss_svg_marks_at_most_ten_epochs(void **state)
{
	static const size_t sizes[] = { 1, 9, 10, 11, 20, 21, 50, 51, 100, 101, 999, 12345 };
	double *const loss = malloc(12345 * sizeof(*loss));

	(void)state;
	assert_non_null(loss);
	for (size_t i = 0; i < 12345; i++)
		loss[i] = 1 / (1 + (double)i);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *const text = drawn(&(struct loss_curve){ sizes[i], loss, NULL, 1, "t" });
		const size_t marks = count(text, "text-anchor=\"middle\"") - 1; /* one names the axis */

		if (marks < (sizes[i] < 4 ? 1 : 4) || marks > 10)
			fail_msg("%zu marks for %zu epochs", marks, sizes[i]);
		free(text);
	}
	free(loss);
}

static void loss_svg_escapes_the_title(void **state)
{
	const double loss[] = { 1 };
	char *const text = drawn(&(struct loss_curve){ 1, loss, NULL, 0, "a<b>&\"c\"\033\n" });

	(void)state;
	assert_int_equal(count(text, "a&lt;b&gt;&amp;&quot;c&quot;  <"), 1);
	free(text);
}

static void loss_svg_says_what_it_cannot_write(void **state)
{
	const double loss[] = { 1 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
		loss_svg_save(tempdir_file(&dir, "none/p.svg"), &(struct loss_curve){ .n = 1, .loss = loss, .title = "t" }, &e),
		ERR_IO);
	assert_non_null(strstr(e.msg, "none/p.svg"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loss_svg_draws_both_lines_and_the_epoch_kept),
		cmocka_unit_test(loss_svg_leaves_validation_out_when_there_is_none),
		cmocka_unit_test(loss_svg_leaves_gaps_where_a_loss_cannot_be_drawn),
		cmocka_unit_test(loss_svg_copes_with_any_range),
		cmocka_unit_test(loss_svg_marks_at_most_ten_epochs),
		cmocka_unit_test(loss_svg_escapes_the_title),
		cmocka_unit_test(loss_svg_says_what_it_cannot_write),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
