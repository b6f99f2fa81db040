/*
 * master: processes, signals and time for the supervisor, which decides.
 *
 * All signals that matter are blocked and read from a signalfd; the only wait is ppoll(). It does not speak to the database and
 * serves nothing, so there is little that could stop it.
 */
#include "pool/master.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "log.h"
#include "pool/listener.h"
#include "pool/privileges.h"
#include "pool/supervisor.h"
#include "pool/worker.h"

struct master {
	struct site *site;
	char *listen[CLASS_JOBS]; /* what the sockets were opened for */
	struct listener listener[CLASS_JOBS];
	struct scoreboard *board;
	struct supervisor supervisor;
	struct account account;
	int signals;
	sigset_t mask;                         /* before ours */
	uint64_t requests_at_start[SLOTS_MAX]; /* of the slot, when its worker was started */
	double started_at[SLOTS_MAX];
	int reload, shut;
};

static const char *const pool_names[] = { [CLASS_PAGES] = "pages", [CLASS_UPLOADS] = "uploads", [CLASS_JOBS] = "jobs" };

/* ---- configuration ---------------------------------------------------------------------------------------------------------- */

/* What the supervisor has to know of a site; ERR_RANGE: more workers than seats. */
static int configure(struct master *m, size_t seats, struct err *e)
{
	const struct site *const s = m->site;
	const size_t want[POOLS] = { [CLASS_PAGES] = s->workers, [CLASS_UPLOADS] = s->upload_workers, [CLASS_JOBS] = 1 };
	const size_t workers = s->workers + s->upload_workers + 1;
	const int level = log_level_parse(settings_text(&s->settings, "log_level"));

	if (s->workers == 0 || s->upload_workers == 0 || s->workers >= SLOTS_MAX || s->upload_workers >= SLOTS_MAX ||
	    workers >= seats)
		return err_set(e, ERR_RANGE, "%zu page and %zu upload workers: at least one of each, and not more than %zu in all",
			       s->workers, s->upload_workers, seats - 2);
	if (level < 0)
		return err_set(e, ERR_RANGE, "log_level: \"%s\" is not error, warn, info or debug",
			       settings_text(&s->settings, "log_level"));
	log_set_level((enum log_level)level);
	m->supervisor.stuck_seconds = (double)s->stuck_seconds;
	m->supervisor.drain_seconds = (double)s->drain_seconds;
	supervisor_want(&m->supervisor, want, s->generation);
	return OK;
}

static void warn_of_restart(const struct master *m)
{
	const char *const now[] = { [CLASS_PAGES] = m->site->listen, [CLASS_UPLOADS] = m->site->upload_listen };

	for (int c = 0; c < CLASS_JOBS; c++)
		if (strcmp(m->listen[c], now[c]) != 0)
			log_message(LOG_LEVEL_WARN, "reload", "%s stays at %s: another address needs a restart", pool_names[c],
				    m->listen[c]);
}

static void reload(struct master *m)
{
	struct site *const old = m->site;
	struct err e = { 0 };

	m->reload = 0;
	if (site_load(&m->site, old->generation + 1, &e) < 0) {
		m->site = old;
	} else if (configure(m, m->supervisor.n, &e) == OK) {
		log_message(LOG_LEVEL_INFO, "reload", "the new configuration is read; workers are replaced one by one");
		warn_of_restart(m);
		site_del(old); /* workers have their own copy since they were forked */
		return;
	} else {
		site_del(m->site);
		m->site = old;
	}
	log_message(LOG_LEVEL_ERROR, "reload", "the new configuration is not used, all stays as it was: %s", e.msg);
}

/* ---- workers ---------------------------------------------------------------------------------------------------------------- */

static void spawn(struct master *m, size_t seat)
{
	const enum pool_class pool = m->supervisor.seat[seat].pool;
	const struct worker_start start = { .site = m->site,
					    .board = m->board,
					    .slot = seat,
					    .pool = pool,
					    .listen_fd = pool == CLASS_JOBS ? -1 : m->listener[pool].fd,
					    .master = getpid() };
	struct slot_view v;
	pid_t pid;

	scoreboard_view(m->board, seat, &v);
	m->requests_at_start[seat] = v.requests;
	m->started_at[seat] = clock_seconds();
	if ((pid = fork()) == 0) {
		close(m->signals);
		for (int c = 0; c < CLASS_JOBS; c++)
			if (m->listener[c].fd != start.listen_fd)
				close(m->listener[c].fd);
		worker_run(&start);
	}
	if (pid > 0) {
		supervisor_spawned(&m->supervisor, seat, pid, m->started_at[seat]);
		return;
	}
	log_message(LOG_LEVEL_ERROR, "fork", "cannot start a worker: %s", strerror(errno));
	supervisor_not_spawned(&m->supervisor, seat, m->started_at[seat]);
}

