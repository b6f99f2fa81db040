/*
 * humane: numbers as people read them: "4.1 MB", "1,204 packets", "3 min 20 s", "98 %".
 *
 * ASCII, the same in every locale. Two significant digits, and never fewer than the whole part has. NaN is "unknown", an infinity "beyond
 * counting". Sizes are decimal (SI, ISO 80000-1): 1 kB = 1000 bytes.
 */
#ifndef BASE_HUMANE_H
#define BASE_HUMANE_H

enum { HUMANE_TEXT = 64, HUMANE_RANGE = 2 * HUMANE_TEXT, HUMANE_DIGITS = 2 };

/* All return out. */
const char *humane_count(char out[HUMANE_TEXT], double n);      /* "1,204", "1.5" */
const char *humane_bytes(char out[HUMANE_TEXT], double n);      /* "1 byte", "640 bytes", "4.1 MB" */
const char *humane_seconds(char out[HUMANE_TEXT], double s);    /* "25 ms", "4.1 s", "3 min 20 s", "2 days 4 h" */
const char *humane_percent(char out[HUMANE_TEXT], double part); /* of 1: 0.98 is "98 %"; what is less than all is not "100 %" */

/*
 * A value with its unit. "bytes", "seconds" (or "s", "ms") and "share" (of 1) as above; all other units are counts: "1 packet",
 * "1,204 packets" (a plural s goes when it is one; of "packets/s" it stays). "" for none. digits: significant ones, HUMANE_DIGITS or more
 * where that would hide a difference.
 */
const char *humane_quantity(char out[HUMANE_TEXT], const char *unit, double v, int digits);

/* "2 to 60 kB", "60 kB" where both ends read the same. */
const char *humane_range(char out[HUMANE_RANGE], const char *unit, double low, double high);

/* How rare a p-value is: "one in 4.6 million", "one in 20", "unknown" for NaN, "less than one in 1,000 trillion". */
const char *humane_one_in(char out[HUMANE_TEXT], double p);

#endif
