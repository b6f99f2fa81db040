/* reader: what is in compressed files comes out, however they are cut; what is broken, too large or unknown is refused in words. */
#include "input/reader.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "input/limits.h"
#include "lib/cm.h"
#include "lib/flowtext.h"
#include "lib/readersource.h"

struct bytes {
	unsigned char *p;
	size_t n;
};

static struct bytes copy(const void *p, size_t n)
{
	struct bytes b = { malloc(n + 1), n };

	assert_non_null(b.p);
	memcpy(b.p, p, n);
	return b;
}

static struct bytes gzip(const void *p, size_t n)
{
	z_stream z = { 0 };
	struct bytes out;
	uLong room;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
	room = deflateBound(&z, n);
	out = (struct bytes){ malloc(room), 0 };
	assert_non_null(out.p);
	z.next_in = (z_const Bytef *)(uintptr_t)p;
	z.avail_in = (uInt)n;
	z.next_out = out.p;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out.n = z.total_out;
	deflateEnd(&z);
	return out;
}

/* With a checksum, and a window of 2^window_log (0: as it comes), whose need is told because the size of the content is not. */
static struct bytes zstd(const void *p, size_t n, int window_log)
{
	struct bytes out = { malloc(ZSTD_compressBound(n)), 0 };
	ZSTD_CCtx *const c = ZSTD_createCCtx();
	ZSTD_inBuffer in = { p, n, 0 };
	ZSTD_outBuffer to = { out.p, ZSTD_compressBound(n), 0 };

	assert_non_null(out.p);
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, window_log);
	assert_false(ZSTD_isError(ZSTD_compressStream2(c, &to, &in, ZSTD_e_continue)));
	assert_int_equal(ZSTD_compressStream2(c, &to, &in, ZSTD_e_end), 0);
	ZSTD_freeCCtx(c);
	out.n = to.pos;
	return out;
}

static struct bytes zstd_plain(const void *p, size_t n)
{
	return zstd(p, n, 0);
}

static struct bytes join(struct bytes a, struct bytes b)
{
	struct bytes out = { malloc(a.n + b.n), a.n + b.n };

	assert_non_null(out.p);
	memcpy(out.p, a.p, a.n);
	memcpy(out.p + a.n, b.p, b.n);
	free(a.p);
	free(b.p);
	return out;
}

/* CSV of n rows that do not repeat much. */
static struct bytes rows(size_t n)
{
	struct bytes b = { malloc(64 * n + 64), 0 };
	char *const p = (char *)b.p;
	uint32_t x = 1;

	assert_non_null(p);
	b.n = (size_t)sprintf(p, "ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes\n");
	for (size_t i = 0; i < n; i++) {
		x = x * 1664525 + 1013904223;
		b.n += (size_t)sprintf(p + b.n, "%zu.%u,%u,%u,%u,%u\n", 1600000000 + i, x % 1000, x >> 28, x >> 27 & 15, x >> 8,
				       x & 0xffff);
	}
	return b;
}

static size_t three(void *arg, size_t left)
{
	(void)arg;
	return left < 3 ? left : 3;
}

/* The flows of the file, without the notes on its format, packing and end. Not depending on cuts. */
static char *flows(struct bytes b)
{
	char *const whole = flowtext(&reader_source, b.p, b.n, NULL, NULL), *const pieces =
										    flowtext(&reader_source, b.p, b.n, three, NULL);

	assert_non_null(whole);
	assert_string_equal(whole, pieces);
	free(pieces);
	return whole;
}

static void has(const char *text, const char *word)
{
	if (strstr(text, word) == NULL)
		fail_msg("\"%s\" is not in:\n%.2000s", word, text);
}

/* The part of the text before the notes. */
static void same_flows(const char *a, const char *b)
{
	const char *const an = strstr(a, "note "), *const bn = strstr(b, "note ");

	assert_non_null(an);
	assert_non_null(bn);
	assert_int_equal(an - a, bn - b);
	assert_memory_equal(a, b, (size_t)(an - a));
}

