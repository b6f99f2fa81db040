/* reader: the beginning of a file decides which source gets its bytes. */
#include "input/reader.h"

#include <stdlib.h>
#include <string.h>

#include "input/format.h"

struct reader {
	struct reader_options o;
	struct sinks sinks;
	struct read_report report;
	const struct source_ops *ops; /* NULL until the format is known */
	void *source;
	unsigned char head[FORMAT_HEAD];
	size_t head_n;
	int code; /* of the first failure */
	struct err err;
};

int reader_new(struct reader **out, const struct reader_options *o, const struct sinks *sinks, struct err *e)
{
	struct reader *const r = calloc(1, sizeof(*r));

	if (r == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a reader");
	if (o != NULL)
		r->o = *o;
	r->sinks = *sinks;
	r->report.format = "";
	*out = r;
	return OK;
}

void reader_del(struct reader *r)
{
	if (r == NULL)
		return;
	if (r->ops != NULL)
		r->ops->close(r->source);
	free(r);
}

/* The head is complete, or the file is shorter than it. */
static int recognise(struct reader *r)
{
	const struct format *const f = format_of(r->head, r->head_n);

	r->report.format = f->name;
	if (f->advice != NULL)
		return err_set(&r->err, ERR_UNKNOWN, "this is a %s file: %s", f->name, f->advice);
	r->source = f->source->open(&r->sinks, &r->o.source, &r->report);
	if (r->source == NULL)
		return err_set(&r->err, ERR_NOMEM, "out of memory for reading %s", f->name);
	r->ops = f->source;
	return r->ops->feed(r->source, r->head, r->head_n, &r->err);
}

/* The first failure stays. A code without a message came from a sink. */
static int settle(struct reader *r, int code, struct err *e)
{
	if (r->code == OK)
		r->code = code;
	if (r->code < 0 && r->err.code == r->code && e != NULL)
		*e = r->err;
	return r->code;
}

int reader_feed(struct reader *r, const void *data, size_t len, struct err *e)
{
	const unsigned char *p = data;
	const size_t room = FORMAT_HEAD - r->head_n;
	int code = r->code;

	r->report.bytes += len;
	r->report.unpacked += len;
	if (code == OK && r->ops == NULL) {
		const size_t n = len < room ? len : room;

		if (n > 0)
			memcpy(r->head + r->head_n, p, n);
		r->head_n += n;
		p += n;
		len -= n;
		if (r->head_n < FORMAT_HEAD)
			return OK;
		code = recognise(r);
	}
	if (code == OK && len > 0)
		code = r->ops->feed(r->source, p, len, &r->err);
	return settle(r, code, e);
}

int reader_finish(struct reader *r, struct err *e)
{
	int code = r->code;

	if (code == OK && r->ops == NULL)
		code = recognise(r);
	if (code == OK)
		code = r->ops->finish(r->source, &r->err);
	return settle(r, code, e);
}

const struct read_report *reader_report(const struct reader *r)
{
	return &r->report;
}
