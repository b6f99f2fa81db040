/*
 * reader: flows from a file of any known kind, recognised by its content, fed in pieces of any size, in bounded memory.
 *
 * Compressed files (gzip, Zstandard) are unpacked as a stream, up to limits.
 */
#ifndef INPUT_READER_H
#define INPUT_READER_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "flow/home_networks.h"
#include "flow/source.h"

struct reader_options {
	struct source_options source;
	uint64_t unpacked_max;     /* bytes after decompression; 0: no limit */
	uint64_t ratio_max;        /* times the packed size, looked at whenever another MiB is out; 0: no limit */
	struct home_networks home; /* whose hosts are the devices: for those who read flows, not for the reader */
};

struct reader;

/* ERR_NOMEM. Options may be NULL: no limits. */
int reader_new(struct reader **out, const struct reader_options *o, const struct sinks *sinks, struct err *e);
void reader_del(struct reader *r);

/*
 * The next bytes. ERR_UNKNOWN: none of the formats (the message lists those that are taken); ERR_FORMAT: broken in a way that ends
 * reading; ERR_TOO_LARGE: over a limit of unpacking; or what a sink returned, with *e untouched. The first failure is final.
 */
int reader_feed(struct reader *r, const void *data, size_t len, struct err *e);
int reader_finish(struct reader *r, struct err *e);

/* What happened so far; borrowed, valid until reader_del(). */
const struct read_report *reader_report(const struct reader *r);

/* What the ARP packets of a capture tell (capture/arp.h), likewise; NULL: the file is none. */
struct arp;
const struct arp *reader_arp(const struct reader *r);

#endif
