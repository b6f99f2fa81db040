-- jobs: work that goes on after its request was answered: adaptations of the model, evaluations of labelled files.
CREATE TABLE IF NOT EXISTS jobs (
	id           BIGINT UNSIGNED   NOT NULL AUTO_INCREMENT,
	kind         TINYINT UNSIGNED  NOT NULL COMMENT '0 adapt, 1 evaluate',
	state        TINYINT UNSIGNED  NOT NULL DEFAULT 0 COMMENT '0 running, 1 done, 2 failed, 3 interrupted, 4 cancelled',
	started_us   BIGINT            NOT NULL,
	updated_us   BIGINT            NOT NULL COMMENT 'of the last progress',
	finished_us  BIGINT            NULL,
	cancel_us    BIGINT            NULL COMMENT 'when somebody asked for its end',
	name         VARCHAR(255)      NOT NULL COMMENT 'of the file, as the client said it',
	size         BIGINT UNSIGNED   NOT NULL COMMENT 'of the file in bytes',
	params       TEXT              NOT NULL COMMENT 'JSON object: how it was asked for',
	progress     DOUBLE            NULL COMMENT '0 to 1; NULL: unknown',
	phase        VARCHAR(100)      NOT NULL DEFAULT '',
	row_n        BIGINT UNSIGNED   NOT NULL DEFAULT 0 COMMENT 'flows done in this phase',
	row_rate     DOUBLE            NULL COMMENT 'flows a second in this phase; NULL: unknown',
	error        VARCHAR(1000)     NULL COMMENT 'why it has no result',
	result       LONGTEXT COMPRESSED NULL COMMENT 'JSON object',
	report       LONGTEXT COMPRESSED NULL COMMENT 'a page of HTML; NULL: it makes none',
	PRIMARY KEY (id),
	KEY by_state (state, id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
