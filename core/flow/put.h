/*
 * put: values as text, one behind the other, in a buffer that the caller knows to be large enough. Each returns the end of what it
 * wrote; nothing is terminated. What takes a double gives, when it is parsed again, the same double.
 */
#ifndef FLOW_PUT_H
#define FLOW_PUT_H

#include <stdint.h>

#include "flow/ip.h"

enum { PUT_NUMBER = 32, PUT_MAC = 17 }; /* bytes at most; of an address IP_TEXT */

char *put_text(char *p, const char *s);
char *put_count(char *p, uint64_t v);

/* A finite number: whole ones up to 2^53 as digits only, others with 15 to 17 significant digits, as many as it takes. */
char *put_number(char *p, double v);

/* The same with six digits behind the point, where these say it exactly. trim: without zeros at the end. */
char *put_micros(char *p, double v, int trim);

/* As ip_print(). */
char *put_ip(char *p, const struct ip *a);
char *put_mac(char *p, const uint8_t mac[6]);

#endif
