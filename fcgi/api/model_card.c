/* model_card: GET /api/v1/model/card. */
#include <math.h>

#include "api/handlers.h"
#include "api/model.h"
#include "fcgi/context.h"

/* In a cell of a table; what is out of the model's file stays text. */
static void cell(struct text *out, const char *value)
{
	for (const char *p = value; *p != '\0'; p++)
		text_add(out, *p == '|' || (unsigned char)*p < ' ' ? " " : p, 1);
}

static void row(struct text *out, const char *name, const char *value)
{
	text_printf(out, "| %s | ", name);
	cell(out, value);
	text_str(out, " |\n");
}

static void made_of(const struct site *site, struct text *out)
{
	const struct detector *const d = &site->model.detector;

	text_str(out, "# Model card: ");
	cell(out, site->model_name);
	text_str(out,
		 "\n\nThere is no card beside the file of the model; this is what the model says of itself.\n\n| | |\n|---|---|\n");
	row(out, "features", d->features->name);
	text_printf(out, "| window | %zu flows of a device |\n| parameters | %zu |\n", d->net.steps,
		    (size_t)network_param_n(&d->net));
	if (!isnan(d->threshold)) {
		text_printf(out, "| threshold of method lstm | %.6g, ", d->threshold);
		cell(out, d->strategy);
		text_str(out, " |\n");
	}
	if (d->calibrated) {
		text_printf(out, "| threshold of method hybrid | %.6g, ", d->hybrid_threshold);
		cell(out, d->hybrid_strategy);
		text_str(out, " |\n");
	}
	row(out, "SHA-256", site->sha256);
	if (d->training != NULL) {
		text_str(out, "\n## Training\n\n```\n");
		text_str(out, d->training);
		text_str(out, "\n```\n");
	}
}

void model_card(const struct site *site, struct text *out)
{
	if (site->card.n > 0)
		text_add(out, site->card.p, site->card.n);
	else
		made_of(site, out);
}

void api_model_card(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	(void)q;
	(void)p;
	s->content_type = "text/markdown; charset=utf-8";
	text_clear(&s->body);
	model_card(c->site, &s->body);
}
