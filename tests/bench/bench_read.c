/*
 * bench_read: the C contestants of `make bench-read`. Speaks the line protocol of bench.py: prints "ready ...", then for every line
 * "round" on stdin reads the file once more and prints "<seconds> <rows>".
 *
 *   bench-read reader|libcsv|bytes FILE [ROWS]
 *   reader   flows by reader_new() into a sink that adds up what it gets; rows are those of its report, packets of a capture
 *   libcsv   csv_parse() with callbacks that count, nothing else
 *   bytes    read(2) and a sum of the bytes: what any reader has to do; for ROWS rows
 *
 * BENCH_CLOCK=cpu counts processor time, for a machine that others use as well.
 */
#include <csv.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "input/reader.h"

enum { PIECE = 1 << 16 }; /* as the programs read */

struct tally {
	uint64_t rows, flows, bytes;
	double sum; /* of what was read: nothing of it can be left out */
};

typedef void (*task)(int fd, unsigned char *piece, struct tally *t);

static void fail(const char *why)
{
	printf("missing %s\n", why);
	exit(0);
}

static double seconds(void)
{
	const char *const which = getenv("BENCH_CLOCK");
	struct timespec t;

	clock_gettime(which != NULL && strcmp(which, "cpu") == 0 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static size_t next_piece(int fd, unsigned char *piece, struct tally *t)
{
	const ssize_t n = read(fd, piece, PIECE);

	if (n < 0)
		fail("the file: it cannot be read");
	t->bytes += (uint64_t)n;
	return (size_t)n;
}

static int add_flow(void *arg, const struct flow *f)
{
	struct tally *const t = arg;

	t->flows++;
	t->sum += f->bytes[ORIG] + f->pkts[RESP];
	return OK;
}

static void task_reader(int fd, unsigned char *piece, struct tally *t)
{
	const struct sinks sinks = { .flow = add_flow, .arg = t };
	struct reader *r = NULL;
	struct err e = { 0 };
	size_t n;
	int code = reader_new(&r, NULL, &sinks, &e);

	while (code == OK && (n = next_piece(fd, piece, t)) > 0)
		code = reader_feed(r, piece, n, &e);
	if (code == OK)
		code = reader_finish(r, &e);
	if (code < 0)
		fail(e.msg);
	t->rows = reader_report(r)->packets > 0 ? reader_report(r)->packets : reader_report(r)->rows;
	reader_del(r);
}

static void count_field(void *text, size_t len, void *arg)
{
	struct tally *const t = arg;

	(void)text;
	t->sum += (double)len;
}

static void count_row(int c, void *arg)
{
	struct tally *const t = arg;

	(void)c;
	t->rows++;
}

static void task_libcsv(int fd, unsigned char *piece, struct tally *t)
{
	struct csv_parser p;
	size_t n;

	if (csv_init(&p, 0) != 0)
		fail("memory");
	while ((n = next_piece(fd, piece, t)) > 0)
		if (csv_parse(&p, piece, n, count_field, count_row, t) != n)
			fail("a file that libcsv takes");
	csv_fini(&p, count_field, count_row, t);
	csv_free(&p);
}

static void task_bytes(int fd, unsigned char *piece, struct tally *t)
{
	size_t n;

	while ((n = next_piece(fd, piece, t)) > 0) {
		uint64_t sum = 0;

		for (size_t i = 0; i < n; i++)
			sum += piece[i];
		t->sum += (double)sum;
	}
}

static double run(task one, const char *path, struct tally *t)
{
	static unsigned char piece[PIECE];
	const double start = seconds();
	const int fd = open(path, O_RDONLY | O_CLOEXEC);

	*t = (struct tally){ 0 };
	if (fd < 0)
		fail("the file: it cannot be opened");
	one(fd, piece, t);
	close(fd);
	return seconds() - start;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		task run;
	} tasks[] = { { "reader", task_reader }, { "libcsv", task_libcsv }, { "bytes", task_bytes } };
	const unsigned long long rows = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
	struct tally first, t;
	task one = NULL;
	char line[64];

	for (size_t i = 0; argc > 2 && i < sizeof(tasks) / sizeof(*tasks); i++)
		if (strcmp(argv[1], tasks[i].name) == 0)
			one = tasks[i].run;
	if (one == NULL || argc > 4) {
		fprintf(stderr, "usage: bench-read reader|libcsv|bytes FILE [ROWS]\n");
		return 2;
	}
	run(one, argv[2], &first);
	if (first.bytes == 0 || (first.rows == 0 && rows == 0))
		fail("rows: the file has none");
	printf("ready %.1f MB", (double)first.bytes / 1e6);
	if (first.flows > 0)
		printf(", %llu flows", (unsigned long long)first.flows);
	printf("; sum %.9g\n", first.sum);
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		const double took = run(one, argv[2], &t);

		if (t.rows != first.rows || t.flows != first.flows || t.bytes != first.bytes || t.sum != first.sum) {
			fprintf(stderr, "another result than the first time\n");
			return 1;
		}
		printf("%.9f %llu\n", took, first.rows > 0 ? (unsigned long long)first.rows : rows);
		fflush(stdout);
	}
	return 0;
}
