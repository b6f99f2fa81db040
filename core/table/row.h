/*
 * row: one record of a text format on its way to a flow. All text formats use it, so that values mean the same, and what is wrong is
 * said and counted the same way, in all of them.
 *
 * "-", "(empty)" and nothing mean unset: a count becomes 0 (Zeek leaves orig_bytes unset when there was no payload), the rest stays
 * unset. Counts that are negative or no finite numbers, and times that are none, make the row unusable. Of addresses, ports, durations
 * and MACs that cannot be read the flow has none; that is noted once. Labels: benign…, normal…, 0 and false are LABEL_BENIGN, background…,
 * unknown, none, null, n/a, nan and what is still to be filled in LABEL_NONE, all others LABEL_MALICIOUS.
 */
#ifndef TABLE_ROW_H
#define TABLE_ROW_H

#include <stddef.h>
#include <stdint.h>

#include "flow/source.h"
#include "table/field.h"
#include "table/timestamp.h"

/* A field's fault gives way to one of the row as a whole, such as a wrong number of columns, which may be its cause. */
enum fault { FAULT_NONE, FAULT_FIELD, FAULT_ROW };

struct row {
	struct sinks sinks;
	struct read_report *report;
	int sparse; /* a value that is unset is not in the record at all: Zeek's JSON has no orig_bytes where there was no payload */
	int decimal_comma; /* 1,5 is 1.5, as programs write it that separate columns by semicolons */
	enum time_kind times;
	unsigned noted; /* fields about which there is a note, 1 << field */

	struct flow flow;
	unsigned have; /* fields that were set, if only to unset, 1 << field */
	double end;    /* time of the last packet, or NaN */
	enum fault fault;
	const char *kind; /* of the fault, as it is counted */
	struct read_problem problem;
};

void row_init(struct row *r, const struct sinks *sinks, struct read_report *report);
void row_begin(struct row *r);

/*
 * text[len] is the value of a column. NULL; or, when the row cannot be used, what is wrong with it, such as "is not a number", which
 * is also its kind: the caller blames.
 */
const char *row_set(struct row *r, const struct binding *b, const char *text, size_t len);

/* The row cannot be used. What was wrong first is told, unless this is graver. column may be NULL, kind is static. */
void row_blame(struct row *r, enum fault fault, uint64_t line, const char *column, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));

/* The record is over: counted, and what was blamed is told. 1 when it can be used, else 0. */
int row_close(struct row *r);

/* row_close(), the flow handed on when it can be used, and row_begin(). 0, or what the sink returned. */
int row_end(struct row *r);

/* Move *text and *len past the blanks (space, tab) at both ends. */
void row_trim(const char **text, size_t *len);

/* number_parse(), with the decimal commas of the file. */
int row_number(struct row *r, const char *text, size_t len, double *out);

#endif
