/* markdown: what it knows becomes elements, all else stays text, whoever wrote it. */
#include "fcgi/view/markdown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/tempdir.h"

static struct templates *templates;
static struct text out;

static int setup(void **state)
{
	static const char page[] = "{{%AUTOESCAPE context=\"HTML\"}}\n{{>CARD}}";
	static const char *const files[] = { "markdown.tpl", "spans.tpl" };
	struct tempdir d;
	struct err e;
	int r;

	(void)state;
	tempdir_make(&d);
	file_put(tempdir_file(&d, "page.tpl"), page, sizeof(page) - 1);
	for (size_t i = 0; i < 2; i++) {
		char path[512];
		size_t n;
		char *data;

		snprintf(path, sizeof(path), "%s/templates/%s", TEST_SOURCE_DIR, files[i]);
		data = file_get(path, &n);
		file_put(tempdir_file(&d, files[i]), data, n);
		free(data);
	}
	r = templates_load(&templates, d.path, &e);
	tempdir_remove(&d);
	return r;
}

static int teardown(void **state)
{
	(void)state;
	templates_del(templates);
	text_free(&out);
	return 0;
}

/* The page without line feeds, which mean nothing in it but in <pre>. */
static const char *rendered(const char *markdown)
{
	struct page *const p = page_new();
	size_t n = 0;
	struct err e;

	text_clear(&out);
	markdown_include(p, "CARD", markdown);
	assert_int_equal(templates_render(templates, "page.tpl", p, &out, &e), OK);
	page_del(p);
	for (size_t i = 0; i < out.n; i++)
		if (out.p[i] != '\n' || strstr(out.p, "<pre") != NULL)
			out.p[n++] = out.p[i];
	out.n = n;
	if (out.p != NULL)
		out.p[n] = '\0';
	return text_get(&out);
}

static void what_it_knows_becomes_elements(void **state)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "# A", "<h3>A</h3>" },
		{ "## A `b`", "<h4>A <code>b</code></h4>" },
		{ "###### A", "<h5>A</h5>" },
		{ "one\ntwo\n\nthree", "<p>one two</p><p>three</p>" },
		{ "a **b** c", "<p>a <b>b</b> c</p>" },
		{ "- a\n  b\n- c\n", "<ul><li>a b</li><li>c</li></ul>" },
		{ "| a | b |\n|---|---|\n| `c|d` | e |",
		  "<thead><tr><th scope=\"col\">a</th><th "
		  "scope=\"col\">b</th></tr></thead><tbody><tr><td><code>c|d</code></td><td>e</td></tr></tbody>" },
		{ "| | |\n|---|---|\n| a | b |", "<tbody><tr><td>a</td><td>b</td></tr></tbody>" },
		{ "```\n# a\n  <b>\n```\nc", "# a\n  &lt;b&gt;\n</pre>" },
		{ "a\r\n\r\nb\r\n", "<p>a</p><p>b</p>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (strstr(rendered(cases[i].from), cases[i].to) == NULL)
			fail_msg("%s became %s", cases[i].from, text_get(&out));
}

static void what_it_does_not_know_stays_text(void **state)
{
	static const char *const texts[] = {
		"<script>alert(1)</script>",
		"[a](javascript:alert(1))",
		"![a](http://x.example/y.png)",
		"{{CARD}} {{>X}}",
		"a ` b",
		"a ** b",
		"**",
		"`",
		"#a",
		"-a",
		"####### a",
		"| <img src=x> |",
		"``` <b>",
		"# <i>\n- <b>\n| <u> |\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		static const char *const bad[] = { "<script", "<img", "<a ", "<i>", "<u>", "href" };

		rendered(texts[i]);
		for (size_t k = 0; k < sizeof(bad) / sizeof(*bad); k++)
			if (strstr(text_get(&out), bad[k]) != NULL)
				fail_msg("%s became %s", texts[i], text_get(&out));
	}
	assert_non_null(strstr(rendered("a ` b ** c"), "<p>a ` b ** c</p>"));
	assert_non_null(strstr(rendered("#a"), "<p>#a</p>"));
	assert_non_null(strstr(rendered("{{CARD}}"), "<p>{{CARD}}</p>"));
	assert_string_equal(rendered(""), "");
}

static void no_text_is_too_odd(void **state)
{
	static const char bits[] = "#|-`* \n\rab:";
	unsigned seed = 1;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		char text[64];
		size_t n = 0;

		for (; n < sizeof(text) - 1; n++) {
			seed = seed * 1103515245 + 12345;
			text[n] = bits[(seed >> 16) % (sizeof(bits) - 1)];
		}
		text[n] = '\0';
		rendered(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_knows_becomes_elements),
		cmocka_unit_test(what_it_does_not_know_stays_text),
		cmocka_unit_test(no_text_is_too_odd),
	};

	return cmocka_run_group_tests_name("markdown", tests, setup, teardown);
}
