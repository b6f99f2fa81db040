/* store_scan_delete: a time in the row is all that hides a scan. */
#include "sql/store_scan_delete.h"

#include "sql/store_device.h"
#include "sql/store_inside.h"

/* One statement about a scan: how many rows it found. */
static int64_t run(struct store *s, enum statement st, uint64_t id, struct err *e)
{
	int r;

	args_clear(&s->args);
	args_u64(&s->args, id);
	if ((r = db_run(s->db, st, &s->args, e)) < 0)
		return r;
	return (int64_t)db_found(s->db);
}

/* The row; what counts the scans of a device does so anew with it. */
static int64_t set_deleted(struct store *s, enum statement st, uint64_t id, struct err *e)
{
	int64_t found = 0;
	int r;

	if ((r = store_may_write(s, e)) < 0)
		return r;
	for (int tries = 0; tries < 2; tries++) {
		if ((r = db_begin(s->db, e)) == OK && (found = run(s, st, id, e)) >= 0 &&
		    (found == 0 || (r = store_device_refresh(s, id, e)) == OK) && (r = db_commit(s->db, e)) == OK)
			return found;
		r = r < 0 ? r : (int)found;
		db_rollback(s->db);
		if (!(db_fault(s->db) & (FAULT_LOST | FAULT_DEADLOCK)))
			break;
	}
	return r;
}

int store_scan_delete(struct store *s, uint64_t id, struct err *e)
{
	const int64_t found = set_deleted(s, SCAN_DELETE, id, e);
	int r;

	if (found != 0)
		return found < 0 ? (int)found : OK;
	if ((r = store_scan_exists(s, id, e)) < 0)
		return r;
	return err_set(e, ERR_CONFLICT, "scan %llu is still running: cancel it first, or wait for its end", (unsigned long long)id);
}

int store_scan_restore(struct store *s, uint64_t id, struct err *e)
{
	const int64_t found = set_deleted(s, SCAN_RESTORE, id, e);

	return found != 0 ? (found < 0 ? (int)found : OK) : store_scan_exists(s, id, e);
}

int store_scan_purge(struct store *s, uint64_t *removed, struct err *e)
{
	/* In this order: the largest first. The row of the scan takes the little that is left with it. */
	static const enum statement parts[] = { PURGE_ANOMALIES, PURGE_FLOWS, PURGE_EXPLANATIONS, PURGE_INCIDENTS, PURGE_SCAN };
	uint64_t id = 0;
	const struct col cols[] = { { COL_U64, &id } };
	int64_t found = 0;
	int r;

	*removed = 0;
	if ((r = store_may_write(s, e)) < 0 || (r = db_one(s->db, SCAN_EXPIRED, NULL, cols, 1, e)) <= 0)
		return r;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && found == 0; i++) {
		if ((found = run(s, parts[i], id, e)) < 0)
			return (int)found;
		*removed = found > 0 && parts[i] == PURGE_SCAN ? id : 0;
	}
	return 1;
}
