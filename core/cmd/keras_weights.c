/* keras_weights: read by libhdf5 from memory; it opens no file of its own. */
#include "cmd/keras_weights.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <hdf5.h>

/* The image is lent to HDF5 for reading and never copied: all copies are the same memory. */
static void *image_malloc(size_t size, H5FD_file_image_op_t op, void *image)
{
	(void)size, (void)op;
	return image;
}

static void *image_memcpy(void *to, const void *from, size_t size, H5FD_file_image_op_t op, void *image)
{
	(void)from, (void)size, (void)op, (void)image;
	return to;
}

/* Only a file that is written grows. */
static void *image_realloc(void *data, size_t size, H5FD_file_image_op_t op, void *image)
{
	(void)data, (void)size, (void)op, (void)image;
	return NULL;
}

static herr_t image_free(void *data, H5FD_file_image_op_t op, void *image)
{
	(void)data, (void)op, (void)image;
	return 0;
}

static void *image_keep(void *image)
{
	return image;
}

static herr_t image_release(void *image)
{
	(void)image;
	return 0;
}

static hid_t image_open(const void *image, size_t len)
{
	void *lent = (void *)(uintptr_t)image; /* read-only by the flags of H5Fopen() */
	H5FD_file_image_callbacks_t callbacks = {
		image_malloc, image_memcpy, image_realloc, image_free, image_keep, image_release, lent,
	};
	const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
	hid_t file = H5I_INVALID_HID;

	if (access >= 0 && H5Pset_fapl_core(access, (size_t)1 << 16, 0) >= 0 &&
	    H5Pset_file_image_callbacks(access, &callbacks) >= 0 && H5Pset_file_image(access, lent, len) >= 0)
		file = H5Fopen("model.weights.h5", H5F_ACC_RDONLY, access);
	if (access >= 0)
		H5Pclose(access);
	return file;
}

/* Whether path exists and every step of it is a hard link, which cannot lead out of the file. */
static int path_is_plain(hid_t file, const char *path)
{
	char part[128];
	size_t n = 0;

	do {
		H5L_info_t info;

		n += strcspn(path + n, "/");
		if (n >= sizeof(part))
			return 0;
		memcpy(part, path, n);
		part[n] = '\0';
		if (H5Lexists(file, part, H5P_DEFAULT) <= 0 || H5Lget_info(file, part, &info, H5P_DEFAULT) < 0 ||
		    info.type != H5L_TYPE_HARD)
			return 0;
	} while (path[n++] == '/');
	return 1;
}

/* The layout that Keras writes: data in one piece of this file, as it is. */
static int layout_check(hid_t set, const char *path, struct err *e)
{
	const hid_t create = H5Dget_create_plist(set);
	int r = OK;

	if (create < 0)
		return err_set(e, ERR_FORMAT, "%s: damaged", path);
	if (H5Pget_layout(create) != H5D_CONTIGUOUS && H5Pget_layout(create) != H5D_COMPACT)
		r = err_set(e, ERR_UNSUPPORTED, "%s: stored in chunks, or elsewhere; Keras stores in one piece", path);
	else if (H5Pget_nfilters(create) != 0 || H5Pget_external_count(create) != 0)
		r = err_set(e, ERR_UNSUPPORTED, "%s: stored compressed or in another file", path);
	H5Pclose(create);
	return r;
}

static int type_check(hid_t set, const char *path, struct err *e)
{
	const hid_t type = H5Dget_type(set);
	int ok = 0;

	if (type >= 0) {
		ok = H5Tequal(type, H5T_IEEE_F32LE) > 0 || H5Tequal(type, H5T_IEEE_F32BE) > 0;
		H5Tclose(type);
	}
	return ok ? OK : err_set(e, ERR_UNSUPPORTED, "%s: its numbers are not float32", path);
}

/* rows 0: a vector of cols. */
static int shape_check(hid_t set, const char *path, size_t rows, size_t cols, struct err *e)
{
	const hid_t space = H5Dget_space(set);
	const int rank = rows == 0 ? 1 : 2;
	hsize_t dims[2] = { 0 };
	int found = -1;

	if (space >= 0) {
		found = H5Sis_simple(space) > 0 ? H5Sget_simple_extent_ndims(space) : -1;
		if (found == rank && H5Sget_simple_extent_dims(space, dims, NULL) != rank)
			found = -1;
		H5Sclose(space);
	}
	if (found != rank)
		return err_set(e, ERR_FORMAT, "%s: %d dimensions instead of %d", path, found, rank);
	if (dims[rank - 1] != cols || (rank == 2 && dims[0] != rows))
		return err_set(e, ERR_FORMAT, "%s: its shape is not that of config.json, which is (%zu,%zu)", path,
			       rows == 0 ? 1 : rows, cols);
	return OK;
}

