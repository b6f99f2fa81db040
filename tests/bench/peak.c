/* peak: 12 independent chains in registers, enough to hide the latency of 4 to 5 cycles on two ports. */
/* clang-format off: one operation a line reads better than one token a line */
#include "bench/peak.h"

#include <string.h>

enum { CHAINS = 12, TURNS = 6000000 };

#define EACH_CHAIN(X) X(x0) X(x1) X(x2) X(x3) X(x4) X(x5) X(x6) X(x7) X(x8) X(x9) X(x10) X(x11)

/* The asm keeps the compiler from joining or dropping the chains; it needs plain variables, no array. */
#define START(x) vec x = a;
#define STEP(x)                                                                                                                    \
	x = FMA(x, a, b);                                                                                                          \
	KEEP(x);
#define BURST                                                                                                                      \
	EACH_CHAIN(START)                                                                                                          \
	for (long n = 0; n < TURNS; n++) {                                                                                         \
		EACH_CHAIN(STEP)                                                                                                   \
	}

#if defined(__x86_64__)
#include <immintrin.h>

#define KEEP(x) __asm__ volatile("" : "+v"(x))
#define FMA     _mm512_fmadd_ps
__attribute__((target("avx512f"))) static void burst_avx512(void)
{
	typedef __m512 vec;
	const vec a = _mm512_set1_ps(0.999f), b = _mm512_set1_ps(0.001f);

	BURST
}
#undef KEEP
#undef FMA

#define KEEP(x) __asm__ volatile("" : "+x"(x))
#define FMA     _mm256_fmadd_ps
__attribute__((target("avx2,fma"))) static void burst_avx2(void)
{
	typedef __m256 vec;
	const vec a = _mm256_set1_ps(0.999f), b = _mm256_set1_ps(0.001f);

	BURST
}
#undef FMA

#define FMA(x, y, z) _mm_add_ps(_mm_mul_ps(x, y), z)
static void burst_generic(void)
{
	typedef __m128 vec;
	const vec a = _mm_set1_ps(0.999f), b = _mm_set1_ps(0.001f);

	BURST
}
#elif defined(__aarch64__)
#include <arm_neon.h>

#define KEEP(x)      __asm__ volatile("" : "+w"(x))
#define FMA(x, y, z) vfmaq_f32(z, x, y)
static void burst_generic(void)
{
	typedef float32x4_t vec;
	const vec a = vdupq_n_f32(0.999f), b = vdupq_n_f32(0.001f);

	BURST
}
#else
static void burst_generic(void)
{
	volatile float x = 1;

	for (long n = 0; n < 4L * CHAINS * TURNS; n++)
		x = x * 0.999f + 0.001f;
}
#endif

double peak_burst(const char *kernel)
{
	double lanes = 4;

#if defined(__x86_64__)
	if (strcmp(kernel, "avx512") == 0) {
		burst_avx512();
		lanes = 16;
	} else if (strcmp(kernel, "avx2") == 0) {
		burst_avx2();
		lanes = 8;
	} else
#endif
		burst_generic();
	return 1e-9 * lanes * 2 * CHAINS * TURNS;
}
