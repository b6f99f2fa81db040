/* conn: what happens to a connection and what is told of it. Each expected line follows from Zeek's documentation of conn.log and its scripts. */
#include "capture/capture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"
#include "lib/packets.h"

/* A packet of TCP, UDP (flags "udp") or ICMP ("icmp": seq type, ack code). */
struct step {
	int ms;
	int from;
	const char *flags;
	uint32_t seq, ack;
	size_t len;
	uint16_t window;
};

/* A flow as text: orig port, state, history, packets, bytes, milliseconds. */
static int print(void *arg, const struct flow *f)
{
	char duration[32] = "-";

	if (!isnan(f->duration))
		snprintf(duration, sizeof(duration), "%.0f", f->duration * 1000);
	fprintf(arg, "%d %s %s %g/%g %g/%g %s\n", f->port[ORIG], conn_state_name(f->state), f->history[0] ? f->history : "-", f->pkts[ORIG],
		f->pkts[RESP], f->bytes[ORIG], f->bytes[RESP], duration);
	return 0;
}

static char *read_capture(const struct capfile *c)
{
	struct read_report report = { 0 };
	struct err e = { 0 };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	void *s = pcap_source.open(&(struct sinks){ .flow = print, .arg = out }, &(struct source_options){ 0 }, &report);

	assert_non_null(s);
	assert_int_equal(pcap_source.feed(s, c->p, c->n, &e), 0);
	assert_int_equal(pcap_source.finish(s, &e), 0);
	pcap_source.close(s);
	fclose(out);
	return text;
}

static void expect_ports(const struct step *steps, size_t n, uint16_t port_a, uint16_t port_b, const char *want)
{
	struct capfile c = { 0 };
	struct frame f;
	char *got;

	capfile_pcap(&c, 1, 65535);
	for (size_t i = 0; i < n; i++) {
		const struct step *const s = &steps[i];

		if (strcmp(s->flags, "udp") == 0)
			frame_udp(&f, 0, s->from, port_a, port_b, s->len);
		else if (strcmp(s->flags, "icmp") == 0)
			frame_icmp(&f, 0, s->from, (uint8_t)s->seq, (uint8_t)s->ack, s->len);
		else
			frame_tcp(&f, &(struct tcp_of){ .from = s->from,
							.flags = s->flags,
							.seq = s->seq,
							.ack = s->ack,
							.len = s->len,
							.window = s->window,
							.port = { port_a, port_b } });
		capfile_packet(&c, s->ms * INT64_C(1000), &f);
	}
	capfile_keep(&c, "conn");
	got = read_capture(&c);
	if (strcmp(got, want) != 0)
		fail_msg("got\n%sand not\n%s", got, want);
	free(got);
	free(c.p);
}

#define EXPECT(want, ...)                                                                                                          \
	do {                                                                                                                       \
		const struct step steps[] = { __VA_ARGS__ };                                                                       \
		expect_ports(steps, sizeof(steps) / sizeof(*steps), 40000, 80, want);                                              \
	} while (0)
#define EXPECT_PORTS(a, b, want, ...)                                                                                              \
	do {                                                                                                                       \
		const struct step steps[] = { __VA_ARGS__ };                                                                       \
		expect_ports(steps, sizeof(steps) / sizeof(*steps), a, b, want);                                                   \
	} while (0)

#define HANDSHAKE { 0, A, "S", 100, 0, 0, 0 }, { 10, B, "SA", 500, 101, 0, 0 }, { 20, A, "A", 101, 501, 0, 0 }

