/* feature: the table of features and of the sets made from them. */
#include "feature/feature.h"

#include <string.h>

static double orig_pkts(const struct flow *f)
{
	return f->pkts[ORIG];
}

static double resp_pkts(const struct flow *f)
{
	return f->pkts[RESP];
}

static double orig_bytes(const struct flow *f)
{
	return f->bytes[ORIG];
}

static double resp_bytes(const struct flow *f)
{
	return f->bytes[RESP];
}

enum { F_ORIG_PKTS, F_RESP_PKTS, F_ORIG_BYTES, F_RESP_BYTES };

static const struct feature features[] = {
	[F_ORIG_PKTS] = { "orig_pkts", "packets", orig_pkts },
	[F_RESP_PKTS] = { "resp_pkts", "packets", resp_pkts },
	[F_ORIG_BYTES] = { "orig_bytes", "bytes", orig_bytes },
	[F_RESP_BYTES] = { "resp_bytes", "bytes", resp_bytes },
};

static const struct feature_set sets[] = {
	{ "basic", 4, { &features[F_ORIG_PKTS], &features[F_RESP_PKTS], &features[F_ORIG_BYTES], &features[F_RESP_BYTES] } },
};

static const size_t set_n = sizeof(sets) / sizeof(*sets);

const struct feature_set *feature_set_find(const char *name)
{
	for (size_t i = 0; i < set_n; i++)
		if (strcmp(sets[i].name, name) == 0)
			return &sets[i];
	return NULL;
}

const struct feature_set *feature_set_match(const char *const *names, size_t n)
{
	for (size_t i = 0; i < set_n; i++) {
		size_t k = 0;

		while (k < n && k < sets[i].n && strcmp(sets[i].feature[k]->name, names[k]) == 0)
			k++;
		if (k == n && k == sets[i].n)
			return &sets[i];
	}
	return NULL;
}

void feature_row(const struct feature_set *set, const struct flow *f, double *row)
{
	for (size_t i = 0; i < set->n; i++)
		row[i] = set->feature[i]->get(f);
}
