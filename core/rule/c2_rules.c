/*
 * c2_rules: calls for a command server. Retry: attempts that fail, at one peer, again and again. Beacon: answered or not, with the
 * regularity of a clock.
 *
 * Keep-alives to clouds are as regular, and clouds are down for a while too. So regularity alone is a hint; and a peer that the device really
 * uses may fail far more often than one that never answered.
 */
#include <math.h>
#include <string.h>

#include "rule/state.h"

static int is_irc(const struct moment *m)
{
	return strcmp(m->f->service, "irc") == 0 || (m->port >= 6660 && m->port <= 6669) || m->port == 6697 || m->port == 7000;
}

/* A short exchange that is too small for the protocol of the port. */
static int is_tiny(const struct moment *m)
{
	const double bytes = m->sent + m->got;
	const int ended = m->f->state == CONN_SF || m->f->state == CONN_S3 || m->f->state == CONN_RSTR || m->f->state == CONN_RSTO;

	return ended && !m->failed && bytes > 0 && bytes < (m->port_class == PORT_HTTP ? HTTP_MIN : TLS_MIN);
}

static double retry_level(const struct moment *m)
{
	const struct peer_state *const w = m->with;
	const int familiar = w->healthy >= FAMILIAR_SESSIONS && 2 * w->healthy >= w->failed && !is_irc(m);
	double level = limits[LIMIT_RETRY].level * tolerances[m->port_class].retry;

	if (familiar)
		level *= FAMILIAR_TOLERANCE;
	return m->t < w->suspect_until ? level * SUSPECT_SHARE : level;
}

/* A session of hours in which next to nothing is said. */
static int is_held_open(const struct moment *m)
{
	const double d = m->f->duration;

	return d > LONG_SESSION && m->sent < LONG_RATE * d && m->got < LONG_RATE * d && m->with->healthy < FAMILIAR_SESSIONS;
}

/* Each sign of life is answered by an equal one; TLS, with its certificates one way only, is never like this. */
static int is_echo(const struct moment *m)
{
	return m->sent > 0 && fabs(m->sent - m->got) <= fmax(16, LONG_ALIKE * m->got);
}

/* Push messages and MQTT are held open too: it takes failures before, or Telnet, to be an alarm. */
static int is_held_by_malware(const struct moment *m)
{
	if (m->with->failed >= LONG_FAILED)
		return is_echo(m) || m->port_class == PORT_PLAIN || m->port_class == PORT_LOGIN;
	return is_echo(m) && (m->port == 23 || m->port == 2323);
}

static void say_retry(struct moment *m, struct rule_hit *h, int held)
{
	const struct bucket *const b = &m->with->retry;

	hit_number(h, "failed", "attempts", fmax(b->n, m->with->failed), NAN);
	hit_number(h, "answered", "sessions", m->with->healthy, NAN);
	hit_number(h, "span", "s", h->span, NAN);
	if (held) {
		hit_number(h, "held", "s", m->f->duration, NAN);
		hit_number(h, "bytes", "bytes", m->sent + m->got, NAN);
		hit_say(m, h,
			"held a connection to {peer} on {port} open for {3s} with only {4b} in it; {0} attempts failed before");
	} else if (is_irc(m))
		hit_say(m, h, "{0} attempts to reach {peer} on {port} (IRC, which bots use) failed or ended soon in {span}");
	else
		hit_say(m, h, "{0} attempts to reach {peer} on {port} failed in {span}; {1} sessions were answered as usual");
}

/* Attempts come too fast for somebody who waits for an answer. */
static int is_flood(const struct peer_state *w)
{
	return bucket_level(&w->flows_failed, limits[LIMIT_FLOOD_FAILED].drain) > limits[LIMIT_FLOOD_FAILED].level * RETRY_QUIET ||
	       bucket_level(&w->packets, limits[LIMIT_FLOOD_PACKETS].drain) > limits[LIMIT_FLOOD_PACKETS].level * RETRY_QUIET;
}

static void retry(struct moment *m)
{
	struct peer_state *const w = m->with;
	struct bucket *const b = &w->retry;
	const double level = retry_level(m);
	const int irc = is_irc(m), healthy = !m->failed && !irc && !m->program && m->sent + m->got >= HEALTHY_BYTES;
	const int held = is_held_open(m);
	/* The first attempt at a port may be one of a scan. */
	const int again = m->unmet && !m->fresh && fabs(m->t - w->retried) >= RETRY_PAUSE;
	struct rule_hit *h;

	bucket_drain(b, m->t, limits[LIMIT_RETRY].drain);
	bucket_add(b, m->t,
		   again              ? 1
		   : irc && !m->unmet ? IRC_WEIGHT
		   : healthy && !held ? -1
				      : 0,
		   FAMILIAR_TOLERANCE * LEVEL_CAP * limits[LIMIT_RETRY].level);
	if (again)
		w->retried = m->t;
	w->failed += again;
	w->healthy += healthy && !held;
	if (held && (is_held_by_malware(m) || m->port_class == PORT_PLAIN || is_echo(m))) {
		const int alarm = is_held_by_malware(m);

		if (alarm)
			w->suspect_until = m->t + SUSPECT_SECONDS;
		if ((h = hit_new(m, RULE_C2_RETRY, alarm, strength_of(w->failed, LONG_FAILED), m->f->duration)) != NULL)
			say_retry(m, h, 1);
		return;
	}
	if (bucket_level(b, limits[LIMIT_RETRY].drain) < level * (m->unmet || irc ? RETRY_HINT : 1) || healthy ||
	    (m->failed && !m->unmet) || is_flood(w) ||
	    (h = hit_new(m, RULE_C2_RETRY, bucket_level(b, limits[LIMIT_RETRY].drain) >= level, strength_of(b->n, level),
			 bucket_span(b))) == NULL)
		return;
	say_retry(m, h, 0);
}

