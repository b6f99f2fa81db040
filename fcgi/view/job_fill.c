/* job_fill: results are JSON that this server made (core/evaluate, api/model_adapt); what is missing in it is shown as unknown. */
#include "view/job_fill.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "page/values.h"

/* ---- results ------------------------------------------------------------------------------------------------------------------- */

/* NULL when there is none. The caller's. */
static struct json_object *result_of(const struct job_row *r)
{
	struct json_object *o = NULL;
	struct err ignored;

	return r->result != NULL && json_read(&o, r->result, strlen(r->result), &ignored) == OK ? o : NULL;
}

static struct json_object *member(struct json_object *o, const char *name)
{
	struct json_object *v = NULL;

	return json_object_is_type(o, json_type_object) && json_object_object_get_ex(o, name, &v) ? v : NULL;
}

static struct json_object *first(struct json_object *o, const char *list)
{
	struct json_object *const a = member(o, list);

	return json_object_is_type(a, json_type_array) ? json_object_array_get_idx(a, 0) : NULL;
}

/* NaN when it is null or not there. */
static double number(struct json_object *o, const char *name)
{
	struct json_object *const v = member(o, name);

	return v != NULL ? json_object_get_double(v) : (double)NAN;
}

static uint64_t count(struct json_object *o, const char *name)
{
	const double v = number(o, name);

	return v > 0 && v < 1e15 ? (uint64_t)v : 0;
}

static const char *words(struct json_object *o, const char *name)
{
	struct json_object *const v = member(o, name);

	return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : "";
}

/* ---- quality ------------------------------------------------------------------------------------------------------------------- */

static struct page *tile(struct page *p, const char *name)
{
	struct page *const t = page_section(p, "NUMBER");

	page_set(t, "NAME", name);
	return t;
}

static void rate(struct page *t, double part, const char *of, uint64_t n, uint64_t whole)
{
	struct page *const means = page_section(t, "PART");

	if (isnan(part))
		page_set(t, "VALUE", "\xe2\x80\x93");
	else
		page_printf(t, "VALUE", part > 0 && part < 0.001 ? "%.3f %%" : "%.1f %%", 100 * part);
	page_count(means, "N", n);
	page_count(means, "WHOLE", whole);
	page_set(means, "OF", of);
}

static void put_incidents(struct page *p, struct json_object *by)
{
	struct page *t;

	if (by == NULL)
		return;
	t = tile(p, "Incidents");
	page_count(t, "VALUE", count(by, "incidents"));
	page_printf(t, "MEANS", "%" PRIu64 " real, %" PRIu64 " false; %" PRIu64 " of %" PRIu64 " attacks found",
		    count(by, "true_incidents"), count(by, "false_incidents"), count(by, "attacks_found"), count(by, "attacks"));
}

/* What the judge found to be wrong with the comparison. */
static void put_findings(struct page *p, struct json_object *file)
{
	struct json_object *const findings = member(file, "findings");
	const size_t n = json_object_is_type(findings, json_type_array) ? json_object_array_length(findings) : 0;
	struct text why = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct json_object *const f = json_object_array_get_idx(findings, i);

		if (strcmp(words(f, "weight"), "remark") == 0)
			continue;
		text_str(&why, why.n > 0 ? "; " : "");
		text_str(&why, words(f, "text"));
	}
	if (json_object_get_boolean(member(file, "marked")) && why.n > 0)
		page_set(page_section(p, "MARKED"), "WHY", text_get(&why));
	text_free(&why);
}

static void put_quality(struct page *to, struct json_object *o, uint64_t id)
{
	struct page *const p = page_include(to, "QUALITY", "quality.tpl");
	const uint64_t tp = count(o, "tp"), fp = count(o, "fp"), tn = count(o, "tn"), fn = count(o, "fn");
	struct json_object *const file = first(o, "files");
	struct page *t;

	rate(tile(p, "Attack flows found"), number(o, "recall"), "labelled as attacks", tp, tp + fn);
	rate(tile(p, "Alarms that are right"), number(o, "precision"), "flows with an alarm", tp, tp + fp);
	rate(tile(p, "False alarms"), number(o, "fpr"), "normal flows", fp, fp + tn);
	t = tile(p, "F1");
	page_number(t, "VALUE", number(o, "f1"));
	page_set(t, "MEANS", "of the two first; 1 is perfect");
	t = tile(p, "ROC-AUC");
	page_number(t, "VALUE", number(o, "roc_auc"));
	page_set(t, "MEANS", "at all thresholds; 1 is perfect, 0.5 chance");
	put_incidents(p, member(first(file, "detectors"), "by_incident"));
	put_findings(p, file);
	page_printf(p, "ID", "%" PRIu64, id);
}

void job_fill_quality(struct page *p, const struct job_row *r)
{
	struct json_object *const o = result_of(r);

	put_quality(p, o, r->id);
	json_object_put(o);
}

