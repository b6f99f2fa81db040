/* chunk_spool: records of one size behind each other: the facts of a chunk, then its bytes. */
#include "api/chunk_spool.h"

#include <stdlib.h>
#include <string.h>

#include "base/spool.h"
#include "base/text.h"

enum { PIECE = 16 << 10 };

union record {
	struct facts {
		uint64_t number, row_first, row_last, flows, flagged, len;
	} facts;
	char piece[PIECE];
};

struct chunk_spool {
	struct spool *spool;
	union record record;
	struct text data; /* of the chunk that was read last */
};

int chunk_spool_new(struct chunk_spool **out, const char *dir, struct err *e)
{
	struct chunk_spool *const c = calloc(1, sizeof(*c));
	int r;

	if (c == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for flows");
	if ((r = spool_new(&c->spool, dir, sizeof(c->record), e)) < 0)
		chunk_spool_del(c);
	else
		*out = c;
	return r;
}

void chunk_spool_del(struct chunk_spool *c)
{
	if (c == NULL)
		return;
	spool_del(c->spool);
	text_free(&c->data);
	free(c);
}

int chunk_spool_put(struct chunk_spool *c, const struct flowlog_chunk *chunk, struct err *e)
{
	const char *from = chunk->data;
	int r;

	memset(&c->record, 0, sizeof(c->record));
	c->record.facts =
		(struct facts){ chunk->number, chunk->row_first, chunk->row_last, chunk->flow_n, chunk->flagged_n, chunk->len };
	r = spool_put(c->spool, &c->record, e);
	for (size_t left = chunk->len, n; r == OK && left > 0; left -= n, from += n) {
		n = left < PIECE ? left : PIECE;
		memcpy(c->record.piece, from, n);
		r = spool_put(c->spool, &c->record, e);
	}
	return r;
}

int chunk_spool_rewind(struct chunk_spool *c, struct err *e)
{
	return spool_rewind(c->spool, e);
}

int chunk_spool_get(struct chunk_spool *c, struct flow_chunk_row *out, struct err *e)
{
	struct facts f;
	int r;

	if ((r = spool_get(c->spool, &c->record, e)) <= 0)
		return r;
	f = c->record.facts;
	text_clear(&c->data);
	for (uint64_t left = f.len, n; left > 0; left -= n) {
		if ((r = spool_get(c->spool, &c->record, e)) < 0)
			return r;
		if (r == 0)
			return err_set(e, ERR_IO, "the temporary file of the flows is cut off");
		n = left < PIECE ? left : PIECE;
		text_add(&c->data, c->record.piece, n);
	}
	if (c->data.failed)
		return err_set(e, ERR_NOMEM, "out of memory for flows");
	*out = (struct flow_chunk_row){ f.number, f.row_first, f.row_last, f.flows, f.flagged, text_get(&c->data), c->data.n };
	return 1;
}
