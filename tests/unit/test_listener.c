/* listener: where it listens, who may connect, and what it does not overwrite. */
#include "pool/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/fcgi_client.h"
#include "lib/tempdir.h"

static const struct listener_owner nobody_special = { (uid_t)-1, (gid_t)-1 };
static struct tempdir dir;
static char path[TEMPDIR_PATH_MAX], where[TEMPDIR_PATH_MAX + 5];

static int setup(void **state)
{
	(void)state;
	tempdir_make(&dir);
	snprintf(path, sizeof(path), "%s", tempdir_file(&dir, "s"));
	snprintf(where, sizeof(where), "unix:%s", path);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tempdir_remove(&dir);
	return 0;
}

static void a_unix_socket_is_private_answers_and_is_removed(void **state)
{
	struct listener l;
	struct err e = { 0 };
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(listener_open(&l, where, nobody_special, &e), OK);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_true(fcntl(l.fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(l.fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(accept(l.fd, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	fd = fcgi_connect(path);
	assert_true(fd >= 0);
	close(fd);
	listener_close(&l);
	assert_int_equal(l.fd, -1);
	assert_int_equal(stat(path, &st), -1);
	listener_close(&l);
}

static void a_socket_is_given_to_the_user_of_the_service(void **state)
{
	struct listener l;
	struct err e = { 0 };
	struct stat st;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(listener_open(&l, where, (struct listener_owner){ 33, 33 }, &e), OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_uid, 33);
	assert_int_equal(st.st_gid, 33);
	listener_close(&l);
}

static void one_that_answers_is_not_taken_over(void **state)
{
	struct listener l, second = { .fd = -7 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(listener_open(&l, where, nobody_special, &e), OK);
	assert_int_equal(listener_open(&second, where, nobody_special, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.msg, "already in use"));
	assert_int_equal(second.fd, -7);
	/* Also when its backlog is full: whoever asked just now still waits in it. */
	assert_int_equal(listen(l.fd, 0), 0);
	assert_int_equal(listener_open(&second, where, nobody_special, &e), ERR_CONFLICT);
	listener_close(&l);
}

static void a_socket_that_was_left_over_is_replaced(void **state)
{
	struct listener l;
	struct err e = { 0 };
	int fd;

	(void)state;
	assert_int_equal(listener_open(&l, where, nobody_special, &e), OK);
	close(l.fd); /* as by kill -9: the file stays */
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(listener_open(&l, where, nobody_special, &e), OK);
	assert_true((fd = fcgi_connect(path)) >= 0);
	close(fd);
	listener_close(&l);
}

static void files_that_are_no_sockets_are_left_alone(void **state)
{
	struct listener l;
	struct err e = { 0 };

	(void)state;
	file_put(path, "precious", 8);
	assert_int_equal(listener_open(&l, where, nobody_special, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "is no socket"));
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("precious", path), 0);
	assert_int_equal(listener_open(&l, where, nobody_special, &e), ERR_IO);
	assert_int_equal(unlink(path), 0);
}

static void the_file_of_a_successor_is_not_removed(void **state)
{
	struct listener first, second;
	struct err e = { 0 };
	int fd;

	(void)state;
	assert_int_equal(listener_open(&first, where, nobody_special, &e), OK);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(listener_open(&second, where, nobody_special, &e), OK);
	listener_shut(&first);
	listener_close(&first);
	assert_true((fd = fcgi_connect(path)) >= 0);
	close(fd);
	listener_close(&second);
}

static void shut_lets_nobody_in_but_keeps_those_who_wait(void **state)
{
	struct listener l;
	struct err e = { 0 };
	int waiting, taken;

	(void)state;
	assert_int_equal(listener_open(&l, where, nobody_special, &e), OK);
	assert_true((waiting = fcgi_connect(path)) >= 0);
	listener_shut(&l);
	assert_int_equal(fcgi_connect(path), -1);
	assert_true((taken = accept(l.fd, NULL, NULL)) >= 0);
	close(taken);
	close(waiting);
	listener_close(&l);
}

static void what_is_wrong_with_an_address_is_told(void **state)
{
	static const struct {
		const char *where;
		int code;
		const char *message;
	} c[] = {
		{ "", ERR_FORMAT, "neither unix:/path nor address:port" },
		{ "unix:", ERR_FORMAT, "begins with /" },
		{ "unix:run/x", ERR_FORMAT, "begins with /" },
		{ "/run/x.sock", ERR_FORMAT, "neither" },
		{ "127.0.0.1", ERR_FORMAT, "neither" },
		{ "127.0.0.1:", ERR_FORMAT, "neither" },
		{ "127.0.0.1:0", ERR_FORMAT, "neither" },
		{ "127.0.0.1:65536", ERR_FORMAT, "neither" },
		{ "127.0.0.1:+80", ERR_FORMAT, "neither" },
		{ "127.0.0.1:80x", ERR_FORMAT, "neither" },
		{ ":9000", ERR_FORMAT, "neither" },
		{ "[]:9000", ERR_FORMAT, "neither" },
		{ "::1:9000", ERR_FORMAT, "[address]:port" },
		{ "no.such.host.invalid:9000", ERR_FORMAT, "no address of this machine" },
		{ "unix:/nonexistent-folder/x", ERR_IO, "folder must exist" },
	};
	char text[300] = "unix:/";
	struct listener l;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		if (listener_open(&l, c[i].where, nobody_special, &e) != c[i].code || strstr(e.msg, c[i].message) == NULL)
			fail_msg("\"%s\": %d %s", c[i].where, e.code, e.msg);
	}
	memset(text + 6, 'x', 200);
	assert_int_equal(listener_open(&l, text, nobody_special, &e), ERR_FORMAT);
	assert_non_null(strstr(e.msg, "longer than the 107 characters"));
}

/* A port that is free now. */
static unsigned free_port(int family)
{
	const int fd = socket(family, SOCK_STREAM, 0);
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in a4 = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = family == AF_INET ? sizeof(a4) : sizeof(a6);
	struct sockaddr *const a = family == AF_INET ? (struct sockaddr *)&a4 : (struct sockaddr *)&a6;
	unsigned port = 0;

	if (fd >= 0 && bind(fd, a, n) == 0 && getsockname(fd, a, &n) == 0)
		port = ntohs(family == AF_INET ? a4.sin_port : a6.sin6_port);
	close(fd);
	return port;
}

static void tcp_in_both_families_with_nodelay_for_those_who_connect(void **state)
{
	static const struct {
		int family;
		const char *format;
	} c[] = { { AF_INET, "127.0.0.1:%u" }, { AF_INET6, "[::1]:%u" } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const unsigned port = free_port(c[i].family);
		struct sockaddr_storage a;
		struct listener l, second;
		struct err e = { 0 };
		socklen_t n = sizeof(a), size = sizeof(int);
		char text[64];
		int fd, taken, on = 0;

		if (port == 0) {
			print_message("skipped: no loopback address of family %d\n", c[i].family);
			continue;
		}
		snprintf(text, sizeof(text), c[i].format, port);
		if (listener_open(&l, text, nobody_special, &e) != OK)
			fail_msg("%s", e.msg);
		assert_int_equal(listener_open(&second, text, nobody_special, &e), ERR_CONFLICT);
		assert_non_null(strstr(e.msg, "already in use"));
		assert_int_equal(getsockname(l.fd, (struct sockaddr *)&a, &n), 0);
		fd = socket(c[i].family, SOCK_STREAM, 0);
		assert_int_equal(connect(fd, (struct sockaddr *)&a, n), 0);
		assert_true((taken = accept(l.fd, NULL, NULL)) >= 0);
		assert_int_equal(getsockopt(taken, IPPROTO_TCP, TCP_NODELAY, &on, &size), 0);
		assert_int_equal(on, 1);
		/* The server closes first: the port lingers, and yet a restart gets it. */
		close(taken);
		listener_close(&l);
		assert_int_equal(listener_open(&l, text, nobody_special, &e), OK);
		listener_shut(&l);
		listener_close(&l);
		close(fd);
	}
}

static void who_connects_finds_who_listens(void **state)
{
	static const char *const tcp[] = { "127.0.0.1:%u", "0.0.0.0:%u", "[::1]:%u" };
	struct listener l;
	struct err e = { 0 };
	char text[64];
	int fd, taken;

	(void)state;
	assert_int_equal(listener_connect(where, 5, &e), ERR_IO);
	assert_non_null(strstr(e.msg, where));
	assert_int_equal(listener_open(&l, where, nobody_special, &e), OK);
	assert_true((fd = listener_connect(where, 5, &e)) >= 0);
	assert_true((taken = accept(l.fd, NULL, NULL)) >= 0);
	close(taken);
	close(fd);
	listener_close(&l);
	for (size_t i = 0; i < sizeof(tcp) / sizeof(tcp[0]); i++) {
		snprintf(text, sizeof(text), tcp[i], 20000 + (unsigned)getpid() % 10000);
		assert_int_equal(listener_connect(text, 5, &e), ERR_IO);
		assert_int_equal(listener_open(&l, text, nobody_special, &e), OK);
		assert_true((fd = listener_connect(text, 5, &e)) >= 0);
		assert_false(fcntl(fd, F_GETFL) & O_NONBLOCK);
		assert_true((taken = accept(l.fd, NULL, NULL)) >= 0);
		close(taken);
		close(fd);
		listener_close(&l);
	}
	assert_int_equal(listener_connect("unix:relative", 5, &e), ERR_FORMAT);
	assert_int_equal(listener_connect("127.0.0.1", 5, &e), ERR_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_unix_socket_is_private_answers_and_is_removed, setup, teardown),
		cmocka_unit_test_setup_teardown(a_socket_is_given_to_the_user_of_the_service, setup, teardown),
		cmocka_unit_test_setup_teardown(one_that_answers_is_not_taken_over, setup, teardown),
		cmocka_unit_test_setup_teardown(a_socket_that_was_left_over_is_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(files_that_are_no_sockets_are_left_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(the_file_of_a_successor_is_not_removed, setup, teardown),
		cmocka_unit_test_setup_teardown(shut_lets_nobody_in_but_keeps_those_who_wait, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_wrong_with_an_address_is_told, setup, teardown),
		cmocka_unit_test_setup_teardown(tcp_in_both_families_with_nodelay_for_those_who_connect, setup, teardown),
		cmocka_unit_test_setup_teardown(who_connects_finds_who_listens, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
