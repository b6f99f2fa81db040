/* upload_keep: one file in the folder for temporary files. */
#include "api/upload_keep.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/spool.h"
#include "fcgi/log.h"

struct keeping {
	struct upload_kept *kept;
	int *status;
};

static int begin(void *arg, const char *name, struct err *e)
{
	struct keeping *const k = arg;

	(void)e;
	snprintf(k->kept->name, sizeof(k->kept->name), "%s", name);
	return OK;
}

/* Where files lie is for the log only. */
static int no_room(struct keeping *k, const struct err *why, struct err *e)
{
	log_message(LOG_LEVEL_ERROR, "spool", "%s", why->msg);
	*k->status = UPLOAD_NO_ROOM;
	return err_set(e, ERR_IO, "there is no room for this file in the folder for temporary files");
}

static int keep(void *arg, const void *data, size_t len, struct err *e)
{
	struct keeping *const k = arg;
	const char *from = data;
	struct err why = { 0 };

	k->kept->bytes += len;
	while (len > 0) {
		const ssize_t n = write(k->kept->fd, from, len);

		if (n > 0) {
			from += n;
			len -= (size_t)n;
		} else if (errno != EINTR) {
			err_fill_errno(&why, ERR_IO, "cannot write a temporary file");
			return no_room(k, &why, e);
		}
	}
	return OK;
}

int upload_keep(const struct context *c, struct request *q, const char *raw_name, struct upload_kept *k, int *status, struct err *e)
{
	struct keeping keeping = { k, status };
	const struct upload_sink sink = { begin, keep, &keeping };
	struct err why = { 0 };
	const int fd = spool_file(c->site->spool_dir, &why);
	int r;

	if (fd < 0)
		return no_room(&keeping, &why, e);
	k->fd = fd;
	/* Not by a name of its own, which it has none of. */
	snprintf(k->path, sizeof(k->path), "/proc/self/fd/%d", fd);
	if ((r = upload_read(c, q, raw_name, &sink, status, e)) == OK && k->bytes == 0)
		r = err_set(e, ERR_FORMAT, "the file is empty");
	return r;
}

void upload_kept_drop(struct upload_kept *k)
{
	if (k->fd > 0)
		close(k->fd);
	k->fd = 0;
}
