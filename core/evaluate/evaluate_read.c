/* evaluate_read: from files to the judge's tables. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/pieces.h"
#include "evaluate/evaluate.h"

/* Rows of s from `from` on as judged rows; those that are left out as the caller says. */
static int take_rows(struct judged *j, const struct rowset *s, size_t from, uint64_t device_base, int benign_only, struct err *e)
{
	static const enum truth truths[] = {
		[LABEL_NONE] = TRUTH_NONE,
		[LABEL_BENIGN] = TRUTH_BENIGN,
		[LABEL_MALICIOUS] = TRUTH_ATTACK,
	};

	if (s->features == NULL) /* without a row nobody chose them */
		return judged_sort(j, e);
	j->F = s->features->n;
	for (size_t i = from; i < s->n; i++) {
		const struct row_about *const a = &s->about[i];
		const struct judged_flow flow = {
			.row = a->row, .device = device_base + a->device, .ts = a->ts, .truth = truths[a->label]
		};
		const struct answer none = { .score = NAN, .p = NAN };

		if (benign_only && a->label == LABEL_MALICIOUS)
			continue;
		if (judged_add(j, &flow, a->label == LABEL_MALICIOUS ? s->name[a->attack] : "", &none, s->row + i * s->features->n,
			       e) < 0)
			return ERR_NOMEM;
	}
	return judged_sort(j, e);
}

/* Why a file cannot be judged, or OK. */
static int judgeable(const struct judged *j, int labels, const char *name, struct err *e)
{
	size_t known = 0;

	for (size_t i = 0; i < j->n; i++)
		known += j->flow[i].truth != TRUTH_NONE;
	if (j->n == 0)
		return err_set(e, ERR_TOO_FEW, "%s has no usable rows", name);
	if (known == 0)
		return err_set(e, ERR_FORMAT,
			       "%s has no labels%s: an evaluation needs to be told which flows are attacks, in a column such as "
			       "label, detailed-label or attack",
			       name, labels ? " that say benign or attack" : "");
	return OK;
}

struct reading {
	const struct evaluation *ev;
	const struct evaluated *file;
};

static void tell(void *arg, uint64_t bytes, const struct rowset *s)
{
	const struct reading *const r = arg;
	const double of_file = r->file->bytes > 0 ? fmin(1, (double)bytes / (double)r->file->bytes) : 0;

	evaluate_tell(r->ev, ((double)(r->file - r->ev->file) + of_file) / (double)r->ev->file_n, s->n);
}

static int read_file(struct evaluation *ev, struct evaluated *f, const struct feature_set **set, struct err *e)
{
	struct reading reading = { ev, f };
	struct rowset s = { .features = *set, .input = ev->input, .most = ev->rows_most, .told = tell, .arg = &reading };
	struct read_report report = { 0 };
	int r;

	judged_free(&f->all);
	if ((r = rowset_read_as(&s, evaluated_path(f), f->name, &report, e)) == OK)
		r = take_rows(&f->all, &s, 0, 0, 0, e);
	f->skipped = report.rows_skipped;
	if (r == OK && (r = judgeable(&f->all, s.labels, f->name, e)) == OK)
		*set = s.features;
	rowset_free(&s);
	return r;
}

/*
 * All files with one set of features, so that what is learned from one can be judged on another: the richest that all of them have. ev->features
 * NULL: still to be found.
 */
static int read_files(struct evaluation *ev)
{
	const struct feature_set *set, *first = ev->features;
	int mixed = 0;

	for (size_t i = 0; i < ev->file_n; i++) {
		struct evaluated *const f = &ev->file[i];

		set = first;
		f->failed = read_file(ev, f, &set, &f->err) < 0 || pieces_digest(evaluated_path(f), f->digest, &f->err) < 0;
		if (f->failed)
			continue;
		mixed |= ev->features != NULL && set != ev->features;
		ev->features = set;
	}
	if (!mixed)
		return OK;
	ev->features = feature_set_find("basic");
	return 1;
}

static int read_given(struct evaluation *ev, struct err *e)
{
	const struct feature_set *const set = ev->features;
	const char *p = ev->train_list;
	uint64_t base = 0;
	int r = OK;

	while (p != NULL && *p != '\0' && r == OK) {
		const size_t n = strcspn(p, ",");
		char *const name = strndup(p, n);
		struct rowset s = { .features = set, .input = ev->input };

		if (name == NULL)
			return err_set(e, ERR_NOMEM, "out of memory for the name of a file");
		if ((r = rowset_read(&s, name, NULL, e)) == OK)
			r = take_rows(&ev->given, &s, 0, base, 1, e);
		rowset_free(&s);
		free(name);
		base += (uint64_t)1 << 32;
		p += n + (p[n] == ',');
	}
	return r;
}

int evaluate_read(struct evaluation *ev, struct err *e)
{
	int r;

	if ((ev->model_digest[0] == '\0' && (r = pieces_digest(ev->model_path, ev->model_digest, e)) < 0) ||
	    (ev->plain.plan != NULL && ev->plain_digest[0] == '\0' && (r = pieces_digest(ev->plain_path, ev->plain_digest, e)) < 0))
		return r;
	if (read_files(ev) != OK)
		read_files(ev);
	if (ev->features == NULL)
		return OK; /* no file could be read: each says why */
	return read_given(ev, e);
}
