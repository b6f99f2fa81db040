/* adapted: names, and changes of them that leave a whole model at every moment. */
#include "fcgi/adapted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/filestamp.h"
#include "base/mapfile.h"
#include "nn/kernel.h"

static const char suffix[] = ".safetensors";

int adapted_paths(struct adapted_paths *p, const char *dir, const char *model, struct err *e)
{
	const char *const name = strrchr(model, '/') != NULL ? strrchr(model, '/') + 1 : model;
	const size_t n = strlen(name), end = sizeof(suffix) - 1;
	const int stem = (int)(n > end && strcmp(name + n - end, suffix) == 0 ? n - end : n);
	const struct {
		char *to;
		const char *what;
	} files[] = {
		{ p->now, ".adapted.safetensors" },
		{ p->before, ".adapted.1.safetensors" },
		{ p->next, ".adapted.next" },
		{ p->lock, ".adapted.lock" },
	};

	if (snprintf(p->dir, ADAPTED_PATH, "%s", dir) >= ADAPTED_PATH)
		return err_set(e, ERR_RANGE, "model_dir is longer than %d bytes", ADAPTED_PATH - 1);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (snprintf(files[i].to, ADAPTED_PATH, "%s/%.*s%s", dir, stem, name, files[i].what) >= ADAPTED_PATH)
			return err_set(e, ERR_RANGE, "the names of adapted models in model_dir are longer than %d bytes",
				       ADAPTED_PATH - 1);
	return OK;
}

int adapted_sha256(const char *path, char out[static SHA256_HEX], struct err *e)
{
	struct mapfile m = { 0 };
	struct sha256 s;
	int r;

	if ((r = mapfile_open(&m, path, e)) < 0)
		return r;
	sha256_init(&s);
	sha256_add(&s, m.data, m.len);
	sha256_hex(&s, out);
	mapfile_close(&m);
	return OK;
}

/* Whether m, adapted from `base`, can be used in its place. */
static int check(const struct model *m, const struct model *base, const char *base_sha256, struct adaptation *a, struct err *e)
{
	const struct detector *const d = &m->detector, *const b = &base->detector;
	int r;

	if (d->adapted == NULL)
		return err_set(e, ERR_FORMAT, "metadata \"adapted\" is missing: which model it was made of");
	if ((r = adaptation_read(a, d->adapted, e)) < 0)
		return err_prefix(e, "metadata \"adapted\""), r;
	if (strcmp(a->base_sha256, base_sha256) != 0)
		return err_set(e, ERR_CONFLICT, "it was made of another model than the one that is configured now");
	if (d->features != b->features || d->net.steps != b->net.steps || d->calibrated != b->calibrated)
		return err_set(e, ERR_CONFLICT,
			       "its features, window or calibration are not as those of the model that it was made of");
	return OK;
}

int adapted_open(struct model *m, struct adaptation *a, const char *path, const struct model *base, const char *base_sha256,
		 struct err *e)
{
	const struct kernel_ops *const k = kernel_select(plan_kernel(base->plan), e);
	struct model made = { 0 };
	struct adaptation facts;
	struct stat st;
	int r;

	if (k == NULL)
		return ERR_RANGE;
	if (lstat(path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : err_errno(e, ERR_IO, "cannot examine %.200s", path);
	/* Whoever may write there is less than root, who reads it at the start: no link to elsewhere. */
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_IO, "it is not a regular file");
	if ((r = model_open(&made, path, k, e)) < 0)
		return r;
	if ((r = check(&made, base, base_sha256, &facts, e)) < 0) {
		model_close(&made);
		return r;
	}
	*m = made;
	*a = facts;
	return 1;
}

int adapted_may_write(const struct adapted_paths *p)
{
	return access(p->dir, W_OK | X_OK) == 0;
}

int adapted_lock(const struct adapted_paths *p, struct err *e)
{
	const int fd = open(p->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot write to %.200s, which the setting model_dir names", p->dir);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	r = errno == EWOULDBLOCK ? err_set(e, ERR_CONFLICT, "the model is being adapted already: wait until that is over")
				 : err_errno(e, ERR_IO, "cannot lock %.200s", p->lock);
	close(fd);
	return r;
}

static int forget(const char *path, struct err *e)
{
	return unlink(path) == 0 || errno == ENOENT ? OK : err_errno(e, ERR_IO, "cannot remove %.200s", path);
}

/* A second name for the one in use, so that there is one at every moment. */
static int keep_now(const struct adapted_paths *p, struct err *e)
{
	int r;

	if ((r = forget(p->before, e)) < 0)
		return r;
	return link(p->now, p->before) == 0 ? OK : err_errno(e, ERR_IO, "cannot keep %.200s", p->now);
}

/* What was renamed shall survive a power failure; some file systems cannot sync a folder. */
static int settle(const struct adapted_paths *p, struct err *e)
{
	const int fd = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = OK;

	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		r = err_errno(e, ERR_IO, "cannot write to %.200s", p->dir);
	if (fd >= 0)
		close(fd);
	return r;
}

static int move(const struct adapted_paths *p, const char *from, struct err *e)
{
	return rename(from, p->now) == 0 ? settle(p, e) : err_errno(e, ERR_IO, "cannot write %.200s", p->now);
}

int adapted_save(const struct adapted_paths *p, const struct detector *d, int keep, struct err *e)
{
	int r;

	if ((r = detector_save(d, p->next, e)) < 0 || (r = keep ? keep_now(p, e) : forget(p->before, e)) < 0)
		return r;
	return move(p, p->next, e);
}

int adapted_back(const struct adapted_paths *p, int before, struct err *e)
{
	struct filestamp now, was;
	int r;

	filestamp_look(&now, p->now);
	filestamp_look(&was, p->before);
	/* They are one where saving broke off, and rename() leaves two names of one file alone. */
	if (before && filestamp_differs(&now, &was))
		return move(p, p->before, e);
	if ((r = forget(p->before, e)) < 0 || (r = forget(p->now, e)) < 0)
		return r;
	return settle(p, e);
}
