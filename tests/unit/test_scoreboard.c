/* scoreboard: shared slots that stay readable whoever dies while it writes. The source is included: one test stops a write half way. */
#include "fcgi/pool/scoreboard.c"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct scoreboard *board;

static int setup(void **state)
{
	struct err e;

	(void)state;
	return scoreboard_new(&board, 4, &e);
}

static int teardown(void **state)
{
	(void)state;
	scoreboard_del(board);
	return 0;
}

static struct slot_view view(size_t i)
{
	struct slot_view v;

	scoreboard_view(board, i, &v);
	return v;
}

static void a_slot_goes_through_the_life_of_a_worker(void **state)
{
	struct slot *s = scoreboard_slot(board, 1);

	(void)state;
	assert_int_equal(scoreboard_n(board), 4);
	assert_int_equal(view(1).state, SLOT_EMPTY);
	slot_assign(s, 77, CLASS_UPLOADS, 3);
	assert_int_equal(view(1).state, SLOT_STARTING);
	assert_int_equal(view(1).pid, 77);
	assert_int_equal(view(1).pool, CLASS_UPLOADS);
	assert_int_equal(view(1).generation, 3);
	slot_idle(s);
	assert_int_equal(view(1).state, SLOT_IDLE);
	slot_begin(s, "POST /upload");
	assert_int_equal(view(1).state, SLOT_BUSY);
	assert_string_equal(view(1).current, "POST /upload");
	assert_int_equal(view(1).requests, 0);
	slot_end(s);
	assert_int_equal(view(1).state, SLOT_IDLE);
	assert_string_equal(view(1).current, "");
	assert_int_equal(view(1).requests, 1);
	slot_begin(s, "x");
	slot_idle(s); /* nothing came of it */
	assert_int_equal(view(1).requests, 1);
	slot_stopping(s);
	assert_int_equal(view(1).state, SLOT_STOPPING);
	slot_clear(s, 1);
	assert_int_equal(view(1).state, SLOT_EMPTY);
	assert_int_equal(view(1).pid, 0);
	assert_int_equal(view(1).deaths, 1);
	assert_int_equal(view(1).requests, 1);
	assert_int_equal(view(0).state, SLOT_EMPTY);
	assert_int_equal(view(2).state, SLOT_EMPTY);
}

static void times_are_counted_while_they_pass(void **state)
{
	struct slot *s = scoreboard_slot(board, 0);

	(void)state;
	slot_assign(s, 1, CLASS_PAGES, 1);
	slot_idle(s);
	usleep(20000);
	assert_true(view(0).state_seconds >= 0.02);
	assert_true(view(0).busy_seconds == 0);
	assert_true(view(0).silent_seconds >= 0.02); /* one that waits has to say so too */
	slot_begin(s, "reading");
	usleep(20000);
	slot_begin(s, "GET /"); /* other words, same request */
	assert_true(view(0).silent_seconds < 0.015);
	assert_true(view(0).busy_seconds >= 0.02 && view(0).state_seconds >= 0.02);
	usleep(20000);
	assert_true(view(0).silent_seconds >= 0.02);
	slot_beat(s);
	assert_true(view(0).silent_seconds < 0.015);
	slot_end(s);
	usleep(20000);
	assert_true(view(0).busy_seconds >= 0.04 && view(0).busy_seconds < 10);
	assert_true(view(0).silent_seconds >= 0.02); /* one that waits has to say so too */
	assert_true(scoreboard_uptime(board) >= 0.08);
}

static void words_are_cut_and_made_printable(void **state)
{
	struct slot *s = scoreboard_slot(board, 3);
	char text[300];

	(void)state;
	slot_begin(s, "GET /\n\x1b[31m\xc3\xa9\x7f");
	assert_string_equal(view(3).current, "GET /??[31m???");
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	slot_begin(s, text);
	assert_int_equal(strlen(view(3).current), SLOT_TEXT - 1);
	slot_begin(s, "short");
	assert_string_equal(view(3).current, "short");
}

