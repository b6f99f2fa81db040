/* upload_body: forms as browsers and programs send them, forms that are broken, and every way to cut them into pieces. */
#include "http/upload_body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/rng.h"
#include "base/text.h"
#include "lib/cm.h"
#include "lib/uploadtext.h"

#define FORM          "multipart/form-data; boundary=XX"
#define FILE_IS(name) "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=" name "\r\n\r\n"
#define END           "\r\n--XX--\r\n"

static size_t cut_fixed(void *arg, size_t left)
{
	const size_t n = *(const size_t *)arg;

	return n < left ? n : left;
}

/* Two pieces: the first of *arg bytes. */
static size_t cut_once(void *arg, size_t left)
{
	size_t *const first = arg, n = *first < left ? *first : left;

	*first = (size_t)-1;
	return n;
}

static void expect_n(const char *type, const char *body, size_t len, const char *expected, size_t expected_n)
{
	size_t n, at;
	char *text = uploadtext(type, body, len, NULL, NULL, &n);

	assert_string_equal(text, expected);
	assert_int_equal(n, expected_n);
	free(text);
	for (size_t size = 1; size <= 3 && size < len; size++) {
		text = uploadtext(type, body, len, cut_fixed, &size, &n);
		assert_int_equal(n, expected_n);
		assert_memory_equal(text, expected, n);
		free(text);
	}
	for (size_t first = 1; first < len; first++) {
		at = first;
		text = uploadtext(type, body, len, cut_once, &at, &n);
		assert_int_equal(n, expected_n);
		assert_memory_equal(text, expected, n);
		free(text);
	}
}

/* What becomes of a body, whole, cut everywhere and in pieces of 1, 2 and 3 bytes. */
static void expect(const char *type, const char *body, const char *expected)
{
	expect_n(type, body, strlen(body), expected, strlen(expected));
}

static void expect_error(const char *type, const char *body, const char *part_of_message)
{
	size_t n;
	char *const text = uploadtext(type, body, strlen(body), NULL, NULL, &n);
	const char *const error = strstr(text, "error ");

	assert_non_null(error);
	if (strstr(error, part_of_message) == NULL)
		print_error("\"%s\" does not say \"%s\"\n", text, part_of_message);
	assert_non_null(strstr(error, part_of_message));
	expect(type, body, text);
	free(text);
}

static void the_file_of_a_form_comes_out(void **state)
{
	(void)state;
	expect(FORM, FILE_IS("\"a.csv\"") "ts,x\r\n1,2\r\n" END, "<a.csv>ts,x\r\n1,2\r\nok");
	/* other parts, further headers, an empty part, and no CR LF at the end */
	expect(FORM,
	       "--XX\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n"
	       "--XX\r\ncontent-type: text/csv\r\nCONTENT-DISPOSITION:form-data;filename=b.csv ; name=file\r\n\r\n1\r\n"
	       "--XX\r\nContent-Disposition: form-data; name=empty\r\n\r\n\r\n--XX--",
	       "<b.csv>1ok");
	expect(FORM, FILE_IS("\"empty.csv\"") END, "<empty.csv>ok");
	/* the CR LF that ends the headers may be the one before the boundary */
	expect(FORM, "--XX\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n--XX--", "<a>ok");
}

static void preamble_padding_folded_headers_and_epilogue_are_tolerated(void **state)
{
	(void)state;
	expect(FORM, "This is a form.\r\n" FILE_IS("a") "1" END, "<a>1ok");
	expect(FORM, "\r\n" FILE_IS("a") "1" END, "<a>1ok");
	expect(FORM,
	       "--XX \t \r\nContent-Disposition: form-data;\r\n\tname=file;\r\n  filename=a\r\n\r\n1\r\n--XX-- \t\r\nBye. --XX\r\n",
	       "<a>1ok");
	expect(FORM, FILE_IS("a") "1" END FILE_IS("b") "2" END, "<a>1ok");
}

static void what_only_looks_like_a_boundary_is_data(void **state)
{
	static const char *const data[] = { "\r\n--X",       "\r\n--XXX",
					    "\r\n--XX-",     "\r\n--XX-X",
					    "\r\n--XX x",    "\r\n--XX\rX",
					    "\r\r\n--XY",    "--XX\r\n",
					    "\n--XX\r\n",    "\r",
					    "\r\n",          "\r\n-",
					    "\r\n\r\n",      "\r\n--\r\n--",
					    "\r\n--XX \r\r", "\r\n--X\r\n--X",
					    "\r\n--XX -",    "\r\n--XX\r\r\n--XX\r",
					    "\r\n--XX\t-",   "x--XX--" };
	char body[256], expected[256];

	(void)state;
	for (size_t i = 0; i < sizeof(data) / sizeof(*data); i++) {
		snprintf(body, sizeof(body), FILE_IS("a") "%s" END, data[i]);
		snprintf(expected, sizeof(expected), "<a>%sok", data[i]);
		/* "--XX" right behind the headers is a boundary; here data begin with something else */
		if (strncmp(data[i], "--XX", 4) == 0) {
			snprintf(body, sizeof(body), FILE_IS("a") "y%s" END, data[i]);
			snprintf(expected, sizeof(expected), "<a>y%sok", data[i]);
		}
		expect(FORM, body, expected);
	}
}

