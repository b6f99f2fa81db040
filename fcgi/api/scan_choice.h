/*
 * scan_choice: the method and the threshold of one scan, as its client asks for them.
 *
 * method     auto: that of the site; hybrid needs calibrated models; dense is trained on the file itself (detect/table_scan.h)
 * threshold  a number: of the method's score. fpr:X: the share X of normal flows is above it; by hybrid that is -log10 X (at most
 * FUSE_THRESHOLD_MOST, so
 *            that rules are not silenced), by lstm the score of that p-value in the calibration of the model that suits the file.
 *            sigma:K, percentile:P, pot:Q: need scores of normal traffic, so that only dense, which finds them in the file, takes them.
 * budget:N/day needs
 *            times of normal traffic as well: it belongs to adapting the model.
 */
#ifndef API_SCAN_CHOICE_H
#define API_SCAN_CHOICE_H

#include "detect/threshold.h"
#include "fcgi/site.h"

extern const char *const scan_choice_methods[]; /* "auto", "hybrid", "lstm", "dense", NULL */

struct scan_choice {
	enum scan_method method;
	double threshold;             /* for scan_options; NaN: the models' own, which are those below */
	double known;                 /* what it is before a flow has come; NaN: not yet */
	const char *strategy;         /* how it was asked for; "manual": a number; NULL: it is the models' own */
	const char *text;             /* as it was asked for; borrowed; NULL: it was not */
	char note[160];               /* for people; "": nothing to say */
	struct detector model, plain; /* of the site, with other thresholds: they borrow */
};

/*
 * method: index of scan_choice_methods; threshold NULL: none was asked for; outlives the choice. ERR_USAGE, with the field's name: such a
 * threshold is
 * not known, or not by this method; ERR_CONFLICT: the models of the site are not calibrated.
 */
int scan_choose(struct scan_choice *c, const struct site *site, size_t method, const char *threshold, struct err *e);

#endif
