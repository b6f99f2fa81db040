/* model: GET /model. The database may be away, the page is not. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "api/model.h"
#include "fcgi/context.h"
#include "http/cursor.h"
#include "page/values.h"
#include "sql/store_job.h"
#include "view/frame.h"
#include "view/job_fill.h"
#include "view/markdown.h"
#include "view/views.h"

enum { ROWS = 20, ADAPT_LEAST = 1000, EVALUATE_MOST = 250000 };

/* What file choosers offer; the reader looks at what is in a file. */
static const char accept[] =
	".csv,.tsv,.txt,.log,.labeled,.json,.jsonl,.ndjson,.pcap,.pcapng,.cap,.gz,.zst,application/octet-stream";

const struct param model_params[] = {
	[MODEL_JOB] = { "job", PARAM_INTEGER, 1, INT64_MAX, 0, "the job that is shown; else the one that runs", NULL },
	[MODEL_CURSOR] = { "cursor", PARAM_TEXT, 0, 0, 0, "next_cursor of the list of jobs", NULL },
	{ .name = NULL },
};

/* ---- the model ----------------------------------------------------------------------------------------------------------------- */

static const char *method_words(enum scan_method m)
{
	return m == METHOD_HYBRID ? "network, profile of single flows and rules together"
				  : "the network's error of windows, and rules";
}

static void fill_facts(struct page *p, const struct site *site)
{
	const struct detector *const d = &site->model.detector;
	const struct adaptation *const a = &site->adaptation;
	struct page *part;

	page_set(p, "NAME", site->model_name);
	page_set(p, "SHA256", site->sha256);
	page_printf(p, "SHA256_SHORT", "%.12s\xe2\x80\xa6", site->sha256);
	page_set(p, "METHOD", scan_method_name(site->method));
	page_set(p, "METHOD_WORDS", method_words(site->method));
	page_plural(p, "FEATURES", d->features->n, "feature", NULL);
	page_count(p, "WINDOW", d->net.steps);
	if (site->is_adapted) {
		part = page_section(p, "SINCE");
		page_set(part, "TIME", a->time);
		page_printf(part, "TIME_SHOWN", "%.10s %.8s", a->time, strlen(a->time) > 18 ? a->time + 11 : "");
		page_set(page_section(p, "ADAPTED"), "BASE", a->base);
	}
	page_if(p, "SHIPPED", !site->is_adapted);
	if (site->is_adapted && a->file[0] != '\0') {
		part = page_section(p, "FILE");
		page_set(part, "NAME", a->file);
		page_plural(part, "FLOWS", a->flows, "flow", NULL);
	}
	if (d->calibrated) {
		part = page_section(p, "CALIBRATED");
		page_plural(part, "FLOWS", d->sequence_p.n, "flow", NULL);
		page_set(part, "OF", site->is_adapted && a->flows > 0 ? "of this home" : "of other networks");
	}
	if (site->plain_name != NULL)
		page_set(page_section(p, "BASIC"), "NAME", site->plain_name);
	if (site->is_adapted)
		page_set(page_section(p, "RESET"), "WHERE",
			 "To the model that was used before this one; scans that were stay as they are.");
}

static void fill_threshold(struct page *p, const struct site *site, enum scan_method m, double value, const char *strategy)
{
	struct page *const row = page_section(p, "THRESHOLD");

	page_set(row, "METHOD", scan_method_name(m));
	page_if(row, "USED", site->method == m);
	page_number(row, "VALUE", value);
	page_set(row, "STRATEGY", strcmp(strategy, "manual") == 0 ? "set by hand" : strategy);
	if (m == METHOD_LSTM)
		page_printf(row, "MEANS", "mean squared error of a window of %zu flows", site->model.detector.net.steps);
	else if (value > 0 && value < 12)
		page_count(page_section(row, "UNUSUAL"), "N", (uint64_t)llround(pow(10, value)));
	else
		page_set(row, "MEANS", "more unusual than anything that normal traffic can show");
}

static void fill_thresholds(struct page *p, const struct site *site)
{
	static const enum scan_method methods[] = { METHOD_HYBRID, METHOD_LSTM };
	const struct detector *const d = &site->model.detector;
	struct page *form;

	if (d->calibrated)
		fill_threshold(p, site, METHOD_HYBRID, d->hybrid_threshold, d->hybrid_strategy);
	if (!isnan(d->threshold))
		fill_threshold(p, site, METHOD_LSTM, d->threshold, d->strategy);
	if (!adapted_may_write(&site->paths))
		return;
	form = page_section(p, "MAY_CHANGE");
	page_printf(form, "VALUE", "%.6g", site->threshold);
	for (size_t i = 0; i < 2; i++) {
		struct page *const option = methods[i] == METHOD_HYBRID && !d->calibrated ? NULL : page_section(form, "OPTION");

		if (option == NULL)
			continue;
		page_set(option, "NAME", scan_method_name(methods[i]));
		page_if(option, "SELECTED", site->method == methods[i]);
	}
}

