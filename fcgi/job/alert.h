/* alert: the words of the mail that goes out when a scan found something. */
#ifndef JOB_ALERT_H
#define JOB_ALERT_H

#include "base/text.h"
#include "detect/scan.h"

struct alert {
	const char *file; /* as the client named it: hostile */
	uint64_t scan_id;
	const char *public_url;
	const struct scan_summary *summary;
	const uint64_t *severity;  /* [4], of anomalies, Low first */
	const struct anomaly *top; /* worst first */
	size_t top_n;              /* at most five are told */

	uint64_t incidents;                /* how many there are */
	const uint64_t *incident_severity; /* [4], Low first */
	const struct incident *incident;   /* worst first */
	size_t incident_n;                 /* at most ten are told */
};

/*
 * With incidents: "Home IoT Guardian: 2 incidents in home.pcap, the worst: Horizontal port scan (Critical)"; the body: counts, by severity, of
 * the ten worst what, who, when, the sentence, what it means and what to do, link.
 * Without: "Home IoT Guardian: 9 anomalies in mock_traffic.csv (0.91 %)"; the body: count, rate, threshold, by severity, the top five
 * with when, how far over the threshold and why, link.
 */
void alert_compose(const struct alert *a, struct text *subject, struct text *body);

#endif
