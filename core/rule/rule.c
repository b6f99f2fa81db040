/*
 * rule: the table. Techniques are those of MITRE ATT&CK (attack.mitre.org, Enterprise, version 15), with ATT&CK's own names.
 *
 * The order is that of enum rule_id; "unusual" is the last.
 */
#include "rule/rule.h"

#include <string.h>

#include "rule/state.h"

enum { LOW, MEDIUM, HIGH, CRITICAL };

static const struct rule table[RULES] = {
	[RULE_SCAN_HORIZONTAL] = { "port_scan_horizontal", "port_scan", "Horizontal port scan", "T1046",
				   "Network Service Discovery",
				   "The device tries the same port at many addresses and mostly gets no answer. Worms look for "
				   "their next victims "
				   "like this.",
				   "Take the device off the network, update or reset it, and change its password before it comes "
				   "back.",
				   HIGH },
	[RULE_SCAN_SLOW] = { "port_scan_slow", "port_scan", "Slow port scan", "T1046", "Network Service Discovery",
			     "Over an hour or longer the same port was tried at many addresses, or many ports of one, slowly "
			     "enough not to stand out.",
			     "Find out which program on the device does this. If nothing explains it, treat the device as "
			     "infected.",
			     MEDIUM },
	[RULE_SCAN_VERTICAL] = { "port_scan_vertical", "port_scan", "Vertical port scan", "T1046", "Network Service Discovery",
				 "Many ports of one host were tried to learn which services it offers. It often comes before a "
				 "break-in.",
				 "Find out who runs the scan. If nobody does, isolate the scanning device and check the scanned "
				 "one.",
				 MEDIUM },
	[RULE_SWEEP] = { "address_sweep", "port_scan", "Address sweep", "T1018", "Remote System Discovery",
			 "Many addresses were asked whether anybody is there, and most did not answer. It is a search for hosts to "
			 "attack.",
			 "Find out which program on the device searches the network. If nothing explains it, isolate the device.",
			 MEDIUM },
	[RULE_DDOS_OUT] = { "ddos_out", "ddos", "Flood sent by the device", "T1498.001", "Direct Network Flood",
			    "The device sends far more to one host than that host answers: it takes part in a denial-of-service "
			    "attack.",
			    "Take the device off the network at once; then update or reset it and change its password.", CRITICAL },
	[RULE_DDOS_IN] = { "ddos_in", "ddos", "Flood against the device", "T1498", "Network Denial of Service",
			   "So much arrives at the device that it, or the connection to the internet, may stop working.",
			   "Close the ports that the router forwards to the device; if it goes on, ask the internet provider for "
			   "help.",
			   HIGH },
	[RULE_EXFILTRATION] = { "exfiltration", "exfiltration", "Data exfiltration", "T1048",
				"Exfiltration Over Alternative Protocol",
				"The device sent an unusual amount of data to one host outside, and got next to nothing back.",
				"Check whether a backup or an upload that you started explains it; if not, block the host and "
				"isolate the device.",
				HIGH },
	[RULE_MITM] = { "mitm", "mitm", "Possible man in the middle", "T1557.002", "ARP Cache Poisoning",
			"Another device seems to have taken the place of the router or of another host, so that traffic goes "
			"through it.",
			"Check whether a router or an access point was replaced. If not, find the device with the named hardware "
			"address.",
			HIGH },
	[RULE_BRUTE_FORCE] = { "brute_force", "brute_force", "Password guessing", "T1110", "Brute Force",
			       "One login service got many short sessions in a row, as programs make that try one password after "
			       "the other.",
			       "Use a strong password or keys, and do not let the service be reached from outside. If the device "
			       "is the "
			       "guesser, isolate it.",
			       HIGH },
	[RULE_C2_RETRY] = { "c2_retry", "c2_beacon", "Calls for a command server", "T1571", "Non-Standard Port",
			    "The device tries again and again to reach one host outside that hardly ever answers, as malware does "
			    "whose command "
			    "server is gone.",
			    "Look up the host. If the maker of the device does not explain it, block it and treat the device as "
			    "infected.",
			    HIGH },
	[RULE_C2_BEACON] = { "c2_beacon", "c2_beacon", "Regular calls to a command server", "T1071", "Application Layer Protocol",
			     "The device contacts one host outside with the regularity of a clock, always with the same few bytes.",
			     "Look up the host. If the maker of the device does not explain it, block it and treat the device as "
			     "infected.",
			     HIGH },
	[RULE_DOWNLOAD] = { "malware_download", "malware_download", "Download of a program", "T1105", "Ingress Tool Transfer",
			    "After a short request the device got a file of the size of a program from a host that it did not "
			    "know, in a way that "
			    "malware installs itself.",
			    "Isolate the device, then reset it and install the maker's newest software.", HIGH },
	[RULE_UNUSUAL] = { "unusual", "unusual", "Unusual behaviour", "", "",
			   "The traffic is unlike what such devices do, and fits none of the known attacks.",
			   "Look at what is unusual about it. If it is wanted, mark it as expected.", LOW },
};

size_t rules_n(void)
{
	return RULES;
}

const struct rule *rule_get(size_t i)
{
	return &table[i];
}

const struct rule *rule_find(const char *name)
{
	for (size_t i = 0; i < RULES; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	return NULL;
}
