/* incident_json: names, nulls and valid text. */
#include "detect/incident_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "flow/flow.h"
#include "lib/cm.h"

static void an_incident_has_all_its_members(void **state)
{
	const struct rule *const rule = rule_find("port_scan_horizontal");
	const struct incident i = {
		.id = 7,
		.part_of = 3,
		.device = 2,
		.device_ip = { 4, { 192, 168, 1, 20 } },
		.device_mac = { 2, 0, 0, 0, 0, 0xff },
		.has_mac = 1,
		.rule = rule,
		.also = { rule_find("address_sweep") },
		.start = 1000.5,
		.end = 1060,
		.first_row = 4,
		.last_row = 99,
		.flows = 90,
		.peers = 80,
		.port = 23,
		.peak_score = 12.5,
		.least_p = 1e-12,
		.peak_row = 50,
		.bytes = { 100, 20 },
		.severity = SEVERITY_HIGH,
		.hit = { .rule = rule,
			 .alarm = 1,
			 .number_n = 2,
			 .number = { { "peers", "addresses", 80, 6 }, { "failed", "%", 98.5, NAN } } },
		.sentence = "contacted 80 addresses",
	};
	static const char expected[] =
		"{\"id\":7,\"part_of\":3,\"device\":{\"number\":2,\"ip\":\"192.168.1.20\",\"mac\":\"02:00:00:00:00:ff\"},"
		"\"attack\":\"port_scan\",\"rule\":\"port_scan_horizontal\",\"title\":\"%s\",\"technique\":\"T1046\","
		"\"tactic\":\"Network Service "
		"Discovery\",\"meaning\":\"%s\",\"advice\":\"%s\",\"severity\":\"High\",\"start\":1000.5,"
		"\"end\":1060,\"flows\":90,\"peers\":80,\"peer\":null,\"port\":23,\"peak_score\":12.5,\"peak_row\":50,\"p_value\":"
		"1e-12,"
		"\"rows\":[4,99],\"bytes_out\":100,\"bytes_in\":20,\"evidence\":[{\"name\":\"peers\",\"value\":80,\"unit\":"
		"\"addresses\","
		"\"normal\":6},{\"name\":\"failed\",\"value\":98.5,\"unit\":\"%%\",\"normal\":null}],"
		"\"sentence\":\"contacted 80 addresses\",\"also\":[\"address_sweep\"]}";
	char want[4096];
	struct json_object *const o = incident_to_json(&i);

	(void)state;
	snprintf(want, sizeof(want), expected, rule->title, rule->meaning, rule->advice);
	assert_string_equal(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE), want);
	json_object_put(o);
}

static void what_is_unknown_is_null_and_the_text_is_always_valid(void **state)
{
	static const char *const nulls[] = { "part_of",    "start",   "end",       "peer",  "port",
					     "peak_score", "p_value", "technique", "tactic" };
	const struct incident i = {
		.id = 1,
		.rule = rule_find("unusual"),
		.start = NAN,
		.end = NAN,
		.peak_score = INFINITY,
		.least_p = NAN,
		.port = PORT_UNSET,
		.sentence = "bad \xff\xfe and \x1b[31m",
	};
	struct json_object *const o = incident_to_json(&i);
	struct json_object *again = NULL, *v;
	const char *text = json_object_to_json_string(o);

	(void)state;
	assert_int_equal(json_read(&again, text, strlen(text), NULL), OK);
	for (size_t k = 0; k < sizeof(nulls) / sizeof(*nulls); k++) {
		assert_true(json_object_object_get_ex(again, nulls[k], &v));
		assert_ptr_equal(v, NULL);
	}
	assert_int_equal(json_get_array(again, "evidence", &v, NULL), OK);
	assert_int_equal(json_object_array_length(v), 0);
	json_object_put(again);
	json_object_put(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_incident_has_all_its_members),
		cmocka_unit_test(what_is_unknown_is_null_and_the_text_is_always_valid),
	};

	return cmocka_run_group_tests_name("incident_json", tests, NULL, NULL);
}
