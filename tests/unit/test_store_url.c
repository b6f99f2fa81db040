/* The URL of a database, and what becomes of texts that go into it. */
#include "sql/url.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/cm.h"
#include "sql/args.h"
#include "sql/fault.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void every_part_of_a_url_has_its_place(void **state)
{
	struct db_url u;
	struct err e;

	(void)state;
	assert_int_equal(db_url_parse(&u, "mysql://guardian:secret@db.example:3307/flows?socket=/run/my.sock", &e), OK);
	assert_string_equal(u.user, "guardian");
	assert_string_equal(u.password, "secret");
	assert_string_equal(u.host, "db.example");
	assert_int_equal(u.port, 3307);
	assert_string_equal(u.database, "flows");
	assert_string_equal(u.socket, "/run/my.sock");
}

static void what_is_not_given_has_its_default(void **state)
{
	struct db_url u;
	struct err e;

	(void)state;
	assert_int_equal(db_url_parse(&u, "mariadb://me@h/d", &e), OK);
	assert_string_equal(u.password, "");
	assert_int_equal(u.port, 3306);
	assert_string_equal(u.socket, "");
	assert_int_equal(db_url_parse(&u, "mysql://me:@/d?socket=/s", &e), OK);
	assert_string_equal(u.host, "");
	assert_int_equal(db_url_parse(&u, "mysql://me:p:q@[::1]:99/d", &e), OK);
	assert_string_equal(u.password, "p:q");
	assert_string_equal(u.host, "::1");
	assert_int_equal(u.port, 99);
}

static void percent_encoding_is_undone_in_every_part(void **state)
{
	struct db_url u;
	struct err e;

	(void)state;
	assert_int_equal(db_url_parse(&u, "mysql://a%40b:p%2f%3A%25%c3%A9@h%2Dx/d%20b?socket=%2Frun%2Fa%20b", &e), OK);
	assert_string_equal(u.user, "a@b");
	assert_string_equal(u.password, "p/:%\xc3\xa9");
	assert_string_equal(u.host, "h-x");
	assert_string_equal(u.database, "d b");
	assert_string_equal(u.socket, "/run/a b");
	/* An @ of the password that was not encoded: the last one counts. */
	assert_int_equal(db_url_parse(&u, "mysql://a:p@ss@h/d", &e), OK);
	assert_string_equal(u.password, "p@ss");
	assert_string_equal(u.host, "h");
}

static void what_is_wrong_is_said_without_the_password(void **state)
{
	static const struct {
		const char *url, *says;
	} rows[] = {
		{ "", "mysql://" },
		{ "SECRET", "mysql://" },
		{ "postgres://u:SECRET@h/d", "mysql://" },
		{ "xmysql://u:SECRET@h/d", "mysql://" },
		{ "://u:SECRET@h/d", "mysql://" },
		{ "mysql://", "user is missing" },
		{ "mysql://h/d", "user is missing" },
		{ "mysql://:SECRET@h/d", "user is missing" },
		{ "mysql://u:SECRET/SECRET@h/d", "user is missing" },
		{ "mysql://u:SECRET@h", "database is missing" },
		{ "mysql://u:SECRET@h/", "database is missing" },
		{ "mysql://u:SECRET@h/?socket=/s", "database is missing" },
		{ "mysql://u:SECRET@/d", "neither a host nor a socket" },
		{ "mysql://u:SECRET@h:/d", "port" },
		{ "mysql://u:SECRET@h:0/d", "port" },
		{ "mysql://u:SECRET@h:65536/d", "port" },
		{ "mysql://u:SECRET@h:SECRET/d", "port" },
		{ "mysql://u:SECRET@h:99999999999999999999/d", "port" },
		{ "mysql://u:SECRET@h:-1/d", "port" },
		{ "mysql://u:SECRET@[::1/d", "]" },
		{ "mysql://u:SECRET@[::1]3306/d", "between host and port" },
		{ "mysql://u:SECRET%@h/d", "hexadecimal" },
		{ "mysql://u:SECRET%4@h/d", "hexadecimal" },
		{ "mysql://u:SECRET%zz@h/d", "hexadecimal" },
		{ "mysql://u:SECRET%00@h/d", "NUL" },
		{ "mysql://u:SECRET@h/d?sock=SECRET", "unknown option" },
		{ "mysql://u:SECRET@h/d?", "unknown option" },
		{ "mysql://u:SECRET@h/d?socket=SECRET", "begin with /" },
		{ "mysql://u:SECRET@h/d?socket=", "begin with /" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct db_url u = { .port = 77 };
		struct err e = { 0 };

		if (db_url_parse(&u, rows[i].url, &e) != ERR_FORMAT)
			fail_msg("accepted: %s", rows[i].url);
		if (strstr(e.msg, rows[i].says) == NULL || strstr(e.msg, "SECRET") != NULL)
			fail_msg("%s: %s", rows[i].url, e.msg);
		assert_int_equal(u.port, 77);
	}
}

static void parts_that_are_too_long_are_refused(void **state)
{
	static const char *const forms[] = { "mysql://%s@h/d", "mysql://u:%s@h/d", "mysql://u@%s/d", "mysql://u@h/%s",
					     "mysql://u@h/d?socket=/%s" };
	char part[1024], url[1200];
	struct db_url u;
	struct err e;

	(void)state;
	memset(part, 'x', sizeof(part) - 1);
	part[sizeof(part) - 1] = '\0';
	for (size_t i = 0; i < COUNT(forms); i++) {
		const char *hole = strstr(forms[i], "%s");

		snprintf(url, sizeof(url), "%.*s%s%s", (int)(hole - forms[i]), forms[i], part, hole + 2);
		assert_int_equal(db_url_parse(&u, url, &e), ERR_FORMAT);
		assert_non_null(strstr(e.msg, "longer than"));
	}
	snprintf(url, sizeof(url), "mysql://u@h/d?socket=/%.*s", URL_SOCKET_MAX - 2, part);
	assert_int_equal(db_url_parse(&u, url, &e), OK);
}

/* ---- texts -------------------------------------------------------------------------------------------------------------------- */

static void becomes(const char *in, size_t max, const char *want)
{
	struct args a = { 0 };

	args_text(&a, in, max);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.v[0].len, strlen(want));
	assert_memory_equal(text_get(&a.text) + a.v[0].v.at, want, strlen(want));
	args_free(&a);
}

