/* store_mail: the outbox. */
#include "sql/store.h"

#include <stdlib.h>

#include "sql/store_inside.h"

enum { SUBJECT_MAX = 255, BODY_MAX = 4000000, WHY_MAX = 1000 };
enum { MAIL_WAITING, MAIL_IS_SENT, MAIL_HAS_FAILED };

void outbox_mail_free(struct outbox_mail *m)
{
	if (m == NULL)
		return;
	free(m->subject);
	free(m->body);
	*m = (struct outbox_mail){ 0 };
}

int store_mail_add(struct store *s, uint64_t scan, const struct mail_text *mail, struct err *e)
{
	args_clear(&s->args);
	args_u64(&s->args, scan);
	args_text(&s->args, mail->subject, SUBJECT_MAX);
	args_text(&s->args, mail->body != NULL ? mail->body : "", BODY_MAX);
	return db_run(s->db, MAIL_ADD, &s->args, e);
}

static int claim_once(struct store *s, struct outbox_mail *m, struct err *e)
{
	struct outbox_mail got = { 0 };
	uint64_t attempts = 0;
	const struct col cols[] = {
		{ COL_U64, &got.id },       { COL_U64, &got.scan_id }, { COL_U64, &attempts },
		{ COL_TEXT, &got.subject }, { COL_TEXT, &got.body },
	};
	int r;

	if ((r = db_begin(s->db, e)) < 0)
		return r;
	if ((r = db_one(s->db, MAIL_CLAIM, NULL, cols, 5, e)) != 1) {
		outbox_mail_free(&got);
		db_rollback(s->db);
		return r;
	}
	got.attempts = (unsigned)attempts;
	*m = got;
	s->claimed = got.id;
	return 1;
}

int store_mail_claim(struct store *s, struct outbox_mail *m, struct err *e)
{
	int r;

	if ((r = store_may_write(s, e)) < 0)
		return r;
	if ((r = claim_once(s, m, e)) < 0 && (db_fault(s->db) & FAULT_DEADLOCK))
		r = claim_once(s, m, e);
	return r;
}

/* In the transaction of the claim. When that was lost the word still counts: a mail that went out shall not go out again. */
static int settle(struct store *s, const struct outbox_mail *m, enum statement st, struct err *e)
{
	int r;

	if (s->claimed == 0 || s->claimed != m->id)
		return err_set(e, ERR_USAGE, "mail %llu was not claimed here", (unsigned long long)m->id);
	s->claimed = 0;
	if ((r = db_run(s->db, st, &s->args, e)) == OK)
		r = db_commit(s->db, e);
	else
		db_rollback(s->db);
	if (r < 0 && (db_fault(s->db) & (FAULT_LOST | FAULT_DEADLOCK)))
		r = db_run(s->db, st, &s->args, e);
	return r;
}

int store_mail_sent(struct store *s, const struct outbox_mail *m, struct err *e)
{
	args_clear(&s->args);
	args_u64(&s->args, m->attempts + 1);
	args_u64(&s->args, m->id);
	return settle(s, m, MAIL_SENT, e);
}

int store_mail_failed(struct store *s, const struct outbox_mail *m, const char *why, unsigned retry_seconds, struct err *e)
{
	args_clear(&s->args);
	args_u64(&s->args, retry_seconds > 0 ? MAIL_WAITING : MAIL_HAS_FAILED);
	args_u64(&s->args, m->attempts + 1);
	args_text(&s->args, why, WHY_MAX);
	args_u64(&s->args, retry_seconds * UINT64_C(1000000));
	args_u64(&s->args, m->id);
	args_u64(&s->args, m->attempts);
	return settle(s, m, MAIL_FAILED, e);
}
