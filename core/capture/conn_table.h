/*
 * conn_table: the open flows of a capture.
 *
 * Three structures over one array of flows: a hash table by their ends (open addressing), a heap by the time at which a flow is to be looked
 * at, and a list by the last packet. Each packet costs O(1) but where timers run, O(log n).
 *
 * Flows come out when they are over in packet time, as Zeek writes its log; those that end at one time in the order of their beginning.
 * What is open at the end comes out in the order of beginning too. So the order is the same on any machine.
 *
 * Memory: sizeof(struct conn) + 32 bytes a flow, for twice as many as were ever open and at most max: 33 MiB with the default when it is full.
 * When memory runs out before that, the table is full.
 */
#ifndef CAPTURE_CONN_TABLE_H
#define CAPTURE_CONN_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "capture/segment.h"
#include "flow/flow.h"

enum { CONN_TABLE_DEFAULT = 65536, CONN_TABLE_MAX = 1 << 24 };

struct conn_table;

/* max: open flows at a time, 0 for the default. NULL: memory is out. */
struct conn_table *conn_table_new(size_t max);
void conn_table_del(struct conn_table *t);

/* Count a packet, after the flows that are over at its time have gone to sink. 0, or what the sink returned. */
int conn_table_add(struct conn_table *t, const struct segment *s, flow_sink sink, void *arg);

/* All flows go out. */
int conn_table_finish(struct conn_table *t, flow_sink sink, void *arg);

uint64_t conn_table_flows(const struct conn_table *t);   /* that went out */
uint64_t conn_table_evicted(const struct conn_table *t); /* of these before they were over, since the table was full */
size_t conn_table_max(const struct conn_table *t);

#endif
