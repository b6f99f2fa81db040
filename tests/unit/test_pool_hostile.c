/* pool: whatever is sent to its sockets, no worker dies of it and everybody else is served. */
#include "pool_world.h"

#include <sys/socket.h>

#include "base/rng.h"

enum { CLOSE, HALF_CLOSE };

/* A peer that keeps silent is given up after two seconds. */
static const char conf[] = "workers = 2\nupload_workers = 1\nstuck_seconds = 4";

static int send_raw(const void *p, size_t n)
{
	const int fd = fcgi_connect(pool.pages);

	assert_true(fd >= 0);
	fcgi_send(fd, p, n); /* it may be refused before it is through */
	return fd;
}

/* Send, say that there is no more, read what comes. */
static void poke(const void *p, size_t n, int how, struct answer *a)
{
	const int fd = send_raw(p, n);

	memset(a, 0, sizeof(*a));
	if (how == HALF_CLOSE) {
		shutdown(fd, SHUT_WR);
		fcgi_receive(fd, WAIT_SECONDS, a);
	}
	close(fd);
}

static void nobody_died_and_all_is_well(void)
{
	WAIT_FOR(answers(pool.pages) && answers(pool.uploads));
	if (strstr(pool_log(), "worker-died") != NULL || strstr(pool_log(), "worker-stuck") != NULL)
		fail_msg("%s", pool_log());
	assert_int_equal(pool_stop(), 0);
}

static void requests_that_break_off_anywhere(void **state)
{
	struct wire w = { 0 };
	struct answer a;

	(void)state;
	wire_request(&w, "POST", "/echo", "0123456789", 10);
	pool_start(conf);
	for (size_t n = 0; n <= w.n; n++)
		for (int how = CLOSE; how <= HALF_CLOSE; how++)
			poke(w.p, n, how, &a);
	assert_true(a.whole); /* the last was whole */
	assert_non_null(strstr(pool_log(), "in the middle of its request"));
	wire_free(&w);
	nobody_died_and_all_is_well();
}

static void requests_with_flipped_bits(void **state)
{
	struct wire w = { 0 };
	struct answer a;
	struct rng rng;

	(void)state;
	rng_init(&rng, 3);
	wire_request(&w, "POST", "/echo", "0123456789", 10);
	pool_start(conf);
	for (size_t i = 0; i < 8 * w.n; i++) {
		w.p[i / 8] ^= (unsigned char)(1 << i % 8);
		poke(w.p, w.n, HALF_CLOSE, &a);
		w.p[i / 8] ^= (unsigned char)(1 << i % 8);
	}
	for (int round = 0; round < 500; round++) {
		unsigned char copy[4096];

		memcpy(copy, w.p, w.n);
		for (int k = 0; k < 8; k++)
			copy[rng_next(&rng) % w.n] = (unsigned char)rng_next(&rng);
		poke(copy, w.n, round % 2, &a);
	}
	wire_free(&w);
	nobody_died_and_all_is_well();
}

static void noise(void **state)
{
	static unsigned char bytes[200000];
	struct answer a;
	struct rng rng;

	(void)state;
	rng_init(&rng, 5);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)rng_next(&rng);
	pool_start(conf);
	for (size_t n = 1; n <= sizeof(bytes); n *= 3) {
		bytes[0] = 1;
		poke(bytes, n, HALF_CLOSE, &a);
		bytes[0] = 'G';
		poke(bytes, n, CLOSE, &a);
	}
	nobody_died_and_all_is_well();
}

static void heads_that_are_huge_or_claim_to_be(void **state)
{
	static const unsigned char lies[][8] = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
						 { 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xfe },
						 { 0xbf, 0xff, 0xff, 0xff, 1, 'A', 'B', 'C' } };
	char *value = malloc(1000001);
	struct answer a;

	(void)state;
	assert_non_null(value);
	memset(value, 'x', 1000000);
	pool_start(conf);
	for (size_t n = 1000; n <= 1000000; n *= 10) {
		struct wire w = { 0 }, pairs = { 0 };

		value[n] = '\0';
		wire_pair(&pairs, "REQUEST_METHOD", "GET");
		wire_pair(&pairs, "SCRIPT_NAME", "/pid");
		wire_pair(&pairs, "DOCUMENT_URI", "/pid");
		wire_pair(&pairs, "HTTP_HOST", "localhost");
		wire_pair(&pairs, "HTTP_COOKIE", value);
		value[n] = 'x';
		wire_begin(&w, 0);
		wire_stream(&w, FCGI_PARAM, pairs.p, pairs.n);
		wire_stream(&w, FCGI_IN, NULL, 0);
		poke(w.p, w.n, HALF_CLOSE, &a);
		/* A cookie of 10 kB is none of our business; 100 kB are more than a head may have. */
		assert_int_equal(a.whole, n <= 10000);
		wire_free(&pairs);
		wire_free(&w);
	}
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct wire w = { 0 };

		wire_begin(&w, 0);
		wire_stream(&w, FCGI_PARAM, lies[i], sizeof(lies[i]));
		poke(w.p, w.n, HALF_CLOSE, &a);
		assert_false(a.whole);
		wire_free(&w);
	}
	free(value);
	nobody_died_and_all_is_well();
}

