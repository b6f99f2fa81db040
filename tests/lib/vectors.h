/*
 * vectors: the reference vectors of tests/parity, see the head of make_vectors.py.
 *
 * These files are our own, so everything unexpected in them just fails the test.
 */
#ifndef TEST_VECTORS_H
#define TEST_VECTORS_H

#include <stddef.h>

#include "nn/network.h"

struct vectors;

/* Open tests/parity/NAME.safetensors. */
struct vectors *vectors_open(const char *name);
void vectors_close(struct vectors *v);

/* The tensor called name, borrowed; *n its number of elements. Fails the test when it is missing or of another type. */
const float *vectors_f32(const struct vectors *v, const char *name, size_t *n);
const double *vectors_f64(const struct vectors *v, const char *name, size_t *n);

/* An entry of __metadata__, borrowed. */
const char *vectors_meta(const struct vectors *v, const char *key);

/* The network that the metadata describe, its weights borrowed from v. */
void vectors_network(const struct vectors *v, struct network *net);

#endif
