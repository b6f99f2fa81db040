-- mails: the outbox. A row is written together with the result that it tells of.
CREATE TABLE IF NOT EXISTS mails (
	id           BIGINT UNSIGNED  NOT NULL AUTO_INCREMENT,
	scan_id      BIGINT UNSIGNED  NOT NULL,
	state        TINYINT UNSIGNED NOT NULL DEFAULT 0 COMMENT '0 waiting, 1 sent, 2 failed',
	attempts     INT UNSIGNED     NOT NULL DEFAULT 0,
	created_us   BIGINT           NOT NULL,
	due_us       BIGINT           NOT NULL COMMENT 'not to be sent before',
	finished_us  BIGINT           NULL,
	subject      VARCHAR(255)     NOT NULL,
	body         MEDIUMTEXT       NOT NULL,
	error        VARCHAR(1000)    NULL COMMENT 'of the last attempt',
	PRIMARY KEY (id),
	KEY due (state, due_us),
	CONSTRAINT mail_of_scan FOREIGN KEY (scan_id) REFERENCES scans (id) ON DELETE CASCADE
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
