/* scan_scores: blocks of rows, found by their number. */
#include "cmd/scan_scores.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/savefile.h"
#include "flow/put.h"

enum { BLOCK = 1 << 14, LINE = 256, SEEN = 1, ANOMALOUS = 2, INCIDENT = 4 };

struct score {
	double score, p;
	uint64_t what; /* SEEN, ANOMALOUS; the rest is the number of the incident times INCIDENT */
};

_Static_assert(sizeof(struct score) == 24, "as the header says");

const char scores_head[] = "row,score,p_value,anomalous,attack,incident\n";

struct scores {
	struct score **block; /* [block_max]; NULL: none of its rows had a verdict */
	size_t block_max;
	uint64_t rows;       /* one more than the last that had a verdict */
	const char **attack; /* [attack_max], by the incident's number; NULL: it has not ended */
	size_t attack_max;
};

int scores_new(struct scores **out, struct err *e)
{
	*out = calloc(1, sizeof(**out));
	return *out != NULL ? OK : err_set(e, ERR_NOMEM, "out of memory for scores");
}

void scores_del(struct scores *s)
{
	if (s == NULL)
		return;
	for (size_t k = 0; k < s->block_max; k++)
		free(s->block[k]);
	free(s->block);
	free(s->attack);
	free(s);
}

int scores_check(const char *path, char **file, int files, struct err *e)
{
	struct stat out, in;

	if (files != 1)
		return err_set(e, ERR_USAGE, "--scores writes the rows of one file, and %d were given: scan each by itself", files);
	if (stat(path, &out) == 0 && S_ISREG(out.st_mode) && stat(file[0], &in) == 0 && out.st_dev == in.st_dev &&
	    out.st_ino == in.st_ino)
		return err_set(e, ERR_USAGE, "--scores would write over the file that is scanned");
	return OK;
}

/* An array of pointers with room for `index`; new ones are zeroed, which is NULL. */
static int grow(void **array, size_t *max, uint64_t index, struct err *e)
{
	const uint64_t want = index + index / 8 + 64;
	void **p;

	if (index < *max)
		return OK;
	if (want > PTRDIFF_MAX / sizeof(void *) || (p = realloc(*array, want * sizeof(void *))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for scores");
	memset(p + *max, 0, (want - *max) * sizeof(void *));
	*array = p;
	*max = want;
	return OK;
}

int scores_add(struct scores *s, const struct verdict *v, struct err *e)
{
	const uint64_t row = v->flow->row, at = row / BLOCK;
	void *blocks = s->block;
	const int r = grow(&blocks, &s->block_max, at, e);

	s->block = blocks;
	if (r < 0)
		return r;
	if (s->block[at] == NULL && (s->block[at] = calloc(BLOCK, sizeof(struct score))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the scores of %llu rows", (unsigned long long)row);
	s->block[at][row % BLOCK] = (struct score){
		.score = v->score,
		.p = v->p,
		.what = v->incident * INCIDENT | (v->anomalous ? ANOMALOUS : 0) | SEEN,
	};
	s->rows = s->rows > row ? s->rows : row + 1;
	return OK;
}

int scores_incident(struct scores *s, const struct incident *i, struct err *e)
{
	void *attacks = s->attack;
	const int r = grow(&attacks, &s->attack_max, i->id, e);

	s->attack = attacks;
	if (r == OK)
		s->attack[i->id] = i->rule->attack;
	return r;
}

static char *put_score(char *p, double v)
{
	if (isnan(v))
		return p;
	return isinf(v) ? put_text(p, v > 0 ? "inf" : "-inf") : put_number(p, v);
}

static char *put_line(char *p, const struct scores *s, uint64_t row)
{
	static const struct score none = { NAN, NAN, 0 };
	const uint64_t at = row / BLOCK;
	const struct score *const x = at < s->block_max && s->block[at] != NULL ? &s->block[at][row % BLOCK] : &none;
	const struct score *const known = x->what & SEEN ? x : &none;
	const uint64_t incident = known->what / INCIDENT;

	p = put_count(p, row);
	*p++ = ',';
	p = put_score(p, known->score);
	*p++ = ',';
	p = put_score(p, known->p);
	*p++ = ',';
	if (known->what & ANOMALOUS || !isnan(known->score))
		*p++ = known->what & ANOMALOUS ? '1' : '0';
	*p++ = ',';
	if (incident < s->attack_max && s->attack[incident] != NULL)
		p = put_text(p, s->attack[incident]);
	*p++ = ',';
	if (incident != 0)
		p = put_count(p, incident);
	*p++ = '\n';
	return p;
}

int scores_write(const struct scores *s, const char *path, uint64_t rows, struct err *e)
{
	struct savefile out = { 0 };
	char line[LINE];
	int r = savefile_open(&out, path, e);

	if (r < 0)
		return r;
	fputs(scores_head, out.f);
	for (uint64_t row = 0; row < rows || row < s->rows; row++) {
		const size_t n = (size_t)(put_line(line, s, row) - line);

		if (fwrite(line, 1, n, out.f) == n)
			continue;
		r = err_errno(e, ERR_IO, "%s: cannot write", path);
		savefile_abort(&out);
		return r;
	}
	return savefile_commit(&out, e);
}
