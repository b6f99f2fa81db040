-- dashboard: what the pages of scans, incidents and devices show besides. NULL or 0 in scans from before.
ALTER TABLE scans
	ADD COLUMN IF NOT EXISTS deleted_us  BIGINT           NULL COMMENT 'NULL: it is there; else it is hidden since then, and removed some days later',
	ADD COLUMN IF NOT EXISTS strategy    VARCHAR(64)      NULL COMMENT 'how the threshold was asked for; NULL: it is the one of the model',
	ADD COLUMN IF NOT EXISTS first_ts    DOUBLE           NULL COMMENT 'of its flows; NULL: the file has no times',
	ADD COLUMN IF NOT EXISTS last_ts     DOUBLE           NULL,
	ADD COLUMN IF NOT EXISTS labelled_n  BIGINT UNSIGNED  NOT NULL DEFAULT 0 COMMENT 'flows that the file says to be benign or an attack',
	ADD COLUMN IF NOT EXISTS attack_n    BIGINT UNSIGNED  NOT NULL DEFAULT 0 COMMENT 'of these, attacks',
	ADD COLUMN IF NOT EXISTS whatif      MEDIUMTEXT COMPRESSED NULL COMMENT 'JSON: what other thresholds would flag',
	ADD COLUMN IF NOT EXISTS worst       TINYINT AS (CASE
		WHEN COALESCE(incident_severity, 0) = 3 OR (method <> 'hybrid' AND critical_n > 0) THEN 3
		WHEN COALESCE(incident_severity, 0) = 2 OR (method <> 'hybrid' AND high_n > 0) THEN 2
		WHEN COALESCE(incident_severity, 0) = 1 OR (method <> 'hybrid' AND medium_n > 0) THEN 1
		WHEN incident_severity IS NOT NULL OR (method <> 'hybrid' AND low_n > 0) THEN 0
		ELSE -1 END) STORED COMMENT 'of its incidents and, where windows alone are an alarm, of its anomalies; -1: nothing was found';
ALTER TABLE scans
	ADD KEY IF NOT EXISTS there_by_id        (deleted_us, id),
	ADD KEY IF NOT EXISTS there_by_incidents (deleted_us, incident_n, id),
	ADD KEY IF NOT EXISTS there_by_anomalies (deleted_us, anomaly_n, id),
	ADD KEY IF NOT EXISTS there_by_flows     (deleted_us, flow_n, id),
	ADD KEY IF NOT EXISTS there_by_worst     (deleted_us, worst, id),
	ADD KEY IF NOT EXISTS there_by_name      (deleted_us, name, id),
	ADD KEY IF NOT EXISTS there_by_day       (deleted_us, state, started_us, flow_n, flow_anomaly_n, anomaly_n, incident_n);

