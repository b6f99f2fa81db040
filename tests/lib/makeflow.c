/* makeflow: see makeflow.h. */
#include "lib/makeflow.h"

#include <string.h>

#include "lib/cm.h"

struct flow makeflow(double ts, const char *from, const char *to, uint8_t proto, int32_t port)
{
	const char *const text[2] = { from, to };
	struct flow f;

	flow_clear(&f);
	f.ts = ts;
	f.duration = 0.5;
	f.proto = proto;
	f.state = CONN_SF;
	f.port[ORIG] = 40000;
	f.port[RESP] = port;
	for (int i = 0; i < 2; i++) {
		f.pkts[i] = 4 + i;
		f.bytes[i] = 100 * f.pkts[i];
		if (text[i] != NULL)
			assert_int_equal(ip_parse(text[i], strlen(text[i]), &f.host[i]), 0);
	}
	return f;
}
