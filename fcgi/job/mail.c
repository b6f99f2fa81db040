/* mail: what the settings say, checked, and a conversation with the server that libcurl leads. */
#include "job/mail.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <time.h>

#include "job/mail_message.h"

enum {
	ADDRESS_MAX = 254, /* RFC 5321 4.5.3.1.3 */
	RECIPIENTS_MAX = 16,
	HOST_MAX = 253,
	PORT_SMTPS = 465,
	PORT_SUBMISSION = 587,
	TIMEOUT_SECONDS = 30,
	REPLY_SIZE = 200,
};

static const char *const tls_words[] = { [MAIL_TLS_AUTO] = "auto", [MAIL_TLS_REQUIRED] = "required", [MAIL_TLS_OFF] = "off" };

/* ---- checks ---- */

static int has_control(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return 1;
	return 0;
}

/* local@domain in the characters that need no quoting (RFC 5322 3.2.3); nothing that could end a header or an SMTP command. */
static int check_address(const char *what, const char *s, struct err *e)
{
	static const char local[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+-/=?^_`{|}~",
			  domain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-[]:";
	const size_t before = strspn(s, local), after = s[before] == '@' ? strspn(s + before + 1, domain) : 0;

	if (before == 0 || after == 0 || s[before + 1 + after] != '\0' || before + 1 + after > ADDRESS_MAX)
		return err_set(e, ERR_RANGE, "%s: \"%.80s\" is no mail address such as name@example.org", what, s);
	return OK;
}

/* Addresses of a list, in place. */
struct recipients {
	char text[SETTING_TEXT_MAX + 1];
	const char *address[RECIPIENTS_MAX];
	size_t n;
};

static int split_recipients(struct recipients *r, const char *list, struct err *e)
{
	char *rest = NULL;
	int code;

	r->n = 0;
	if (strlen(list) >= sizeof(r->text) || has_control(list))
		return err_set(e, ERR_RANGE, "alert_email is too long or has a line break or another control character");
	strcpy(r->text, list);
	for (char *p = strtok_r(r->text, ", ", &rest); p != NULL; p = strtok_r(NULL, ", ", &rest)) {
		if (r->n == RECIPIENTS_MAX)
			return err_set(e, ERR_RANGE, "alert_email has more than %d addresses", RECIPIENTS_MAX);
		if ((code = check_address("alert_email", p, e)) < 0)
			return code;
		r->address[r->n++] = p;
	}
	return r->n > 0 ? OK : err_set(e, ERR_RANGE, "alert_email has no address");
}

/* A name or an address, with or without the brackets of IPv6: it becomes a part of a URL. */
static int check_host(const char *host, struct err *e)
{
	const size_t n = strlen(host);

	if (n == 0 || n > HOST_MAX || strspn(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]") != n)
		return err_set(e, ERR_RANGE,
			       "mail_server: \"%.80s\" is no name or address of a server; the port is set by mail_port", host);
	return OK;
}

static int is_loopback(const char *host)
{
	struct in6_addr six;
	struct in_addr four;
	char bare[INET6_ADDRSTRLEN] = "";

	if (host[0] == '[' && strlen(host) < sizeof(bare))
		snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(host + 1, "]"), host + 1);
	else
		snprintf(bare, sizeof(bare), "%s", host);
	if (inet_pton(AF_INET, bare, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	if (inet_pton(AF_INET6, bare, &six) == 1)
		return IN6_IS_ADDR_LOOPBACK(&six);
	return strcasecmp(host, "localhost") == 0;
}

static int check(const struct mail_server *m, struct recipients *r, struct err *e)
{
	int code;

	if ((code = split_recipients(r, m->to, e)) < 0 || (code = check_host(m->host, e)) < 0 ||
	    (code = check_address("mail_from", m->from, e)) < 0)
		return code;
	if (has_control(m->user) || has_control(m->pass))
		return err_set(e, ERR_RANGE, "mail_user or mail_pass has a control character");
	if ((m->user[0] == '\0') != (m->pass[0] == '\0'))
		return err_set(e, ERR_RANGE, "mail_user and mail_pass belong together; %s is not set",
			       m->user[0] == '\0' ? "mail_user" : "mail_pass");
	return OK;
}

int mail_configured(const struct settings *s, struct mail_server *out, struct err *e)
{
	const char *const tls = settings_text(s, "mail_tls"), *const ca = settings_text(s, "mail_ca");
	struct mail_server m = {
		.host = settings_text(s, "mail_server"),
		.user = settings_text(s, "mail_user"),
		.pass = settings_text(s, "mail_pass"),
		.from = settings_text(s, "mail_from"),
		.to = settings_text(s, "alert_email"),
		.timeout_seconds = TIMEOUT_SECONDS,
		.ca_file = ca[0] != '\0' ? ca : NULL,
	};
	struct recipients ignored;
	size_t port;
	int r;

	if (m.to[0] == '\0' || m.host[0] == '\0')
		return 0;
	if (m.from[0] == '\0')
		m.from = strchr(m.user, '@') != NULL ? m.user : "guardian@localhost";
	while (m.tls <= MAIL_TLS_OFF && strcasecmp(tls, tls_words[m.tls]) != 0)
		m.tls++;
	if (m.tls > MAIL_TLS_OFF)
		return err_set(e, ERR_RANGE, "mail_tls: \"%.40s\" is none of auto, required, off", tls);
	if ((r = settings_size(s, "mail_port", 1, 65535, &port, e)) < 0 || (r = check(&m, &ignored, e)) < 0)
		return r;
	m.port = (unsigned)port;
	/* These ports are for the submission of mails by people with an account (RFC 6409, RFC 8314). */
	if (m.user[0] == '\0' && !is_loopback(m.host) && (port == PORT_SUBMISSION || port == PORT_SMTPS))
		return 0;
	*out = m;
	return 1;
}

/* ---- the conversation ---- */

/* What one try needs. */
struct delivery {
	const struct mail_server *server;
	const struct recipients *to;
	const struct text *message;
	size_t sent;
	char refusal[REPLY_SIZE]; /* the server's last word, when it was a no */
};

static size_t give(char *buf, size_t size, size_t n, void *arg)
{
	struct delivery *const d = arg;
	const size_t left = d->message->n - d->sent, take = size * n < left ? size * n : left;

	memcpy(buf, d->message->p + d->sent, take);
	d->sent += take;
	return take;
}

/* libcurl calls this for every line of the server. What it says to our QUIT (221) is not its word on the mail. */
static size_t hear(char *line, size_t size, size_t n, void *arg)
{
	struct delivery *const d = arg;
	size_t len = size * n;

	while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == '\n'))
		len--;
	if (len > 0 && (line[0] == '4' || line[0] == '5'))
		snprintf(d->refusal, sizeof(d->refusal), "%.*s", (int)(len < sizeof(d->refusal) ? len : sizeof(d->refusal)), line);
	else if (len < 3 || memcmp(line, "221", 3) != 0)
		d->refusal[0] = '\0';
	return size * n;
}

/* CURLcodes add up: any that is not 0 means that the handle cannot be trusted. */
static unsigned set_options(CURL *c, struct delivery *d, const struct curl_slist *to, int tls, int account, unsigned seconds)
{
	const struct mail_server *const m = d->server;
	const int smtps = m->port == PORT_SMTPS && tls, bare_six = m->host[0] != '[' && strchr(m->host, ':') != NULL;
	char url[HOST_MAX + 32], from[ADDRESS_MAX + 3];
	unsigned bad = 0;

	snprintf(url, sizeof(url), "%s://%s%s%s:%u", smtps ? "smtps" : "smtp", bare_six ? "[" : "", m->host, bare_six ? "]" : "",
		 m->port);
	snprintf(from, sizeof(from), "<%s>", m->from);
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_URL, url);
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_PROXY, "");
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)seconds);
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)seconds);
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (m->ca_file != NULL)
		bad |= (unsigned)curl_easy_setopt(c, CURLOPT_CAINFO, m->ca_file);
	if (account) {
		bad |= (unsigned)curl_easy_setopt(c, CURLOPT_USERNAME, m->user);
		bad |= (unsigned)curl_easy_setopt(c, CURLOPT_PASSWORD, m->pass);
	}
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_MAIL_FROM, from);
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to);
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_READFUNCTION, give);
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_READDATA, d);
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, hear);
	bad |= (unsigned)curl_easy_setopt(c, CURLOPT_HEADERDATA, d);
	return bad;
}

static struct curl_slist *list_of(const struct recipients *to)
{
	char address[ADDRESS_MAX + 3];
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < to->n; i++) {
		struct curl_slist *longer;

		snprintf(address, sizeof(address), "<%s>", to->address[i]);
		if ((longer = curl_slist_append(list, address)) == NULL) {
			curl_slist_free_all(list);
			return NULL;
		}
		list = longer;
	}
	return list;
}

/* What went wrong, in the server's words where it has any. */
static int explain(const struct delivery *d, CURLcode code, unsigned seconds, const char *detail, struct err *e)
{
	const struct mail_server *const m = d->server;

	if (code == CURLE_OPERATION_TIMEDOUT)
		return err_set(e, ERR_IO, "mail server %.80s:%u did not answer within %u s", m->host, m->port, seconds);
	if (code == CURLE_USE_SSL_FAILED)
		return err_set(e, ERR_IO,
			       "mail server %.80s:%u does not offer TLS; nothing was sent (mail_tls = off sends in clear)", m->host,
			       m->port);
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		return err_set(e, ERR_IO, "mail server %.80s:%u: its certificate is not trusted: %.100s", m->host, m->port, detail);
	if (code == CURLE_SSL_CACERT_BADFILE)
		return err_set(e, ERR_IO, "mail_ca: %.200s is no file of certificates, or cannot be read", m->ca_file != NULL ? m->ca_file : "");
	if (d->refusal[0] != '\0')
		return err_set(e, ERR_IO, "mail server %.80s:%u refused: %.160s", m->host, m->port, d->refusal);
	return err_set(e, ERR_IO, "mail server %.80s:%u: %.160s", m->host, m->port,
		       detail[0] != '\0' ? detail : curl_easy_strerror(code));
}

static int attempt(struct delivery *d, int tls, int account, unsigned seconds, CURLcode *code, struct err *e)
{
	char detail[CURL_ERROR_SIZE] = "";
	struct curl_slist *const to = list_of(d->to);
	CURL *const c = curl_easy_init();
	int r;

	*code = CURLE_OK;
	d->sent = 0;
	d->refusal[0] = '\0';
	if (c == NULL || to == NULL || set_options(c, d, to, tls, account, seconds) != 0 ||
	    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, detail) != CURLE_OK) {
		r = err_set(e, ERR_NOMEM, "libcurl cannot prepare a mail; is it out of memory?");
		goto out;
	}
	*code = curl_easy_perform(c);
	r = *code == CURLE_OK ? OK : explain(d, *code, seconds, detail, e);
out:
	curl_easy_cleanup(c);
	curl_slist_free_all(to);
	return r;
}

/*
 * TLS is required except where mail_tls is off, and on loopback without an account. With an account on loopback TLS is tried first; a
 * server there that has none gets the mail without the account: the password leaves in clear only when mail_tls is off.
 */
static int deliver(struct delivery *d, struct err *e)
{
	const struct mail_server *const m = d->server;
	const int account = m->user[0] != '\0', local = m->tls == MAIL_TLS_AUTO && is_loopback(m->host);
	const int tls = m->tls != MAIL_TLS_OFF && (!local || account || m->port == PORT_SMTPS);
	const time_t start = time(NULL);
	CURLcode code;
	int r = attempt(d, tls, account, m->timeout_seconds, &code, e);
	time_t spent;

	if (r == OK || !local || code != CURLE_USE_SSL_FAILED)
		return r;
	spent = time(NULL) - start;
	if (spent < 0 || spent >= (time_t)m->timeout_seconds)
		return r;
	return attempt(d, 0, 0, m->timeout_seconds - (unsigned)spent, &code, e);
}

int mail_send(const struct mail_server *m, const char *subject, const char *body, struct err *e)
{
	struct text message = { 0 };
	struct recipients to;
	unsigned char random[12] = { 0 };
	char id[2 * sizeof(random) + 1];
	int r;

	if ((r = check(m, &to, e)) < 0)
		return r;
	if (has_control(subject))
		return err_set(e, ERR_RANGE, "the subject of a mail has a line break or another control character");
	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return err_errno(e, ERR_IO, "cannot make a Message-ID");
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(id + 2 * i, 3, "%02x", random[i]);
	mail_message_write(&(struct mail_message){ .from = m->from,
						   .to = to.address,
						   .to_n = to.n,
						   .subject = subject,
						   .body = body,
						   .when = time(NULL),
						   .id = id },
			   &message);
	r = message.failed ? err_set(e, ERR_NOMEM, "out of memory")
			   : deliver(&(struct delivery){ .server = m, .to = &to, .message = &message }, e);
	text_free(&message);
	return r;
}
