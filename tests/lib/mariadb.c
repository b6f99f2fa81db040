/* mariadb: a private server for tests. */
#include "lib/mariadb.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cm.h"

#define SCRIPT TEST_SOURCE_DIR "/sql/private-server.sh"

int shell(char *out, size_t size, const char *fmt, ...)
{
	char command[2048], rest[256];
	size_t n = 0, got;
	va_list ap;
	FILE *p;
	int status;

	va_start(ap, fmt);
	assert_in_range(vsnprintf(command, sizeof(command), fmt, ap), 1, sizeof(command) - 1);
	va_end(ap);
	assert_non_null(p = popen(command, "r"));
	while (n + 1 < size && (got = fread(out + n, 1, size - n - 1, p)) > 0)
		n += got;
	if (size > 0)
		out[n] = '\0';
	while (fread(rest, 1, sizeof(rest), p) > 0)
		;
	status = pclose(p);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/*
 * A process that learns the server's pid from a pipe and ends the server and its folder when the pipe is closed, so also when the
 * test crashed. (PR_SET_PDEATHSIG is forgotten when mariadbd changes its user.)
 */
static void start_keeper(struct mariadb *m)
{
	int fds[2];
	pid_t server = 0;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_true((m->keeper = fork()) >= 0);
	if (m->keeper > 0) {
		close(fds[0]);
		m->keeper_fd = fds[1];
		return;
	}
	close(fds[1]);
	setsid(); /* Ctrl-C at the test is not for us */
	while (read(fds[0], &server, sizeof(server)) == sizeof(server) && server >= 0)
		;
	if (server > 0) {
		kill(server, SIGKILL);
		usleep(200000);
	}
	execl("/bin/rm", "rm", "-rf", "--", m->dir, (char *)NULL);
	_exit(1);
}

static void tell_keeper(struct mariadb *m, pid_t pid)
{
	m->pid = pid;
	assert_int_equal(write(m->keeper_fd, &pid, sizeof(pid)), sizeof(pid));
}

static void parse_url(const char *lines, const char *name, char *out, size_t size)
{
	const char *at = strstr(lines, name);

	assert_non_null(at);
	at += strlen(name);
	assert_in_range(strcspn(at, "\n"), 10, size - 1);
	snprintf(out, size, "%.*s", (int)strcspn(at, "\n"), at);
}

void mariadb_again(struct mariadb *m)
{
	char lines[1024], log[96];
	const pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		snprintf(log, sizeof(log), "%s/log", m->dir);
		if (freopen(log, "a", stderr) != NULL && freopen("/dev/null", "w", stdout) != NULL)
			execl(SCRIPT, SCRIPT, "run", m->data, m->socket, (char *)NULL);
		_exit(127);
	}
	tell_keeper(m, pid);
	if (shell(lines, sizeof(lines), "'%s' accounts '%s' '%s' 2>&1", SCRIPT, m->socket, m->data) != 0) {
		print_error("%s", lines);
		shell(lines, sizeof(lines), "tail -n 5 '%s/log'", m->dir);
		fail_msg("the server did not start: %s", lines);
	}
	parse_url(lines, "OWNER_URL=", m->owner_url, sizeof(m->owner_url));
	parse_url(lines, "WORKER_URL=", m->worker_url, sizeof(m->worker_url));
}

void mariadb_start(struct mariadb *m)
{
	memset(m, 0, sizeof(*m));
	snprintf(m->dir, sizeof(m->dir), "/tmp/guardian-db-XXXXXX");
	assert_non_null(mkdtemp(m->dir));
	assert_int_equal(chmod(m->dir, 0755), 0); /* as root the server runs as another user */
	snprintf(m->data, sizeof(m->data), "%s/data", m->dir);
	snprintf(m->socket, sizeof(m->socket), "%s/run/db.sock", m->dir);
	start_keeper(m);
	mariadb_again(m);
}

static void end_server(struct mariadb *m, int how)
{
	if (m->pid == 0)
		return;
	assert_int_equal(kill(m->pid, how), 0);
	assert_int_equal(waitpid(m->pid, NULL, 0), m->pid);
	tell_keeper(m, 0);
}

void mariadb_kill(struct mariadb *m)
{
	end_server(m, SIGKILL);
}

void mariadb_stop(struct mariadb *m)
{
	end_server(m, SIGTERM);
}

void mariadb_remove(struct mariadb *m)
{
	mariadb_stop(m);
	tell_keeper(m, -1); /* children of the test may still hold the pipe */
	close(m->keeper_fd);
	assert_int_equal(waitpid(m->keeper, NULL, 0), m->keeper);
}

void mariadb_sql(const struct mariadb *m, const char *sql, char *out, size_t size)
{
	char file[96], said[300];
	FILE *f;

	if (size == 0) {
		out = said;
		size = sizeof(said);
	}
	snprintf(file, sizeof(file), "%s/sql", m->dir);
	assert_non_null(f = fopen(file, "w"));
	assert_true(fputs(sql, f) >= 0);
	assert_int_equal(fclose(f), 0);
	if (shell(out, size,
		  "mariadb --no-defaults --socket='%s' --user=\"$(id -un)\" --batch --skip-column-names guardian < '%s' 2>&1",
		  m->socket, file) != 0)
		fail_msg("%s: %s", sql, out);
}
