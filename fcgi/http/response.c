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
	const char *word;
} kinds[] = {
	{ ERR_FORMAT, 400, "malformed" },         { ERR_RANGE, 400, "out_of_range" },  { ERR_UNSUPPORTED, 400, "unsupported" },
	{ ERR_USAGE, 400, "bad_request" },        { ERR_NOT_FOUND, 404, "not_found" }, { ERR_CONFLICT, 409, "conflict" },
	{ ERR_UNKNOWN, 415, "unsupported_type" }, { ERR_TOO_LARGE, 413, "too_large" }, { ERR_TOO_FEW, 422, "too_few" },
	{ ERR_UNAVAILABLE, 503, "unavailable" },
};

/* What programs read, where no more is known than the status. nginx says the same words of its own errors. */
static const struct {
	int status;
	const char *word;
} words[] = {
	{ 400, "bad_request" },      { 403, "forbidden" },  { 404, "not_found" }, { 405, "method_not_allowed" },
	{ 406, "not_acceptable" },   { 409, "conflict" },   { 413, "too_large" }, { 414, "address_too_long" },
	{ 415, "unsupported_type" }, { 421, "wrong_host" }, { 422, "unusable" },  { 431, "header_too_large" },
	{ 503, "unavailable" },      { 507, "no_room" },
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
	text_str(&s->body, "{\"error\":\"out of memory\",\"code\":\"failed\"}\n");
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

static const char *word_of(int status, int err_code)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].code == err_code && kinds[i].status == status)
			return kinds[i].word;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i].status == status)
			return words[i].word;
	return status < 500 ? "bad_request" : "failed";
}

static int add_words(struct json_object *o, int status, int err_code, const char *message)
{
	return o != NULL && json_object_object_add(o, "error", json_text(message)) == 0 &&
	       json_object_object_add(o, "code", json_object_new_string(word_of(status, err_code))) == 0;
}

static int add_err(struct json_object *o, int status, const struct err *e)
{
	int done = add_words(o, status, e->code, e->msg);

	if (done && e->field[0] != '\0')
		done = json_object_object_add(o, "field", json_text(e->field)) == 0;
	if (done && e->line > 0)
		done = json_object_object_add(o, "line", json_count(e->line)) == 0;
	if (done && e->column > 0)
		done = json_object_object_add(o, "column", json_count(e->column)) == 0;
	return done;
}

/* o has what there is to say, or memory is out. */
static void send_error(struct response *s, int status, struct json_object *o, int whole)
{
	if (whole) {
		response_json(s, status, o);
	} else {
		json_object_put(o);
		s->content_type = application_json;
		out_of_memory(s);
	}
	if (status == 503)
		text_str(&s->headers, "Retry-After: 5\r\n");
}

void response_error(struct response *s, int status, const char *fmt, ...)
{
	struct json_object *const o = json_object_new_object();
	char message[MESSAGE_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	send_error(s, status, o, add_words(o, status, OK, message));
}

int response_status_of(int err_code)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (kinds[i].code == err_code)
			return kinds[i].status;
	return 500;
}

void response_err_as(struct response *s, int status, const struct err *e, struct json_object *more)
{
	struct json_object *const o = json_object_new_object();
	const int code = status != 0 ? status : response_status_of(e->code), whole = add_err(o, code, e);

	if (whole)
		json_move_members(o, more);
	else
		json_object_put(more);
	send_error(s, code, o, whole);
}

void response_err(struct response *s, const struct err *e)
{
	response_err_as(s, 0, e, NULL);
}