static void sort(float *x, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const float v = x[i];
		size_t k = i;

		for (; k > 0 && x[k - 1] > v; k--)
			x[k] = x[k - 1];
		x[k] = v;
	}
}

/* The score of RITA (github.com/activecm/rita, its documentation of beacon scores): 1 is a clock. */
static float regularity(const float interval[16], float *median)
{
	float x[16], dev[16];
	float skew, mad;

	memcpy(x, interval, sizeof(x));
	sort(x, 16);
	*median = (x[7] + x[8]) / 2;
	skew = x[12] - x[3] > 0 ? fabsf(x[3] + x[12] - 2 * *median) / (x[12] - x[3]) : 0;
	for (size_t i = 0; i < 16; i++)
		dev[i] = fabsf(x[i] - *median);
	sort(dev, 16);
	mad = (dev[7] + dev[8]) / 2;
	/* Where nearly all are the same, what skew there is in the rest says nothing. */
	if (mad < 0.01F * *median)
		skew = 0;
	return 1 - (skew + (mad < *median ? mad / *median : 1)) / 2;
}

/* The interval since the last attempt and the size of this one. */
static void note(struct moment *m)
{
	struct end_state *const e = m->end;
	const double w = e->n < 16 ? 1 / (e->n + 1) : 1.0 / 16;

	e->n++;
	e->failed += m->unmet;
	e->tiny += is_tiny(m);
	if (!m->failed) {
		e->spread += w * (fabs(m->sent - (e->bytes > 0 ? e->bytes : m->sent)) - e->spread);
		e->bytes += (e->bytes > 0 ? w : 1) * (m->sent - e->bytes);
	}
	if (m->fresh || m->t <= e->last)
		return;
	e->interval[e->intervals++ % 16] = (float)(m->t - e->last);
}

/* Sorting costs more than all else: every fourth time will do. */
static void measure(struct end_state *e)
{
	float x[16], median;

	if (e->intervals < BEACON_INTERVALS || e->intervals % 4 != 0)
		return;
	for (size_t i = 0; i < 16; i++) /* until the ring is full the first ones stand in for what is missing */
		x[i] = e->interval[i < e->intervals ? i : i - BEACON_INTERVALS];
	e->regular = regularity(x, &median);
	if (median < (float)BEACON_SECONDS_MIN || median > (float)BEACON_SECONDS_MAX)
		e->regular = 0;
}

static double interval_mean(const struct end_state *e)
{
	const uint32_t n = e->intervals < 16 ? e->intervals : 16;
	double sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += (double)e->interval[i];
	return n > 0 ? sum / n : 0;
}

static void beacon(struct moment *m)
{
	struct end_state *const e = m->end;
	struct rule_hit *h;
	int odd, alarm;

	if (m->repeat || m->sent > BEACON_BYTES || m->got > BEACON_BYTES)
		return;
	note(m);
	measure(e);
	if (e->regular < (float)BEACON_SCORE || e->spread > BEACON_SIZE_SPREAD * e->bytes || m->port_class == PORT_CHATTY)
		return;
	odd = m->port_class == PORT_PLAIN || m->port_class == PORT_LOGIN || e->tiny * 2 > e->n;
	alarm = m->f->proto == PROTO_TCP && odd &&
		(is_irc(m) || (e->failed >= BEACON_FAILED * e->n && m->with->healthy < FAMILIAR_SESSIONS));
	if ((h = hit_new(m, RULE_C2_BEACON, alarm, strength_of(e->n, BEACON_INTERVALS), m->t - e->first)) == NULL)
		return;
	hit_number(h, "calls", "calls", e->n, NAN);
	hit_number(h, "interval", "s", interval_mean(e), NAN);
	hit_number(h, "regularity", "%", 100 * (double)e->regular, 100 * BEACON_SCORE);
	hit_number(h, "bytes", "bytes", e->bytes, NAN);
	hit_number(h, "failed", "attempts", e->failed, NAN);
	hit_say(m, h, "called {peer} on {port} {0} times in {span}, every {1s}, with {3b} each; {4} times without an answer");
}

void c2_judge(struct moment *m)
{
	if (!m->out || !m->external)
		return;
	/* Who knocks from outside at the login of a public address wants no command. */
	if (m->f->proto == PROTO_TCP && tolerances[m->port_class].retry > 0 &&
	    (m->port_class != PORT_LOGIN || home_networks_have(m->home, &m->f->host[ORIG])))
		retry(m);
	if (m->f->proto == PROTO_TCP || m->f->proto == PROTO_UDP)
		beacon(m);
}
