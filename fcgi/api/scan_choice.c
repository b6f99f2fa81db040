/* scan_choice: a table of what each strategy means at the time of a scan. */
#include "api/scan_choice.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "detect/fuse.h"
#include "flow/number.h"

enum { AUTO };

const char *const scan_choice_methods[] = { "auto", "hybrid", "lstm", "dense", NULL };

static const enum scan_method methods[] = { METHOD_HYBRID, METHOD_HYBRID, METHOD_LSTM, METHOD_DENSE };

static int not_calibrated(const struct site *site, const char *what, struct err *e)
{
	err_set(e, ERR_CONFLICT,
		"%s needs a calibrated model, which %.60s is not: `guardian threshold` or adapting the model does it", what,
		!site->model.detector.calibrated ? site->model_name : site->plain_name);
	return ERR_CONFLICT;
}

static int calibrated(const struct site *site)
{
	return site->model.detector.calibrated && (site->plain.plan == NULL || site->plain.detector.calibrated);
}

/* Both thresholds of a model: by lstm windows have one, and flows that of the same share (scan.h). */
static void set_share(const struct scan_choice *c, struct detector *d, double share)
{
	const double score = -log10(share);

	d->hybrid_threshold = c->method == METHOD_HYBRID ? fmin(score, FUSE_THRESHOLD_MOST) : score;
	if (d->calibrated)
		d->threshold = calibration_score(&d->sequence_p, share);
}

static int by_share(struct scan_choice *c, const struct site *site, double share, struct err *e)
{
	if (!calibrated(site))
		return not_calibrated(site, "a threshold by a share of normal flows", e);
	set_share(c, &c->model, share);
	set_share(c, &c->plain, share);
	if (c->method == METHOD_HYBRID && -log10(share) > FUSE_THRESHOLD_MOST)
		snprintf(c->note, sizeof(c->note),
			 "the threshold %s is %.3g; it is %.3g, as a higher one would silence the alarms of rules", c->strategy,
			 -log10(share), FUSE_THRESHOLD_MOST);
	return OK;
}

static int by_name(struct scan_choice *c, const struct site *site, const char *text, struct err *e)
{
	static const char fpr[] = "fpr:";
	const size_t n = sizeof(fpr) - 1;
	double share;

	c->strategy = text;
	if (c->method == METHOD_DENSE) {
		if (strncmp(text, "budget", 6) != 0)
			return OK;
		return err_set(
			e, ERR_USAGE,
			"threshold %.40s needs traffic that is known to be normal, with times; by method dense take a number, "
			"fpr:X, sigma:K, percentile:P or pot:Q",
			text);
	}
	if (strncmp(text, fpr, n) == 0 && number_parse(text + n, strlen(text + n), &share) == 0)
		return by_share(c, site, share, e);
	return err_set(e, ERR_USAGE,
		       "threshold %.40s is found from normal traffic, which is what adapting the model does; for a single scan by "
		       "method %s take a number or fpr:X",
		       text, scan_method_name(c->method));
}

int scan_choose(struct scan_choice *c, const struct site *site, size_t method, const char *threshold, struct err *e)
{
	int r = OK;

	*c = (struct scan_choice){
		.method = method == AUTO ? site->method : methods[method],
		.threshold = (double)NAN,
		.text = threshold,
		.model = site->model.detector,
		.plain = site->plain.detector,
	};
	if (c->method == METHOD_HYBRID && !calibrated(site)) {
		not_calibrated(site, "method hybrid", e);
		err_field(e, "method");
		return ERR_CONFLICT;
	}
	if (threshold != NULL && (r = threshold_check(threshold, e)) == OK) {
		if (!threshold_is_number(threshold)) {
			r = by_name(c, site, threshold, e);
		} else {
			c->strategy = "manual";
			number_parse(threshold, strlen(threshold), &c->threshold); /* as threshold_check() did */
		}
	}
	if (r < 0) {
		err_field(e, "threshold");
		return r;
	}
	c->known = c->method == METHOD_DENSE || !isnan(c->threshold) ? c->threshold
		   : c->method == METHOD_HYBRID                      ? c->model.hybrid_threshold
								     : c->model.threshold;
	return OK;
}
