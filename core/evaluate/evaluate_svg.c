/* evaluate_svg: axes, curves and bars. */
#include "evaluate/evaluate_svg.h"

#include <math.h>
#include <stdlib.h>

enum { WIDTH = 380, HEIGHT = 340, LEFT = 48, RIGHT = 12, TOP = 30, BOTTOM = 46, BINS = 40, LOG_DECADES = 4 };

static const struct {
	const char *title, *x, *y;
} kinds[] = {
	[CURVE_ROC] = { "ROC", "false-alarm rate", "share of attacks found" },
	[CURVE_ROC_LOG] = { "ROC where it counts", "false-alarm rate, logarithmic", "share of attacks found" },
	[CURVE_PR] = { "Precision and recall", "recall", "precision" },
};

static double px(double x)
{
	return LEFT + (WIDTH - LEFT - RIGHT) * fmax(0, fmin(1, x));
}

static double py(double y)
{
	return TOP + (HEIGHT - TOP - BOTTOM) * (1 - fmax(0, fmin(1, y)));
}

static double log_place(double rate)
{
	return rate > 0 ? 1 + log10(rate) / LOG_DECADES : 0;
}

static void begin(struct text *t, const char *title, const char *x, const char *y)
{
	text_printf(t, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\"><text class=\"h\" x=\"%d\" y=\"18\">%s</text>\n",
		    WIDTH, HEIGHT, title, LEFT, title);
	text_printf(t, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x);
	text_printf(t, "<text transform=\"translate(12 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>\n",
		    (TOP + HEIGHT - BOTTOM) / 2, y);
}

static void unit_axes(struct text *t, int log_x)
{
	for (int i = 0; i <= 5; i++) {
		const double v = i / 5.0;

		text_printf(t, "<path class=\"g\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.1f</text>",
			    LEFT, py(v), WIDTH - RIGHT, LEFT - 6, py(v) + 4, v);
	}
	for (int i = 0; i <= (log_x ? LOG_DECADES : 5); i++) {
		const double v = log_x ? (double)i / LOG_DECADES : i / 5.0;

		text_printf(t, "<path class=\"g\" d=\"M%.1f %dV%d\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g</text>",
			    px(v), TOP, HEIGHT - BOTTOM, px(v), HEIGHT - BOTTOM + 16, log_x ? pow(10, i - LOG_DECADES) : v);
	}
	text_str(t, "\n");
}

/* A path that leaves out what would not move it by half a unit. */
struct pen {
	struct text *t;
	double x, y;
	int down;
};

static void pen_to(struct pen *p, double x, double y, int last)
{
	if (p->down && !last && fabs(x - p->x) < 0.5 && fabs(y - p->y) < 0.5)
		return;
	text_printf(p->t, p->down ? "L%.1f %.1f" : "M%.1f %.1f", x, y);
	*p = (struct pen){ p->t, x, y, 1 };
}

static void draw_curve(struct text *t, const struct ranking *r, enum curve_kind kind, size_t number)
{
	const double attacks = (double)ranking_attacks(r), rest = (double)ranking_n(r) - attacks;
	const size_t points = ranking_points(r);
	struct pen pen = { .t = t };

	text_printf(t, "<path class=\"l c%zu\" d=\"", number);
	if (kind != CURVE_PR)
		pen_to(&pen, px(0), py(0), 0);
	for (size_t i = 0; i < points; i++) {
		const struct ranking_point p = ranking_point(r, i);
		const double tpr = (double)p.tp / attacks, fpr = (double)p.fp / rest, flagged = (double)(p.tp + p.fp);
		const double x = kind == CURVE_PR ? px(tpr) : px(kind == CURVE_ROC ? fpr : log_place(fpr));
		const double y = kind == CURVE_PR ? py((double)p.tp / flagged) : py(tpr);

		/* Between two points of precision and recall there are no others: a step, not a slope (Davis & Goadrich 2006). */
		if (kind == CURVE_PR && pen.down)
			pen_to(&pen, pen.x, y, 0);
		/* A chord over decades of a logarithm would promise what no threshold gives. */
		if (kind == CURVE_ROC_LOG)
			pen_to(&pen, x, pen.y, 1);
		pen_to(&pen, x, y, i + 1 == points);
	}
	text_str(t, "\"/>\n");
}

int svg_curves(struct text *t, const struct evaluated *f, enum curve_kind kind, struct err *e)
{
	const struct view *const v = &f->c[0].flow;
	int r = OK;

	if (v->attacks == 0 || v->attacks == v->n)
		return OK;
	begin(t, kinds[kind].title, kinds[kind].x, kinds[kind].y);
	unit_axes(t, kind == CURVE_ROC_LOG);
	for (size_t i = f->n; i-- > 0 && r == OK;) { /* ours on top */
		struct ranking *ranking = NULL;

		if ((r = measure_ranking(&ranking, &f->test, f->c[i].answer, e)) == OK)
			draw_curve(t, ranking, kind, i);
		ranking_del(ranking);
	}
	text_str(t, "</svg>\n");
	return r;
}

