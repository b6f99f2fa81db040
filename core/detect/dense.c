/* dense: rows kept, columns made ready, scores. Training is in dense_train.c. */
#include "detect/dense_inner.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 200000, EPOCHS = 30, ROWS_FIRST = 1024 };

static const double TRIM = 0.05, TRIM_MAX = 0.5;

static int copy_names(struct dense *d, const struct dense_options *o)
{
	d->name = calloc(o->columns, sizeof(*d->name));
	if (d->name == NULL)
		return 0;
	for (size_t i = 0; i < o->columns; i++)
		if ((d->name[i] = strdup(o->name[i])) == NULL)
			return 0;
	return 1;
}

int dense_new(struct dense **out, const struct dense_options *o, struct err *e)
{
	struct dense *d;

	if (o->columns == 0 || o->columns > DENSE_COLUMNS_MAX)
		return err_set(e, ERR_RANGE, "the dense detector takes 1 to %d columns, not %zu", DENSE_COLUMNS_MAX, o->columns);
	d = calloc(1, sizeof(*d));
	if (d == NULL || !copy_names(d, o) || (d->column = calloc(o->columns, sizeof(*d->column))) == NULL ||
	    (d->left_out = calloc(o->columns, 1)) == NULL) {
		dense_del(d);
		return err_set(e, ERR_NOMEM, "out of memory for %zu columns", o->columns);
	}
	d->columns = o->columns;
	d->rows_max = o->rows_max ? o->rows_max : ROWS_MAX;
	d->epochs = o->epochs;
	d->epochs_least = o->epochs ? o->epochs : EPOCHS;
	d->trim = o->trim < 0 ? TRIM : fmin(o->trim, TRIM_MAX);
	d->seed = o->seed;
	d->kernel = o->kernel;
	rng_init(&d->reservoir, o->seed ^ 0x7265736572766f69);
	*out = d;
	return OK;
}

void dense_del(struct dense *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; d->name != NULL && i < d->columns; i++)
		free(d->name[i]);
	free(d->name);
	free(d->column);
	free(d->left_out);
	free(d->row);
	free(d->params);
	plan_del(d->plan);
	free(d->block);
	free(d);
}

void dense_leave_out(struct dense *d, size_t column)
{
	d->left_out[column] = 1;
}

/* What is too large for a float32 is the largest: it is beyond every range either way. */
static float narrow(double x)
{
	return isnan(x) ? NAN : (float)fmin(fmax(x, -FLT_MAX), FLT_MAX);
}

static int make_room(struct dense *d)
{
	const size_t more = d->cap ? 2 * d->cap : ROWS_FIRST, cap = more < d->rows_max ? more : d->rows_max;
	float *p;

	if (d->kept < d->cap)
		return 1;
	p = reallocarray(d->row, cap, d->columns * sizeof(*p));
	if (p == NULL)
		return 0;
	d->row = p;
	d->cap = cap;
	return 1;
}

int dense_add(struct dense *d, const double *row, struct err *e)
{
	size_t at = d->kept;

	if (d->kept == d->rows_max) {
		at = (size_t)rng_below(&d->reservoir, d->added + 1);
	} else {
		if (!make_room(d))
			return err_set(e, ERR_NOMEM, "out of memory for row %zu of the table", d->added + 1);
		d->kept++;
	}
	d->added++;
	for (size_t i = 0; at < d->rows_max && i < d->columns; i++)
		d->row[at * d->columns + i] = narrow(row[i]);
	return OK;
}

void dense_scale_row(const struct dense *d, const float *row, float *in, float *wide)
{
	for (size_t i = 0; i < d->used_n; i++) {
		const struct dense_column *const c = &d->column[d->used[i]];
		const float x = row[d->used[i]];

		wide[i] = isnan(x) ? NAN : dense_column_scale(c, (double)x);
		in[i] = isnan(x) ? d->median[i] : fminf(fmaxf(wide[i], -DENSE_SEEN), 1 + DENSE_SEEN);
	}
}

double dense_error(const float *wide, const float *recon, size_t n, double *part)
{
	double sum = 0;
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		m += !isnan(wide[i]);
	for (size_t i = 0; i < n; i++) {
		const double d = isnan(wide[i]) ? 0 : (double)wide[i] - (double)recon[i], share = m ? d * d / (double)m : 0;

		sum += share;
		if (part != NULL)
			part[i] = share;
	}
	return sum;
}

void dense_score_rows(struct dense *d, const struct plan *p, const float *const *row, size_t n, double *score)
{
	for (size_t at = 0; at < n; at += DENSE_CHUNK) {
		const size_t m = n - at < DENSE_CHUNK ? n - at : DENSE_CHUNK;

		for (size_t i = 0; i < m; i++)
			dense_scale_row(d, row[at + i], d->in + i * d->used_n, d->wide + i * d->used_n);
		plan_score(p, d->scratch, d->window, m, d->mse, d->recon);
		for (size_t i = 0; i < m; i++)
			score[at + i] = dense_error(d->wide + i * d->used_n, d->recon + i * d->used_n, d->used_n, NULL);
	}
}

double dense_score(struct dense *d, const double *row, double *part)
{
	double score;

	for (size_t i = 0; i < d->columns; i++)
		d->one[i] = narrow(row[i]);
	dense_scale_row(d, d->one, d->in, d->wide);
	plan_score(d->plan, d->scratch, d->window, 1, d->mse, d->recon);
	score = dense_error(d->wide, d->recon, d->used_n, d->part);
	if (part != NULL) {
		memset(part, 0, d->columns * sizeof(*part));
		for (size_t i = 0; i < d->used_n; i++)
			part[d->used[i]] = d->part[i];
	}
	return score;
}

void dense_score_kept(struct dense *d, size_t first, size_t n, double *score)
{
	const float *row[DENSE_CHUNK];

	for (size_t at = 0; at < n; at += DENSE_CHUNK) {
		const size_t m = n - at < DENSE_CHUNK ? n - at : DENSE_CHUNK;

		for (size_t i = 0; i < m; i++)
			row[i] = dense_kept(d, first + at + i);
		dense_score_rows(d, d->plan, row, m, score + at);
	}
}

const float *dense_kept(const struct dense *d, size_t i)
{
	return d->row + i * d->columns;
}

size_t dense_kept_n(const struct dense *d)
{
	return d->kept;
}

double dense_threshold(const struct dense *d)
{
	return d->threshold;
}

const struct calibration *dense_calibration(const struct dense *d)
{
	return &d->calibration;
}

const double *dense_usual(const struct dense *d, size_t column)
{
	return d->column[column].usual;
}

int dense_uses(const struct dense *d, size_t column)
{
	return d->column[column].used;
}

size_t dense_rows(const struct dense *d)
{
	return d->added;
}

int dense_sampled(const struct dense *d)
{
	return d->added > d->rows_max;
}
