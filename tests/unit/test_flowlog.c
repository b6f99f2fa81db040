/* flowlog: flows with and around what was flagged, stored and read again. */
#include "detect/flowlog.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "lib/cm.h"

#include "base/rng.h"
#include "flow/device.h"
#include "flow/write.h"
#include "synth/attack.h"
#include "synth/home.h"

enum { CHUNKS_MAX = 64 };

struct stored {
	size_t n;
	uint64_t number[CHUNKS_MAX], first[CHUNKS_MAX], last[CHUNKS_MAX], flows[CHUNKS_MAX], flagged[CHUNKS_MAX];
	struct text data[CHUNKS_MAX];
	int fail;
};

static int take_chunk(void *arg, const struct flowlog_chunk *c, struct err *e)
{
	struct stored *const s = arg;

	if (s->fail)
		return err_set(e, ERR_IO, "no room");
	assert_true(s->n < CHUNKS_MAX);
	s->number[s->n] = c->number;
	s->first[s->n] = c->row_first;
	s->last[s->n] = c->row_last;
	s->flows[s->n] = c->flow_n;
	s->flagged[s->n] = c->flagged_n;
	text_add(&s->data[s->n++], c->data, c->len);
	return OK;
}

static void drop(struct stored *s)
{
	for (size_t i = 0; i < s->n; i++)
		text_free(&s->data[i]);
	*s = (struct stored){ 0 };
}

static struct flowlog *open_log(struct stored *s, uint64_t chunks_max)
{
	const struct flowlog_options o = { .chunks_max = chunks_max, .sink = take_chunk, .arg = s };
	struct flowlog *l = NULL;

	assert_int_equal(flowlog_new(&l, &o, NULL), OK);
	return l;
}

static int give(struct flowlog *l, uint64_t row, int flagged)
{
	struct flow f;
	struct verdict v = { .flow = &f, .side = ORIG, .anomalous = flagged, .p = NAN };

	flow_clear(&f);
	f.row = row;
	return flowlog_add(l, &v, NULL);
}

/* A log of `chunks` chunks and a half, where the flows in `rows` were flagged. */
static struct flowlog *fill(struct stored *s, uint64_t chunks, const uint64_t *rows, size_t n, uint64_t chunks_max)
{
	struct flowlog *const l = open_log(s, chunks_max);

	for (uint64_t row = 0; row < chunks * FLOWLOG_CHUNK + FLOWLOG_CHUNK / 2; row++) {
		int flagged = 0;

		for (size_t i = 0; i < n; i++)
			flagged |= rows[i] == row;
		assert_int_equal(give(l, row, flagged), OK);
	}
	assert_int_equal(flowlog_finish(l, NULL), OK);
	return l;
}

static void chunks_with_and_next_to_flagged_flows_are_kept(void **state)
{
	static const uint64_t rows[] = { 3 * FLOWLOG_CHUNK, 4 * FLOWLOG_CHUNK - 1, 9 * FLOWLOG_CHUNK + 5, 11 * FLOWLOG_CHUNK + 7 };
	static const uint64_t want[] = { 2, 3, 4, 8, 9, 10, 11, 12 };
	struct stored s = { 0 };

	(void)state;
	flowlog_del(fill(&s, 15, rows, 4, 0));
	assert_int_equal(s.n, sizeof(want) / sizeof(*want));
	for (size_t i = 0; i < s.n; i++) {
		assert_int_equal(s.number[i], want[i]);
		assert_true(s.first[i] == want[i] * FLOWLOG_CHUNK && s.last[i] == (want[i] + 1) * FLOWLOG_CHUNK - 1);
		assert_int_equal(s.flagged[i], want[i] == 3 ? 2 : want[i] == 9 || want[i] == 11);
	}
	drop(&s);
}

static void the_last_chunk_may_be_short_and_brings_the_one_before(void **state)
{
	static const uint64_t row = 2 * FLOWLOG_CHUNK + 10;
	struct stored s = { 0 };

	(void)state;
	flowlog_del(fill(&s, 2, &row, 1, 0));
	assert_true(s.n == 2 && s.number[0] == 1 && s.number[1] == 2);
	assert_true(s.flows[1] == FLOWLOG_CHUNK / 2 && s.flagged[1] == 1);
	drop(&s);
	flowlog_del(fill(&s, 2, NULL, 0, 0));
	assert_int_equal(s.n, 0);
}

static void beyond_the_limit_flagged_flows_are_counted(void **state)
{
	static const uint64_t rows[] = { 0, 2 * FLOWLOG_CHUNK, 2 * FLOWLOG_CHUNK + 1, 6 * FLOWLOG_CHUNK };
	struct stored s = { 0 };
	struct flowlog *const l = fill(&s, 7, rows, 4, 2);

	(void)state;
	assert_true(s.n == 2 && s.number[0] == 0 && s.number[1] == 1);
	assert_int_equal(flowlog_left_out(l), 3);
	flowlog_del(l);
	drop(&s);
}

