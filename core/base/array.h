/* array: what growing and sorting of plain arrays take, once. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

/*
 * Room for one more item of `size` bytes in (*items)[*cap], of which n are used: when it is full it doubles, from `first` items on. *items is a
 * pointer to any type. 0 when memory is out; *items and *cap are as they were then.
 */
int array_room(void **items, size_t n, size_t *cap, size_t size, size_t first);

/* v[n] rising; no NaN. */
void array_sort_doubles(double *v, size_t n);

#endif
