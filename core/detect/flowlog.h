/*
 * flowlog: the flows that matter, to be stored and shown again: those that were flagged and what went on around them.
 *
 * Verdicts make chunks of FLOWLOG_CHUNK flows; a chunk is handed on when it, the one before or the one behind has a flagged flow. Memory: two
 * chunks of flows. A chunk is one Zstandard frame of text, one line a flow, tabs between
 *   row, score, -log10 of p ("=": the score), anomalous (0, 1), rule, incident, device's side (0, 1), device's number
 * and the columns of Zeek's conn.log as write.h has them. "-": none, unknown; a score may be "inf". Scores are rounded to 6 digits behind the point,
 * 9 below 1. Texts are escaped as Zeek does. What is read
 * back is read as bytes of a stranger, by the reader of such logs.
 */
#ifndef DETECT_FLOWLOG_H
#define DETECT_FLOWLOG_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"
#include "detect/verdict.h"

enum { FLOWLOG_CHUNK = 500, FLOWLOG_CHUNKS = 16000 };

struct flowlog_chunk {
	uint64_t number; /* from 0, with gaps: chunks that were not handed on count */
	/* Least and largest row of its flows. Chunks may overlap, for verdicts are not in the order of the file. */
	uint64_t row_first, row_last;
	uint64_t flow_n, flagged_n;
	const void *data; /* borrowed during the call */
	size_t len;
};

/* 0 to go on; a negative value is what flowlog_add() and flowlog_finish() return. */
typedef int (*flowlog_sink)(void *arg, const struct flowlog_chunk *c, struct err *e);

struct flowlog_options {
	uint64_t chunks_max; /* beyond these flagged flows are only counted; 0: FLOWLOG_CHUNKS */
	flowlog_sink sink;
	void *arg;
};

struct flowlog;

int flowlog_new(struct flowlog **out, const struct flowlog_options *o, struct err *e);
void flowlog_del(struct flowlog *l);
int flowlog_add(struct flowlog *l, const struct verdict *v, struct err *e); /* ERR_NOMEM, or the sink's */
int flowlog_finish(struct flowlog *l, struct err *e);
uint64_t flowlog_left_out(const struct flowlog *l); /* flagged flows beyond chunks_max */

/* ---- reading ------------------------------------------------------------------------------------------------------------------ */

struct flowlog_line {
	double score, p; /* NaN: unknown */
	int anomalous;
	const struct rule *rule; /* NULL: none */
	uint64_t incident;       /* as in the verdict: of the scan; 0: none */
	int side;                /* the device is flow->host[side]; DEVICE_NONE */
	uint64_t device;
	const struct flow *flow; /* with its row */
};

/* Borrowed during the call. 0 to go on; a negative value stops, and flowlog_read() returns it. */
typedef int (*flowlog_line_sink)(void *arg, const struct flowlog_line *l);

/* The lines of a chunk in their order. ERR_FORMAT: these bytes are no chunk, which may show after some lines; ERR_NOMEM. */
int flowlog_read(const void *data, size_t len, flowlog_line_sink sink, void *arg, struct err *e);

/* Which lines; zero: all. */
struct flowlog_select {
	int flagged; /* only those */
	int by_row, by_ip, by_mac, by_incident;
	uint64_t row[2]; /* from, to, both included */
	struct ip ip;    /* of the device */
	uint8_t mac[6];  /* of the device */
	uint64_t incident;
};

int flowlog_wanted(const struct flowlog_select *s, const struct flowlog_line *l);

/*
 * For export. CSV: row, score, p_value, anomalous, rule, incident, device, then the columns of write.h; texts are formula-safe. Zeek: a conn.log as
 * `guardian flows` writes it. incident: what it is called to people.
 */
void flowlog_csv_head(struct text *out);
void flowlog_csv_line(struct text *out, const struct flowlog_line *l, uint64_t incident);
void flowlog_zeek_head(struct text *out, int64_t when);
void flowlog_zeek_line(struct text *out, const struct flowlog_line *l);
void flowlog_zeek_tail(struct text *out, int64_t when);

#endif
