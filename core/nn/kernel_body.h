/*
 * kernel_body: the kernels, written in the vector operations of a vec_*.h. kernel_<isa>.c defines KERNEL_ISA, includes its vec_*.h
 * and then this file, which defines `const struct kernel_ops kernel_<isa>`.
 */
/* clang-format off: one operation a line reads better than one token a line */
#include <string.h>

#include "nn/kernel_ops.h"

#define KERNEL_JOIN2(a, b) a##_##b
#define KERNEL_JOIN(a, b)  KERNEL_JOIN2(a, b)
#define KERNEL_FN(name)    KERNEL_JOIN(name, KERNEL_ISA)
#define KERNEL_TEXT2(a)    #a
#define KERNEL_TEXT(a)     KERNEL_TEXT2(a)

#include "nn/kernel_cell.h"
#include "nn/kernel_forward.h"
#include "nn/kernel_one.h"
#include "nn/kernel_back.h"

/* The number of vectors is a constant inside: accumulators then live in registers. Arrays hold VEC_NV vectors and no more. */
#if VEC_NV >= 3
#define CASE_3(CALL)                                                                                                               \
	case 3:                                                                                                                    \
		CALL(3);                                                                                                           \
		break;
#else
#define CASE_3(CALL)
#endif
#if VEC_NV >= 4
#define CASE_4(CALL)                                                                                                               \
	case 4:                                                                                                                    \
		CALL(4);                                                                                                           \
		break;
#else
#define CASE_4(CALL)
#endif
#define BY_NV(nv, CALL)                                                                                                            \
	switch (nv) {                                                                                                              \
	case 1:                                                                                                                    \
		CALL(1);                                                                                                           \
		break;                                                                                                             \
	case 2:                                                                                                                    \
		CALL(2);                                                                                                           \
		break;                                                                                                             \
		CASE_3(CALL)                                                                                                       \
		CASE_4(CALL)                                                                                                       \
	}

static void KERNEL_FN(lstm_block)(const struct lstm_block *a)
{
#define CALL(nv) a->relu ? lstm_steps(a, 1, 0, nv) : lstm_steps(a, 0, 0, nv)
	BY_NV(a->nv, CALL)
#undef CALL
}

static void KERNEL_FN(lstm_train)(const struct lstm_block *a)
{
#define CALL(nv) a->relu ? lstm_steps(a, 1, 1, nv) : lstm_steps(a, 0, 1, nv)
	BY_NV(a->nv, CALL)
#undef CALL
}

static void KERNEL_FN(lstm_back)(const struct lstm_back *g)
{
#define CALL(nv) (g->fwd->relu ? lstm_back_steps(g, 1, nv) : lstm_back_steps(g, 0, nv)), lstm_back_weights(g, nv)
	BY_NV(g->fwd->nv, CALL)
#undef CALL
}

static void KERNEL_FN(dense_block)(const struct dense_block *a)
{
#define CALL(nv) dense_rows(a, nv)
	BY_NV(a->nv, CALL)
#undef CALL
}

static void KERNEL_FN(dense_back)(const struct dense_back *g)
{
#define CALL(nv) dense_back_rows(g, nv)
	BY_NV(g->fwd->nv, CALL)
#undef CALL
}

static void KERNEL_FN(activation)(enum activation act, const float *x, float *y, size_t n)
{
	for (size_t i = 0; i < n; i += VL) {
		vf v = vf_loadu(x + i);

		act_n(&v, act, 1);
		memcpy(y + i, &v, sizeof(v));
	}
}

#if defined(__SSE__)
#include <xmmintrin.h>
enum { FLUSH = 0x8040 }; /* FTZ | DAZ */
static unsigned KERNEL_FN(enter)(void)
{
	const unsigned state = _mm_getcsr();

	_mm_setcsr(state | FLUSH);
	return state;
}
static void KERNEL_FN(leave)(unsigned state)
{
	_mm_setcsr(state);
}
#elif defined(__aarch64__)
static unsigned KERNEL_FN(enter)(void)
{
	uint64_t state;

	__asm__ volatile("mrs %0, fpcr" : "=r"(state));
	__asm__ volatile("msr fpcr, %0" : : "r"(state | 1u << 24)); /* FZ */
	return (unsigned)state;
}
static void KERNEL_FN(leave)(unsigned state)
{
	__asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)state));
}
#else
static unsigned KERNEL_FN(enter)(void)
{
	return 0;
}
static void KERNEL_FN(leave)(unsigned state)
{
	(void)state;
}
#endif

const struct kernel_ops KERNEL_FN(kernel) = {
	.name = KERNEL_TEXT(KERNEL_ISA),
	.usable = KERNEL_FN(usable),
	.lanes = VL,
	.nv_max = VEC_NV,
	.one_max = VEC_ONE,
	.lstm_block = KERNEL_FN(lstm_block),
	.dense_block = KERNEL_FN(dense_block),
	.lstm_one = KERNEL_FN(lstm_one),
	.dense_one = KERNEL_FN(dense_one),
	.lstm_train = KERNEL_FN(lstm_train),
	.lstm_back = KERNEL_FN(lstm_back),
	.dense_back = KERNEL_FN(dense_back),
	.adam = KERNEL_FN(adam),
	.activation = KERNEL_FN(activation),
	.enter = KERNEL_FN(enter),
	.leave = KERNEL_FN(leave),
};
