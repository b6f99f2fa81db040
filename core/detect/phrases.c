/* phrases: templates by feature, and what is usual behind them. */
#include "detect/phrases.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/humane.h"
#include "flow/device.h"

enum { DIGITS_MAX = 9, HOST = IP_TEXT + 32, PIECE = RULE_SENTENCE };

/*
 * Letters in braces: D device, P peer, V value, M meaning of the feature. ORIG and RESP: the device began the flow, or answered. ALONE: nothing
 * is known of the hosts; CHANGE: behind "would be normal with at most".
 */
enum { ALONE = RESP + 1, CHANGE, FORMS };

struct phrase {
	const char *name;
	const char *form[FORMS];
};

static const struct phrase phrases[] = {
	{ "orig_pkts", { "{D} sent {V} to {P}", "{D} received {V} from {P}", "sent {V}", "{V} sent" } },
	{ "resp_pkts", { "{D} received {V} from {P}", "{D} sent {V} to {P}", "received {V}", "{V} received" } },
	{ "orig_bytes", { "{D} sent {V} to {P}", "{D} received {V} from {P}", "sent {V}", "{V} sent" } },
	{ "resp_bytes", { "{D} received {V} from {P}", "{D} sent {V} to {P}", "received {V}", "{V} received" } },
	{ "orig_size",
	  { "{D} sent {V} a packet to {P}", "{D} received {V} a packet from {P}", "sent {V} a packet", "{V} a packet sent" } },
	{ "resp_size",
	  { "{D} received {V} a packet from {P}", "{D} sent {V} a packet to {P}", "received {V} a packet",
	    "{V} a packet received" } },
	{ "duration",
	  { "the conversation of {D} with {P} took {V}", "the conversation of {D} with {P} took {V}", "took {V}",
	    "{V} of duration" } },
	{ "peer_flows_1m",
	  { "{D} had {V} with {P} in the last minutes", "{D} had {V} with {P} in the last minutes",
	    "{V} with one host in the last minutes", "{V} with this host in the last minutes" } },
	{ "peer_flows_1h",
	  { "{D} had {V} with {P} in the last hours", "{D} had {V} with {P} in the last hours",
	    "{V} with one host in the last hours", "{V} with this host in the last hours" } },
	{ "peer_bytes_out_1h",
	  { "{D} sent {V} to {P} in the last hours", "{D} sent {V} to {P} in the last hours",
	    "sent {V} to one host in the last hours", "{V} sent to this host in the last hours" } },
};

/* By enum feature_kind: a feature that has no row above. A flag that is not set is "not: ". */
static const struct phrase any[] = {
	[FEATURE_COUNT] = { "", { "{D} with {P}: {M}: {V}", "{D} with {P}: {M}: {V}", "{M}: {V}", "{V} ({M})" } },
	[FEATURE_SIGNED] = { "", { "{D} with {P}: {M}: {V}", "{D} with {P}: {M}: {V}", "{M}: {V}", "{V} ({M})" } },
	[FEATURE_FLAG] = { "", { "{D} with {P}: {V}{M}", "{D} with {P}: {V}{M}", "{V}{M}", "{V}{M}" } },
};

static const struct phrase *phrase_for(const struct feature *f)
{
	for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++)
		if (strcmp(phrases[i].name, f->name) == 0)
			return &phrases[i];
	return &any[f->kind];
}

/* text[cap], filled from the left; what does not fit is cut. */
struct line {
	char *text;
	size_t cap, n;
};

static void put(struct line *l, const char *s, size_t n)
{
	if (n > l->cap - 1 - l->n)
		n = l->cap - 1 - l->n;
	memcpy(l->text + l->n, s, n);
	l->n += n;
	l->text[l->n] = '\0';
}

static void put_str(struct line *l, const char *s)
{
	put(l, s, strlen(s));
}

struct words {
	const char *device, *peer, *value, *meaning;
};

static void expand(struct line *l, const char *form, const struct words *w)
{
	while (*form != '\0') {
		const size_t n = strcspn(form, "{");

		put(l, form, n);
		form += n;
		if (*form == '\0')
			return;
		put_str(l, form[1] == 'D' ? w->device : form[1] == 'P' ? w->peer : form[1] == 'V' ? w->value : w->meaning);
		form += 3;
	}
}

/* Does the value read like the bound, and is another? */
static int reads_alike(const char *text, const char *unit, double value, double bound)
{
	char other[HUMANE_TEXT];

	return value != bound && strcmp(text, humane_quantity(other, unit, bound, HUMANE_DIGITS)) == 0;
}

static const char *value_words(char out[HUMANE_TEXT], const struct feature *f, double value, const struct usual_range *usual)
{
	if (f->kind == FEATURE_FLAG)
		return strcpy(out, value >= 0.5 ? "" : "not: ");
	for (int digits = HUMANE_DIGITS; digits <= DIGITS_MAX; digits++) {
		humane_quantity(out, f->unit, value, digits);
		if (usual == NULL ||
		    !(reads_alike(out, f->unit, value, usual->low) || reads_alike(out, f->unit, value, usual->high)))
			break;
	}
	return out;
}

