/* kernel_back: gradients and Adam; a part of kernel_body.h. */
/* clang-format off: one operation a line reads better than one token a line */

/* Accumulators of W^T dz, and rows of dz x^T (4 accumulators each), for which there are registers. */
enum { BACK_ACC = VEC_NV == 4 ? 16 : VEC_NV == 3 ? 12 : 8, GRAD_ROWS = VEC_NV == 4 ? 5 : 2 };

/*
 * out (J,b) = W^T dz over quad_n quads: out[j] = sum over quads q and g of w[q][row0+j][g] dz[q][g].
 * w (quad_n, rows, 4); dz (quad_n, 4, b). add: out += instead.
 */
VEC_FN void back_tile(float *out, const float *w, const float *dz, size_t quad_n, size_t rows, const int add, const int jn,
		      const int nv)
{
	const size_t b = (size_t)nv * VL;
	vf acc[BACK_ACC][VEC_NV];

	for (int j = 0; j < jn; j++)
		EACH(v)
			acc[j][v] = add ? vf_load(out + (size_t)j * b + (size_t)v * VL) : vf_set1(0.0f);
	for (size_t q = 0; q < quad_n; q++) {
		for (int g = 0; g < 4; g++) {
			vf d[VEC_NV];

			EACH(v)
				d[v] = vf_load(dz + (q * 4 + (size_t)g) * b + (size_t)v * VL);
			for (int j = 0; j < jn; j++) {
				const vf k = vf_set1(w[(q * rows + (size_t)j) * 4 + (size_t)g]);

				EACH(v)
					acc[j][v] = vf_fma(k, d[v], acc[j][v]);
			}
		}
	}
	for (int j = 0; j < jn; j++)
		EACH(v)
			vf_store(out + (size_t)j * b + (size_t)v * VL, acc[j][v]);
}

VEC_FN void back_rows(float *out, const float *w, const float *dz, size_t quad_n, size_t rows, size_t J, const int add, const int nv)
{
	const size_t b = (size_t)nv * VL;
	size_t j = 0;

	for (; j + (size_t)(BACK_ACC / nv) <= J; j += (size_t)(BACK_ACC / nv))
		back_tile(out + j * b, w + 4 * j, dz, quad_n, rows, add, BACK_ACC / nv, nv);
	for (; j < J; j++)
		back_tile(out + j * b, w + 4 * j, dz, quad_n, rows, add, 1, nv);
}

/*
 * grad (J,4) += sum over n and the lanes of in[i][j] dz[i][g], for one quad.
 * in: rows at in + i*in_stride + j*b; dz: at dz + i*dz_stride + g*b.
 */
VEC_FN void grad_tile(float *grad, const float *in, size_t in_stride, const float *dz, size_t dz_stride, size_t n, const int jn,
		      const int nv)
{
	const size_t b = (size_t)nv * VL;
	vf acc[GRAD_ROWS][4];

	for (int j = 0; j < jn; j++)
		for (int g = 0; g < 4; g++)
			acc[j][g] = vf_set1(0.0f);
	for (size_t i = 0; i < n; i++) {
		EACH(v) {
			vf d[4];

			for (int g = 0; g < 4; g++)
				d[g] = vf_load(dz + i * dz_stride + (size_t)g * b + (size_t)v * VL);
			for (int j = 0; j < jn; j++) {
				const vf x = vf_load(in + i * in_stride + (size_t)j * b + (size_t)v * VL);

				for (int g = 0; g < 4; g++)
					acc[j][g] = vf_fma(x, d[g], acc[j][g]);
			}
		}
	}
	for (int j = 0; j < jn; j++)
		vf_hadd4(grad + 4 * j, acc[j][0], acc[j][1], acc[j][2], acc[j][3]);
}

VEC_FN void grad_rows(float *grad, const float *in, size_t in_stride, const float *dz, size_t dz_stride, size_t n, size_t J,
		      const int nv)
{
	const size_t b = (size_t)nv * VL;
	size_t j = 0;

	for (; j + GRAD_ROWS <= J; j += GRAD_ROWS)
		grad_tile(grad + 4 * j, in + j * b, in_stride, dz, dz_stride, n, GRAD_ROWS, nv);
	for (; j < J; j++)
		grad_tile(grad + 4 * j, in + j * b, in_stride, dz, dz_stride, n, 1, nv);
}

