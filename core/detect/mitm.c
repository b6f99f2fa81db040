/* mitm: evidence by address becomes evidence by who claims it. */
#include "detect/mitm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALSO_TEXT = 64 }; /* room for what follows the sentence of the rule */

struct claimed {
	const struct arp_host *host;
	struct rule_hit hit;
	const uint8_t *by; /* who tells */
};

static double seconds(int64_t ns)
{
	return (double)ns / 1e9;
}

static int64_t first_of(const struct arp_host *h)
{
	return h->conflict < h->told[0] ? h->conflict : h->told[0];
}

static int64_t last_of(const struct arp_host *h)
{
	return h->conflict > h->told[1] ? h->conflict : h->told[1];
}

/* 1 and *c when it is an alarm. */
static int judge(const struct arp_host *h, struct claimed *c)
{
	const int teller = h->unasked[1] >= h->unasked[0];
	struct rule_hit hit[RULE_HITS];
	struct rule_arp a = {
		.claimants = h->mac_n,
		.claims = { (double)h->claims[!teller], (double)h->claims[teller] },
		.unasked = (double)h->unasked[teller],
	};

	if (h->conflict == 0 || h->told[0] == 0) /* without both it is a hint at most */
		return 0;
	a.span = seconds(last_of(h) - first_of(h));
	memcpy(a.ip, h->ip, sizeof(a.ip));
	memcpy(a.mac[0], h->mac[!teller], sizeof(a.mac[0]));
	memcpy(a.mac[1], h->mac[teller], sizeof(a.mac[1]));
	if (rules_arp(&a, 1, hit) == 0 || !hit[0].alarm)
		return 0;
	*c = (struct claimed){ .host = h, .hit = hit[0], .by = h->mac[teller] };
	return 1;
}

/* By who tells, the strongest first; addresses make the order total. */
static int compare(const void *a, const void *b)
{
	const struct claimed *const x = a, *const y = b;
	const int by = memcmp(x->by, y->by, 6);

	if (by != 0)
		return by;
	if (x->hit.strength != y->hit.strength)
		return x->hit.strength > y->hit.strength ? -1 : 1;
	return memcmp(x->host->ip, y->host->ip, 4);
}

static int by_start(const void *a, const void *b)
{
	const struct incident *const x = a, *const y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return memcmp(&x->device_ip, &y->device_ip, sizeof(x->device_ip));
}

/* The incident of c[n], which one hardware address claims. */
static void make(struct incident *i, const struct claimed *c, size_t n)
{
	const struct arp_host *const h = c->host;
	char also[ALSO_TEXT] = "", ip[IP_TEXT];

	*i = (struct incident){
		.device_ip = ip_of(4, h->ip),
		.has_mac = 1,
		.rule = c->hit.rule,
		.peer = ip_of(4, h->victim),
		.peers = 1,
		.port = PORT_UNSET,
		.start = INFINITY,
		.end = -INFINITY,
		.peak_score = (double)NAN,
		.least_p = (double)NAN,
		.severity = (enum severity)c->hit.rule->severity,
		.hit = c->hit,
	};
	memcpy(i->device_mac, h->mac[memcmp(c->by, h->mac[0], 6) == 0], sizeof(i->device_mac));
	for (size_t k = 0; k < n; k++) {
		i->start = fmin(i->start, seconds(first_of(c[k].host)));
		i->end = fmax(i->end, seconds(last_of(c[k].host)));
	}
	if (n == 2) {
		const struct ip other = ip_of(4, c[1].host->ip);

		snprintf(also, sizeof(also), "; it also claims to be %s", ip_print(&other, ip));
	} else if (n > 2)
		snprintf(also, sizeof(also), "; it also claims %zu other addresses", n - 1);
	snprintf(i->sentence, sizeof(i->sentence), "%.*s%s", RULE_SENTENCE - ALSO_TEXT, c->hit.sentence, also);
}

static void number_device(struct incident *i, struct context *context)
{
	struct flow f = { .host = { i->device_ip }, .has_mac = { i->has_mac } };

	memcpy(f.mac[ORIG], i->device_mac, sizeof(i->device_mac));
	i->device = context_device(context, &f, ORIG);
}

static size_t collect(const struct arp *arp, struct claimed *c)
{
	const struct arp_host *h;
	size_t at = 0, n = 0;

	while (n < ARP_HOSTS && (h = arp_evidence(arp, &at)) != NULL)
		n += (size_t)judge(h, &c[n]);
	return n;
}

int mitm_tell(const struct arp *arp, struct context *context, struct incidents *s, uint64_t *told)
{
	struct incident *list = NULL;
	struct claimed *c = NULL;
	size_t n, incidents = 0;
	int r = ERR_NOMEM;

	*told = 0;
	if (arp == NULL)
		return OK;
	if ((c = calloc(ARP_HOSTS, sizeof(*c))) == NULL)
		goto out;
	n = collect(arp, c);
	qsort(c, n, sizeof(*c), compare);
	if ((list = calloc(n + 1, sizeof(*list))) == NULL)
		goto out;
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && memcmp(c[i].by, c[end].by, 6) == 0;)
			end++;
		make(&list[incidents++], &c[i], end - i);
	}
	qsort(list, incidents, sizeof(*list), by_start);
	r = OK;
	for (size_t i = 0; i < incidents && r == OK; i++) {
		int64_t id;

		number_device(&list[i], context);
		id = incidents_tell(s, &list[i]);
		r = id < 0 ? (int)id : OK;
		*told += id > 0;
	}
out:
	free(list);
	free(c);
	return r;
}