static int known(const struct usual_range *usual)
{
	return usual != NULL && isfinite(usual->low) && isfinite(usual->high);
}

/* "; usual for this device are 2 to 60 kB". A value in the usual range is unusual only in its place, and that is said. */
static void put_usual(struct line *l, const struct feature *f, double value, const struct usual_range *usual, const char *of)
{
	char range[HUMANE_RANGE], text[HUMANE_RANGE + 120];

	if (!known(usual) || isnan(value))
		return;
	humane_range(range, f->unit, explain_possible(f, usual->low), explain_possible(f, usual->high));
	if (value >= usual->low && value <= usual->high)
		snprintf(text, sizeof(text), "; that alone is usual for this %s, but not among the flows before it", of);
	else if (f->kind == FEATURE_FLAG)
		snprintf(text, sizeof(text), "; unusual for this %s", of);
	else
		snprintf(text, sizeof(text), "; usual for this %s %s %s", of, strstr(range, " to ") != NULL ? "are" : "is", range);
	put_str(l, text);
}

/* "192.0.2.7 port 443 (TCP)" of a host of the flow; the port is the responder's, the protocol is said of the peer. */
static void put_host(char out[HOST], const struct flow *f, int which, int is_peer)
{
	static const struct {
		const char *name;
		int ports;
		uint8_t proto;
	} protos[] = {
		{ "TCP", 1, PROTO_TCP },      { "UDP", 1, PROTO_UDP }, { "ICMP", 0, PROTO_ICMP },
		{ "ICMPv6", 0, PROTO_ICMP6 }, { "", 1, PROTO_UNSET },
	};
	char ip[IP_TEXT];
	struct line l = { out, HOST, 0 };
	size_t p = 0;

	while (p + 1 < sizeof(protos) / sizeof(*protos) && protos[p].proto != f->proto)
		p++;
	put_str(&l, f->host[which].family != 0 ? ip_print(&f->host[which], ip) : is_peer ? "an unknown host" : "the device");
	if (which == RESP && f->port[RESP] >= 0 && protos[p].ports) {
		char port[24];

		snprintf(port, sizeof(port), " port %d", (int)f->port[RESP]);
		put_str(&l, port);
	}
	if (is_peer && protos[p].name[0] != '\0') {
		put_str(&l, " (");
		put_str(&l, protos[p].name);
		put_str(&l, ")");
	}
}

char *phrase_flow(char text[RULE_SENTENCE], const struct phrase_of *o)
{
	const int alone = o->flow == NULL || o->side == DEVICE_NONE;
	char device[HOST] = "", peer[HOST] = "", value[HUMANE_TEXT];
	struct line l = { text, RULE_SENTENCE, 0 };
	struct words w = { device, peer, value_words(value, o->feature, o->value, o->usual), o->feature->meaning };

	text[0] = '\0';
	if (!alone) {
		put_host(device, o->flow, o->side, 0);
		put_host(peer, o->flow, !o->side, 1);
	}
	expand(&l, phrase_for(o->feature)->form[alone ? ALONE : o->side], &w);
	put_usual(&l, o->feature, o->value, o->usual, o->own ? "device" : "traffic");
	return text;
}

char *explain_sentence(char *text, size_t cap, const struct feature *f, double value, const struct usual_range *usual)
{
	char words[HUMANE_TEXT];
	struct line l = { text, cap, 0 };

	if (cap == 0)
		return text;
	text[0] = '\0';
	expand(&l, phrase_for(f)->form[ALONE], &(struct words){ "", "", value_words(words, f, value, usual), f->meaning });
	put_usual(&l, f, value, usual, "traffic");
	return text;
}

/* v with that many digits on the side of what is normal: not above v where it is at most, not below where it is at least. */
static double towards_normal(double v, int at_most, int digits)
{
	const double unit = v == 0 ? 1 : pow(10, floor(log10(fabs(v))) - (digits - 1));

	return (at_most ? floor(v / unit * (1 + 1e-12)) : ceil(v / unit * (1 - 1e-12))) * unit;
}

char *phrase_change(char text[RULE_SENTENCE], const struct counterfactual *c, const struct feature_set *set, size_t steps)
{
	const int at_most = c->to < c->from, digits = HUMANE_DIGITS + 1;
	struct line l = { text, RULE_SENTENCE, 0 };
	const struct feature *const f = c->found ? set->feature[c->feature] : NULL;
	char value[HUMANE_TEXT], where[64];

	text[0] = '\0';
	if (!c->found)
		return text;
	if (f->kind == FEATURE_FLAG) {
		put_str(&l, "would be normal if ");
		value_words(value, f, c->to, NULL);
	} else {
		put_str(&l, at_most ? "would be normal with at most " : "would be normal with at least ");
		humane_quantity(value, f->unit, towards_normal(c->to, at_most, digits), digits);
	}
	expand(&l, phrase_for(f)->form[CHANGE], &(struct words){ "", "", value, f->meaning });
	snprintf(where, sizeof(where), " in flow %zu of %zu", c->step + 1, steps);
	put_str(&l, where);
	return text;
}
