/*
 * rowset: the feature rows of one or more files in memory, for what needs them all at once: fitting, training, judging.
 *
 * The flows of each device of each file are a stream of their own, in the order of the file; no window crosses from one to the next.
 * Rows that are left out (attacks, when only benign ones are wanted) close up: what stands before and after them becomes neighbours,
 * and the features that tell of the past do not know of them.
 */
#ifndef DETECT_ROWSET_H
#define DETECT_ROWSET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "feature/feature.h"
#include "flow/report.h"
#include "input/reader.h"

/* What is known of a row besides its features. */
struct row_about {
	uint64_t row; /* as in struct flow */
	double ts;
	uint64_t device; /* of its file, from 0 in the order of appearing */
	uint32_t file;   /* number of the file, from 0 */
	uint32_t attack; /* index of its name in rowset.name */
	enum flow_label label;
};

struct rowset {
	const struct feature_set *features; /* NULL: `full` where the first file has hosts and times, else `basic` */
	struct reader_options input;
	int benign_only; /* leave rows labelled malicious out */
	uint64_t most;   /* more rows are refused; 0: no limit */
	void (*told)(void *arg, uint64_t bytes,
		     const struct rowset *s); /* after each piece of a file, with its bytes so far; may be NULL */
	void *arg;
	size_t n, cap;
	double *row;             /* (n, features->n), unscaled */
	struct row_about *about; /* [n] */
	size_t name_n;
	char **name; /* [name_n]: the files' own names of attacks and kinds of traffic; 0 is "" */
	size_t file_n;
	size_t stream_n;
	size_t *stream_end; /* [stream_n]: rows before it belong to the stream or earlier ones */
	uint64_t left_out;  /* rows labelled malicious */
	int labels;         /* some file had a label column */
};

void rowset_free(struct rowset *s);

/*
 * Append the rows of a file. *report, unless NULL, is filled also on failure of a row. Rows of earlier files stay on failure. ERR_TOO_LARGE: over
 * `most`.
 */
int rowset_read(struct rowset *s, const char *path, struct read_report *report, struct err *e);

/* The same of a file that messages call otherwise. */
int rowset_read_as(struct rowset *s, const char *path, const char *name, struct read_report *report, struct err *e);

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
