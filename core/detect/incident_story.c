/* incident_story: pieces of a sentence. */
#include "detect/incident_story.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/humane.h"
#include "base/utf8.h"
#include "detect/distinct.h"

enum { END = IP_TEXT + 10, PIECE = 3 * HUMANE_TEXT, LINE = 2 * RULE_SENTENCE + 2 * PIECE };

/* "192.0.2.7:443", "[2001:db8::7]:443"; the port may be unset. */
static const char *put_end(char out[END], const struct ip *a, int32_t port)
{
	char ip[IP_TEXT];

	ip_print(a, ip);
	if (port == PORT_UNSET)
		snprintf(out, END, "%s", ip);
	else
		snprintf(out, END, a->family == 6 ? "[%s]:%d" : "%s:%d", ip, (int)port);
	return out;
}

/* An estimate is not said more exactly than it is. */
static double rounded(uint64_t n)
{
	uint64_t unit = 1;

	while (n / unit >= 1000)
		unit *= 10;
	n = (n + unit / 2) / unit * unit;
	return (double)n;
}

/* "20,311 unusual flows to about 10,200 addresses in 25 min" */
static void put_extent(char out[LINE], const struct incident *i, const char *unusual, uint64_t outgoing)
{
	char flows[HUMANE_TEXT], text[HUMANE_TEXT], end[END], peers[PIECE] = "", span[PIECE] = "";
	const char *const way = outgoing == i->flows ? "to" : outgoing == 0 ? "from" : "with";

	if (i->peers == 1 && i->peer.family != 0)
		snprintf(peers, sizeof(peers), " %s %s", way, put_end(end, &i->peer, PORT_UNSET));
	else if (i->peers > 0 && i->peers <= DISTINCT_EXACT)
		snprintf(peers, sizeof(peers), " %s %s address%s", way, humane_count(text, (double)i->peers),
			 i->peers == 1 ? "" : "es");
	else if (i->peers > 0)
		snprintf(peers, sizeof(peers), " %s about %s addresses", way, humane_count(text, rounded(i->peers)));
	if (isfinite(i->end - i->start))
		snprintf(span, sizeof(span), " in %s", humane_seconds(text, i->end - i->start));
	snprintf(out, LINE, "%s %sflow%s%s%s", humane_count(flows, (double)i->flows), unusual, i->flows == 1 ? "" : "s", peers,
		 span);
}

/* ", to 192.0.2.7:443: sent 4.1 MB, received 12 kB" */
static void put_peak(char out[LINE], const struct incident_peak *peak)
{
	char end[END], sent[HUMANE_TEXT], received[HUMANE_TEXT], where[PIECE] = "", what[PIECE];

	if (peak->peer.family != 0)
		snprintf(where, sizeof(where), "%s %s", peak->outgoing ? "to" : "from", put_end(end, &peak->peer, peak->port));
	snprintf(what, sizeof(what), "sent %s, received %s", humane_bytes(sent, peak->bytes[0]),
		 humane_bytes(received, peak->bytes[1]));
	snprintf(out, LINE, "%s: %s", where, peak->said[0] != '\0' ? peak->said : what);
}

static void of_networks(char out[LINE], const struct incident *i, const struct incident_peak *peak, uint64_t outgoing)
{
	char extent[LINE], most[LINE];

	put_peak(most, peak);
	if (i->flows == 1) {
		snprintf(out, LINE, "an unusual flow%s%.*s", most[0] == ':' ? "" : " ", LINE - PIECE, most);
		return;
	}
	put_extent(extent, i, "unusual ", outgoing);
	snprintf(out, LINE, "%.*s; the most unusual%s%.*s", PIECE + HUMANE_TEXT, extent, most[0] == ':' ? "" : ", ",
		 LINE - 2 * PIECE, most);
}

/* The extent is left out where the evidence leaves no room for it. */
static void of_rule(char out[LINE], const struct incident *i, uint64_t outgoing)
{
	char extent[LINE];
	size_t n;

	n = (size_t)snprintf(out, LINE, "%.*s", RULE_SENTENCE - 1, i->hit.sentence);
	if (i->flows == 1)
		return;
	put_extent(extent, i, "", outgoing);
	if (n + strlen("; in all ") + strlen(extent) < RULE_SENTENCE)
		snprintf(out + n, LINE - n, "; in all %.*s", RULE_SENTENCE, extent);
}

void incident_story(struct incident *i, const struct incident_peak *peak, uint64_t outgoing)
{
	char line[LINE];

	if (i->hit.rule != NULL && i->hit.sentence[0] != '\0')
		of_rule(line, i, outgoing);
	else
		of_networks(line, i, peak, outgoing);
	utf8_clean(i->sentence, sizeof(i->sentence), RULE_SENTENCE, 0, line, strlen(line));
}
