/* template: what is refused, and that everything shown is escaped for where it stands. */
#include "page/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/tempdir.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ESCAPED  "{{%AUTOESCAPE context=\"HTML\"}}\n"

static int setup(void **state)
{
	static struct tempdir dir;

	tempdir_make(&dir);
	*state = &dir;
	return 0;
}

static int teardown(void **state)
{
	tempdir_remove(*state);
	return 0;
}

static void put(struct tempdir *d, const char *name, const char *text)
{
	file_put(tempdir_file(d, name), text, strlen(text));
}

static struct templates *load(struct tempdir *d)
{
	struct templates *t = NULL;
	struct err e = { 0 };

	if (templates_load(&t, d->path, &e) != OK)
		fail_msg("%s", e.msg);
	return t;
}

/* The template file `body` with {{X}} = value. */
static void shows(struct tempdir *d, const char *body, const char *value, const char *expected)
{
	char file[512];
	struct templates *t;
	struct page *p = page_new();
	struct text out = { 0 };
	struct err e = { 0 };

	snprintf(file, sizeof(file), "%s%s", ESCAPED, body);
	put(d, "one.tpl", file);
	t = load(d);
	page_set(p, "X", value);
	assert_int_equal(templates_render(t, "one.tpl", p, &out, &e), OK);
	assert_string_equal(text_get(&out), expected);
	text_free(&out);
	page_del(p);
	templates_del(t);
}

static void text_is_escaped_for_where_it_stands(void **state)
{
	static const struct {
		const char *body, *value, *expected;
	} c[] = {
		/* text of an element */
		{ "<p>{{X}}</p>", "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>" },
		{ "<p>{{X}}</p>", "a & \"b\" 'c'", "<p>a &amp; &quot;b&quot; &#39;c&#39;</p>" },
		{ "<p>{{X}}</p>", "Gerät {{X}} 漢字", "<p>Gerät {{X}} 漢字</p>" },
		{ "<title>{{X}}</title>", "</title><script>", "<title>&lt;/title&gt;&lt;script&gt;</title>" },
		/* an attribute */
		{ "<i title=\"{{X}}\">", "\" onload=\"x()", "<i title=\"&quot; onload=&quot;x()\">" },
		{ "<i title='{{X}}'>", "' onload='x()", "<i title='&#39; onload=&#39;x()'>" },
		/* an address: only schemes that load nothing of an attacker's */
		{ "<a href=\"{{X}}\">", "/scan/12?a=b&c=\"d\"", "<a href=\"/scan/12?a=b&amp;c=&quot;d&quot;\">" },
		{ "<a href=\"{{X}}\">", "javascript:alert(1)", "<a href=\"#\">" },
		{ "<a href=\"{{X}}\">", "JaVaScRiPt\t:alert(1)", "<a href=\"#\">" },
		{ "<a href=\"{{X}}\">", "data:text/html,<script>", "<a href=\"#\">" },
		{ "<img src=\"{{X}}\">", "javascript:alert(1)", "<img src=\"#\">" },
		/* a part of an address cannot leave its attribute (but add parameters: only numbers are put there) */
		{ "<a href=\"/scan?n={{X}}\">", "a&b=c\"<", "<a href=\"/scan?n=a&amp;b=c&quot;&lt;\">" },
		/* script and style */
		{ "<script>var a = '{{X}}';</script>", "';alert(1)//</script>",
		  "<script>var a = '\\x27;alert(1)//\\x3c/script\\x3e';</script>" },
		{ "<a onclick=\"f('{{X}}')\">", "');g('", "<a onclick=\"f('\\x27);g(\\x27')\">" },
		{ "<p style=\"color:{{X}}\">", "red;background:url(//evil)", "<p style=\"color:redbackgroundurlevil\">" },
	};

	for (size_t i = 0; i < COUNT(c); i++)
		shows(*state, c[i].body, c[i].value, c[i].expected);
}

static void refused(struct tempdir *d, const char *text, const char *message)
{
	char start[600];
	struct templates *t = NULL;
	struct err e = { 0 };

	put(d, "bad.tpl", text);
	assert_int_equal(templates_load(&t, d->path, &e), ERR_FORMAT);
	snprintf(start, sizeof(start), "%s/bad.tpl%s", d->path, message);
	if (strncmp(e.msg, start, strlen(start)) != 0)
		fail_msg("%s\nshould begin with\n%s", e.msg, start);
	assert_null(t);
}

static void a_template_that_does_not_escape_is_refused(void **state)
{
	static const char first[] = ": the first line must be {{%AUTOESCAPE context=\"HTML\"}}, so that";
	static const struct {
		const char *text, *message;
	} c[] = {
		{ "", first },
		{ "<p>{{X}}</p>", first },
		{ "{{%AUTOESCAPE context=\"TEXT\"}}\n", first },
		{ "{{%AUTOESCAPE context=\"HTML\" state=\"IN_TAG\"}}\n", first },
		{ " " ESCAPED, first },
		{ ESCAPED "<p>\n{{X:none}}", ", line 3: modifiers of variables are not allowed" },
		{ ESCAPED "{{>X:o}}", ", line 2: modifiers of variables are not allowed" },
		{ ESCAPED "{{=<% %>=}}<%X:none%>", ", line 2: {{= changes the markers" },
		{ ESCAPED ESCAPED, ", line 2: {{% has a second pragma" },
	};

	for (size_t i = 0; i < COUNT(c); i++)
		refused(*state, c[i].text, c[i].message);
}