static void tcp_states(void **state)
{
	(void)state;
	EXPECT("40000 S0 S 1/0 0/0 -\n", { 0, A, "S", 100, 0, 0, 0 });
	EXPECT("40000 S0 S 3/0 0/0 3000\n", { 0, A, "S", 100, 0, 0, 0 }, { 1000, A, "S", 100, 0, 0, 0 }, { 3000, A, "S", 100, 0, 0, 0 });
	EXPECT("40000 S1 ShA 2/1 0/0 20\n", HANDSHAKE);
	EXPECT("40000 SF ShADdFf 4/3 50/200 70\n", HANDSHAKE, { 30, A, "PA", 101, 501, 50, 0 }, { 40, B, "PA", 501, 151, 200, 0 },
	       { 50, A, "FA", 151, 701, 0, 0 }, { 70, B, "FA", 701, 152, 0, 0 });
	EXPECT("40000 REJ Sr 1/1 0/0 10\n", { 0, A, "S", 100, 0, 0, 0 }, { 10, B, "RA", 0, 101, 0, 0 });
	EXPECT("40000 S2 ShAF 3/1 0/0 30\n", HANDSHAKE, { 30, A, "FA", 101, 501, 0, 0 });
	EXPECT("40000 S3 ShAf 2/2 0/0 30\n", HANDSHAKE, { 30, B, "FA", 501, 101, 0, 0 });
	EXPECT("40000 RSTO ShADR 4/1 10/0 40\n", HANDSHAKE, { 30, A, "PA", 101, 501, 10, 0 }, { 40, A, "RA", 111, 501, 0, 0 });
	EXPECT("40000 RSTR ShADr 3/2 10/0 40\n", HANDSHAKE, { 30, A, "PA", 101, 501, 10, 0 }, { 40, B, "RA", 501, 111, 0, 0 });
	EXPECT("40000 RSTOS0 SR 2/0 0/0 5\n", { 0, A, "S", 100, 0, 0, 0 }, { 5, A, "R", 101, 0, 0, 0 });
	/* The half of a connection that answers: its port is a server's, so it is the responder. */
	EXPECT("40000 RSTRH ^hr 0/2 0/0 5\n", { 0, B, "SA", 500, 101, 0, 0 }, { 5, B, "R", 501, 0, 0, 0 });
	EXPECT("40000 SHR ^hf 0/2 0/0 5\n", { 0, B, "SA", 500, 101, 0, 0 }, { 5, B, "FA", 501, 101, 0, 0 });
	EXPECT("40000 SH SF 2/0 0/0 5\n", { 0, A, "S", 100, 0, 0, 0 }, { 5, A, "F", 101, 0, 0, 0 });
	EXPECT("40000 OTH DdA 2/1 10/20 9\n", { 0, A, "PA", 101, 501, 10, 0 }, { 5, B, "PA", 501, 111, 20, 0 }, { 9, A, "A", 111, 521, 0, 0 });
	EXPECT("40000 OTH R 1/0 0/0 -\n", { 0, A, "R", 100, 0, 0, 0 });
	/* A RST where nothing was said is a refusal, even when it comes from both. */
	EXPECT("40000 REJ ShrR 2/2 0/0 30\n", { 0, A, "S", 100, 0, 0, 0 }, { 10, B, "SA", 500, 101, 0, 0 }, { 20, B, "RA", 501, 101, 0, 0 },
	       { 30, A, "R", 101, 0, 0, 0 });
	/* What comes after both FINs changes nothing; a RST behind one's own FIN is an abort. */
	EXPECT("40000 SF ShAFfR 4/2 0/0 40\n", HANDSHAKE, { 30, A, "FA", 101, 501, 0, 0 }, { 40, B, "FA", 501, 102, 0, 0 },
	       { 50, A, "R", 102, 0, 0, 0 });
	EXPECT("40000 RSTO ShAFR 4/1 0/0 50\n", HANDSHAKE, { 30, A, "FA", 101, 501, 0, 0 }, { 50, A, "R", 102, 0, 0, 0 });
}

