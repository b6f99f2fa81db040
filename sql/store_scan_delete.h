/*
 * store_scan_delete: scans that go, and come back. A deleted scan is hidden from all other reads at once; for seven days it can be restored, then the
 * background worker removes it with everything that belongs to it.
 */
#ifndef SQL_STORE_SCAN_DELETE_H
#define SQL_STORE_SCAN_DELETE_H

#include "sql/store.h"

enum { SCAN_KEPT_DAYS = 7 }; /* DELETED_SINCE in statement.c says the same */

/* ERR_NOT_FOUND: there is none, or it is deleted already; ERR_CONFLICT: it runs. */
int store_scan_delete(struct store *s, uint64_t id, struct err *e);

/* Nothing happens to one that is there. ERR_NOT_FOUND: there is none, or it is being removed. */
int store_scan_restore(struct store *s, uint64_t id, struct err *e);

/*
 * Remove some of what the scan has that was deleted longest ago, when its days are over: one statement of at most some thousand rows, so
 * nobody waits for long. 1: there may be more; 0: nothing is left to remove. *removed: a scan of which this was the last; 0: none.
 */
int store_scan_purge(struct store *s, uint64_t *removed, struct err *e);

#endif
