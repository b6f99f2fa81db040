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

#endif
