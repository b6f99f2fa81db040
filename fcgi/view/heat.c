/* heat: rows are features, columns are steps. */
#include "view/heat.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/humane.h"
#include "feature/feature.h"
#include "page/values.h"
#include "view/fields.h"
#include "view/tell.h"

enum { STEPS_MAX = 64, LEVELS = 9, FEW = 6 };

static const double SHOWN_SHARE = 0.01;

struct strip {
	struct json_object *shares, *values, *usual; /* [step][feature], {name:[low,middle,high]} */
	const struct feature_set *set;
	size_t steps;
	double most; /* the largest share of a cell */
};

/* A row of the table. */
struct line {
	size_t feature;
	double share; /* of all its steps */
};

static double cell(struct json_object *rows, size_t step, size_t feature)
{
	struct json_object *const v = json_object_array_get_idx(json_object_array_get_idx(rows, step), feature);

	return v != NULL ? json_object_get_double(v) : (double)NAN;
}

/* The features are those of the set that has as many and knows the names of what is usual. */
static const struct feature_set *find_set(size_t n)
{
	static const char *const names[] = { "basic", "full" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct feature_set *const set = feature_set_find(names[i]);

		if (set != NULL && set->n == n)
			return set;
	}
	return NULL;
}

/* 0: this is no explanation that we know. */
static int read_strip(struct strip *s, struct json_object *x)
{
	size_t features;

	*s = (struct strip){ .shares = field(x, "shares"), .values = field(x, "values"), .usual = field(x, "usual") };
	s->steps = field_length(x, "shares");
	if (s->steps == 0 || s->steps > STEPS_MAX || field_length(x, "values") != s->steps)
		return 0;
	features = field_length(json_object_array_get_idx(s->shares, 0), "");
	for (size_t i = 0; i < s->steps; i++)
		if (field_length(json_object_array_get_idx(s->shares, i), "") != features ||
		    field_length(json_object_array_get_idx(s->values, i), "") != features)
			return 0;
	return (s->set = find_set(features)) != NULL;
}

static int by_share(const void *va, const void *vb)
{
	const struct line *const a = va, *const b = vb;

	if (a->share != b->share)
		return a->share > b->share ? -1 : 1;
	return a->feature < b->feature ? -1 : 1;
}

static void sort_lines(struct strip *s, struct line *lines)
{
	for (size_t f = 0; f < s->set->n; f++) {
		lines[f] = (struct line){ .feature = f };
		for (size_t i = 0; i < s->steps; i++) {
			const double share = cell(s->shares, i, f);

			lines[f].share += isnan(share) ? 0 : share;
			s->most = fmax(s->most, isnan(share) ? 0 : share);
		}
	}
	qsort(lines, s->set->n, sizeof(*lines), by_share);
}

static void fill_share(struct page *p, const char *name, double share)
{
	char text[HUMANE_TEXT];

	page_set(p, name, share <= 0 || isnan(share) ? "" : share < 0.005 ? "<1 %" : humane_percent(text, share));
}

static void fill_cell(struct page *p, const struct strip *s, size_t step, size_t feature, double low, double high)
{
	const struct feature *const f = s->set->feature[feature];
	const double share = cell(s->shares, step, feature), value = cell(s->values, step, feature);
	/* By the square root, so that small shares can be seen beside a large one. */
	const int level = share > 0 && s->most > 0 ? (int)ceil(LEVELS * sqrt(share / s->most)) : 0;

	page_printf(p, "LEVEL", "%d", level > LEVELS ? LEVELS : level);
	tell_bare_value(p, "VALUE", f, value);
	page_printf(p, "EXACT", "%.10g", value);
	if (share >= 0.005)
		fill_share(page_section(p, "SHARE"), "WORDS", share);
	page_if(p, "BEYOND", value < low || value > high);
}

static void fill_line(struct page *p, const struct strip *s, const struct line *l, int quiet)
{
	const struct feature *const f = s->set->feature[l->feature];
	struct json_object *const range = field(s->usual, f->name);
	double usual[3] = { NAN, NAN, NAN };

	for (size_t i = 0; i < 3 && json_object_is_type(range, json_type_array); i++)
		if (json_object_array_get_idx(range, i) != NULL)
			usual[i] = json_object_get_double(json_object_array_get_idx(range, i));
	page_set(p, "QUIET", quiet ? "quiet" : "loud");
	tell_sentence(p, "FEATURE", f->meaning);
	page_set(p, "NAME", f->name);
	fill_share(p, "SHARE", l->share);
	tell_range(p, "USUAL", f, usual[0], usual[2]);
	for (size_t i = 0; i < s->steps; i++)
		fill_cell(page_section(p, "CELL"), s, i, l->feature, usual[0], usual[2]);
}

