/* statement: every statement that the store prepares, in one table. */
#ifndef SQL_STATEMENT_H
#define SQL_STATEMENT_H

enum statement {
	SCHEMA_NUMBER,
	SCAN_START,
	SCAN_ID_OF_KEY,
	SCAN_PROGRESS,
	SCAN_FINISH,
	SCAN_FAIL,
	SCAN_STATE,
	SCAN_SETTLED,
	SCAN_GET,
	SCAN_BY_KEY,
	SCAN_LIST,
	SCAN_COUNT,
	SCAN_LOCK,
	SCAN_UNLOCK,
	SCAN_ABANDONED,
	SCAN_SWEEP,
	ANOMALY_ADD,
	ANOMALY_LIST,
	INCIDENT_ADD,
	INCIDENT_LIST,
	/* uploads */
	UPLOAD_BY_KEY,
	UPLOAD_SAME,
	UPLOAD_FORGET,
	SCAN_CANCEL,
	/* evidence */
	SCAN_FINISHED_AT,
	CURVE_ADD,
	CURVE_GET,
	WHATIF_GET,
	EXPLANATION_ADD,
	FLOW_CHUNK_ADD,
	FLOW_CHUNK_LIST,
	FLOW_CHUNK_AROUND,
	FLOW_FACTS,
	MAIL_ADD,
	MAIL_CLAIM,
	MAIL_SENT,
	MAIL_FAILED,
	/* the page of a scan */
	SCAN_PARTS,
	INCIDENT_LINES,
	/* jobs */
	JOB_START,
	JOB_FORGET,
	JOB_PROGRESS,
	JOB_WISH,
	JOB_FINISH,
	JOB_FAIL,
	JOB_CANCEL,
	JOB_STATE,
	JOB_GET,
	JOB_REPORT,
	JOB_LIST,
	JOB_LOCK,
	JOB_UNLOCK,
	JOB_ABANDONED,
	JOB_SWEEP,
	STATEMENT_N
};

struct statement_row {
	const char *sql;
	int repeat; /* doing it twice is doing it once: repeated after the connection was lost */
};
extern const struct statement_row statements[STATEMENT_N];

#endif
