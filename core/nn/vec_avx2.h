/* vec_avx2: 8 floats; the vector operations that kernel_body.h is written in. */
/* clang-format off: one operation a line reads better than one token a line */
#ifndef NN_VEC_H
#define NN_VEC_H

#include <immintrin.h>

#define VEC_NV 3 /* 4 gates x 3 vectors = 12 of 16 registers are accumulators */
enum { VL = 8, VEC_ONE = 8 };

typedef __m256 vf;

#define VEC_FN static inline __attribute__((always_inline))

VEC_FN vf vf_load(const float *p)
{
	return _mm256_load_ps(p);
}
VEC_FN vf vf_loadu(const float *p)
{
	return _mm256_loadu_ps(p);
}
VEC_FN void vf_store(float *p, vf a)
{
	_mm256_store_ps(p, a);
}
VEC_FN vf vf_set1(float x)
{
	return _mm256_set1_ps(x);
}
VEC_FN vf vf_add(vf a, vf b)
{
	return _mm256_add_ps(a, b);
}
VEC_FN vf vf_sub(vf a, vf b)
{
	return _mm256_sub_ps(a, b);
}
VEC_FN vf vf_mul(vf a, vf b)
{
	return _mm256_mul_ps(a, b);
}
VEC_FN vf vf_div(vf a, vf b)
{
	return _mm256_div_ps(a, b);
}
VEC_FN vf vf_sqrt(vf a)
{
	return _mm256_sqrt_ps(a);
}
VEC_FN vf vf_fma(vf a, vf b, vf c)
{
	return _mm256_fmadd_ps(a, b, c);
} /* a*b + c */
VEC_FN vf vf_fnma(vf a, vf b, vf c)
{
	return _mm256_fnmadd_ps(a, b, c);
} /* c - a*b */
/* The second operand comes back when one is NaN: a NaN in x survives. */
VEC_FN vf vf_min(vf bound, vf x)
{
	return _mm256_min_ps(bound, x);
}
VEC_FN vf vf_max(vf bound, vf x)
{
	return _mm256_max_ps(bound, x);
}
VEC_FN vf vf_floor(vf a)
{
	return _mm256_floor_ps(a);
}
/* p * 2^n, n whole in [-126, 127], p >= 1. NaN in both gives NaN: that n converts to INT_MIN, which shifts to 0. */
VEC_FN vf vf_scale2(vf p, vf n)
{
	const __m256i k = _mm256_cvttps_epi32(n);

	return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), _mm256_slli_epi32(k, 23)));
}
VEC_FN vf vf_if_positive(vf x, vf then)
{
	return _mm256_and_ps(_mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_GT_OQ), then);
}

/* out[k] += sum of the lanes of a[k], k = 0..3. */
VEC_FN void vf_hadd4(float *out, vf a0, vf a1, vf a2, vf a3)
{
	const vf s = _mm256_hadd_ps(_mm256_hadd_ps(a0, a1), _mm256_hadd_ps(a2, a3));
	const __m128 q = _mm_add_ps(_mm256_castps256_ps128(s), _mm256_extractf128_ps(s, 1));

	_mm_storeu_ps(out, _mm_add_ps(_mm_loadu_ps(out), q));
}

#endif
