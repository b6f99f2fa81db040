/* evaluate_print: one block a view. */
#include "cmd/evaluate_print.h"

#include <inttypes.h>
#include <math.h>

#include "base/shown.h"
#include "judge/naming.h"

/* A rate or area in so many columns; "-" where there is none. */
static void cell(FILE *out, double v)
{
	if (isnan(v))
		fprintf(out, "  %8s", "-");
	else
		fprintf(out, "  %8.4f", v);
}

static void delay(FILE *out, double v, const char *unit)
{
	if (isnan(v))
		fprintf(out, "  %9s", "-");
	else if (isinf(v))
		fprintf(out, "  %9s", "never");
	else
		fprintf(out, "  %7.6g %s", v, unit);
}

static void view_row(FILE *out, const char *name, const struct view *v)
{
	fprintf(out, "  %-16s", name);
	cell(out, v->roc_auc);
	cell(out, v->pr_auc);
	cell(out, v->tpr[0]);
	cell(out, v->tpr[1]);
	cell(out, v->rates.precision);
	cell(out, v->rates.recall);
	cell(out, v->rates.f1);
	cell(out, v->rates.accuracy);
	cell(out, v->rates.fpr);
	fprintf(out, "  %7" PRIu64 " %7" PRIu64 " %7" PRIu64 " %7" PRIu64 "\n", v->counts.tp, v->counts.fp, v->counts.tn,
		v->counts.fn);
}

static void view_head(FILE *out, const char *what, const struct view *v)
{
	fprintf(out, "\n%s: %" PRIu64 ", %" PRIu64 " attacks (base rate %.4g); right of FPR: at the threshold\n", what, v->n,
		v->attacks, v->base_rate);
	fprintf(out, "  %-16s  %8s  %8s  %8s  %8s  %8s  %8s  %8s  %8s  %8s  %7s %7s %7s %7s\n", "", "ROC-AUC", "PR-AUC", "TPR@1%",
		"TPR@.1%", "precis.", "recall", "F1", "accuracy", "FPR", "TP", "FP", "TN", "FN");
}

static void interval(FILE *out, const char *what, double v, const struct interval *i)
{
	if (!isnan(i->low))
		fprintf(out, "  %s %.4f (95 %%: %.4f to %.4f)", what, v, i->low, i->high);
}

static void print_incidents(FILE *out, const struct contestant *c)
{
	const struct incident_view *const v = &c->incident;

	fprintf(out,
		"\nby incident (%s): %" PRIu64 " incidents, %" PRIu64 " true, %" PRIu64 " false, %" PRIu64
		" of unknown truth; %" PRIu64 " of %" PRIu64 " named right; %" PRIu64 " of %" PRIu64
		" attacks (device and label) found\n",
		c->name, v->incidents, v->true_n, v->false_n, v->unknown, v->right, v->nameable, v->attacks_found, v->attacks_n);
	if (!isnan(v->false_per_day))
		fprintf(out, "  false incidents: %.3g a day, %.3g per device and day (%.3g days, %.3g device days)\n",
			v->false_per_day, v->false_per_device_day, v->days, v->device_days);
}

static void print_labels(FILE *out, const struct contestant *c)
{
	char text[SHOWN_NAME];

	if (c->label_n == 0)
		return;
	fprintf(out, "\nby label (%s)%27s  %9s  %9s  %8s  delay: median, 95th percentile\n", c->name, "", "flows", "found",
		"recall");
	for (size_t i = 0; i < c->label_n; i++) {
		const struct label_result *const l = &c->label[i];

		fprintf(out, "  %-40.40s  %9" PRIu64 "  %9" PRIu64,
			l->label[0] ? shown(text, sizeof(text), l->label) : "(attack without a name)", l->n, l->found);
		cell(out, l->recall);
		delay(out, l->delay_flows[0], "flows");
		delay(out, l->delay_flows[1], "flows");
		delay(out, l->delay_seconds[0], "s");
		delay(out, l->delay_seconds[1], "s");
		fputc('\n', out);
	}
	for (size_t i = 0; i < c->cell_n; i++) {
		const struct confusion_cell *const k = &c->cell[i];

		fprintf(out, "%s  %-40.40s  is called %-18s %9" PRIu64 "%s\n",
			i == 0 ? "\nnames of alarms on attacks, flow by flow\n" : "",
			k->label[0] ? shown(text, sizeof(text), k->label) : "(attack without a name)", k->named[0] ? k->named : "-",
			k->n,
			!naming_has(k->label)               ? ""
			: naming_agrees(k->label, k->named) ? "  right"
							    : "  wrong");
	}
}

