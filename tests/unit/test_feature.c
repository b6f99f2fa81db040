/* feature: the names, their order, and what they read. */
#include "feature/feature.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/makeflow.h"
#include "synth/attack.h"
#include "synth/home.h"

static void feature_set_basic_has_the_order_of_the_model(void **state)
{
	static const char *const name[] = { "orig_pkts", "resp_pkts", "orig_bytes", "resp_bytes" };
	static const char *const unit[] = { "packets", "packets", "bytes", "bytes" };
	const struct feature_set *set = feature_set_find("basic");

	(void)state;
	assert_non_null(set);
	assert_string_equal(set->name, "basic");
	assert_int_equal(set->n, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(set->feature[i]->name, name[i]);
		assert_string_equal(set->feature[i]->unit, unit[i]);
	}
	assert_null(feature_set_find("Basic"));
	assert_null(feature_set_find(""));
}

static void feature_row_reads_each_value_from_its_place(void **state)
{
	const struct flow f = { .ts = 9, .pkts = { [ORIG] = 1, [RESP] = 2 }, .bytes = { [ORIG] = 3, [RESP] = 4 } };
	double row[5] = { 0, 0, 0, 0, -1 };

	(void)state;
	feature_row(feature_set_find("basic"), &f, &(struct flow_context){ 0 }, row);
	for (int i = 0; i < 4; i++)
		assert_true(row[i] == i + 1);
	assert_true(row[4] == -1);
}

static void feature_set_match_wants_all_names_in_order(void **state)
{
	const char *names[] = { "orig_pkts", "resp_pkts", "orig_bytes", "resp_bytes", "more" };

	(void)state;
	assert_ptr_equal(feature_set_match(names, 4), feature_set_find("basic"));
	assert_null(feature_set_match(names, 3));
	assert_null(feature_set_match(names, 5));
	assert_null(feature_set_match(names, 0));
	names[0] = "resp_pkts";
	names[1] = "orig_pkts";
	assert_null(feature_set_match(names, 4));
}

/* The rows of the first n flows of a made-up home under attack, after `change`; the caller's. */
static double *rows_of(size_t n, void (*change)(struct flow *f))
{
	const struct home_options o = {
		.seed = 7, .devices = 12, .attacks = attack_list("all"), .attack_per_mille = 50, .start_s = 1704067200
	};
	const struct feature_set *const full = feature_set_find("full");
	double *const row = malloc(n * full->n * sizeof(*row));
	struct context *const c = context_new(NULL);
	struct home *h = NULL;

	assert_true(row != NULL && c != NULL);
	assert_int_equal(home_new(&h, &o, NULL), OK);
	for (size_t i = 0; i < n; i++) {
		struct flow_context x;
		struct flow f;

		home_next(h, &f);
		if (change != NULL)
			change(&f);
		context_add(c, &f, &x);
		feature_row(full, &f, &x, row + i * full->n);
	}
	home_del(h);
	context_del(c);
	return row;
}

/* By whole seconds within the times that a double holds equally well: no gap changes by rounding. */
static void other_times(struct flow *f)
{
	f->ts += 12345678;
}

static void other_rows_and_names(struct flow *f)
{
	f->row += 1000003;
	f->label = LABEL_NONE;
	f->attack[0] = '\0';
	memset(f->service, 'x', 3);
	f->history[0] = '\0';
}

static void other_originator_ports(struct flow *f)
{
	if (f->proto != PROTO_ICMP && f->proto != PROTO_ICMP6)
		f->port[ORIG] = 65535 - f->port[ORIG];
}

/* Another network and other hosts, but private stays private and a group a group. */
static void other_addresses(struct flow *f)
{
	for (int i = 0; i < 2; i++) {
		struct ip *const a = &f->host[i];

		f->mac[i][5] ^= 0x5a;
		f->mac[i][3] ^= 0x17;
		if (a->family == 4 && a->b[3] != 255 && a->b[0] < 224) {
			if (!ip_is_local(a))
				a->b[1] ^= 0x55;
			else if (a->b[0] == 192)
				a->b[2] ^= 0x33;
		} else if (a->family == 6 && a->b[0] != 0xff) {
			a->b[15] ^= 0x55;
			a->b[9] ^= 0x11;
		}
	}
}

