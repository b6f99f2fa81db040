/* result_lists: rows of the database to rows of the page. */
#include "view/result_lists.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "base/humane.h"
#include "detect/severity.h"
#include "feature/feature.h"
#include "page/values.h"
#include "rule/rule.h"

int result_is_rare(const struct scan_row *r)
{
	return r->method != NULL && strcmp(r->method, "hybrid") == 0;
}

int result_is_table(const struct scan_row *r)
{
	return r->method != NULL && strcmp(r->method, "dense") == 0;
}

/* As the server says it, which begins with a small letter. */
static void set_sentence(struct page *p, const char *name, const char *text)
{
	const char first = text != NULL ? *text : '\0';

	page_printf(p, name, "%c%s", first >= 'a' && first <= 'z' ? first - 'a' + 'A' : first, first != '\0' ? text + 1 : "");
}

/* ---- incidents ---- */

struct incident_list {
	struct page *p;
	size_t n, limit;
};

static void add_device(struct page *p, const struct incident_line *l)
{
	const char *const name = l->device_name != NULL ? l->device_name : l->device_ip != NULL ? l->device_ip : l->device_mac;
	const char *const more = name == l->device_mac ? NULL : name == l->device_ip ? l->device_mac : l->device_ip;
	struct page *d, *known;

	if (name == NULL)
		return;
	d = page_section(p, "DEVICE");
	page_set(d, "NAME", name);
	if ((known = page_if(d, "BY_ID", l->device > 0)) != NULL)
		page_printf(known, "NUMBER", "%" PRIu64, l->device);
	page_if(d, "BY_NAME", l->device == 0);
	/* No name that the page around it has: a section that is hidden here would be taken from there. */
	if (more != NULL)
		page_set(page_section(d, "BESIDE"), "ADDRESS", more);
}

/* "203.0.113.9 port 6667", "186 addresses on port 23". */
static void add_peer(struct page *p, const struct incident_line *l)
{
	char port[32] = "", count[HUMANE_TEXT];
	const int many = l->peer == NULL && l->peers > 0;

	if (l->port >= 0)
		snprintf(port, sizeof(port), "%sport %" PRId64, many ? " on " : l->peer != NULL ? " " : "", l->port);
	if (many)
		page_printf(page_section(p, "PEER"), "WHOM", "%s address%s%s", humane_count(count, (double)l->peers),
			    l->peers == 1 ? "" : "es", port);
	else if (l->peer != NULL || *port != '\0')
		page_printf(page_section(p, "PEER"), "WHOM", "%s%s", l->peer != NULL ? l->peer : "", port);
}

static int add_incident(void *arg, const struct incident_line *l)
{
	static const char *const marks[] = { [1] = "Expected", [2] = "Confirmed" };
	struct incident_list *const list = arg;
	struct page *p;

	if (list->n++ == list->limit)
		return OK;
	p = page_section(list->p, "INCIDENT");
	page_printf(p, "N", "%" PRIu64, l->id);
	page_set(p, "SEVERITY", severity_name((enum severity)(l->severity & 3)));
	page_set(p, "TITLE", l->title);
	if (l->technique != NULL && *l->technique != '\0')
		page_set(page_section(p, "TECHNIQUE"), "NAME", l->technique);
	if (l->mark == 1 || l->mark == 2)
		page_set(page_section(p, "MARKED"), "WORD", marks[l->mark]);
	add_device(p, l);
	add_peer(p, l);
	if (!isnan(l->start)) {
		struct page *const when = page_section(p, "WHEN");

		page_time_seconds(when, "START", l->start);
		page_time_seconds(when, "END", l->end);
	}
	page_count(p, "FLOWS", l->flows);
	set_sentence(p, "SENTENCE", l->sentence);
	return OK;
}

int result_incidents(struct page *p, struct store *s, const struct scan_row *r, size_t skip, struct err *e)
{
	struct incident_list list = { .limit = skip > 0 ? INCIDENTS_PAGE : INCIDENTS_SHOWN };
	const uint64_t all = r->counts.incidents;
	char count[HUMANE_TEXT];
	int status;

	if (all == 0 && skip == 0)
		return OK;
	list.p = page_section(p, "INCIDENTS_LIST");
	if ((status = store_incident_lines(s, r->id, skip, list.limit + 1, add_incident, &list, e)) < 0)
		return status;
	if (list.n > list.limit) {
		struct page *const more = page_section(list.p, "MORE");

		page_printf(more, "SKIP", "%zu", skip + list.limit);
		page_set(more, "WORDS", skip > 0 ? "Further incidents" : "All incidents");
		list.n = list.limit;
	}
	if (list.n == 0)
		page_set(list.p, "META", "there are no further ones");
	else if (skip > 0 || list.n < all)
		page_printf(list.p, "META", "%zu to %zu of %s, worst first", skip + 1, skip + list.n,
			    humane_count(count, (double)all));
	else
		page_set(list.p, "META", "worst first");
	page_if(list.p, "BACK", skip > 0);
	return OK;
}

