/* model: what the handlers of the model have in common. */
#ifndef API_MODEL_H
#define API_MODEL_H

#include "http/response.h"

/* Answer a failure of changing the model that is used. */
void model_refuse(struct response *s, int code, const struct err *e);

#endif
