/* mail_message: a message as RFC 5322 and MIME want it: plain text in UTF-8, quoted-printable, lines that end with CR LF. */
#ifndef JOB_MAIL_MESSAGE_H
#define JOB_MAIL_MESSAGE_H

#include <time.h>

#include "base/text.h"

struct mail_message {
	const char *from;      /* an address, checked */
	const char *const *to; /* [to_n], likewise */
	size_t to_n;
	const char *subject; /* without line breaks */
	const char *body;    /* lines end with LF or CR LF */
	time_t when;
	const char *id; /* of the Message-ID, before its '@' */
};

/* Appended to out; subject and body become valid UTF-8. Leading dots are left to the sender. */
void mail_message_write(const struct mail_message *m, struct text *out);

#endif
