/* store_upload: progress, cancelling, idempotency. */
#include "sql/store_upload.h"

#include <stdlib.h>

#include "base/key.h"
#include "sql/store_inside.h"

enum { HASH_MAX = 64 };

static const char *const phase_names[] = { [PHASE_READING] = "reading", [PHASE_JUDGING] = "judging", [PHASE_STORING] = "storing" };

const char *scan_phase_name(enum scan_phase p)
{
	return (size_t)p < sizeof(phase_names) / sizeof(*phase_names) ? phase_names[p] : "unknown";
}

int store_upload_get(struct store *s, const char *key, struct upload_row *out, struct err *e)
{
	struct upload_row u = { 0 };
	uint64_t state = 0, phase = 0;
	const struct col cols[] = {
		{ COL_U64, &u.id },
		{ COL_U64, &state },
		{ COL_U64, &phase },
		{ COL_I64, &u.size },
		{ COL_U64, &u.counts.bytes },
		{ COL_U64, &u.counts.rows },
		{ COL_U64, &u.counts.windows },
		{ COL_U64, &u.counts.anomalies },
		{ COL_U64, &u.counts.incidents },
		{ COL_TEXT, &u.error },
		{ COL_REAL, &u.seconds },
	};
	int r = 0;

	args_clear(&s->args);
	args_text(&s->args, key, KEY_MAX);
	if (key_is(key))
		r = db_one(s->db, UPLOAD_BY_KEY, &s->args, cols, sizeof(cols) / sizeof(*cols), e);
	if (r == 1) {
		u.state = (enum scan_state)state;
		u.phase = u.counts.phase = (enum scan_phase)phase;
		*out = u;
		return OK;
	}
	free(u.error);
	return r < 0 ? r : err_set(e, ERR_NOT_FOUND, "there is no scan with this key");
}

int store_scan_cancel(struct store *s, uint64_t id, struct err *e)
{
	enum scan_state state;
	int r;

	if ((r = store_may_write(s, e)) < 0)
		return r;
	args_clear(&s->args);
	args_u64(&s->args, id);
	r = db_run(s->db, SCAN_CANCEL, &s->args, e);
	if (r < 0 && (db_fault(s->db) & FAULT_LOCKED))
		return err_set(e, ERR_CONFLICT, "the results of scan %llu are just being stored", (unsigned long long)id);
	if (r < 0 || db_found(s->db) > 0)
		return r;
	if ((r = store_scan_state(s, id, &state, e)) < 0 || state == SCAN_CANCELLED)
		return r;
	return err_set(e, ERR_CONFLICT, "scan %llu is %s already", (unsigned long long)id, scan_state_name(state));
}

void same_row_free(struct same_row *r)
{
	free(r->name);
	free(r->method);
	free(r->strategy);
	*r = (struct same_row){ 0 };
}

int store_upload_same(struct store *s, const char *idempotency, struct same_row *out, struct err *e)
{
	struct same_row row = { 0 };
	uint64_t state = 0, deleted = 0;
	const struct col cols[] = { { COL_U64, &row.id },   { COL_U64, &state },       { COL_TEXT, &row.name },
				    { COL_I64, &row.size }, { COL_TEXT, &row.method }, { COL_TEXT, &row.strategy },
				    { COL_U64, &deleted } };
	int r;

	if ((r = store_may_write(s, e)) < 0)
		return r;
	args_clear(&s->args);
	args_text(&s->args, idempotency, HASH_MAX);
	r = db_one(s->db, UPLOAD_SAME, &s->args, cols, sizeof(cols) / sizeof(*cols), e);
	row.state = (enum scan_state)state;
	if (r == 1 && !deleted && (row.state == SCAN_RUNNING || row.state == SCAN_DONE)) {
		*out = row;
		return 1;
	}
	same_row_free(&row);
	if (r <= 0)
		return r;
	args_clear(&s->args);
	args_text(&s->args, idempotency, HASH_MAX);
	r = db_run(s->db, UPLOAD_FORGET, &s->args, e);
	return r < 0 ? r : 0;
}
