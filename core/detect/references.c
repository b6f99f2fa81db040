/* references: rows scaled, scored by a network, and a threshold from the scores themselves. */
#include "detect/references.h"

#include <math.h>
#include <stdlib.h>

#include "detect/threshold.h"
#include "feature/scaler.h"
#include "nn/init.h"
#include "nn/network.h"
#include "nn/train.h"

enum { EPOCHS = 30, BATCH = 32 };

/* Rows, scaled, and the windows over them. */
struct upload {
	size_t n, F, T;
	float *scaled;        /* (n,F) */
	const float **window; /* [n - T + 1] */
	float *error;         /* of each window */
};

static void upload_free(struct upload *u)
{
	free(u->scaled);
	free(u->window);
	free(u->error);
}

static int upload_new(struct upload *u, enum scaler_kind kind, const double *row, size_t n, size_t F, size_t T, struct err *e)
{
	struct scaler scaler;
	int r;

	*u = (struct upload){ n, F, T, NULL, NULL, NULL };
	if (n < T)
		return err_set(e, ERR_TOO_FEW, "%zu rows are fewer than a window of %zu", n, T);
	if ((r = scaler_fit(&scaler, kind, row, n, F, e)) < 0)
		return r;
	u->scaled = malloc(n * F * sizeof(*u->scaled));
	u->window = malloc(n * sizeof(*u->window));
	u->error = malloc(n * sizeof(*u->error));
	if (u->scaled == NULL || u->window == NULL || u->error == NULL) {
		upload_free(u);
		return err_set(e, ERR_NOMEM, "out of memory for the scores of %zu rows", n);
	}
	for (size_t i = 0; i < n; i++)
		scaler_apply(&scaler, row + i * F, u->scaled + i * F);
	for (size_t i = 0; i + T <= n; i++)
		u->window[i] = u->scaled + i * F;
	return OK;
}

/* Errors of all windows, the scores of the rows that they end with, and the threshold by a strategy over the finite errors. */
static int judge(struct upload *u, const struct plan *p, const char *strategy, double *score, double *threshold, struct err *e)
{
	void *const scratch = aligned_alloc(64, (plan_scratch_bytes(p) + 63) / 64 * 64);
	const size_t windows = u->n - u->T + 1;
	size_t finite = 0;

	if (scratch == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the scores of %zu rows", u->n);
	plan_score(p, scratch, u->window, windows, u->error, NULL);
	free(scratch);
	for (size_t i = 0; i < u->n; i++)
		score[i] = (double)u->error[i + 1 < u->T ? 0 : i + 1 - u->T];
	for (size_t i = 0; i < windows; i++)
		if (isfinite(u->error[i]))
			u->error[finite++] = u->error[i];
	return threshold_find(strategy, u->error, finite, threshold, e);
}

int reference_lstm(const struct plan *p, const double *row, size_t n, double *score, double *threshold, struct err *e)
{
	struct upload u;
	int r = upload_new(&u, SCALER_STANDARD, row, n, plan_features(p), plan_steps(p), e);

	if (r < 0)
		return r;
	r = judge(&u, p, "sigma:3", score, threshold, e);
	upload_free(&u);
	return r;
}

static void no_report(void *arg, const struct train_epoch *epoch)
{
	(void)arg;
	(void)epoch;
}

static int train(const struct upload *u, const struct kernel_ops *k, uint64_t seed, struct network *net, float *params,
		 struct err *e)
{
	const struct train_options o = { .epochs = EPOCHS, .batch = BATCH, .seed = seed, .adam = adam_defaults };
	const size_t n = u->n < REFERENCE_ROWS ? u->n : REFERENCE_ROWS;
	const float **const rows = malloc(n * sizeof(*rows));
	struct train_result result;
	int r;

	if (rows == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for training on %zu rows", n);
	for (size_t i = 0; i < n; i++)
		rows[i] = u->window[(size_t)((double)i * (double)u->n / (double)n)];
	if ((r = init_weights(net, seed, params, e)) == OK) {
		network_bind(net, params);
		r = train_run(net, k, rows, n, NULL, 0, &o, no_report, NULL, params, &result, e);
	}
	free(rows);
	return r;
}

int reference_dense(const struct kernel_ops *k, uint64_t seed, const double *row, size_t n, size_t F, double *score,
		    double *threshold, struct err *e)
{
	struct network net = { .steps = 1, .features = F };
	struct plan *plan = NULL;
	float *params = NULL;
	struct upload u;
	int r;

	if ((r = network_parse(&net, "dense:12:relu,dense:6:relu,dense:12:relu,dense:sigmoid", e)) < 0 ||
	    (r = upload_new(&u, SCALER_MINMAX, row, n, F, 1, e)) < 0)
		return r;
	params = malloc(network_param_n(&net) * sizeof(*params));
	r = params == NULL ? err_set(e, ERR_NOMEM, "out of memory for a network") : train(&u, k, seed, &net, params, e);
	if (r == OK && (r = plan_new(&plan, &net, k, e)) == OK)
		r = judge(&u, plan, "percentile:95", score, threshold, e);
	plan_del(plan);
	free(params);
	upload_free(&u);
	return r;
}
