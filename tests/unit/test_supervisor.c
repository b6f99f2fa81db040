/* supervisor: what is started, asked to leave and killed, with a clock that only moves when the test says so. */
#include "pool/supervisor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MANY 100000

/* A pool of pretended processes that do what they are told. */
static struct {
	struct supervisor s;
	double now;
	pid_t last_pid;
	int stubborn;   /* SIGTERM is ignored */
	int undead;     /* SIGKILL takes its time */
	int slow_start; /* workers do not get ready */
	size_t spawned, termed, killed, stuck, rolled, done, most_alive;
	size_t least_serving; /* ready and not asked to leave */
} world;

static void exits(size_t seat, int orderly)
{
	supervisor_exited(&world.s, seat, orderly, world.now);
}

static size_t serving(enum pool_class pool)
{
	size_t n = 0;

	for (size_t i = 0; i < world.s.n; i++)
		n += world.s.seat[i].role == SEAT_ACTIVE && world.s.seat[i].pool == pool && world.s.seat[i].pid > 0 &&
		     world.s.seat[i].state == SLOT_IDLE;
	return n;
}

static void do_action(const struct action *a)
{
	const size_t i = a->seat;

	switch (a->act) {
	case ACT_SPAWN:
		assert_int_equal(world.s.seat[i].pid, 0);
		supervisor_spawned(&world.s, i, ++world.last_pid, world.now);
		if (!world.slow_start)
			supervisor_saw(&world.s, i, SLOT_IDLE, 0);
		world.spawned++;
		break;
	case ACT_TERM:
		world.termed++;
		if (!world.stubborn)
			exits(i, 1);
		break;
	case ACT_KILL:
		world.killed++;
		world.stuck += (size_t)a->stuck;
		if (!world.undead)
			exits(i, 0);
		break;
	case ACT_ROLLED:
		world.rolled++;
		break;
	default:
		world.done++;
	}
}

/* Do everything that is due, then let time pass until `until`, doing what becomes due. */
static void run_until(double until)
{
	struct action a;

	for (int steps = 0; steps < MANY; steps++) {
		supervisor_next(&world.s, world.now, &a);
		if (a.act == ACT_WAIT) {
			assert_true(a.until > world.now);
			if (a.until > until || world.now >= until) {
				world.now = until;
				return;
			}
			world.now = a.until;
			continue;
		}
		do_action(&a);
		if (a.act == ACT_DONE)
			return;
		if (supervisor_alive(&world.s) > world.most_alive)
			world.most_alive = supervisor_alive(&world.s);
		if (serving(CLASS_PAGES) < world.least_serving)
			world.least_serving = serving(CLASS_PAGES);
	}
	fail_msg("the supervisor does not come to rest");
}

static void start(size_t pages, size_t uploads)
{
	const size_t want[POOLS] = { pages, uploads, 1 };

	memset(&world, 0, sizeof(world));
	world.now = 1000;
	world.least_serving = 0;
	supervisor_init(&world.s, supervisor_seats(pages + uploads + 1));
	world.s.stuck_seconds = 60;
	world.s.drain_seconds = 600;
	supervisor_want(&world.s, want, 1);
	run_until(world.now);
	world.least_serving = SIZE_MAX;
}

static size_t seat_of(enum pool_class pool)
{
	for (size_t i = 0; i < world.s.n; i++)
		if (world.s.seat[i].role == SEAT_ACTIVE && world.s.seat[i].pool == pool)
			return i;
	fail_msg("no such seat");
	return 0;
}

static void each_class_gets_its_workers(void **state)
{
	(void)state;
	start(3, 2);
	assert_int_equal(world.spawned, 6);
	assert_int_equal(serving(CLASS_PAGES), 3);
	assert_int_equal(serving(CLASS_UPLOADS), 2);
	assert_int_equal(serving(CLASS_JOBS), 1);
	run_until(world.now + 1000);
	assert_int_equal(world.spawned, 6);
	assert_int_equal(world.termed + world.killed, 0);
}

