/* markdown: lines into blocks, the text of a block into spans. */
#include "view/markdown.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* What is still to be read, line by line. */
struct reading {
	struct page *page;
	const char *at;
	struct text block; /* of the block in hand */
};

struct line {
	const char *p;
	size_t n;
};

/* ---- spans ---------------------------------------------------------------------------------------------------------------------- */

static void put_span(struct page *to, const char *kind, const char *p, size_t n)
{
	char *const value = n > 0 ? strndup(p, n) : NULL;

	if (value == NULL)
		return;
	page_set(page_section(page_section(to, "SPAN"), kind), "VALUE", value);
	free(value);
}

/* Where text between two marks ends; NULL: there is no second one. */
static const char *closed_by(const char *p, const char *end, const char *mark, size_t n)
{
	for (; p + n <= end; p++)
		if (memcmp(p, mark, n) == 0)
			return p;
	return NULL;
}

static void put_spans(struct page *p, const char *text, size_t n)
{
	static const struct {
		const char *mark, *kind;
		size_t n;
	} kinds[] = { { "`", "CODE", 1 }, { "**", "BOLD", 2 } };
	struct page *const to = page_include(p, "SPANS", "spans.tpl");
	const char *const end = text + n, *plain = text;

	for (const char *at = text; at < end;) {
		const char *close = NULL;
		size_t k;

		for (k = 0; k < sizeof(kinds) / sizeof(*kinds) && close == NULL; k++)
			if (at + kinds[k].n <= end && memcmp(at, kinds[k].mark, kinds[k].n) == 0)
				close = closed_by(at + kinds[k].n, end, kinds[k].mark, kinds[k].n);
		if (close == NULL) {
			at++;
			continue;
		}
		k--;
		put_span(to, "TEXT", plain, (size_t)(at - plain));
		put_span(to, kinds[k].kind, at + kinds[k].n, (size_t)(close - at) - kinds[k].n);
		plain = at = close + kinds[k].n;
	}
	put_span(to, "TEXT", plain, (size_t)(end - plain));
}

/* ---- lines ---------------------------------------------------------------------------------------------------------------------- */

/* The next line, which stays the next: 1; 0 at the end. */
static int peek(const struct reading *r, struct line *l)
{
	if (*r->at == '\0')
		return 0;
	l->p = r->at;
	l->n = strcspn(r->at, "\n");
	if (l->n > 0 && l->p[l->n - 1] == '\r')
		l->n--;
	return 1;
}

static void skip(struct reading *r)
{
	r->at += strcspn(r->at, "\n");
	r->at += *r->at == '\n';
}

static int begins(const struct line *l, const char *with)
{
	return l->n >= strlen(with) && memcmp(l->p, with, strlen(with)) == 0;
}

static size_t heading(const struct line *l)
{
	size_t level = 0;

	while (level < l->n && l->p[level] == '#')
		level++;
	return level > 0 && level <= 6 && level < l->n && l->p[level] == ' ' ? level : 0;
}

static int is_special(const struct line *l)
{
	return l->n == 0 || heading(l) > 0 || begins(l, "- ") || begins(l, "* ") || begins(l, "|") || begins(l, "```");
}

/* ---- blocks --------------------------------------------------------------------------------------------------------------------- */

static struct page *block(const struct reading *r, const char *kind)
{
	return page_section(page_section(r->page, "BLOCK"), kind);
}

/* Line by line: escaping makes a blank of a line feed. */
static void put_code(struct reading *r)
{
	struct page *const pre = block(r, "PRE");
	struct line l;

	for (skip(r); peek(r, &l) && !begins(&l, "```"); skip(r)) {
		text_clear(&r->block);
		text_add(&r->block, l.p, l.n);
		page_set(page_section(pre, "LINE"), "TEXT", text_get(&r->block));
	}
	skip(r);
}

/* Lines until the next block as one. */
static void join(struct reading *r)
{
	struct line l;

	while (peek(r, &l) && !is_special(&l)) {
		while (l.n > 0 && (*l.p == ' ' || *l.p == '\t')) {
			l.p++;
			l.n--;
		}
		if (r->block.n > 0)
			text_str(&r->block, " ");
		text_add(&r->block, l.p, l.n);
		skip(r);
	}
}

static void put_list(struct reading *r)
{
	struct page *const ul = block(r, "UL");
	struct line l;

	while (peek(r, &l) && (begins(&l, "- ") || begins(&l, "* "))) {
		text_clear(&r->block);
		text_add(&r->block, l.p + 2, l.n - 2);
		skip(r);
		join(r);
		put_spans(page_section(ul, "LI"), text_get(&r->block), r->block.n);
	}
}

/* The next cell of a row, from *at, without blanks around it: 1; 0: the row is over. */
static int next_cell(const struct line *l, size_t *at, struct line *cell)
{
	size_t end = *at, code = 0;

	if (*at >= l->n)
		return 0;
	for (; end < l->n && (l->p[end] != '|' || code); end++)
		code ^= l->p[end] == '`';
	cell->p = l->p + *at;
	cell->n = end - *at;
	*at = end + 1;
	while (cell->n > 0 && *cell->p == ' ') {
		cell->p++;
		cell->n--;
	}
	while (cell->n > 0 && cell->p[cell->n - 1] == ' ')
		cell->n--;
	return 1;
}

static void put_row(struct page *row, const struct line *l)
{
	struct line cell;
	size_t at = 1;

	while (next_cell(l, &at, &cell))
		put_spans(page_section(row, "CELL"), cell.p, cell.n);
}

/* Only of |, -, : and blanks. */
static int is_rule(const struct line *l)
{
	return l->n > 0 && strspn(l->p, "|-: ") >= l->n;
}

static void put_table(struct reading *r)
{
	struct page *const table = block(r, "TABLE");
	struct line head = { 0 }, l;
	int first = 1;

	for (peek(r, &head), skip(r); peek(r, &l) && begins(&l, "|"); skip(r), first = 0) {
		/* A head without a word is there for the syntax only. */
		if (first && is_rule(&l)) {
			if (!is_rule(&head))
				put_row(page_section(table, "HEAD"), &head);
			continue;
		}
		if (first)
			put_row(page_section(table, "ROW"), &head);
		put_row(page_section(table, "ROW"), &l);
	}
	if (first)
		put_row(page_section(table, "ROW"), &head);
}

static void put_heading(struct reading *r, const struct line *l, size_t level)
{
	static const char *const kinds[] = { "H1", "H2", "H3" };

	put_spans(block(r, kinds[level > 3 ? 2 : level - 1]), l->p + level + 1, l->n - level - 1);
	skip(r);
}

void markdown_include(struct page *p, const char *name, const char *text)
{
	struct reading r = { .page = page_include(p, name, "markdown.tpl"), .at = text };
	struct line l;

	while (peek(&r, &l)) {
		if (l.n == 0) {
			skip(&r);
		} else if (heading(&l) > 0) {
			put_heading(&r, &l, heading(&l));
		} else if (begins(&l, "```")) {
			put_code(&r);
		} else if (begins(&l, "|")) {
			put_table(&r);
		} else if (begins(&l, "- ") || begins(&l, "* ")) {
			put_list(&r);
		} else {
			text_clear(&r.block);
			join(&r);
			put_spans(block(&r, "P"), text_get(&r.block), r.block.n);
		}
	}
	text_free(&r.block);
}
