/*
 * upload_body: a scan for CR LF "--" boundary.
 *
 * A CR is in that delimiter at its start only. So what looked like a delimiter and is none needs no looking back: its bytes are known,
 * they are handed out from here, and the search goes on with the byte that differed.
 *
 * The CR LF before the first delimiter may be missing, and it may be the one that ends the headers of a part without content. Both
 * times it is taken as seen already: `borrowed` bytes of the delimiter that are not data when it turns out to be none.
 */
#include "http/upload_body.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/header_value.h"
#include "http/part_head.h"

enum {
	BOUNDARY_MAX = 70, /* RFC 2046 5.1.1 */
	PADDING_MAX = 64,  /* blanks behind a delimiter */
	PREAMBLE_MAX = 1 << 16,
	HEAD_MAX = 8192,
	PARTS_MAX = 64,
	NAMES_SIZE = 128,
};

enum state { RAW, RAW_BEGUN, PREAMBLE, HEAD, SKIPPED, IN_FILE, EPILOGUE };

struct upload_body {
	struct upload_sink sink;
	enum state state;
	int failed; /* code in err, which every later call gives again */
	struct err err;

	char delimiter[BOUNDARY_MAX + 5];
	size_t delimiter_n;
	size_t matched;            /* bytes of it seen; all of them: what follows decides */
	size_t borrowed;           /* of these, not data */
	char padding[PADDING_MAX]; /* what followed: blanks, or one '-' */
	size_t padding_n;
	int padding_cr; /* and then a CR */

	size_t preamble_n, parts;
	int has_file;
	char names[NAMES_SIZE]; /* of the parts */
	char raw_name[FILE_NAME_SIZE];
	size_t head_n;
	char head[HEAD_MAX + 1];
};

/* What clients say of the formats that are taken; what the file is its content says. */
static const char *const raw_types[] = {
	"",
	"application/octet-stream",
	"text/plain",
	"text/csv",
	"text/tab-separated-values",
	"application/json",
	"application/x-ndjson",
	"application/vnd.tcpdump.pcap",
	"application/gzip",
	"application/x-gzip",
	"application/zstd",
};

/* ---- Content-Type ---- */

static int set_boundary(struct upload_body *b, const char *boundary, struct err *e)
{
	static const char special[] = "'()+_,-./:=? ";
	const size_t n = strlen(boundary);

	if (n == 0 || n > BOUNDARY_MAX)
		return err_set(e, ERR_FORMAT, "Content-Type: the boundary has %zu characters; 1 to %d are allowed", n,
			       BOUNDARY_MAX);
	for (size_t i = 0; i < n; i++) {
		const char c = boundary[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr(special, c) != NULL) ||
		    (c == ' ' && i == n - 1))
			return err_set(e, ERR_FORMAT, "Content-Type: the boundary has a character that is not allowed, 0x%02x",
				       (unsigned)(unsigned char)c);
	}
	memcpy(b->delimiter, "\r\n--", 4);
	memcpy(b->delimiter + 4, boundary, n + 1);
	b->delimiter_n = n + 4;
	return OK;
}

static int find_boundary(struct upload_body *b, struct header_value *v, struct err *e)
{
	struct header_param p;
	const char *boundary = NULL;
	int r;

	while ((r = header_value_next(v, &p)) > 0) {
		if (strcmp(p.name, "boundary") != 0)
			continue;
		if (boundary != NULL)
			return err_set(e, ERR_FORMAT, "Content-Type has two boundaries");
		boundary = p.value;
	}
	if (r < 0)
		return err_set(e, ERR_FORMAT, "Content-Type is malformed; it should be: multipart/form-data; boundary=...");
	if (boundary == NULL)
		return err_set(e, ERR_FORMAT, "Content-Type: multipart/form-data without a boundary");
	return set_boundary(b, boundary, e);
}

static int choose(struct upload_body *b, const char *content_type, struct err *e)
{
	const size_t n = content_type != NULL ? strlen(content_type) : 0;
	struct header_value v;
	const char *type;

	if (n > HEAD_MAX)
		return err_set(e, ERR_FORMAT, "Content-Type is longer than %d bytes", HEAD_MAX);
	if (n > 0)
		memcpy(b->head, content_type, n);
	b->head[n] = '\0';
	type = header_value_begin(&v, b->head, n);
	if (strcmp(type, "multipart/form-data") == 0) {
		b->state = PREAMBLE;
		b->matched = b->borrowed = 2;
		return find_boundary(b, &v, e);
	}
	for (size_t i = 0; i < sizeof(raw_types) / sizeof(*raw_types); i++)
		if (strcmp(type, raw_types[i]) == 0)
			return OK;
	return err_set(
		e, ERR_UNKNOWN,
		"Content-Type \"%.80s\" is not taken; send a form (multipart/form-data) with a part \"file\", or the file as it is "
		"(text/csv)",
		type);
}

