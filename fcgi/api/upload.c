/*
 * upload: POST /upload and POST /api/v1/scans: the body becomes a scan while it arrives, and the scan a row of the database.
 *
 * Idempotency-Key (up to 255 visible characters; its SHA-256 is kept with the scan): whoever does not know whether a request arrived sends
 * it again with the same key. A scan of that key that is done is answered again, with `Idempotency-Replayed: true` and the body unread; of
 * one that is running: 409; of one whose file has another name or announced size, or that was asked for with another method or threshold:
 * 422. A scan that failed, was cancelled, was interrupted or is deleted gives its key away, and the `key` of its upload: the request is
 * made anew.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/scan_view.h"
#include "api/upload_read.h"
#include "api/upload_scan.h"
#include "base/json.h"
#include "fcgi/context.h"
#include "synth/sample.h"

enum { ANSWERED = 200, MADE = 201, IDEMPOTENCY_MOST = 255 };

const struct param upload_params[] = {
	[UPLOAD_TOP] = { "top", PARAM_INTEGER, 0, 1000, 100, "how many of the worst anomalies to answer with", NULL },
	[UPLOAD_KEY] = { "key", PARAM_KEY, 0, 0, 0, "your own name for this upload, to ask for its progress", NULL },
	[UPLOAD_METHOD] = { "method", PARAM_CHOICE, 0, 0, 0, "what judges the file", scan_choice_methods },
	[UPLOAD_THRESHOLD] = { "threshold", PARAM_TEXT, 0, 0, 0,
			       "above which score something is an anomaly: a number, or how to find it: fpr:0.001", NULL },
	[UPLOAD_NAME] = { "name", PARAM_TEXT, 0, 0, 0, "name of the file, when the body is the file itself", NULL },
	{ .name = NULL },
};

/* Those of an upload, whose file has its name. */
const struct param sample_params[] = {
	[UPLOAD_TOP] = { "top", PARAM_INTEGER, 0, 1000, 100, "how many of the worst anomalies to answer with", NULL },
	[UPLOAD_KEY] = { "key", PARAM_KEY, 0, 0, 0, "your own name for this scan, to ask for its progress", NULL },
	[UPLOAD_METHOD] = { "method", PARAM_CHOICE, 0, 0, 0, "what judges the sample", scan_choice_methods },
	[UPLOAD_THRESHOLD] = { "threshold", PARAM_TEXT, 0, 0, 0,
			       "above which score something is an anomaly: a number, or how to find it: fpr:0.001", NULL },
	{ .name = NULL },
};

static void hash_of(const char *text, char out[static SHA256_HEX])
{
	struct sha256 h;

	sha256_init(&h);
	sha256_add(&h, text, strlen(text));
	sha256_hex(&h, out);
}

/* What all clients and whatever is between them and us write in the same way. */
static int check_name(const char *key, struct err *e)
{
	const size_t n = strlen(key);
	size_t visible = 0;

	while (visible < n && key[visible] > ' ' && key[visible] < 0x7f)
		visible++;
	if (visible == n && n <= IDEMPOTENCY_MOST)
		return OK;
	err_set(e, ERR_FORMAT, "Idempotency-Key must be up to %d visible characters of ASCII, without blanks", IDEMPOTENCY_MOST);
	err_field(e, "Idempotency-Key");
	return ERR_FORMAT;
}

/* The scan that is asked for; negative: it cannot be had, and that is answered. The caller's to free, with upload_scan_free(). */
static struct upload_scan *begin(struct context *c, const struct request *q, const struct param_value *p, struct response *s)
{
	struct upload_scan *const u = calloc(1, sizeof(*u));
	struct err e = { 0 };

	if (u == NULL) {
		err_set(&e, ERR_NOMEM, "out of memory for a scan");
		response_err(s, &e);
		return NULL;
	}
	if (check_name(q->idempotency_key, &e) < 0 ||
	    scan_choose(&u->choice, c->site, (size_t)p[UPLOAD_METHOD].integer,
			p[UPLOAD_THRESHOLD].given ? p[UPLOAD_THRESHOLD].text : NULL, &e) < 0) {
		response_err(s, &e);
		free(u);
		return NULL;
	}
	u->context = c;
	u->engine = u->choice.method == METHOD_DENSE ? &engine_table : &engine_flows;
	u->top = (size_t)p[UPLOAD_TOP].integer;
	u->key = p[UPLOAD_KEY].given ? p[UPLOAD_KEY].text : NULL;
	u->size = q->content_length;
	if (q->idempotency_key[0] != '\0')
		hash_of(q->idempotency_key, u->idempotency);
	return u;
}

static void add_location(struct response *s, uint64_t id)
{
	text_printf(&s->headers, "Location: /api/v1/scans/%" PRIu64 "\r\n", id);
}

/* The answer that the same request had, with as many anomalies as are kept and wanted. */
static int replay(const struct upload_scan *u, int status, struct response *s, struct err *e)
{
	struct json_object *o, *details;
	int r;

	if ((r = scan_answer(u->context->store, u->replay, &o, e)) < 0)
		return r;
	if (json_object_object_get_ex(o, "details", &details) && u->top < SCAN_KEPT) {
		struct json_object *const all = json_tokener_parse(json_object_to_json_string_ext(details, JSON_C_TO_STRING_PLAIN));
		const size_t n = all != NULL ? json_object_array_length(all) : 0;

		if (n > u->top)
			json_object_array_del_idx(all, u->top, n - u->top);
		json_object_object_add(o, "details", all);
	}
	response_json(s, status, o);
	text_str(&s->headers, "Idempotency-Replayed: true\r\n");
	return OK;
}

/* r: how reading the body ended. The scan ends, and is released. */
static void end(struct upload_scan *u, int r, int status, struct response *s, struct err *e)
{
	u->broken_off = u->status == UPLOAD_BROKE_OFF;
	if (u->replay != 0)
		r = replay(u, status, s, e);
	else if (r == OK)
		r = upload_scan_finish(u, status, s, e);
	if (r < 0)
		upload_scan_fail(u, r, s, e);
	else if (status == MADE)
		add_location(s, u->replay != 0 ? u->replay : u->id);
	upload_scan_free(u);
	free(u);
}

static void receive(struct context *c, struct request *q, const struct param_value *p, int status, struct response *s)
{
	struct upload_sink sink = { upload_scan_begin, upload_scan_data, NULL };
	struct upload_scan *u;
	struct err e = { 0 };
	int r;

	if (upload_is_too_large(c, q, s) || (u = begin(c, q, p, s)) == NULL)
		return;
	sink.arg = u;
	r = upload_read(c, q, p[UPLOAD_NAME].given ? p[UPLOAD_NAME].text : NULL, &sink, &u->status, &e);
	end(u, r, status, s, &e);
}

void api_upload(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	receive(c, q, p, ANSWERED, s);
}

void api_scan_add(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	receive(c, q, p, MADE, s);
}

static int put_sample(void *arg, const void *data, size_t len, struct err *e)
{
	return upload_scan_data(arg, data, len, e);
}

/* A made-up capture takes the way of every other one. */
void api_sample_scan(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct upload_scan *const u = begin(c, q, p, s);
	struct err e = { 0 };
	int r;

	if (u == NULL)
		return;
	u->size = -1;
	if ((r = upload_scan_begin(u, SAMPLE_NAME, &e)) == OK)
		r = sample_write(put_sample, u, &e);
	end(u, r, MADE, s, &e);
}
