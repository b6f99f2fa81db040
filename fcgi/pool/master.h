/*
 * master: `guardiand serve`: one process that listens, forks the workers of each class and watches over them.
 *
 *   slots       workers for pages, upload_workers for uploads, one for background jobs; each its row of the scoreboard
 *   dead        replaced, after a pause that doubles from 0.1 s to 5 s while a slot keeps dying young; too many deaths within a
 *               minute stop the pool
 *   stuck       a worker without progress for stuck_seconds is killed
 *   SIGTERM     (SIGINT) no new requests, those in hand are finished, then exit 0
 *   SIGHUP      a new site is loaded; when that works, workers are replaced one by one, else the old go on and the log says why
 *   adapted     the same within a second when a worker, of any host that shares the folder, has changed the adapted model: a worker needs
 *               no right to send signals
 */
#ifndef POOL_MASTER_H
#define POOL_MASTER_H

#include "fcgi/site.h"

/* Takes the site over. Returns the exit code of the program: 0 after a drain, 1 with a message in e. */
int master_run(struct site *first, struct err *e);

#endif
