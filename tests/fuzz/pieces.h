/*
 * pieces: any bytes as a file; cut into pieces they must give the same text as whole.
 *
 * The last two bytes choose the pieces' lengths, since the first ones may say what the file is.
 */
#ifndef FUZZ_PIECES_H
#define FUZZ_PIECES_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/cutter.h"
#include "lib/flowtext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef char *(*reading)(const struct source_ops *source, const void *data, size_t len, flowtext_cut cut, void *arg);

static void same_in_pieces(reading as_text, const struct source_ops *source, const uint8_t *data, size_t size)
{
	struct cutter c = { 0 };
	char *whole, *pieces;

	if (size >= 2)
		c = (struct cutter){ .state = data[size - 1], .mask = (1U << data[size - 2] % 10) - 1 };
	whole = as_text(source, data, size, NULL, NULL);
	pieces = as_text(source, data, size, cut, &c);
	if (whole == NULL || pieces == NULL || strcmp(whole, pieces) != 0)
		abort();
	free(whole);
	free(pieces);
}

#endif
