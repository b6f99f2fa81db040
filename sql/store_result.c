/* store_result: two statements. */
#include "sql/store_result.h"

#include <stdlib.h>

#include "sql/store_inside.h"

void scan_parts_free(struct scan_parts *p)
{
	free(p->strategy);
	*p = (struct scan_parts){ 0 };
}

int store_scan_parts(struct store *s, uint64_t scan, struct scan_parts *out, struct err *e)
{
	struct scan_parts p = { 0 };
	const struct col cols[] = {
		{ COL_TEXT, &p.strategy }, { COL_REAL, &p.first_ts }, { COL_REAL, &p.last_ts },   { COL_U64, &p.labelled },
		{ COL_U64, &p.attacks },   { COL_U64, &p.windows },   { COL_U64, &p.has_whatif }, { COL_U64, &p.has_flows },
	};
	int r;

	args_clear(&s->args);
	args_u64(&s->args, scan);
	if ((r = db_one(s->db, SCAN_PARTS, &s->args, cols, sizeof(cols) / sizeof(*cols), e)) <= 0) {
		scan_parts_free(&p);
		return r < 0 ? r : err_set(e, ERR_NOT_FOUND, "there is no scan %llu", (unsigned long long)scan);
	}
	*out = p;
	return OK;
}

static void line_free(struct incident_line *l)
{
	char *const text[] = { l->title, l->technique, l->sentence, l->peer, l->device_ip, l->device_mac, l->device_name };

	for (size_t i = 0; i < sizeof(text) / sizeof(*text); i++)
		free(text[i]);
	*l = (struct incident_line){ 0 };
}

int store_incident_lines(struct store *s, uint64_t scan, size_t skip, size_t limit, incident_line_each each, void *arg,
			 struct err *e)
{
	struct incident_line l = { 0 };
	const struct col cols[] = {
		{ COL_U64, &l.id },     { COL_U64, &l.severity },   { COL_U64, &l.flows },       { COL_U64, &l.peers },
		{ COL_U64, &l.mark },   { COL_TEXT, &l.title },     { COL_TEXT, &l.technique },  { COL_TEXT, &l.sentence },
		{ COL_TEXT, &l.peer },  { COL_TEXT, &l.device_ip }, { COL_TEXT, &l.device_mac }, { COL_TEXT, &l.device_name },
		{ COL_U64, &l.device }, { COL_I64, &l.port },       { COL_I64, &l.window[0] },   { COL_I64, &l.window[1] },
		{ COL_REAL, &l.start }, { COL_REAL, &l.end },
	};
	const size_t n = sizeof(cols) / sizeof(*cols);
	int r;

	args_clear(&s->args);
	args_u64(&s->args, scan);
	args_u64(&s->args, limit);
	args_u64(&s->args, skip);
	if ((r = db_select(s->db, INCIDENT_LINES, &s->args, cols, n, e)) < 0)
		return r;
	while ((r = db_next(s->db, INCIDENT_LINES, cols, n, e)) == 1) {
		if ((r = each(arg, &l)) < 0)
			break;
		line_free(&l);
	}
	line_free(&l);
	db_end(s->db, INCIDENT_LINES);
	return r;
}
