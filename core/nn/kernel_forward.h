/* kernel_forward: the forward passes over a block of windows; a part of kernel_body.h. */
/* clang-format off: one operation a line reads better than one token a line */

/* z += W x for one quad: w (J,4), x (J,b). */
VEC_FN void quad_add(vf (*z)[VEC_NV], const float *w, const float *x, size_t J, const int nv)
{
	for (size_t j = 0; j < J; j++) {
		vf xv[VEC_NV];

		EACH(v)
			xv[v] = vf_load(x + (j * (size_t)nv + (size_t)v) * VL);
		for (int g = 0; g < 4; g++) {
			const vf k = vf_set1(w[4 * j + (size_t)g]);

			EACH(v)
				z[g][v] = vf_fma(k, xv[v], z[g][v]);
		}
	}
}

VEC_FN void quad_bias(vf (*z)[VEC_NV], const float *bias, const int nv)
{
	for (int g = 0; g < 4; g++)
		EACH(v)
			z[g][v] = vf_set1(bias[g]);
}

VEC_FN void quad_load(vf (*z)[VEC_NV], const float *from, const int nv)
{
	for (int g = 0; g < 4; g++)
		EACH(v)
			z[g][v] = vf_load(from + ((size_t)g * (size_t)nv + (size_t)v) * VL);
}

VEC_FN void quad_store(float *to, vf (*z)[VEC_NV], const int nv)
{
	for (int g = 0; g < 4; g++)
		EACH(v)
			vf_store(to + ((size_t)g * (size_t)nv + (size_t)v) * VL, z[g][v]);
}

/* One step of one unit of training: plain weights, every gate kept for the way back. */
VEC_FN void cell_train(vf (*z)[VEC_NV], const float *c_old, float *c_new, float *h, float *gates, const int relu, const int nv)
{
	const enum activation act = relu ? ACT_RELU : ACT_TANH;
	vf c[VEC_NV];

	act_n(z[0], ACT_SIGMOID, nv);
	act_n(z[1], ACT_SIGMOID, nv);
	act_n(z[2], act, nv);
	act_n(z[3], ACT_SIGMOID, nv);
	quad_store(gates, z, nv);
	EACH(v)
		c[v] = vf_mul(z[0][v], z[2][v]);
	if (c_old != NULL)
		EACH(v)
			c[v] = vf_fma(z[1][v], vf_load(c_old + v * VL), c[v]);
	EACH(v)
		vf_store(c_new + v * VL, c[v]);
	act_n(c, act, nv);
	EACH(v)
		vf_store(gates + (4 * nv + v) * VL, c[v]);
	EACH(v)
		vf_store(h + v * VL, vf_mul(z[3][v], c[v]));
}

VEC_FN void lstm_steps(const struct lstm_block *a, const int relu, const int train, const int nv)
{
	const size_t b = (size_t)nv * VL, quad = 4 * (1 + a->X + a->H);

	for (size_t t = 0; t < a->T; t++) {
		const float *const x = a->x + t * a->X * b;
		const float *const h_old = a->h + (t - 1) * a->H * b; /* only used from t = 1 */
		float *const h_new = a->h + t * a->H * b;

		for (size_t u = 0; u < a->H; u++) {
			const float *const w = a->pack + u * quad;
			float *const zx = a->x_once ? a->zx + u * 4 * b : NULL;
			vf z[4][VEC_NV];

			if (zx != NULL && t > 0) {
				quad_load(z, zx, nv);
			} else {
				quad_bias(z, w, nv);
				quad_add(z, w + 4, a->x_once ? a->x : x, a->X, nv);
				if (zx != NULL)
					quad_store(zx, z, nv);
			}
			if (t > 0)
				quad_add(z, w + 4 * (1 + a->X), h_old, a->H, nv);
			if (train) {
				float *const c_new = a->c + (t * a->H + u) * b;

				cell_train(z, t > 0 ? c_new - a->H * b : NULL, c_new, h_new + u * b,
					   a->gates + (t * a->H + u) * 5 * b, relu, nv);
			} else {
				vf c[VEC_NV], h[VEC_NV];

				EACH(v)
					c[v] = t > 0 ? vf_load(a->c + u * b + (size_t)v * VL) : vf_set1(0.0f);
				if (relu)
					cell_relu(z, c, h, t == 0, nv);
				else
					cell_tanh(z, c, h, t == 0, nv);
				EACH(v)
					vf_store(a->c + u * b + (size_t)v * VL, c[v]);
				EACH(v)
					vf_store(h_new + u * b + (size_t)v * VL, h[v]);
			}
		}
	}
}

VEC_FN void dense_rows(const struct dense_block *a, const int nv)
{
	const size_t b = (size_t)nv * VL;

	for (size_t i = 0; i < a->n; i++) {
		for (size_t u = 0; u < a->H; u += 4) {
			const float *const w = a->pack + u * (1 + a->X);
			vf z[4][VEC_NV];

			quad_bias(z, w, nv);
			quad_add(z, w + 4, a->x + i * a->X * b, a->X, nv);
			for (int g = 0; g < 4; g++)
				act_n(z[g], a->act, nv);
			for (size_t g = 0; g < 4 && u + g < a->H; g++)
				EACH(v)
					vf_store(a->y + (i * a->H + u + g) * b + (size_t)v * VL, z[g][v]);
		}
	}
}
