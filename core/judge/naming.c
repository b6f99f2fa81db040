/* naming: the table, most telling patterns first. */
#include "judge/naming.h"

#include <ctype.h>
#include <string.h>

static const struct naming table[] = {
	{ "filedownload", 0, { "malware_download" }, "IoT-23: a file was fetched by the infected device" },
	{ "download", 1, { "malware_download" }, "our own synthetic traffic" },
	{ "malware_download", 0, { "malware_download" }, "our own name" },
	{ "portscan", 0, { "port_scan" }, "IoT-23 PartOfAHorizontalPortScan, CICIDS PortScan" },
	{ "port_scan", 0, { "port_scan" }, "our own name" },
	{ "scan", 0, { "port_scan" }, "TON_IoT scanning, BoT-IoT Service_Scan, Kitsune OS Scan, N-BaIoT scan" },
	{ "fingerprint", 0, { "port_scan" }, "BoT-IoT OS_Fingerprint: probes of many ports" },
	{ "reconnaissance", 0, { "port_scan" }, "BoT-IoT, UNSW-NB15: scans and probes" },
	{ "ddos", 0, { "ddos" }, "IoT-23, TON_IoT, BoT-IoT, CICIDS" },
	{ "dos", 1, { "ddos" }, "a flood from one source is one to us too: the device sees the same" },
	{ "flood", 0, { "ddos" }, "Kitsune SSDP Flood and others" },
	{ "renegotiation", 0, { "ddos" }, "Kitsune: a denial of service by TLS handshakes" },
	{ "slowloris", 0, { "ddos" }, "a denial of service by open connections" },
	{ "exfiltration", 0, { "exfiltration" }, "BoT-IoT Data_Exfiltration, ours" },
	{ "theft", 0, { "exfiltration" }, "BoT-IoT Theft" },
	{ "brute", 0, { "brute_force" }, "CICIDS Web Attack Brute Force, ours" },
	{ "patator", 0, { "brute_force" }, "CICIDS FTP-Patator, SSH-Patator: a tool that guesses passwords" },
	{ "password", 1, { "brute_force" }, "TON_IoT: guessing of passwords" },
	{ "mitm", 0, { "mitm" }, "TON_IoT, Kitsune, ours" },
	{ "man-in-the-middle", 0, { "mitm" }, "the same in words" },
	{ "arp", 1, { "mitm" }, "ARP spoofing" },
	{ "torii", 0, { "c2_beacon" }, "IoT-23 C&C-Torii" },
	{ "heartbeat", 0, { "c2_beacon" }, "IoT-23 C&C-HeartBeat: the regular sign of life" },
	{ "c&c", 0, { "c2_beacon" }, "IoT-23: the device talks with its controller" },
	{ "c2", 0, { "c2_beacon" }, "the same, shorter" },
	{ "beacon", 0, { "c2_beacon" }, "ours" },
	{ "okiru", 0, { "c2_beacon", "port_scan" }, "IoT-23: a Mirai kind; its flows look for victims and for the controller" },
	{ "bot", 1, { "c2_beacon" }, "CICIDS Bot: the infected host asks its controller" },
	{ "gafgyt", 0, { "ddos", "port_scan" }, "N-BaIoT: floods and scans of that malware" },
	{ "mirai", 0, { "ddos", "port_scan", "c2_beacon" }, "N-BaIoT, Kitsune: floods, scans and control of that malware" },
	{ "attack",
	  1,
	  { "brute_force", "ddos", "port_scan" },
	  "IoT-23 Attack: of another host, by some vulnerability or password" },
	{ "backdoor", 0, { NULL }, "says what the malware is, not what the flow does" },
	{ "ransomware", 0, { NULL }, "the same" },
	{ "injection", 0, { NULL }, "is in the payload, which flows do not have" },
	{ "xss", 0, { NULL }, "the same" },
	{ "heartbleed", 0, { NULL }, "the same" },
	{ "exploit", 0, { NULL }, "the same" },
	{ "shellcode", 0, { NULL }, "the same" },
};

const struct naming *naming_get(size_t i)
{
	return i < sizeof(table) / sizeof(*table) ? &table[i] : NULL;
}

static int is_letter(char c)
{
	return isalnum((unsigned char)c) != 0;
}

static int occurs(const struct naming *row, const char *label)
{
	const size_t n = strlen(row->pattern);

	for (const char *p = label; *p != '\0'; p++) {
		if (strncasecmp(p, row->pattern, n) != 0)
			continue;
		if (!row->word || ((p == label || !is_letter(p[-1])) && !is_letter(p[n])))
			return 1;
	}
	return 0;
}

const struct naming *naming_find(const char *label)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (occurs(&table[i], label))
			return &table[i];
	return NULL;
}

const char *naming_family(const char *label)
{
	const struct naming *const row = naming_find(label);

	return row != NULL && row->ours[0] != NULL ? row->ours[0] : "";
}

int naming_has(const char *label)
{
	return naming_family(label)[0] != '\0';
}

int naming_agrees(const char *label, const char *named)
{
	for (size_t i = 0; named != NULL && i < sizeof(table) / sizeof(*table); i++)
		for (size_t k = 0; k < 3 && occurs(&table[i], label); k++)
			if (table[i].ours[k] != NULL && strcmp(table[i].ours[k], named) == 0)
				return 1;
	return 0;
}
