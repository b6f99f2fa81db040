/* incident_rows: the columns are for those who ask the database; what is shown is one text. */
#include "api/incident_rows.h"

#include <stdlib.h>

#include "detect/incident_json.h"
#include "flow/put.h"

/* Texts that a row borrows. */
struct made {
	char ip[IP_TEXT], mac[PUT_MAC + 1], peer[IP_TEXT];
	struct json_object *report;
	double peak; /* error of the worst anomaly so far */
};

/* Where the row of an incident is. */
struct place {
	uint64_t id;
	size_t at;
};

struct incident_rows {
	size_t n;
	struct incident_row *row;
	struct made *made;
	struct place *place; /* by id */
};

static int by_id(const void *va, const void *vb)
{
	const struct place *const a = va, *const b = vb;

	return a->id < b->id ? -1 : a->id > b->id;
}

static void make(struct incident_row *row, struct made *m, const struct incident *i)
{
	*put_mac(m->mac, i->device_mac) = '\0';
	*row = (struct incident_row){
		.id = i->id,
		.device_ip = i->device_ip.family != 0 ? ip_print(&i->device_ip, m->ip) : NULL,
		.device_mac = i->has_mac ? m->mac : NULL,
		.attack = i->rule->attack,
		.rule = i->rule->name,
		.title = i->rule->title,
		.technique = i->rule->technique,
		.severity = (int)i->severity,
		.start = i->start,
		.end = i->end,
		.flows = i->flows,
		.peers = i->peers,
		.peer = i->peer.family != 0 ? ip_print(&i->peer, m->peer) : NULL,
		.port = i->port,
		.score = i->peak_score,
		.p = i->least_p,
		.row = { i->first_row, i->last_row },
		.bytes = { i->bytes[0], i->bytes[1] },
		.window = { -1, -1 },
		.peak = -1,
		.sentence = i->sentence,
		.report = json_object_to_json_string_ext(m->report, JSON_C_TO_STRING_PLAIN),
	};
}

int incident_rows_new(struct incident_rows **out, const struct incident *list, size_t n, struct err *e)
{
	struct incident_rows *const r = calloc(1, sizeof(*r));

	if (r == NULL || (r->row = calloc(n + 1, sizeof(*r->row))) == NULL || (r->made = calloc(n + 1, sizeof(*r->made))) == NULL ||
	    (r->place = calloc(n + 1, sizeof(*r->place))) == NULL)
		goto nomem;
	for (; r->n < n; r->n++) {
		struct made *const m = &r->made[r->n];

		if ((m->report = incident_to_json(&list[r->n])) == NULL)
			goto nomem;
		make(&r->row[r->n], m, &list[r->n]);
		r->place[r->n] = (struct place){ list[r->n].id, r->n };
	}
	qsort(r->place, n, sizeof(*r->place), by_id);
	*out = r;
	return OK;
nomem:
	incident_rows_del(r);
	return err_set(e, ERR_NOMEM, "out of memory for %zu incidents", n);
}

const struct incident_row *incident_rows_get(const struct incident_rows *r)
{
	return r->row;
}

void incident_rows_window(struct incident_rows *r, uint64_t incident, uint64_t sequence_id, double error)
{
	const struct place key = { incident, 0 }, *const found = bsearch(&key, r->place, r->n, sizeof(key), by_id);
	struct incident_row *const row = found != NULL ? &r->row[found->at] : NULL;

	if (row == NULL)
		return;
	if (row->window[0] < 0)
		row->window[0] = (int64_t)sequence_id;
	row->window[1] = (int64_t)sequence_id;
	if (row->peak < 0 || error > r->made[found->at].peak) {
		row->peak = (int64_t)sequence_id;
		r->made[found->at].peak = error;
	}
}

void incident_rows_del(struct incident_rows *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++)
		json_object_put(r->made[i].report);
	free(r->row);
	free(r->made);
	free(r->place);
	free(r);
}
