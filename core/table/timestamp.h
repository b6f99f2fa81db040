/*
 * timestamp: what the times of a file look like, found out from the first one and the same for all.
 *
 * Numbers count from 1970 in seconds, milliseconds, microseconds or nanoseconds, told by their size: below 10^11 (the year 5138)
 * they are seconds, then each factor of 1000; 0 tells nothing, and a later one that is far outside of the unit's range is refused.
 * Texts are ISO 8601 (2021-10-18T14:44:59.5+02:00; a blank for the T, no zone: UTC) or CICFlowMeter's 18/10/2021 02:44:59 PM, day
 * first, UTC.
 */
#ifndef TABLE_TIMESTAMP_H
#define TABLE_TIMESTAMP_H

#include <stddef.h>

enum time_kind { TIME_UNKNOWN, TIME_SECONDS, TIME_MILLIS, TIME_MICROS, TIME_NANOS, TIME_ISO, TIME_DAY_FIRST };

/* text[len], without blanks around it, as seconds since 1970. *kind is set by the first value that shows it. NULL, or what is wrong. */
const char *timestamp_parse(enum time_kind *kind, const char *text, size_t len, double *out);

/* "times in milliseconds"; NULL for TIME_UNKNOWN. */
const char *timestamp_kind_name(enum time_kind kind);

#endif
