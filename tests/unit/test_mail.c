/* mail: what counts as configured, and mails to a real server. */
#include "job/mail.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/config.h"
#include "base/json.h"
#include "lib/cm.h"
#include "lib/smtp.h"

/* ---- settings ---- */

static struct settings settings;

/* mail_configured() with these lines in the file. */
static int configured(const char *lines, struct mail_server *m, struct err *e)
{
	settings_init(&settings, config_table());
	assert_int_equal(settings_parse(&settings, "g.conf", lines, strlen(lines), e), OK);
	return mail_configured(&settings, m, e);
}

static void without_a_recipient_or_an_account_mail_is_not_configured(void **state)
{
	static const char *const lines[] = {
		"",
		"mail_user = a@b\nmail_pass = x",
		"alert_email = me@example.org",
		"alert_email = me@example.org\nmail_server = mail.example.org\nmail_port = 465",
		"alert_email = me@example.org\nmail_server = ''",
	};
	struct mail_server m;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_int_equal(configured(lines[i], &m, &e), 0);
}

static void the_settings_are_taken_over(void **state)
{
	struct mail_server m;
	struct err e;

	(void)state;
	assert_int_equal(configured("alert_email = me@example.org\nmail_user = box@example.org\nmail_pass = secret", &m, &e), 1);
	assert_string_equal(m.host, "smtp.gmail.com");
	assert_int_equal(m.port, 587);
	assert_string_equal(m.from, "box@example.org");
	assert_int_equal(m.tls, MAIL_TLS_AUTO);
	assert_true(m.timeout_seconds > 0);
	assert_int_equal(configured("alert_email = me@x, you@y\nmail_server = 10.0.0.2\nmail_port = 25\nmail_tls = OFF\nmail_user "
				    "= box\nmail_pass = p",
				    &m, &e),
			 1);
	assert_string_equal(m.from, "guardian@localhost");
	assert_int_equal(m.tls, MAIL_TLS_OFF);
	assert_int_equal(configured("alert_email = me@x\nmail_server = 127.0.0.1\nmail_from = iot@home", &m, &e), 1);
	assert_string_equal(m.from, "iot@home");
	assert_null(m.ca_file);
	assert_int_equal(configured("alert_email = me@x\nmail_server = 127.0.0.1\nmail_ca = /etc/ca.pem", &m, &e), 1);
	assert_string_equal(m.ca_file, "/etc/ca.pem");
}

static void wrong_settings_are_named(void **state)
{
	static const struct {
		const char *line, *says;
	} rows[] = {
		{ "mail_server = 127.0.0.1\nalert_email = me", "alert_email: \"me\" is no mail address" },
		{ "mail_server = 127.0.0.1\nalert_email = me@x, you", "\"you\" is no mail address" },
		{ "mail_server = 127.0.0.1\nalert_email = 'a <b@c>'", "is no mail address" },
		{ "mail_server = 127.0.0.1\nalert_email = 'a@b@c'", "is no mail address" },
		{ "mail_server = 127.0.0.1\nalert_email = '@c'", "is no mail address" },
		{ "mail_server = 127.0.0.1\nalert_email = '\xc3\xa4@c'", "is no mail address" },
		{ "mail_server = 127.0.0.1\nalert_email = ','", "no address" },
		{ "alert_email = me@x\nmail_server = 'a/b'", "mail_server" },
		{ "alert_email = me@x\nmail_server = 'a@b'", "mail_server" },
		{ "alert_email = me@x\nmail_server = localhost\nmail_port = 0", "mail_port" },
		{ "alert_email = me@x\nmail_server = localhost\nmail_port = 65536", "mail_port" },
		{ "alert_email = me@x\nmail_server = localhost\nmail_tls = maybe", "none of auto, required, off" },
		{ "alert_email = me@x\nmail_user = me", "mail_pass is not set" },
		{ "alert_email = me@x\nmail_pass = me", "mail_user is not set" },
		{ "alert_email = me@x\nmail_server = localhost\nmail_from = nobody", "mail_from" },
	};
	struct mail_server m;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		e = (struct err){ 0 };
		assert_true(configured(rows[i].line, &m, &e) < 0);
		if (strstr(e.msg, rows[i].says) == NULL)
			print_error("row %zu: %s\n", i, e.msg);
		assert_non_null(strstr(e.msg, rows[i].says));
	}
}

static struct mail_server to_port(unsigned port)
{
	return (struct mail_server){ .host = "127.0.0.1",
				     .port = port,
				     .user = "",
				     .pass = "",
				     .from = "iot@home.example",
				     .to = "me@example.org",
				     .tls = MAIL_TLS_AUTO,
				     .timeout_seconds = 20 };
}

