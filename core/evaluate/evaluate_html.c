/* evaluate_html: the result as one page that needs nothing else. Every text that comes from outside goes through put(). */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/shown.h"
#include "evaluate/evaluate_svg.h"
#include "judge/naming.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
	"initial-scale=1\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	"<title>Evaluation</title><style>\n"
	":root{color-scheme:light "
	"dark;--bg:#fff;--fg:#212529;--dim:#6c757d;--line:#dee2e6;--bad:#b02a37;--badbg:#f8d7da;--warn:#664d03;"
	"--warnbg:#fff3cd;--benign:#0d6efd;--attack:#dc3545;--c0:#dc3545;--c1:#fd7e14;--c2:#d63384;--c3:#6c757d;--c4:#0d6efd;--c5:#"
	"198754;"
	"--c6:#6610f2;--c7:#0aa2c0;--c8:#997404;--c9:#000}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#16191c;--fg:#dee2e6;--dim:#9aa1a8;--line:#343a40;--bad:#ea868f;--badbg:#"
	"2c0b0e;--warn:#ffda6a;"
	"--warnbg:#332701;--benign:#6ea8fe;--attack:#ea868f;--c0:#ff6b78;--c1:#feb272;--c2:#e685b5;--c3:#adb5bd;--c4:#6ea8fe;--c5:#"
	"75b798;"
	"--c6:#a98eda;--c7:#6edff6;--c8:#ffda6a;--c9:#fff}}\n"
	"body{font:15px/1.45 system-ui,sans-serif;background:var(--bg);color:var(--fg);max-width:1240px;margin:1.5rem "
	"auto;padding:0 1rem}"
	"h1{font-size:1.5rem}h2{font-size:1.2rem;border-bottom:1px solid "
	"var(--line);margin-top:2rem;overflow-wrap:anywhere}h3{font-size:1rem}"
	"table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}td,th{padding:.15rem "
	".55rem;border-bottom:1px solid "
	"var(--line);text-align:right;white-space:nowrap}td:first-child,th:first-child{text-align:left}.scroll{overflow-x:auto}"
	"tr.ours td{font-weight:600}code{overflow-wrap:anywhere}.dim{color:var(--dim)}.f{padding:.5rem .8rem;margin:.4rem "
	"0;border-radius:.4rem;"
	"border:1px solid "
	"var(--line)}.spoils{background:var(--badbg);color:var(--bad)}.caution{background:var(--warnbg);color:var(--warn)}"
	".plots{display:flex;flex-wrap:wrap;gap:1rem}.plots svg{flex:1 1 340px;max-width:460px}svg text{font:11px "
	"system-ui,sans-serif;fill:var(--fg)}"
	"svg "
	".h{font-size:13px;font-weight:600}.g{stroke:var(--line);fill:none}.l{fill:none;stroke-width:1.6}.t{stroke:var(--fg);"
	"stroke-dasharray:4 3}"
	"rect.benign{fill:var(--benign)}rect.attack{fill:var(--attack)}rect.back{fill:var(--line)}.bar{width:6rem;height:.7rem}"
	".c0{stroke:var(--c0);stroke-width:2.6}.c1{stroke:var(--c1)}.c2{stroke:var(--c2)}.c3{stroke:var(--c3)}.c4{stroke:var(--c4)}"
	".c5{stroke:var(--c5)}"
	".c6{stroke:var(--c6)}.c7{stroke:var(--c7)}.c8{stroke:var(--c8)}.c9,.c10,.c11{stroke:var(--c9)}.key{width:1.6rem;height:."
	"6rem;margin-right:.4rem}\n"
	"@media "
	"print{body{max-width:none;margin:0;font-size:11px}h2{break-before:page}table,svg,.f{break-inside:avoid}.scroll{overflow:"
	"visible}"
	/* Paper is white whatever the theme, and does not scroll. */
	":root{--bg:#fff;--fg:#000;--dim:#444;--line:#999}table{font-size:7px}"
	"td,th{padding:.1rem .15rem;white-space:normal;overflow-wrap:anywhere}}\n</style></head><body>\n";

