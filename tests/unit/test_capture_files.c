/*
 * capture_files: other people's captures, odd and broken ones among them, as they are, cut off and with bytes changed.
 *
 * libpcap is the judge of what is in a file: packet by packet the same times, lengths and bytes. The captures are not part of the project;
 * without them only those are judged that are written here.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "base/rng.h"
#include "capture/capture.h"
#include "capture/container.h"
#include "input/format.h"
#include "lib/cm.h"
#include "lib/flowtext.h"
#include "lib/packets.h"

#define DATA TEST_SOURCE_DIR "/../shared/data/pcap"

enum { FILE_MAX = 4 << 20 };

static struct {
	size_t files, judged, refused, packets; /* refused: by libpcap */
} seen;

static const struct source_ops *source_of(const uint8_t *p, size_t n)
{
	const struct format *const f = format_of(p, n);

	return f->source == &pcap_source || f->source == &pcapng_source ? f->source : NULL;
}

/* The next packet by our reader at *at, or 0. */
static int next_packet(struct container *c, int ng, const uint8_t *p, size_t n, size_t *at, struct packet *out)
{
	while (*at < n) {
		const struct step s = ng ? pcapng_step(c, p + *at, n - *at) : pcap_step(c, p + *at, n - *at);

		if (s.broken != NULL || s.need > 0)
			return 0;
		*at = s.skip > n - *at - s.used ? n : *at + s.used + (size_t)s.skip;
		*out = s.packet;
		if (s.has_packet)
			return 1;
	}
	return 0;
}

/* What libpcap finds in p[n], and we. It stops at some files in which we go on: at interfaces of different link types, for example. */
static void judge(const char *name, uint8_t *p, size_t n)
{
	char error[PCAP_ERRBUF_SIZE];
	FILE *f = fmemopen(p, n, "rb");
	pcap_t *theirs = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, error);
	const int ng = source_of(p, n) == &pcapng_source;
	struct container ours = { 0 };
	struct pcap_pkthdr *h;
	const u_char *bytes;
	struct packet packet;
	size_t at = 0, count = 0;
	int code = -1;

	if (theirs == NULL) {
		seen.refused++;
		fclose(f);
		return;
	}
	seen.judged++;
	while ((code = pcap_next_ex(theirs, &h, &bytes)) == 1) {
		count++;
		if (!next_packet(&ours, ng, p, n, &at, &packet))
			fail_msg("%s: libpcap finds a packet %zu", name, count);
		/* libpcap cuts to the snap length that the file promises; broken times overflow in it. */
		if (packet.wire != (h->len > packet.cap ? h->len : packet.cap) || packet.cap < h->caplen || memcmp(packet.data, bytes, h->caplen) != 0)
			fail_msg("%s: packet %zu has %u of %u bytes, libpcap has %u of %u", name, count, packet.cap, packet.wire, h->caplen, h->len);
		if (h->ts.tv_sec >= 0 && h->ts.tv_sec < INT64_C(4000000000) && h->ts.tv_usec >= 0 && h->ts.tv_usec < 1000000000 &&
		    packet.ts != h->ts.tv_sec * INT64_C(1000000000) + h->ts.tv_usec)
			fail_msg("%s: packet %zu is at %lld ns, libpcap says %lld s %lld ns", name, count, (long long)packet.ts,
				 (long long)h->ts.tv_sec, (long long)h->ts.tv_usec);
	}
	if (code == PCAP_ERROR_BREAK && next_packet(&ours, ng, p, n, &at, &packet))
		fail_msg("%s: libpcap ends after packet %zu, we do not", name, count);
	seen.packets += count;
	container_free(&ours);
	pcap_close(theirs);
}

/* A flow in short: ports, state, history, packets and bytes of both. */
static int print_short(void *arg, const struct flow *f)
{
	fprintf(arg, "%d>%d %s %s %g+%g %g+%g; ", f->port[ORIG], f->port[RESP], conn_state_name(f->state), f->history[0] ? f->history : "-",
		f->pkts[ORIG], f->pkts[RESP], f->bytes[ORIG], f->bytes[RESP]);
	return 0;
}