static void what_could_break_out_of_a_header_is_refused_before_anything_is_sent(void **state)
{
	struct mail_server m = to_port(1);
	struct err e;

	(void)state;
	assert_int_equal(mail_send(&m, "a\r\nBcc: x@y", "b", &e), ERR_RANGE);
	assert_int_equal(mail_send(&m, "a\nb", "b", &e), ERR_RANGE);
	m.to = "a@b\r\nDATA";
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_RANGE);
	m.to = "a@b>\tSIZE=1";
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_RANGE);
	m.to = "a@b";
	m.from = "a@b> SIZE=1";
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_RANGE);
	m.from = "a@b";
	m.host = "x/../y";
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_RANGE);
}

/* ---- a server ---- */

#define ARGS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static int need_server(void **state)
{
	(void)state;
	if (!smtp_is_there())
		print_message("skipped: python3-aiosmtpd is not installed (apt-get install python3-aiosmtpd)\n");
	return 0;
}

/* Skips the test that calls it where there is no server. */
static void begin(struct smtp *s, const char *const *args)
{
	if (!smtp_is_there())
		skip();
	smtp_start(s, args);
}

static void text_is(struct json_object *o, const char *key, const char *expected)
{
	const char *text = NULL;
	struct err e;

	assert_int_equal(json_get_string(o, key, &text, &e), OK);
	assert_string_equal(text, expected);
}

static void header_is(struct json_object *mail, const char *name, const char *expected)
{
	struct json_object *headers;

	assert_true(json_object_object_get_ex(mail, "headers", &headers));
	text_is(headers, name, expected);
}

static void a_mail_arrives_as_it_was_meant(void **state)
{
	static const char subject[] = "9 anomalies in H\xc3\xa4user \xe2\x82\xac \xf0\x9f\x8f\xa0 and a name that is too long for "
				      "one encoded word.csv (0.91 %)";
	static const char body[] = ".\n.hidden\n..\nline = 5 \nH\xc3\xa4user\tand tabs\r\n"
				   "a line that is much longer than the seventy-six characters of a quoted-printable line, with "
				   "\xe2\x82\xac in it, and =20 too\n\n"
				   "From here: broken \xff\xfe byte";
	static const char expected[] = ".\n.hidden\n..\nline = 5 \nH\xc3\xa4user\tand tabs\n"
				       "a line that is much longer than the seventy-six characters of a quoted-printable line, "
				       "with \xe2\x82\xac in it, and =20 too\n\n"
				       "From here: broken \xef\xbf\xbd\xef\xbf\xbd byte\n";
	struct smtp s;
	struct mail_server m;
	struct json_object *mail;
	struct err e = { 0 };
	size_t len;
	char *raw;

	(void)state;
	begin(&s, ARGS("--mode", "ok"));
	m = to_port(s.port);
	m.to = "me@example.org, you@example.net,third@example.com";
	assert_int_equal(mail_send(&m, subject, body, &e), OK);
	mail = smtp_mail(&s, 1);
	assert_non_null(mail);
	text_is(mail, "from", "iot@home.example");
	assert_string_equal(json_object_to_json_string_ext(json_object_object_get(mail, "to"), JSON_C_TO_STRING_PLAIN),
			    "[\"me@example.org\",\"you@example.net\",\"third@example.com\"]");
	text_is(mail, "subject", subject);
	text_is(mail, "body", expected);
	header_is(mail, "From", "Home IoT Guardian <iot@home.example>");
	header_is(mail, "To", "me@example.org, you@example.net, third@example.com");
	header_is(mail, "Auto-Submitted", "auto-generated");
	header_is(mail, "MIME-Version", "1.0");
	json_object_put(mail);
	/* lines end with CR LF and are not longer than 78, and all is ASCII */
	raw = file_get(tempdir_file(&s.dir, "1.eml"), &len);
	for (size_t i = 0, column = 0; i < len; i++) {
		assert_true((raw[i] >= 0x20 && raw[i] < 0x7f) || raw[i] == '\r' || raw[i] == '\n');
		assert_true((raw[i] == '\r') == (i + 1 < len && raw[i + 1] == '\n'));
		column = raw[i] == '\r' || raw[i] == '\n' ? 0 : column + 1;
		assert_true(column <= 78);
	}
	assert_non_null(strstr(raw, "Message-ID: <"));
	assert_non_null(strstr(raw, "@home.example>\r\n"));
	free(raw);
	smtp_stop(&s);
}

