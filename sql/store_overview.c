/* store_overview: sums and short lists. */
#include "sql/store_overview.h"

#include <stdlib.h>

#include "sql/store_inside.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define DAY_US   INT64_C(86400000000)

static int no_scan(uint64_t id, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "there is no scan %llu", (unsigned long long)id);
}

int store_scan_extra(struct store *s, uint64_t id, struct scan_extra *out, struct err *e)
{
	struct scan_extra x = { 0 };
	const struct col cols[] = {
		{ COL_TEXT, &x.strategy }, { COL_REAL, &x.first_ts }, { COL_REAL, &x.last_ts },
		{ COL_U64, &x.labelled },  { COL_U64, &x.attacks },
	};
	const struct col marks[] = { { COL_U64, &x.mark[0] }, { COL_U64, &x.mark[1] }, { COL_U64, &x.mark[2] } };
	int r;

	args_clear(&s->args);
	args_u64(&s->args, id);
	if ((r = db_one(s->db, SCAN_EXTRA, &s->args, cols, COUNT(cols), e)) == 1)
		r = db_one(s->db, SCAN_MARKS, &s->args, marks, COUNT(marks), e);
	if (r == 1) {
		*out = x;
		return OK;
	}
	free(x.strategy);
	return r == 0 ? no_scan(id, e) : r;
}

/* ---- incidents ------------------------------------------------------------------------------------------------------------------ */

int store_open_incidents(struct store *s, uint64_t severity[SEVERITIES], struct err *e)
{
	uint64_t which = 0, n = 0, found[SEVERITIES] = { 0 };
	const struct col cols[] = { { COL_U64, &which }, { COL_U64, &n } };
	int r;

	if ((r = db_select(s->db, OPEN_BY_SEVERITY, NULL, cols, COUNT(cols), e)) < 0)
		return r;
	while ((r = db_next(s->db, OPEN_BY_SEVERITY, cols, COUNT(cols), e)) == 1)
		if (which < SEVERITIES)
			found[which] = n;
	db_end(s->db, OPEN_BY_SEVERITY);
	for (size_t i = 0; r == OK && i < SEVERITIES; i++)
		severity[i] = found[i];
	return r;
}

static void free_brief(struct incident_brief *i)
{
	char **const text[] = { &i->device_ip, &i->device_mac, &i->device_name, &i->attack, &i->title,
				&i->sentence,  &i->peer,       &i->note,        &i->file };

	for (size_t k = 0; k < COUNT(text); k++) {
		free(*text[k]);
		*text[k] = NULL;
	}
}

/* The columns of INCIDENT_BRIEF; placeholders are in s->args. */
static int briefs(struct store *s, enum statement st, brief_each each, void *arg, struct err *e)
{
	struct incident_brief i = { 0 };
	const struct col cols[] = {
		{ COL_U64, &i.scan },        { COL_U64, &i.id },           { COL_U64, &i.device },   { COL_TEXT, &i.device_ip },
		{ COL_TEXT, &i.device_mac }, { COL_TEXT, &i.device_name }, { COL_TEXT, &i.attack },  { COL_TEXT, &i.title },
		{ COL_TEXT, &i.sentence },   { COL_U64, &i.severity },     { COL_REAL, &i.start },   { COL_REAL, &i.end },
		{ COL_U64, &i.flows },       { COL_U64, &i.peers },        { COL_TEXT, &i.peer },    { COL_U64, &i.mark },
		{ COL_TEXT, &i.note },       { COL_TEXT, &i.file },        { COL_I64, &i.found_us },
	};
	int r;

	if ((r = db_select(s->db, st, &s->args, cols, COUNT(cols), e)) < 0)
		return r;
	while ((r = db_next(s->db, st, cols, COUNT(cols), e)) == 1) {
		r = each(arg, &i);
		free_brief(&i);
		if (r < 0)
			break;
	}
	free_brief(&i);
	db_end(s->db, st);
	return r;
}

