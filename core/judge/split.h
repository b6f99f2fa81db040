/*
 * split: which rows of a file are learned from, which set thresholds and which are judged.
 *
 * Each device's rows in the order of time (of the file, where it has none): the first share trains, the next calibrates, the rest is judged. The
 * `gap` rows before each cut belong to no part: a window that ends behind a cut cannot reach a row in front of it.
 */
#ifndef JUDGE_SPLIT_H
#define JUDGE_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "judge/table.h"

enum part { PART_TRAIN, PART_CALIBRATE, PART_TEST, PART_GAP };

struct split {
	double train, calibrate; /* shares; what is left is for the test */
};
extern const struct split split_three; /* 60/20/20: a file is judged on its own end */
extern const struct split split_two;   /* 80/20/0: a file that only teaches */

/* part[j->n] is filled. */
int split_time(const struct judged *j, const struct split *s, size_t gap, uint8_t *part, struct err *e);

#endif
