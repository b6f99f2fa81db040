/*
 * worker: the life of a child.
 *
 * Signals: SIGTERM is blocked for good and read from a signalfd beside the listening socket, so that there is no moment in which it
 * could be lost, or could interrupt a request. The master being killed comes as SIGTERM too.
 * Waiting: EPOLLEXCLUSIVE wakes one worker for a connection. One that is woken and asked to leave at once takes the connection
 * first, and all look for forgotten ones from time to time, since whoever was woken may have been killed.
 */
#include "pool/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "api/routes.h"
#include "base/clock.h"
#include "context.h"
#include "job/job.h"
#include "log.h"
#include "nn/plan.h"
#include "pool/fastcgi.h"

enum { LOOK_MS = 1000, PEER_SECONDS = 30, SCRATCH_ALIGN = 64, SEND_PIECE = 64 << 10, PAUSE_NS = 100000000 };

/* A page waits for a database that hangs less long than the web server waits for the page, also when it asks twice. */
enum { PAGE_ANSWER_SECONDS = 8 };

struct worker {
	const struct worker_start *start;
	struct context context;
	struct fastcgi fcgi;
	struct request request;
	struct response response;
	struct text head;
	uint64_t served, most; /* most 0: no end */
	unsigned peer_seconds;
};

/* ---- start ------------------------------------------------------------------------------------------------------------------ */

static void set_signals(void)
{
	/* A terminal sends SIGINT and SIGHUP to the master's children too. What SIGXFSZ tells (RLIMIT_FSIZE), write() tells as well. */
	static const int ignored[] = { SIGPIPE, SIGXFSZ, SIGINT, SIGHUP };
	struct sigaction now;
	sigset_t term;

	/* What somebody before us ignored; handlers of a sanitizer stay. */
	for (int s = 1; s < NSIG; s++)
		if (sigaction(s, NULL, &now) == 0 && now.sa_handler == SIG_IGN)
			signal(s, SIG_DFL);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_SETMASK, &term, NULL);
}

/* A few per cent more for some slots, so that workers of one age are not all replaced in the same moment. */
static uint64_t most_requests(const struct site *site, size_t slot)
{
	return site->max_requests + site->max_requests * (slot * 7 % 16) / 200;
}

static unsigned peer_seconds(const struct site *site)
{
	const size_t half = site->stuck_seconds / 2;

	/* A peer that keeps silent is given up before the master takes us for stuck. */
	if (site->stuck_seconds == 0 || half > PEER_SECONDS)
		return PEER_SECONDS;
	return half > 0 ? (unsigned)half : 1;
}

static int open_worker(struct worker *w, struct err *e)
{
	const struct worker_start *const s = w->start;
	const struct plan *const plan = s->site->model.plan;
	int r;

	w->context = (struct context){ .site = s->site, .board = s->board, .slot = scoreboard_slot(s->board, s->slot) };
	w->most = most_requests(s->site, s->slot);
	w->peer_seconds = peer_seconds(s->site);
	if ((r = store_new(&w->context.store, s->site->database_url, e)) < 0)
		return r;
	if (s->pool == CLASS_PAGES)
		store_answer_within(w->context.store, PAGE_ANSWER_SECONDS);
	if (plan != NULL) {
		const size_t bytes = (plan_scratch_bytes(plan) + SCRATCH_ALIGN - 1) / SCRATCH_ALIGN * SCRATCH_ALIGN;

		if ((w->context.scratch = aligned_alloc(SCRATCH_ALIGN, bytes)) == NULL)
			return err_set(e, ERR_NOMEM, "out of memory");
	}
	return s->pool == CLASS_JOBS ? OK : fastcgi_init(&w->fcgi, e);
}

static void close_worker(struct worker *w)
{
	store_del(w->context.store);
	free(w->context.scratch);
	response_free(&w->response);
	text_free(&w->head);
	fastcgi_free(&w->fcgi);
}

/* ---- requests --------------------------------------------------------------------------------------------------------------- */

