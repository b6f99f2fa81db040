/* write: what is written is read again as the same flows, whatever is in them. */
#include "flow/write.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "flow/put.h"
#include "input/reader.h"
#include "lib/cm.h"

struct readback {
	size_t n;
	struct flow flow[64];
};

static int keep(void *arg, const struct flow *f)
{
	struct readback *const b = arg;

	assert_true(b->n < 64);
	b->flow[b->n++] = *f;
	return 0;
}

static double number_or_unset(struct rng *r, double unset)
{
	static const double some[] = { 0, 1, 1.5, 1460, 4294967296.0, 1e15, 9007199254740993.0, 0.1, 1e-9, 123456789.123 };

	return rng_below(r, 4) == 0 ? unset : some[rng_below(r, sizeof(some) / sizeof(*some))];
}

static void random_word(struct rng *r, char *out, size_t cap, const char *letters)
{
	size_t n = rng_below(r, cap);

	for (size_t i = 0; i < n; i++)
		out[i] = letters[rng_below(r, strlen(letters))];
	out[n] = '\0';
	/* Blanks around a value and what means unset are nobody's. */
	while (n > 0 && out[n - 1] == ' ')
		out[--n] = '\0';
	if (out[0] == ' ' || strcmp(out, "-") == 0)
		out[0] = '\0';
}

static struct flow random_flow(struct rng *r)
{
	struct flow f;

	flow_clear(&f);
	f.ts = number_or_unset(r, NAN);
	if (!isnan(f.ts))
		f.ts = rng_below(r, 2) ? 1700000000.123456 : 1700000000.1234567;
	f.duration = number_or_unset(r, NAN);
	for (int i = 0; i < 2; i++) {
		f.pkts[i] = number_or_unset(r, 0);
		f.bytes[i] = number_or_unset(r, 0);
		f.ip_bytes[i] = number_or_unset(r, NAN);
		f.port[i] = rng_below(r, 3) == 0 ? PORT_UNSET : (int32_t)rng_below(r, 65536);
		if (rng_below(r, 3) > 0)
			f.host[i] = ip_of(rng_below(r, 2) ? 4 : 6, "\xfe\x80\0\0\0\0\0\1\2\3\4\5\6\7\x08\x09");
		f.has_mac[i] = (uint8_t)rng_below(r, 2);
		for (int k = 0; k < 6 && f.has_mac[i]; k++)
			f.mac[i][k] = (uint8_t)rng_below(r, 256);
	}
	f.proto = (uint8_t[]){ PROTO_TCP, PROTO_UDP, PROTO_ICMP, PROTO_UNSET, PROTO_ICMP6, 0, 2, 200, 254 }[rng_below(r, 9)];
	if (f.proto == PROTO_ICMP && f.host[ORIG].family == 6)
		f.proto = PROTO_ICMP6;
	f.state = (enum conn_state)rng_below(r, CONN_STATES);
	f.label = (enum flow_label)rng_below(r, 3);
	random_word(r, f.service, sizeof(f.service) - 1, "abc,\"\\-#x4=+@");
	random_word(r, f.history, sizeof(f.history), "ShADadFf^");
	random_word(r, f.attack, sizeof(f.attack) - 3, "a \",\\;|=#-(){}");
	if (f.attack[0] != '\0')
		strcat(f.attack, "\xc3\xa9");
	return f;
}

static int same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* What a spreadsheet would run comes back behind an apostrophe, from CSV. */
static void defuse(char *s)
{
	if (*s == '\0' || strchr("=+-@", *s) == NULL)
		return;
	memmove(s + 1, s, strlen(s) + 1);
	*s = '\'';
}

