/* fit_scores: benign rows as a scan would score them, and what is made of the scores. */
#include "detect/fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/carve.h"
#include "detect/fuse.h"
#include "detect/share.h"
#include "nn/plan.h"

void fit_scores_free(struct fit_scores *f)
{
	free(f->sequence);
	free(f->profile);
	free(f->window);
	free(f->ts);
	free(f->device);
	*f = (struct fit_scores){ 0 };
}

static int grow(void *array, size_t n, size_t size)
{
	void **const at = array, *const more = reallocarray(*at, n, size);

	if (more != NULL)
		*at = more;
	return more == NULL;
}

static int make_room(struct fit_scores *f, size_t n)
{
	n += f->n + 1;
	return grow(&f->sequence, n, sizeof(double)) | grow(&f->profile, n, sizeof(double)) | grow(&f->window, n, sizeof(double)) |
	       grow(&f->ts, n, sizeof(double)) | grow(&f->device, n, sizeof(uint64_t));
}

/* Own-step errors: of a row as the last step of its window, and of those before the first window's last by their step in it. */
static void take_window(struct fit_scores *f, size_t first, size_t last, size_t T, size_t F, const float *x, const float *y,
			float score)
{
	for (size_t step = last + 1 == first + T ? 0 : T - 1; step < T; step++) {
		const double error = share_step_error(x + step * F, y + step * F, F, score);

		f->sequence[last + 1 - T + step] = isfinite(error) ? error : (double)NAN;
	}
	f->window[last] = isfinite((double)score) ? (double)score : (double)NAN;
}

int fit_score_rows(struct fit_scores *f, const struct detector *d, const struct plan *p, const struct rowset *s, size_t from,
		   size_t until, struct err *e)
{
	const size_t T = plan_steps(p), F = plan_features(p), n = until - from, base = f->n;
	float *const x = malloc((n * F + 1) * sizeof(*x)), *const y = malloc(T * F * sizeof(*y));
	void *const scratch = aligned_alloc(CARVE_ALIGN, plan_scratch_bytes(p));
	double first = INFINITY, last = -INFINITY;
	int r = OK;

	if (x == NULL || y == NULL || scratch == NULL || make_room(f, n)) {
		r = err_set(e, ERR_NOMEM, "out of memory for %zu scores", n);
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		const struct row_about *const about = &s->about[from + i];

		scaler_apply(&d->scaler, s->row + (from + i) * F, x + i * F);
		f->profile[base + i] = profile_score(&d->profile, x + i * F, NULL);
		f->sequence[base + i] = f->window[base + i] = NAN;
		f->ts[base + i] = about->ts;
		f->device[base + i] = (uint64_t)about->file << 32 | about->device;
		first = fmin(first, about->ts);
		last = fmax(last, about->ts);
	}
	for (size_t i = T - 1; i < n; i++) {
		const float *const window = x + (i + 1 - T) * F;
		float score;

		plan_score(p, scratch, &window, 1, &score, y);
		take_window(f, base, base + i, T, F, window, y, score);
	}
	f->n += n;
	if (last > first)
		f->device_seconds += last - first;
out:
	free(x);
	free(y);
	free(scratch);
	return r;
}

/* The finite ones of v[n] to out; how many. */
static size_t known(const double *v, size_t n, double *out)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (isfinite(v[i]))
			out[k++] = v[i];
	return k;
}

int fit_calibrate(struct detector *d, const struct fit_scores *f, const char *hybrid, struct threshold_result *out, struct err *e)
{
	double *const v = malloc((f->n + 1) * sizeof(*v));
	const struct threshold_input in = {
		.score = v, .device = f->device, .ts = f->ts, .n = f->n, .device_seconds = f->device_seconds, .log10_p = 1
	};
	int r, timed = 1;
	size_t n;

	d->calibrated = 0;
	if (v == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the calibration");
	n = known(f->sequence, f->n, v);
	if ((r = calibration_fit(&d->sequence_p, v, n, e)) < 0)
		goto out;
	n = known(f->profile, f->n, v);
	if ((r = calibration_fit(&d->profile_p, v, n, e)) < 0)
		goto out;
	for (size_t i = 0; i < f->n; i++) {
		const double by[COMPONENTS] = {
			[BY_SEQUENCE] = isnan(f->sequence[i]) ? (double)NAN : calibration_p(&d->sequence_p, f->sequence[i]),
			[BY_PROFILE] = calibration_p(&d->profile_p, f->profile[i]),
			[BY_DENSE] = (double)NAN,
			[BY_RULES] = (double)NAN,
		};

		v[i] = fuse_score(fuse_p(by));
		timed &= !isnan(f->ts[i]);
	}
	if (!timed && strncmp(hybrid, "budget:", 7) == 0)
		hybrid = "fpr:0.0005"; /* without times there is no rate a day: a false alarm in 2,000 flows */
	if ((r = threshold_choose(hybrid, &in, out, e)) < 0)
		goto out;
	d->hybrid_threshold = fmax(out->value, 0);
	strcpy(d->hybrid_strategy, out->strategy);
	d->calibrated = 1;
out:
	free(v);
	if (r == ERR_TOO_FEW || r == ERR_RANGE)
		r = OK; /* method lstm remains */
	return r;
}