static ptrdiff_t read_body(void *arg, void *buf, size_t cap)
{
	struct worker *const w = arg;
	const ptrdiff_t n = fastcgi_read(&w->fcgi, buf, cap);

	slot_beat(w->context.slot);
	return n;
}

static void log_request(const struct worker *w, double seconds)
{
	const struct request *const q = &w->request;
	char status[16], bytes[24], ms[24];

	snprintf(status, sizeof(status), "%d", w->response.status);
	snprintf(bytes, sizeof(bytes), "%zu", w->response.body.n);
	snprintf(ms, sizeof(ms), "%.1f", seconds * 1e3);
	log_fields(LOG_LEVEL_INFO, "request",
		   (struct log_field[]){ { "req", q->id },
					 { "method", method_name(q->method) },
					 { "path", q->path },
					 { "status", status },
					 { "bytes", bytes },
					 { "ms", ms } },
		   6);
}

/* From parameters to an answer in w->response, with the body read to its end. */
static void answer(struct worker *w)
{
	struct request *const q = &w->request;
	struct response *const s = &w->response;
	char what[SLOT_TEXT + 16];
	struct err e = { 0 };
	int status;

	memset(q, 0, sizeof(*q));
	response_reset(s);
	status = request_init(q, fastcgi_param, &w->fcgi, &e);
	/* After request_init(), which fills the whole of it. */
	q->read = read_body;
	q->read_arg = w;
	snprintf(what, sizeof(what), "%s %.*s", method_name(q->method), SLOT_TEXT, q->path);
	slot_begin(w->context.slot, what);
	if (status == 0)
		routes_serve(&w->context, w->start->pool, q, s);
	else
		response_err_as(s, status, &e, NULL);
	request_drain(q);
}

