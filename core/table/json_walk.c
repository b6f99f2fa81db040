/* json_walk: a strict descent; its depth is bounded. */
#include "table/json_walk.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

struct walk {
	struct json_walker *w;
	const char *p, *end;
	json_each each; /* NULL: inside an array, nothing is told */
	void *arg;
	const char *reason;
};

static int value(struct walk *k, size_t path_n, int depth);

static int fault(struct walk *k, const char *reason)
{
	if (k->reason == NULL)
		k->reason = reason;
	return -1;
}

static void blanks(struct walk *k)
{
	while (k->p < k->end && (*k->p == ' ' || *k->p == '\t' || *k->p == '\n' || *k->p == '\r'))
		k->p++;
}

static int next_is(struct walk *k, char c)
{
	blanks(k);
	if (k->p == k->end || *k->p != c)
		return 0;
	k->p++;
	return 1;
}

static int hex4(const char *p, uint32_t *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++) {
		const char c = p[i];
		const int digit = c >= '0' && c <= '9'   ? c - '0'
				  : c >= 'a' && c <= 'f' ? c - 'a' + 10
				  : c >= 'A' && c <= 'F' ? c - 'A' + 10
							 : -1;

		if (digit < 0)
			return -1;
		*out = *out << 4 | (uint32_t)digit;
	}
	return 0;
}

static size_t put_utf8(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* \uXXXX at k->p, which is behind the u; a high surrogate needs its low one. */
static int escaped_unit(struct walk *k, uint32_t *code)
{
	uint32_t low;

	if (k->end - k->p < 4 || hex4(k->p, code) < 0)
		return fault(k, "a \\u needs four hexadecimal digits");
	k->p += 4;
	if (*code >= 0xdc00 && *code < 0xe000)
		return fault(k, "half of a surrogate pair");
	if (*code < 0xd800 || *code >= 0xdc00)
		return 0;
	if (k->end - k->p < 6 || k->p[0] != '\\' || k->p[1] != 'u' || hex4(k->p + 2, &low) < 0 || low < 0xdc00 || low >= 0xe000)
		return fault(k, "half of a surrogate pair");
	k->p += 6;
	*code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
	return 0;
}

/* The rest of a string with escapes, of which `plain` bytes from `from` on are done; the result is cut at cap bytes, *n says its whole length. */
static int unescape(struct walk *k, char *out, size_t cap, const char *from, size_t *n)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	size_t plain = (size_t)(k->p - from);

	memcpy(out, from, plain < cap ? plain : cap);
	while (k->p < k->end && *k->p != '"') {
		char unit[4];
		size_t unit_n = 1;
		const char *letter;
		uint32_t code = 0;

		if ((unsigned char)*k->p < ' ')
			return fault(k, "a control character in a string");
		unit[0] = *k->p++;
		if (unit[0] == '\\') {
			if (k->p == k->end)
				return fault(k, "a string without end");
			if (*k->p == 'u') {
				k->p++;
				if (escaped_unit(k, &code) < 0)
					return -1;
				unit_n = put_utf8(unit, code);
			} else if (*k->p != '\0' && (letter = strchr(letters, *k->p)) != NULL) {
				unit[0] = meanings[letter - letters];
				k->p++;
			} else {
				return fault(k, "an unknown escape in a string");
			}
		}
		if (plain + unit_n <= cap)
			memcpy(out + plain, unit, unit_n);
		plain += unit_n;
	}
	*n = plain;
	return 0;
}

/* A string, k->p behind its opening quote: where it is and how long, in the text itself or, when it has escapes, in out[cap]. */
static int string(struct walk *k, char *out, size_t cap, const char **text, size_t *n)
{
	const char *const from = k->p;
	unsigned char high = 0;

	while (k->p < k->end && *k->p != '"' && *k->p != '\\' && (unsigned char)*k->p >= ' ')
		high |= (unsigned char)*k->p++;
	if (k->p < k->end && *k->p == '"') {
		*text = from;
		*n = (size_t)(k->p - from);
	} else {
		if (unescape(k, out, cap, from, n) < 0)
			return -1;
		*text = out;
		high = 0x80;
	}
	if (k->p == k->end)
		return fault(k, "a string without end");
	if (high >= 0x80 && !utf8_is_valid(from, (size_t)(k->p - from)))
		return fault(k, "a string that is no UTF-8");
	k->p++;
	return 0;
}

