/* gzip: zlib as a codec (RFC 1952). */
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "input/codec.h"

enum { GZIP_ONLY = 16 + MAX_WBITS };

int gzip_is(const unsigned char *p, size_t n)
{
	return n >= 2 && p[0] == 0x1f && p[1] == 0x8b;
}

static void *gzip_open(void)
{
	z_stream *const z = calloc(1, sizeof(*z));

	if (z != NULL && inflateInit2(z, GZIP_ONLY) != Z_OK) {
		free(z);
		return NULL;
	}
	return z;
}

static int gzip_again(void *state)
{
	return inflateReset(state) == Z_OK ? OK : ERR_NOMEM;
}

static void gzip_close(void *state)
{
	if (state != NULL)
		inflateEnd(state);
	free(state);
}

static uInt at_most(size_t n)
{
	return n < UINT_MAX ? (uInt)n : UINT_MAX;
}

static int gzip_step(void *state, struct codec_io *io, struct err *e)
{
	z_stream *const z = state;
	const uInt in_n = at_most(io->in_n), out_n = at_most(io->out_n);
	int r;

	z->next_in = (z_const Bytef *)(size_t)io->in; /* zlib only reads it */
	z->avail_in = in_n;
	z->next_out = io->out;
	z->avail_out = out_n;
	r = inflate(z, Z_NO_FLUSH);
	io->in += in_n - z->avail_in;
	io->in_n -= in_n - z->avail_in;
	io->out += out_n - z->avail_out;
	io->out_n -= out_n - z->avail_out;
	switch (r) {
	case Z_STREAM_END:
		return CODEC_END;
	case Z_OK:
	case Z_BUF_ERROR: /* nothing to do: no input or no room */
		return CODEC_MORE;
	case Z_MEM_ERROR:
		return err_set(e, ERR_NOMEM, "out of memory for unpacking");
	default:
		return err_set(e, ERR_FORMAT, "the gzip file is damaged: %s", z->msg != NULL ? z->msg : "it cannot be unpacked");
	}
}

const struct codec gzip_codec = { "gzip", ".gz", 2, gzip_is, gzip_open, gzip_step, gzip_again, gzip_close };