typedef struct bytes (*packer)(const void *p, size_t n);

static const struct {
	packer pack;
	const char *name;
} packers[] = { { gzip, "gzip" }, { zstd_plain, "Zstandard" } };

enum { PACKERS = sizeof(packers) / sizeof(*packers) };

static void a_compressed_file_gives_the_flows_that_are_in_it(void **state)
{
	static const size_t sizes[] = { 0, 1, 5, 300, 40000 }; /* the last has more than one buffer */

	(void)state;
	for (size_t k = 0; k < PACKERS; k++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			struct bytes plain = rows(sizes[i]), packed = packers[k].pack(plain.p, plain.n);
			char *const want = flows(plain), *const got = flows(packed);
			char note[80];

			snprintf(note, sizeof(note), "note packing %s, unpacked %zu\n", packers[k].name, plain.n);
			has(got, note);
			has(got, "note format CSV\n");
			same_flows(got, want);
			assert_string_equal(strrchr(got, '\n') - 2, strrchr(want, '\n') - 2); /* "0 " */
			free(want);
			free(got);
			free(plain.p);
			free(packed.p);
		}
	}
}

static void all_members_of_a_file_count(void **state)
{
	(void)state;
	for (size_t k = 0; k < PACKERS; k++) {
		struct bytes plain = rows(200);
		struct bytes parts = packers[k].pack(plain.p, 1000);
		char *want = flows(plain), *got;

		parts = join(parts, packers[k].pack(plain.p + 1000, 0));
		parts = join(parts, packers[k].pack(plain.p + 1000, plain.n - 1000));
		got = flows(parts);
		same_flows(got, want);
		free(want);
		free(got);
		free(plain.p);
		free(parts.p);
	}
}

static void what_is_behind_the_end_is_told_and_left_out(void **state)
{
	static const struct {
		const char *tail;
		size_t n;
	} cases[] = { { "x", 1 }, { "\x1f", 1 }, { "junk that is longer", 19 }, { "\0\0\0\0\0\0", 6 } };

	(void)state;
	for (size_t k = 0; k < PACKERS; k++) {
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			struct bytes plain = rows(20),
				     packed = join(packers[k].pack(plain.p, plain.n), copy(cases[i].tail, cases[i].n));
			char *const want = flows(plain), *const got = flows(packed);
			char note[80];

			snprintf(note, sizeof(note), "note %zu bytes behind the end of the %s file are left out\n", cases[i].n,
				 packers[k].name);
			has(got, note);
			has(got, "\n0 \n");
			same_flows(got, want);
			free(want);
			free(got);
			free(plain.p);
			free(packed.p);
		}
	}
}

static void a_file_that_was_cut_off_gives_what_is_there(void **state)
{
	(void)state;
	for (size_t k = 0; k < PACKERS; k++) {
		struct bytes plain = rows(40000), packed = packers[k].pack(plain.p, plain.n);
		char message[80], *got;

		snprintf(message, sizeof(message), "\n-3 the %s file ends early: it was cut off\n", packers[k].name);
		packed.n /= 2;
		got = flows(packed);
		has(got, message);
		has(got, "\nflow 10000 ");
		free(got);
		packed.n = 5;
		got = flows(packed);
		has(got, message);
		free(got);
		free(plain.p);
		free(packed.p);
	}
}

static void damage_is_noticed(void **state)
{
	(void)state;
	for (size_t k = 0; k < PACKERS; k++) {
		struct bytes plain = rows(300), packed = packers[k].pack(plain.p, plain.n);
		char message[80], *got;

		snprintf(message, sizeof(message), "\n-3 the %s file is damaged: ", packers[k].name);
		packed.p[packed.n - (k == 0 ? 8 : 1)] ^= 1; /* the checksum: all of the content is good */
		got = flows(packed);
		has(got, message);
		has(got, "\nflow 298 ");
		free(got);
		memset(packed.p + packed.n / 2, 0xff, packed.n / 4);
		got = flows(packed);
		has(got, message);
		free(got);
		free(plain.p);
		free(packed.p);
	}
}

