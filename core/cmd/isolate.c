/* isolate: fork, with the result in shared memory. */
#include "cmd/isolate.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

struct result {
	int done; /* fn came back */
	int r;
	struct err err;
};

void *isolate_alloc(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void isolate_free(void *p, size_t bytes)
{
	if (p != NULL)
		munmap(p, bytes);
}

/* The child: bounded time, no core dump, and nothing of the parent that acts on signals or at exit. */
static void child(int (*fn)(void *arg, struct err *e), void *arg, unsigned cpu_s, struct result *out)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU };
	const struct rlimit cpu = { cpu_s, cpu_s }, core = { 0, 0 };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
	if (setrlimit(RLIMIT_CPU, &cpu) < 0 || setrlimit(RLIMIT_CORE, &core) < 0)
		out->r = err_errno(&out->err, ERR_IO, "cannot limit a child process");
	else
		out->r = fn(arg, &out->err);
	out->done = 1;
	_exit(0);
}

int isolate_run(int (*fn)(void *arg, struct err *e), void *arg, const char *what, unsigned cpu_s, struct err *e)
{
	struct result *out = isolate_alloc(sizeof(*out));
	int status = 0, r;
	pid_t pid, got;

	if (out == NULL)
		return err_set(e, ERR_NOMEM, "%s: out of memory", what);
	if ((pid = fork()) < 0) {
		r = err_errno(e, ERR_IO, "%s: cannot start a child process", what);
		goto out;
	}
	if (pid == 0)
		child(fn, arg, cpu_s, out);
	while ((got = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
		;
	if (got < 0) {
		r = err_errno(e, ERR_IO, "%s: cannot wait for a child process", what);
	} else if (out->done && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		r = out->r;
		if (r < 0 && e != NULL)
			*e = out->err;
	} else if (WIFSIGNALED(status)) {
		r = err_set(e, ERR_FORMAT, "%s is damaged: the library that reads it ended by signal %d", what, WTERMSIG(status));
	} else {
		r = err_set(e, ERR_FORMAT, "%s is damaged: the library that reads it gave up", what);
	}
out:
	isolate_free(out, sizeof(*out));
	return r;
}
