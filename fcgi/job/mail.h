/* mail: one message to an SMTP server, by libcurl. */
#ifndef JOB_MAIL_H
#define JOB_MAIL_H

#include "base/err.h"
#include "base/settings.h"

struct mail_server {
	const char *host, *user, *pass, *from, *to; /* to: one or more addresses, separated by commas */
	unsigned port;
	int tls; /* MAIL_TLS_* */
	unsigned timeout_seconds;
	const char *ca_file; /* certificates to trust instead of the system's, PEM; NULL: the system's */
};
enum { MAIL_TLS_AUTO, MAIL_TLS_REQUIRED, MAIL_TLS_OFF };

/*
 * From the settings. 1: mail is configured; 0: it is not (no alert_email, or a server on port 587 or 465 elsewhere, which wants an
 * account, and none given); ERR_* what is wrong. Texts are borrowed from s.
 */
int mail_configured(const struct settings *s, struct mail_server *out, struct err *e);

/*
 * Send; blocks for timeout_seconds at most (1 or more). subject and body are UTF-8. Line breaks in any header value are refused
 * (header injection). ERR_IO with the server's word.
 *
 * TLS (STARTTLS, or from the start on port 465) with a certificate that is trusted is required, except when tls is off, and by auto
 * on loopback. The account leaves in clear only when tls is off: a server on loopback that has no TLS gets the mail without it.
 */
int mail_send(const struct mail_server *m, const char *subject, const char *body, struct err *e);

#endif