/* grad (4) += sum over n and the lanes of dz[i][g]. */
VEC_FN void grad_bias(float *grad, const float *dz, size_t dz_stride, size_t n, const int nv)
{
	const size_t b = (size_t)nv * VL;
	vf acc[4];

	for (int g = 0; g < 4; g++)
		acc[g] = vf_set1(0.0f);
	for (size_t i = 0; i < n; i++)
		for (int g = 0; g < 4; g++)
			EACH(v)
				acc[g] = vf_add(acc[g], vf_load(dz + i * dz_stride + (size_t)g * b + (size_t)v * VL));
	vf_hadd4(grad, acc[0], acc[1], acc[2], acc[3]);
}

/* d * a'(z), from y = a(z). */
VEC_FN vf act_back(vf d, vf y, const enum activation act)
{
	switch (act) {
	case ACT_RELU:
		return vf_if_positive(y, d);
	case ACT_SIGMOID:
		return vf_mul(d, vf_fnma(y, y, y));
	case ACT_TANH:
		return vf_mul(d, vf_fnma(y, y, vf_set1(1.0f)));
	default:
		return d;
	}
}

/*
 * One unit, one step: from dh to dz of its gates and to dc of the step before.
 *   do = dh a(c)   dc += dh o a'(c)   di = dc g   dg = dc i   df = dc c_old   dc_old = dc f;   each times its gate's derivative
 */
VEC_FN void cell_back(const struct lstm_block *a, const vf *dh, float *dc, float *dz, size_t t, size_t u, const int relu,
		      const int last, const int nv)
{
	const size_t b = (size_t)nv * VL;
	const enum activation act = relu ? ACT_RELU : ACT_TANH;
	const float *const gates = a->gates + (t * a->H + u) * 5 * b;
	const float *const c_old = a->c + ((t - 1) * a->H + u) * b; /* only used from t = 1 */

	EACH(v) {
		const size_t k = (size_t)v * VL;
		const vf i = vf_load(gates + k), f = vf_load(gates + b + k), g = vf_load(gates + 2 * b + k);
		const vf o = vf_load(gates + 3 * b + k), ac = vf_load(gates + 4 * b + k);
		vf d = act_back(vf_mul(dh[v], o), ac, act);

		if (!last)
			d = vf_add(d, vf_load(dc + k));
		vf_store(dz + k, act_back(vf_mul(d, g), i, ACT_SIGMOID));
		vf_store(dz + b + k, t > 0 ? act_back(vf_mul(d, vf_load(c_old + k)), f, ACT_SIGMOID) : vf_set1(0.0f));
		vf_store(dz + 2 * b + k, act_back(vf_mul(d, i), g, act));
		vf_store(dz + 3 * b + k, act_back(vf_mul(dh[v], ac), o, ACT_SIGMOID));
		vf_store(dc + k, vf_mul(d, f));
	}
}

VEC_FN void lstm_back_steps(const struct lstm_back *g, const int relu, const int nv)
{
	const struct lstm_block *const a = g->fwd;
	const size_t b = (size_t)nv * VL, rows = 1 + a->X + a->H;

	for (size_t t = a->T; t-- > 0;) {
		const int last = t == a->T - 1;
		const float *const dy = g->last_only ? (last ? g->dy : NULL) : g->dy + t * a->H * b;

		for (size_t u = 0; u < a->H; u++) {
			vf dh[VEC_NV];

			EACH(v) {
				const size_t k = u * b + (size_t)v * VL;

				dh[v] = last ? vf_load(dy + k) : vf_load(g->dh + k);
				if (!last && dy != NULL)
					dh[v] = vf_add(dh[v], vf_load(dy + k));
			}
			cell_back(a, dh, g->dc + u * b, g->dz + (t * a->H + u) * 4 * b, t, u, relu, last, nv);
		}
		if (t > 0)
			back_rows(g->dh, a->pack + 4 * (1 + a->X), g->dz + t * a->H * 4 * b, a->H, rows, a->H, 0, nv);
	}
}

