/* json: a scan for what json-c lets pass, then json-c, then a walk over what it made. */
#include "base/json.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEPTH_MAX = 32,
	CONTAINER_MAX = 1 << 16, /* an empty object takes json-c about 1 kB: this bounds the memory of hostile text */
};

struct scan {
	const char *text;
	size_t len, i;
	size_t member_n, container_n, depth;
};

/* A string, from its opening quote; *i is left after the closing one. */
static int scan_string(struct scan *s, struct err *e)
{
	const size_t start = s->i++;

	for (; s->i < s->len && s->text[s->i] != '"'; s->i++) {
		if ((unsigned char)s->text[s->i] < 0x20)
			return err_set(e, ERR_FORMAT, "JSON: control character in a string, at byte %zu", s->i);
		if (s->text[s->i] != '\\')
			continue;
		if (s->len - s->i >= 6 && memcmp(s->text + s->i, "\\u0000", 6) == 0)
			return err_set(e, ERR_FORMAT, "JSON: NUL in a string, at byte %zu", s->i);
		s->i++;
	}
	if (s->i >= s->len)
		return err_set(e, ERR_FORMAT, "JSON: the string that starts at byte %zu does not end", start);
	s->i++;
	return OK;
}

static size_t digits(const char *p)
{
	size_t n = 0;

	while (isdigit((unsigned char)p[n]))
		n++;
	return n;
}

/* A number by the grammar of RFC 8259; an integer must fit in 64 bits, where json-c would silently saturate. */
static int scan_number(struct scan *s, struct err *e)
{
	char copy[512] = ""; /* a longer number is nobody's */
	const size_t start = s->i;
	size_t n = 0, k;
	const char *p = copy;
	int real = 0;

	while (n < sizeof(copy) - 1 && start + n < s->len && s->text[start + n] != '\0' &&
	       strchr("+-.0123456789eE", s->text[start + n]) != NULL) {
		copy[n] = s->text[start + n];
		n++;
	}
	copy[n] = '\0';
	s->i += n;
	p += *p == '-';
	k = digits(p);
	if (k == 0 || (k > 1 && *p == '0'))
		goto bad;
	p += k;
	if (*p == '.') {
		real = 1;
		if ((k = digits(++p)) == 0)
			goto bad;
		p += k;
	}
	if (*p == 'e' || *p == 'E') {
		real = 1;
		p++;
		p += *p == '+' || *p == '-';
		if ((k = digits(p)) == 0)
			goto bad;
		p += k;
	}
	if (*p != '\0')
		goto bad;
	errno = 0;
	if (!real && (*copy == '-' ? strtoll(copy, NULL, 10) == LLONG_MIN : strtoull(copy, NULL, 10) == ULLONG_MAX) &&
	    errno == ERANGE)
		return err_set(e, ERR_RANGE, "JSON: the integer at byte %zu does not fit in 64 bits", start);
	return OK;
bad:
	return err_set(e, ERR_FORMAT, "JSON: no valid number at byte %zu", start);
}

/* Everything else is json-c's business. */
static int scan_other(struct scan *s, struct err *e)
{
	switch (s->text[s->i]) {
	case ':':
		s->member_n++;
		break;
	case '{':
	case '[':
		if (++s->depth > DEPTH_MAX)
			return err_set(e, ERR_FORMAT, "JSON: nested deeper than %d, at byte %zu", DEPTH_MAX, s->i);
		if (++s->container_n > CONTAINER_MAX)
			return err_set(e, ERR_RANGE, "JSON: more than %d arrays and objects", CONTAINER_MAX);
		break;
	case '}':
	case ']':
		s->depth -= s->depth > 0;
		break;
	case 'N':
	case 'I':
		return err_set(e, ERR_FORMAT, "JSON: NaN and Infinity are not allowed, at byte %zu", s->i);
	case '\'':
	case '\0':
		return err_set(e, ERR_FORMAT, "JSON: unexpected character at byte %zu", s->i);
	default:
		break;
	}
	s->i++;
	return OK;
}

static int scan_text(struct scan *s, struct err *e)
{
	int r = OK;

	while (r == OK && s->i < s->len) {
		const unsigned char c = (unsigned char)s->text[s->i];

		r = c == '"' ? scan_string(s, e) : c == '-' || isdigit(c) ? scan_number(s, e) : scan_other(s, e);
	}
	return r;
}

