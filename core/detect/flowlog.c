/* flowlog: two chunks: the one that fills, and the one before, which may still be wanted for what comes. */
#include "detect/flowlog.h"

#include <math.h>
#include <stdlib.h>
#include <zstd.h>

#include "detect/fuse.h"
#include "flow/put.h"
#include "flow/write.h"

/* LEVEL: a higher one packs little better in much more time. HEAD: room for what is before the row: six numbers and the name of a rule. */
enum { LEVEL = 1, HEAD = 512 };

static const double MUCH = 9e9;

/* A verdict that outlives its call. */
struct held {
	struct flow flow;
	double score, p;
	uint64_t device, incident;
	const struct rule *rule;
	int side, anomalous;
};

struct chunk {
	size_t n;
	uint64_t number, flagged, first, last;
	struct held item[FLOWLOG_CHUNK];
};

struct flowlog {
	struct flowlog_options o;
	struct chunk *filling, *before; /* before: empty, or without a flagged flow */
	int after_flagged;              /* the chunk before the one that fills had a flagged flow */
	uint64_t chunks, given, left_out;
	struct text text, packed;
	ZSTD_CCtx *zstd;
};

int flowlog_new(struct flowlog **out, const struct flowlog_options *o, struct err *e)
{
	struct flowlog *const l = calloc(1, sizeof(*l));

	if (l == NULL || (l->filling = malloc(sizeof(*l->filling))) == NULL || (l->before = malloc(sizeof(*l->before))) == NULL ||
	    (l->zstd = ZSTD_createCCtx()) == NULL) {
		flowlog_del(l);
		return err_set(e, ERR_NOMEM, "out of memory for a log of flows");
	}
	l->o = *o;
	l->o.chunks_max = o->chunks_max > 0 ? o->chunks_max : FLOWLOG_CHUNKS;
	l->filling->n = l->before->n = 0;
	*out = l;
	return OK;
}

void flowlog_del(struct flowlog *l)
{
	if (l == NULL)
		return;
	ZSTD_freeCCtx(l->zstd);
	text_free(&l->text);
	text_free(&l->packed);
	free(l->filling);
	free(l->before);
	free(l);
}

/* To a billionth, or above 1 a millionth; without printf(), which would cost as much as all the rest of a line. */
static char *put_score(char *p, double v)
{
	if (isnan(v))
		return put_text(p, "-");
	if (!(v < MUCH))
		return put_text(p, "inf");
	if (v < 1)
		return put_text(put_count(p, v > 0 ? (uint64_t)(v * 1e9 + 0.5) : 0), "e-9");
	return put_micros(p, round(v * 1e6) / 1e6, 1);
}

static void write_line(struct text *t, const struct held *h)
{
	char *const line = text_room(t, HEAD), *p = line;
	const double unlikely = fuse_score(h->p);

	if (line == NULL)
		return;
	p = put_text(put_count(p, h->flow.row), "\t");
	p = put_text(put_score(p, h->score), "\t");
	p = put_text(unlikely == h->score ? put_text(p, "=") : put_score(p, unlikely), "\t");
	p = put_text(p, h->anomalous ? "1\t" : "0\t");
	p = put_text(put_text(p, h->rule != NULL ? h->rule->name : "-"), "\t");
	p = put_text(put_count(p, h->incident), "\t");
	p = put_text(p, h->side == ORIG ? "0\t" : h->side == RESP ? "1\t" : "-\t");
	p = put_text(put_count(p, h->device), "\t");
	text_took(t, (size_t)(p - line));
	flow_write(t, FLOW_ZEEK, &h->flow);
}

/* To the sink; empty afterwards. */
static int give(struct flowlog *l, struct chunk *c, struct err *e)
{
	struct flowlog_chunk out = {
		.number = c->number, .row_first = c->first, .row_last = c->last, .flow_n = c->n, .flagged_n = c->flagged
	};
	char *room;
	size_t packed;

	if (l->given == l->o.chunks_max) {
		l->left_out += c->flagged;
		c->n = 0;
		return OK;
	}
	text_clear(&l->text);
	text_clear(&l->packed);
	for (size_t i = 0; i < c->n; i++)
		write_line(&l->text, &c->item[i]);
	c->n = 0;
	room = text_room(&l->packed, ZSTD_compressBound(l->text.n));
	if (l->text.failed || room == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for a log of flows");
	packed = ZSTD_compressCCtx(l->zstd, room, ZSTD_compressBound(l->text.n), l->text.p, l->text.n, LEVEL);
	if (ZSTD_isError(packed))
		return err_set(e, ERR_NOMEM, "out of memory for a log of flows");
	l->given++;
	out.data = room;
	out.len = packed;
	return l->o.sink(l->o.arg, &out, e);
}

/* The chunk is full, or the last. */
static int end_chunk(struct flowlog *l, struct err *e)
{
	struct chunk *const c = l->filling;
	const int wanted = c->flagged > 0 || l->after_flagged;
	int r = OK;

	l->chunks++;
	l->after_flagged = c->flagged > 0;
	if (c->flagged > 0 && l->before->n > 0)
		r = give(l, l->before, e);
	if (wanted)
		return r == OK ? give(l, c, e) : r;
	l->filling = l->before;
	l->filling->n = 0;
	l->before = c;
	return r;
}

int flowlog_add(struct flowlog *l, const struct verdict *v, struct err *e)
{
	struct chunk *const c = l->filling;
	const uint64_t row = v->flow->row;
	struct held *const h = &c->item[c->n];

	if (c->n++ == 0) {
		c->number = l->chunks;
		c->flagged = 0;
		c->first = c->last = row;
	}
	h->flow = *v->flow;
	h->score = v->score;
	h->p = v->p;
	h->device = v->device;
	h->incident = v->incident;
	h->rule = v->rule;
	h->side = v->side;
	h->anomalous = v->anomalous != 0;
	c->flagged += (uint64_t)h->anomalous;
	c->first = row < c->first ? row : c->first;
	c->last = row > c->last ? row : c->last;
	return c->n < FLOWLOG_CHUNK ? OK : end_chunk(l, e);
}

int flowlog_finish(struct flowlog *l, struct err *e)
{
	return l->filling->n > 0 ? end_chunk(l, e) : OK;
}

uint64_t flowlog_left_out(const struct flowlog *l)
{
	return l->left_out;
}
