/* database: a private server and stores for tests. */
#include "lib/database.h"

#include <stdlib.h>

#include "lib/cm.h"

struct mariadb db;

int database_start(void **state)
{
	(void)state;
	mariadb_start(&db);
	return 0;
}

int database_start_migrated(void **state)
{
	struct store *s;
	struct err e = { 0 };

	database_start(state);
	s = database_open(db.owner_url);
	ok(store_migrate(s, NULL, &e));
	store_del(s);
	return 0;
}

int database_remove(void **state)
{
	(void)state;
	mariadb_remove(&db);
	return 0;
}

int database_store(void **state)
{
	mariadb_sql(&db, "DELETE FROM scans", NULL, 0);
	*state = database_open(db.worker_url);
	return 0;
}

int database_store_del(void **state)
{
	store_del(*state);
	return 0;
}

struct store *database_open(const char *url)
{
	struct store *s = NULL;
	struct err e = { 0 };

	ok(store_new(&s, url, &e));
	return s;
}

long long number(const char *sql)
{
	char out[64];

	mariadb_sql(&db, sql, out, sizeof(out));
	return atoll(out);
}

void ok_at(int r, const struct err *e, const char *file, int line)
{
	if (r < 0)
		fail_msg("%s:%d: %d %s", file, line, r, e->msg);
}