/* What does not depend on the order of the steps: gradients of the weights and of the input. */
VEC_FN void lstm_back_weights(const struct lstm_back *g, const int nv)
{
	const struct lstm_block *const a = g->fwd;
	const size_t b = (size_t)nv * VL, rows = 1 + a->X + a->H, step = a->H * 4 * b;
	const size_t n = a->x_once ? 1 : a->T;
	const float *dzx = g->dz;

	if (a->x_once) {
		for (size_t k = 0; k < step; k += VL) {
			vf s = vf_load(g->dz + k);

			for (size_t t = 1; t < a->T; t++)
				s = vf_add(s, vf_load(g->dz + t * step + k));
			vf_store(g->dzsum + k, s);
		}
		dzx = g->dzsum;
	}
	for (size_t u = 0; u < a->H; u++) {
		float *const grad = g->grad + u * rows * 4;

		grad_bias(grad, dzx + u * 4 * b, step, n, nv);
		grad_rows(grad + 4, a->x, a->X * b, dzx + u * 4 * b, step, n, a->X, nv);
		if (a->T > 1)
			grad_rows(grad + 4 * (1 + a->X), a->h, a->H * b, g->dz + step + u * 4 * b, step, a->T - 1, a->H, nv);
	}
	if (g->dx != NULL)
		for (size_t t = 0; t < n; t++)
			back_rows(g->dx + t * a->X * b, a->pack + 4, dzx + t * step, a->H, rows, a->X, 0, nv);
}

/*
 * dy becomes dz in place. Its rows need not fill the last quad, so quads are gathered into q[4][b] first, with zeros where there is
 * no unit.
 */
VEC_FN void dense_back_rows(const struct dense_back *g, const int nv)
{
	const struct dense_block *const a = g->fwd;
	const size_t b = (size_t)nv * VL, rows = 1 + a->X;
	_Alignas(KERNEL_ALIGN) float q[4 * VEC_NV * VL];

	for (size_t k = 0; k < a->n * a->H * b; k += VL)
		vf_store(g->dy + k, act_back(vf_load(g->dy + k), vf_load(a->y + k), a->act));
	for (size_t i = 0; i < a->n; i++) {
		const float *const x = a->x + i * a->X * b;

		for (size_t u = 0; u < a->H; u += 4) {
			const float *dz = g->dy + (i * a->H + u) * b;
			const float *const w = a->pack + u * rows;
			float *const grad = g->grad + u * rows;

			if (u + 4 > a->H) {
				memset(q, 0, sizeof(q));
				memcpy(q, dz, (a->H - u) * b * sizeof(*q));
				dz = q;
			}
			grad_bias(grad, dz, 0, 1, nv);
			grad_rows(grad + 4, x, 0, dz, 0, 1, a->X, nv);
			if (g->dx != NULL)
				back_rows(g->dx + i * a->X * b, w + 4, dz, 1, rows, a->X, u > 0, nv);
		}
	}
}

static void KERNEL_FN(adam)(const struct adam_step *a)
{
	const vf b1 = vf_set1(a->one_minus_beta1), b2 = vf_set1(a->one_minus_beta2), scale = vf_set1(a->g_scale);
	const vf alpha = vf_set1(a->alpha), epsilon = vf_set1(a->epsilon);

	for (size_t i = 0; i < a->n; i += VL) { /* the arrays are padded to whole vectors */
		const vf g = vf_mul(vf_load(a->g + i), scale);
		const vf m = vf_load(a->m + i), v = vf_load(a->v + i);
		const vf m1 = vf_fma(vf_sub(g, m), b1, m);
		const vf v1 = vf_fma(vf_sub(vf_mul(g, g), v), b2, v);

		vf_store(a->m + i, m1);
		vf_store(a->v + i, v1);
		vf_store(a->p + i, vf_sub(vf_load(a->p + i), vf_div(vf_mul(alpha, m1), vf_add(vf_sqrt(v1), epsilon))));
	}
}
