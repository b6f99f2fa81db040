/*
 * fuzz_reader: any bytes as a file of any format, compressed or not; cut into pieces they must give the same flows, report and error as
 * whole.
 *
 * The last two bytes choose the pieces' lengths, as the first ones say what the file is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/flowtext.h"
#include "lib/readersource.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Lengths 1..mask+1, from a multiplicative generator. */
struct cutter {
	uint32_t state, mask;
};

static size_t cut(void *arg, size_t left)
{
	struct cutter *const c = arg;
	size_t n;

	c->state = c->state * 1664525 + 1013904223;
	n = 1 + ((c->state >> 16) & c->mask);
	return n < left ? n : left;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cutter c = { 0 };
	char *whole, *pieces;

	if (size >= 2)
		c = (struct cutter){ .state = data[size - 1], .mask = (1U << data[size - 2] % 10) - 1 };
	whole = flowtext(&reader_source, data, size, NULL, NULL);
	pieces = flowtext(&reader_source, data, size, cut, &c);
	if (whole == NULL || pieces == NULL || strcmp(whole, pieces) != 0)
		abort();
	free(whole);
	free(pieces);
	return 0;
}
