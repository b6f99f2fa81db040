/*
 * scorer: a ring of blocks. The pushing thread fills a block with windows, workers score full ones, and the pushing thread hands their
 * results on in the order of the ring.
 */
#include "nn/scorer.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/carve.h"

enum { BLOCK_WINDOWS = 4096, BLOCK_RECON_FLOATS = 1 << 20, RING_BYTES = 1 << 28 };

enum block_state { FILLING, READY, RUNNING, DONE };

struct block {
	enum block_state state;
	size_t n;             /* windows in it */
	uint64_t first;       /* number of its first window */
	float *input;         /* (W,T,F) */
	const float **window; /* [W], into input */
	float *score, *recon; /* [W], (W,T,F) */
};

struct scorer {
	const struct plan *plan;
	size_t T, F, W;
	scored_sink sink;
	void *arg;
	size_t block_n, thread_n; /* thread_n 0: score on the pushing thread; else block_n >= 2 */
	struct block *block;
	unsigned char **memory; /* [block_n] */
	size_t scratch_n;
	void **scratch; /* [scratch_n] */
	pthread_t *thread;
	size_t fill, next; /* the block being filled; the next one that a worker takes */
	int stop, failed;  /* failed: what the sink returned */
	pthread_mutex_t lock;
	pthread_cond_t ready, done;
};

static void score(const struct scorer *s, struct block *b, void *scratch)
{
	plan_score(s->plan, scratch, b->window, b->n, b->score, b->recon);
}

struct start {
	struct scorer *s;
	void *scratch;
};

