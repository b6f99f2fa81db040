/*
 * kernel: the inner loops of the networks, one implementation for each instruction set.
 *
 * "avx512" and "avx2" on x86-64, "neon" on arm64, "generic" everywhere: the same source compiled for each.
 * Above this border everything is plain C.
 */
#ifndef NN_KERNEL_H
#define NN_KERNEL_H

#include <stddef.h>

#include "base/err.h"

struct kernel_ops;

/*
 * The kernel called name, or the best one that this processor runs when name is NULL or "auto". NULL and a message when it is unknown or the
 * processor lacks it.
 */
const struct kernel_ops *kernel_select(const char *name, struct err *e);

/* The i-th kernel that this processor runs, best first; NULL past the last. */
const struct kernel_ops *kernel_get(size_t i);

const char *kernel_name(const struct kernel_ops *k);

#endif