static void packed_twice_is_refused(void **state)
{
	(void)state;
	for (size_t k = 0; k < PACKERS; k++) {
		for (size_t j = 0; j < PACKERS; j++) {
			struct bytes plain = rows(50), once = packers[j].pack(plain.p, plain.n),
				     twice = packers[k].pack(once.p, once.n);
			char *const got = flows(twice);
			char message[120];

			snprintf(message, sizeof(message), "\n-11 a %s file inside of a %s file is not taken: unpack it once\n",
				 packers[j].name, packers[k].name);
			has(got, message);
			free(got);
			free(plain.p);
			free(once.p);
			free(twice.p);
		}
	}
}

static void what_is_not_taken_is_named_with_what_is(void **state)
{
	static const struct {
		const char *bytes, *plain, *packed;
	} cases[] = {
		{ "%PDF-1.7 ...", "-11 this is a PDF file; taken are: CSV", "-11 the gzip file holds a PDF file; taken are: CSV" },
		{ "BZh9 ...", "-11 this is a bzip2 file: unpack it first (bunzip2); taken are: CSV",
		  "-11 the gzip file holds a bzip2 file: unpack it first (bunzip2); taken are: CSV" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bytes plain = copy(cases[i].bytes, strlen(cases[i].bytes)), packed = gzip(plain.p, plain.n);
		char *got = flows(plain);

		has(got, cases[i].plain);
		has(got, ", each also as .gz or .zst\n");
		free(got);
		got = flows(packed);
		has(got, cases[i].packed);
		free(got);
		free(plain.p);
		free(packed.p);
	}
}

static int count_flow(void *arg, const struct flow *f)
{
	(void)f;
	(*(size_t *)arg)++;
	return OK;
}

/* Read b within limits; what came of it, with the number of flows. */
static int limited(struct bytes b, uint64_t max, uint64_t ratio, size_t *flow_n, struct err *e)
{
	const struct reader_options o = { .unpacked_max = max, .ratio_max = ratio };
	struct reader *r = NULL;
	int code;

	*flow_n = 0;
	assert_int_equal(reader_new(&r, &o, &(struct sinks){ .flow = count_flow, .arg = flow_n }, e), OK);
	code = reader_feed(r, b.p, b.n, e);
	if (code == OK)
		code = reader_finish(r, e);
	else
		assert_int_equal(reader_finish(r, e), code); /* the first failure is final */
	reader_del(r);
	return code;
}

static void limits_hold_and_name_their_settings(void **state)
{
	struct err e = { 0 };
	size_t n;

	(void)state;
	for (size_t k = 0; k < PACKERS; k++) {
		struct bytes plain = rows(60000), packed = packers[k].pack(plain.p, plain.n),
			     zeros = { calloc(1, 4 << 20), 4 << 20 };
		struct bytes bomb = packers[k].pack(zeros.p, zeros.n);

		assert_int_equal(limited(packed, plain.n, 10, &n, &e), OK);
		assert_int_equal(n, 60000);
		assert_int_equal(limited(packed, plain.n - 1, 10, &n, &e), ERR_TOO_LARGE);
		assert_true(n > 10000 && n < 60000);
		has(e.msg, "max_unpacked");
		assert_int_equal(limited(packed, 0, 1, &n, &e), ERR_TOO_LARGE);
		has(e.msg, "max_ratio");
		assert_int_equal(n, 0);
		assert_int_equal(limited(bomb, 0, 200, &n, &e), ERR_TOO_LARGE);
		has(e.msg, "more than 200 times");
		/* Not compressed: no limit is for it. */
		assert_int_equal(limited(plain, 1000, 1, &n, &e), OK);
		assert_int_equal(n, 60000);
		free(plain.p);
		free(packed.p);
		free(zeros.p);
		free(bomb.p);
	}
}

static void a_window_that_takes_much_memory_is_refused(void **state)
{
	struct bytes plain = rows(10), packed = zstd(plain.p, plain.n, 25);
	struct err e = { 0 };
	size_t n;

	(void)state;
	assert_int_equal(limited(packed, 0, 0, &n, &e), OK);
	assert_int_equal(n, 10);
	free(packed.p);
	packed = zstd(plain.p, plain.n, 26);
	assert_int_equal(limited(packed, 0, 0, &n, &e), ERR_UNSUPPORTED);
	has(e.msg, "more than 32 MiB");
	free(plain.p);
	free(packed.p);
}

static int refuse_third(void *arg, const struct flow *f)
{
	(void)arg;
	return f->row == 2 ? -77 : OK;
}

static void what_a_sink_says_comes_back_as_it_is(void **state)
{
	(void)state;
	for (size_t k = 0; k <= PACKERS; k++) {
		struct bytes plain = rows(k == 1 ? 40000 : 8),
			     b = k < PACKERS ? packers[k].pack(plain.p, plain.n) : copy(plain.p, plain.n);
		struct err e = { .code = 5, .msg = "untouched" };
		struct reader *r = NULL;
		int code;

		assert_int_equal(reader_new(&r, NULL, &(struct sinks){ .flow = refuse_third }, NULL), OK);
		code = reader_feed(r, b.p, b.n, &e);
		if (code == OK) /* it is told when the bytes are held back no longer */
			code = reader_finish(r, &e);
		assert_int_equal(code, -77);
		assert_string_equal(e.msg, "untouched");
		reader_del(r);
		free(plain.p);
		free(b.p);
	}
}

static char *environment(const char *name)
{
	static char unpacked[] = "123456789012345", wrong[] = "many";

	return strcmp(name, "GUARDIAN_MAX_UNPACKED") == 0 ? unpacked : strcmp(name, "GUARDIAN_MAX_RATIO") == 0 ? wrong : NULL;
}

static void limits_come_from_the_settings(void **state)
{
	static const struct setting table[] = { { "max_unpacked", "7", "", NULL },
						{ "max_ratio", "0", "", NULL },
						{ "home_networks", "", "", NULL },
						{ .name = NULL } };
	struct reader_options o = { .source.flow_max = 3 };
	struct settings s;
	struct err e = { 0 };

	(void)state;
	settings_init(&s, table);
	assert_int_equal(limits_load(&o, &s, &e), OK);
	assert_int_equal(o.unpacked_max, 7);
	assert_int_equal(o.ratio_max, 0);
	assert_int_equal(o.source.flow_max, 3);
	assert_int_equal(settings_env(&s, environment, &e), OK);
	assert_int_equal(limits_load(&o, &s, &e), ERR_FORMAT);
	has(e.msg, "\"many\" is not a whole number");
	assert_int_equal(o.unpacked_max, 123456789012345);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_compressed_file_gives_the_flows_that_are_in_it),
		cmocka_unit_test(all_members_of_a_file_count),
		cmocka_unit_test(what_is_behind_the_end_is_told_and_left_out),
		cmocka_unit_test(a_file_that_was_cut_off_gives_what_is_there),
		cmocka_unit_test(damage_is_noticed),
		cmocka_unit_test(packed_twice_is_refused),
		cmocka_unit_test(what_is_not_taken_is_named_with_what_is),
		cmocka_unit_test(limits_hold_and_name_their_settings),
		cmocka_unit_test(a_window_that_takes_much_memory_is_refused),
		cmocka_unit_test(what_a_sink_says_comes_back_as_it_is),
		cmocka_unit_test(limits_come_from_the_settings),
	};

	return cmocka_run_group_tests_name("reader", tests, NULL, NULL);
}
