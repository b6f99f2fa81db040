/* migrate: the schema of the database, step by step. The steps are sql/migrations/NNN_name.sql, made a part of the library. */
#ifndef SQL_MIGRATE_H
#define SQL_MIGRATE_H

#include "base/err.h"
#include "sql/url.h"

struct migration {
	int number; /* from 1, without gaps */
	const char *name, *checksum, *sql;
};
extern const struct migration migrations[];
extern const int migrations_n;

/*
 * Apply those that are missing, in order, each with its entry in schema_migrations; *applied counts them. A lock of the server lets
 * one do it at a time, the others wait. ERR_CONFLICT: one that was applied is not what it is now. What a newer program applied is
 * left as it is.
 */
int migrate(const struct db_url *url, int *applied, struct err *e);

#endif
