/* store_scan_find: filters and a place in an order, as values of one of the statements. */
#include "sql/store_scan_find.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/store_inside.h"

_Static_assert(SCAN_FIND_LAST - SCAN_FIND + 1 == 4 * SCAN_ORDERS, "each order has four statements");

enum { ATTACK_MAX = 64, STATE_MAX = 255, FIRST_BYTES = 90 };

static enum statement find_statement(const struct scan_find *f)
{
	return (enum statement)(SCAN_FIND + 4 * (int)f->order + (f->deleted ? 2 : 0) + (f->falling ? 1 : 0));
}

void store_scan_value(char out[static SCAN_VALUE], enum scan_order order, const struct scan_row *r)
{
	const int64_t number[SCAN_ORDERS] = { [SCAN_BY_TIME] = (int64_t)r->id,
					      [SCAN_BY_INCIDENTS] = (int64_t)r->counts.incidents,
					      [SCAN_BY_ANOMALIES] = (int64_t)r->counts.anomalies,
					      [SCAN_BY_FLOWS] = (int64_t)r->counts.flows,
					      [SCAN_BY_SEVERITY] = r->worst };

	if (order == SCAN_BY_NAME)
		snprintf(out, SCAN_VALUE, "%s", r->name != NULL ? r->name : "");
	else
		snprintf(out, SCAN_VALUE, "%" PRId64, number[order]);
}

/* "50 %" is to be found, not to stand for everything. */
static void push_pattern(struct args *a, const char *part)
{
	struct text t = { 0 };

	text_str(&t, "%");
	for (const char *p = part != NULL ? part : ""; *p != '\0'; p++) {
		if (strchr("%_!", *p) != NULL)
			text_str(&t, "!");
		text_add(&t, p, 1);
	}
	text_str(&t, "%");
	args_text(a, text_get(&t), SIZE_MAX);
	a->failed |= t.failed;
	text_free(&t);
}

/* The name of the row where a page ended: a long one was cut on its way, and the database still knows it. */
static int whole_name(struct store *s, const struct scan_find *f, char out[static SCAN_VALUE], struct err *e)
{
	const size_t n = strlen(f->after);
	char *name = NULL;
	const struct col cols[] = { { COL_TEXT, &name } };
	int r = 0;

	snprintf(out, SCAN_VALUE, "%s", f->after);
	if (n < FIRST_BYTES)
		return OK;
	args_clear(&s->args);
	args_u64(&s->args, f->after_id);
	if ((r = db_one(s->db, SCAN_NAME, &s->args, cols, 1, e)) == 1 && name != NULL && strncmp(name, f->after, n) == 0)
		snprintf(out, SCAN_VALUE, "%s", name);
	free(name);
	return r < 0 ? r : OK;
}

/* The place behind which the page begins, as three values. */
static int push_place(struct store *s, const struct scan_find *f, struct err *e)
{
	/* Behind all names: no character is beyond this one, and no name is longer. */
	enum { LAST_TIMES = SCAN_NAME_MAX + 1, BELOW_ALL = -2 };
	char name[4 * LAST_TIMES + 1] = "", *end;
	int64_t number = f->falling ? INT64_MAX : BELOW_ALL;
	uint64_t id = f->falling ? UINT64_MAX : 0;
	int r;

	if (f->after_id > 0 && f->order == SCAN_BY_NAME) {
		if ((r = whole_name(s, f, name, e)) < 0)
			return r;
	} else if (f->after_id > 0) {
		number = strtoll(f->after, &end, 10);
		if (end == f->after || *end != '\0') {
			err_set(e, ERR_FORMAT, "parameter cursor is of another order: take next_cursor of the page before");
			err_field(e, "cursor");
			return ERR_FORMAT;
		}
	} else if (f->falling) {
		for (size_t i = 0; i < LAST_TIMES; i++)
			memcpy(name + 4 * i, "\xf4\x8f\xbf\xbf", 5);
	}
	id = f->after_id > 0 ? f->after_id : id;
	args_clear(&s->args);
	for (int i = 0; i < 2; i++) {
		if (f->order == SCAN_BY_NAME)
			args_text(&s->args, name, LAST_TIMES);
		else
			args_i64(&s->args, number);
	}
	args_u64(&s->args, id);
	return OK;
}

int store_scan_find(struct store *s, const struct scan_find *f, scan_each each, void *arg, struct err *e)
{
	struct args *const a = &s->args;
	const char *const attack = f->attack != NULL ? f->attack : "";
	int r;

	if ((r = push_place(s, f, e)) < 0)
		return r;
	args_i64(a, f->from_us != 0 ? f->from_us : INT64_MIN);
	args_i64(a, f->to_us != 0 ? f->to_us : INT64_MAX);
	args_i64(a, f->state >= 0 ? f->state : 0);
	args_i64(a, f->state >= 0 ? f->state : STATE_MAX);
	args_i64(a, f->severity >= 0 ? f->severity : -1);
	push_pattern(a, f->name);
	for (int i = 0; i < 2; i++)
		args_text(a, attack, ATTACK_MAX);
	for (int i = 0; i < 2; i++)
		args_u64(a, f->device);
	args_u64(a, f->limit);
	return store_scan_rows(s, find_statement(f), 1, each, arg, e);
}
