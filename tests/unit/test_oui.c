/* Who made a network card. */
#include "fcgi/oui.h"

#include <string.h>

#include "lib/cm.h"
#include "lib/tempdir.h"

static void put(struct tempdir *d, const char *name, const char *text)
{
	file_put(tempdir_file(d, name), text, strlen(text));
}

static const char registry[] =
	"Registry,Assignment,Organization Name,Organization Address\r\n"
	"MA-L,F4BD9E,\"Cisco Systems, Inc\",80 West Tasman Drive\r\n"
	"MA-L,70B3D5,IEEE Registration Authority,Hoes Lane\r\n"
	"MA-L,00D0EF,\"The \"\"Best\"\" <b>\",\"a\nb\"\r\n"
	"MA-L,XYZ,No Block,\r\nMA-L,123,Too Short,\r\nMA-L,ABCDEF0123456789,Too Long,\r\nMA-L,ABCDEF,,\r\n\r\n,,,\r\n\"";

static struct oui *load(struct tempdir *dir)
{
	struct err e = { 0 };
	struct oui *o = NULL;

	put(dir, "oui.csv", registry);
	put(dir, "mam.csv", "Registry,Assignment,Organization Name,Organization Address\nMA-M,70B3D51,Middle,x\n");
	put(dir, "oui36.csv", "MA-S,70B3D5123,Small\nMA-S,70b3d5124,\"\xff\xfe\"\n");
	assert_int_equal(oui_load(&o, dir->path, &e), OK);
	return o;
}

static void the_smallest_block_tells_the_maker(void **state)
{
	static const struct {
		const char *mac, *maker;
	} cases[] = {
		{ "f4:bd:9e:00:00:01", "Cisco Systems, Inc" },
		{ "70:b3:d5:f0:00:01", "IEEE Registration Authority" },
		{ "70:b3:d5:1f:00:01", "Middle" },
		{ "70:b3:d5:12:3f:01", "Small" },
		{ "70:B3:D5:12:3F:01", "Small" },
		{ "70:b3:d5:12:4f:01", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "00:d0:ef:00:00:00", "The \"Best\" <b>" },
		{ "ab:cd:ef:00:00:01", NULL }, /* of a group */
		{ "02:00:00:00:00:01", NULL }, /* the device's own */
		{ "00:00:00:00:00:01", NULL },
		{ "f4:bd:9e", NULL },
		{ "f4:bd:9e:00:00:01:02", NULL },
		{ "f4-bd-9e-00-00-01", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};
	struct tempdir dir;
	struct oui *o;

	(void)state;
	tempdir_make(&dir);
	o = load(&dir);
	assert_int_equal(oui_n(o), 6);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *const maker = oui_vendor(o, cases[i].mac);

		if (cases[i].maker == NULL)
			assert_null(maker);
		else
			assert_string_equal(maker, cases[i].maker);
		assert_null(oui_vendor(NULL, cases[i].mac));
	}
	oui_del(o);
	tempdir_remove(&dir);
}

static void an_address_that_no_maker_gave_is_told(void **state)
{
	(void)state;
	assert_string_equal(mac_kind("f4:bd:9e:00:00:01"), "universal");
	assert_string_equal(mac_kind("02:00:00:00:00:01"), "local");
	assert_string_equal(mac_kind("da:a1:19:00:00:01"), "local");
	assert_string_equal(mac_kind("01:00:5e:00:00:fb"), "group");
	assert_string_equal(mac_kind("ff:ff:ff:ff:ff:ff"), "group");
	assert_null(mac_kind("f4:bd:9e:00:00:0"));
	assert_null(mac_kind(NULL));
}

static void without_files_there_is_none(void **state)
{
	struct err e = { 0 };
	struct oui *o = NULL;
	struct tempdir dir;

	(void)state;
	tempdir_make(&dir);
	assert_int_equal(oui_load(&o, dir.path, &e), ERR_IO);
	assert_non_null(strstr(e.msg, "oui.csv"));
	put(&dir, "mam.csv", "");
	assert_int_equal(oui_load(&o, dir.path, &e), OK);
	assert_int_equal(oui_n(o), 0);
	assert_null(oui_vendor(o, "f4:bd:9e:00:00:01"));
	oui_del(o);
	tempdir_remove(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_smallest_block_tells_the_maker),
		cmocka_unit_test(an_address_that_no_maker_gave_is_told),
		cmocka_unit_test(without_files_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
