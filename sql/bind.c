/* bind: values for placeholders. */
#include "sql/bind.h"

#include <stdlib.h>

#include <mysql.h>

static const struct {
	enum enum_field_types type;
	my_bool is_unsigned;
} types[] = {
	[ARG_NULL] = { MYSQL_TYPE_NULL, 0 },   [ARG_I64] = { MYSQL_TYPE_LONGLONG, 0 }, [ARG_U64] = { MYSQL_TYPE_LONGLONG, 1 },
	[ARG_REAL] = { MYSQL_TYPE_DOUBLE, 0 }, [ARG_TEXT] = { MYSQL_TYPE_STRING, 0 },  [ARG_BLOB] = { MYSQL_TYPE_BLOB, 0 },
};

static int has_bytes(enum arg_type t)
{
	return t == ARG_TEXT || t == ARG_BLOB;
}

static char *text_of(const struct args *a, const struct arg *v)
{
	static char none[1];

	return a->text.p != NULL ? a->text.p + v->v.at : none;
}

void bind_row(struct st_mysql_bind *b, const struct args *a)
{
	for (size_t i = 0; i < a->n; i++) {
		struct arg *v = &a->v[i];

		b[i].buffer_type = types[v->type].type;
		b[i].is_unsigned = types[v->type].is_unsigned;
		b[i].buffer = has_bytes(v->type) ? (void *)text_of(a, v) : (void *)&v->v;
		b[i].buffer_length = has_bytes(v->type) ? v->len : sizeof(v->v);
		b[i].length_value = v->len;
		b[i].length = has_bytes(v->type) ? &b[i].length_value : NULL;
	}
}

/* The type of a column: that of its first value. */
static enum arg_type column_type(const struct args *a, size_t column, size_t n)
{
	for (size_t i = column; i < a->n; i += n)
		if (a->v[i].type != ARG_NULL)
			return a->v[i].type;
	return ARG_REAL;
}

int bind_rows(struct st_mysql_bind *b, size_t n, const struct args *a, void **block, struct err *e)
{
	const size_t rows = a->n / n, values = n * rows;
	union {
		uint64_t number;
		double real;
		char *text;
	} *cell = calloc(values, sizeof(*cell) + sizeof(unsigned long) + 1);
	unsigned long *len;
	char *indicator;

	_Static_assert(sizeof(*cell) == 8, "an array of numbers or pointers is what the library takes");
	if (cell == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu rows", rows);
	len = (unsigned long *)(cell + values);
	indicator = (char *)(len + values);
	for (size_t c = 0; c < n; c++) {
		const enum arg_type type = column_type(a, c, n);

		b[c].buffer_type = types[type].type;
		b[c].is_unsigned = types[type].is_unsigned;
		b[c].buffer = cell + c * rows;
		b[c].length = len + c * rows;
		b[c].u.indicator = indicator + c * rows;
		for (size_t r = 0; r < rows; r++) {
			const struct arg *v = &a->v[r * n + c];

			b[c].u.indicator[r] = v->type == ARG_NULL ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
			b[c].length[r] = has_bytes(v->type) ? v->len : 8;
			if (has_bytes(type))
				cell[c * rows + r].text = text_of(a, v);
			else
				cell[c * rows + r].number = v->v.u64;
		}
	}
	*block = cell;
	return OK;
}
