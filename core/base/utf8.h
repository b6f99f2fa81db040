/* utf8: text of others, character by character (RFC 3629). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { UTF8_INVALID = 0x7fffffff };

/*
 * The first character of s[n], n > 0: how many bytes it takes, its code point in *code. What is no UTF-8 (overlong, surrogate, beyond
 * U+10FFFF, cut off) is UTF8_INVALID and takes as many bytes as could have begun a character, at least 1, so that one U+FFFD
 * stands for them (Unicode, 3.9: maximal subparts).
 */
size_t utf8_next(const char *s, size_t n, uint32_t *code);

/*
 * What acts on a terminal, breaks a line or turns the order of the text around it: C0, DEL, C1, the line and paragraph separators
 * and the bidirectional embeddings, overrides and isolates.
 */
int utf8_is_control(uint32_t code);

int utf8_is_valid(const char *s, size_t n);

/*
 * s[n] as valid UTF-8 into out[cap], cap > 0, with a NUL behind it: U+FFFD stands for what is invalid, for NUL and, when `controls` is 0,
 * for what utf8_is_control(). Cut at the end of a character to what fits and to `characters`. Returns the bytes before the NUL,
 * at most 3 n.
 */
size_t utf8_clean(char *out, size_t cap, size_t characters, int controls, const char *s, size_t n);

#endif