static void tcp_histories(void **state)
{
	(void)state;
	EXPECT("40000 S1 ShADTad 4/3 10/5 50\n", HANDSHAKE, { 30, A, "PA", 101, 501, 10, 0 }, { 40, A, "PA", 101, 501, 10, 0 },
	       { 45, B, "A", 501, 111, 0, 0 }, { 50, B, "PA", 501, 111, 5, 0 });
	EXPECT("40000 S1 ShAaw 2/2 0/0 30\n", HANDSHAKE, { 30, B, "A", 501, 101, 0, CLOSED_WINDOW });
	EXPECT("40000 OTH I 1/0 0/0 -\n", { 0, A, "FR", 100, 0, 0, 0 });
	EXPECT("40000 SH Q 1/0 0/0 -\n", { 0, A, "SF", 100, 0, 0, 0 });
	/* Ten bytes of B were acknowledged and never seen: a gap, and they count. */
	EXPECT("40000 S1 ShADdga 4/3 20/30 60\n", HANDSHAKE, { 30, A, "PA", 101, 501, 20, 0 }, { 40, B, "PA", 511, 121, 20, 0 },
	       { 50, A, "A", 121, 531, 0, 0 }, { 60, B, "A", 531, 121, 0, 0 });
	/* Out of order is no gap once the hole is filled. */
	EXPECT("40000 S1 ShADdt 4/3 20/30 60\n", HANDSHAKE, { 30, A, "PA", 101, 501, 20, 0 }, { 40, B, "PA", 511, 121, 20, 0 },
	       { 45, B, "PA", 501, 121, 10, 0 }, { 60, A, "A", 121, 531, 0, 0 });
	/* The letter of a repetition is written at the first, tenth, hundredth time. */
	struct step s[14] = { HANDSHAKE, { 30, A, "PA", 101, 501, 10, 0 } };

	for (int i = 4; i < 14; i++)
		s[i] = (struct step){ 30 + i, A, "PA", 101, 501, 10, 0 };
	expect_ports(s, 14, 40000, 80, "40000 S1 ShADTT 13/1 10/0 43\n");
}

static void tcp_bytes_are_counted_by_sequence_numbers(void **state)
{
	(void)state;
	/* They wrap. */
	EXPECT("40000 S1 ShAD 4/1 200/0 40\n", { 0, A, "S", 0xffffff9b, 0, 0, 0 }, { 10, B, "SA", 500, 0xffffff9c, 0, 0 },
	       { 20, A, "A", 0xffffff9c, 501, 0, 0 }, { 30, A, "PA", 0xffffff9c, 501, 100, 0 }, { 40, A, "PA", 0, 501, 100, 0 });
	/* A keep-alive sends a byte that was sent before, or none. */
	EXPECT("40000 S1 ShADaT 5/3 10/0 60\n", HANDSHAKE, { 30, A, "PA", 101, 501, 10, 0 }, { 35, B, "A", 501, 111, 0, 0 },
	       { 40, A, "A", 110, 501, 1, 0 }, { 50, B, "A", 501, 111, 0, 0 }, { 60, A, "A", 110, 501, 0, 0 });
	/* Bytes that a RST carries are none of the stream (but look sent again to Zeek); a number far off is not believed. */
	EXPECT("40000 RSTO ShART 3/1 0/0 30\n", HANDSHAKE, { 30, A, "RA", 101, 501, 10, 0 });
	EXPECT("40000 RSTR ShADr 3/2 10/0 40\n", HANDSHAKE, { 30, A, "PA", 101, 501, 10, 0 }, { 40, B, "R", 3000000000u, 0, 0, 0 });
	/* Data lost at the end is known by the FIN's number. */
	EXPECT("40000 S2 ShAF 3/1 1000/0 30\n", HANDSHAKE, { 30, A, "FA", 1101, 501, 0, 0 });
	/* A half-open connection of before, found by a SYN: the acknowledgement is of that one. */
	EXPECT("40000 RSTOS0 SaR 2/1 0/0 20\n", { 0, A, "S", 100, 0, 0, 0 }, { 10, B, "A", 9000, 5000, 0, 0 }, { 20, A, "R", 5000, 0, 0, 0 });
}

