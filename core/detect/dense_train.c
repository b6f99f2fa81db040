/* dense_train: the rows that fit worst teach nothing. */
#include "detect/dense_inner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/carve.h"
#include "detect/dense_fence.h"
#include "nn/init.h"
#include "nn/trainer.h"

enum { HIDDEN = 12, BOTTLENECK = 6, BATCH_MAX = 64, BATCH_MIN = 16, STEPS_LEAST = 3000, EPOCHS_MAX = 300, COLUMN_SAMPLE = 50000 };

/* A row that is reconstructed twice as well as the column's middles do is nothing to report, however well the others are. */
static const double LEAST_OF_NOTHING = 0.5;

/* In the first third of the epochs so many times the share is trimmed: the network does not know yet what is odd. */
static const double EARLY = 2;

static const struct adam_options adam = { 3e-3, 0.9, 0.999, 1e-7, 1.0 };

/* What training needs and scoring does not. */
struct course {
	struct trainer *trainer;
	struct rng rng;
	size_t n, batch;        /* rows of an epoch; of a step */
	uint32_t *order;        /* [kept] */
	const float **row;      /* [n], raw */
	double *score, *sorted; /* [n] */
	float *in;              /* (batch, used_n) */
	float *wide;            /* [used_n] */
	const float **window;   /* [batch], rows of in */
	void *block;
};

/* Every `step`-th row's values of a column, to value[]; returns how many are numbers. */
static size_t column_values(const struct dense *d, size_t column, size_t step, double *value)
{
	size_t n = 0;

	for (size_t i = 0; i < d->kept; i += step) {
		const float x = dense_kept(d, i)[column];

		if (!isnan(x))
			value[n++] = (double)x;
	}
	return n;
}

