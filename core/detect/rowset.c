/* rowset: reads files into growing arrays, and cuts them into windows. */
#include "detect/rowset.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 1000 };

/* One file being read. */
struct filling {
	struct rowset *s;
	struct context *context;
	size_t first; /* its first row */
	struct err *found;
};

void rowset_free(struct rowset *s)
{
	for (size_t i = 0; i < s->name_n; i++)
		free(s->name[i]);
	free(s->name);
	free(s->row);
	free(s->about);
	free(s->stream_end);
	s->row = NULL;
	s->about = NULL;
	s->name = NULL;
	s->stream_end = NULL;
	s->n = s->cap = s->stream_n = s->name_n = s->file_n = 0;
}

static int grow(struct rowset *s)
{
	const size_t cap = s->cap ? 2 * s->cap : 4096;
	struct row_about *about;
	double *row;

	if (cap > SIZE_MAX / 2 / sizeof(*row) / s->features->n)
		return ERR_NOMEM;
	if ((row = realloc(s->row, cap * s->features->n * sizeof(*row))) != NULL)
		s->row = row;
	if ((about = realloc(s->about, cap * sizeof(*about))) != NULL)
		s->about = about;
	if (row == NULL || about == NULL)
		return ERR_NOMEM;
	s->cap = cap;
	return OK;
}

/* The index of a name, which is added when it is new; there are few. */
static int name_index(struct rowset *s, const char *text, uint32_t *out)
{
	char **more;

	for (size_t i = s->name_n; i-- > 0;)
		if (strcmp(s->name[i], text) == 0) {
			*out = (uint32_t)i;
			return OK;
		}
	if (s->name_n >= NAMES_MAX) {
		*out = 0;
		return OK;
	}
	if ((more = realloc(s->name, (s->name_n + 1) * sizeof(*more))) == NULL)
		return ERR_NOMEM;
	s->name = more;
	if ((s->name[s->name_n] = strdup(text)) == NULL)
		return ERR_NOMEM;
	*out = (uint32_t)s->name_n++;
	return OK;
}

static int take_flow(void *arg, const struct flow *f)
{
	struct filling *const fill = arg;
	struct rowset *const s = fill->s;
	struct flow_context context;
	struct row_about *about;

	if (s->features == NULL)
		s->features = feature_set_find(flow_device(f, &s->input.home) != DEVICE_NONE && !isnan(f->ts) ? "full" : "basic");
	if (s->benign_only && f->label == LABEL_MALICIOUS) {
		s->left_out++;
		return OK;
	}
	if (s->most > 0 && s->n - fill->first >= s->most)
		return err_set(fill->found, ERR_TOO_LARGE, "there are more than %" PRIu64 " flows", s->most);
	if (s->n == s->cap && grow(s) < 0)
		return ERR_NOMEM;
	context_add(fill->context, f, &context);
	feature_row(s->features, f, &context, s->row + s->n * s->features->n);
	about = &s->about[s->n];
	*about = (struct row_about){
		.row = f->row, .ts = f->ts, .device = context.device, .file = (uint32_t)s->file_n, .label = f->label
	};
	s->n++;
	return s->name_n == 0 && name_index(s, "", &about->attack) < 0 ? ERR_NOMEM : name_index(s, f->attack, &about->attack);
}

/* Rows of [first, n) by device, each device's in the order of the file: a counting sort. */
static int by_device(struct rowset *s, size_t first, uint64_t devices)
{
	const size_t n = s->n - first, F = s->n > 0 ? s->features->n : 0;
	double *const row = malloc((n * F + 1) * sizeof(*row));
	struct row_about *const about = malloc((n + 1) * sizeof(*about));
	size_t *const at = calloc((size_t)devices + 1, sizeof(*at));
	size_t *const ends = realloc(s->stream_end, (s->stream_n + (size_t)devices + 1) * sizeof(*ends));
	int r = OK;

	if (ends != NULL)
		s->stream_end = ends;
	if (row == NULL || about == NULL || at == NULL || ends == NULL) {
		r = ERR_NOMEM;
		goto out;
	}
	for (size_t i = first; i < s->n; i++)
		at[s->about[i].device + 1]++;
	for (size_t d = 0; d < devices; d++) {
		at[d + 1] += at[d];
		if (at[d + 1] > at[d])
			s->stream_end[s->stream_n++] = first + at[d + 1];
	}
	for (size_t i = first; i < s->n; i++) {
		const size_t to = at[s->about[i].device]++;

		memcpy(row + to * F, s->row + i * F, F * sizeof(*row));
		about[to] = s->about[i];
	}
	if (n > 0) {
		memcpy(s->row + first * F, row, n * F * sizeof(*row));
		memcpy(s->about + first, about, n * sizeof(*about));
	}
out:
	free(row);
	free(about);
	free(at);
	return r;
}

static int read_stream(struct reader *r, const struct rowset *s, FILE *f, struct err *e)
{
	unsigned char buf[1 << 16];
	uint64_t bytes = 0;
	size_t n;
	int code;

	while ((n = fread(buf, 1, sizeof(buf), f)) > 0) {
		if ((code = reader_feed(r, buf, n, e)) < 0)
			return code;
		bytes += n;
		if (s->told != NULL)
			s->told(s->arg, bytes, s);
	}
	if (ferror(f))
		return err_errno(e, ERR_IO, "cannot read");
	return reader_finish(r, e);
}

int rowset_read_as(struct rowset *s, const char *path, const char *name, struct read_report *report, struct err *e)
{
	struct reader *reader = NULL;
	struct err found = { 0 };
	struct filling fill = { .s = s, .first = s->n, .found = &found };
	const struct sinks sinks = { .flow = take_flow, .arg = &fill };
	FILE *f = fopen(path, "rb");
	int r;

	if (f == NULL)
		return err_errno(e, ERR_IO, "cannot open %s", name);
	fill.context = context_new(&s->input.home);
	if (fill.context == NULL || reader_new(&reader, &s->input, &sinks, e) < 0) {
		r = err_set(e, ERR_NOMEM, "out of memory for reading %s", name);
		goto out;
	}
	r = read_stream(reader, s, f, &found);
	if (r != ERR_NOMEM && by_device(s, fill.first, context_devices(fill.context)) < 0)
		r = ERR_NOMEM;
	if (r == ERR_NOMEM && found.code == OK)
		err_set(&found, ERR_NOMEM, "out of memory after %zu rows", s->n);
	if (r < 0 && e != NULL) {
		*e = found;
		err_prefix(e, "%s", name);
	}
	s->labels |= reader_report(reader)->has_label;
	s->file_n++;
	if (report != NULL)
		*report = *reader_report(reader);
out:
	reader_del(reader);
	context_del(fill.context);
	fclose(f);
	return r;
}

int rowset_read(struct rowset *s, const char *path, struct read_report *report, struct err *e)
{
	return rowset_read_as(s, path, path, report, e);
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