static void tcp_endings(void **state)
{
	(void)state;
	/* The last acknowledgement is a packet, but no part of the duration. */
	EXPECT("40000 SF ShAFf 4/2 0/0 40\n", HANDSHAKE, { 30, A, "FA", 101, 501, 0, 0 }, { 40, B, "FA", 501, 102, 0, 0 },
	       { 55, A, "A", 102, 502, 0, 0 });
	/* Behind an attempt of five seconds another one begins; a SYN with another number begins one at once. */
	EXPECT("40000 S0 S 2/0 0/0 3000\n40000 S0 S 1/0 0/0 -\n", { 0, A, "S", 100, 0, 0, 0 }, { 3000, A, "S", 100, 0, 0, 0 },
	       { 7000, A, "S", 100, 0, 0, 0 });
	EXPECT("40000 S0 S 1/0 0/0 -\n40000 S0 S 1/0 0/0 -\n", { 0, A, "S", 100, 0, 0, 0 }, { 1000, A, "S", 7777, 0, 0, 0 });
	/* The same ends again, right behind a close. */
	EXPECT("40000 SF ShAFf 3/2 0/0 40\n40000 S1 ShA 2/1 0/0 20\n", HANDSHAKE, { 30, A, "FA", 101, 501, 0, 0 },
	       { 40, B, "FA", 501, 102, 0, 0 }, { 100, A, "S", 9100, 0, 0, 0 }, { 110, B, "SA", 9500, 9101, 0, 0 },
	       { 120, A, "A", 9101, 9501, 0, 0 });
	/* Silence: five minutes end a connection, and what follows is the middle of one; an hour where people type. */
	EXPECT("40000 S1 ShA 2/1 0/0 20\n40000 OTH D 1/0 0/0 -\n", HANDSHAKE, { 300020, A, "PA", 101, 501, 10, 0 });
	EXPECT("40000 S1 ShAD 3/1 10/0 300019\n", HANDSHAKE, { 300019, A, "PA", 101, 501, 10, 0 });
	EXPECT_PORTS(40000, 23, "40000 S1 ShAD 3/1 10/0 3600019\n", HANDSHAKE, { 3600019, A, "PA", 101, 501, 10, 0 });
	EXPECT_PORTS(40000, 23, "40000 S1 ShA 2/1 0/0 20\n40000 OTH D 1/0 0/0 -\n", HANDSHAKE, { 3600020, A, "PA", 101, 501, 10, 0 });
}

static void tcp_directions(void **state)
{
	(void)state;
	/* Who sends a SYN ACK answers. Where that was captured before the question, Zeek does not see the handshake's end. */
	EXPECT_PORTS(40000, 7, "40000 OTH ^hSA 2/1 0/0 9\n", { 0, B, "SA", 500, 101, 0, 0 }, { 2, A, "S", 100, 0, 0, 0 },
		     { 9, A, "A", 101, 501, 0, 0 });
	EXPECT_PORTS(443, 40000, "443 RSTRH ^hr 0/2 0/0 9\n", { 0, B, "SA", 500, 101, 0, 0 }, { 9, B, "R", 501, 0, 0, 0 });
	/* In the middle: who has a server's port answers; of two such ports the lower one; of none who sent first. */
	EXPECT_PORTS(40000, 443, "40000 OTH ^dA 1/1 0/10 5\n", { 0, B, "PA", 501, 101, 10, 0 }, { 5, A, "A", 101, 511, 0, 0 });
	EXPECT_PORTS(8080, 443, "8080 OTH ^dA 1/1 0/10 5\n", { 0, B, "PA", 501, 101, 10, 0 }, { 5, A, "A", 101, 511, 0, 0 });
	EXPECT_PORTS(40000, 4975, "4975 OTH Da 1/1 10/0 5\n", { 0, B, "PA", 501, 101, 10, 0 }, { 5, A, "A", 101, 511, 0, 0 });
	/* The SYN was missed: no part of what is partial. */
	EXPECT("40000 SF ^hADdFf 3/3 50/200 70\n", { 10, B, "SA", 500, 101, 0, 0 }, { 20, A, "A", 101, 501, 0, 0 },
	       { 30, A, "PA", 101, 501, 50, 0 }, { 40, B, "PA", 501, 151, 200, 0 }, { 50, A, "FA", 151, 701, 0, 0 },
	       { 80, B, "FA", 701, 152, 0, 0 });
}

