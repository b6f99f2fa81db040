/* store_device: what a scan says of devices. In the order of their identities, so that two scans that end at once do not wait for each other. */
#include "sql/store_device.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/store_inside.h"

enum { BATCH_ROWS = 500, IDENT_MAX = 64, MAC_MAX = 17, IP_MAX = 45, DEVICE_COLUMNS = 9 };

static const double LAST_SECOND = 253402300799; /* of the year 9999, the last that is shown */

struct known {
	char ident[IDENT_MAX];
	struct device_row row;
};

static int by_ident(const void *a, const void *b)
{
	return strcmp(((const struct known *)a)->ident, ((const struct known *)b)->ident);
}

/* Two of one identity, such as an address that appeared behind two numbers of devices. */
static void join(struct device_row *to, const struct device_row *from)
{
	to->ip = to->ip != NULL ? to->ip : from->ip;
	to->baseline = to->baseline != NULL ? to->baseline : from->baseline;
	to->flows += from->flows;
	to->flagged += from->flagged;
	to->bytes[0] += from->bytes[0];
	to->bytes[1] += from->bytes[1];
	to->first_ts = fmin(to->first_ts, from->first_ts);
	to->last_ts = fmax(to->last_ts, from->last_ts);
}

/* Those that have an identity, sorted, each once; how many. */
static size_t identify(struct known *k, const struct device_row *row, size_t n)
{
	size_t found = 0, kept = 0;

	for (size_t i = 0; i < n; i++) {
		const int mac = row[i].mac != NULL && row[i].mac[0] != '\0';
		const char *const name = mac ? row[i].mac : row[i].ip;

		if (name == NULL || name[0] == '\0')
			continue;
		snprintf(k[found].ident, IDENT_MAX, "%s:%s", mac ? "mac" : "ip", name);
		k[found++].row = row[i];
	}
	if (found > 0)
		qsort(k, found, sizeof(*k), by_ident);
	for (size_t i = 0; i < found; i++) {
		if (kept > 0 && strcmp(k[kept - 1].ident, k[i].ident) == 0)
			join(&k[kept - 1].row, &k[i].row);
		else
			k[kept++] = k[i];
	}
	return kept;
}

/* In the order of DEVICE_ADD. */
static void push_device(struct args *v, const struct known *k)
{
	const struct device_row *const r = &k->row;

	args_text(v, k->ident, IDENT_MAX);
	args_text(v, r->mac, MAC_MAX);
	args_text(v, r->ip, IP_MAX);
	args_real(v, r->first_ts);
	args_real(v, r->last_ts);
	if (r->last_ts > 0 && r->last_ts <= LAST_SECOND)
		args_i64(v, (int64_t)(r->last_ts * 1e6));
	else
		args_text(v, NULL, 0);
	args_u64(v, r->flows);
	args_u64(v, r->flagged);
	args_text(v, r->baseline, SIZE_MAX);
}

/* In the order of DEVICE_SCAN_ADD. */
static void push_scan(struct args *v, uint64_t scan, const struct known *k)
{
	const struct device_row *const r = &k->row;

	args_u64(v, scan);
	args_text(v, r->ip, IP_MAX);
	args_u64(v, r->flows);
	args_u64(v, r->flagged);
	for (int i = 0; i < 2; i++)
		args_real(v, isfinite(r->bytes[i]) ? r->bytes[i] : 0);
	args_real(v, r->first_ts);
	args_real(v, r->last_ts);
	args_text(v, k->ident, IDENT_MAX);
}

static int add_devices(struct store *s, const struct known *k, size_t n, struct err *e)
{
	int r = OK;

	for (size_t i = 0; i < n && r == OK;) {
		args_clear(&s->args);
		for (size_t batch = 0; batch < BATCH_ROWS && i < n; batch++, i++)
			push_device(&s->args, &k[i]);
		r = db_run_rows(s->db, DEVICE_ADD, &s->args, DEVICE_COLUMNS, e);
	}
	return r;
}

/* One by one: what is read from another table cannot be inserted in batches. */
static int add_scans(struct store *s, uint64_t scan, const struct known *k, size_t n, struct err *e)
{
	int r = OK;

	for (size_t i = 0; i < n && r == OK; i++) {
		args_clear(&s->args);
		push_scan(&s->args, scan, &k[i]);
		r = db_run(s->db, DEVICE_SCAN_ADD, &s->args, e);
	}
	return r;
}

/* A statement that is about one scan, which it names so many times. */
static int run_of_scan(struct store *s, enum statement st, uint64_t scan, int times, struct err *e)
{
	args_clear(&s->args);
	while (times-- > 0)
		args_u64(&s->args, scan);
	return db_run(s->db, st, &s->args, e);
}

int store_device_add(struct store *s, uint64_t scan, const struct device_row *row, size_t n, struct err *e)
{
	struct known *const k = calloc(n + 1, sizeof(*k));
	int r;

	if (k == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu devices", n);
	n = identify(k, row, n);
	if ((r = add_devices(s, k, n, e)) == OK)
		r = add_scans(s, scan, k, n, e);
	free(k);
	if (r == OK && (r = run_of_scan(s, INCIDENT_DEVICE, scan, 1, e)) == OK &&
	    (r = run_of_scan(s, INCIDENT_DEVICE_BY_IP, scan, 1, e)) == OK &&
	    (r = run_of_scan(s, DEVICE_SCAN_INCIDENTS, scan, 2, e)) == OK)
		r = run_of_scan(s, DEVICE_RISK, scan, 1, e);
	return r;
}

int store_device_refresh(struct store *s, uint64_t scan, struct err *e)
{
	const int r = run_of_scan(s, DEVICE_REFRESH, scan, 1, e);

	return r < 0 ? r : run_of_scan(s, DEVICE_RISK, scan, 1, e);
}
