/* url: where the database is and who we are there: mysql://user:password@host:port/database?socket=/path */
#ifndef SQL_URL_H
#define SQL_URL_H

#include "base/err.h"

enum { URL_USER_MAX = 320, URL_PASSWORD_MAX = 512, URL_HOST_MAX = 256, URL_DATABASE_MAX = 256, URL_SOCKET_MAX = 108 };

struct db_url {
	char user[URL_USER_MAX], password[URL_PASSWORD_MAX], host[URL_HOST_MAX], database[URL_DATABASE_MAX];
	char socket[URL_SOCKET_MAX]; /* "": TCP to host and port */
	unsigned port;
};

/*
 * Parts may be percent-encoded. User and database must be there, and a host or a socket; the port is 3306 when it is not given, and
 * the socket wins over host and port. mariadb:// is the same. ERR_FORMAT says what is wrong and shows nothing of the text but the
 * names of options, as a password may stand anywhere in a text that is wrong.
 */
int db_url_parse(struct db_url *u, const char *text, struct err *e);

/* Forget the password. */
void db_url_wipe(struct db_url *u);

#endif
