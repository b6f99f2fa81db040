/* site: from settings to what workers share. */
#include "fcgi/site.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "base/mapfile.h"
#include "base/utf8.h"
#include "fcgi/log.h"
#include "fcgi/oui.h"
#include "fcgi/job/mail.h"
#include "fcgi/page/template.h"
#include "input/limits.h"
#include "nn/kernel.h"

enum { WORKERS_MAX = 64, WORK_MAX = 50 * 1000 * 1000, CARD_MAX = 1 << 20, UPLOADS_LEAST = 2 };

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
	{ "database_url", offsetof(struct site, database_url) },   { "listen", offsetof(struct site, listen) },
	{ "upload_listen", offsetof(struct site, upload_listen) }, { "user", offsetof(struct site, user) },
	{ "spool_dir", offsetof(struct site, spool_dir) },         { "model_dir", offsetof(struct site, model_dir) },
	{ "allowed_hosts", offsetof(struct site, allowed_hosts) }, { "public_url", offsetof(struct site, public_url) },
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
	/* A job of the owner's takes one of them for as long as it lasts. */
	s->upload_workers = s->upload_workers ? s->upload_workers : cores < UPLOADS_LEAST ? UPLOADS_LEAST : cores;
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

static const char *name_of(const char *path)
{
	return strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
}

/* Make a model that is open ready for many workers. */
static int take_model(struct model *m, const char *path, struct err *e)
{
	uint64_t work;

	if (!m->detector.has_scaler || isnan(m->detector.threshold))
		return err_set(e, ERR_RANGE, "%.200s has no %s; `guardian train` makes complete models", path,
			       m->detector.has_scaler ? "threshold" : "scaler");
	work = (uint64_t)network_param_n(&m->detector.net) * m->detector.net.steps;
	if (work > WORK_MAX)
		return err_set(e, ERR_RANGE, "%.200s takes about %llu multiplications for each window; a server takes at most %d",
			       path, (unsigned long long)work, WORK_MAX);
	return plan_share(m->plan, e);
}

static int load_model(const char *path, const struct kernel_ops *k, struct model *m, struct err *e)
{
	const int r = model_open(m, path, k, e);

	return r < 0 ? r : take_model(m, path, e);
}

/* 1: it is open, with what is known of it in s; 0: there is none. */
static int open_adapted(struct site *s, struct model *m, struct err *e)
{
	const char *const path = s->paths.now;
	int r;

	if ((r = adapted_open(m, &s->adaptation, path, &s->model, s->base_sha256, e)) <= 0)
		return r;
	if ((r = take_model(m, path, e)) == OK && (r = adapted_sha256(path, s->sha256, e)) == OK)
		return 1;
	model_close(m);
	return r;
}

/* The model that was adapted to this home takes the place of the one that it was made of. Without it, or when it is of no use, all stays. */
static void take_adapted(struct site *s)
{
	struct model m = { 0 };
	struct err e = { 0 };
	int r;

	filestamp_look(&s->stamp, s->paths.now);
	if ((r = open_adapted(s, &m, &e)) == 1) {
		model_close(&s->model);
		s->model = m;
		s->model_name = name_of(s->paths.now);
		s->is_adapted = 1;
		return;
	}
	strcpy(s->sha256, s->base_sha256);
	if (r < 0)
		log_message(LOG_LEVEL_WARN, "model", "the adapted model %s is not used: %s", s->paths.now, e.msg);
}

/* The method is that of all scans: both models must do for it. */
static int choose_method(struct site *s, struct err *e)
{
	const char *const name = settings_text(&s->settings, "method");
	int r;

	if (strcmp(name, "auto") == 0)
		s->method = s->model.detector.calibrated ? METHOD_HYBRID : METHOD_LSTM;
	else if ((r = scan_method_find(name, &s->method, e)) < 0)
		return err_set(e, r, "method \"%.40s\" is none of auto, lstm and hybrid", name);
	if (s->method == METHOD_DENSE)
		return err_set(e, ERR_UNSUPPORTED,
			       "method dense is for tables of `guardian`; a server takes auto, lstm and hybrid");
	if (s->method == METHOD_HYBRID && !s->model.detector.calibrated)
		return err_set(e, ERR_RANGE,
			       "model %.100s is not calibrated, which method hybrid needs: `guardian threshold` does it",
			       s->model_name);
	if (s->method == METHOD_HYBRID && s->plain.plan != NULL && !s->plain.detector.calibrated)
		return err_set(e, ERR_RANGE,
			       "model %.80s is calibrated, but model_basic %.80s is not, and method hybrid needs both: `guardian "
			       "threshold` does it; or set method to lstm",
			       s->model_name, s->plain_name);
	s->threshold = s->method == METHOD_HYBRID ? s->model.detector.hybrid_threshold : s->model.detector.threshold;
	s->strategy = s->method == METHOD_HYBRID ? s->model.detector.hybrid_strategy : s->model.detector.strategy;
	return OK;
}

