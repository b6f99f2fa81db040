/* response_head: what is sent before the answer. */
#include "http/response.h"

#include <string.h>
#include <strings.h>

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 421, "Misdirected Request" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 507, "Insufficient Storage" },
};

static const char before_policy[] = "X-Content-Type-Options: nosniff\r\n"
				    "Referrer-Policy: same-origin\r\n";
/* Of all but what has another one. */
static const char policy[] =
	"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
	"object-src 'none'\r\n";
static const char after_policy[] = "Cross-Origin-Opener-Policy: same-origin\r\n"
				   "Cross-Origin-Resource-Policy: same-origin\r\n"
				   "Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()\r\n";

const char *response_reason(int status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Other";
}

/* Whether a line of s->headers begins with `name`, which ends with ':'. */
static int has_header(const struct response *s, const char *name)
{
	const size_t n = strlen(name);

	for (const char *line = text_get(&s->headers); *line != '\0';) {
		const char *const end = strstr(line, "\r\n");

		if (strncasecmp(line, name, n) == 0)
			return 1;
		line = end != NULL ? end + 2 : line + strlen(line);
	}
	return 0;
}

void response_head(const struct response *s, const char *request_id, struct text *out)
{
	const int status = s->status != 0 ? s->status : 200, has_body = status != 204 && status != 304;
	const char *const type = s->content_type != NULL ? s->content_type : "application/json";

	text_printf(out, "Status: %d %s\r\n", status, response_reason(status));
	if (has_body)
		text_printf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n", type, s->body.n);
	/* What a page shows is as private as what the API tells. */
	if (!has_header(s, "Cache-Control:"))
		text_str(out, "Cache-Control: no-store\r\n");
	text_str(out, before_policy);
	if (!has_header(s, "Content-Security-Policy:"))
		text_str(out, policy);
	text_str(out, after_policy);
	text_str(out, text_get(&s->headers));
	text_printf(out, "X-Request-Id: %s\r\n\r\n", request_id);
}
