/* kernel: which kernels there are and which one this processor should run. */
#include "nn/kernel.h"

#include <string.h>

#include "nn/kernel_ops.h"

/* Best first. */
static const struct kernel_ops *const kernels[] = {
#if defined(__x86_64__)
	&kernel_avx512,
	&kernel_avx2,
#elif defined(__aarch64__)
	&kernel_neon,
#endif
	&kernel_generic,
};
enum { KERNEL_N = sizeof(kernels) / sizeof(kernels[0]) };

#if defined(__x86_64__)
static const char known[] = ", generic, avx2, avx512";
#elif defined(__aarch64__)
static const char known[] = ", generic, neon";
#else
static const char known[] = ", generic";
#endif

const struct kernel_ops *kernel_get(size_t i)
{
	for (size_t k = 0; k < KERNEL_N; k++) {
		if (kernels[k]->usable() && i-- == 0)
			return kernels[k];
	}
	return NULL;
}

const char *kernel_name(const struct kernel_ops *k)
{
	return k->name;
}

const struct kernel_ops *kernel_select(const char *name, struct err *e)
{
	if (name == NULL || strcmp(name, "auto") == 0)
		return kernel_get(0);
	for (size_t k = 0; k < KERNEL_N; k++) {
		if (strcmp(kernels[k]->name, name) != 0)
			continue;
		if (kernels[k]->usable())
			return kernels[k];
		err_set(e, ERR_UNSUPPORTED, "kernel \"%s\": this processor lacks its instructions", name);
		return NULL;
	}
	err_set(e, ERR_UNSUPPORTED, "kernel \"%s\" is unknown here; known are auto%s", name, known);
	return NULL;
}
