/* store_incident: the incidents of a scan, in batches. */
#include "sql/store.h"

#include <stdlib.h>

#include "sql/store_inside.h"

enum {
	COLUMNS = 27,
	BATCH_ROWS = 500,
	WORD_MAX = 64,
	TITLE_MAX = 255,
	TECHNIQUE_MAX = 32,
	HOST_MAX = 45,
	MAC_MAX = 17,
	SENTENCE_MAX = 255
};

static const char *text_or_empty(const char *s)
{
	return s != NULL ? s : "";
}

static void number_or_null(struct args *v, int64_t n)
{
	if (n < 0)
		args_text(v, NULL, 0);
	else
		args_i64(v, n);
}

/* In the order of INCIDENT_ADD. */
static void push(struct args *v, uint64_t scan, int64_t found_us, const struct incident_row *i)
{
	args_u64(v, scan);
	args_u64(v, i->id);
	args_text(v, i->device_ip, HOST_MAX);
	args_text(v, i->device_mac, MAC_MAX);
	args_text(v, text_or_empty(i->attack), WORD_MAX);
	args_text(v, text_or_empty(i->rule), WORD_MAX);
	args_text(v, text_or_empty(i->title), TITLE_MAX);
	args_text(v, text_or_empty(i->technique), TECHNIQUE_MAX);
	args_i64(v, i->severity);
	args_real(v, i->start);
	args_real(v, i->end);
	args_u64(v, i->flows);
	args_u64(v, i->peers);
	args_text(v, i->peer, HOST_MAX);
	number_or_null(v, i->port);
	args_real(v, i->score);
	args_real(v, i->p);
	args_u64(v, i->row[0]);
	args_u64(v, i->row[1]);
	args_real(v, i->bytes[0]);
	args_real(v, i->bytes[1]);
	args_text(v, text_or_empty(i->sentence), SENTENCE_MAX);
	args_text(v, i->report != NULL ? i->report : "{}", SIZE_MAX);
	number_or_null(v, i->window[0]);
	number_or_null(v, i->window[1]);
	number_or_null(v, i->peak);
	args_i64(v, found_us);
}

int store_incident_add(struct store *s, uint64_t scan, const struct scan_end *end, struct err *e)
{
	int64_t found_us = 0;
	const struct col cols[] = { { COL_I64, &found_us } };
	int r = OK;

	if (end->incident_n > 0) {
		args_clear(&s->args);
		args_u64(&s->args, scan);
		if ((r = db_one(s->db, SCAN_FINISHED_AT, &s->args, cols, 1, e)) < 0)
			return r;
		r = OK;
	}
	for (size_t i = 0; i < end->incident_n && r == OK;) {
		args_clear(&s->args);
		for (size_t n = 0; n < BATCH_ROWS && i < end->incident_n; n++, i++) {
			const struct incident_row *const x = &end->incident[i];

			if (x->severity < 0 || x->severity >= SEVERITIES)
				return err_set(e, ERR_RANGE, "incident %llu has severity %d", (unsigned long long)x->id,
					       x->severity);
			push(&s->args, scan, found_us, x);
		}
		r = db_run_rows(s->db, INCIDENT_ADD, &s->args, COLUMNS, e);
	}
	return r;
}

int store_incident_list(struct store *s, uint64_t scan, size_t limit, incident_each each, void *arg, struct err *e)
{
	char *report = NULL;
	const struct col cols[] = { { COL_TEXT, &report } };
	int r;

	args_clear(&s->args);
	args_u64(&s->args, scan);
	args_u64(&s->args, limit);
	if ((r = db_select(s->db, INCIDENT_LIST, &s->args, cols, 1, e)) < 0)
		return r;
	while ((r = db_next(s->db, INCIDENT_LIST, cols, 1, e)) == 1) {
		r = each(arg, report != NULL ? report : "{}");
		free(report);
		report = NULL;
		if (r < 0)
			break;
	}
	free(report);
	db_end(s->db, INCIDENT_LIST);
	return r;
}