static void a_worker_that_dies_old_is_replaced_at_once(void **state)
{
	(void)state;
	start(2, 1);
	run_until(world.now + YOUNG_SECONDS);
	exits(seat_of(CLASS_UPLOADS), 0);
	assert_int_equal(serving(CLASS_UPLOADS), 0);
	run_until(world.now);
	assert_int_equal(serving(CLASS_UPLOADS), 1);
}

static void pauses_double_while_workers_die_young_and_start_anew_when_one_lived(void **state)
{
	static const double pauses[] = { 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5 };

	(void)state;
	start(1, 1);
	for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		const size_t seat = seat_of(CLASS_PAGES);

		run_until(world.now + 0.5); /* it lives half a second */
		exits(seat, 0);
		run_until(world.now + pauses[i] * 0.99);
		assert_int_equal(serving(CLASS_PAGES), 0);
		run_until(world.now + pauses[i] * 0.02);
		assert_int_equal(serving(CLASS_PAGES), 1);
	}
	run_until(world.now + YOUNG_SECONDS);
	exits(seat_of(CLASS_PAGES), 0);
	run_until(world.now);
	assert_int_equal(serving(CLASS_PAGES), 1);
	exits(seat_of(CLASS_PAGES), 0);
	run_until(world.now + 0.11);
	assert_int_equal(serving(CLASS_PAGES), 1);
}

static void recycled_workers_come_back_at_once_and_never_count_as_deaths(void **state)
{
	(void)state;
	start(1, 1);
	for (int i = 0; i < 1000; i++) {
		exits(seat_of(CLASS_PAGES), 1);
		run_until(world.now);
		assert_int_equal(serving(CLASS_PAGES), 1);
	}
	assert_int_equal(world.s.deaths, 0);
	assert_false(world.s.given_up);
}

static void too_many_deaths_in_a_minute_stop_the_pool(void **state)
{
	size_t deaths = 0;

	(void)state;
	start(2, 1); /* 4 workers: 28 deaths are borne */
	while (deaths < 28) {
		exits(seat_of(CLASS_PAGES), 0);
		deaths++;
		assert_false(world.s.given_up);
		world.now += 1;
		run_until(world.now + 1); /* two seconds each: 56 s in all */
		if (serving(CLASS_PAGES) < 2)
			run_until(world.now); /* the pause of a seat may be longer */
	}
	exits(seat_of(CLASS_JOBS), 0);
	assert_true(world.s.given_up);
	run_until(world.now + 10);
	assert_int_equal(world.done, 1);
	assert_int_equal(supervisor_alive(&world.s), 0);
}

static void the_same_deaths_over_a_longer_time_do_not(void **state)
{
	(void)state;
	start(2, 1);
	for (int i = 0; i < 1000; i++) {
		exits(seat_of(CLASS_PAGES), 0);
		run_until(world.now + DEATHS_SECONDS / 28 + 0.1);
		assert_false(world.s.given_up);
	}
}

static void one_worker_that_cannot_live_does_not_stop_the_pool(void **state)
{
	size_t seat;

	(void)state;
	start(2, 1);
	seat = seat_of(CLASS_JOBS);
	for (int i = 0; i < 1000; i++) {
		if (world.s.seat[seat].pid > 0)
			exits(seat, 0);
		run_until(world.now + 0.05);
		assert_false(world.s.given_up);
	}
}

static void a_fork_that_fails_is_tried_again_after_a_pause(void **state)
{
	struct action a;
	const size_t want[POOLS] = { 1, 1, 1 };

	(void)state;
	memset(&world, 0, sizeof(world));
	supervisor_init(&world.s, supervisor_seats(3));
	supervisor_want(&world.s, want, 1);
	supervisor_next(&world.s, 5, &a);
	assert_int_equal(a.act, ACT_SPAWN);
	supervisor_not_spawned(&world.s, a.seat, 5);
	world.now = 5;
	run_until(5.05);
	assert_int_equal(world.spawned, 2);
	run_until(5.2);
	assert_int_equal(world.spawned, 3);
}

