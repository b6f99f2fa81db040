/* sha256: the digest of FIPS 180-4, for telling which files a result was made of. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_HEX = 65 };

struct sha256 {
	uint32_t h[8];
	uint64_t bytes;
	unsigned char block[64];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *data, size_t n);

/* Ends the digest: lower-case hexadecimal and NUL. */
void sha256_hex(struct sha256 *s, char out[static SHA256_HEX]);

#endif
