/* severity: one table. */
#include "detect/severity.h"

#include <math.h>
#include <stddef.h>

static const struct {
	const char *name;
	double from; /* least error / threshold */
} levels[] = {
	[SEVERITY_LOW] = { "Low", 0 },
	[SEVERITY_MEDIUM] = { "Medium", 2 },
	[SEVERITY_HIGH] = { "High", 5 },
	[SEVERITY_CRITICAL] = { "Critical", 10 },
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

const char *severity_name(enum severity s)
{
	return levels[s].name;
}
