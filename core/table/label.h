/* label: the ground truth that a file gives its flows, and the names of attacks. */
#ifndef TABLE_LABEL_H
#define TABLE_LABEL_H

#include <stddef.h>

#include "flow/flow.h"

/* "-", "(empty)" or nothing. */
int label_is_unset(const char *text, size_t len);

/* benign…, normal…, 0 and false are LABEL_BENIGN; unset, background…, unknown and what is still to be filled in LABEL_NONE; all others LABEL_MALICIOUS. */
enum flow_label label_find(const char *text, size_t len);

/* 1 for a label that says no more than that it is one, or is none: no name of an attack. */
int label_is_generic(const char *text, size_t len);

/*
 * text[len] as the flow's attack: UTF-8; or else Latin-1, with the dashes and quotes that Windows-1252 has where Latin-1 has controls, as
 * plain ones.
 */
void label_attack(struct flow *f, const char *text, size_t len);

#endif
