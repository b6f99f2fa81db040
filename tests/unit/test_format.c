/* format: files are known by their first bytes. */
#include "input/format.h"

#include <string.h>

#include "lib/cm.h"

static void knows_files_by_their_first_bytes(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *name;
	} cases[] = {
		{ "", 0, "CSV" },
		{ "ts,orig_pkts\n", 13, "CSV" },
		{ "\xef\xbb\xbfts,a", 7, "CSV" },
		{ "\x1f", 1, "binary" },
		{ "PK\x03\x04", 4, "ZIP or spreadsheet" },
		{ "\xd4\xc3\xb2\xa1", 4, "packet capture (pcap)" },
		{ "\xa1\xb2\x3c\x4d", 4, "packet capture (pcap)" },
		{ "\x0a\x0d\x0d\x0a", 4, "packet capture (pcapng)" },
		{ "#separator \\x09", 15, "Zeek conn.log" },
		{ "\t#separator \\x09", 16, "Zeek conn.log" },
		{ "#fields\tts", 10, "Zeek conn.log" },
		{ "\xef\xbb\xbf#path\tconn", 13, "Zeek conn.log" },
		{ "#close\t2021", 11, "Zeek conn.log" },
		{ "#fie", 4, "CSV" },
		{ "#note,orig_pkts\n", 16, "CSV" },
		{ "\xef\xbb\xbf#separator \\x09", 18, "Zeek conn.log" },
		{ "\r\n \n#path\tconn\n", 15, "Zeek conn.log" },
		{ "#paths,a\n", 9, "CSV" },
		{ " \r\n{\"ts\":1}", 11, "JSON" },
		{ "\xef\xbb\xbf[1]", 6, "JSON" },
		{ "<!doctype html>", 15, "web page or XML" },
		{ "PAR1\x15\0", 6, "Parquet" },
		{ "%PDF-1.7\n", 9, "PDF" },
		{ "\xff\xfet\0", 4, "UTF-16 text" },
		{ "\0\0\0{", 4, "binary" },
		{ "a,b\n1\0", 6, "binary" },
		{ "a\0,b\n1,2\n3,4\n5,6\n7,8\n9,1", 24, "binary" },
		{ "a,b\n1,2\n3,4\n5,6\n7\0,8\n9,1\n", 25, "CSV" },
		{ "a,b\n\x1b[1m\t\f\v\x1a", 12, "CSV" },
		{ "a\xe4,\xf6\n", 5, "CSV" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct format *const f = format_of(cases[i].bytes, cases[i].n);

		assert_string_equal(f->name, cases[i].name);
		assert_true(f->source == NULL || f->advice == NULL);
		assert_true(strcmp(f->name, "CSV") != 0 || f->source != NULL);
	}
}

static void knows_how_a_file_is_compressed(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const struct codec *codec;
	} cases[] = {
		{ "", 0, NULL },
		{ "\x1f", 1, NULL },
		{ "\x1f\x8b", 2, &gzip_codec },
		{ "\x28\xb5\x2f", 3, NULL },
		{ "\x28\xb5\x2f\xfd", 4, &zstd_codec },
		{ "\x5e\x2a\x4d\x18", 4, &zstd_codec },
		{ "\x60\x2a\x4d\x18", 4, NULL },
		{ "PK\x03\x04", 4, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_ptr_equal(format_codec(cases[i].bytes, cases[i].n), cases[i].codec);
}

static void lists_what_is_taken(void **state)
{
	char taken[FORMAT_TAKEN];

	(void)state;
	format_taken(taken);
	assert_int_equal(strncmp(taken, "CSV, ", 5), 0);
	assert_non_null(strstr(taken, ", each also as .gz or .zst"));
	assert_null(strstr(taken, "PDF"));
	assert_true(strlen(taken) < FORMAT_TAKEN - 1); /* nothing was cut */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_files_by_their_first_bytes),
		cmocka_unit_test(knows_how_a_file_is_compressed),
		cmocka_unit_test(lists_what_is_taken),
	};

	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
