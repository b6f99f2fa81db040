/* upload_keep: the file in the body of a request, kept on disk for what reads it more than once, or when the request is over. */
#ifndef API_UPLOAD_KEEP_H
#define API_UPLOAD_KEEP_H

#include "api/upload_read.h"
#include "http/file_name.h"

enum { UPLOAD_NO_ROOM = 507 };

struct upload_kept {
	int fd;                    /* of a file that nobody else sees; 0: none, so that zeroes are an empty one */
	char path[32];             /* by which this process and its children can open it */
	char name[FILE_NAME_SIZE]; /* as the client said it */
	uint64_t bytes;
};

/* Read the body to its end, as upload_read(); *status may be UPLOAD_NO_ROOM too. k is released by upload_kept_drop() also on failure. */
int upload_keep(const struct context *c, struct request *q, const char *raw_name, struct upload_kept *k, int *status,
		struct err *e);
void upload_kept_drop(struct upload_kept *k);

#endif
