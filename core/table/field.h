/*
 * field: what the named values of text formats mean, from one table of names.
 *
 * Letter case does not matter, nor do blanks around a name; blanks, dots and dashes in it are the same as _. Known are the names of the
 * reference project, of Zeek, TON_IoT, BoT-IoT and UNSW-NB15, Argus' ra, CICFlowMeter 3 and 4, NFStream, nProbe (the data sets NF-…-v2),
 * Suricata's EVE flow records and the Elastic Common Schema (nested keys joined by dots).
 */
#ifndef TABLE_FIELD_H
#define TABLE_FIELD_H

#include <stddef.h>

enum field {
	FIELD_NONE,
	FIELD_TS,
	FIELD_END, /* the flow's last packet */
	FIELD_DURATION,
	FIELD_ORIG_H,
	FIELD_RESP_H,
	FIELD_ORIG_P,
	FIELD_RESP_P,
	FIELD_PROTO,
	FIELD_SERVICE,
	FIELD_STATE,
	FIELD_HISTORY,
	FIELD_ORIG_PKTS,
	FIELD_RESP_PKTS,
	FIELD_ORIG_BYTES,
	FIELD_RESP_BYTES,
	FIELD_ORIG_IP_BYTES,
	FIELD_RESP_IP_BYTES,
	FIELD_ORIG_WIRE, /* bytes of whole packets, of a writer that does not count payload */
	FIELD_RESP_WIRE,
	FIELD_ORIG_MAC,
	FIELD_RESP_MAC,
	FIELD_LABEL,
	FIELD_ATTACK,
	FIELDS,
};

/* A column of a file. */
struct binding {
	enum field field;
	double divisor; /* of numbers: 1e6 for microseconds; 0 for a time: to be found out */
	unsigned rank;  /* of several columns for the same field the one with the lowest is used */
};

/* What name[len] means; field FIELD_NONE when it is unknown. */
struct binding field_find(const char *name, size_t len);

/* Zeek's name: "orig_bytes". */
const char *field_name(enum field f);

/* The fields without which there is no flow, as bits 1 << field; a count of whole packets' bytes stands in for one of payload. */
#define FIELDS_NEEDED (1U << FIELD_ORIG_PKTS | 1U << FIELD_RESP_PKTS | 1U << FIELD_ORIG_BYTES | 1U << FIELD_RESP_BYTES)

/* The needed fields that are not in `have`. */
unsigned fields_missing(unsigned have);

/* "orig_pkts, resp_bytes" in out[size]. */
void fields_print(unsigned fields, char *out, size_t size);

#endif
