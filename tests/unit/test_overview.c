/* The overview's page, filled with what the API would say, in the templates as they are shipped; and the small parts that pages share. */
#include "view/overview_fill.h"

#include <setjmp.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "view/fields.h"

static struct templates *templates;
static struct text html;

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
	text_free(&html);
	return 0;
}

#define SYSTEM                                                                                                                     \
	"'system':{'model':'full.safetensors','model_words':'As it was "                                                           \
	"shipped.','method':'hybrid','threshold':3.5831,'window':10,"                                                              \
	"'database_connected':true,'workers':{'pages':{'idle':3,'busy':1},'uploads':{'idle':2,'busy':0},'jobs':{'idle':1,'busy':"  \
	"0}},"                                                                                                                     \
	"'since':'2026-11-21T08:00:00.000Z','version':'9.9.9'}"

static const char empty[] =
	"{'status':'ok','incidents':{'open':0,'by_severity':{'Low':0,'Medium':0,'High':0,'Critical':0},'worst':null,'newest':[]},"
	"'devices':{'by_risk':{'critical':0,'high':0,'medium':0,'low':0,'none':0},'top':[]},"
	"'activity':{'by':'scan','buckets':[]},'scans':{'last':[],'total':0}," SYSTEM "}";

static const char quiet[] =
	"{'status':'ok','incidents':{'open':0,'by_severity':{'Low':0,'Medium':0,'High':0,'Critical':0},'worst':null,'newest':[]},"
	"'devices':{'by_risk':{'critical':0,'high':0,'medium':0,'low':0,'none':4},'top':[]},"
	"'activity':{'by':'scan','buckets':[{'start':'2026-11-20T08:00:00.000Z','scan_id':3,'file':'a.csv','scans':1,'flows':50,'"
	"anomalies_count':0,"
	"'incidents_count':0}]},'scans':{'last':[{'id':3,'timestamp':'2026-11-20T08:00:00.000Z','state':'done','file':'a.csv','"
	"anomalies_count':0,"
	"'incidents_count':0,'severity':null}],'total':1}," SYSTEM "}";

static const char busy[] =
	"{'status':'ok','incidents':{'open':1234,'by_severity':{'Low':1200,'Medium':30,'High':3,'Critical':1},"
	"'worst':{'scan_id':7,'id':2,'severity':'Critical','title':'Horizontal port "
	"scan','device':{'id':1,'ip':'192.168.1.5','name':'Lamp'}},"
	"'newest':[{'scan_id':8,'id':1,'severity':'Low','title':'Unusual "
	"<b>','device':{'ip':null,'mac':null,'name':null},'sentence':'<i>x</i>',"
	"'file':'<script>alert(1)</script>','found':'2026-11-21T09:00:00.000Z'}]},"
	"'devices':{'by_risk':{'critical':1,'high':0,'medium':2,'low':0,'none':7},'top':[{'id':1,'ip':'192.168.1.5','mac':null,'"
	"name':'Lamp','risk':80,"
	"'incidents':1},{'id':2,'ip':'192.168.1.6','mac':null,'name':null,'risk':49,'incidents':3}]},"
	"'activity':{'by':'day','buckets':[{'start':'2026-11-19T00:00:00.000Z','scan_id':null,'scans':2,'flows':500,'anomalies_"
	"count':0,'incidents_count':0},"
	"{'start':'2026-11-20T00:00:00.000Z','scan_id':null,'scans':1,'flows':1000,'anomalies_count':40,'incidents_count':3}]},"
	"'scans':{'last':[{'id':9,'timestamp':'2026-11-21T09:00:00.000Z','state':'running','file':'b.csv'},"
	"{'id':8,'timestamp':'2026-11-21T08:59:00.000Z','state':'done','file':'c.csv','anomalies_count':40,'incidents_count':3,'"
	"severity':'High'},"
	"{'id':2,'timestamp':'2026-11-20T08:59:00.000Z','state':'done','file':'old.csv','anomalies_count':1,'incidents_count':null,"
	"'severity':'Low'}],"
	"'total':1234}," SYSTEM "}";

static const char away[] = "{'status':'degraded','incidents':null,'devices':null,'activity':null,'scans':null," SYSTEM "}";

