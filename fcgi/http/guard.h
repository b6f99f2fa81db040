/* guard: requests that are refused whatever they ask for. */
#ifndef HTTP_GUARD_H
#define HTTP_GUARD_H

#include "http/request.h"
#include "http/response.h"

/*
 * 0 to go on, or -1 with the answer in s. `hosts`: names separated by blanks, "*" allows all.
 * 421 when Host (without port) is not one of them: a page of another name that points here (DNS rebinding).
 * 403 when a method other than GET and HEAD comes from another site: Sec-Fetch-Site is cross-site or same-site, or Origin is there
 * and names another host than Host.
 */
int guard_check(const char *hosts, const struct request *q, struct response *s);

#endif
