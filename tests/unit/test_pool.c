/* pool: a real master with real workers: deaths, drains, replacements, privileges. */
#include "pool_world.h"

#include <sys/stat.h>

static int is_alive(pid_t pid)
{
	return kill(pid, 0) == 0;
}

static void each_class_has_its_own_socket_and_workers(void **state)
{
	struct answer a;
	pid_t all[WORKERS_MAX];
	int pid, class;

	(void)state;
	pool_start("workers = 2\nupload_workers = 1");
	WAIT_FOR(pool_children(all) == 4);
	fcgi_ask(pool.pages, "GET", "/pid", NULL, 0, &a);
	assert_int_equal(sscanf(a.body, "%d 1 %d", &pid, &class), 2);
	assert_int_equal(class, CLASS_PAGES);
	fcgi_ask(pool.uploads, "GET", "/pid", NULL, 0, &a);
	assert_int_equal(sscanf(a.body, "%d 1 %d", &pid, &class), 2);
	assert_int_equal(class, CLASS_UPLOADS);
	assert_int_equal(pool_stop(), 0);
}

static void bodies_of_any_size_arrive_whole(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 8183, 8184, 8192, 65528, 65529, 1000000, 5000000 };
	unsigned char *body = malloc(5000000);

	(void)state;
	assert_non_null(body);
	for (size_t i = 0; i < 5000000; i++)
		body[i] = (unsigned char)(i * 7 + i / 251);
	pool_start("workers = 1\nupload_workers = 1");
	for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		unsigned long long sum = 0;
		struct answer a;
		char expected[64];

		for (size_t i = 0; i < sizes[k]; i++)
			sum = sum * 31 + body[i] + i + 1;
		snprintf(expected, sizeof(expected), "%zu %llu whole", sizes[k], sum);
		fcgi_ask(pool.pages, "POST", "/echo", body, sizes[k], &a);
		assert_true(a.whole);
		assert_string_equal(a.body, expected);
		/* Nobody reads it: it is drained, and the answer comes. */
		fcgi_ask(pool.pages, "POST", "/pid", body, sizes[k], &a);
		assert_true(a.whole && a.status == 200);
	}
	fcgi_ask(pool.pages, "POST", "/nothing", NULL, 0, &(struct answer){ 0 });
	free(body);
	assert_int_equal(pool_stop(), 0);
}

static void answers_are_whole_and_head_has_no_body(void **state)
{
	struct answer a;

	(void)state;
	pool_start("workers = 1\nupload_workers = 1");
	fcgi_ask(pool.pages, "GET", "/big?400000", NULL, 0, &a);
	assert_int_equal(a.bytes, 6400000);
	assert_true(a.whole);
	fcgi_ask(pool.pages, "HEAD", "/big?4", NULL, 0, &a);
	assert_true(a.whole);
	assert_int_equal(a.bytes, 0);
	assert_non_null(strstr(a.text, "Content-Length: 64\r\n"));
	assert_int_equal(pool_stop(), 0);
}

static void tcp_works_like_unix_sockets(void **state)
{
	char unix_pages[TEMPDIR_PATH_MAX], lines[1024];
	static char body[3000000];
	struct answer a;
	int slow, port = 20000 + getpid() % 20000; /* below the range for outgoing connections, mostly */

	(void)state;
	pool_make();
	memcpy(unix_pages, pool.pages, sizeof(unix_pages));
	snprintf(pool.pages, sizeof(pool.pages), "127.0.0.1:%d", port);
	snprintf(lines, sizeof(lines), "listen = %s\nupload_listen = unix:%.300s\nuser = root\nworkers = 1\nupload_workers = 1\n",
		 pool.pages, pool.uploads);
	file_put(world_conf, lines, strlen(lines));
	pool_fork();
	WAIT_FOR(answers(pool.pages));
	for (int i = 0; i < 200; i++) {
		fcgi_ask(pool.pages, "POST", "/echo", body, i == 0 ? sizeof(body) : (size_t)i, &a);
		assert_true(a.whole && a.status == 200);
	}
	fcgi_ask(pool.pages, "POST", "/big?100000", body, sizeof(body), &a);
	assert_true(a.whole);
	assert_int_equal(a.bytes, 1600000);
	slow = ask_later(pool.pages, "/sleep?300");
	snooze(0.1);
	assert_int_equal(pool_stop(), 0);
	got(slow, &a);
	assert_true(a.whole);
	memcpy(pool.pages, unix_pages, sizeof(unix_pages));
}

