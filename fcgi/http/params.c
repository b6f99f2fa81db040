/* params: application/x-www-form-urlencoded, one pair at a time. */
#include "http/params.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/key.h"
#include "base/utf8.h"
#include "http/percent.h"

enum { NAME_SHOWN = 40 };

/* Decoded text; n counts all of it, also what does not fit. */
struct decoded {
	char text[PARAM_TEXT_BYTES + 1];
	size_t n;
};

/* Up to one of `stops`; *p is left there. */
static int decode(struct decoded *d, const char **p, const char *stops, struct err *e)
{
	d->n = 0;
	for (; strchr(stops, **p) == NULL; (*p)++) { /* the NUL at the end is found too */
		int c = **p == '+' ? ' ' : (unsigned char)**p;

		if (**p == '%') {
			if ((c = percent_byte(*p)) < 0)
				return err_set(e, ERR_FORMAT, "the query has a '%%' that is not followed by two hex digits");
			*p += 2;
		}
		if (d->n < PARAM_TEXT_BYTES)
			d->text[d->n] = (char)c;
		/* A NUL must not end the text before it is looked at. */
		if (c == '\0')
			return err_set(e, ERR_FORMAT, "the query has a control character");
		d->n++;
	}
	d->text[d->n < PARAM_TEXT_BYTES ? d->n : PARAM_TEXT_BYTES] = '\0';
	return OK;
}

