/* statement: the table. Times are those of the database, so that hosts need not agree. */
#include "sql/statement.h"

#define NOW_US "CAST(UNIX_TIMESTAMP(NOW(6)) * 1000000 AS SIGNED)"

/* Locks belong to a whole server, so their names tell the database too; they may have 64 characters. */
#define LOCK_OF(id) "LEFT(CONCAT('guardian.scan.', " id ", '.', DATABASE()), 64)"

#define SCAN_SHORT                                                                                                                 \
	"id, state, started_us, finished_us, name, upload_key, method, model, error, threshold, size, byte_n, row_n, skipped_n, "  \
	"window_n, anomaly_n, low_n, medium_n, high_n, critical_n, error_mean, error_max, seconds, highlights, "                   \
	"device_n, flow_n, flow_anomaly_n, incident_n, incident_severity"
#define SCAN_LONG SCAN_SHORT ", details, curve, skipped, input_report"

#define SET_COUNTS                                                                                                                 \
	"byte_n = ?, row_n = ?, skipped_n = ?, window_n = ?, anomaly_n = ?, low_n = ?, medium_n = ?, high_n = ?, critical_n = ?, " \
	"device_n = ?, flow_n = ?, flow_anomaly_n = ?, incident_n = ?, phase = ?"
#define KEEP(c) c " = COALESCE(?, " c ")"
#define KEEP_COUNTS                                                                                                                \
	KEEP("byte_n")                                                                                                             \
	", " KEEP("row_n") ", " KEEP("skipped_n") ", " KEEP("window_n") ", " KEEP("anomaly_n") ", " KEEP("low_n") ", " KEEP(       \
		"medi"                                                                                                             \
		"um_"                                                                                                              \
		"n") ", " KEEP("high_n") ", " KEEP("critical_n") ", " KEEP("device_n") ", " KEEP("flow_n") ", " KEEP("flow_"       \
														     "anomaly_n") ", " KEEP("incident_n") ", " KEEP("phase")

#define JOB_LOCK_OF(id) "LEFT(CONCAT('guardian.job.', " id ", '.', DATABASE()), 64)"
#define JOB_SHORT                                                                                                                  \
	"id, kind, state, started_us, updated_us, finished_us, cancel_us IS NOT NULL, name, size, params, progress, phase, row_n, " \
	"row_rate, error, report IS NOT NULL"