static void bytes_of_any_value_pass(void **state)
{
	static const char head[] = FILE_IS("a"), end[] = END;
	char body[2048], expected[2048];
	struct rng rng;
	size_t n, k;

	(void)state;
	rng_init(&rng, 7);
	for (int round = 0; round < 20; round++) {
		n = sizeof(head) - 1;
		memcpy(body, head, n);
		memcpy(expected, "<a>", 3);
		for (k = 3; k < 300; k++)
			expected[k] = body[n++] = "\r\n-XQ\0\xff"
						  "a"[rng_below(&rng, 8)];
		/* no full boundary by chance */
		for (size_t i = 3; i + 3 < 300; i++)
			if (memcmp(expected + i, "--XX", 4) == 0)
				expected[i + 3] = body[sizeof(head) - 1 + i - 3 + 3] = 'Q';
		memcpy(body + n, end, sizeof(end) - 1);
		memcpy(expected + k, "ok", 3);
		expect_n(FORM, body, n + sizeof(end) - 1, expected, k + 2);
	}
}

static void file_names_lose_folders_and_what_cannot_be_shown(void **state)
{
	static const struct {
		const char *sent, *name;
	} names[] = {
		{ "\"../../etc/passwd\"", "passwd" },
		{ "\"C:\\Users\\x\\flows.csv\"", "flows.csv" },
		{ "\"\\\\server\\share\\n.csv\"", "n.csv" },
		{ "\"a\\\"b.csv\"", "a\"b.csv" },
		{ "\"a%22b.csv\"", "a\"b.csv" },
		{ "\"a\\\\b.csv\"", "b.csv" },
		{ "\"100%25%41.csv\"", "100%25%41.csv" },
		{ "\"a%0d%0Ab%22\"", "a\xef\xbf\xbd\xef\xbf\xbd"
				     "b\"" },
		{ "\"a;b=c.csv\"", "a;b=c.csv" },
		{ "\"\xc3\xa4\xff.csv\"", "\xc3\xa4\xef\xbf\xbd.csv" },
		{ "\"a\tb\xc2\x85\xe2\x80\xae\"", "a\xef\xbf\xbd"
						  "b\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\" a.csv \"", " a.csv " },
		{ "a.csv", "a.csv" },
		{ "\"plain.csv\"; filename*=UTF-8''na%C3%AFve%2F%20x.csv", " x.csv" },
		{ "x; filename*=utf-8'en'%e2%82%ac.csv", "\xe2\x82\xac.csv" },
		{ "x.csv; filename*=ISO-8859-1''%E4.csv", "x.csv" },
		{ "x.csv; filename*=UTF-8''%zz", "x.csv" },
		{ "x.csv; filename*=UTF-8''a%00b", "x.csv" },
	};
	char body[256], expected[256];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(body, sizeof(body), FILE_IS("%s") "1" END, names[i].sent);
		snprintf(expected, sizeof(expected), "<%s>1ok", names[i].name);
		expect(FORM, body, expected);
	}
	/* a backslash before the closing quote, as browsers send it: the folder rule leaves nothing of it */
	expect_error(FORM, FILE_IS("\"a\\\"") "1" END, "file name is empty");
	expect(FORM, "--XX\r\nContent-Disposition: form-data; name=file; filename*=UTF-8''a%20b\r\n\r\n1" END, "<a b>1ok");
}

static void file_names_are_cut_to_255_characters_not_bytes(void **state)
{
	char body[1200] = FILE_IS("\""), *text;
	size_t n = strlen(body) - 4;

	(void)state;
	for (int i = 0; i < 256; i++, n += 2)
		memcpy(body + n, "\xc3\xa4", 2);
	memcpy(body + n, "\"\r\n\r\n1" END, sizeof("\"\r\n\r\n1" END));
	text = uploadtext(FORM, body, strlen(body), NULL, NULL, &n);
	assert_int_equal(n, 1 + 255 * 2 + 4);
	assert_memory_equal(text + 1 + 254 * 2, "\xc3\xa4>1ok", 6);
	free(text);
}

