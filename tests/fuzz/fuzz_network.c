/* fuzz_network: the text form of networks. The first two bytes are steps and features. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/text.h"
#include "nn/network.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(const struct network *a, const struct network *b)
{
	assert(a->steps == b->steps && a->features == b->features && a->layer_n == b->layer_n);
	for (size_t i = 0; i < a->layer_n; i++) {
		const struct layer *x = &a->layer[i], *y = &b->layer[i];

		assert(x->kind == y->kind && x->act == y->act && x->units == y->units && x->last_only == y->last_only);
		assert(x->in_t == y->in_t && x->in_w == y->in_w && x->out_t == y->out_t && x->out_w == y->out_w);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct network net = { 0 }, again;
	char *text, out[2048];
	struct err e = { 0 };

	if (size < 2)
		return 0;
	net.steps = data[0];
	net.features = data[1];
	again = net;
	text = fuzz_text(data + 2, size - 2);
	if (network_parse(&net, text, &e) == OK) {
		size_t len = network_format(&net, out, sizeof(out)), cut = data[0] < len ? data[0] : len;
		char *small = malloc(cut + 1), whole[sizeof(out)];

		assert(len < sizeof(out) && small != NULL);
		assert(network_format(&net, small, cut + 1) == len && strlen(small) == cut && strncmp(small, out, cut) == 0);
		free(small);
		/* The explicit form is longer than what may have been typed, and than what is read. */
		if (len < 1024) {
			assert(network_parse(&again, out, &e) == OK);
			same(&net, &again);
			assert(network_format(&again, whole, sizeof(whole)) == len && strcmp(whole, out) == 0);
		}
		(void)network_is_autoencoder(&net, &e);
		assert(network_param_n(&net) <= 1 << 26);
	} else {
		assert(net.layer_n == 0 && e.code < 0 && e.msg[0] != '\0');
	}
	free(text);
	return 0;
}
