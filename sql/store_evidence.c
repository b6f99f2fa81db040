/* store_evidence: blobs and texts beside a scan. */
#include "sql/store_evidence.h"

#include <stdlib.h>

#include "sql/store_inside.h"

enum { CHUNK_COLUMNS = 7, EXPLANATION_COLUMNS = 3, BATCH_BYTES = 1 << 20 };

/* ---- at the end of a scan ------------------------------------------------------------------------------------------------------ */

static int add_curve(struct store *s, uint64_t scan, const struct scan_end *end, struct err *e)
{
	args_clear(&s->args);
	args_u64(&s->args, scan);
	args_u64(&s->args, end->curve_windows);
	args_blob(&s->args, end->curve_data, end->curve_len);
	return db_run(s->db, CURVE_ADD, &s->args, e);
}

static int add_explanations(struct store *s, uint64_t scan, const struct scan_end *end, struct err *e)
{
	int r = OK;

	for (size_t i = 0; i < end->explanation_n && r == OK;) {
		args_clear(&s->args);
		for (; i < end->explanation_n && s->args.text.n < BATCH_BYTES; i++) {
			args_u64(&s->args, scan);
			args_u64(&s->args, end->explanation[i].sequence_id);
			args_text(&s->args, end->explanation[i].report, SIZE_MAX);
		}
		r = db_run_rows(s->db, EXPLANATION_ADD, &s->args, EXPLANATION_COLUMNS, e);
	}
	return r;
}

int store_evidence_add(struct store *s, uint64_t scan, const struct scan_end *end, struct err *e)
{
	int r = OK;

	if (end->curve_data != NULL && (r = add_curve(s, scan, end, e)) < 0)
		return r;
	return add_explanations(s, scan, end, e);
}

int store_flow_chunks_add(struct store *s, uint64_t scan, flow_chunk_source next, void *arg, struct err *e)
{
	struct flow_chunk_row c;
	int r, more = 0;

	do {
		args_clear(&s->args);
		while (s->args.text.n < BATCH_BYTES && !s->args.failed && (more = next(arg, &c, e)) == 1) {
			args_u64(&s->args, scan);
			args_u64(&s->args, c.chunk);
			args_u64(&s->args, c.row_first);
			args_u64(&s->args, c.row_last);
			args_u64(&s->args, c.flows);
			args_u64(&s->args, c.flagged);
			args_blob(&s->args, c.data, c.len);
		}
		if (more < 0)
			return more;
		if ((s->args.n > 0 || s->args.failed) && (r = db_run_rows(s->db, FLOW_CHUNK_ADD, &s->args, CHUNK_COLUMNS, e)) < 0)
			return r;
	} while (more == 1);
	return OK;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------ */

static int no_scan(uint64_t id, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "there is no scan %llu", (unsigned long long)id);
}

void scan_evidence_free(struct scan_evidence *v)
{
	free(v->method);
	free(v->data);
	*v = (struct scan_evidence){ 0 };
}

static int get(struct store *s, enum statement st, uint64_t scan, struct scan_evidence *out, struct err *e)
{
	struct scan_evidence v = { 0 };
	struct blob data = { NULL, 0 };
	const struct col cols[] = { { COL_TEXT, &v.method }, { COL_REAL, &v.threshold }, { COL_BLOB, &data } };
	int r;

	args_clear(&s->args);
	args_u64(&s->args, scan);
	r = db_one(s->db, st, &s->args, cols, 3, e);
	v.data = data.p;
	v.len = data.n;
	if (r == 1) {
		*out = v;
		return OK;
	}
	scan_evidence_free(&v);
	return r < 0 ? r : no_scan(scan, e);
}

int store_curve_get(struct store *s, uint64_t scan, struct scan_evidence *out, struct err *e)
{
	return get(s, CURVE_GET, scan, out, e);
}

int store_whatif_get(struct store *s, uint64_t scan, struct scan_evidence *out, struct err *e)
{
	return get(s, WHATIF_GET, scan, out, e);
}

void flow_facts_free(struct flow_facts *f)
{
	free(f->method);
	free(f->name);
	free(f->parts);
	*f = (struct flow_facts){ 0 };
}

int store_flow_facts(struct store *s, uint64_t scan, struct flow_facts *out, struct err *e)
{
	struct flow_facts f = { 0 };
	uint64_t kept = 0;
	const struct col cols[] = {
		{ COL_TEXT, &f.method }, { COL_TEXT, &f.name }, { COL_U64, &f.flagged }, { COL_TEXT, &f.parts }, { COL_U64, &kept }
	};
	int r;

	args_clear(&s->args);
	args_u64(&s->args, scan);
	r = db_one(s->db, FLOW_FACTS, &s->args, cols, 5, e);
	f.kept = kept != 0;
	if (r == 1) {
		*out = f;
		return OK;
	}
	flow_facts_free(&f);
	return r < 0 ? r : no_scan(scan, e);
}

/* The rows of a statement whose placeholders are in s->args. */
static int list(struct store *s, enum statement st, flow_chunk_each each, void *arg, struct err *e)
{
	struct flow_chunk_row c = { 0 };
	struct blob data = { NULL, 0 };
	const struct col cols[] = { { COL_U64, &c.chunk }, { COL_U64, &c.row_first }, { COL_U64, &c.row_last },
				    { COL_U64, &c.flows }, { COL_U64, &c.flagged },   { COL_BLOB, &data } };
	int r;

	if ((r = db_select(s->db, st, &s->args, cols, 6, e)) < 0)
		return r;
	while ((r = db_next(s->db, st, cols, 6, e)) == 1) {
		c.data = data.p;
		c.len = data.n;
		r = each(arg, &c);
		free(data.p);
		data = (struct blob){ NULL, 0 };
		if (r != 0)
			break;
	}
	free(data.p);
	db_end(s->db, st);
	return r;
}

int store_incident_rows(struct store *s, uint64_t scan, uint64_t incident, uint64_t rows[static 2], struct err *e)
{
	uint64_t found[2] = { 0 };
	const struct col cols[] = { { COL_U64, &found[0] }, { COL_U64, &found[1] } };
	int r;

	args_clear(&s->args);
	args_u64(&s->args, scan);
	args_u64(&s->args, incident);
	if ((r = db_one(s->db, INCIDENT_ROWS, &s->args, cols, 2, e)) == 1) {
		rows[0] = found[0];
		rows[1] = found[1];
	}
	return r;
}

int store_flow_chunks(struct store *s, uint64_t scan, uint64_t chunk, const uint64_t rows[static 2], size_t limit,
		      flow_chunk_each each, void *arg, struct err *e)
{
	args_clear(&s->args);
	args_u64(&s->args, scan);
	args_u64(&s->args, chunk);
	args_u64(&s->args, rows[0]);
	args_u64(&s->args, rows[1]);
	args_u64(&s->args, limit);
	return list(s, FLOW_CHUNK_LIST, each, arg, e);
}

int store_flow_chunks_around(struct store *s, uint64_t scan, uint64_t first, uint64_t last, size_t limit, flow_chunk_each each,
			     void *arg, struct err *e)
{
	args_clear(&s->args);
	args_u64(&s->args, scan);
	args_u64(&s->args, last);
	args_u64(&s->args, first);
	args_u64(&s->args, limit);
	return list(s, FLOW_CHUNK_AROUND, each, arg, e);
}