/* Count the members of all objects in the tree and look for doubles that overflowed. */
static int walk(struct json_object *v, size_t *member_n, struct err *e)
{
	int r = OK;

	if (json_object_is_type(v, json_type_double) && !isfinite(json_object_get_double(v)))
		return err_set(e, ERR_RANGE, "JSON: a number is too large");
	if (json_object_is_type(v, json_type_object)) {
		json_object_object_foreach(v, key, child)
		{
			++*member_n;
			if ((r = walk(child, member_n, e)) < 0)
				return err_prefix(e, "in \"%s\"", key);
		}
	} else if (json_object_is_type(v, json_type_array)) {
		for (size_t i = 0; r == OK && i < json_object_array_length(v); i++)
			r = walk(json_object_array_get_idx(v, i), member_n, e);
	}
	return r;
}

/* Where in the text, for who shows it: byte `at` as line and column. */
static void place(const char *text, size_t at, struct err *e)
{
	unsigned long long line = 1, column = 1;

	for (size_t i = 0; i < at; i++) {
		column = text[i] == '\n' ? 1 : column + 1;
		line += text[i] == '\n';
	}
	err_at(e, line, column);
}

static int parse(struct json_object **out, const char *text, size_t len, struct err *e)
{
	/* One level more than the scan lets through, so that the scan decides. */
	struct json_tokener *tok = json_tokener_new_ex(DEPTH_MAX + 2);
	enum json_tokener_error code;
	struct json_object *v;

	if (tok == NULL)
		return err_set(e, ERR_NOMEM, "JSON: out of memory");
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	v = json_tokener_parse_ex(tok, text, (int)len);
	/* A number at the very end is complete only when something follows. */
	if ((code = json_tokener_get_error(tok)) == json_tokener_continue) {
		v = json_tokener_parse_ex(tok, "", 1);
		code = json_tokener_get_error(tok);
	}
	if (code != json_tokener_success) {
		err_set(e, ERR_FORMAT, "JSON: %s, at byte %zu", json_tokener_error_desc(code), json_tokener_get_parse_end(tok));
		place(text, json_tokener_get_parse_end(tok) < len ? json_tokener_get_parse_end(tok) : len, e);
		json_object_put(v);
	}
	json_tokener_free(tok);
	*out = v;
	return code == json_tokener_success ? OK : ERR_FORMAT;
}

int json_read(struct json_object **out, const char *text, size_t len, struct err *e)
{
	struct scan s = { .text = text, .len = len };
	struct json_object *v = NULL;
	size_t member_n = 0;
	int r;

	if (len > INT_MAX)
		return err_set(e, ERR_RANGE, "JSON: %zu bytes are too many", len);
	if ((r = scan_text(&s, e)) < 0) {
		place(text, s.i < len ? s.i : len, e);
		return r;
	}
	if ((r = parse(&v, text, len, e)) < 0)
		return r;
	r = walk(v, &member_n, e);
	/* json-c keeps the last of two members with one name: then there are fewer members than colons. */
	if (r == OK && member_n != s.member_n)
		r = err_set(e, ERR_FORMAT, "JSON: a member name occurs twice in one object");
	if (r < 0)
		json_object_put(v);
	else
		*out = v;
	return r;
}

/* The member called key; *out is NULL when it is null. */
static int get(struct json_object *obj, const char *key, const char *what, struct json_object **out, struct err *e)
{
	if (!json_object_is_type(obj, json_type_object))
		return err_set(e, ERR_FORMAT, "\"%s\" is looked for in what is not a JSON object", key);
	if (!json_object_object_get_ex(obj, key, out)) {
		err_set(e, ERR_FORMAT, "\"%s\" is missing; it should be %s", key, what);
		err_field(e, key);
		return ERR_FORMAT;
	}
	return OK;
}

static int wrong(const char *key, const char *what, struct err *e)
{
	err_set(e, ERR_FORMAT, "\"%s\" is not %s", key, what);
	err_field(e, key);
	return ERR_FORMAT;
}

