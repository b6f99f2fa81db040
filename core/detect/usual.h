/*
 * usual: what is usual for each device: the 2.5 %, 50 % and 97.5 % quantile of each of its raw features, kept up as flows come, in memory that
 * does not grow with them.
 *
 * A histogram for each device and feature with eight buckets an octave from 2^-10 to 2^34 (0.001 to 17 GB), so that an answer is within 4.5 %
 * of the value of that rank; never outside of the least and the greatest seen, so that what is constant comes out exact. What is below
 * 2^-10 counts as 0; features with a sign have the same buckets once more for it, flags have two. Buckets are found from the bits of a
 * number: the same on every machine, without a logarithm. Of the device that was silent for longest, what was learnt is forgotten when there
 * is no room for another; where a bucket is full all of that feature are halved.
 *
 * Until a device has USUAL_FLOWS flows the ranges of the model's training are given instead.
 */
#ifndef DETECT_USUAL_H
#define DETECT_USUAL_H

#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

#include "base/err.h"
#include "feature/feature.h"

enum { USUAL_FLOWS = 20, USUAL_DEVICES = 4096 };

/* The usual values of a raw feature: quantiles 2.5 %, 50 %, 97.5 % of benign traffic (of a device or of the model's training). */
struct usual_range {
	double low, middle, high; /* NaN: unknown */
};

struct usual_options {
	const struct feature_set *set;       /* what a row is */
	const struct usual_range *otherwise; /* [set->n], copied: the model's own; NULL: unknown */
	size_t devices_max;                  /* 0: USUAL_DEVICES */
	size_t bytes_max;                    /* for histograms; fewer devices are remembered where they would not fit; 0: 64 MiB */
};

struct usual;

int usual_new(struct usual **out, const struct usual_options *o, struct err *e);
void usual_del(struct usual *u);

/* A flow of a device that was not anomalous: row[set->n]. What is not finite is left out. ERR_NOMEM: it was not learnt from. */
int usual_add(struct usual *u, uint64_t device, const double *row);

/*
 * out[set->n]. 1: the device's own; 0: those of the model, since fewer than USUAL_FLOWS flows of it are known. Looking does not keep it from
 * being forgotten.
 */
int usual_get(const struct usual *u, uint64_t device, struct usual_range *out);
/* Of one feature alone, which is all that a sentence takes: about 1 us, where the 36 of the full set take 25. */
int usual_get_one(const struct usual *u, uint64_t device, size_t feature, struct usual_range *out);

/* Flows of the device that were learnt from; 0 when it was forgotten. */
uint64_t usual_flows(const struct usual *u, uint64_t device);
size_t usual_devices(const struct usual *u); /* remembered now */

/*
 * Ranges of raw rows (row_n, set->n) that are all of one kind, as of a model's training: out[set->n]. ERR_TOO_FEW: less than USUAL_FLOWS;
 * ERR_NOMEM.
 */
int usual_fit(struct usual_range *out, const struct feature_set *set, const double *rows, size_t row_n, struct err *e);

/* [[low,middle,high],…], null for what is unknown; the caller's, NULL: memory is out. Read: of n features, low <= middle <= high. */
struct json_object *usual_to_json(const struct usual_range *range, size_t n);
int usual_from_json(struct usual_range *range, size_t n, struct json_object *list, struct err *e);

#endif
