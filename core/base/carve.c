/* carve: sizes with overflow checks, one aligned allocation. */
#include "base/carve.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t carve_add(struct carve *c, size_t n, size_t size)
{
	const size_t at = c->bytes;
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes) || __builtin_add_overflow(bytes, CARVE_ALIGN - 1, &bytes) ||
	    __builtin_add_overflow(at, bytes / CARVE_ALIGN * CARVE_ALIGN, &c->bytes))
		c->overflow = 1;
	return at;
}

void *carve_alloc(const struct carve *c)
{
	void *block;

	if (c->overflow || c->bytes > PTRDIFF_MAX)
		return NULL;
	block = aligned_alloc(CARVE_ALIGN, c->bytes ? c->bytes : CARVE_ALIGN);
	if (block != NULL)
		memset(block, 0, c->bytes);
	return block;
}
