/* privileges: from root to the user of the service, for good. */
#ifndef POOL_PRIVILEGES_H
#define POOL_PRIVILEGES_H

#include <sys/types.h>

#include "base/err.h"

struct account {
	int drop; /* 0: we are nobody special, or shall stay root */
	char name[64];
	uid_t uid;
	gid_t gid;
};

/* Whom we shall become. Started by root: the account `user`; "root" itself is kept with a warning in the log. Else: nobody. */
int privileges_find(struct account *a, const char *user, struct err *e);

/*
 * Become it: groups, gid, uid, no capabilities, and no new privileges by running other programs. Then prove it: ERR_IO when any way
 * back is left.
 */
int privileges_drop(const struct account *a, struct err *e);

#endif
