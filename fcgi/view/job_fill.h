/* job_fill: jobs in words, for pages. */
#ifndef VIEW_JOB_FILL_H
#define VIEW_JOB_FILL_H

#include "page/template.h"
#include "sql/store_job.h"

/* One that runs: JOB_ID, JOB_TITLE, JOB_PHASE, JOB_SHARE. */
void job_fill_running(struct page *p, const struct job_row *r);

/* One that has ended, with its result: a section ENDED. */
void job_fill_ended(struct page *p, const struct job_row *r);

/* A row of the list: a section ROW. */
void job_fill_row(struct page *p, const struct job_row *r);

/* What an evaluation found, as {{>QUALITY}} of p. */
void job_fill_quality(struct page *p, const struct job_row *r);

#endif
