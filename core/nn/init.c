/* init: Glorot, orthogonal, forget bias. */
#include "nn/init.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

static void glorot(struct rng *r, float *w, size_t rows, size_t cols)
{
	const double limit = sqrt(6.0 / (double)(rows + cols));

	for (size_t i = 0; i < rows * cols; i++)
		w[i] = (float)((2 * rng_uniform(r) - 1) * limit);
}

static double dot(const double *a, const double *b, size_t n)
{
	double s = 0;

	for (size_t i = 0; i < n; i++)
		s += a[i] * b[i];
	return s;
}

/* Orthonormal rows by modified Gram-Schmidt, each row cleaned twice (Giraud et al. 2005); rows <= cols, as in (H,4H). */
static int orthogonal(struct rng *r, float *w, size_t rows, size_t cols, struct err *e)
{
	double *const q = malloc(rows * cols * sizeof(*q));

	if (q == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for an orthogonal %zu x %zu matrix", rows, cols);
	for (size_t i = 0; i < rows; i++) {
		double *const row = q + i * cols;
		double norm;

		for (size_t k = 0; k < cols; k++)
			row[k] = rng_normal(r);
		for (size_t pass = 0; pass < 2; pass++) {
			for (size_t j = 0; j < i; j++) {
				const double s = dot(row, q + j * cols, cols);

				for (size_t k = 0; k < cols; k++)
					row[k] -= s * q[j * cols + k];
			}
		}
		norm = sqrt(dot(row, row, cols));
		for (size_t k = 0; k < cols; k++)
			row[k] /= norm;
	}
	for (size_t i = 0; i < rows * cols; i++)
		w[i] = (float)q[i];
	free(q);
	return OK;
}

int init_weights(const struct network *net, uint64_t seed, float *params, struct err *e)
{
	struct rng r;

	rng_init(&r, seed);
	for (size_t i = 0; i < net->layer_n; i++) {
		const struct layer *l = &net->layer[i];
		float *tensor = params;

		for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
			size_t rows, cols;
			int bad = OK;

			layer_tensor_shape(l, k, &rows, &cols);
			if (k == KERNEL)
				glorot(&r, tensor, rows, cols);
			else if (k == RECURRENT && rows > 0)
				bad = orthogonal(&r, tensor, rows, cols, e);
			else
				memset(tensor, 0, rows * cols * sizeof(*tensor));
			if (bad < 0)
				return bad;
			if (k == BIAS && l->kind == LAYER_LSTM)
				for (size_t u = 0; u < l->units; u++)
					tensor[l->units + u] = 1;
			tensor += rows * cols;
		}
		params = tensor;
	}
	return OK;
}
