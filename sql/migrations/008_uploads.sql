-- uploads: scans can be cancelled, tell what they are at, and are made once however often the same request comes.
ALTER TABLE scans
	MODIFY COLUMN state TINYINT UNSIGNED NOT NULL DEFAULT 0 COMMENT '0 running, 1 done, 2 failed, 3 interrupted, 4 cancelled',
	ADD COLUMN IF NOT EXISTS phase          TINYINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of a running scan: 0 reading, 1 judging, 2 storing',
	ADD COLUMN IF NOT EXISTS idempotency    CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'SHA-256 of the Idempotency-Key that it came with',
	ADD COLUMN IF NOT EXISTS incident_parts MEDIUMTEXT COMPRESSED NULL COMMENT 'JSON: of incidents that are no alarm of their own, which one stands for it';
ALTER TABLE scans
	ADD UNIQUE KEY IF NOT EXISTS idempotency (idempotency);
