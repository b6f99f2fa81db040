/* views: what the rows of the route table call for pages; each answers in s with HTML. */
#ifndef VIEW_VIEWS_H
#define VIEW_VIEWS_H

#include "http/route.h"

#endif