static void requests_are_logged_on_one_line_each(void **state)
{
	struct answer a;

	(void)state;
	pool_start("workers = 1\nupload_workers = 1");
	fcgi_ask(pool.pages, "GET", "/big?1", NULL, 0, &a);
	/* Written after the answer is out. */
	WAIT_FOR(strstr(pool_log(), "path=/big status=200 bytes=16 ms=") != NULL);
	assert_non_null(strstr(pool_log(), "event=started"));
	assert_int_equal(pool_stop(), 0);
}

static void a_killed_worker_costs_only_its_own_request(void **state)
{
	size_t good, refused, broken;
	struct answer a;
	pid_t victim, all[WORKERS_MAX];

	(void)state;
	pool_start("workers = 3\nupload_workers = 1");
	load_start();
	for (int i = 0; i < 10; i++) {
		snooze(0.05);
		WAIT_FOR(pool_worker(pool.pages, &victim));
		kill(victim, SIGKILL);
	}
	snooze(0.3);
	load_stop(&good, &refused, &broken);
	assert_in_range(broken, 0, 10);
	assert_int_equal(refused, 0);
	assert_true(good > 100);
	WAIT_FOR(pool_children(all) == 5);
	fcgi_ask(pool.pages, "GET", "/pid", NULL, 0, &a);
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(pool_log(), "how=SIGKILL"));
	assert_int_equal(pool_stop(), 0);
}

static void a_crash_is_told_with_signal_age_and_request(void **state)
{
	struct answer a;

	(void)state;
	pool_start("workers = 1\nupload_workers = 1");
	fcgi_ask(pool.pages, "GET", "/crash", NULL, 0, &a);
	assert_false(a.whole);
	WAIT_FOR(answers(pool.pages));
	WAIT_FOR(strstr(pool_log(), "class=pages how=SIGSEGV") != NULL);
	assert_non_null(strstr(pool_log(), "doing=\"GET /crash\""));
	assert_int_equal(pool_stop(), 0);
}

static void sigterm_finishes_what_is_in_hand_and_what_has_connected(void **state)
{
	struct answer a;
	int slow, queued[5];

	(void)state;
	pool_start("workers = 1\nupload_workers = 1");
	slow = ask_later(pool.pages, "/sleep?500");
	snooze(0.1);
	for (int i = 0; i < 5; i++)
		queued[i] = ask_later(pool.pages, "/sleep?20");
	assert_int_equal(pool_stop(), 0);
	got(slow, &a);
	assert_true(a.whole && a.status == 200);
	for (int i = 0; i < 5; i++) {
		got(queued[i], &a);
		assert_true(a.whole && a.status == 200);
	}
}

static void sigterm_under_load_drops_nothing(void **state)
{
	size_t good, refused, broken;

	(void)state;
	for (int round = 0; round < 3; round++) {
		pool_start("workers = 2\nupload_workers = 1");
		load_start();
		snooze(0.3);
		assert_int_equal(pool_stop(), 0);
		load_stop(&good, &refused, &broken);
		assert_true(good > 10);
		assert_true(refused > 0); /* after the end */
		assert_int_equal(broken, 0);
	}
}

static void sighup_under_load_drops_nothing_and_all_workers_are_new(void **state)
{
	size_t good, refused, broken, before, after;
	pid_t old[WORKERS_MAX], new[WORKERS_MAX];

	(void)state;
	pool_start("workers = 3\nupload_workers = 2");
	WAIT_FOR(pool_children(old) == 6);
	load_start();
	for (int round = 0; round < 3; round++) {
		before = pool_children(old);
		kill(pool.master, SIGHUP);
		snooze(0.2);
		WAIT_FOR((after = pool_children(new)) == 6 && new[0] != old[0] && !is_alive(old[5]));
		for (size_t i = 0; i < before; i++)
			for (size_t k = 0; k < after; k++)
				assert_true(old[i] != new[k]);
	}
	load_stop(&good, &refused, &broken);
	assert_true(good > 100);
	assert_int_equal(refused, 0);
	assert_int_equal(broken, 0);
	assert_int_equal(pool_stop(), 0);
}

static void sighup_honours_new_numbers_and_tells_what_needs_a_restart(void **state)
{
	pid_t all[WORKERS_MAX];
	char other[TEMPDIR_PATH_MAX];
	struct answer a;

	(void)state;
	pool_start("workers = 1\nupload_workers = 2");
	memcpy(other, pool.pages, sizeof(other));
	strcat(pool.pages, "2");
	pool_configure("workers = 5\nupload_workers = 1");
	memcpy(pool.pages, other, sizeof(other));
	kill(pool.master, SIGHUP);
	WAIT_FOR(pool_children(all) == 7 && strstr(pool_log(), "have been replaced") != NULL);
	assert_non_null(strstr(pool_log(), "another address needs a restart"));
	fcgi_ask(pool.pages, "GET", "/pid", NULL, 0, &a);
	assert_non_null(strstr(a.body, " 2 "));
	assert_int_equal(pool_stop(), 0);
}

