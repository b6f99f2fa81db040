/*
 * kernel_cell: activations and the cell update of an LSTM on nv vectors at once; a part of kernel_body.h.
 *
 * Every operation is applied to all nv vectors before the next one, so that nv independent chains hide each other's latency.
 * Only IEEE operations and fused multiply-adds that are written out: kernels with FMA give the same bits.
 */
/* clang-format off: one operation a line reads better than one token a line */

#define EACH(v) for (int v = 0; v < nv; v++)

/*
 * t = 2^t, t clamped to [-126, 40]: below, 1 + 2^t is 1; above, three factors 1 + 2^t still have a finite product, and sigmoid ends at
 * 2^-40 instead of 0. A NaN stays one.
 * 2^frac by the minimax polynomial of degree 5 with c0 = 1 on [0,1) (Remez, relative error 8.3e-8 before rounding). What comes
 * of it in float arithmetic, as absolute error: sigmoid 9.6e-8, tanh 1.3e-7 (tests/kernel; `make check-activations` for all inputs).
 */
VEC_FN void exp2_n(vf *t, const int nv)
{
	vf n[VEC_NV], p[VEC_NV];

	EACH(v)
		t[v] = vf_min(vf_set1(40.0f), t[v]);
	EACH(v)
		t[v] = vf_max(vf_set1(-126.0f), t[v]);
	EACH(v)
		n[v] = vf_floor(t[v]);
	EACH(v)
		t[v] = vf_sub(t[v], n[v]);
	EACH(v)
		p[v] = vf_fma(t[v], vf_set1(0x1.e974fap-10f), vf_set1(0x1.277856p-7f));
	EACH(v)
		p[v] = vf_fma(p[v], t[v], vf_set1(0x1.c91ce6p-5f));
	EACH(v)
		p[v] = vf_fma(p[v], t[v], vf_set1(0x1.ebdb56p-3f));
	EACH(v)
		p[v] = vf_fma(p[v], t[v], vf_set1(0x1.62e4bap-1f));
	EACH(v)
		p[v] = vf_fma(p[v], t[v], vf_set1(1.0f));
	EACH(v)
		t[v] = vf_scale2(p[v], n[v]);
}

/*
 * Inference, tanh: z[gate] are folded; c is the old cell state, h and c come out. first: c is 0. With I = 2^zi = e^-i and so on
 *   c' = c/(1+F) + (1-G)/((1+I)(1+G)) = (c (1+I)(1+G) + (1-G)(1+F)) / ((1+F)(1+I)(1+G))
 *   h' = (1-C)/((1+O)(1+C)),  C = e^-2c'
 * one division each.
 */
VEC_FN void cell_tanh(vf (*z)[VEC_NV], vf *c, vf *h, const int first, const int nv)
{
	const vf one = vf_set1(1.0f);
	vf ig[VEC_NV], num[VEC_NV];

	exp2_n(z[0], nv);
	if (!first)
		exp2_n(z[1], nv);
	exp2_n(z[2], nv);
	exp2_n(z[3], nv);
	EACH(v)
		z[0][v] = vf_add(one, z[0][v]);
	EACH(v)
		num[v] = vf_sub(one, z[2][v]);
	EACH(v)
		z[2][v] = vf_add(one, z[2][v]);
	EACH(v)
		ig[v] = vf_mul(z[0][v], z[2][v]);
	if (!first) {
		EACH(v)
			z[1][v] = vf_add(one, z[1][v]);
		EACH(v)
			num[v] = vf_mul(num[v], z[1][v]);
		EACH(v)
			num[v] = vf_fma(c[v], ig[v], num[v]);
		EACH(v)
			ig[v] = vf_mul(ig[v], z[1][v]);
	}
	EACH(v)
		c[v] = vf_div(num[v], ig[v]);
	EACH(v)
		h[v] = vf_mul(c[v], vf_set1((float)KERNEL_FOLD_TANH));
	exp2_n(h, nv);
	EACH(v)
		z[3][v] = vf_add(one, z[3][v]);
	EACH(v)
		num[v] = vf_sub(one, h[v]);
	EACH(v)
		h[v] = vf_add(one, h[v]);
	EACH(v)
		h[v] = vf_mul(h[v], z[3][v]);
	EACH(v)
		h[v] = vf_div(num[v], h[v]);
}

/* The same with relu: z[2] is not folded.  c' = (c (1+I) + max(g,0) (1+F)) / ((1+F)(1+I)),  h' = max(c',0) / (1+O) */
VEC_FN void cell_relu(vf (*z)[VEC_NV], vf *c, vf *h, const int first, const int nv)
{
	const vf one = vf_set1(1.0f), zero = vf_set1(0.0f);

	exp2_n(z[0], nv);
	if (!first)
		exp2_n(z[1], nv);
	exp2_n(z[3], nv);
	EACH(v)
		z[0][v] = vf_add(one, z[0][v]);
	EACH(v)
		z[2][v] = vf_max(zero, z[2][v]);
	if (!first) {
		EACH(v)
			z[1][v] = vf_add(one, z[1][v]);
		EACH(v)
			z[2][v] = vf_mul(z[2][v], z[1][v]);
		EACH(v)
			z[2][v] = vf_fma(c[v], z[0][v], z[2][v]);
		EACH(v)
			z[0][v] = vf_mul(z[0][v], z[1][v]);
	}
	EACH(v)
		c[v] = vf_div(z[2][v], z[0][v]);
	EACH(v)
		z[3][v] = vf_add(one, z[3][v]);
	EACH(v)
		h[v] = vf_max(zero, c[v]);
	EACH(v)
		h[v] = vf_div(h[v], z[3][v]);
}

/* a(z), z not folded. */
VEC_FN void act_n(vf *z, const enum activation act, const int nv)
{
	const vf one = vf_set1(1.0f);
	vf d[VEC_NV];

	switch (act) {
	case ACT_LINEAR:
		break;
	case ACT_RELU:
		EACH(v)
			z[v] = vf_max(vf_set1(0.0f), z[v]);
		break;
	case ACT_SIGMOID:
		EACH(v)
			z[v] = vf_mul(z[v], vf_set1((float)KERNEL_FOLD_SIGMOID));
		exp2_n(z, nv);
		EACH(v)
			z[v] = vf_add(one, z[v]);
		EACH(v)
			z[v] = vf_div(one, z[v]);
		break;
	case ACT_TANH:
		EACH(v)
			z[v] = vf_mul(z[v], vf_set1((float)KERNEL_FOLD_TANH));
		exp2_n(z, nv);
		EACH(v)
			d[v] = vf_add(one, z[v]);
		EACH(v)
			z[v] = vf_sub(one, z[v]);
		EACH(v)
			z[v] = vf_div(z[v], d[v]);
		break;
	}
}
