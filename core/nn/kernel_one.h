/* kernel_one: the forward pass of a single window, outputs along the lanes; a part of kernel_body.h. */
/* clang-format off: one operation a line reads better than one token a line */

/* z[k vectors] += W x: w (J,Z), x (J). */
VEC_FN void wide_add_n(float *z, const float *w, const float *x, size_t J, size_t Z, const int k)
{
	vf acc[8];

	for (int i = 0; i < k; i++)
		acc[i] = vf_load(z + i * VL);
	for (size_t j = 0; j < J; j++) {
		const vf xv = vf_set1(x[j]);

		for (int i = 0; i < k; i++)
			acc[i] = vf_fma(vf_load(w + j * Z + i * VL), xv, acc[i]);
	}
	for (int i = 0; i < k; i++)
		vf_store(z + i * VL, acc[i]);
}

/* z(Z) += W x, in parts of at most 8 vectors and of nearly the same size: that many chains of additions run side by side. */
static void wide_add(float *z, const float *w, const float *x, size_t J, size_t Z)
{
	const size_t n = Z / VL, parts = (n + 7) / 8;

	for (size_t p = 0, at = 0; p < parts; p++) {
		const size_t k = (n - at) / (parts - p);
		float *const zp = z + at * VL;
		const float *const wp = w + at * VL;

		switch (k) {
		case 1:
			wide_add_n(zp, wp, x, J, Z, 1);
			break;
		case 2:
			wide_add_n(zp, wp, x, J, Z, 2);
			break;
		case 3:
			wide_add_n(zp, wp, x, J, Z, 3);
			break;
		case 4:
			wide_add_n(zp, wp, x, J, Z, 4);
			break;
		case 5:
			wide_add_n(zp, wp, x, J, Z, 5);
			break;
		case 6:
			wide_add_n(zp, wp, x, J, Z, 6);
			break;
		case 7:
			wide_add_n(zp, wp, x, J, Z, 7);
			break;
		case 8:
			wide_add_n(zp, wp, x, J, Z, 8);
			break;
		}
		at += k;
	}
}

VEC_FN size_t wide_cols(size_t cols)
{
	return (cols + VL - 1) / VL * VL;
}

/* The cell update of all units. Vectors run over the end of a gate into what follows it: those lanes hold nothing of meaning. */
VEC_FN void one_cell(const struct lstm_one *a, const float *z, float *h, const int relu, const int first)
{
	const int nv = 1;

	for (size_t u = 0; u < a->H; u += VL) {
		vf q[4][VEC_NV], c[VEC_NV], hv[VEC_NV];

		for (size_t g = 0; g < 4; g++)
			q[g][0] = vf_loadu(z + g * a->H + u);
		c[0] = first ? vf_set1(0.0f) : vf_load(a->c + u);
		if (relu)
			cell_relu(q, c, hv, first, nv);
		else
			cell_tanh(q, c, hv, first, nv);
		vf_store(a->c + u, c[0]);
		vf_store(h + u, hv[0]);
	}
}

static void KERNEL_FN(lstm_one)(const struct lstm_one *a)
{
	const size_t Z = wide_cols(4 * a->H);
	const float *const wx = a->wide + Z, *const wh = wx + a->X * Z;

	for (size_t i = 0; i < VL; i++)
		a->z[Z + i] = 0;
	for (size_t t = 0; t < a->T; t++) {
		if (a->x_once && t > 0) {
			memcpy(a->z, a->zx, Z * sizeof(*a->z));
		} else {
			memcpy(a->z, a->wide, Z * sizeof(*a->z));
			wide_add(a->z, wx, a->x + (a->x_once ? 0 : t * a->xs), a->X, Z);
			if (a->x_once)
				memcpy(a->zx, a->z, Z * sizeof(*a->z));
		}
		if (t > 0)
			wide_add(a->z, wh, a->h + (t - 1) * a->S, a->H, Z);
		if (a->relu)
			one_cell(a, a->z, a->h + t * a->S, 1, t == 0);
		else
			one_cell(a, a->z, a->h + t * a->S, 0, t == 0);
	}
}

static void KERNEL_FN(dense_one)(const struct dense_one *a)
{
	const size_t Z = wide_cols(a->H);

	for (size_t i = 0; i < a->n; i++) {
		float *const y = a->y + i * a->S;

		memcpy(y, a->wide, Z * sizeof(*y));
		wide_add(y, a->wide + Z, a->x + i * a->xs, a->X, Z);
		for (size_t u = 0; u < a->H; u += VL) {
			vf v = vf_load(y + u);

			act_n(&v, a->act, 1);
			vf_store(y + u, v);
		}
	}
}
