/* fuzz_number: any bytes as a number, compared with strtod() where its grammar is the same. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "flow/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char alphabet[] = "0123456789.eE+-";
	char *exact = malloc(size + (size == 0)), *text = calloc(1, size + 1), *end;
	double got = 0, want;
	int r;

	if (exact == NULL || text == NULL)
		abort();
	if (size > 0) {
		memcpy(exact, data, size);
		memcpy(text, data, size);
	}
	r = number_parse(exact, size, &got);
	if (r == 0 && !isfinite(got))
		abort();
	if (strspn(text, alphabet) == size) {
		want = strtod(text, &end);
		if ((r == 0) != (size > 0 && end == text + size && isfinite(want)))
			abort();
		if (r == 0 && memcmp(&got, &want, sizeof(got)) != 0)
			abort();
	}
	free(exact);
	free(text);
	return 0;
}
