/* ping: a pool that serves, one that only listens, none, and records that are no answer. */
#include "pool_world.h"

#include "pool/listener.h"
#include "pool/ping.h"

#define OUT(text) { FCGI_OUT, text }
#define END       { FCGI_END, "12345678" }

static char where[TEMPDIR_PATH_MAX + 5];

static void start(const char *conf)
{
	pool_start(conf);
	snprintf(where, sizeof(where), "unix:%s", pool.pages);
}

static void a_pool_that_serves(void **state)
{
	struct err e = { 0 };

	(void)state;
	start("workers = 1\nupload_workers = 1");
	assert_int_equal(ping(where, "localhost", 5, &e), OK);
	assert_int_equal(ping(where, "", 5, &e), OK);
	assert_int_equal(pool_stop(), 0);
	assert_int_equal(ping(where, "localhost", 5, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "cannot connect"));
}

static void workers_that_all_hang(void **state)
{
	struct err e = { 0 };
	double begun;
	int fd;

	(void)state;
	start("workers = 1\nupload_workers = 1\nstuck_seconds = 30\ndrain_seconds = 1");
	fd = ask_later(pool.pages, "/hang");
	snooze(0.2);
	begun = now();
	assert_int_equal(ping(where, "localhost", 1, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "no answer"));
	assert_true(now() - begun < 10);
	close(fd);
	pool_stop();
}

static void what_is_read_of_an_answer(void **state)
{
	static const struct {
		int status;
		struct {
			int type;
			const char *content;
		} records[4];
	} cases[] = {
		{ 200, { OUT("Status: 200 OK\r\n\r\n"), END } },
		{ 503, { OUT("Sta"), OUT("tus: 503 "), OUT("Service Unavailable\r\n\r\n0123456789012345678901234567890123456789"), END } },
		{ 421, { { 7, "on the error stream" }, OUT("Status: 421 M\r\n\r\n"), END } },
		{ 0, { OUT("Status: 200 OK\r\n\r\n") } },
		{ 0, { END } },
		{ 0, { OUT("HTTP/1.1 200 OK\r\n\r\n"), END } },
		{ 0, { OUT("Status: 2000\r\n\r\n"), END } },
		{ 0, { OUT("Status: \r\n\r\n"), END } },
		{ 0, { { 0, NULL } } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct wire w = { 0 };

		for (size_t k = 0; k < 4 && cases[i].records[k].content != NULL; k++)
			wire_record(&w, cases[i].records[k].type, cases[i].records[k].content, strlen(cases[i].records[k].content));
		assert_int_equal(ping_status(w.p, w.n), cases[i].status);
		/* Cut anywhere it is none, and nothing behind the cut is read: a copy of just that size is for the sanitizer. */
		for (size_t n = 0; n < w.n; n++) {
			unsigned char *const cut = memcpy(malloc(n > 0 ? n : 1), w.p, n);

			assert_int_equal(ping_status(cut, n), 0);
			free(cut);
		}
		wire_free(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		POOL_TEST(a_pool_that_serves),
		POOL_TEST(workers_that_all_hang),
		cmocka_unit_test(what_is_read_of_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