static void a_busy_worker_without_progress_is_killed_once_and_replaced(void **state)
{
	size_t seat;

	(void)state;
	start(1, 1);
	seat = seat_of(CLASS_UPLOADS);
	run_until(world.now + 20);
	supervisor_saw(&world.s, seat, SLOT_BUSY, 59.9);
	run_until(world.now);
	assert_int_equal(world.killed, 0);
	supervisor_saw(&world.s, seat, SLOT_IDLE, 64.9);
	run_until(world.now);
	assert_int_equal(world.killed, 0);
	supervisor_saw(&world.s, seat, SLOT_BUSY, 60);
	run_until(world.now);
	assert_int_equal(world.killed, 1);
	assert_int_equal(world.stuck, 1);
	assert_int_equal(serving(CLASS_UPLOADS), 1);
	world.s.stuck_seconds = 0;
	supervisor_saw(&world.s, seat_of(CLASS_UPLOADS), SLOT_BUSY, 1e9);
	run_until(world.now);
	assert_int_equal(world.killed, 1);
}

static void one_that_waits_and_does_not_even_look_is_stuck_too(void **state)
{
	(void)state;
	start(1, 1);
	run_until(world.now + 20);
	supervisor_saw(&world.s, seat_of(CLASS_PAGES), SLOT_IDLE, 65);
	run_until(world.now);
	assert_int_equal(world.killed, 1);
	assert_int_equal(world.stuck, 1);
	assert_int_equal(serving(CLASS_PAGES), 1);
}

static void one_that_takes_its_time_to_die_is_killed_each_second_only(void **state)
{
	size_t seat;

	(void)state;
	start(1, 1);
	world.undead = 1;
	seat = seat_of(CLASS_PAGES);
	for (int i = 0; i < 100; i++) {
		supervisor_saw(&world.s, seat, SLOT_BUSY, 60);
		run_until(world.now + 0.025);
	}
	assert_int_equal(world.killed, 3);
	/* Its successor is not spared for it. */
	world.undead = 0;
	exits(seat, 0);
	run_until(world.now + 0.2);
	supervisor_saw(&world.s, seat, SLOT_BUSY, 60);
	run_until(world.now);
	assert_int_equal(world.killed, 4);
}

static void one_that_hangs_while_it_starts_is_stuck_too(void **state)
{
	(void)state;
	start(1, 1);
	supervisor_saw(&world.s, seat_of(CLASS_PAGES), SLOT_STARTING, 61);
	run_until(world.now);
	assert_int_equal(world.stuck, 1);
}

static void a_roll_replaces_all_and_never_has_fewer_at_work(void **state)
{
	const size_t want[POOLS] = { 3, 2, 1 };

	(void)state;
	start(3, 2);
	supervisor_want(&world.s, want, 2);
	assert_false(supervisor_may_roll(&world.s));
	run_until(world.now + 1);
	assert_true(supervisor_may_roll(&world.s));
	assert_int_equal(world.rolled, 1);
	assert_int_equal(world.spawned, 12);
	assert_int_equal(world.termed, 6);
	assert_int_equal(world.least_serving, 3);
	assert_int_equal(world.most_alive, 7);
	assert_int_equal(supervisor_alive(&world.s), 6);
	for (size_t i = 0; i < world.s.n; i++)
		assert_true(world.s.seat[i].role == SEAT_FREE || world.s.seat[i].generation == 2);
	run_until(world.now + 100);
	assert_int_equal(world.spawned, 12);
	assert_int_equal(world.rolled, 1);
}

static void a_roll_does_not_wait_for_long_requests_of_the_old(void **state)
{
	const size_t want[POOLS] = { 2, 2, 1 };

	(void)state;
	start(2, 2);
	world.stubborn = 1; /* all old ones have a long request in hand */
	supervisor_want(&world.s, want, 2);
	run_until(world.now + 1);
	assert_int_equal(world.rolled, 1);
	assert_int_equal(supervisor_alive(&world.s), 10);
	assert_int_equal(serving(CLASS_PAGES), 2);
	/* They are asked again each second, and killed after drain_seconds. */
	run_until(world.now + 10);
	assert_in_range(world.termed, 50, 60);
	run_until(world.now + 600);
	assert_int_equal(world.killed, 5);
	assert_int_equal(world.stuck, 0);
	assert_int_equal(supervisor_alive(&world.s), 5);
}