/* Text as text: what a file name, a label or a message says is never markup, and no control character. */
static void put(struct text *t, const char *s)
{
	char safe[2048];

	shown(safe, sizeof(safe), s);
	for (const char *p = safe; *p != '\0'; p++) {
		switch (*p) {
		case '<':
			text_str(t, "&lt;");
			break;
		case '>':
			text_str(t, "&gt;");
			break;
		case '&':
			text_str(t, "&amp;");
			break;
		case '"':
			text_str(t, "&quot;");
			break;
		case '\'':
			text_str(t, "&#39;");
			break;
		default:
			text_add(t, p, 1);
		}
	}
}

static void put_cell(struct text *t, double v)
{
	if (isnan(v))
		text_str(t, "<td>–</td>");
	else
		text_printf(t, "<td>%.4f</td>", v);
}

static void put_range(struct text *t, double v, const struct interval *i)
{
	if (isnan(v))
		text_str(t, "<td>–</td>");
	else if (isnan(i->low))
		text_printf(t, "<td>%.4f</td>", v);
	else
		text_printf(t, "<td>%.4f <span class=\"dim\">%.3f–%.3f</span></td>", v, i->low, i->high);
}

static void put_delay(struct text *t, double v)
{
	if (isnan(v))
		text_str(t, "<td>–</td>");
	else if (isinf(v))
		text_str(t, "<td>never</td>");
	else
		text_printf(t, "<td>%.6g</td>", v);
}

static void put_findings(struct text *t, const struct evaluated *f)
{
	if (f->leaks.n == 0)
		text_str(t, "<p class=\"f\">No leak was found.</p>\n");
	for (size_t i = 0; i < f->leaks.n; i++) {
		const struct leak *const l = &f->leaks.leak[i];

		text_printf(t, "<p class=\"f %s\"><b>%s: %s</b> – ", leak_weight_name(l->weight),
			    l->weight >= LEAK_CAUTION ? "marked" : "remark", l->code);
		put(t, l->text);
		text_str(t, "</p>\n");
	}
}

static void put_view(struct text *t, const struct evaluated *f, const char *what, int window)
{
	const struct view *const first = window ? &f->c[0].window : &f->c[0].flow;

	text_printf(t,
		    "<h3>By %s: %" PRIu64 ", of them %" PRIu64
		    " attacks (base rate %.4g)</h3><div class=\"scroll\"><table><tr><th></th>"
		    "<th>ROC-AUC</th><th>PR-AUC</th><th>TPR at FPR 1 %%</th><th>at 0.1 "
		    "%%</th><th>precision</th><th>recall</th><th>F1</th><th>accuracy"
		    "</th><th>FPR</th><th>TP</th><th>FP</th><th>TN</th><th>FN</th></tr>\n",
		    what, first->n, first->attacks, first->base_rate);
	for (size_t i = 0; i < f->n; i++) {
		const struct contestant *const c = &f->c[i];
		const struct view *const v = window ? &c->window : &c->flow;

		text_printf(t,
			    "<tr%s><td><svg class=\"key\" viewBox=\"0 0 20 6\"><path class=\"l c%zu\" d=\"M0 3H20\"/></svg>%s</td>",
			    c->ours ? " class=\"ours\"" : "", i, c->name);
		put_range(t, v->roc_auc, &v->roc_interval);
		put_range(t, v->pr_auc, &v->pr_interval);
		put_range(t, v->tpr[0], &v->tpr_interval[0]);
		put_range(t, v->tpr[1], &v->tpr_interval[1]);
		put_cell(t, v->rates.precision);
		put_cell(t, v->rates.recall);
		put_cell(t, v->rates.f1);
		put_cell(t, v->rates.accuracy);
		put_cell(t, v->rates.fpr);
		text_printf(t, "<td>%" PRIu64 "</td><td>%" PRIu64 "</td><td>%" PRIu64 "</td><td>%" PRIu64 "</td></tr>\n",
			    v->counts.tp, v->counts.fp, v->counts.tn, v->counts.fn);
	}
	text_str(t, "</table></div>\n");
}

