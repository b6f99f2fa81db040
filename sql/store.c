/* store: the database. */
#include "sql/store.h"

#include <stdlib.h>

#include "sql/migrate.h"
#include "sql/store_inside.h"

int store_new(struct store **out, const char *url, struct err *e)
{
	struct store *s = calloc(1, sizeof(*s));
	int r;

	if (s == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the store");
	if ((r = db_url_parse(&s->url, url, e)) < 0 || (r = db_new(&s->db, &s->url, store_relock, s, e)) < 0) {
		store_del(s);
		return r;
	}
	*out = s;
	return OK;
}

void store_del(struct store *s)
{
	if (s == NULL)
		return;
	db_del(s->db);
	db_url_wipe(&s->url);
	args_free(&s->args);
	free(s->held);
	free(s);
}

void store_answer_within(struct store *s, unsigned seconds)
{
	db_answer_within(s->db, seconds);
}

int store_check(struct store *s, struct err *e)
{
	uint64_t number = 0;
	const struct col cols[] = { { COL_U64, &number } };
	const int r = db_one(s->db, SCHEMA_NUMBER, NULL, cols, 1, e);

	if (r < 0)
		return r;
	if (number < (uint64_t)migrations_n)
		return err_set(e, ERR_UNAVAILABLE,
			       "the database is at migration %llu, this program needs %d: run guardiand migrate",
			       (unsigned long long)number, migrations_n);
	return OK;
}

int store_migrate(struct store *s, int *applied, struct err *e)
{
	int n = 0;
	const int r = migrate(&s->url, &n, e);

	if (applied != NULL)
		*applied = n;
	return r;
}

int store_may_write(const struct store *s, struct err *e)
{
	if (s->claimed == 0)
		return OK;
	return err_set(e, ERR_USAGE, "mail %llu is claimed: say what became of it before anything else is written",
		       (unsigned long long)s->claimed);
}
