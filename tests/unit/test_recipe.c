/* recipe: which files, in what order, of which groups. */
#include "cmd/recipe.h"

#include <stdio.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/tempdir.h"

static struct tempdir dir;

static int setup(void **state)
{
	static const char *const files[] = { "a.csv", "b1.csv", "b2.csv", "b10.csv", "c.log" };

	(void)state;
	tempdir_make(&dir);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		file_put(tempdir_file(&dir, files[i]), "x\n", 2);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tempdir_remove(&dir);
	return 0;
}

/* text with the folder for each @. */
static int read_text(struct recipe *r, const char *text, struct err *e)
{
	char whole[4096];
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += (size_t)snprintf(whole + n, sizeof(whole) - n, "%.*s", *text == '@' ? 255 : 1, *text == '@' ? dir.path : text);
	file_put(tempdir_file(&dir, "recipe"), whole, n);
	return recipe_read(r, dir.file, e);
}

static void assert_file(const struct recipe *r, size_t i, const char *name, uint32_t group)
{
	assert_true(i < r->file_n);
	assert_string_equal(strrchr(r->file[i], '/') + 1, name);
	assert_int_equal(r->group[i], group);
}

static void files_come_in_the_order_of_the_lines_and_patterns_sorted(void **state)
{
	struct recipe r = { 0 };
	struct err e = { 0 };

	(void)state;
	if (read_text(&r, "# what for\n\n  two\t@/b*.csv # all of b\none @/a.csv\r\ntwo   @/c.log", &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(r.file_n, 5);
	assert_file(&r, 0, "b1.csv", 0);
	assert_file(&r, 1, "b10.csv", 0);
	assert_file(&r, 2, "b2.csv", 0);
	assert_file(&r, 3, "a.csv", 1);
	assert_file(&r, 4, "c.log", 0);
	assert_int_equal(r.group_n, 2);
	assert_string_equal(r.group_name[0], "two");
	assert_string_equal(r.group_name[1], "one");
	assert_true(r.group_files[0] == 4 && r.group_files[1] == 1);
	recipe_free(&r);
	assert_true(r.file == NULL && r.file_n == 0);
	recipe_free(&r);
}

static void what_is_wrong_is_told_with_its_line(void **state)
{
	static const struct {
		const char *text, *message;
	} bad[] = {
		{ "one @/a.csv\none\n", "line 2: a group and a path are needed" },
		{ "\n\none @/none*.csv\n", "line 3: there is no file" },
		{ "one @/none.csv", "line 1: there is no file" },
		{ "one @/a.csv @/b1.csv\n", "line 1: \"" },
		{ "# nothing\n", "names no files" },
		{ "", "names no files" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct recipe r = { 0 };
		struct err e = { 0 };

		assert_int_equal(read_text(&r, bad[i].text, &e), ERR_FORMAT);
		if (strstr(e.msg, bad[i].message) == NULL)
			fail_msg("\"%s\" does not say \"%s\"", e.msg, bad[i].message);
		recipe_free(&r);
	}
}

static void a_recipe_that_cannot_be_read_is_an_error(void **state)
{
	struct recipe r = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(recipe_read(&r, tempdir_file(&dir, "absent"), &e), ERR_IO);
	assert_int_equal(recipe_read(&r, dir.path, &e), ERR_IO);
	recipe_free(&r);
}

static void many_groups_and_long_lines_are_no_problem(void **state)
{
	static char text[200000];
	struct recipe r = { 0 };
	struct err e = { 0 };
	size_t n = 0;
	FILE *f;

	(void)state;
	f = fopen(tempdir_file(&dir, "recipe"), "w");
	assert_non_null(f);
	memset(text, 'g', sizeof(text) - 1);
	fprintf(f, "%s %s/a.csv\n", text, dir.path);
	for (int i = 0; i < 1000; i++)
		fprintf(f, "g%d %s/b*.csv\n", i % 500, dir.path);
	fclose(f);
	if (recipe_read(&r, dir.file, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(r.file_n, 3001);
	assert_int_equal(r.group_n, 501);
	for (size_t g = 0; g < r.group_n; g++)
		n += r.group_files[g];
	assert_int_equal(n, 3001);
	assert_int_equal(r.group_files[500], 6);
	recipe_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_come_in_the_order_of_the_lines_and_patterns_sorted),
		cmocka_unit_test(what_is_wrong_is_told_with_its_line),
		cmocka_unit_test(a_recipe_that_cannot_be_read_is_an_error),
		cmocka_unit_test(many_groups_and_long_lines_are_no_problem),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
