/* recipe: a small text file. */
#include "cmd/recipe.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void recipe_free(struct recipe *r)
{
	for (size_t i = 0; i < r->file_n; i++)
		free(r->file[i]);
	for (size_t i = 0; i < r->group_n; i++)
		free(r->group_name[i]);
	free(r->file);
	free(r->group);
	free(r->group_name);
	free(r->group_files);
	*r = (struct recipe){ 0 };
}

static int find_group(struct recipe *r, const char *name, uint32_t *out)
{
	char **names;
	size_t *files;

	for (size_t i = 0; i < r->group_n; i++)
		if (strcmp(r->group_name[i], name) == 0) {
			*out = (uint32_t)i;
			return OK;
		}
	if ((names = reallocarray(r->group_name, r->group_n + 1, sizeof(*names))) != NULL)
		r->group_name = names;
	if ((files = reallocarray(r->group_files, r->group_n + 1, sizeof(*files))) != NULL)
		r->group_files = files;
	if (names == NULL || files == NULL || (names[r->group_n] = strdup(name)) == NULL)
		return ERR_NOMEM;
	files[r->group_n] = 0;
	*out = (uint32_t)r->group_n++;
	return OK;
}

static int add_file(struct recipe *r, uint32_t group, const char *path)
{
	char **const files = reallocarray(r->file, r->file_n + 1, sizeof(*files));
	uint32_t *const groups = reallocarray(r->group, r->file_n + 1, sizeof(*groups));

	if (files != NULL)
		r->file = files;
	if (groups != NULL)
		r->group = groups;
	if (files == NULL || groups == NULL || (files[r->file_n] = strdup(path)) == NULL)
		return ERR_NOMEM;
	groups[r->file_n++] = group;
	r->group_files[group]++;
	return OK;
}

static int add_line(struct recipe *r, const char *name, const char *pattern)
{
	glob_t found;
	uint32_t group;
	int code = find_group(r, name, &group);

	if (code < 0)
		return code;
	if (glob(pattern, 0, NULL, &found) != 0)
		return ERR_NOT_FOUND;
	for (size_t i = 0; i < found.gl_pathc && code == OK; i++)
		code = add_file(r, group, found.gl_pathv[i]);
	globfree(&found);
	return code;
}

int recipe_read(struct recipe *r, const char *path, struct err *e)
{
	FILE *const f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;
	int code = OK;

	if (f == NULL)
		return err_errno(e, ERR_IO, "cannot open %.200s", path);
	for (unsigned n = 1; code == OK && getline(&line, &cap, f) >= 0; n++) {
		char *save = NULL, *name, *pattern, *more;

		line[strcspn(line, "#\r\n")] = '\0';
		name = strtok_r(line, " \t", &save);
		pattern = name != NULL ? strtok_r(NULL, " \t", &save) : NULL;
		more = pattern != NULL ? strtok_r(NULL, " \t", &save) : NULL;
		if (name == NULL)
			continue;
		if (pattern == NULL)
			code = err_set(e, ERR_FORMAT, "%.200s: line %u: a group and a path are needed", path, n);
		else if (more != NULL)
			code = err_set(e, ERR_FORMAT, "%.100s: line %u: \"%.100s\" is too much: a pattern stands for several files",
				       path, n, more);
		else if ((code = add_line(r, name, pattern)) == ERR_NOT_FOUND)
			code = err_set(e, ERR_FORMAT, "%.100s: line %u: there is no file %.150s", path, n, pattern);
		else if (code < 0)
			err_set(e, code, "out of memory for %.200s", path);
	}
	if (code == OK && ferror(f))
		code = err_errno(e, ERR_IO, "cannot read %.200s", path);
	if (code == OK && r->file_n == 0)
		code = err_set(e, ERR_FORMAT, "%.200s names no files", path);
	free(line);
	fclose(f);
	return code;
}
