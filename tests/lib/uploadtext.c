/* uploadtext: a sink that writes everything down. */
#include "lib/uploadtext.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "http/upload_body.h"

static int begin(void *arg, const char *name, struct err *e)
{
	(void)e;
	text_printf(arg, "<%s>", name);
	return OK;
}

static int data_of(void *arg, const void *data, size_t len, struct err *e)
{
	(void)e;
	if (len == 0)
		abort();
	text_add(arg, data, len);
	return OK;
}

static int push(struct upload_body *b, const char *data, size_t len, struct err *e)
{
	char *const piece = malloc(len + (len == 0));
	int r;

	if (piece == NULL)
		abort();
	if (len > 0)
		memcpy(piece, data, len);
	r = upload_body_push(b, piece, len, e);
	free(piece);
	return r;
}

char *uploadtext(const char *content_type, const void *data, size_t len, uploadtext_cut cut, void *arg, size_t *text_len)
{
	struct text t = { 0 };
	const struct upload_sink sink = { begin, data_of, &t };
	struct upload_body *b = NULL;
	struct err e = { 0 };
	int r = upload_body_new(&b, content_type, "raw.csv", &sink, &e);

	for (size_t i = 0, n; r == OK && i < len; i += n) {
		n = cut != NULL ? cut(arg, len - i) : len - i;
		r = push(b, (const char *)data + i, n, &e);
	}
	if (r == OK)
		r = upload_body_finish(b, &e);
	if (r == OK)
		text_str(&t, "ok");
	else
		text_printf(&t, "error %d: %s", r, e.msg);
	upload_body_del(b);
	if (t.failed)
		abort();
	*text_len = t.n;
	return t.p;
}
