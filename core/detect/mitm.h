/*
 * mitm: a man in the middle that the ARP packets of a capture show, as incidents.
 *
 * One incident for each hardware address that raised an alarm of rules_arp(), however many addresses it claims: who comes between a device and
 * its router claims to be each of them to the other. Evidence that is a hint only (DHCP gave an address to another device) makes no
 * incident; it stays a note of the reader.
 *
 * device       whose address is claimed, with the hardware address of the other claimant; of several the one with the strongest evidence
 * peer         whom it was told first
 * start, end   of the evidence; flows 0
 */
#ifndef DETECT_MITM_H
#define DETECT_MITM_H

#include "capture/arp.h"
#include "detect/incident.h"
#include "feature/context.h"

/*
 * Tell the incidents that arp shows (NULL: none), ordered by time; devices are numbered by context. *told: how many. 0, ERR_NOMEM, or what the sink
 * of the incidents returned.
 */
int mitm_tell(const struct arp *arp, struct context *context, struct incidents *s, uint64_t *told);

#endif
