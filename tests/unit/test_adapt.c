/* adapt: how much it takes, and that a second adaptation, which keeps no flows, comes to the same as the first. */
#include "detect/adapt.h"

#include <stdio.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/nets.h"

enum { T = 10, F = 4, ROWS = 3000, ATTACKS = 100 };

static const char header[] = "ts,id.orig_h,id.resp_h,orig_pkts,resp_pkts,orig_bytes,resp_bytes,label\n";

/* ROWS flows of three devices, of which the last ATTACKS are labelled as attacks. */
static int feed(void *arg, size_t i, int pass, struct scan *s, struct err *e)
{
	char line[128];
	int r = scan_feed(s, header, strlen(header), e);

	(void)arg;
	(void)i;
	(void)pass;
	for (int k = 0; k < ROWS && r == OK; k++) {
		snprintf(line, sizeof(line), "%d,192.168.0.%d,203.0.113.7,%d,%d,%d,%d,%s\n", 1600000000 + 20 * k, 1 + k % 3,
			 5 + k * 7 % 11, 3 + k * 5 % 7, 400 + k * 131 % 997, 900 + k * 37 % 499,
			 k < ROWS - ATTACKS ? "Benign" : "Malicious");
		r = scan_feed(s, line, strlen(line), e);
	}
	return r == OK ? scan_finish(s, e) : r;
}

static int run(struct detector *d, const struct plan *plan, uint64_t flows_most, struct adapted *out, struct err *e)
{
	const struct adapt_options o = {
		.strategy = "fpr:0.01", .threads = 1, .flows_most = flows_most, .file_n = 1, .feed = feed
	};

	return adapt(d, plan, &o, out, e);
}

struct world {
	struct net_case net;
	struct detector d;
	struct plan *plan;
};

static void world_make(struct world *w)
{
	struct err e = { 0 };

	memset(w, 0, sizeof(*w));
	w->net = net_make("lstm:4,repeat,lstm:4,dense", T, F, 0, 9);
	w->d = (struct detector){
		.net = w->net.net,
		.features = feature_set_find("basic"),
		.has_scaler = 1,
		.scaler = { .kind = SCALER_STANDARD, .n = F, .center = { 10, 6, 900, 1100 }, .scale = { 3, 2, 300, 150 } },
		.threshold = 1,
	};
	assert_int_equal(plan_new(&w->plan, &w->net.net, kernel_select(NULL, NULL), &e), OK);
}

static void world_drop(struct world *w)
{
	plan_del(w->plan);
	net_drop(&w->net);
}

static void more_flows_than_are_wanted_are_refused_and_leave_the_detector_alone(void **state)
{
	struct adapted out = { .flows = 7 };
	struct err e = { 0 };
	struct world w;

	(void)state;
	world_make(&w);
	assert_int_equal(run(&w.d, w.plan, ROWS - ATTACKS - 1, &out, &e), ERR_TOO_LARGE);
	assert_non_null(strstr(e.msg, "more than 2899 flows"));
	assert_true(w.d.threshold == 1 && !w.d.calibrated && out.flows == 7);
	/* Attacks are not kept and do not count. */
	assert_int_equal(run(&w.d, w.plan, ROWS - ATTACKS, &out, &e), OK);
	assert_int_equal(out.flows + out.alarms, ROWS - ATTACKS);
	assert_int_equal(out.attacks, ATTACKS);
	world_drop(&w);
}

static void a_detector_that_has_a_profile_keeps_it_and_takes_all_flows_for_the_calibration(void **state)
{
	struct adapted first, second, third;
	struct profile profile;
	struct err e = { 0 };
	struct world w;
	double threshold;

	(void)state;
	world_make(&w);
	assert_int_equal(run(&w.d, w.plan, 0, &first, &e), OK);
	assert_int_equal(w.d.profile_p.n, (ROWS - ATTACKS) / 2);
	profile = w.d.profile;
	assert_int_equal(run(&w.d, w.plan, 0, &second, &e), OK);
	assert_memory_equal(&w.d.profile, &profile, sizeof(profile));
	assert_int_equal(w.d.profile_p.n, ROWS - ATTACKS);
	threshold = w.d.hybrid_threshold;
	assert_int_equal(run(&w.d, w.plan, 0, &third, &e), OK);
	assert_true(w.d.hybrid_threshold == threshold);
	assert_true(first.lstm.value == third.lstm.value);
	world_drop(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_flows_than_are_wanted_are_refused_and_leave_the_detector_alone),
		cmocka_unit_test(a_detector_that_has_a_profile_keeps_it_and_takes_all_flows_for_the_calibration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
