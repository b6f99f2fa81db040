/*
 * evaluations: POST /api/v1/evaluations: what the model that is used is worth on a labelled file, as `guardian evaluate` tells it: a job whose result
 * is the JSON of that command and whose report is its page.
 */
#include <stdlib.h>
#include <string.h>

#include "api/handlers.h"
#include "api/upload_keep.h"
#include "evaluate/evaluate.h"
#include "job/task.h"

enum {
	FLOWS_MOST = 250 * 1000, /* one takes some 2 kB */
	REPLICATES = 200,
};

const struct param evaluations_params[] = {
	[EVALUATIONS_NAME] = { "name", PARAM_TEXT, 0, 0, 0, "name of the file, when the body is the file itself", NULL },
	{ .name = NULL },
};

struct evaluating {
	const struct site *site;
	struct upload_kept file;
};

static void told(void *arg, const char *doing, double share, uint64_t flows)
{
	work_tell(arg, doing, share, flows);
}

static int judge(struct evaluation *ev, struct work_output *out, struct err *e)
{
	struct json_object *o;
	int r;

	if ((r = evaluate(ev, e)) < 0)
		return r;
	if (ev->file->failed) {
		*e = ev->file->err;
		return e->code;
	}
	o = evaluate_to_json(ev);
	text_str(&out->result, json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
	return evaluate_html(&out->report, ev, e);
}

/* In a process that ends then, with the site's models as they are: nothing is released. */
static int act(void *arg, struct work *w, struct work_output *out, struct err *e)
{
	const struct evaluating *const v = arg;
	const struct site *const site = v->site;
	struct evaluated file = { .name = v->file.name, .path = v->file.path, .bytes = v->file.bytes };
	const struct kernel_ops *const kernel = kernel_select(site->kernel, e);
	struct evaluation *ev;

	if (kernel == NULL)
		return ERR_RANGE;
	if ((ev = calloc(1, sizeof(*ev))) == NULL)
		return err_set(e, ERR_NOMEM, "out of memory");
	*ev = (struct evaluation){
		.model_path = site->model_name,
		.plain_path = site->plain_name,
		.seed = 1,
		.threads = 1,
		.replicates = REPLICATES,
		.fpr = 0.01,
		.input = site->input,
		.rows_most = FLOWS_MOST,
		.told = told,
		.arg = w,
		.command = "POST /api/v1/evaluations",
		.protocol = PROTOCOL_TIME,

		.model = site->model,
		.plain = site->plain,
		.T = plan_steps(site->model.plan),
		.file_n = 1,
		.file = &file,
	};
	ev->method[site->method] = 1;
	memcpy(ev->model_digest, site->sha256, sizeof(ev->model_digest));
	memcpy(ev->plain_digest, site->plain_sha256, sizeof(ev->plain_digest));
	ev->kernel = kernel;
	return judge(ev, out, e);
}

static void drop(void *arg)
{
	struct evaluating *const v = arg;

	upload_kept_drop(&v->file);
	free(v);
}

void api_evaluations(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	const char *const name = p[EVALUATIONS_NAME].given ? p[EVALUATIONS_NAME].text : NULL;
	struct evaluating *v;
	struct err e = { 0 };
	int status = 0, r;

	if (upload_is_too_large(c, q, s) || !task_may_start(c, s))
		return;
	if ((v = calloc(1, sizeof(*v))) == NULL) {
		response_error(s, 500, "out of memory");
		task_may_not(c);
		return;
	}
	v->site = c->site;
	if ((r = upload_keep(c, q, name, &v->file, &status, &e)) < 0) {
		response_error(s, status != 0 ? status : response_status_of(r), "%s", e.msg);
		drop(v);
		task_may_not(c);
		return;
	}
	task_start(c, s,
		   &(struct task){ .start = { .kind = JOB_EVALUATE, .name = v->file.name, .size = v->file.bytes, .params = "{}" },
				   .doing = "evaluating",
				   .act = act,
				   .drop = drop,
				   .arg = v });
}
