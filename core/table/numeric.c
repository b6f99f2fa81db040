/* numeric: the first rows decide which columns are. */
#include "table/numeric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "table/label.h"
#include "table/row.h"

/* What a row has besides its numbers. */
struct truth {
	uint64_t row;
	enum flow_label label;
	char attack[FLOW_ATTACK];
};

struct numeric {
	const struct header *h;
	struct row *row;
	size_t n; /* columns looked at: h->n, at most TABLE_MAX */
	int decided;
	unsigned char has_number[TABLE_MAX], has_other[TABLE_MAX];
	size_t used_n; /* once decided */
	size_t used[TABLE_MAX];
	const char *name[TABLE_MAX]; /* of the used ones */
	double value[TABLE_MAX];     /* of this row, by column */
	double out[TABLE_MAX];
	size_t held_n;
	struct truth held_truth[NUMERIC_LOOK];
	double held[NUMERIC_LOOK][TABLE_MAX];
};

static void begin(struct numeric *t)
{
	for (size_t i = 0; i < t->n; i++)
		t->value[i] = NAN;
	row_begin(t->row);
}

struct numeric *numeric_new(const struct header *h, struct row *row)
{
	struct numeric *const t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->h = h;
	t->row = row;
	t->n = h->n < TABLE_MAX ? h->n : TABLE_MAX;
	if (h->n > TABLE_MAX)
		report_note(row->report, "only the first %d of %zu columns are looked at", TABLE_MAX, h->n);
	begin(t);
	return t;
}

void numeric_del(struct numeric *t)
{
	free(t);
}

static int is_truth(const struct binding *b)
{
	return b->field == FIELD_LABEL || b->field == FIELD_ATTACK;
}

void numeric_set(struct numeric *t, size_t i, const char *text, size_t len)
{
	if (i < t->h->n && is_truth(&t->h->column[i])) {
		row_set(t->row, &t->h->column[i], text, len);
	} else if (i < t->n) {
		row_trim(&text, &len);
		if (row_number(t->row, text, len, &t->value[i]) == 0) {
			t->has_number[i] = 1;
		} else if (!label_is_unset(text, len) && !t->has_other[i]) {
			t->has_other[i] = 1;
			if (t->decided && t->has_number[i])
				report_note(t->row->report, "column %s has values that are no numbers; they are left out",
					    t->h->name[i]);
		}
	}
}

static int emit(struct numeric *t, const double *value, const struct truth *truth)
{
	const struct table_row r = { truth->row, t->used_n, t->name, t->out, truth->label, truth->attack };

	for (size_t i = 0; i < t->used_n; i++)
		t->out[i] = value[t->used[i]];
	return t->row->sinks.table(t->row->sinks.arg, &r);
}

static int is_used(const struct numeric *t, size_t i)
{
	return t->has_number[i] && !t->has_other[i];
}

size_t numeric_count(const struct numeric *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += (size_t)is_used(t, i);
	return n;
}

int numeric_look(struct numeric *t)
{
	begin(t);
	return ++t->held_n == NUMERIC_LOOK;
}

/* Enough rows were seen, or all there are. */
static int decide(struct numeric *t, struct err *e)
{
	int code = OK;

	t->decided = 1;
	for (size_t i = 0; i < t->n; i++) {
		if (!is_used(t, i))
			continue;
		t->name[t->used_n] = t->h->name[i];
		t->used[t->used_n++] = i;
	}
	if (t->used_n < TABLE_LEAST)
		return err_set(e, ERR_FORMAT, "a table needs at least %d columns with numbers; this one has %zu", TABLE_LEAST,
			       t->used_n);
	for (size_t i = 0; i < t->held_n && code == OK; i++)
		code = emit(t, t->held[i], &t->held_truth[i]);
	return code;
}

int numeric_end(struct numeric *t, struct err *e)
{
	const struct flow *const f = &t->row->flow;
	const int usable = row_close(t->row);
	struct truth truth = { .row = f->row, .label = f->label };
	int code = OK;

	memcpy(truth.attack, f->attack, sizeof(truth.attack));
	if (usable && t->decided) {
		code = emit(t, t->value, &truth);
	} else if (usable) {
		t->held_truth[t->held_n] = truth;
		memcpy(t->held[t->held_n++], t->value, t->n * sizeof(double));
		if (t->held_n == NUMERIC_LOOK)
			code = decide(t, e);
	}
	begin(t);
	return code;
}

int numeric_finish(struct numeric *t, struct err *e)
{
	return t->decided ? OK : decide(t, e);
}
