/* evaluate_svg: the plots of an evaluation as inline SVG, coloured by the style sheet of the page (classes c0, c1, …; benign, attack). */
#ifndef EVALUATE_EVALUATE_SVG_H
#define EVALUATE_EVALUATE_SVG_H

#include "base/text.h"
#include "evaluate/evaluate.h"

enum curve_kind { CURVE_ROC, CURVE_ROC_LOG, CURVE_PR };

/* One curve for each contestant of the file. Nothing, when there are no attacks or nothing else. ERR_NOMEM. */
int svg_curves(struct text *t, const struct evaluated *f, enum curve_kind kind, struct err *e);

/* Scores of the contestant on benign flows and on attacks, and its threshold. */
void svg_histogram(struct text *t, const struct evaluated *f, const struct contestant *c);

/* A bar for a share of 1. */
void svg_bar(struct text *t, double share);

#endif
