/*
 * oui: who made the network card that has a MAC address, by the registry of the IEEE as Debian ships it (package ieee-data): oui.csv (blocks
 * of 24 bits), mam.csv (28) and oui36.csv, iab.csv (36). Read once in the master, shared by all workers: about 50,000 blocks in 2 MB.
 */
#ifndef FCGI_OUI_H
#define FCGI_OUI_H

#include <stddef.h>

#include "base/err.h"

struct oui;

/* What is there of these files in folder dir. ERR_IO: none of them is; ERR_NOMEM. Lines that are no blocks are passed over. */
int oui_load(struct oui **out, const char *dir, struct err *e);
void oui_del(struct oui *o);
size_t oui_n(const struct oui *o); /* blocks; 0 for NULL */

/* Of "aa:bb:cc:dd:ee:ff", the smallest block that it is in; borrowed. NULL: unknown, or no address that a maker gave. o may be NULL. */
const char *oui_vendor(const struct oui *o, const char *mac);

/*
 * Who gave the address: its maker ("universal"), the device itself or its owner ("local": phones make up a new one for each network), nobody,
 * since it is * of a group ("group"). NULL: it is no MAC address.
 */
const char *mac_kind(const char *mac);

#endif
