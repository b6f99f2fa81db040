/* format: magic numbers, most telling first. */
#include "input/format.h"

#include <stdio.h>
#include <string.h>

#include "capture/capture.h"
#include "table/csv.h"
#include "table/json.h"
#include "table/zeek.h"

static int starts(const unsigned char *p, size_t n, const char *magic, size_t len)
{
	return n >= len && memcmp(p, magic, len) == 0;
}

#define MAGIC(name, magic)                                                                                                         \
	static int is_##name(const unsigned char *p, size_t n)                                                                     \
	{                                                                                                                          \
		return starts(p, n, magic, sizeof(magic) - 1);                                                                     \
	}
MAGIC(bzip2, "BZh")
MAGIC(xz, "\xfd"
	  "7zXZ")
MAGIC(lz4, "\x04\x22\x4d\x18")
MAGIC(zip, "PK\x03\x04")
MAGIC(sevenzip, "7z\xbc\xaf\x27\x1c")
MAGIC(rar, "Rar!\x1a\x07")
MAGIC(excel, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
MAGIC(parquet, "PAR1")
MAGIC(sqlite, "SQLite format 3")
MAGIC(pcapng, "\x0a\x0d\x0d\x0a")
MAGIC(pdf, "%PDF-")
MAGIC(png, "\x89PNG")
MAGIC(jpeg, "\xff\xd8\xff")
MAGIC(elf, "\x7f"
	   "ELF")
#undef MAGIC

/* Little and big endian, microseconds and nanoseconds (draft-ietf-opsawg-pcap). */
static int is_pcap(const unsigned char *p, size_t n)
{
	return starts(p, n, "\xd4\xc3\xb2\xa1", 4) || starts(p, n, "\xa1\xb2\xc3\xd4", 4) || starts(p, n, "\x4d\x3c\xb2\xa1", 4) ||
	       starts(p, n, "\xa1\xb2\x3c\x4d", 4);
}

/* Where the text begins: behind a byte order mark and what is blank. */
static size_t blanks(const unsigned char *p, size_t n)
{
	size_t i = starts(p, n, "\xef\xbb\xbf", 3) ? 3 : 0;

	while (i < n && strchr(" \t\r\n", p[i]) != NULL && p[i] != '\0')
		i++;
	return i;
}

/* Any of the lines that begin with #: a part of a log, or one that was worked over, need not begin with #separator. */
static int is_zeek(const unsigned char *p, size_t n)
{
	static const char *const lines[] = {
		"#separator", "#fields", "#set_separator\t", "#empty_field\t", "#unset_field\t",
		"#path\t",    "#open\t", "#close\t",         "#types\t",
	};
	const size_t from = blanks(p, n);

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (starts(p + from, n - from, lines[i], strlen(lines[i])))
			return 1;
	return 0;
}

static int is_utf16(const unsigned char *p, size_t n)
{
	return starts(p, n, "\xff\xfe", 2) || starts(p, n, "\xfe\xff", 2);
}

/* The first character that is not blank. */
static unsigned char first(const unsigned char *p, size_t n)
{
	const size_t i = blanks(p, n);

	return i < n ? p[i] : 0;
}

static int is_json(const unsigned char *p, size_t n)
{
	const unsigned char c = first(p, n);

	return c == '{' || c == '[';
}

static int is_markup(const unsigned char *p, size_t n)
{
	return first(p, n) == '<';
}

/*
 * No text: a NUL before the first line is over, or many bytes that no text has. A log that lost a few bytes in a crash is text all the
 * same.
 */
static int is_binary(const unsigned char *p, size_t n)
{
	size_t control = 0, line = 0;

	while (line < n && p[line] != '\n')
		line++;
	for (size_t i = 0; i < n; i++)
		control += (p[i] < ' ' && strchr("\t\n\r\f\v\x1a\x1b", p[i]) == NULL) || p[i] == '\0' || p[i] == 0x7f;
	return memchr(p, '\0', line) != NULL || control > n / 16;
}

static int is_anything(const unsigned char *p, size_t n)
{
	(void)p;
	(void)n;
	return 1;
}

static const char no_table[] = "save the table as CSV";

static const struct format formats[] = {
	{ "bzip2", is_bzip2, "unpack it first (bunzip2)", NULL },
	{ "compressed (xz)", is_xz, "unpack it first (unxz)", NULL },
	{ "compressed (lz4)", is_lz4, "unpack it first (unlz4)", NULL },
	{ "ZIP or spreadsheet", is_zip, "unpack it, or save the table as CSV", NULL },
	{ "7-Zip", is_sevenzip, "unpack it first", NULL },
	{ "RAR", is_rar, "unpack it first", NULL },
	{ "spreadsheet (Excel)", is_excel, no_table, NULL },
	{ "Parquet", is_parquet, no_table, NULL },
	{ "database (SQLite)", is_sqlite, no_table, NULL },
	{ "packet capture (pcap)", is_pcap, NULL, &pcap_source },
	{ "packet capture (pcapng)", is_pcapng, NULL, &pcapng_source },
	{ "Zeek conn.log", is_zeek, NULL, &zeek_source },
	{ "PDF", is_pdf, NULL, NULL },
	{ "PNG picture", is_png, NULL, NULL },
	{ "JPEG picture", is_jpeg, NULL, NULL },
	{ "program (ELF)", is_elf, NULL, NULL },
	{ "UTF-16 text", is_utf16, "save it as UTF-8", NULL },
	{ "JSON", is_json, NULL, &json_source },
	{ "web page or XML", is_markup, NULL, NULL },
	{ "binary", is_binary, NULL, NULL },
	{ "CSV", is_anything, NULL, &csv_source },
};

enum { FORMATS = sizeof(formats) / sizeof(*formats), CODECS = 2 };

static const struct codec *const codecs[CODECS] = { &gzip_codec, &zstd_codec };

const struct codec *format_codec(const void *p, size_t n)
{
	for (size_t i = 0; i < CODECS; i++)
		if (codecs[i]->is(p, n))
			return codecs[i];
	return NULL;
}

const struct format *format_of(const void *p, size_t n)
{
	const struct format *f = formats;

	while (!f->is(p, n))
		f++;
	return f;
}

static size_t append(char out[FORMAT_TAKEN], size_t n, const char *before, const char *word)
{
	const int k = snprintf(out + n, FORMAT_TAKEN - n, "%s%s", before, word);

	return k < 0 || (size_t)k >= FORMAT_TAKEN - n ? FORMAT_TAKEN - 1 : n + (size_t)k;
}

/* CSV, the last row because it is what is left, is what people have. */
void format_taken(char out[FORMAT_TAKEN])
{
	const char *sep = ", each also as ";
	size_t n = append(out, 0, "", formats[FORMATS - 1].name);

	for (size_t i = 0; i + 1 < FORMATS; i++)
		if (formats[i].source != NULL)
			n = append(out, n, ", ", formats[i].name);
	for (size_t i = 0; i < CODECS; i++) {
		n = append(out, n, sep, codecs[i]->ending);
		sep = " or ";
	}
}
