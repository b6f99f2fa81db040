/* database: one worker asks, the others read what it found. */
#include "api/database.h"

void database_look(struct context *c, struct database_view *out)
{
	struct err e;
	uint64_t n;

	scoreboard_database(c->board, out);
	if (out->age_seconds < 1)
		return;
	/* Claim the turn first: others go on with the old view meanwhile. */
	scoreboard_set_database(c->board, out->connected, out->total_scans);
	out->connected = store_scan_count(c->store, &n, &e) == OK;
	if (out->connected)
		out->total_scans = n;
	scoreboard_set_database(c->board, out->connected, out->total_scans);
	out->age_seconds = 0;
}