static void a_writer_that_died_half_way_leaves_numbers_and_no_half_text(void **state)
{
	struct slot *s = scoreboard_slot(board, 0);

	(void)state;
	slot_assign(s, 5, CLASS_PAGES, 9);
	slot_begin(s, "the old request");
	write_begin(s);
	STORE(s->text[0], 0x4141414141414141ull); /* and here it was killed */
	assert_int_equal(view(0).state, SLOT_BUSY);
	assert_int_equal(view(0).pid, 5);
	assert_string_equal(view(0).current, "");
	slot_clear(s, 1);
	slot_assign(s, 6, CLASS_PAGES, 9);
	slot_begin(s, "the new request");
	assert_int_equal(view(0).pid, 6);
	assert_string_equal(view(0).current, "the new request");
}

/* Killed at any moment, in the middle of writes mostly: texts are of one piece, and the slot works on. */
static void killed_processes_never_spoil_a_slot(void **state)
{
	struct slot *s = scoreboard_slot(board, 2);
	char a[SLOT_TEXT], b[SLOT_TEXT];
	size_t torn = 0, seen = 0;

	(void)state;
	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	a[SLOT_TEXT - 1] = b[SLOT_TEXT - 1] = '\0';
	for (int round = 0; round < 100; round++) {
		const pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			slot_assign(s, getpid(), CLASS_PAGES, 1);
			for (;;) {
				slot_begin(s, a);
				slot_begin(s, b);
				slot_end(s);
			}
		}
		/* Where there are few processors it may not have begun yet. */
		for (int i = 0; i < 100000 && view(2).current[0] == '\0'; i++)
			usleep(100);
		for (int i = 0; i < 500 + round * 7; i++) {
			const struct slot_view v = view(2);

			assert_true(v.current[0] == '\0' || strcmp(v.current, a) == 0 || strcmp(v.current, b) == 0);
			assert_in_range(v.state, SLOT_EMPTY, SLOT_STOPPING);
			seen += v.current[0] != '\0';
		}
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		torn += atomic_load(&s->seq) & 1;
		slot_clear(s, 1);
		assert_int_equal(atomic_load(&s->seq) & 1, 0);
		assert_int_equal(view(2).state, SLOT_EMPTY);
		assert_string_equal(view(2).current, "");
	}
	assert_true(seen > 0);
	print_message("killed in the middle of a write: %zu of 100\n", torn);
	assert_int_equal(view(2).deaths, 100);
}

