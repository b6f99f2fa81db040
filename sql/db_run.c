/* db_run: prepared statements and their results. */
#include "sql/db.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <mysql.h>

#include "sql/bind.h"
#include "sql/db_inside.h"

/* What to do with one statement. */
struct job {
	enum statement st;
	const struct args *args;
	size_t per_row; /* values of a row in args; 0: there is one row */
	const struct col *cols;
	size_t cols_n;
};

static int is_bytes(const struct col *c)
{
	return c->type == COL_TEXT || c->type == COL_BLOB;
}

static int fail_stmt(struct db *d, enum statement st, struct err *e)
{
	MYSQL_STMT *s = d->stmt[st];

	return db_fail(d, mysql_stmt_errno(s), mysql_stmt_error(s), e);
}

static int prepare(struct db *d, enum statement st, struct err *e)
{
	const char *sql = statements[st].sql;
	int r;

	if (d->stmt[st] != NULL)
		return OK;
	if ((d->stmt[st] = mysql_stmt_init(d->my)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a statement");
	if (mysql_stmt_prepare(d->stmt[st], sql, strlen(sql)) == 0)
		return OK;
	r = fail_stmt(d, st, e);
	if (d->stmt[st] != NULL)
		mysql_stmt_close(d->stmt[st]);
	d->stmt[st] = NULL;
	return r;
}

static int execute(struct db *d, const struct job *j, struct err *e)
{
	MYSQL_BIND binds[BIND_MAX] = { 0 };
	MYSQL_STMT *s = d->stmt[j->st];
	const size_t n = j->per_row > 0 ? j->per_row : j->args != NULL ? j->args->n : 0;
	void *block = NULL;
	int r = OK;

	assert(n == mysql_stmt_param_count(s) && n <= BIND_MAX);
	if (j->per_row > 0) {
		const unsigned rows = (unsigned)(j->args->n / n);

		if ((r = bind_rows(binds, n, j->args, &block, e)) < 0)
			return r;
		mysql_stmt_attr_set(s, STMT_ATTR_ARRAY_SIZE, &rows);
	} else if (n > 0) {
		bind_row(binds, j->args);
	}
	if ((n > 0 && mysql_stmt_bind_param(s, binds) != 0) || mysql_stmt_execute(s) != 0)
		r = fail_stmt(d, j->st, e);
	else
		d->found = mysql_stmt_affected_rows(s);
	free(block);
	return r;
}

/* The whole result into memory, its columns into d->cells. */
static int store_result(struct db *d, const struct job *j, struct err *e)
{
	static const enum enum_field_types types[] = { [COL_I64] = MYSQL_TYPE_LONGLONG,
						       [COL_U64] = MYSQL_TYPE_LONGLONG,
						       [COL_REAL] = MYSQL_TYPE_DOUBLE,
						       [COL_TEXT] = MYSQL_TYPE_STRING,
						       [COL_BLOB] = MYSQL_TYPE_BLOB };
	MYSQL_BIND binds[BIND_MAX] = { 0 };
	MYSQL_STMT *s = d->stmt[j->st];

	assert(j->cols_n == mysql_stmt_field_count(s) && j->cols_n <= BIND_MAX);
	for (size_t i = 0; i < j->cols_n; i++) {
		struct cell *c = &d->cells[i];
		MYSQL_BIND *b = &binds[i];

		b->buffer_type = types[j->cols[i].type];
		b->is_unsigned = j->cols[i].type == COL_U64;
		b->buffer = is_bytes(&j->cols[i])         ? (void *)c->byte
			    : j->cols[i].type == COL_REAL ? (void *)&c->real
							  : (void *)&c->number;
		b->buffer_length = is_bytes(&j->cols[i]) ? 0 : 8;
		b->length = &c->len;
		b->is_null = &c->null;
		b->error = &c->error;
	}
	if (mysql_stmt_bind_result(s, binds) != 0 || mysql_stmt_store_result(s) != 0)
		return fail_stmt(d, j->st, e);
	return OK;
}

static int attempt(struct db *d, const struct job *j, struct err *e)
{
	int r;

	if ((r = prepare(d, j->st, e)) < 0 || (r = execute(d, j, e)) < 0)
		return r;
	return j->cols != NULL ? store_result(d, j, e) : OK;
}

static int perform(struct db *d, const struct job *j, struct err *e)
{
	int r;

	if (j->args != NULL && j->args->failed)
		return err_set(e, ERR_NOMEM, "out of memory for the values of a statement");
	if ((r = db_ready(d, e)) < 0)
		return r;
	if ((r = attempt(d, j, e)) == OK || d->in_transaction || d->greeting)
		return r;
	if ((d->fault & FAULT_LOST) && !statements[j->st].repeat)
		return r;
	if (!(d->fault & (FAULT_LOST | FAULT_DEADLOCK)))
		return r;
	if ((r = db_ready(d, e)) < 0)
		return r;
	return attempt(d, j, e);
}

int db_run(struct db *d, enum statement st, const struct args *args, struct err *e)
{
	return perform(d, &(struct job){ .st = st, .args = args }, e);
}

int db_run_rows(struct db *d, enum statement st, const struct args *args, size_t n, struct err *e)
{
	assert(args->failed || args->n % n == 0);
	return perform(d, &(struct job){ .st = st, .args = args, .per_row = n }, e);
}

uint64_t db_found(const struct db *d)
{
	return d->found;
}

int db_select(struct db *d, enum statement st, const struct args *args, const struct col *cols, size_t n, struct err *e)
{
	return perform(d, &(struct job){ .st = st, .args = args, .cols = cols, .cols_n = n }, e);
}

/* The text, or the bytes, of column i of the current row. */
static int read_bytes(struct db *d, enum statement st, unsigned i, const struct col *col, struct err *e)
{
	const unsigned long len = d->cells[i].len;
	MYSQL_BIND b = { .buffer_type = MYSQL_TYPE_STRING, .buffer_length = len };
	char *text;

	if (d->cells[i].null)
		return OK;
	if ((text = malloc(len + 1)) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a text of %lu bytes from the database", len);
	b.buffer = text;
	if (len > 0 && mysql_stmt_fetch_column(d->stmt[st], &b, i, 0) != 0) {
		free(text);
		return fail_stmt(d, st, e);
	}
	text[len] = '\0';
	if (col->type == COL_BLOB)
		*(struct blob *)col->to = (struct blob){ text, len };
	else
		*(char **)col->to = text;
	return OK;
}

int db_next(struct db *d, enum statement st, const struct col *cols, size_t n, struct err *e)
{
	static const uint64_t none = 0;
	int r;

	if (d->stmt[st] == NULL) /* while the caller looked at a row */
		return err_set(e, ERR_UNAVAILABLE, "the connection to the database was lost in the middle of a result");
	r = mysql_stmt_fetch(d->stmt[st]);
	if (r == MYSQL_NO_DATA)
		return 0;
	if (r != 0 && r != MYSQL_DATA_TRUNCATED)
		return fail_stmt(d, st, e);
	for (unsigned i = 0; i < n; i++) {
		const struct cell *c = &d->cells[i];

		if (cols[i].type == COL_REAL)
			*(double *)cols[i].to = c->null ? (double)NAN : c->real;
		else if (cols[i].type == COL_BLOB)
			*(struct blob *)cols[i].to = (struct blob){ NULL, 0 };
		else if (cols[i].type == COL_TEXT)
			*(char **)cols[i].to = NULL;
		else
			memcpy(cols[i].to, c->null ? &none : &c->number, sizeof(none));
	}
	for (unsigned i = 0; i < n; i++)
		if (is_bytes(&cols[i]) && (r = read_bytes(d, st, i, &cols[i], e)) < 0)
			return r;
	return 1;
}

void db_end(struct db *d, enum statement st)
{
	if (d->stmt[st] != NULL)
		mysql_stmt_free_result(d->stmt[st]);
}

int db_one(struct db *d, enum statement st, const struct args *args, const struct col *cols, size_t n, struct err *e)
{
	int r = db_select(d, st, args, cols, n, e);

	if (r < 0)
		return r;
	r = db_next(d, st, cols, n, e);
	db_end(d, st);
	return r;
}
