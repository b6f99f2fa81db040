/* fastcgi_body: content out of records, at every cut; whatever else comes ends it. */
#include "pool/fastcgi_body.h"

#include <string.h>

#include "lib/cm.h"
#include "lib/fcgi_client.h"

/* The end of one. */
static const unsigned char head[] = { 1, FCGI_PARAM, 0, 1, 0, 0, 0, 0 };

/* Up to step bytes more at a time, in a buffer that keeps what is left: all the content, and how it ended. */
static enum fastcgi_body_state collect(const struct wire *w, size_t step, char *out, size_t size)
{
	struct fastcgi_body b;
	size_t from = 0, to = 0, n = 0, len;

	fastcgi_body_begin(&b, head, sizeof(head));
	while (b.state == BODY_OPEN) {
		from += fastcgi_body_next(&b, w->p + from, to - from, &len);
		if (len > 0) {
			len = len < 3 ? len : 3; /* as a caller with little room */
			assert_true(n + len < size);
			memcpy(out + n, w->p + from, len);
			n += len;
			from += len;
			fastcgi_body_took(&b, len);
		} else if (to == w->n) {
			break;
		} else {
			to = step < w->n - to ? to + step : w->n;
		}
	}
	out[n] = '\0';
	return b.state;
}

static void the_content_is_the_same_at_every_cut(void **state)
{
	struct wire w = { 0 };
	char out[64];

	(void)state;
	wire_padded(&w, FCGI_IN, "temperature", 11, 255);
	wire_padded(&w, FCGI_IN, "-", 1, 1);
	wire_record(&w, FCGI_IN, "21.5", 4);
	wire_padded(&w, FCGI_IN, NULL, 0, 9);
	wire_record(&w, FCGI_IN, "more", 4); /* behind the end */
	for (size_t step = 1; step <= w.n; step++) {
		assert_int_equal(collect(&w, step, out, sizeof(out)), BODY_END);
		assert_string_equal(out, "temperature-21.5");
	}
	wire_free(&w);
}

static void the_padding_of_the_head_is_no_part_of_the_body(void **state)
{
	static const unsigned char padded[] = { 1, FCGI_PARAM, 0, 1, 0, 0, 5, 0 }, rest[] = { 1, 2, 3, 4, 5, 1, FCGI_IN, 0, 1, 0, 1, 0, 0, 'x' };
	struct fastcgi_body b;
	size_t len;

	(void)state;
	fastcgi_body_begin(&b, padded, sizeof(padded));
	assert_int_equal(fastcgi_body_next(&b, rest, 3, &len), 3);
	assert_int_equal(len, 0);
	assert_int_equal(fastcgi_body_next(&b, rest + 3, sizeof(rest) - 3, &len), 10);
	assert_int_equal(len, 1);
}

static void a_body_that_breaks_off_is_open(void **state)
{
	struct wire w = { 0 };
	char out[64];

	(void)state;
	wire_padded(&w, FCGI_IN, "abc", 3, 5);
	wire_record(&w, FCGI_IN, NULL, 0);
	while (w.n-- > 0) {
		assert_int_equal(collect(&w, 4, out, sizeof(out)), BODY_OPEN);
		assert_int_equal(strlen(out), w.n < 8 ? 0 : w.n < 11 ? w.n - 8 : 3);
	}
	w.n = 0;
	wire_free(&w);
}

static void another_record_is_the_end_of_it(void **state)
{
	char out[64];

	(void)state;
	for (int type = 0; type < 256; type++)
		for (int id = 0; id < 3; id++)
			for (int version = 0; version < 3; version++) {
				const int good = type == FCGI_IN && id == 1 && version == 1;
				struct wire w = { 0 };

				wire_record(&w, FCGI_IN, "abc", 3);
				wire_record(&w, type, "def", 3);
				w.p[11] = (unsigned char)version;
				w.p[14] = (unsigned char)id;
				assert_int_equal(collect(&w, w.n, out, sizeof(out)), good ? BODY_OPEN : BODY_BAD);
				assert_string_equal(out, good ? "abcdef" : "abc");
				wire_free(&w);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_content_is_the_same_at_every_cut),
		cmocka_unit_test(the_padding_of_the_head_is_no_part_of_the_body),
		cmocka_unit_test(a_body_that_breaks_off_is_open),
		cmocka_unit_test(another_record_is_the_end_of_it),
	};

	return cmocka_run_group_tests_name("fastcgi_body", tests, NULL, NULL);
}