int store_open_list(struct store *s, enum brief_list which, size_t limit, brief_each each, void *arg, struct err *e)
{
	args_clear(&s->args);
	args_u64(&s->args, limit);
	return briefs(s, which == BRIEF_OPEN_WORST ? OPEN_WORST : OPEN_NEWEST, each, arg, e);
}

int store_incident_briefs(struct store *s, uint64_t scan, size_t limit, brief_each each, void *arg, struct err *e)
{
	args_clear(&s->args);
	args_u64(&s->args, scan);
	args_u64(&s->args, limit);
	return briefs(s, INCIDENTS_OF_SCAN, each, arg, e);
}

/* ---- devices -------------------------------------------------------------------------------------------------------------------- */

int store_risk_classes(struct store *s, uint64_t n[RISKS], struct err *e)
{
	uint64_t found[RISKS] = { 0 };
	struct col cols[RISKS];
	int r;

	for (size_t i = 0; i < RISKS; i++)
		cols[i] = (struct col){ COL_U64, &found[i] };
	if ((r = db_one(s->db, DEVICES_BY_RISK, NULL, cols, RISKS, e)) < 0)
		return r;
	for (size_t i = 0; i < RISKS; i++)
		n[i] = found[i];
	return OK;
}

/* Placeholders are in s->args. */
static int devices(struct store *s, enum statement st, device_each each, void *arg, struct err *e)
{
	struct device_brief d = { 0 };
	char **const text[] = { &d.ip, &d.mac, &d.name };
	const struct col cols[] = {
		{ COL_U64, &d.id },    { COL_TEXT, &d.ip },     { COL_TEXT, &d.mac },
		{ COL_TEXT, &d.name }, { COL_U64, &d.risk },    { COL_U64, &d.incidents },
		{ COL_U64, &d.flows }, { COL_U64, &d.flagged }, { COL_I64, &d.seen_us },
	};
	int r;

	if ((r = db_select(s->db, st, &s->args, cols, COUNT(cols), e)) < 0)
		return r;
	while ((r = db_next(s->db, st, cols, COUNT(cols), e)) == 1) {
		r = each(arg, &d);
		for (size_t i = 0; i < COUNT(text); i++) {
			free(*text[i]);
			*text[i] = NULL;
		}
		if (r < 0)
			break;
	}
	for (size_t i = 0; i < COUNT(text); i++)
		free(*text[i]);
	db_end(s->db, st);
	return r;
}

int store_risk_list(struct store *s, size_t limit, device_each each, void *arg, struct err *e)
{
	args_clear(&s->args);
	args_u64(&s->args, limit);
	return devices(s, DEVICES_WORST, each, arg, e);
}

int store_scan_devices(struct store *s, uint64_t scan, size_t limit, device_each each, void *arg, struct err *e)
{
	args_clear(&s->args);
	args_u64(&s->args, scan);
	args_u64(&s->args, limit);
	return devices(s, DEVICES_OF_SCAN, each, arg, e);
}

/* ---- time ----------------------------------------------------------------------------------------------------------------------- */

int store_days(struct store *s, int64_t since_us, day_each each, void *arg, struct err *e)
{
	struct day_sum d = { 0 };
	const struct col cols[] = {
		{ COL_I64, &d.day_us },          { COL_U64, &d.scans },     { COL_U64, &d.flows },
		{ COL_U64, &d.flows_anomalous }, { COL_U64, &d.anomalies }, { COL_U64, &d.incidents },
	};
	int r;

	args_clear(&s->args);
	args_i64(&s->args, since_us);
	if ((r = db_select(s->db, SCANS_BY_DAY, &s->args, cols, COUNT(cols), e)) < 0)
		return r;
	while ((r = db_next(s->db, SCANS_BY_DAY, cols, COUNT(cols), e)) == 1) {
		d.day_us *= DAY_US;
		if ((r = each(arg, &d)) < 0)
			break;
	}
	db_end(s->db, SCANS_BY_DAY);
	return r;
}
