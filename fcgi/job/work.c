/* work: a fork, a page of memory that both see, a pipe that says when it ended, and a file in memory for each output. */
#include "job/work.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OUTPUTS = 2, NICENESS = 5 };
enum state { FREE, CHANGING, STOPPED };

/* Written by the process, but for the state. */
struct shared {
	_Atomic(const char *) phase; /* the address of a constant is the same before and after fork() */
	atomic_ullong share, rows;   /* share: the bits of the number */
	atomic_int state;
	int code; /* of the act; both are read after the end */
	struct err err;
};

struct work {
	struct shared *shared;
	pid_t pid;  /* 0: it has been waited for */
	int end[2]; /* a pipe whose other end only the process has */
	int output[OUTPUTS];
	int status;
};

static unsigned long long bits_of(double v)
{
	unsigned long long bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

/* ---- by the process ----------------------------------------------------------------------------------------------------------- */

void work_tell(struct work *w, const char *phase, double share, uint64_t rows)
{
	if (w == NULL)
		return;
	atomic_store(&w->shared->phase, phase);
	atomic_store(&w->shared->share, bits_of(share));
	atomic_store(&w->shared->rows, rows);
}

int work_may_change(struct work *w)
{
	int was = FREE;

	return w == NULL || atomic_compare_exchange_strong(&w->shared->state, &was, CHANGING) || was == CHANGING;
}

static int put(int fd, const struct text *t, struct err *e)
{
	size_t at = 0;

	if (t->failed)
		return err_set(e, ERR_NOMEM, "out of memory");
	while (at < t->n) {
		const ssize_t n = write(fd, t->p + at, t->n - at);

		if (n > 0)
			at += (size_t)n;
		else if (errno != EINTR)
			return err_errno(e, ERR_IO, "cannot keep what came out");
	}
	return OK;
}

static _Noreturn void run(struct work *w, pid_t parent, work_act act, void *arg)
{
	struct shared *const shared = w->shared;
	struct work_output out = { 0 };

	close(w->end[0]);
	/* Set, then looked: the parent may have died in between. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	/* Scans go first. */
	if (nice(NICENESS) == -1)
		errno = 0;
	shared->code = act(arg, w, &out, &shared->err);
	if (shared->code >= 0 &&
	    (put(w->output[0], &out.result, &shared->err) < 0 || put(w->output[1], &out.report, &shared->err) < 0))
		shared->code = shared->err.code;
	_exit(0);
}

/* ---- by the one who started it --------------------------------------------------------------------------------------------------- */

static int open_all(struct work *w, struct err *e)
{
	w->shared = mmap(NULL, sizeof(*w->shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (w->shared == MAP_FAILED) {
		w->shared = NULL;
		return err_errno(e, ERR_NOMEM, "cannot share memory with the work");
	}
	atomic_store(&w->shared->phase, "");
	atomic_store(&w->shared->share, bits_of((double)NAN));
	if (pipe2(w->end, O_CLOEXEC) < 0)
		return err_errno(e, ERR_IO, "cannot make a pipe for the work");
	for (size_t i = 0; i < OUTPUTS; i++)
		if ((w->output[i] = memfd_create("guardian-work", MFD_CLOEXEC)) < 0)
			return err_errno(e, ERR_IO, "cannot make a file in memory for the work");
	return OK;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int work_start(struct work **out, work_act act, void *arg, struct err *e)
{
	struct work *const w = calloc(1, sizeof(*w));
	const pid_t parent = getpid();
	int r;

	if (w == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	w->end[0] = w->end[1] = w->output[0] = w->output[1] = -1;
	if ((r = open_all(w, e)) == OK && (w->pid = fork()) < 0) {
		r = err_errno(e, ERR_NOMEM, "cannot start the work");
		w->pid = 0;
	}
	if (r < 0) {
		work_del(w);
		return r;
	}
	if (w->pid == 0)
		run(w, parent, act, arg);
	close_fd(&w->end[1]);
	*out = w;
	return OK;
}

static void reap(struct work *w)
{
	while (w->pid > 0 && waitpid(w->pid, &w->status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
}

int work_wait(struct work *w, int ms)
{
	struct pollfd end = { .fd = w->end[0], .events = POLLIN };

	if (w->pid > 0 && poll(&end, 1, ms) == 1)
		reap(w);
	return w->pid == 0;
}

void work_look(const struct work *w, const char **phase, double *share, uint64_t *rows)
{
	const unsigned long long bits = atomic_load(&w->shared->share);

	*phase = atomic_load(&w->shared->phase);
	memcpy(share, &bits, sizeof(*share));
	*rows = atomic_load(&w->shared->rows);
}

int work_stop(struct work *w)
{
	int was = FREE;

	if (!atomic_compare_exchange_strong(&w->shared->state, &was, STOPPED) && was == CHANGING)
		return 0;
	if (w->pid > 0)
		kill(w->pid, SIGKILL);
	reap(w);
	return 1;
}

static int get(int fd, struct text *t)
{
	const off_t n = lseek(fd, 0, SEEK_END);
	char *const to = n < 0 ? NULL : text_room(t, (size_t)n);
	size_t at = 0;

	if (to == NULL)
		return n < 0 ? ERR_IO : ERR_NOMEM;
	while (at < (size_t)n) {
		const ssize_t got = pread(fd, to + at, (size_t)n - at, (off_t)at);

		if (got <= 0 && errno != EINTR)
			return ERR_IO;
		at += got > 0 ? (size_t)got : 0;
	}
	text_took(t, at);
	return OK;
}

int work_end(struct work *w, struct work_output *out, struct err *e)
{
	if (WIFSIGNALED(w->status))
		return err_set(e, ERR_IO, "the work was ended by signal %d%s", WTERMSIG(w->status),
			       WTERMSIG(w->status) == SIGKILL ? ": the memory of this machine may not have been enough" : "");
	if (!WIFEXITED(w->status) || WEXITSTATUS(w->status) != 0)
		return err_set(e, ERR_IO, "the work ended in disorder");
	if (w->shared->code < 0) {
		*e = w->shared->err;
		return w->shared->code;
	}
	if (get(w->output[0], &out->result) < 0 || get(w->output[1], &out->report) < 0)
		return err_set(e, ERR_NOMEM, "out of memory for what came out");
	return OK;
}

void work_del(struct work *w)
{
	if (w == NULL)
		return;
	if (w->pid > 0) {
		kill(w->pid, SIGKILL);
		reap(w);
	}
	if (w->shared != NULL)
		munmap(w->shared, sizeof(*w->shared));
	close_fd(&w->end[0]);
	close_fd(&w->end[1]);
	for (size_t i = 0; i < OUTPUTS; i++)
		close_fd(&w->output[i]);
	free(w);
}
