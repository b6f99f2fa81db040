/*
 * json_walk: the members of one JSON object (RFC 8259), told as they stand, without building a tree.
 *
 * Objects inside of it are flattened: {"id":{"orig_h":"…"}} has the member id.orig_h. Arrays and what they hold are checked, but not
 * told. json-c takes 3 us for a Zeek record of 390 bytes, which is more than all the rest of reading it; it is the judge in the tests.
 */
#ifndef TABLE_JSON_WALK_H
#define TABLE_JSON_WALK_H

#include <stddef.h>

enum { JSON_DEPTH = 32, JSON_PATH = 256, JSON_RECORD_MAX = 65536 };

enum json_kind { JSON_STRING, JSON_NUMBER, JSON_BOOL, JSON_NULL };

struct json_member {
	const char *path; /* keys, joined by dots; not terminated */
	size_t path_n;
	enum json_kind kind;
	const char *text; /* a string without its quotes and escapes, else the literal; not terminated, borrowed during the call */
	size_t n;
};

typedef void (*json_each)(void *arg, const struct json_member *m);

struct json_walker {
	char path[JSON_PATH];
	char key[JSON_PATH];            /* a key without its escapes */
	char text[JSON_RECORD_MAX + 1]; /* a string without its escapes */
};

/* What is wrong, and where: an offset into the text. */
struct json_fault {
	const char *reason; /* such as "a value is missing"; static */
	size_t at;
};

/*
 * The members of the object text[len], len <= JSON_RECORD_MAX, blanks around it allowed. 0, or -1 and *fault: members before the fault
 * have been told. Members with a path of over JSON_PATH bytes are left out.
 */
int json_walk(struct json_walker *w, const char *text, size_t len, json_each each, void *arg, struct json_fault *fault);

#endif
