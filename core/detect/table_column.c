/* table_column: by name, else by what the values do. */
#include "detect/table_column.h"

#include <math.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "table/field.h"

/* So few rising numbers could rise by chance. */
enum { LEAST_RISING = 20 };

static const char *const by_field[FIELDS] = {
	[FIELD_TS] = COLUMN_TIME,          [FIELD_END] = COLUMN_TIME,         [FIELD_ORIG_H] = COLUMN_ADDRESS,
	[FIELD_RESP_H] = COLUMN_ADDRESS,   [FIELD_ORIG_P] = COLUMN_PORT,      [FIELD_RESP_P] = COLUMN_PORT,
	[FIELD_ORIG_MAC] = COLUMN_ADDRESS, [FIELD_RESP_MAC] = COLUMN_ADDRESS,
};

static const char *const numbers[] = { "id",      "no",  "no.",       "nr",      "index",   "idx",          "row",       "seq",
				       "pkseqid", "uid", "record_id", "flow_id", "flow id", "frame.number", "unnamed: 0" };

/* Seconds, milliseconds, microseconds, nanoseconds from the years 2000 to 2100. */
static const double units[] = { 1, 1e3, 1e6, 1e9 };
static const double YEAR_2000 = 946684800, YEAR_2100 = 4102444800;

void table_column_init(struct table_column *c, const char *name)
{
	*c = (struct table_column){
		.named = by_field[field_find(name, strlen(name)).field], .last = -INFINITY, .least = INFINITY, .most = -INFINITY
	};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (strcasecmp(name, numbers[i]) == 0)
			c->named = COLUMN_NUMBER;
	if (*name == '\0') /* as programs write it that number the rows */
		c->named = COLUMN_NUMBER;
}

void table_column_add(struct table_column *c, double value)
{
	if (isnan(value))
		return;
	c->falls += value <= c->last || value != floor(value);
	c->values++;
	c->last = value;
	c->least = fmin(c->least, value);
	c->most = fmax(c->most, value);
}

const char *table_column_verdict(const struct table_column *c)
{
	if (c->named != NULL)
		return c->named;
	if (c->values >= LEAST_RISING && c->falls == 0)
		return COLUMN_NUMBER;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (c->values > 0 && c->least > YEAR_2000 * units[i] && c->most < YEAR_2100 * units[i] && c->most < 1.5 * c->least)
			return COLUMN_TIME;
	return NULL;
}
