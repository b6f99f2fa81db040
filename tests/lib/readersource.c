/* readersource: a reader behind the functions of a source. */
#include "lib/readersource.h"

#include <stdlib.h>

#include "input/reader.h"

struct readersource {
	struct reader *reader;
	struct read_report *report; /* the caller's, a copy of the reader's */
};

static void *rs_open(const struct sinks *sinks, const struct source_options *o, struct read_report *report)
{
	const struct reader_options options = { .source = *o, .unpacked_max = READERSOURCE_MAX };
	struct readersource *const s = calloc(1, sizeof(*s));

	if (s == NULL || reader_new(&s->reader, &options, sinks, NULL) < 0) {
		free(s);
		return NULL;
	}
	s->report = report;
	return s;
}

/* Format and packing before the notes of the reader itself. How many bytes it got before a failure depends on the cuts. */
static int copy(struct readersource *s, int code)
{
	const struct read_report *const r = reader_report(s->reader);

	*s->report = *r;
	s->report->note_n = 0;
	report_note(s->report, "format %s", r->format);
	report_note(s->report, "packing %s, unpacked %llu", r->packing, code == OK ? (unsigned long long)r->unpacked : 0);
	for (size_t i = 0; i < r->note_n; i++)
		report_note(s->report, "%s", r->note[i]);
	return code;
}

static int rs_feed(void *source, const void *data, size_t len, struct err *e)
{
	struct readersource *const s = source;

	return copy(s, reader_feed(s->reader, data, len, e));
}

static int rs_finish(void *source, struct err *e)
{
	struct readersource *const s = source;

	return copy(s, reader_finish(s->reader, e));
}

static void rs_close(void *source)
{
	struct readersource *const s = source;

	if (s != NULL)
		reader_del(s->reader);
	free(s);
}

const struct source_ops reader_source = { rs_open, rs_feed, rs_finish, rs_close };
