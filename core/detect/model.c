/* model: detector and plan have one life. */
#include "detect/model.h"

#include <string.h>

int model_open(struct model *m, const char *path, const struct kernel_ops *k, struct err *e)
{
	struct model made = { 0 };
	int r;

	if ((r = detector_open(&made.detector, path, e)) < 0)
		return r;
	if ((r = plan_new(&made.plan, &made.detector.net, k, e)) < 0) {
		detector_close(&made.detector);
		return r;
	}
	*m = made;
	return OK;
}

void model_close(struct model *m)
{
	if (m->plan == NULL)
		return;
	plan_del(m->plan);
	detector_close(&m->detector);
	memset(m, 0, sizeof(*m));
}

struct scan_model model_for_scan(const struct model *m)
{
	return (struct scan_model){ .detector = m->plan != NULL ? &m->detector : NULL, .plan = m->plan };
}
