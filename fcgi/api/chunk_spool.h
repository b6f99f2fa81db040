/*
 * chunk_spool: chunks of flows (detect/flowlog.h) wait for the end of their scan: in memory while they are few, in a temporary file when they
 * are many.
 */
#ifndef API_CHUNK_SPOOL_H
#define API_CHUNK_SPOOL_H

#include "base/err.h"
#include "detect/flowlog.h"
#include "sql/store_evidence.h"

struct chunk_spool;

/* dir: as of base/spool.h, outlives it. */
int chunk_spool_new(struct chunk_spool **out, const char *dir, struct err *e);
void chunk_spool_del(struct chunk_spool *c);

/* Append a copy. ERR_IO: no room on the disk. */
int chunk_spool_put(struct chunk_spool *c, const struct flowlog_chunk *chunk, struct err *e);

int chunk_spool_rewind(struct chunk_spool *c, struct err *e);
/* The next one, from the first after chunk_spool_rewind(): 1, valid until the next call; 0 at the end. */
int chunk_spool_get(struct chunk_spool *c, struct flow_chunk_row *out, struct err *e);

#endif
