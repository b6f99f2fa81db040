/* device: the tables. */
#include "synth/device.h"

#define DNS(every, sleeps)                                                                                                         \
	{                                                                                                                          \
		"dns", PROTO_UDP, PEER_ROUTER, 53, every, 0, { 38, 110 }, { 60, 110 }, 20, 250, 5, sleeps                          \
	}
#define NTP(every)                                                                                                                 \
	{                                                                                                                          \
		"ntp", PROTO_UDP, PEER_CLOUD, 123, every, 12, { 48, 48 }, { 0, 0 }, 30, 150, 4, 0                                  \
	}
#define MDNS(every, sleeps)                                                                                                        \
	{                                                                                                                          \
		"dns", PROTO_UDP, PEER_GROUP, 5353, every, 0, { 120, 0 }, { 150, 0 }, 1500, 200, 0, sleeps                         \
	}

static const struct device_kind kinds[] = {
	{ "camera",
	  {
		  { "ssl", PROTO_TCP, PEER_CLOUD, 443, 60, 16, { 620, 480 }, { 40, 40 }, 900, 150, 3, 0 },
		  { "ssl", PROTO_TCP, PEER_CLOUD, 8443, 900, 0, { 60000, 1800 }, { 330, 120 }, 14000, 220, 3, 170 },
		  DNS(150, 20),
		  NTP(1800),
		  { "", PROTO_UDP, PEER_CLOUD, 10001, 30, 8, { 64, 64 }, { 0, 0 }, 60, 120, 6, 0 },
	  } },
	{ "hub",
	  {
		  { "mqtt", PROTO_TCP, PEER_CLOUD, 8883, 300, 20, { 1900, 1400 }, { 120, 120 }, 240000, 120, 2, 0 },
		  { "ssl", PROTO_TCP, PEER_CLOUD, 443, 420, 0, { 1300, 5200 }, { 180, 200 }, 700, 200, 3, 40 },
		  MDNS(110, 0),
		  DNS(240, 20),
		  NTP(1024),
	  } },
	{ "speaker",
	  {
		  { "ssl", PROTO_TCP, PEER_CLOUD, 443, 150, 0, { 1800, 6200 }, { 200, 280 }, 2200, 260, 3, 120 },
		  { "ssl", PROTO_TCP, PEER_WEB, 443, 1500, 0, { 5200, 65000 }, { 200, 420 }, 45000, 260, 3, 230 },
		  MDNS(95, 60),
		  DNS(130, 110),
		  NTP(3600),
		  { "http", PROTO_TCP, PEER_CLOUD, 80, 1800, 10, { 160, 320 }, { 10, 20 }, 120, 160, 4, 0 },
	  } },
	{ "plug",
	  {
		  { "mqtt", PROTO_TCP, PEER_CLOUD, 1883, 120, 10, { 210, 160 }, { 50, 50 }, 115000, 40, 3, 0 },
		  DNS(600, 0),
		  NTP(3600),
		  { "", PROTO_UDP, PEER_HUB, 9999, 90, 24, { 46, 240 }, { 0, 30 }, 15, 120, 8, 20 },
	  } },
	{ "thermostat",
	  {
		  { "ssl", PROTO_TCP, PEER_CLOUD, 443, 300, 12, { 1450, 3900 }, { 70, 80 }, 650, 140, 3, 0 },
		  DNS(300, 0),
		  NTP(900),
		  { "", PROTO_ICMP, PEER_ROUTER, 8, 600, 12, { 56, 56 }, { 0, 0 }, 3, 120, 0, 0 },
	  } },
	{ "phone",
	  {
		  DNS(25, 225),
		  { "ssl", PROTO_TCP, PEER_WEB, 443, 40, 0, { 2600, 21000 }, { 340, 520 }, 5200, 420, 8, 230 },
		  { "quic", PROTO_UDP, PEER_WEB, 443, 75, 0, { 5200, 38000 }, { 330, 480 }, 9000, 420, 5, 235 },
		  { "ssl", PROTO_TCP, PEER_CLOUD, 5228, 900, 20, { 520, 430 }, { 120, 120 }, 600000, 120, 6, 0 },
		  MDNS(300, 200),
		  { "http", PROTO_TCP, PEER_WEB, 80, 600, 0, { 420, 900 }, { 160, 380 }, 350, 300, 12, 225 },
	  } },
};

size_t device_kinds(void)
{
	return sizeof(kinds) / sizeof(*kinds);
}

const struct device_kind *device_kind(size_t i)
{
	return &kinds[i];
}

unsigned habit_share(const struct habit *h, unsigned hour)
{
	/* How much of the day's rhythm is asleep, of 256. */
	static const uint8_t asleep[24] = { 200, 235, 250, 255, 255, 240, 190, 120, 90, 100, 110, 100,
					    80,  95,  110, 105, 85,  50,  25,  5,   0,  15,  70,  140 };

	return 256 - (unsigned)h->sleeps_of_256 * asleep[hour] / 256;
}
