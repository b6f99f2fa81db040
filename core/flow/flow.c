/* flow: what unset looks like. */
#include "flow/flow.h"

#include <math.h>

void flow_clear(struct flow *f)
{
	*f = (struct flow){
		.ts = NAN,
		.duration = NAN,
		.ip_bytes = { NAN, NAN },
		.port = { PORT_UNSET, PORT_UNSET },
		.proto = PROTO_UNSET,
	};
}
