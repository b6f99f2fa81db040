/* codec: one way of compressing, as a step function. unpack.h makes a stream of it. */
#ifndef INPUT_CODEC_H
#define INPUT_CODEC_H

#include <stddef.h>

#include "base/err.h"

struct codec_io {
	const unsigned char *in;
	size_t in_n;
	unsigned char *out;
	size_t out_n;
};

enum { CODEC_MORE, CODEC_END, CODEC_MAGIC = 4 };

/* A file is one or several members (gzip) or frames (Zstandard), one after the other. */
struct codec {
	const char *name;   /* "gzip" */
	const char *ending; /* of file names: ".gz" */
	size_t magic_n;     /* <= CODEC_MAGIC: as many bytes tell whether this is the beginning of a member */
	int (*is)(const unsigned char *p, size_t n);
	void *(*open)(void); /* at the beginning of a member; NULL: memory is out */
	/*
	 * Unpack some; in and out move on. CODEC_END: the member has ended, what it holds is out, its checksum is right. ERR_FORMAT,
	 * ERR_UNSUPPORTED (a window too large) or ERR_NOMEM; what is in out before then is good. Needs input, or room after it had none.
	 */
	int (*step)(void *state, struct codec_io *io, struct err *e);
	int (*again)(void *state); /* after CODEC_END: the beginning of another member. Negative: memory is out. */
	void (*close)(void *state);
};

extern const struct codec gzip_codec, zstd_codec;

/* The first bytes of a member. */
int gzip_is(const unsigned char *p, size_t n);
int zstd_is(const unsigned char *p, size_t n);

#endif
