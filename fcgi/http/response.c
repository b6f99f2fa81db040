/* response: the answers themselves. What is sent before them is made in response_head.c, values of JSON in json_value.c. */
#include "http/response.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"

enum { MESSAGE_SIZE = 1024 };

static const char application_json[] = "application/json";

/* Others are 500. */
static const struct {
	int code, status;
} statuses[] = {
	{ ERR_FORMAT, 400 },    { ERR_RANGE, 400 },    { ERR_UNSUPPORTED, 400 }, { ERR_USAGE, 400 },
	{ ERR_NOT_FOUND, 404 }, { ERR_CONFLICT, 409 }, { ERR_UNAVAILABLE, 503 },
	{ ERR_UNKNOWN, 415 },   { ERR_TOO_LARGE, 413 }, { ERR_TOO_FEW, 422 },
};

void response_reset(struct response *s)
{
	s->status = 200;
	s->content_type = application_json;
	text_clear(&s->headers);
	text_clear(&s->body);
}

void response_free(struct response *s)
{
	text_free(&s->headers);
	text_free(&s->body);
}

/* Memory is out: an answer that takes hardly any. */
static void out_of_memory(struct response *s)
{
	s->status = 500;
	text_free(&s->body);
	text_str(&s->body, "{\"error\":\"out of memory\"}\n");
}

/* JSON is UTF-8 whatever its strings were made of: bytes that are none can only stand in strings. */
static void add_utf8(struct text *t, const char *s, size_t n)
{
	for (size_t i = 0, valid = 0, k; i < n; i += k) {
		uint32_t code;

		k = utf8_next(s + i, n - i, &code);
		if (code == UTF8_INVALID) {
			text_add(t, s + valid, i - valid);
			text_str(t, "\xef\xbf\xbd");
			valid = i + k;
		}
		if (i + k == n)
			text_add(t, s + valid, n - valid);
	}
}

void response_json(struct response *s, int status, struct json_object *o)
{
	size_t n = 0;
	const char *const text =
		o != NULL ? json_object_to_json_string_length(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &n)
			  : NULL;

	s->status = status;
	s->content_type = application_json;
	text_clear(&s->body);
	if (text != NULL) {
		add_utf8(&s->body, text, n);
		text_str(&s->body, "\n");
	}
	json_object_put(o);
	if (text == NULL || s->body.failed)
		out_of_memory(s);
}

void response_error(struct response *s, int status, const char *fmt, ...)
{
	struct json_object *const o = json_object_new_object();
	char message[MESSAGE_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	if (o != NULL && json_object_object_add(o, "error", json_text(message)) == 0) {
		response_json(s, status, o);
		return;
	}
	json_object_put(o);
	s->content_type = application_json;
	out_of_memory(s);
}

int response_status_of(int err_code)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		if (statuses[i].code == err_code)
			return statuses[i].status;
	return 500;
}

void response_err(struct response *s, const struct err *e)
{
	const int status = response_status_of(e->code);

	response_error(s, status, "%s", e->msg);
	if (status == 503)
		text_str(&s->headers, "Retry-After: 5\r\n");
}
