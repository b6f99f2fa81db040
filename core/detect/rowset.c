/* rowset: reads files into growing arrays, and cuts them into windows. */
#include "detect/rowset.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


void rowset_free(struct rowset *s)
{
	free(s->row);
	free(s->stream_end);
	s->row = NULL;
	s->stream_end = NULL;
	s->n = s->cap = s->stream_n = 0;
}

static int grow(struct rowset *s)
{
	const size_t cap = s->cap ? 2 * s->cap : 4096;
	double *row;

	if (cap > SIZE_MAX / 2 / sizeof(*row) / s->features->n)
		return ERR_NOMEM;
	row = realloc(s->row, cap * s->features->n * sizeof(*row));
	if (row == NULL)
		return ERR_NOMEM;
	s->row = row;
	s->cap = cap;
	return OK;
}

static int take_flow(void *arg, const struct flow *f)
{
	struct rowset *s = arg;

	if (s->benign_only && f->label == LABEL_MALICIOUS) {
		s->left_out++;
		return OK;
	}
	if (s->n == s->cap && grow(s) < 0)
		return ERR_NOMEM;
	feature_row(s->features, f, s->row + s->n * s->features->n);
	s->n++;
	return OK;
}

static int read_stream(struct reader *r, FILE *f, struct err *e)
{
	unsigned char buf[1 << 16];
	size_t n;
	int code;

	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		if ((code = reader_feed(r, buf, n, e)) < 0)
			return code;
	if (ferror(f))
		return err_errno(e, ERR_IO, "cannot read");
	return reader_finish(r, e);
}

int rowset_read(struct rowset *s, const char *path, struct read_report *report, struct err *e)
{
	struct reader *reader = NULL;
	const struct sinks sinks = { .flow = take_flow, .arg = s };
	FILE *f = fopen(path, "rb");
	struct err found = { 0 };
	size_t *ends;
	int r;

	if (f == NULL)
		return err_errno(e, ERR_IO, "cannot open %s", path);
	ends = realloc(s->stream_end, (s->stream_n + 1) * sizeof(*ends));
	if (ends != NULL)
		s->stream_end = ends;
	if (ends == NULL || reader_new(&reader, &s->input, &sinks, e) < 0) {
		r = err_set(e, ERR_NOMEM, "out of memory for reading %s", path);
		goto out;
	}
	r = read_stream(reader, f, &found);
	if (r == ERR_NOMEM && found.code == OK)
		err_set(&found, ERR_NOMEM, "out of memory after %zu rows", s->n);
	if (r < 0 && e != NULL) {
		*e = found;
		err_prefix(e, "%s", path);
	}
	s->labels |= reader_report(reader)->has_label;
	s->stream_end[s->stream_n++] = s->n;
	if (report != NULL)
		*report = *reader_report(reader);
out:
	reader_del(reader);
	fclose(f);
	return r;
}

size_t rowset_cut(size_t start, size_t end, double share)
{
	return end - (size_t)floor((double)(end - start) * share);
}

/* Windows of T rows within [from, to): their number, and when to is not NULL where they start. */
static size_t cut_windows(const float **to, const float *scaled, size_t F, size_t T, size_t from, size_t until)
{
	const size_t n = until - from >= T ? until - from - T + 1 : 0;

	for (size_t i = 0; to != NULL && i < n; i++)
		to[i] = scaled + (from + i) * F;
	return n;
}

int windows_make(struct windows *w, const struct rowset *s, const float *scaled, size_t T, double share, struct err *e)
{
	const size_t F = s->features->n;

	*w = (struct windows){ 0 };
	w->train = malloc((s->n + 1) * sizeof(*w->train));
	w->val = malloc((s->n + 1) * sizeof(*w->val));
	if (w->train == NULL || w->val == NULL) {
		windows_free(w);
		return err_set(e, ERR_NOMEM, "out of memory for the windows of %zu rows", s->n);
	}
	for (size_t i = 0, start = 0; i < s->stream_n; start = s->stream_end[i++]) {
		const size_t end = s->stream_end[i], cut = rowset_cut(start, end, share);

		w->train_n += cut_windows(w->train + w->train_n, scaled, F, T, start, cut);
		w->val_n += cut_windows(w->val + w->val_n, scaled, F, T, cut, end);
	}
	return OK;
}

void windows_free(struct windows *w)
{
	free(w->train);
	free(w->val);
	*w = (struct windows){ 0 };
}
