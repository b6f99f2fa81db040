/* model: what the handlers of the model have in common. */
#ifndef API_MODEL_H
#define API_MODEL_H

#include "base/text.h"
#include "fcgi/site.h"
#include "http/response.h"

/* Where files lie is for the log only: other words in the place of those of an ERR_IO. */
void model_hide(int code, struct err *e);

/* Answer a failure of changing the model that is used. */
void model_refuse(struct response *s, int code, struct err *e);

/* What the model is that is used, in one sentence for people; has names that others chose. */
void model_words(const struct site *site, struct text *out);

/* Under the lock: d, a changed copy of the site's detector, becomes the model that is used. Fills facts but for file, strategy, flows and rate. */
int model_save(const struct site *site, struct detector *d, struct adaptation *facts, struct err *e);

/* The card of the model in Markdown: the one beside its file, else one made of what the model says of itself. */
void model_card(const struct site *site, struct text *out);

#endif
