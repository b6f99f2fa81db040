/*
 * fuzz_capture: any bytes as a packet capture; cut into pieces they must give the same flows, report and error as whole.
 *
 * With room for few flows at a time, none is lost, and no flow has packets that the capture does not have.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "capture/capture.h"
#include "fuzz/pieces.h"

struct sum {
	uint64_t flows;
	double packets;
};

static int add(void *arg, const struct flow *f)
{
	struct sum *const s = arg;

	if (f->row != s->flows++ || !(f->ts >= 0) || f->duration <= 0 || f->bytes[ORIG] < 0 || f->bytes[RESP] < 0)
		abort();
	s->packets += f->pkts[ORIG] + f->pkts[RESP];
	return 0;
}

static void few_flows(const struct source_ops *source, const uint8_t *data, size_t size)
{
	struct sum sum = { 0 };
	struct read_report report = { 0 };
	void *s = source->open(&(struct sinks){ .flow = add, .arg = &sum }, &(struct source_options){ .flow_max = 3 }, &report);
	const struct arp_host *h;
	size_t at = 0;

	if (s == NULL)
		abort();
	if (source->feed(s, data, size, NULL) == 0 && source->finish(s, NULL) == 0 &&
	    (sum.flows != report.rows || sum.packets > (double)report.packets))
		abort();
	while ((h = arp_evidence(capture_arp(s), &at)) != NULL)
		if (h->mac_n > 2)
			abort();
	source->close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct source_ops *const source = size >= 4 && memcmp(data, "\x0a\x0d\x0d\x0a", 4) == 0 ? &pcapng_source : &pcap_source;

	same_in_pieces(flowtext, source, data, size);
	few_flows(source, data, size);
	return 0;
}