/* Read tensor k of a layer; a bias is a vector in the file. */
static int tensor_read(hid_t file, const char *path, int k, size_t rows, size_t cols, float *out, struct err *e)
{
	hid_t set;
	int r;

	if (!path_is_plain(file, path) || (set = H5Dopen2(file, path, H5P_DEFAULT)) < 0)
		return err_set(e, ERR_FORMAT, "%s (%s) is missing or damaged", path, layer_tensor_name(k));
	if ((r = type_check(set, path, e)) < 0 || (r = shape_check(set, path, k == BIAS ? 0 : rows, cols, e)) < 0 ||
	    (r = layout_check(set, path, e)) < 0)
		goto out;
	if (H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) < 0)
		r = err_set(e, ERR_FORMAT, "%s (%s) cannot be read: the file is damaged", path, layer_tensor_name(k));
	for (size_t i = 0; r == OK && i < rows * cols; i++)
		if (!isfinite(out[i]))
			r = err_set(e, ERR_NUMERIC, "%s (%s): number %zu is not finite", path, layer_tensor_name(k), i);
out:
	H5Dclose(set);
	return r;
}

/* The group has as many datasets as the layer has tensors: one more or less is another layer than we think. */
static int group_check(hid_t file, const char *path, size_t tensor_n, struct err *e)
{
	H5G_info_t info = { 0 };
	hid_t group;
	herr_t r;

	if (!path_is_plain(file, path) || (group = H5Gopen2(file, path, H5P_DEFAULT)) < 0)
		return err_set(e, ERR_FORMAT, "%s is missing or damaged", path);
	r = H5Gget_info(group, &info);
	H5Gclose(group);
	if (r < 0 || info.nlinks != tensor_n)
		return err_set(e, ERR_FORMAT, "%s has %llu weights; by config.json it should have %zu", path,
			       (unsigned long long)info.nlinks, tensor_n);
	return OK;
}

/* All tensors of layer l into out, one after the other. */
static int layer_read(hid_t file, const struct layer *l, const struct keras_layer *k, float *out, struct err *e)
{
	size_t rows, cols, in_file = 0;
	int r;

	if (layer_param_n(l) == 0)
		return OK;
	for (int t = 0; t < LAYER_MAX_TENSORS; t++) {
		layer_tensor_shape(l, t, &rows, &cols);
		in_file += rows != 0 && (t != BIAS || k->has_bias);
	}
	if ((r = group_check(file, k->path, in_file, e)) < 0)
		return r;
	in_file = 0;
	for (int t = 0; t < LAYER_MAX_TENSORS && r == OK; t++) {
		char path[96];

		layer_tensor_shape(l, t, &rows, &cols);
		if (rows == 0)
			continue;
		if (t == BIAS && !k->has_bias) {
			memset(out, 0, cols * sizeof(*out));
		} else {
			snprintf(path, sizeof(path), "%s/%zu", k->path, in_file++);
			r = tensor_read(file, path, t, rows, cols, out, e);
		}
		out += rows * cols;
	}
	return r;
}

int keras_weights_read(const struct keras_config *c, const void *image, size_t len, float *params, struct err *e)
{
	H5E_auto2_t report = NULL;
	void *report_arg = NULL;
	hid_t file;
	int r = OK;

	H5Eget_auto2(H5E_DEFAULT, &report, &report_arg);
	H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
	if ((file = image_open(image, len)) < 0)
		r = err_set(e, ERR_FORMAT, "not an HDF5 file, or damaged");
	for (size_t i = 0; r == OK && i < c->net.layer_n; i++) {
		r = layer_read(file, &c->net.layer[i], &c->layer[i], params, e);
		params += layer_param_n(&c->net.layer[i]);
	}
	if (file >= 0)
		H5Fclose(file);
	H5Eset_auto2(H5E_DEFAULT, report, report_arg);
	return r;
}
