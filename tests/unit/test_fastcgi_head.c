/* fastcgi_head: whole, short or bad, at every cut and for every flipped bit. */
#include "pool/fastcgi_head.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "lib/fcgi_client.h"

/* The bytes in a block of their own size, so that a sanitizer sees a read behind them. */
static enum fastcgi_head check(const unsigned char *p, size_t n, const char **why)
{
	unsigned char *const copy = malloc(n > 0 ? n : 1);
	enum fastcgi_head verdict;
	size_t length = SIZE_MAX;

	assert_non_null(copy);
	if (n > 0)
		memcpy(copy, p, n);
	*why = NULL;
	verdict = fastcgi_head_check(copy, n, &length, why);
	free(copy);
	if (verdict == HEAD_BAD)
		assert_non_null(*why);
	if (verdict == HEAD_WHOLE)
		assert_in_range(length, 24, n);
	return verdict;
}

static void bad_because(struct wire *w, const char *message)
{
	const char *why;

	assert_int_equal(check(w->p, w->n, &why), HEAD_BAD);
	if (strstr(why, message) == NULL)
		fail_msg("\"%s\" is not \"%s\"", why, message);
	wire_free(w);
}

static void a_request_is_short_until_its_parameters_end(void **state)
{
	struct wire w = { 0 };
	size_t head = 0, length;
	const char *why;

	(void)state;
	wire_request(&w, "POST", "/upload?x=1", "body", 4);
	while (head < w.n && check(w.p, head, &why) == HEAD_SHORT)
		head++;
	assert_int_equal(check(w.p, head, &why), HEAD_WHOLE);
	assert_int_equal(fastcgi_head_check(w.p, w.n, &length, &why), HEAD_WHOLE);
	assert_int_equal(length, head);
	assert_int_equal(w.n - head, 8 + 4 + 8); /* what is left is the body */
	for (size_t n = head; n <= w.n; n++)
		assert_int_equal(check(w.p, n, &why), HEAD_WHOLE);
	wire_free(&w);
}

static void what_is_not_the_head_of_a_request_is_bad(void **state)
{
	struct wire w = { 0 }, pairs = { 0 };

	(void)state;
	wire_record(&w, FCGI_PARAM, NULL, 0);
	bad_because(&w, "does not start with the beginning");
	wire_record(&w, 9, NULL, 0); /* FCGI_GET_VALUES */
	bad_because(&w, "does not start with the beginning");
	wire_record(&w, FCGI_BEGIN, "1234567", 7);
	bad_because(&w, "does not start with the beginning");
	wire_record(&w, FCGI_BEGIN, (const unsigned char[8]){ 0, 2 }, 8);
	bad_because(&w, "another role");
	wire_begin(&w, 0);
	wire_stream(&w, FCGI_IN, "x", 1);
	bad_because(&w, "another record where its parameters should be");
	wire_begin(&w, 0);
	wire_record(&w, 9, NULL, 0);
	w.p[w.n - 5] = 0; /* a management record */
	bad_because(&w, "another record where its parameters should be");
	wire_begin(&w, 0);
	wire_record(&w, FCGI_PARAM, NULL, 0);
	w.p[16] = 2;
	bad_because(&w, "is not FastCGI");
	wire_begin(&w, 0);
	wire_pair(&pairs, "", "x");
	wire_stream(&w, FCGI_PARAM, pairs.p, pairs.n);
	bad_because(&w, "no usable name");
	pairs.n = 0;
	wire_begin(&w, 0);
	wire_pair(&pairs, "A=B", "x");
	wire_stream(&w, FCGI_PARAM, pairs.p, pairs.n);
	bad_because(&w, "no usable name");
	wire_begin(&w, 0);
	wire_stream(&w, FCGI_PARAM, "\1\1A\0", 4);
	bad_because(&w, "zero byte");
	wire_free(&pairs);
}