/* What of the answer did not fit into memory is not sent as if it were whole. */
static void make_whole(struct worker *w)
{
	text_clear(&w->head);
	if (!w->response.body.failed && !w->response.headers.failed)
		response_head(&w->response, w->request.id, &w->head);
	if (w->head.n > 0 && !w->head.failed)
		return;
	response_reset(&w->response);
	w->response.status = 500;
	text_clear(&w->head);
	text_str(&w->head, "Status: 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
}

/* In pieces: a peer that is slow but takes something is progress. */
static void send_answer(struct worker *w)
{
	const struct text *const body = &w->response.body;
	size_t at = 0, n;

	slot_beat(w->context.slot);
	fastcgi_write(&w->fcgi, text_get(&w->head), w->head.n);
	for (; w->request.method != METHOD_HEAD && at < body->n; at += n) {
		n = body->n - at < SEND_PIECE ? body->n - at : SEND_PIECE;
		fastcgi_write(&w->fcgi, body->p + at, n);
		slot_beat(w->context.slot);
	}
}

/* What a handler left to be done without its client. */
static void go_on(struct worker *w)
{
	struct context *const c = &w->context;
	void (*const after)(struct context *, void *) = c->after;

	c->after = NULL;
	if (after != NULL)
		after(c, c->after_arg);
}

static void serve(struct worker *w, int fd)
{
	const double began = clock_seconds();
	struct err e = { 0 };

	slot_begin(w->context.slot, "reading a request");
	if (fastcgi_open(&w->fcgi, fd, w->peer_seconds, &e) < 0) {
		/* Connecting and leaving is what probes do. */
		log_message(e.code == ERR_FORMAT ? LOG_LEVEL_WARN : LOG_LEVEL_INFO, "refused", "%s", e.msg);
		slot_idle(w->context.slot);
		return;
	}
	answer(w);
	make_whole(w);
	send_answer(w);
	if (fastcgi_close(&w->fcgi, &e) < 0)
		log_fields(LOG_LEVEL_INFO, "client-gone", (struct log_field[]){ { "req", w->request.id }, { "why", e.msg } }, 2);
	log_request(w, clock_seconds() - began);
	go_on(w);
	slot_end(w->context.slot);
	w->served++;
}

/* Serve one connection: 1; 0: nobody waits; -1: this socket is of no use any more. */
static int serve_next(struct worker *w)
{
	const int fd = accept4(w->start->listen_fd, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0) {
		serve(w, fd);
		return 1;
	}
	switch (errno) {
	case EAGAIN: /* another worker was faster */
	case EINTR:
	case ECONNABORTED:
	case EPROTO:
	case ENETDOWN:
	case ENETUNREACH:
	case EHOSTDOWN:
	case EHOSTUNREACH:
	case ENOPROTOOPT:
	case ENONET:
		return 0;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		log_message(LOG_LEVEL_WARN, "accept", "cannot accept a connection now: %s", strerror(errno));
		nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
		return 0;
	default:
		log_message(LOG_LEVEL_ERROR, "accept", "cannot accept connections: %s", strerror(errno));
		return -1;
	}
}

static int wait_on(int poller, int fd, unsigned events)
{
	return epoll_ctl(poller, EPOLL_CTL_ADD, fd, &(struct epoll_event){ .events = events, .data.fd = fd });
}

/* Until asked to leave, or max_requests is reached: 0. */
static int serve_all(struct worker *w, int poller, int signals)
{
	for (;;) {
		struct epoll_event happened[2];
		int n, leave = 0, r = 0;

		slot_beat(w->context.slot);
		n = epoll_wait(poller, happened, 2, LOOK_MS);

		if (n < 0 && errno != EINTR)
			return -1;
		for (int i = 0; i < n; i++)
			leave |= happened[i].data.fd == signals;
		if (n != 1 || !leave)
			r = serve_next(w);
		/* When all leave for good, those who have connected already are served before. */
		while (leave && r >= 0 && scoreboard_closing(w->start->board) && (r = serve_next(w)) > 0)
			;
		if (r < 0)
			return -1;
		if (leave || (w->most > 0 && w->served >= w->most))
			return 0;
	}
}

static int run_requests(struct worker *w)
{
	const int poller = epoll_create1(EPOLL_CLOEXEC);
	sigset_t term;
	int signals;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	signals = signalfd(-1, &term, SFD_CLOEXEC | SFD_NONBLOCK);
	slot_idle(w->context.slot);
	if (poller < 0 || signals < 0 || wait_on(poller, signals, EPOLLIN) < 0 ||
	    wait_on(poller, w->start->listen_fd, EPOLLIN | EPOLLEXCLUSIVE) < 0 || serve_all(w, poller, signals) < 0)
		return -1;
	return 0;
}

/* ---- jobs ------------------------------------------------------------------------------------------------------------------- */

static void run_jobs(struct worker *w)
{
	struct timespec pause = { 0 };
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	do {
		slot_begin(w->context.slot, "jobs");
		pause.tv_sec = job_round(&w->context);
		slot_end(w->context.slot);
	} while (sigtimedwait(&term, NULL, &pause) != SIGTERM);
}

/* ----------------------------------------------------------------------------------------------------------------------------- */

_Noreturn void worker_run(const struct worker_start *start)
{
	struct worker *const w = calloc(1, sizeof(*w));
	struct err e = { 0 };
	int r = -1;

	slot_assign(scoreboard_slot(start->board, start->slot), getpid(), start->pool, start->site->generation);
	umask(077);
	/* Set, then looked: the master may have died in between. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != start->master)
		_exit(0);
	if (w == NULL)
		_exit(1);
	w->start = start;
	if (open_worker(w, &e) < 0) {
		log_message(LOG_LEVEL_ERROR, "worker-failed", "%s", e.msg);
	} else {
		set_signals(); /* libfcgi has handlers of its own: ours are the last */
		if (start->pool == CLASS_JOBS)
			run_jobs(w);
		r = start->pool == CLASS_JOBS ? 0 : run_requests(w);
		slot_stopping(w->context.slot);
	}
	close_worker(w);
	free(w);
	_exit(r == 0 ? 0 : 1);
}
