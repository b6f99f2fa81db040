/*
 * unpack: a compressed file as a stream of what is in it, in bounded memory (UNPACK_BUFFER and what the codec takes, at most 33 MiB).
 *
 * All members of a file count. What comes behind the last one is not looked at, only counted. How the file was cut into pieces does
 * not change what comes out.
 */
#ifndef INPUT_UNPACK_H
#define INPUT_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "input/codec.h"

enum { UNPACK_BUFFER = 1 << 20 };

/* Pieces of UNPACK_BUFFER bytes, the last one and one before an error shorter. A negative value ends unpacking, which returns it. */
typedef int (*unpack_sink)(void *arg, const void *data, size_t len, struct err *e);

struct unpack_options {
	const struct codec *codec;
	uint64_t max; /* bytes that may come out; 0: no limit */
	uint64_t
		ratio_max; /* of what came out to what went in, looked at when a piece is complete, before it is handed on; 0: no limit */
	unpack_sink sink;
	void *arg; /* of the sink */
};

struct unpack;

/* NULL: memory is out. */
struct unpack *unpack_new(const struct unpack_options *o);
void unpack_del(struct unpack *u);

/*
 * ERR_FORMAT: damaged; ERR_TOO_LARGE: over a limit, the message names its setting; ERR_UNSUPPORTED; ERR_NOMEM; or what the sink
 * returned. What was good before an error is handed on, but nothing over a limit. After an error only unpack_del() is left.
 */
int unpack_feed(struct unpack *u, const void *data, size_t len, struct err *e);

/* The end of the file; ERR_FORMAT: it ends in the middle of a member. */
int unpack_finish(struct unpack *u, struct err *e);

/* Bytes behind the last member, known after unpack_finish(). */
uint64_t unpack_trailing(const struct unpack *u);

#endif