static void parameters_that_are_missing_empty_or_have_line_feeds(void **state)
{
	static const char *const pairs_of[][9] = {
		{ NULL },
		{ "REQUEST_METHOD", "GET", NULL },
		{ "SCRIPT_NAME", "/pid", "DOCUMENT_URI", "/pid", NULL },
		{ "REQUEST_METHOD", "", "SCRIPT_NAME", "", "DOCUMENT_URI", "", NULL },
		{ "REQUEST_METHOD", "GET\nX", "SCRIPT_NAME", "/pid\nlevel=error", "DOCUMENT_URI", "/p\r\nX: y", NULL },
		{ "REQUEST_METHOD", "GET", "SCRIPT_NAME", "pid", "DOCUMENT_URI", "pid", NULL },
		{ "REQUEST_METHOD", "GET", "SCRIPT_NAME", "/\xff\xfe", "DOCUMENT_URI", "/\xff\xfe", NULL },
		{ "REQUEST_METHOD", "POST", "SCRIPT_NAME", "/echo", "CONTENT_LENGTH", "-99999999999999999999", NULL },
		{ "A", "B", "A", "C", "A", "D", NULL },
	};
	struct answer a;

	(void)state;
	pool_start(conf);
	for (size_t i = 0; i < sizeof(pairs_of) / sizeof(pairs_of[0]); i++) {
		struct wire w = { 0 }, pairs = { 0 };

		for (size_t k = 0; pairs_of[i][k] != NULL; k += 2)
			wire_pair(&pairs, pairs_of[i][k], pairs_of[i][k + 1]);
		wire_begin(&w, 0);
		wire_stream(&w, FCGI_PARAM, pairs.p, pairs.n);
		wire_stream(&w, FCGI_IN, NULL, 0);
		poke(w.p, w.n, HALF_CLOSE, &a);
		assert_true(a.whole); /* with an answer, if not a nice one */
		assert_true(a.status >= 200);
		wire_free(&pairs);
		wire_free(&w);
	}
	assert_null(strstr(pool_log(), "\nlevel=error"));
	nobody_died_and_all_is_well();
}

/* Each peer that says nothing or half a request holds a worker for a moment only. */
static void peers_that_keep_silent(void **state)
{
	struct wire w = { 0 };
	int fd[12];

	(void)state;
	wire_request(&w, "POST", "/echo", "0123456789", 10);
	pool_start(conf);
	for (size_t i = 0; i < 12; i++)
		fd[i] = send_raw(w.p, w.n * i / 12);
	assert_true(answers(pool.pages));
	for (size_t i = 0; i < 12; i++)
		close(fd[i]);
	assert_non_null(strstr(pool_log(), "did not send its request within 2 s"));
	wire_free(&w);
	nobody_died_and_all_is_well();
}

static void peers_that_do_not_wait_for_their_answer(void **state)
{
	struct wire w = { 0 };

	(void)state;
	wire_request(&w, "GET", "/big?400000", NULL, 0);
	pool_start(conf);
	for (int i = 0; i < 20; i++)
		close(send_raw(w.p, w.n));
	wire_free(&w);
	WAIT_FOR(strstr(pool_log(), "event=client-gone") != NULL);
	nobody_died_and_all_is_well();
}

static void peers_that_never_read_their_answer(void **state)
{
	struct wire w = { 0 };
	int fd[3];

	(void)state;
	wire_request(&w, "GET", "/big?400000", NULL, 0);
	pool_start(conf);
	for (int i = 0; i < 3; i++)
		fd[i] = send_raw(w.p, w.n);
	assert_true(answers(pool.pages));
	for (int i = 0; i < 3; i++)
		close(fd[i]);
	wire_free(&w);
	nobody_died_and_all_is_well();
}

