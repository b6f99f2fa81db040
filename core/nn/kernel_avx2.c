/* kernel_avx2: x86-64 with AVX2 and FMA. */
#define KERNEL_ISA avx2
#include "nn/vec_avx2.h"

static int usable_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

#include "nn/kernel_body.h"
