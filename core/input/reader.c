/* reader: the beginning of a file decides which source gets its bytes; of a compressed file what is in it does. */
#include "input/reader.h"

#include <stdlib.h>
#include <string.h>

#include "capture/capture.h"
#include "input/format.h"
#include "input/unpack.h"

struct reader {
	struct reader_options o;
	struct sinks sinks;
	struct read_report report;
	struct unpack *unpack;        /* of a compressed file */
	const struct source_ops *ops; /* NULL until the format is known */
	void *source;
	unsigned char head[FORMAT_HEAD]; /* of the file, then of what is in it */
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
	r->report.format = r->report.packing = "";
	*out = r;
	return OK;
}

void reader_del(struct reader *r)
{
	if (r == NULL)
		return;
	if (r->ops != NULL)
		r->ops->close(r->source);
	unpack_del(r->unpack);
	free(r);
}

static int take(void *arg, const void *data, size_t len, struct err *e);

/* The file is compressed: its head goes through the unpacker, and all that follows. */
static int open_packed(struct reader *r, const struct codec *codec)
{
	const struct unpack_options o = {
		.codec = codec,
		.max = r->o.unpacked_max,
		.ratio_max = r->o.ratio_max,
		.sink = take,
		.arg = r,
	};
	unsigned char head[FORMAT_HEAD];
	const size_t n = r->head_n;

	if (r->unpack != NULL)
		return err_set(&r->err, ERR_UNKNOWN, "a %s file inside of a %s file is not taken: unpack it once", codec->name,
			       r->report.packing);
	if ((r->unpack = unpack_new(&o)) == NULL)
		return err_set(&r->err, ERR_NOMEM, "out of memory for unpacking");
	memcpy(head, r->head, n);
	r->head_n = 0;
	r->report.packing = codec->name;
	r->report.unpacked = 0;
	return unpack_feed(r->unpack, head, n, &r->err);
}

static int refuse(struct reader *r, const struct format *f)
{
	const char *const packing = r->report.packing;
	char taken[FORMAT_TAKEN];

	format_taken(taken);
	return err_set(&r->err, ERR_UNKNOWN, "%s%s%s a %s file%s%s; taken are: %s", packing[0] ? "the " : "this", packing,
		       packing[0] ? " file holds" : " is", f->name, f->advice != NULL ? ": " : "",
		       f->advice != NULL ? f->advice : "", taken);
}

/* The head is complete, or the file is shorter than it. */
static int recognise(struct reader *r)
{
	const struct codec *const codec = format_codec(r->head, r->head_n);
	const struct format *const f = format_of(r->head, r->head_n);

	if (codec != NULL)
		return open_packed(r, codec);
	r->report.format = f->name;
	if (f->source == NULL)
		return refuse(r, f);
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

/* Bytes of the file as long as it is not known to be compressed, and of what is in it from then on. e is that of the reader. */
static int take(void *arg, const void *data, size_t len, struct err *e)
{
	struct reader *const r = arg;
	const int inside = r->unpack != NULL;
	const unsigned char *p = data;
	int code;

	r->report.unpacked += len;
	if (r->ops == NULL) {
		const size_t room = FORMAT_HEAD - r->head_n, n = len < room ? len : room;

		if (n > 0)
			memcpy(r->head + r->head_n, p, n);
		r->head_n += n;
		p += n;
		len -= n;
		if (r->head_n < FORMAT_HEAD)
			return OK;
		if ((code = recognise(r)) < 0)
			return code;
		if (!inside && r->unpack != NULL)
			return unpack_feed(r->unpack, p, len, e);
	}
	return len > 0 ? r->ops->feed(r->source, p, len, e) : OK;
}

int reader_feed(struct reader *r, const void *data, size_t len, struct err *e)
{
	int code = r->code;

	r->report.bytes += len;
	if (code == OK)
		code = r->unpack != NULL ? unpack_feed(r->unpack, data, len, &r->err) : take(r, data, len, &r->err);
	return settle(r, code, e);
}

/* No more bytes for the source. */
static int finish_source(struct reader *r)
{
	const int code = r->ops == NULL ? recognise(r) : OK;

	return code == OK ? r->ops->finish(r->source, &r->err) : code;
}

/*
 * A file that was cut off gives what is there of it. What its source has to say against such an end is a consequence; what a sink
 * says is not.
 */
static int finish_packed(struct reader *r)
{
	const int code = unpack_finish(r->unpack, &r->err);
	const struct err why = r->err;
	const uint64_t behind = unpack_trailing(r->unpack);
	int inner;

	if (behind > 0)
		report_note(&r->report, "%llu bytes behind the end of the %s file are left out", (unsigned long long)behind,
			    r->report.packing);
	if (code < 0 && (why.code != code || code != ERR_FORMAT))
		return code;
	r->err = (struct err){ 0 };
	inner = finish_source(r);
	if (code == OK || (inner < 0 && r->err.code != inner))
		return inner;
	r->err = why;
	return code;
}

int reader_finish(struct reader *r, struct err *e)
{
	int code = r->code;

	if (code == OK && r->ops == NULL && r->unpack == NULL)
		code = recognise(r);
	if (code == OK)
		code = r->unpack != NULL ? finish_packed(r) : finish_source(r);
	return settle(r, code, e);
}

const struct read_report *reader_report(const struct reader *r)
{
	return &r->report;
}

const struct arp *reader_arp(const struct reader *r)
{
	return r->ops == &pcap_source || r->ops == &pcapng_source ? capture_arp(r->source) : NULL;
}
