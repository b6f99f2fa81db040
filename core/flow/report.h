/*
 * report: what a reader found in a file, what it could not use and why. Filled while reading, valid at any time.
 *
 * A row is a data row of a text format, or a flow of a packet capture.
 */
#ifndef FLOW_REPORT_H
#define FLOW_REPORT_H

#include <stddef.h>
#include <stdint.h>

enum { REPORT_PROBLEMS = 10, REPORT_COUNTS = 16, REPORT_NOTES = 8 };

struct read_problem {
	uint64_t line;    /* in the file, from 1; a packet's number, from 1, in a capture; 0: of no line */
	char column[40];  /* its name in the file, or "" when the row as a whole is wrong */
	char reason[120]; /* such as: "abc" is not a number; printable ASCII, cut where long */
};

struct read_count {
	char what[40]; /* "is not a number", "ARP packet": static kinds, never text of the file */
	uint64_t n;
};

struct read_report {
	const char *format; /* as in the table of formats, such as "Zeek conn.log"; "" until it is known */
	const char *packing; /* how the file was compressed: "gzip", "Zstandard"; "" when it was not, or that is not known yet */
	char dialect[160];  /* what was recognised about it: "semicolons, times in milliseconds"; "" when there is nothing to say */
	uint64_t bytes;     /* fed so far */
	uint64_t unpacked;  /* of these after decompression; equal without */
	uint64_t rows;      /* usable or not */
	uint64_t rows_skipped; /* of these, unusable */
	uint64_t packets;      /* read from a capture */
	int has_label;
	size_t problem_n;
	struct read_problem problem[REPORT_PROBLEMS]; /* the first ones */
	size_t count_n;
	struct read_count count[REPORT_COUNTS]; /* what was left out, by kind: rows, or packets that are no part of a flow */
	size_t note_n;
	char note[REPORT_NOTES][160]; /* what else the user should know: "the capture ends in the middle of a packet" */
};

/* Add n to the count of this kind; a kind that finds no place is added to the last, which becomes "other". */
void report_count(struct read_report *r, const char *what, uint64_t n);

/* Say something, once: a note that is there already, or finds no place, is left out. */
void report_note(struct read_report *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A problem, if it is among the first. column may be NULL. */
void report_problem(struct read_report *r, uint64_t line, const char *column, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* text[len] as printable ASCII in out[size], size >= 4, cut with dots where it is too long. */
void report_print(char *out, size_t size, const char *text, size_t len);

#endif
