/*
 * memory: records by a 64-bit key, in bounded memory: sets of MEMORY_WAYS places, in which what was not used for longest gives way.
 *
 * Nothing is moved or allocated after memory_new(). Keys are hashes already: two that are equal are taken for one (one in 2^64).
 */
#ifndef RULE_MEMORY_H
#define RULE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

enum { MEMORY_WAYS = 8 };

struct memory {
	uint64_t *key;         /* (sets, MEMORY_WAYS); 0: free */
	uint32_t *used;        /* (sets, MEMORY_WAYS): the clock when it was used last */
	unsigned char *record; /* (sets, MEMORY_WAYS, size) */
	size_t sets, size;     /* a power of two; bytes of a record */
	uint32_t clock;
	uint64_t forgotten; /* records that gave way */
};

/* At least n records of size bytes. 0, or ERR_NOMEM with nothing to release. */
int memory_new(struct memory *m, size_t n, size_t size);
void memory_del(struct memory *m);

/* The record of a key; NULL: there is none. */
void *memory_find(struct memory *m, uint64_t key);

/* The same, made (all bytes 0, *fresh 1) where there was none. Valid until the next call. */
void *memory_get(struct memory *m, uint64_t key, int *fresh);

/* A key of two numbers; multiply and shift, so that every bit of both changes about half of the bits. Never 0. */
static inline uint64_t memory_mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9E3779B97F4A7C15U;
	h ^= h >> 32;
	h *= 0xD6E8FEB86659FD93U;
	h ^= h >> 29;
	return h != 0 ? h : 1;
}

#endif
