/*
 * split: which rows of a file are learned from, which set thresholds and which are judged.
 *
 * Each device's rows in the order of time (of the file, where it has none): the first 60 % train, the next 20 % calibrate, the last 20 % test. The
 * `gap` rows before each cut belong to no part: a window that ends behind a cut cannot reach a row in front of it.
 */
#ifndef JUDGE_SPLIT_H
#define JUDGE_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "judge/table.h"

enum part { PART_TRAIN, PART_CALIBRATE, PART_TEST, PART_GAP };

/* part[j->n] is filled. */
int split_time(const struct judged *j, size_t gap, uint8_t *part, struct err *e);

#endif
