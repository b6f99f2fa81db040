/* zstd: libzstd as a codec (RFC 8878). */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "input/codec.h"

enum {
	/*
	 * The window is what unpacking takes in memory: 8 MiB up to level 19, which every decoder should have; 32 MiB for level 20.
	 * What is above (--long, levels 21 and 22) may ask for 2 GiB.
	 */
	WINDOW_LOG_MAX = 25,
	BLOCK_HEADER = 3,
};

struct zstd {
	ZSTD_DCtx *d;
	size_t want; /* bytes up to the next boundary: of the frame's header, a block's header, a block, the checksum */
	int full;    /* the output was: there may be more of it inside */
};

/* A frame, or one that is to be skipped, which parallel packers put first. */
int zstd_is(const unsigned char *p, size_t n)
{
	return n >= 4 &&
	       (memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0 || ((p[0] & 0xf0) == 0x50 && memcmp(p + 1, "\x2a\x4d\x18", 3) == 0));
}

static void zstd_close(void *state)
{
	struct zstd *const z = state;

	if (z == NULL)
		return;
	ZSTD_freeDCtx(z->d);
	free(z);
}

static void *zstd_open(void)
{
	struct zstd *const z = calloc(1, sizeof(*z));

	if (z == NULL)
		return NULL;
	z->want = 1;
	z->d = ZSTD_createDCtx();
	if (z->d == NULL || ZSTD_isError(ZSTD_DCtx_setParameter(z->d, ZSTD_d_windowLogMax, WINDOW_LOG_MAX))) {
		zstd_close(z);
		return NULL;
	}
	return z;
}

/* libzstd begins another frame by itself. */
static int zstd_again(void *state)
{
	struct zstd *const z = state;

	z->want = 1;
	z->full = 0;
	return OK;
}

static int explain(size_t code, struct err *e)
{
	switch (ZSTD_getErrorCode(code)) {
	case ZSTD_error_frameParameter_windowTooLarge:
		return err_set(e, ERR_UNSUPPORTED,
			       "unpacking this Zstandard file takes more than %d MiB of memory: pack it without --long, at level "
			       "20 or less",
			       1 << (WINDOW_LOG_MAX - 20));
	case ZSTD_error_memory_allocation:
		return err_set(e, ERR_NOMEM, "out of memory for unpacking");
	case ZSTD_error_dictionary_wrong:
		return err_set(e, ERR_UNSUPPORTED, "the Zstandard file was packed with a dictionary: pack it without");
	case ZSTD_error_checksum_wrong:
		return err_set(e, ERR_FORMAT, "the Zstandard file is damaged: its checksum is wrong");
	default:
		return err_set(e, ERR_FORMAT, "the Zstandard file is damaged: %s", ZSTD_getErrorName(code));
	}
}

/*
 * libzstd forgets what it has put out in a call that then comes upon an error, and of a frame that is there as a whole it gives all or
 * nothing. So it gets its input in the units that it reads, and none while it has something to put out: then everything good comes
 * out, and it does not matter how the file was cut. It tells how much it would like: the rest of the unit and, unless that is a
 * block's header itself, the header that follows.
 */
static int zstd_step(void *state, struct codec_io *io, struct err *e)
{
	struct zstd *const z = state;
	ZSTD_inBuffer in = { io->in, z->full ? 0 : io->in_n < z->want ? io->in_n : z->want, 0 };
	ZSTD_outBuffer out = { io->out, io->out_n, 0 };
	const size_t r = ZSTD_decompressStream(z->d, &out, &in);

	if (ZSTD_isError(r))
		return explain(r, e);
	io->in += in.pos;
	io->in_n -= in.pos;
	io->out += out.pos;
	io->out_n -= out.pos;
	z->want = r > BLOCK_HEADER ? r - BLOCK_HEADER : r;
	z->full = io->out_n == 0;
	return r == 0 ? CODEC_END : CODEC_MORE;
}

const struct codec zstd_codec = { "Zstandard", ".zst", 4, zstd_is, zstd_open, zstd_step, zstd_again, zstd_close };
