/* guard: which names we answer to, and from which pages. */
#include "http/guard.h"

#include <string.h>
#include <strings.h>

/* A host and its port, as text. */
struct authority {
	const char *host, *port;
	size_t host_n, port_n;
};

/* "name", "name:port", "[::1]:port". 0 when it is none of these. */
static int split(struct authority *a, const char *text, size_t n)
{
	const char *const end = text + n, *colon = NULL, *const bracket = memrchr(text, ']', n);

	if (n > 0)
		colon = memchr(bracket != NULL ? bracket : text, ':', (size_t)(end - (bracket != NULL ? bracket : text)));
	*a = (struct authority){ .host = text, .host_n = colon != NULL ? (size_t)(colon - text) : n };
	if (colon != NULL) {
		a->port = colon + 1;
		a->port_n = (size_t)(end - a->port);
	}
	for (size_t i = 0; i < a->port_n; i++)
		if (a->port[i] < '0' || a->port[i] > '9')
			return 0;
	return a->host_n > 0 && a->port_n <= 5;
}

static int is_allowed(const char *hosts, const struct authority *a)
{
	for (const char *p = hosts + strspn(hosts, " \t"); *p != '\0';) {
		const size_t n = strcspn(p, " \t");

		if ((n == 1 && *p == '*') || (n == a->host_n && strncasecmp(p, a->host, n) == 0))
			return 1;
		p += n;
		p += strspn(p, " \t");
	}
	return 0;
}

/* The scheme's port may be left out. */
static int same_port(const struct authority *a, const struct authority *b, const char *usual)
{
	const char *const pa = a->port_n ? a->port : usual, *const pb = b->port_n ? b->port : usual;
	const size_t na = a->port_n ? a->port_n : strlen(usual), nb = b->port_n ? b->port_n : strlen(usual);

	return na == nb && memcmp(pa, pb, na) == 0;
}

/* Whether an Origin (scheme://host:port, or null) is the page of this host. */
static int is_own(const char *origin, const struct authority *own)
{
	static const struct {
		const char *scheme, *port;
	} schemes[] = { { "http://", "80" }, { "https://", "443" } };
	struct authority a;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		const size_t n = strlen(schemes[i].scheme);

		if (strncasecmp(origin, schemes[i].scheme, n) == 0)
			return split(&a, origin + n, strlen(origin + n)) && a.host_n == own->host_n &&
			       strncasecmp(a.host, own->host, a.host_n) == 0 && same_port(&a, own, schemes[i].port);
	}
	return 0;
}

int guard_check(const char *hosts, const struct request *q, struct response *s)
{
	const int safe = q->method == METHOD_GET || q->method == METHOD_HEAD;
	struct authority own;

	if (!split(&own, q->host, strlen(q->host)) || !is_allowed(hosts, &own)) {
		response_error(s, 421, "this site is not called \"%.100s\"; the setting allowed_hosts says which names it has",
			       q->host);
		return -1;
	}
	if (safe)
		return 0;
	if (strcmp(q->fetch_site, "cross-site") == 0 || strcmp(q->fetch_site, "same-site") == 0 ||
	    (q->origin[0] != '\0' && !is_own(q->origin, &own))) {
		response_error(s, 403, "refused: the request comes from a page of another site");
		return -1;
	}
	return 0;
}
