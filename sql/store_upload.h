/* store_upload: running scans as their clients see them: how far they are, their end before the time, and requests that come twice. */
#ifndef SQL_STORE_UPLOAD_H
#define SQL_STORE_UPLOAD_H

#include "sql/store.h"

struct upload_row {
	uint64_t id;
	enum scan_state state;
	enum scan_phase phase;
	int64_t size; /* announced, -1: unknown */
	struct scan_counts counts;
	double seconds; /* since it began, until it ended */
	char *error;    /* NULL: none; the caller's to free */
};

/* By the client's own name for the upload. ERR_NOT_FOUND. */
int store_upload_get(struct store *s, const char *key, struct upload_row *out, struct err *e);

/*
 * A running scan becomes cancelled: its worker finds that out at its next progress, or when it wants to finish. Again: nothing happens.
 * ERR_CONFLICT: it
 * has ended otherwise, or its results are just being stored; ERR_NOT_FOUND.
 */
int store_scan_cancel(struct store *s, uint64_t id, struct err *e);

/* The scan that came with a request of this name. */
struct same_row {
	uint64_t id;
	enum scan_state state;
	char *name, *method, *strategy; /* strategy NULL: the model's */
	int64_t size;
};
void same_row_free(struct same_row *r);

/* A scan that runs or is done: 1, release it with same_row_free(); 0: there is none, and the name is free: of one that failed it is taken away,
 * and the key of its upload too. */
int store_upload_same(struct store *s, const char *idempotency, struct same_row *out, struct err *e);

#endif
