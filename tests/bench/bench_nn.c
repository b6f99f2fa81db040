/*
 * bench_nn: our side of `make bench`. Speaks the line protocol of bench.py: prints "ready ...", then for every line "round" on stdin runs
 * one timed round and prints "<seconds> <items>".
 *
 *   bench-nn TASK [--kernel NAME] [--act tanh|relu] [--threads N]
 *   score     windows scored, stride 1, in blocks         latency  windows scored one call each
 *   train     epochs of 792 windows, batch 32             dense    epochs of 100,000 rows x 40, batch 256
 *   peak      GFLOP of independent FMAs, no memory        startup  model files opened, checked and packed (--model FILE)
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/rng.h"
#include "nn/init.h"
#include "nn/kernel.h"
#include "nn/modelfile.h"
#include "nn/network.h"
#include "nn/plan.h"
#include "nn/trainer.h"
#include "bench/peak.h"

enum {
	SCORE_WINDOWS = 64 * 1024,
	LATENCY_WINDOWS = 8192,
	TRAIN_WINDOWS = 792,
	TRAIN_BATCH = 32,
	DENSE_ROWS = 100000,
	DENSE_BATCH = 256
};

struct setup {
	const struct kernel_ops *k;
	const char *act, *model;
	size_t threads;
	struct network net;
	float *params, *rows;
	const float **window;
	size_t window_n;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fail(const char *why)
{
	printf("missing %s\n", why);
	exit(0);
}

static void *need(void *p)
{
	if (p == NULL)
		fail("memory");
	return p;
}

/* A network with fresh weights and n windows, `step` rows apart, of smooth random rows in about [-1,1] ([0,1] for dense). */
static void prepare(struct setup *s, const char *layers, size_t T, size_t F, size_t n)
{
	const size_t rows = n + T - 1;
	struct rng r;
	struct err e;

	s->net = (struct network){ .steps = T, .features = F };
	if (network_parse(&s->net, layers, &e) < 0)
		fail(e.msg);
	s->params = need(malloc(network_param_n(&s->net) * sizeof(float)));
	if (init_weights(&s->net, 1, s->params, &e) < 0)
		fail(e.msg);
	network_bind(&s->net, s->params);
	s->rows = need(malloc(rows * F * sizeof(float)));
	s->window = need(malloc(n * sizeof(*s->window)));
	s->window_n = n;
	rng_init(&r, 2);
	for (size_t i = 0; i < rows * F; i++)
		s->rows[i] = T == 1 ? (float)rng_uniform(&r) : (float)(0.5 * rng_normal(&r));
	for (size_t i = 0; i < n; i++)
		s->window[i] = s->rows + i * F;
}

static void prepare_lstm(struct setup *s, size_t n)
{
	prepare(s,
		strcmp(s->act, "relu") == 0 ? "lstm:50:relu,lstm:20:relu,repeat,lstm:20:relu,lstm:50:relu,dense"
					    : "lstm:50,lstm:20,repeat,lstm:20,lstm:50,dense",
		10, 4, n);
}

struct slice {
	pthread_t thread;
	const struct plan *plan;
	void *scratch;
	const float **window;
	size_t n;
	float *score;
};

static void *score_slice(void *arg)
{
	struct slice *s = arg;

	plan_score(s->plan, s->scratch, s->window, s->n, s->score, NULL);
	return NULL;
}

static struct plan *plan_of(const struct setup *s)
{
	struct plan *p;
	struct err e;

	if (plan_new(&p, &s->net, s->k, &e) < 0)
		fail(e.msg);
	return p;
}

static double task_score(struct setup *s, int first, double *items)
{
	static struct plan *plan;
	static struct slice *slice;
	static float *score;
	double start;

	if (first) {
		prepare_lstm(s, SCORE_WINDOWS);
		plan = plan_of(s);
		slice = need(calloc(s->threads, sizeof(*slice)));
		score = need(malloc(SCORE_WINDOWS * sizeof(*score)));
		for (size_t i = 0; i < s->threads; i++)
			slice[i].scratch = need(aligned_alloc(64, plan_scratch_bytes(plan)));
	}
	start = seconds();
	for (size_t i = 0, at = 0; i < s->threads; i++) {
		const size_t n = (SCORE_WINDOWS - at) / (s->threads - i);

		slice[i].plan = plan;
		slice[i].window = s->window + at;
		slice[i].n = n;
		slice[i].score = score + at;
		at += n;
		if (i > 0)
			pthread_create(&slice[i].thread, NULL, score_slice, &slice[i]);
	}
	score_slice(&slice[0]);
	for (size_t i = 1; i < s->threads; i++)
		pthread_join(slice[i].thread, NULL);
	*items = SCORE_WINDOWS;
	return seconds() - start;
}