/* A body that comes byte by byte is served, and its worker is not taken for stuck. */
static void a_slow_body_is_no_stuck_worker(void **state)
{
	struct wire w = { 0 };
	struct answer a;
	int fd;

	(void)state;
	wire_request(&w, "POST", "/echo", "0123456789", 10);
	pool_start(conf);
	fd = send_raw(w.p, w.n - 26); /* up to the header of the body */
	for (size_t i = w.n - 26; i < w.n; i++) {
		snooze(0.25);
		assert_int_equal(fcgi_send(fd, w.p + i, 1), 0);
	}
	got(fd, &a);
	assert_true(a.whole);
	assert_non_null(strstr(a.body, "10 "));
	wire_free(&w);
	nobody_died_and_all_is_well();
}

/* Of the types that the specification has for web servers, a body has one, and that of its own request; the rest ends it. libfcgi
 * overruns a buffer on FCGI_GET_VALUES with these names and would end the process. */
static void other_records_inside_a_body_end_it(void **state)
{
	static const struct {
		int type, id, version;
	} odd[] = { { 9, 0, 1 }, { 9, 1, 1 }, { FCGI_ABORT, 1, 1 }, { FCGI_BEGIN, 1, 1 }, { FCGI_PARAM, 1, 1 }, { FCGI_IN, 2, 1 }, { FCGI_IN, 1, 2 } };
	struct wire pairs = { 0 };
	struct answer a;

	(void)state;
	for (int i = 0; i < 10; i++)
		wire_pair(&pairs, "FCGI_MPXS_CONNS", "");
	pool_start(conf);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct wire w = { 0 };
		size_t at;

		wire_request(&w, "POST", "/echo", "0123456789", 10);
		w.n -= 8; /* the end of the body */
		at = w.n;
		wire_record(&w, odd[i].type, pairs.p, pairs.n);
		w.p[at] = (unsigned char)odd[i].version;
		w.p[at + 3] = (unsigned char)odd[i].id;
		wire_record(&w, FCGI_IN, NULL, 0);
		poke(w.p, w.n, HALF_CLOSE, &a);
		assert_true(a.whole);
		assert_non_null(strstr(a.body, "10 "));
		assert_non_null(strstr(a.body, " broken"));
		wire_free(&w);
	}
	wire_free(&pairs);
	nobody_died_and_all_is_well();
}

/* Bodies in records of any length, with padding, in pieces that respect nothing. */
static void a_body_is_whole_however_it_is_cut(void **state)
{
	static unsigned char body[300000];
	struct answer plain, a;
	struct rng rng;

	(void)state;
	rng_init(&rng, 11);
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = (unsigned char)rng_next(&rng);
	pool_start(conf);
	fcgi_ask(pool.pages, "POST", "/echo", body, sizeof(body), &plain);
	assert_true(plain.whole);
	assert_non_null(strstr(plain.body, "300000 "));
	assert_non_null(strstr(plain.body, " whole"));
	for (size_t most = 7; most < 70000; most *= 9) {
		struct wire w = { 0 };
		int fd;

		wire_request(&w, "POST", "/echo", body, 0);
		w.n -= 16; /* the end of the parameters, and that of the body */
		wire_padded(&w, FCGI_PARAM, NULL, 0, (unsigned)(most % 256));
		for (size_t at = 0, n; at < sizeof(body); at += n) {
			n = 1 + (size_t)(rng_next(&rng) % most);
			n = n < sizeof(body) - at ? n : sizeof(body) - at;
			n = n < 65535 ? n : 65535;
			wire_padded(&w, FCGI_IN, body + at, n, (unsigned)(rng_next(&rng) % 256));
		}
		wire_record(&w, FCGI_IN, NULL, 0);
		fd = fcgi_connect(pool.pages);
		assert_true(fd >= 0);
		for (size_t at = 0, n; at < w.n; at += n) {
			n = 1 + (size_t)(rng_next(&rng) % 100000);
			n = n < w.n - at ? n : w.n - at;
			assert_int_equal(fcgi_send(fd, w.p + at, n), 0);
		}
		got(fd, &a);
		assert_true(a.whole);
		assert_string_equal(a.body, plain.body);
		wire_free(&w);
	}
	nobody_died_and_all_is_well();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		POOL_TEST(requests_that_break_off_anywhere),
		POOL_TEST(requests_with_flipped_bits),
		POOL_TEST(noise),
		POOL_TEST(heads_that_are_huge_or_claim_to_be),
		POOL_TEST(parameters_that_are_missing_empty_or_have_line_feeds),
		POOL_TEST(peers_that_keep_silent),
		POOL_TEST(peers_that_do_not_wait_for_their_answer),
		POOL_TEST(peers_that_never_read_their_answer),
		POOL_TEST(a_slow_body_is_no_stuck_worker),
		POOL_TEST(other_records_inside_a_body_end_it),
		POOL_TEST(a_body_is_whole_however_it_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
