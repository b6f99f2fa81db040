/* alert: the words of the mail that goes out when a scan found anomalies. */
#ifndef JOB_ALERT_H
#define JOB_ALERT_H

#include "base/text.h"
#include "detect/scan.h"

struct alert {
	const char *file; /* as the client named it: hostile */
	uint64_t scan_id;
	const char *public_url;
	const struct detector *detector;
	const struct scan_summary *summary;
	const uint64_t *severity;  /* [4], Low first */
	const struct anomaly *top; /* worst first */
	size_t top_n;              /* at most five are told */
};

/* "Home IoT Guardian: 9 anomalies in mock_traffic.csv (0.91 %)"; the body: count, rate, threshold, by severity, the top five with
 * when, how far over the threshold and why, link. */
void alert_compose(const struct alert *a, struct text *subject, struct text *body);

#endif
