/*
 * naming: which of our names for an attack agree with a label of somebody's data set, from one table with its reasons.
 *
 * Ours: port_scan, ddos, exfiltration, mitm, brute_force, c2_beacon, malware_download. Data sets cut the world otherwise: a botnet's flow
 * labelled "C&C-FileDownload" is rightly called either. A label that says nothing of the behaviour ("Backdoor", "Worms") has no
 * counterpart: then no name is right or wrong.
 */
#ifndef JUDGE_NAMING_H
#define JUDGE_NAMING_H

#include <stddef.h>

struct naming {
	const char *pattern; /* lower case; occurs in the lower-cased label, as a word of its own where `word` */
	int word;
	const char *ours[3]; /* names that agree with it; the first is the nearest; all NULL: none does */
	const char *reason;
};

/* The i-th row, for showing the table; NULL past the last. */
const struct naming *naming_get(size_t i);

/* The row that speaks first of the label; NULL: unknown. */
const struct naming *naming_find(const char *label);

/* The nearest of our names, "" where there is none. */
const char *naming_family(const char *label);

/* Whether the label has a counterpart, and whether `named` is one of all that its rows allow. */
int naming_has(const char *label);
int naming_agrees(const char *label, const char *named);

#endif
