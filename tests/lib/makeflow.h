/* makeflow: a flow in one line, for tests that choose hosts, service and time. */
#ifndef LIB_MAKEFLOW_H
#define LIB_MAKEFLOW_H

#include "flow/flow.h"

/* From host to host, addresses as text, NULL for none, that began at ts: 0.5 s, state SF, 4 packets and 400 bytes there, 5 and 500 back. */
struct flow makeflow(double ts, const char *from, const char *to, uint8_t proto, int32_t port);

#endif