static void log_end(const struct master *m, size_t seat, int status, const struct slot_view *v)
{
	char how[48], slot[16], pid[16], after[24], requests[24];
	const int orderly = WIFEXITED(status) && WEXITSTATUS(status) == 0;

	if (WIFSIGNALED(status))
		snprintf(how, sizeof(how), "SIG%s", sigabbrev_np(WTERMSIG(status)) ? sigabbrev_np(WTERMSIG(status)) : "?");
	else
		snprintf(how, sizeof(how), "exit %d", WEXITSTATUS(status));
	snprintf(slot, sizeof(slot), "%zu", seat);
	snprintf(pid, sizeof(pid), "%d", (int)m->supervisor.seat[seat].pid);
	snprintf(after, sizeof(after), "%.1f", clock_seconds() - m->started_at[seat]);
	snprintf(requests, sizeof(requests), "%llu", (unsigned long long)(v->requests - m->requests_at_start[seat]));
	log_fields(orderly ? LOG_LEVEL_INFO : LOG_LEVEL_ERROR, orderly ? "worker-left" : "worker-died",
		   (struct log_field[]){ { "slot", slot },
					 { "worker", pid },
					 { "class", pool_names[m->supervisor.seat[seat].pool] },
					 { "how", how },
					 { "seconds", after },
					 { "requests", requests },
					 { "doing", v->current } },
		   7);
}

static void reap(struct master *m)
{
	int status, seat;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		const int orderly = WIFEXITED(status) && WEXITSTATUS(status) == 0;
		struct slot_view v;

		if ((seat = supervisor_find(&m->supervisor, pid)) < 0)
			continue; /* not one of ours: inherited by exec */
		scoreboard_view(m->board, (size_t)seat, &v);
		log_end(m, (size_t)seat, status, &v);
		slot_clear(scoreboard_slot(m->board, (size_t)seat), !orderly);
		supervisor_exited(&m->supervisor, (size_t)seat, orderly, clock_seconds());
	}
}

static void look(struct master *m)
{
	for (size_t i = 0; i < m->supervisor.n; i++) {
		struct slot_view v;

		if (m->supervisor.seat[i].pid == 0)
			continue;
		scoreboard_view(m->board, i, &v);
		supervisor_saw(&m->supervisor, i, v.state, v.silent_seconds);
	}
}

static void kill_worker(const struct master *m, const struct action *a)
{
	const pid_t pid = m->supervisor.seat[a->seat].pid;
	struct slot_view v;
	char slot[16], worker[16], silent[24];

	scoreboard_view(m->board, a->seat, &v);
	snprintf(slot, sizeof(slot), "%zu", a->seat);
	snprintf(worker, sizeof(worker), "%d", (int)pid);
	snprintf(silent, sizeof(silent), "%.1f", v.silent_seconds);
	log_fields(LOG_LEVEL_ERROR, a->stuck ? "worker-stuck" : "worker-stays",
		   (struct log_field[]){ { "slot", slot },
					 { "worker", worker },
					 { "silent", silent },
					 { "doing", v.current },
					 { "message", a->stuck ? "no progress: killed" : "did not leave in time: killed" } },
		   5);
	kill(pid, SIGKILL);
}

/* ---- signals ---------------------------------------------------------------------------------------------------------------- */

static int open_signals(struct master *m, struct err *e)
{
	static const int ours[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		sigaddset(&set, ours[i]);
		/* One that is ignored (nohup, a shell's background) never comes; and SIGCHLD ignored would reap for us. */
		signal(ours[i], SIG_DFL);
	}
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, &m->mask) < 0 || (m->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0)
		return err_errno(e, ERR_IO, "cannot watch signals");
	return OK;
}

static void shut(struct master *m)
{
	if (m->shut)
		return;
	m->shut = 1;
	for (int c = 0; c < CLASS_JOBS; c++)
		listener_shut(&m->listener[c]);
	scoreboard_close(m->board);
}

static void read_signals(struct master *m)
{
	struct signalfd_siginfo got;

	while (read(m->signals, &got, sizeof(got)) == (ssize_t)sizeof(got)) {
		if (got.ssi_signo == SIGHUP)
			m->reload = 1;
		if ((got.ssi_signo == SIGTERM || got.ssi_signo == SIGINT) && !m->supervisor.draining) {
			log_message(LOG_LEVEL_INFO, "stopping", "requests in hand are finished, for %zu s at most",
				    m->site->drain_seconds);
			shut(m);
			supervisor_drain(&m->supervisor, clock_seconds());
		}
	}
}