static void *work(void *arg)
{
	const struct start start = *(struct start *)arg;
	struct scorer *const s = start.s;

	free(arg);
	pthread_mutex_lock(&s->lock);
	for (;;) {
		struct block *b;

		while (!s->stop && s->block[s->next].state != READY)
			pthread_cond_wait(&s->ready, &s->lock);
		if (s->stop)
			break;
		b = &s->block[s->next];
		s->next = (s->next + 1) % s->block_n;
		b->state = RUNNING;
		pthread_mutex_unlock(&s->lock);
		score(s, b, start.scratch);
		pthread_mutex_lock(&s->lock);
		b->state = DONE;
		pthread_cond_signal(&s->done);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static int deliver(struct scorer *s, struct block *b)
{
	const size_t n = b->n, tf = s->T * s->F;

	for (size_t i = 0; i < n && s->failed == OK; i++) {
		const struct scored one = {
			.window = b->first + i, .score = b->score[i], .input = b->window[i], .recon = b->recon + i * tf
		};
		const int r = s->sink(s->arg, &one);

		if (r < 0)
			s->failed = r;
	}
	return s->failed;
}

/* Wait for a block that was handed to the workers, deliver it, and make it free. */
static int collect(struct scorer *s, struct block *b)
{
	int busy;

	pthread_mutex_lock(&s->lock);
	busy = b->state != FILLING;
	while (b->state == READY || b->state == RUNNING)
		pthread_cond_wait(&s->done, &s->lock);
	b->state = FILLING; /* this thread's again; workers wait for READY */
	pthread_mutex_unlock(&s->lock);
	return busy ? deliver(s, b) : s->failed;
}

/* The block being filled is full or the last one: score it here, or give it to a worker and go on to the next block of the ring. */
static int submit(struct scorer *s)
{
	struct block *const b = &s->block[s->fill], *next;
	int r;

	if (s->thread_n == 0) {
		score(s, b, s->scratch[0]);
		if ((r = deliver(s, b)) < 0)
			return r;
	} else {
		pthread_mutex_lock(&s->lock);
		b->state = READY;
		pthread_cond_signal(&s->ready);
		pthread_mutex_unlock(&s->lock);
		s->fill = (s->fill + 1) % s->block_n;
		if ((r = collect(s, &s->block[s->fill])) < 0)
			return r;
	}
	next = &s->block[s->fill];
	next->first = b->first + b->n;
	next->n = 0;
	return OK;
}

float *scorer_slot(struct scorer *s)
{
	struct block *const b = &s->block[s->fill];

	return b->input + b->n * s->T * s->F;
}

int scorer_push(struct scorer *s, struct err *e)
{
	struct block *const b = &s->block[s->fill];

	(void)e;
	if (s->failed < 0)
		return s->failed;
	if (++b->n < s->W)
		return OK;
	if (submit(s) < 0)
		s->block[s->fill].n = 0; /* the slot stays one that may be written to */
	return s->failed;
}

int scorer_finish(struct scorer *s, struct err *e)
{
	int r = s->failed;

	(void)e;
	if (r == OK && s->block[s->fill].n > 0)
		r = submit(s);
	for (size_t i = 1; i <= s->block_n && s->thread_n > 0; i++)
		r = collect(s, &s->block[(s->fill + i) % s->block_n]);
	return r;
}

static int block_alloc(struct scorer *s, size_t i)
{
	struct block *const b = &s->block[i];
	struct carve c = { 0 };
	const size_t input = carve_add(&c, s->W * s->T * s->F, sizeof(float));
	const size_t window = carve_add(&c, s->W, sizeof(*b->window));
	const size_t out = carve_add(&c, s->W, sizeof(float));
	const size_t recon = carve_add(&c, s->W * s->T * s->F, sizeof(float));
	unsigned char *const m = carve_alloc(&c);

	if (m == NULL)
		return ERR_NOMEM;
	s->memory[i] = m;
	b->input = (void *)(m + input);
	b->window = (const float **)(m + window);
	b->score = (void *)(m + out);
	b->recon = (void *)(m + recon);
	for (size_t w = 0; w < s->W; w++)
		b->window[w] = b->input + w * s->T * s->F;
	return OK;
}

/* Signals are for the pushing thread. */
static int start_thread(struct scorer *s, size_t i)
{
	struct start *const start = malloc(sizeof(*start));
	sigset_t all, was;
	int r;

	if (start == NULL)
		return ERR_NOMEM;
	*start = (struct start){ s, s->scratch[i] };
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	r = pthread_create(&s->thread[i], NULL, work, start);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (r != 0) {
		free(start);
		return ERR_NOMEM;
	}
	s->thread_n++;
	return OK;
}

/* As many windows a block as keep its reconstructions small, in whole blocks of the plan where that is possible. */
static size_t block_windows(const struct plan *p)
{
	const size_t tf = plan_steps(p) * plan_features(p), step = plan_block(p);
	size_t w = BLOCK_RECON_FLOATS / tf;

	if (w > BLOCK_WINDOWS)
		w = BLOCK_WINDOWS;
	return w >= step ? w / step * step : w > 0 ? w : 1;
}

/* Two blocks for each thread keep all busy; fewer where blocks are large, but one to fill while another is scored. */
static size_t ring_blocks(const struct scorer *s, size_t threads)
{
	const size_t bytes = 2 * s->W * s->T * s->F * sizeof(float), fit = RING_BYTES / bytes;

	if (threads == 1)
		return 1;
	return fit < 2 ? 2 : fit < 2 * threads + 1 ? fit : 2 * threads + 1;
}

int scorer_new(struct scorer **out, const struct plan *p, size_t threads, scored_sink sink, void *arg, struct err *e)
{
	struct scorer *s;

	if (threads < 1 || threads > SCORER_THREADS_MAX)
		return err_set(e, ERR_RANGE, "%zu threads are outside 1..%d", threads, SCORER_THREADS_MAX);
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a scorer");
	s->plan = p;
	s->T = plan_steps(p);
	s->F = plan_features(p);
	s->W = block_windows(p);
	s->sink = sink;
	s->arg = arg;
	s->block_n = ring_blocks(s, threads);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->ready, NULL);
	pthread_cond_init(&s->done, NULL);
	s->block = calloc(s->block_n, sizeof(*s->block));
	s->memory = calloc(s->block_n, sizeof(*s->memory));
	s->scratch = calloc(threads, sizeof(*s->scratch));
	s->thread = calloc(threads, sizeof(*s->thread));
	if (s->block == NULL || s->memory == NULL || s->scratch == NULL || s->thread == NULL)
		goto nomem;
	for (size_t i = 0; i < s->block_n; i++)
		if (block_alloc(s, i) < 0)
			goto nomem;
	for (size_t i = 0; i < threads; i++) {
		s->scratch[s->scratch_n++] = aligned_alloc(CARVE_ALIGN, plan_scratch_bytes(p));
		if (s->scratch[i] == NULL || (threads > 1 && start_thread(s, i) < 0))
			goto nomem;
	}
	*out = s;
	return OK;
nomem:
	scorer_del(s);
	return err_set(e, ERR_NOMEM, "out of memory or threads for scoring on %zu threads", threads);
}

void scorer_del(struct scorer *s)
{
	if (s == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = 1;
	pthread_cond_broadcast(&s->ready);
	pthread_mutex_unlock(&s->lock);
	for (size_t i = 0; i < s->thread_n; i++)
		pthread_join(s->thread[i], NULL);
	for (size_t i = 0; s->memory != NULL && i < s->block_n; i++)
		free(s->memory[i]);
	for (size_t i = 0; i < s->scratch_n; i++)
		free(s->scratch[i]);
	pthread_mutex_destroy(&s->lock);
	pthread_cond_destroy(&s->ready);
	pthread_cond_destroy(&s->done);
	free(s->block);
	free(s->memory);
	free(s->scratch);
	free(s->thread);
	free(s);
}
