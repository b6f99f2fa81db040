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
	"device_n = ?, flow_n = ?, flow_anomaly_n = ?, incident_n = ?"
#define KEEP(c) c " = COALESCE(?, " c ")"
#define KEEP_COUNTS                                                                                                                \
	KEEP("byte_n")                                                                                                             \
	", " KEEP("row_n") ", " KEEP("skipped_n") ", " KEEP("window_n") ", " KEEP("anomaly_n") ", " KEEP("low_n") ", " KEEP(       \
		"medi"                                                                                                             \
		"um_"                                                                                                              \
		"n") ", " KEEP("high_n") ", " KEEP("critical_n") ", " KEEP("device_n") ", " KEEP("flow_n") ", " KEEP("flow_"       \
														     "anomaly_n") ", " KEEP("incident_n")

/* Deleted scans can come back for so long. */
#define DELETED_SINCE "(" NOW_US " - 7 * 86400000000)"

/*
 * A page of the list of scans behind a row, by (column, id), as struct scan_find says. `behind` is < or >. An index gives the order, and where to begin;
 * filters are asked of its rows. Deleted scans are few.
 */
#define FIND_FILTER                                                                                                                \
	" AND started_us >= ? AND started_us < ? AND state BETWEEN ? AND ? AND worst >= ? AND name COLLATE utf8mb4_general_ci "    \
	"LIKE ? ESCAPE '!' AND (? = '' OR EXISTS (SELECT 1 FROM incidents WHERE attack = ? AND scan_id = scans.id)) "              \
	"AND (? = 0 OR EXISTS (SELECT 1 FROM device_scans WHERE device_id = ? AND scan_id = scans.id)) "
#define FIND(index, where, column, behind, way)                                                                                    \
	{                                                                                                                          \
		"SELECT " SCAN_SHORT ", worst, deleted_us FROM scans FORCE INDEX (" index ") WHERE deleted_us " where              \
		" AND " column " " behind "= ? AND (" column " " behind " ? OR id " behind " ?)" FIND_FILTER "ORDER BY " column    \
		" " way ", id " way " LIMIT ?",                                                                                    \
			1                                                                                                          \
	}
#define FIND_BY(order, index, column)                                                                                              \
	[SCAN_FIND + 4 * (order)] = FIND(index, "IS NULL", column, ">", "ASC"),                                                    \
			 [SCAN_FIND + 4 * (order) + 1] = FIND(index, "IS NULL", column, "<", "DESC"),                              \
			 [SCAN_FIND + 4 * (order) + 2] = FIND("there_by_id", "> " DELETED_SINCE, column, ">", "ASC"),              \
			 [SCAN_FIND + 4 * (order) + 3] = FIND("there_by_id", "> " DELETED_SINCE, column, "<", "DESC")

#define INCIDENT_BRIEF                                                                                                             \
	"i.scan_id, i.id, COALESCE(i.device_id, 0), i.device_ip, i.device_mac, d.name, i.attack, i.title, i.sentence, "            \
	"i.severity, i.start_ts, i.end_ts, i.flow_n, i.peer_n, i.peer, i.mark, i.note, s.name, "                                   \
	"IF(i.found_us > 0, i.found_us, COALESCE(s.finished_us, s.started_us))"
#define OPEN_FROM(index)                                                                                                           \
	" FROM incidents i FORCE INDEX (" index ") STRAIGHT_JOIN scans s ON s.id = i.scan_id AND s.deleted_us IS NULL "            \
	"LEFT JOIN devices d ON d.id = i.device_id "

