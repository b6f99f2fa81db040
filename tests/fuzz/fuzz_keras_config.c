/* fuzz_keras_config: config.json from anybody. What is accepted must be a network that the rest can rely on. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/keras_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct keras_config c;
	struct err e = { 0 };
	char text[1024];

	if (keras_config_read(&c, (const char *)data, len, &e) < 0) {
		if (e.code >= 0 || e.msg[0] == '\0' || memchr(e.msg, '\0', sizeof(e.msg)) == NULL)
			abort();
		return 0;
	}
	if (network_shape(&c.net, &e) < 0 || network_format(&c.net, text, sizeof(text)) == 0)
		abort();
	for (size_t i = 0; i < c.net.layer_n; i++)
		if ((layer_param_n(&c.net.layer[i]) != 0) != (c.layer[i].path[0] != '\0'))
			abort();
	return 0;
}
