/* tell: one wording for all pages. */
#include "view/tell.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/humane.h"
#include "detect/severity.h"
#include "page/values.h"
#include "sql/store_mark.h"
#include "view/fields.h"

#define NONE "\xe2\x80\x93"

enum { SENTENCE = 600 };

const struct feature *tell_feature(const char *name)
{
	static const char *const sets[] = { "full", "basic" };

	for (size_t s = 0; s < sizeof(sets) / sizeof(*sets); s++) {
		const struct feature_set *const set = feature_set_find(sets[s]);

		for (size_t i = 0; set != NULL && i < set->n; i++)
			if (strcmp(set->feature[i]->name, name) == 0)
				return set->feature[i];
	}
	return NULL;
}

void tell_sentence(struct page *p, const char *name, const char *text)
{
	page_printf(p, name, "%c%s", toupper((unsigned char)text[0]), text[0] != '\0' ? text + 1 : "");
}

void tell_feature_name(struct page *p, const char *name, const char *feature)
{
	const struct feature *const f = tell_feature(feature);

	tell_sentence(p, name, f != NULL ? f->meaning : feature);
}

static int is_flag(const struct feature *f)
{
	return f != NULL && f->kind == FEATURE_FLAG;
}

void tell_value(struct page *p, const char *name, const struct feature *f, double value)
{
	char text[HUMANE_TEXT];

	if (isnan(value))
		page_set(p, name, NONE);
	else if (is_flag(f))
		page_set(p, name, value >= 0.5 ? "yes" : "no");
	else
		/* What is that small is a counter that has faded. */
		page_set(p, name,
			 humane_quantity(text, f != NULL ? f->unit : "", fabs(value) < 1e-6 ? 0 : value, HUMANE_DIGITS + 1));
}

void tell_bare_value(struct page *p, const char *name, const struct feature *f, double value)
{
	static const char *const kept[] = { "bytes", "s", "ms", "" };
	size_t i = 0;

	while (f != NULL && i < sizeof(kept) / sizeof(*kept) && strcmp(f->unit, kept[i]) != 0)
		i++;
	if (f == NULL || i < sizeof(kept) / sizeof(*kept) || isnan(value))
		tell_value(p, name, f, value);
	else
		page_number(p, name, fabs(value) < 1e-6 ? 0 : value);
}

void tell_range(struct page *p, const char *name, const struct feature *f, double low, double high)
{
	char text[HUMANE_RANGE];

	if (isnan(low) || isnan(high))
		page_set(p, name, NONE);
	else if (is_flag(f))
		page_set(p, name, low >= 0.5 ? "always yes" : high < 0.5 ? "always no" : "yes or no");
	else
		page_set(p, name, humane_range(text, f != NULL ? f->unit : "", low, high));
}

void tell_rarity(struct page *p, const char *name, double p_value)
{
	char text[HUMANE_TEXT];
	struct page *const s = page_if(p, name, !isnan(p_value));

	humane_one_in(text, p_value);
	/* "About one in 20", "Less than one in 1,000 trillion". */
	page_if(s, "ABOUT", text[0] == 'o');
	text[0] = text[0] == 'l' ? 'L' : text[0];
	page_set(s, "WORDS", text);
	page_p_value(s, "P", p_value);
}

/* T1234 or T1234.001, and nothing else gets into an address. */
void tell_technique(struct page *p, const char *id)
{
	struct page *const s = page_if(p, "TECHNIQUE", id[0] != '\0');
	unsigned main = 0, sub = 0;
	char check[32];
	struct page *link;
	int n;

	page_set(s, "ID", id);
	n = sscanf(id, "T%4u.%3u", &main, &sub);
	snprintf(check, sizeof(check), n == 2 ? "T%04u.%03u" : "T%04u", main, sub);
	if (n < 1 || strcmp(check, id) != 0)
		return;
	link = page_section(s, "LINK");
	page_printf(link, "MAIN", "T%04u", main);
	if (n == 2)
		page_printf(page_section(link, "SUB"), "NUMBER", "%03u", sub);
}

/* "unanswered_share" as people write it. */
static void tell_word(struct page *p, const char *name, const char *word)
{
	char text[80];

	snprintf(text, sizeof(text), "%s", word);
	for (char *c = text; *c != '\0'; c++)
		*c = *c == '_' ? ' ' : *c;
	tell_sentence(p, name, text);
}

/* What the numbers of a rule are called (rule.h), for people. */
static const char *evidence_words(const char *name)
{
	static const struct {
		const char *name, *words;
	} table[] = {
		{ "answered", "Sessions that were answered" },
		{ "before", "Flows to its usual server before" },
		{ "broken", "Connections that broke off" },
		{ "bytes", "Payload, both ways" },
		{ "calls", "Calls at regular times" },
		{ "claimants", "Hosts that claim the address" },
		{ "claims", "Claims of the address" },
		{ "downloads", "Files that look like programs" },
		{ "failed", "Tries that failed" },
		{ "flows", "Flows" },
		{ "got", "Got back from it" },
		{ "held", "The connection lasted" },
		{ "interval", "Time between two calls" },
		{ "most", "The most it sent in an hour before" },
		{ "packets", "Packets" },
		{ "peers", "Different hosts" },
		{ "ports", "Different ports" },
		{ "regularity", "Calls that kept their time" },
		{ "sent", "Sent to it" },
		{ "sessions", "Sessions" },
		{ "sources", "Different senders" },
		{ "span", "Within" },
		{ "unasked", "Answers that nobody asked for" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].words;
	return name;
}

void tell_evidence(struct page *p, struct json_object *list)
{
	for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++) {
		struct json_object *const n = json_object_array_get_idx(list, i);
		struct page *const s = page_section(p, "EVIDENCE");
		const double normal = field_number(n, "normal");
		char text[HUMANE_TEXT];

		tell_word(s, "NAME", evidence_words(field_text(n, "name")));
		page_set(s, "VALUE", humane_quantity(text, field_text(n, "unit"), field_number(n, "value"), HUMANE_DIGITS + 1));
		page_set(s, "NORMAL",
			 isnan(normal) ? NONE : humane_quantity(text, field_text(n, "unit"), normal, HUMANE_DIGITS + 1));
	}
}

