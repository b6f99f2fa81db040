/* device: the tables. */
#include "synth/device.h"

enum { HOUR = 3600, DAY = 24 * HOUR };

/* Rows that all kinds have, at their own pace. clang-format off: they are rows. */
/* clang-format off */
#define TCP_TO(name, peer, port) name, PROTO_TCP, peer, { 0, port }
#define UDP_TO(name, peer, port) name, PROTO_UDP, peer, { 0, port }
#define UDP_BOTH(name, peer, port) name, PROTO_UDP, peer, { port, port }
#define NTP(every) { UDP_BOTH("ntp", PEER_CLOUD, 123), every, 12, { 48, 0 }, { 48, 0 }, { 24, 150 }, .fails = 14, .lookup = 90 }
#define MDNS(every, sleepy) { UDP_BOTH("dns", PEER_GROUP, 5353), every, 0, { 260, 260 }, { 0, 0 }, { 2600, 320 }, .turns = 2, .sleeps = sleepy }
#define MDNS6(every) { UDP_BOTH("dns", PEER_GROUP6, 5353), every, 0, { 240, 260 }, { 0, 0 }, { 2400, 320 }, .turns = 2 }
#define DHCP { "dhcp", PROTO_UDP, PEER_ROUTER, { 68, 67 }, 6 * HOUR, 8, { 300, 20 }, { 310, 20 }, { 40, 300 }, .fails = 8 }
#define NEIGHBOUR(every) { "", PROTO_ICMP6, PEER_ROUTER6, { 135, 136 }, every, 0, { 24, 0 }, { 24, 0 }, { 2, 300 }, .fails = 16 }

