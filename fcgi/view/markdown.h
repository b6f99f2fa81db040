/*
 * markdown: a little of Markdown (CommonMark with tables) as a part of a page: headings, paragraphs, lists of one level, tables, fenced code, and in
 * them `code` and **bold**. All else is text: no HTML, no links, no pictures, so that it does not matter who wrote it.
 */
#ifndef VIEW_MARKDOWN_H
#define VIEW_MARKDOWN_H

#include "page/template.h"

/* {{>NAME}} of p becomes the text. */
void markdown_include(struct page *p, const char *name, const char *text);

#endif
