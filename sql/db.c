/* db: the connection. */
#include "sql/db.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mysql.h>

#include "sql/bind.h"
#include "sql/db_inside.h"

enum { CONNECT_SECONDS = 3, ANSWER_SECONDS = 30, PATIENT_SECONDS = 3600 };

/*
 * wait_timeout: how long the server keeps a connection that says nothing, so also the locks of a host that vanished.
 * A lock of a row is waited for less long than an answer.
 */
static const char *const session[] = {
	"SET time_zone = '+00:00', wait_timeout = 240, innodb_lock_wait_timeout = 10, autocommit = 1, sql_mode = "
	"'STRICT_ALL_TABLES,"
	"NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
	"SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
};

int db_new(struct db **out, const struct db_url *url, db_hello hello, void *arg, struct err *e)
{
	struct db *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a connection");
	*d = (struct db){ .url = *url, .hello = hello, .hello_arg = arg, .answer_seconds = ANSWER_SECONDS };
	*out = d;
	return OK;
}

void db_del(struct db *d)
{
	if (d == NULL)
		return;
	db_drop(d);
	db_url_wipe(&d->url);
	free(d);
}

void db_drop(struct db *d)
{
	for (size_t i = 0; i < STATEMENT_N; i++)
		if (d->stmt[i] != NULL)
			mysql_stmt_close(d->stmt[i]);
	memset(d->stmt, 0, sizeof(d->stmt));
	if (d->my != NULL)
		mysql_close(d->my);
	d->my = NULL;
}

int db_fail(struct db *d, unsigned number, const char *words, struct err *e)
{
	const struct fault *f = fault_of(number);

	d->fault = f->flags;
	if (f->meaning != NULL)
		err_fill(e, f->code, "the database %s (%s)", f->meaning, words);
	else
		err_fill(e, f->code, "the database says: %s", words);
	if (f->flags & FAULT_LOST)
		db_drop(d);
	return f->code;
}

int db_fail_here(struct db *d, struct err *e)
{
	return db_fail(d, mysql_errno(d->my), mysql_error(d->my), e);
}

