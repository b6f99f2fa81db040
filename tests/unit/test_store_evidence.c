/* What is kept of a scan besides its rows, in a real MariaDB: bytes come back as they were, all of it or nothing. */
#include "sql/store_evidence.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/database.h"

enum { CHUNKS = 40, LARGE = 100000 };

static uint64_t start(struct store *s)
{
	const struct scan_start n = { .name = "a.csv", .method = "hybrid", .model = "m", .threshold = 4, .size = -1 };
	struct err e = { 0 };
	uint64_t id = 0;

	ok(store_scan_start(s, &n, &id, &e));
	return id;
}

/* All bytes there are, zeros among them, different for each i. */
static void bytes(unsigned char *out, size_t n, size_t i)
{
	for (size_t k = 0; k < n; k++)
		out[k] = (unsigned char)(k * 7 + i * 13 + k / 251);
}

/* CHUNKS chunks, 4 MB together; every third without flagged flows; rows 100 to a chunk. */
struct source {
	size_t given, fail_at;
	unsigned char data[LARGE];
};

static int next_chunk(void *arg, struct flow_chunk_row *c, struct err *e)
{
	struct source *const s = arg;
	const size_t i = s->given++;

	if (i == CHUNKS)
		return 0;
	if (i == s->fail_at)
		return err_set(e, ERR_IO, "the disk is gone");
	bytes(s->data, LARGE, i);
	*c = (struct flow_chunk_row){ 2 * i, 100 * i, 100 * i + 150, 100, i % 3, s->data, LARGE - i };
	return 1;
}

static struct scan_end full(struct source *chunks)
{
	static const struct explanation_row explanations[] = { { 9, "{\"a\":1}" }, { 3, "{\"b\":\"\xff\"}" } };
	static unsigned char curve[LARGE];

	bytes(curve, LARGE, 99);
	return (struct scan_end){
		.threshold = 4.5,
		.first_ts = 1.5e9,
		.last_ts = (double)NAN,
		.labelled = 7,
		.attacks = 3,
		.whatif = "{\"at\":[1]}",
		.parts = "{\"2\":1}",
		.counts = { .flows_anomalous = 12 },
		.curve_data = curve,
		.curve_len = LARGE,
		.curve_windows = 123,
		.explanation = explanations,
		.explanation_n = 2,
		.chunks = next_chunk,
		.chunks_arg = chunks,
	};
}

struct seen {
	size_t n, stop_at;
	uint64_t chunk[CHUNKS];
};

static int see(void *arg, const struct flow_chunk_row *c)
{
	struct seen *const s = arg;
	static unsigned char want[LARGE];
	const size_t i = (size_t)c->chunk / 2;

	bytes(want, LARGE, i);
	assert_int_equal(c->len, LARGE - i);
	assert_memory_equal(c->data, want, c->len);
	assert_int_equal(c->row_first, 100 * i);
	assert_int_equal(c->row_last, 100 * i + 150);
	assert_int_equal(c->flows, 100);
	assert_int_equal(c->flagged, i % 3);
	s->chunk[s->n++] = c->chunk;
	return s->stop_at > 0 && s->n == s->stop_at ? 7 : 0;
}

static void everything_comes_back_as_it_was(void **state)
{
	static const uint64_t all[2] = { 0, UINT64_MAX }, some[2] = { 1000, 1000 };
	struct source *const chunks = calloc(1, sizeof(*chunks));
	static unsigned char want[LARGE];
	const uint64_t id = start(*state);
	struct scan_evidence v;
	struct flow_facts f;
	struct seen seen = { 0 };
	struct scan_end end;
	char line[256];
	struct err e;

	assert_non_null(chunks);
	chunks->fail_at = CHUNKS + 1;
	end = full(chunks);
	ok(store_scan_finish(*state, id, &end, NULL, NULL, NULL, &e));
	ok(store_curve_get(*state, id, &v, &e));
	bytes(want, LARGE, 99);
	assert_int_equal(v.len, LARGE);
	assert_memory_equal(v.data, want, LARGE);
	assert_string_equal(v.method, "hybrid");
	assert_true(v.threshold > 4.4 && v.threshold < 4.6);
	scan_evidence_free(&v);
	ok(store_whatif_get(*state, id, &v, &e));
	assert_string_equal(v.data, "{\"at\":[1]}");
	scan_evidence_free(&v);
	ok(store_flow_facts(*state, id, &f, &e));
	assert_string_equal(f.parts, "{\"2\":1}");
	assert_int_equal(f.flagged, 12);
	assert_true(f.kept);
	flow_facts_free(&f);
	ok(store_flow_chunks(*state, id, 0, all, 1000, see, &seen, &e));
	assert_int_equal(seen.n, CHUNKS - (CHUNKS + 2) / 3);
	seen = (struct seen){ .stop_at = 2 };
	assert_int_equal(store_flow_chunks(*state, id, 21, all, 1000, see, &seen, &e), 7);
	assert_int_equal(seen.chunk[0], 22);
	assert_int_equal(seen.chunk[1], 26);
	seen = (struct seen){ 0 };
	ok(store_flow_chunks(*state, id, 0, some, 1000, see, &seen, &e));
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.chunk[0], 20);
	seen = (struct seen){ 0 };
	ok(store_flow_chunks_around(*state, id, 1000, 1000, 1000, see, &seen, &e));
	assert_int_equal(seen.n, 2);
	mariadb_sql(&db, "SELECT CONCAT_WS(',', first_ts, last_ts IS NULL, labelled_n, attack_n) FROM scans", line, sizeof(line));
	assert_string_equal(line, "1500000000,1,7,3\n");
	mariadb_sql(&db, "SELECT CONCAT(sequence_id, report) FROM explanations ORDER BY sequence_id", line, sizeof(line));
	assert_string_equal(line, "3{\"b\":\"\xef\xbf\xbd\"}\n9{\"a\":1}\n");
	free(chunks);
}

