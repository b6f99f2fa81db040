/* bind: our values in the form of the client library. */
#ifndef SQL_BIND_H
#define SQL_BIND_H

#include "base/err.h"
#include "sql/args.h"

struct st_mysql_bind; /* MYSQL_BIND */

enum { BIND_MAX = 40 }; /* placeholders or columns of a statement */

/* One row: all of `a` into b[a->n], zeroed. Borrows from a. */
void bind_row(struct st_mysql_bind *b, const struct args *a);

/* Many rows of n values each into b[n], zeroed, column by column. Borrows texts from a; free(*block) when done with b. ERR_NOMEM. */
int bind_rows(struct st_mysql_bind *b, size_t n, const struct args *a, void **block, struct err *e);

#endif