static void tell_text(struct page *p, const char *name, const char *text)
{
	if (text[0] != '\0')
		page_set(page_section(p, name), "WORDS", text);
}

void tell_device(struct page *p, struct json_object *device)
{
	const char *const name = field_text(device, "name"), *const ip = field_text(device, "ip"),
			  *const mac = field_text(device, "mac"),
			  *const label = name[0] != '\0' ? name
					 : ip[0] != '\0' ? ip
							 : mac;
	struct page *const s = page_if(p, "DEVICE", label[0] != '\0');
	const uint64_t id = field_count(device, "id");

	page_set(s, "LABEL", label);
	if (id > 0)
		page_printf(page_section(s, "BY_ID"), "ID", "%llu", (unsigned long long)id);
	else
		page_if(s, "PLAIN", 1);
	tell_text(s, "IP", label != ip ? ip : "");
	tell_text(s, "MAC", label != mac ? mac : "");
	tell_text(s, "VENDOR", field_text(device, "vendor"));
	page_if(s, "RANDOM", strcmp(field_text(device, "mac_kind"), "local") == 0);
	page_if(s, "UNKNOWN_MAKER",
		field_text(device, "vendor")[0] == '\0' && strcmp(field_text(device, "mac_kind"), "local") != 0);
}

void tell_mark(struct page *p, struct json_object *o)
{
	static const char *const sections[] = { "OPEN", "EXPECTED", "CONFIRMED" }, *const words[] = { "open", "expected",
												      "confirmed" };
	const char *const mark = field_text(o, "mark");

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		page_if(p, sections[i], strcmp(mark, words[i]) == 0);
	page_set(p, "MARK", mark);
	tell_lines(p, "NOTE", field_text(o, "note"));
	if (field_time(o, "marked") > 0)
		page_time(page_section(p, "MARKED"), "TIME", field_time(o, "marked"));
}

void tell_incident_row(struct page *p, struct json_object *i)
{
	struct page *const line = page_include(p, "LINE", "incident_line.tpl");
	const char *const mark = field_text(i, "mark"), *const title = field_text(i, "title");

	page_printf(line, "SCAN", "%llu", (unsigned long long)field_count(i, "scan_id"));
	page_printf(line, "ID", "%llu", (unsigned long long)field_count(i, "id"));
	page_set(line, "SEVERITY", field_text(i, "severity"));
	page_set(line, "TITLE", title[0] != '\0' ? title : "Incident");
	page_set(line, "FILE", field_text(i, "file"));
	tell_sentence(line, "SENTENCE", field_text(i, "sentence"));
	tell_device(line, field(i, "device"));
	if (strcmp(mark, "open") != 0)
		page_set(page_section(line, "MARKED"), "WORD", mark);
	if (!isnan(field_number(i, "start")))
		page_time_seconds(page_section(line, "WHEN"), "START", field_number(i, "start"));
	if (field_text(i, "note")[0] != '\0')
		tell_lines(page_section(line, "NOTED"), "NOTE", field_text(i, "note"));
}

void tell_anomaly_row(struct page *p, const struct anomaly_row *a)
{
	const int severity = a->severity >= 0 && a->severity < SEVERITIES ? a->severity : 0;

	page_printf(p, "ID", "%llu", (unsigned long long)a->sequence_id);
	page_set(p, "SEVERITY", severity_name((enum severity)severity));
	page_time_seconds(p, "TIME", a->ts);
	page_count(p, "FIRST", a->row[0]);
	page_count(p, "LAST", a->row[1]);
	page_number(p, "SCORE", a->error);
	if (a->sentence != NULL && a->sentence[0] != '\0')
		tell_sentence(p, "WORDS", a->sentence);
	else
		tell_feature_name(p, "WORDS", a->feature != NULL ? a->feature : "");
	if (a->mark != MARK_OPEN)
		page_set(page_section(p, "MARKED"), "WORD", mark_names[a->mark == MARK_EXPECTED ? MARK_EXPECTED : MARK_CONFIRMED]);
}

void tell_lines(struct page *p, const char *name, const char *text)
{
	for (const char *at = text; *text != '\0' && at != NULL;) {
		const char *const end = strchr(at, '\n');
		struct page *const line = page_section(p, name);

		page_printf(line, "TEXT", "%.*s", end != NULL ? (int)(end - at) : (int)strlen(at), at);
		page_if(line, "BREAK", at > text);
		at = end != NULL ? end + 1 : NULL;
	}
}
