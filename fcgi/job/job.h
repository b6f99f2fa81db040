/*
 * job: the background worker, one for each host: sends the mails that wait, marks scans whose worker has gone as interrupted,
 * removes scans that were deleted long enough ago.
 * Several hosts may share a database: rows are claimed with SKIP LOCKED.
 */
#ifndef JOB_JOB_H
#define JOB_JOB_H

#include "fcgi/context.h"

/* One round: everything that is due now. Returns how many seconds to wait for the next, at most 2: who waits for longer is taken for
 * stuck. Never fails for longer than the database does. */
unsigned job_round(struct context *c);

#endif
