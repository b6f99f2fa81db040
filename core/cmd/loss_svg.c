/* loss_svg: two lines over the epochs, logarithmic losses. */
#include "cmd/loss_svg.h"

#include <math.h>
#include <stdio.h>

#include "base/savefile.h"

enum { WIDTH = 760, HEIGHT = 400, LEFT = 78, RIGHT = 20, TOP = 66, BOTTOM = 48 };

/* The range of both lines in powers of ten, widened so that a flat line has room. */
struct scale {
	double lo, hi;
	size_t n;
};

static int drawable(double v)
{
	return isfinite(v) && v > 0;
}

static void extend(struct scale *s, const double *v, size_t n)
{
	for (size_t i = 0; v != NULL && i < n; i++) {
		if (!drawable(v[i]))
			continue;
		s->lo = fmin(s->lo, log10(v[i]));
		s->hi = fmax(s->hi, log10(v[i]));
	}
}

static double x_of(const struct scale *s, size_t epoch)
{
	const double span = s->n > 1 ? (double)(s->n - 1) : 1;

	return LEFT + (WIDTH - LEFT - RIGHT) * (double)(epoch - 1) / span;
}

static double y_of(const struct scale *s, double power)
{
	return TOP + (HEIGHT - TOP - BOTTOM) * (s->hi - power) / (s->hi - s->lo);
}

static void escape(FILE *f, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '&':
			fputs("&amp;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		default:
			fputc((unsigned char)*text < 0x20 ? ' ' : *text, f);
		}
	}
}

static void line(FILE *f, const struct scale *s, const double *v, const char *class)
{
	int pen = 0;

	fprintf(f, "<path class=\"%s\" d=\"", class);
	for (size_t i = 0; i < s->n; i++) {
		if (drawable(v[i]))
			fprintf(f, "%c%.1f %.1f", pen ? 'L' : 'M', x_of(s, i + 1), y_of(s, log10(v[i])));
		pen = drawable(v[i]);
	}
	fputs("\"/>\n", f);
}

/* Marks at 1, 2 and 5 of each power of ten, or finer when the range is small. */
static void loss_axis(FILE *f, const struct scale *s)
{
	static const double marks[2][9] = { { 1, 2, 5 }, { 1, 1.5, 2, 3, 4, 5, 6, 7, 8 } };
	const int fine = s->hi - s->lo < 1;

	for (int p = (int)floor(s->lo); p <= (int)ceil(s->hi); p++) {
		for (size_t m = 0; m < (fine ? 9 : 3); m++) {
			const double v = marks[fine][m] * pow(10, p), y = y_of(s, log10(v));

			if (log10(v) < s->lo || log10(v) > s->hi)
				continue;
			fprintf(f,
				"<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" "
				"text-anchor=\"end\">%.3g</text>\n",
				LEFT, y, WIDTH - RIGHT, LEFT - 8, y + 4, v);
		}
	}
}

static void epoch_axis(FILE *f, const struct scale *s)
{
	size_t step = 1;

	for (size_t k = 0; s->n / step > 10; k++)
		step = k % 3 == 1 ? step / 2 * 5 : step * 2; /* 1 2 5 10 20 50 ... */
	for (size_t i = step; i <= s->n; i += step)
		fprintf(f, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%zu</text>\n", x_of(s, i), HEIGHT - BOTTOM + 20, i);
	fprintf(f, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">epoch</text>\n", (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10);
}

static void draw(FILE *f, const struct loss_curve *c, const struct scale *s)
{
	fprintf(f,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
		"<style>.grid{stroke:#ddd;fill:none}.loss{stroke:#0d6efd;fill:none;stroke-width:2}.val{stroke:#fd7e14;fill:none;"
		"stroke-width:2}"
		".best{stroke:#198754;stroke-dasharray:4 3}text{fill:#333}</style>\n"
		"<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n<text x=\"%d\" y=\"22\" font-size=\"15\">",
		WIDTH, HEIGHT, WIDTH, HEIGHT, LEFT);
	escape(f, c->title);
	fputs("</text>\n", f);
	loss_axis(f, s);
	epoch_axis(f, s);
	if (c->best_epoch > 0)
		fprintf(f,
			"<path class=\"best\" d=\"M%.1f %dV%d\"/><text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">kept: epoch "
			"%zu</text>\n",
			x_of(s, c->best_epoch), TOP, HEIGHT - BOTTOM, x_of(s, c->best_epoch) + (c->best_epoch * 2 > s->n ? -6 : 6),
			TOP + 12, c->best_epoch * 2 > s->n ? "end" : "start", c->best_epoch);
	line(f, s, c->loss, "loss");
	if (c->val_loss != NULL)
		line(f, s, c->val_loss, "val");
	fprintf(f, "<path class=\"loss\" d=\"M%d 44h24\"/><text x=\"%d\" y=\"48\">training loss</text>\n", LEFT, LEFT + 30);
	if (c->val_loss != NULL)
		fprintf(f, "<path class=\"val\" d=\"M%d 44h24\"/><text x=\"%d\" y=\"48\">validation loss</text>\n", LEFT + 130,
			LEFT + 160);
	fprintf(f, "<text x=\"%d\" y=\"48\" text-anchor=\"end\">mean squared error, logarithmic</text>\n", WIDTH - RIGHT);
	fputs("</svg>\n", f);
}

int loss_svg_save(const char *path, const struct loss_curve *c, struct err *e)
{
	struct scale s = { .lo = INFINITY, .hi = -INFINITY, .n = c->n };
	struct savefile out;
	int r;

	extend(&s, c->loss, c->n);
	extend(&s, c->val_loss, c->n);
	if (!(s.lo <= s.hi))
		s.lo = s.hi = 0;
	s.lo -= 0.08;
	s.hi += 0.08;
	if ((r = savefile_open(&out, path, e)) < 0)
		return r;
	draw(out.f, c, &s);
	return savefile_commit(&out, e);
}