static void a_broken_template_is_named_with_what_is_wrong(void **state)
{
	static const struct {
		const char *text, *message;
	} c[] = {
		{ ESCAPED "{{#A}}", ": File ended before all sections were closed" },
		{ ESCAPED "{{/A}}", ": Found end of different section than the one I am in" },
		{ ESCAPED "{{#A}}{{#B}}{{/A}}{{/B}}", ": Found end of different section than the one I am in" },
		{ ESCAPED "{{A B}}", ": Illegal name in template 'A B'" },
		{ ESCAPED "{{A", ": No ending '}}' when parsing name starting with 'A'" },
	};

	for (size_t i = 0; i < COUNT(c); i++)
		refused(*state, c[i].text, c[i].message);
}

static void a_folder_without_templates_is_an_error(void **state)
{
	struct tempdir *d = *state;
	struct templates *t = NULL;
	struct err e = { 0 };

	put(d, "readme.txt", "no template");
	put(d, ".hidden.tpl", "no template either");
	assert_int_equal(templates_load(&t, d->path, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "there is no template"));
	assert_int_equal(templates_load(&t, "/nonexistent", &e), ERR_IO);
	assert_string_equal(e.msg, "/nonexistent: the folder of templates cannot be read: No such file or directory");
	assert_null(t);
}

static void sections_repeat_with_values_of_their_own(void **state)
{
	struct templates *t;
	struct page *p = page_new(), *row;
	struct text out = { 0 };
	struct err e = { 0 };

	put(*state, "rows.tpl", ESCAPED "{{TITLE}}:{{#ROW}} {{N}}{{#BAD}}!{{/BAD}}{{/ROW}}{{#NEVER}} never{{/NEVER}}");
	t = load(*state);
	page_set(p, "TITLE", "rows");
	for (int i = 0; i < 3; i++) {
		row = page_section(p, "ROW");
		page_printf(row, "N", "%d", i);
		if (i == 1)
			page_section(row, "BAD");
	}
	text_str(&out, "before ");
	assert_int_equal(templates_render(t, "rows.tpl", p, &out, &e), OK);
	assert_string_equal(text_get(&out), "before rows: 0 1! 2");
	text_free(&out);
	page_del(p);
	templates_del(t);
}

static void a_template_includes_another_that_escapes_by_itself(void **state)
{
	struct templates *t;
	struct page *p = page_new(), *inner;
	struct text out = { 0 };
	struct err e = { 0 };

	put(*state, "outer.tpl", ESCAPED "<main>{{>CONTENT}}</main>");
	put(*state, "inner.tpl", ESCAPED "<p title=\"{{X}}\">{{Y}}</p>");
	t = load(*state);
	inner = page_include(p, "CONTENT", "inner.tpl");
	page_set(p, "Y", "the page's own values are not those of what it includes");
	page_set(inner, "X", "\"");
	page_set(inner, "Y", "<");
	assert_int_equal(templates_render(t, "outer.tpl", p, &out, &e), OK);
	assert_string_equal(text_get(&out), "<main><p title=\"&quot;\">&lt;</p></main>");
	text_free(&out);
	page_del(p);
	templates_del(t);
}

static void what_is_missing_leaves_the_text_as_it_was(void **state)
{
	struct templates *t;
	struct page *p = page_new();
	struct text out = { 0 };
	struct err e = { 0 };

	put(*state, "outer.tpl", ESCAPED "<main>{{>CONTENT}}</main>");
	t = load(*state);
	text_str(&out, "before");
	assert_int_equal(templates_render(t, "none.tpl", p, &out, &e), ERR_NOT_FOUND);
	assert_string_equal(e.msg, "none.tpl: there is no such template, or one of those that it includes is missing");
	assert_string_equal(text_get(&out), "before");
	page_include(p, "CONTENT", "none.tpl");
	assert_int_equal(templates_render(t, "outer.tpl", p, &out, &e), ERR_NOT_FOUND);
	assert_string_equal(text_get(&out), "before");
	assert_int_equal(templates_render(t, "outer.tpl", NULL, &out, &e), ERR_NOMEM);
	text_free(&out);
	page_del(p);
	templates_del(t);
}

static void two_folders_live_side_by_side(void **state)
{
	struct templates *before, *after;
	struct page *p = page_new();
	struct text out = { 0 };
	struct err e = { 0 };

	put(*state, "one.tpl", ESCAPED "old {{X}}");
	before = load(*state);
	put(*state, "one.tpl", ESCAPED "new {{X}}");
	after = load(*state);
	page_set(p, "X", "page, ");
	assert_int_equal(templates_render(before, "one.tpl", p, &out, &e), OK);
	assert_int_equal(templates_render(after, "one.tpl", p, &out, &e), OK);
	templates_del(before);
	assert_int_equal(templates_render(after, "one.tpl", p, &out, &e), OK);
	assert_string_equal(text_get(&out), "old page, new page, new page, ");
	text_free(&out);
	page_del(p);
	templates_del(after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_is_escaped_for_where_it_stands, setup, teardown),
		cmocka_unit_test_setup_teardown(a_template_that_does_not_escape_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_broken_template_is_named_with_what_is_wrong, setup, teardown),
		cmocka_unit_test_setup_teardown(a_folder_without_templates_is_an_error, setup, teardown),
		cmocka_unit_test_setup_teardown(sections_repeat_with_values_of_their_own, setup, teardown),
		cmocka_unit_test_setup_teardown(a_template_includes_another_that_escapes_by_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_missing_leaves_the_text_as_it_was, setup, teardown),
		cmocka_unit_test_setup_teardown(two_folders_live_side_by_side, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