/* ---- adaptations --------------------------------------------------------------------------------------------------------------- */

static void note(struct page *notes, const char *text)
{
	page_set(page_section(notes, "NOTE"), "TEXT", text);
}

static void put_left_out(struct page *notes, uint64_t n, const char *one, const char *many)
{
	struct page *const p = n > 0 ? page_section(notes, "NOTE") : NULL;

	if (p != NULL)
		page_printf(p, "TEXT", "%" PRIu64 " %s", n, n == 1 ? one : many);
}

static void put_change(struct page *p, struct json_object *o)
{
	struct json_object *const threshold = member(o, "threshold");
	struct page *const change = page_section(p, "CHANGE"), *notes;

	page_number(change, "BEFORE", number(threshold, "before"));
	page_number(change, "AFTER", number(threshold, "after"));
	page_set(change, "STRATEGY", words(o, "strategy"));
	page_plural(change, "FLOWS", count(o, "flows"), "flow", NULL);
	if (count(o, "attacks_left_out") + count(o, "alarms_left_out") == 0 && *words(o, "note") == '\0')
		return;
	notes = page_section(p, "NOTES");
	put_left_out(notes, count(o, "attacks_left_out"), "flow labelled as an attack was left out.",
		     "flows labelled as attacks were left out.");
	put_left_out(notes, count(o, "alarms_left_out"),
		     "flow that a rule raises an alarm for was left out: is this traffic normal? It stays an alarm.",
		     "flows that a rule raises an alarm for were left out: is this traffic normal? They stay alarms.");
	if (*words(o, "note") != '\0')
		note(notes, words(o, "note"));
}

/* ---- jobs ---------------------------------------------------------------------------------------------------------------------- */

static const char *doing(enum job_kind k)
{
	return k == JOB_ADAPT ? "Adapting to" : "Judging by";
}

void job_fill_running(struct page *p, const struct job_row *r)
{
	page_printf(p, "JOB_ID", "%" PRIu64, r->id);
	page_printf(p, "JOB_TITLE", "%s %s", doing(r->kind), r->name);
	page_set(p, "JOB_PHASE", r->phase);
	if (!isnan(r->share))
		page_printf(page_section(p, "JOB_SHARE"), "VALUE", "%.4f", r->share);
}

static void say_done(struct page *p, const struct job_row *r, struct json_object *o)
{
	struct page *judged;

	if (r->kind == JOB_ADAPT) {
		page_printf(p, "WORDS", "Adapted to %s. Scans use the new model from now on.", r->name);
		return;
	}
	judged = page_section(p, "JUDGED");
	page_plural(judged, "FLOWS", count(o, "flows"), "flow", NULL);
	page_set(judged, "FILE", r->name);
	page_count(judged, "ATTACKS", count(o, "attacks"));
}

static void say_end(struct page *p, const struct job_row *r, struct json_object *o)
{
	switch (r->state) {
	case JOB_DONE:
		say_done(p, r, o);
		break;
	case JOB_CANCELLED:
		page_set(p, "WORDS", "It was cancelled. Nothing was changed.");
		break;
	case JOB_INTERRUPTED:
		page_printf(p, "WORDS", "It was interrupted (%s). Nothing was changed: start it again.",
			    r->error != NULL ? r->error : "");
		break;
	default:
		page_printf(p, "WORDS", "It failed: %s. Nothing was changed.", r->error != NULL ? r->error : "nobody knows why");
	}
}

void job_fill_ended(struct page *page, const struct job_row *r)
{
	struct json_object *const o = result_of(r);
	struct page *const p = page_section(page, "ENDED");

	page_printf(p, "ID", "%" PRIu64, r->id);
	page_set(p, "STATE", job_state_name(r->state));
	page_printf(p, "TITLE", "%s %s", doing(r->kind), r->name);
	page_time(p, "WHEN", r->finished_us);
	say_end(p, r, o);
	if (o != NULL && r->kind == JOB_ADAPT)
		put_change(p, o);
	else if (o != NULL)
		put_quality(page_section(p, "QUALITY"), o, r->id);
	json_object_put(o);
}

void job_fill_row(struct page *page, const struct job_row *r)
{
	struct page *const p = page_section(page, "ROW");

	page_printf(p, "ID", "%" PRIu64, r->id);
	page_set(p, "WHAT", r->kind == JOB_ADAPT ? "adapt" : "judge");
	page_set(p, "FILE", r->name);
	page_set(p, "STATE", job_state_name(r->state));
	page_time(p, "WHEN", r->started_us);
	page_duration(p, "TOOK", r->finished_us > 0 ? (double)(r->finished_us - r->started_us) / 1e6 : (double)NAN);
	if (r->has_report)
		page_printf(page_section(p, "REPORT"), "ID", "%" PRIu64, r->id);
}
