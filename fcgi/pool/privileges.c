/* privileges: drop them, and prove that they are gone (Chen, Wagner, Dean: Setuid demystified, 2002: check, do not trust). */
#include "pool/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"

enum { GROUPS_MAX = 256 };

int privileges_find(struct account *a, const char *user, struct err *e)
{
	const struct passwd *p;

	*a = (struct account){ 0 };
	if (geteuid() != 0)
		return OK;
	if (strcmp(user, "root") == 0) {
		log_message(LOG_LEVEL_WARN, "privileges", "the setting user = root: every worker runs as root");
		return OK;
	}
	errno = 0;
	if ((p = getpwnam(user)) == NULL)
		return err_set(e, ERR_NOT_FOUND, "there is no account \"%s\" (setting: user) for the service to run as", user);
	if (p->pw_uid == 0 || p->pw_gid == 0)
		return err_set(e, ERR_RANGE, "the account \"%s\" (setting: user) is root by its number or its group", user);
	if (strlen(p->pw_name) >= sizeof(a->name))
		return err_set(e, ERR_RANGE, "the name of the account \"%s\" (setting: user) is too long", user);
	a->drop = 1;
	memcpy(a->name, p->pw_name, strlen(p->pw_name) + 1);
	a->uid = p->pw_uid;
	a->gid = p->pw_gid;
	return OK;
}

/* Permitted, effective and inheritable; ambient ones go with them. */
static int capabilities(int clear, int *left)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (clear && syscall(SYS_capset, &head, data) < 0)
		return -1;
	if (syscall(SYS_capget, &head, data) < 0)
		return -1;
	*left = 0;
	for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		*left |= (data[i].effective | data[i].permitted | data[i].inheritable) != 0;
	return 0;
}

/* Every call that could bring root back must fail. */
static int is_final(const struct account *a, struct err *e)
{
	const gid_t root_group = 0;
	gid_t groups[GROUPS_MAX];
	uid_t u[3];
	gid_t g[3];
	int n;

	if (getresuid(&u[0], &u[1], &u[2]) < 0 || getresgid(&g[0], &g[1], &g[2]) < 0)
		return err_errno(e, ERR_IO, "cannot read our own ids");
	for (int i = 0; i < 3; i++)
		if (u[i] != a->uid || g[i] != a->gid)
			return err_set(e, ERR_IO, "dropping privileges left uid %u and gid %u", (unsigned)u[i], (unsigned)g[i]);
	if ((n = getgroups(GROUPS_MAX, groups)) < 0)
		return err_errno(e, ERR_IO, "cannot read our own groups");
	for (int i = 0; i < n; i++)
		if (groups[i] == 0)
			return err_set(e, ERR_IO, "the account \"%s\" is in the group root", a->name);
	if (setuid(0) == 0 || seteuid(0) == 0 || setreuid((uid_t)-1, 0) == 0 || setresuid(0, 0, 0) == 0 ||
	    setresuid((uid_t)-1, (uid_t)-1, 0) == 0)
		return err_set(e, ERR_IO, "dropping privileges did not last: uid 0 came back");
	if (setgid(0) == 0 || setegid(0) == 0 || setregid((gid_t)-1, 0) == 0 || setresgid(0, 0, 0) == 0 ||
	    setgroups(1, &root_group) == 0)
		return err_set(e, ERR_IO, "dropping privileges did not last: gid 0 came back");
	return OK;
}

int privileges_drop(const struct account *a, struct err *e)
{
	int left = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_errno(e, ERR_IO, "cannot give up new privileges");
	if (!a->drop)
		return OK;
	if (initgroups(a->name, a->gid) < 0 || setresgid(a->gid, a->gid, a->gid) < 0 || setresuid(a->uid, a->uid, a->uid) < 0)
		return err_errno(e, ERR_IO, "cannot become the account \"%s\"", a->name);
	if (capabilities(1, &left) < 0 || left != 0)
		return err_errno(e, ERR_IO, "cannot give up capabilities");
	return is_final(a, e);
}