const struct statement_row statements[STATEMENT_N] = {
	[SCHEMA_NUMBER] = { "SELECT COALESCE(MAX(number), 0) FROM schema_migrations", 1 },

	/* The lock is taken before the row can be seen: RETURNING comes before the commit. */
	[SCAN_START] = { "INSERT INTO scans (started_us, name, upload_key, method, model, threshold, size, strategy, idempotency) "
			 "VALUES (" NOW_US ", ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id, GET_LOCK(" LOCK_OF("id") ", 0)",
			 0 },
	[SCAN_ID_OF_KEY] = { "SELECT id FROM scans WHERE upload_key = ?", 1 },
	/* Who makes progress is not gone, whatever somebody thought meanwhile. */
	[SCAN_PROGRESS] = { "UPDATE scans SET " SET_COUNTS
			    ", state = 0, finished_us = NULL, error = NULL WHERE id = ? AND state IN (0, 3)",
			    1 },
	[SCAN_FINISH] = { "UPDATE scans SET " SET_COUNTS
			  ", error_mean = ?, error_max = ?, seconds = ?, details = ?, highlights = ?, "
			  "curve = ?, skipped = ?, input_report = ?, " KEEP(
				  "model") ", threshold = ?, incident_severity = ?, first_ts = ?, last_ts = ?, labelled_n = ?, "
					   "attack_n = ?, whatif = ?, "
					   "incident_parts = ?, state = 1, error = NULL, finished_us = " NOW_US
					   " WHERE id = ? AND state IN (0, 3)",
			  0 },
	[SCAN_FAIL] = { "UPDATE scans SET " KEEP_COUNTS ", error = IF(state = 4, error, ?), state = IF(state = 4, 4, ?), " KEEP(
				"input_report") ", finished_us = " NOW_US " WHERE id = ? AND state <> 1",
			1 },
	[SCAN_STATE] = { "SELECT state FROM scans WHERE id = ?", 1 },
	/* The same when a commit that is still under way has come to its end. */
	[SCAN_SETTLED] = { "SELECT state FROM scans WHERE id = ? LOCK IN SHARE MODE", 1 },
	[SCAN_GET] = { "SELECT " SCAN_LONG " FROM scans WHERE id = ?", 1 },
	[SCAN_BY_KEY] = { "SELECT " SCAN_SHORT " FROM scans WHERE upload_key = ?", 1 },
	[SCAN_LIST] = { "SELECT " SCAN_SHORT " FROM scans WHERE id < ? ORDER BY id DESC LIMIT ?", 1 },
	[SCAN_COUNT] = { "SELECT COUNT(*) FROM scans WHERE state = 1", 1 },
	[SCAN_LOCK] = { "SELECT GET_LOCK(" LOCK_OF("?") ", 0)", 0 },
	[SCAN_UNLOCK] = { "DO RELEASE_LOCK(" LOCK_OF("?") ")", 0 },
	[SCAN_ABANDONED] = { "SELECT id FROM scans WHERE state = 0 AND IS_FREE_LOCK(" LOCK_OF("id") ") = 1 ORDER BY id", 1 },
	[SCAN_SWEEP] = { "UPDATE scans SET state = 3, finished_us = " NOW_US ", error = 'the worker that scanned it is gone' "
			 "WHERE id = ? AND state = 0 AND IS_FREE_LOCK(" LOCK_OF("id") ") = 1",
			 1 },

	[ANOMALY_ADD] = { "INSERT INTO anomalies (scan_id, sequence_id, row_first, row_last, ts, error, severity, step, feature, "
			  "share, "
			  "value, sample, p_value, attack, rule, incident, orig_host, orig_port, resp_host, resp_port, "
			  "device_side, "
			  "sentence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			  0 },
	[ANOMALY_LIST] = { "SELECT sequence_id, row_first, row_last, ts, error, severity, step, feature, share, value, sample, "
			   "p_value, attack, rule, COALESCE(incident, 0), orig_host, COALESCE(orig_port, -1), resp_host, "
			   "COALESCE(resp_port, -1), COALESCE(device_side, -1), sentence FROM anomalies WHERE scan_id = ? AND "
			   "sequence_id >= ? ORDER BY sequence_id LIMIT ?",
			   1 },

	[INCIDENT_ADD] = { "INSERT INTO incidents (scan_id, id, device_ip, device_mac, attack, rule, title, technique, severity, "
			   "start_ts, end_ts, flow_n, peer_n, peer, port, score, p_value, row_first, row_last, bytes_out, "
			   "bytes_in, "
			   "sentence, report, window_first, window_last, peak_sequence, found_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
			   "?, ?, ?, ?, "
			   "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			   0 },
	/* An infinite score is NULL. */
	[INCIDENT_LIST] = { "SELECT report FROM incidents WHERE scan_id = ? "
			    "ORDER BY severity DESC, score IS NULL DESC, score DESC, id LIMIT ?",
			    1 },

	/* uploads: sql/store_upload.h */
	[UPLOAD_BY_KEY] = { "SELECT id, state, phase, size, byte_n, row_n, window_n, anomaly_n, incident_n, error, "
			    "(COALESCE(finished_us, " NOW_US
			    ") - started_us) / 1e6 FROM scans WHERE upload_key = ? AND deleted_us IS NULL",
			    1 },
	[UPLOAD_SAME] = { "SELECT id, state, name, size, method, strategy, deleted_us IS NOT NULL FROM scans WHERE idempotency = ?",
			  1 },
	[UPLOAD_FORGET] = { "UPDATE scans SET idempotency = NULL WHERE idempotency = ? AND (state IN (2, 3, 4) OR deleted_us IS "
			    "NOT NULL)",
			    1 },
	/* While its results are being stored the row is locked: who stores them is asked to stop by other means, and lets go. */
	[SCAN_CANCEL] = { "SET STATEMENT innodb_lock_wait_timeout = 3 FOR UPDATE scans SET state = 4, finished_us = " NOW_US
			  ", error = 'cancelled' WHERE id = ? AND state = 0 AND deleted_us IS NULL",
			  1 },

	/* evidence: sql/store_evidence.h */
	[SCAN_FINISHED_AT] = { "SELECT finished_us FROM scans WHERE id = ?", 1 },
	[CURVE_ADD] = { "INSERT INTO curves (scan_id, window_n, data) VALUES (?, ?, ?)", 0 },
	[CURVE_GET] = { "SELECT scans.method, scans.threshold, curves.data FROM scans LEFT JOIN curves ON curves.scan_id = "
			"scans.id "
			"WHERE scans.id = ? AND deleted_us IS NULL",
			1 },
	[WHATIF_GET] = { "SELECT method, threshold, whatif FROM scans WHERE id = ? AND deleted_us IS NULL", 1 },
	[EXPLANATION_ADD] = { "INSERT INTO explanations (scan_id, sequence_id, report) VALUES (?, ?, ?)", 0 },
	[FLOW_CHUNK_ADD] = { "INSERT INTO flow_chunks (scan_id, chunk, row_first, row_last, flow_n, flagged_n, data) "
			     "VALUES (?, ?, ?, ?, ?, ?, ?)",
			     0 },
	[FLOW_CHUNK_LIST] = { "SELECT chunk, row_first, row_last, flow_n, flagged_n, data FROM flow_chunks "
			      "WHERE scan_id = ? AND chunk >= ? AND flagged_n > 0 ORDER BY chunk LIMIT ?",
			      1 },
	[FLOW_CHUNK_AROUND] = { "SELECT chunk, row_first, row_last, flow_n, flagged_n, data FROM flow_chunks "
				"WHERE scan_id = ? AND row_first <= ? AND row_last >= ? ORDER BY row_last - row_first, chunk LIMIT "
				"?",
				1 },
	[FLOW_FACTS] = { "SELECT method, name, flow_anomaly_n, incident_parts, EXISTS (SELECT 1 FROM flow_chunks WHERE scan_id = "
			 "scans.id) "
			 "FROM scans WHERE id = ? AND deleted_us IS NULL",
			 1 },

	[MAIL_ADD] = { "INSERT INTO mails (scan_id, created_us, due_us, subject, body) VALUES (?, " NOW_US ", " NOW_US ", ?, ?)",
		       0 },
	/* In the order of the index, as a sort would lock all mails that wait. */
	[MAIL_CLAIM] = { "SELECT id, scan_id, attempts, subject, body FROM mails FORCE INDEX (due) "
			 "WHERE state = 0 AND due_us <= " NOW_US " ORDER BY due_us, id LIMIT 1 FOR UPDATE SKIP LOCKED",
			 0 },
	[MAIL_SENT] = { "UPDATE mails SET state = 1, attempts = ?, error = NULL, finished_us = " NOW_US
			" WHERE id = ? AND state = 0",
			1 },
	/* Nothing, when another host has tried since. */
	[MAIL_FAILED] = { "UPDATE mails SET state = ?, attempts = ?, error = ?, due_us = " NOW_US " + ?, "
			  "finished_us = IF(state = 2, " NOW_US ", NULL) WHERE id = ? AND state = 0 AND attempts = ?",
			  1 },

	/* ---- the page of a scan ---- */
	[SCAN_PARTS] = { "SELECT strategy, first_ts, last_ts, labelled_n, attack_n, "
			 "COALESCE((SELECT window_n FROM curves WHERE scan_id = scans.id), 0), whatif IS NOT NULL, "
			 "EXISTS (SELECT 1 FROM flow_chunks WHERE scan_id = scans.id) FROM scans WHERE id = ?",
			 1 },
	/* An infinite score is NULL. */
	[INCIDENT_LINES] = { "SELECT i.id, i.severity, i.flow_n, i.peer_n, i.mark, i.title, i.technique, i.sentence, i.peer, "
			     "i.device_ip, i.device_mac, d.name, COALESCE(i.device_id, 0), COALESCE(i.port, -1), "
			     "COALESCE(i.window_first, -1), COALESCE(i.window_last, -1), i.start_ts, i.end_ts "
			     "FROM incidents i LEFT JOIN devices d ON d.id = i.device_id WHERE i.scan_id = ? "
			     "ORDER BY i.severity DESC, i.score IS NULL DESC, i.score DESC, i.id LIMIT ? OFFSET ?",
			     1 },
	/* jobs: as with scans */
	[JOB_START] = { "INSERT INTO jobs (kind, started_us, updated_us, name, size, params) VALUES (?, " NOW_US ", " NOW_US
			", ?, ?, ?) RETURNING id, GET_LOCK(" JOB_LOCK_OF("id") ", 0)",
			0 },
	[JOB_FORGET] = { "DELETE FROM jobs WHERE id <= ? AND state <> 0", 1 },
	[JOB_PROGRESS] = { "UPDATE jobs SET progress = ?, phase = ?, row_n = ?, row_rate = ?, updated_us = " NOW_US
			   ", state = 0, finished_us = NULL, error = NULL WHERE id = ? AND state IN (0, 3)",
			   1 },
	[JOB_WISH] = { "SELECT cancel_us IS NOT NULL FROM jobs WHERE id = ?", 1 },
	/* Only who runs it writes this, so doing it once more after the connection was lost changes nothing. */
	[JOB_FINISH] = { "UPDATE jobs SET state = 1, progress = 1, result = ?, report = ?, error = NULL, finished_us = " NOW_US
			 " WHERE id = ? AND state IN (0, 1, 3)",
			 1 },
	[JOB_FAIL] = { "UPDATE jobs SET state = ?, error = ?, finished_us = " NOW_US " WHERE id = ? AND state <> 1", 1 },
	[JOB_CANCEL] = { "UPDATE jobs SET cancel_us = COALESCE(cancel_us, " NOW_US ") WHERE id = ? AND state = 0", 1 },
	[JOB_STATE] = { "SELECT state FROM jobs WHERE id = ?", 1 },
	[JOB_GET] = { "SELECT " JOB_SHORT ", result FROM jobs WHERE id = ?", 1 },
	[JOB_REPORT] = { "SELECT report FROM jobs WHERE id = ?", 1 },
	[JOB_LIST] = { "SELECT " JOB_SHORT " FROM jobs WHERE id < ? ORDER BY id DESC LIMIT ?", 1 },
	[JOB_LOCK] = { "SELECT GET_LOCK(" JOB_LOCK_OF("?") ", 0)", 0 },
	[JOB_UNLOCK] = { "DO RELEASE_LOCK(" JOB_LOCK_OF("?") ")", 0 },
	[JOB_ABANDONED] = { "SELECT id FROM jobs WHERE state = 0 AND IS_FREE_LOCK(" JOB_LOCK_OF("id") ") = 1 ORDER BY id", 1 },
	[JOB_SWEEP] = { "UPDATE jobs SET state = IF(cancel_us IS NULL, 3, 4), finished_us = " NOW_US
			", error = IF(cancel_us IS NULL, 'the worker that did it is gone', NULL) "
			"WHERE id = ? AND state = 0 AND IS_FREE_LOCK(" JOB_LOCK_OF("id") ") = 1",
			1 },
};