static int fit_columns(struct dense *d, struct err *e)
{
	const size_t step = 1 + (d->kept - 1) / COLUMN_SAMPLE, rows = 1 + (d->kept - 1) / step;
	double *const value = calloc(2 * rows, sizeof(*value));

	if (value == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the ranges of %zu columns", d->columns);
	d->used_n = 0;
	for (size_t i = 0; i < d->columns; i++) {
		dense_column_fit(&d->column[i], value, value + rows, column_values(d, i, step, value), rows);
		if (d->left_out[i])
			d->column[i].used = 0;
		d->used_n += (size_t)d->column[i].used;
	}
	free(value);
	if (d->used_n == 0)
		return err_set(e, ERR_RANGE, "no column has values that differ: there is nothing to learn");
	return OK;
}

/* Inner layers are narrower than the row, or they would copy it. */
static int build_network(struct dense *d, struct err *e)
{
	const size_t half = (d->used_n + 1) / 2, hidden = d->used_n < HIDDEN ? d->used_n : HIDDEN;
	const size_t bottleneck = half < BOTTLENECK ? half : BOTTLENECK;
	char text[128];
	int r;

	snprintf(text, sizeof(text), "dense:%zu:relu,dense:%zu:relu,dense:%zu:relu,dense:%zu:sigmoid", hidden, bottleneck, hidden,
		 d->used_n);
	d->net = (struct network){ .steps = 1, .features = d->used_n };
	if ((r = network_parse(&d->net, text, e)) < 0)
		return r;
	d->params = malloc(network_param_n(&d->net) * sizeof(*d->params));
	if (d->params == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the weights");
	if ((r = init_weights(&d->net, d->seed, d->params, e)) < 0)
		return r;
	network_bind(&d->net, d->params);
	return plan_new(&d->plan, &d->net, d->kernel, e);
}

static int make_block(struct dense *d, struct err *e)
{
	const size_t n = d->used_n, cells = DENSE_CHUNK * n;
	struct carve c = { 0 };
	const size_t used = carve_add(&c, n, sizeof(*d->used)), median = carve_add(&c, n, sizeof(*d->median));
	const size_t in = carve_add(&c, cells, sizeof(float)), wide = carve_add(&c, cells, sizeof(float));
	const size_t recon = carve_add(&c, cells, sizeof(float)), window = carve_add(&c, DENSE_CHUNK, sizeof(*d->window));
	const size_t mse = carve_add(&c, DENSE_CHUNK, sizeof(float)), one = carve_add(&c, d->columns, sizeof(float));
	const size_t part = carve_add(&c, n, sizeof(double)), scratch = carve_add(&c, plan_scratch_bytes(d->plan), 1);
	unsigned char *const b = carve_alloc(&c);

	if (b == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for scoring rows of %zu columns", n);
	d->block = b;
	d->used = (size_t *)(void *)(b + used);
	d->median = (float *)(void *)(b + median);
	d->in = (float *)(void *)(b + in);
	d->wide = (float *)(void *)(b + wide);
	d->recon = (float *)(void *)(b + recon);
	d->window = (const float **)(void *)(b + window);
	d->mse = (float *)(void *)(b + mse);
	d->one = (float *)(void *)(b + one);
	d->part = (double *)(void *)(b + part);
	d->scratch = b + scratch;
	for (size_t i = 0; i < DENSE_CHUNK; i++)
		d->window[i] = d->in + i * n;
	for (size_t i = 0, k = 0; i < d->columns; i++) {
		if (!d->column[i].used)
			continue;
		d->median[k] = dense_column_scale(&d->column[i], d->column[i].usual[1]);
		d->used[k++] = i;
	}
	return OK;
}

static size_t clamp(size_t x, size_t least, size_t most)
{
	return x < least ? least : x > most ? most : x;
}

static int course_open(struct course *c, const struct dense *d, struct err *e)
{
	struct carve v = { 0 };
	size_t order, row, score, sorted, in, wide, window;
	unsigned char *b;

	c->n = d->kept < DENSE_EPOCH ? d->kept : DENSE_EPOCH;
	c->batch = clamp(c->n / 100, BATCH_MIN, BATCH_MAX);
	order = carve_add(&v, d->kept, sizeof(*c->order));
	row = carve_add(&v, c->n, sizeof(*c->row));
	score = carve_add(&v, c->n, sizeof(double));
	sorted = carve_add(&v, c->n, sizeof(double));
	in = carve_add(&v, c->batch * d->used_n, sizeof(float));
	wide = carve_add(&v, d->used_n, sizeof(float));
	window = carve_add(&v, c->batch, sizeof(*c->window));
	if ((b = carve_alloc(&v)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for training on %zu rows", d->kept);
	c->block = b;
	c->order = (uint32_t *)(void *)(b + order);
	c->row = (const float **)(void *)(b + row);
	c->score = (double *)(void *)(b + score);
	c->sorted = (double *)(void *)(b + sorted);
	c->in = (float *)(void *)(b + in);
	c->wide = (float *)(void *)(b + wide);
	c->window = (const float **)(void *)(b + window);
	for (size_t i = 0; i < d->kept; i++)
		c->order[i] = (uint32_t)i;
	for (size_t i = 0; i < c->batch; i++)
		c->window[i] = c->in + i * d->used_n;
	rng_init(&c->rng, d->seed);
	return trainer_new(&c->trainer, &d->net, d->kernel, c->batch, &adam, e);
}

static void course_close(struct course *c)
{
	trainer_del(c->trainer);
	free(c->block);
}

/* c->n rows in random order: the beginning of a Fisher-Yates shuffle of all. */
static void draw(struct course *c, const struct dense *d)
{
	for (size_t i = 0; i < c->n; i++) {
		const size_t k = i + (size_t)rng_below(&c->rng, d->kept - i);
		const uint32_t row = c->order[k];

		c->order[k] = c->order[i];
		c->order[i] = row;
		c->row[i] = dense_kept(d, row);
	}
}

/* The score up to which the rows of this epoch teach. */
static double cut(struct course *c, struct dense *d, double trim)
{
	const size_t out = (size_t)(trim * (double)c->n);

	dense_score_rows(d, d->plan, c->row, c->n, c->score);
	memcpy(c->sorted, c->score, c->n * sizeof(*c->sorted));
	array_sort_doubles(c->sorted, c->n);
	return c->sorted[c->n - 1 - out];
}

static int epoch(struct course *c, struct dense *d, double trim, struct err *e)
{
	double most, loss;
	size_t m = 0;
	int r;

	draw(c, d);
	most = cut(c, d, trim);
	for (size_t i = 0; i < c->n; i++) {
		if (c->score[i] > most)
			continue;
		dense_scale_row(d, c->row[i], c->in + m++ * d->used_n, c->wide);
		if (m < c->batch)
			continue;
		if ((r = trainer_step(c->trainer, c->window, m, &loss, e)) < 0)
			return r;
		m = 0;
	}
	if (m > 0 && (r = trainer_step(c->trainer, c->window, m, &loss, e)) < 0)
		return r;
	trainer_weights(c->trainer, d->params);
	plan_del(d->plan);
	d->plan = NULL;
	return plan_new(&d->plan, &d->net, d->kernel, e);
}

static int learn(struct dense *d, struct err *e)
{
	struct course c = { 0 };
	size_t epochs;
	int r;

	if ((r = course_open(&c, d, e)) < 0)
		goto out;
	epochs = d->epochs ? d->epochs : clamp(STEPS_LEAST * c.batch / c.n, d->epochs_least, EPOCHS_MAX);
	for (size_t i = 0; i < epochs; i++)
		if ((r = epoch(&c, d, i < epochs / 3 ? EARLY * d->trim : d->trim, e)) < 0)
			break;
out:
	course_close(&c);
	return r;
}

/* What the rows would cost on average if each column's median was all that is known of it. */
static double cost_of_nothing(struct dense *d)
{
	double sum = 0;

	for (size_t i = 0; i < d->kept; i++) {
		dense_scale_row(d, dense_kept(d, i), d->in, d->wide);
		sum += dense_error(d->in, d->median, d->used_n, NULL);
	}
	return sum / (double)d->kept;
}

/* Threshold and calibration from the scores of all rows that were kept. */
static int judge(struct dense *d, struct err *e)
{
	double *const score = calloc(2 * d->kept + 1, sizeof(*score)); /* and what dense_fence() needs */
	size_t n = d->kept;
	int r;

	if (score == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the scores of %zu rows", d->kept);
	dense_score_kept(d, 0, d->kept, score);
	array_sort_doubles(score, d->kept);
	d->threshold = dense_fence(score, score + d->kept, d->kept, LEAST_OF_NOTHING * cost_of_nothing(d));
	while (n > DENSE_LEAST && score[n - 1] > d->threshold)
		n--;
	r = calibration_fit(&d->calibration, score, n, e);
	free(score);
	return r;
}

int dense_train(struct dense *d, struct err *e)
{
	int r;

	if (d->kept < DENSE_LEAST)
		return err_set(e, ERR_TOO_FEW, "the dense detector trains on what it scans: %zu rows are too few, it takes %d",
			       d->kept, DENSE_LEAST);
	if ((r = fit_columns(d, e)) < 0 || (r = build_network(d, e)) < 0 || (r = make_block(d, e)) < 0 || (r = learn(d, e)) < 0)
		return r;
	return judge(d, e);
}
