/* write: a table of columns, and what differs between the formats. */
#include "flow/write.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "flow/put.h"

/* Text of others, so that it stays one value. */
typedef char *(*text_put)(char *p, const char *s);

/* The value of a column; NULL: unset. */
typedef char *(*value_put)(char *p, const struct flow *f, int side, text_put text);

enum {
	CSV = 1 << FLOW_CSV,
	JSON = 1 << FLOW_NDJSON,
	ZEEK = 1 << FLOW_ZEEK,
	SEED = 1 << FLOW_SEED,
	ALL = CSV | JSON | ZEEK,
	/* Room for a line, or the head: names, numbers, and 112 bytes of text of which each may become six. */
	LINE = 2048,
};

_Static_assert(6 * (2 * FLOW_WORD + FLOW_ATTACK) + 1024 < LINE, "texts, all escaped, and all the rest");

static char *put_ts(char *p, const struct flow *f, int side, text_put text)
{
	(void)side;
	(void)text;
	return isnan(f->ts) ? NULL : put_micros(p, f->ts, 0);
}

static char *put_uid(char *p, const struct flow *f, int side, text_put text)
{
	(void)p;
	(void)f;
	(void)side;
	(void)text;
	return NULL;
}

static char *put_host(char *p, const struct flow *f, int side, text_put text)
{
	char ip[IP_TEXT];

	*put_ip(ip, &f->host[side]) = '\0';
	return f->host[side].family == 0 ? NULL : text(p, ip);
}

static char *put_port(char *p, const struct flow *f, int side, text_put text)
{
	(void)text;
	return f->port[side] == PORT_UNSET ? NULL : put_count(p, (uint64_t)f->port[side]);
}

/* Zeek says icmp for ICMPv6 too; the addresses tell which it is. Protocols without a name here go by their number. */
static char *put_proto(char *p, const struct flow *f, int side, text_put text)
{
	const char *const name = f->proto == PROTO_ICMP6 && f->host[ORIG].family != 6 ? "icmp6" : proto_name(f->proto);
	char number[4] = { 0 };

	(void)side;
	if (f->proto == PROTO_UNSET)
		return NULL;
	if (proto_find(name, strlen(name)) >= 0)
		return text(p, name);
	put_count(number, f->proto);
	return text(p, number);
}

static char *put_service(char *p, const struct flow *f, int side, text_put text)
{
	(void)side;
	return f->service[0] == '\0' ? NULL : text(p, f->service);
}

static char *put_duration(char *p, const struct flow *f, int side, text_put text)
{
	(void)side;
	(void)text;
	return isnan(f->duration) ? NULL : put_micros(p, f->duration, 1);
}

static char *put_bytes(char *p, const struct flow *f, int side, text_put text)
{
	(void)text;
	return put_number(p, f->bytes[side]);
}

static char *put_state(char *p, const struct flow *f, int side, text_put text)
{
	(void)side;
	return f->state == CONN_UNSET ? NULL : text(p, conn_state_name(f->state));
}

static char *put_history(char *p, const struct flow *f, int side, text_put text)
{
	(void)side;
	return f->history[0] == '\0' ? NULL : text(p, f->history);
}

static char *put_pkts(char *p, const struct flow *f, int side, text_put text)
{
	(void)text;
	return put_number(p, f->pkts[side]);
}

static char *put_ip_bytes(char *p, const struct flow *f, int side, text_put text)
{
	(void)text;
	return isnan(f->ip_bytes[side]) ? NULL : put_number(p, f->ip_bytes[side]);
}

static char *put_l2(char *p, const struct flow *f, int side, text_put text)
{
	char mac[PUT_MAC + 1] = { 0 };

	put_mac(mac, f->mac[side]);
	return f->has_mac[side] ? text(p, mac) : NULL;
}

static char *put_label(char *p, const struct flow *f, int side, text_put text)
{
	(void)side;
	return f->label == LABEL_NONE ? NULL : text(p, f->label == LABEL_BENIGN ? "benign" : "malicious");
}

static char *put_attack(char *p, const struct flow *f, int side, text_put text)
{
	(void)side;
	return f->attack[0] == '\0' ? NULL : text(p, f->attack);
}

static const struct column {
	const char *name, *type; /* Zeek's */
	unsigned in;
	int side;
	value_put put;
} columns[] = {
	{ "ts", "time", ALL | SEED, 0, put_ts },
	{ "uid", "string", ZEEK, 0, put_uid },
	{ "id.orig_h", "addr", ALL, ORIG, put_host },
	{ "id.orig_p", "port", ALL, ORIG, put_port },
	{ "id.resp_h", "addr", ALL, RESP, put_host },
	{ "id.resp_p", "port", ALL, RESP, put_port },
	{ "proto", "enum", ALL, 0, put_proto },
	{ "service", "string", ALL, 0, put_service },
	{ "duration", "interval", ALL, 0, put_duration },
	{ "orig_pkts", "count", SEED, ORIG, put_pkts },
	{ "resp_pkts", "count", SEED, RESP, put_pkts },
	{ "orig_bytes", "count", ALL | SEED, ORIG, put_bytes },
	{ "resp_bytes", "count", ALL | SEED, RESP, put_bytes },
	{ "conn_state", "string", ALL, 0, put_state },
	{ "history", "string", ALL, 0, put_history },
	{ "orig_pkts", "count", ALL, ORIG, put_pkts },
	{ "orig_ip_bytes", "count", ALL, ORIG, put_ip_bytes },
	{ "resp_pkts", "count", ALL, RESP, put_pkts },
	{ "resp_ip_bytes", "count", ALL, RESP, put_ip_bytes },
	{ "orig_l2_addr", "string", ALL, ORIG, put_l2 },
	{ "resp_l2_addr", "string", ALL, RESP, put_l2 },
	{ "label", "string", ALL | SEED, 0, put_label },
	{ "detailed-label", "string", ALL, 0, put_attack },
};

