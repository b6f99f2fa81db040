/*
 * carve: many arrays in one block. Say the sizes, allocate once, carve the pointers (one lifetime, one free).
 *
 *   struct carve c = { 0 };
 *   size_t at_h = carve_add(&c, H * b, sizeof(float)), at_c = carve_add(&c, H * b, sizeof(float));
 *   unsigned char *block = carve_alloc(&c);    float *h = (float *)(block + at_h);
 */
#ifndef BASE_CARVE_H
#define BASE_CARVE_H

#include <stddef.h>

enum { CARVE_ALIGN = 64 };

struct carve {
	size_t bytes; /* so far, a multiple of CARVE_ALIGN */
	int overflow; /* a size did not fit; carve_alloc() will fail */
};

/* Room for n items of size bytes, aligned to CARVE_ALIGN; returns its offset in the block. */
size_t carve_add(struct carve *c, size_t n, size_t size);

/* The block, aligned to CARVE_ALIGN, zeroed; NULL when memory is out or a size overflowed. Release with free(). */
void *carve_alloc(const struct carve *c);

#endif
