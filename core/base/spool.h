/*
 * spool: records of one size, written once in a row and then read in a row: in memory while they are few, in a temporary file
 * without a name when they are many.
 */
#ifndef BASE_SPOOL_H
#define BASE_SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { SPOOL_MEMORY = 1 << 20 }; /* bytes kept in memory; beyond that everything goes to the file */

struct spool;

/*
 * Records of `size` bytes (1..SPOOL_MEMORY). `dir`: a folder on a disk with room for them; nothing is made there before it is needed.
 * Must outlive the spool.
 */
int spool_new(struct spool **out, const char *dir, size_t size, struct err *e);
void spool_del(struct spool *s);

/* Append a copy. ERR_IO names the folder (no space left on it, for example); the record is not in then. */
int spool_put(struct spool *s, const void *record, struct err *e);

/* From now on read, from the first record; may be called again. */
int spool_rewind(struct spool *s, struct err *e);
/* The next record into `record`: 1; 0 at the end. */
int spool_get(struct spool *s, void *record, struct err *e);

/* A file in dir that nobody else sees, for other uses: a descriptor to read and write; ERR_IO. */
int spool_file(const char *dir, struct err *e);

uint64_t spool_n(const struct spool *s);          /* records */
uint64_t spool_file_bytes(const struct spool *s); /* on disk */

#endif
