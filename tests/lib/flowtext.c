/* flowtext: a reader that prints. */
#include "lib/flowtext.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* What most flows of tables do not have: only what is set. */
static void print_ends(FILE *out, const struct flow *f)
{
	static const char *const side[] = { "orig", "resp" };
	char ip[IP_TEXT];

	if (!isnan(f->duration))
		print_number(out, "duration", f->duration);
	for (int i = 0; i < 2; i++) {
		if (f->host[i].family != 0)
			fprintf(out, " %s_h %s", side[i], ip_print(&f->host[i], ip));
		if (f->port[i] != PORT_UNSET)
			fprintf(out, " %s_p %d", side[i], f->port[i]);
		if (!isnan(f->ip_bytes[i]))
			fprintf(out, " %s_ip_bytes %.17g", side[i], f->ip_bytes[i]);
		if (f->has_mac[i])
			fprintf(out, " %s_mac %02x:%02x:%02x:%02x:%02x:%02x", side[i], f->mac[i][0], f->mac[i][1], f->mac[i][2],
				f->mac[i][3], f->mac[i][4], f->mac[i][5]);
	}
	if (f->proto != PROTO_UNSET)
		fprintf(out, " proto %s", proto_name(f->proto));
	if (f->state != CONN_UNSET)
		fprintf(out, " state %s", conn_state_name(f->state));
	if (f->history[0])
		fprintf(out, " history %s", f->history);
	if (f->service[0])
		fprintf(out, " service %s", f->service);
	if (f->attack[0])
		fprintf(out, " attack %s", f->attack);
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
	fprintf(out, " label %s", label[f->label]);
	print_ends(out, f);
	fputc('\n', out);
	return 0;
}

static void print_report(FILE *out, const struct read_report *r)
{
	fprintf(out, "rows %llu skipped %llu%s\n", (unsigned long long)r->rows, (unsigned long long)r->rows_skipped,
		r->has_label ? " labelled" : "");
	if (r->packets > 0)
		fprintf(out, "packets %llu\n", (unsigned long long)r->packets);
	if (r->dialect[0])
		fprintf(out, "dialect %s\n", r->dialect);
	for (size_t i = 0; i < r->problem_n; i++)
		fprintf(out, "line %llu [%s] %s\n", (unsigned long long)r->problem[i].line, r->problem[i].column,
			r->problem[i].reason);
	for (size_t i = 0; i < r->count_n; i++)
		fprintf(out, "count %s %llu\n", r->count[i].what, (unsigned long long)r->count[i].n);
	for (size_t i = 0; i < r->note_n; i++)
		fprintf(out, "note %s\n", r->note[i]);
}

static int print_row(void *arg, const struct table_row *r)
{
	FILE *const out = arg;

	fprintf(out, "row %llu", (unsigned long long)r->row);
	for (size_t i = 0; i < r->n; i++)
		print_number(out, r->name[i], r->value[i]);
	fprintf(out, " label %d %s\n", (int)r->label, r->attack);
	return 0;
}

static char *as_text(const struct source_ops *source, const struct sinks *sinks, const void *data, size_t len, flowtext_cut cut,
		     void *arg)
{
	const struct source_options o = { 0 };
	struct read_report report = { 0 };
	struct err e = { 0 };
	const char *p = data;
	char *text = NULL;
	size_t text_len, left = len;
	FILE *out = open_memstream(&text, &text_len);
	struct sinks to = *sinks;
	void *r = NULL;
	int code = 0;

	to.arg = out;
	if (out == NULL || (r = source->open(&to, &o, &report)) == NULL)
		goto out;
	while (left > 0 && code == 0) {
		const size_t n = cut != NULL ? cut(arg, left) : left;

		code = source->feed(r, p, n, &e);
		p += n;
		left -= n;
	}
	if (code == 0)
		code = source->finish(r, &e);
	print_report(out, &report);
	fprintf(out, "%d %s\n", code, e.msg);
out:
	source->close(r);
	if (out != NULL)
		fclose(out);
	return text;
}

char *flowtext(const struct source_ops *source, const void *data, size_t len, flowtext_cut cut, void *arg)
{
	return as_text(source, &(struct sinks){ .flow = print_flow }, data, len, cut, arg);
}

char *flowtext_table(const struct source_ops *source, const void *data, size_t len, flowtext_cut cut, void *arg)
{
	return as_text(source, &(struct sinks){ .table = print_row }, data, len, cut, arg);
}
