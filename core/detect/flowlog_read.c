/* flowlog_read: the line's beginning is ours, its rest a row of a Zeek log, for the reader of such logs. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "detect/flowlog.h"
#include "flow/device.h"
#include "flow/number.h"
#include "flow/write.h"
#include "table/zeek.h"

enum { LINE_BYTES = 4096, TEXT_BYTES = FLOWLOG_CHUNK * LINE_BYTES, WORD = 64, FIELDS = 8 };

struct reading {
	flowlog_line_sink sink;
	void *arg;
	void *zeek;
	struct read_report report;
	struct flow flow;
	struct flowlog_line line;
	int given;   /* flows that the row made */
	int stopped; /* what the sink wanted */
};

static int bad(struct err *e)
{
	return err_set(e, ERR_FORMAT, "the stored flows are damaged");
}

static int take_flow(void *arg, const struct flow *f)
{
	struct reading *const r = arg;
	const uint64_t row = r->flow.row;

	r->flow = *f;
	r->flow.row = row;
	r->given++;
	return r->stopped = r->sink(r->arg, &r->line);
}

static int parse_count(const char *p, size_t n, uint64_t *out)
{
	uint64_t v = 0;

	if (n == 0 || n > 20)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const unsigned digit = (unsigned)p[i] - '0';

		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return -1;
		v = v * 10 + digit;
	}
	*out = v;
	return 0;
}

static int is(const char *p, size_t n, const char *what)
{
	return strlen(what) == n && memcmp(p, what, n) == 0;
}

static int parse_score(const char *p, size_t n, double *out)
{
	if (is(p, n, "-") || is(p, n, "inf")) {
		*out = *p == '-' ? NAN : INFINITY;
		return 0;
	}
	return number_parse(p, n, out);
}

static int parse_rule(const char *p, size_t n, const struct rule **out)
{
	char name[WORD];

	*out = NULL;
	if (is(p, n, "-"))
		return 0;
	if (n >= sizeof(name))
		return -1;
	memcpy(name, p, n);
	name[n] = '\0';
	return (*out = rule_find(name)) != NULL ? 0 : -1;
}

/* 0 or 1, or otherwise "-". */
static int parse_bit(const char *p, size_t n, int otherwise, int *out)
{
	if (n != 1 || (*p != '0' && *p != '1' && *p != '-') || (*p == '-' && otherwise == 0))
		return -1;
	*out = *p == '-' ? otherwise : *p - '0';
	return 0;
}

/* What stands before the row; *rest is that. */
static int parse_head(struct reading *r, const char *p, const char *end, const char **rest)
{
	struct flowlog_line *const l = &r->line;
	const char *at[FIELDS];
	size_t n[FIELDS];
	double unlikely;

	for (size_t i = 0; i < FIELDS; i++) {
		const char *const tab = memchr(p, '\t', (size_t)(end - p));

		if (tab == NULL)
			return -1;
		at[i] = p;
		n[i] = (size_t)(tab - p);
		p = tab + 1;
	}
	*rest = p;
	if (is(at[2], n[2], "=")) {
		at[2] = at[1];
		n[2] = n[1];
	}
	l->flow = &r->flow;
	if (parse_count(at[0], n[0], &r->flow.row) < 0 || parse_score(at[1], n[1], &l->score) < 0 ||
	    parse_score(at[2], n[2], &unlikely) < 0 || parse_bit(at[3], n[3], 0, &l->anomalous) < 0 ||
	    parse_rule(at[4], n[4], &l->rule) < 0 || parse_count(at[5], n[5], &l->incident) < 0 ||
	    parse_bit(at[6], n[6], DEVICE_NONE, &l->side) < 0 || parse_count(at[7], n[7], &l->device) < 0)
		return -1;
	l->p = pow(10, -unlikely);
	return 0;
}

static int read_lines(struct reading *r, const char *p, size_t len, struct err *e)
{
	const char *const end = p + len;

	while (p < end) {
		const char *const lf = memchr(p, '\n', (size_t)(end - p)), *rest;
		int code;

		if (lf == NULL || lf - p > LINE_BYTES || parse_head(r, p, lf, &rest) < 0)
			return bad(e);
		r->given = 0;
		code = zeek_source.feed(r->zeek, rest, (size_t)(lf + 1 - rest), NULL);
		if (r->stopped != 0)
			return r->stopped;
		if (code < 0 || r->given != 1)
			return bad(e);
		p = lf + 1;
	}
	return OK;
}

/* The text of a chunk, no more than a chunk can have; the caller's. */
static int unpack(char **out, size_t *out_n, const void *data, size_t len, struct err *e)
{
	const unsigned long long n = ZSTD_getFrameContentSize(data, len);
	char *text;

	if (n > TEXT_BYTES) /* ZSTD_CONTENTSIZE_ERROR and _UNKNOWN are too */
		return bad(e);
	if ((text = malloc((size_t)n + 1)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for stored flows");
	if (ZSTD_decompress(text, (size_t)n, data, len) != n) {
		free(text);
		return bad(e);
	}
	*out = text;
	*out_n = (size_t)n;
	return OK;
}

int flowlog_read(const void *data, size_t len, flowlog_line_sink sink, void *arg, struct err *e)
{
	struct reading *const r = calloc(1, sizeof(*r));
	struct text head = { 0 };
	char *text = NULL;
	size_t n = 0;
	int code = ERR_NOMEM;

	if (r == NULL)
		goto out;
	r->sink = sink;
	r->arg = arg;
	flow_write_head(&head, FLOW_ZEEK, 0);
	r->zeek = zeek_source.open(&(struct sinks){ .flow = take_flow, .arg = r }, &(struct source_options){ 0 }, &r->report);
	if (head.failed || r->zeek == NULL)
		goto out;
	if ((code = unpack(&text, &n, data, len, e)) < 0)
		goto done;
	if ((code = zeek_source.feed(r->zeek, head.p, head.n, e)) == OK)
		code = read_lines(r, text, n, e);
	goto done;
out:
	err_set(e, ERR_NOMEM, "out of memory for stored flows");
done:
	if (r != NULL && r->zeek != NULL)
		zeek_source.close(r->zeek);
	text_free(&head);
	free(text);
	free(r);
	return code;
}