static void a_form_without_a_usable_file_is_refused_with_the_reason(void **state)
{
	(void)state;
	expect_error(FORM, "", "has no boundary \"--XX\"");
	expect_error(FORM, "--YY\r\n\r\n", "has no boundary");
	expect_error(FORM, "--XX--\r\n", "no part \"file\"");
	expect_error(FORM,
		     "--XX\r\nContent-Disposition: form-data; name=File\r\n\r\n\r\n--XX\r\nContent-Disposition: form-data; "
		     "name=\"b\x01\"\r\n\r\n" END,
		     "control character");
	expect_error(FORM,
		     "--XX\r\nContent-Disposition: form-data; name=File\r\n\r\n\r\n--XX\r\nContent-Disposition: form-data; "
		     "name=\"b\xff\"\r\n\r\n" END,
		     "its parts are: File, b\xef\xbf\xbd");
	expect_error(FORM, FILE_IS("\"\"") "" END, "no file was chosen");
	expect_error(FORM, FILE_IS("\"..\"") "" END, "file name is empty");
	expect_error(FORM, FILE_IS("\"x/\"") "" END, "file name is empty");
	expect_error(FORM, FILE_IS("\"  \"") "" END, "file name is empty");
	expect_error(FORM, "--XX\r\nContent-Disposition: form-data; name=file\r\n\r\nx" END, "has no file name");
	expect_error(FORM, FILE_IS("a") "1\r\n" FILE_IS("b") "2" END, "more than one part \"file\"");
}

static void broken_forms_are_refused_with_the_reason(void **state)
{
	(void)state;
	expect_error(FORM, FILE_IS("a") "1", "broke off before its closing boundary");
	expect_error(FORM, FILE_IS("a") "1\r\n--XX-", "broke off");
	expect_error(FORM, FILE_IS("a") "1\r\n--XX\r\n", "broke off");
	expect_error(FORM, "--XX\r\nContent-Dispo", "broke off");
	expect_error(FORM, "--XX\r\nContent-Type: text/csv\r\n\r\n1" END, "no Content-Disposition");
	expect_error(FORM, "--XX\r\n\r\n1" END, "no Content-Disposition");
	expect_error(FORM, "--XX\r\nContent-Disposition: attachment; name=file\r\n\r\n1" END,
		     "\"attachment\" and should be form-data");
	expect_error(FORM, "--XX\r\nContent-Disposition: form-data; filename=a\r\n\r\n1" END, "has no name");
	expect_error(FORM, FILE_IS("a; filename=b") "1" END, "two parameters filename");
	expect_error(FORM, FILE_IS("\"a") "1" END, "malformed");
	expect_error(FORM, FILE_IS("\"a\"b") "1" END, "malformed");
	expect_error(FORM, FILE_IS("a; b") "1" END, "malformed");
	expect_error(FORM, "--XX\r\nContent-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=a\r\n\r\n1" END,
		     "two Content-Disposition");
	expect_error(FORM, "--XX\r\nContent-Disposition: form-data; name=a\r\n--XX--\r\n\r\n", "\"--XX--\" that is no header");
	expect_error(FORM, "--XX\r\nContent-Disposition : form-data; name=a\r\n\r\n" END, "no header");
	expect_error(FORM, "--XX\r\n: a\r\n\r\n" END, "no header");
	expect_error(FORM, "--XX\r\nA: b\rc\r\n\r\n" END, "control character");
	expect_error(FORM, "--XX\nContent-Disposition: form-data; name=file; filename=a\n\n1\n--XX--\n", "ends with LF alone");
	expect_error(FORM, "--XX\r\nContent-Disposition: form-data; name=file; filename=a\n\n1\n--XX--\n", "ends with LF alone");
	expect_error(FORM, FILE_IS("a") "1\r\n--XX\nA: b\r\n\r\n" END, "ends with LF alone");
	expect_error(FORM, FILE_IS("a") "1\n--XX--\n", "broke off");
}

/* head, then n times piece, then tail. */
static char *long_body(const char *head, size_t n, const char *piece, const char *tail)
{
	struct text t = { 0 };

	text_str(&t, head);
	for (size_t i = 0; i < n; i++)
		text_str(&t, piece);
	text_str(&t, tail);
	assert_false(t.failed);
	return t.p;
}

