/*
 * say: numbers as people read them, for sentences. Each fills out[SAY] and returns it.
 */
#ifndef FLOW_SAY_H
#define FLOW_SAY_H

#include <stdint.h>

#include "flow/ip.h"

enum { SAY = 64 };

const char *say_count(char out[SAY], uint64_t n);       /* "1,204" */
const char *say_bytes(char out[SAY], double bytes);     /* "812 bytes", "4.1 MB": powers of 1000; finite, >= 0 */
const char *say_seconds(char out[SAY], double seconds); /* "0.5 s", "60 s", "25 min", "3.5 h", "12 days"; finite, >= 0 */
const char *say_end(char out[SAY], const struct ip *a,
		    int32_t port); /* "192.0.2.7:443", "[2001:db8::7]:443"; the port may be unset */

#endif
