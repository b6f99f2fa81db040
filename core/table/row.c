/* row: a setter for each field, then what follows from several of them. */
#include "table/row.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "flow/number.h"
#include "table/label.h"

enum {
	NUMBER_MAX = 64,
	NOTED_COMMA = 1U << FIELD_NONE, /* among the fields about which there is a note */
};

void row_trim(const char **text, size_t *len)
{
	while (*len > 0 && (**text == ' ' || **text == '\t')) {
		(*text)++;
		(*len)--;
	}
	while (*len > 0 && ((*text)[*len - 1] == ' ' || (*text)[*len - 1] == '\t'))
		(*len)--;
}

typedef const char *(*setter)(struct row *r, const struct binding *b, const char *text, size_t len);

/* A value that a flow can do without could not be read. */
static const char *leave_out(struct row *r, const struct binding *b, const char *what)
{
	if ((r->noted & 1U << b->field) == 0)
		report_note(r->report, "%s has values that are no %s; they are left out", field_name(b->field), what);
	r->noted |= 1U << b->field;
	return NULL;
}

/* The text with a point for its comma in out[NUMBER_MAX]; as it is where it has none, or commas are no points. */
static const char *with_point(const struct row *r, char *out, const char *text, size_t len)
{
	const char *const comma = r->decimal_comma && len <= NUMBER_MAX ? memchr(text, ',', len) : NULL;

	if (comma == NULL)
		return text;
	memcpy(out, text, len);
	out[comma - text] = '.';
	return out;
}

int row_number(struct row *r, const char *text, size_t len, double *out)
{
	char point[NUMBER_MAX];
	const char *const number = with_point(r, point, text, len);

	if (number_parse(number, len, out) < 0)
		return -1;
	if (number != text && (r->noted & NOTED_COMMA) == 0) {
		report_note(r->report, "commas in numbers are taken for decimal points: 1,5 is one and a half");
		r->noted |= NOTED_COMMA;
	}
	return 0;
}

static const char *count(struct row *r, double *out, double divisor, double unset, const char *text, size_t len)
{
	double v;

	if (row_number(r, text, len, &v) == 0) {
		if (v < 0)
			return "is negative";
		*out = (divisor == 1 ? v : v / divisor) + 0.0; /* -0 becomes 0 */
		return NULL;
	}
	if (!label_is_unset(text, len))
		return "is not a number";
	*out = unset;
	return NULL;
}

static const char *set_count(struct row *r, const struct binding *b, const char *text, size_t len)
{
	static const struct {
		size_t offset;
		double unset;
		enum field better; /* it goes to the same place, and counts more */
	} to[FIELDS] = {
		[FIELD_ORIG_PKTS] = { offsetof(struct flow, pkts[ORIG]), 0, FIELD_NONE },
		[FIELD_RESP_PKTS] = { offsetof(struct flow, pkts[RESP]), 0, FIELD_NONE },
		[FIELD_ORIG_BYTES] = { offsetof(struct flow, bytes[ORIG]), 0, FIELD_NONE },
		[FIELD_RESP_BYTES] = { offsetof(struct flow, bytes[RESP]), 0, FIELD_NONE },
		[FIELD_ORIG_IP_BYTES] = { offsetof(struct flow, ip_bytes[ORIG]), NAN, FIELD_NONE },
		[FIELD_RESP_IP_BYTES] = { offsetof(struct flow, ip_bytes[RESP]), NAN, FIELD_NONE },
		[FIELD_ORIG_WIRE] = { offsetof(struct flow, ip_bytes[ORIG]), NAN, FIELD_ORIG_IP_BYTES },
		[FIELD_RESP_WIRE] = { offsetof(struct flow, ip_bytes[RESP]), NAN, FIELD_RESP_IP_BYTES },
	};

	double *const out = (double *)((char *)&r->flow + to[b->field].offset);
	const double before = *out;
	const enum field better = to[b->field].better;
	const char *const wrong = count(r, out, b->divisor, to[b->field].unset, text, len);

	if (!isnan(before) && (isnan(*out) || (better != FIELD_NONE && r->have & 1U << better)))
		*out = before;
	return wrong;
}

static const char *set_duration(struct row *r, const struct binding *b, const char *text, size_t len)
{
	return count(r, &r->flow.duration, b->divisor, NAN, text, len) != NULL ? leave_out(r, b, "durations") : NULL;
}