static void expect_long(char *body, const char *part_of_result)
{
	size_t n, size = 7;
	char *const whole = uploadtext(FORM, body, strlen(body), NULL, NULL, &n), *const pieces =
											  uploadtext(FORM, body, strlen(body),
												     cut_fixed, &size, &n);

	assert_non_null(strstr(whole, part_of_result));
	assert_string_equal(whole, pieces);
	free(whole);
	free(pieces);
	free(body);
}

static void what_a_form_may_have_is_bounded(void **state)
{
	static const char disposition[] = "Content-Disposition: form-data; name=p\r\n";
	static const char part[] = "--XX\r\nContent-Disposition: form-data; name=p\r\n\r\n\r\n";

	(void)state;
	expect_long(long_body("", 63, part, FILE_IS("a") "1" END), "<a>1ok");
	expect_long(long_body("", 64, part, FILE_IS("a") "1" END), "more than 64 parts");
	/* the whole head: 3 + n + 2 + 2 bytes, with its empty line */
	expect_long(long_body("--XX\r\nContent-Disposition: form-data; name=file; filename=a\r\nA: ", 8192 - 55 - 5 - 4, "b",
			      "\r\n\r\n1" END),
		    "<a>1ok");
	expect_long(long_body("--XX\r\nContent-Disposition: form-data; name=file; filename=a\r\nA: ", 8192, "b", "\r\n\r\n1" END),
		    "longer than 8192 bytes");
	expect_long(long_body("--XX\r\n", 8192, disposition, ""), "longer than 8192 bytes");
	expect_long(long_body("", 65536, "p", "\r\n" FILE_IS("a") "1" END), "<a>1ok");
	expect_long(long_body("", 65537, "p", "\r\n" FILE_IS("a") "1" END), "in the first 65536 bytes");
	expect_long(long_body("--XX", 64, " ", "\r\n--XX--"), "broke off");
	expect_long(long_body("--XX", 65, " ", "\r\n--XX--"), "more than 64 blanks");
}

static void the_boundary_comes_from_content_type(void **state)
{
	static const char *const good[] = {
		"multipart/form-data; boundary=XX",
		"Multipart/Form-Data;charset=utf-8; BOUNDARY=\"XX\"",
		"multipart/form-data ; boundary = XX ; x=\"y;z\" ;",
	};
	char type[128];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		expect(good[i], FILE_IS("a") "1" END, "<a>1ok");
	expect("multipart/form-data; boundary=\"a b'()+_,-./:=?9\"",
	       "--a b'()+_,-./:=?9\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n1\r\n--a b'()+_,-./:=?9--",
	       "<a>1ok");
	expect_error("multipart/form-data", "", "without a boundary");
	expect_error("multipart/form-data; boundary=", "", "has 0 characters");
	expect_error("multipart/form-data; boundary=\"\"", "", "has 0 characters");
	expect_error("multipart/form-data; boundary=a; boundary=b", "", "two boundaries");
	expect_error("multipart/form-data; boundary=\"a \"", "", "not allowed, 0x20");
	expect_error("multipart/form-data; boundary=\"a\\a\"", "", "not allowed, 0x5c");
	expect_error("multipart/form-data; boundary=a@b", "", "not allowed, 0x40");
	expect_error("multipart/form-data; boundary=\xc3\xa4", "", "not allowed, 0xc3");
	expect_error("multipart/form-data; boundary=\"a", "", "malformed");
	expect_error("multipart/form-data; boundary", "", "malformed");
	snprintf(type, sizeof(type), "multipart/form-data; boundary=%070d", 7);
	expect_error(type, "x", "has no boundary");
	snprintf(type, sizeof(type), "multipart/form-data; boundary=%071d", 7);
	expect_error(type, "x", "has 71 characters");
}

static void a_raw_body_is_the_file_itself(void **state)
{
	static const char *const types[] = { NULL,         "",
					     "text/csv",   "Text/CSV; charset=utf-8",
					     "text/plain", "application/octet-stream" };

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		expect(types[i], "ts\r\n--XX--\r\n", "<raw.csv>ts\r\n--XX--\r\nok");
	expect("text/csv", "", "<raw.csv>ok");
	expect("application/gzip", "", "<raw.csv>ok");
	expect("application/x-ndjson; charset=utf-8", "", "<raw.csv>ok");
	expect_error("application/x-www-form-urlencoded", "a=b", "is not taken; send a form");
	expect_error("multipart/mixed; boundary=XX", "a", "is not taken");
	expect_error("text/csvx", "a", "is not taken");
}

static int begin_name(void *arg, const char *name, struct err *e)
{
	(void)e;
	snprintf(arg, 64, "%s", name);
	return OK;
}

static int refuse(void *arg, const void *data, size_t len, struct err *e)
{
	(void)arg;
	(void)data;
	(void)len;
	return err_set(e, ERR_RANGE, "no more");
}

