/*
 * leak: what makes a result worth less than it looks. Each check adds a finding or nothing.
 *
 * code              weight   says
 * shared_rows       spoils   rows (features and time) that are both learned from and judged
 * shared_windows    spoils   windows of T rows that are both; without times this is all that can be seen
 * scaler_saw_test   spoils   a scaler that was fitted on the judged rows
 * trained_on_file   spoils   the model says that it was trained on this file, by its hash or its name
 * attacks_in_train  spoils   rows labelled as attacks are learned from
 * one_feature       caution  one number alone reaches ROC-AUC 0.99: the data are easy, so the result says little of the detector
 * few_benign        caution  the benign windows are too few for the asked false-alarm rate: 1/(n+1) is the least that they support
 * no_attacks        caution  the file has attacks, but none among the judged rows: by time, all of them came earlier
 * unlabelled_train  remark   rows of unknown truth are learned from
 * duplicates        remark   many judged rows are exact copies; the area is also told with each counted once
 * What spoils or asks for caution marks the result.
 */
#ifndef JUDGE_LEAK_H
#define JUDGE_LEAK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "judge/table.h"

enum { LEAK_MAX = 24, LEAK_TEXT = 240 };

enum leak_weight { LEAK_REMARK, LEAK_CAUTION, LEAK_SPOILS };

struct leak {
	const char *code;
	enum leak_weight weight;
	double value; /* share, area or count that the text tells */
	char text[LEAK_TEXT];
};

struct leaks {
	size_t n;
	struct leak leak[LEAK_MAX];
};

/* The heaviest; LEAK_REMARK when there is none. A result from LEAK_CAUTION on is marked. */
enum leak_weight leaks_weight(const struct leaks *l);
const char *leak_weight_name(enum leak_weight w); /* "remark", "caution", "spoils" */

/* Rows and windows of T rows of a device that are in both; ERR_NOMEM. */
int leak_shared(struct leaks *l, const struct judged *train, const struct judged *test, size_t T, struct err *e);

void leak_scaler(struct leaks *l, const char *who);
void leak_trained_on(struct leaks *l, const char *what); /* "this very file" */

/* What a training table holds besides benign rows. */
void leak_training(struct leaks *l, const struct judged *train);

void leak_feature(struct leaks *l, const char *feature, int inverted, double auc);

/* n benign calibration windows or flows (`what`) for the asked rate. */
void leak_calibration(struct leaks *l, size_t n, const char *what, double asked);

/* Attacks of the file, and how many of them are judged. */
void leak_attacks(struct leaks *l, const struct judged *all, const struct judged *test);

/* Exact duplicates (features and truth, without time) among the rows of known truth: told from half of them on. */
int leak_duplicates(struct leaks *l, const struct judged *test, struct err *e);

#endif
