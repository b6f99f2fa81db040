/*
 * csv: flows from comma-separated text (RFC 4180, read by libcsv), fed in pieces of any size.
 *
 * The first line names the columns, in any order and case; unknown columns are ignored. Needed are orig_pkts,
 * resp_pkts, orig_bytes, resp_bytes; used when there: ts, label. A row that cannot be used is counted, the first
 * ones are kept with their line, column and reason, and reading goes on. Memory is bounded: a field
 * longer than CSV_FIELD_MAX bytes makes its row unusable (what is wrong with it is told), whatever its length.
 *
 * "-", "(empty)" and nothing mean unset, as in tables made from Zeek logs: a count becomes 0 (Zeek leaves orig_bytes
 * unset when there was no payload), ts NaN, label LABEL_NONE. Labels: table/row.h. Numbers that are negative or not
 * finite are refused. Columns and their aliases: table/field.h.
 *
 * Lines end with LF, CR LF or CR; empty ones are no rows. A quote in the middle of an unquoted field is a character
 * like any other; text behind a closing quote makes the row unusable up to the end of the line.
 *
 * ERR_FORMAT from feed: the header lacks needed columns (the message names them and what was found), names one twice, or is no
 * text (NUL bytes); from finish: an empty file, a quote left open.
 */
#ifndef TABLE_CSV_H
#define TABLE_CSV_H

#include "flow/source.h"

enum { CSV_FIELD_MAX = 4096, CSV_COLUMNS_MAX = 1024 };

extern const struct source_ops csv_source;

#endif