static int unknown(const struct param *table, const struct decoded *name, struct err *e)
{
	char shown[4 * NAME_SHOWN + 1], list[160] = "";
	size_t n = 0;

	utf8_clean(shown, sizeof(shown), NAME_SHOWN, 0, name->text, strlen(name->text));
	for (size_t i = 0; table != NULL && table[i].name != NULL && n + strlen(table[i].name) + 3 < sizeof(list); i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", i > 0 ? ", " : "", table[i].name);
	if (n == 0)
		err_set(e, ERR_FORMAT, "unknown parameter \"%s\"; this address takes none", shown);
	else
		err_set(e, ERR_FORMAT, "unknown parameter \"%s\"; known are: %s", shown, list);
	err_field(e, shown);
	return ERR_FORMAT;
}

static int take_integer(const struct param *row, struct param_value *v, const struct decoded *d, struct err *e)
{
	const char *p = d->text;
	const int negative = *p == '-';
	int64_t n = 0;
	int fits = 1;

	p += negative;
	if (*p == '\0' || strspn(p, "0123456789") != strlen(p))
		return err_set(e, ERR_FORMAT, "parameter %s must be a whole number, %" PRId64 " to %" PRId64, row->name, row->min,
			       row->max);
	for (; *p != '\0'; p++)
		fits = fits && !__builtin_mul_overflow(n, 10, &n) && !__builtin_sub_overflow(n, *p - '0', &n);
	fits = fits && (negative || n != INT64_MIN);
	n = fits && !negative ? -n : n;
	if (!fits || n < row->min || n > row->max || d->n > PARAM_TEXT_BYTES)
		return err_set(e, ERR_RANGE, "parameter %s is %.30s; allowed are %" PRId64 " to %" PRId64, row->name, d->text,
			       row->min, row->max);
	v->integer = n;
	return OK;
}

static int take_text(const struct param *row, struct param_value *v, const struct decoded *d, struct err *e)
{
	size_t characters = 0;
	uint32_t code;

	for (size_t i = 0; i < d->n; characters++) {
		if (characters == PARAM_TEXT_MAX)
			return err_set(e, ERR_RANGE, "parameter %s is longer than %d characters", row->name, PARAM_TEXT_MAX);
		i += utf8_next(d->text + i, d->n - i, &code);
		if (code == UTF8_INVALID)
			return err_set(e, ERR_FORMAT, "parameter %s is not UTF-8", row->name);
		if (utf8_is_control(code))
			return err_set(e, ERR_FORMAT, "parameter %s has a control character", row->name);
	}
	memcpy(v->text, d->text, d->n + 1);
	return OK;
}

static int take_key(const struct param *row, struct param_value *v, const struct decoded *d, struct err *e)
{
	if (!key_is(d->text))
		return err_set(e, ERR_FORMAT, "parameter %s must be " KEY_FORM, row->name);
	memcpy(v->text, d->text, d->n + 1);
	return OK;
}

static int take_choice(const struct param *row, struct param_value *v, const struct decoded *d, struct err *e)
{
	char list[200] = "";
	size_t n = 0;

	for (size_t i = 0; row->choices[i] != NULL; i++) {
		if (strcmp(row->choices[i], d->text) == 0) {
			v->integer = (int64_t)i;
			memcpy(v->text, d->text, d->n + 1);
			return OK;
		}
		if (n + strlen(row->choices[i]) + 3 < sizeof(list))
			n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", i > 0 ? ", " : "", row->choices[i]);
	}
	return err_set(e, ERR_RANGE, "parameter %s must be one of: %s", row->name, list);
}

/* Up to the end of the text, by one of the forms; what follows is not there. */
static int take_time(const struct param *row, struct param_value *v, const struct decoded *d, struct err *e)
{
	static const char *const forms[] = { "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%MZ",
					     "%Y-%m-%dT%H:%M:%SZ" };
	static const size_t length[] = { 10, 16, 19, 17, 20 }; /* and numbers of one digit */
	const size_t digits = strspn(d->text, "0123456789");
	const int bare = d->n == strspn(d->text, "0123456789-:TZ"); /* strptime() takes blanks before numbers */

	if (d->n > 0 && d->n == digits && digits <= 11) {
		v->integer = strtoll(d->text, NULL, 10) * 1000000;
	} else {
		size_t i = 0;
		struct tm tm;
		time_t seconds;
		int day;

		for (; i < sizeof(forms) / sizeof(*forms); i++) {
			const char *end;

			memset(&tm, 0, sizeof(tm));
			if (digits == 4 && bare && d->n == length[i] && (end = strptime(d->text, forms[i], &tm)) != NULL &&
			    *end == '\0')
				break;
		}
		/* It makes March of February's 30th. The 29th is taken in every year, as the document of the API has no calendar. */
		day = tm.tm_mday;
		seconds = timegm(&tm);
		if (i == sizeof(forms) / sizeof(*forms) || (tm.tm_mday != day && day != 29))
			return err_set(e, ERR_FORMAT, "parameter %s must be a time such as 2026-11-21 or 2026-11-21T08:30:00Z",
				       row->name);
		v->integer = (int64_t)seconds * 1000000;
	}
	memcpy(v->text, d->text, d->n + 1);
	return OK;
}

static int (*const takers[])(const struct param *, struct param_value *, const struct decoded *, struct err *) = {
	[PARAM_INTEGER] = take_integer, [PARAM_TEXT] = take_text, [PARAM_KEY] = take_key,
	[PARAM_CHOICE] = take_choice,   [PARAM_TIME] = take_time,
};

/* name=value, or a name alone; *p is left at the '&' or the end. */
static int take_pair(const struct param *table, const char **p, struct param_value value[PARAMS_MAX], struct err *e)
{
	struct decoded d;
	size_t i = 0;
	int r;

	if ((r = decode(&d, p, "=&", e)) < 0)
		return r;
	while (table != NULL && table[i].name != NULL && (strlen(table[i].name) != d.n || memcmp(table[i].name, d.text, d.n) != 0))
		i++;
	if (table == NULL || table[i].name == NULL)
		return unknown(table, &d, e);
	*p += **p == '=';
	if (value[i].given)
		r = err_set(e, ERR_FORMAT, "parameter %s is given twice", table[i].name);
	else if ((r = decode(&d, p, "&", e)) == OK)
		r = takers[table[i].type](&table[i], &value[i], &d, e);
	value[i].given = 1;
	if (r < 0)
		err_field(e, table[i].name);
	return r;
}

int params_parse(const struct param *table, const char *query, struct param_value value[PARAMS_MAX], struct err *e)
{
	int r = OK;

	memset(value, 0, PARAMS_MAX * sizeof(*value));
	for (size_t i = 0; table != NULL && table[i].name != NULL; i++) {
		assert(i < PARAMS_MAX);
		value[i].integer = table[i].fallback;
	}
	for (const char *p = query; r == OK && *p != '\0';) {
		if (*p == '&')
			p++;
		else
			r = take_pair(table, &p, value, e);
	}
	return r;
}
