/* evaluate_macro: numbers of contestants by name, and their averages over files. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evaluate/evaluate.h"

#define FLOW(what)                                                                                                                 \
	static double flow_##what(const struct contestant *c)                                                                      \
	{                                                                                                                          \
		return c->flow.what;                                                                                               \
	}
#define RATE(what)                                                                                                                 \
	static double rate_##what(const struct contestant *c)                                                                      \
	{                                                                                                                          \
		return c->flow.rates.what;                                                                                         \
	}
FLOW(roc_auc)
FLOW(roc_auc_distinct)
FLOW(pr_auc)
RATE(precision)
RATE(recall)
RATE(f1)
RATE(accuracy)
RATE(fpr)

static double tpr_1(const struct contestant *c)
{
	return c->flow.tpr[0];
}

static double tpr_01(const struct contestant *c)
{
	return c->flow.tpr[1];
}

static double tpr_001(const struct contestant *c)
{
	return c->flow.tpr[2];
}

static double window_roc(const struct contestant *c)
{
	return c->window.roc_auc;
}

static double false_per_device_day(const struct contestant *c)
{
	return c->incidents ? c->incident.false_per_device_day : (double)NAN;
}

static double false_per_day(const struct contestant *c)
{
	return c->incidents ? c->incident.false_per_day : (double)NAN;
}

static double named_right(const struct contestant *c)
{
	return c->incidents && c->incident.nameable > 0 ? (double)c->incident.right / (double)c->incident.nameable : (double)NAN;
}

const struct quantity quantities[] = {
	{ "roc_auc", "ROC-AUC", flow_roc_auc },
	{ "pr_auc", "PR-AUC", flow_pr_auc },
	{ "tpr_at_fpr_0.01", "TPR at 1 %", tpr_1 },
	{ "tpr_at_fpr_0.001", "TPR at 0.1 %", tpr_01 },
	{ "tpr_at_fpr_0.0001", "TPR at 0.01 %", tpr_001 },
	{ "precision", "precision", rate_precision },
	{ "recall", "recall", rate_recall },
	{ "f1", "F1", rate_f1 },
	{ "accuracy", "accuracy", rate_accuracy },
	{ "fpr", "FPR", rate_fpr },
	{ "roc_auc_distinct", "ROC-AUC, copies once", flow_roc_auc_distinct },
	{ "window_roc_auc", "ROC-AUC by window", window_roc },
	{ "false_incidents_per_device_day", "false incidents per device and day", false_per_device_day },
	{ "false_incidents_per_day", "false incidents per day", false_per_day },
	{ "incidents_named_right", "incidents named right", named_right },
};
const size_t quantity_n = sizeof(quantities) / sizeof(*quantities);

static const struct contestant *find(const struct evaluated *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->c[i].name, name) == 0)
			return &f->c[i];
	return NULL;
}

struct macro evaluate_macro(const struct evaluation *ev, const char *name, const struct quantity *q)
{
	double *const value = malloc((ev->file_n + 1) * sizeof(*value));
	struct macro m = { .mean = NAN, .interval = { NAN, NAN } };
	size_t n = 0;

	for (size_t i = 0; i < ev->file_n && value != NULL; i++) {
		const struct contestant *const c = ev->file[i].failed ? NULL : find(&ev->file[i], name);

		if (c != NULL)
			value[n++] = q->get(c);
	}
	if (value != NULL)
		m = macro_of(value, n, ev->seed);
	free(value);
	return m;
}

/* Whether file `before` or an earlier one has a contestant of this name. */
static int was_seen(const struct evaluation *ev, size_t before, const char *name)
{
	for (size_t i = 0; i < before; i++)
		if (!ev->file[i].failed && find(&ev->file[i], name) != NULL)
			return 1;
	return 0;
}

const struct contestant *evaluate_contestant(const struct evaluation *ev, size_t i)
{
	for (size_t k = 0; k < ev->file_n; k++)
		for (size_t c = 0; !ev->file[k].failed && c < ev->file[k].n; c++)
			if (!was_seen(ev, k, ev->file[k].c[c].name) && i-- == 0)
				return &ev->file[k].c[c];
	return NULL;
}