/* Quotes in the texts above are single. */
static void render(const char *words, const char *why)
{
	char *const json = strdup(words);
	struct page *const p = page_new();
	struct json_object *o;
	struct err e = { 0 };

	for (char *c = json; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	o = json_tokener_parse(json);
	assert_non_null(o);
	overview_fill(p, o, why, "CSV, each also as .gz");
	text_clear(&html);
	assert_int_equal(templates_render(templates, "overview.tpl", p, &html, &e), OK);
	page_del(p);
	json_object_put(o);
	free(json);
}

static void has(const char *piece)
{
	if (strstr(text_get(&html), piece) == NULL)
		fail_msg("the page has no %s", piece);
}

static void lacks(const char *piece)
{
	if (strstr(text_get(&html), piece) != NULL)
		fail_msg("the page has %s", piece);
}

static void a_new_server_says_what_to_do_first(void **state)
{
	(void)state;
	render(empty, "");
	has("Nothing was scanned yet");
	has("action=\"/api/v1/samples/scan\"");
	has("href=\"/new\"");
	has("orig_pkts,resp_pkts");
	has("at least 10 of them");
	has("CSV, each also as .gz.");
	lacks("Open incidents");
	has("3.583 <span class=\"meta\">by hybrid</span>");
	has("1 <span class=\"meta\">of 4 workers busy</span>");
}

static void without_an_open_incident_all_is_quiet(void **state)
{
	(void)state;
	render(quiet, "");
	has("<h1>All quiet</h1>");
	has("data-mark=\"Normal\"");
	has("No incident is open in 1 scan.");
	has("No device has an incident");
	has("One bar is one scan, 1 scan");
	has("<a href=\"/scans/3\">a.csv</a>");
	lacks("Nothing was scanned yet");
}

static void the_headline_says_how_many_and_which_is_the_worst(void **state)
{
	(void)state;
	render(busy, "");
	has("<h1>1,234 open incidents, the worst: <a href=\"/scans/7/incidents/2\">Horizontal port scan</a></h1>");
	has("Device: Lamp. 1,234 scans so far.");
	has("<section class=\"card headline\" data-mark=\"Critical\">");
	has("<a href=\"/incidents?mark=open&amp;severity=Low\" data-mark=\"Low\"><b>1,200</b>");
	has("<a href=\"/devices/1\">Lamp</a> <span class=\"meta address\">192.168.1.5</span>");
	has("<a href=\"/devices/2\">192.168.1.6</a> <span class=\"meta address\"></span>");
	has("data-mark=\"Critical\" title=\"Risk, 0 to 100\"><span class=\"visually-hidden\">risk </span>80</span>");
	has("data-mark=\"Medium\" title=\"Risk, 0 to 100\"><span class=\"visually-hidden\">risk </span>49</span>");
	has("· <span class=\"visually-hidden\">device </span>an unknown device");
	has("data-mark=\"running\">running</span>");
	has("<span class=\"meta found\">3 incidents</span>");
	has("<span class=\"meta found\">1 anomaly</span>");
}

static void bars_are_as_high_as_their_numbers(void **state)
{
	(void)state;
	render(busy, "");
	has("1,500 in all, at most 1,000 in one");
	has("y=\"0.00\" width=\"40.00\" height=\"100.00\"");
	has("y=\"49.00\" width=\"40.00\" height=\"51.00\"");
	has("height=\"0.00\"");
	has("<td>2026-11-20</td>");
	has("One bar is one day (UTC), 2 days");
}

static void without_the_database_the_page_says_so_and_shows_the_system(void **state)
{
	(void)state;
	render(away, "the <database> cannot be reached");
	has("the &lt;database&gt; cannot be reached.");
	has("full.safetensors");
	lacks("Open incidents");
	lacks("Nothing was scanned yet");
}

static void what_others_wrote_is_text(void **state)
{
	static const char *const forbidden[] = { "<script", " style=", "<i>", "<b>\"", " onclick=", "javascript:" };

	(void)state;
	render(busy, "");
	has("&lt;script&gt;alert(1)&lt;/script&gt;");
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(*forbidden); i++)
		lacks(forbidden[i]);
}

static void fields_that_are_not_there_are_nothing(void **state)
{
	struct json_object *const o =
		json_tokener_parse("{\"a\":{\"b\":3,\"t\":\"2026-11-21T08:00:00.250Z\"},\"n\":null,\"l\":[1,2]}");

	(void)state;
	assert_int_equal(field_count(o, "a.b"), 3);
	assert_int_equal(field_count(o, "a.c"), 0);
	assert_int_equal(field_count(o, "l.b"), 0);
	assert_string_equal(field_text(o, "n"), "");
	assert_true(isnan(field_number(o, "n.x")));
	assert_int_equal(field_length(o, "l"), 2);
	assert_int_equal(field_length(o, "a"), 0);
	assert_true(field_time(o, "a.t") == INT64_C(1795248000250000));
	assert_int_equal(field_time(o, "a.b"), 0);
	assert_string_equal(field_text(NULL, "a"), "");
	json_object_put(o);
}

static void queries_are_encoded_and_what_was_not_filled_in_is_left_out(void **state)
{
	struct text t = { 0 };

	(void)state;
	query_add(&t, "q", "a&b=c \"<\xc3\xa4");
	query_add(&t, "none", "");
	query_add(&t, "sort", "-time");
	assert_string_equal(text_get(&t), "q=a%26b%3Dc%20%22%3C%C3%A4&sort=-time");
	text_clear(&t);
	query_filled(&t, "q=&from=&severity=High&to=&&x&state=done&=");
	assert_string_equal(text_get(&t), "severity=High&state=done");
	text_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_server_says_what_to_do_first),
		cmocka_unit_test(without_an_open_incident_all_is_quiet),
		cmocka_unit_test(the_headline_says_how_many_and_which_is_the_worst),
		cmocka_unit_test(bars_are_as_high_as_their_numbers),
		cmocka_unit_test(without_the_database_the_page_says_so_and_shows_the_system),
		cmocka_unit_test(what_others_wrote_is_text),
		cmocka_unit_test(fields_that_are_not_there_are_nothing),
		cmocka_unit_test(queries_are_encoded_and_what_was_not_filled_in_is_left_out),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
