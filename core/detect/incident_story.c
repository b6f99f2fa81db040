/* incident_story: pieces of a sentence. */
#include "detect/incident_story.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "detect/distinct.h"
#include "flow/say.h"

enum { PIECE = 3 * SAY, LINE = 2 * RULE_SENTENCE + 2 * PIECE };

/* An estimate is not said more exactly than it is. */
static uint64_t rounded(uint64_t n)
{
	uint64_t unit = 1;

	while (n / unit >= 1000)
		unit *= 10;
	return (n + unit / 2) / unit * unit;
}

/* "20,311 unusual flows to about 10,200 addresses in 25 min" */
static void put_extent(char out[LINE], const struct incident *i, const char *unusual, uint64_t outgoing)
{
	char flows[SAY], number[SAY], peers[PIECE] = "", span[PIECE] = "", text[SAY];
	const char *const way = outgoing == i->flows ? "to" : outgoing == 0 ? "from" : "with";

	if (i->peers == 1 && i->peer.family != 0)
		snprintf(peers, sizeof(peers), " %s %s", way, say_end(text, &i->peer, PORT_UNSET));
	else if (i->peers > 0 && i->peers <= DISTINCT_EXACT)
		snprintf(peers, sizeof(peers), " %s %s address%s", way, say_count(number, i->peers), i->peers == 1 ? "" : "es");
	else if (i->peers > 0)
		snprintf(peers, sizeof(peers), " %s about %s addresses", way, say_count(number, rounded(i->peers)));
	if (isfinite(i->end - i->start))
		snprintf(span, sizeof(span), " in %s", say_seconds(text, i->end - i->start));
	snprintf(out, LINE, "%s %sflow%s%s%s", say_count(flows, i->flows), unusual, i->flows == 1 ? "" : "s", peers, span);
}

/* ", to 192.0.2.7:443: sent 4.1 MB, received 12 kB" */
static void put_peak(char out[LINE], const struct incident_peak *peak)
{
	char end[SAY], sent[SAY], received[SAY], where[PIECE] = "", what[PIECE];

	if (peak->peer.family != 0 && strlen(say_end(end, &peak->peer, peak->port)) > 0)
		snprintf(where, sizeof(where), "%s %s", peak->outgoing ? "to" : "from", end);
	snprintf(what, sizeof(what), "sent %s, received %s", say_bytes(sent, peak->bytes[0]), say_bytes(received, peak->bytes[1]));
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
	snprintf(out, LINE, "%.*s; the most unusual%s%.*s", PIECE + SAY, extent, most[0] == ':' ? "" : ", ", LINE - 2 * PIECE,
		 most);
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
