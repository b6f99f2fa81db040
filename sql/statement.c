/* statement: the table. */
#include "sql/statement.h"

#include "sql/statement_words.h"

const struct statement_row
	statements[STATEMENT_N] = {
		[SCHEMA_NUMBER] = { "SELECT COALESCE(MAX(number), 0) FROM schema_migrations", 1 },

		/* The lock is taken before the row can be seen: RETURNING comes before the commit. */
		[SCAN_START] = { "INSERT INTO scans (started_us, name, upload_key, method, model, threshold, size, strategy, "
				 "idempotency) "
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
					  "model") ", threshold = ?, incident_severity = ?, first_ts = ?, last_ts = ?, labelled_n "
						   "= ?, "
						   "attack_n = ?, whatif = ?, "
						   "incident_parts = ?, state = 1, error = NULL, finished_us = " NOW_US
						   " WHERE id = ? AND state IN (0, 3)",
				  0 },
		[SCAN_FAIL] = { "UPDATE scans SET " KEEP_COUNTS
				", error = IF(state = 4, error, ?), state = IF(state = 4, 4, ?), " KEEP(
					"input_report") ", finished_us = " NOW_US " WHERE id = ? AND state <> 1",
				1 },
		[SCAN_STATE] = { "SELECT state FROM scans WHERE id = ?", 1 },
		/* The same when a commit that is still under way has come to its end. */
		[SCAN_SETTLED] = { "SELECT state FROM scans WHERE id = ? LOCK IN SHARE MODE", 1 },
		[SCAN_GET] = { "SELECT " SCAN_LONG " FROM scans WHERE id = ? AND deleted_us IS NULL", 1 },
		[SCAN_BY_KEY] = { "SELECT " SCAN_SHORT " FROM scans WHERE upload_key = ? AND deleted_us IS NULL", 1 },
		[SCAN_LIST] = { "SELECT " SCAN_SHORT " FROM scans WHERE deleted_us IS NULL AND id < ? ORDER BY id DESC LIMIT ?",
				1 },
		/* Two counts that need no row: those of all, and the few that are deleted. */
		[SCAN_COUNT] = { "SELECT (SELECT COUNT(*) FROM scans WHERE state = 1) - "
				 "(SELECT COUNT(*) FROM scans WHERE deleted_us IS NOT NULL AND state = 1)",
				 1 },
		[SCAN_LOCK] = { "SELECT GET_LOCK(" LOCK_OF("?") ", 0)", 0 },
		[SCAN_UNLOCK] = { "DO RELEASE_LOCK(" LOCK_OF("?") ")", 0 },
		[SCAN_ABANDONED] = { "SELECT id FROM scans WHERE state = 0 AND IS_FREE_LOCK(" LOCK_OF("id") ") = 1 ORDER BY id",
				     1 },
		[SCAN_SWEEP] = { "UPDATE scans SET state = 3, finished_us = " NOW_US
				 ", error = 'the worker that scanned it is gone' "
				 "WHERE id = ? AND state = 0 AND IS_FREE_LOCK(" LOCK_OF("id") ") = 1",
				 1 },

		[ANOMALY_ADD] = { "INSERT INTO anomalies (scan_id, sequence_id, row_first, row_last, ts, error, severity, step, "
				  "feature, "
				  "share, "
				  "value, sample, p_value, attack, rule, incident, orig_host, orig_port, resp_host, resp_port, "
				  "device_side, "
				  "sentence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
				  0 },
		[ANOMALY_LIST] = { ANOMALY_FIND("") "sequence_id >= ? ORDER BY sequence_id LIMIT ?", 1 },
		[ANOMALY_LIST_SEVERITY] = { ANOMALY_FIND(" FORCE INDEX (by_severity)") "severity = ? AND sequence_id >= ? "
										       "ORDER BY sequence_id LIMIT ?",
					    1 },
		[ANOMALY_LIST_INCIDENT] = { ANOMALY_FIND(" FORCE INDEX (by_incident)") "incident = ? AND (? < 0 OR severity = ?) "
										       "AND sequence_id >= ? ORDER BY sequence_id "
										       "LIMIT ?",
					    1 },
		[ANOMALY_GET] = { ANOMALY_FIND("") "sequence_id = ?", 1 },
		[ANOMALY_MARK] = { "UPDATE anomalies SET " SET_MARK " WHERE scan_id = ? AND sequence_id = ?", 1 },
		[EXPLANATION_GET] = { "SELECT report FROM explanations WHERE scan_id = ? AND sequence_id = ?", 1 },

		[INCIDENT_ADD] = { "INSERT INTO incidents (scan_id, id, device_ip, device_mac, attack, rule, title, technique, "
				   "severity, "
				   "start_ts, end_ts, flow_n, peer_n, peer, port, score, p_value, row_first, row_last, bytes_out, "
				   "bytes_in, "
				   "sentence, report, window_first, window_last, peak_sequence, found_us) VALUES (?, ?, ?, ?, ?, "
				   "?, ?, ?, "
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
		[UPLOAD_SAME] = { "SELECT id, state, name, size, method, strategy, deleted_us IS NOT NULL FROM scans WHERE "
				  "idempotency = ?",
				  1 },
		[UPLOAD_FORGET] = { "UPDATE scans SET idempotency = NULL, upload_key = NULL WHERE idempotency = ? AND (state IN "
				    "(2, 3, 4) "
				    "OR deleted_us IS "
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
				      "WHERE scan_id = ? AND chunk >= ? AND flagged_n > 0 AND row_last >= ? AND row_first <= ? "
				      "ORDER BY "
				      "chunk LIMIT ?",
				      1 },
		[FLOW_CHUNK_AROUND] = { "SELECT chunk, row_first, row_last, flow_n, flagged_n, data FROM flow_chunks "
					"WHERE scan_id = ? AND row_first <= ? AND row_last >= ? ORDER BY row_last - row_first, "
					"chunk LIMIT "
					"?",
					1 },
		[INCIDENT_ROWS] = { "SELECT row_first, row_last FROM incidents WHERE scan_id = ? AND id = ?", 1 },
		[FLOW_FACTS] = { "SELECT method, name, flow_anomaly_n, incident_parts, EXISTS (SELECT 1 FROM flow_chunks WHERE "
				 "scan_id = "
				 "scans.id) "
				 "FROM scans WHERE id = ? AND deleted_us IS NULL",
				 1 },

		[MAIL_ADD] = { "INSERT INTO mails (scan_id, created_us, due_us, subject, body) VALUES (?, " NOW_US ", " NOW_US
			       ", ?, ?)",
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
		[INCIDENT_LINES] = { "SELECT i.id, i.severity, i.flow_n, i.peer_n, i.mark, i.title, i.technique, i.sentence, "
				     "i.peer, "
				     "i.device_ip, i.device_mac, d.name, COALESCE(i.device_id, 0), COALESCE(i.port, -1), "
				     "COALESCE(i.window_first, -1), COALESCE(i.window_last, -1), i.start_ts, i.end_ts "
				     "FROM incidents i LEFT JOIN devices d ON d.id = i.device_id WHERE i.scan_id = ? "
				     "ORDER BY i.severity DESC, i.score IS NULL DESC, i.score DESC, i.id LIMIT ? OFFSET ?",
				     1 },
		/* devices and marks */
		/* clang-format off: a clause a line */
		[SCAN_FACTS] = { "SELECT name, method, model, threshold, started_us FROM scans WHERE id = ? AND deleted_us IS NULL",
				 1 },
		[DEVICE_ADD] = { "INSERT INTO devices (ident, mac, ip, created_us, first_ts, last_ts, seen_us, scan_n, flow_n, "
				 "flagged_n, baseline) "
				 "VALUES (?, ?, ?, " NOW_US ", ?, ?, COALESCE(?, " NOW_US "), 1, ?, ?, ?) ON DUPLICATE KEY UPDATE "
				 "mac = COALESCE(VALUE(mac), mac), ip = " LATER("ip") ", baseline = " LATER("baseline") ", " WIDER(
					 "LEAST",
					 "first_ts") ", " WIDER("GREATEST",
								"last_ts") ", seen_us = GREATEST(seen_us, VALUE(seen_us)), "
									   "scan_n = scan_n + 1, flow_n = flow_n + VALUE(flow_n), "
									   "flagged_n = flagged_n + VALUE(flagged_n)",
				 0 },
		[DEVICE_SCAN_ADD] = { "INSERT INTO device_scans (device_id, scan_id, ip, flow_n, flagged_n, incident_n, bytes_out, "
				      "bytes_in, "
				      "first_ts, last_ts) SELECT id, ?, ?, ?, ?, 0, ?, ?, ?, ? FROM devices WHERE ident = ?",
				      0 },
		[INCIDENT_DEVICE] = { "UPDATE incidents i JOIN devices d ON d.ident = CONVERT(IF(i.device_mac IS NOT NULL, "
				      "CONCAT('mac:', i.device_mac), CONCAT('ip:', i.device_ip)) USING ascii) COLLATE ascii_bin "
				      "SET i.device_id = d.id WHERE i.scan_id = ?",
				      1 },
		[INCIDENT_DEVICE_BY_IP] = { "UPDATE incidents i JOIN device_scans t ON t.scan_id = i.scan_id AND t.ip = "
					    "i.device_ip "
					    "SET i.device_id = t.device_id WHERE i.scan_id = ? AND i.device_id IS NULL",
					    1 },
		[DEVICE_SCAN_INCIDENTS] = { "UPDATE device_scans t JOIN (SELECT device_id, COUNT(*) AS n, MAX(severity) AS worst "
					    "FROM incidents "
					    "WHERE scan_id = ? AND device_id IS NOT NULL GROUP BY device_id) w ON w.device_id = "
					    "t.device_id "
					    "SET t.incident_n = w.n, t.severity = w.worst WHERE t.scan_id = ?",
					    1 },
		[DEVICE_REFRESH] = { "UPDATE devices d JOIN (SELECT w.device_id, COUNT(s.id) AS scan_n, "
			THERE("SUM", "t.flow_n", "0") " AS flow_n, " THERE("SUM", "t.flagged_n", "0") " AS flagged_n, " THERE(
					     "MIN", "t.first_ts",
					     "NULL") " AS first_ts, " THERE("MAX", "t.last_ts",
									    "NULL") " AS last_ts, " THERE("MAX",
													  "COALESCE(t.last_ts * "
													  "1000000, s.finished_us, "
													  "s.started_us)",
													  "NULL") " AS seen_us "
														  "FROM "
														  "device_scans w "
														  "JOIN "
														  "device_scans t "
														  "ON t.device_id "
														  "= w.device_id "
														  "LEFT JOIN scans "
														  "s ON s.id = "
														  "t.scan_id AND "
														  "s.deleted_us IS "
														  "NULL WHERE "
														  "w.scan_id = ? "
														  "GROUP BY "
														  "w.device_id) a "
														  "ON a.device_id "
														  "= d.id SET "
														  "d.scan_n = "
														  "a.scan_n, "
														  "d.flow_n = "
														  "a.flow_n, "
														  "d.flagged_n = "
														  "a.flagged_n, "
														  "d.first_ts = "
														  "a.first_ts, "
														  "d.last_ts = "
														  "a.last_ts, "
														  "d.seen_us = "
														  "COALESCE(a.seen_"
														  "us, d.seen_us)",
				     1 },
		[DEVICE_RISK] = { SET_RISK("SELECT DISTINCT device_id FROM incidents WHERE scan_id = ? AND device_id IS NOT NULL"),
				  1 },
		[DEVICE_RISK_OF_INCIDENT] = { SET_RISK("SELECT device_id FROM incidents WHERE scan_id = ? AND id = ? AND device_id "
						       "IS NOT NULL"),
					      1 },
		/* clang-format on */
		[DEVICE_GET] = { "SELECT " DEVICE_COLUMNS ", d.baseline FROM devices d WHERE d.id = ? AND d.scan_n > 0", 1 },
		[DEVICE_SET] = { "UPDATE devices SET name = IF(?, NULLIF(?, ''), name), note = IF(?, NULLIF(?, ''), note) WHERE id "
				 "= ? AND "
				 "scan_n > 0",
				 1 },
		[DEVICE_SCANS] = { "SELECT STRAIGHT_JOIN t.scan_id, s.name, s.started_us, t.ip, t.flow_n, t.flagged_n, "
				   "t.incident_n, "
				   "COALESCE(CAST(t.severity AS SIGNED), -1), t.bytes_out, t.bytes_in, t.first_ts, t.last_ts FROM "
				   "device_scans t "
				   "JOIN scans s FORCE INDEX (PRIMARY) ON s.id = t.scan_id AND s.deleted_us IS NULL WHERE "
				   "t.device_id = ? "
				   "AND t.scan_id < ? "
				   "ORDER BY t.scan_id DESC LIMIT ?",
				   1 },
		DEVICE_LISTS(RISK, "by_risk", "d.risk", "?", "CAST(d.risk AS CHAR)"),
		DEVICE_LISTS(SEEN, "by_seen", "d.seen_us", "?", "CAST(d.seen_us AS CHAR)"),
		DEVICE_LISTS(NAME, "by_name", "d.name_order", "?", "d.name_order"),
		DEVICE_LISTS(FLOWS, "by_flows", "d.flow_n", "?", "CAST(d.flow_n AS CHAR)"),
		DEVICE_LISTS(IP, "by_ip", "d.ip_order", "COALESCE(INET6_ATON(?), '')", "COALESCE(d.ip, '')"),
		[INCIDENT_FIND_NEWEST] = { INCIDENT_FIND(INCIDENT_FILTER) "(i.scan_id < ? OR i.id < ?) ORDER BY i.scan_id DESC, "
									  "i.id DESC "
									  "LIMIT ?",
					   1 },
		[INCIDENT_FIND_WORST] = { INCIDENT_FIND(
						  INCIDENT_FILTER) "(i.severity < ? OR i.scan_id < ? OR (i.scan_id = ? AND i.id < "
								   "?)) "
								   "ORDER BY i.severity DESC, i.scan_id DESC, i.id DESC LIMIT ?",
					  1 },
		[INCIDENT_GET] = { INCIDENT_FIND("i.scan_id = ? AND i.id = ?"), 1 },
		[INCIDENT_RANKS] = { "SELECT id FROM incidents WHERE scan_id = ? ORDER BY severity DESC, score IS NULL DESC, score "
				     "DESC, "
				     "id",
				     1 },
		[ANOMALY_BEFORE] = { "SELECT sequence_id FROM anomalies WHERE scan_id = ? AND sequence_id < ? ORDER BY sequence_id "
				     "DESC "
				     "LIMIT 1",
				     1 },
		[ANOMALY_BEHIND] = { "SELECT sequence_id FROM anomalies WHERE scan_id = ? AND sequence_id > ? ORDER BY sequence_id "
				     "LIMIT 1",
				     1 },
		/* A scan has some dozens of explanations. */
		[EXPLANATION_OF_INCIDENT] = { "SELECT STRAIGHT_JOIN e.sequence_id FROM explanations e JOIN anomalies a ON "
					      "a.scan_id = "
					      "e.scan_id AND "
					      "a.sequence_id = e.sequence_id WHERE e.scan_id = ? AND a.incident = ? ORDER BY "
					      "a.error DESC, "
					      "e.sequence_id LIMIT 1",
					      1 },
		[INCIDENT_MARK] = { "UPDATE incidents SET " SET_MARK " WHERE scan_id = ? AND id = ?", 1 },
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
		[JOB_FINISH] = { "UPDATE jobs SET state = 1, progress = 1, result = ?, report = ?, error = NULL, finished_us "
				 "= " NOW_US " WHERE id = ? AND state IN (0, 1, 3)",
				 1 },
		[JOB_FAIL] = { "UPDATE jobs SET state = ?, error = ?, finished_us = " NOW_US " WHERE id = ? AND state <> 1", 1 },
		[JOB_CANCEL] = { "UPDATE jobs SET cancel_us = COALESCE(cancel_us, " NOW_US ") WHERE id = ? AND state = 0", 1 },
		[JOB_STATE] = { "SELECT state FROM jobs WHERE id = ?", 1 },
		[JOB_GET] = { "SELECT " JOB_SHORT ", result FROM jobs WHERE id = ?", 1 },
		[JOB_REPORT] = { "SELECT report FROM jobs WHERE id = ?", 1 },
		[JOB_LIST] = { "SELECT " JOB_SHORT " FROM jobs WHERE id < ? ORDER BY id DESC LIMIT ?", 1 },
		[JOB_LOCK] = { "SELECT GET_LOCK(" JOB_LOCK_OF("?") ", 0)", 0 },
		[JOB_UNLOCK] = { "DO RELEASE_LOCK(" JOB_LOCK_OF("?") ")", 0 },
		[JOB_ABANDONED] = { "SELECT id FROM jobs WHERE state = 0 AND IS_FREE_LOCK(" JOB_LOCK_OF("id") ") = 1 ORDER BY id",
				    1 },
		[JOB_SWEEP] = { "UPDATE jobs SET state = IF(cancel_us IS NULL, 3, 4), finished_us = " NOW_US
				", error = IF(cancel_us IS NULL, 'the worker that did it is gone', NULL) "
				"WHERE id = ? AND state = 0 AND IS_FREE_LOCK(" JOB_LOCK_OF("id") ") = 1",
				1 },
		FIND_BY(0, "there_by_id", "id"),
		FIND_BY(1, "there_by_incidents", "incident_n"),
		FIND_BY(2, "there_by_anomalies", "anomaly_n"),
		FIND_BY(3, "there_by_flows", "flow_n"),
		FIND_BY(4, "there_by_worst", "worst"),
		FIND_BY(5, "there_by_name", "name"),
		[SCAN_NAME] = { "SELECT name FROM scans WHERE id = ?", 1 },
		[SCAN_THERE] = { "SELECT id FROM scans WHERE id = ? AND deleted_us IS NULL", 1 },
		[SCAN_DELETE] = { "UPDATE scans SET deleted_us = " NOW_US " WHERE id = ? AND deleted_us IS NULL AND state <> 0",
				  0 },
		[SCAN_RESTORE] = { "UPDATE scans SET deleted_us = NULL WHERE id = ? AND deleted_us > " DELETED_SINCE, 0 },
		/* Part by part: what a scan has besides its row may be a million rows, which must not be locked together. */
		[SCAN_EXPIRED] = { "SELECT id FROM scans WHERE deleted_us <= " DELETED_SINCE " ORDER BY deleted_us, id LIMIT 1",
				   1 },
		[PURGE_ANOMALIES] = { "DELETE FROM anomalies WHERE scan_id = ? LIMIT 2000", 1 },
		[PURGE_FLOWS] = { "DELETE FROM flow_chunks WHERE scan_id = ? LIMIT 20", 1 },
		[PURGE_EXPLANATIONS] = { "DELETE FROM explanations WHERE scan_id = ? LIMIT 200", 1 },
		[PURGE_INCIDENTS] = { "DELETE FROM incidents WHERE scan_id = ? LIMIT 200", 1 },
		[PURGE_SCAN] = { "DELETE FROM scans WHERE id = ? AND deleted_us <= " DELETED_SINCE, 1 },

		[SCAN_EXTRA] = { "SELECT strategy, first_ts, last_ts, labelled_n, attack_n FROM scans WHERE id = ? AND deleted_us "
				 "IS NULL",
				 1 },
		[SCAN_MARKS] = { "SELECT COALESCE(SUM(mark = 0), 0), COALESCE(SUM(mark = 1), 0), COALESCE(SUM(mark = 2), 0) FROM "
				 "incidents "
				 "WHERE scan_id = ?",
				 1 },
		/* All of them, which an index counts, without those of the few scans that are deleted: to ask each one's scan takes 20 times as long. */
		[OPEN_BY_SEVERITY] = { "SELECT severity, SUM(n) FROM (SELECT severity, COUNT(*) AS n FROM incidents WHERE mark = 0 "
				       "GROUP BY severity "
				       "UNION ALL SELECT i.severity, -COUNT(*) FROM scans s JOIN incidents i ON i.scan_id = s.id "
				       "WHERE "
				       "s.deleted_us IS NOT NULL AND i.mark = 0 GROUP BY i.severity) AS t GROUP BY severity",
				       1 },
		[OPEN_WORST] = { "SELECT " INCIDENT_BRIEF OPEN_FROM(
					 "by_mark") "WHERE i.mark = 0 ORDER BY i.severity DESC, i.scan_id DESC, "
						    "i.id DESC LIMIT ?",
				 1 },
		[OPEN_NEWEST] = { "SELECT " INCIDENT_BRIEF OPEN_FROM(
					  "by_mark_found") "WHERE i.mark = 0 ORDER BY i.scan_id DESC, i.id DESC LIMIT ?",
				  1 },
		[INCIDENTS_OF_SCAN] = { "SELECT " INCIDENT_BRIEF OPEN_FROM(
						"PRIMARY") "WHERE i.scan_id = ? ORDER BY i.severity DESC, "
							   "i.score IS NULL DESC, i.score DESC, i.id LIMIT ?",
					1 },
		[DEVICES_BY_RISK] = { "SELECT SUM(risk >= 80), SUM(risk >= 50 AND risk < 80), SUM(risk >= 15 AND risk < 50), "
				      "SUM(risk > 0 AND risk < 15), SUM(risk = 0) FROM devices FORCE INDEX (by_risk) WHERE risk >= "
				      "0 AND "
				      "scan_n > 0",
				      1 },
		[DEVICES_WORST] = { "SELECT id, ip, mac, name, risk, open_n, flow_n, flagged_n, seen_us FROM devices FORCE INDEX "
				    "(by_risk) "
				    "WHERE risk > 0 AND scan_n > 0 ORDER BY risk DESC, id DESC LIMIT ?",
				    1 },
		[DEVICES_OF_SCAN] = { "SELECT d.id, COALESCE(t.ip, d.ip), d.mac, d.name, d.risk, t.incident_n, t.flow_n, "
				      "t.flagged_n, "
				      "d.seen_us "
				      "FROM device_scans t JOIN devices d ON d.id = t.device_id WHERE t.scan_id = ? "
				      "ORDER BY t.flagged_n DESC, d.id LIMIT ?",
				      1 },
		/* From the index alone. */
		[SCANS_BY_DAY] = { "SELECT FLOOR(started_us / 86400000000) AS day, COUNT(*), SUM(flow_n), SUM(flow_anomaly_n), "
				   "SUM(anomaly_n), "
				   "SUM(incident_n) FROM scans FORCE INDEX (there_by_day) WHERE deleted_us IS NULL AND state = 1 "
				   "AND "
				   "started_us >= ? GROUP BY day "
				   "ORDER "
				   "BY day",
				   1 },
	};