static void the_date_is_now_and_every_message_has_its_own_id(void **state)
{
	struct smtp s;
	struct mail_server m;
	struct json_object *mail[2], *headers[2];
	const char *date, *id[2];
	struct err e;
	struct tm tm = { 0 };

	(void)state;
	begin(&s, ARGS("--mode", "ok"));
	m = to_port(s.port);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(mail_send(&m, "plain =?UTF-8?Q?=41?= subject", "", &e), OK);
		assert_non_null(mail[i] = smtp_mail(&s, i + 1));
		assert_true(json_object_object_get_ex(mail[i], "headers", &headers[i]));
		assert_int_equal(json_get_string(headers[i], "Message-ID", &id[i], &e), OK);
		/* what looks like an encoded word is text to us, and must be to who reads it */
		text_is(mail[i], "subject", "plain =?UTF-8?Q?=41?= subject");
	}
	assert_string_not_equal(id[0], id[1]);
	assert_int_equal(json_get_string(headers[0], "Date", &date, &e), OK);
	assert_non_null(strptime(date, "%a, %d %b %Y %H:%M:%S +0000", &tm));
	assert_true(labs((long)(timegm(&tm) - time(NULL))) < 120);
	json_object_put(mail[0]);
	json_object_put(mail[1]);
	smtp_stop(&s);
}

static void a_server_that_says_no_is_quoted(void **state)
{
	struct smtp s;
	struct mail_server m;
	struct err e;

	(void)state;
	begin(&s, ARGS("--mode", "refuse"));
	m = to_port(s.port);
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_IO);
	assert_non_null(strstr(e.msg, "refused: 550 5.1.1 <me@example.org>: no such mailbox"));
	assert_non_null(strstr(e.msg, "127.0.0.1:"));
	file_put(tempdir_file(&s.dir, "mode"), "later", 5);
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_IO);
	assert_non_null(strstr(e.msg, "refused: 451 4.3.0 come back later"));
	assert_null(smtp_mail(&s, 1));
	file_put(tempdir_file(&s.dir, "mode"), "ok", 2);
	assert_int_equal(mail_send(&m, "a", "b", &e), OK);
	smtp_stop(&s);
}

static void a_server_that_hangs_costs_no_more_than_the_timeout(void **state)
{
	struct smtp s;
	struct mail_server m;
	struct timespec t[2];
	struct err e;

	(void)state;
	begin(&s, ARGS("--mode", "hang"));
	m = to_port(s.port);
	m.timeout_seconds = 1;
	clock_gettime(CLOCK_MONOTONIC, &t[0]);
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_IO);
	clock_gettime(CLOCK_MONOTONIC, &t[1]);
	assert_non_null(strstr(e.msg, "did not answer within 1 s"));
	assert_true(t[1].tv_sec - t[0].tv_sec < 8);
	smtp_stop(&s);
}

static void a_server_that_is_not_there_is_told(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	/* Bound, not listening: nobody else can get the port, and nobody answers. */
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct mail_server m;
	struct err e;

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	m = to_port(ntohs(a.sin_port));
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_IO);
	assert_non_null(strstr(e.msg, "Failed to connect"));
	close(fd);
}

static void an_account_is_used_over_tls_with_a_certificate_that_is_trusted(void **state)
{
	struct smtp s;
	struct mail_server m;
	struct json_object *mail;
	char ca[TEMPDIR_PATH_MAX];
	struct err e = { 0 };

	(void)state;
	begin(&s, ARGS("--tls", "--user", "box", "--password", "secret"));
	m = to_port(s.port);
	m.user = "box";
	m.pass = "secret";
	/* nobody knows who signed it */
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_IO);
	assert_non_null(strstr(e.msg, "certificate is not trusted"));
	assert_null(smtp_mail(&s, 1));
	m.ca_file = tempdir_file(&s.dir, "none.pem");
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_IO);
	assert_non_null(strstr(e.msg, "none.pem is no file of certificates, or cannot be read"));
	m.ca_file = tempdir_file(&s.dir, "port");
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_IO);
	assert_non_null(strstr(e.msg, "port is no file of certificates, or cannot be read"));
	snprintf(ca, sizeof(ca), "%s", tempdir_file(&s.dir, "cert.pem"));
	m.ca_file = ca;
	assert_int_equal(mail_send(&m, "a", "b", &e), OK);
	assert_non_null(mail = smtp_mail(&s, 1));
	text_is(mail, "user", "box");
	assert_true(json_object_get_boolean(json_object_object_get(mail, "tls")));
	json_object_put(mail);
	m.pass = "wrong";
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_IO);
	assert_non_null(strstr(e.msg, "refused: 535"));
	assert_null(strstr(e.msg, "wrong"));
	smtp_stop(&s);
}

