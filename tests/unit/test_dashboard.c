/* dashboard: the page of GET /, with the templates as they are shipped. */
#include "page/dashboard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct templates *templates;
static struct text page;

static int load(void **state)
{
	struct err e = { 0 };

	(void)state;
	if (templates_load(&templates, TEST_SOURCE_DIR "/templates", &e) != OK)
		fail_msg("%s", e.msg);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	templates_del(templates);
	text_free(&page);
	return 0;
}

static const struct dashboard nothing = {
	.status = "ok",
	.tone = TONE_GOOD,
	.model = "basic",
	.threshold = 0.0178451,
	.window = 10,
	.taken = "CSV, each also as .gz",
	.database_connected = 1,
};

static void render(const struct dashboard *d)
{
	struct err e = { 0 };

	text_clear(&page);
	if (dashboard_render(templates, d, &page, &e) != OK)
		fail_msg("%s", e.msg);
}

static void has(const char *piece)
{
	if (strstr(text_get(&page), piece) == NULL)
		fail_msg("the page has no %s", piece);
}

static void lacks(const char *piece)
{
	if (strstr(text_get(&page), piece) != NULL)
		fail_msg("the page has %s", piece);
}

static void a_new_server_says_what_to_do_first(void **state)
{
	(void)state;
	render(&nothing);
	has("aria-labelledby=\"first-title\" >");
	has(">No scans to show yet.</p>");
	has("id=\"history-table\" hidden>");
	has("id=\"older\" hidden>");
	has("id=\"notice\" role=\"status\" hidden></p>");
	has("<b id=\"threshold\">0.01785</b>");
	has("<b id=\"total-scans\">0</b>");
	has("At least 10 flows make a window.");
	lacks("up to");
}

static void scans_are_listed_with_their_results(void **state)
{
	static const struct dashboard_scan scans[] = {
		{ .id = 14,
		  .started_us = 1763712000000000,
		  .file = "a.csv",
		  .state = "running",
		  .anomalies = 0,
		  .windows = 0,
		  .worst = -1 },
		{ .id = 12,
		  .started_us = 1763710000000000,
		  .file = "b.csv",
		  .state = "done",
		  .anomalies = 9,
		  .windows = 992,
		  .worst = 3,
		  .incidents = 12345,
		  .flows = 1001 },
		{ .id = 11,
		  .started_us = 1763700000000000,
		  .file = "c.csv",
		  .state = "done",
		  .anomalies = 0,
		  .windows = 1234567,
		  .worst = -1 },
		{ .id = 10,
		  .started_us = 1763700000000000,
		  .file = "d.csv",
		  .state = "done",
		  .anomalies = 1,
		  .windows = 1234567,
		  .worst = 0 },
		{ .id = 9,
		  .started_us = 1763700000000000,
		  .file = "e.csv",
		  .state = "done",
		  .anomalies = 1000000,
		  .windows = 1000000,
		  .worst = 1 },
	};
	struct dashboard d = nothing;

	(void)state;
	d.scans = scans;
	d.scans_n = sizeof(scans) / sizeof(*scans);
	d.total_scans = 1234;
	d.older = 1;
	d.max_upload = 2147483648;
	render(&d);
	has("CSV, each also as .gz; up to 2 GiB each.");
	has("<tr data-id=\"14\" data-state=\"running\">");
	has("data-mark=\"running\">running</span>");
	has("<time datetime=\"2025-11-21T08:00:00Z\">2025-11-21 08:00:00</time>");
	has("<a href=\"#scan-12\" title=\"b.csv\">b.csv</a>");
	has("<td class=\"num incidents\">12,345</td>\n\t<td class=\"num windows\">992</td>");
	has("<td class=\"num incidents\">–</td>\n\t<td class=\"num windows\">1,234,567</td>"); /* of an older version */
	has("<td class=\"num anomalies\">9</td>");
	has("<td class=\"num rate\">0.91 %</td>");
	has("data-mark=\"Critical\">Critical</span>");
	has("<td class=\"num windows\">1,234,567</td>");
	has("<td class=\"num rate\">0 %</td>");
	has("data-mark=\"Normal\">Normal</span>");
	has("<td class=\"num rate\">&lt;0.01 %</td>");
	has("<td class=\"num rate\">100.00 %</td>");
	has("<b id=\"total-scans\">1,234</b>");
	has("up to 2 GiB");
	has("data-max=\"2147483648\"");
	has("id=\"older\" >");
	has("id=\"first-steps\" aria-labelledby=\"first-title\" hidden>");
}

static void a_missing_database_is_told(void **state)
{
	struct dashboard d = nothing;

	(void)state;
	d.database_connected = 0;
	d.tone = TONE_WARN;
	d.status = "degraded";
	d.notice = "The <database> is away.";
	render(&d);
	has("role=\"status\" >The &lt;database&gt; is away.</p>");
	has("data-tone=\"warn\">degraded</span>");
	has("data-tone=\"bad\">No database</span>");
	has(">The history is not there without the database.</p>");
	has("<b id=\"total-scans\">–</b>");
	has("id=\"first-steps\" aria-labelledby=\"first-title\" hidden>");
}

static void names_of_files_are_text_wherever_they_stand(void **state)
{
	static const struct dashboard_scan scan = {
		.id = 1, .started_us = 1, .file = "\"><script>alert('1')</script>", .state = "done", .anomalies = 1, .windows = 10
	};
	struct dashboard d = nothing;

	(void)state;
	d.scans = &scan;
	d.scans_n = 1;
	d.model = "</b><script>";
	render(&d);
	has("title=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;\">&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/"
	    "script&gt;</a>");
	has("<b id=\"model\">&lt;/b&gt;&lt;script&gt;</b>");
	lacks("<script>");
}

static void nothing_on_the_page_is_against_its_security_policy(void **state)
{
	static const char *const forbidden[] = { "<style",   " style=",     "<script>", " onclick=",
						 " onload=", "javascript:", "http://",  "https://" };

	(void)state;
	render(&nothing);
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++)
		lacks(forbidden[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_server_says_what_to_do_first),
		cmocka_unit_test(scans_are_listed_with_their_results),
		cmocka_unit_test(a_missing_database_is_told),
		cmocka_unit_test(names_of_files_are_text_wherever_they_stand),
		cmocka_unit_test(nothing_on_the_page_is_against_its_security_policy),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
