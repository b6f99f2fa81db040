/* array: doubling and a comparison. */
#include "base/array.h"

#include <stdlib.h>

int array_room(void **items, size_t n, size_t *cap, size_t size, size_t first)
{
	const size_t more = *cap ? 2 * *cap : first;
	void *p;

	if (n < *cap)
		return 1;
	if ((p = reallocarray(*items, more, size)) == NULL)
		return 0;
	*items = p;
	*cap = more;
	return 1;
}

static int rising(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void array_sort_doubles(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), rising);
}
