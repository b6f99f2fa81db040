/*
 * csv: flows from comma-separated text (RFC 4180, read by libcsv), fed in pieces of any size.
 *
 * The first line names the columns, in any order and case; unknown columns are ignored. Needed are orig_pkts,
 * resp_pkts, orig_bytes, resp_bytes; used when there: ts, label. A row that cannot be used is counted, the first
 * CSV_REPORTED of them are kept with their line, column and reason, and reading goes on. Memory is bounded: a field
 * longer than CSV_FIELD_MAX bytes makes its row unusable (what is wrong with it is told), whatever its length.
 *
 * "-", "(empty)" and nothing mean unset, as in tables made from Zeek logs: a count becomes 0 (Zeek leaves orig_bytes
 * unset when there was no payload), ts NaN, label LABEL_NONE. Labels: benign, normal and 0 are LABEL_BENIGN, all
 * others LABEL_MALICIOUS. Numbers that are negative or not finite are refused. Columns and their aliases: column.c.
 *
 * Lines end with LF, CR LF or CR; empty ones are no rows. A quote in the middle of an unquoted field is a character
 * like any other; text behind a closing quote makes the row unusable up to the end of the line.
 */
#ifndef FLOW_CSV_H
#define FLOW_CSV_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "flow/flow.h"

enum { CSV_REPORTED = 10, CSV_FIELD_MAX = 4096, CSV_COLUMNS_MAX = 1024 };

struct csv_problem {
	uint64_t line;    /* in the file, from 1 */
	char column[40];  /* its name in the header, or "" when the row as a whole is wrong */
	char reason[120]; /* such as: "abc" is not a number; printable ASCII, cut where long */
};

struct csv_report {
	uint64_t bytes;        /* fed so far */
	uint64_t rows;         /* data rows seen, usable or not */
	uint64_t rows_skipped; /* of these, unusable */
	size_t problem_n;
	struct csv_problem problem[CSV_REPORTED];
};

struct csv_reader;

/* Flows go to sink(arg, ...). NULL when memory is out. */
struct csv_reader *csv_reader_new(flow_sink sink, void *arg);
void csv_reader_del(struct csv_reader *r);

/*
 * Feed the next bytes of the file. ERR_FORMAT: the header lacks needed columns (the message names them and what was
 * found), names one twice, or is no text (NUL bytes); or what the sink returned.
 */
int csv_reader_feed(struct csv_reader *r, const void *data, size_t len, struct err *e);

/* The file is at its end: the last line may lack its newline. ERR_FORMAT: an empty file, a quote left open. */
int csv_reader_finish(struct csv_reader *r, struct err *e);

/* What happened so far; borrowed, valid until csv_reader_del(). */
const struct csv_report *csv_reader_report(const struct csv_reader *r);

/* 0 or 1: the header has a label column. */
int csv_reader_has_label(const struct csv_reader *r);

#endif
