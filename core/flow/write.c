/* write: a table of columns, and three ways of putting a line together. */
#include "flow/write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE = 96 };

/* A value as text. Numbers are never quoted. */
struct value {
	int is_text;
	size_t n; /* 0: unset */
	const char *p;
	char buf[VALUE];
};

static size_t digits(char *out, uint64_t v)
{
	char back[20];
	size_t n = 0;

	do
		back[n++] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	for (size_t i = 0; i < n; i++)
		out[i] = back[n - 1 - i];
	return n;
}

size_t flow_write_number(char out[32], double v)
{
	int precision = 15;

	if (v >= 0 && v < 9e15 && v == floor(v))
		return digits(out, (uint64_t)v);
	do
		snprintf(out, 32, "%.*g", precision, v);
	while (precision++ < 17 && strtod(out, NULL) != v);
	return strlen(out);
}

static void put_number(struct value *v, double x)
{
	if (!isnan(x))
		v->n = flow_write_number(v->buf, x);
}

/* Six decimals where they say all. */
static void put_time(struct value *v, double x)
{
	if (x >= 0 && x < 9e9) {
		const uint64_t micros = (uint64_t)(x * 1e6 + 0.5);

		if ((double)micros / 1e6 == x) {
			uint64_t part = micros % 1000000;

			v->n = digits(v->buf, micros / 1000000);
			v->buf[v->n++] = '.';
			for (int i = 5; i >= 0; i--, part /= 10)
				v->buf[v->n + (size_t)i] = (char)('0' + part % 10);
			v->n += 6;
			return;
		}
	}
	put_number(v, x);
}

static void put_text(struct value *v, const char *s)
{
	v->is_text = 1;
	v->p = s;
	v->n = strlen(s);
}

static void ts(struct value *v, const struct flow *f)
{
	put_time(v, f->ts);
}

static void duration(struct value *v, const struct flow *f)
{
	put_time(v, f->duration);
}

static void host(struct value *v, const struct flow *f, int side)
{
	if (f->host[side].family != 0) {
		ip_print(&f->host[side], v->buf);
		put_text(v, v->buf);
	}
}

static void port(struct value *v, const struct flow *f, int side)
{
	if (f->port[side] != PORT_UNSET)
		put_number(v, f->port[side]);
}

