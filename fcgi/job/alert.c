/* alert: numbers as sentences. */
#include "job/alert.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "flow/put.h"

enum { TOLD = 5, INCIDENTS_TOLD = 10, SUBJECT_NAME = 80, BODY_NAME = 255, SIZE = BODY_NAME * 4 + 8 };

/* The name, fit for a line of text; "..." where it was cut. */
static const char *shown(char out[static SIZE], const char *name, size_t characters)
{
	const size_t n = strlen(name), whole = utf8_clean(out, SIZE - 4, SIZE, 0, name, n),
		     cut = utf8_clean(out, SIZE - 4, characters, 0, name, n);

	if (cut < whole)
		strcpy(out + cut, "...");
	return out;
}

/* "0.91 %"; never 0.00 for what happened, nor 100 for what was not all. */
static const char *rate(char out[static 32], uint64_t part, uint64_t whole)
{
	const double percent = whole ? 100 * (double)part / (double)whole : 0;

	if (percent > 0 && percent < 0.01)
		snprintf(out, 32, "less than 0.01 %%");
	else if (percent < 100 && percent >= 99.995)
		snprintf(out, 32, "more than 99.99 %%");
	else
		snprintf(out, 32, "%.2f %%", percent);
	return out;
}

/* "2021-10-18 14:44:59"; 0: it is no time of ours. */
static int put_time(char out[static 32], double ts)
{
	time_t seconds;
	struct tm tm;

	if (!isfinite(ts) || fabs(ts) > 1e11)
		return 0;
	seconds = (time_t)floor(ts);
	return gmtime_r(&seconds, &tm) != NULL && strftime(out, 32, "%Y-%m-%d %H:%M:%S", &tm) > 0;
}

/* ", 2021-10-18 14:44:59 UTC", or nothing. */
static void add_time(struct text *t, double ts)
{
	char when[32];

	if (put_time(when, ts))
		text_printf(t, ", %s UTC", when);
}

static void add_distance(struct text *t, const struct anomaly *a)
{
	const double times = (double)a->error / a->threshold;

	if (!isfinite(a->error))
		text_str(t, "so far from normal that there is no number for it");
	else if (!(a->threshold > 0) || !isfinite(times))
		text_printf(t, "error %.4g", (double)a->error);
	else
		text_printf(t, times < 10 ? "%.1f times the threshold" : "%.0f times the threshold", times);
}

static void add_anomaly(struct text *t, const struct alert *a, size_t i)
{
	const struct anomaly *const x = &a->top[i];
	const struct detector *const d = a->summary->detector;

	text_printf(t, "%zu. flows %" PRIu64 "-%" PRIu64, i + 1, x->row[0], x->row[1]);
	add_time(t, x->ts);
	text_printf(t, " (%s): ", severity_name(x->severity));
	add_distance(t, x);
	text_printf(t, "; most unusual: %s = %.6g in flow %zu of %zu.\n", x->features->feature[x->feature]->name, x->value,
		    x->step + 1, d->net.steps);
}

static void add_severities(struct text *t, const uint64_t *severity)
{
	const char *before = "By severity: ";

	for (int s = SEVERITY_CRITICAL; s >= SEVERITY_LOW; s--) {
		if (severity[s] == 0)
			continue;
		text_printf(t, "%s%" PRIu64 " %s", before, severity[s], severity_name((enum severity)s));
		before = ", ";
	}
	if (*before == ',')
		text_str(t, ".\n");
}

/* ---- incidents ---------------------------------------------------------------------------------------------------------------- */

/* " by 192.168.1.5 (02:00:00:00:00:01)", or nothing when the file does not say who. */
static void add_device(struct text *t, const struct incident *i)
{
	char ip[IP_TEXT], mac[PUT_MAC + 1];

	*put_mac(mac, i->device_mac) = '\0';
	if (i->device_ip.family != 0)
		text_printf(t, i->has_mac ? " by %s (%s)" : " by %s", ip_print(&i->device_ip, ip), mac);
	else if (i->has_mac)
		text_printf(t, " by %s", mac);
}

/* Sentences hold names out of the file. */
static void add_line(struct text *t, const char *before, const char *said)
{
	char clean[4 * RULE_SENTENCE];

	utf8_clean(clean, sizeof(clean), sizeof(clean), 0, said, strlen(said));
	if (clean[0] != '\0')
		text_printf(t, "   %s%s\n", before, clean);
}

