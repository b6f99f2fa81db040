/* statement_words: what statements have in common. Times are those of the database, so that hosts need not agree. */
#ifndef SQL_STATEMENT_WORDS_H
#define SQL_STATEMENT_WORDS_H

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
	"id, kind, state, started_us, updated_us, finished_us, cancel_us IS NOT NULL, name, size, params, progress, phase, "       \
	"row_n, "                                                                                                                  \
	"row_rate, error, report IS NOT NULL"

/* A mark, and a note where one was given. */
#define SET_MARK "mark = COALESCE(?, mark), note = IF(?, NULLIF(?, ''), note), marked_us = " NOW_US

#define ANOMALY_FIND(by)                                                                                                           \
	"SELECT sequence_id, row_first, row_last, ts, error, severity, step, feature, share, value, sample, p_value, "             \
	"attack, rule, COALESCE(incident, 0), orig_host, COALESCE(orig_port, -1), resp_host, COALESCE(resp_port, -1), "            \
	"COALESCE(device_side, -1), sentence, mark, note, COALESCE(marked_us, 0) FROM anomalies" by " WHERE scan_id = ? AND "

/* The value that stands in the row that was to be inserted, where the device is there already; the later one in the time of flows. */
#define LATER(c)        "IF(last_ts IS NULL OR VALUE(last_ts) IS NULL OR VALUE(last_ts) >= last_ts, COALESCE(VALUE(" c "), " c "), " c ")"
#define WIDER(least, c) c " = COALESCE(" least "(" c ", VALUE(" c ")), " c ", VALUE(" c "))"

/* clang-format off: a clause a line */
/* Of a scan that is there, or nothing. */
#define THERE(sum, value, nothing) sum "(IF(s.id IS NULL, " nothing ", " value "))"

/* What risk means: sql/store_device.h. which: the ids of devices. */
#define LESS_BY(danger, severity) "POW(1 - " danger ", LEAST(3, SUM(s.id IS NOT NULL AND i.severity = " severity ")))"
#define SET_RISK(which)                                                                                                            \
	"UPDATE devices d JOIN (SELECT w.device_id, COUNT(s.id) AS open_n, COALESCE(ROUND(100 * (1 - " LESS_BY(                    \
		"0.05", "0") " * " LESS_BY("0.2",                                                                                  \
					   "1") " * " LESS_BY("0.5",                                                               \
							      "2") " * " LESS_BY("0.8",                                            \
										 "3") ")), 0) AS risk "                            \
										      "FROM (" which                               \
										      ") w LEFT JOIN incidents i ON i.device_id "  \
										      "= w.device_id AND i.mark <> 1 "             \
										      "LEFT JOIN scans s ON s.id = i.scan_id AND " \
										      "s.deleted_us IS NULL GROUP BY "             \
										      "w.device_id) r ON r.device_id = d.id "      \
										      "SET d.open_n = r.open_n, d.risk = r.risk"
/* clang-format on */

#define DEVICE_COLUMNS                                                                                                             \
	"d.id, d.mac, d.ip, d.name, d.note, d.first_ts, d.last_ts, d.seen_us, d.scan_n, d.flow_n, d.flagged_n, d.open_n, "         \
	"d.risk"
/* key: what it is sorted by; value: the placeholder for where to go on, in the form of the key; shown: the key as the text of a cursor. */
#define DEVICE_LIST(index, key, value, shown, cmp, way)                                                                            \
	"SELECT " DEVICE_COLUMNS ", " shown " FROM devices d FORCE INDEX (" index ") WHERE d.scan_n > 0 AND (? = '' OR d.name "    \
	"COLLATE utf8mb4_unicode_520_ci LIKE ? OR CONVERT(d.ip USING utf8mb4) LIKE ? OR CONVERT(d.mac USING utf8mb4) LIKE ?) "     \
	"AND (? = 0 OR (" key " " cmp "= " value " AND (" key " " cmp " " value " OR d.id " cmp " ?))) ORDER BY " key " " way      \
	", d.id " way " LIMIT ?"
#define DEVICE_LISTS(name, index, key, value, shown)                                                                               \
	[DEVICE_LIST_##name] = { DEVICE_LIST(index, key, value, shown, ">", "ASC"), 1 },                                           \
	[DEVICE_LIST_##name##_DOWN] = { DEVICE_LIST(index, key, value, shown, "<", "DESC"), 1 }

#define INCIDENT_FIND(where)                                                                                                       \
	"SELECT STRAIGHT_JOIN i.scan_id, i.id, i.report, i.severity, i.mark, i.note, COALESCE(i.marked_us, 0), i.found_us, "       \
	"COALESCE(CAST(i.window_first AS SIGNED), -1), COALESCE(CAST(i.window_last AS SIGNED), -1), "                              \
	"COALESCE(CAST(i.peak_sequence AS SIGNED), -1), COALESCE(i.device_id, 0), d.name, d.ip, d.mac, s.name, s.method "          \
	"FROM incidents i JOIN scans s FORCE INDEX (PRIMARY) ON s.id = i.scan_id AND s.deleted_us IS NULL LEFT JOIN devices "      \
	"d ON d.id = i.device_id WHERE " where
/*
 * What is not asked for has the whole range, or a placeholder that says so. No column of the ORDER BY may be compared with = to a placeholder:
 * the server (10.11) leaves one that is constant in one execution of a prepared statement out of the order of all later ones.
 */
#define INCIDENT_FILTER                                                                                                            \
	"i.scan_id >= ? AND i.scan_id <= ? AND i.severity >= ? AND i.severity <= ? AND (? < 0 OR i.mark = ?) AND (? = '' OR "      \
	"i.attack = ?) AND (? = 0 OR i.device_id = ?) AND (? = 0 OR i.found_us >= ?) AND (? = 0 OR i.found_us < ?) AND "

/* Deleted scans can come back for so long. */
#define DELETED_SINCE "(" NOW_US " - 7 * 86400000000)"

/*
 * A page of the list of scans behind a row, by (column, id), as struct scan_find says. `behind` is < or >. An index gives the order, and where
 * to begin; filters are asked of its rows. Deleted scans are few.
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

#endif
