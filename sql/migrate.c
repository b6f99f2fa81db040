/* migrate: the schema of the database. */
#include "sql/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "sql/db.h"

enum { WAIT_SECONDS = 600 };

/* The name is that of the database too: a lock belongs to the whole server. */
#define LOCK "LEFT(CONCAT('guardian.migrate.', DATABASE()), 64)"

static const char table[] = "CREATE TABLE IF NOT EXISTS schema_migrations ("
			    "number INT UNSIGNED NOT NULL PRIMARY KEY, name VARCHAR(64) NOT NULL, checksum CHAR(64) NOT NULL, "
			    "applied_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)"
			    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";

/* Which are applied already. */
struct history {
	char *done; /* [migrations_n] */
	struct err *e;
};

static int check_entry(void *arg, char **row)
{
	struct history *h = arg;
	const int number = atoi(row[0]);

	if (number < 1 || number > migrations_n)
		return OK;
	if (strcmp(row[1], migrations[number - 1].checksum) != 0)
		return err_set(h->e, ERR_CONFLICT,
			       "migration %03d_%s was applied to this database with another content (SHA-256 %.12s…, here %.12s…): "
			       "applied migrations must not be changed",
			       number, migrations[number - 1].name, row[1], migrations[number - 1].checksum);
	h->done[number - 1] = 1;
	return OK;
}

static int apply(struct db *d, const struct migration *m, struct err *e)
{
	struct text entry = { 0 };
	int r;

	if ((r = db_script(d, m->sql, e)) == OK) {
		text_printf(&entry, "INSERT INTO schema_migrations (number, name, checksum) VALUES (%d, '%s', '%s')", m->number,
			    m->name, m->checksum);
		r = entry.failed ? err_set(e, ERR_NOMEM, "out of memory") : db_script(d, text_get(&entry), e);
	}
	text_free(&entry);
	return r < 0 ? err_prefix(e, "migration %03d_%s", m->number, m->name) : OK;
}

static int apply_missing(struct db *d, int *applied, struct err *e)
{
	struct history h = { .done = calloc((size_t)migrations_n, 1), .e = e };
	int r;

	if (h.done == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	if ((r = db_script(d, table, e)) < 0 ||
	    (r = db_rows(d, "SELECT number, checksum FROM schema_migrations", check_entry, &h, e)) < 0)
		goto out;
	for (int i = 0; i < migrations_n; i++) {
		if (h.done[i])
			continue;
		if ((r = apply(d, &migrations[i], e)) < 0)
			goto out;
		++*applied;
	}
out:
	free(h.done);
	return r;
}

int migrate(const struct db_url *url, int *applied, struct err *e)
{
	struct db *d = NULL;
	char lock[128];
	long long got = 0;
	int r;

	*applied = 0;
	if ((r = db_new(&d, url, NULL, NULL, e)) < 0)
		return r;
	db_be_patient(d);
	snprintf(lock, sizeof(lock), "SELECT GET_LOCK(" LOCK ", %d)", WAIT_SECONDS);
	if ((r = db_number(d, lock, &got, e)) < 0)
		goto out;
	if (got != 1) {
		r = err_set(e, ERR_UNAVAILABLE, "another process has been migrating this database for %d seconds: try again later",
			    WAIT_SECONDS);
		goto out;
	}
	r = apply_missing(d, applied, e);
out:
	db_del(d); /* with it the lock is free */
	return r;
}
