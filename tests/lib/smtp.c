/* smtp: a child process whose standard input is a pipe of ours: it ends with us, whatever happens. */
#include "lib/smtp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "lib/cm.h"

enum { ARGS_MAX = 16, READY_SECONDS = 60 };

static const char python[] = "/usr/bin/python3", script[] = TEST_SOURCE_DIR "/tests/lib/smtp_server.py";

int smtp_is_there(void)
{
	return system("/usr/bin/python3 -c 'import aiosmtpd' 2> /dev/null") == 0;
}

static void run(const struct smtp *s, int input, const char *const *args)
{
	const char *argv[ARGS_MAX] = { python, script, "--while-stdin", "--folder", s->dir.path };
	size_t n = 5;

	for (; *args != NULL && n < ARGS_MAX - 1; args++)
		argv[n++] = *args;
	if (dup2(input, 0) == 0)
		execv(python, (char *const *)(uintptr_t)argv);
	_exit(127);
}

static void wait_until_ready(struct smtp *s)
{
	const char *const path = tempdir_file(&s->dir, "port");
	const struct timespec pause = { 0, 20000000 };
	size_t len;
	char *text;

	for (int i = 0; access(path, R_OK) != 0; i++) {
		assert_int_equal(waitpid(s->pid, NULL, WNOHANG), 0);
		assert_true(i < READY_SECONDS * 50);
		nanosleep(&pause, NULL);
	}
	text = file_get(path, &len);
	s->port = (unsigned)strtoul(text, NULL, 10);
	free(text);
}

void smtp_start(struct smtp *s, const char *const *args)
{
	int ends[2];

	tempdir_make(&s->dir);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	s->pid = fork();
	assert_true(s->pid >= 0);
	if (s->pid == 0)
		run(s, ends[0], args);
	close(ends[0]);
	s->input = ends[1];
	wait_until_ready(s);
}

void smtp_stop(struct smtp *s)
{
	close(s->input);
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	tempdir_remove(&s->dir);
}

struct json_object *smtp_mail(struct smtp *s, int n)
{
	struct json_object *o = NULL;
	struct err e;
	char name[32];
	size_t len;
	char *text;

	snprintf(name, sizeof(name), "%d.json", n);
	if (access(tempdir_file(&s->dir, name), R_OK) != 0)
		return NULL;
	text = file_get(s->dir.file, &len);
	assert_int_equal(json_read(&o, text, len, &e), OK);
	free(text);
	return o;
}
