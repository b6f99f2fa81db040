/* savefile: temporary file, fsync, rename, fsync of the folder. */
#include "base/savefile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEMP_TRIES = 100 };

/* Create path.<random>.tmp; mkstemp() would give mode 0600 whatever the umask says. */
static int open_temp(const char *path, char **temp, struct err *e)
{
	char *name = NULL;
	int fd = -1;

	for (int i = 0; i < TEMP_TRIES; i++) {
		uint32_t salt;

		if (getrandom(&salt, sizeof(salt), 0) != (ssize_t)sizeof(salt))
			return err_errno(e, ERR_IO, "cannot draw a random name");
		if (asprintf(&name, "%s.%08x.tmp", path, (unsigned)salt) < 0)
			return err_set(e, ERR_NOMEM, "out of memory");
		fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);
		if (fd >= 0) {
			*temp = name;
			return fd;
		}
		free(name);
		if (errno != EEXIST)
			break;
	}
	return err_errno(e, ERR_IO, "cannot create a file beside %.200s", path);
}

/* What a symbolic link points to, so that the link stays; a path that does not exist yet is itself. */
static char *target_of(const char *path)
{
	char *real = realpath(path, NULL);

	return real != NULL ? real : errno == ENOENT && *path != '\0' ? strdup(path) : NULL;
}

int savefile_open(struct savefile *s, const char *path, struct err *e)
{
	char *target, *temp = NULL;
	struct stat st;
	FILE *f;
	int fd, r;

	if ((target = target_of(path)) == NULL)
		return err_errno(e, ERR_IO, "cannot write %.200s", path);
	if (stat(target, &st) == 0 && !S_ISREG(st.st_mode)) {
		r = err_set(e, ERR_IO, "cannot write %.200s: it is not a regular file", path);
		goto fail;
	}
	if ((fd = r = open_temp(target, &temp, e)) < 0)
		goto fail;
	if ((f = fdopen(fd, "w")) == NULL) {
		r = err_errno(e, ERR_IO, "cannot write %.200s", path);
		close(fd);
		unlink(temp);
		goto fail;
	}
	*s = (struct savefile){ .f = f, .path = target, .temp = temp };
	return OK;
fail:
	free(temp);
	free(target);
	return r;
}

/* The folder of path, open for fsync. */
static int open_folder(const char *path)
{
	char *copy = strdup(path);
	int fd, saved;

	if (copy == NULL)
		return -1;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	saved = errno;
	free(copy);
	errno = saved;
	return fd;
}

static int flush(struct savefile *s)
{
	int saved = 0;

	/* errno of an earlier failed write is gone; a full disk shows again here or is reported as EIO. */
	if (fflush(s->f) != 0)
		saved = errno;
	else if (ferror(s->f))
		saved = EIO;
	else if (fsync(fileno(s->f)) < 0)
		saved = errno;
	if (fclose(s->f) != 0 && saved == 0)
		saved = errno;
	s->f = NULL;
	errno = saved;
	return saved == 0 ? OK : ERR_IO;
}

int savefile_commit(struct savefile *s, struct err *e)
{
	int r = OK, folder = -1;

	if (flush(s) < 0 || (folder = open_folder(s->path)) < 0 || rename(s->temp, s->path) < 0) {
		r = err_errno(e, ERR_IO, "cannot write %.200s", s->path);
		goto out;
	}
	free(s->temp);
	s->temp = NULL;
	/* Some file systems cannot sync a folder and say EINVAL: nothing more can be done there. */
	if (fsync(folder) < 0 && errno != EINVAL)
		r = err_errno(e, ERR_IO, "%.200s is written, but may not survive a power failure", s->path);
out:
	if (folder >= 0)
		close(folder);
	savefile_abort(s);
	return r;
}

void savefile_abort(struct savefile *s)
{
	if (s->f != NULL)
		fclose(s->f);
	if (s->temp != NULL)
		unlink(s->temp);
	free(s->temp);
	free(s->path);
	*s = (struct savefile){ 0 };
}
