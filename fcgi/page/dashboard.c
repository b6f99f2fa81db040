/* dashboard: values into templates. The scripts show numbers and times in the same way (public/js/words.js). */
#include "page/dashboard.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "detect/severity.h"

/* "1,234,567". */
static void set_count(struct page *p, const char *name, uint64_t n)
{
	char plain[24], grouped[32];
	const int len = snprintf(plain, sizeof(plain), "%" PRIu64, n);
	size_t at = 0;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			grouped[at++] = ',';
		grouped[at++] = plain[i];
	}
	grouped[at] = '\0';
	page_set(p, name, grouped);
}

static void set_percentage(struct page *p, const char *name, uint64_t part, uint64_t whole)
{
	const double v = whole > 0 ? 100 * (double)part / (double)whole : 0;

	if (v > 0 && v < 0.01)
		page_set(p, name, "<0.01 %");
	else
		page_printf(p, name, v > 0 ? "%.2f %%" : "%.0f %%", v);
}

/* "2 GiB": the largest unit that leaves a whole number, or one decimal. */
static void set_bytes(struct page *p, const char *name, uint64_t n)
{
	static const char *const unit[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	double v = (double)n;
	size_t i = 0;

	while (v >= 1024 && i + 1 < sizeof(unit) / sizeof(*unit)) {
		v /= 1024;
		i++;
	}
	page_printf(p, name, v < 10 && v > (double)(uint64_t)v ? "%.1f %s" : "%.0f %s", v, unit[i]);
}

/* For machines into TIME, for people into TIME_SHOWN: UTC until a script knows the viewer's zone. */
static void set_time(struct page *p, int64_t us)
{
	const time_t seconds = (time_t)(us / 1000000);
	char text[32];
	struct tm tm;

	if (us <= 0 || gmtime_r(&seconds, &tm) == NULL)
		return;
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	page_set(p, "TIME", text);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	page_set(p, "TIME_SHOWN", text);
}

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
		set_count(p, "SCANS", d->total_scans);
	else
		page_set(p, "SCANS", "–");
}

static void fill_row(struct page *p, const struct dashboard_scan *s)
{
	const int done = strcmp(s->state, "done") == 0;

	page_printf(p, "ID", "%" PRIu64, s->id);
	page_set(p, "FILE", s->file);
	page_set(p, "STATE", s->state);
	set_time(p, s->started_us);
	if (done) {
		if (s->flows > 0 || s->windows == 0)
			set_count(p, "INCIDENTS", s->incidents);
		else
			page_set(p, "INCIDENTS", "–");
		set_count(p, "ANOMALIES", s->anomalies);
		set_count(p, "WINDOWS", s->windows);
		set_percentage(p, "PERCENTAGE", s->anomalies, s->windows);
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
		set_bytes(page_section(p, "LIMIT"), "MAX_UPLOAD", d->max_upload);
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
	int r;

	page_set(p, "TITLE", "Home IoT Guardian");
	fill_badges(page_include(p, "BADGES", "badges.tpl"), d);
	fill_content(page_include(p, "CONTENT", "dashboard.tpl"), d);
	r = templates_render(t, "layout.tpl", p, out, e);
	page_del(p);
	return r;
}