-- The error of all windows in up to 65,536 points (detect/curve.h), for any range of them.
CREATE TABLE IF NOT EXISTS curves (
	scan_id      BIGINT UNSIGNED   NOT NULL,
	window_n     BIGINT UNSIGNED   NOT NULL,
	data         LONGBLOB          NOT NULL,
	PRIMARY KEY (scan_id),
	CONSTRAINT curve_of_scan FOREIGN KEY (scan_id) REFERENCES scans (id) ON DELETE CASCADE
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Why an anomaly scores as it does (detect/explain.h): of the worst ones, and of the worst of each incident.
CREATE TABLE IF NOT EXISTS explanations (
	scan_id      BIGINT UNSIGNED   NOT NULL,
	sequence_id  BIGINT UNSIGNED   NOT NULL,
	report       MEDIUMTEXT COMPRESSED NOT NULL COMMENT 'JSON',
	PRIMARY KEY (scan_id, sequence_id),
	CONSTRAINT explanation_of_scan FOREIGN KEY (scan_id) REFERENCES scans (id) ON DELETE CASCADE
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Flagged flows and those around them (detect/flowlog.h).
CREATE TABLE IF NOT EXISTS flow_chunks (
	scan_id      BIGINT UNSIGNED   NOT NULL,
	chunk        INT UNSIGNED      NOT NULL COMMENT 'from 0, in the order of the file',
	row_first    BIGINT UNSIGNED   NOT NULL,
	row_last     BIGINT UNSIGNED   NOT NULL,
	flow_n       INT UNSIGNED      NOT NULL,
	flagged_n    INT UNSIGNED      NOT NULL,
	data         MEDIUMBLOB        NOT NULL,
	PRIMARY KEY (scan_id, chunk),
	CONSTRAINT flow_chunk_of_scan FOREIGN KEY (scan_id) REFERENCES scans (id) ON DELETE CASCADE
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Devices of all scans. One is recognised by its MAC address where a capture has it, else by its IP address.
CREATE TABLE IF NOT EXISTS devices (
	id           BIGINT UNSIGNED   NOT NULL AUTO_INCREMENT,
	ident        VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'mac:… or ip:…',
	mac          VARCHAR(17)  CHARACTER SET ascii NULL,
	ip           VARCHAR(45)  CHARACTER SET ascii NULL COMMENT 'that it had last',
	name         VARCHAR(255)      NULL COMMENT 'given by the owner',
	note         VARCHAR(1000)     NULL,
	created_us   BIGINT            NOT NULL,
	first_ts     DOUBLE            NULL COMMENT 'of its flows; NULL: their files have no times',
	last_ts      DOUBLE            NULL,
	seen_us      BIGINT            NOT NULL COMMENT 'when it was last seen: its last flow; of files without times, the scan',
	scan_n       BIGINT UNSIGNED   NOT NULL DEFAULT 0,
	flow_n       BIGINT UNSIGNED   NOT NULL DEFAULT 0,
	flagged_n    BIGINT UNSIGNED   NOT NULL DEFAULT 0,
	open_n       BIGINT UNSIGNED   NOT NULL DEFAULT 0 COMMENT 'incidents that are not marked as expected',
	risk         TINYINT UNSIGNED  NOT NULL DEFAULT 0 COMMENT '0 to 100',
	baseline     MEDIUMTEXT COMPRESSED NULL COMMENT 'JSON: what is usual for it, of its last scan that could tell',
	name_order   VARCHAR(25) COLLATE utf8mb4_unicode_520_ci AS (LEFT(COALESCE(NULLIF(name, ''), ip, mac, ''), 25)) PERSISTENT
		COMMENT 'as it is shown in lists; no longer than a cursor can tell',
	ip_order     VARBINARY(16) AS (COALESCE(INET6_ATON(ip), '')) PERSISTENT COMMENT 'by number, not by digits',
	PRIMARY KEY (id),
	UNIQUE KEY ident (ident),
	KEY by_risk (risk, id),
	KEY by_seen (seen_us, id),
	KEY by_flows (flow_n, id),
	KEY by_name (name_order, id),
	KEY by_ip (ip_order, id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS device_scans (
	device_id    BIGINT UNSIGNED   NOT NULL,
	scan_id      BIGINT UNSIGNED   NOT NULL,
	ip           VARCHAR(45)  CHARACTER SET ascii NULL,
	flow_n       BIGINT UNSIGNED   NOT NULL,
	flagged_n    BIGINT UNSIGNED   NOT NULL,
	incident_n   BIGINT UNSIGNED   NOT NULL,
	severity     TINYINT UNSIGNED  NULL COMMENT 'of its worst incident; NULL: it has none',
	bytes_out    DOUBLE            NOT NULL,
	bytes_in     DOUBLE            NOT NULL,
	first_ts     DOUBLE            NULL,
	last_ts      DOUBLE            NULL,
	PRIMARY KEY (device_id, scan_id),
	KEY of_scan (scan_id, flagged_n),
	CONSTRAINT device_scan_of_device FOREIGN KEY (device_id) REFERENCES devices (id) ON DELETE CASCADE,
	CONSTRAINT device_scan_of_scan FOREIGN KEY (scan_id) REFERENCES scans (id) ON DELETE CASCADE
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

ALTER TABLE incidents
	ADD COLUMN IF NOT EXISTS device_id      BIGINT UNSIGNED   NULL,
	ADD COLUMN IF NOT EXISTS window_first   BIGINT UNSIGNED   NULL COMMENT 'sequence_id of its first anomaly; NULL: it has none',
	ADD COLUMN IF NOT EXISTS window_last    BIGINT UNSIGNED   NULL,
	ADD COLUMN IF NOT EXISTS peak_sequence  BIGINT UNSIGNED   NULL COMMENT 'of its worst anomaly',
	ADD COLUMN IF NOT EXISTS found_us       BIGINT            NOT NULL DEFAULT 0 COMMENT 'when its scan ended',
	ADD COLUMN IF NOT EXISTS mark           TINYINT UNSIGNED  NOT NULL DEFAULT 0 COMMENT '0 open, 1 expected, 2 confirmed',
	ADD COLUMN IF NOT EXISTS note           VARCHAR(1000)     NULL,
	ADD COLUMN IF NOT EXISTS marked_us      BIGINT            NULL;
ALTER TABLE incidents
	ADD KEY IF NOT EXISTS by_mark   (mark, severity, scan_id, id),
	ADD KEY IF NOT EXISTS by_mark_found (mark, scan_id, id),
	ADD KEY IF NOT EXISTS by_severity (severity, scan_id, id),
	ADD KEY IF NOT EXISTS by_device (device_id, mark, severity, scan_id, id),
	ADD KEY IF NOT EXISTS by_attack (attack, scan_id, id),
	ADD KEY IF NOT EXISTS by_found  (found_us, scan_id, id);
UPDATE incidents JOIN scans ON scans.id = incidents.scan_id SET incidents.found_us = COALESCE(scans.finished_us, scans.started_us)
	WHERE incidents.found_us = 0;

ALTER TABLE anomalies
	ADD COLUMN IF NOT EXISTS mark           TINYINT UNSIGNED  NOT NULL DEFAULT 0 COMMENT '0 open, 1 expected, 2 confirmed',
	ADD COLUMN IF NOT EXISTS note           VARCHAR(1000)     NULL,
	ADD COLUMN IF NOT EXISTS marked_us      BIGINT            NULL;
ALTER TABLE anomalies
	ADD KEY IF NOT EXISTS by_severity (scan_id, severity),
	ADD KEY IF NOT EXISTS by_incident (scan_id, incident);
