/*
 * database: what the tests of the store share: one private MariaDB for a program, and stores for its accounts. A failure ends the test.
 * The functions that take `state` are setups and teardowns of cmocka.
 */
#ifndef LIB_DATABASE_H
#define LIB_DATABASE_H

#include "lib/mariadb.h"
#include "sql/store.h"

extern struct mariadb db;

/* Of the group. */
int database_start(void **state);          /* the server, with its accounts and an empty database */
int database_start_migrated(void **state); /* and all tables */
int database_remove(void **state);

/* Of a test: *state is a struct store of the worker's account, and there are no scans. */
int database_store(void **state);
int database_store_del(void **state);

struct store *database_open(const char *url);

/* One number from the database, past the store. */
long long number(const char *sql);

/* A call of the store that must not fail; says why it did. There is a struct err e. */
#define ok(call) ok_at((call), &e, __FILE__, __LINE__)
void ok_at(int r, const struct err *e, const char *file, int line);

#endif
