/* train_job: one run of `guardian train`: what was asked, what is made from it, and what it leaves behind. */
#ifndef CMD_TRAIN_JOB_H
#define CMD_TRAIN_JOB_H

#include <stddef.h>

#include "base/err.h"
#include "detect/detector.h"
#include "cmd/recipe.h"
#include "detect/fit.h"
#include "detect/rowset.h"
#include "nn/kernel.h"
#include "nn/train.h"

enum { PATH_BYTES = 4096 };

/* The arguments and everything that the steps hand on; released by cmd_train.c. */
struct train_job {
	const char *out, *from, *rows, *threshold, *hybrid, *plot, *kernel, *format, *recipe;
	const char *features, *layers, *scaler; /* NULL: not given */
	size_t window;                          /* 0: not given */
	size_t epochs, batch, patience, seed;
	double validation, learning_rate, clip_norm, trim;
	size_t folds, fold_epochs, group_rows;
	char **file;     /* [file_n] */
	uint32_t *group; /* [file_n], by --recipe; NULL: each file is one */
	size_t file_n;
	struct recipe read; /* of --recipe */

	char plot_path[PATH_BYTES];
	const struct kernel_ops *k;
	enum scaler_kind scaler_kind;
	struct detector base;        /* of --from */
	struct detector d;           /* what is made */
	struct reader_options input; /* limits of reading */
	struct rowset set;
	float *params;
	struct fit_result fit;
	double *loss, *val_loss; /* [epochs] */
	size_t epoch_n;
	double seconds;
};

/* Write the model and the loss curve. */
int train_save(struct train_job *j, struct err *e);

/* The result on stdout, as --format asks. */
void train_print(const struct train_job *j);

#endif