static void lengths_that_lie_are_bad(void **state)
{
	static const struct {
		const char *pairs;
		size_t n;
		const char *why;
	} c[] = {
		{ "\1", 1, "cut off" },
		{ "\x80", 1, "cut off" },
		{ "\x80\0\0\1\x80\0\0", 7, "cut off" },
		{ "\1\1A", 3, "longer than what was sent" },
		{ "\2\0A", 3, "longer than what was sent" },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff", 8, "longer than what was sent" },
		{ "\xff\xff\xff\xfe\xff\xff\xff\xfe", 8, "longer than what was sent" }, /* their sum overflows 32 bits */
		{ "\1\xff\xff\xff\xff", 5, "longer than what was sent" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct wire w = { 0 };

		wire_begin(&w, 0);
		wire_stream(&w, FCGI_PARAM, c[i].pairs, c[i].n);
		bad_because(&w, c[i].why);
	}
}

static void pairs_may_go_over_records_and_values_may_be_empty(void **state)
{
	struct wire w = { 0 }, pairs = { 0 };
	const char *why;

	(void)state;
	wire_pair(&pairs, "A", "");
	wire_pair(&pairs, "SCRIPT_NAME", "/x\ny");
	wire_begin(&w, 0);
	for (size_t i = 0; i < pairs.n; i++)
		wire_record(&w, FCGI_PARAM, pairs.p + i, 1);
	assert_int_equal(check(w.p, w.n, &why), HEAD_SHORT);
	wire_record(&w, FCGI_PARAM, NULL, 0);
	assert_int_equal(check(w.p, w.n, &why), HEAD_WHOLE);
	w.n = 0;
	wire_begin(&w, 0);
	wire_record(&w, FCGI_PARAM, NULL, 0); /* none at all: for others to judge */
	assert_int_equal(check(w.p, w.n, &why), HEAD_WHOLE);
	wire_free(&pairs);
	wire_free(&w);
}

static void a_head_ends_before_the_padding_of_its_last_record(void **state)
{
	static const unsigned char empty[] = { 1, FCGI_PARAM, 0, 1, 0, 0, 3, 0, 'p', 'a', 'd', 1 };
	unsigned char bytes[16 + sizeof(empty)];
	struct wire w = { 0 };
	size_t length;
	const char *why;

	(void)state;
	wire_begin(&w, 0);
	memcpy(bytes, w.p, 16);
	memcpy(bytes + 16, empty, sizeof(empty));
	assert_int_equal(check(bytes, 23, &why), HEAD_SHORT);
	for (size_t n = 24; n <= sizeof(bytes); n++) {
		assert_int_equal(fastcgi_head_check(bytes, n, &length, &why), HEAD_WHOLE);
		assert_int_equal(length, 24);
	}
	wire_free(&w);
}

static void sizes_are_limited(void **state)
{
	char *value = calloc(1, FASTCGI_PARAMS_MAX + 2);
	const char *why;

	(void)state;
	assert_non_null(value);
	for (int over = 0; over < 2; over++) {
		struct wire w = { 0 }, pairs = { 0 };

		memset(value, 'x', FASTCGI_PARAMS_MAX + 1);
		value[FASTCGI_PARAMS_MAX - 6 + over] = '\0'; /* one byte of name, five of lengths */
		wire_pair(&pairs, "A", value);
		wire_begin(&w, 0);
		wire_stream(&w, FCGI_PARAM, pairs.p, pairs.n);
		assert_int_equal(check(w.p, w.n, &why), over ? HEAD_BAD : HEAD_WHOLE);
		wire_free(&pairs);
		wire_free(&w);
	}
	/* Few bytes in very many records. */
	for (size_t records = 1; records <= 20000; records += 19999) {
		struct wire w = { 0 };

		wire_begin(&w, 0);
		for (size_t i = 0; i < records; i++)
			wire_record(&w, FCGI_PARAM, "x", 1);
		assert_int_equal(check(w.p, w.n, &why), records == 1 ? HEAD_SHORT : HEAD_BAD);
		wire_free(&w);
	}
	free(value);
}

static void random_changes_never_lead_it_astray(void **state)
{
	struct wire w = { 0 };
	struct rng rng;
	size_t verdicts[3] = { 0 };
	const char *why;

	(void)state;
	rng_init(&rng, 7);
	wire_request(&w, "GET", "/status", NULL, 0);
	for (size_t i = 0; i < 8 * w.n; i++) {
		w.p[i / 8] ^= (unsigned char)(1 << i % 8);
		verdicts[check(w.p, w.n, &why)]++;
		w.p[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	for (int round = 0; round < 20000; round++) {
		unsigned char bytes[64];
		const size_t n = (size_t)(rng_next(&rng) % sizeof(bytes));

		for (size_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)rng_next(&rng);
		if (n > 2 && round % 2) {
			bytes[0] = 1;
			bytes[1] = FCGI_BEGIN;
		}
		verdicts[check(bytes, n, &why)]++;
	}
	for (int i = 0; i < 3; i++)
		assert_true(verdicts[i] > 0);
	wire_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_short_until_its_parameters_end),
		cmocka_unit_test(what_is_not_the_head_of_a_request_is_bad),
		cmocka_unit_test(lengths_that_lie_are_bad),
		cmocka_unit_test(pairs_may_go_over_records_and_values_may_be_empty),
		cmocka_unit_test(a_head_ends_before_the_padding_of_its_last_record),
		cmocka_unit_test(sizes_are_limited),
		cmocka_unit_test(random_changes_never_lead_it_astray),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
