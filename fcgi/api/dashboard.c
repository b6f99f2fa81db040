/* dashboard: GET /, rendered here; the database may be away, the page is not. */
#include "page/dashboard.h"

#include <stdlib.h>
#include <string.h>

#include "api/database.h"
#include "api/handlers.h"
#include "api/model.h"
#include "api/scan_view.h"
#include "fcgi/context.h"
#include "input/format.h"

enum { SHOWN = 50 };

/* Scans of the list, with copies of their names. */
struct list {
	size_t n;
	int older;
	struct dashboard_scan scan[SHOWN];
	char *name[SHOWN];
};

static int take(void *arg, const struct scan_row *r)
{
	struct list *const l = arg;

	if (l->n == SHOWN) {
		l->older = 1;
		return OK;
	}
	if ((l->name[l->n] = strdup(r->name != NULL ? r->name : "")) == NULL)
		return ERR_NOMEM;
	l->scan[l->n] = (struct dashboard_scan){
		.id = r->id,
		.started_us = r->started_us,
		.file = l->name[l->n],
		.state = scan_state_name(r->state),
		.anomalies = r->counts.anomalies,
		.windows = r->counts.windows,
		.incidents = r->counts.incidents,
		.flows = r->counts.flows,
		.worst = scan_severity(r),
	};
	l->n++;
	return OK;
}

void api_dashboard(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct list *const list = calloc(1, sizeof(*list));
	struct database_view db;
	struct err e = { 0 }, why = { 0 };
	struct dashboard d = { 0 };
	struct text words = { 0 };
	char taken[FORMAT_TAKEN];

	(void)q;
	(void)p;
	if (list == NULL) {
		response_error(s, 500, "out of memory");
		return;
	}
	format_taken(taken);
	/* The workers share a count that is at most a second old, so a page costs one query, the list; and none while the database is away,
	 * when each would wait for a connection. */
	database_look(c, &db);
	if (db.connected && store_scan_list(c->store, 0, SHOWN + 1, take, list, &why) < 0)
		db.connected = 0;
	model_words(c->site, &words);
	d = (struct dashboard){
		.status = db.connected ? "ok" : "degraded",
		.tone = db.connected ? TONE_GOOD : TONE_WARN,
		.model = c->site->model_name,
		.model_words = text_get(&words),
		.can_adapt = adapted_may_write(&c->site->paths),
		.can_reset = c->site->is_adapted,
		.threshold = c->site->threshold,
		.window = c->site->model.detector.net.steps,
		.max_upload = c->site->max_upload,
		.taken = taken,
		.database_connected = db.connected,
		.total_scans = db.total_scans,
		.scans = list->scan,
		.scans_n = list->n,
		.older = list->older,
		.notice = db.connected ? NULL : "The database cannot be reached: scans cannot be stored or shown now.",
	};
	s->content_type = "text/html; charset=utf-8";
	if (dashboard_render(c->site->templates, &d, &s->body, &e) < 0) {
		text_clear(&s->body);
		response_err(s, &e);
	}
	for (size_t i = 0; i < list->n; i++)
		free(list->name[i]);
	free(list);
	text_free(&words);
}
