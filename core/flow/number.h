/* number: decimal text to double, exact, fast and free of the locale. */
#ifndef FLOW_NUMBER_H
#define FLOW_NUMBER_H

#include <stddef.h>

/*
 * Parse all of text[len] (not terminated): optional sign, digits with an optional point, optional exponent; blanks
 * around it are skipped. Correctly rounded, as strtod() in the C locale. 0 and *out on success; -1 when it is no such
 * number or not finite ("nan", "inf", "1e999", hexadecimal, empty, anything after the number).
 */
int number_parse(const char *text, size_t len, double *out);

#endif
