/*
 * key: the name that a client gives to its upload, to ask for its progress: 8 to 64 of the characters A-Z a-z 0-9 _ -. It stands in
 * addresses, in the database and in messages, and needs quoting in none of them.
 */
#ifndef BASE_KEY_H
#define BASE_KEY_H

#include <stddef.h>

enum { KEY_MIN = 8, KEY_MAX = 64 };
#define KEY_FORM "8 to 64 of the characters A-Z a-z 0-9 _ -"

/* The length of the key that s begins with and that no further character of keys follows; 0: none. */
size_t key_length(const char *s);

/* Whether all of s is one. */
int key_is(const char *s);

#endif
