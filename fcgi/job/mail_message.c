/* mail_message: headers, then the body. */
#include "job/mail_message.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum {
	LINE_MAX_QP = 76,   /* characters of a quoted-printable line, with the '=' at its end (RFC 2045 6.7) */
	SUBJECT_PLAIN = 69, /* so that "Subject: " and it are 78 characters (RFC 5322 2.1.1) */
	WORD_BYTES = 39,    /* of text in an encoded word, so that the first line has 76 characters (RFC 2047 2) */
};

/* RFC 5322 3.3. strftime() would use the locale's names. */
static void add_date(struct text *out, time_t when)
{
	static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm = { 0 };

	gmtime_r(&when, &tm);
	text_printf(out, "Date: %.3s, %d %.3s %d %02d:%02d:%02d +0000\r\n", days + 3 * (tm.tm_wday % 7), tm.tm_mday,
		    months + 3 * (tm.tm_mon % 12), tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void add_base64(struct text *out, const char *data, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		uint32_t bits = 0;
		char four[5] = "====";

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 | (i + k < n ? (unsigned char)data[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			if (k == 0 || i + k - 1 < n)
				four[k] = digits[bits >> (18 - 6 * k) & 63];
		text_str(out, four);
	}
}

/* Words of RFC 2047, each of whole characters, each on a line of its own. */
static void add_encoded_words(struct text *out, const char *s, size_t n)
{
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n;) {
			uint32_t code;
			const size_t k = utf8_next(s + end, n - end, &code);

			if (end + k - i > WORD_BYTES)
				break;
			end += k;
		}
		text_str(out, i > 0 ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
		add_base64(out, s + i, end - i);
		text_str(out, "?=");
	}
}

/* What looks like an encoded word would be decoded by who reads it: that is encoded too. */
static int is_plain(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < 0x20 || s[i] > 0x7e)
			return 0;
	return n <= SUBJECT_PLAIN && strstr(s, "=?") == NULL;
}

/* `controls` as in utf8_clean(). To be freed; NULL when memory is out. */
static char *cleaned(const char *s, int controls, size_t *n)
{
	const size_t len = strlen(s);
	char *const copy = malloc(3 * len + 1);

	if (copy != NULL)
		*n = utf8_clean(copy, 3 * len + 1, len, controls, s, len);
	return copy;
}

static void add_subject(struct text *out, const char *subject)
{
	size_t n;
	char *const s = cleaned(subject, 0, &n);

	if (s == NULL) {
		out->failed = 1;
		return;
	}
	text_str(out, "Subject: ");
	if (is_plain(s, n))
		text_add(out, s, n);
	else
		add_encoded_words(out, s, n);
	text_str(out, "\r\n");
	free(s);
}

/* One line, without its end. Blanks at its end are encoded: mail servers may drop them. */
static void add_quoted_line(struct text *out, const char *s, size_t n)
{
	size_t column = 0;

	for (size_t i = 0; i < n; i++) {
		const unsigned char c = (unsigned char)s[i];
		const int last = i + 1 == n, literal = (c >= 0x20 && c <= 0x7e && c != '=' && !(last && c == ' '));
		const size_t width = literal ? 1 : 3;

		if (column + width > (size_t)LINE_MAX_QP - !last) {
			text_str(out, "=\r\n");
			column = 0;
		}
		if (literal)
			text_add(out, &s[i], 1);
		else
			text_printf(out, "=%02X", c);
		column += width;
	}
	text_str(out, "\r\n");
}

static void add_body(struct text *out, const char *body)
{
	size_t n, i = 0;
	char *const s = cleaned(body, 1, &n);

	if (s == NULL) {
		out->failed = 1;
		return;
	}
	while (i < n) {
		const char *const newline = memchr(s + i, '\n', n - i);
		const size_t len = newline != NULL ? (size_t)(newline - s) - i : n - i;

		add_quoted_line(out, s + i, len > 0 && s[i + len - 1] == '\r' ? len - 1 : len);
		i += len + 1;
	}
	free(s);
}

void mail_message_write(const struct mail_message *m, struct text *out)
{
	const char *const at = strrchr(m->from, '@');

	add_date(out, m->when);
	text_printf(out, "Message-ID: <%s@%s>\r\n", m->id, at != NULL ? at + 1 : "localhost");
	text_printf(out, "From: Home IoT Guardian <%s>\r\nTo: ", m->from);
	for (size_t i = 0; i < m->to_n; i++)
		text_printf(out, "%s<%s>", i > 0 ? ",\r\n " : "", m->to[i]);
	text_str(out, "\r\n");
	add_subject(out, m->subject);
	text_str(out, "Auto-Submitted: auto-generated\r\n" /* so that no absence note answers (RFC 3834) */
		      "MIME-Version: 1.0\r\n"
		      "Content-Type: text/plain; charset=utf-8\r\n"
		      "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	add_body(out, m->body);
}