/* Some of the captures that Zeek tests itself with, and the flows that its tests expect (testing/btest/Baseline: conn.log). */
static void zeeks_own_tests(void **state)
{
	static const struct {
		const char *file, *flows;
	} cases[] = {
		{ "tcp/missing-syn.pcap", "56730>80 SF ^hADdFaf 11+10 98+9417; " },
		{ "tcp/miss_end_data.pcap", "60648>80 SF ShADafgF 5+4 538+2902; " },
		{ "tcp/ctu-64702-888.pcap", "64702>888 SF ^hAfdtFr 8+8 0+13; " },
		{ "tcp/one-sided-2745.pcap", "2745>1433 SHR ^haf 0+3 0+0; 2745>281 SHR ^haf 0+3 0+0; " },
		{ "tcp/single-rst.pcap", "48777>80 OTH R 1+0 0+0; " },
		{ "tcp/syn-then-rst.pcap", "13131>31313 RSTOS0 SR 2+0 0+0; " },
		{ "tcp/syn-then-ack-then-rst.pcap", "13131>31313 RSTOS0 SaR 2+1 0+0; " },
		{ "tcp/syn-then-stuff-then-rst.pcap", "13131>31313 OTH SaFR 3+1 0+0; " },
		{ "tcp/http-on-irc-port-missing-syn.pcapng", "6669>80 SF ^hADadFf 6+7 136+5007; " },
		{ "postgresql/psql-aws-ssl-require.pcap", "36934>5432 SF ShADadtFRfr 17+13 786+4542; " },
		{ "ftp/ipv4.pcap", "37604>56666 SF ShAdfFa 4+4 0+342; 59378>56667 SF ShAdfFa 4+4 0+77; 61920>33582 SF ShADaFf 5+3 342+0; "
				   "50003>21 SF ShAdDfFa 38+25 180+3146; 61918>37835 SF ShADaFf 5+3 77+0; " },
		{ "tunnels/gre-sample.pcap",
		  "40264>22 SF ShAdDaFf 12+10 952+1671; 8>0 OTH - 4+4 224+224; 123>123 SF Dd 1+1 48+48; 37675>53 S0 D 2+0 66+0; "
		  "3>3 OTH - 2+0 122+0; 123>123 SF Dd 1+1 48+48; 123>123 SF Dd 1+1 48+48; " },
		{ "pppoe.pcap", "143>0 OTH - 8+0 160+0; 136>135 OTH - 1+0 0+0; 133>134 OTH - 1+0 0+0; 134>133 OTH - 1+0 0+0; "
				"546>547 S0 D 2+0 114+0; 547>546 S0 D 2+0 192+0; 128>129 OTH - 5+5 260+260; " },
	};
	char path[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		static uint8_t p[1 << 20];
		struct read_report report = { 0 };
		char *text = NULL;
		size_t size, n;
		FILE *f, *out;
		void *s;

		snprintf(path, sizeof(path), DATA "/traces/zeek/%s", cases[i].file);
		if ((f = fopen(path, "rb")) == NULL) {
			printf("skipped: %s is not here\n", path);
			skip();
		}
		n = fread(p, 1, sizeof(p), f);
		fclose(f);
		out = open_memstream(&text, &size);
		s = source_of(p, n)->open(&(struct sinks){ .flow = print_short, .arg = out }, NULL, &report);
		assert_int_equal(source_of(p, n)->feed(s, p, n, NULL), 0);
		assert_int_equal(source_of(p, n)->finish(s, NULL), 0);
		source_of(p, n)->close(s);
		fclose(out);
		if (strcmp(text, cases[i].flows) != 0)
			fail_msg("%s: got\n%s\nand not\n%s", cases[i].file, text, cases[i].flows);
		free(text);
	}
}

