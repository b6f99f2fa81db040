/* golden: what the readers of text formats make of the files in tests/golden, whole and byte by byte. */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/flowtext.h"
#include "table/csv.h"
#include "table/json.h"
#include "table/zeek.h"

static const struct {
	const char *pattern;
	size_t least;
	const struct source_ops *source;
} kinds[] = {
	{ "csv_*.csv", 14, &csv_source },
	{ "zeek_*.log", 4, &zeek_source },
	{ "json_*.json", 5, &json_source },
};

static char *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *data = calloc(1, 1 << 16);

	if (f == NULL || data == NULL)
		fail_msg("cannot read %s", path);
	*len = fread(data, 1, (1 << 16) - 1, f);
	fclose(f);
	return data;
}

static size_t cut_1(void *arg, size_t left)
{
	(void)arg;
	(void)left;
	return 1;
}

static void reads_as(const char *path, const struct source_ops *source)
{
	size_t len, want_len;
	char *const data = read_file(path, &len), ok[4096], *want, *got, *pieces;

	snprintf(ok, sizeof(ok), "%.*s.ok", (int)(strrchr(path, '.') - path), path);
	want = read_file(ok, &want_len);
	got = flowtext(source, data, len, NULL, NULL);
	if (strcmp(got, want) != 0)
		fail_msg("%s says\n%sbut reading gave\n%s", ok, want, got);
	pieces = flowtext(source, data, len, cut_1, NULL);
	if (strcmp(pieces, got) != 0)
		fail_msg("%s byte by byte gave\n%snot\n%s", path, pieces, got);
	free(data);
	free(want);
	free(got);
	free(pieces);
}

static void files_read_as_they_should(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++) {
		char pattern[4096];
		glob_t g;

		snprintf(pattern, sizeof(pattern), "%s/tests/golden/%s", TEST_SOURCE_DIR, kinds[k].pattern);
		assert_int_equal(glob(pattern, 0, NULL, &g), 0);
		assert_true(g.gl_pathc >= kinds[k].least);
		for (size_t i = 0; i < g.gl_pathc; i++)
			reads_as(g.gl_pathv[i], kinds[k].source);
		globfree(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(files_read_as_they_should) };

	return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
