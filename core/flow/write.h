/*
 * write: flows as text that the readers take again: CSV, JSON lines, or Zeek's TSV.
 *
 * Columns have the names and the order of Zeek's conn.log as far as a flow knows them, then orig_l2_addr and resp_l2_addr (Zeek's policy
 * mac-logging), label (benign, malicious) and detailed-label. Unset is an empty field in CSV, "-" in Zeek's format and no member in JSON.
 * Times have six decimals, as Zeek's, unless these lose something; other numbers as many digits as give the same double again.
 *
 * A log has the column uid too, which Zeek's tools look for; flows have none, so it is unset. Two things do not come back: times before
 * 1970, which no reader takes, and in CSV a service, history or detailed-label that begins with = + - or @: it gets an apostrophe, so that
 * no spreadsheet runs it (OWASP ASVS 5.0, 1.2.10).
 */
#ifndef FLOW_WRITE_H
#define FLOW_WRITE_H

#include <stdint.h>

#include "base/text.h"
#include "flow/flow.h"

enum flow_format {
	FLOW_CSV,
	FLOW_NDJSON,
	FLOW_ZEEK,
	FLOW_SEED,
	FLOW_FORMATS
}; /* FLOW_SEED: CSV with the six columns of the reference project */

/* "csv", "ndjson", "zeek", "seed" */
const char *flow_format_name(enum flow_format f);

/* The one called so, or -1. */
int flow_format_find(const char *name);

/* What comes before the first flow; nothing for JSON lines. when: Zeek's #open, seconds since 1970. */
void flow_write_head(struct text *out, enum flow_format format, int64_t when);

/* One line. */
void flow_write(struct text *out, enum flow_format format, const struct flow *f);

/* What comes behind the last flow: Zeek's #close. */
void flow_write_tail(struct text *out, enum flow_format format, int64_t when);

#endif
