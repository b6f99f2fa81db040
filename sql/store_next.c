/* store_next: the neighbours of what is shown. */
#include "sql/store_inside.h"
#include "sql/store_mark.h"

int store_incident_next(struct store *s, uint64_t scan, uint64_t id, int64_t next[static 2], struct err *e)
{
	int64_t at = -1, before = -1;
	const struct col cols[] = { { COL_I64, &at } };
	int r, here = 0;

	next[0] = next[1] = -1;
	args_clear(&s->args);
	args_u64(&s->args, scan);
	if ((r = db_select(s->db, INCIDENT_RANKS, &s->args, cols, 1, e)) < 0)
		return r;
	while ((r = db_next(s->db, INCIDENT_RANKS, cols, 1, e)) == 1) {
		if (here) {
			next[1] = at;
			break;
		}
		here = (uint64_t)at == id;
		next[0] = here ? before : -1;
		before = at;
	}
	db_end(s->db, INCIDENT_RANKS);
	return r < 0 ? r : OK;
}

/* One number of a statement that takes two. */
static int one(struct store *s, enum statement st, uint64_t a, uint64_t b, int64_t *out, struct err *e)
{
	const struct col cols[] = { { COL_I64, out } };
	int r;

	args_clear(&s->args);
	args_u64(&s->args, a);
	args_u64(&s->args, b);
	if ((r = db_one(s->db, st, &s->args, cols, 1, e)) == 0)
		*out = -1;
	return r < 0 ? r : OK;
}

int store_anomaly_next(struct store *s, uint64_t scan, uint64_t sequence, int64_t next[static 2], struct err *e)
{
	const int r = one(s, ANOMALY_BEFORE, scan, sequence, &next[0], e);

	return r < 0 ? r : one(s, ANOMALY_BEHIND, scan, sequence, &next[1], e);
}

int store_explained_of(struct store *s, uint64_t scan, uint64_t incident, int64_t *sequence, struct err *e)
{
	return one(s, EXPLANATION_OF_INCIDENT, scan, incident, sequence, e);
}
