/*
 * sample: a capture to try things with: some hours of a small home as CSV, labelled, with a port scan, a flood and data that leaves. Always
 * the same bytes.
 */
#ifndef SYNTH_SAMPLE_H
#define SYNTH_SAMPLE_H

#include <stddef.h>

#include "base/err.h"

#define SAMPLE_NAME "sample-home.csv"

/* In pieces; what put returns, unless 0, ends it and is returned. ERR_NOMEM. */
int sample_write(int (*put)(void *arg, const void *data, size_t len, struct err *e), void *arg, struct err *e);

#endif
