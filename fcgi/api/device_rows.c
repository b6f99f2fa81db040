/* device_rows: addresses as texts, what is usual as JSON. */
#include "api/device_rows.h"

#include <stdlib.h>

#include "flow/put.h"

struct made {
	char ip[IP_TEXT], mac[PUT_MAC + 1];
	struct json_object *usual;
};

struct device_rows {
	size_t n;
	struct device_row *row;
	struct made *made;
};

static void make(struct device_row *row, struct made *m, const struct roster_device *d)
{
	*put_mac(m->mac, d->mac) = '\0';
	*row = (struct device_row){
		.mac = d->has_mac ? m->mac : NULL,
		.ip = d->ip.family != 0 ? ip_print(&d->ip, m->ip) : NULL,
		.flows = d->flows,
		.flagged = d->flagged,
		.bytes = { d->bytes[0], d->bytes[1] },
		.first_ts = d->first_ts,
		.last_ts = d->last_ts,
		.baseline = m->usual != NULL ? json_object_to_json_string_ext(m->usual, JSON_C_TO_STRING_PLAIN) : NULL,
	};
}

int device_rows_new(struct device_rows **out, const struct scan *scan, struct roster *roster, struct err *e)
{
	struct device_rows *const r = calloc(1, sizeof(*r));
	const struct roster_device *list;
	struct roster_others others;
	const size_t n = roster_list(roster, &list, &others);

	if (r == NULL || (r->row = calloc(n + 1, sizeof(*r->row))) == NULL || (r->made = calloc(n + 1, sizeof(*r->made))) == NULL) {
		device_rows_del(r);
		return err_set(e, ERR_NOMEM, "out of memory for %zu devices", n);
	}
	for (size_t i = 0; i < n; i++) {
		struct made *const m = &r->made[r->n];

		if (list[i].ip.family == 0 && !list[i].has_mac)
			continue;
		m->usual = roster_usual(scan, &list[i], i);
		make(&r->row[r->n++], m, &list[i]);
	}
	*out = r;
	return OK;
}

size_t device_rows_get(struct device_rows *r, struct device_row **out)
{
	*out = r->row;
	return r->n;
}

void device_rows_del(struct device_rows *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->n; i++)
		json_object_put(r->made[i].usual);
	free(r->row);
	free(r->made);
	free(r);
}
