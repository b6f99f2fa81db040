/* part_head: the headers of one part of a form (RFC 7578 4.2). */
#ifndef HTTP_PART_HEAD_H
#define HTTP_PART_HEAD_H

#include <stddef.h>

#include "base/err.h"
#include "http/file_name.h"

enum { PART_NAME_SIZE = 64 };

struct part_head {
	int is_file;                    /* it is the part called "file" */
	char name[PART_NAME_SIZE];      /* of the field, cut, fit to be shown */
	char file_name[FILE_NAME_SIZE]; /* when it is_file; never empty then */
};

/*
 * From text[n]: lines that end with CR LF, the last one empty; no NUL, and one may be written at text[n]. Changes text. ERR_FORMAT:
 * a line that is no header, a Content-Disposition that is missing, there twice, not form-data, without a name or with parameters
 * there twice; a file without a name.
 */
int part_head_parse(struct part_head *out, char *text, size_t n, struct err *e);

#endif