static double task_latency(struct setup *s, int first, double *items)
{
	static struct plan *plan;
	static void *scratch;
	float score;
	double start;

	if (first) {
		prepare_lstm(s, LATENCY_WINDOWS);
		plan = plan_of(s);
		scratch = need(aligned_alloc(64, plan_scratch_bytes(plan)));
	}
	start = seconds();
	for (size_t i = 0; i < LATENCY_WINDOWS; i++)
		plan_score(plan, scratch, s->window + i, 1, &score, NULL);
	*items = LATENCY_WINDOWS;
	return seconds() - start;
}

static double train_epochs(struct setup *s, struct trainer *t, size_t batch, size_t epochs)
{
	const double start = seconds();
	double loss;
	struct err e;

	for (size_t i = 0; i < epochs; i++) {
		for (size_t at = 0; at < s->window_n; at += batch) {
			const size_t left = s->window_n - at;

			if (trainer_step(t, s->window + at, left < batch ? left : batch, &loss, &e) < 0)
				fail(e.msg);
		}
	}
	return seconds() - start;
}

static struct trainer *trainer_of(const struct setup *s, size_t batch)
{
	struct trainer *t;
	struct err e;

	if (trainer_new(&t, &s->net, s->k, batch, &adam_defaults, &e) < 0)
		fail(e.msg);
	return t;
}

static double task_train(struct setup *s, int first, double *items)
{
	static struct trainer *t;

	if (first) {
		prepare_lstm(s, TRAIN_WINDOWS);
		t = trainer_of(s, TRAIN_BATCH);
	}
	*items = 10;
	return train_epochs(s, t, TRAIN_BATCH, 10);
}

static double task_dense(struct setup *s, int first, double *items)
{
	static struct trainer *t;

	if (first) {
		prepare(s, "dense:12:relu,dense:6:relu,dense:12:relu,dense:sigmoid", 1, 40, DENSE_ROWS);
		t = trainer_of(s, DENSE_BATCH);
	}
	*items = 5;
	return train_epochs(s, t, DENSE_BATCH, 5);
}

static double task_peak(struct setup *s, int first, double *items)
{
	const double start = seconds();

	(void)first;
	*items = peak_burst(kernel_name(s->k));
	return seconds() - start;
}

static double task_startup(struct setup *s, int first, double *items)
{
	const double start = seconds();
	struct err e;

	(void)first;
	for (int i = 0; i < 200; i++) {
		struct modelfile *m;
		struct plan *p;

		if (s->model == NULL || modelfile_open(&m, s->model, &e) < 0 || plan_new(&p, modelfile_network(m), s->k, &e) < 0)
			fail("a model: --model FILE");
		plan_del(p);
		modelfile_close(m);
	}
	*items = 200;
	return seconds() - start;
}

static const struct {
	const char *name;
	double (*run)(struct setup *s, int first, double *items);
} tasks[] = {
	{ "score", task_score }, { "latency", task_latency }, { "train", task_train },
	{ "dense", task_dense }, { "peak", task_peak },       { "startup", task_startup },
};

int main(int argc, char **argv)
{
	struct setup s = { .act = "tanh", .threads = 1 };
	double (*run)(struct setup *, int, double *) = NULL;
	const char *kernel = NULL;
	char line[64];
	double items;
	struct err e;

	for (size_t i = 0; argc > 1 && i < sizeof(tasks) / sizeof(tasks[0]); i++)
		if (strcmp(argv[1], tasks[i].name) == 0)
			run = tasks[i].run;
	for (int i = 2; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--kernel") == 0)
			kernel = argv[i + 1];
		else if (strcmp(argv[i], "--act") == 0)
			s.act = argv[i + 1];
		else if (strcmp(argv[i], "--model") == 0)
			s.model = argv[i + 1];
		else if (strcmp(argv[i], "--threads") == 0)
			s.threads = strtoul(argv[i + 1], NULL, 10);
	}
	if (run == NULL || s.threads < 1 || s.threads > 256) {
		fprintf(stderr, "usage: bench-nn score|latency|train|dense|peak|startup [--kernel NAME] [--act tanh|relu] "
				"[--threads N] [--model FILE]\n");
		return 2;
	}
	s.k = kernel_select(kernel, &e);
	if (s.k == NULL)
		fail(e.msg);
	run(&s, 1, &items);
	printf("ready guardian kernel=%s\n", kernel_name(s.k));
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		const double took = run(&s, 0, &items);

		printf("%.9f %.9g\n", took, items);
		fflush(stdout);
	}
	return 0;
}