static void a_scan_that_cannot_be_stored_leaves_nothing(void **state)
{
	struct source *const chunks = calloc(1, sizeof(*chunks));
	const uint64_t id = start(*state);
	struct scan_end end;
	struct err e;

	assert_non_null(chunks);
	chunks->fail_at = 30;
	end = full(chunks);
	assert_int_equal(store_scan_finish(*state, id, &end, NULL, NULL, NULL, &e), ERR_IO);
	assert_string_equal(e.msg, "the disk is gone");
	assert_int_equal(number("SELECT (SELECT COUNT(*) FROM curves) + (SELECT COUNT(*) FROM explanations) + (SELECT COUNT(*) "
				"FROM flow_chunks)"),
			 0);
	chunks->given = 0;
	chunks->fail_at = CHUNKS + 1;
	ok(store_scan_finish(*state, id, &end, NULL, NULL, NULL, &e));
	assert_int_equal(number("SELECT COUNT(*) FROM flow_chunks"), CHUNKS);
	free(chunks);
}

static void scans_of_before_have_none_of_it(void **state)
{
	const struct scan_end end = { .threshold = 4 };
	const uint64_t id = start(*state);
	struct scan_evidence v;
	struct flow_facts f;
	struct err e;

	ok(store_scan_finish(*state, id, &end, NULL, NULL, NULL, &e));
	ok(store_curve_get(*state, id, &v, &e));
	assert_null(v.data);
	scan_evidence_free(&v);
	ok(store_whatif_get(*state, id, &v, &e));
	assert_null(v.data);
	scan_evidence_free(&v);
	ok(store_flow_facts(*state, id, &f, &e));
	assert_false(f.kept);
	assert_null(f.parts);
	flow_facts_free(&f);
	assert_int_equal(store_curve_get(*state, id + 1, &v, &e), ERR_NOT_FOUND);
	assert_int_equal(store_whatif_get(*state, id + 1, &v, &e), ERR_NOT_FOUND);
	mariadb_sql(&db, "UPDATE scans SET deleted_us = 1", NULL, 0);
	assert_int_equal(store_curve_get(*state, id, &v, &e), ERR_NOT_FOUND);
	assert_int_equal(store_flow_facts(*state, id, &f, &e), ERR_NOT_FOUND);
}

static void incidents_know_where_their_anomalies_are(void **state)
{
	static const struct incident_row rows[] = {
		{ .id = 1, .port = -1, .row = { 5, 9 }, .window = { 4, 8 }, .peak = 6 },
		{ .id = 2, .port = -1, .window = { -1, -1 }, .peak = -1 },
	};
	const struct scan_end end = { .threshold = 4, .incident = rows, .incident_n = 2 };
	const uint64_t id = start(*state);
	uint64_t found[2] = { 0 };
	char line[256];
	struct err e;

	ok(store_scan_finish(*state, id, &end, NULL, NULL, NULL, &e));
	mariadb_sql(&db,
		    "SELECT CONCAT_WS(',', incidents.id, window_first, window_last, peak_sequence, found_us = finished_us) FROM "
		    "incidents JOIN "
		    "scans ON scans.id = scan_id ORDER BY incidents.id",
		    line, sizeof(line));
	assert_string_equal(line, "1,4,8,6,1\n2,1\n");
	assert_int_equal(store_incident_rows(*state, id, 1, found, &e), 1);
	assert_int_equal(found[0], 5);
	assert_int_equal(found[1], 9);
	assert_int_equal(store_incident_rows(*state, id, 3, found, &e), 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, database_store, database_store_del)
	const struct CMUnitTest tests[] = {
		T(everything_comes_back_as_it_was),
		T(a_scan_that_cannot_be_stored_leaves_nothing),
		T(scans_of_before_have_none_of_it),
		T(incidents_know_where_their_anomalies_are),
	};

	return cmocka_run_group_tests(tests, database_start_migrated, database_remove);
}
