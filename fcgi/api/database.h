/* database: what is known of the database, at most a second old, shared by all workers of the host. */
#ifndef API_DATABASE_H
#define API_DATABASE_H

#include "fcgi/context.h"

void database_look(struct context *c, struct database_view *out);

#endif