static int add_span(void *arg, const struct incident_line *l)
{
	if (l->window[0] >= 0 && l->window[1] >= l->window[0])
		text_printf(arg, "%s%" PRIu64 ":%" PRIu64 ":%" PRId64 ":%" PRId64, text_get(arg)[0] != '\0' ? " " : "", l->id,
			    l->severity, l->window[0], l->window[1]);
	return OK;
}

int result_spans(struct page *p, struct store *s, uint64_t scan, struct err *e)
{
	struct text t = { 0 };
	const int r = store_incident_lines(s, scan, 0, SPANS, add_span, &t, e);

	page_set(p, "SPANS", text_get(&t));
	text_free(&t);
	return r < 0 ? r : OK;
}

/* ---- anomalies ---- */

/* A feature's value in words: "payload of the answer: 4.1 MB". */
static void set_feature(struct page *p, const char *name, const char *feature, double value)
{
	const struct feature_set *const set = feature_set_find("full");
	char text[HUMANE_TEXT];

	for (size_t i = 0; i < set->n; i++) {
		const struct feature *const f = set->feature[i];

		if (strcmp(f->name, feature) == 0) {
			page_printf(p, name, "%s: %s", f->meaning,
				    f->kind == FEATURE_FLAG ? (value > 0 ? "yes" : "no")
							    : humane_quantity(text, f->unit, value, HUMANE_DIGITS));
			return;
		}
	}
	page_printf(p, name, "%s = %s", feature, humane_count(text, value));
}

/* Its name, or what was unusual about it. */
static void set_why(struct page *p, const struct anomaly_row *a, int rare)
{
	static const char unusual[] = "unusual: ";
	const struct rule *const rule = a->rule != NULL ? rule_find(a->rule) : NULL;
	const char *words = a->sentence;

	if (rule != NULL && strcmp(rule->name, "unusual") != 0) {
		page_set(p, "WHY", rule->title);
	} else if (rare && words != NULL && *words != '\0') {
		set_sentence(p, "WHY", strncmp(words, unusual, sizeof(unusual) - 1) == 0 ? words + sizeof(unusual) - 1 : words);
	} else {
		set_feature(p, "WHY", a->feature != NULL ? a->feature : "", a->value);
	}
}

/* How many times the threshold an error is. */
static void set_times(struct page *p, const char *name, double error, double threshold)
{
	const double times = threshold > 0 ? error / threshold : (double)INFINITY;

	if (!isfinite(times))
		page_set(p, name, "\xe2\x88\x9e\xc3\x97");
	else
		page_printf(p, name, times < 10 ? "%.1f\xc3\x97" : "%.0f\xc3\x97", times);
}

struct anomaly_list {
	struct page *p;
	const struct scan_row *scan;
	int hosts;
	size_t n, limit;
	uint64_t next; /* first one that is not shown */
};

static int add_anomaly(void *arg, const struct anomaly_row *a)
{
	struct anomaly_list *const list = arg;
	const int rare = result_is_rare(list->scan);
	struct page *p;

	if (list->n++ == list->limit) {
		list->next = a->sequence_id;
		return OK;
	}
	p = page_section(list->p, "ANOMALY");
	page_printf(p, "SEQUENCE", "%" PRIu64, a->sequence_id);
	page_set(p, "UNIT", result_is_table(list->scan) ? "row" : "window");
	page_set(p, "SEVERITY", severity_name((enum severity)(a->severity & 3)));
	page_time_seconds(p, "TIME", a->ts);
	page_count(p, "FIRST", a->row[0]);
	page_count(p, "LAST", a->row[1]);
	if (list->hosts)
		page_set(page_section(p, "HOST"), "NAME",
			 (a->side == 0 || a->side == 1) && a->host[a->side] != NULL ? a->host[a->side] : "–");
	page_number(p, "ERROR", isnan(a->error) ? (double)INFINITY : a->error);
	if (rare)
		page_p_value(p, "RATIO", a->p);
	else
		set_times(p, "RATIO", a->error, list->scan->threshold);
	set_why(p, a, rare);
	return OK;
}

