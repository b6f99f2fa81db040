/*
 * table: the judged data: what a file says of each of its flows, and what a detector answered.
 *
 * The judge knows no flows: a row is a truth, a device, a time and F numbers. Truth that a file does not give is not judged.
 */
#ifndef JUDGE_TABLE_H
#define JUDGE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum truth { TRUTH_NONE, TRUTH_BENIGN, TRUTH_ATTACK };

enum { LABEL_BYTES = 64 };

struct judged_flow {
	uint64_t row;    /* of the file */
	uint64_t device; /* a number; rows of one device are a stream */
	double ts;       /* seconds; NaN: unknown */
	enum truth truth;
	uint32_t label; /* the file's own name of the attack: judged.label[label]; 0: it gives none */
};

struct answer {
	double score; /* higher: more suspicious; NaN: none, which ranks below everything and is no alarm */
	double p;
	int alarm;         /* at the operating threshold */
	const char *named; /* family of attack, static; NULL: no name */
	uint64_t incident; /* 0: none */
};

/* One file, or the part of it that is judged; rows rise after judged_sort(). Zero-initialise with F; release with judged_free(). */
struct judged {
	size_t n, cap, F;
	struct judged_flow *flow;
	struct answer *answer;
	double *feature; /* (n,F) */
	size_t label_n;
	char (*label)[LABEL_BYTES]; /* label[0] is "" */
};

/* f->label is filled from the name (cut where long; NULL or "": none). feature[F]. ERR_NOMEM. */
int judged_add(struct judged *j, const struct judged_flow *f, const char *label, const struct answer *a, const double *feature,
	       struct err *e);
void judged_free(struct judged *j);

/* By row. */
int judged_sort(struct judged *j, struct err *e);

/* The rows i with take[i] != 0, in their order. */
int judged_part(struct judged *out, const struct judged *j, const uint8_t *take, struct err *e);

/* Places of all rows, device by device (rising), in each by row, or by time where by_time (rows without one last). */
int judged_streams(const struct judged *j, int by_time, size_t **order, struct err *e);

/* A hash of row i: its features, and its time if with_time. Equal rows have equal hashes; -0 is 0. */
uint64_t judged_hash(const struct judged *j, size_t i, int with_time);

#endif
