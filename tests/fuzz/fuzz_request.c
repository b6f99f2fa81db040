/*
 * fuzz_request: CGI parameters with a NUL between them, in the order of the list below. What is accepted keeps what request.h promises, and
 * guard and routes can work on it.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "fuzz/text.h"
#include "http/guard.h"
#include "http/request.h"
#include "http/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "REQUEST_METHOD",      "DOCUMENT_URI", "QUERY_STRING",   "HTTP_HOST",   "HTTP_ORIGIN",
				     "HTTP_SEC_FETCH_SITE", "CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_ACCEPT", "SCRIPT_NAME" };
enum { NAMES = sizeof(names) / sizeof(*names) };

static void nothing(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	(void)c;
	(void)q;
	(void)p;
	(void)s;
}

static const struct route table[] = {
	{ METHOD_GET, "/", nothing, CLASS_PAGES, NULL, "" },
	{ METHOD_POST, "/scan/<id>", nothing, CLASS_PAGES, NULL, "" },
	{ METHOD_GET, "/key/<key>/<id>", nothing, CLASS_PAGES, NULL, "" },
	{ .path = NULL },
};

static const char *get(void *arg, const char *name)
{
	char *const *const values = arg;

	for (size_t i = 0; i < NAMES; i++)
		if (strcmp(names[i], name) == 0)
			return values[i];
	return NULL;
}

static int printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
			return 0;
	return 1;
}

static void check(struct request *q)
{
	const struct route *r;
	struct response s = { 0 };

	assert(q->path[0] == '/' && printable(q->path) && utf8_is_valid(q->path, strlen(q->path)));
	assert(printable(q->query) && printable(q->host) && printable(q->origin) && printable(q->content_type) &&
	       printable(q->accept));
	assert(q->content_length >= -1 && strlen(q->id) == 16);
	response_reset(&s);
	assert((guard_check("localhost [::1]", q, &s) == 0) == (s.body.n == 0));
	r = route_find(table, q, &s);
	assert(r != NULL || s.status == 404 || s.status == 405);
	assert(r == NULL || r->path[1] == '\0' || q->number <= INT64_MAX);
	assert(utf8_is_valid(s.body.n > 0 ? s.body.p : "", s.body.n));
	response_free(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *values[NAMES] = { NULL };
	struct request q;
	struct err e = { 0 };
	size_t at = 0;
	int status;

	for (size_t i = 0; i < NAMES && at < size; i++) {
		values[i] = fuzz_text(data + at, size - at);
		at += strlen(values[i]) + 1;
	}
	if ((status = request_init(&q, get, values, &e)) == 0)
		check(&q);
	else
		assert((status == 400 || status == 414 || status == 431) && e.msg[0] != '\0');
	for (size_t i = 0; i < NAMES; i++)
		free(values[i]);
	return 0;
}
