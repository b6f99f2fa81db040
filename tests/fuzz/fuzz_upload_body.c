/*
 * fuzz_upload_body: a Content-Type up to the first NUL and a body behind it; cut into pieces it must give the same files and the same
 * error as whole.
 *
 * The first two bytes of the body choose the pieces' lengths too: no seed needs to care.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/cutter.h"
#include "fuzz/text.h"
#include "lib/uploadtext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *const nul = size > 0 ? memchr(data, 0, size) : NULL, *const body = nul != NULL ? nul + 1 : data + size;
	const size_t len = (size_t)(data + size - body);
	char *const type = fuzz_text(data, nul != NULL ? (size_t)(nul - data) : size);
	struct cutter c = { .state = len > 0 ? body[0] : 0, .mask = len > 1 ? (1U << body[1] % 6) - 1 : 0 };
	size_t whole_n, n;
	char *const whole = uploadtext(type, body, len, NULL, NULL, &whole_n);
	char *pieces = uploadtext(type, body, len, cut, &c, &n);

	if (n != whole_n || memcmp(whole, pieces, n) != 0)
		abort();
	free(pieces);
	c.mask = 0; /* every byte on its own */
	pieces = uploadtext(type, body, len, cut, &c, &n);
	if (n != whole_n || memcmp(whole, pieces, n) != 0)
		abort();
	free(pieces);
	free(whole);
	free(type);
	return 0;
}