static const char *set_time(struct row *r, const struct binding *b, const char *text, size_t len)
{
	double *const out = b->field == FIELD_TS ? &r->flow.ts : &r->end;
	const char *wrong;
	char point[NUMBER_MAX];
	int known;

	if (label_is_unset(text, len))
		return NULL;
	if (b->divisor > 0)
		return count(r, out, b->divisor, NAN, text, len);
	known = r->times != TIME_UNKNOWN;
	wrong = timestamp_parse(&r->times, with_point(r, point, text, len), len, out);
	if (!known && r->times != TIME_UNKNOWN) {
		const size_t n = strlen(r->report->dialect);

		snprintf(r->report->dialect + n, sizeof(r->report->dialect) - n, "%s%s", n > 0 ? ", " : "",
			 timestamp_kind_name(r->times));
	}
	return b->field == FIELD_TS || wrong == NULL ? wrong : leave_out(r, b, "times");
}

static const char *set_host(struct row *r, const struct binding *b, const char *text, size_t len)
{
	if (!label_is_unset(text, len) && ip_parse(text, len, &r->flow.host[b->field == FIELD_ORIG_H ? ORIG : RESP]) < 0)
		return leave_out(r, b, "IP addresses");
	return NULL;
}

/* Decimal, 80.0 as pandas writes it, or hexadecimal as Argus does for protocols without ports. */
static int port_parse(const char *text, size_t len, int32_t *out)
{
	double v;
	int32_t n = 0;

	if (len > 2 && len <= 6 && text[0] == '0' && (text[1] | 0x20) == 'x') {
		for (size_t i = 2; i < len; i++) {
			const char c = (char)(text[i] | 0x20);
			const int digit = text[i] >= '0' && text[i] <= '9' ? text[i] - '0'
					  : c >= 'a' && c <= 'f'           ? c - 'a' + 10
									   : -1;

			if (digit < 0)
				return -1;
			n = n * 16 + digit;
		}
		*out = n;
		return 0;
	}
	if (number_parse(text, len, &v) < 0 || v < -1 || v > 65535 || v != floor(v))
		return -1;
	*out = v < 0 ? PORT_UNSET : (int32_t)v;
	return 0;
}

static const char *set_port(struct row *r, const struct binding *b, const char *text, size_t len)
{
	if (!label_is_unset(text, len) && port_parse(text, len, &r->flow.port[b->field == FIELD_ORIG_P ? ORIG : RESP]) < 0)
		return leave_out(r, b, "ports");
	return NULL;
}

static const char *set_proto(struct row *r, const struct binding *b, const char *text, size_t len)
{
	const int proto = proto_find(text, len);

	(void)b;
	r->flow.proto = proto < 0 ? PROTO_UNSET : (uint8_t)proto;
	return NULL;
}

static const char *set_state(struct row *r, const struct binding *b, const char *text, size_t len)
{
	/* Argus (ra(1), "state"), as far as it says the same. */
	static const struct {
		const char *argus;
		enum conn_state state;
	} states[] = {
		{ "REQ", CONN_S0 }, { "INT", CONN_S0 }, { "ACC", CONN_S1 },
		{ "CON", CONN_S1 }, { "FIN", CONN_SF }, { "CLO", CONN_SF },
	};

	(void)b;
	r->flow.state = conn_state_find(text, len);
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
		if (strlen(states[i].argus) == len && strncasecmp(text, states[i].argus, len) == 0)
			r->flow.state = states[i].state;
	return NULL;
}

static const char *set_word(struct row *r, const struct binding *b, const char *text, size_t len)
{
	char *const out = b->field == FIELD_SERVICE ? r->flow.service : r->flow.history;
	size_t n = 0;

	if (!label_is_unset(text, len))
		for (; n < len && n < FLOW_WORD - 1; n++)
			out[n] = text[n] > ' ' && text[n] <= '~' ? text[n] : '?';
	out[n] = '\0';
	return NULL;
}

static const char *set_mac(struct row *r, const struct binding *b, const char *text, size_t len)
{
	const int side = b->field == FIELD_ORIG_MAC ? ORIG : RESP;
	uint8_t mac[6] = { 0 };

	if (label_is_unset(text, len))
		return NULL;
	for (size_t i = 0; i < 17; i++) {
		const char c = i < len ? (char)(text[i] | 0x20) : 0;
		const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		if (len != 17 || (i % 3 == 2 ? text[i] != ':' && text[i] != '-' : digit < 0))
			return leave_out(r, b, "MAC addresses");
		if (i % 3 < 2)
			mac[i / 3] = (uint8_t)(mac[i / 3] << 4 | digit);
	}
	memcpy(r->flow.mac[side], mac, 6);
	r->flow.has_mac[side] = 1;
	return NULL;
}

