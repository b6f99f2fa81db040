/*
 * site: everything that is made once, in the master before it forks, and only read afterwards: settings, model, templates.
 * A SIGHUP makes a new one; workers keep the one that they were forked with.
 */
#ifndef FCGI_SITE_H
#define FCGI_SITE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/filestamp.h"
#include "base/settings.h"
#include "base/text.h"
#include "detect/model.h"
#include "fcgi/adapted.h"
#include "input/reader.h"

struct oui;
struct templates;

struct site {
	struct settings settings;
	uint64_t generation; /* from 1 */

	/* checked values of settings */
	const char *database_url, *listen, *upload_listen, *user, *spool_dir, *model_dir, *allowed_hosts, *public_url;
	size_t workers, upload_workers, max_requests, stuck_seconds, drain_seconds, max_upload;

	struct reader_options input; /* limits of reading an upload */
	const char *model_name,
		*plain_name; /* of the files, without folders: what is shown; plain_name NULL: there is no plain model */
	struct model model;
	struct adapted_paths paths; /* of models that stand in for `model` */
	struct filestamp stamp;     /* of the one that is there, as it was looked at */
	int is_adapted;             /* `model` is the one that was adapted */
	struct adaptation adaptation;
	char base_sha256[SHA256_HEX], sha256[SHA256_HEX]; /* of the file that setting `model` names, and of the one that is used */
	char plain_sha256[SHA256_HEX];
	struct text card; /* what stands beside the file that setting `model` names, as .md: UTF-8; empty: nothing */
	struct model plain;                               /* for files without hosts or times, where `model` needs them */
	enum scan_method method;
	double threshold;     /* of the model, by the method */
	const char *strategy; /* how it was found */
	const char *kernel;
	struct templates *templates;
	struct oui *oui; /* NULL: it is not there, and makers are unknown */
};

/* Read the configuration, map the models, load the templates. All or nothing. */
int site_load(struct site **out, uint64_t generation, struct err *e);
void site_del(struct site *s);

#endif
