/* overview_fill: an overview (api/overview.h) into its page (templates/overview.tpl). Knows no HTTP and no SQL. */
#ifndef VIEW_OVERVIEW_FILL_H
#define VIEW_OVERVIEW_FILL_H

#include <json-c/json.h>

#include "page/template.h"

/* why: what is wrong where parts of o are null; taken: the formats of files, as a list for people. */
void overview_fill(struct page *p, struct json_object *o, const char *why, const char *taken);

#endif