static const char *set_label(struct row *r, const struct binding *b, const char *text, size_t len)
{
	(void)b;
	r->flow.label = label_find(text, len);
	if (r->flow.label == LABEL_MALICIOUS && r->flow.attack[0] == '\0' && !label_is_generic(text, len))
		label_attack(&r->flow, text, len);
	return NULL;
}

static const char *set_attack(struct row *r, const struct binding *b, const char *text, size_t len)
{
	(void)b;
	if (!label_is_unset(text, len) && !label_is_generic(text, len))
		label_attack(&r->flow, text, len);
	return NULL;
}

static const setter setters[FIELDS] = {
	[FIELD_TS] = set_time,
	[FIELD_END] = set_time,
	[FIELD_DURATION] = set_duration,
	[FIELD_ORIG_H] = set_host,
	[FIELD_RESP_H] = set_host,
	[FIELD_ORIG_P] = set_port,
	[FIELD_RESP_P] = set_port,
	[FIELD_PROTO] = set_proto,
	[FIELD_SERVICE] = set_word,
	[FIELD_STATE] = set_state,
	[FIELD_HISTORY] = set_word,
	[FIELD_ORIG_PKTS] = set_count,
	[FIELD_RESP_PKTS] = set_count,
	[FIELD_ORIG_BYTES] = set_count,
	[FIELD_RESP_BYTES] = set_count,
	[FIELD_ORIG_IP_BYTES] = set_count,
	[FIELD_RESP_IP_BYTES] = set_count,
	[FIELD_ORIG_WIRE] = set_count,
	[FIELD_RESP_WIRE] = set_count,
	[FIELD_ORIG_MAC] = set_mac,
	[FIELD_RESP_MAC] = set_mac,
	[FIELD_LABEL] = set_label,
	[FIELD_ATTACK] = set_attack,
};

void row_init(struct row *r, const struct sinks *sinks, struct read_report *report)
{
	*r = (struct row){ .sinks = *sinks, .report = report };
	row_begin(r);
}

void row_begin(struct row *r)
{
	flow_clear(&r->flow);
	r->have = 0;
	r->end = NAN;
	r->fault = FAULT_NONE;
}

const char *row_set(struct row *r, const struct binding *b, const char *text, size_t len)
{
	row_trim(&text, &len);
	r->have |= 1U << b->field;
	return setters[b->field](r, b, text, len);
}

void row_blame(struct row *r, enum fault fault, uint64_t line, const char *column, const char *kind, const char *fmt, ...)
{
	struct read_problem *const p = &r->problem;
	va_list ap;

	if (fault <= r->fault)
		return;
	r->fault = fault;
	r->kind = kind;
	if (r->report->problem_n == REPORT_PROBLEMS)
		return;
	p->line = line;
	snprintf(p->column, sizeof(p->column), "%s", column != NULL ? column : "");
	va_start(ap, fmt);
	vsnprintf(p->reason, sizeof(p->reason), fmt, ap);
	va_end(ap);
}

/* What follows from several values together. */
static void derive(struct row *r)
{
	static const struct {
		enum field bytes, wire;
		int side;
	} sides[] = { { FIELD_ORIG_BYTES, FIELD_ORIG_WIRE, ORIG }, { FIELD_RESP_BYTES, FIELD_RESP_WIRE, RESP } };
	struct flow *const f = &r->flow;

	if (f->proto == PROTO_ICMP && f->host[ORIG].family == 6)
		f->proto = PROTO_ICMP6; /* Zeek says icmp for both */
	if (isnan(f->duration) && r->end >= f->ts)
		f->duration = r->end - f->ts;
	for (size_t i = 0; i < 2; i++) {
		if (r->have & 1U << sides[i].bytes || isnan(f->ip_bytes[sides[i].side]) ||
		    (r->sparse && (r->have & 1U << sides[i].wire) == 0))
			continue;
		f->bytes[sides[i].side] = f->ip_bytes[sides[i].side];
		if ((r->noted & 1U << sides[i].wire) == 0)
			report_note(r->report,
				    "bytes are those of whole packets: the file does not say how much of them was payload");
		r->noted |= 1U << sides[i].wire;
	}
}

int row_close(struct row *r)
{
	r->flow.row = r->report->rows++;
	if (r->fault == FAULT_NONE)
		return 1;
	r->report->rows_skipped++;
	report_count(r->report, r->kind, 1);
	if (r->report->problem_n < REPORT_PROBLEMS)
		r->report->problem[r->report->problem_n++] = r->problem;
	return 0;
}

int row_end(struct row *r)
{
	int code = OK;

	derive(r);
	if (row_close(r))
		code = r->sinks.flow(r->sinks.arg, &r->flow);
	row_begin(r);
	return code;
}
