/* keras_archive: read by libzip; every size that the archive claims is checked before it is used. */
#include "cmd/keras_archive.h"

#include <stdlib.h>
#include <string.h>

#include <zip.h>

static const struct {
	const char *name;
	size_t max;
} members[KERAS_MEMBER_N] = {
	[KERAS_METADATA] = { "metadata.json", (size_t)64 << 10 },
	[KERAS_CONFIG] = { "config.json", (size_t)8 << 20 },
	[KERAS_WEIGHTS] = { "model.weights.h5", (size_t)512 << 20 },
};

/* The only entry called name. */
static int member_find(zip_t *z, const char *name, zip_uint64_t *index, struct err *e)
{
	const zip_int64_t n = zip_get_num_entries(z, 0);
	int found = 0;

	for (zip_int64_t i = 0; i < n; i++) {
		const char *entry = zip_get_name(z, (zip_uint64_t)i, ZIP_FL_ENC_RAW);

		if (entry == NULL || strcmp(entry, name) != 0)
			continue;
		if (found++ > 0)
			return err_set(e, ERR_FORMAT, "%s is in the archive twice", name);
		*index = (zip_uint64_t)i;
	}
	if (found == 0)
		return err_set(e, ERR_FORMAT, "%s is missing: not a .keras file as model.save() of Keras 3 writes it", name);
	return OK;
}

/* The size of the member, once it is known to be readable. */
static int member_check(zip_t *z, zip_uint64_t index, const char *name, size_t max, size_t *len, struct err *e)
{
	zip_stat_t st;

	if (zip_stat_index(z, index, 0, &st) < 0)
		return err_set(e, ERR_FORMAT, "%s: %s", name, zip_strerror(z));
	if (!(st.valid & ZIP_STAT_SIZE) || !(st.valid & ZIP_STAT_ENCRYPTION_METHOD))
		return err_set(e, ERR_FORMAT, "%s: the archive does not say its size", name);
	if (st.encryption_method != ZIP_EM_NONE)
		return err_set(e, ERR_UNSUPPORTED, "%s is encrypted: save the model without a password", name);
	if (st.size == 0)
		return err_set(e, ERR_FORMAT, "%s is empty", name);
	if (st.size > max)
		return err_set(e, ERR_RANGE, "%s has %llu bytes, more than the limit of %zu", name, (unsigned long long)st.size,
			       max);
	*len = (size_t)st.size;
	return OK;
}

/* Exactly len bytes and then the end, where libzip compares the CRC. */
static int member_fill(zip_file_t *f, const char *name, unsigned char *data, size_t len, struct err *e)
{
	unsigned char more;
	size_t got = 0;

	while (got < len) {
		const zip_int64_t n = zip_fread(f, data + got, len - got);

		if (n < 0)
			return err_set(e, ERR_FORMAT, "%s is damaged: %s", name, zip_file_strerror(f));
		if (n == 0)
			return err_set(e, ERR_FORMAT, "%s is damaged: it ends after %zu of %zu bytes", name, got, len);
		got += (size_t)n;
	}
	if (zip_fread(f, &more, 1) != 0)
		return err_set(e, ERR_FORMAT, "%s is damaged: wrong checksum, or longer than the archive says", name);
	return OK;
}

static int member_read(struct keras_archive *a, enum keras_member m, zip_t *z, struct err *e)
{
	const char *name = members[m].name;
	zip_uint64_t index = 0;
	zip_file_t *f;
	size_t len = 0;
	int r;

	if ((r = member_find(z, name, &index, e)) < 0 || (r = member_check(z, index, name, members[m].max, &len, e)) < 0)
		return r;
	if ((f = zip_fopen_index(z, index, 0)) == NULL)
		return err_set(e, ERR_FORMAT, "%s cannot be unpacked: %s", name, zip_strerror(z));
	if ((a->member[m].data = malloc(len)) == NULL) {
		r = err_set(e, ERR_NOMEM, "no memory for the %zu bytes of %s", len, name);
	} else {
		a->member[m].len = len;
		r = member_fill(f, name, a->member[m].data, len, e);
	}
	zip_fclose(f);
	return r;
}

int keras_archive_read(struct keras_archive *a, const char *path, struct err *e)
{
	struct keras_archive out = { 0 };
	int code = 0, r = OK;
	zip_t *z = zip_open(path, ZIP_RDONLY, &code);

	if (z == NULL) {
		zip_error_t error;

		zip_error_init_with_code(&error, code);
		if (code == ZIP_ER_OPEN || code == ZIP_ER_NOENT || code == ZIP_ER_READ)
			r = err_set(e, ERR_IO, "cannot read it: %s", zip_error_strerror(&error));
		else
			r = err_set(e, ERR_FORMAT, "not a .keras file: %s", zip_error_strerror(&error));
		zip_error_fini(&error);
		return r;
	}
	for (int m = 0; m < KERAS_MEMBER_N && r == OK; m++)
		r = member_read(&out, (enum keras_member)m, z, e);
	zip_discard(z);
	if (r < 0)
		keras_archive_free(&out);
	else
		*a = out;
	return r;
}

void keras_archive_free(struct keras_archive *a)
{
	for (int m = 0; m < KERAS_MEMBER_N; m++)
		free(a->member[m].data);
	*a = (struct keras_archive){ 0 };
}
