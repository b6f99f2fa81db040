/* kernel_generic: any processor. */
#define KERNEL_ISA generic
#include "nn/vec_generic.h"

static int usable_generic(void)
{
	return 1;
}

#include "nn/kernel_body.h"
