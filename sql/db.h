/*
 * db: one connection to the database and its prepared statements.
 *
 * It connects when it is first used and again when it was lost. A statement that may be repeated is, once, when the connection was
 * lost under it; outside of a transaction also once after a deadlock. Within a transaction a lost connection stays lost until
 * db_rollback(). Errors are those of the table in fault.c, ERR_UNAVAILABLE for all that may pass.
 */
#ifndef SQL_DB_H
#define SQL_DB_H

#include "base/err.h"
#include "sql/args.h"
#include "sql/fault.h"
#include "sql/statement.h"
#include "sql/url.h"

struct db;

/* Called with a new connection, before anything else is done with it. What it does is not repeated. */
typedef int (*db_hello)(void *arg, struct db *d, struct err *e);

int db_new(struct db **out, const struct db_url *url, db_hello hello, void *arg, struct err *e);
void db_del(struct db *d);

int db_is_open(const struct db *d); /* connected, as far as we know */

/* Where a column of a result goes. */
enum col_type {
	COL_I64,
	COL_U64,
	COL_REAL, /* NULL: NaN */
	COL_TEXT, /* char *, malloc(); NULL: NULL */
	COL_BLOB, /* struct blob */
};
/* Bytes; p is malloc()'s, NULL: NULL. */
struct blob {
	char *p;
	size_t n;
};
struct col {
	enum col_type type;
	void *to;
};

/* A statement without result; args may be NULL. */
int db_run(struct db *d, enum statement st, const struct args *args, struct err *e);
/* The same for many rows of n values at once. */
int db_run_rows(struct db *d, enum statement st, const struct args *args, size_t n, struct err *e);
/* Rows that the last of them found, whether they changed or not. */
uint64_t db_found(const struct db *d);

/* A statement with a result, which is in memory when this returns. Then db_next() until 0, then db_end(). */
int db_select(struct db *d, enum statement st, const struct args *args, const struct col *cols, size_t n, struct err *e);
/* The next row: 1, 0 at the end. Texts are the caller's to free, also after an error. */
int db_next(struct db *d, enum statement st, const struct col *cols, size_t n, struct err *e);
void db_end(struct db *d, enum statement st);
/* All of that for at most one row: 1, 0: there is none. */
int db_one(struct db *d, enum statement st, const struct args *args, const struct col *cols, size_t n, struct err *e);

int db_begin(struct db *d, struct err *e);
int db_commit(struct db *d, struct err *e); /* the transaction has ended also when this fails; how is not known when it was lost */
void db_rollback(struct db *d);             /* also without one */

/* FAULT_* of the last error. */
int db_fault(const struct db *d);

/* How long an answer is waited for, from the next connection on. */
void db_answer_within(struct db *d, unsigned seconds);

/* For migrations, which cannot be prepared: allow for long statements; run all of a text; read one number from the first row. */
void db_be_patient(struct db *d);
int db_script(struct db *d, const char *sql, struct err *e);
int db_number(struct db *d, const char *sql, long long *out, struct err *e);
/* The first columns of all rows as texts, NULL-safe. */
typedef int (*db_row)(void *arg, char **row);
int db_rows(struct db *d, const char *sql, db_row each, void *arg, struct err *e);

#endif