const struct statement_row statements[STATEMENT_N] = {
	[SCHEMA_NUMBER] = { "SELECT COALESCE(MAX(number), 0) FROM schema_migrations", 1 },

	/* The lock is taken before the row can be seen: RETURNING comes before the commit. */
	[SCAN_START] = { "INSERT INTO scans (started_us, name, upload_key, method, model, threshold, size) "
			 "VALUES (" NOW_US ", ?, ?, ?, ?, ?, ?) RETURNING id, GET_LOCK(" LOCK_OF("id") ", 0)",
			 0 },
	[SCAN_ID_OF_KEY] = { "SELECT id FROM scans WHERE upload_key = ?", 1 },
	/* Who makes progress is not gone, whatever somebody thought meanwhile. */
	[SCAN_PROGRESS] = { "UPDATE scans SET " SET_COUNTS
			    ", state = 0, finished_us = NULL, error = NULL WHERE id = ? AND state IN (0, 3)",
			    1 },
	[SCAN_FINISH] = { "UPDATE scans SET " SET_COUNTS
			  ", error_mean = ?, error_max = ?, seconds = ?, details = ?, highlights = ?, "
			  "curve = ?, skipped = ?, input_report = ?, " KEEP(
				  "model") ", threshold = ?, incident_severity = ?, state = 1, error = NULL, finished_us = " NOW_US
					   " WHERE id = ? AND state IN (0, 3)",
			  0 },
	[SCAN_FAIL] = { "UPDATE scans SET " KEEP_COUNTS
			", state = ?, error = ?, " KEEP("input_report") ", finished_us = " NOW_US " WHERE id = ? AND state <> 1",
			1 },
	[SCAN_STATE] = { "SELECT state FROM scans WHERE id = ?", 1 },
	/* The same when a commit that is still under way has come to its end. */
	[SCAN_SETTLED] = { "SELECT state FROM scans WHERE id = ? LOCK IN SHARE MODE", 1 },
	[SCAN_GET] = { "SELECT " SCAN_LONG " FROM scans WHERE id = ? AND deleted_us IS NULL", 1 },
	[SCAN_BY_KEY] = { "SELECT " SCAN_SHORT " FROM scans WHERE upload_key = ? AND deleted_us IS NULL", 1 },
	[SCAN_LIST] = { "SELECT " SCAN_SHORT " FROM scans WHERE deleted_us IS NULL AND id < ? ORDER BY id DESC LIMIT ?", 1 },
	/* Two counts that need no row: those of all, and the few that are deleted. */
	[SCAN_COUNT] = { "SELECT (SELECT COUNT(*) FROM scans WHERE state = 1) - "
			 "(SELECT COUNT(*) FROM scans WHERE deleted_us IS NOT NULL AND state = 1)",
			 1 },
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
			   "sentence, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			   0 },
	/* An infinite score is NULL. */
	[INCIDENT_LIST] = { "SELECT report FROM incidents WHERE scan_id = ? "
			    "ORDER BY severity DESC, score IS NULL DESC, score DESC, id LIMIT ?",
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

	FIND_BY(0, "there_by_id", "id"),
	FIND_BY(1, "there_by_incidents", "incident_n"),
	FIND_BY(2, "there_by_anomalies", "anomaly_n"),
	FIND_BY(3, "there_by_flows", "flow_n"),
	FIND_BY(4, "there_by_worst", "worst"),
	FIND_BY(5, "there_by_name", "name"),
	[SCAN_NAME] = { "SELECT name FROM scans WHERE id = ?", 1 },
	[SCAN_THERE] = { "SELECT id FROM scans WHERE id = ? AND deleted_us IS NULL", 1 },
	[SCAN_DELETE] = { "UPDATE scans SET deleted_us = " NOW_US " WHERE id = ? AND deleted_us IS NULL AND state <> 0", 0 },
	[SCAN_RESTORE] = { "UPDATE scans SET deleted_us = NULL WHERE id = ? AND deleted_us > " DELETED_SINCE, 0 },
	/* Part by part: what a scan has besides its row may be a million rows, which must not be locked together. */
	[SCAN_EXPIRED] = { "SELECT id FROM scans WHERE deleted_us <= " DELETED_SINCE " ORDER BY deleted_us, id LIMIT 1", 1 },
	[PURGE_ANOMALIES] = { "DELETE FROM anomalies WHERE scan_id = ? LIMIT 2000", 1 },
	[PURGE_FLOWS] = { "DELETE FROM flow_chunks WHERE scan_id = ? LIMIT 20", 1 },
	[PURGE_EXPLANATIONS] = { "DELETE FROM explanations WHERE scan_id = ? LIMIT 200", 1 },
	[PURGE_INCIDENTS] = { "DELETE FROM incidents WHERE scan_id = ? LIMIT 200", 1 },
	[PURGE_SCAN] = { "DELETE FROM scans WHERE id = ? AND deleted_us <= " DELETED_SINCE, 1 },

	[SCAN_EXTRA] = { "SELECT strategy, first_ts, last_ts, labelled_n, attack_n FROM scans WHERE id = ? AND deleted_us IS NULL",
			 1 },
	[SCAN_MARKS] = { "SELECT COALESCE(SUM(mark = 0), 0), COALESCE(SUM(mark = 1), 0), COALESCE(SUM(mark = 2), 0) FROM incidents "
			 "WHERE scan_id = ?",
			 1 },
	/* First how many each scan has, from the index alone: a scan has many, and only it knows whether it is deleted. */
	[OPEN_BY_SEVERITY] = { "SELECT t.severity, SUM(t.n), COUNT(*) FROM (SELECT severity, scan_id, COUNT(*) AS n FROM incidents "
			       "WHERE mark = 0 GROUP BY severity, scan_id) AS t JOIN scans ON scans.id = t.scan_id AND "
			       "scans.deleted_us IS NULL GROUP BY t.severity",
			       1 },
	[OPEN_WORST] = { "SELECT " INCIDENT_BRIEF OPEN_FROM("by_mark") "WHERE i.mark = 0 ORDER BY i.severity DESC, i.scan_id DESC, "
								       "i.id DESC LIMIT ?",
			 1 },
	[OPEN_NEWEST] = { "SELECT " INCIDENT_BRIEF OPEN_FROM(
				  "by_found") "WHERE i.mark = 0 ORDER BY i.found_us DESC, i.scan_id DESC, "
					      "i.id DESC LIMIT ?",
			  1 },
	[INCIDENTS_OF_SCAN] = { "SELECT " INCIDENT_BRIEF OPEN_FROM("PRIMARY") "WHERE i.scan_id = ? ORDER BY i.severity DESC, "
									      "i.score IS NULL DESC, i.score DESC, i.id LIMIT ?",
				1 },
	[DEVICES_BY_RISK] = { "SELECT SUM(risk >= 80), SUM(risk >= 50 AND risk < 80), SUM(risk >= 15 AND risk < 50), "
			      "SUM(risk > 0 AND risk < 15), SUM(risk = 0) FROM devices FORCE INDEX (by_risk) WHERE risk >= 0 AND "
			      "scan_n > 0",
			      1 },
	[DEVICES_WORST] = { "SELECT id, ip, mac, name, risk, open_n, flow_n, flagged_n, seen_us FROM devices FORCE INDEX (by_risk) "
			    "WHERE risk > 0 AND scan_n > 0 ORDER BY risk DESC, id DESC LIMIT ?",
			    1 },
	[DEVICES_OF_SCAN] = { "SELECT d.id, COALESCE(t.ip, d.ip), d.mac, d.name, d.risk, t.incident_n, t.flow_n, t.flagged_n, "
			      "d.seen_us "
			      "FROM device_scans t JOIN devices d ON d.id = t.device_id WHERE t.scan_id = ? "
			      "ORDER BY t.flagged_n DESC, d.id LIMIT ?",
			      1 },
	/* From the index alone. */
	[SCANS_BY_DAY] = { "SELECT FLOOR(started_us / 86400000000) AS day, COUNT(*), SUM(flow_n), SUM(flow_anomaly_n), "
			   "SUM(anomaly_n), "
			   "SUM(incident_n) FROM scans FORCE INDEX (there_by_day) WHERE deleted_us IS NULL AND state = 1 AND "
			   "started_us >= ? GROUP BY day "
			   "ORDER "
			   "BY day",
			   1 },
};
