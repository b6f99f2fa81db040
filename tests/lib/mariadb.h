/*
 * mariadb: a private MariaDB for the tests of one program, started with sql/private-server.sh in a folder of its own. A failure ends
 * the test. Whatever becomes of the program, the server is stopped and the folder removed.
 */
#ifndef LIB_MARIADB_H
#define LIB_MARIADB_H

#include <stddef.h>
#include <sys/types.h>

struct mariadb {
	char dir[64], socket[96], data[96];
	char owner_url[320], worker_url[320];
	pid_t pid; /* 0: not running */
	pid_t keeper;
	int keeper_fd;
};

void mariadb_start(struct mariadb *m);
void mariadb_remove(struct mariadb *m);

void mariadb_kill(struct mariadb *m);  /* kill -9 */
void mariadb_stop(struct mariadb *m);  /* in good order */
void mariadb_again(struct mariadb *m); /* run it, and wait until it answers; the same accounts and data */

/* Run SQL as the administrator, all at once; the output in tabs and lines without headings, cut to size. */
void mariadb_sql(const struct mariadb *m, const char *sql, char *out, size_t size);

/* Run a command of the shell: its exit code; output (both streams) cut to size. */
int shell(char *out, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
