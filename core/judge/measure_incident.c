/* measure_incident: incidents are what their flows are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/measure.h"
#include "judge/naming.h"

/* A flow of an incident. */
struct part {
	uint64_t incident;
	size_t at;
};

static int by_incident(const void *a, const void *b)
{
	const struct part *const x = a, *const y = b;

	if (x->incident != y->incident)
		return x->incident < y->incident ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* The commonest label of the attack flows among part[n]; count[j->label_n] is scratch. */
static uint32_t commonest_label(const struct judged *j, const struct part *part, size_t n, uint64_t *count)
{
	uint32_t best = 0;
	int any = 0;

	memset(count, 0, j->label_n * sizeof(*count));
	for (size_t i = 0; i < n; i++)
		count[j->flow[part[i].at].label] += j->flow[part[i].at].truth == TRUTH_ATTACK;
	for (uint32_t k = 0; k < j->label_n; k++)
		if (count[k] > 0 && (!any || count[k] > count[best])) {
			best = k;
			any = 1;
		}
	return best;
}

/* An incident takes a better name while it goes on: the last that says more than "unusual". */
static const char *incident_name(const struct answer *a, const struct part *part, size_t n)
{
	const char *name = NULL;

	for (size_t i = 0; i < n; i++)
		if (a[part[i].at].named != NULL && (name == NULL || strcmp(a[part[i].at].named, "unusual") != 0))
			name = a[part[i].at].named;
	return name;
}

static void judge_incident(struct incident_view *v, const struct judged *j, const struct answer *a, const struct part *part,
			   size_t n, uint64_t *count, uint8_t *in_true)
{
	uint64_t attacks = 0, known = 0;
	const char *name;
	uint32_t label;

	v->incidents++;
	for (size_t i = 0; i < n; i++) {
		attacks += j->flow[part[i].at].truth == TRUTH_ATTACK;
		known += j->flow[part[i].at].truth != TRUTH_NONE;
	}
	if (known == 0) {
		v->unknown++;
		return;
	}
	if (2 * attacks < known) {
		v->false_n++;
		return;
	}
	v->true_n++;
	for (size_t i = 0; i < n; i++)
		in_true[part[i].at] = 1;
	label = commonest_label(j, part, n, count);
	name = incident_name(a, part, n);
	v->unusual += name == NULL || strcmp(name, "unusual") == 0;
	if (!naming_has(j->label[label]))
		return;
	v->nameable++;
	v->right += (uint64_t)naming_agrees(j->label[label], name);
}

/* Time that each device was seen, the file's, and which attacks (device and label) a true incident touched. */
static void look_at_devices(struct incident_view *v, const struct judged *j, const size_t *order, const uint8_t *in_true,
			    uint8_t *state)
{
	double first = INFINITY, last = -INFINITY;

	for (size_t start = 0, end; start < j->n; start = end) {
		double from = INFINITY, until = -INFINITY;

		memset(state, 0, j->label_n);
		for (end = start; end < j->n && j->flow[order[end]].device == j->flow[order[start]].device; end++) {
			const struct judged_flow *const f = &j->flow[order[end]];

			from = fmin(from, f->ts);
			until = fmax(until, f->ts);
			if (f->truth == TRUTH_ATTACK)
				state[f->label] |= (uint8_t)(1 | in_true[order[end]] << 1);
		}
		for (size_t k = 0; k < j->label_n; k++) {
			v->attacks_n += state[k] & 1;
			v->attacks_found += state[k] >> 1;
		}
		if (until >= from)
			v->device_days += (until - from) / 86400;
		first = fmin(first, from);
		last = fmax(last, until);
	}
	v->days = last >= first ? (last - first) / 86400 : NAN;
	if (isnan(v->days))
		v->device_days = NAN;
	v->false_per_device_day = v->device_days > 0 ? (double)v->false_n / v->device_days : NAN;
	v->false_per_day = v->days > 0 ? (double)v->false_n / v->days : NAN;
}

int measure_incidents(struct incident_view *v, const struct judged *j, const struct answer *a, struct err *e)
{
	struct part *const part = malloc((j->n + 1) * sizeof(*part));
	uint64_t *const count = malloc((j->label_n + 1) * sizeof(*count));
	uint8_t *const in_true = calloc(j->n + 1, 1), *const state = malloc(j->label_n + 1);
	size_t *order = NULL, n = 0;
	int r = judged_streams(j, 0, &order, e);

	*v = (struct incident_view){ 0 };
	if (r == OK && (part == NULL || count == NULL || in_true == NULL || state == NULL))
		r = err_set(e, ERR_NOMEM, "out of memory for the incidents of %zu flows", j->n);
	if (r < 0)
		goto out;
	for (size_t i = 0; i < j->n; i++)
		if (a[i].incident > 0)
			part[n++] = (struct part){ a[i].incident, i };
	qsort(part, n, sizeof(*part), by_incident);
	for (size_t start = 0, end; start < n; start = end) {
		for (end = start; end < n && part[end].incident == part[start].incident; end++)
			;
		judge_incident(v, j, a, part + start, end - start, count, in_true);
	}
	look_at_devices(v, j, order, in_true, state);
out:
	free(part);
	free(count);
	free(in_true);
	free(state);
	free(order);
	return r;
}