static void a_roll_waits_when_all_seats_are_taken_by_those_who_leave(void **state)
{
	const size_t want[POOLS] = { 2, 2, 1 };

	(void)state;
	start(2, 2);
	world.stubborn = 1;
	for (uint64_t g = 2; g < 20; g++) {
		supervisor_want(&world.s, want, g);
		run_until(world.now + 1);
		assert_int_equal(serving(CLASS_PAGES), 2);
	}
	assert_int_equal(supervisor_alive(&world.s), world.s.n);
	run_until(world.now + 1500);
	assert_int_equal(supervisor_alive(&world.s), 5);
	assert_int_equal(world.s.seat[seat_of(CLASS_PAGES)].generation, 19);
}

static void a_new_generation_that_never_gets_ready_leaves_the_old_at_work(void **state)
{
	const size_t want[POOLS] = { 2, 1, 1 };

	(void)state;
	start(2, 1);
	world.slow_start = 1;
	supervisor_want(&world.s, want, 2);
	for (int i = 0; i < 500; i++) {
		for (size_t k = 0; k < world.s.n; k++)
			if (world.s.seat[k].pid > 0 && world.s.seat[k].generation == 2)
				exits(k, 0); /* it dies at once */
		run_until(world.now + 0.2);
		assert_false(world.s.given_up);
		assert_int_equal(serving(CLASS_PAGES), 2);
	}
	assert_int_equal(world.termed, 0);
	assert_int_equal(world.rolled, 0);
	assert_true(supervisor_may_roll(&world.s));
	/* The next configuration is a good one. */
	world.slow_start = 0;
	supervisor_want(&world.s, want, 3);
	run_until(world.now + 10);
	assert_int_equal(world.rolled, 1);
	assert_int_equal(supervisor_alive(&world.s), 4);
	for (size_t i = 0; i < world.s.n; i++)
		assert_true(world.s.seat[i].role == SEAT_FREE || world.s.seat[i].generation == 3);
}

static void an_old_worker_that_dies_during_its_replacement_is_not_started_again(void **state)
{
	const size_t want[POOLS] = { 1, 1, 1 };
	size_t old;

	(void)state;
	start(1, 1);
	world.slow_start = 1;
	old = seat_of(CLASS_PAGES);
	supervisor_want(&world.s, want, 2);
	run_until(world.now + 0.02);
	assert_int_equal(world.spawned, 4);
	for (size_t i = 0; i < world.s.n; i++)
		old = world.s.seat[i].replaces >= 0 ? (size_t)world.s.seat[i].replaces : old;
	exits(old, 0);
	run_until(world.now + 1);
	assert_int_equal(world.s.seat[old].role != SEAT_ACTIVE || world.s.seat[old].generation == 2, 1);
	world.slow_start = 0;
	for (size_t i = 0; i < world.s.n; i++)
		if (world.s.seat[i].pid > 0)
			supervisor_saw(&world.s, i, SLOT_IDLE, 0);
	run_until(world.now + 1);
	assert_int_equal(supervisor_alive(&world.s), 3);
	assert_int_equal(world.rolled, 1);
}

static void a_roll_honours_new_numbers_of_workers(void **state)
{
	(void)state;
	start(4, 2);
	supervisor_want(&world.s, (const size_t[POOLS]){ 1, 3, 1 }, 2);
	run_until(world.now + 1);
	assert_int_equal(serving(CLASS_PAGES), 1);
	assert_int_equal(serving(CLASS_UPLOADS), 3);
	assert_int_equal(supervisor_alive(&world.s), 5);
	assert_int_equal(world.rolled, 1);
	supervisor_want(&world.s, (const size_t[POOLS]){ 6, 1, 1 }, 3);
	run_until(world.now + 1);
	assert_int_equal(serving(CLASS_PAGES), 6);
	assert_int_equal(serving(CLASS_UPLOADS), 1);
	assert_int_equal(world.rolled, 2);
}

