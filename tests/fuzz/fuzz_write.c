/*
 * fuzz_write: any bytes as a file of any format; the flows in it, written as each format and read again, are written the same.
 *
 * CSV takes one round more: an apostrophe that defuses a formula may push the last letter of a full word out.
 */
#include <stdlib.h>
#include <string.h>

#include "flow/write.h"
#include "input/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct written {
	enum flow_format format;
	struct text text;
	size_t n;
};

enum { ROWS_MAX = 2000, UNPACKED_MAX = 4 << 20 };

/* Times that no reader takes as seconds since 1970 are not told. */
static int take(void *arg, const struct flow *f)
{
	struct written *const w = arg;
	struct flow g = *f;

	if (!(g.ts >= 0 && g.ts < 1e11))
		g.ts = __builtin_nan("");
	flow_write(&w->text, w->format, &g);
	w->n++;
	return w->n < ROWS_MAX ? OK : -100;
}

/* What can be read of the file, as text; what is wrong with the rest does not matter. */
static struct written written(const void *data, size_t size, enum flow_format format)
{
	const struct reader_options o = { .unpacked_max = UNPACKED_MAX };
	struct written w = { .format = format };
	const struct sinks sinks = { .flow = take, .arg = &w };
	struct reader *r = NULL;
	struct err e;

	flow_write_head(&w.text, format, 0);
	if (reader_new(&r, &o, &sinks, &e) < 0)
		abort();
	if (reader_feed(r, data, size, &e) == OK)
		reader_finish(r, &e);
	reader_del(r);
	flow_write_tail(&w.text, format, 0);
	return w;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum flow_format formats[] = { FLOW_CSV, FLOW_NDJSON, FLOW_ZEEK };

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		struct written a = written(data, size, formats[i]);

		for (int round = formats[i] != FLOW_CSV; round < 2 && a.n > 0; round++) {
			struct written b = written(a.text.p, a.text.n, formats[i]);

			if (b.n != a.n || (round == 1 && strcmp(text_get(&a.text), text_get(&b.text)) != 0))
				abort();
			text_free(&a.text);
			a = b;
		}
		text_free(&a.text);
	}
	return 0;
}
