/*
 * scan_flows: the flagged flows of a scan, page by page, and the flows around one. A page costs at most LIST_CHUNKS chunks, whatever the
 * filter: it may have fewer
 * flows than were asked for and go on all the same. An export is such a page too, of up to EXPORT_MOST flows in memory; where there are more,
 * X-Next-Cursor
 * says how to go on.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/flow_around.h"
#include "api/flow_out.h"
#include "api/handlers.h"
#include "detect/scan.h"
#include "fcgi/context.h"
#include "http/cursor.h"

enum {
	PAGE = 50,
	PAGE_MOST = 200,
	EXPORT_MOST = 100000,
	CHUNKS_AT_ONCE = 8,
	LIST_CHUNKS = 32,
	EXPORT_CHUNKS = 1000,
	LINES = 4096 /* > FLOWLOG_CHUNK */
};

const struct param flows_params[] = {
	[FLOWS_LIMIT] = { "limit", PARAM_INTEGER, 1, EXPORT_MOST, 0,
			  "how many at most: 50 and up to 200 of a list, 100000 of an export", NULL },
	[FLOWS_CURSOR] = { "cursor", PARAM_TEXT, 0, 0, 0, "next_cursor of the page before", NULL },
	[FLOWS_FORMAT] = { "format", PARAM_CHOICE, 0, 0, -1, "as what; else by Accept", flow_out_formats },
	[FLOWS_DEVICE] = { "device", PARAM_TEXT, 0, 0, 0, "of the device with this IP or MAC address", NULL },
	[FLOWS_INCIDENT] = { "incident", PARAM_INTEGER, 1, INT64_MAX, 0, "of this incident", NULL },
	[FLOWS_ROW] = { "around", PARAM_INTEGER, 0, INT64_MAX, -1,
			"flagged or not, those nearest to this row of the file, the device's first", NULL },
	{ .name = NULL },
};

_Static_assert((int)LINES > (int)FLOWLOG_CHUNK, "a place is a chunk and a line");

struct page {
	struct flow_out out;
	struct flow_parts parts;
	struct flowlog_select select;
	uint64_t incident; /* 0: all */
	size_t limit, chunks, chunks_most;
	uint64_t rows[2]; /* where they are, as far as that is known */
	uint64_t from;    /* place of the first line that is wanted */
	uint64_t at;      /* of the line in hand */
	uint64_t last;    /* of the last line that was given, or looked at */
	int more;
	struct slot *slot;
};

static int mac_parse(const char *text, uint8_t mac[static 6])
{
	char rest;
	unsigned b[6];

	if (strlen(text) != 17 || sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &rest) != 6)
		return 0;
	for (int i = 0; i < 6; i++)
		mac[i] = (uint8_t)b[i];
	return 1;
}

static int take_device(struct flowlog_select *w, const char *text, struct err *e)
{
	if ((w->by_ip = ip_parse(text, strlen(text), &w->ip) == 0) || (w->by_mac = mac_parse(text, w->mac)))
		return OK;
	err_set(e, ERR_FORMAT, "parameter device must be an IP or a MAC address");
	err_field(e, "device");
	return ERR_FORMAT;
}

/* ---- pages -------------------------------------------------------------------------------------------------------------------- */

static int take_line(void *arg, const struct flowlog_line *l)
{
	struct page *const g = arg;
	const uint64_t here = g->at++;

	if (here < g->from || !flowlog_wanted(&g->select, l) ||
	    (g->incident != 0 && flow_parts_get(&g->parts, l->incident) != g->incident))
		return 0;
	if (g->out.n == g->limit) {
		g->more = 1;
		return 1;
	}
	g->last = here;
	flow_out_add(&g->out, l);
	return 0;
}

static int take_chunk(void *arg, const struct flow_chunk_row *c)
{
	struct page *const g = arg;
	struct err e = { 0 };
	int r;

	slot_beat(g->slot);
	if (g->chunks == g->chunks_most) {
		g->last = c->chunk * LINES - 1; /* nothing before it is left */
		g->more = 1;
		return 1;
	}
	g->at = c->chunk * LINES;
	r = flowlog_read(c->data, c->len, take_line, g, &e);
	g->chunks++;
	return r;
}

/* From the cursor on, until the page is full or there are no more. */
static int fill(struct page *g, struct store *s, uint64_t scan, struct err *e)
{
	uint64_t chunk = g->from / LINES;
	int r = OK;

	while (r == OK && !g->more) {
		const size_t before = g->chunks;

		r = store_flow_chunks(s, scan, chunk, g->rows, CHUNKS_AT_ONCE, take_chunk, g, e);
		if (r == 1)
			return OK;
		if (g->chunks - before < CHUNKS_AT_ONCE)
			break;
		chunk = g->at / LINES + 1;
	}
	return r;
}

