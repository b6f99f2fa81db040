/*
 * heat: why a window or a flow scores as it does, into heat.tpl: the share and the value of each feature at each step, what is usual, what
 * decided, and the smallest change that would have made it normal.
 */
#ifndef VIEW_HEAT_H
#define VIEW_HEAT_H

#include <json-c/json.h>

#include "page/template.h"

/*
 * anomaly: anomaly_whole() (api/device_view.h). Shows {{#HEAT}} with {{>STRIP}}, or {{#NO_HEAT}} where no explanation was kept. title: heading
 * level is the template's.
 */
void heat_fill(struct page *p, struct json_object *anomaly);

#endif
