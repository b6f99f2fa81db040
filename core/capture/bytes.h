/* bytes: numbers in packets and capture files. Every caller has checked that the bytes are there. */
#ifndef CAPTURE_BYTES_H
#define CAPTURE_BYTES_H

#include <stdint.h>

static inline uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* In the byte order of a file. */
static inline uint16_t end16(const uint8_t *p, int big)
{
	return big ? be16(p) : le16(p);
}

static inline uint32_t end32(const uint8_t *p, int big)
{
	return big ? be32(p) : le32(p);
}

#endif