static void begin(struct anomaly_list *list, struct page *p)
{
	const uint64_t *const severity = list->scan->counts.severity;
	const int rare = result_is_rare(list->scan);

	list->p = page_section(p, "ANOMALIES_LIST");
	for (int i = SEVERITIES - 1; i >= 0; i--)
		if (severity[i] > 0) {
			struct page *const mark = page_section(list->p, "COUNTED");

			page_set(mark, "SEVERITY", severity_name((enum severity)i));
			page_count(mark, "N", severity[i]);
		}
	page_set(list->p, "ROWS_NAME", result_is_table(list->scan) ? "Row" : "Flows");
	page_set(list->p, "SCORE_TITLE", rare ? "Score" : "Error");
	page_set(list->p, "RATIO_TITLE", rare ? "p-value" : "\xc3\x97 threshold");
	page_if(list->p, "HOSTS", list->hosts);
}

/* ---- the worst ones: JSON that we wrote, of this version or an older one ---- */

static const char *text_of(struct json_object *o, const char *key)
{
	struct json_object *const v = json_object_object_get(o, key);

	return json_object_is_type(v, json_type_string) ? json_object_get_string(v) : NULL;
}

static double real_of(struct json_object *o, const char *key)
{
	struct json_object *const v = json_object_object_get(o, key);

	return json_object_is_type(v, json_type_double) || json_object_is_type(v, json_type_int) ? json_object_get_double(v)
												 : (double)NAN;
}

static uint64_t count_of(struct json_object *v)
{
	return json_object_is_type(v, json_type_int) ? json_object_get_uint64(v) : 0;
}

static int severity_of_name(const char *name)
{
	for (int i = 0; i < SEVERITIES; i++)
		if (name != NULL && strcmp(name, severity_name((enum severity)i)) == 0)
			return i;
	return 0;
}

/* Borrows from o. */
static struct anomaly_row row_of(struct json_object *o)
{
	struct json_object *const rows = json_object_object_get(o, "rows"), *const why = json_object_object_get(o, "most_unusual");
	const int pair = json_object_is_type(rows, json_type_array) && json_object_array_length(rows) == 2;

	return (struct anomaly_row){
		.sequence_id = count_of(json_object_object_get(o, "sequence_id")),
		.row = { pair ? count_of(json_object_array_get_idx(rows, 0)) : 0,
			 pair ? count_of(json_object_array_get_idx(rows, 1)) : 0 },
		.ts = real_of(o, "ts"),
		.error = real_of(o, "error"),
		.severity = severity_of_name(text_of(o, "severity")),
		.feature = text_of(why, "feature"),
		.value = real_of(why, "value"),
		.p = real_of(o, "p_value"),
		.rule = text_of(o, "rule"),
		.sentence = text_of(o, "sentence"),
		.host = { text_of(o, "device"), NULL },
		.side = 0,
	};
}

void result_worst(struct page *p, const struct scan_row *r)
{
	struct json_object *const all = r->details != NULL ? json_tokener_parse(r->details) : NULL;
	const size_t n = json_object_is_type(all, json_type_array) ? json_object_array_length(all) : 0;
	struct anomaly_list list = { .scan = r, .limit = ANOMALIES_SHOWN };
	char count[HUMANE_TEXT];

	if (n == 0) {
		json_object_put(all);
		return;
	}
	for (size_t i = 0; i < n; i++)
		list.hosts |= text_of(json_object_array_get_idx(all, i), "device") != NULL;
	begin(&list, p);
	for (size_t i = 0; i < n && i < list.limit; i++) {
		const struct anomaly_row a = row_of(json_object_array_get_idx(all, i));

		add_anomaly(&list, &a);
	}
	if (list.n < r->counts.anomalies) {
		struct page *const more = page_section(list.p, "MORE");

		page_printf(list.p, "META", "the %zu worst of %s", list.n, humane_count(count, (double)r->counts.anomalies));
		page_set(more, "FROM", "0");
		page_set(more, "WORDS", "All anomalies, in the order of the file");
	} else {
		page_set(list.p, "META", "worst first");
	}
	json_object_put(all);
}

int result_anomalies(struct page *p, struct store *s, const struct scan_row *r, uint64_t from, struct err *e)
{
	struct anomaly_list list = { .scan = r, .limit = ANOMALIES_PAGE, .hosts = r->counts.devices > 0 };
	char count[HUMANE_TEXT];
	int status;

	begin(&list, p);
	if ((status = store_anomaly_list(s, r->id, from, list.limit + 1, add_anomaly, &list, e)) < 0)
		return status;
	if (list.n > list.limit) {
		struct page *const more = page_section(list.p, "MORE");

		page_printf(more, "FROM", "%" PRIu64, list.next);
		page_set(more, "WORDS", "Further anomalies");
		list.n = list.limit;
	}
	page_printf(list.p, "META", "%zu in the order of the file, of %s", list.n,
		    humane_count(count, (double)r->counts.anomalies));
	page_section(list.p, "BACK");
	return OK;
}
