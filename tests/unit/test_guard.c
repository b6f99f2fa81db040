/* guard: names that are ours, pages that are not. */
#include "http/guard.h"

#include <stdio.h>

#include "lib/cm.h"

static const char names[] = "localhost 127.0.0.1  [::1] Guardian.home";

/* The status that the request gets, 0 when it may go on. */
static int check(const char *hosts, enum method method, const char *host, const char *origin, const char *site)
{
	struct request q = { .method = method };
	struct response s = { 0 };
	int r;

	response_reset(&s);
	snprintf(q.host, sizeof(q.host), "%s", host);
	snprintf(q.origin, sizeof(q.origin), "%s", origin);
	snprintf(q.fetch_site, sizeof(q.fetch_site), "%s", site);
	r = guard_check(hosts, &q, &s);
	assert_true((r == 0) == (s.status == 200));
	assert_true((r == 0) == (s.body.n == 0));
	response_free(&s);
	return r == 0 ? 0 : s.status;
}

static void hosts_that_are_ours_may_go_on_with_any_port_and_case(void **state)
{
	static const char *const ours[] = { "localhost", "localhost:8080", "LOCALHOST",          "127.0.0.1:1",
					    "[::1]",     "[::1]:8080",     "guardian.HOME:65535" };

	(void)state;
	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		assert_int_equal(check(names, METHOD_GET, ours[i], "", ""), 0);
	assert_int_equal(check("*", METHOD_GET, "evil.example:1", "", ""), 0);
	assert_int_equal(check("localhost *", METHOD_GET, "x", "", ""), 0);
}

static void other_hosts_are_421(void **state)
{
	static const char *const others[] = { "",
					      "evil.example",
					      "localhost.evil.example",
					      "local",
					      "localhost:",
					      "localhost:x",
					      "localhost:80:80",
					      "localhost:123456",
					      "::1",
					      "[::1",
					      "[::1]x",
					      "a@localhost",
					      "localhost 127.0.0.1",
					      ":8080",
					      "localhost:80 ",
					      "*" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		const int expected = i == 4 ? 0 : 421; /* an empty port is legal */

		if (check(names, METHOD_GET, others[i], "", "") != expected)
			print_error("%s\n", others[i]);
		assert_int_equal(check(names, METHOD_GET, others[i], "", ""), expected);
	}
	assert_int_equal(check("", METHOD_GET, "localhost", "", ""), 421);
	assert_int_equal(check("*", METHOD_GET, "", "", ""), 421);
}

static void reading_is_free_from_anywhere(void **state)
{
	(void)state;
	assert_int_equal(check(names, METHOD_GET, "localhost", "https://evil.example", "cross-site"), 0);
	assert_int_equal(check(names, METHOD_HEAD, "localhost", "null", "cross-site"), 0);
}

static void changing_is_for_programs_and_our_own_pages(void **state)
{
	static const struct {
		const char *host, *origin, *site;
		int status;
	} rows[] = {
		{ "localhost:8080", "", "", 0 },
		{ "localhost:8080", "http://localhost:8080", "same-origin", 0 },
		{ "localhost:8080", "HTTP://LocalHost:8080", "", 0 },
		{ "localhost:8080", "", "none", 0 },
		{ "guardian.home", "https://guardian.home", "", 0 },
		{ "guardian.home:443", "https://guardian.home", "", 0 },
		{ "guardian.home", "http://guardian.home:80", "", 0 },
		{ "[::1]:8080", "http://[::1]:8080", "", 0 },
		{ "localhost:8080", "", "cross-site", 403 },
		{ "localhost:8080", "", "same-site", 403 },
		{ "localhost:8080", "http://localhost:8080", "cross-site", 403 },
		{ "localhost:8080", "http://localhost:3000", "", 403 },
		{ "localhost:8080", "http://localhost", "", 403 },
		{ "localhost:8080", "http://127.0.0.1:8080", "", 403 },
		{ "localhost:8080", "https://evil.example", "", 403 },
		{ "localhost:8080", "http://localhost:8080.evil.example", "", 403 },
		{ "localhost:8080", "http://localhost:8080@evil.example", "", 403 },
		{ "localhost:8080", "null", "", 403 },
		{ "localhost:8080", "localhost:8080", "", 403 },
		{ "localhost:8080", "ftp://localhost:8080", "", 403 },
		{ "localhost:8080", "http://", "", 403 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const int status = check(names, METHOD_POST, rows[i].host, rows[i].origin, rows[i].site);

		if (status != rows[i].status)
			print_error("row %zu\n", i);
		assert_int_equal(status, rows[i].status);
	}
	assert_int_equal(check(names, METHOD_OTHER, "localhost", "", "cross-site"), 403);
	assert_int_equal(check(names, METHOD_DELETE, "localhost", "null", ""), 403);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_that_are_ours_may_go_on_with_any_port_and_case),
		cmocka_unit_test(other_hosts_are_421),
		cmocka_unit_test(reading_is_free_from_anywhere),
		cmocka_unit_test(changing_is_for_programs_and_our_own_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