/* What was judged. */
static const char *noun(const struct scan_summary *s, uint64_t n)
{
	if (s->method == METHOD_DENSE)
		return n == 1 ? "row" : "rows";
	return n == 1 ? "flow" : "flows";
}

static void add_incident(struct text *t, const struct scan_summary *s, size_t number, const struct incident *i)
{
	char from[32], to[32];

	text_printf(t, "\n%zu. %s: %s", number, severity_name(i->severity), i->rule->title);
	if (i->rule->technique[0] != '\0')
		text_printf(t, " (%s)", i->rule->technique);
	add_device(t, i);
	if (put_time(from, i->start) && put_time(to, i->end))
		text_printf(t, ", %s to %s UTC", from, to);
	text_printf(t, ", %" PRIu64 " %s\n", i->flows, noun(s, i->flows));
	add_line(t, "", i->sentence);
	add_line(t, "What it is: ", i->rule->meaning);
	add_line(t, "What to do: ", i->rule->advice);
}

static void compose_incidents(const struct alert *a, const char *percent, struct text *subject, struct text *body)
{
	const struct scan_summary *const s = a->summary;
	const char *const incidents = a->incidents == 1 ? "incident" : "incidents";
	const size_t told = a->incident_n < INCIDENTS_TOLD ? a->incident_n : INCIDENTS_TOLD;
	char name[SIZE];

	text_printf(subject, "Home IoT Guardian: %" PRIu64 " %s in %s", a->incidents, incidents,
		    shown(name, a->file, SUBJECT_NAME));
	if (told > 0)
		text_printf(subject, ", %s%s (%s)", a->incidents == 1 ? "" : "the worst: ", a->incident[0].rule->title,
			    severity_name(a->incident[0].severity));
	text_printf(body, "%s\n\n", shown(name, a->file, BODY_NAME));
	text_printf(body, "%" PRIu64 " %s; %" PRIu64 " of %" PRIu64 " %s are unusual (%s)", a->incidents, incidents,
		    s->flows_anomalous, s->flows, noun(s, s->flows), percent);
	if (!s->one_stream)
		text_printf(body, ", of %" PRIu64 " %s", s->devices, s->devices == 1 ? "device" : "devices");
	text_str(body, ".\n");
	add_severities(body, a->incident_severity);
	for (size_t i = 0; i < told; i++)
		add_incident(body, s, i + 1, &a->incident[i]);
	if (a->incidents > told)
		text_printf(body, "\nand %" PRIu64 " more.\n", a->incidents - told);
}

static void compose_anomalies(const struct alert *a, const char *percent, struct text *subject, struct text *body)
{
	const struct scan_summary *const s = a->summary;
	const char *const anomalies = s->anomalies == 1 ? "anomaly" : "anomalies";
	const size_t told = a->top_n < TOLD ? a->top_n : TOLD;
	char name[SIZE];

	text_printf(subject, "Home IoT Guardian: %" PRIu64 " %s in %s (%s)", s->anomalies, anomalies,
		    shown(name, a->file, SUBJECT_NAME), percent);

	text_printf(body, "%s\n\n", shown(name, a->file, BODY_NAME));
	text_printf(body, "%" PRIu64 " %s in %" PRIu64 " windows of %zu flows (%s).\n", s->anomalies, anomalies, s->windows,
		    s->detector->net.steps, percent);
	text_printf(body, "A window is an anomaly when its error is above the threshold, %.6g; the average is %.4g.\n",
		    s->threshold, s->error_mean);
	add_severities(body, a->severity);
	if (told > 0)
		text_str(body, told == 1 ? "\nThe worst:\n" : "\nThe worst, as numbers of flows in the file, from 0:\n");
	for (size_t i = 0; i < told; i++)
		add_anomaly(body, a, i);
}

void alert_compose(const struct alert *a, struct text *subject, struct text *body)
{
	const struct scan_summary *const s = a->summary;
	size_t url_n = strlen(a->public_url);
	char percent[32];

	if (a->incidents > 0)
		compose_incidents(a, rate(percent, s->flows_anomalous, s->flows), subject, body);
	else
		compose_anomalies(a, rate(percent, s->anomalies, s->windows), subject, body);
	while (url_n > 0 && a->public_url[url_n - 1] == '/')
		url_n--;
	text_printf(body, "\nAll of them: %.*s/scans/%" PRIu64 "\n", (int)url_n, a->public_url, a->scan_id);
}