static void print_file(FILE *out, const struct evaluated *f)
{
	char name[SHOWN_NAME];

	fprintf(out, "\n== %s\n   SHA-256 %s\n   %zu rows; %zu judged; baselines: %zu learned from, %zu calibrated on\n",
		shown(name, sizeof(name), f->name), f->digest, f->all.n, f->test.n, f->train.n, f->calibrate.n);
	for (size_t i = 0; i < f->leaks.n; i++)
		fprintf(out, "   %s %s: %s\n", f->leaks.leak[i].weight >= LEAK_CAUTION ? "MARKED" : "remark", f->leaks.leak[i].code,
			f->leaks.leak[i].text);
	view_head(out, "by flow", &f->c[0].flow);
	for (size_t i = 0; i < f->n; i++)
		view_row(out, f->c[i].name, &f->c[i].flow);
	interval(out, "ROC-AUC", f->c[0].flow.roc_auc, &f->c[0].flow.roc_interval);
	interval(out, "PR-AUC", f->c[0].flow.pr_auc, &f->c[0].flow.pr_interval);
	interval(out, "TPR at 1 %", f->c[0].flow.tpr[0], &f->c[0].flow.tpr_interval[0]);
	fprintf(out, "  (%s)\n", f->c[0].name);
	view_head(out, "by window", &f->c[0].window);
	for (size_t i = 0; i < f->n; i++)
		view_row(out, f->c[i].name, &f->c[i].window);
	for (size_t i = 0; i < f->n; i++)
		if (f->c[i].incidents)
			print_incidents(out, &f->c[i]);
	print_labels(out, &f->c[0]);
	fputs("\nthe contestants\n", out);
	for (size_t i = 0; i < f->n; i++)
		fprintf(out, "  %-16s %s; threshold %.6g%s%s\n", f->c[i].name, f->c[i].title, f->c[i].threshold,
			f->c[i].note[0] ? "; " : "", f->c[i].note);
}

static void print_macro(FILE *out, const struct evaluation *ev)
{
	static const size_t shown_quantities[] = { 0, 1, 2, 3, 6, 9, 13 };
	const size_t columns = sizeof(shown_quantities) / sizeof(*shown_quantities);
	const struct contestant *c;

	fprintf(out, "\n== average over files (each counts once; 95 %% of the bootstrap over files)\n  %-16s", "");
	for (size_t k = 0; k < columns; k++)
		fprintf(out, "  %-24s", quantities[shown_quantities[k]].title);
	fputc('\n', out);
	for (size_t i = 0; (c = evaluate_contestant(ev, i)) != NULL; i++) {
		fprintf(out, "  %-16s", c->name);
		for (size_t k = 0; k < columns; k++) {
			const struct macro m = evaluate_macro(ev, c->name, &quantities[shown_quantities[k]]);
			char text[64] = "-";

			if (m.n > 1)
				snprintf(text, sizeof(text), "%.4f (%.3f..%.3f) n=%zu", m.mean, m.interval.low, m.interval.high,
					 m.n);
			else if (m.n == 1)
				snprintf(text, sizeof(text), "%.4f n=1", m.mean);
			fprintf(out, "  %-24s", text);
		}
		fputc('\n', out);
	}
}

void evaluate_print(FILE *out, const struct evaluation *ev)
{
	char text[SHOWN_NAME];
	size_t good = 0;

	fprintf(out, "protocol %s\nmodel %s, SHA-256 %s\nfeatures of the baselines: %s; windows of %zu flows\n",
		protocol_text(ev->protocol), shown(text, sizeof(text), ev->model_path), ev->model_digest,
		ev->features != NULL ? ev->features->name : "-", ev->T);
	for (size_t i = 0; i < ev->file_n; i++) {
		if (ev->file[i].failed)
			continue;
		print_file(out, &ev->file[i]);
		good++;
	}
	if (good > 1)
		print_macro(out, ev);
}
