/* table_column: does a column measure something, or does it only say which row it is? */
#ifndef DETECT_TABLE_COLUMN_H
#define DETECT_TABLE_COLUMN_H

#include <stdint.h>

#define COLUMN_TIME    "a time"
#define COLUMN_ADDRESS "an address"
#define COLUMN_PORT    "a port"
#define COLUMN_NUMBER  "a running number"

struct table_column {
	const char *named;      /* one of the above, by its name; NULL */
	uint64_t values, falls; /* falls: not larger than the one before, or no whole number */
	double last, least, most;
};

void table_column_init(struct table_column *c, const char *name);
void table_column_add(struct table_column *c, double value); /* NaN is none */

/* Why it is left out, one of the above; NULL: it measures. */
const char *table_column_verdict(const struct table_column *c);

#endif
