/* scan's verdicts: what they say of whose flow it is, end to end: a stream for each device. */
#include "detect/scan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/nets.h"

enum { T = 10, F = 4, ROWS = 300, DEVICES = 3 };

struct seen {
	uint64_t of_device[DEVICES]; /* verdicts */
	uint8_t row[ROWS], incident[ROWS + 1];
	uint64_t ended;
};

/* Row r is of device r % 3 (all of one, when there are no hosts), and its flow number r / 3. */
static int take_hosts(void *arg, const struct verdict *v)
{
	struct seen *const s = arg;

	assert_true(v->device < DEVICES && v->flow->row < ROWS);
	assert_int_equal(v->device, v->flow->row % DEVICES);
	assert_int_equal(v->device_flow, v->flow->row / DEVICES);
	s->of_device[v->device]++;
	s->row[v->flow->row]++;
	s->incident[v->incident] = 1;
	return OK;
}

static int take_bare(void *arg, const struct verdict *v)
{
	struct seen *const s = arg;

	assert_int_equal(v->device, 0);
	assert_int_equal(v->device_flow, v->flow->row);
	s->row[v->flow->row]++;
	s->incident[v->incident] = 1;
	return OK;
}

static int take_incident(void *arg, const struct incident *i)
{
	struct seen *const s = arg;

	assert_true(i->id <= ROWS && i->sentence[0] != '\0');
	s->ended++;
	return OK;
}

/* All is anomalous: the threshold is 0. */
static void scan_rows(int hosts, struct seen *seen)
{
	struct net_case net = net_make("lstm:4,lstm:2,repeat,lstm:4,dense", T, F, 0, 9);
	const struct detector d = {
		.net = net.net,
		.features = feature_set_find("basic"),
		.has_scaler = 1,
		.scaler = { .kind = SCALER_STANDARD, .n = F, .center = { 10, 10, 1000, 1000 }, .scale = { 5, 5, 500, 500 } },
		.threshold = 0,
	};
	struct plan *plan = NULL;
	struct scan *s = NULL;
	struct err e = { 0 };
	char line[128];

	assert_int_equal(plan_new(&plan, &net.net, kernel_select(NULL, NULL), &e), OK);
	const struct scan_options o = { .model = { &d, plan },
					.method = METHOD_LSTM,
					.threshold = 0,
					.threads = 1,
					.top = 1,
					.verdicts = hosts ? take_hosts : take_bare,
					.incidents = take_incident,
					.arg = seen };
	assert_int_equal(scan_new(&s, &o, &e), OK);
	snprintf(line, sizeof(line), "%sorig_pkts,resp_pkts,orig_bytes,resp_bytes\n", hosts ? "id.orig_h,id.resp_h," : "");
	assert_int_equal(scan_feed(s, line, strlen(line), &e), OK);
	for (int r = 0; r < ROWS; r++) {
		if (hosts)
			snprintf(line, sizeof(line), "192.168.0.%d,203.0.113.7,%d,1,100,100\n", 1 + r % DEVICES, 10 + r % 7);
		else
			snprintf(line, sizeof(line), "%d,1,100,100\n", 10 + r % 7);
		assert_int_equal(scan_feed(s, line, strlen(line), &e), OK);
	}
	assert_int_equal(scan_finish(s, &e), OK);
	scan_del(s);
	plan_del(plan);
	net_drop(&net);
	for (size_t r = 0; r < ROWS; r++)
		assert_int_equal(seen->row[r], 1);
	assert_int_equal(seen->incident[0], 0);
}

static void flows_are_numbered_by_device(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	scan_rows(1, &seen);
	for (size_t k = 0; k < DEVICES; k++)
		assert_int_equal(seen.of_device[k], ROWS / DEVICES);
	assert_int_equal(seen.ended, DEVICES);
	assert_true(seen.incident[1] && seen.incident[2] && seen.incident[3] && !seen.incident[4]);
}

static void a_table_without_hosts_is_one_stream_and_one_incident(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	scan_rows(0, &seen);
	assert_int_equal(seen.ended, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flows_are_numbered_by_device),
		cmocka_unit_test(a_table_without_hosts_is_one_stream_and_one_incident),
	};

	return cmocka_run_group_tests_name("scan_verdicts", tests, NULL, NULL);
}