#define BAD "\xef\xbf\xbd"

static void well_formed_texts_stay_as_they_are(void **state)
{
	(void)state;
	becomes("", 9, "");
	becomes("a'b\"c\\d;--\n\x01\x7f", 99, "a'b\"c\\d;--\n\x01\x7f");
	becomes("\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xa9\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80", 99,
		"\xc3\xa9\xe2\x82\xac\xf0\x9f\x92\xa9\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80");
}

static void bytes_that_are_no_characters_become_u_fffd(void **state)
{
	(void)state;
	becomes("a\xff"
		"b",
		9, "a" BAD "b");
	becomes("\xc3", 9, BAD);
	becomes("\xc3(", 9, BAD "(");
	becomes("\xc0\xaf", 9, BAD BAD);                 /* overlong / */
	becomes("\xe0\x80\xaf", 9, BAD BAD BAD);         /* overlong / */
	becomes("\xed\xa0\x80", 9, BAD BAD BAD);         /* surrogate */
	becomes("\xf4\x90\x80\x80", 9, BAD BAD BAD BAD); /* above U+10FFFF */
	becomes("\xf0\x9f\x92", 9, BAD BAD BAD);         /* cut */
	becomes("\x80\xc3\xa9\x80", 9, BAD "\xc3\xa9" BAD);
}

static void texts_are_cut_between_characters(void **state)
{
	(void)state;
	becomes("abc", 2, "ab");
	becomes("\xf0\x9f\x92\xa9\xf0\x9f\x92\xa9\xf0\x9f\x92\xa9", 2, "\xf0\x9f\x92\xa9\xf0\x9f\x92\xa9");
	becomes("\xff\xff\xff", 2, BAD BAD);
	becomes("abc", 0, "");
}

static void numbers_that_a_database_does_not_know_become_null(void **state)
{
	struct args a = { 0 };

	(void)state;
	args_real(&a, (double)NAN);
	args_real(&a, (double)INFINITY);
	args_real(&a, -(double)INFINITY);
	args_text(&a, NULL, 9);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(a.v[i].type, ARG_NULL);
	args_real(&a, 1e308);
	assert_int_equal(a.v[4].type, ARG_REAL);
	args_clear(&a);
	assert_int_equal(a.n, 0);
	args_free(&a);
}

static void what_may_pass_is_unavailable(void **state)
{
	/* refused, gone, lost, too many, shutdown, read-only (two), disk full, table full, lock wait, denied, no database, no table */
	static const unsigned passing[] = { 2002, 2003, 2005, 2006, 2013, 1040, 1053, 1927, 1290, 1836,
					    1021, 1114, 1205, 1213, 1045, 1044, 1049, 1146, 2026, 5014 };

	(void)state;
	for (size_t i = 0; i < COUNT(passing); i++)
		assert_int_equal(fault_of(passing[i])->code, ERR_UNAVAILABLE);
	assert_int_equal(fault_of(1062)->code, ERR_CONFLICT);
	assert_int_equal(fault_of(1406)->code, ERR_RANGE);
	assert_int_equal(fault_of(1064)->code, ERR_IO);  /* our own mistake */
	assert_true(fault_of(2014)->flags & FAULT_LOST); /* out of step: of no use any more */
	assert_false(fault_of(1205)->flags & FAULT_LOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_of_a_url_has_its_place),
		cmocka_unit_test(what_is_not_given_has_its_default),
		cmocka_unit_test(percent_encoding_is_undone_in_every_part),
		cmocka_unit_test(what_is_wrong_is_said_without_the_password),
		cmocka_unit_test(parts_that_are_too_long_are_refused),
		cmocka_unit_test(well_formed_texts_stay_as_they_are),
		cmocka_unit_test(bytes_that_are_no_characters_become_u_fffd),
		cmocka_unit_test(texts_are_cut_between_characters),
		cmocka_unit_test(numbers_that_a_database_does_not_know_become_null),
		cmocka_unit_test(what_may_pass_is_unavailable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
