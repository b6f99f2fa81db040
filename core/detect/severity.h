/*
 * severity: how bad an alarm is, for people.
 *
 *                        Low           Medium            High              Critical
 *   p-value              > 1e-5        (1e-7, 1e-5]      (1e-9, 1e-7]      <= 1e-9
 *   error / threshold    (1, 2)        [2, 5)            [5, 10)           [10, ...)       of a model that is not calibrated
 *
 * What is named by a rule's alarm has at least the rule's own (rule.h). A home has some 1e5 flows a day: of a flow that is no more than Low, each
 * day has one by chance.
 */
#ifndef DETECT_SEVERITY_H
#define DETECT_SEVERITY_H

enum severity { SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };

/* A threshold of 0 or an error that is not finite is Critical. */
enum severity severity_of(double error, double threshold);

/* NaN, a score without p-value, says nothing: Low. */
enum severity severity_of_p(double p);

/* The worse of two. */
enum severity severity_worst(enum severity a, enum severity b);
const char *severity_name(enum severity s); /* "Low", ... */

#endif