enum { COLUMNS = sizeof(columns) / sizeof(*columns) };

/* RFC 4180. Blanks at the ends would be lost without quotes. */
static char *csv_text(char *p, const char *s)
{
	const size_t n = strlen(s);
	const int formula = n > 0 && strchr("=+-@", s[0]) != NULL;
	const int quote = strpbrk(s, "\",\r\n\t") != NULL || (n > 0 && (s[0] == ' ' || s[n - 1] == ' '));

	if (quote)
		*p++ = '"';
	if (formula)
		*p++ = '\'';
	for (; *s != '\0'; s++) {
		if (*s == '"')
			*p++ = '"';
		*p++ = *s;
	}
	if (quote)
		*p++ = '"';
	return p;
}

static char *put_hex(char *p, const char *escape, char c)
{
	static const char hex[] = "0123456789abcdef";

	p = put_text(p, escape);
	*p++ = hex[(unsigned char)c >> 4];
	*p++ = hex[c & 15];
	return p;
}

/* RFC 8259. */
static char *json_text(char *p, const char *s)
{
	*p++ = '"';
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f) {
			p = put_hex(p, "\\u00", *s);
		} else {
			if (*s == '"' || *s == '\\')
				*p++ = '\\';
			*p++ = *s;
		}
	*p++ = '"';
	return p;
}

/* \xhh, for what parts columns (labelled logs: three blanks, too), for the backslash, and where the whole would mean unset. */
static char *zeek_text(char *p, const char *s)
{
	const int mark = strcmp(s, "-") == 0 || strcmp(s, "(empty)") == 0;

	for (size_t i = 0; s[i] != '\0'; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f || s[i] == '\\' || (mark && i == 0) ||
		    (s[i] == ' ' && i > 0 && s[i - 1] == ' '))
			p = put_hex(p, "\\x", s[i]);
		else
			*p++ = s[i];
	return p;
}

static const struct format {
	const char *name;
	char before, between;
	const char *unset, *end;
	text_put text;
} formats[FLOW_FORMATS] = {
	[FLOW_CSV] = { "csv", 0, ',', "", "\n", csv_text },
	[FLOW_NDJSON] = { "ndjson", '{', ',', NULL, "}\n", json_text },
	[FLOW_ZEEK] = { "zeek", 0, '\t', "-", "\n", zeek_text },
	[FLOW_SEED] = { "seed", 0, ',', "", "\n", csv_text },
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

/* The columns of the format: their names, or types. */
static void add_columns(struct text *out, enum flow_format format, int types)
{
	int n = 0;

	for (size_t i = 0; i < COLUMNS; i++)
		if (columns[i].in & 1U << format)
			text_printf(out, "%.*s%s", n++ > 0, &formats[format].between, types ? columns[i].type : columns[i].name);
	text_str(out, "\n");
}

static void add_time(struct text *out, const char *name, int64_t when)
{
	const time_t t = (time_t)when;
	char shown[64] = "-";
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL)
		strftime(shown, sizeof(shown), "%Y-%m-%d-%H-%M-%S", &tm);
	text_printf(out, "%s\t%s\n", name, shown);
}

void flow_write_head(struct text *out, enum flow_format format, int64_t when)
{
	if (format == FLOW_NDJSON)
		return;
	if (format == FLOW_ZEEK) {
		text_str(out, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n");
		add_time(out, "#open", when);
		text_str(out, "#fields\t");
	}
	add_columns(out, format, 0);
	if (format == FLOW_ZEEK) {
		text_str(out, "#types\t");
		add_columns(out, format, 1);
	}
}

void flow_write(struct text *out, enum flow_format format, const struct flow *f)
{
	const struct format *const to = &formats[format];
	char *const line = text_room(out, LINE), *p = line;
	char between = to->before;

	if (line == NULL)
		return;
	for (size_t i = 0; i < COLUMNS; i++) {
		const struct column *const c = &columns[i];
		char *const from = p, *end;

		if ((c->in & 1U << format) == 0)
			continue;
		if (between != '\0')
			*p++ = between;
		if (to->unset == NULL) {
			*p++ = '"';
			p = put_text(put_text(p, c->name), "\":");
		}
		end = c->put(p, f, c->side, to->text);
		if (end == NULL && to->unset == NULL) {
			p = from;
			continue;
		}
		p = end != NULL ? end : put_text(p, to->unset);
		between = to->between;
	}
	p = put_text(p, to->end);
	text_took(out, (size_t)(p - line));
}

void flow_write_tail(struct text *out, enum flow_format format, int64_t when)
{
	if (format == FLOW_ZEEK)
		add_time(out, "#close", when);
}
