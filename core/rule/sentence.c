/* sentence: hits, and what they say in words. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/humane.h"
#include "rule/state.h"

double strength_of(double value, double limit)
{
	return value > limit ? 1 + log2(value / limit) : 1;
}

struct rule_hit *hit_new(struct moment *m, enum rule_id rule, int alarm, double strength, double span)
{
	struct rule_hit *h;

	if (m->hits == RULE_HITS)
		return NULL;
	h = &m->hit[m->hits++];
	h->rule = rule_get(rule);
	h->alarm = alarm;
	h->strength = strength >= 1 ? strength : 1;
	h->peer = m->peer;
	h->port = m->port;
	h->span = span > 0 ? span : 0;
	h->number_n = 0;
	h->sentence[0] = '\0';
	return h;
}

void hit_number(struct rule_hit *h, const char *name, const char *unit, double value, double normal)
{
	if (h->number_n < RULE_EVIDENCE)
		h->number[h->number_n++] = (struct rule_number){ name, unit, value, normal };
}

/* A piece of the sentence that is being written; what does not fit is cut. */
struct line {
	char *p;
	size_t n;
};

static void put(struct line *l, const char *s, size_t n)
{
	const size_t room = RULE_SENTENCE - 1 - l->n;

	memcpy(l->p + l->n, s, n < room ? n : room);
	l->n += n < room ? n : room;
	l->p[l->n] = '\0';
}

static void put_text(struct line *l, const char *s)
{
	put(l, s, strlen(s));
}

static void put_number(struct line *l, double v)
{
	char text[HUMANE_TEXT];

	put_text(l, humane_count(text, v));
}

static void put_bytes(struct line *l, double v)
{
	char text[HUMANE_TEXT];

	put_text(l, humane_bytes(text, v));
}

/* In one unit, unlike humane_seconds(), and without a false precision: it is how long something was watched, "in 60 s". */
static void put_span(struct line *l, double s)
{
	static const struct {
		double below, unit;
		const char *name;
	} spans[] = {
		{ 1, 1, "under a second" }, { 120, 1, "s" }, { 7200, 60, "min" }, { 172800, 3600, "h" }, { INFINITY, 86400, "days" }
	};
	size_t i = 0;

	while (!(s < spans[i].below) && i + 1 < sizeof(spans) / sizeof(*spans))
		i++;
	if (i > 0) {
		put_number(l, round(s / spans[i].unit));
		put_text(l, " ");
	}
	put_text(l, spans[i].name);
}

static void put_peer(struct line *l, const struct ip *a)
{
	char text[IP_TEXT];

	put_text(l, a->family != 0 ? ip_print(a, text) : "many addresses");
}

/* What is between braces. */
static void put_value(struct line *l, const struct rule_hit *h, const char *name, size_t n)
{
	const size_t i = (size_t)(name[0] - '0');

	if (n > 0 && i < h->number_n) {
		const double v = h->number[i].value;

		if (n > 1 && name[1] == 'b')
			put_bytes(l, v);
		else if (n > 1 && name[1] == 's')
			put_span(l, v);
		else
			put_number(l, v);
	} else if (strncmp(name, "peer", n) == 0)
		put_peer(l, &h->peer);
	else if (strncmp(name, "span", n) == 0)
		put_span(l, h->span);
	else if (strncmp(name, "port", n) == 0) {
		if (h->port == PORT_UNSET)
			put_text(l, "many ports");
		else {
			char port[24];

			snprintf(port, sizeof(port), "port %d", (int)h->port);
			put_text(l, port);
		}
	} else if (strncmp(name, "usual", n) == 0 && isfinite(h->number[0].normal)) {
		put_text(l, ", normally ");
		put_number(l, round(h->number[0].normal));
	}
}

void hit_say(const struct moment *m, struct rule_hit *h, const char *pattern)
{
	struct line l = { h->sentence, 0 };

	if (!m->words)
		return;
	while (*pattern != '\0') {
		const size_t plain = strcspn(pattern, "{");
		const size_t inside = pattern[plain] == '{' ? strcspn(pattern + plain + 1, "}") : 0;

		put(&l, pattern, plain);
		pattern += plain;
		if (*pattern == '\0')
			break;
		put_value(&l, h, pattern + 1, inside);
		pattern += inside + 2;
	}
}
