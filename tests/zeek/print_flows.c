/* print_flows FILE: its flows as lines of tab-separated values, for check.py. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "input/reader.h"

static void number(double v)
{
	if (isnan(v))
		printf("\t-");
	else
		printf("\t%.6f", v);
}

static int print(void *arg, const struct flow *f)
{
	char orig[IP_TEXT], resp[IP_TEXT];

	(void)arg;
	printf("%.6f\t%s\t%d\t%s\t%d\t%s\t%s", f->ts, ip_print(&f->host[ORIG], orig), f->port[ORIG], ip_print(&f->host[RESP], resp), f->port[RESP],
	       proto_name(f->proto), f->service[0] ? f->service : "-");
	number(f->duration);
	printf("\t%.0f\t%.0f\t%s\t%s", f->bytes[ORIG], f->bytes[RESP], conn_state_name(f->state), f->history[0] ? f->history : "-");
	printf("\t%.0f\t%.0f\t%.0f\t%.0f\n", f->pkts[ORIG], f->ip_bytes[ORIG], f->pkts[RESP], f->ip_bytes[RESP]);
	return 0;
}

static void tell(const struct read_report *r)
{
	fprintf(stderr, "%s: %s; %llu packets, %llu flows\n", r->format, r->dialect, (unsigned long long)r->packets, (unsigned long long)r->rows);
	for (size_t i = 0; i < r->count_n; i++)
		fprintf(stderr, "%8llu %s\n", (unsigned long long)r->count[i].n, r->count[i].what);
	for (size_t i = 0; i < r->note_n; i++)
		fprintf(stderr, "note: %s\n", r->note[i]);
	for (size_t i = 0; i < r->problem_n; i++)
		fprintf(stderr, "packet %llu: %s\n", (unsigned long long)r->problem[i].line, r->problem[i].reason);
}

int main(int argc, char **argv)
{
	static char buffer[1 << 16];
	struct reader *r = NULL;
	struct err e = { 0 };
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
	size_t n;
	int code;

	if (f == NULL) {
		fprintf(stderr, "usage: print_flows FILE\n");
		return 2;
	}
	code = reader_new(&r, NULL, &(struct sinks){ .flow = print }, &e);
	while (code == 0 && (n = fread(buffer, 1, sizeof(buffer), f)) > 0)
		code = reader_feed(r, buffer, n, &e);
	if (code == 0)
		code = reader_finish(r, &e);
	if (code < 0)
		fprintf(stderr, "%s: %s\n", argv[1], e.msg);
	else
		tell(reader_report(r));
	reader_del(r);
	fclose(f);
	return code < 0;
}
