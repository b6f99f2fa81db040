/* fuzz_params: a query up to the first NUL; what is accepted keeps what params.h promises. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "fuzz/text.h"
#include "http/params.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct param table[] = {
	{ .name = "limit", .type = PARAM_INTEGER, .min = 1, .max = 1000, .fallback = 50 },
	{ .name = "at", .type = PARAM_INTEGER, .min = INT64_MIN, .max = INT64_MAX, .fallback = -1 },
	{ .name = "name", .type = PARAM_TEXT },
	{ .name = "key", .type = PARAM_KEY },
	{ .name = NULL },
};

static void check(const struct param_value *v)
{
	uint32_t code;

	assert(v[0].integer >= 1 && v[0].integer <= 1000);
	for (size_t i = 0, n = strlen(v[2].text); i < n;) {
		i += utf8_next(v[2].text + i, n - i, &code);
		assert(code != UTF8_INVALID && !utf8_is_control(code));
	}
	assert(!v[3].given || (strlen(v[3].text) >= 8 && strlen(v[3].text) <= 64));
	for (size_t i = 0; i < 4; i++)
		assert(v[i].given || (v[i].text[0] == '\0' && v[i].integer == table[i].fallback));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct param_value v[PARAMS_MAX];
	char *const query = fuzz_text(data, size);
	struct err e = { 0 };

	if (params_parse(table, query, v, &e) == OK)
		check(v);
	else
		assert((e.code == ERR_FORMAT || e.code == ERR_RANGE) && e.msg[0] != '\0');
	assert((params_parse(NULL, query, v, &e) == OK) == (query[strspn(query, "&")] == '\0'));
	free(query);
	return 0;
}
