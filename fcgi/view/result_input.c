/* result_input: from the JSON of detect/scan_json.h, as this version or an older one stored it. */
#include "view/result_input.h"

#include <inttypes.h>
#include <stdlib.h>

#include <json-c/json.h>

#include "page/values.h"

enum { LINES = 20 };

static struct json_object *member(struct json_object *o, const char *key, enum json_type type)
{
	struct json_object *const v = json_object_object_get(o, key);

	return json_object_is_type(v, type) ? v : NULL;
}

/* "" for what is not there. */
static const char *text_of(struct json_object *o, const char *key)
{
	struct json_object *const v = member(o, key, json_type_string);

	return v != NULL ? json_object_get_string(v) : "";
}

static uint64_t count_of(struct json_object *o, const char *key)
{
	struct json_object *const v = member(o, key, json_type_int);

	return v != NULL ? json_object_get_uint64(v) : 0;
}

static size_t length(struct json_object *list)
{
	return list != NULL ? json_object_array_length(list) : 0;
}

/* "CSV (semicolons) out of gzip, 12 MiB unpacked". */
static void set_format(struct page *content, struct json_object *input)
{
	const char *const format = text_of(input, "format"), *const dialect = text_of(input, "dialect"),
			  *const packing = text_of(input, "packing");
	const uint64_t packets = count_of(input, "packets");
	struct page *p, *part;

	if (*format == '\0')
		return;
	p = page_section(content, "RECOGNISED");
	page_set(p, "FORMAT", format);
	if (*dialect != '\0')
		page_set(page_section(p, "DIALECT"), "NAME", dialect);
	if (*packing != '\0') {
		part = page_section(p, "PACKING");
		page_set(part, "NAME", packing);
		page_bytes(part, "UNPACKED", (double)count_of(input, "unpacked_bytes"));
	}
	if (packets > 0)
		page_plural(page_section(p, "PACKETS"), "N", packets, "packet", NULL);
}

static void set_notes(struct page *content, struct json_object *notes)
{
	struct page *const p = page_if(content, "NOTES", length(notes) > 0);

	for (size_t i = 0; i < length(notes); i++)
		page_set(page_section(p, "NOTE"), "WORDS", json_object_get_string(json_object_array_get_idx(notes, i)));
}

struct reason {
	const char *what;
	uint64_t n;
};

static int by_number(const void *a, const void *b)
{
	const struct reason *const x = a, *const y = b;

	return x->n > y->n ? -1 : x->n < y->n;
}

static void set_reasons(struct page *p, struct json_object *reasons)
{
	enum { MOST = 64 };
	struct reason list[MOST];
	struct page *box;
	size_t n = 0;

	if (reasons == NULL || json_object_object_length(reasons) == 0)
		return;
	json_object_object_foreach(reasons, what, value)
	{
		if (n < MOST)
			list[n++] = (struct reason){ what, json_object_is_type(value, json_type_int) ? json_object_get_uint64(value)
												     : 0 };
	}
	qsort(list, n, sizeof(*list), by_number);
	box = page_section(p, "REASONS");
	for (size_t i = 0; i < n; i++) {
		struct page *const line = page_section(box, "REASON");

		page_count(line, "N", list[i].n);
		page_set(line, "WHAT", list[i].what);
	}
}

/* A line of a text, a packet of a capture, or the file as a whole. */
static void add_line(struct page *box, struct json_object *o, int of_capture)
{
	const uint64_t at = count_of(o, "line");
	const char *const column = text_of(o, "column");
	struct page *const line = page_section(box, "LINE");

	if (at > 0) {
		struct page *const place = page_section(line, "AT");

		page_set(place, "KIND", of_capture ? "Packet" : "Line");
		page_count(place, "N", at);
	}
	page_if(line, "COMMA", at > 0 && *column != '\0');
	page_set(line, "COLUMN", column);
	page_if(line, "COLON", at > 0 || *column != '\0');
	page_set(line, "REASON", text_of(o, "reason"));
}

/* list: the first rows that could not be used. */
static void set_skipped(struct page *content, const struct scan_row *r, struct json_object *reasons, struct json_object *list,
			int of_capture)
{
	const uint64_t n = r->counts.rows_skipped > length(list) ? r->counts.rows_skipped : length(list);
	struct page *p, *words, *lines;

	if (n == 0 && (reasons == NULL || json_object_object_length(reasons) == 0))
		return;
	p = page_section(content, "SKIPPED");
	if ((words = page_if(p, "SOME", n > 0)) != NULL) {
		page_plural(words, "ROWS", n, "row", NULL);
		if (length(list) > 0 && length(list) < n)
			page_printf(page_section(words, "FIRST"), "N", "%zu", length(list));
	}
	page_if(p, "NONE", n == 0);
	set_reasons(p, reasons);
	lines = page_if(p, "LINES", length(list) > 0);
	for (size_t i = 0; i < length(list) && i < LINES; i++)
		add_line(lines, json_object_array_get_idx(list, i), of_capture);
}

void result_input(struct page *p, const struct scan_row *r)
{
	struct json_object *const input = r->input != NULL ? json_tokener_parse(r->input) : NULL,
				  *const skipped = r->skipped != NULL ? json_tokener_parse(r->skipped) : NULL;
	/* Of a scan that failed the report has them. */
	struct json_object *const list =
		json_object_is_type(skipped, json_type_array) ? skipped : member(input, "skipped", json_type_array);

	set_format(p, input);
	set_notes(p, member(input, "notes", json_type_array));
	set_skipped(p, r, member(input, "skipped_by_reason", json_type_object), list, count_of(input, "packets") > 0);
	json_object_put(input);
	json_object_put(skipped);
}
