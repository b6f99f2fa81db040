-- incidents: neighbouring alarms of one device and one kind as one story, the worst of each scan; what a scan counts by flows; and of an
-- anomaly what it is called, how unusual it is and who took part. NULL or 0 in scans from before.
CREATE TABLE IF NOT EXISTS incidents (
	scan_id      BIGINT UNSIGNED   NOT NULL,
	id           BIGINT UNSIGNED   NOT NULL COMMENT 'from 1 in each scan, in the order of beginning',
	device_ip    VARCHAR(45)  CHARACTER SET ascii NULL COMMENT 'NULL: unknown',
	device_mac   VARCHAR(17)  CHARACTER SET ascii NULL,
	attack       VARCHAR(64)       NOT NULL COMMENT 'family',
	rule         VARCHAR(64)       NOT NULL,
	title        VARCHAR(255)      NOT NULL,
	technique    VARCHAR(32)       NOT NULL COMMENT 'of MITRE ATT&CK, empty where none fits',
	severity     TINYINT UNSIGNED  NOT NULL COMMENT '0 Low, 1 Medium, 2 High, 3 Critical',
	start_ts     DOUBLE            NULL COMMENT 'NULL: the file has no times',
	end_ts       DOUBLE            NULL,
	flow_n       BIGINT UNSIGNED   NOT NULL,
	peer_n       BIGINT UNSIGNED   NOT NULL,
	peer         VARCHAR(45)  CHARACTER SET ascii NULL COMMENT 'NULL: many, or unknown',
	port         INT               NULL COMMENT 'NULL: many, or unknown',
	score        DOUBLE            NULL COMMENT 'the highest; NULL: infinite',
	p_value      DOUBLE            NULL COMMENT 'the least; NULL: unknown',
	row_first    BIGINT UNSIGNED   NOT NULL,
	row_last     BIGINT UNSIGNED   NOT NULL,
	bytes_out    DOUBLE            NULL COMMENT 'of the device',
	bytes_in     DOUBLE            NULL,
	sentence     VARCHAR(255)      NOT NULL,
	report       MEDIUMTEXT        NOT NULL COMMENT 'JSON: all of it as it is shown, with the evidence',
	PRIMARY KEY (scan_id, id),
	CONSTRAINT incident_of_scan FOREIGN KEY (scan_id) REFERENCES scans (id) ON DELETE CASCADE
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
ALTER TABLE scans
	ADD COLUMN IF NOT EXISTS device_n          BIGINT UNSIGNED  NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS flow_n            BIGINT UNSIGNED  NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS flow_anomaly_n    BIGINT UNSIGNED  NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS incident_n        BIGINT UNSIGNED  NOT NULL DEFAULT 0,
	ADD COLUMN IF NOT EXISTS incident_severity TINYINT UNSIGNED NULL COMMENT 'of the worst one; NULL: there is none';
ALTER TABLE anomalies
	ADD COLUMN IF NOT EXISTS p_value     DOUBLE            NULL,
	ADD COLUMN IF NOT EXISTS attack      VARCHAR(64)       NULL COMMENT 'family',
	ADD COLUMN IF NOT EXISTS rule        VARCHAR(64)       NULL,
	ADD COLUMN IF NOT EXISTS incident    BIGINT UNSIGNED   NULL COMMENT 'of the same scan; only the worst incidents are kept',
	ADD COLUMN IF NOT EXISTS orig_host   VARCHAR(45) CHARACTER SET ascii NULL COMMENT 'of the last flow, or of the worst one of a first window',
	ADD COLUMN IF NOT EXISTS orig_port   INT               NULL,
	ADD COLUMN IF NOT EXISTS resp_host   VARCHAR(45) CHARACTER SET ascii NULL,
	ADD COLUMN IF NOT EXISTS resp_port   INT               NULL,
	ADD COLUMN IF NOT EXISTS device_side TINYINT UNSIGNED  NULL COMMENT 'the device is 0 orig, 1 resp',
	ADD COLUMN IF NOT EXISTS sentence    VARCHAR(255)      NULL;
