/*
 * fuzz_stored: what the database gives back of a scan. The first byte says as what: 0 bytes of a curve, 1 a curve whose numbers are packed behind its
 * head, 2 bytes of a chunk of flows, else the text of such a chunk.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "detect/curve.h"
#include "detect/flowlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { HEAD = 32, PACKED = 1 << 20 };

static struct curve_view view;

static void look_at_curve(const void *data, size_t len)
{
	struct err e = { 0 };

	if (curve_view(data, len, 3, UINT64_MAX, CURVE_VIEW, &view, &e) == OK) {
		if (view.n > CURVE_VIEW || view.from > view.to || view.to > view.windows || view.per_point == 0)
			abort();
	} else if (e.code != ERR_FORMAT || e.msg[0] == '\0') {
		abort();
	}
}

/* What is read can be written. */
static int take_line(void *arg, const struct flowlog_line *l)
{
	struct text *const t = arg;
	const struct flowlog_select all = { 0 };

	text_clear(t);
	flowlog_csv_line(t, l, l->incident);
	flowlog_zeek_line(t, l);
	if (!flowlog_wanted(&all, l) || l->flow == NULL || l->side < -1 || l->side > 1)
		abort();
	return OK;
}

static void read_flows(const void *data, size_t len)
{
	struct text t = { 0 };
	struct err e = { 0 };

	if (flowlog_read(data, len, take_line, &t, &e) < 0 && (e.code != ERR_FORMAT || e.msg[0] == '\0'))
		abort();
	text_free(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static unsigned char packed[PACKED];
	const uint8_t what = len > 0 ? data[0] : 0;
	size_t head = what == 1 ? HEAD : 0, n;

	if (len < 1 + head || len > PACKED / 2)
		return 0;
	data++;
	len--;
	if (what == 0)
		look_at_curve(data, len);
	if (what == 2)
		read_flows(data, len);
	if (what == 0 || what == 2)
		return 0;
	memcpy(packed, data, head);
	n = ZSTD_compress(packed + head, sizeof(packed) - head, data + head, len - head, 1);
	if (ZSTD_isError(n))
		abort();
	(what == 1 ? look_at_curve : read_flows)(packed, head + n);
	return 0;
}