static void put_incidents(struct text *t, const struct contestant *c)
{
	const struct incident_view *const v = &c->incident;

	text_printf(t,
		    "<h3>By incident (%s)</h3><p>%" PRIu64 " incidents: %" PRIu64 " true, %" PRIu64 " false, %" PRIu64
		    " of unknown truth. Named right: %" PRIu64 " of %" PRIu64 ". Attacks (device and label) found: %" PRIu64
		    " of %" PRIu64 ".",
		    c->name, v->incidents, v->true_n, v->false_n, v->unknown, v->right, v->nameable, v->attacks_found,
		    v->attacks_n);
	if (!isnan(v->false_per_day))
		text_printf(t, " False incidents: %.3g a day, %.3g per device and day.", v->false_per_day, v->false_per_device_day);
	text_str(t, "</p>\n");
}

static void put_labels(struct text *t, const struct contestant *c)
{
	if (c->label_n == 0)
		return;
	text_printf(t,
		    "<h3>By label (%s)</h3><div class=\"scroll\"><table><tr><th>label in the file</th><th>our "
		    "name</th><th>flows</th><th>found</th>"
		    "<th>recall</th><th></th><th>delay in flows: median</th><th>95 %%</th><th>in seconds: median</th><th>95 "
		    "%%</th></tr>\n",
		    c->name);
	for (size_t i = 0; i < c->label_n; i++) {
		const struct label_result *const l = &c->label[i];

		text_str(t, "<tr><td>");
		put(t, l->label[0] ? l->label : "(attack without a name)");
		text_printf(t, "</td><td>%s</td><td>%" PRIu64 "</td><td>%" PRIu64 "</td>",
			    naming_has(l->label) ? naming_family(l->label) : "–", l->n, l->found);
		put_cell(t, l->recall);
		text_str(t, "<td>");
		svg_bar(t, l->recall);
		text_str(t, "</td>");
		put_delay(t, l->delay_flows[0]);
		put_delay(t, l->delay_flows[1]);
		put_delay(t, l->delay_seconds[0]);
		put_delay(t, l->delay_seconds[1]);
		text_str(t, "</tr>\n");
	}
	text_str(t, "</table></div>\n");
}

static void put_confusion(struct text *t, const struct contestant *c)
{
	if (c->cell_n == 0)
		return;
	text_str(t, "<h3>Names of alarms on attacks, flow by flow</h3><div class=\"scroll\"><table><tr><th>label in the "
		    "file</th><th>is called</th>"
		    "<th>flows</th><th></th></tr>\n");
	for (size_t i = 0; i < c->cell_n; i++) {
		const struct confusion_cell *const k = &c->cell[i];

		text_str(t, "<tr><td>");
		put(t, k->label[0] ? k->label : "(attack without a name)");
		text_str(t, "</td><td>");
		put(t, k->named[0] ? k->named : "–");
		text_printf(t, "</td><td>%" PRIu64 "</td><td>%s</td></tr>\n", k->n,
			    !naming_has(k->label)               ? "no counterpart"
			    : naming_agrees(k->label, k->named) ? "right"
								: "wrong");
	}
	text_str(t, "</table></div>\n");
}

static void put_contestants(struct text *t, const struct evaluated *f)
{
	text_str(t, "<h3>The contestants</h3><div class=\"scroll\"><table><tr><th></th><th>threshold</th><th "
		    "style=\"text-align:left\">what it is</th></tr>\n");
	for (size_t i = 0; i < f->n; i++) {
		text_printf(t, "<tr><td>%s</td><td>%.6g</td><td style=\"text-align:left;white-space:normal\">%s", f->c[i].name,
			    f->c[i].threshold, f->c[i].title);
		if (f->c[i].note[0] != '\0')
			text_str(t, "; ");
		put(t, f->c[i].note);
		text_str(t, "</td></tr>\n");
	}
	text_str(t, "</table></div>\n");
}

