/* smtp: a real SMTP server for a test: tests/lib/smtp_server.py in a folder of its own. */
#ifndef LIB_SMTP_H
#define LIB_SMTP_H

#include <sys/types.h>

#include <json-c/json.h>

#include "lib/tempdir.h"

struct smtp {
	struct tempdir dir;
	pid_t pid;
	int input; /* what keeps it alive */
	unsigned port;
};

/* Whether there is a Python that has aiosmtpd. */
int smtp_is_there(void);

/* Start with further arguments, up to a NULL; ready when it returns. */
void smtp_start(struct smtp *s, const char *const *args);
void smtp_stop(struct smtp *s);

/* What it knows of its n-th mail, from 1; NULL when there is none. To be released. */
struct json_object *smtp_mail(struct smtp *s, int n);

#endif
