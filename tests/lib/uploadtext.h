/* uploadtext: what the parser of upload bodies makes of a body, as text, so that two readings can be compared. */
#ifndef LIB_UPLOADTEXT_H
#define LIB_UPLOADTEXT_H

#include <stddef.h>

/* Length of the next piece to push, 1..left. */
typedef size_t (*uploadtext_cut)(void *arg, size_t left);

/*
 * "<name>content" for each file that began, then "ok" or "error CODE: message". All at once when cut is NULL. Pieces are copied to memory
 * of exactly their size. NULL content_type as in upload_body_new(). Text to free().
 */
char *uploadtext(const char *content_type, const void *data, size_t len, uploadtext_cut cut, void *arg, size_t *text_len);

#endif