static void mac(struct value *v, const struct flow *f, int side)
{
	const uint8_t *const m = f->mac[side];

	if (!f->has_mac[side])
		return;
	snprintf(v->buf, VALUE, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
	put_text(v, v->buf);
}

#define SIDES(what)                                                                                                                \
	static void orig_##what(struct value *v, const struct flow *f)                                                             \
	{                                                                                                                          \
		what(v, f, ORIG);                                                                                                  \
	}                                                                                                                          \
	static void resp_##what(struct value *v, const struct flow *f)                                                             \
	{                                                                                                                          \
		what(v, f, RESP);                                                                                                  \
	}
SIDES(host)
SIDES(port)
SIDES(mac)
#undef SIDES

#define NUMBER(name, member)                                                                                                       \
	static void name(struct value *v, const struct flow *f)                                                                    \
	{                                                                                                                          \
		put_number(v, f->member);                                                                                          \
	}
NUMBER(orig_pkts, pkts[ORIG])
NUMBER(resp_pkts, pkts[RESP])
NUMBER(orig_bytes, bytes[ORIG])
NUMBER(resp_bytes, bytes[RESP])
NUMBER(orig_ip_bytes, ip_bytes[ORIG])
NUMBER(resp_ip_bytes, ip_bytes[RESP])
#undef NUMBER

static void proto(struct value *v, const struct flow *f)
{
	if (f->proto != PROTO_UNSET)
		put_text(v, proto_name(f->proto));
}

static void service(struct value *v, const struct flow *f)
{
	put_text(v, f->service);
}

static void state(struct value *v, const struct flow *f)
{
	if (f->state != CONN_UNSET)
		put_text(v, conn_state_name(f->state));
}

static void history(struct value *v, const struct flow *f)
{
	put_text(v, f->history);
}

static void label(struct value *v, const struct flow *f)
{
	if (f->label != LABEL_NONE)
		put_text(v, f->label == LABEL_BENIGN ? "benign" : "malicious");
}

static void attack(struct value *v, const struct flow *f)
{
	put_text(v, f->attack);
}

static const struct column {
	const char *name, *type; /* Zeek's */
	void (*get)(struct value *v, const struct flow *f);
} columns[] = {
	{ "ts", "time", ts },
	{ "id.orig_h", "addr", orig_host },
	{ "id.orig_p", "port", orig_port },
	{ "id.resp_h", "addr", resp_host },
	{ "id.resp_p", "port", resp_port },
	{ "proto", "enum", proto },
	{ "service", "string", service },
	{ "duration", "interval", duration },
	{ "orig_bytes", "count", orig_bytes },
	{ "resp_bytes", "count", resp_bytes },
	{ "conn_state", "string", state },
	{ "history", "string", history },
	{ "orig_pkts", "count", orig_pkts },
	{ "orig_ip_bytes", "count", orig_ip_bytes },
	{ "resp_pkts", "count", resp_pkts },
	{ "resp_ip_bytes", "count", resp_ip_bytes },
	{ "orig_l2_addr", "string", orig_mac },
	{ "resp_l2_addr", "string", resp_mac },
	{ "label", "string", label },
	{ "detailed-label", "string", attack },
};

static const struct column seed_columns[] = {
	{ "ts", "", ts },
	{ "orig_pkts", "", orig_pkts },
	{ "resp_pkts", "", resp_pkts },
	{ "orig_bytes", "", orig_bytes },
	{ "resp_bytes", "", resp_bytes },
	{ "label", "", label },
};

static void add_csv(struct text *out, const struct value *v)
{
	const char *const p = v->is_text ? v->p : v->buf;

	if (memchr(p, ',', v->n) == NULL && memchr(p, '"', v->n) == NULL && memchr(p, '\n', v->n) == NULL &&
	    memchr(p, '\r', v->n) == NULL) {
		text_add(out, p, v->n);
		return;
	}
	text_str(out, "\"");
	for (size_t i = 0; i < v->n; i++)
		text_add(out, p[i] == '"' ? "\"\"" : &p[i], p[i] == '"' ? 2 : 1);
	text_str(out, "\"");
}

static void add_zeek(struct text *out, const struct value *v)
{
	const char *const p = v->is_text ? v->p : v->buf;

	if (v->n == 0)
		return text_str(out, "-");
	for (size_t i = 0; i < v->n; i++) {
		const unsigned char c = (unsigned char)p[i];

		/* Three blanks part columns in labelled logs; what is written as unset or empty is not meant so. */
		if (c < ' ' || c == 0x7f || c == '\\' || (c == ' ' && i > 0 && p[i - 1] == ' ') ||
		    (i == 0 && (c == '-' || c == '(' || c == '#' || c == ' ')))
			text_printf(out, "\\x%02x", c);
		else
			text_add(out, &p[i], 1);
	}
}

static void add_json(struct text *out, const struct value *v)
{
	if (!v->is_text) {
		text_add(out, v->buf, v->n);
		return;
	}
	text_str(out, "\"");
	for (size_t i = 0; i < v->n; i++) {
		const unsigned char c = (unsigned char)v->p[i];

		if (c < ' ')
			text_printf(out, "\\u%04x", c);
		else
			text_add(out, c == '"' ? "\\\"" : c == '\\' ? "\\\\" : &v->p[i], c == '"' || c == '\\' ? 2 : 1);
	}
	text_str(out, "\"");
}

static const struct {
	const char *name;
	const struct column *column;
	size_t n;
	char between;
	void (*add)(struct text *out, const struct value *v);
} formats[FLOW_FORMATS] = {
	[FLOW_CSV] = { "csv", columns, sizeof(columns) / sizeof(*columns), ',', add_csv },
	[FLOW_NDJSON] = { "ndjson", columns, sizeof(columns) / sizeof(*columns), ',', add_json },
	[FLOW_ZEEK] = { "zeek", columns, sizeof(columns) / sizeof(*columns), '\t', add_zeek },
	[FLOW_SEED] = { "seed", seed_columns, sizeof(seed_columns) / sizeof(*seed_columns), ',', add_csv },
};

const char *flow_format_name(enum flow_format f)
{
	return formats[f].name;
}

int flow_format_find(const char *name)
{
	for (int i = 0; i < FLOW_FORMATS; i++)
		if (strcmp(formats[i].name, name) == 0)
			return i;
	return -1;
}

void flow_write_head(struct text *out, enum flow_format format)
{
	if (format == FLOW_NDJSON)
		return;
	if (format == FLOW_ZEEK)
		text_str(out,
			 "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\t");
	for (size_t i = 0; i < formats[format].n; i++)
		text_printf(out, "%s%s", i > 0 ? (format == FLOW_ZEEK ? "\t" : ",") : "", formats[format].column[i].name);
	text_str(out, "\n");
	if (format != FLOW_ZEEK)
		return;
	text_str(out, "#types");
	for (size_t i = 0; i < formats[format].n; i++)
		text_printf(out, "\t%s", formats[format].column[i].type);
	text_str(out, "\n");
}

void flow_write(struct text *out, enum flow_format format, const struct flow *f)
{
	int any = 0;

	if (format == FLOW_NDJSON)
		text_str(out, "{");
	for (size_t i = 0; i < formats[format].n; i++) {
		const struct column *const c = &formats[format].column[i];
		struct value v;

		v.is_text = 0;
		v.n = 0;
		v.p = "";
		c->get(&v, f);
		if (format == FLOW_NDJSON && v.n == 0)
			continue;
		if (any)
			text_add(out, &formats[format].between, 1);
		any = 1;
		if (format == FLOW_NDJSON) {
			text_str(out, "\"");
			text_str(out, c->name);
			text_str(out, "\":");
		}
		formats[format].add(out, &v);
	}
	text_str(out, format == FLOW_NDJSON ? "}\n" : "\n");
}

void flow_write_tail(struct text *out, enum flow_format format)
{
	if (format == FLOW_ZEEK)
		text_str(out, "#close\t-\n");
}
