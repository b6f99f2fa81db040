/* vec_avx512: 16 floats; the vector operations that kernel_body.h is written in. */
/* clang-format off: one operation a line reads better than one token a line */
#ifndef NN_VEC_H
#define NN_VEC_H

#include <immintrin.h>

#define VEC_NV 4 /* 4 gates x 4 vectors = 16 of 32 registers are accumulators */
enum { VL = 16, VEC_ONE = 9 };

typedef __m512 vf;

#define VEC_FN static inline __attribute__((always_inline))

VEC_FN vf vf_load(const float *p)
{
	return _mm512_load_ps(p);
}
VEC_FN vf vf_loadu(const float *p)
{
	return _mm512_loadu_ps(p);
}
VEC_FN void vf_store(float *p, vf a)
{
	_mm512_store_ps(p, a);
}
VEC_FN vf vf_set1(float x)
{
	return _mm512_set1_ps(x);
}
VEC_FN vf vf_add(vf a, vf b)
{
	return _mm512_add_ps(a, b);
}
VEC_FN vf vf_sub(vf a, vf b)
{
	return _mm512_sub_ps(a, b);
}
VEC_FN vf vf_mul(vf a, vf b)
{
	return _mm512_mul_ps(a, b);
}
VEC_FN vf vf_div(vf a, vf b)
{
	return _mm512_div_ps(a, b);
}
VEC_FN vf vf_sqrt(vf a)
{
	return _mm512_sqrt_ps(a);
}
VEC_FN vf vf_fma(vf a, vf b, vf c)
{
	return _mm512_fmadd_ps(a, b, c);
} /* a*b + c */
VEC_FN vf vf_fnma(vf a, vf b, vf c)
{
	return _mm512_fnmadd_ps(a, b, c);
} /* c - a*b */
/* The second operand comes back when one is NaN: a NaN in x survives. */
VEC_FN vf vf_min(vf bound, vf x)
{
	return _mm512_min_ps(bound, x);
}
VEC_FN vf vf_max(vf bound, vf x)
{
	return _mm512_max_ps(bound, x);
}
VEC_FN vf vf_floor(vf a)
{
	return _mm512_roundscale_ps(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}
/* p * 2^n, n whole in [-126, 127], p >= 1. */
VEC_FN vf vf_scale2(vf p, vf n)
{
	return _mm512_scalef_ps(p, n);
}
VEC_FN vf vf_if_positive(vf x, vf then)
{
	return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_GT_OQ), then);
}

/* out[k] += sum of the lanes of a[k], k = 0..3. */
VEC_FN void vf_hadd4(float *out, vf a0, vf a1, vf a2, vf a3)
{
	const vf s0 = _mm512_add_ps(_mm512_unpacklo_ps(a0, a1), _mm512_unpackhi_ps(a0, a1));
	const vf s1 = _mm512_add_ps(_mm512_unpacklo_ps(a2, a3), _mm512_unpackhi_ps(a2, a3));
	const vf s = _mm512_add_ps(_mm512_shuffle_ps(s0, s1, 0x44), _mm512_shuffle_ps(s0, s1, 0xee));
	const __m128 q = _mm_add_ps(_mm_add_ps(_mm512_castps512_ps128(s), _mm512_extractf32x4_ps(s, 1)),
				    _mm_add_ps(_mm512_extractf32x4_ps(s, 2), _mm512_extractf32x4_ps(s, 3)));

	_mm_storeu_ps(out, _mm_add_ps(_mm_loadu_ps(out), q));
}

#endif