/* "at most 310 kB (it was 4.1 MB)". */
static void fill_change(struct page *p, struct json_object *change, size_t steps)
{
	const struct feature *const f = tell_feature(field_text(change, "feature"));
	const int at_most = field(change, "at_most") != NULL;

	page_set(p, "FEATURE", f != NULL ? f->meaning : field_text(change, "feature"));
	page_printf(p, "STEP", "%llu", (unsigned long long)field_count(change, "step") + 1);
	page_printf(p, "STEPS", "%zu", steps);
	if (f == NULL || f->kind != FEATURE_FLAG)
		page_set(p, "BOUND", at_most ? "at most " : "at least ");
	tell_value(p, "TO", f, field_number(change, at_most ? "at_most" : "at_least"));
	tell_value(p, "FROM", f, field_number(change, "from"));
}

/* What each judge has of the score. */
static void fill_parts(struct page *p, struct json_object *x)
{
	static const struct {
		const char *path, *words;
	} parts[] = {
		{ "components.sequence", "the order of the flows" },
		{ "components.profile", "the flow by itself" },
		{ "components.rules", "a known pattern" },
	};
	char text[HUMANE_TEXT];

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		struct json_object *const o = field(x, parts[i].path);
		const double share = field_number(o, "share");
		struct page *s;

		if (!(share > 0))
			continue;
		s = page_section(p, "PART");
		page_set(s, "WORDS", parts[i].words);
		page_set(s, "SHARE", humane_percent(text, share));
	}
	page_if(p, "BY_RULE", field_number(x, "components.rules.share") >= 0.995);
}

static void fill_strip(struct page *p, struct strip *s, struct json_object *x)
{
	const char *const of = field_text(x, "usual_of");
	struct line lines[FEATURE_MAX];
	size_t quiet = 0;

	sort_lines(s, lines);
	for (size_t i = 0; i < s->steps; i++)
		page_printf(page_section(p, "STEP"), "N", "%zu", i + 1);
	for (size_t i = 0; i < s->set->n; i++) {
		const int is_quiet = i >= FEW && lines[i].share < SHOWN_SHARE;

		quiet += (size_t)is_quiet;
		fill_line(page_section(p, "LINE"), s, &lines[i], is_quiet);
	}
	if (quiet > 0)
		page_plural(page_section(p, "MORE"), "N", quiet, "feature", NULL);
	page_set(p, "USUAL_OF",
		 strcmp(of, "device") == 0 ? "for this device"
		 : strcmp(of, "file") == 0 ? "in this file"
					   : "where the model was trained");
	page_printf(p, "STEPS", "%zu", s->steps);
	fill_parts(p, x);
	if (field(x, "counterfactual") != NULL)
		fill_change(page_section(p, "CHANGE"), field(x, "counterfactual"), s->steps);
	else if (field_text(x, "no_counterfactual")[0] != '\0')
		tell_sentence(page_section(p, "NO_CHANGE"), "WHY", field_text(x, "no_counterfactual"));
}

/* The one element that every anomaly keeps. */
static void fill_largest(struct page *p, struct json_object *a)
{
	const struct feature *const f = tell_feature(field_text(a, "most_unusual.feature"));

	tell_feature_name(p, "FEATURE", field_text(a, "most_unusual.feature"));
	tell_value(p, "VALUE", f, field_number(a, "most_unusual.value"));
	page_printf(p, "STEP", "%llu", (unsigned long long)field_count(a, "most_unusual.step") + 1);
	if (field_number(a, "most_unusual.share") > 0)
		fill_share(page_section(p, "SHARE"), "WORDS", field_number(a, "most_unusual.share"));
}

void heat_fill(struct page *p, struct json_object *anomaly)
{
	struct json_object *const x = field(anomaly, "explanation");
	struct strip s;

	if (x != NULL && read_strip(&s, x))
		fill_strip(page_include(page_section(p, "HEAT"), "STRIP", "heat.tpl"), &s, x);
	else
		fill_largest(page_section(p, "NO_HEAT"), anomaly);
}
