/* flowtext: a CSV reader that prints. */
#include "lib/flowtext.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/csv.h"

/* As few digits as give the same double again. */
static void print_number(FILE *f, const char *name, double v)
{
	char text[40];
	int digits = 15;

	do
		snprintf(text, sizeof(text), "%.*g", digits, v);
	while (!isnan(v) && strtod(text, NULL) != v && ++digits <= 17);
	fprintf(f, " %s %s", name, isnan(v) ? "nan" : text);
}

static int print_flow(void *arg, const struct flow *f)
{
	static const char *const label[] = { "none", "benign", "malicious" };
	FILE *out = arg;

	fprintf(out, "flow %llu", (unsigned long long)f->row);
	print_number(out, "ts", f->ts);
	print_number(out, "orig_pkts", f->pkts[ORIG]);
	print_number(out, "resp_pkts", f->pkts[RESP]);
	print_number(out, "orig_bytes", f->bytes[ORIG]);
	print_number(out, "resp_bytes", f->bytes[RESP]);
	fprintf(out, " label %s\n", label[f->label]);
	return 0;
}

char *flowtext_csv(const void *data, size_t len, flowtext_cut cut, void *arg)
{
	struct err e = { 0 };
	struct csv_reader *r = NULL;
	const struct csv_report *report;
	const char *p = data;
	char *text = NULL;
	size_t text_len, left = len;
	FILE *out = open_memstream(&text, &text_len);
	int code = 0;

	if (out == NULL || (r = csv_reader_new(print_flow, out)) == NULL)
		goto out;
	while (left > 0 && code == 0) {
		const size_t n = cut != NULL ? cut(arg, left) : left;

		code = csv_reader_feed(r, p, n, &e);
		p += n;
		left -= n;
	}
	if (code == 0)
		code = csv_reader_finish(r, &e);
	report = csv_reader_report(r);
	fprintf(out, "rows %llu skipped %llu%s\n", (unsigned long long)report->rows, (unsigned long long)report->rows_skipped,
		csv_reader_has_label(r) ? " labelled" : "");
	if (code == 0 && report->bytes != len)
		fprintf(out, "bytes %llu of %zu\n", (unsigned long long)report->bytes, len);
	for (size_t i = 0; i < report->problem_n; i++)
		fprintf(out, "line %llu [%s] %s\n", (unsigned long long)report->problem[i].line, report->problem[i].column,
			report->problem[i].reason);
	fprintf(out, "%d %s\n", code, e.msg);
out:
	csv_reader_del(r);
	if (out != NULL)
		fclose(out);
	return text;
}
