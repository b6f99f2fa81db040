/*
 * bench_read: our side of the comparisons of readers, and the least that any of them can do. Speaks the line protocol of bench.py.
 *
 *   bench-read FILE           the file through the reader of its format; what comes out is looked at and dropped
 *   bench-read --plain FILE   its bytes read and added up
 *
 * A round is the file over and over for BENCH_SECONDS; items are rows, or packets of a capture, in both.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "input/reader.h"

enum { PIECE_BYTES = 1 << 17 };

struct tally {
	uint64_t flows;
	double bytes;
};

static unsigned char piece[PIECE_BYTES];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void missing(const char *why)
{
	printf("missing %s\n", why);
	exit(0);
}

static int open_file(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		missing("the file to read");
	return fd;
}

static int count_flow(void *arg, const struct flow *f)
{
	struct tally *const t = arg;

	t->flows++;
	t->bytes += f->bytes[ORIG] + f->bytes[RESP];
	return 0;
}

/* The whole file through a reader: rows, or packets. */
static uint64_t read_flows(const char *path)
{
	struct tally t = { 0 };
	const struct sinks sinks = { .flow = count_flow, .arg = &t };
	struct reader *r = NULL;
	struct err e = { 0 };
	const int fd = open_file(path);
	int code = reader_new(&r, NULL, &sinks, &e);
	uint64_t items = 0;
	ssize_t n;

	while (code == OK && (n = read(fd, piece, sizeof(piece))) > 0)
		code = reader_feed(r, piece, (size_t)n, &e);
	if (code == OK)
		code = reader_finish(r, &e);
	if (code < 0)
		missing(e.msg);
	items = reader_report(r)->packets > 0 ? reader_report(r)->packets : reader_report(r)->rows;
	if (t.flows == 0 || reader_report(r)->rows_skipped > 0)
		missing("flows: the file is not what it should be");
	reader_del(r);
	close(fd);
	return items;
}

static uint64_t read_plain(const char *path)
{
	const int fd = open_file(path);
	uint64_t sum = 0;
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) > 0)
		for (ssize_t i = 0; i < n; i++)
			sum += piece[i];
	close(fd);
	return sum;
}

int main(int argc, char **argv)
{
	const int plain = argc == 3 && strcmp(argv[1], "--plain") == 0;
	const char *const path = argc == 2 + plain ? argv[1 + plain] : NULL, *const length = getenv("BENCH_SECONDS");
	const double least = length != NULL ? atof(length) : 1;
	uint64_t items, check = 0;
	char line[64];

	if (path == NULL) {
		fprintf(stderr, "bench-read [--plain] FILE\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	items = read_flows(path);
	printf("ready %s; %llu items\n", plain ? "read(2) and a sum of the bytes" : "reader", (unsigned long long)items);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		const double start = now();
		uint64_t done = 0;

		do {
			check += plain ? read_plain(path) : read_flows(path);
			done += items;
		} while (now() - start < least);
		printf("%.9f %llu check=%llu\n", now() - start, (unsigned long long)done, (unsigned long long)(check % 1000));
	}
	return 0;
}