static size_t digits(struct walk *k)
{
	const char *const from = k->p;

	while (k->p < k->end && *k->p >= '0' && *k->p <= '9')
		k->p++;
	return (size_t)(k->p - from);
}

static int number(struct walk *k)
{
	const int zero = k->p + (*k->p == '-') < k->end && k->p[*k->p == '-'] == '0';
	size_t n;

	k->p += *k->p == '-';
	n = digits(k);
	if (n == 0 || (zero && n > 1))
		return fault(k, n == 0 ? "this is no value" : "a number with a leading zero");
	if (k->p < k->end && *k->p == '.') {
		k->p++;
		if (digits(k) == 0)
			return fault(k, "a number that ends in a point");
	}
	if (k->p < k->end && (*k->p == 'e' || *k->p == 'E')) {
		k->p++;
		k->p += k->p < k->end && (*k->p == '+' || *k->p == '-');
		if (digits(k) == 0)
			return fault(k, "a number without its exponent");
	}
	return 0;
}

static int literal(struct walk *k, const char *word)
{
	const size_t n = strlen(word);

	if ((size_t)(k->end - k->p) < n || memcmp(k->p, word, n) != 0)
		return fault(k, "this is no value");
	k->p += n;
	return 0;
}

static int members(struct walk *k, size_t path_n, int depth)
{
	if (next_is(k, '}'))
		return 0;
	do {
		const char *key;
		size_t n, full = path_n;

		if (!next_is(k, '"'))
			return fault(k, "a key in quotes is missing");
		if (string(k, k->w->key, JSON_PATH, &key, &n) < 0)
			return -1;
		if (!next_is(k, ':'))
			return fault(k, "a colon is missing");
		/* Too long for the path: SIZE_MAX, and nothing below is told. */
		if (path_n == SIZE_MAX || n >= JSON_PATH - 1 - path_n) {
			full = SIZE_MAX;
		} else {
			if (path_n > 0)
				k->w->path[full++] = '.';
			memcpy(k->w->path + full, key, n);
			full += n;
		}
		if (value(k, full, depth) < 0)
			return -1;
	} while (next_is(k, ','));
	return next_is(k, '}') ? 0 : fault(k, "a comma or the end of an object is missing");
}

static int elements(struct walk *k, int depth)
{
	const json_each each = k->each;
	int r = 0;

	if (next_is(k, ']'))
		return 0;
	k->each = NULL;
	do
		r = value(k, SIZE_MAX, depth);
	while (r == 0 && next_is(k, ','));
	k->each = each;
	if (r < 0)
		return r;
	return next_is(k, ']') ? 0 : fault(k, "a comma or the end of an array is missing");
}

static int scalar(struct walk *k, enum json_kind *kind, const char **text, size_t *n)
{
	const char *const from = k->p;
	int r;

	if (*from == '"') {
		k->p++;
		*kind = JSON_STRING;
		return string(k, k->w->text, JSON_RECORD_MAX, text, n);
	}
	*kind = *from == 't' || *from == 'f' ? JSON_BOOL : *from == 'n' ? JSON_NULL : JSON_NUMBER;
	r = *from == 't' ? literal(k, "true") : *from == 'f' ? literal(k, "false") : *from == 'n' ? literal(k, "null") : number(k);
	*text = from;
	*n = (size_t)(k->p - from);
	return r;
}

static int value(struct walk *k, size_t path_n, int depth)
{
	struct json_member m = { .path = k->w->path, .path_n = path_n };

	blanks(k);
	if (k->p == k->end)
		return fault(k, "a value is missing");
	if (*k->p == '{' || *k->p == '[') {
		if (depth == JSON_DEPTH)
			return fault(k, "objects or arrays inside of each other, too deep");
		return *k->p++ == '{' ? members(k, path_n, depth + 1) : elements(k, depth + 1);
	}
	if (scalar(k, &m.kind, &m.text, &m.n) < 0)
		return -1;
	if (k->each != NULL && path_n != SIZE_MAX)
		k->each(k->arg, &m);
	return 0;
}

int json_walk(struct json_walker *w, const char *text, size_t len, json_each each, void *arg, struct json_fault *f)
{
	struct walk k = { .w = w, .p = text, .end = text + len, .each = each, .arg = arg };
	int r = next_is(&k, '{') ? members(&k, 0, 1) : fault(&k, "this is no object");

	blanks(&k);
	if (r == 0 && k.p < k.end)
		r = fault(&k, "text after the end of the object");
	if (r < 0)
		*f = (struct json_fault){ k.reason, (size_t)(k.p - text) };
	return r;
}
