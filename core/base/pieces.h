/* pieces: the bytes of a file that a command was given by name, piece by piece. */
#ifndef BASE_PIECES_H
#define BASE_PIECES_H

#include <stddef.h>

#include "base/err.h"
#include "base/sha256.h"

/* 0 to go on; a negative value ends the reading, which returns it. */
typedef int (*piece_sink)(void *arg, const void *data, size_t n, struct err *e);

/* All bytes of the file called name to take(arg, …), those of a pipe as they come; "-" is standard input. 0, ERR_IO, or what take returned. */
int pieces_read(const char *name, piece_sink take, void *arg, struct err *e);

/* The SHA-256 of a file's bytes as they lie there, in hexadecimal. "-" would be eaten. */
int pieces_digest(const char *name, char out[static SHA256_HEX], struct err *e);

#endif