static void udp(void **state)
{
	(void)state;
	EXPECT_PORTS(40000, 9999, "40000 SF Dd 1/1 30/50 20\n", { 0, A, "udp", 0, 0, 30, 0 }, { 20, B, "udp", 0, 0, 50, 0 });
	EXPECT_PORTS(40000, 9999, "40000 S0 D 2/0 60/0 20\n", { 0, A, "udp", 0, 0, 30, 0 }, { 20, A, "udp", 0, 0, 30, 0 });
	/* All packets at one time: no duration and, as Zeek has it, no bytes. */
	EXPECT_PORTS(40000, 9999, "40000 S0 D 1/0 0/0 -\n", { 0, A, "udp", 0, 0, 30, 0 });
	EXPECT_PORTS(40000, 123, "40000 SHR ^d 0/2 0/60 20\n", { 0, B, "udp", 0, 0, 30, 0 }, { 20, B, "udp", 0, 0, 30, 0 });
	/* A minute of silence; with DNS nine seconds, seen every ten. */
	EXPECT_PORTS(40000, 9999, "40000 S0 D 2/0 60/0 59999\n40000 S0 D 1/0 0/0 -\n", { 0, A, "udp", 0, 0, 30, 0 }, { 59999, A, "udp", 0, 0, 30, 0 },
		     { 119999, A, "udp", 0, 0, 30, 0 });
	EXPECT_PORTS(40000, 53, "40000 S0 D 2/0 60/0 5000\n40000 S0 D 1/0 0/0 -\n", { 0, A, "udp", 0, 0, 30, 0 }, { 5000, A, "udp", 0, 0, 30, 0 },
		     { 14000, A, "udp", 0, 0, 30, 0 });
	EXPECT_PORTS(5353, 5353, "5353 S0 D 5/0 150/0 22500\n5353 S0 D 1/0 0/0 -\n", { 0, A, "udp", 0, 0, 30, 0 }, { 8000, A, "udp", 0, 0, 30, 0 },
		     { 12000, A, "udp", 0, 0, 30, 0 }, { 21000, A, "udp", 0, 0, 30, 0 }, { 22500, A, "udp", 0, 0, 30, 0 },
		     { 33000, A, "udp", 0, 0, 30, 0 });
}

static void icmp(void **state)
{
	(void)state;
	/* Ports are type and type of the answer; what has no answer is not paired, its second port is the code. */
	EXPECT("8 OTH - 2/1 96/48 9\n", { 0, A, "icmp", 8, 0, 48, 0 }, { 5, B, "icmp", 0, 0, 48, 0 }, { 9, A, "icmp", 8, 0, 48, 0 });
	EXPECT("3 OTH - 2/0 56/0 5\n", { 0, B, "icmp", 3, 3, 28, 0 }, { 5, B, "icmp", 3, 3, 28, 0 });
	EXPECT("3 OTH - 1/0 0/0 -\n3 OTH - 1/0 0/0 -\n", { 0, B, "icmp", 3, 3, 28, 0 }, { 5, A, "icmp", 3, 3, 28, 0 });
	EXPECT("8 OTH - 1/0 0/0 -\n8 OTH - 1/0 0/0 -\n", { 0, A, "icmp", 8, 0, 48, 0 }, { 60000, A, "icmp", 8, 0, 48, 0 });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp_states),	 cmocka_unit_test(tcp_histories), cmocka_unit_test(tcp_bytes_are_counted_by_sequence_numbers),
		cmocka_unit_test(tcp_endings),	 cmocka_unit_test(tcp_directions), cmocka_unit_test(udp),
		cmocka_unit_test(icmp),
	};

	return cmocka_run_group_tests_name("conn", tests, NULL, NULL);
}
