/*
 * bare_fcgi SOCKET WORKERS FILE [DATABASE_SOCKET USER PASSWORD ID]: the least that a FastCGI program can do, as the measure of ours.
 *
 * Answers every request with the JSON in FILE; with a database, with the details of scan ID, read anew each time by one prepared primary-key SELECT.
 */
#include <fcgiapp.h>
#include <mysql.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char text[1 << 20];
static size_t text_n;

struct query {
	MYSQL *db;
	MYSQL_STMT *statement;
	MYSQL_BIND in, out;
	unsigned long long id;
	unsigned long n;
};

static void die(const char *what)
{
	fprintf(stderr, "bare_fcgi: %s\n", what);
	_exit(1);
}

static void query_open(struct query *q, char **argv)
{
	static const char sql[] = "SELECT details FROM scans WHERE id = ?";

	q->db = mysql_init(NULL);
	if (q->db == NULL || mysql_real_connect(q->db, NULL, argv[1], argv[2], "guardian", 0, argv[0], 0) == NULL)
		die("no database");
	q->id = strtoull(argv[3], NULL, 10);
	q->statement = mysql_stmt_init(q->db);
	q->in = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_LONGLONG, .buffer = &q->id, .is_unsigned = 1 };
	q->out = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_STRING, .buffer = text, .buffer_length = sizeof(text), .length = &q->n };
	if (q->statement == NULL || mysql_stmt_prepare(q->statement, sql, sizeof(sql) - 1) != 0 ||
	    mysql_stmt_bind_param(q->statement, &q->in) != 0)
		die("cannot prepare");
}

static void query_run(struct query *q)
{
	if (mysql_stmt_execute(q->statement) != 0 || mysql_stmt_bind_result(q->statement, &q->out) != 0 || mysql_stmt_fetch(q->statement) != 0)
		die("cannot read");
	text_n = q->n;
	mysql_stmt_free_result(q->statement);
}

static void work(int fd, char **database)
{
	struct query q = { 0 };
	FCGX_Request r;

	FCGX_InitRequest(&r, fd, 0);
	if (database != NULL)
		query_open(&q, database);
	while (FCGX_Accept_r(&r) == 0) {
		if (database != NULL)
			query_run(&q);
		FCGX_PutS("Content-Type: application/json\r\n\r\n", r.out);
		FCGX_PutStr(text, (int)text_n, r.out);
		FCGX_Finish_r(&r);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	const int workers = argc > 2 ? atoi(argv[2]) : 0;
	FILE *f;
	int fd;

	if ((argc != 4 && argc != 8) || workers < 1)
		die("usage: bare_fcgi SOCKET WORKERS FILE [DATABASE_SOCKET USER PASSWORD ID]");
	f = fopen(argv[3], "rb");
	if (f != NULL) {
		text_n = fread(text, 1, sizeof(text), f);
		fclose(f);
	}
	if (text_n == 0)
		die("no text in the file");
	FCGX_Init();
	if ((fd = FCGX_OpenSocket(argv[1], 1024)) < 0 || chmod(argv[1], 0666) != 0)
		die("cannot listen");
	for (int i = 0; i < workers; i++)
		if (fork() == 0)
			work(fd, argc == 8 ? argv + 4 : NULL);
	while (wait(NULL) > 0)
		continue;
	return 0;
}