/* Where a score falls: linear, or by its logarithm when scores span more than two decades. */
struct scale {
	double low, high;
	int log;
};

static double place(const struct scale *s, double v)
{
	const double x = s->log ? log10(fmax(v, s->low)) : v, lo = s->log ? log10(s->low) : s->low,
		     hi = s->log ? log10(s->high) : s->high;

	return hi > lo ? fmax(0, fmin(1, (x - lo) / (hi - lo))) : 0.5;
}

static struct scale find_scale(const struct evaluated *f, const struct contestant *c)
{
	struct scale s = { INFINITY, -INFINITY, 0 };
	double least = INFINITY;

	for (size_t i = 0; i < f->test.n; i++) {
		const double v = c->answer[i].score;

		if (!isfinite(v) || f->test.flow[i].truth == TRUTH_NONE)
			continue;
		s.low = fmin(s.low, v);
		s.high = fmax(s.high, v);
		if (v > 0)
			least = fmin(least, v);
	}
	if (s.low >= 0 && s.high > 100 * least) {
		s.low = fmax(least, s.high * 1e-8);
		s.log = 1;
	}
	return s;
}

static void draw_bars(struct text *t, size_t bin[2][BINS])
{
	static const char *const classes[2] = { "benign", "attack" };
	size_t most = 1;

	for (size_t i = 0; i < 2 * BINS; i++)
		most = bin[i / BINS][i % BINS] > most ? bin[i / BINS][i % BINS] : most;
	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < BINS; i++) {
			const double y = py(log1p((double)bin[k][i]) / log1p((double)most)),
				     wide = (WIDTH - LEFT - RIGHT) / (double)BINS;

			if (bin[k][i] > 0)
				text_printf(t, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
					    classes[k], LEFT + wide * ((double)i + 0.5 * k), y, wide / 2, HEIGHT - BOTTOM - y);
		}
	text_printf(t,
		    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%zu</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>\n",
		    LEFT - 6, TOP + 4, most, LEFT - 6, HEIGHT - BOTTOM + 4);
}

void svg_histogram(struct text *t, const struct evaluated *f, const struct contestant *c)
{
	const struct scale s = find_scale(f, c);
	size_t bin[2][BINS] = { { 0 } };

	begin(t, "Scores", s.log ? "score, logarithmic" : "score", "flows, logarithmic");
	for (size_t i = 0; i < f->test.n; i++) {
		const double v = c->answer[i].score;
		const size_t at = isnan(v) ? 0 : isinf(v) ? (v > 0 ? BINS - 1 : 0) : (size_t)(place(&s, v) * (BINS - 1) + 0.5);

		if (f->test.flow[i].truth != TRUTH_NONE)
			bin[f->test.flow[i].truth == TRUTH_ATTACK][at]++;
	}
	draw_bars(t, bin);
	for (int i = 0; i <= 4 && s.low <= s.high; i++) {
		const double share = i / 4.0;
		const double v = s.log ? s.low * pow(s.high / s.low, share) : s.low + (s.high - s.low) * share;

		text_printf(t, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.3g</text>", px(share), HEIGHT - BOTTOM + 16, v);
	}
	if (c->threshold >= s.low && c->threshold <= s.high)
		text_printf(t, "<path class=\"t\" d=\"M%.1f %dV%d\"/>", px(place(&s, c->threshold)), TOP, HEIGHT - BOTTOM);
	else if (isfinite(c->threshold))
		text_printf(t, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">threshold %.4g: %s all scores</text>", WIDTH - RIGHT,
			    TOP + 10, c->threshold, c->threshold > s.high ? "above" : "below");
	text_printf(t,
		    "<rect class=\"benign\" x=\"%d\" y=\"8\" width=\"10\" height=\"10\"/><text x=\"%d\" "
		    "y=\"17\">benign</text><rect class=\"attack\" "
		    "x=\"%d\" y=\"8\" width=\"10\" height=\"10\"/><text x=\"%d\" y=\"17\">attack</text></svg>\n",
		    WIDTH - 220, WIDTH - 205, WIDTH - 150, WIDTH - 135);
}

void svg_bar(struct text *t, double share)
{
	text_printf(t,
		    "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\"><rect class=\"back\" width=\"100\" "
		    "height=\"10\"/>"
		    "<rect class=\"attack\" width=\"%.1f\" height=\"10\"/></svg>",
		    isnan(share) ? 0 : 100 * share);
}
