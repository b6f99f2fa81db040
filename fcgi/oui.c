/* oui: a sorted table of blocks, and all names behind one another. */
#include "fcgi/oui.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "base/utf8.h"

enum { MAC_BITS = 48, NAME_MAX_CHARS = 60, FIELDS = 3, LINE_MOST = 4096 };

/* The first of its addresses, and how many bits all of them share. */
struct block {
	uint64_t first;
	uint32_t name; /* offset */
	uint8_t bits;
};

struct oui {
	struct block *block;
	size_t n, cap;
	struct text names; /* each ends with a NUL */
};

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Fields of a line of CSV, unquoted in place; fewer than wanted are "". */
static void split(char *line, char *field[FIELDS])
{
	for (int i = 0; i < FIELDS; i++) {
		const int quoted = *line == '"';
		char *to = line;

		field[i] = line;
		line += quoted;
		while (*line != '\0' && (quoted || *line != ',')) {
			if (quoted && *line == '"' && *++line != '"')
				break;
			*to++ = *line++;
		}
		while (*line != '\0' && *line != ',')
			line++;
		line += *line == ',';
		*to = '\0';
	}
}

/* Registry, assignment in hex, name. */
static int add_line(struct oui *o, char *line)
{
	char *field[FIELDS], name[4 * NAME_MAX_CHARS + 1];
	size_t digits = 0;
	uint64_t first = 0;
	void *all = o->block;

	split(line, field);
	for (; hex(field[1][digits]) >= 0 && digits < MAC_BITS / 4; digits++)
		first = first << 4 | (uint64_t)hex(field[1][digits]);
	if (digits < 6 || digits > 9 || field[1][digits] != '\0' || field[2][0] == '\0')
		return OK;
	if (!array_room(&all, o->n, &o->cap, sizeof(*o->block), 65536))
		return ERR_NOMEM;
	o->block = all;
	o->block[o->n++] = (struct block){ first << (MAC_BITS - 4 * digits), (uint32_t)o->names.n, (uint8_t)(4 * digits) };
	utf8_clean(name, sizeof(name), NAME_MAX_CHARS, 0, field[2], strlen(field[2]));
	text_add(&o->names, name, strlen(name) + 1);
	return o->names.failed ? ERR_NOMEM : OK;
}

/* How many of the files are there grows by 1. */
static int add_file(struct oui *o, const char *dir, const char *name, int *there)
{
	char path[512], line[LINE_MOST];
	FILE *f;
	int r = OK;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	if ((f = fopen(path, "re")) == NULL)
		return OK;
	while (r == OK && fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		r = add_line(o, line);
	}
	*there += !ferror(f);
	fclose(f);
	return r;
}

static int by_block(const void *va, const void *vb)
{
	const struct block *const a = va, *const b = vb;

	if (a->bits != b->bits)
		return a->bits < b->bits ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

int oui_load(struct oui **out, const char *dir, struct err *e)
{
	static const char *const files[] = { "oui.csv", "mam.csv", "oui36.csv", "iab.csv" };
	struct oui *const o = calloc(1, sizeof(*o));
	int r = o != NULL ? OK : ERR_NOMEM, there = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files) && r == OK; i++)
		r = add_file(o, dir, files[i], &there);
	if (r == OK && there == 0)
		r = err_errno(e, ERR_IO, "%.200s/oui.csv", dir);
	else if (r < 0)
		err_set(e, r, "out of memory for the makers of network cards");
	if (r < 0) {
		oui_del(o);
		return r;
	}
	if (o->n > 0)
		qsort(o->block, o->n, sizeof(*o->block), by_block);
	*out = o;
	return OK;
}

void oui_del(struct oui *o)
{
	if (o == NULL)
		return;
	free(o->block);
	text_free(&o->names);
	free(o);
}

size_t oui_n(const struct oui *o)
{
	return o != NULL ? o->n : 0;
}

/* 1: it is one. */
static int read_mac(const char *mac, uint64_t *out)
{
	uint64_t v = 0;

	for (int i = 0; i < 6; i++, mac += 3) {
		if (hex(mac[0]) < 0 || hex(mac[1]) < 0 || mac[2] != (i < 5 ? ':' : '\0'))
			return 0;
		v = v << 8 | (uint64_t)hex(mac[0]) << 4 | (uint64_t)hex(mac[1]);
	}
	*out = v;
	return 1;
}

const char *mac_kind(const char *mac)
{
	uint64_t v;

	if (mac == NULL || !read_mac(mac, &v))
		return NULL;
	return v >> 40 & 1 ? "group" : v >> 41 & 1 ? "local" : "universal";
}

const char *oui_vendor(const struct oui *o, const char *mac)
{
	static const uint8_t sizes[] = { 36, 28, 24 };
	const char *const kind = mac != NULL ? mac_kind(mac) : NULL;
	uint64_t v;

	if (o == NULL || o->n == 0 || kind == NULL || strcmp(kind, "universal") != 0 || !read_mac(mac, &v))
		return NULL;
	for (size_t i = 0; i < sizeof(sizes); i++) {
		const struct block key = { .first = v >> (MAC_BITS - sizes[i]) << (MAC_BITS - sizes[i]), .bits = sizes[i] };
		const struct block *const found = bsearch(&key, o->block, o->n, sizeof(key), by_block);

		if (found != NULL)
			return text_get(&o->names) + found->name;
	}
	return NULL;
}
