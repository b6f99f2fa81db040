/* evaluate_json: the whole result for programs. A number that there is none of is null; an infinite delay ("never") is null beside its counts. */
#include <math.h>

#include "base/json.h"
#include "base/shown.h"
#include "evaluate/evaluate.h"
#include "judge/naming.h"

enum { DIGITS = 6 };

static void put_number(struct json_object *o, const char *key, double v)
{
	json_object_object_add(o, key, json_number(v, DIGITS));
}

static void put_count(struct json_object *o, const char *key, uint64_t n)
{
	json_object_object_add(o, key, json_count(n));
}

static void put_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, shown_json(text));
}

static void put_interval(struct json_object *o, const char *key, const struct interval *i)
{
	struct json_object *const a = json_object_new_array();

	json_object_array_add(a, json_number(i->low, DIGITS));
	json_object_array_add(a, json_number(i->high, DIGITS));
	json_object_object_add(o, key, isnan(i->low) ? NULL : a);
	if (isnan(i->low))
		json_object_put(a);
}

/* Members of a view; `items` is what it counts. */
static void put_view(struct json_object *o, const struct view *v, const char *items)
{
	static const char *const tpr_keys[TPR_POINTS][2] = {
		{ "tpr_at_fpr_0.01", "tpr_at_fpr_0.01_interval" },
		{ "tpr_at_fpr_0.001", "tpr_at_fpr_0.001_interval" },
		{ "tpr_at_fpr_0.0001", "tpr_at_fpr_0.0001_interval" },
	};

	put_count(o, items, v->n);
	put_count(o, "attacks", v->attacks);
	put_count(o, "unscored", v->unscored);
	put_number(o, "base_rate", v->base_rate);
	put_count(o, "tp", v->counts.tp);
	put_count(o, "fp", v->counts.fp);
	put_count(o, "tn", v->counts.tn);
	put_count(o, "fn", v->counts.fn);
	put_number(o, "precision", v->rates.precision);
	put_number(o, "recall", v->rates.recall);
	put_number(o, "tpr", v->rates.recall);
	put_number(o, "fpr", v->rates.fpr);
	put_number(o, "f1", v->rates.f1);
	put_number(o, "accuracy", v->rates.accuracy);
	put_number(o, "roc_auc", v->roc_auc);
	put_interval(o, "roc_auc_interval", &v->roc_interval);
	if (!isnan(v->roc_auc_distinct))
		put_number(o, "roc_auc_distinct", v->roc_auc_distinct);
	put_number(o, "pr_auc", v->pr_auc);
	put_interval(o, "pr_auc_interval", &v->pr_interval);
	for (size_t i = 0; i < TPR_POINTS; i++) {
		put_number(o, tpr_keys[i][0], v->tpr[i]);
		put_interval(o, tpr_keys[i][1], &v->tpr_interval[i]);
	}
}

static struct json_object *incidents(const struct incident_view *v)
{
	struct json_object *const o = json_object_new_object();

	put_count(o, "incidents", v->incidents);
	put_count(o, "true_incidents", v->true_n);
	put_count(o, "false_incidents", v->false_n);
	put_count(o, "incidents_of_unknown_truth", v->unknown);
	put_count(o, "nameable", v->nameable);
	put_count(o, "named_right", v->right);
	put_count(o, "only_unusual", v->unusual);
	put_count(o, "attacks", v->attacks_n);
	put_count(o, "attacks_found", v->attacks_found);
	put_number(o, "days", v->days);
	put_number(o, "device_days", v->device_days);
	put_number(o, "false_incidents_per_device_day", v->false_per_device_day);
	put_number(o, "false_incidents_per_day", v->false_per_day);
	return o;
}

/* Labels that say attack and no more. */
static const char *label_name(const char *label)
{
	return label[0] != '\0' ? label : "malicious";
}

static struct json_object *labels(const struct contestant *c)
{
	struct json_object *const a = json_object_new_array();

	for (size_t i = 0; i < c->label_n; i++) {
		const struct label_result *const l = &c->label[i];
		struct json_object *const o = json_object_new_object();

		put_text(o, "label", naming_family(l->label));
		put_text(o, "detailed_label", label_name(l->label));
		put_count(o, "flows", l->n);
		put_count(o, "found", l->found);
		put_number(o, "recall", l->recall);
		put_count(o, "devices", l->pairs);
		put_count(o, "devices_found", l->pairs_found);
		put_number(o, "delay_flows_median", l->delay_flows[0]);
		put_number(o, "delay_flows_p95", l->delay_flows[1]);
		put_number(o, "delay_seconds_median", l->delay_seconds[0]);
		put_number(o, "delay_seconds_p95", l->delay_seconds[1]);
		json_object_array_add(a, o);
	}
	return a;
}

static struct json_object *confusion(const struct contestant *c)
{
	struct json_object *const a = json_object_new_array();

	for (size_t i = 0; i < c->cell_n; i++) {
		const struct confusion_cell *const cell = &c->cell[i];
		struct json_object *const o = json_object_new_object();

		put_text(o, "detailed_label", label_name(cell->label));
		put_text(o, "named", cell->named);
		put_count(o, "flows", cell->n);
		json_object_object_add(o, "agrees",
				       naming_has(cell->label) ? json_object_new_boolean(naming_agrees(cell->label, cell->named))
							       : NULL);
		json_object_array_add(a, o);
	}
	return a;
}