static void no_time_address_or_row_number_leaks_into_the_full_set(void **state)
{
	enum { N = 20000 };
	static void (*const changes[])(struct flow * f) = { other_times, other_rows_and_names, other_originator_ports,
							    other_addresses };
	const struct feature_set *const full = feature_set_find("full");
	double *const row = rows_of(N, NULL);

	(void)state;
	for (size_t k = 0; k < sizeof(changes) / sizeof(changes[0]); k++) {
		double *const changed = rows_of(N, changes[k]);

		for (size_t i = 0; i < N * full->n; i++)
			if (row[i] != changed[i])
				fail_msg("change %zu: %s of flow %zu was %g and is %g", k, full->feature[i % full->n]->name,
					 i / full->n, row[i], changed[i]);
		free(changed);
	}
	free(row);
}

/* Each has more than one value on traffic with attacks: a feature that never changes is no feature. */
static void each_feature_tells_something(void **state)
{
	enum { N = 20000 };
	const struct feature_set *const full = feature_set_find("full");
	double *const row = rows_of(N, NULL);

	(void)state;
	for (size_t f = 0; f < full->n; f++) {
		size_t i = 1;

		while (i < N && row[i * full->n + f] == row[f])
			i++;
		if (i == N)
			fail_msg("%s is always %g", full->feature[f]->name, row[f]);
		for (i = 0; i < N; i++) {
			const double v = row[i * full->n + f];

			assert_true(isfinite(v));
			if (full->feature[f]->kind == FEATURE_FLAG)
				assert_true(v == 0 || v == 1);
			else if (full->feature[f]->kind == FEATURE_COUNT)
				assert_true(v >= 0);
		}
	}
	free(row);
}

static void every_value_is_finite_whatever_a_table_says(void **state)
{
	static const double values[] = { 0, 1e-320, 0.5, 1e15, 1e300, DBL_MAX };
	static const double times[] = { NAN, 0, -1e300, 1e300, 1.7e9, DBL_MAX, -DBL_MAX };
	enum { V = sizeof(values) / sizeof(values[0]), TIMES = sizeof(times) / sizeof(times[0]) };
	const struct feature_set *const full = feature_set_find("full");
	struct context *const c = context_new(NULL);

	(void)state;
	assert_non_null(c);
	for (size_t i = 0; i < (size_t)TIMES * V * V * V; i++) {
		const int hosts = i % 5 != 0;
		struct flow f = makeflow(times[i % TIMES], hosts ? "192.168.1.2" : NULL, hosts ? "203.0.113.1" : NULL,
					 (uint8_t)(i * 37 % 256), (int32_t)(i * 7919 % 65537) - 1);
		double row[FEATURE_MAX + 1];
		struct flow_context x;

		f.state = (enum conn_state)(i % CONN_STATES);
		f.pkts[ORIG] = values[i / TIMES % V];
		f.bytes[ORIG] = values[i / TIMES / V % V];
		f.pkts[RESP] = f.bytes[RESP] = values[i / TIMES / V / V % V];
		f.duration = i % 3 == 0 ? (double)NAN : values[i * 5 % V];
		context_add(c, &f, &x);
		row[full->n] = -1;
		feature_row(full, &f, &x, row);
		for (size_t k = 0; k < full->n; k++)
			if (!isfinite(row[k]))
				fail_msg("%s is %g at %zu", full->feature[k]->name, row[k], i);
		assert_true(row[full->n] == -1);
	}
	context_del(c);
}

static void the_full_set_begins_with_the_basic_one_and_names_are_unique(void **state)
{
	const struct feature_set *const full = feature_set_find("full"), *const basic = feature_set_find("basic");

	(void)state;
	assert_true(full->needs_hosts && !basic->needs_hosts);
	for (size_t i = 0; i < full->n; i++) {
		assert_true(full->feature[i]->name[0] != '\0' && full->feature[i]->meaning[0] != '\0');
		if (i < basic->n)
			assert_ptr_equal(full->feature[i], basic->feature[i]);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(full->feature[i]->name, full->feature[k]->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(feature_set_basic_has_the_order_of_the_model),
		cmocka_unit_test(feature_row_reads_each_value_from_its_place),
		cmocka_unit_test(feature_set_match_wants_all_names_in_order),
		cmocka_unit_test(the_full_set_begins_with_the_basic_one_and_names_are_unique),
		cmocka_unit_test(no_time_address_or_row_number_leaks_into_the_full_set),
		cmocka_unit_test(each_feature_tells_something),
		cmocka_unit_test(every_value_is_finite_whatever_a_table_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