static void another_adapted_model_replaces_all_workers_once_and_a_broken_configuration_with_it_none(void **state)
{
	char model[TEMPDIR_PATH_MAX + 8];
	pid_t all[WORKERS_MAX];
	struct answer a;

	(void)state;
	pool_start("workers = 2\nupload_workers = 1");
	world_model(model);
	file_put(model, "one", 3);
	WAIT_FOR(strstr(pool_log(), "have been replaced") != NULL);
	unlink(model);
	WAIT_FOR((fcgi_ask(pool.pages, "GET", "/pid", NULL, 0, &a), strstr(a.body, " 3 ") != NULL));
	WAIT_FOR(pool_children(all) == 4);
	file_put(world_conf, "workers = many\n", 15);
	file_put(model, "two", 3);
	WAIT_FOR(strstr(pool_log(), "all stays as it was") != NULL);
	snooze(2.5);
	assert_null(strstr(strstr(pool_log(), "all stays as it was") + 1, "all stays as it was"));
	fcgi_ask(pool.pages, "GET", "/pid", NULL, 0, &a);
	assert_non_null(strstr(a.body, " 3 "));
	assert_int_equal(pool_stop(), 0);
	unlink(model);
}

static void a_configuration_that_is_wrong_changes_nothing(void **state)
{
	pid_t old[WORKERS_MAX], new[WORKERS_MAX];

	(void)state;
	pool_start("workers = 2\nupload_workers = 1");
	WAIT_FOR(pool_children(old) == 4);
	file_put(world_conf, "workers = many\n", 15);
	kill(pool.master, SIGHUP);
	WAIT_FOR(strstr(pool_log(), "all stays as it was") != NULL);
	pool_configure("workers = 0");
	kill(pool.master, SIGHUP);
	WAIT_FOR(strstr(pool_log(), "at least one of each") != NULL);
	snooze(0.2);
	assert_int_equal(pool_children(new), 4);
	assert_memory_equal(old, new, 4 * sizeof(pid_t));
	assert_true(answers(pool.pages));
	assert_int_equal(pool_stop(), 0);
}

static void new_workers_that_cannot_start_leave_the_old_at_work(void **state)
{
	struct answer a;

	(void)state;
	pool_start("workers = 2\nupload_workers = 1");
	pool_configure("workers = 2\nupload_workers = 1\ndatabase_url = nonsense");
	kill(pool.master, SIGHUP);
	WAIT_FOR(strstr(pool_log(), "event=worker-failed") != NULL);
	snooze(0.5);
	for (int i = 0; i < 20; i++) {
		fcgi_ask(pool.pages, "GET", "/pid", NULL, 0, &a);
		assert_non_null(strstr(a.body, " 1 "));
	}
	/* The repaired configuration gets its turn although the first never came to an end. */
	pool_configure("workers = 2\nupload_workers = 1");
	kill(pool.master, SIGHUP);
	WAIT_FOR((fcgi_ask(pool.pages, "GET", "/pid", NULL, 0, &a), strstr(a.body, " 3 ") != NULL));
	WAIT_FOR(strstr(pool_log(), "have been replaced") != NULL);
	assert_int_equal(pool_stop(), 0);
}

static void two_sighups_in_a_row_are_two_replacements(void **state)
{
	struct answer a;

	(void)state;
	pool_start("workers = 2\nupload_workers = 1");
	kill(pool.master, SIGHUP);
	WAIT_FOR(strstr(pool_log(), "is read; workers are replaced") != NULL);
	kill(pool.master, SIGHUP);
	WAIT_FOR((fcgi_ask(pool.pages, "GET", "/pid", NULL, 0, &a), strstr(a.body, " 3 ") != NULL));
	assert_int_equal(pool_stop(), 0);
}

static void a_long_request_survives_a_sighup(void **state)
{
	struct answer a;
	int slow;

	(void)state;
	pool_start("workers = 1\nupload_workers = 1");
	slow = ask_later(pool.uploads, "/sleep?1500");
	snooze(0.2);
	kill(pool.master, SIGHUP);
	WAIT_FOR(strstr(pool_log(), "have been replaced") != NULL);
	/* The only upload worker is still at it, its successor serves already. */
	fcgi_ask(pool.uploads, "GET", "/pid", NULL, 0, &a);
	assert_non_null(strstr(a.body, " 2 "));
	got(slow, &a);
	assert_true(a.whole && a.status == 200);
	assert_int_equal(pool_stop(), 0);
}