/* NAME.md beside NAME.safetensors. One that is not there, too large or no text is none. */
static void load_card(struct site *s, const char *model)
{
	static const char end[] = ".safetensors";
	const size_t n = strlen(model),
		     stem = n > sizeof(end) - 1 && strcmp(model + n - (sizeof(end) - 1), end) == 0 ? n - (sizeof(end) - 1) : n;
	struct mapfile m = { 0 };
	struct err ignored = { 0 };
	char path[ADAPTED_PATH];

	if (snprintf(path, sizeof(path), "%.*s.md", (int)stem, model) >= (int)sizeof(path) || mapfile_open(&m, path, &ignored) < 0)
		return;
	if (m.len <= CARD_MAX && utf8_is_valid((const char *)m.data, m.len))
		text_add(&s->card, m.data, m.len);
	mapfile_close(&m);
}

static int load_models(struct site *s, struct err *e)
{
	const char *const path = settings_text(&s->settings, "model"), *const basic = settings_text(&s->settings, "model_basic");
	const struct kernel_ops *const k = kernel_select(settings_text(&s->settings, "kernel"), e);
	struct err why = { 0 };
	int r;

	if (k == NULL)
		return ERR_RANGE;
	s->model_name = name_of(path);
	if ((r = load_model(path, k, &s->model, e)) < 0 || (r = adapted_sha256(path, s->base_sha256, e)) < 0 ||
	    (r = adapted_paths(&s->paths, s->model_dir, path, e)) < 0)
		return r;
	load_card(s, path);
	take_adapted(s);
	s->kernel = plan_kernel(s->model.plan);
	if (!s->model.detector.features->needs_hosts)
		return choose_method(s, e);
	s->plain_name = name_of(basic);
	if ((r = load_model(basic, k, &s->plain, &why)) < 0)
		return err_set(e, r,
			       "model %.60s needs hosts and times, and model_basic, for files without them, cannot be used: %.150s",
			       s->model_name, why.msg);
	if ((r = adapted_sha256(basic, s->plain_sha256, e)) < 0)
		return r;
	if (s->plain.detector.features->needs_hosts)
		return err_set(e, ERR_RANGE, "model_basic %.200s needs hosts and times itself; it is for files without them",
			       basic);
	return choose_method(s, e);
}

/* Without it devices have no maker; no reason not to start. */
static void load_oui(struct site *s)
{
	struct err e = { 0 };

	if (oui_load(&s->oui, settings_text(&s->settings, "oui"), &e) < 0)
		log_message(LOG_LEVEL_WARN, "site",
			    "makers of network cards are not shown: %s (Debian package ieee-data, setting oui)", e.msg);
	else
		log_message(LOG_LEVEL_DEBUG, "site", "%zu blocks of MAC addresses", oui_n(s->oui));
}

int site_load(struct site **out, uint64_t generation, struct err *e)
{
	struct site *const s = calloc(1, sizeof(*s));
	int r;

	if (s == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	s->generation = generation;
	if ((r = read_settings(s, e)) < 0 || (r = load_models(s, e)) < 0 ||
	    (r = templates_load(&s->templates, settings_text(&s->settings, "templates"), e)) < 0) {
		site_del(s);
		return r;
	}
	load_oui(s);
	*out = s;
	return OK;
}

void site_del(struct site *s)
{
	if (s == NULL)
		return;
	model_close(&s->model);
	model_close(&s->plain);
	templates_del(s->templates);
	text_free(&s->card);
	oui_del(s->oui);
	free(s);
}
