/* accept: which of the forms that an address has suits the client best (RFC 9110, 12.5.1). */
#ifndef HTTP_ACCEPT_H
#define HTTP_ACCEPT_H

#include <stddef.h>

/*
 * offered[n]: media types without parameters, ours first. The index of the one with the highest quality in the value of Accept; of equal ones
 * the first. 0 for "" (no such header). n: none is acceptable.
 */
size_t accept_best(const char *accept, const char *const *offered, size_t n);

#endif
