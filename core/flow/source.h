/*
 * source: what the reader of one format offers. Bytes come in pieces of any size, flows go out as they are complete; how the
 * bytes were cut never changes what comes out. Memory is bounded whatever the bytes are.
 */
#ifndef FLOW_SOURCE_H
#define FLOW_SOURCE_H

#include <stddef.h>

#include "base/err.h"
#include "flow/flow.h"
#include "flow/report.h"
#include "flow/table.h"

struct sinks {
	flow_sink flow; /* NULL: only tables are wanted */
	table_sink
		table; /* NULL: only flows are wanted. Both: a file with the columns of flows makes flows, another one with numbers a table */
	void *arg;       /* of both */
	int table_first; /* where both are there: a file with the columns of flows that has a table makes the table */
};

struct source_options {
	size_t flow_max; /* open flows that a capture may have at a time; 0: the default. When it is full the oldest end early, which is noted */
};

struct source_ops {
	/* The report is the caller's and outlives the source; the source fills all but format, bytes and unpacked. NULL: memory is out. */
	void *(*open)(const struct sinks *sinks, const struct source_options *o, struct read_report *report);
	/* The first failure is final and told again by later calls. What a sink returned comes back as it is, with *e untouched. */
	int (*feed)(void *source, const void *data, size_t len, struct err *e);
	/* The end of the file: what was held back goes out. */
	int (*finish)(void *source, struct err *e);
	void (*close)(void *source); /* NULL is fine */
};

#endif
