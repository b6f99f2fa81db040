/*
 * rowset: the feature rows of one or more files in memory, for what needs them all at once: fitting and training.
 *
 * Each file is a stream of its own; no window crosses from one to the next. Rows that are left out (attacks, when only benign ones
 * are wanted) close up: what stands before and after them becomes neighbours.
 */
#ifndef DETECT_ROWSET_H
#define DETECT_ROWSET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "feature/feature.h"
#include "flow/report.h"
#include "input/reader.h"

struct rowset {
	const struct feature_set *features;
	struct reader_options input;
	int benign_only; /* leave rows labelled malicious out */
	size_t n, cap;
	double *row; /* (n, features->n), unscaled */
	size_t stream_n;
	size_t *stream_end; /* [stream_n]: rows before it belong to the stream or earlier ones */
	uint64_t left_out;  /* rows labelled malicious */
	int labels;         /* some file had a label column */
};

void rowset_free(struct rowset *s);

/* Append the rows of a file. *report, unless NULL, is filled also on failure of a row. Rows of earlier files stay on failure. */
int rowset_read(struct rowset *s, const char *path, struct read_report *report, struct err *e);

/* Windows of T rows of the two parts of each stream: the first 1 - share of its rows to train on, the rest to validate on. */
struct windows {
	size_t train_n, val_n;
	const float **train, **val; /* into the scaled rows */
};

/* The first row of a stream's validation part, for a stream that starts at `start` and ends before `end`. */
size_t rowset_cut(size_t start, size_t end, double share);

/* scaled is (s->n, F). Free both arrays with windows_free(). */
int windows_make(struct windows *w, const struct rowset *s, const float *scaled, size_t T, double share, struct err *e);
void windows_free(struct windows *w);

#endif