static void what_the_sink_says_comes_back(void **state)
{
	struct stored s = { .fail = 1 };
	struct flowlog *const l = open_log(&s, 0);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(give(l, 1, 1), OK);
	assert_int_equal(flowlog_finish(l, &e), ERR_IO);
	assert_string_equal(e.msg, "no room");
	flowlog_del(l);
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------ */

enum { FLOWS = 4500 };

struct expected {
	struct flow flow[FLOWS];
	struct verdict v[FLOWS];
	size_t at;
};

static int compare_line(void *arg, const struct flowlog_line *l)
{
	struct expected *const x = arg;
	const struct verdict *const v = &x->v[x->at];
	const struct flow *const a = &x->flow[x->at++], *const b = l->flow;

	assert_true(a->row == b->row && (a->ts == b->ts || isnan(a->ts)) && isnan(a->ts) == isnan(b->ts));
	assert_true((a->duration == b->duration || isnan(a->duration)) && isnan(a->duration) == isnan(b->duration));
	for (int i = 0; i < 2; i++) {
		assert_true(ip_equal(&a->host[i], &b->host[i]) && a->port[i] == b->port[i]);
		assert_true(a->bytes[i] == b->bytes[i] && a->pkts[i] == b->pkts[i] && a->has_mac[i] == b->has_mac[i]);
		assert_true(a->ip_bytes[i] == b->ip_bytes[i] || isnan(a->ip_bytes[i]));
		assert_memory_equal(a->mac[i], b->mac[i], 6);
	}
	assert_true(a->proto == b->proto && a->state == b->state && a->label == b->label);
	assert_string_equal(a->service, b->service);
	assert_string_equal(a->history, b->history);
	assert_string_equal(a->attack, b->attack);
	assert_true(v->anomalous == l->anomalous && v->rule == l->rule && v->incident == l->incident);
	assert_true(v->side == l->side && v->device == l->device);
	assert_true(isnan(v->p) ? isnan(l->p) : fabs(v->p - l->p) <= 1e-5 * v->p);
	assert_true(isnan(v->score)   ? isnan(l->score)
		    : isinf(v->score) ? isinf(l->score)
				      : fabs(v->score - l->score) <= (v->score < 1 ? 1e-9 : 1e-6));
	return OK;
}

static void make_expected(struct expected *x)
{
	struct home_options o = {
		.seed = 6, .devices = 9, .attacks = attack_list("all"), .attack_per_mille = 50, .start_s = 1704067200
	};
	struct home *home = NULL;
	struct rng g;

	rng_init(&g, 3);
	assert_int_equal(home_new(&home, &o, NULL), OK);
	for (size_t i = 0; i < FLOWS; i++) {
		struct verdict *const v = &x->v[i];

		home_next(home, &x->flow[i]);
		*v = (struct verdict){ .flow = &x->flow[i], .device = rng_next(&g), .side = (int)rng_below(&g, 3) - 1 };
		v->score = 10 * rng_uniform(&g);
		v->p = i % 3 > 0 ? pow(10, -v->score) : rng_uniform(&g);
		v->anomalous = v->score > 5;
		v->rule = v->anomalous ? rule_get(rng_below(&g, rules_n())) : NULL;
		v->incident = v->anomalous ? rng_below(&g, 9) : 0;
	}
	home_del(home);
	x->flow[1].ts = x->flow[1].duration = x->flow[2].ip_bytes[0] = NAN;
	flow_clear(&x->flow[3]);
	x->flow[3].row = 3;
	snprintf(x->flow[4].service, FLOW_WORD, "=cmd|\"'\\x41,");
	snprintf(x->flow[4].attack, FLOW_ATTACK, "<script>   \xc3\xbc-#  x");
	snprintf(x->flow[5].attack, FLOW_ATTACK, "a\\x41  b");
	x->v[7].score = INFINITY;
	x->v[8].score = x->v[8].p = NAN;
	x->flow[9].row = UINT64_MAX;
}

static void lines_come_back_as_they_were(void **state)
{
	struct expected *const x = calloc(1, sizeof(*x));
	struct stored s = { 0 };
	struct flowlog *const l = open_log(&s, 0);
	struct err e = { 0 };

	(void)state;
	assert_non_null(x);
	make_expected(x);
	for (size_t i = 0; i < FLOWS; i++)
		assert_int_equal(flowlog_add(l, &x->v[i], NULL), OK);
	assert_int_equal(flowlog_finish(l, NULL), OK);
	assert_int_equal(s.n, (FLOWS + FLOWLOG_CHUNK - 1) / FLOWLOG_CHUNK);
	for (size_t i = 0; i < s.n; i++)
		if (flowlog_read(s.data[i].p, s.data[i].n, compare_line, x, &e) < 0)
			fail_msg("%s in line %zu", e.msg, x->at);
	assert_int_equal(x->at, FLOWS);
	flowlog_del(l);
	drop(&s);
	free(x);
}

static int count_lines(void *arg, const struct flowlog_line *l)
{
	size_t *const n = arg;

	assert_true(l->flow != NULL && (l->side == DEVICE_NONE || l->side == ORIG || l->side == RESP));
	return ++*n == 7 ? ERR_USAGE : OK;
}

static int any_line(void *arg, const struct flowlog_line *l)
{
	struct text *const t = arg;

	text_clear(t);
	flowlog_csv_line(t, l, l->incident);
	return OK;
}

/* The text as a chunk. */
static int read_text(const char *text, size_t n)
{
	char packed[4096];
	const size_t len = ZSTD_compress(packed, sizeof(packed), text, n, 1);
	struct text t = { 0 };
	int r;

	assert_false(ZSTD_isError(len));
	r = flowlog_read(packed, len, any_line, &t, NULL);
	text_free(&t);
	return r;
}

#define ROW "1.5\t-\t10.0.0.1\t5\t10.0.0.2\t6\ttcp\t-\t1\t1\t1\tSF\t-\t1\t1\t1\t1\t-\t-\tbenign\t-\n"

static void bytes_of_a_stranger_are_refused(void **state)
{
	static const char *const lines[] = {
		"x\t1\t1\t1\t-\t0\t0\t0\t" ROW,
		"1\tnan\t1\t1\t-\t0\t0\t0\t" ROW,
		"1\t1\t0x1\t1\t-\t0\t0\t0\t" ROW,
		"1\t1\t1\t2\t-\t0\t0\t0\t" ROW,
		"1\t1\t1\t1\tno_such_rule\t0\t0\t0\t" ROW,
		"1\t1\t1\t1\t-\t-1\t0\t0\t" ROW,
		"1\t1\t1\t-\t-\t0\t0\t0\t" ROW,
		"1\t=\t1\t1\t-\t0\t0\t0\t" ROW,
		"1\t1\t1\t1\t-\t0\t2\t0\t" ROW,
		"1\t1\t1\t1\t-\t0\t0\t18446744073709551616\t" ROW,
		"1\t1\t1\t1\t-\t0\t0\n",
		"1\t1\t1\t1\t-\t0\t0\t0\t1.5\t-\t10.0.0.1\n",
		"1\t1\t1\t1\t-\t0\t0\t0\t#fields\tts\tid.orig_h\n",
		"1\t1\t1\t1\t-\t0\t0\t0\tx" ROW,
		"1\t1\t1\t1\t-\t0\t0\t0\t\n",
		"\n",
		"1\t1\t1\t1\t-\t0\t0\t0\t1.5",
	};
	static const char good[] = "1\t5e-9\t=\t1\t-\t0\t-\t0\t" ROW "1\t1\t1\t1\t-\t0\t0\t0\t" ROW;
	const uint64_t row = 1;
	struct stored s = { 0 };
	struct text t = { 0 };
	struct rng g;
	size_t n = 0;

	(void)state;
	assert_int_equal(read_text(good, sizeof(good) - 1), OK);
	assert_int_equal(read_text(good, 0), OK);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_int_equal(read_text(lines[i], strlen(lines[i])), ERR_FORMAT);
	flowlog_del(fill(&s, 1, &row, 1, 0));
	assert_int_equal(flowlog_read(s.data[0].p, s.data[0].n, count_lines, &n, NULL), ERR_USAGE);
	assert_int_equal(n, 7);
	for (n = 0; n < s.data[0].n; n += 97)
		assert_int_equal(flowlog_read(s.data[0].p, n, any_line, &t, NULL), ERR_FORMAT);
	rng_init(&g, 2);
	for (int i = 0; i < 300; i++) {
		char *const p = &s.data[0].p[rng_below(&g, i < 150 ? 40 : s.data[0].n)], was = *p;
		int r;

		*p = (char)(*p ^ (char)(1 + rng_below(&g, 255)));
		r = flowlog_read(s.data[0].p, s.data[0].n, any_line, &t, NULL);
		assert_true(r == OK || r == ERR_FORMAT);
		*p = was;
	}
	text_free(&t);
	drop(&s);
}

/* A frame that says of itself that it is 1 GiB of nothing. */
static void what_would_be_too_large_is_not_unpacked(void **state)
{
	ZSTD_CCtx *const z = ZSTD_createCCtx();
	char packed[256 * 1024], *const zeros = calloc(1, 64 << 20);
	struct text t = { 0 };
	size_t n;

	(void)state;
	n = ZSTD_compressCCtx(z, packed, sizeof(packed), zeros, 64 << 20, 1);
	assert_false(ZSTD_isError(n));
	assert_int_equal(flowlog_read(packed, n, any_line, &t, NULL), ERR_FORMAT);
	ZSTD_freeCCtx(z);
	free(zeros);
	text_free(&t);
}

/* ---- export ------------------------------------------------------------------------------------------------------------------- */

static void a_selection_is_by_all_that_it_says(void **state)
{
	struct flow f;
	struct flowlog_line l = { .anomalous = 1, .incident = 4, .side = RESP, .flow = &f };
	struct flowlog_select s = { 0 };

	(void)state;
	flow_clear(&f);
	f.row = 10;
	f.host[RESP] = ip_of(4, (uint8_t[]){ 10, 0, 0, 1 });
	f.has_mac[RESP] = 1;
	memset(f.mac[RESP], 7, 6);
	assert_true(flowlog_wanted(&s, &l));
	s = (struct flowlog_select){
		.flagged = 1, .by_row = 1, .by_ip = 1, .by_mac = 1, .by_incident = 1, .row = { 9, 10 }, .incident = 4
	};
	s.ip = f.host[RESP];
	memset(s.mac, 7, 6);
	assert_true(flowlog_wanted(&s, &l));
	f.row = 11;
	assert_false(flowlog_wanted(&s, &l));
	f.row = 9;
	l.anomalous = 0;
	assert_false(flowlog_wanted(&s, &l));
	l.anomalous = 1;
	l.side = ORIG;
	assert_false(flowlog_wanted(&s, &l));
	l.side = DEVICE_NONE;
	assert_false(flowlog_wanted(&s, &l));
	l.side = RESP;
	l.incident = 5;
	assert_false(flowlog_wanted(&s, &l));
	l.incident = 4;
	s.mac[0] = 8;
	assert_false(flowlog_wanted(&s, &l));
}

static void exports_are_safe_for_who_opens_them(void **state)
{
	struct flow f;
	const struct flowlog_line l = {
		.score = 6.25, .p = NAN, .anomalous = 1, .rule = rule_get(0), .incident = 4, .side = ORIG, .flow = &f
	};
	struct text t = { 0 };

	(void)state;
	flow_clear(&f);
	f.row = 12;
	f.ts = 1.5;
	f.host[ORIG] = ip_of(4, (uint8_t[]){ 10, 0, 0, 1 });
	snprintf(f.service, sizeof(f.service), "=1+1,\"x");
	flowlog_csv_head(&t);
	flowlog_csv_line(&t, &l, 2);
	assert_string_equal(
		t.p, "row,score,p_value,anomalous,rule,incident,device,ts,id.orig_h,id.orig_p,id.resp_h,id.resp_p,proto,service,"
		     "duration,orig_bytes,resp_bytes,conn_state,history,orig_pkts,orig_ip_bytes,resp_pkts,resp_ip_bytes,"
		     "orig_l2_addr,resp_l2_addr,label,detailed-label\n"
		     "12,6.25,,1,port_scan_horizontal,2,10.0.0.1,1.500000,10.0.0.1,,,,,\"'=1+1,\"\"x\",,0,0,,,0,,0,,,,,\n");
	text_clear(&t);
	flowlog_zeek_head(&t, 0);
	flowlog_zeek_line(&t, &l);
	flowlog_zeek_tail(&t, 0);
	assert_non_null(strstr(t.p, "\n1.500000\t-\t10.0.0.1\t-\t-\t-\t-\t=1+1,\"x\t"));
	assert_non_null(strstr(t.p, "#close\t"));
	text_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunks_with_and_next_to_flagged_flows_are_kept),
		cmocka_unit_test(the_last_chunk_may_be_short_and_brings_the_one_before),
		cmocka_unit_test(beyond_the_limit_flagged_flows_are_counted),
		cmocka_unit_test(what_the_sink_says_comes_back),
		cmocka_unit_test(lines_come_back_as_they_were),
		cmocka_unit_test(bytes_of_a_stranger_are_refused),
		cmocka_unit_test(what_would_be_too_large_is_not_unpacked),
		cmocka_unit_test(a_selection_is_by_all_that_it_says),
		cmocka_unit_test(exports_are_safe_for_who_opens_them),
	};

	return cmocka_run_group_tests_name("flowlog", tests, NULL, NULL);
}
