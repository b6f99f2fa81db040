/* Every statement of the store finds its rows by an index: what the database itself says of it (EXPLAIN) with much data in the tables. */
#include "sql/statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "lib/cm.h"
#include "lib/database.h"

enum { ANSWER = 16384 };

/* Much of everything, made by the database. */
static const char many[] =
	"USE guardian; SET foreign_key_checks = 0;"
	"INSERT INTO scans (id, state, started_us, name, upload_key, method, model, size, incident_n, anomaly_n, flow_n, "
	"incident_severity, deleted_us) SELECT seq, "
	"IF(seq MOD 50, 1, 2), seq, CONCAT('file ', seq), CONCAT('key', seq), 'hybrid', 'full', 1, seq MOD 7, seq MOD 90, seq, seq "
	"MOD 4, IF(seq MOD 20, NULL, seq) FROM "
	"seq_1_to_1000;"
	"INSERT INTO anomalies (scan_id, sequence_id, row_first, row_last, severity, step, feature, sample, incident) SELECT "
	"s.seq, a.seq, a.seq, "
	"a.seq, a.seq MOD 4, 0, 'f', '{}', a.seq MOD 10 FROM seq_1_to_1000 s JOIN seq_1_to_60 a;"
	"INSERT INTO incidents (scan_id, id, device_ip, attack, rule, title, technique, severity, flow_n, peer_n, row_first, "
	"row_last, sentence, report, "
	"device_id, mark, found_us) SELECT s.seq, i.seq, '1.2.3.4', ELT(1 + i.seq MOD 5, 'scan', 'flood', 'unusual', 'c2', "
	"'mitm'), 'r', 't', 'T1', i.seq MOD 4, 1, 1, 0, 0, '', '{}', "
	"1 + (s.seq + i.seq) MOD 400, i.seq MOD 3, s.seq FROM seq_1_to_1000 s JOIN seq_1_to_10 i;"
	"INSERT INTO devices (id, ident, mac, ip, name, created_us, seen_us, risk, flow_n) SELECT seq, CONCAT('ip:', seq), NULL, "
	"seq, IF(seq MOD 3, NULL, seq), "
	"seq, seq, seq MOD 101, seq FROM seq_1_to_1000;"
	"INSERT INTO device_scans (device_id, scan_id, flow_n, flagged_n, incident_n, bytes_out, bytes_in) SELECT 1 + (s.seq + "
	"d.seq) MOD 1000, s.seq, 1, 1, "
	"1, 1, 1 FROM seq_1_to_1000 s JOIN seq_1_to_10 d;"
	"INSERT INTO mails (scan_id, created_us, due_us, subject, body, state) SELECT seq, seq, seq, '', '', 1 FROM seq_1_to_1000;"
	"INSERT INTO curves (scan_id, window_n, data) SELECT seq, 1, '' FROM seq_1_to_1000;"
	"INSERT INTO explanations (scan_id, sequence_id, report) SELECT s.seq, e.seq, '{}' FROM seq_1_to_1000 s JOIN seq_1_to_10 e;"
	"INSERT INTO flow_chunks (scan_id, chunk, row_first, row_last, flow_n, flagged_n, data) SELECT s.seq, c.seq, c.seq, c.seq, "
	"1, 1, '' FROM "
	"seq_1_to_1000 s JOIN seq_1_to_10 c;"
	"INSERT INTO jobs (kind, state, started_us, updated_us, name, size, params) SELECT 1, 1, seq, seq, '', 1, '{}' FROM "
	"seq_1_to_1000;"
	"ANALYZE TABLE jobs, scans, anomalies, incidents, devices, device_scans, mails, curves, explanations, flow_chunks;";

static int fill(void **state)
{
	if (database_start_migrated(state) != 0)
		return -1;
	mariadb_sql(&db, many, NULL, 0);
	return 0;
}

/* Whether what was written so far ends with this. */
static int ends_with(const struct text *t, const char *word)
{
	const size_t n = strlen(word);

	return t->n >= n && memcmp(t->p + t->n - n, word, n) == 0;
}

/* The statement with something in the place of each '?': a number where it must be one. */
static void fill_in(struct text *t, const char *sql)
{
	for (const char *p = sql; *p != '\0'; p++) {
		if (*p != '?')
			text_add(t, p, 1);
		else if (ends_with(t, "LIMIT ") || ends_with(t, "OFFSET "))
			text_str(t, "10");
		else
			text_str(t, "'1'");
	}
}

/* A line of EXPLAIN: the table is read from its first row to its last. */
static int reads_all(char *line, char *table, size_t size)
{
	char *field[5] = { NULL };
	size_t n = 0;

	for (char *p = line; n < 5 && p != NULL; n++)
		field[n] = strsep(&p, "\t");
	if (n < 5 || strcmp(field[3], "ALL") != 0 || field[2][0] == '<')
		return 0;
	snprintf(table, size, "%s", field[2]);
	return 1;
}

static int is_planned(const char *sql)
{
	static const char *const kinds[] = { "SELECT ", "UPDATE ", "DELETE " };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strncmp(sql, kinds[i], 7) == 0)
			return 1;
	return 0;
}

static void no_statement_reads_a_whole_table(void **state)
{
	static char answer[ANSWER];
	size_t planned = 0, bad = 0;

	(void)state;
	for (size_t i = 0; i < STATEMENT_N; i++) {
		struct text sql = { 0 };
		char table[64], *rest = answer;

		/* The list of migrations has a handful of rows. */
		if (!is_planned(statements[i].sql) || i == SCHEMA_NUMBER)
			continue;
		text_str(&sql, "USE guardian; EXPLAIN ");
		fill_in(&sql, statements[i].sql);
		mariadb_sql(&db, text_get(&sql), answer, sizeof(answer));
		for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
			if (!reads_all(line, table, sizeof(table)))
				continue;
			bad++;
			print_error("reads all of %s: %s\n", table, statements[i].sql);
		}
		planned++;
		text_free(&sql);
	}
	assert_true(planned > 10);
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(no_statement_reads_a_whole_table) };

	return cmocka_run_group_tests(tests, fill, database_remove);
}