static void sleep_until(const struct master *m, double until)
{
	const double left = until - clock_seconds();
	const struct timespec t = { .tv_sec = left > 0 ? (time_t)left : 0,
				    .tv_nsec = left > 0 ? (long)((left - (double)(time_t)left) * 1e9) : 0 };

	ppoll(&(struct pollfd){ .fd = m->signals, .events = POLLIN }, 1, &t, NULL);
}

/* ---- the loop --------------------------------------------------------------------------------------------------------------- */

/* Returns when nobody is left. */
static void supervise(struct master *m)
{
	struct action a;

	for (;;) {
		read_signals(m);
		reap(m);
		look(m);
		m->reload |= filestamp_changed(&m->site->stamp, m->site->paths.now);
		if (m->reload && supervisor_may_roll(&m->supervisor))
			reload(m);
		if (m->supervisor.given_up)
			shut(m);
		supervisor_next(&m->supervisor, clock_seconds(), &a);
		switch (a.act) {
		case ACT_SPAWN:
			spawn(m, a.seat);
			break;
		case ACT_TERM:
			kill(m->supervisor.seat[a.seat].pid, SIGTERM);
			break;
		case ACT_KILL:
			kill_worker(m, &a);
			break;
		case ACT_ROLLED:
			log_message(LOG_LEVEL_INFO, "reload", "all workers have been replaced");
			break;
		case ACT_WAIT:
			sleep_until(m, a.until);
			break;
		case ACT_DONE:
			return;
		}
	}
}

static int open_listeners(struct master *m, struct err *e)
{
	const struct listener_owner owner = { m->account.drop ? m->account.uid : (uid_t)-1, m->account.gid };
	const char *const where[] = { [CLASS_PAGES] = m->site->listen, [CLASS_UPLOADS] = m->site->upload_listen };
	int r;

	if (strcmp(where[CLASS_PAGES], where[CLASS_UPLOADS]) == 0)
		return err_set(e, ERR_CONFLICT, "listen and upload_listen are both \"%s\": each needs an address of its own",
			       where[0]);
	for (int c = 0; c < CLASS_JOBS; c++) {
		if ((m->listen[c] = strdup(where[c])) == NULL)
			return err_set(e, ERR_NOMEM, "out of memory");
		if ((r = listener_open(&m->listener[c], where[c], owner, e)) < 0)
			return r;
	}
	return OK;
}

static int open_master(struct master *m, struct err *e)
{
	const size_t seats = supervisor_seats(m->site->workers + m->site->upload_workers + 1);
	int r;

	supervisor_init(&m->supervisor, seats);
	if ((r = configure(m, seats > 0 ? seats : SLOTS_MAX, e)) < 0 || (r = privileges_find(&m->account, m->site->user, e)) < 0 ||
	    (r = open_listeners(m, e)) < 0 || (r = scoreboard_new(&m->board, seats, e)) < 0 ||
	    (r = privileges_drop(&m->account, e)) < 0)
		return r;
	return open_signals(m, e);
}

int master_run(struct site *first, struct err *e)
{
	struct master *const m = calloc(1, sizeof(*m));
	int r;

	if (m == NULL) {
		site_del(first);
		err_fill(e, ERR_NOMEM, "out of memory");
		return 1;
	}
	m->site = first;
	m->signals = m->listener[0].fd = m->listener[1].fd = -1;
	if ((r = open_master(m, e)) == OK) {
		log_message(LOG_LEVEL_INFO, "started", "%zu page workers at %s, %zu upload workers at %s", first->workers,
			    first->listen, first->upload_workers, first->upload_listen);
		supervise(m);
		if (m->supervisor.given_up)
			r = err_set(e, ERR_IO,
				    "too many workers died within a minute (%zu since the start): the pool has stopped; the log "
				    "says of what",
				    m->supervisor.deaths);
		log_message(LOG_LEVEL_INFO, "stopped", "all workers have left");
		sigprocmask(SIG_SETMASK, &m->mask, NULL);
	}
	for (int c = 0; c < CLASS_JOBS; c++) {
		listener_close(&m->listener[c]);
		free(m->listen[c]);
	}
	if (m->signals >= 0)
		close(m->signals);
	scoreboard_del(m->board);
	site_del(m->site);
	free(m);
	return r == OK ? 0 : 1;
}
