/* request: a table of what is taken from the CGI parameters. */
#include "http/request.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/utf8.h"

enum { STATUS_BAD = 400, STATUS_URI_TOO_LONG = 414, STATUS_HEADER_TOO_LARGE = 431, DRAIN_PIECE = 16384 };

static const struct {
	const char *cgi, *header; /* header: for messages */
	size_t offset, size;
	int too_long; /* status */
} texts[] = {
	{ "QUERY_STRING", "the query", offsetof(struct request, query), QUERY_MAX_BYTES, STATUS_URI_TOO_LONG },
	{ "HTTP_HOST", "Host", offsetof(struct request, host), HEADER_MAX_BYTES, STATUS_HEADER_TOO_LARGE },
	{ "HTTP_ORIGIN", "Origin", offsetof(struct request, origin), HEADER_MAX_BYTES, STATUS_HEADER_TOO_LARGE },
	{ "HTTP_SEC_FETCH_SITE", "Sec-Fetch-Site", offsetof(struct request, fetch_site), HEADER_MAX_BYTES,
	  STATUS_HEADER_TOO_LARGE },
	{ "CONTENT_TYPE", "Content-Type", offsetof(struct request, content_type), HEADER_MAX_BYTES, STATUS_HEADER_TOO_LARGE },
	{ "HTTP_ACCEPT", "Accept", offsetof(struct request, accept), HEADER_MAX_BYTES, STATUS_HEADER_TOO_LARGE },
	{ "HTTP_IF_NONE_MATCH", "If-None-Match", offsetof(struct request, if_none_match), HEADER_MAX_BYTES,
	  STATUS_HEADER_TOO_LARGE },
	{ "HTTP_IDEMPOTENCY_KEY", "Idempotency-Key", offsetof(struct request, idempotency_key), HEADER_MAX_BYTES,
	  STATUS_HEADER_TOO_LARGE },
};

static const char *const methods[] = {
	[METHOD_GET] = "GET", [METHOD_HEAD] = "HEAD",   [METHOD_POST] = "POST",
	[METHOD_PUT] = "PUT", [METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE",
};

const char *method_name(enum method m)
{
	return (size_t)m < METHOD_OTHER ? methods[m] : "OTHER";
}

static void make_id(char id[static 17])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char random[8];
	struct timespec now;

	if (getrandom(random, sizeof(random), GRND_NONBLOCK) != sizeof(random)) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		for (size_t i = 0; i < sizeof(random); i++) /* an id is a name for people, not a secret */
			random[i] = (unsigned char)((uint64_t)(now.tv_nsec ^ now.tv_sec << 30) >> 8 * i);
	}
	for (size_t i = 0; i < sizeof(random); i++) {
		id[2 * i] = hex[random[i] >> 4];
		id[2 * i + 1] = hex[random[i] & 15];
	}
	id[16] = '\0';
}

static int refuse(struct err *e, int status, const char *what, const char *why)
{
	err_set(e, status == STATUS_BAD ? ERR_FORMAT : ERR_RANGE, "%s %s", what, why);
	return status;
}

/* Text that came with the request, into out[size]. A tab is legal in a header. */
static int take(char *out, size_t size, const char *what, const char *text, int too_long, struct err *e)
{
	const size_t n = strlen(text);

	if (n >= size) {
		err_set(e, ERR_RANGE, "%s is longer than %zu bytes", what, size - 1);
		return too_long;
	}
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)text[i] < 0x20 && text[i] != '\t') || text[i] == 0x7f)
			return refuse(e, STATUS_BAD, what, "has a control character");
	memcpy(out, text, n + 1);
	return 0;
}

static int take_method(struct request *q, const char *name, struct err *e)
{
	size_t m = 0;

	if (name == NULL || *name == '\0')
		return refuse(e, STATUS_BAD, "the method", "is missing");
	while (m < METHOD_OTHER && strcmp(name, methods[m]) != 0)
		m++;
	q->method = (enum method)m;
	return 0;
}

static int take_path(struct request *q, cgi_param get, void *arg, struct err *e)
{
	const char *path = get(arg, "DOCUMENT_URI");
	int status;

	if (path == NULL || *path == '\0')
		path = get(arg, "SCRIPT_NAME");
	if (path == NULL || *path != '/')
		return refuse(e, STATUS_BAD, "the path", "does not start with '/'");
	if ((status = take(q->path, sizeof(q->path), "the path", path, STATUS_URI_TOO_LONG, e)) != 0)
		return status;
	if (strchr(path, '\t') != NULL)
		return refuse(e, STATUS_BAD, "the path", "has a control character");
	return utf8_is_valid(path, strlen(path)) ? 0 : refuse(e, STATUS_BAD, "the path", "is not UTF-8");
}

/* Absent and empty are unknown: nginx sends an empty one with GET and with chunked bodies. */
static int take_length(struct request *q, const char *text, struct err *e)
{
	int64_t n = 0;

	q->content_length = -1;
	if (text == NULL || *text == '\0')
		return 0;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *text - '0', &n))
			return refuse(e, STATUS_BAD, "Content-Length", "is no number of bytes");
	}
	q->content_length = n;
	return 0;
}

int request_init(struct request *q, cgi_param get, void *arg, struct err *e)
{
	int status;

	*q = (struct request){ .content_length = -1 };
	make_id(q->id);
	if ((status = take_method(q, get(arg, "REQUEST_METHOD"), e)) != 0 || (status = take_path(q, get, arg, e)) != 0 ||
	    (status = take_length(q, get(arg, "CONTENT_LENGTH"), e)) != 0)
		return status;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char *const text = get(arg, texts[i].cgi);

		status = take((char *)q + texts[i].offset, texts[i].size, texts[i].header, text != NULL ? text : "",
			      texts[i].too_long, e);
		if (status != 0)
			return status;
	}
	return 0;
}

ptrdiff_t request_read(struct request *q, void *buf, size_t cap)
{
	const ptrdiff_t n = q->read != NULL ? q->read(q->read_arg, buf, cap) : 0;

	if (n > 0)
		q->body_bytes += (uint64_t)n;
	return n;
}

void request_drain(struct request *q)
{
	char piece[DRAIN_PIECE];

	while (request_read(q, piece, sizeof(piece)) > 0)
		;
}
