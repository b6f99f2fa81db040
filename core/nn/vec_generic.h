/*
 * vec_generic: 4 floats by GCC's and clang's vector extensions; the vector operations that kernel_body.h is written in. On arm64
 * this is NEON with its fused multiply-add; elsewhere products are rounded before they are added.
 */
/* clang-format off: one operation a line reads better than one token a line */
#ifndef NN_VEC_H
#define NN_VEC_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__aarch64__)
#include <arm_neon.h>
#define VEC_NV 4 /* 32 registers */
#else
#define VEC_NV 2 /* 4 gates x 2 vectors = 8 of 16 registers are accumulators */
#endif
enum { VL = 4, VEC_ONE = 4 };

typedef float vf __attribute__((vector_size(16)));
typedef int32_t vi __attribute__((vector_size(16)));
typedef uint32_t vu __attribute__((vector_size(16)));

#define VEC_FN static inline __attribute__((always_inline))

VEC_FN vf vf_loadu(const float *p)
{
	vf a;

	memcpy(&a, p, sizeof(a));
	return a;
}
VEC_FN vf vf_load(const float *p)
{
	return vf_loadu((const float *)__builtin_assume_aligned(p, 16));
}
VEC_FN void vf_store(float *p, vf a)
{
	memcpy(__builtin_assume_aligned(p, 16), &a, sizeof(a));
}
VEC_FN vf vf_set1(float x)
{
	return (vf){ x, x, x, x };
}
VEC_FN vf vf_add(vf a, vf b)
{
	return a + b;
}
VEC_FN vf vf_sub(vf a, vf b)
{
	return a - b;
}
VEC_FN vf vf_mul(vf a, vf b)
{
	return a * b;
}
VEC_FN vf vf_div(vf a, vf b)
{
	return a / b;
}
VEC_FN vf vf_sqrt(vf a)
{
	return (vf){ sqrtf(a[0]), sqrtf(a[1]), sqrtf(a[2]), sqrtf(a[3]) };
}
#if defined(__aarch64__)
VEC_FN vf vf_fma(vf a, vf b, vf c)
{
	return (vf)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
VEC_FN vf vf_fnma(vf a, vf b, vf c)
{
	return (vf)vfmsq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
#else
VEC_FN vf vf_fma(vf a, vf b, vf c)
{
	return a * b + c;
} /* a*b + c */
VEC_FN vf vf_fnma(vf a, vf b, vf c)
{
	return c - a * b;
} /* c - a*b */
#endif
VEC_FN vf vf_select(vi mask, vf yes, vf no)
{
	return (vf)((mask & (vi)yes) | (~mask & (vi)no));
}
/* The second operand comes back when one is NaN: a NaN in x survives. */
VEC_FN vf vf_min(vf bound, vf x)
{
	return vf_select(bound < x, bound, x);
}
VEC_FN vf vf_max(vf bound, vf x)
{
	return vf_select(bound > x, bound, x);
}
VEC_FN vf vf_floor(vf a)
{
	const vf n = __builtin_convertvector(__builtin_convertvector(a, vi), vf);
	const vi small = (a < vf_set1(0x1p23f)) & (a > vf_set1(-0x1p23f)); /* else it is whole, infinite or NaN */

	return vf_select(small, n + __builtin_convertvector(n > a, vf), a); /* true is -1 */
}
/* p * 2^n, n whole in [-126, 127], p >= 1. */
VEC_FN vf vf_scale2(vf p, vf n)
{
	const vf y = (vf)((vu)p + ((vu) __builtin_convertvector(n, vi) << 23));

	return vf_select(p == p, y, p); /* a NaN stays one, whatever its n became */
}
VEC_FN vf vf_if_positive(vf x, vf then)
{
	return (vf)((x > vf_set1(0.0f)) & (vi)then);
}

/* out[k] += sum of the lanes of a[k], k = 0..3. */
VEC_FN void vf_hadd4(float *out, vf a0, vf a1, vf a2, vf a3)
{
	const vf s = { (a0[0] + a0[1]) + (a0[2] + a0[3]), (a1[0] + a1[1]) + (a1[2] + a1[3]), (a2[0] + a2[1]) + (a2[2] + a2[3]),
		       (a3[0] + a3[1]) + (a3[2] + a3[3]) };
	const vf r = vf_loadu(out) + s;

	memcpy(out, &r, sizeof(r));
}

#endif
