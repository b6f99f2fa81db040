/* synth: made-up traffic is the same everywhere, and looks like traffic. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flow/write.h"
#include "lib/cm.h"
#include "synth/attack.h"
#include "synth/draw.h"
#include "synth/home.h"

#define FINGERPRINT 0xf1e04a871fa63feeULL

static const struct home_options usual = {
	.seed = 1, .devices = 12, .attacks = 127, .attack_per_mille = 50, .start_s = 1704067200
};

/* FNV-1a of the first n flows as text. */
static uint64_t fingerprint(const struct home_options *o, size_t n)
{
	uint64_t hash = 0xcbf29ce484222325;
	struct home *h = NULL;
	struct text t = { 0 };
	struct flow f;

	assert_int_equal(home_new(&h, o, NULL), OK);
	for (size_t i = 0; i < n; i++) {
		home_next(h, &f);
		assert_int_equal(f.row, i);
		text_clear(&t);
		flow_write(&t, FLOW_CSV, &f);
		for (size_t k = 0; k < t.n; k++)
			hash = (hash ^ (unsigned char)t.p[k]) * 0x100000001b3;
	}
	text_free(&t);
	home_del(h);
	return hash;
}

static void a_seed_is_the_same_traffic_everywhere(void **state)
{
	const uint64_t got = fingerprint(&usual, 20000);
	struct home_options other = usual;

	(void)state;
	if (got != FINGERPRINT)
		fail_msg("the traffic has changed: 0x%016llx", (unsigned long long)got);
	other.seed = 2;
	assert_true(fingerprint(&other, 1000) != fingerprint(&usual, 1000));
}

static void amounts_have_the_median_and_the_tail_that_was_asked_for(void **state)
{
	enum { N = 100000 };
	size_t below = 0, far = 0, waits = 0;
	double sum = 0;
	struct rng r;

	(void)state;
	rng_init(&r, 3);
	for (int i = 0; i < N; i++) {
		const uint64_t v = draw_amount(&r, 1000, 256), w = draw_wait(&r, 1000000);

		below += v < 1000;
		far += v > 4000; /* two standard deviations: 2.3 % */
		waits += w > 1000000;
		sum += (double)w;
	}
	assert_in_range(below, N * 0.49, N * 0.51);
	assert_in_range(far, N * 0.019, N * 0.027);
	assert_in_range(waits, N * 0.36, N * 0.376); /* 1/e */
	assert_true(fabs(sum / N - 1e6) < 1.5e4);
	assert_true(draw_amount(&r, UINT64_MAX, 60000) <= (uint64_t)1 << 48);
}

/* A number of packets that could carry the bytes, headers included. */
static void assert_possible(const struct flow *f)
{
	const double most = f->proto == PROTO_TCP ? 1448 : 1350, least = f->proto == PROTO_TCP ? 52 : 28;

	assert_true(f->label != LABEL_NONE && (f->label == LABEL_MALICIOUS) == (f->attack[0] != '\0'));
	assert_true(f->pkts[ORIG] + f->pkts[RESP] >= 1 && f->has_mac[ORIG] && f->has_mac[RESP]);
	assert_int_equal(isnan(f->duration), f->pkts[ORIG] + f->pkts[RESP] == 1);
	for (int i = 0; i < 2; i++) {
		assert_true(f->host[i].family == 4 && f->port[i] >= 0 && f->port[i] <= 65535);
		assert_true(f->bytes[i] <= most * f->pkts[i]);
		assert_true(f->ip_bytes[i] >= f->bytes[i] + least * f->pkts[i]);
	}
	if (f->state == CONN_S0)
		assert_true(f->pkts[RESP] == 0);
	if (f->state == CONN_REJ || f->state == CONN_SF)
		assert_true(f->pkts[RESP] > 0);
}

static void a_home_looks_like_one(void **state)
{
	enum { N = 200000 };
	size_t attack[16] = { 0 }, hours[24] = { 0 }, hostile = 0, ok = 0;
	double last = 0, out = 0, biggest = 0;
	struct home *h = NULL;
	struct flow f;

	(void)state;
	assert_int_equal(home_new(&h, &usual, NULL), OK);
	for (size_t i = 0; i < N; i++) {
		home_next(h, &f);
		assert_true(f.ts >= last);
		last = f.ts;
		assert_possible(&f);
		hostile += f.label == LABEL_MALICIOUS;
		for (size_t k = 0; k < attacks(); k++)
			attack[k] += strcmp(f.attack, attack_get(k)->name) == 0;
		if (f.label == LABEL_MALICIOUS)
			continue;
		hours[(size_t)(f.ts / 3600) % 24]++;
		ok += f.state == CONN_SF;
		out += f.bytes[RESP];
		biggest = fmax(biggest, f.bytes[RESP]);
	}
	home_del(h);
	assert_in_range(hostile, N / 20 - 500, N / 20 + 1500);
	for (size_t k = 0; k < attacks(); k++)
		assert_true(attack[k] >= 12);
	assert_true(hours[20] * 10 > hours[3] * 13); /* evenings are busier than nights */
	assert_true(ok > (N - hostile) * 7 / 10);
	assert_true(biggest > 100 * out / (double)(N - hostile)); /* a heavy tail */
}

static void attacks_are_chosen_by_name(void **state)
{
	struct home_options o = usual;
	struct home *h = NULL;
	struct flow f;
	struct err e = { 0 };
	size_t beacons = 0;

	(void)state;
	assert_int_equal(attack_list("none"), 0);
	assert_int_equal(attack_list("all"), 127);
	assert_int_equal(attack_list("beacon"), 1 << 4);
	assert_int_equal(attack_list("mitm,port_scan"), 1 << 6 | 1);
	assert_int_equal(attack_list(""), -1);
	assert_int_equal(attack_list("port_scan,"), -1);
	assert_int_equal(attack_list("port"), -1);
	o.attacks = attack_list("beacon");
	assert_int_equal(home_new(&h, &o, NULL), OK);
	for (int i = 0; i < 5000; i++) {
		home_next(h, &f);
		beacons += strcmp(f.attack, "beacon") == 0;
		assert_true(f.label == LABEL_BENIGN || strcmp(f.attack, "beacon") == 0);
	}
	assert_true(beacons > 100);
	home_del(h);
	o.attacks = 0;
	assert_int_equal(home_new(&h, &o, NULL), OK);
	for (int i = 0; i < 5000; i++) {
		home_next(h, &f);
		assert_int_equal(f.label, LABEL_BENIGN);
	}
	home_del(h);
	o.devices = 0;
	assert_int_equal(home_new(&h, &o, &e), ERR_RANGE);
	o.devices = HOME_DEVICES_MAX;
	assert_int_equal(home_new(&h, &o, &e), OK);
	home_next(h, &f);
	home_del(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seed_is_the_same_traffic_everywhere),
		cmocka_unit_test(amounts_have_the_median_and_the_tail_that_was_asked_for),
		cmocka_unit_test(a_home_looks_like_one),
		cmocka_unit_test(attacks_are_chosen_by_name),
	};

	return cmocka_run_group_tests_name("synth", tests, NULL, NULL);
}