static void the_raw_name_is_cleaned_and_has_a_default(void **state)
{
	static const struct {
		const char *given, *name;
	} names[] = {
		{ NULL, "upload" }, { "", "upload" }, { "../x.csv", "x.csv" }, { "/", "upload" }, { "a\n", "a\xef\xbf\xbd" }
	};
	char name[64] = "";
	const struct upload_sink sink = { begin_name, refuse, name };
	struct upload_body *b;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_equal(upload_body_new(&b, NULL, names[i].given, &sink, &e), OK);
		assert_int_equal(upload_body_finish(b, &e), OK);
		assert_string_equal(name, names[i].name);
		upload_body_del(b);
	}
}

static void what_the_sink_refuses_ends_the_body_for_good(void **state)
{
	static const char body[] = FILE_IS("a") "1" END;
	char name[64] = "";
	const struct upload_sink sink = { begin_name, refuse, name };
	struct upload_body *b;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(upload_body_new(&b, FORM, NULL, &sink, &e), OK);
	assert_int_equal(upload_body_push(b, body, sizeof(body) - 1, &e), ERR_RANGE);
	assert_string_equal(e.msg, "no more");
	e = (struct err){ 0 };
	assert_int_equal(upload_body_push(b, "x", 1, &e), ERR_RANGE);
	assert_int_equal(upload_body_finish(b, &e), ERR_RANGE);
	assert_string_equal(e.msg, "no more");
	upload_body_del(b);
}

static int count_bytes(void *arg, const void *data, size_t len, struct err *e)
{
	(void)data;
	(void)e;
	*(size_t *)arg += len;
	return OK;
}

static int begin_nothing(void *arg, const char *name, struct err *e)
{
	(void)arg;
	(void)name;
	(void)e;
	return OK;
}

/* Prints the rate; fails only when something is badly wrong. */
static void a_large_body_flows_through(void **state)
{
	static const char head[] =
		"------WebKitFormBoundary7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n";
	static const char end[] = "\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n";
	static const char row[] = "1634568299.123456,12,34,5678,91011,benign\r\n";
	enum { PIECE = 65536, PIECES = 512 };
	char *const piece = malloc(PIECE);
	size_t got = 0;
	const struct upload_sink sink = { begin_nothing, count_bytes, &got };
	struct upload_body *b;
	struct timespec t[2];
	struct err e;

	(void)state;
	assert_non_null(piece);
	for (size_t i = 0; i < PIECE; i++)
		piece[i] = row[i % (sizeof(row) - 1)];
	assert_int_equal(
		upload_body_new(&b, "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW", NULL, &sink, &e), OK);
	clock_gettime(CLOCK_MONOTONIC, &t[0]);
	assert_int_equal(upload_body_push(b, head, sizeof(head) - 1, &e), OK);
	for (int i = 0; i < PIECES; i++)
		assert_int_equal(upload_body_push(b, piece, PIECE, &e), OK);
	assert_int_equal(upload_body_push(b, end, sizeof(end) - 1, &e), OK);
	assert_int_equal(upload_body_finish(b, &e), OK);
	clock_gettime(CLOCK_MONOTONIC, &t[1]);
	assert_int_equal(got, (size_t)PIECE * PIECES);
	print_message("%.0f MB/s\n",
		      (double)got / 1e6 / ((double)(t[1].tv_sec - t[0].tv_sec) + 1e-9 * (double)(t[1].tv_nsec - t[0].tv_nsec)));
	upload_body_del(b);
	free(piece);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_of_a_form_comes_out),
		cmocka_unit_test(preamble_padding_folded_headers_and_epilogue_are_tolerated),
		cmocka_unit_test(what_only_looks_like_a_boundary_is_data),
		cmocka_unit_test(bytes_of_any_value_pass),
		cmocka_unit_test(file_names_lose_folders_and_what_cannot_be_shown),
		cmocka_unit_test(file_names_are_cut_to_255_characters_not_bytes),
		cmocka_unit_test(a_form_without_a_usable_file_is_refused_with_the_reason),
		cmocka_unit_test(broken_forms_are_refused_with_the_reason),
		cmocka_unit_test(what_a_form_may_have_is_bounded),
		cmocka_unit_test(the_boundary_comes_from_content_type),
		cmocka_unit_test(a_raw_body_is_the_file_itself),
		cmocka_unit_test(the_raw_name_is_cleaned_and_has_a_default),
		cmocka_unit_test(what_the_sink_refuses_ends_the_body_for_good),
		cmocka_unit_test(a_large_body_flows_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
