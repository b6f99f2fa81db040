/* store_anomaly: the anomalies of a scan, in batches. */
#include "sql/store.h"

#include <stdlib.h>

#include "sql/store_inside.h"

/* A batch is one packet, which the server limits (max_allowed_packet, 16 MiB by default). */
enum { BATCH_ROWS = 2000, BATCH_BYTES = 1 << 20, FEATURE_NAME_MAX = 64, COLUMNS = 22, HOST_MAX = 45, SENTENCE_MAX = 255 };

static int check(const struct anomaly_row *a, uint64_t least, struct err *e)
{
	if (a->sequence_id < least)
		return err_set(e, ERR_USAGE, "anomaly %llu comes behind a later one", (unsigned long long)a->sequence_id);
	if (a->severity < 0 || a->severity >= SEVERITIES || a->step > UINT16_MAX)
		return err_set(e, ERR_RANGE, "anomaly %llu has severity %d and step %u", (unsigned long long)a->sequence_id,
			       a->severity, a->step);
	if (a->sequence_id == UINT64_MAX)
		return err_set(e, ERR_RANGE, "the number of an anomaly is too large");
	return OK;
}

static void number_or_null(struct args *v, int64_t n)
{
	if (n < 0)
		args_text(v, NULL, 0);
	else
		args_i64(v, n);
}

/* In the order of ANOMALY_ADD. */
static void push(struct args *v, uint64_t scan, const struct anomaly_row *a)
{
	args_u64(v, scan);
	args_u64(v, a->sequence_id);
	args_u64(v, a->row[0]);
	args_u64(v, a->row[1]);
	args_real(v, a->ts);
	args_real(v, a->error);
	args_i64(v, a->severity);
	args_u64(v, a->step);
	args_text(v, a->feature != NULL ? a->feature : "", FEATURE_NAME_MAX);
	args_real(v, a->share);
	args_real(v, a->value);
	args_text(v, a->sample != NULL ? a->sample : "", SIZE_MAX);
	args_real(v, a->p);
	args_text(v, a->attack, FEATURE_NAME_MAX);
	args_text(v, a->rule, FEATURE_NAME_MAX);
	args_u64(v, a->incident);
	for (int i = 0; i < 2; i++) {
		args_text(v, a->host[i], HOST_MAX);
		number_or_null(v, a->port[i]);
	}
	number_or_null(v, a->side);
	args_text(v, a->sentence, SENTENCE_MAX);
}

int store_anomaly_add(struct store *s, uint64_t scan, anomaly_source next, void *arg, struct err *e)
{
	struct anomaly_row a = { 0 };
	uint64_t least = 0;
	int r, more;

	do {
		args_clear(&s->args);
		while ((more = next(arg, &a, e)) == 1) {
			if ((r = check(&a, least, e)) < 0)
				return r;
			push(&s->args, scan, &a);
			least = a.sequence_id + 1;
			a = (struct anomaly_row){ 0 };
			if (s->args.n >= BATCH_ROWS * COLUMNS || s->args.text.n >= BATCH_BYTES || s->args.failed)
				break;
		}
		if (more < 0)
			return more;
		if ((s->args.n > 0 || s->args.failed) && (r = db_run_rows(s->db, ANOMALY_ADD, &s->args, COLUMNS, e)) < 0)
			return r;
	} while (more == 1);
	return OK;
}
