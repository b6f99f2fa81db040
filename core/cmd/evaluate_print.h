/* evaluate_print: the result of an evaluation as tables for people. */
#ifndef CMD_EVALUATE_PRINT_H
#define CMD_EVALUATE_PRINT_H

#include <stdio.h>

#include "evaluate/evaluate.h"

void evaluate_print(FILE *out, const struct evaluation *ev);

#endif
