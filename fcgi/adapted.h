/*
 * adapted: the models that the owner adapted to the home, in the folder `model_dir`. For a model NAME.safetensors
 *   NAME.adapted.safetensors     is used instead of it
 *   NAME.adapted.1.safetensors   was so before, and is what one step back leads to
 *   NAME.adapted.next            becomes the first of them
 *   NAME.adapted.lock            is locked by who changes them
 * Workers write them, all programs that share the folder use them: each master looks whether they changed.
 */
#ifndef FCGI_ADAPTED_H
#define FCGI_ADAPTED_H

#include "base/err.h"
#include "base/sha256.h"
#include "detect/adaptation.h"
#include "detect/model.h"

enum { ADAPTED_PATH = 1024 };

struct adapted_paths {
	char dir[ADAPTED_PATH], now[ADAPTED_PATH], before[ADAPTED_PATH], next[ADAPTED_PATH], lock[ADAPTED_PATH];
};

/* Of the model at `model`. ERR_RANGE: too long. */
int adapted_paths(struct adapted_paths *p, const char *dir, const char *model, struct err *e);

/* Of a file's bytes. */
int adapted_sha256(const char *path, char out[static SHA256_HEX], struct err *e);

/*
 * Open path: 1, with *m and *a filled, or 0: there is none. ERR_CONFLICT: it was made of another model than that with base_sha256, or cannot stand
 * in for `base` (features, calibration); else it is broken.
 */
int adapted_open(struct model *m, struct adaptation *a, const char *path, const struct model *base, const char *base_sha256,
		 struct err *e);

/* Whether models can be kept there. */
int adapted_may_write(const struct adapted_paths *p);

/* A descriptor to close when it is over; it is the kernel's to free when the holder dies. ERR_CONFLICT: somebody else changes them now; ERR_IO. */
int adapted_lock(const struct adapted_paths *p, struct err *e);

/* Under the lock. Make d the one in use; the one in use until now, where there is one and `keep`, is kept for adapted_back(). */
int adapted_save(const struct adapted_paths *p, const struct detector *d, int keep, struct err *e);

/* Under the lock. Use the one before, where `before` says that it can be, else none. */
int adapted_back(const struct adapted_paths *p, int before, struct err *e);

#endif
