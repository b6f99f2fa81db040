/* severity: one table. */
#include "detect/severity.h"

#include <math.h>
#include <stddef.h>

static const struct {
	const char *name;
	double from;  /* least error / threshold */
	double up_to; /* largest p-value */
} levels[] = {
	[SEVERITY_LOW] = { "Low", 0, 1 },
	[SEVERITY_MEDIUM] = { "Medium", 2, 1e-5 },
	[SEVERITY_HIGH] = { "High", 5, 1e-7 },
	[SEVERITY_CRITICAL] = { "Critical", 10, 1e-9 },
};

enum severity severity_of(double error, double threshold)
{
	enum severity s = SEVERITY_CRITICAL;

	if (!isfinite(error) || !(threshold > 0))
		return SEVERITY_CRITICAL;
	while (s > SEVERITY_LOW && error / threshold < levels[s].from)
		s--;
	return s;
}

enum severity severity_of_p(double p)
{
	enum severity s = SEVERITY_LOW;

	while (s < SEVERITY_CRITICAL && p <= levels[s + 1].up_to)
		s++;
	return s;
}

enum severity severity_worst(enum severity a, enum severity b)
{
	return a < b ? b : a;
}

const char *severity_name(enum severity s)
{
	return levels[s].name;
}