static void a_crash_loop_stops_the_pool_with_exit_code_1(void **state)
{
	const double end = now() + WAIT_SECONDS;
	int status = 0;

	(void)state;
	pool_start("workers = 8\nupload_workers = 1");
	while (waitpid(pool.master, &status, WNOHANG) == 0 && now() < end) {
		struct answer a;

		fcgi_ask(pool.pages, "GET", "/crash", NULL, 0, &a);
		snooze(0.002);
	}
	pool.master = 0;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
	assert_non_null(strstr(pool_log(), "failed: too many workers died within a minute"));
	tempdir_remove(&pool.dir);
}

static void a_stuck_worker_is_killed_and_a_long_one_that_works_is_not(void **state)
{
	const char *stuck;
	struct answer a, b;
	int hang, work;

	(void)state;
	pool_start("workers = 2\nupload_workers = 1\nstuck_seconds = 1");
	work = ask_later(pool.pages, "/work");
	hang = ask_later(pool.pages, "/hang");
	got(hang, &a);
	got(work, &b);
	assert_false(a.whole);
	assert_true(b.whole && b.status == 200);
	WAIT_FOR(strstr(pool_log(), "doing=\"GET /hang\" message=\"no progress: killed\"") != NULL);
	assert_non_null(stuck = strstr(pool_log(), "event=worker-stuck"));
	assert_null(strstr(stuck + 1, "event=worker-stuck")); /* told once */
	assert_int_equal(pool_stop(), 0);
}

/* The only worker of its group waits, and would never wake up: its group would be gone for good. */
static void a_worker_that_is_asleep_for_good_is_replaced(void **state)
{
	pid_t sleeper;

	(void)state;
	pool_start("workers = 1\nupload_workers = 1\nstuck_seconds = 1");
	assert_true(pool_worker(pool.pages, &sleeper));
	kill(sleeper, SIGSTOP);
	WAIT_FOR(strstr(pool_log(), "event=worker-stuck") != NULL);
	WAIT_FOR(answers(pool.pages));
	assert_null(strstr(strstr(pool_log(), "event=worker-stuck") + 1, "event=worker-stuck")); /* those who look are left alone */
	assert_int_equal(pool_stop(), 0);
}

static void one_that_will_not_leave_is_killed_after_drain_seconds(void **state)
{
	const double began = now();
	struct answer a;
	int hang;

	(void)state;
	pool_start("workers = 1\nupload_workers = 1\ndrain_seconds = 1");
	hang = ask_later(pool.pages, "/hang");
	snooze(0.1);
	kill(pool.master, SIGTERM);
	assert_int_equal(pool_wait(), 0);
	assert_true(now() - began < 20);
	assert_non_null(strstr(pool_log(), "did not leave in time"));
	got(hang, &a);
	assert_false(a.whole);
	tempdir_remove(&pool.dir);
}

static void workers_are_recycled_without_a_failure(void **state)
{
	pid_t first, last;

	(void)state;
	pool_start("workers = 1\nupload_workers = 1\nmax_requests = 5");
	assert_true(pool_worker(pool.pages, &first));
	for (int i = 0; i < 100; i++)
		assert_true(pool_worker(pool.pages, &last));
	assert_true(first != last);
	assert_null(strstr(pool_log(), "worker-died"));
	assert_non_null(strstr(pool_log(), "event=worker-left"));
	assert_int_equal(pool_stop(), 0);
}

static void nothing_is_left_of_a_pool_whose_master_is_killed(void **state)
{
	pid_t all[WORKERS_MAX];
	struct answer a;
	size_t n;
	int slow;

	(void)state;
	pool_start("workers = 3\nupload_workers = 2");
	WAIT_FOR((n = pool_children(all)) == 6);
	slow = ask_later(pool.uploads, "/sleep?800");
	snooze(0.1);
	kill(pool.master, SIGKILL);
	assert_int_equal(pool_wait(), -1);
	got(slow, &a);
	assert_true(a.whole && a.status == 200); /* the request in hand is finished */
	for (size_t i = 0; i < n; i++)
		WAIT_FOR(!is_alive(all[i]));
	/* Its socket files are left over: a new one takes them. */
	pool_fork();
	WAIT_FOR(answers(pool.pages));
	assert_int_equal(pool_stop(), 0);
}

