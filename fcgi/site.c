/* site: from settings to what workers share. */
#include "fcgi/site.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "fcgi/log.h"
#include "fcgi/job/mail.h"
#include "fcgi/page/template.h"
#include "input/limits.h"
#include "nn/kernel.h"

enum { WORKERS_MAX = 64, WORK_MAX = 50 * 1000 * 1000 };

/* The whole-number settings. */
static const struct {
	const char *name;
	size_t min, max, offset;
} sizes[] = {
	{ "workers", 0, WORKERS_MAX, offsetof(struct site, workers) },
	{ "upload_workers", 0, WORKERS_MAX, offsetof(struct site, upload_workers) },
	{ "max_requests", 0, SIZE_MAX, offsetof(struct site, max_requests) },
	{ "stuck_seconds", 1, 86400, offsetof(struct site, stuck_seconds) },
	{ "drain_seconds", 0, 86400, offsetof(struct site, drain_seconds) },
	{ "max_upload", 1, SIZE_MAX, offsetof(struct site, max_upload) },
};

static const struct {
	const char *name;
	size_t offset;
} texts[] = {
	{ "database_url", offsetof(struct site, database_url) },
	{ "listen", offsetof(struct site, listen) },
	{ "upload_listen", offsetof(struct site, upload_listen) },
	{ "user", offsetof(struct site, user) },
	{ "spool_dir", offsetof(struct site, spool_dir) },
	{ "allowed_hosts", offsetof(struct site, allowed_hosts) },
	{ "public_url", offsetof(struct site, public_url) },
};

static int read_settings(struct site *s, struct err *e)
{
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);
	const size_t cores = processors < 1 ? 1 : processors > WORKERS_MAX ? WORKERS_MAX : (size_t)processors;
	struct mail_server mail;
	int r, level;

	if ((r = config_load(&s->settings, getenv, e)) < 0)
		return r;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t *const out = (size_t *)((char *)s + sizes[i].offset);

		if ((r = settings_size(&s->settings, sizes[i].name, sizes[i].min, sizes[i].max, out, e)) < 0)
			return r;
	}
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		*(const char **)((char *)s + texts[i].offset) = settings_text(&s->settings, texts[i].name);
	s->workers = s->workers ? s->workers : cores;
	s->upload_workers = s->upload_workers ? s->upload_workers : cores;
	if ((r = limits_load(&s->input, &s->settings, e)) < 0)
		return r;
	if (strcmp(s->listen, s->upload_listen) == 0)
		return err_set(e, ERR_RANGE, "listen and upload_listen are both %.200s; they must differ", s->listen);
	if ((level = log_level_parse(settings_text(&s->settings, "log_level"))) < 0)
		return err_set(e, ERR_RANGE, "log_level \"%.40s\" is none of error, warn, info, debug",
			       settings_text(&s->settings, "log_level"));
	log_set_level((enum log_level)level);
	if ((r = mail_configured(&s->settings, &mail, e)) < 0)
		return r;
	/* Told now; what becomes of the file later only delays mails. */
	if (r == 1 && mail.ca_file != NULL && access(mail.ca_file, R_OK) != 0)
		return err_errno(e, ERR_IO, "mail_ca: %.200s cannot be read", mail.ca_file);
	return OK;
}

static int load_model(struct site *s, struct err *e)
{
	const char *const path = settings_text(&s->settings, "model");
	const struct kernel_ops *const k = kernel_select(settings_text(&s->settings, "kernel"), e);
	uint64_t work;
	int r;

	if (k == NULL)
		return ERR_RANGE;
	s->model_name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	if ((r = detector_open(&s->detector, path, e)) < 0)
		return r;
	if (!s->detector.has_scaler || isnan(s->detector.threshold))
		return err_set(e, ERR_RANGE, "%.200s has no %s; `guardian train` makes complete models", path,
			       s->detector.has_scaler ? "threshold" : "scaler");
	work = (uint64_t)network_param_n(&s->detector.net) * s->detector.net.steps;
	if (work > WORK_MAX)
		return err_set(e, ERR_RANGE, "%.200s takes about %llu multiplications for each window; a server takes at most %d", path,
			       (unsigned long long)work, WORK_MAX);
	if ((r = plan_new(&s->plan, &s->detector.net, k, e)) < 0 || (r = plan_share(s->plan, e)) < 0)
		return r;
	s->kernel = plan_kernel(s->plan);
	return OK;
}

int site_load(struct site **out, uint64_t generation, struct err *e)
{
	struct site *const s = calloc(1, sizeof(*s));
	int r;

	if (s == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	s->generation = generation;
	if ((r = read_settings(s, e)) < 0 || (r = load_model(s, e)) < 0 ||
	    (r = templates_load(&s->templates, settings_text(&s->settings, "templates"), e)) < 0) {
		site_del(s);
		return r;
	}
	*out = s;
	return OK;
}

void site_del(struct site *s)
{
	if (s == NULL)
		return;
	plan_del(s->plan);
	if (s->detector.file != NULL)
		detector_close(&s->detector);
	templates_del(s->templates);
	free(s);
}
