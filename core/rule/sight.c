/* sight: who the peer is, what port it is, whether there was an answer. */
#include "rule/sight.h"

#include <math.h>
#include <string.h>

static const struct {
	uint8_t proto; /* PROTO_UNSET: any */
	uint16_t port;
	enum port_class class;
} ports[] = {
	{ PROTO_TCP, 80, PORT_HTTP },     { PROTO_UDP, 80, PORT_PLAIN },    { PROTO_UNSET, 443, PORT_WEB },
	{ PROTO_TCP, 8080, PORT_HTTP },   { PROTO_TCP, 8443, PORT_WEB },    { PROTO_TCP, 8883, PORT_WEB }, /* MQTT over TLS */
	{ PROTO_TCP, 5223, PORT_WEB }, /* push messages of Apple's */
	{ PROTO_TCP, 5228, PORT_WEB }, /* and Google's */
	{ PROTO_TCP, 993, PORT_WEB },     { PROTO_TCP, 853, PORT_WEB },     { PROTO_TCP, 22, PORT_LOGIN },
	{ PROTO_TCP, 23, PORT_LOGIN },    { PROTO_TCP, 2222, PORT_LOGIN },  { PROTO_TCP, 2323, PORT_LOGIN },
	{ PROTO_TCP, 3389, PORT_LOGIN },  { PROTO_TCP, 5900, PORT_LOGIN },  { PROTO_UNSET, 53, PORT_CHATTY },
	{ PROTO_UDP, 67, PORT_CHATTY },   { PROTO_UDP, 68, PORT_CHATTY },   { PROTO_UDP, 123, PORT_CHATTY },
	{ PROTO_UDP, 137, PORT_CHATTY },  { PROTO_UDP, 138, PORT_CHATTY },  { PROTO_UDP, 161, PORT_CHATTY },
	{ PROTO_UDP, 546, PORT_CHATTY },  { PROTO_UDP, 547, PORT_CHATTY },  { PROTO_UDP, 1900, PORT_CHATTY },
	{ PROTO_UDP, 3478, PORT_CHATTY }, /* STUN */
	{ PROTO_UDP, 3702, PORT_CHATTY }, { PROTO_UDP, 5353, PORT_CHATTY }, { PROTO_UDP, 5355, PORT_CHATTY },
};

enum port_class port_class_of(uint8_t proto, int32_t port, const char *service)
{
	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++)
		if (ports[i].port == port && (ports[i].proto == proto || ports[i].proto == PROTO_UNSET))
			return ports[i].class;
	return strcmp(service, "ssh") == 0 ? PORT_LOGIN : strcmp(service, "dns") == 0 ? PORT_CHATTY : PORT_PLAIN;
}

int address_is_group(const struct ip *a, const struct home_networks *home)
{
	static const uint8_t none[16] = { 0 };

	if (a->family == 4)
		return a->b[0] >= 224 || a->b[0] == 0 || (a->b[3] == 255 && home_networks_have(home, a));
	return a->family == 0 || a->b[0] == 0xff || memcmp(a->b, none, 16) == 0;
}

static int is_icmp(const struct flow *f)
{
	return f->proto == PROTO_ICMP || f->proto == PROTO_ICMP6;
}

static int is_failed(const struct flow *f)
{
	if (f->proto != PROTO_TCP)
		return f->pkts[RESP] == 0 && f->bytes[RESP] == 0;
	switch (f->state) {
	case CONN_S0:
	case CONN_REJ:
	case CONN_RSTOS0:
	case CONN_SH:
		return 1;
	case CONN_RSTR:
	case CONN_RSTRH:
	case CONN_RSTO: /* a scanner lets go of what answered at once */
		return f->bytes[RESP] == 0;
	case CONN_OTH:
		return f->bytes[ORIG] + f->bytes[RESP] == 0;
	case CONN_UNSET:
		return f->pkts[RESP] == 0 || f->bytes[ORIG] + f->bytes[RESP] == 0;
	default:
		return 0;
	}
}

/* No SYN was met with data. Pieces of an idle connection, which begin anywhere (OTH), are no attempts; who closes what he opened (SH) got an answer
   that the capture did not see. */
static int is_unmet(const struct flow *f)
{
	return f->proto == PROTO_TCP && f->state != CONN_OTH && f->state != CONN_SH && is_failed(f);
}

static int is_program(const struct moment *m)
{
	return m->out && m->f->proto == PROTO_TCP && m->external && !m->failed && m->got >= DOWNLOAD_MIN &&
	       m->got <= DOWNLOAD_MAX && m->sent <= DOWNLOAD_REQUEST && m->sent > 0 && m->got >= DOWNLOAD_RATIO * m->sent &&
	       !(m->f->duration > DOWNLOAD_SECONDS) && (m->port_class != PORT_WEB || strcmp(m->f->service, "http") == 0);
}

int sight(struct moment *m, const struct flow *f, int side)
{
	m->f = f;
	m->t = f->ts;
	m->timed = isfinite(f->ts);
	m->out = side == ORIG;
	m->peer = f->host[!side];
	m->port = is_icmp(f) ? 0 : f->port[RESP];
	m->port_class = port_class_of(f->proto, m->port, f->service);
	m->external = !home_networks_have(m->home, &m->peer);
	m->failed = is_failed(f);
	m->sent = f->bytes[side];
	m->got = f->bytes[!side];
	m->sent_pkts = f->pkts[side];
	m->got_pkts = f->pkts[!side];
	m->unmet = is_unmet(f);
	m->program = is_program(m);
	return m->peer.family != 0 && !address_is_group(&m->peer, m->home) && !address_is_group(&f->host[side], m->home);
}