static void what_is_known_of_the_database_is_shared_and_ages(void **state)
{
	struct database_view d;
	pid_t pid;

	(void)state;
	scoreboard_database(board, &d);
	assert_true(isinf(d.age_seconds) && !d.connected);
	if ((pid = fork()) == 0) {
		scoreboard_set_database(board, 1, UINT64_C(1) << 62);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	usleep(2000);
	scoreboard_database(board, &d);
	assert_true(d.age_seconds >= 0.002 && d.age_seconds < 60);
	assert_int_equal(d.connected, 1);
	assert_true(d.total_scans == UINT64_C(1) << 62);
	scoreboard_stale_database(board);
	scoreboard_database(board, &d);
	assert_true(isinf(d.age_seconds));
	assert_int_equal(d.connected, 1);
	scoreboard_set_database(board, 0, 3);
	scoreboard_database(board, &d);
	assert_true(!d.connected && d.total_scans == 3 && d.age_seconds < 60);
}

static void closing_is_seen_by_all(void **state)
{
	pid_t pid;

	(void)state;
	assert_int_equal(scoreboard_closing(board), 0);
	if ((pid = fork()) == 0) {
		scoreboard_close(board);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(scoreboard_closing(board), 1);
}

static void sizes_are_limited_and_states_have_names(void **state)
{
	struct scoreboard *b;
	struct err e;

	(void)state;
	assert_int_equal(scoreboard_new(&b, 0, &e), ERR_RANGE);
	assert_int_equal(scoreboard_new(&b, SLOTS_MAX + 1, &e), ERR_RANGE);
	assert_int_equal(scoreboard_new(&b, SLOTS_MAX, &e), OK);
	slot_begin(scoreboard_slot(b, SLOTS_MAX - 1), "x");
	scoreboard_del(b);
	scoreboard_del(NULL);
	assert_string_equal(slot_state_name(SLOT_BUSY), "busy");
	assert_string_equal(slot_state_name((enum slot_state)99), "unknown");
	assert_true((uintptr_t)scoreboard_slot(board, 1) % 64 == 0);
}

/* In a child, which keeps it until it is killed: 1 it got the job, 0 it did not. */
static pid_t take_in_child(int *got)
{
	int told[2];
	char answer;
	pid_t pid;

	assert_int_equal(pipe(told), 0);
	if ((pid = fork()) == 0) {
		answer = (char)('0' + scoreboard_job_take(board));
		if (write(told[1], &answer, 1) == 1)
			pause();
		_exit(0);
	}
	assert_int_equal(read(told[0], &answer, 1), 1);
	close(told[0]);
	close(told[1]);
	*got = answer - '0';
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void one_process_at_a_time_has_the_job_and_its_death_gives_it_back(void **state)
{
	pid_t first, second;
	int got;

	(void)state;
	first = take_in_child(&got);
	assert_int_equal(got, 1);
	second = take_in_child(&got);
	assert_int_equal(got, 0);
	assert_int_equal(scoreboard_job_take(board), 0);
	end_child(second);
	end_child(first);
	assert_int_equal(scoreboard_job_take(board), 1);
	end_child(take_in_child(&got));
	assert_int_equal(got, 0);
	scoreboard_job_leave(board);
	end_child(take_in_child(&got));
	assert_int_equal(got, 1);
}

static void who_is_at_a_scan_is_asked_to_stop_and_nobody_else(void **state)
{
	struct slot *const one = scoreboard_slot(board, 0), *const two = scoreboard_slot(board, 1);

	(void)state;
	assert_false(slot_cancelled(one));
	scoreboard_cancel(board, 0);
	assert_false(slot_cancelled(one));
	slot_scan(one, 7);
	slot_scan(two, 8);
	scoreboard_cancel(board, 9);
	assert_false(slot_cancelled(one) || slot_cancelled(two));
	scoreboard_cancel(board, 7);
	assert_true(slot_cancelled(one));
	assert_false(slot_cancelled(two));
	slot_scan(one, 9);
	assert_false(slot_cancelled(one));
	scoreboard_cancel(board, 9);
	slot_clear(one, 1);
	assert_false(slot_cancelled(one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_slot_goes_through_the_life_of_a_worker, setup, teardown),
		cmocka_unit_test_setup_teardown(one_process_at_a_time_has_the_job_and_its_death_gives_it_back, setup, teardown),
		cmocka_unit_test_setup_teardown(times_are_counted_while_they_pass, setup, teardown),
		cmocka_unit_test_setup_teardown(words_are_cut_and_made_printable, setup, teardown),
		cmocka_unit_test_setup_teardown(a_writer_that_died_half_way_leaves_numbers_and_no_half_text, setup, teardown),
		cmocka_unit_test_setup_teardown(killed_processes_never_spoil_a_slot, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_known_of_the_database_is_shared_and_ages, setup, teardown),
		cmocka_unit_test_setup_teardown(closing_is_seen_by_all, setup, teardown),
		cmocka_unit_test_setup_teardown(who_is_at_a_scan_is_asked_to_stop_and_nobody_else, setup, teardown),
		cmocka_unit_test_setup_teardown(sizes_are_limited_and_states_have_names, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
