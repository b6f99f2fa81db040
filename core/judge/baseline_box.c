/* baseline_box: how far outside of the box its farthest feature is. */
#include <math.h>
#include <stdlib.h>

#include "judge/baselines.h"

/*
 * More than half of the rows alike make a box of no height, as with flags: then it is as high as a normal distribution's with the same
 * deviation, 1.349 sigma. At least 0.05: on the log scale that is 5 % of a large value.
 */
static const double least_iqr = 0.05;

struct box {
	double q1, q3, iqr;
};

static int fit(const struct samples *train, struct box *box, struct err *e)
{
	double *level = NULL, *column;
	int r = baseline_levels(train, &level, e);

	if (r < 0)
		return r;
	column = malloc(train->n * sizeof(*column));
	if (column == NULL) {
		free(level);
		return err_set(e, ERR_NOMEM, "out of memory for %zu rows of a baseline", train->n);
	}
	for (size_t f = 0; f < train->F; f++) {
		baseline_column(level, train->n, train->F, f, column);
		box[f].q1 = baseline_quantile(column, train->n, 0.25);
		box[f].q3 = baseline_quantile(column, train->n, 0.75);
		box[f].iqr = box[f].q3 - box[f].q1;
		if (box[f].iqr <= 0)
			box[f].iqr = 1.349 * baseline_deviation(column, train->n);
		box[f].iqr = fmax(box[f].iqr, least_iqr);
	}
	free(level);
	free(column);
	return OK;
}

int baseline_boxplot(const struct samples *train, const struct samples *test, uint64_t seed, double *score, struct err *e)
{
	struct box *const box = calloc(train->F + 1, sizeof(*box));
	int r;

	(void)seed;
	if (box == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a baseline");
	r = fit(train, box, e);
	for (size_t i = 0; i < test->n && r == OK; i++) {
		score[i] = 0;
		for (size_t f = 0; f < test->F; f++) {
			const double v = baseline_level(test->row[i * test->F + f]);

			score[i] = fmax(score[i], fmax(box[f].q1 - v, v - box[f].q3) / box[f].iqr);
		}
	}
	free(box);
	return r;
}
