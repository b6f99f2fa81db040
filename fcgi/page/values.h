/* values: numbers and times into pages as people read them. The scripts show them in the same way (public/js/words.js). */
#ifndef PAGE_VALUES_H
#define PAGE_VALUES_H

#include <stdint.h>

#include "page/template.h"

void page_count(struct page *p, const char *name, uint64_t n); /* "1,234,567" */
void page_plural(struct page *p, const char *name, uint64_t n, const char *one,
		 const char *many);                                                    /* "3 flows"; many NULL: one and an s */
void page_percentage(struct page *p, const char *name, uint64_t part, uint64_t whole); /* "0.21 %", "<0.01 %" */
void page_bytes(struct page *p, const char *name, double n);                           /* "2 GiB"; "–" for NaN */
void page_number(struct page *p, const char *name, double v);                          /* four digits; "–" for NaN, "∞" */
void page_p_value(struct page *p, const char *name, double v);                         /* "1.7e-7"; "–" */
void page_duration(struct page *p, const char *name, double seconds);                  /* "12.3 s", "3 min 4 s" */

/*
 * A <time datetime="{{NAME}}">{{NAME_SHOWN}}</time>: for machines, and for people in UTC until a script knows their zone
 * (public/js/times.js). Nothing, and "–", for an unknown
 * time: us <= 0, seconds NaN.
 */
void page_time(struct page *p, const char *name, int64_t us);
void page_time_seconds(struct page *p, const char *name, double seconds);

/* {{#NAME}}…{{/NAME}} once, or not: returns the section, NULL when it is not shown. */
struct page *page_if(struct page *p, const char *name, int shown);

#endif