static void fill_model(struct page *p, const struct site *site)
{
	struct text words = { 0 }, card = { 0 };
	struct page *part;

	model_words(site, &words);
	page_set(p, "WORDS", text_get(&words));
	fill_facts(p, site);
	fill_thresholds(p, site);
	if (adapted_may_write(&site->paths)) {
		part = page_section(p, "MAY_ADAPT");
		page_count(part, "LEAST", ADAPT_LEAST);
		page_set(part, "ACCEPT", accept);
	}
	page_count(p, "MOST", EVALUATE_MOST);
	page_set(p, "ACCEPT", accept);
	model_card(site, &card);
	markdown_include(p, "CARD", text_get(&card));
	text_free(&words);
	text_free(&card);
}

/* ---- jobs ---------------------------------------------------------------------------------------------------------------------- */

struct filling {
	struct page *page, *list;
	uint64_t shown, running, judged; /* ids; 0: none */
	uint64_t last;
	size_t n;
	int more;
};

static int add_job(void *arg, const struct job_row *r)
{
	struct filling *const f = arg;

	if (f->n == ROWS) {
		f->more = 1;
		return OK;
	}
	if (f->list == NULL)
		f->list = page_section(f->page, "JOBS");
	if (r->state == JOB_RUNNING && f->running == 0)
		f->running = r->id;
	if (r->kind == JOB_EVALUATE && r->state == JOB_DONE && f->judged == 0)
		f->judged = r->id;
	job_fill_row(f->list, r);
	f->last = r->id;
	f->n++;
	return OK;
}

/* The job in hand, or the one that was asked for. */
static int fill_job(struct context *c, struct filling *f, struct err *e)
{
	const uint64_t id = f->shown > 0 ? f->shown : f->running;
	struct job_row r = { 0 };
	int code, runs = 0;

	if (id > 0) {
		if ((code = store_job_get(c->store, id, &r, e)) < 0)
			return code;
		runs = r.state == JOB_RUNNING;
		if (runs)
			job_fill_running(f->page, &r);
		else
			job_fill_ended(f->page, &r);
		job_row_free(&r);
	}
	page_if(f->page, "NO_RUNNING", !runs);
	return OK;
}

static int fill_last(struct context *c, struct filling *f, struct err *e)
{
	struct job_row r = { 0 };
	struct page *last;
	int code;

	if (f->judged == 0 || f->judged == f->shown)
		return OK;
	if ((code = store_job_get(c->store, f->judged, &r, e)) < 0)
		return code;
	last = page_section(f->page, "LAST");
	page_set(last, "FILE", r.name);
	page_time(last, "WHEN", r.finished_us);
	job_fill_quality(last, &r);
	job_row_free(&r);
	return OK;
}

static int fill_jobs(struct context *c, struct filling *f, const struct cursor *at, struct err *e)
{
	struct page *older;
	char next[CURSOR_TEXT];
	int r;

	if ((r = store_job_list(c->store, at->given ? at->id : 0, ROWS + 1, add_job, f, e)) < 0 || (r = fill_job(c, f, e)) < 0 ||
	    (r = fill_last(c, f, e)) < 0)
		return r;
	page_if(f->page, "NO_JOBS", f->n == 0);
	if (f->more && (older = page_section(f->list, "OLDER")) != NULL) {
		cursor_write(next, NULL, f->last);
		page_set(older, "CURSOR", next);
	}
	return OK;
}

void page_model(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct filling f = { .shown = (uint64_t)p[MODEL_JOB].integer };
	struct err e = { 0 };
	struct cursor at;
	struct frame frame;
	int r;

	(void)q;
	if (cursor_read(&at, p[MODEL_CURSOR].text, &e) < 0) {
		frame_error(c, NAV_MODEL, s, &e);
		return;
	}
	frame_begin(&frame, NAV_MODEL, "Model", "model.tpl", "model");
	f.page = frame.content;
	fill_model(f.page, c->site);
	if ((r = fill_jobs(c, &f, &at, &e)) < 0 && r != ERR_UNAVAILABLE) {
		frame_drop(&frame);
		frame_error(c, NAV_MODEL, s, &e);
		return;
	}
	if (r < 0) {
		page_set(page_section(f.page, "AWAY"), "WHY", e.msg);
		page_if(f.page, "NO_RUNNING", 1);
	}
	frame_send(&frame, c, s);
}
