/* column: the table of named values of a flow. */
#include "table/column.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "flow/number.h"

static int equals(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && strncasecmp(text, word, len) == 0;
}

static int is_unset(const char *text, size_t len)
{
	return len == 0 || (len == 1 && *text == '-') || equals(text, len, "(empty)");
}

static const char *set_number(double *out, double unset, const char *text, size_t len)
{
	double v;

	if (number_parse(text, len, &v) == 0) {
		if (v < 0)
			return "is negative";
		*out = v + 0.0; /* -0 becomes 0 */
		return NULL;
	}
	if (!is_unset(text, len))
		return "is not a number";
	*out = unset;
	return NULL;
}

static const char *set_count(const struct column *c, struct flow *f, const char *text, size_t len)
{
	return set_number((double *)((char *)f + c->offset), 0, text, len);
}

static const char *set_time(const struct column *c, struct flow *f, const char *text, size_t len)
{
	return set_number((double *)((char *)f + c->offset), NAN, text, len);
}

static const char *set_label(const struct column *c, struct flow *f, const char *text, size_t len)
{
	static const char *const benign[] = { "benign", "normal", "0" };
	enum flow_label *label = (enum flow_label *)((char *)f + c->offset);

	*label = is_unset(text, len) ? LABEL_NONE : LABEL_MALICIOUS;
	for (size_t i = 0; i < sizeof(benign) / sizeof(*benign); i++)
		if (equals(text, len, benign[i]))
			*label = LABEL_BENIGN;
	return NULL;
}

static const struct column columns[] = {
	{ "orig_pkts", "src_pkts", 1, offsetof(struct flow, pkts[ORIG]), set_count },
	{ "resp_pkts", "dst_pkts", 1, offsetof(struct flow, pkts[RESP]), set_count },
	{ "orig_bytes", "src_bytes", 1, offsetof(struct flow, bytes[ORIG]), set_count },
	{ "resp_bytes", "dst_bytes", 1, offsetof(struct flow, bytes[RESP]), set_count },
	{ "ts", NULL, 0, offsetof(struct flow, ts), set_time },
	{ "label", NULL, 0, offsetof(struct flow, label), set_label },
};

const struct column *column_get(size_t i)
{
	return i < sizeof(columns) / sizeof(*columns) ? &columns[i] : NULL;
}

const struct column *column_find(const char *name, size_t len)
{
	const struct column *c;

	column_trim(&name, &len);
	for (size_t i = 0; (c = column_get(i)) != NULL; i++)
		if (equals(name, len, c->name) || (c->alias != NULL && equals(name, len, c->alias)))
			return c;
	return NULL;
}

const char *column_set(const struct column *c, struct flow *f, const char *text, size_t len)
{
	column_trim(&text, &len);
	return c->set(c, f, text, len);
}

int column_is_label(const struct column *c)
{
	return c->set == set_label;
}

void column_trim(const char **text, size_t *len)
{
	while (*len > 0 && (**text == ' ' || **text == '\t')) {
		(*text)++;
		(*len)--;
	}
	while (*len > 0 && ((*text)[*len - 1] == ' ' || (*text)[*len - 1] == '\t'))
		(*len)--;
}
