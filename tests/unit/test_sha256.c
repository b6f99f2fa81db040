/* sha256: the examples of FIPS 180-4 (csrc.nist.gov, "SHA256.pdf") and of RFC 6234. */
#include "base/sha256.h"

#include <string.h>

#include "lib/cm.h"

static void digests_are_those_of_the_standard(void **state)
{
	static const struct {
		const char *text, *hex;
	} cases[] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	char hex[SHA256_HEX];
	struct sha256 s;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		sha256_init(&s);
		sha256_add(&s, cases[i].text, strlen(cases[i].text));
		sha256_hex(&s, hex);
		assert_string_equal(hex, cases[i].hex);
	}
}

static void a_million_letters_in_pieces_of_any_size(void **state)
{
	static char a[1000000];
	char hex[SHA256_HEX];
	struct sha256 s;

	(void)state;
	memset(a, 'a', sizeof(a));
	for (size_t piece = 1; piece < 200000; piece = 3 * piece + 1) {
		sha256_init(&s);
		for (size_t i = 0; i < sizeof(a); i += piece)
			sha256_add(&s, a + i, i + piece < sizeof(a) ? piece : sizeof(a) - i);
		sha256_hex(&s, hex);
		assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests_are_those_of_the_standard),
		cmocka_unit_test(a_million_letters_in_pieces_of_any_size),
	};

	return cmocka_run_group_tests_name("sha256", tests, NULL, NULL);
}
