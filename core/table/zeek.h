/*
 * zeek: flows from Zeek's own log format (docs.zeek.org, "Zeek TSV format logs"), fed in pieces of any size.
 *
 * The lines that begin with # say the separator, what unset looks like and, in #fields, the columns; they may come again, as in logs
 * that were put together, and then hold for what follows. The columns that IoT-23 and others add (tunnel_parents, label,
 * detailed-label share one column, joined by three blanks, in #fields and in the rows) are taken apart. Values are escaped as \xhh.
 * A line of over ZEEK_LINE_MAX bytes is unusable, whatever its length.
 *
 * ERR_FORMAT: a row before any #fields, columns that lack what a flow needs, no #fields at all.
 */
#ifndef TABLE_ZEEK_H
#define TABLE_ZEEK_H

#include "flow/source.h"

enum { ZEEK_LINE_MAX = 65536 };

extern const struct source_ops zeek_source;

#endif
