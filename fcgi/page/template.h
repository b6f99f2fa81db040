/*
 * template: pages by Google's ctemplate, with contextual auto-escape on (template.cc is the only C++ of the project). No exception
 * leaves it.
 */
#ifndef PAGE_TEMPLATE_H
#define PAGE_TEMPLATE_H

#include "base/err.h"
#include "base/text.h"

#ifdef __cplusplus
extern "C" {
#endif

struct templates; /* a folder of *.tpl, parsed; read-only after loading, so it is made before fork */
struct page;      /* the values of one page, or of a repeated section of it */

/*
 * Parse every *.tpl in dir. ERR_IO or ERR_FORMAT names the file. The first line of each must be {{%AUTOESCAPE context="HTML"}};
 * variables have no modifiers.
 */
int templates_load(struct templates **out, const char *dir, struct err *e);
void templates_del(struct templates *t);

struct page *page_new(void);
void page_del(struct page *p); /* with its sections */

/* {{NAME}}: escaped for where it stands. Copies. */
void page_set(struct page *p, const char *name, const char *value);
void page_printf(struct page *p, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Show {{#NAME}}…{{/NAME}} once more, with values of its own; borrowed from p. */
struct page *page_section(struct page *p, const char *name);
/* {{>NAME}} is the template `file`, which sees its own values only; borrowed from p. */
struct page *page_include(struct page *p, const char *name, const char *file);

/* Append the page to out; out is as it was on failure. What ran out of memory before is told here. */
int templates_render(const struct templates *t, const char *file, const struct page *p, struct text *out, struct err *e);

#ifdef __cplusplus
}
#endif

#endif