int upload_body_new(struct upload_body **out, const char *content_type, const char *raw_name, const struct upload_sink *sink,
		    struct err *e)
{
	struct upload_body *const b = calloc(1, sizeof(*b));
	int r;

	if (b == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	b->sink = *sink;
	b->state = RAW;
	if (raw_name == NULL || file_name_clean(b->raw_name, raw_name) < 0)
		strcpy(b->raw_name, "upload");
	if ((r = choose(b, content_type, e)) < 0) {
		free(b);
		return r;
	}
	*out = b;
	return OK;
}

void upload_body_del(struct upload_body *b)
{
	free(b);
}

/* ---- what is found ---- */

/* Bytes that are no delimiter. */
static int pass(struct upload_body *b, const char *data, size_t n, struct err *e)
{
	if (n == 0)
		return OK;
	if (b->state == IN_FILE)
		return b->sink.data(b->sink.arg, data, n, e);
	if (b->state == PREAMBLE && (b->preamble_n += n) > PREAMBLE_MAX)
		return err_set(e, ERR_FORMAT, "no boundary \"%s\" in the first %d bytes of the body", b->delimiter + 2,
			       PREAMBLE_MAX);
	return OK;
}

static void forget(struct upload_body *b)
{
	b->matched = b->borrowed = b->padding_n = 0;
	b->padding_cr = 0;
}

/* It was no delimiter. */
static int give_back(struct upload_body *b, struct err *e)
{
	const size_t cr = b->padding_cr ? 1 : 0; /* which may begin the next */
	int r = pass(b, b->delimiter + b->borrowed, b->matched - b->borrowed, e);

	if (r == OK)
		r = pass(b, b->padding, b->padding_n, e);
	forget(b);
	b->matched = cr;
	return r;
}

static int begin_part(struct upload_body *b, struct err *e)
{
	if (++b->parts > PARTS_MAX)
		return err_set(e, ERR_FORMAT, "the form has more than %d parts", PARTS_MAX);
	forget(b);
	b->state = HEAD;
	b->head_n = 0;
	return OK;
}

static int end_head(struct upload_body *b, struct err *e)
{
	struct part_head head;
	const size_t used = strlen(b->names);
	int r;

	if ((r = part_head_parse(&head, b->head, b->head_n, e)) < 0)
		return r;
	if (used + strlen(head.name) + 3 < sizeof(b->names)) {
		strcat(b->names, used > 0 ? ", " : "");
		strcat(b->names, head.name);
	}
	if (head.is_file && b->has_file)
		return err_set(e, ERR_FORMAT, "the form has more than one part \"file\"; send one file at a time");
	b->has_file |= head.is_file;
	b->state = head.is_file ? IN_FILE : SKIPPED;
	b->matched = b->borrowed = 2;
	return head.is_file ? b->sink.begin(b->sink.arg, head.file_name, e) : OK;
}

/* ---- one step: how many bytes of p[n], n > 0, it took (0: look again), or ERR_* ---- */

static int bare_newline(struct err *e)
{
	return err_set(e, ERR_FORMAT, "a line of the form ends with LF alone; in multipart/form-data lines end with CR LF");
}

static ptrdiff_t step_head(struct upload_body *b, char c, struct err *e)
{
	const char last = b->head_n > 0 ? b->head[b->head_n - 1] : '\0';
	int r = OK;

	if (c == '\n' && last != '\r')
		return bare_newline(e);
	if ((last == '\r' && c != '\n') || ((unsigned char)c < 0x20 && c != '\r' && c != '\n' && c != '\t') || c == 0x7f)
		return err_set(e, ERR_FORMAT, "the headers of a part have a control character");
	if (b->head_n == HEAD_MAX)
		return err_set(e, ERR_FORMAT, "the headers of a part are longer than %d bytes", HEAD_MAX);
	b->head[b->head_n++] = c;
	if (c == '\n' && (b->head_n == 2 || (b->head_n >= 4 && b->head[b->head_n - 3] == '\n')))
		r = end_head(b, e);
	return r < 0 ? r : 1;
}

/* Behind CR LF "--" boundary: "--" closes, blanks and CR LF begin a part, anything else makes it data. */
static ptrdiff_t step_padding(struct upload_body *b, char c, struct err *e)
{
	const int dash = b->padding_n == 1 && b->padding[0] == '-', blank = c == ' ' || c == '\t';
	int r;

	if (b->padding_cr) {
		r = c == '\n' ? begin_part(b, e) : give_back(b, e);
		return r < 0 ? r : c == '\n';
	}
	if (dash && c == '-') {
		b->state = EPILOGUE;
		return 1;
	}
	if (!dash && c == '\n')
		return bare_newline(e);
	if (!dash && blank && b->padding_n == PADDING_MAX)
		return err_set(e, ERR_FORMAT, "more than %d blanks behind a boundary", PADDING_MAX);
	if (!dash && c == '\r')
		b->padding_cr = 1;
	else if (!dash && (blank || (c == '-' && b->padding_n == 0)))
		b->padding[b->padding_n++] = c;
	else
		return (r = give_back(b, e)) < 0 ? r : 0;
	return 1;
}

static ptrdiff_t step_delimiter(struct upload_body *b, const char *p, size_t n, struct err *e)
{
	size_t i = 0;
	int r;

	while (i < n && b->matched < b->delimiter_n && p[i] == b->delimiter[b->matched]) {
		b->matched++;
		i++;
	}
	if (i < n && b->matched < b->delimiter_n && (r = give_back(b, e)) < 0)
		return r;
	return (ptrdiff_t)i;
}

static ptrdiff_t step_data(struct upload_body *b, const char *p, size_t n, struct err *e)
{
	const char *at = memmem(p, n, b->delimiter, b->delimiter_n);
	const size_t tail = n < b->delimiter_n ? n : b->delimiter_n - 1;
	size_t held = 0;
	int r;

	if (at != NULL)
		held = b->delimiter_n;
	else if ((at = memrchr(p + n - tail, '\r', tail)) != NULL && memcmp(at, b->delimiter, (size_t)(p + n - at)) == 0)
		held = (size_t)(p + n - at);
	else
		at = p + n;
	if ((r = pass(b, p, (size_t)(at - p), e)) < 0)
		return r;
	b->matched = held;
	return at - p + (ptrdiff_t)held;
}

static ptrdiff_t step_raw(struct upload_body *b, const char *p, size_t n, struct err *e)
{
	int r = OK;

	if (b->state == RAW)
		r = b->sink.begin(b->sink.arg, b->raw_name, e);
	b->state = RAW_BEGUN;
	if (r == OK && n > 0)
		r = b->sink.data(b->sink.arg, p, n, e);
	return r < 0 ? r : (ptrdiff_t)n;
}

static ptrdiff_t step(struct upload_body *b, const char *p, size_t n, struct err *e)
{
	if (b->state == EPILOGUE)
		return (ptrdiff_t)n;
	if (b->state == RAW || b->state == RAW_BEGUN)
		return step_raw(b, p, n, e);
	if (b->state == HEAD)
		return step_head(b, *p, e);
	if (b->matched == b->delimiter_n)
		return step_padding(b, *p, e);
	return b->matched > 0 ? step_delimiter(b, p, n, e) : step_data(b, p, n, e);
}

static int failed(struct upload_body *b, int code, struct err *e)
{
	b->failed = code;
	if (code < 0 && e != NULL)
		*e = b->err;
	return code;
}

int upload_body_push(struct upload_body *b, const void *data, size_t len, struct err *e)
{
	const char *p = data;
	ptrdiff_t took;

	for (const char *const end = p + len; b->failed == OK && p < end; p += took)
		if ((took = step(b, p, (size_t)(end - p), &b->err)) < 0)
			return failed(b, (int)took, e);
	return failed(b, b->failed, e);
}

int upload_body_finish(struct upload_body *b, struct err *e)
{
	struct err *const own = &b->err;
	int r = b->failed;

	if (r < 0)
		return failed(b, r, e);
	if (b->state == RAW)
		r = (int)step_raw(b, NULL, 0, own);
	else if (b->state == PREAMBLE)
		r = err_set(own, ERR_FORMAT, "the body has no boundary \"%s\", which Content-Type names", b->delimiter + 2);
	else if (b->state != EPILOGUE && b->state != RAW_BEGUN)
		r = err_set(own, ERR_FORMAT, "the body broke off before its closing boundary \"%s--\"", b->delimiter + 2);
	else if (b->state == EPILOGUE && !b->has_file)
		r = b->names[0] == '\0' ? err_set(own, ERR_FORMAT, "the form has no part \"file\"")
					: err_set(own, ERR_FORMAT, "the form has no part \"file\"; its parts are: %s", b->names);
	return failed(b, r, e);
}
