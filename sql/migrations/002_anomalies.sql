-- anomalies: all windows of a scan whose error is above the threshold.
CREATE TABLE IF NOT EXISTS anomalies (
	scan_id      BIGINT UNSIGNED   NOT NULL,
	sequence_id  BIGINT UNSIGNED   NOT NULL COMMENT 'number of the window, from 0',
	row_first    BIGINT UNSIGNED   NOT NULL,
	row_last     BIGINT UNSIGNED   NOT NULL,
	ts           DOUBLE            NULL COMMENT 'of the last flow; NULL: unknown',
	error        DOUBLE            NULL COMMENT 'NULL: infinite',
	severity     TINYINT UNSIGNED  NOT NULL COMMENT '0 Low, 1 Medium, 2 High, 3 Critical',
	step         SMALLINT UNSIGNED NOT NULL,
	feature      VARCHAR(64)       NOT NULL COMMENT 'the most unusual one',
	share        DOUBLE            NULL,
	value        DOUBLE            NULL,
	sample       TEXT              NOT NULL COMMENT 'JSON: features of the last flow',
	PRIMARY KEY (scan_id, sequence_id),
	CONSTRAINT anomaly_of_scan FOREIGN KEY (scan_id) REFERENCES scans (id) ON DELETE CASCADE
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
