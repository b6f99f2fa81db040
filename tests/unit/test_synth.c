/* synth: made-up traffic is the same everywhere, and looks like traffic. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flow/write.h"
#include "lib/cm.h"
#include "synth/attack.h"
#include "synth/draw.h"
#include "synth/home.h"

#define FINGERPRINT 0xa9cdbee868c5aad9ULL

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

/* Which letters of a history belong to a TCP connection of each state: what must be there, what cannot. */
static const struct {
	const char *must, *never;
} letters[CONN_STATES] = {
	[CONN_S0] = { "S", "hADadFfRr" },  [CONN_S1] = { "Sh", "FfRr" },   [CONN_SF] = { "ShFf", "r" },
	[CONN_REJ] = { "Sr", "hDdFf" },    [CONN_S2] = { "ShF", "fRr" },   [CONN_S3] = { "Shf", "FRr" },
	[CONN_RSTO] = { "ShR", "Ffr" },    [CONN_RSTR] = { "Shr", "FfR" }, [CONN_RSTOS0] = { "SR", "hdDfr" },
	[CONN_RSTRH] = { "hr", "SADFfR" }, [CONN_SH] = { "SF", "hdfr" },   [CONN_SHR] = { "hf", "SADFR" },
	[CONN_OTH] = { "DdA", "ShFfRr" },
};

static void assert_history(const struct flow *f)
{
	for (const char *c = letters[f->state].must; *c != '\0'; c++)
		if ((*c != 'D' || f->bytes[ORIG] > 0) && (*c != 'd' || f->bytes[RESP] > 0))
			assert_non_null(strchr(f->history, *c));
	for (const char *c = letters[f->state].never; *c != '\0'; c++)
		assert_null(strchr(f->history, *c));
	assert_int_equal(strchr(f->history, 'D') != NULL, f->bytes[ORIG] > 0);
	assert_int_equal(strchr(f->history, 'd') != NULL, f->bytes[RESP] > 0);
}

/* Packets that can carry the bytes with their headers, in the time that there is, ending as the state says. */
static void assert_possible(const struct flow *f)
{
	const int v6 = f->host[ORIG].family == 6, tcp = f->proto == PROTO_TCP;
	const double most = tcp ? 1448 : 1350, least = (v6 ? 40 : 20) + (tcp ? 20 : 8);

	assert_true(f->label != LABEL_NONE && (f->label == LABEL_MALICIOUS) == (f->attack[0] != '\0'));
	assert_true(f->pkts[ORIG] + f->pkts[RESP] >= 1 && f->has_mac[ORIG] && f->has_mac[RESP]);
	assert_int_equal(isnan(f->duration), f->pkts[ORIG] + f->pkts[RESP] == 1);
	assert_int_equal(f->host[ORIG].family, f->host[RESP].family);
	assert_true(ip_is_local(&f->host[ORIG]) || ip_is_local(&f->host[RESP]) || v6);
	for (int i = 0; i < 2; i++) {
		assert_true(f->host[i].family != 0 && f->port[i] >= 0 && f->port[i] <= 65535);
		assert_true(f->bytes[i] <= most * f->pkts[i] && f->bytes[i] == floor(f->bytes[i]));
		assert_true(f->ip_bytes[i] >= f->bytes[i] + least * f->pkts[i]);
		/* A link of 100 Mbit/s; mitm is there twice. */
		assert_true(isnan(f->duration) || f->ip_bytes[i] * 8 <= 2.001 * 1e8 * (f->duration + 1e-6));
	}
	if (isnan(f->duration))
		assert_true(f->bytes[ORIG] + f->bytes[RESP] == 0);
	if (f->state == CONN_S0)
		assert_true(f->pkts[RESP] == 0);
	if (f->state == CONN_REJ || f->state == CONN_SF)
		assert_true(f->pkts[RESP] > 0);
	if (tcp)
		assert_history(f);
	else
		assert_true(f->proto == PROTO_UDP ? f->state == CONN_S0 || f->state == CONN_SF : f->state == CONN_OTH);
}

static void every_flow_is_possible(void **state)
{
	struct home_options o = usual;

	(void)state;
	for (o.seed = 1; o.seed <= 4; o.seed++) {
		struct home *h = NULL;
		double last = 0;
		struct flow f;

		o.devices = o.seed == 4 ? 1 : 12;
		o.attack_per_mille = (unsigned)(200 * o.seed);
		assert_int_equal(home_new(&h, &o, NULL), OK);
		for (int i = 0; i < 50000; i++) {
			home_next(h, &f);
			assert_true(f.ts >= last);
			last = f.ts;
			assert_possible(&f);
		}
		home_del(h);
	}
}

