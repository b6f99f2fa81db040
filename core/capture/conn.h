/*
 * conn: one open flow of a capture, counted as Zeek counts (docs.zeek.org, base/protocols/conn; packet_analysis/protocol/ip, tcp, udp, icmp).
 *
 * conn.c  what all protocols have, UDP and ICMP, and the flow that comes out
 * tcp.c   the states of TCP's two ends
 * stream.c sequence numbers of one end: how much it sent, what is missing
 */
#ifndef CAPTURE_CONN_H
#define CAPTURE_CONN_H

#include <stdint.h>

#include "capture/segment.h"
#include "flow/flow.h"

/* Zeek's names and defaults (scripts/base/init-bare.zeek, base/protocols/conn/inactivity.zeek), in nanoseconds of packet time. */
#define SECOND                INT64_C(1000000000)
#define TCP_ATTEMPT_DELAY     (5 * SECOND)    /* an unanswered SYN */
#define TCP_CLOSE_DELAY       (5 * SECOND)    /* after both FINs, or a RST */
#define TCP_RESET_DELAY       (5 * SECOND)    /* after a RST of an end that had sent a FIN */
#define TCP_LINGER            (5 * SECOND)    /* tcp_SYN_timeout: nothing that could be understood */
#define TCP_HANDSHAKE_TIMEOUT (60 * SECOND)   /* until the handshake is done */
#define TCP_TIMEOUT           (300 * SECOND)  /* tcp_inactivity_timeout */
#define TCP_LONG_TIMEOUT      (3600 * SECOND) /* port_inactivity_timeouts: FTP, SSH, telnet, login */
#define UDP_TIMEOUT           (60 * SECOND)   /* udp_inactivity_timeout */
#define ICMP_TIMEOUT          (60 * SECOND)   /* icmp_inactivity_timeout */
#define DNS_TIMEOUT           (10 * SECOND)   /* dns_session_timeout: looked at every 10 s, over after 9 s of silence */
#define NEVER                 INT64_MAX

/* What identifies a flow: the lower end first, except in ICMP that has no answer. No padding: compared as bytes. */
struct conn_key {
	uint8_t host[2][16]; /* IPv4 in the first 4, zeros */
	uint16_t port[2];
	uint8_t proto, family, one_way, zero;
};

/* States of an end, as Zeek's endpoint states. */
enum end_state { END_INACTIVE, END_SYN_SENT, END_SYN_ACK_SENT, END_PARTIAL, END_ESTABLISHED, END_CLOSED, END_RESET };

enum { STREAM_BLOCKS = 3 };

/* What one end of a TCP connection sent. Numbers are relative to its SYN, 64 bits wide: they do not wrap. */
struct stream {
	uint32_t start; /* sequence number of the SYN, or as if there had been one */
	uint8_t block_n;
	uint8_t lost;      /* too many holes: what is missing is no longer followed */
	uint8_t fin;       /* a FIN was sent */
	int64_t top;       /* one past the last byte (or SYN, FIN) sent */
	int64_t acked;     /* one past the last byte that the peer acknowledged */
	int64_t delivered; /* without a hole up to here */
	int64_t fin_end;   /* one past the FIN */
	struct block {
		int64_t from, to;
	} block[STREAM_BLOCKS]; /* beyond a hole, in order */
};

struct end {
	struct stream stream;
	uint8_t state, prev;
	uint8_t scale; /* of the window */
	uint8_t closed;  /* Zeek's did_close */
	uint8_t all_out; /* Zeek's did_EOF */
	int64_t last_syn, last_fin, last_rst; /* for the history */
	uint32_t again, gaps, shut;           /* retransmissions, gaps, windows of 0 */
};

struct conn {
	struct conn_key key;
	uint64_t id; /* in order of their beginning */
	int64_t start, last;
	int64_t timeout; /* without a packet */
	int64_t attempt, gone, look; /* times at which something is to be done: unanswered SYN, over, DNS */
	/* By Zeek's orig and resp: */
	uint8_t orig; /* which host of the key is the originator */
	uint8_t has_mac[2], sent[2];
	uint8_t mac[2][6];
	uint8_t seen[2];  /* TCP packets */
	uint8_t partial;  /* TCP without its beginning */
	uint8_t deferred; /* the close of a TCP end waits for what is missing */
	uint8_t history_n;
	uint8_t letters[2]; /* which single letters are there, by side */
	char history[FLOW_WORD];
	uint64_t pkts[2], ip_bytes[2], payload[2];
	uint32_t bad_sums[2];
	struct end end[2]; /* TCP */
	/* Of the table: */
	uint32_t hash, heap_at, newer, older;
};

/* Which of the key's hosts sent s, 0 or 1; *key is filled. */
int conn_key(struct conn_key *key, const struct segment *s);

/* A flow that begins with s, which from (0, 1) sent. now: the latest time seen. The packet itself is not yet counted. */
void conn_begin(struct conn *c, const struct conn_key *key, const struct segment *s, int from, int64_t now);

/* s begins another flow with the same ends: this one is over. */
int conn_is_reused(const struct conn *c, const struct segment *s);

/* Count s, which from sent. */
void conn_add(struct conn *c, const struct segment *s, int from);

/* When to look at the flow again; and then: is it over? */
int64_t conn_due(const struct conn *c);
int conn_is_over(struct conn *c, int64_t now);

/* As it stands. All of *f but row is set. */
void conn_flow(const struct conn *c, struct flow *f);

/* A letter of the history, of a side's capital form; some are written once per side, others at the 1st, 10th, 100th time and so on. */
enum { ONCE_SYN = 1, ONCE_FIN = 2, ONCE_RST = 4, ONCE_DATA = 8, ONCE_ACK = 16, ONCE_ODD = 32, ONCE_MULTI = 64 };
void conn_letter(struct conn *c, int side, char letter);
int conn_letter_once(struct conn *c, int side, char letter, uint8_t bit); /* 1: it was there already */
void conn_letter_scaled(struct conn *c, int side, char letter, uint32_t *count);

/* Originator and responder were the wrong way round. */
void conn_flip(struct conn *c);

/* tcp.c */
void tcp_add(struct conn *c, const struct segment *s, int *side); /* *side changes when the two were the wrong way round */
int tcp_is_reused(const struct conn *c, const struct segment *s);
enum conn_state tcp_state(const struct conn *c);
uint64_t tcp_size(const struct conn *c, int side);

/* ports.c: what well-known ports say. */
int port_is_server(uint8_t proto, uint16_t port);
int port_is_interactive(uint16_t port); /* TCP_LONG_TIMEOUT */
int port_is_dns(uint16_t port);         /* UDP, DNS_TIMEOUT */
const char *port_service(uint8_t proto, uint16_t port); /* "" where unknown */

/* stream.c */
void stream_start(struct stream *s, uint32_t seq, int64_t top);
int64_t stream_relative(const struct stream *s, uint32_t seq, int64_t near);
void stream_data(struct stream *s, int64_t from, int64_t to);
unsigned stream_ack(struct stream *s, int64_t upto, int partial); /* the holes that will not be filled any more */
int stream_is_pending(const struct stream *s);
uint64_t stream_size(const struct stream *s);

#endif
