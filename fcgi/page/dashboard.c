/* dashboard: values into templates. */
#include "page/dashboard.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "detect/severity.h"
#include "page/values.h"

static void fill_badges(struct page *p, const struct dashboard *d)
{
	static const char *const tones[] = { [TONE_GOOD] = "good", [TONE_WARN] = "warn", [TONE_BAD] = "bad" };

	page_set(p, "STATUS", d->status);
	page_set(p, "TONE", tones[d->tone]);
	page_set(p, "MODEL", d->model);
	page_printf(p, "THRESHOLD", "%.4g", d->threshold);
	page_set(p, "DATABASE_TONE", tones[d->database_connected ? TONE_GOOD : TONE_BAD]);
	page_set(p, "DATABASE", d->database_connected ? "Database" : "No database");
	page_printf(p, "WINDOW", "%zu", d->window);
	if (d->database_connected)
		page_count(p, "SCANS", d->total_scans);
	else
		page_set(p, "SCANS", "–");
}

static void fill_row(struct page *p, const struct dashboard_scan *s)
{
	const int done = strcmp(s->state, "done") == 0;

	page_printf(p, "ID", "%" PRIu64, s->id);
	page_set(p, "FILE", s->file);
	page_set(p, "STATE", s->state);
	page_time(p, "TIME", s->started_us);
	if (done) {
		if (s->flows > 0 || s->windows == 0)
			page_count(p, "INCIDENTS", s->incidents);
		else
			page_set(p, "INCIDENTS", "–");
		page_count(p, "ANOMALIES", s->anomalies);
		page_count(p, "WINDOWS", s->windows);
		page_percentage(p, "PERCENTAGE", s->anomalies, s->windows);
		page_set(p, "RESULT", s->worst < 0 ? "Normal" : severity_name((enum severity)s->worst));
	} else {
		page_set(p, "INCIDENTS", "–");
		page_set(p, "ANOMALIES", "–");
		page_set(p, "WINDOWS", "–");
		page_set(p, "PERCENTAGE", "–");
		page_set(p, "RESULT", s->state);
	}
}

static void fill_content(struct page *p, const struct dashboard *d)
{
	if (d->notice == NULL)
		page_section(p, "NO_NOTICE");
	page_set(p, "NOTICE", d->notice != NULL ? d->notice : "");
	page_printf(p, "WINDOW", "%zu", d->window);
	page_set(p, "TAKEN", d->taken);
	page_printf(p, "MAX_UPLOAD_BYTES", "%" PRIu64, d->max_upload);
	if (d->max_upload > 0)
		page_bytes(page_section(p, "LIMIT"), "MAX_UPLOAD", (double)d->max_upload);
	page_set(p, "MODEL_WORDS", d->model_words != NULL ? d->model_words : d->model);
	if (!d->can_adapt)
		page_section(p, "NO_ADAPT");
	if (!d->can_reset)
		page_section(p, "NO_RESET");
	if (!d->database_connected || d->scans_n > 0)
		page_section(p, "NO_FIRST_STEPS");
	for (size_t i = 0; i < d->scans_n; i++)
		fill_row(page_include(page_section(p, "SCAN"), "ROW", "history_row.tpl"), &d->scans[i]);
	if (d->scans_n == 0)
		page_section(p, "NO_TABLE");
	if (d->scans_n > 0)
		page_section(p, "NO_EMPTY");
	if (!d->older)
		page_section(p, "NO_OLDER");
	page_set(p, "EMPTY_WORDS",
		 d->database_connected ? "No scans to show yet." : "The history is not there without the database.");
	page_include(p, "BLANK_ROW", "history_row.tpl");
}

int dashboard_render(const struct templates *t, const struct dashboard *d, struct text *out, struct err *e)
{
	struct page *const p = page_new();
	struct page *content;
	int r;

	page_set(p, "TITLE", "Home IoT Guardian");
	page_set(page_section(p, "SCRIPT"), "FILE", "main");
	content = page_include(p, "CONTENT", "dashboard.tpl");
	fill_badges(page_include(content, "BADGES", "badges.tpl"), d);
	fill_content(content, d);
	r = templates_render(t, "layout.tpl", p, out, e);
	page_del(p);
	return r;
}
