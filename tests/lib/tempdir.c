/* tempdir: made with mkdtemp() in $TMPDIR. */
#include "lib/tempdir.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

void tempdir_make(struct tempdir *d)
{
	const char *base = getenv("TMPDIR");

	snprintf(d->path, sizeof(d->path), "%s/guardian-test-XXXXXX", base != NULL && *base != '\0' ? base : P_tmpdir);
	assert_non_null(mkdtemp(d->path));
}

/* Count the files; remove them too when asked. */
static size_t each(const struct tempdir *d, int remove_them)
{
	DIR *dir = opendir(d->path);
	size_t n = 0;

	assert_non_null(dir);
	for (struct dirent *x; (x = readdir(dir)) != NULL;) {
		if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0)
			continue;
		n++;
		if (remove_them)
			assert_return_code(unlinkat(dirfd(dir), x->d_name, 0), 0);
	}
	closedir(dir);
	return n;
}

void tempdir_remove(struct tempdir *d)
{
	each(d, 1);
	assert_return_code(rmdir(d->path), 0);
}

const char *tempdir_file(struct tempdir *d, const char *name)
{
	snprintf(d->file, sizeof(d->file), "%s/%s", d->path, name);
	return d->file;
}

size_t tempdir_count(const struct tempdir *d)
{
	return each(d, 0);
}

void file_put(const char *path, const void *data, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

void *file_get(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r");
	unsigned char *data;
	long n;

	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	n = ftell(f);
	assert_true(n >= 0);
	rewind(f);
	assert_non_null(data = malloc((size_t)n + 1));
	assert_int_equal(fread(data, 1, (size_t)n, f), n);
	data[n] = '\0';
	fclose(f);
	*len = (size_t)n;
	return data;
}
