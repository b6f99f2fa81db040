/* file_name: what a client calls its file, as we say it again. */
#ifndef HTTP_FILE_NAME_H
#define HTTP_FILE_NAME_H

enum { FILE_NAME_CHARACTERS = 255, FILE_NAME_SIZE = FILE_NAME_CHARACTERS * 4 + 1 };

/*
 * Without folders of any system (what is before the last '/' or '\'), U+FFFD for control characters and what is no UTF-8, cut to
 * FILE_NAME_CHARACTERS. 0; -1 when nothing is left to call it by: empty, blank, "." or "..".
 */
int file_name_clean(char out[static FILE_NAME_SIZE], const char *name);

/* Decode, in place, what browsers escape in the `filename` of a form (WHATWG): %22, %0D and %0A, nothing else. */
void file_name_unescape(char *name);

/* Decode, in place, a `filename*` (RFC 5987): UTF-8'language'percent-encoded. 0; -1: not of that form, or not in UTF-8. */
int file_name_extended(char *value);

#endif
