/*
 * limits: how much of something it takes, as a table. What benign traffic was seen to reach stands beside each row in limits.c.
 *
 * Each is a level of Page's cumulative sum (struct bucket): events add to it, time drains it, and the rule fires at `level`. A steady rate below
 * `drain` never adds up, so that a rule has no window whose border could be straddled.
 */
#ifndef RULE_LIMITS_H
#define RULE_LIMITS_H

enum limit_id {
	LIMIT_SCAN_FAST,
	LIMIT_SCAN_SLOW,
	LIMIT_SCAN_WIDE,
	LIMIT_SCAN_PORTS,
	LIMIT_SCAN_PORTS_SLOW,
	LIMIT_SWEEP,
	LIMIT_FLOOD_FAILED,
	LIMIT_FLOOD_FLOWS,
	LIMIT_FLOOD_PACKETS,
	LIMIT_FLOOD_LOCAL,
	LIMIT_INFLOOD_FLOWS,
	LIMIT_INFLOOD_PACKETS,
	LIMIT_UPLOAD,
	LIMIT_LOGIN,
	LIMIT_RETRY,
	LIMIT_DOWNLOAD,
	LIMIT_TLS_BROKEN,
	LIMITS
};

struct limit {
	double level; /* units of the sum at which the rule fires */
	double drain; /* units a second */
};

extern const struct limit limits[LIMITS];

/* What the level is multiplied with for services of which benign devices do more. */
enum port_class {
	PORT_PLAIN,  /* nothing special */
	PORT_HTTP,   /* without TLS: where worms look for victims too */
	PORT_WEB,    /* HTTPS, QUIC and the like: browsers contact a hundred hosts a minute */
	PORT_LOGIN,  /* SSH, Telnet, RDP, VNC */
	PORT_CHATTY, /* DNS, NTP, DHCP and discovery, where no answer is normal */
	PORT_CLASSES
};

struct tolerance {
	double scan;  /* of peers that did not answer */
	double flood; /* of flows to one peer without an answer */
	double retry; /* of attempts to reach one peer; 0: never a sign */
};

extern const struct tolerance tolerances[PORT_CLASSES];

/* Single numbers that are no sums. */
#define UDP_SCAN_TOLERANCE 4.0 /* peer-to-peer programs meet many hosts that are gone: 48 a minute were seen of one */
#define LEVEL_CAP          4.0 /* a sum grows to this many times its level, so that it drains soon after the attack */
#define DISORDER           600.0 /* seconds by which flows are late in a file; what is later is a long flow that ended, and moves nothing */
#define CLOCK_JUMP         86400.0    /* seconds backwards that are no disorder any more, but another clock */
#define SERVICE_TOLERANCE  4.0        /* MQTT and SMB: clients that lost their session come back at once, again and again */
#define LOGIN_SECONDS      60.0       /* a session that ended sooner may have been a guess; people stay longer */
#define LOGIN_BYTES        16384.0    /* payload of a guess at most: key exchange and a few attempts of SSH take 3 to 6 kB */
#define PACKETS_ANSWERED   20.0       /* packets for each one of the answer: 2 in TCP, up to 10 in real-time media */
#define RETRY_HINT         0.3        /* of the level; attempts are few where malware is patient */
#define RETRY_PAUSE        1.0        /* seconds between attempts that count: faster is no retry but a flood or a scan */
#define RETRY_QUIET        0.2        /* share of a flood's level below which attempts are retries */
#define GUESS_MIN          20.0       /* payload in each direction of a login on any other port */
#define HTTP_MIN           200.0      /* a request and the head of its answer take more: 70 and 150 at the least */
#define TLS_MIN            400.0      /* a resumed session (RFC 8446) takes more: 250 and 200 at the least */
#define HEALTHY_BYTES      1024.0     /* payload of a session that is surely more than a sign of life */
#define FAMILIAR_SESSIONS  3.0        /* such sessions before a peer is one that the device really uses */
#define FAMILIAR_TOLERANCE 6.0        /* failed attempts that such a peer may have more: 69 an hour were seen */
#define SUSPECT_SHARE      0.3        /* of the level that it takes where another rule has raised an alarm of this peer */
#define SUSPECT_SECONDS    86400.0    /* how long that lasts */
#define INFECTED_SECONDS   3600.0     /* after an alarm of what malware does, in which programs from new hosts are more of it */
#define HINT_SHARE         0.5        /* of the level, from which on there is a hint */
#define IRC_WEIGHT         2.0        /* failed attempts that a short IRC session counts as: no device has a use for IRC */
#define LONG_SESSION       3600.0     /* seconds; longer sessions that carry next to nothing are held open for commands */
#define LONG_RATE          10.0       /* bytes a second and direction at most */
#define LONG_ALIKE         0.02       /* by which share in and out differ where every sign of life is answered by an equal one */
#define LONG_FAILED        6.0        /* failed attempts before it, for an alarm */
#define BEACON_INTERVALS   12         /* as many as a coefficient of dispersion needs to mean something */
#define BEACON_SCORE       0.85       /* of 1: mean of 1 - |Bowley's skewness| and 1 - MAD/median (RITA's score of times) */
#define BEACON_SECONDS_MIN 2.0        /* faster is a conversation */
#define BEACON_SECONDS_MAX 14400.0    /* slower cannot be told from daily life with a dozen intervals */
#define BEACON_BYTES       4096.0     /* of payload in each direction */
#define BEACON_SIZE_SPREAD 0.2        /* mean deviation of the sizes, as a share of their mean */
#define BEACON_FAILED      0.08       /* share of failed attempts for an alarm: benign clouds answer more than 99 of 100 */
#define DOWNLOAD_MIN       30000.0    /* bytes; the least of programs for small processors, packed */
#define DOWNLOAD_MAX       16777216.0 /* firmware is larger */
#define DOWNLOAD_REQUEST   600.0      /* bytes; wget and the like send 80 to 200, browsers 400 and more */
#define DOWNLOAD_RATIO     100.0      /* answer to request */
#define DOWNLOAD_SECONDS   120.0
#define DOWNLOAD_FAILED    3.0    /* failed attempts at the same peer shortly before */
#define DOWNLOAD_SAME      16.0   /* bytes by which requests for the same program for another processor differ */
#define DOWNLOAD_FRESH     900.0  /* seconds since the first contact in which a peer is new */
#define UPLOAD_RATIO       10.0   /* out for each byte in */
#define UPLOAD_USUAL       8.0    /* times the most that the device sent in an hour */
#define UPLOAD_FRESH       3600.0 /* seconds since the first contact of a peer that the device has no habit of sending to */
#define UPLOAD_FORGET      0.99   /* of the most that the device sent in an hour, with each hour: half is left after three days */
#define USUAL_WEIGHT       0.3    /* of the last minute in what is usual */
#define UPLOAD_KNOWN       3600.0 /* seconds that a device must have been watched to have a usual upload */
#define GATEWAY_FLOWS      20.0   /* flows by one hardware address that make it the way out; as many make another one the new way */

#endif
