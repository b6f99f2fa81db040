/* arp: a set-associative table of addresses. */
#include "capture/arp.h"

#include <stdlib.h>
#include <string.h>

#include "capture/bytes.h"

enum { REQUEST = 1, REPLY = 2, PACKET = 28, SETS = ARP_HOSTS / ARP_WAYS };

/* A question may be answered for so long: hosts ask again after one second, three times. */
#define ANSWER_TIME INT64_C(10000000000)

struct arp {
	uint64_t forgotten;
	struct arp_host host[SETS][ARP_WAYS];
};

struct arp *arp_new(void)
{
	return calloc(1, sizeof(struct arp));
}

void arp_del(struct arp *a)
{
	free(a);
}

static int has_evidence(const struct arp_host *h)
{
	return h->conflict != 0 || h->told[0] != 0;
}

/* a gives way before b. */
static int is_lesser(const struct arp_host *a, const struct arp_host *b)
{
	return has_evidence(a) != has_evidence(b) ? !has_evidence(a) : a->seen < b->seen;
}

static struct arp_host *find(struct arp *a, const uint8_t ip[4], int64_t ts)
{
	struct arp_host *const set = a->host[(be32(ip) * UINT32_C(2654435761)) >> 16 & (SETS - 1)], *h = set;

	for (struct arp_host *i = set; i < set + ARP_WAYS; i++) {
		if (i->seen != 0 && memcmp(i->ip, ip, 4) == 0) {
			i->seen = ts;
			return i;
		}
		if (h->seen != 0 && (i->seen == 0 || is_lesser(i, h)))
			h = i;
	}
	a->forgotten += h->seen != 0;
	memset(h, 0, sizeof(*h));
	memcpy(h->ip, ip, 4);
	h->seen = ts;
	return h;
}

/* 0: by who claimed it first; 1: by another one. */
static int claim(struct arp_host *h, const uint8_t mac[6], int64_t ts)
{
	if (h->mac_n == 0) {
		memcpy(h->mac[0], mac, 6);
		h->mac_n = 1;
	}
	if (memcmp(h->mac[0], mac, 6) == 0) {
		h->claims[0]++;
		return 0;
	}
	h->claims[1]++;
	if (h->mac_n == 1) {
		memcpy(h->mac[1], mac, 6);
		h->mac_n = 2;
		h->conflict = ts;
	}
	return 1;
}

void arp_add(struct arp *a, const uint8_t *p, size_t n, int64_t ts)
{
	static const uint8_t nobody[4];
	const uint8_t *const mac = p + 8, *const ip = p + 14, *const target = p + 24;
	struct arp_host *h;
	int other;

	if (n < PACKET || be16(p) != 1 || be16(p + 2) != 0x0800 || p[4] != 6 || p[5] != 4)
		return;
	ts = ts > 0 ? ts : 1; /* 0 means never here */
	if (be16(p + 6) == REQUEST && memcmp(ip, target, 4) != 0)
		find(a, target, ts)->asked = ts;
	if (memcmp(ip, nobody, 4) == 0) /* a probe claims nothing */
		return;
	h = find(a, ip, ts);
	other = claim(h, mac, ts);
	if (be16(p + 6) != REPLY || memcmp(ip, target, 4) == 0 || (h->asked != 0 && ts - h->asked <= ANSWER_TIME))
		return;
	if (h->told[0] == 0) {
		h->told[0] = ts;
		memcpy(h->victim, target, 4);
	}
	h->told[1] = ts;
	h->unasked[other]++;
}

const struct arp_host *arp_evidence(const struct arp *a, size_t *at)
{
	while (*at < ARP_HOSTS) {
		const struct arp_host *const h = &a->host[*at / ARP_WAYS][*at % ARP_WAYS];

		++*at;
		if (h->seen != 0 && has_evidence(h))
			return h;
	}
	return NULL;
}

uint64_t arp_forgotten(const struct arp *a)
{
	return a->forgotten;
}
