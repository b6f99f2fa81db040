/* rules: what they remember stays small and usable, whatever comes in whatever order. */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "lib/cm.h"
#include "lib/ruleflows.h"

static const char peer[] = "203.0.113.9";

static const char *stranger(char text[32], unsigned n)
{
	snprintf(text, 32, "198.%u.%u.%u", 18 + n / 65536, n / 256 % 256, n % 256);
	return text;
}

static void is(const struct rule_hit *h, const char *rule, int alarm)
{
	if (h == NULL || strcmp(h->rule->name, rule) != 0 || h->alarm != alarm)
		fail_msg("%s (%d) instead of %s: %s", h != NULL ? h->rule->name : "nothing", h != NULL && h->alarm, rule,
			 h != NULL ? h->sentence : "");
}

/* What 10 million forged sources leave of what was known: the memory is what it was, and the attack of the device is still seen. */
static void memory_is_bounded_whatever_comes(void **state)
{
	const struct rules_options small = { .devices_max = 64, .pairs_max = 4096 };
	struct ruleflows r;
	struct rng g;
	size_t before;

	(void)state;
	rng_init(&g, 9);
	ruleflows_start(&r, &small);
	for (int i = 0; i < 30; i++)
		ruleflows_do(&r, 20, PROTO_TCP, peer, 4242, CONN_S0, 0, 0);
	is(&r.hit[0], "c2_retry", 1);
	before = mallinfo2().uordblks + mallinfo2().hblkhd;
	for (int i = 0; i < 10000000; i++) {
		const uint64_t word = rng_next(&g);
		struct flow f;

		flow_clear(&f);
		f.ts = r.t + i * 1e-5;
		f.proto = PROTO_TCP;
		f.state = CONN_S0;
		f.port[ORIG] = (int32_t)(word >> 48);
		f.port[RESP] = 80;
		f.pkts[ORIG] = 1;
		f.host[ORIG] = (struct ip){
			4, { (uint8_t)(1 + (word & 7)), (uint8_t)(word >> 8), (uint8_t)(word >> 16), (uint8_t)(word >> 24) }
		};
		f.host[RESP] = (struct ip){ 4, { 192, 168, 1, 20 } };
		rules_take(r.rules, &f, (uint64_t)i % 3 == 0 ? 1 : (uint64_t)i, RESP, 0, r.hit); /* also as many devices */
	}
	assert_int_equal(mallinfo2().uordblks + mallinfo2().hblkhd, before);
	r.t += 100;
	for (int i = 0; i < 12; i++)
		ruleflows_do(&r, 20, PROTO_TCP, peer, 4242, CONN_S0, 0, 0);
	is(&r.hit[0], "c2_retry", 1);
	ruleflows_end(&r);
}

/* Flows come in the order of their ends, minutes apart from that of their beginnings. */
static void disorder_of_minutes_changes_little(void **state)
{
	enum { FLOWS = 2000 };
	static uint32_t order[FLOWS];
	double alarms[2];
	char to[32];

	(void)state;
	for (int shuffled = 0; shuffled < 2; shuffled++) {
		struct ruleflows r;
		struct rng g;

		rng_init(&g, 2);
		for (uint32_t i = 0; i < FLOWS; i++)
			order[i] = i;
		for (size_t i = 0; shuffled && i < FLOWS; i += 100) /* 100 flows are 3 minutes */
			rng_shuffle(&g, order + i, 100);
		ruleflows_start(&r, NULL);
		for (size_t i = 0; i < FLOWS; i++) {
			r.t = 1.6e9 + 2.0 * order[i];
			ruleflows_do(&r, 0, PROTO_TCP, order[i] % 2 ? stranger(to, order[i] * 3) : peer, order[i] % 2 ? 23 : 4242,
				     CONN_S0, 0, 0);
		}
		alarms[shuffled] = (double)r.alarms;
		ruleflows_end(&r);
	}
	assert_true(alarms[0] > 1900 && fabs(alarms[0] / alarms[1] - 1) < 0.05);
}

static void the_clock_of_one_bad_flow_stops_nothing(void **state)
{
	struct ruleflows r;
	char to[32];

	(void)state;
	ruleflows_start(&r, NULL);
	r.t = 4e9;
	ruleflows_do(&r, 0, PROTO_TCP, peer, 23, CONN_S0, 0, 0);
	r.t = 1.6e9;
	for (unsigned i = 0; i < 300; i++) /* one an hour: nothing adds up */
		ruleflows_do(&r, 3600, PROTO_TCP, stranger(to, i * 3), 23, CONN_S0, 0, 0);
	assert_int_equal(r.alarms, 0);
	ruleflows_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_bounded_whatever_comes),
		cmocka_unit_test(disorder_of_minutes_changes_little),
		cmocka_unit_test(the_clock_of_one_bad_flow_stops_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
