/*
 * pool_world: a real pool for tests: master_run() in a child, real workers, real sockets, with handlers that sleep, crash and hang in
 * the place of the product's. Code in a header: each test program of the pool includes it once.
 */
#ifndef UNIT_POOL_WORLD_H
#define UNIT_POOL_WORLD_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <errno.h>
#include <fcntl.h>

#include <cmocka.h>

#include "api/routes.h"
#include "base/config.h"
#include "context.h"
#include "job/job.h"
#include "lib/fcgi_client.h"
#include "lib/tempdir.h"
#include "pool/master.h"

/* ---- the site: settings of a file, no model, no templates ------------------------------------------------------------------ */

static char world_conf[TEMPDIR_PATH_MAX];

/* What stands for the adapted model of the site. */
static void world_model(char path[static TEMPDIR_PATH_MAX + 8])
{
	snprintf(path, TEMPDIR_PATH_MAX + 8, "%s.model", world_conf);
}

int site_load(struct site **out, uint64_t generation, struct err *e)
{
	struct site *const s = calloc(1, sizeof(*s));
	static const struct {
		const char *name;
		size_t at;
	} sizes[] = {
		{ "workers", offsetof(struct site, workers) },
		{ "upload_workers", offsetof(struct site, upload_workers) },
		{ "max_requests", offsetof(struct site, max_requests) },
		{ "stuck_seconds", offsetof(struct site, stuck_seconds) },
		{ "drain_seconds", offsetof(struct site, drain_seconds) },
	};
	int r;

	if (s == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	settings_init(&s->settings, config_table());
	r = settings_load(&s->settings, world_conf, e);
	for (size_t i = 0; r == OK && i < sizeof(sizes) / sizeof(sizes[0]); i++)
		r = settings_size(&s->settings, sizes[i].name, 0, 1000000, (size_t *)(void *)((char *)s + sizes[i].at), e);
	if (r < 0) {
		free(s);
		return r;
	}
	s->generation = generation;
	s->database_url = settings_text(&s->settings, "database_url");
	s->listen = settings_text(&s->settings, "listen");
	s->upload_listen = settings_text(&s->settings, "upload_listen");
	s->user = settings_text(&s->settings, "user");
	world_model(s->paths.now);
	filestamp_look(&s->stamp, s->paths.now);
	*out = s;
	return OK;
}

void site_del(struct site *s)
{
	free(s);
}

/* ---- handlers --------------------------------------------------------------------------------------------------------------- */

static void say(struct response *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void say(struct response *s, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->status = 200;
	s->content_type = "text/plain";
	text_str(&s->body, text);
}

static void world_sleep(const char *query)
{
	const long ms = strtol(query, NULL, 10);

	nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

/* Bytes and their sum, so that a byte too many, too few or in the wrong place is seen. */
static void world_echo(struct request *q, struct response *s)
{
	unsigned char buf[10000];
	unsigned long long n = 0, sum = 0;
	ptrdiff_t got;

	while ((got = request_read(q, buf, sizeof(buf))) > 0)
		for (ptrdiff_t i = 0; i < got; i++)
			sum = sum * 31 + buf[i] + ++n;
	say(s, "%llu %llu %s", n, sum, got < 0 ? "broken" : "whole");
}

static void world_whoami(struct response *s)
{
	uid_t u[3];
	gid_t g[3], groups[64];
	const int n = getgroups(64, groups);
	int root = n < 0;

	getresuid(&u[0], &u[1], &u[2]);
	getresgid(&g[0], &g[1], &g[2]);
	for (int i = 0; i < n; i++)
		root |= groups[i] == 0;
	say(s, "%d %d %d %d %d %d root-group=%d setuid=%d setgid=%d", (int)u[0], (int)u[1], (int)u[2], (int)g[0], (int)g[1],
	    (int)g[2], root, setuid(0), setgid(0));
}

/* Words from two requests must never meet: each asks for its own and looks whether it gets it. */
static void world_big(const char *query, struct response *s)
{
	const long n = strtol(query, NULL, 10);

	say(s, "%s", "");
	for (long i = 0; i < n; i++)
		text_str(&s->body, "0123456789abcdef");
}

void routes_serve(struct context *c, enum pool_class pool, struct request *q, struct response *s)
{
	say(s, "%s", "");
	if (strcmp(q->path, "/pid") == 0)
		say(s, "%d %llu %d", (int)getpid(), (unsigned long long)c->site->generation, (int)pool);
	else if (strcmp(q->path, "/sleep") == 0)
		world_sleep(q->query);
	else if (strcmp(q->path, "/crash") == 0) {
		signal(SIGSEGV, SIG_DFL); /* no report of a sanitizer */
		raise(SIGSEGV);
	} else if (strcmp(q->path, "/hang") == 0)
		for (;;)
			pause();
	else if (strcmp(q->path, "/work") == 0)
		for (int i = 0; i < 30; i++) {
			world_sleep("100");
			slot_beat(c->slot);
		}
	else if (strcmp(q->path, "/echo") == 0)
		world_echo(q, s);
	else if (strcmp(q->path, "/whoami") == 0)
		world_whoami(s);
	else if (strcmp(q->path, "/big") == 0)
		world_big(q->query, s);
}

unsigned job_round(struct context *c)
{
	(void)c;
	return 1;
}

/* ---- the pool --------------------------------------------------------------------------------------------------------------- */

enum { WORKERS_MAX = 64, WAIT_SECONDS = 60 };

static struct {
	struct tempdir dir;
	char pages[TEMPDIR_PATH_MAX], uploads[TEMPDIR_PATH_MAX], log[TEMPDIR_PATH_MAX];
	pid_t master;
} pool;

static inline void snooze(double seconds)
{
	nanosleep(&(struct timespec){ .tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9) },
		  NULL);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline void pool_configure(const char *lines)
{
	char text[4096];

	/* database_url is never used: nothing connects. */
	snprintf(text, sizeof(text), "listen = unix:%s\nupload_listen = unix:%s\n%s%s", pool.pages, pool.uploads,
		 strstr(lines, "user = ") == NULL ? "user = root\n" : "", lines);
	file_put(world_conf, text, strlen(text));
}

static inline const char *pool_log(void)
{
	static char *text;
	size_t n;

	free(text);
	text = file_get(pool.log, &n);
	return text;
}

#define WAIT_FOR(condition)                                                                                                        \
	for (double wait_end = now() + WAIT_SECONDS; !(condition); snooze(0.01))                                                   \
		if (now() > wait_end)                                                                                              \
	fail_msg("waited in vain for " #condition "\n%s", pool_log())

static inline int answers(const char *path)
{
	struct answer a;

	fcgi_ask(path, "GET", "/pid", NULL, 0, &a);
	return a.whole && a.status == 200;
}

static inline void pool_fork(void)
{
	struct site *site;
	struct err e = { 0 };
	int fd, code;

	if ((pool.master = fork()) != 0)
		return;
	fd = open(pool.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	dup2(fd, STDERR_FILENO);
	if (site_load(&site, 1, &e) < 0)
		_exit(99);
	code = master_run(site, &e);
	if (code != 0)
		dprintf(STDERR_FILENO, "failed: %s\n", e.msg);
	_exit(code);
}

static inline void pool_make(void)
{
	tempdir_make(&pool.dir);
	snprintf(world_conf, sizeof(world_conf), "%s", tempdir_file(&pool.dir, "conf"));
	snprintf(pool.pages, sizeof(pool.pages), "%s", tempdir_file(&pool.dir, "pages"));
	snprintf(pool.uploads, sizeof(pool.uploads), "%s", tempdir_file(&pool.dir, "uploads"));
	snprintf(pool.log, sizeof(pool.log), "%s", tempdir_file(&pool.dir, "log"));
	file_put(pool.log, "", 0);
}

static inline void pool_start(const char *lines)
{
	pool_make();
	pool_configure(lines);
	pool_fork();
	assert_true(pool.master > 0);
	WAIT_FOR(answers(pool.pages) && answers(pool.uploads));
}

/* The exit code, or -1 for another end. */
static inline int pool_wait(void)
{
	int status = 0;

	WAIT_FOR(waitpid(pool.master, &status, WNOHANG) == pool.master);
	pool.master = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline int pool_stop(void)
{
	int code;

	kill(pool.master, SIGTERM);
	code = pool_wait();
	/* A sanitizer that found something said so. */
	assert_null(strstr(pool_log(), "Sanitizer"));
	assert_null(strstr(pool_log(), "runtime error"));
	tempdir_remove(&pool.dir);
	return code;
}

/* Processes of the pool below the master, sorted as the system lists them. */
static inline size_t pool_children(pid_t out[static WORKERS_MAX])
{
	char path[64];
	size_t n = 0;
	FILE *f;
	int pid;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pool.master, (int)pool.master);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	while (n < WORKERS_MAX && fscanf(f, "%d", &pid) == 1)
		out[n++] = (pid_t)pid;
	fclose(f);
	return n;
}

static inline int pool_worker(const char *path, pid_t *pid)
{
	struct answer a;
	int got = 0;

	fcgi_ask(path, "GET", "/pid", NULL, 0, &a);
	if (!a.whole || sscanf(a.body, "%d", &got) != 1)
		return 0;
	*pid = (pid_t)got;
	return 1;
}

/* ---- clients in the background ---------------------------------------------------------------------------------------------- */

enum { CLIENTS = 6 };

static struct load {
	volatile int stop;
	pid_t clients[CLIENTS];
	volatile size_t good[CLIENTS], refused[CLIENTS], broken[CLIENTS];
} * load;

static inline void load_run(size_t me)
{
	static const char *const uris[] = { "/pid", "/sleep?3", "/big?2000", "/echo" };
	static char body[20000];

	for (size_t i = me; !load->stop; i++) {
		const int echo = i % 4 == 3;
		struct answer a;

		fcgi_ask(pool.pages, echo ? "POST" : "GET", uris[i % 4], body, echo ? sizeof(body) : 0, &a);
		if (a.whole && a.status == 200)
			load->good[me]++;
		else if (!a.connected)
			load->refused[me]++;
		else
			load->broken[me]++;
		if (!a.connected)
			snooze(0.001);
	}
	_exit(0);
}

static inline void load_start(void)
{
	load = mmap(NULL, sizeof(*load), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(load != MAP_FAILED);
	for (size_t i = 0; i < CLIENTS; i++) {
		const pid_t pid = fork();

		if (pid == 0)
			load_run(i);
		load->clients[i] = pid;
	}
}

static inline void load_stop(size_t *good, size_t *refused, size_t *broken)
{
	*good = *refused = *broken = 0;
	load->stop = 1;
	for (size_t i = 0; i < CLIENTS; i++) {
		assert_int_equal(waitpid(load->clients[i], NULL, 0), load->clients[i]);
		*good += load->good[i];
		*refused += load->refused[i];
		*broken += load->broken[i];
	}
	munmap(load, sizeof(*load));
	load = NULL;
}

/* One request in the background; read its answer with fcgi_receive(). */
static inline int ask_later(const char *path, const char *uri)
{
	struct wire w = { 0 };
	const int fd = fcgi_connect(path);

	assert_true(fd >= 0);
	wire_request(&w, "GET", uri, NULL, 0);
	assert_int_equal(fcgi_send(fd, w.p, w.n), 0);
	wire_free(&w);
	return fd;
}

static inline void got(int fd, struct answer *a)
{
	fcgi_receive(fd, WAIT_SECONDS, a);
	close(fd);
}

/* A test that failed leaves nothing running. */
static inline int pool_teardown(void **state)
{
	size_t unused;

	(void)state;
	if (pool.master > 0) {
		pid_t all[WORKERS_MAX];
		const size_t n = pool_children(all);

		kill(pool.master, SIGKILL);
		waitpid(pool.master, NULL, 0);
		for (size_t i = 0; i < n; i++)
			kill(all[i], SIGKILL);
	}
	if (load != NULL)
		load_stop(&unused, &unused, &unused);
	pool.master = 0;
	return 0;
}

#define POOL_TEST(f) cmocka_unit_test_teardown(f, pool_teardown)

#endif
