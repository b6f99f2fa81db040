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
	MAIL_ADD,
	MAIL_CLAIM,
	MAIL_SENT,
	MAIL_FAILED,

	/* scans that are found, deleted and removed: sql/store_scan_find.h, store_scan_delete.h */
	SCAN_FIND, /* and those of all orders: find_statement() */
	SCAN_FIND_LAST = SCAN_FIND + 23,
	SCAN_NAME,
	SCAN_THERE,
	SCAN_DELETE,
	SCAN_RESTORE,
	SCAN_EXPIRED,
	PURGE_ANOMALIES,
	PURGE_FLOWS,
	PURGE_EXPLANATIONS,
	PURGE_INCIDENTS,
	PURGE_SCAN,

	/* what is told of scans together: sql/store_overview.h */
	SCAN_EXTRA,
	SCAN_MARKS,
	OPEN_BY_SEVERITY,
	OPEN_WORST,
	OPEN_NEWEST,
	INCIDENTS_OF_SCAN,
	DEVICES_BY_RISK,
	DEVICES_WORST,
	DEVICES_OF_SCAN,
	SCANS_BY_DAY,
	STATEMENT_N
};

struct statement_row {
	const char *sql;
	int repeat; /* doing it twice is doing it once: repeated after the connection was lost */
};
extern const struct statement_row statements[STATEMENT_N];

#endif
