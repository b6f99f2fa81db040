/* store_device_find: devices as they are told to others. */
#include "sql/store_device.h"

#include <assert.h>
#include <stdlib.h>

#include "sql/store_inside.h"

enum { SHOWN_N = 13, ORDER_MAX = 100, TEXT_MAX = 255 };

/* DEVICE_COLUMNS, and one more text. */
struct reading {
	struct device_found d;
	uint64_t risk;
	char *last;
	struct col cols[SHOWN_N + 1];
};

static void reading_init(struct reading *r)
{
	struct device_found *const d = &r->d;
	const struct col cols[SHOWN_N + 1] = {
		{ COL_U64, &d->id },    { COL_TEXT, &d->mac },      { COL_TEXT, &d->ip },      { COL_TEXT, &d->name },
		{ COL_TEXT, &d->note }, { COL_REAL, &d->first_ts }, { COL_REAL, &d->last_ts }, { COL_I64, &d->seen_us },
		{ COL_U64, &d->scans }, { COL_U64, &d->flows },     { COL_U64, &d->flagged },  { COL_U64, &d->open },
		{ COL_U64, &r->risk },  { COL_TEXT, &r->last },
	};

	*d = (struct device_found){ 0 };
	r->last = NULL;
	for (size_t i = 0; i <= SHOWN_N; i++)
		r->cols[i] = cols[i];
}

void device_found_free(struct device_found *d)
{
	if (d == NULL)
		return;
	free(d->mac);
	free(d->ip);
	free(d->name);
	free(d->note);
	free(d->baseline);
	free(d->order);
	*d = (struct device_found){ 0 };
}

static int no_device(uint64_t id, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "there is no device %llu", (unsigned long long)id);
}

int store_device_get(struct store *s, uint64_t id, struct device_found *out, struct err *e)
{
	struct reading g;
	int r;

	reading_init(&g);
	args_clear(&s->args);
	args_u64(&s->args, id);
	r = db_one(s->db, DEVICE_GET, &s->args, g.cols, SHOWN_N + 1, e);
	g.d.risk = (unsigned)g.risk;
	g.d.baseline = g.last;
	if (r == 1) {
		*out = g.d;
		return OK;
	}
	device_found_free(&g.d);
	return r < 0 ? r : no_device(id, e);
}

int store_device_set(struct store *s, uint64_t id, const char *name, const char *note, struct err *e)
{
	const char *const text[] = { name, note };
	int r;

	if ((r = store_may_write(s, e)) < 0)
		return r;
	args_clear(&s->args);
	for (int i = 0; i < 2; i++) {
		args_i64(&s->args, text[i] != NULL);
		args_text(&s->args, text[i], i == 0 ? DEVICE_NAME_MAX : NOTE_MAX);
	}
	args_u64(&s->args, id);
	if ((r = db_run(s->db, DEVICE_SET, &s->args, e)) < 0)
		return r;
	return db_found(s->db) > 0 ? OK : no_device(id, e);
}

/* Where to go on, in the type of what is sorted by, and NULL for the beginning. */
static void push_after(struct args *v, const struct device_query *q)
{
	const int is_text = q->sort == BY_NAME || q->sort == BY_NAME_DOWN || q->sort == BY_IP || q->sort == BY_IP_DOWN;

	if (q->after == NULL || is_text)
		args_text(v, q->after != NULL ? q->after : "0", ORDER_MAX);
	else
		args_u64(v, strtoull(q->after, NULL, 10));
}

/* "%text%", with what LIKE would read as more than itself escaped. */
static void pattern(struct text *t, const char *text)
{
	text_str(t, "%");
	for (; *text != '\0'; text++) {
		if (*text == '%' || *text == '_' || *text == '\\')
			text_str(t, "\\");
		text_add(t, text, 1);
	}
	text_str(t, "%");
}

static int push_query(struct args *v, const struct device_query *q, struct err *e)
{
	struct text like = { 0 };

	args_clear(v);
	pattern(&like, q->text);
	args_text(v, q->text, TEXT_MAX);
	for (int i = 0; i < 3; i++)
		args_text(v, text_get(&like), 2 * TEXT_MAX + 2);
	args_i64(v, q->after != NULL);
	push_after(v, q);
	push_after(v, q);
	args_u64(v, q->after_id);
	args_u64(v, q->limit);
	v->failed |= like.failed;
	text_free(&like);
	return v->failed ? err_set(e, ERR_NOMEM, "out of memory for a list of devices") : OK;
}

int store_device_list(struct store *s, const struct device_query *q, device_each each, void *arg, struct err *e)
{
	const enum statement st = DEVICE_LIST_RISK + (enum statement)q->sort;
	struct reading g;
	int r;

	assert(st >= DEVICE_LIST_RISK && st <= DEVICE_LIST_IP_DOWN);
	reading_init(&g);
	if ((r = push_query(&s->args, q, e)) < 0 || (r = db_select(s->db, st, &s->args, g.cols, SHOWN_N + 1, e)) < 0)
		return r;
	while ((r = db_next(s->db, st, g.cols, SHOWN_N + 1, e)) == 1) {
		g.d.risk = (unsigned)g.risk;
		g.d.order = g.last;
		g.last = NULL;
		r = each(arg, &g.d);
		device_found_free(&g.d);
		if (r < 0)
			break;
	}
	g.d.order = g.last;
	device_found_free(&g.d);
	db_end(s->db, st);
	return r;
}

int store_device_scans(struct store *s, uint64_t id, uint64_t before, size_t limit, device_scan_each each, void *arg, struct err *e)
{
	struct device_scan t = { 0 };
	int64_t severity = -1;
	const struct col cols[] = {
		{ COL_U64, &t.scan },      { COL_TEXT, &t.file },     { COL_I64, &t.started_us }, { COL_TEXT, &t.ip },
		{ COL_U64, &t.flows },     { COL_U64, &t.flagged },   { COL_U64, &t.incidents },  { COL_I64, &severity },
		{ COL_REAL, &t.bytes[0] }, { COL_REAL, &t.bytes[1] }, { COL_REAL, &t.first_ts },  { COL_REAL, &t.last_ts },
	};
	const size_t n = sizeof(cols) / sizeof(*cols);
	int r;

	args_clear(&s->args);
	args_u64(&s->args, id);
	args_u64(&s->args, before > 0 ? before : UINT64_MAX);
	args_u64(&s->args, limit);
	if ((r = db_select(s->db, DEVICE_SCANS, &s->args, cols, n, e)) < 0)
		return r;
	while ((r = db_next(s->db, DEVICE_SCANS, cols, n, e)) == 1) {
		t.severity = (int)severity;
		r = each(arg, &t);
		free(t.file);
		free(t.ip);
		t.file = t.ip = NULL;
		if (r < 0)
			break;
	}
	free(t.file);
	free(t.ip);
	db_end(s->db, DEVICE_SCANS);
	return r;
}
