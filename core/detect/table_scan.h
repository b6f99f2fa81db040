/*
 * table_scan: the odd rows of a table of numbers (TON_IoT, BoT-IoT, sensors: CSV with >= 3 numeric columns; of other files of flows
 * their features), fed in pieces, in one
 * pass and bounded memory, by a dense network that is trained on the table itself.
 *
 * The first rows_max rows are kept, trained on and then scored; rows behind them are scored as they come, with the network of the first ones, which
 * is noted: what is new there is odd. Nothing is judged before the training, so results come late, but all come, in the order of the file.
 *
 * Columns that identify rather than measure are left out, which is noted: those with the name of a time, an address or a port (table/field.h) or
 * of a running number (id, seq, …); whole numbers that rise from row to row; values that are times since 1970 in all rows.
 *
 * A row is anomalous above dense_threshold(), or above the threshold of a strategy by name: sigma and percentile of all rows that were kept (the
 * references' own, for comparison), the others of those that are not above dense_threshold(). Anomalous rows with fewer than TABLE_GAP rows between
 * them are one incident.
 */
#ifndef DETECT_TABLE_SCAN_H
#define DETECT_TABLE_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "detect/severity.h"
#include "flow/report.h"
#include "flow/table.h"
#include "input/reader.h"
#include "nn/kernel.h"

enum { TABLE_GAP = 100, TABLE_TOP = 3, TABLE_ATTACKS = 255, TABLE_SENTENCE = 240 };

/* A column's part in what is odd of a row. */
struct table_part {
	size_t column;
	const char *name;    /* borrowed from the scan */
	double value, share; /* as in the file, NaN: none; of the score, 0..1 */
	double usual[3];     /* 5th percentile, median, 95th percentile of the rows trained on */
};

struct table_result {
	uint64_t row; /* in the file, from 0; skipped rows count */
	double score, p;
	int anomalous;
	uint64_t incident; /* from 1; 0: none */
	enum flow_label label;
	const char *attack; /* the file's own name; "" unset; borrowed. Beyond TABLE_ATTACKS different ones: "other" */
	size_t part_n;      /* of anomalous rows, largest first */
	struct table_part part[TABLE_TOP];
};

struct table_incident {
	uint64_t id, first_row, last_row, rows; /* rows: anomalous ones */
	uint64_t peak_row;
	double peak_score, least_p;
	enum severity severity; /* of the peak, by severity.h */
	struct table_part part; /* largest one of the peak */
	char sentence[TABLE_SENTENCE];
};

/* Borrowed during the call. 0 to go on; a negative value stops the scan, which returns it. */
typedef int (*table_result_sink)(void *arg, const struct table_result *r);
typedef int (*table_incident_sink)(void *arg, const struct table_incident *i);

struct table_summary {
	uint64_t rows, anomalies, incidents; /* rows: judged */
	double threshold, mean_score, max_score;
	size_t columns, columns_used, trained;
	const struct read_report *input;
};

struct table_scan_options {
	const struct kernel_ops *kernel;
	uint64_t seed;
	size_t rows_max;       /* 0: as dense.h */
	size_t bytes_max;      /* of the rows that are kept: fewer than rows_max of a table with many columns; 0: no such limit */
	const char *threshold; /* strategy or number; NULL: dense_threshold() */
	struct reader_options input;
	int whatif;                    /* table_scan_whatif() is wanted */
	table_result_sink results;     /* every row; may be NULL */
	table_incident_sink incidents; /* when it is over; may be NULL */
	void *arg;                     /* of both */
};

struct table_scan;
struct whatif_table;

int table_scan_new(struct table_scan **out, const struct table_scan_options *o, struct err *e);
void table_scan_del(struct table_scan *s);

/* Errors as reader_feed(), dense_train(), threshold_choose(), and what a sink returned. */
int table_scan_feed(struct table_scan *s, const void *data, size_t len, struct err *e);
int table_scan_finish(struct table_scan *s, struct err *e);

/* What other thresholds would flag (whatif.h); NULL: not wanted, or no finite threshold. Call after table_scan_finish(). Borrowed. */
const struct whatif_table *table_scan_whatif(const struct table_scan *s);

/* Valid until table_scan_del(). */
void table_scan_summary(struct table_scan *s, struct table_summary *out);

#endif