/* What the parameters say; negative: they are wrong. */
static int ask(struct page *g, const struct param_value *p, struct err *e)
{
	struct cursor cursor;
	const size_t most = g->out.format == FLOWS_JSON ? PAGE_MOST : EXPORT_MOST;
	int r;

	g->limit = p[FLOWS_LIMIT].given ? (size_t)p[FLOWS_LIMIT].integer : g->out.format == FLOWS_JSON ? PAGE : EXPORT_MOST;
	if (g->limit > most) {
		r = err_set(e, ERR_RANGE, "parameter limit is at most %zu in this format", most);
		err_field(e, "limit");
		return r;
	}
	if ((r = cursor_read(&cursor, p[FLOWS_CURSOR].text, e)) < 0) {
		err_field(e, "cursor");
		return r;
	}
	g->from = cursor.given ? cursor.id + 1 : 0;
	g->incident = (uint64_t)p[FLOWS_INCIDENT].integer;
	g->select.flagged = 1;
	g->rows[1] = UINT64_MAX;
	g->chunks_most = g->out.format == FLOWS_JSON ? LIST_CHUNKS : EXPORT_CHUNKS;
	return p[FLOWS_DEVICE].given ? take_device(&g->select, p[FLOWS_DEVICE].text, e) : OK;
}

static int list(struct page *g, struct context *c, uint64_t scan, struct response *s, struct err *e)
{
	char next[CURSOR_TEXT];
	int r;

	/* Parts of an incident have rows of their own. */
	if (g->incident != 0 && !flow_parts_has(&g->parts, g->incident) &&
	    (r = store_incident_rows(c->store, scan, g->incident, g->rows, e)) < 0)
		return r;
	if ((r = fill(g, c->store, scan, e)) < 0)
		return r;
	cursor_write(next, NULL, g->last);
	flow_out_end(&g->out, s, scan, g->more ? next : NULL);
	return OK;
}

static int around(struct page *g, struct context *c, uint64_t scan, uint64_t row, struct response *s, struct err *e)
{
	struct flow_near *const near = calloc(FLOWS_AROUND, sizeof(*near));
	int n = near == NULL ? err_set(e, ERR_NOMEM, "out of memory for flows") : OK;

	g->select.flagged = 0;
	if (n == OK)
		n = flows_around(c->store, scan, row, g->select.by_ip || g->select.by_mac ? &g->select : NULL, near, e);
	for (int i = 0; i < n; i++)
		flow_out_add(&g->out, &near[i].line);
	free(near);
	if (n >= 0)
		flow_out_end(&g->out, s, scan, NULL);
	return n < 0 ? n : OK;
}

/* Flows were flagged, and none is kept. */
static int missing(const struct flow_facts *f, uint64_t scan, struct response *s)
{
	const int dense = f->method != NULL && strcmp(f->method, scan_method_name(METHOD_DENSE)) == 0;

	if (f->kept || (f->flagged == 0 && !dense))
		return 0;
	if (dense)
		response_error(s, 404, "method dense judges rows of a table, so that no flows are kept of scan %" PRIu64, scan);
	else
		response_error(s, 404,
			       "no flows are kept of scan %" PRIu64
			       ": an older version of this program made it; scan the file again to have them",
			       scan);
	return 1;
}

void api_scan_flows(struct context *c, struct request *q, const struct param_value *p, struct response *s)
{
	const enum flow_out_format format = flow_out_wanted(q, p[FLOWS_FORMAT].integer, s);
	struct page g = { .out = { .format = format }, .slot = c->slot };
	struct flow_facts facts = { 0 };
	struct err e = { 0 };
	int r;

	if (format == FLOWS_REFUSED)
		return;
	g.out.parts = &g.parts;
	if ((r = ask(&g, p, &e)) == OK && (r = store_flow_facts(c->store, q->number, &facts, &e)) == OK &&
	    !missing(&facts, q->number, s)) {
		flow_parts_read(&g.parts, facts.parts);
		flow_out_begin(&g.out);
		r = p[FLOWS_ROW].given ? around(&g, c, q->number, (uint64_t)p[FLOWS_ROW].integer, s, &e)
				       : list(&g, c, q->number, s, &e);
	}
	if (r < 0)
		response_err(s, &e);
	flow_out_free(&g.out);
	flow_parts_free(&g.parts);
	flow_facts_free(&facts);
}
