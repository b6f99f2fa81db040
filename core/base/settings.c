/* settings: the values. The file's text is read in settings_file.c. */
#include "base/settings.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { WHERE_MAX = 192 };

static const char env_prefix[] = "GUARDIAN_";

void settings_init(struct settings *s, const struct setting *table)
{
	*s = (struct settings){ .table = table };
	for (size_t i = 0; table[i].name != NULL; i++) {
		assert(i < SETTINGS_MAX);
		assert(strlen(table[i].name) <= SETTING_NAME_MAX);
		assert(strlen(table[i].fallback) <= SETTING_TEXT_MAX);
		strcpy(s->value[i].text, table[i].fallback);
	}
}

static size_t index_of(const struct settings *s, const char *name)
{
	size_t i = 0;

	while (s->table[i].name != NULL && strcmp(s->table[i].name, name) != 0)
		i++;
	assert(s->table[i].name != NULL);
	return i;
}

/* "GUARDIAN_MODEL" of "model". */
static void env_name(char out[static sizeof(env_prefix) + SETTING_NAME_MAX], const char *name)
{
	size_t n = sizeof(env_prefix) - 1;

	memcpy(out, env_prefix, n);
	for (; *name != '\0'; name++)
		out[n++] = (char)toupper((unsigned char)*name);
	out[n] = '\0';
}

/* Where value i came from, for messages. */
static const char *where(const struct settings *s, size_t i, char out[static WHERE_MAX])
{
	const struct setting_value *v = &s->value[i];
	char own[sizeof(env_prefix) + SETTING_NAME_MAX];

	env_name(own, s->table[i].name);
	if (v->env != NULL)
		snprintf(out, WHERE_MAX, "environment variable %.60s", v->env == env_prefix ? own : v->env);
	else if (v->line > 0)
		snprintf(out, WHERE_MAX, "%s, line %zu: %s", s->source, v->line, s->table[i].name);
	else
		snprintf(out, WHERE_MAX, "the default of %s", s->table[i].name);
	return out;
}

int settings_env(struct settings *s, settings_getenv get, struct err *e)
{
	struct {
		const char *text, *env;
	} found[SETTINGS_MAX] = { 0 };
	char own[sizeof(env_prefix) + SETTING_NAME_MAX];

	for (size_t i = 0; s->table[i].name != NULL; i++) {
		const char *text;

		env_name(own, s->table[i].name);
		found[i].env = env_prefix;
		if ((text = get(own)) == NULL || *text == '\0') {
			found[i].env = s->table[i].env;
			text = s->table[i].env != NULL ? get(s->table[i].env) : NULL;
		}
		if (text == NULL || *text == '\0')
			continue;
		if (strlen(text) > SETTING_TEXT_MAX)
			return err_set(e, ERR_RANGE, "environment variable %s: longer than %d characters",
				       found[i].env == env_prefix ? own : found[i].env, SETTING_TEXT_MAX);
		found[i].text = text;
	}
	for (size_t i = 0; s->table[i].name != NULL; i++) {
		if (found[i].text == NULL)
			continue;
		strcpy(s->value[i].text, found[i].text);
		s->value[i].env = found[i].env;
	}
	return OK;
}

const char *settings_text(const struct settings *s, const char *name)
{
	return s->value[index_of(s, name)].text;
}

int settings_count(const struct settings *s, const char *name, uint64_t min, uint64_t max, uint64_t *out, struct err *e)
{
	const size_t i = index_of(s, name);
	const char *text = s->value[i].text;
	const int digit = isdigit((unsigned char)*text);
	char place[WHERE_MAX], *end = NULL;
	unsigned long long n;

	/* strtoull() would take blanks and signs, and "-1" as a huge number. */
	errno = 0;
	n = digit ? strtoull(text, &end, 10) : 0;
	if (end == NULL || *end != '\0')
		return err_set(e, ERR_FORMAT, "%s: \"%.60s\" is not a whole number", where(s, i, place), text);
	if (errno == ERANGE || n < min || n > max)
		return err_set(e, ERR_RANGE, "%s: %.60s is outside %llu..%llu", where(s, i, place), text, (unsigned long long)min,
			       (unsigned long long)max);
	*out = n;
	return OK;
}

int settings_size(const struct settings *s, const char *name, size_t min, size_t max, size_t *out, struct err *e)
{
	uint64_t n;
	const int r = settings_count(s, name, min, max, &n, e);

	if (r == OK)
		*out = (size_t)n;
	return r;
}

/* strtod() of the C locale: a comma must not become the decimal point because somebody called setlocale(). */
static int real_of(const char *text, double *out)
{
	locale_t c;
	char *end;

	if (*text == '\0' || text[strspn(text, "+-.0123456789eE")] != '\0')
		return ERR_FORMAT;
	if ((c = newlocale(LC_ALL_MASK, "C", (locale_t)0)) == (locale_t)0)
		return ERR_NOMEM;
	*out = strtod_l(text, &end, c);
	freelocale(c);
	return *end == '\0' ? OK : ERR_FORMAT;
}

int settings_real(const struct settings *s, const char *name, double min, double max, double *out, struct err *e)
{
	const size_t i = index_of(s, name);
	const char *text = s->value[i].text;
	char place[WHERE_MAX];
	double d;

	if (real_of(text, &d) < 0)
		return err_set(e, ERR_FORMAT, "%s: \"%.60s\" is not a number", where(s, i, place), text);
	if (!isfinite(d) || d < min || d > max)
		return err_set(e, ERR_RANGE, "%s: %.60s is outside %g..%g", where(s, i, place), text, min, max);
	*out = d;
	return OK;
}

int settings_bool(const struct settings *s, const char *name, int *out, struct err *e)
{
	static const char *const words[2][4] = { { "no", "false", "off", "0" }, { "yes", "true", "on", "1" } };
	const size_t i = index_of(s, name);
	char place[WHERE_MAX];

	for (int v = 0; v < 2; v++) {
		for (int w = 0; w < 4; w++) {
			if (strcasecmp(words[v][w], s->value[i].text) == 0) {
				*out = v;
				return OK;
			}
		}
	}
	return err_set(e, ERR_FORMAT, "%s: \"%.60s\" is neither yes nor no", where(s, i, place), s->value[i].text);
}
