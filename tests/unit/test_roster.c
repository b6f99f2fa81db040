/* roster: who took part, however many they are. */
#include "detect/roster.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/traffic.h"

#include "flow/device.h"

/* A flow that device `number` began at ts. */
static void give(struct roster *r, uint64_t number, double ts, int flagged)
{
	struct flow f;
	struct verdict v = { .flow = &f, .device = number, .side = ORIG, .anomalous = flagged };

	flow_clear(&f);
	f.ts = ts;
	f.host[ORIG] = ip_of(4, (uint8_t[]){ 10, (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number });
	f.host[RESP] = ip_of(4, (uint8_t[]){ 203, 0, 113, 7 });
	f.bytes[ORIG] = 100;
	f.bytes[RESP] = 1000;
	assert_int_equal(roster_add(r, &v), OK);
}

static void a_device_has_its_flows_bytes_and_times(void **state)
{
	struct roster *const r = roster_new(NULL);
	const struct roster_device *list;
	struct roster_others others;

	(void)state;
	give(r, 3, 50, 0);
	give(r, 8, NAN, 0);
	give(r, 3, 20, 1);
	give(r, 3, NAN, 0);
	assert_int_equal(roster_list(r, &list, &others), 2);
	assert_true(list[0].number == 3 && list[0].flows == 3 && list[0].flagged == 1);
	assert_true(list[0].bytes[0] == 300 && list[0].bytes[1] == 3000);
	assert_true(list[0].first_ts == 20 && list[0].last_ts == 50 && !list[0].has_mac);
	assert_true(list[0].ip.family == 4 && list[0].ip.b[3] == 3);
	assert_true(list[1].number == 8 && isnan(list[1].first_ts) && isnan(list[1].last_ts));
	assert_true(others.devices == 0 && others.flows == 0);
	roster_del(r);
}

/* Flow of the device at `side`, where both ends have a MAC address. */
static void give_macs(struct roster *r, uint64_t number, int side, const uint8_t *device_ip)
{
	struct flow f;
	struct verdict v = { .flow = &f, .device = number, .side = side };

	flow_clear(&f);
	f.host[side] = ip_of(4, device_ip);
	f.host[!side] = ip_of(4, (uint8_t[]){ 203, 0, 113, 7 });
	f.has_mac[0] = f.has_mac[1] = 1;
	memset(f.mac[side], 0xaa, 6);
	memset(f.mac[!side], 0xbb, 6);
	f.bytes[side] = 5;
	assert_int_equal(roster_add(r, &v), OK);
}

static void a_device_has_its_own_hardware_address_and_never_the_routers(void **state)
{
	struct roster *const r = roster_new(NULL);
	const struct roster_device *list;
	struct roster_others others;
	uint8_t mac[6];

	(void)state;
	memset(mac, 0xaa, 6);
	give_macs(r, 0, RESP, (uint8_t[]){ 192, 168, 1, 5 });
	give_macs(r, 0, ORIG, (uint8_t[]){ 192, 168, 1, 6 });
	give_macs(r, 0, ORIG, (uint8_t[]){ 0, 0, 0, 0 });
	give_macs(r, 1, ORIG, (uint8_t[]){ 198, 51, 100, 1 });
	assert_int_equal(roster_list(r, &list, &others), 2);
	assert_true(list[0].has_mac && list[0].ip.b[3] == 6 && list[0].bytes[0] == 15 && list[0].bytes[1] == 0);
	assert_memory_equal(list[0].mac, mac, 6);
	assert_true(!list[1].has_mac && list[1].ip.b[0] == 198);
	roster_del(r);
}

static void who_is_unknown_is_not_counted(void **state)
{
	struct roster *const r = roster_new(NULL);
	const struct roster_device *list;
	struct roster_others others;
	struct flow f;

	(void)state;
	flow_clear(&f);
	assert_int_equal(roster_add(r, &(struct verdict){ .flow = &f, .side = DEVICE_NONE }), OK);
	assert_int_equal(roster_list(r, &list, &others), 0);
	roster_del(r);
}

static void a_flood_of_addresses_hides_no_device(void **state)
{
	enum { REAL = 100, INVENTED = 60000, EACH = 20 };
	struct roster *const r = roster_new(NULL);
	const struct roster_device *list;
	struct roster_others others;
	uint64_t flows = 0, next = REAL;
	size_t n;

	(void)state;
	for (int i = 0; i < EACH; i++) {
		for (uint64_t d = 0; d < REAL; d++, flows++)
			give(r, d, i, 1);
		for (int k = 0; k < INVENTED / EACH; k++, flows++)
			give(r, next++, i, k == 0);
	}
	n = roster_list(r, &list, &others);
	assert_int_equal(n, ROSTER_LISTED);
	for (size_t i = 0; i < REAL; i++)
		assert_true(list[i].number == i && list[i].flows == EACH && list[i].flagged == EACH);
	assert_int_equal(others.devices, INVENTED + REAL - ROSTER_LISTED);
	for (size_t i = 0; i < n; i++)
		flows -= list[i].flows;
	assert_int_equal(others.flows, flows);
	assert_true(others.flagged > 0 && others.flagged <= EACH);
	roster_del(r);
}

/* ---- what is usual ------------------------------------------------------------------------------------------------------------ */

static int take_verdict(void *arg, const struct verdict *v)
{
	return roster_add(arg, v);
}

static void what_is_usual_for_a_device_comes_from_its_own_flows(void **state)
{
	static struct traffic made;
	struct roster *const r = roster_new(NULL);
	struct scan_options o = { .method = METHOD_LSTM, .threshold = 1e9, .threads = 1, .verdicts = take_verdict, .arg = r };
	const struct roster_device *list;
	struct roster_others others;
	struct json_object *usual, *features, *x;
	struct scan *s = NULL;
	struct err e;
	char line[128];

	(void)state;
	assert_int_equal(traffic_make(&made), 0);
	o.model = (struct scan_model){ &made.detector, made.plan };
	assert_int_equal(scan_new(&s, &o, &e), OK);
	snprintf(line, sizeof(line), "id.orig_h,id.resp_h,orig_pkts,resp_pkts,orig_bytes,resp_bytes\n");
	assert_int_equal(scan_feed(s, line, strlen(line), &e), OK);
	for (int i = 0; i < 45; i++) { /* 30 of the first device, 15 of the second */
		snprintf(line, sizeof(line), "192.168.0.%d,203.0.113.7,%d,1,%d,100\n", i % 3 == 2 ? 2 : 1, i % 3 == 2 ? 9 : 4,
			 i % 3 == 2 ? 7000 : 333);
		assert_int_equal(scan_feed(s, line, strlen(line), &e), OK);
	}
	if (scan_finish(s, &e) < 0)
		fail_msg("%s", e.msg);
	assert_int_equal(roster_list(r, &list, &others), 2);
	usual = roster_usual(s, &list[0], 0);
	assert_non_null(usual);
	assert_true(json_object_object_get_ex(usual, "flows", &x) && json_object_get_int(x) == 30);
	assert_true(json_object_object_get_ex(usual, "features", &features) && json_object_array_length(features) == TRAFFIC_F);
	assert_string_equal(json_object_to_json_string_ext(json_object_array_get_idx(features, 2), JSON_C_TO_STRING_PLAIN),
			    "{\"name\":\"orig_bytes\",\"unit\":\"bytes\",\"low\":333,\"middle\":333,\"high\":333}");
	assert_null(roster_usual(s, &list[1], 1));
	assert_null(roster_usual(s, &list[0], ROSTER_USUAL));
	json_object_put(usual);
	scan_del(s);
	roster_del(r);
	traffic_drop(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_has_its_flows_bytes_and_times),
		cmocka_unit_test(a_device_has_its_own_hardware_address_and_never_the_routers),
		cmocka_unit_test(who_is_unknown_is_not_counted),
		cmocka_unit_test(a_flood_of_addresses_hides_no_device),
		cmocka_unit_test(what_is_usual_for_a_device_comes_from_its_own_flows),
	};

	return cmocka_run_group_tests_name("roster", tests, NULL, NULL);
}
