/* format: magic numbers, most telling first. */
#include "input/format.h"

#include <string.h>

#include "capture/capture.h"
#include "table/csv.h"

static int starts(const unsigned char *p, size_t n, const char *magic, size_t len)
{
	return n >= len && memcmp(p, magic, len) == 0;
}

#define MAGIC(name, magic)                                                                                                         \
	static int is_##name(const unsigned char *p, size_t n)                                                                     \
	{                                                                                                                          \
		return starts(p, n, magic, sizeof(magic) - 1);                                                                     \
	}
MAGIC(gzip, "\x1f\x8b")
MAGIC(zstd, "\x28\xb5\x2f\xfd")
MAGIC(bzip2, "BZh")
MAGIC(xz, "\xfd"
	  "7zXZ")
MAGIC(zip, "PK\x03\x04")
MAGIC(pcapng, "\x0a\x0d\x0d\x0a")
MAGIC(pdf, "%PDF-")
MAGIC(png, "\x89PNG")
MAGIC(jpeg, "\xff\xd8\xff")
MAGIC(elf, "\x7f"
	   "ELF")
MAGIC(zeek, "#separator")
#undef MAGIC

/* Little and big endian, microseconds and nanoseconds (draft-ietf-opsawg-pcap). */
static int is_pcap(const unsigned char *p, size_t n)
{
	return starts(p, n, "\xd4\xc3\xb2\xa1", 4) || starts(p, n, "\xa1\xb2\xc3\xd4", 4) || starts(p, n, "\x4d\x3c\xb2\xa1", 4) ||
	       starts(p, n, "\xa1\xb2\x3c\x4d", 4);
}

static int is_utf16(const unsigned char *p, size_t n)
{
	return starts(p, n, "\xff\xfe", 2) || starts(p, n, "\xfe\xff", 2);
}

/* The first character that is not blank. */
static unsigned char first(const unsigned char *p, size_t n)
{
	size_t i = starts(p, n, "\xef\xbb\xbf", 3) ? 3 : 0;

	while (i < n && strchr(" \t\r\n", p[i]) != NULL && p[i] != '\0')
		i++;
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

static int is_anything(const unsigned char *p, size_t n)
{
	(void)p;
	(void)n;
	return 1;
}

static const struct format formats[] = {
	{ "gzip", is_gzip, "unpack it first (gunzip)", NULL },
	{ "Zstandard", is_zstd, "unpack it first (unzstd)", NULL },
	{ "bzip2", is_bzip2, "unpack it first (bunzip2)", NULL },
	{ "xz", is_xz, "unpack it first (unxz)", NULL },
	{ "ZIP or spreadsheet", is_zip, "unpack it, or save the table as CSV", NULL },
	{ "packet capture (pcap)", is_pcap, NULL, &pcap_source },
	{ "packet capture (pcapng)", is_pcapng, NULL, &pcapng_source },
	{ "Zeek log", is_zeek, "save it as CSV, with the column names in the first line", NULL },
	{ "PDF", is_pdf, "flow records are needed, as CSV", NULL },
	{ "PNG picture", is_png, "flow records are needed, as CSV", NULL },
	{ "JPEG picture", is_jpeg, "flow records are needed, as CSV", NULL },
	{ "program (ELF)", is_elf, "flow records are needed, as CSV", NULL },
	{ "UTF-16 text", is_utf16, "save it as UTF-8", NULL },
	{ "JSON", is_json, "save it as CSV, with the column names in the first line", NULL },
	{ "HTML or XML", is_markup, "flow records are needed, as CSV", NULL },
	{ "CSV", is_anything, NULL, &csv_source },
};

const struct format *format_of(const void *p, size_t n)
{
	const struct format *f = formats;

	while (!f->is(p, n))
		f++;
	return f;
}