static void the_account_leaves_in_clear_only_when_tls_is_off(void **state)
{
	struct smtp s;
	struct mail_server m;
	struct json_object *mail;
	struct err e = { 0 };

	(void)state;
	begin(&s, ARGS("--user", "box", "--password", "secret", "--clear"));
	m = to_port(s.port);
	m.user = "box";
	m.pass = "secret";
	/* it takes mails only after AUTH, and there is no TLS */
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_IO);
	assert_non_null(strstr(e.msg, "530"));
	m.tls = MAIL_TLS_REQUIRED;
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_IO);
	assert_non_null(strstr(e.msg, "does not offer TLS"));
	assert_null(smtp_mail(&s, 1));
	m.tls = MAIL_TLS_OFF;
	assert_int_equal(mail_send(&m, "a", "b", &e), OK);
	assert_non_null(mail = smtp_mail(&s, 1));
	text_is(mail, "user", "box");
	json_object_put(mail);
	smtp_stop(&s);
}

static void a_server_on_loopback_without_tls_gets_the_mail_without_the_account(void **state)
{
	struct smtp s;
	struct mail_server m;
	struct json_object *mail, *user;
	struct err e = { 0 };

	(void)state;
	begin(&s, ARGS("--mode", "ok"));
	m = to_port(s.port);
	m.user = "box";
	m.pass = "secret";
	assert_int_equal(mail_send(&m, "a", "b", &e), OK);
	assert_non_null(mail = smtp_mail(&s, 1));
	assert_true(json_object_object_get_ex(mail, "user", &user));
	assert_null(user);
	json_object_put(mail);
	/* elsewhere TLS is required without any account too; 127.0.0.1 written so that only getaddrinfo() knows it stands for elsewhere */
	m.user = m.pass = "";
	m.host = "127.1";
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_IO);
	assert_non_null(strstr(e.msg, "does not offer TLS"));
	assert_null(smtp_mail(&s, 2));
	smtp_stop(&s);
}

static void port_465_is_tls_from_the_start(void **state)
{
	static const char host[] = "127.46.5.1";
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(465) };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	char ca[TEMPDIR_PATH_MAX];
	struct smtp s;
	struct mail_server m;
	struct json_object *mail;
	struct err e = { 0 };
	int r;

	(void)state;
	inet_pton(AF_INET, host, &a.sin_addr);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
	r = bind(fd, (struct sockaddr *)&a, sizeof(a));
	close(fd);
	if (r < 0) {
		print_message("skipped: port 465 cannot be had (root only, or in use)\n");
		skip();
	}
	begin(&s, ARGS("--smtps", "--user", "box", "--password", "secret", "--host", host, "--port", "465"));
	m = to_port(465);
	m.host = host;
	m.user = "box";
	m.pass = "secret";
	assert_int_equal(mail_send(&m, "a", "b", &e), ERR_IO);
	assert_non_null(strstr(e.msg, "certificate is not trusted"));
	snprintf(ca, sizeof(ca), "%s", tempdir_file(&s.dir, "cert.pem"));
	m.ca_file = ca;
	assert_int_equal(mail_send(&m, "a", "b", &e), OK);
	assert_non_null(mail = smtp_mail(&s, 1));
	text_is(mail, "user", "box");
	json_object_put(mail);
	smtp_stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_recipient_or_an_account_mail_is_not_configured),
		cmocka_unit_test(the_settings_are_taken_over),
		cmocka_unit_test(wrong_settings_are_named),
		cmocka_unit_test(what_could_break_out_of_a_header_is_refused_before_anything_is_sent),
		cmocka_unit_test(a_mail_arrives_as_it_was_meant),
		cmocka_unit_test(the_date_is_now_and_every_message_has_its_own_id),
		cmocka_unit_test(a_server_that_says_no_is_quoted),
		cmocka_unit_test(a_server_that_hangs_costs_no_more_than_the_timeout),
		cmocka_unit_test(a_server_that_is_not_there_is_told),
		cmocka_unit_test(an_account_is_used_over_tls_with_a_certificate_that_is_trusted),
		cmocka_unit_test(the_account_leaves_in_clear_only_when_tls_is_off),
		cmocka_unit_test(a_server_on_loopback_without_tls_gets_the_mail_without_the_account),
		cmocka_unit_test(port_465_is_tls_from_the_start),
	};

	return cmocka_run_group_tests(tests, need_server, NULL);
}