static struct json_object *detector(const struct contestant *c)
{
	struct json_object *const o = json_object_new_object(), *const flow = json_object_new_object(),
				  *const window = json_object_new_object();

	put_text(o, "name", c->name);
	put_text(o, "title", c->title);
	json_object_object_add(o, "ours", json_object_new_boolean(c->ours));
	put_text(o, "note", c->note);
	put_number(o, "threshold", c->threshold);
	put_view(flow, &c->flow, "flows");
	put_view(window, &c->window, "windows");
	json_object_object_add(o, "by_flow", flow);
	json_object_object_add(o, "by_window", window);
	json_object_object_add(o, "by_incident", c->incidents ? incidents(&c->incident) : NULL);
	json_object_object_add(o, "labels", labels(c));
	json_object_object_add(o, "confusion", confusion(c));
	return o;
}

static struct json_object *findings(const struct leaks *l)
{
	struct json_object *const a = json_object_new_array();

	for (size_t i = 0; i < l->n; i++) {
		struct json_object *const o = json_object_new_object();

		put_text(o, "code", l->leak[i].code);
		put_text(o, "weight", leak_weight_name(l->leak[i].weight));
		put_number(o, "value", l->leak[i].value);
		put_text(o, "text", l->leak[i].text);
		json_object_array_add(a, o);
	}
	return a;
}

/* The numbers of the first contestant, flow by flow, where a program looks for them first. */
static void put_first(struct json_object *o, const struct contestant *c)
{
	struct json_object *const recall = json_object_new_object();

	put_text(o, "detector", c->name);
	put_number(o, "threshold", c->threshold);
	put_view(o, &c->flow, "flows");
	for (size_t i = 0; i < c->label_n; i++)
		put_number(recall, label_name(c->label[i].label), c->label[i].recall);
	json_object_object_add(o, "per_label_recall", recall);
}

static struct json_object *file_json(const struct evaluated *f, int plain)
{
	struct json_object *const o = json_object_new_object(), *const list = json_object_new_array();

	put_text(o, "file", f->name);
	if (f->failed) {
		put_text(o, "error", f->err.msg);
		json_object_put(list);
		return o;
	}
	put_text(o, "sha256", f->digest);
	json_object_object_add(o, "by_plain_model", json_object_new_boolean(plain));
	put_count(o, "rows", f->all.n);
	put_count(o, "rows_skipped", f->skipped);
	put_count(o, "rows_judged", f->test.n);
	put_count(o, "rows_learned_from", f->train.n);
	put_count(o, "rows_calibrated_on", f->calibrate.n);
	json_object_object_add(o, "marked", json_object_new_boolean(leaks_weight(&f->leaks) >= LEAK_CAUTION));
	json_object_object_add(o, "findings", findings(&f->leaks));
	put_first(o, &f->c[0]);
	for (size_t i = 0; i < f->n; i++)
		json_object_array_add(list, detector(&f->c[i]));
	json_object_object_add(o, "detectors", list);
	return o;
}

static struct json_object *macro(const struct evaluation *ev)
{
	struct json_object *const list = json_object_new_array();
	const struct contestant *c;

	for (size_t i = 0; (c = evaluate_contestant(ev, i)) != NULL; i++) {
		struct json_object *const o = json_object_new_object();

		put_text(o, "name", c->name);
		put_text(o, "title", c->title);
		for (size_t q = 0; q < quantity_n; q++) {
			const struct macro m = evaluate_macro(ev, c->name, &quantities[q]);
			struct json_object *const part = json_object_new_object();

			put_number(part, "mean", m.mean);
			put_interval(part, "interval", &m.interval);
			put_count(part, "files", m.n);
			json_object_object_add(o, quantities[q].name, part);
		}
		json_object_array_add(list, o);
	}
	return list;
}

struct json_object *evaluate_to_json(const struct evaluation *ev)
{
	struct json_object *const o = json_object_new_object(), *const files = json_object_new_array();

	put_text(o, "command", ev->command);
	put_text(o, "protocol", protocol_text(ev->protocol));
	put_text(o, "model", ev->model_path);
	put_text(o, "model_sha256", ev->model_digest);
	if (ev->plain.plan != NULL) {
		put_text(o, "plain_model", ev->plain_path);
		put_text(o, "plain_model_sha256", ev->plain_digest);
	}
	put_text(o, "features", ev->features != NULL ? ev->features->name : "");
	put_count(o, "window", ev->T);
	put_count(o, "seed", ev->seed);
	put_text(o, "kernel", kernel_name(ev->kernel));
	put_number(o, "asked_false_alarm_rate", ev->fpr);
	if (ev->file_n == 1 && !ev->file[0].failed)
		put_first(o, &ev->file[0].c[0]);
	for (size_t i = 0; i < ev->file_n; i++)
		json_object_array_add(files, file_json(&ev->file[i], ev->file[i].used == &ev->plain));
	json_object_object_add(o, "files", files);
	json_object_object_add(o, "macro", macro(ev));
	return o;
}
