/* say: units from tables. */
#include "flow/say.h"

#include <stdio.h>
#include <string.h>

#include "flow/flow.h"
#include "flow/put.h"

struct unit {
	const char *name;
	double size, below; /* seconds or bytes; used for values below this, rounded */
};

const char *say_count(char out[SAY], uint64_t n)
{
	char digits[24];
	const size_t len = (size_t)(put_count(digits, n) - digits);
	char *p = out;

	for (size_t i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*p++ = ',';
		*p++ = digits[i];
	}
	*p = '\0';
	return out;
}

/* One digit behind the point where the number is below 10 and it is not 0. */
static const char *say(char out[SAY], double v, const struct unit *u)
{
	char number[SAY];
	size_t n;

	while (u->below > 0 && v >= u->below)
		u++;
	v /= u->size;
	n = (size_t)snprintf(number, sizeof(number), v < 9.95 ? "%.1f" : v < 1e6 ? "%.0f" : "%.3g", v);
	if (n > 2 && strcmp(number + n - 2, ".0") == 0)
		number[n - 2] = '\0';
	snprintf(out, SAY, "%.40s %s", number, u->name);
	return out;
}

const char *say_bytes(char out[SAY], double bytes)
{
	static const struct unit units[] = {
		{ "bytes", 1, 999.5 },  { "kB", 1e3, 999.5e3 },   { "MB", 1e6, 999.5e6 },
		{ "GB", 1e9, 999.5e9 }, { "TB", 1e12, 999.5e12 }, { "PB", 1e15, 0 },
	};

	return say(out, bytes, units);
}

const char *say_seconds(char out[SAY], double seconds)
{
	static const struct unit units[] = {
		{ "s", 1, 119.5 },
		{ "min", 60, 119.5 * 60 },
		{ "h", 3600, 47.5 * 3600 },
		{ "days", 86400, 0 },
	};

	return say(out, seconds, units);
}

const char *say_end(char out[SAY], const struct ip *a, int32_t port)
{
	char ip[IP_TEXT];

	ip_print(a, ip);
	if (port == PORT_UNSET)
		snprintf(out, SAY, "%s", ip);
	else
		snprintf(out, SAY, a->family == 6 ? "[%s]:%d" : "%s:%d", ip, (int)port);
	return out;
}