static void a_home_looks_like_one(void **state)
{
	enum { N = 200000 };
	size_t attack[16] = { 0 }, hours[24] = { 0 }, states[CONN_STATES] = { 0 }, hostile = 0, tcp = 0, udp = 0, dns = 0, six = 0;
	double out = 0, biggest = 0;
	struct home *h = NULL;
	struct flow f;

	(void)state;
	assert_int_equal(home_new(&h, &usual, NULL), OK);
	for (size_t i = 0; i < N; i++) {
		home_next(h, &f);
		hostile += f.label == LABEL_MALICIOUS;
		for (size_t k = 0; k < attacks(); k++)
			attack[k] += strcmp(f.attack, attack_get(k)->name) == 0;
		if (f.label == LABEL_MALICIOUS)
			continue;
		hours[(size_t)(f.ts / 3600) % 24]++;
		tcp += f.proto == PROTO_TCP;
		states[f.state] += f.proto == PROTO_TCP;
		udp += f.proto == PROTO_UDP;
		dns += f.port[RESP] == 53;
		six += f.host[ORIG].family == 6;
		out += f.bytes[RESP];
		biggest = fmax(biggest, f.bytes[RESP]);
	}
	home_del(h);
	assert_in_range(hostile, N / 20 - 500, N / 20 + 1500);
	for (size_t k = 0; k < attacks(); k++)
		assert_true(attack[k] >= 24);
	assert_true(hours[20] * 10 > hours[3] * 13);              /* evenings are busier than nights */
	assert_true(biggest > 500 * out / (double)(N - hostile)); /* a heavy tail */
	assert_in_range(tcp, N / 5, N / 2);
	assert_in_range(udp, N / 3, N * 4 / 5);
	assert_in_range(dns, N / 12, N / 3);
	assert_in_range(six, N / 50, N / 4);
	/* Most connections end in order, many do not, and every way of ending occurs. */
	assert_in_range(states[CONN_SF], tcp * 7 / 10, tcp * 9 / 10);
	for (int i = CONN_S0; i < CONN_STATES; i++)
		assert_true(states[i] * 20000 > tcp);
}

static int equal_but_row(const struct flow *a, const struct flow *b)
{
	return a->ts == b->ts && a->port[ORIG] == b->port[ORIG] && ip_equal(&a->host[ORIG], &b->host[ORIG]) &&
	       ip_equal(&a->host[RESP], &b->host[RESP]) && a->bytes[ORIG] == b->bytes[ORIG] && a->bytes[RESP] == b->bytes[RESP] &&
	       a->state == b->state;
}

static void attacks_change_nothing_about_the_rest(void **state)
{
	struct home_options o = usual;
	struct home *with = NULL, *without = NULL;
	struct flow a, b;

	(void)state;
	o.attacks = 0;
	assert_int_equal(home_new(&with, &usual, NULL), OK);
	assert_int_equal(home_new(&without, &o, NULL), OK);
	for (int i = 0; i < 20000; i++) {
		do
			home_next(with, &a);
		while (a.label == LABEL_MALICIOUS);
		home_next(without, &b);
		assert_true(equal_but_row(&a, &b));
	}
	home_del(with);
	home_del(without);
}

/* What makes each attack one. */
struct seen {
	size_t n, unanswered, periods, ports[65536], in, out, sideways, doubled;
	double up, down, last;
	uint8_t peers[1 << 16];
	size_t peer_n;
};

static void see(struct seen *s, const struct flow *f)
{
	const uint8_t *const b = f->host[RESP].b;
	const size_t peer = (size_t)b[2] << 8 | b[3];
	const int from = ip_is_local(&f->host[ORIG]), to = ip_is_local(&f->host[RESP]);

	s->n++;
	s->unanswered += f->state == CONN_S0 || f->state == CONN_REJ;
	s->ports[f->port[RESP]]++;
	s->peer_n += s->peers[peer] == 0;
	s->peers[peer] = 1;
	s->up += f->bytes[ORIG];
	s->down += f->bytes[RESP];
	s->in += !from && to;
	s->out += from && !to;
	s->sideways += from && to;
	s->periods += fabs(f->ts - s->last - 60) < 2;
	s->doubled += fmod(f->pkts[ORIG], 2) == 0 && f->mac[RESP][4] == 1;
	s->last = f->ts;
}

static void run(struct seen *s, const char *name, unsigned per_mille, int n)
{
	struct home_options o = usual;
	struct home *h = NULL;
	struct flow f;

	memset(s, 0, sizeof(*s));
	o.attacks = attack_list(name);
	o.attack_per_mille = per_mille;
	assert_int_equal(home_new(&h, &o, NULL), OK);
	for (int i = 0; i < n; i++) {
		home_next(h, &f);
		if (f.label == LABEL_MALICIOUS)
			see(s, &f);
	}
	home_del(h);
}

static void each_attack_is_one(void **state)
{
	struct seen *const s = malloc(sizeof(*s));

	(void)state;
	assert_non_null(s);
	run(s, "port_scan", 300, 30000);
	assert_true(s->unanswered > s->n * 9 / 10 && s->peer_n > 500 && s->in > 100 && s->out > 100 && s->sideways > 100);
	run(s, "ddos", 300, 30000);
	assert_true(s->unanswered == s->n && s->in > 100 && s->out > 100 && s->down == 0);
	run(s, "exfiltration", 50, 30000);
	assert_true(s->up > 100 * s->down && s->up / (double)s->n > 1e6 && s->out == s->n);
	run(s, "brute_force", 200, 30000);
	assert_true(s->ports[22] > 100 && s->ports[23] > 100 && s->ports[22] + s->ports[23] == s->n && s->in > 100);
	run(s, "beacon", 10, 30000);
	assert_true(s->periods * 2 > s->n && s->up / (double)s->n < 200);
	run(s, "download", 50, 30000);
	assert_true(s->down > 100 * s->up && s->down / (double)s->n > 50000 && s->ports[80] + s->ports[8080] == s->n);
	run(s, "mitm", 100, 30000);
	assert_true(s->doubled == s->n && s->out == s->n);
	free(s);
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
		cmocka_unit_test(every_flow_is_possible),
		cmocka_unit_test(a_home_looks_like_one),
		cmocka_unit_test(attacks_change_nothing_about_the_rest),
		cmocka_unit_test(each_attack_is_one),
		cmocka_unit_test(attacks_are_chosen_by_name),
	};

	return cmocka_run_group_tests_name("synth", tests, NULL, NULL);
}
