/* loss_svg: the loss curve of a training as one self-contained SVG file. */
#ifndef CMD_LOSS_SVG_H
#define CMD_LOSS_SVG_H

#include <stddef.h>

#include "base/err.h"

struct loss_curve {
	size_t n;               /* epochs */
	const double *loss;     /* [n] */
	const double *val_loss; /* [n], or NULL */
	size_t best_epoch;      /* from 1; 0: none */
	const char *title;      /* escaped here */
};

/* Write the plot to path (atomically). Losses that are not finite or not positive leave a gap. */
int loss_svg_save(const char *path, const struct loss_curve *c, struct err *e);

#endif