static size_t cut_random(void *arg, size_t left)
{
	const size_t n = 1 + rng_below(arg, 3000);

	return n < left ? n : left;
}

/* Read p[n] from memory of just that size, so that a byte too many is noticed. */
static char *read_exactly(const struct source_ops *source, const uint8_t *p, size_t n, struct rng *cut)
{
	uint8_t *const copy = malloc(n > 0 ? n : 1);
	char *text;

	assert_non_null(copy);
	memcpy(copy, p, n);
	text = flowtext(source, copy, n, cut != NULL ? cut_random : NULL, cut);
	free(copy);
	assert_non_null(text);
	return text;
}

static void mistreat(const struct source_ops *source, uint8_t *p, size_t n, struct rng *rng)
{
	char *whole = read_exactly(source, p, n, NULL), *pieces = read_exactly(source, p, n, rng);

	assert_string_equal(whole, pieces);
	free(whole);
	free(pieces);
	free(read_exactly(source, p, (size_t)rng_below(rng, n), NULL));
	for (int round = 0; round < 3; round++) {
		uint8_t *const copy = malloc(n);

		assert_non_null(copy);
		memcpy(copy, p, n);
		/* Many bytes anywhere, or a few where lengths and headers are. */
		for (size_t k = round == 0 ? 1 + n / 50 : 1 + rng_below(rng, 6); k > 0; k--)
			copy[rng_below(rng, round == 2 && n > 200 ? 200 : n)] ^= (uint8_t)(1 + rng_below(rng, 255));
		free(read_exactly(source, copy, n, NULL));
		free(copy);
	}
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *w)
{
	uint8_t *const p = malloc(FILE_MAX);
	FILE *f = type == FTW_F ? fopen(path, "rb") : NULL;
	struct rng rng;
	size_t n = 0;

	(void)st;
	(void)w;
	assert_non_null(p);
	if (f != NULL) {
		n = fread(p, 1, FILE_MAX, f);
		fclose(f);
	}
	if (n > 0 && source_of(p, n) != NULL) {
		seen.files++;
		rng_init(&rng, n);
		judge(path, p, n);
		mistreat(source_of(p, n), p, n, &rng);
	}
	free(p);
	return 0;
}

static void other_peoples_captures(void **state)
{
	(void)state;
	if (nftw(DATA, visit, 16, FTW_PHYS) < 0) {
		printf("skipped: there are no captures in %s\n", DATA);
		skip();
	}
	printf("%zu captures; libpcap reads %zu of them, %zu packets\n", seen.files, seen.judged, seen.packets);
	assert_in_range(seen.files, 1000, 100000);
	assert_true(seen.judged > 9 * seen.files / 10);
}

static void our_captures(void **state)
{
	struct frame f;

	(void)state;
	for (int i = 0; i < 4; i++)
		for (int ng = 0; ng < 2; ng++) {
			struct capfile c = { .big = i & 1, .nano = i >> 1 };
			const size_t judged = seen.judged;

			if (ng) {
				capfile_section(&c);
				capfile_interface(&c, 1, (uint8_t)(c.nano ? 9 : 0), c.nano ? 7 : 0);
			} else {
				capfile_pcap(&c, 1, 65535);
			}
			for (int k = 0; k < 5; k++) {
				frame_udp(&f, k & 1, A, 40000, 53, (size_t)k * 31);
				f.wire = k == 3 ? f.n + 100 : 0;
				if (ng)
					capfile_enhanced(&c, 0, (CAPFILE_EPOCH * UINT64_C(1000000) + (uint64_t)k) * (c.nano ? 1000 : 1), &f);
				else
					capfile_packet(&c, k * 777777, &f);
			}
			judge("ours", c.p, c.n);
			assert_int_equal(seen.judged, judged + 1);
			free(c.p);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(our_captures), cmocka_unit_test(zeeks_own_tests),
					      cmocka_unit_test(other_peoples_captures) };

	return cmocka_run_group_tests_name("capture_files", tests, NULL, NULL);
}