static const struct device_kind kinds[] = {
	{ "camera", {
		{ TCP_TO("ssl", PEER_CLOUD, 443), 90, 16, { 760, 60 }, { 3900, 60 }, { 900, 200 }, .turns = 4, .fails = 4, .lookup = 60 },
		/* What it saw: someone moved. */
		{ TCP_TO("ssl", PEER_CLOUD, 8443), 1100, 0, { 210000, 420 }, { 5200, 120 }, { 9000, 260 }, .turns = 6, .fails = 4, .sleeps = 200, .lookup = 120,
		  .burst = 2, .gap_ms = 15000 },
		{ UDP_TO("", PEER_CLOUD, 10001), 240, 8, { 64, 0 }, { 64, 0 }, { 42, 140 }, .fails = 6 },
		NTP(1800), DHCP, MDNS(900, 0), NEIGHBOUR(1500),
	} },
	{ "phone", {
		{ TCP_TO("ssl", PEER_WEB, 443), 700, 0, { 2300, 360 }, { 21000, 560 }, { 6500, 460 }, .turns = 6, .fails = 9, .sleeps = 240, .lookup = 150, .burst = 9, .gap_ms = 1100 },
		{ UDP_TO("quic", PEER_WEB, 443), 1100, 0, { 5200, 330 }, { 48000, 560 }, { 9000, 420 }, .turns = 8, .fails = 6, .sleeps = 240, .lookup = 120, .burst = 4, .gap_ms = 900 },
		{ TCP_TO("ssl", PEER_WEB6, 443), 1500, 0, { 2400, 360 }, { 24000, 560 }, { 7000, 460 }, .turns = 6, .fails = 7, .sleeps = 240, .lookup = 150, .burst = 5, .gap_ms = 1200 },
		{ TCP_TO("http", PEER_WEB, 80), 1800, 0, { 420, 160 }, { 900, 420 }, { 350, 320 }, .turns = 1, .fails = 16, .sleeps = 230, .lookup = 130 },
		{ TCP_TO("ssl", PEER_CLOUD, 5228), 1200, 20, { 640, 160 }, { 520, 160 }, { 900000, 160 }, .turns = 5, .fails = 6, .lookup = 60 },
		MDNS(420, 200), MDNS6(800), DHCP, NTP(7200),
	} },
	{ "hub", {
		{ TCP_TO("mqtt", PEER_CLOUD, 8883), 1800, 20, { 9200, 140 }, { 7100, 140 }, { 1750000, 60 }, .turns = 60, .fails = 2, .lookup = 200 },
		{ TCP_TO("ssl", PEER_CLOUD, 443), 420, 0, { 1300, 180 }, { 5200, 220 }, { 700, 240 }, .turns = 4, .fails = 4, .sleeps = 60, .lookup = 90 },
		{ "", PROTO_ICMP, PEER_ROUTER, { 8, 0 }, 300, 4, { 56, 0 }, { 56, 0 }, { 2, 120 }, .turns = 1 },
		MDNS(150, 0), MDNS6(300), NTP(1024), DHCP, NEIGHBOUR(900),
	} },
	{ "speaker", {
		{ TCP_TO("ssl", PEER_CLOUD, 443), 200, 0, { 1700, 200 }, { 5400, 260 }, { 2200, 300 }, .turns = 5, .fails = 5, .sleeps = 150, .lookup = 110 },
		/* Somebody speaks. */
		{ TCP_TO("ssl", PEER_CLOUD, 443), 3600, 0, { 62000, 260 }, { 28000, 340 }, { 6800, 180 }, .turns = 9, .fails = 3, .sleeps = 245, .lookup = 160 },
		/* Music. */
		{ TCP_TO("ssl", PEER_WEB, 443), 5400, 0, { 5200, 220 }, { 3400000, 360 }, { 150000, 240 }, .turns = 12, .fails = 4, .sleeps = 245, .lookup = 200, .burst = 5, .gap_ms = 170000 },
		{ TCP_TO("http", PEER_CLOUD, 80), 900, 6, { 135, 10 }, { 240, 40 }, { 240, 160 }, .turns = 1, .fails = 6, .lookup = 60 },
		MDNS(140, 90), MDNS6(260), NTP(3600), DHCP, NEIGHBOUR(1200),
	} },
	{ "plug", {
		{ TCP_TO("mqtt", PEER_CLOUD, 1883), 1200, 6, { 1500, 40 }, { 1300, 40 }, { 1190000, 10 }, .turns = 20, .fails = 3, .lookup = 220 },
		{ UDP_TO("", PEER_HUB, 9999), 120, 24, { 46, 0 }, { 240, 30 }, { 15, 160 }, .fails = 8 },
		NTP(3600), DHCP,
	} },
	{ "thermostat", {
		{ TCP_TO("ssl", PEER_CLOUD, 443), 300, 12, { 1450, 70 }, { 3900, 80 }, { 650, 160 }, .turns = 4, .fails = 3, .lookup = 180 },
		{ TCP_TO("http", PEER_CLOUD, 80), 3600, 10, { 190, 10 }, { 2600, 60 }, { 300, 200 }, .turns = 1, .fails = 5, .lookup = 220 },
		{ "", PROTO_ICMP, PEER_ROUTER, { 8, 0 }, 600, 12, { 56, 0 }, { 56, 0 }, { 3, 120 }, .turns = 1 },
		NTP(900), DHCP, MDNS(1800, 0),
	} },
};

const struct habit habit_lookup = { UDP_TO("dns", PEER_ROUTER, 53), 1, 0, { 38, 60 }, { 76, 150 }, { 14, 220 }, .fails = 4 };
/* clang-format on */

size_t device_kinds(void)
{
	return sizeof(kinds) / sizeof(*kinds);
}

const struct device_kind *device_kind(size_t i)
{
	return &kinds[i];
}

unsigned habit_share(const struct habit *h, unsigned second)
{
	/* How much of the day's rhythm is asleep at each full hour, of 256; between them a line. */
	static const uint8_t asleep[25] = { 200, 235, 250, 255, 255, 240, 190, 120, 90, 100, 110, 100, 80,
					    95,  110, 105, 85,  50,  25,  5,   0,   15, 70,  140, 200 };
	const unsigned hour = second / HOUR, part = second % HOUR;
	const unsigned sleep = (asleep[hour] * (HOUR - part) + asleep[hour + 1] * part) / HOUR;

	return 256 - h->sleeps * sleep / 256;
}
