/* traffic: drawn rows, a network trained on them in a second. */
#include "lib/traffic.h"

#include <math.h>
#include <stdlib.h>

#include "lib/cm.h"

#include "detect/fuse.h"
#include "nn/init.h"
#include "nn/train.h"

enum { T = TRAFFIC_T, F = TRAFFIC_F, WINDOWS = TRAFFIC_ROWS - T + 1 };

void traffic_draw(struct rng *g, double *row)
{
	const double pkts = exp(2 + 0.5 * rng_normal(g)), back = 0.2 * rng_normal(g), out = 0.2 * rng_normal(g);
	const double in = 0.2 * rng_normal(g);

	row[0] = 1 + floor(pkts);
	row[1] = 1 + floor(pkts * exp(back));
	row[2] = floor(row[0] * 60 * exp(out));
	row[3] = floor(row[1] * 200 * exp(in));
}

double traffic_score(const struct traffic *t, const double *raw, float *window, float *recon)
{
	float score;
	void *const scratch = aligned_alloc(64, (plan_scratch_bytes(t->plan) + 63) / 64 * 64);

	assert_non_null(scratch);
	for (size_t s = 0; s < T; s++)
		scaler_apply(&t->detector.scaler, raw + s * F, window + s * F);
	plan_score(t->plan, scratch, &(const float *){ window }, 1, &score, recon);
	free(scratch);
	return (double)score;
}

/* The error of a step and the score of the profile. */
static void raw_scores(const struct traffic *t, const double *raw, size_t step, double *error, double *profile)
{
	float window[TRAFFIC_N], recon[TRAFFIC_N];

	(void)traffic_score(t, raw, window, recon);
	*error = 0;
	for (size_t i = step * F; i < (step + 1) * F; i++)
		*error += pow((double)window[i] - (double)recon[i], 2) / F;
	*profile = profile_score(&t->detector.profile, window + step * F, NULL);
}

double traffic_fused(const struct traffic *t, const double *raw, size_t step, double *by)
{
	double p[COMPONENTS] = { NAN, NAN, NAN, NAN }, error, profile;

	raw_scores(t, raw, step, &error, &profile);
	p[BY_SEQUENCE] = calibration_p(&t->detector.sequence_p, error);
	p[BY_PROFILE] = calibration_p(&t->detector.profile_p, profile);
	for (int i = 0; i < COMPONENTS && by != NULL; i++)
		by[i] = p[i];
	return fuse_score(fuse_p(p));
}

static int rising(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Calibration and both thresholds, of the rows that it was trained on: good enough for made-up ones. */
static int calibrate(struct traffic *t)
{
	static double window[WINDOWS], error[WINDOWS], profile[WINDOWS];
	struct detector *const d = &t->detector;
	float scaled[TRAFFIC_N];

	for (size_t i = 0; i < WINDOWS; i++) {
		window[i] = traffic_score(t, t->rows[i], scaled, NULL);
		raw_scores(t, t->rows[i], T - 1, &error[i], &profile[i]);
	}
	qsort(window, WINDOWS, sizeof(*window), rising);
	d->threshold = window[WINDOWS * 99 / 100];
	d->hybrid_threshold = fuse_score(0.001);
	d->calibrated = 1;
	return calibration_fit(&d->sequence_p, error, WINDOWS, NULL) < 0 ||
			       calibration_fit(&d->profile_p, profile, WINDOWS, NULL) < 0
		       ? -1
		       : 0;
}

static void no_report(void *arg, const struct train_epoch *epoch)
{
	(void)arg;
	(void)epoch;
}

int traffic_make(struct traffic *t)
{
	static const float *window[WINDOWS];
	static float scaled[TRAFFIC_ROWS][F];
	const struct train_options o = { .epochs = 12, .batch = 32, .seed = 2, .adam = adam_defaults };
	struct detector *const d = &t->detector;
	struct train_result result;
	struct network *const net = &d->net;
	struct rng g;

	rng_init(&g, 1);
	for (size_t i = 0; i < TRAFFIC_ROWS; i++)
		traffic_draw(&g, t->rows[i]);
	d->features = feature_set_find("basic");
	d->has_scaler = 1;
	net->steps = T;
	net->features = F;
	if (scaler_fit(&d->scaler, SCALER_ROBUST, &t->rows[0][0], TRAFFIC_ROWS, F, NULL) < 0 ||
	    network_parse(net, "lstm:24,lstm:12,repeat,lstm:12,lstm:24,dense", NULL) < 0)
		return -1;
	for (size_t i = 0; i < TRAFFIC_ROWS; i++)
		scaler_apply(&d->scaler, t->rows[i], scaled[i]);
	for (size_t i = 0; i < WINDOWS; i++)
		window[i] = scaled[i];
	t->params = calloc(network_param_n(net), sizeof(*t->params));
	if (t->params == NULL || init_weights(net, 3, t->params, NULL) < 0 ||
	    train_run(net, kernel_select(NULL, NULL), window, WINDOWS, NULL, 0, &o, no_report, NULL, t->params, &result, NULL) <
		    0 ||
	    profile_fit(&d->profile, &scaled[0][0], NULL, TRAFFIC_ROWS, F, NULL) < 0)
		return -1;
	network_bind(net, t->params);
	d->has_usual = usual_fit(d->usual, d->features, &t->rows[0][0], TRAFFIC_ROWS, NULL) == OK;
	return plan_new(&t->plan, net, kernel_select(NULL, NULL), NULL) < 0 ? -1 : calibrate(t);
}

void traffic_drop(struct traffic *t)
{
	plan_del(t->plan);
	free(t->params);
}
