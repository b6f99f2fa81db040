/*
 * severity: how far beyond its threshold an error is.
 *
 *   error / threshold   Low  (1, 2)   Medium  [2, 5)   High  [5, 10)   Critical  [10, ...)
 * A threshold of 0 or an error that is not finite is Critical.
 */
#ifndef DETECT_SEVERITY_H
#define DETECT_SEVERITY_H

enum severity { SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };

enum severity severity_of(double error, double threshold);
const char *severity_name(enum severity s); /* "Low", ... */

#endif