static int put_file(struct text *t, const struct evaluated *f, struct err *e)
{
	int r;

	text_str(t, "<h2>");
	put(t, f->name);
	text_str(t, "</h2>\n");
	if (f->failed) {
		text_str(t, "<p class=\"f spoils\">");
		put(t, f->err.msg);
		text_str(t, "</p>\n");
		return OK;
	}
	put_findings(t, f);
	text_printf(t,
		    "<p>SHA-256 <code>%s</code>. %zu rows, %zu judged; baselines: %zu learned from, %zu calibrated on.</p>\n<div "
		    "class=\"plots\">\n",
		    f->digest, f->all.n, f->test.n, f->train.n, f->calibrate.n);
	if ((r = svg_curves(t, f, CURVE_ROC, e)) < 0 || (r = svg_curves(t, f, CURVE_ROC_LOG, e)) < 0 ||
	    (r = svg_curves(t, f, CURVE_PR, e)) < 0)
		return r;
	svg_histogram(t, f, &f->c[0]);
	text_str(t, "</div>\n");
	put_view(t, f, "flow", 0);
	put_view(t, f, "window", 1);
	for (size_t i = 0; i < f->n; i++)
		if (f->c[i].incidents)
			put_incidents(t, &f->c[i]);
	put_labels(t, &f->c[0]);
	put_confusion(t, &f->c[0]);
	put_contestants(t, f);
	return OK;
}

static void put_macro(struct text *t, const struct evaluation *ev)
{
	const struct contestant *c;

	text_str(t, "<h2>Average over files</h2><p>Each file counts once; 95 % of the bootstrap over files; by flow unless it says "
		    "otherwise.</p>"
		    "<div class=\"scroll\"><table><tr><th></th>");
	for (size_t q = 0; q < quantity_n; q++)
		text_printf(t, "<th>%s</th>", quantities[q].title);
	text_str(t, "</tr>\n");
	for (size_t i = 0; (c = evaluate_contestant(ev, i)) != NULL; i++) {
		text_printf(t, "<tr%s><td>%s</td>", c->ours ? " class=\"ours\"" : "", c->name);
		for (size_t q = 0; q < quantity_n; q++) {
			const struct macro m = evaluate_macro(ev, c->name, &quantities[q]);

			put_range(t, m.mean, &m.interval);
		}
		text_str(t, "</tr>\n");
	}
	text_str(t, "</table></div>\n");
}

int evaluate_html(struct text *t, const struct evaluation *ev, struct err *e)
{
	size_t good = 0;
	int r = OK;

	text_str(t, head);
	text_str(t, "<h1>What the detector is worth</h1>\n<p><code>");
	put(t, ev->command);
	text_str(t, "</code></p>\n<p>Protocol ");
	put(t, protocol_text(ev->protocol));
	text_str(t, ".</p>\n<p>Model <code>");
	put(t, ev->model_path);
	text_printf(t, "</code>, SHA-256 <code>%s</code>; windows of %zu flows; seed %zu; kernel %s.</p>\n", ev->model_digest,
		    ev->T, ev->seed, kernel_name(ev->kernel));
	if (ev->plain.plan != NULL) {
		text_str(t, "<p>For files without hosts or times <code>");
		put(t, ev->plain_path);
		text_printf(t, "</code>, SHA-256 <code>%s</code>.</p>\n", ev->plain_digest);
	}
	for (size_t i = 0; i < ev->file_n; i++)
		good += !ev->file[i].failed;
	if (good > 1)
		put_macro(t, ev);
	for (size_t i = 0; i < ev->file_n && r == OK; i++)
		r = put_file(t, &ev->file[i], e);
	text_str(t, "</body></html>\n");
	return r == OK && t->failed ? err_set(e, ERR_NOMEM, "out of memory for the report") : r;
}
