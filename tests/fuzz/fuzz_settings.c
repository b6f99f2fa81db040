/* fuzz_settings: a configuration file up to the first NUL; what follows is the value of each environment variable. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/text.h"
#include "base/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct setting table[] = {
	{ "model", "reference.safetensors", "", "MODEL_PATH" },
	{ "port", "8080", "", NULL },
	{ "threshold", "0.25", "", NULL },
	{ "verbose", "no", "", "VERBOSE" },
	{ "a_name_that_is_as_long_as_it_ma", "", "", NULL },
	{ .name = NULL },
};

static char *env_value;

static char *env_get(const char *name)
{
	return strcmp(name, "GUARDIAN_MODEL") == 0 || strcmp(name, "VERBOSE") == 0 || strcmp(name, "GUARDIAN_PORT") == 0 ? env_value
															 : NULL;
}

static void get_all(const struct settings *s)
{
	struct err e;
	size_t n;
	double d;
	int b;

	for (size_t i = 0; table[i].name != NULL; i++) {
		assert(strlen(settings_text(s, table[i].name)) <= SETTING_TEXT_MAX);
		if (settings_size(s, table[i].name, 1, 65535, &n, &e) == OK)
			assert(n >= 1 && n <= 65535);
		if (settings_real(s, table[i].name, -1, 1, &d, &e) == OK)
			assert(d >= -1 && d <= 1);
		if (settings_bool(s, table[i].name, &b, &e) == OK)
			assert(b == 0 || b == 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct settings s;
	const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
	const size_t len = nul != NULL ? (size_t)(nul - data) : size;
	/* Memory of exactly its size. */
	char *text = malloc(len + (len == 0));
	struct err e = { 0 };

	if (text == NULL)
		abort();
	if (len > 0)
		memcpy(text, data, len);
	env_value = nul != NULL ? fuzz_text(nul + 1, size - len - 1) : NULL;
	settings_init(&s, table);
	if (settings_parse(&s, "fuzz.conf", text, len, &e) < 0)
		assert(e.code < 0 && strncmp(e.msg, "fuzz.conf: ", 11) == 0);
	get_all(&s);
	if (settings_env(&s, env_get, &e) < 0)
		assert(e.code == ERR_RANGE);
	get_all(&s);
	free(env_value);
	free(text);
	return 0;
}
