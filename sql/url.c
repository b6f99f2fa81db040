/* url: where the database is. */
#include "sql/url.h"

#include <string.h>

static const char form[] = "expected mysql://user:password@host:port/database?socket=/path";

/* A piece of the text. */
struct span {
	const char *p, *end;
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undo the percent-encoding of t into out[size]. */
static int decode(char *out, size_t size, struct span t, const char *part, struct err *e)
{
	size_t n = 0;

	for (const char *p = t.p; p < t.end; p++) {
		char c = *p;

		if (c == '%') {
			const int high = t.end - p > 2 ? hex_digit(p[1]) : -1, low = t.end - p > 2 ? hex_digit(p[2]) : -1;

			if (high < 0 || low < 0)
				return err_set(e, ERR_FORMAT,
					       "database URL: a %% in the %s is not followed by two hexadecimal digits", part);
			c = (char)(high * 16 + low);
			p += 2;
		}
		if (c == '\0')
			return err_set(e, ERR_FORMAT, "database URL: a NUL in the %s", part);
		if (n + 1 >= size)
			return err_set(e, ERR_FORMAT, "database URL: the %s is longer than %zu bytes", part, size - 1);
		out[n++] = c;
	}
	out[n] = '\0';
	return OK;
}

/* The first c of t, or its end. */
static const char *find(struct span t, char c)
{
	const char *p = memchr(t.p, c, (size_t)(t.end - t.p));

	return p != NULL ? p : t.end;
}

static int parse_port(struct db_url *u, struct span t, struct err *e)
{
	unsigned v = 0;

	for (const char *p = t.p; p < t.end; p++)
		v = *p >= '0' && *p <= '9' && v < 100000 ? v * 10 + (unsigned)(*p - '0') : 100000;
	if (t.p == t.end || v < 1 || v > 65535)
		return err_set(e, ERR_FORMAT, "database URL: the port is not a number from 1 to 65535");
	u->port = v;
	return OK;
}

/* host, host:port, [IPv6], [IPv6]:port or nothing */
static int parse_place(struct db_url *u, struct span t, struct err *e)
{
	struct span host = { t.p, find(t, ':') };
	const char *rest = host.end;

	if (t.p < t.end && *t.p == '[') {
		host = (struct span){ t.p + 1, find(t, ']') };
		if (host.end == t.end)
			return err_set(e, ERR_FORMAT, "database URL: the ] behind the address of the host is missing");
		rest = host.end + 1;
	}
	if (rest < t.end && *rest != ':')
		return err_set(e, ERR_FORMAT, "database URL: a : must be between host and port");
	if (rest < t.end && parse_port(u, (struct span){ rest + 1, t.end }, e) < 0)
		return ERR_FORMAT;
	return decode(u->host, sizeof(u->host), host, "host", e);
}

static int parse_user(struct db_url *u, struct span t, struct err *e)
{
	const char *colon = find(t, ':');

	if (decode(u->user, sizeof(u->user), (struct span){ t.p, colon }, "user name", e) < 0)
		return ERR_FORMAT;
	if (colon == t.end)
		return OK;
	return decode(u->password, sizeof(u->password), (struct span){ colon + 1, t.end }, "password", e);
}

static int parse_option(struct db_url *u, struct span t, struct err *e)
{
	static const char name[] = "socket=";

	if ((size_t)(t.end - t.p) < strlen(name) || memcmp(t.p, name, strlen(name)) != 0)
		return err_set(e, ERR_FORMAT, "database URL: an unknown option behind the ?; known is socket=/path");
	if (decode(u->socket, sizeof(u->socket), (struct span){ t.p + strlen(name), t.end }, "path of the socket", e) < 0)
		return ERR_FORMAT;
	if (u->socket[0] != '/')
		return err_set(e, ERR_FORMAT, "database URL: the path of the socket must begin with /");
	return OK;
}

static int parse(struct db_url *u, const char *text, struct err *e)
{
	const char *start = strstr(text, "://"), *at;
	const size_t scheme = start != NULL ? (size_t)(start - text) : 0;
	struct span all, authority, options;
	int r;

	if (!(scheme == 5 && memcmp(text, "mysql", 5) == 0) && !(scheme == 7 && memcmp(text, "mariadb", 7) == 0))
		return err_set(e, ERR_FORMAT, "database URL: it does not begin with mysql://; %s", form);
	all = (struct span){ start + 3, start + strlen(start) };
	authority = (struct span){ all.p, find(all, '/') };
	for (at = authority.end; at > authority.p && at[-1] != '@'; at--)
		;
	if (at == authority.p)
		return err_set(e, ERR_FORMAT,
			       "database URL: the user is missing (or a / or # of the password is not written as %%2F or %%23); %s",
			       form);
	if ((r = parse_user(u, (struct span){ authority.p, at - 1 }, e)) < 0 ||
	    (r = parse_place(u, (struct span){ at, authority.end }, e)) < 0)
		return r;
	all.p = authority.end < all.end ? authority.end + 1 : all.end;
	options = (struct span){ find(all, '?'), all.end };
	if ((r = decode(u->database, sizeof(u->database), (struct span){ all.p, options.p }, "database", e)) < 0)
		return r;
	if (options.p < options.end && (r = parse_option(u, (struct span){ options.p + 1, options.end }, e)) < 0)
		return r;
	if (u->user[0] == '\0')
		return err_set(e, ERR_FORMAT, "database URL: the user is missing; %s", form);
	if (u->database[0] == '\0')
		return err_set(e, ERR_FORMAT, "database URL: the database is missing; %s", form);
	if (u->host[0] == '\0' && u->socket[0] == '\0')
		return err_set(e, ERR_FORMAT, "database URL: neither a host nor a socket is given; %s", form);
	return OK;
}

int db_url_parse(struct db_url *u, const char *text, struct err *e)
{
	struct db_url made = { .port = 3306 };
	const int r = parse(&made, text, e);

	if (r == OK)
		*u = made;
	db_url_wipe(&made);
	return r;
}

void db_url_wipe(struct db_url *u)
{
	explicit_bzero(u->password, sizeof(u->password));
}
