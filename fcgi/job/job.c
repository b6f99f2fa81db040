/* job: what is due, once round. */
#include "job/job.h"

#include <inttypes.h>

#include "fcgi/log.h"
#include "job/mail.h"
#include "sql/store_job.h"
#include "sql/store_scan_delete.h"

enum { PAUSE = 1, TRIES_MAX = 8, MAILS_A_ROUND = 20, PURGES_A_ROUND = 20 };

/* Minutes between tries grow: 1, 2, 4 … 64; then it is given up. */
static unsigned retry_seconds(unsigned attempts)
{
	return attempts + 1 >= TRIES_MAX ? 0 : 60U << attempts;
}

/* Send one waiting mail: 1; 0: there is none; negative: the database or the server does not want now. */
static int send_one(struct context *c, const struct mail_server *server)
{
	struct outbox_mail m = { 0 };
	struct err e = { 0 }, why = { 0 };
	int r = store_mail_claim(c->store, &m, &e);

	if (r <= 0)
		return r;
	slot_beat(c->slot);
	if (mail_send(server, m.subject, m.body, &why) == OK) {
		r = store_mail_sent(c->store, &m, &e);
		log_message(LOG_LEVEL_INFO, "mail", "alert for scan %" PRIu64 " sent", m.scan_id);
	} else {
		r = store_mail_failed(c->store, &m, why.msg, retry_seconds(m.attempts), &e);
		log_message(LOG_LEVEL_WARN, "mail", "alert for scan %" PRIu64 " not sent, try %u: %s", m.scan_id, m.attempts + 1, why.msg);
	}
	if (r < 0)
		log_message(LOG_LEVEL_WARN, "mail", "%s", e.msg);
	outbox_mail_free(&m);
	slot_beat(c->slot);
	return r < 0 ? r : 1;
}

/* Some of what is left of scans that were deleted long ago; the rest in the next rounds. */
static void purge(struct context *c)
{
	uint64_t removed = 0;
	struct err e = { 0 };

	for (int i = 0, r = 1; i < PURGES_A_ROUND && r == 1; i++) {
		if ((r = store_scan_purge(c->store, &removed, &e)) < 0)
			log_message(LOG_LEVEL_DEBUG, "purge", "%s", e.msg);
		else if (removed > 0)
			log_message(LOG_LEVEL_INFO, "purge", "scan %" PRIu64 ", deleted %d days ago, is removed", removed, SCAN_KEPT_DAYS);
		slot_beat(c->slot);
	}
}

unsigned job_round(struct context *c)
{
	struct mail_server server;
	struct err e = { 0 };
	uint64_t swept = 0, swept_jobs = 0;

	if (store_sweep(c->store, &swept, &e) < 0)
		log_message(LOG_LEVEL_DEBUG, "sweep", "%s", e.msg);
	else if (swept > 0)
		log_message(LOG_LEVEL_WARN, "sweep", "%" PRIu64 " scans were interrupted: their workers are gone", swept);
	if (store_job_sweep(c->store, &swept_jobs, &e) < 0)
		log_message(LOG_LEVEL_DEBUG, "sweep", "%s", e.msg);
	else if (swept_jobs > 0)
		log_message(LOG_LEVEL_WARN, "sweep", "%" PRIu64 " jobs were interrupted: their workers are gone", swept_jobs);
	if (mail_configured(&c->site->settings, &server, &e) == 1)
		for (int i = 0; i < MAILS_A_ROUND && send_one(c, &server) > 0; i++)
			slot_beat(c->slot);
	purge(c);
	return PAUSE;
}
