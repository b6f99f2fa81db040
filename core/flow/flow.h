/*
 * flow: one bidirectional conversation between two hosts, as every reader hands it on.
 *
 * Directions are Zeek's: ORIG sent the first packet, RESP answered (docs.zeek.org, conn.log).
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include <stddef.h>
#include <stdint.h>

enum { ORIG, RESP };

enum flow_label { LABEL_NONE, LABEL_BENIGN, LABEL_MALICIOUS };

struct flow {
	uint64_t row;          /* place in the file: data rows from 0; a bad row has a number too, but makes no flow */
	double ts;             /* start, seconds since 1970 UTC; NaN when the file has none */
	double pkts[2];        /* packets by direction, >= 0; whole numbers in all that was captured, a table may say 1.5 */
	double bytes[2];       /* payload bytes by direction, >= 0 */
	enum flow_label label; /* ground truth, where the file has one */
};

/* Where readers push flows. The flow is borrowed during the call. 0 to go on; a negative value stops the reader, which returns it. */
typedef int (*flow_sink)(void *arg, const struct flow *f);

#endif