static void a_second_pool_on_the_same_sockets_is_refused(void **state)
{
	const pid_t first = (pool_start("workers = 1\nupload_workers = 1"), pool.master);

	(void)state;
	pool_fork();
	assert_int_equal(pool_wait(), 1);
	assert_non_null(strstr(pool_log(), "already in use"));
	pool.master = first;
	assert_true(answers(pool.pages));
	assert_int_equal(pool_stop(), 0);
}

static void a_thousand_requests_leave_memory_as_it_was(void **state)
{
	pid_t pid;
	long pages[2] = { 0 };
	char path[64];
	FILE *f;

	(void)state;
	pool_start("workers = 1\nupload_workers = 1");
	assert_true(pool_worker(pool.pages, &pid));
	snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < 1000; i++)
			assert_true(answers(pool.pages));
		assert_non_null(f = fopen(path, "r"));
		assert_int_equal(fscanf(f, "%*d %ld", &pages[k]), 1);
		fclose(f);
	}
#if !defined(__SANITIZE_ADDRESS__) /* which keeps what was freed for a while */
	assert_in_range(pages[1], pages[0] - 16, pages[0] + 16);
#endif
	assert_int_equal(pool_stop(), 0);
}

static void capabilities_are_empty(pid_t pid)
{
	static const char *const fields[] = { "CapInh:\t", "CapPrm:\t", "CapEff:\t", "CapAmb:\t" };
	char path[64], text[8192];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	assert_non_null(f = fopen(path, "r"));
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	for (size_t i = 0; i < 4; i++) {
		const char *const at = strstr(text, fields[i]);

		assert_non_null(at);
		assert_int_equal(strtoull(at + strlen(fields[i]), NULL, 16), 0);
	}
	assert_non_null(strstr(text, "NoNewPrivs:\t1"));
	assert_non_null(strstr(text, "Uid:\t33\t33\t33\t33"));
	assert_non_null(strstr(text, "Gid:\t33\t33\t33\t33"));
}

static void started_by_root_all_become_the_user_of_the_service_for_good(void **state)
{
	pid_t all[WORKERS_MAX];
	struct answer a;
	struct stat st;
	size_t n;

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: needs root\n");
		skip();
	}
	pool_start("workers = 1\nupload_workers = 1\nuser = www-data");
	WAIT_FOR((n = pool_children(all)) == 3);
	fcgi_ask(pool.pages, "GET", "/whoami", NULL, 0, &a);
	assert_string_equal(a.body, "33 33 33 33 33 33 root-group=0 setuid=-1 setgid=-1");
	capabilities_are_empty(pool.master);
	for (size_t i = 0; i < n; i++)
		capabilities_are_empty(all[i]);
	assert_int_equal(stat(pool.pages, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(st.st_gid, 33);
	assert_int_equal(pool_stop(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		POOL_TEST(each_class_has_its_own_socket_and_workers),
		POOL_TEST(bodies_of_any_size_arrive_whole),
		POOL_TEST(answers_are_whole_and_head_has_no_body),
		POOL_TEST(requests_are_logged_on_one_line_each),
		POOL_TEST(a_killed_worker_costs_only_its_own_request),
		POOL_TEST(a_crash_is_told_with_signal_age_and_request),
		POOL_TEST(sigterm_finishes_what_is_in_hand_and_what_has_connected),
		POOL_TEST(sigterm_under_load_drops_nothing),
		POOL_TEST(sighup_under_load_drops_nothing_and_all_workers_are_new),
		POOL_TEST(sighup_honours_new_numbers_and_tells_what_needs_a_restart),
		POOL_TEST(a_configuration_that_is_wrong_changes_nothing),
		POOL_TEST(another_adapted_model_replaces_all_workers_once_and_a_broken_configuration_with_it_none),
		POOL_TEST(new_workers_that_cannot_start_leave_the_old_at_work),
		POOL_TEST(tcp_works_like_unix_sockets),
		POOL_TEST(two_sighups_in_a_row_are_two_replacements),
		POOL_TEST(a_long_request_survives_a_sighup),
		POOL_TEST(a_crash_loop_stops_the_pool_with_exit_code_1),
		POOL_TEST(a_stuck_worker_is_killed_and_a_long_one_that_works_is_not),
		POOL_TEST(a_worker_that_is_asleep_for_good_is_replaced),
		POOL_TEST(one_that_will_not_leave_is_killed_after_drain_seconds),
		POOL_TEST(workers_are_recycled_without_a_failure),
		POOL_TEST(nothing_is_left_of_a_pool_whose_master_is_killed),
		POOL_TEST(a_second_pool_on_the_same_sockets_is_refused),
		POOL_TEST(a_thousand_requests_leave_memory_as_it_was),
		POOL_TEST(started_by_root_all_become_the_user_of_the_service_for_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
