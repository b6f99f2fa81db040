/* kernel_avx512: x86-64 with AVX-512 F, DQ, BW and VL. */
#define KERNEL_ISA avx512
#include "nn/vec_avx512.h"

static int usable_avx512(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
}

#include "nn/kernel_body.h"