static void a_drain_asks_all_and_is_done_when_all_have_left(void **state)
{
	(void)state;
	start(2, 2);
	exits(seat_of(CLASS_JOBS), 0); /* one is about to be started again: it is not */
	supervisor_drain(&world.s, world.now);
	run_until(world.now + 1);
	assert_int_equal(world.done, 1);
	assert_int_equal(world.termed, 4);
	assert_int_equal(world.spawned, 5);
	assert_int_equal(world.killed, 0);
}

static void a_drain_in_the_middle_of_a_roll_ends_both(void **state)
{
	const size_t want[POOLS] = { 2, 2, 1 };

	(void)state;
	start(2, 2);
	world.slow_start = 1;
	supervisor_want(&world.s, want, 2);
	run_until(world.now + 0.02);
	assert_int_equal(supervisor_alive(&world.s), 6);
	supervisor_drain(&world.s, world.now);
	run_until(world.now + 1);
	assert_int_equal(world.done, 1);
	assert_int_equal(world.rolled, 0);
	assert_int_equal(supervisor_alive(&world.s), 0);
}

static void what_does_not_leave_is_asked_each_second_and_then_killed(void **state)
{
	(void)state;
	start(1, 1);
	world.stubborn = 1;
	world.s.drain_seconds = 5;
	supervisor_drain(&world.s, world.now);
	run_until(world.now + 4.5);
	assert_int_equal(world.termed, 15);
	assert_int_equal(world.killed, 0);
	run_until(world.now + 1);
	assert_int_equal(world.killed, 3);
	assert_int_equal(world.done, 1);
}

static void there_are_seats_for_a_roll_or_none_at_all(void **state)
{
	(void)state;
	assert_int_equal(supervisor_seats(3), 22);
	assert_int_equal(supervisor_seats(SLOTS_MAX - 1), SLOTS_MAX);
	assert_int_equal(supervisor_seats(SLOTS_MAX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_class_gets_its_workers),
		cmocka_unit_test(a_worker_that_dies_old_is_replaced_at_once),
		cmocka_unit_test(pauses_double_while_workers_die_young_and_start_anew_when_one_lived),
		cmocka_unit_test(recycled_workers_come_back_at_once_and_never_count_as_deaths),
		cmocka_unit_test(too_many_deaths_in_a_minute_stop_the_pool),
		cmocka_unit_test(the_same_deaths_over_a_longer_time_do_not),
		cmocka_unit_test(one_worker_that_cannot_live_does_not_stop_the_pool),
		cmocka_unit_test(a_fork_that_fails_is_tried_again_after_a_pause),
		cmocka_unit_test(a_busy_worker_without_progress_is_killed_once_and_replaced),
		cmocka_unit_test(one_that_waits_and_does_not_even_look_is_stuck_too),
		cmocka_unit_test(one_that_takes_its_time_to_die_is_killed_each_second_only),
		cmocka_unit_test(one_that_hangs_while_it_starts_is_stuck_too),
		cmocka_unit_test(a_roll_replaces_all_and_never_has_fewer_at_work),
		cmocka_unit_test(a_roll_does_not_wait_for_long_requests_of_the_old),
		cmocka_unit_test(a_roll_waits_when_all_seats_are_taken_by_those_who_leave),
		cmocka_unit_test(a_new_generation_that_never_gets_ready_leaves_the_old_at_work),
		cmocka_unit_test(an_old_worker_that_dies_during_its_replacement_is_not_started_again),
		cmocka_unit_test(a_roll_honours_new_numbers_of_workers),
		cmocka_unit_test(a_drain_asks_all_and_is_done_when_all_have_left),
		cmocka_unit_test(a_drain_in_the_middle_of_a_roll_ends_both),
		cmocka_unit_test(what_does_not_leave_is_asked_each_second_and_then_killed),
		cmocka_unit_test(there_are_seats_for_a_roll_or_none_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
