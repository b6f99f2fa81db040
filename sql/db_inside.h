/* db_inside: what db.c (the connection) and db_run.c (its statements) share; for no one else. */
#ifndef SQL_DB_INSIDE_H
#define SQL_DB_INSIDE_H

#include "sql/bind.h"
#include "sql/db.h"

struct st_mysql;      /* MYSQL */
struct st_mysql_stmt; /* MYSQL_STMT */

/* Where the client library puts the value of a column. */
struct cell {
	uint64_t number; /* or the bits of a signed one */
	double real;
	unsigned long len;
	char null, error, byte[1];
};

struct db {
	struct db_url url;
	struct st_mysql *my; /* NULL: not connected */
	struct st_mysql_stmt *stmt[STATEMENT_N];
	struct cell cells[BIND_MAX]; /* of the row that was read last */
	db_hello hello;
	void *hello_arg;
	unsigned answer_seconds;
	int in_transaction, greeting;
	int fault; /* of the last error */
	uint64_t found;
};

/* Connected, or an error. */
int db_ready(struct db *d, struct err *e);
void db_drop(struct db *d);

/* Tell an error of server or library; drops the connection when it is of no use any more. */
int db_fail(struct db *d, unsigned number, const char *words, struct err *e);
int db_fail_here(struct db *d, struct err *e);

#endif
