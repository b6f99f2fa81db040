/* json: records are cut out, walked, and their keys looked up. */
#include "table/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table/json_cut.h"
#include "table/row.h"

enum { KEYS = 256, KEY_BYTES = 48 };

/* Keys that were looked up, by a hash of theirs: records have the same ones, but not all in all. */
struct known_key {
	size_t n;
	char name[KEY_BYTES];
	struct binding b;
};

struct json_reader {
	struct row row;
	struct json_cut cut;
	struct json_walker walker;
	int code; /* of the first failure, which is final */
	int sink_failed;
	struct err err;

	uint64_t line;         /* of the record that is read now */
	unsigned rank[FIELDS]; /* of the key that set a field of it */
	struct known_key key[KEYS];
	uint64_t flows;  /* records that had what a flow needs */
	unsigned lacked; /* what the first record lacked */
	char found[160]; /* the keys of the first record */
};

static struct binding bind(struct json_reader *j, const struct json_member *m)
{
	const unsigned char *const p = (const unsigned char *)m->path;
	const size_t n = m->path_n, hash = n == 0 ? 0 : n + 3U * p[0] + 5U * p[n / 2] + 7U * p[n - 1];
	struct known_key *const k = &j->key[hash % KEYS];

	if (k->n == n && n > 0 && memcmp(k->name, m->path, n) == 0)
		return k->b;
	k->b = field_find(m->path, n);
	k->n = n <= KEY_BYTES ? n : 0;
	memcpy(k->name, m->path, k->n);
	return k->b;
}

/* Remember the first record's keys, for the message that it is none. */
static void note_key(struct json_reader *j, const struct json_member *m)
{
	const size_t n = strlen(j->found);
	char shown[KEY_BYTES];

	report_print(shown, sizeof(shown), m->path, m->path_n);
	if (n + strlen(shown) + 3 < sizeof(j->found))
		snprintf(j->found + n, sizeof(j->found) - n, "%s%s", n > 0 ? ", " : "", shown);
}

static void take_member(void *arg, const struct json_member *m)
{
	struct json_reader *const j = arg;
	const struct binding b = bind(j, m);
	const char *wrong;
	char shown[48], column[40];

	if (j->row.report->rows == 0)
		note_key(j, m);
	if (b.field == FIELD_NONE || j->row.fault != FAULT_NONE)
		return;
	if (j->row.have & 1U << b.field && b.rank > j->rank[b.field])
		return;
	j->rank[b.field] = b.rank;
	wrong = row_set(&j->row, &b, m->text, m->kind == JSON_NULL ? 0 : m->n);
	if (wrong == NULL)
		return;
	report_print(shown, sizeof(shown), m->text, m->n);
	report_print(column, sizeof(column), m->path, m->path_n);
	row_blame(&j->row, FAULT_FIELD, j->line, column, wrong, "\"%s\" %s", shown, wrong);
}

static void blame(struct json_reader *j, const char *kind, const char *what)
{
	row_blame(&j->row, FAULT_ROW, j->line, NULL, kind, "%s", what);
}

static void walk(struct json_reader *j, const char *text, size_t len)
{
	struct json_fault fault;
	char what[120], missing[64];
	unsigned lacks;

	if (json_walk(&j->walker, text, len, take_member, j, &fault) < 0) {
		snprintf(what, sizeof(what), "broken JSON at byte %zu of the record: %s", fault.at + 1, fault.reason);
		return blame(j, "is broken JSON", what);
	}
	j->row.report->has_label |= (j->row.have & 1U << FIELD_LABEL) != 0;
	if (j->row.fault != FAULT_NONE || (lacks = fields_missing(j->row.have)) == 0) {
		j->flows++;
		return;
	}
	if (j->lacked == 0)
		j->lacked = lacks;
	fields_print(lacks, missing, sizeof(missing));
	snprintf(what, sizeof(what), "has no %s", missing);
	blame(j, "has not the counts of a flow", what);
}

/* Enough records were seen, and none was a flow. */
static int no_flows(struct json_reader *j)
{
	char missing[80];

	if (j->lacked == 0)
		return err_set(&j->err, ERR_FORMAT, "none of the first %llu lines is a JSON object that can be read",
			       (unsigned long long)j->row.report->rows);
	fields_print(j->lacked, missing, sizeof(missing));
	return err_set(&j->err, ERR_FORMAT, "the records lack %s; the first one has: %s", missing,
		       j->found[0] != '\0' ? j->found : "no values outside of arrays");
}

static int take_record(void *arg, uint64_t line, enum json_cut_fault fault, const char *text, size_t len)
{
	struct json_reader *const j = arg;
	char what[64];
	int code;

	j->line = line;
	switch (fault) {
	case JSON_CUT_FINE:
	case JSON_CUT_BROKEN: /* the walker says how */
		walk(j, text, len);
		break;
	case JSON_CUT_TOO_LONG:
		snprintf(what, sizeof(what), "longer than %d bytes", JSON_RECORD_MAX);
		blame(j, "is too long", what);
		break;
	case JSON_CUT_NO_OBJECT:
		blame(j, "is broken JSON", "this is no JSON object");
		break;
	}
	if ((code = row_end(&j->row)) < 0)
		j->sink_failed = 1;
	if (code == OK && j->flows == 0 && j->row.report->rows == JSON_LOOK)
		code = no_flows(j);
	return code;
}

static void *json_open(const struct sinks *sinks, const struct source_options *o, struct read_report *report)
{
	struct json_reader *const j = calloc(1, sizeof(*j));

	(void)o;
	if (j == NULL)
		return NULL;
	row_init(&j->row, sinks, report);
	j->row.sparse = 1;
	json_cut_init(&j->cut, take_record, j);
	if (sinks->flow == NULL)
		j->code =
			err_set(&j->err, ERR_UNSUPPORTED, "JSON is read as a list of flows; a table of numbers is wanted, as CSV");
	return j;
}

static int settle(struct json_reader *j, int code, struct err *e)
{
	if (j->code == OK)
		j->code = code;
	if (j->code != OK && !j->sink_failed && e != NULL)
		*e = j->err;
	return j->code;
}

static int json_feed(void *source, const void *data, size_t len, struct err *e)
{
	struct json_reader *const j = source;

	return settle(j, j->code != OK ? j->code : json_cut_feed(&j->cut, data, len, &j->err), e);
}

static int json_finish(void *source, struct err *e)
{
	struct json_reader *const j = source;
	int code = j->code;

	if (code == OK)
		code = json_cut_finish(&j->cut, &j->err);
	if (code == OK && j->flows == 0)
		code = no_flows(j);
	return settle(j, code, e);
}

static void json_close(void *source)
{
	free(source);
}

const struct source_ops json_source = { json_open, json_feed, json_finish, json_close };
