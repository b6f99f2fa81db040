/*
 * fuzz_fastcgi: what a web server sends on a connection. A head is whole at its length and short before it, whatever follows; a body
 * that comes byte by byte is the one that came at once.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pool/fastcgi_body.h"
#include "pool/fastcgi_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int condition)
{
	if (!condition)
		abort();
}

/* The bytes in a block of their own size, so that a read behind them is seen. */
static enum fastcgi_head check(const uint8_t *data, size_t n, size_t *length)
{
	uint8_t *const copy = malloc(n > 0 ? n : 1);
	const char *why = NULL;
	enum fastcgi_head verdict;

	must(copy != NULL);
	if (n > 0)
		memcpy(copy, data, n);
	verdict = fastcgi_head_check(copy, n, length, &why);
	free(copy);
	must((verdict == HEAD_BAD) == (why != NULL));
	return verdict;
}

struct content {
	uint8_t *p;
	size_t n;
	enum fastcgi_body_state state;
};

static void read_body(const uint8_t *head, size_t length, const uint8_t *p, size_t n, size_t step, struct content *out)
{
	struct fastcgi_body b;
	size_t from = 0, to = 0, len = 0;

	must((out->p = malloc(n > 0 ? n : 1)) != NULL);
	out->n = 0;
	fastcgi_body_begin(&b, head, length);
	do {
		to = step < n - to ? to + step : n;
		do {
			from += fastcgi_body_next(&b, p + from, to - from, &len);
			must(from <= to && len <= to - from);
			memcpy(out->p + out->n, p + from, len);
			fastcgi_body_took(&b, len);
			out->n += len;
			from += len;
		} while (len > 0);
	} while (to < n);
	out->state = b.state;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct content whole, bytes;
	size_t length = 0, again = 0;

	if (check(data, size, &length) != HEAD_WHOLE)
		return 0;
	must(length >= 24 && length <= size);
	must(check(data, length, &again) == HEAD_WHOLE && again == length);
	must(check(data, length - 1, &again) == HEAD_SHORT);
	read_body(data, length, data + length, size - length, SIZE_MAX, &whole);
	read_body(data, length, data + length, size - length, 1, &bytes);
	must(whole.n == bytes.n && whole.state == bytes.state && memcmp(whole.p, bytes.p, whole.n) == 0);
	free(whole.p);
	free(bytes.p);
	return 0;
}
