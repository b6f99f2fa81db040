/* table: parallel arrays that grow together. */
#include "judge/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int grow(struct judged *j)
{
	const size_t cap = j->cap ? 2 * j->cap : 1024, F = j->F ? j->F : 1;
	void *p;

	if ((p = reallocarray(j->flow, cap, sizeof(*j->flow))) == NULL)
		return ERR_NOMEM;
	j->flow = p;
	if ((p = reallocarray(j->answer, cap, sizeof(*j->answer))) == NULL)
		return ERR_NOMEM;
	j->answer = p;
	if ((p = reallocarray(j->feature, cap, F * sizeof(*j->feature))) == NULL)
		return ERR_NOMEM;
	j->feature = p;
	j->cap = cap;
	return OK;
}

/* The number of a label, a new one where it is not known yet; -1: memory is out. Files have a few dozen. */
static int64_t label_number(struct judged *j, const char *name)
{
	char text[LABEL_BYTES] = "", (*more)[LABEL_BYTES];

	if (name != NULL)
		memcpy(text, name, strnlen(name, sizeof(text) - 1));
	if (j->label_n == 0 || text[0] != '\0')
		for (size_t i = 0; i < j->label_n; i++)
			if (strcmp(j->label[i], text) == 0)
				return (int64_t)i;
	if (j->label_n > 0 && text[0] == '\0')
		return 0;
	more = reallocarray(j->label, j->label_n + 2, sizeof(*more));
	if (more == NULL)
		return -1;
	j->label = more;
	if (j->label_n == 0)
		memset(more[j->label_n++], 0, sizeof(*more));
	if (text[0] == '\0')
		return 0;
	memcpy(more[j->label_n], text, sizeof(text));
	return (int64_t)j->label_n++;
}

int judged_add(struct judged *j, const struct judged_flow *f, const char *label, const struct answer *a, const double *feature,
	       struct err *e)
{
	const int64_t number = label_number(j, label);

	if (number < 0 || (j->n == j->cap && grow(j) < 0))
		return err_set(e, ERR_NOMEM, "out of memory for judging %zu flows", j->n + 1);
	j->flow[j->n] = *f;
	j->flow[j->n].label = (uint32_t)number;
	j->answer[j->n] = *a;
	if (j->F > 0)
		memcpy(j->feature + j->n * j->F, feature, j->F * sizeof(*feature));
	j->n++;
	return OK;
}

void judged_free(struct judged *j)
{
	free(j->flow);
	free(j->answer);
	free(j->feature);
	free(j->label);
	*j = (struct judged){ .F = j->F };
}

/* What orders rows: a first key, then a second, then the place. */
struct key {
	uint64_t first;
	double second;
	size_t at;
};

static int compare(const void *a, const void *b)
{
	const struct key *const x = a, *const y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->second != y->second)
		return x->second < y->second ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* Take the rows of j in the order of key[n] as a new table. */
static int gather(struct judged *out, const struct judged *j, const struct key *key, size_t n, struct err *e)
{
	struct judged o = { .F = j->F };

	for (size_t k = 0; k < n; k++) {
		const size_t i = key[k].at;

		if (judged_add(&o, &j->flow[i], j->label[j->flow[i].label], &j->answer[i], j->feature + i * j->F, e) < 0) {
			judged_free(&o);
			return ERR_NOMEM;
		}
	}
	*out = o;
	return OK;
}

static struct key *keys(size_t n, struct err *e)
{
	struct key *const key = calloc(n + 1, sizeof(*key));

	if (key == NULL)
		err_set(e, ERR_NOMEM, "out of memory for judging %zu flows", n);
	return key;
}

int judged_sort(struct judged *j, struct err *e)
{
	struct key *const key = keys(j->n, e);
	struct judged sorted;
	int r;

	if (key == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < j->n; i++)
		key[i] = (struct key){ j->flow[i].row, 0, i };
	qsort(key, j->n, sizeof(*key), compare);
	if ((r = gather(&sorted, j, key, j->n, e)) == OK) {
		judged_free(j);
		*j = sorted;
	}
	free(key);
	return r;
}

int judged_part(struct judged *out, const struct judged *j, const uint8_t *take, struct err *e)
{
	struct key *const key = keys(j->n, e);
	size_t n = 0;
	int r;

	if (key == NULL)
		return ERR_NOMEM;
	for (size_t i = 0; i < j->n; i++)
		if (take[i])
			key[n++].at = i;
	r = gather(out, j, key, n, e);
	free(key);
	return r;
}

int judged_streams(const struct judged *j, int by_time, size_t **order, struct err *e)
{
	struct key *const key = keys(j->n, e);
	size_t *const o = malloc((j->n + 1) * sizeof(*o));

	if (key == NULL || o == NULL) {
		free(key);
		free(o);
		return err_set(e, ERR_NOMEM, "out of memory for judging %zu flows", j->n);
	}
	for (size_t i = 0; i < j->n; i++) {
		const double ts = j->flow[i].ts;

		key[i] = (struct key){ j->flow[i].device, by_time ? (isnan(ts) ? INFINITY : ts) : (double)j->flow[i].row, i };
	}
	qsort(key, j->n, sizeof(*key), compare);
	for (size_t i = 0; i < j->n; i++)
		o[i] = key[i].at;
	free(key);
	*order = o;
	return OK;
}

/* splitmix64's mixer (Steele, Lea & Flood 2014). */
static uint64_t mix(uint64_t h, double v)
{
	uint64_t bits;

	v += 0.0; /* -0 becomes 0 */
	memcpy(&bits, &v, sizeof(bits));
	if (isnan(v))
		bits = 0x7ff8000000000000;
	h = (h ^ bits) + 0x9e3779b97f4a7c15;
	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9;
	h = (h ^ h >> 27) * 0x94d049bb133111eb;
	return h ^ h >> 31;
}

uint64_t judged_hash(const struct judged *j, size_t i, int with_time)
{
	uint64_t h = with_time ? mix(1, j->flow[i].ts) : 2;

	for (size_t k = 0; k < j->F; k++)
		h = mix(h, j->feature[i * j->F + k]);
	return h;
}
