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
		{ "\x1f\x8b\x08", 3, "gzip" },
		{ "\x1f", 1, "CSV" },
		{ "PK\x03\x04", 4, "ZIP or spreadsheet" },
		{ "\xd4\xc3\xb2\xa1", 4, "packet capture (pcap)" },
		{ "\xa1\xb2\x3c\x4d", 4, "packet capture (pcap)" },
		{ "\x0a\x0d\x0d\x0a", 4, "packet capture (pcapng)" },
		{ "#separator \\x09", 15, "Zeek log" },
		{ " \r\n{\"ts\":1}", 11, "JSON" },
		{ "\xef\xbb\xbf[1]", 6, "JSON" },
		{ "<!doctype html>", 15, "HTML or XML" },
		{ "\xff\xfet\0", 4, "UTF-16 text" },
		{ "\0\0\0{", 4, "CSV" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct format *const f = format_of(cases[i].bytes, cases[i].n);

		assert_string_equal(f->name, cases[i].name);
		assert_true((f->advice == NULL) == (f->source != NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(knows_files_by_their_first_bytes) };

	return cmocka_run_group_tests_name("format", tests, NULL, NULL);
}
