/* work: what it says while it runs, what comes out, and every way in which it ends. */
#include "fcgi/job/work.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cm.h"

enum { PATIENCE_MS = 10000, LARGE = 3 << 20 };

static int end_of(struct work *w, struct work_output *out, struct err *e)
{
	*out = (struct work_output){ 0 };
	assert_int_equal(work_wait(w, PATIENCE_MS), 1);
	return work_end(w, out, e);
}

static struct work *start(work_act act, void *arg)
{
	struct err e = { 0 };
	struct work *w = NULL;

	assert_int_equal(work_start(&w, act, arg, &e), OK);
	return w;
}

static void drop(struct work *w, struct work_output *out)
{
	text_free(&out->result);
	text_free(&out->report);
	work_del(w);
}

static int speak(void *arg, struct work *w, struct work_output *out, struct err *e)
{
	(void)e;
	work_tell(w, "the last step", 0.75, 12);
	text_str(&out->result, arg);
	for (int i = 0; i < LARGE; i++)
		text_add(&out->report, &"abcdefg"[i % 7], 1);
	return OK;
}

static void what_comes_out_comes_out_whole(void **state)
{
	struct work *const w = start(speak, (char[]){ "{}" });
	struct work_output out;
	struct err e = { 0 };
	const char *phase;
	uint64_t rows;
	double share;

	(void)state;
	assert_int_equal(end_of(w, &out, &e), OK);
	assert_string_equal(text_get(&out.result), "{}");
	assert_int_equal(out.report.n, LARGE);
	for (int i = 0; i < LARGE; i += 4099)
		assert_int_equal(out.report.p[i], "abcdefg"[i % 7]);
	work_look(w, &phase, &share, &rows);
	assert_string_equal(phase, "the last step");
	assert_true(share == 0.75 && rows == 12);
	drop(w, &out);
}

static int wait_for_ever(void *arg, struct work *w, struct work_output *out, struct err *e)
{
	(void)arg;
	(void)out;
	(void)e;
	work_tell(w, "waiting", (double)NAN, 3);
	while (pause() < 0)
		;
	return OK;
}

static void it_tells_how_far_it_is_and_can_be_stopped(void **state)
{
	struct work *const w = start(wait_for_ever, NULL);
	const char *phase = "";
	uint64_t rows;
	double share;

	(void)state;
	work_look(w, &phase, &share, &rows);
	assert_true(isnan(share));
	for (int i = 0; i < 1000 && strcmp(phase, "waiting") != 0; i++) {
		assert_int_equal(work_wait(w, 10), 0);
		work_look(w, &phase, &share, &rows);
	}
	assert_string_equal(phase, "waiting");
	assert_int_equal(rows, 3);
	assert_int_equal(work_stop(w), 1);
	assert_int_equal(work_wait(w, 0), 1);
	assert_int_equal(work_stop(w), 1);
	work_del(w);
}

static int change(void *arg, struct work *w, struct work_output *out, struct err *e)
{
	(void)e;
	if (!work_may_change(w) || !work_may_change(w))
		return ERR_CONFLICT;
	work_tell(w, "changing", 0, 0);
	usleep(300000);
	text_str(&out->result, arg);
	return OK;
}

static void what_lasts_is_not_broken_off(void **state)
{
	struct work *const w = start(change, (char[]){ "kept" });
	struct work_output out;
	struct err e = { 0 };
	const char *phase = "";
	uint64_t rows;
	double share;

	(void)state;
	for (int i = 0; i < 1000 && strcmp(phase, "changing") != 0; i++) {
		usleep(1000);
		work_look(w, &phase, &share, &rows);
	}
	assert_int_equal(work_stop(w), 0);
	assert_int_equal(end_of(w, &out, &e), OK);
	assert_string_equal(text_get(&out.result), "kept");
	drop(w, &out);
}

static int complain(void *arg, struct work *w, struct work_output *out, struct err *e)
{
	(void)w;
	text_str(&out->result, "half");
	return err_set(e, ERR_TOO_FEW, "%s is too short", (const char *)arg);
}

static int die(void *arg, struct work *w, struct work_output *out, struct err *e)
{
	(void)w;
	(void)out;
	(void)e;
	raise(*(const int *)arg);
	return OK;
}

static void a_failure_and_a_death_are_told(void **state)
{
	int signals[] = { SIGKILL, SIGTERM };
	struct work *w = start(complain, (char[]){ "x.csv" });
	struct work_output out;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(end_of(w, &out, &e), ERR_TOO_FEW);
	assert_string_equal(e.msg, "x.csv is too short");
	assert_int_equal(out.result.n, 0);
	drop(w, &out);
	for (size_t i = 0; i < 2; i++) {
		w = start(die, &signals[i]);
		assert_int_equal(end_of(w, &out, &e), ERR_IO);
		assert_non_null(strstr(e.msg, i == 0 ? "signal 9: the memory" : "signal 15"));
		drop(w, &out);
	}
}

/* A parent in between, which is killed. */
static void the_work_dies_with_who_started_it(void **state)
{
	siginfo_t info;
	int told[2];
	pid_t parent;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(pipe(told), 0);
	if ((parent = fork()) == 0) {
		struct work *const w = start(wait_for_ever, NULL);
		const char *phase = "";
		uint64_t rows;
		double share;

		while (strcmp(phase, "waiting") != 0)
			work_look(w, &phase, &share, &rows);
		if (write(told[1], "x", 1) == 1)
			pause();
		_exit(0);
	}
	assert_int_equal(read(told[0], (char[1]){ 0 }, 1), 1);
	kill(parent, SIGKILL);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	assert_int_equal(waitid(P_ALL, 0, &info, WEXITED), 0);
	assert_int_equal(info.si_code, CLD_KILLED);
	assert_int_equal(info.si_status, SIGKILL);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	assert_int_equal(errno, ECHILD);
	close(told[0]);
	close(told[1]);
}

static void without_a_process_nothing_is_told_and_all_is_allowed(void **state)
{
	(void)state;
	work_tell(NULL, "x", 0.5, 1);
	assert_int_equal(work_may_change(NULL), 1);
	work_del(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_out_comes_out_whole),
		cmocka_unit_test(it_tells_how_far_it_is_and_can_be_stopped),
		cmocka_unit_test(what_lasts_is_not_broken_off),
		cmocka_unit_test(a_failure_and_a_death_are_told),
		cmocka_unit_test(the_work_dies_with_who_started_it),
		cmocka_unit_test(without_a_process_nothing_is_told_and_all_is_allowed),
	};

	return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
