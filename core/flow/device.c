/* device: the watched side of a flow. */
#include "flow/device.h"

#include <string.h>

int flow_device(const struct flow *f, const struct home_networks *home)
{
	if (f->host[ORIG].family == 0 || f->host[RESP].family == 0)
		return f->host[ORIG].family != 0 ? ORIG : f->host[RESP].family != 0 ? RESP : DEVICE_NONE;
	return home_networks_have(home, &f->host[RESP]) && !home_networks_have(home, &f->host[ORIG]) ? RESP : ORIG;
}

void flow_device_key(const struct flow *f, const struct home_networks *home, int side, uint8_t key[DEVICE_KEY])
{
	static const uint8_t none[16] = { 0 }; /* who asks for an address has none yet */
	const struct ip *const ip = &f->host[side];

	memset(key, 0, DEVICE_KEY);
	if (f->has_mac[side] &&
	    (home_networks_have(home, ip) || memcmp(ip->b, none, sizeof(none)) == 0)) { /* of a host outside it is the router's */
		key[0] = 'm';
		memcpy(key + 1, f->mac[side], sizeof(f->mac[side]));
		return;
	}
	key[0] = ip->family;
	memcpy(key + 1, ip->b, ip->family == 4 ? 4 : 16);
}