static int set_options(struct db *d)
{
	const unsigned connect = CONNECT_SECONDS, answer = d->answer_seconds, off = 0;
	const unsigned protocol = d->url.socket[0] != '\0' ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
	const my_bool no = 0;

	return mysql_options(d->my, MYSQL_OPT_CONNECT_TIMEOUT, &connect) | mysql_options(d->my, MYSQL_OPT_READ_TIMEOUT, &answer) |
	       mysql_options(d->my, MYSQL_OPT_WRITE_TIMEOUT, &answer) | mysql_options(d->my, MYSQL_OPT_PROTOCOL, &protocol) |
	       mysql_options(d->my, MYSQL_OPT_LOCAL_INFILE, &off) | mysql_options(d->my, MYSQL_OPT_RECONNECT, &no) |
	       mysql_options(d->my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
}

static int open_connection(struct db *d, struct err *e)
{
	const struct db_url *u = &d->url;
	const int local = u->socket[0] != '\0';

	if ((d->my = mysql_init(NULL)) == NULL || set_options(d) != 0) {
		db_drop(d);
		return err_set(e, ERR_NOMEM, "out of memory for a connection to the database");
	}
	if (mysql_real_connect(d->my, local ? NULL : u->host, u->user, u->password, u->database, u->port, local ? u->socket : NULL,
			       CLIENT_FOUND_ROWS) == NULL) {
		const int r = db_fail_here(d, e);

		db_drop(d);
		return r;
	}
	for (size_t i = 0; i < sizeof(session) / sizeof(session[0]); i++) {
		if (mysql_query(d->my, session[i]) != 0) {
			const int r = db_fail_here(d, e);

			db_drop(d);
			return r;
		}
	}
	return OK;
}

/* Nothing may have come on a connection at rest: what can be read is its end or the farewell of the server. */
static int has_ended(struct db *d)
{
	struct pollfd p = { .fd = (int)mysql_get_socket(d->my), .events = POLLIN | POLLRDHUP };

	return poll(&p, 1, 0) != 0;
}

static int lost(struct db *d, struct err *e)
{
	d->fault = FAULT_LOST;
	return err_set(e, ERR_UNAVAILABLE, "the connection to the database was lost in the middle of a transaction");
}

int db_ready(struct db *d, struct err *e)
{
	int r;

	d->fault = 0;
	if (d->my != NULL && has_ended(d))
		db_drop(d);
	if (d->my != NULL)
		return OK;
	if (d->in_transaction || d->greeting)
		return lost(d, e);
	if ((r = open_connection(d, e)) < 0 || d->hello == NULL)
		return r;
	d->greeting = 1;
	r = d->hello(d->hello_arg, d, e);
	d->greeting = 0;
	if (r < 0)
		db_drop(d);
	return r;
}

static int command(struct db *d, const char *sql, struct err *e)
{
	const int r = db_ready(d, e);

	if (r < 0)
		return r;
	return mysql_query(d->my, sql) == 0 ? OK : db_fail_here(d, e);
}

int db_begin(struct db *d, struct err *e)
{
	int r;

	assert(!d->in_transaction);
	if ((r = db_ready(d, e)) < 0)
		return r;
	r = command(d, "START TRANSACTION", e);
	if (r < 0 && (d->fault & FAULT_LOST))
		r = command(d, "START TRANSACTION", e);
	d->in_transaction = r == OK;
	return r;
}

int db_commit(struct db *d, struct err *e)
{
	int r;

	assert(d->in_transaction);
	if ((r = command(d, "COMMIT", e)) < 0)
		db_rollback(d);
	d->in_transaction = 0;
	return r;
}

void db_rollback(struct db *d)
{
	const int fault = d->fault;

	if (d->in_transaction && d->my != NULL && mysql_query(d->my, "ROLLBACK") != 0)
		db_drop(d);
	d->in_transaction = 0;
	d->fault = fault;
}

int db_is_open(const struct db *d)
{
	return d->my != NULL;
}

int db_fault(const struct db *d)
{
	return d->fault;
}

void db_be_patient(struct db *d)
{
	d->answer_seconds = PATIENT_SECONDS;
}

void db_answer_within(struct db *d, unsigned seconds)
{
	d->answer_seconds = seconds;
}

int db_script(struct db *d, const char *sql, struct err *e)
{
	int r = db_ready(d, e);

	if (r < 0)
		return r;
	if (mysql_set_server_option(d->my, MYSQL_OPTION_MULTI_STATEMENTS_ON) != 0)
		return db_fail_here(d, e);
	/* Each statement has a result of its own; the first that fails is the last. */
	for (r = mysql_query(d->my, sql); r == 0; r = mysql_next_result(d->my)) {
		MYSQL_RES *rows = mysql_store_result(d->my);

		if (rows == NULL && mysql_errno(d->my) != 0)
			break;
		mysql_free_result(rows);
	}
	if (r != -1)
		return db_fail_here(d, e);
	return mysql_set_server_option(d->my, MYSQL_OPTION_MULTI_STATEMENTS_OFF) == 0 ? OK : db_fail_here(d, e);
}

int db_rows(struct db *d, const char *sql, db_row each, void *arg, struct err *e)
{
	MYSQL_RES *rows;
	int r = command(d, sql, e);

	if (r < 0)
		return r;
	if ((rows = mysql_store_result(d->my)) == NULL)
		return db_fail_here(d, e);
	for (MYSQL_ROW row; r == OK && (row = mysql_fetch_row(rows)) != NULL;)
		r = each(arg, row);
	mysql_free_result(rows);
	return r;
}

static int keep_number(void *arg, char **row)
{
	*(long long *)arg = row[0] != NULL ? atoll(row[0]) : 0;
	return OK;
}

int db_number(struct db *d, const char *sql, long long *out, struct err *e)
{
	*out = 0;
	return db_rows(d, sql, keep_number, out, e);
}
