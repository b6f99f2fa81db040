/* scan_curve: the error over a scan, for any range of it, and what other thresholds would flag. */
#include <math.h>

#include "api/handlers.h"
#include "base/json.h"
#include "detect/curve.h"
#include "detect/scan.h"
#include "fcgi/context.h"
#include "sql/store_evidence.h"

const struct param curve_params[] = {
	[CURVE_FROM] = { "from", PARAM_INTEGER, 0, INT64_MAX, 0, "first window (sequence_id)", NULL },
	[CURVE_TO] = { "to", PARAM_INTEGER, 0, INT64_MAX, INT64_MAX, "the window behind the last one", NULL },
	[CURVE_POINTS_MOST] = { "points", PARAM_INTEGER, 1, CURVE_VIEW, 1000, "at most so many points", NULL },
	{ .name = NULL },
};

static void none(struct response *s, uint64_t scan, const char *what)
{
	response_error(s, 404,
		       "no %s is kept of scan %llu: it has not ended with results, no device has enough flows for a window, or an "
		       "older version of this program made it; then scan the file again to have one",
		       what, (unsigned long long)scan);
}

void api_scan_curve(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct scan_evidence v = { 0 };
	struct curve_view view;
	struct json_object *o;
	struct err e = { 0 };
	int r = store_curve_get(c->store, q->number, &v, &e);

	if (r == OK && v.data == NULL) {
		none(s, q->number, "curve");
	} else if (r < 0 || (r = curve_view(v.data, v.len, (uint64_t)p[CURVE_FROM].integer, (uint64_t)p[CURVE_TO].integer,
					    (size_t)p[CURVE_POINTS_MOST].integer, &view, &e)) < 0) {
		/* What is stored is ours: its fault is the server's. */
		response_err_as(s, r == ERR_FORMAT ? 500 : 0, &e, NULL);
	} else {
		o = curve_view_to_json(&view);
		json_object_object_add(o, "scan_id", json_count(q->number));
		json_object_object_add(o, "method", json_text(v.method));
		json_object_object_add(o, "threshold", json_number(v.threshold, 17));
		response_json(s, 200, o);
	}
	scan_evidence_free(&v);
}

/* What scans by this method use now; a table has its own. */
static struct json_object *in_use(const struct site *site, enum scan_method method)
{
	const struct detector *const d = &site->model.detector;
	struct json_object *const o = json_object_new_object();

	json_object_object_add(o, "method", json_object_new_string(scan_method_name(site->method)));
	json_object_object_add(o, "model", json_text(site->model_name));
	json_object_object_add(o, "threshold",
			       method == METHOD_DENSE    ? NULL
			       : method == METHOD_HYBRID ? json_number(d->hybrid_threshold, 17)
							 : json_number(d->threshold, 17));
	json_object_object_add(o, "strategy",
			       method == METHOD_DENSE ? NULL
						      : json_text(method == METHOD_HYBRID ? d->hybrid_strategy : d->strategy));
	return o;
}

void api_scan_scores(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	struct scan_evidence v = { 0 };
	enum scan_method method = METHOD_LSTM;
	struct json_object *o;
	struct err e = { 0 };

	(void)p;
	if (store_whatif_get(c->store, q->number, &v, &e) < 0) {
		response_err(s, &e);
	} else if (v.data == NULL || (o = json_tokener_parse(v.data)) == NULL) {
		none(s, q->number, "table of other thresholds");
	} else {
		scan_method_find(v.method != NULL ? v.method : "", &method, NULL);
		json_object_object_add(o, "scan_id", json_count(q->number));
		json_object_object_add(o, "in_use", in_use(c->site, method));
		response_json(s, 200, o);
	}
	scan_evidence_free(&v);
}