int json_get_string(struct json_object *obj, const char *key, const char **out, struct err *e)
{
	static const char what[] = "a string";
	struct json_object *v;
	const char *text;
	int r;

	if ((r = get(obj, key, what, &v, e)) < 0)
		return r;
	if (!json_object_is_type(v, json_type_string))
		return wrong(key, what, e);
	if ((text = json_object_get_string(v)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	if (strlen(text) != (size_t)json_object_get_string_len(v))
		return wrong(key, "a string without NUL", e);
	*out = text;
	return OK;
}

int json_get_size(struct json_object *obj, const char *key, size_t max, size_t *out, struct err *e)
{
	static const char what[] = "a whole number";
	struct json_object *v;
	uint64_t n;
	int r;

	if ((r = get(obj, key, what, &v, e)) < 0)
		return r;
	if (!json_object_is_type(v, json_type_int))
		return wrong(key, what, e);
	n = json_object_get_uint64(v);
	if (json_object_get_int64(v) < 0 || n > max) {
		err_set(e, ERR_RANGE, "\"%s\" is %s, which is outside 0..%zu", key, json_object_get_string(v), max);
		err_field(e, key);
		return ERR_RANGE;
	}
	*out = (size_t)n;
	return OK;
}

/* A finite number, integer or not. */
static int as_double(struct json_object *v, double *out)
{
	if (!json_object_is_type(v, json_type_int) && !json_object_is_type(v, json_type_double))
		return ERR_FORMAT;
	*out = json_object_get_double(v);
	return isfinite(*out) ? OK : ERR_FORMAT;
}

int json_get_double(struct json_object *obj, const char *key, double *out, struct err *e)
{
	static const char what[] = "a finite number";
	struct json_object *v;
	double d;
	int r;

	if ((r = get(obj, key, what, &v, e)) < 0)
		return r;
	if (as_double(v, &d) < 0)
		return wrong(key, what, e);
	*out = d;
	return OK;
}

int json_get_bool(struct json_object *obj, const char *key, int *out, struct err *e)
{
	static const char what[] = "true or false";
	struct json_object *v;
	int r;

	if ((r = get(obj, key, what, &v, e)) < 0)
		return r;
	if (!json_object_is_type(v, json_type_boolean))
		return wrong(key, what, e);
	*out = json_object_get_boolean(v) != 0;
	return OK;
}

int json_get_array(struct json_object *obj, const char *key, struct json_object **out, struct err *e)
{
	static const char what[] = "an array";
	struct json_object *v;
	int r;

	if ((r = get(obj, key, what, &v, e)) < 0)
		return r;
	if (!json_object_is_type(v, json_type_array))
		return wrong(key, what, e);
	*out = v;
	return OK;
}

int json_get_doubles(struct json_object *obj, const char *key, double *out, size_t n, struct err *e)
{
	struct json_object *a;
	double d;
	int r;

	if ((r = json_get_array(obj, key, &a, e)) < 0)
		return r;
	if (json_object_array_length(a) != n)
		return err_set(e, ERR_FORMAT, "\"%s\" has %zu numbers and should have %zu", key, json_object_array_length(a), n);
	for (size_t i = 0; i < n; i++)
		if (as_double(json_object_array_get_idx(a, i), &d) < 0)
			return err_set(e, ERR_FORMAT, "\"%s\"[%zu] is not a finite number", key, i);
	for (size_t i = 0; i < n; i++)
		(void)as_double(json_object_array_get_idx(a, i), &out[i]);
	return OK;
}

struct json_object *json_number(double v, int digits)
{
	char text[40];

	if (!isfinite(v))
		return NULL;
	snprintf(text, sizeof(text), "%.*g", digits, v);
	return json_object_new_double_s(v, text);
}

struct json_object *json_count(uint64_t n)
{
	return json_object_new_uint64(n);
}

struct json_object *json_exact(double v)
{
	char text[48], c;
	size_t n = 0;
	int real = 0;

	snprintf(text, sizeof(text), "%.17g", v);
	for (size_t i = 0; (c = text[i]) != '\0'; i++) {
		if ((c < '0' || c > '9') && strchr("+-e", c) == NULL) {
			real = 1;
			text[n++] = '.';
			while (text[i + 1] != '\0' && strchr("0123456789", text[i + 1]) == NULL)
				i++; /* a decimal point of several bytes */
			continue;
		}
		real |= c == 'e';
		text[n++] = c;
	}
	strcpy(text + n, real ? "" : ".0");
	return json_object_new_double_s(v, text);
}

struct json_object *json_exacts(const double *v, size_t n)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; array != NULL && i < n; i++) {
		struct json_object *number = json_exact(v[i]);

		if (number == NULL || json_object_array_add(array, number) != 0) {
			json_object_put(number);
			json_object_put(array);
			return NULL;
		}
	}
	return array;
}

void json_move_members(struct json_object *o, struct json_object *from)
{
	struct json_object_iterator i, end;

	if (from == NULL)
		return;
	end = json_object_iter_end(from);
	for (i = json_object_iter_begin(from); !json_object_iter_equal(&i, &end); json_object_iter_next(&i))
		json_object_object_add(o, json_object_iter_peek_name(&i), json_object_get(json_object_iter_peek_value(&i)));
	json_object_put(from);
}