static void assert_same(const struct flow *a, const struct flow *b, const char *text)
{
	int same = same_number(a->ts, b->ts) && same_number(a->duration, b->duration) && a->proto == b->proto &&
		   a->state == b->state && a->label == b->label && strcmp(a->service, b->service) == 0 &&
		   strcmp(a->history, b->history) == 0 && strcmp(a->attack, b->attack) == 0 && a->row == b->row;

	for (int i = 0; i < 2; i++)
		same = same && a->pkts[i] == b->pkts[i] && a->bytes[i] == b->bytes[i] &&
		       same_number(a->ip_bytes[i], b->ip_bytes[i]) && a->port[i] == b->port[i] &&
		       ip_equal(&a->host[i], &b->host[i]) && a->has_mac[i] == b->has_mac[i] && memcmp(a->mac[i], b->mac[i], 6) == 0;
	if (!same)
		fail_msg("row %d is not the same after\n%s", (int)a->row, text);
}

static void what_is_written_is_read_again(void **state)
{
	static const enum flow_format format[] = { FLOW_CSV, FLOW_NDJSON, FLOW_ZEEK };
	struct rng r;

	(void)state;
	rng_init(&r, 5);
	for (int round = 0; round < 300; round++) {
		const enum flow_format as = format[round % 3];
		const struct sinks sinks = { .flow = keep, .arg = calloc(1, sizeof(struct readback)) };
		const struct readback *const back = sinks.arg;
		struct reader *reader = NULL;
		struct flow flow[20];
		struct text t = { 0 };
		struct err e = { 0 };

		flow_write_head(&t, as, 1700000000);
		for (size_t i = 0; i < 20; i++) {
			flow[i] = random_flow(&r);
			flow[i].row = i;
			flow_write(&t, as, &flow[i]);
			if (as == FLOW_CSV) {
				defuse(flow[i].service);
				defuse(flow[i].attack);
			}
		}
		flow_write_tail(&t, as, 1700000000);
		assert_int_equal(reader_new(&reader, NULL, &sinks, &e), OK);
		if (reader_feed(reader, t.p, t.n, &e) < 0 || reader_finish(reader, &e) < 0)
			fail_msg("%s in\n%s", e.msg, t.p);
		if (back->n != 20)
			fail_msg("%d flows, %s of\n%s", (int)back->n, reader_report(reader)->problem[0].reason, t.p);
		for (size_t i = 0; i < 20; i++)
			assert_same(&flow[i], &back->flow[i], t.p);
		reader_del(reader);
		text_free(&t);
		free(sinks.arg);
	}
}

static void numbers_have_no_more_digits_than_they_need(void **state)
{
	static const struct {
		double v;
		const char *text;
	} cases[] = { { 0, "0" },          { 1500, "1500" },
		      { 0.1, "0.1" },      { 1.0 / 3, "0.3333333333333333" },
		      { 1e300, "1e+300" }, { 8999999999999999, "8999999999999999" } };
	char text[PUT_NUMBER + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		*put_number(text, cases[i].v) = '\0';
		assert_string_equal(text, cases[i].text);
	}
}

static void the_reference_projects_columns_are_six(void **state)
{
	struct text t = { 0 };
	struct flow f;

	(void)state;
	flow_clear(&f);
	f.ts = 1634567890.123;
	f.pkts[ORIG] = 10;
	f.label = LABEL_MALICIOUS;
	flow_write_head(&t, FLOW_SEED, 1700000000);
	flow_write(&t, FLOW_SEED, &f);
	flow_write_tail(&t, FLOW_SEED, 1700000000);
	assert_string_equal(text_get(&t),
			    "ts,orig_pkts,resp_pkts,orig_bytes,resp_bytes,label\n1634567890.123000,10,0,0,0,malicious\n");
	text_free(&t);
	for (int i = 0; i < FLOW_FORMATS; i++)
		assert_int_equal(flow_format_find(flow_format_name((enum flow_format)i)), i);
	assert_int_equal(flow_format_find("xml"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(numbers_have_no_more_digits_than_they_need),
		cmocka_unit_test(the_reference_projects_columns_are_six),
	};

	return cmocka_run_group_tests_name("write", tests, NULL, NULL);
}
