/* kernel_neon: arm64, whose NEON every processor has. */
#define KERNEL_ISA neon
#include "nn/vec_generic.h"

static int usable_neon(void)
{
	return 1;
}

#include "nn/kernel_body.h"
