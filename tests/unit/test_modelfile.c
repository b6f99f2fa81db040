/* modelfile: save and open, every kind of damage, truncation and flipped bytes. */
#include "nn/modelfile.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/rng.h"
#include "lib/tempdir.h"
#include "nn/safetensors.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A small model in a folder of its own. */
struct fixture {
	struct tempdir dir;
	char path[TEMPDIR_PATH_MAX];
	struct network net;
	float *params;
	unsigned char *file; /* its bytes once saved */
	size_t len, header_len;
};

static const struct modelfile_meta meta[] = { { "features", "[\"a\",\"b\"]" }, { "note", "caf\xc3\xa9 \"x\"\n" } };

static int setup(void **state)
{
	static struct fixture fixture;
	struct fixture *x = &fixture;
	struct err e = { 0 };
	struct rng rng;
	uint64_t n;

	memset(x, 0, sizeof(*x));
	tempdir_make(&x->dir);
	strcpy(x->path, tempdir_file(&x->dir, "m.safetensors"));
	x->net = (struct network){ .steps = 3, .features = 2 };
	assert_int_equal(network_parse(&x->net, "lstm:2,repeat,lstm:3:relu,dense:2:sigmoid", &e), OK);
	assert_non_null(x->params = malloc(network_param_n(&x->net) * sizeof(float)));
	rng_init(&rng, 7);
	for (size_t i = 0; i < network_param_n(&x->net); i++)
		x->params[i] = (float)rng_normal(&rng);
	network_bind(&x->net, x->params);
	if (modelfile_save(x->path, &x->net, meta, COUNT(meta), &e) < 0)
		fail_msg("%s", e.msg);
	x->file = file_get(x->path, &x->len);
	memcpy(&n, x->file, 8);
	x->header_len = (size_t)n;
	*state = x;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *x = *state;

	tempdir_remove(&x->dir);
	free(x->params);
	free(x->file);
	return 0;
}

static void same_weights(const struct network *a, const struct network *b)
{
	assert_int_equal(a->layer_n, b->layer_n);
	for (size_t i = 0; i < a->layer_n; i++) {
		for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
			size_t rows, cols, rows2, cols2;

			layer_tensor_shape(&a->layer[i], k, &rows, &cols);
			layer_tensor_shape(&b->layer[i], k, &rows2, &cols2);
			assert_int_equal(rows, rows2);
			assert_int_equal(cols, cols2);
			assert_int_equal(b->layer[i].weight[k] == NULL, rows == 0);
			if (rows > 0)
				assert_memory_equal(a->layer[i].weight[k], b->layer[i].weight[k], rows * cols * sizeof(float));
		}
	}
}

static void what_is_saved_is_opened_bit_for_bit(void **state)
{
	struct fixture *x = *state;
	struct modelfile *m = NULL;
	const struct network *net;
	struct err e = { 0 };
	char a[128], b[128];

	if (modelfile_open(&m, x->path, &e) < 0)
		fail_msg("%s", e.msg);
	net = modelfile_network(m);
	assert_int_equal(net->steps, 3);
	assert_int_equal(net->features, 2);
	network_format(&x->net, a, sizeof(a));
	network_format(net, b, sizeof(b));
	assert_string_equal(a, b);
	assert_int_equal(net->layer[0].last_only, 1);
	assert_int_equal(net->layer[2].last_only, 0);
	same_weights(&x->net, net);
	assert_string_equal(modelfile_meta(m, "features"), meta[0].text);
	assert_string_equal(modelfile_meta(m, "note"), meta[1].text);
	assert_string_equal(modelfile_meta(m, "format"), "guardian-1");
	assert_string_equal(modelfile_meta(m, "network"),
			    "{\"input\":[3,2],\"layers\":["
			    "{\"kind\":\"lstm\",\"units\":2,\"activation\":\"tanh\",\"return_sequences\":false},"
			    "{\"kind\":\"repeat\",\"units\":3},"
			    "{\"kind\":\"lstm\",\"units\":3,\"activation\":\"relu\",\"return_sequences\":true},"
			    "{\"kind\":\"dense\",\"units\":2,\"activation\":\"sigmoid\"}]}");
	assert_null(modelfile_meta(m, "scaler"));
	modelfile_close(m);
	modelfile_close(NULL);
}

static void the_layout_is_the_published_one(void **state)
{
	struct fixture *x = *state;
	struct safetensors *st = NULL;
	const struct tensor *t;
	struct err e = { 0 };

	assert_int_equal((x->header_len + 8) % 64, 0);
	assert_int_equal(x->len, 8 + x->header_len + network_param_n(&x->net) * sizeof(float));
	assert_int_equal(safetensors_parse(&st, x->file, x->len, &e), OK);
	assert_int_equal(safetensors_n(st), 8);
	assert_non_null(t = safetensors_find(st, "layers.2.recurrent_kernel"));
	assert_int_equal(t->rank, 2);
	assert_int_equal(t->shape[0], 3);
	assert_int_equal(t->shape[1], 12);
	assert_non_null(t = safetensors_find(st, "layers.3.bias"));
	assert_int_equal(t->rank, 1);
	assert_int_equal(t->shape[0], 2);
	safetensors_del(st);
}

static void two_saves_give_the_same_bytes(void **state)
{
	struct fixture *x = *state;
	struct modelfile *m = NULL;
	unsigned char *again;
	struct err e = { 0 };
	size_t len;

	/* From the opened model into the file it came from: the mapping keeps the old one. */
	assert_int_equal(modelfile_open(&m, x->path, &e), OK);
	assert_int_equal(modelfile_save(x->path, modelfile_network(m), meta, COUNT(meta), &e), OK);
	modelfile_close(m);
	again = file_get(x->path, &len);
	assert_int_equal(len, x->len);
	assert_memory_equal(again, x->file, len);
	assert_int_equal(tempdir_count(&x->dir), 1);
	free(again);
}

/* The file with the first `old` in its header replaced by `new`; data bytes after it kept, `more` zero bytes added. */
static unsigned char *patched(const struct fixture *x, const char *old, const char *new, size_t more, size_t *len)
{
	const char *header = (const char *)x->file + 8, *at = memmem(header, x->header_len, old, strlen(old));
	const size_t text_len = x->header_len + strlen(new) - strlen(old), data_len = x->len - 8 - x->header_len;
	const uint64_t n = (text_len + 7) / 8 * 8;
	unsigned char *file;
	size_t head;

	if (at == NULL)
		fail_msg("the header has no %s", old);
	head = (size_t)(at - header);
	*len = 8 + n + data_len + more;
	assert_non_null(file = calloc(1, *len));
	memcpy(file, &n, 8);
	memset(file + 8, ' ', n);
	memcpy(file + 8, header, head);
	memcpy(file + 8 + head, new, strlen(new));
	memcpy(file + 8 + head + strlen(new), at + strlen(old), x->header_len - head - strlen(old));
	memcpy(file + 8 + n, x->file + 8 + x->header_len, data_len);
	return file;
}

static void every_kind_of_damage_has_its_message(void **state)
{
	static const struct {
		const char *old, *new;
		size_t more;
		int code;
		const char *message;
	} s[] = {
		{ "\"format\"", "\"forma\"", 0, ERR_FORMAT, "not a model of ours: the metadata has no \"format\"" },
		{ "\"network\"", "\"networks\"", 0, ERR_FORMAT, "has no \"network\"" },
		{ "__metadata__", "__metadata_", 0, ERR_FORMAT, "tensor \"__metadata_\"" },
		{ "guardian-1", "guardian-2", 0, ERR_UNSUPPORTED, "\"guardian-2\"; we read \"guardian-1\"" },
		{ "\"network\":\"{", "\"network\":\"", 0, ERR_FORMAT, "description: JSON" },
		{ "\"network\":\"{", "\"network\":\"[]{", 0, ERR_FORMAT, "description: JSON" },
		{ "\\\"input\\\":[3,2],", "", 0, ERR_FORMAT, "\"input\" is missing" },
		{ "[3,2]", "[3]", 0, ERR_FORMAT, "\"input\" has 1 numbers" },
		{ "[3,2]", "[3,2.5]", 0, ERR_RANGE, "\"input\"[1]" },
		{ "[3,2]", "[0,2]", 0, ERR_RANGE, "\"input\"[0]" },
		{ "[3,2]", "[3,4097]", 0, ERR_RANGE, "\"input\"[1]" },
		{ "[3,2]", "[3,-2]", 0, ERR_RANGE, "\"input\"[1]" },
		{ "[3,2]", "[3,1e300]", 0, ERR_RANGE, "\"input\"[1]" },
		{ "[3,2]", "[3,true]", 0, ERR_FORMAT, "\"input\"[1]" },
		{ "[3,2]", "[3,4]", 0, ERR_FORMAT, "tensor \"layers.0.kernel\": dimension 0 is 2; the network needs 4" },
		{ "layers\\\":[", "layers\\\":7,\\\"x\\\":[", 0, ERR_FORMAT, "\"layers\" is not an array" },
		{ "{\\\"input", "{\\\"more\\\":1,\\\"input", 0, ERR_FORMAT, "unknown member \"more\"" },
		{ "{\\\"kind\\\":\\\"repeat\\\",\\\"units\\\":3}", "3", 0, ERR_FORMAT, "layer 1: \"kind\"" },
		{ "\\\"lstm\\\"", "\\\"gru\\\"", 0, ERR_UNSUPPORTED, "layer 0: \"gru\"" },
		{ "tanh", "gelu", 0, ERR_UNSUPPORTED, "layer 0: \"gelu\"" },
		{ "tanh", "linear", 0, ERR_UNSUPPORTED, "layer 0: lstm cannot have the activation linear" },
		{ ",\\\"activation\\\":\\\"tanh\\\"", "", 0, ERR_FORMAT, "layer 0: \"activation\" is missing" },
		{ ",\\\"return_sequences\\\":false", "", 0, ERR_FORMAT, "layer 0: \"return_sequences\" is missing" },
		{ "return_sequences\\\":false", "return_sequences\\\":0", 0, ERR_FORMAT, "is not true or false" },
		{ "return_sequences\\\":false", "return_sequences\\\":true", 0, ERR_RANGE, "layer 1 (repeat)" },
		{ "{\\\"kind\\\":\\\"lstm", "{\\\"go_backwards\\\":true,\\\"kind\\\":\\\"lstm", 0, ERR_FORMAT,
		  "layer 0: unknown member \"go_backwards\"" },
		{ "units\\\":2", "units\\\":-2", 0, ERR_RANGE, "layer 0: \"units\" is -2" },
		{ "units\\\":2", "units\\\":0", 0, ERR_RANGE, "layer 0 (lstm): size 0" },
		{ "units\\\":2", "units\\\":99999", 0, ERR_RANGE, "layer 0: \"units\" is 99999" },
		{ "units\\\":2", "units\\\":\\\"2\\\"", 0, ERR_FORMAT, "layer 0: \"units\" is not a whole number" },
		{ "units\\\":2", "units\\\":3", 0, ERR_FORMAT, "tensor \"layers.0.kernel\": dimension 1 is 8" },
		{ "units\\\":2", "units\\\":2,\\\"units\\\":2", 0, ERR_FORMAT, "twice" },
		{ "layers.0.bias", "layers.0.bia", 0, ERR_FORMAT, "tensor \"layers.0.bias\" is missing" },
		{ "layers.0.bias", "layers.0.kernel", 0, ERR_FORMAT, "twice" },
		{ "\"layers.0.kernel\":{\"dtype\":\"F32\",\"shape\":[2,8]",
		  "\"layers.0.kernel\":{\"dtype\":\"F64\",\"shape\":[1,8]", 0, ERR_UNSUPPORTED,
		  "\"layers.0.kernel\" has values of the type F64" },
		{ "\"shape\":[2,8]", "\"shape\":[8,2]", 0, ERR_FORMAT, "dimension 0 is 8" },
		{ "\"shape\":[2,8]", "\"shape\":[16]", 0, ERR_FORMAT, "1 dimensions; the network needs 2" },
		{ "\"shape\":[8]", "\"shape\":[1,8]", 0, ERR_FORMAT, "2 dimensions; the network needs 1" },
		{ "guardian-1", "guardian-1", 4, ERR_FORMAT, "last 4 bytes" },
		{ "\"layers.0.kernel\":", "\"extra\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},\"layers.0.kernel\":",
		  0, ERR_FORMAT, "tensor \"extra\" is not part of the network" },
	};
	struct fixture *x = *state;

	for (size_t i = 0; i < COUNT(s); i++) {
		struct modelfile *m = NULL;
		struct err e = { 0 };
		size_t len;
		unsigned char *file = patched(x, s[i].old, s[i].new, s[i].more, &len);

		if (modelfile_parse(&m, file, len, &e) != s[i].code)
			fail_msg("%s -> %s: code %d, \"%s\"", s[i].old, s[i].new, e.code, e.msg);
		assert_null(m);
		if (strstr(e.msg, s[i].message) == NULL)
			fail_msg("%s -> %s: \"%s\" lacks \"%s\"", s[i].old, s[i].new, e.msg, s[i].message);
		free(file);
	}
}

static void a_model_whose_patches_change_nothing_is_opened(void **state)
{
	struct fixture *x = *state;
	struct modelfile *m = NULL;
	struct err e = { 0 };
	size_t len;
	unsigned char *file = patched(x, "guardian-1", "guardian\\u002d1", 0, &len);

	if (modelfile_parse(&m, file, len, &e) < 0)
		fail_msg("%s", e.msg);
	same_weights(&x->net, modelfile_network(m));
	modelfile_close(m);
	free(file);
}

static void a_weight_that_is_not_finite_is_named(void **state)
{
	static const float bad[] = { NAN, INFINITY, -INFINITY };
	struct fixture *x = *state;
	struct modelfile *m = NULL;
	struct err e = { 0 };

	for (size_t i = 0; i < COUNT(bad); i++) {
		/* layers.0: kernel 16, recurrent_kernel 16, bias 8; the sixth of layers.2.kernel */
		const size_t at = 40 + 5;
		unsigned char *data = x->file + 8 + x->header_len;
		float old;

		memcpy(&old, data + at * 4, 4);
		memcpy(data + at * 4, &bad[i], 4);
		assert_int_equal(modelfile_parse(&m, x->file, x->len, &e), ERR_NUMERIC);
		assert_string_equal(e.msg, i == 0 ? "tensor \"layers.2.kernel\": value 5 is NaN"
						  : "tensor \"layers.2.kernel\": value 5 is infinite");
		memcpy(data + at * 4, &old, 4);

		old = x->params[at];
		x->params[at] = bad[i];
		e = (struct err){ 0 };
		assert_int_equal(modelfile_save(x->path, &x->net, NULL, 0, &e), ERR_NUMERIC);
		assert_non_null(strstr(e.msg, "\"layers.2.kernel\": value 5"));
		x->params[at] = old;
	}
	assert_int_equal(modelfile_parse(&m, x->file, x->len, &e), OK);
	modelfile_close(m);
	assert_int_equal(tempdir_count(&x->dir), 1);
}

static void a_file_cut_anywhere_is_refused(void **state)
{
	struct fixture *x = *state;

	for (size_t len = 0; len < x->len; len++) {
		struct modelfile *m = NULL;
		struct err e = { 0 };
		unsigned char *cut = malloc(len + (len == 0));

		assert_non_null(cut);
		memcpy(cut, x->file, len);
		if (modelfile_parse(&m, cut, len, &e) >= 0)
			fail_msg("cut to %zu of %zu bytes it is accepted", len, x->len);
		assert_true(e.code < 0 && e.msg[0] != '\0');
		free(cut);
	}
}

/*
 * A flipped byte of the header is refused, or it is in what the file alone cannot tell: text that is handed through,
 * the number of steps.
 */
static void a_flipped_byte_of_the_header_never_changes_the_weights(void **state)
{
	static const unsigned char masks[] = { 0x01, 0x02, 0x10, 0x20, 0x80, 0xff };
	struct fixture *x = *state;
	size_t accepted = 0;

	for (size_t i = 0; i < (8 + x->header_len) * COUNT(masks); i++) {
		unsigned char *at = &x->file[i / COUNT(masks)];
		struct modelfile *m = NULL;
		struct err e = { 0 };

		*at ^= masks[i % COUNT(masks)];
		if (modelfile_parse(&m, x->file, x->len, &e) == OK) {
			const struct network *net = modelfile_network(m);

			accepted++;
			same_weights(&x->net, net);
			assert_int_equal(net->features, x->net.features);
			for (size_t l = 0; l < net->layer_n; l++) {
				assert_int_equal(net->layer[l].kind, x->net.layer[l].kind);
				assert_int_equal(net->layer[l].act, x->net.layer[l].act);
				assert_int_equal(net->layer[l].last_only, x->net.layer[l].last_only);
				assert_int_equal(net->layer[l].out_w, x->net.layer[l].out_w);
			}
			modelfile_close(m);
		} else {
			assert_null(m);
			assert_true(e.code < 0 && e.msg[0] != '\0');
		}
		*at ^= masks[i % COUNT(masks)];
	}
	/* Text of "features" and "note", their keys, steps, copies: far less than the header. */
	assert_in_range(accepted, 1, x->header_len * COUNT(masks) / 10);
}

static void a_save_that_fails_leaves_the_old_model(void **state)
{
	static const struct modelfile_meta reserved[] = { { "network", "{}" } }, wrong[] = { { "x", "\xff" } };
	const struct rlimit small = { 512, RLIM_INFINITY };
	struct fixture *x = *state;
	struct err e = { 0 };
	struct rlimit old;
	unsigned char *after;
	size_t len;
	int r;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	r = modelfile_save(x->path, &x->net, NULL, 0, &e);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(r, ERR_IO);
	assert_non_null(strstr(e.msg, x->path));
	assert_int_equal(modelfile_save(x->path, &x->net, reserved, 1, &e), ERR_FORMAT);
	assert_non_null(strstr(e.msg, "\"network\" occurs twice"));
	assert_int_equal(modelfile_save(x->path, &x->net, wrong, 1, &e), ERR_FORMAT);
	x->net.steps = 0;
	assert_int_equal(modelfile_save(x->path, &x->net, NULL, 0, &e), ERR_RANGE);
	after = file_get(x->path, &len);
	assert_int_equal(len, x->len);
	assert_memory_equal(after, x->file, len);
	assert_int_equal(tempdir_count(&x->dir), 1);
	free(after);
}

static void errors_of_open_name_the_file(void **state)
{
	struct fixture *x = *state;
	struct modelfile *m = NULL;
	struct err e = { 0 };

	assert_int_equal(modelfile_open(&m, tempdir_file(&x->dir, "none"), &e), ERR_IO);
	assert_non_null(strstr(e.msg, "none: No such file"));
	file_put(tempdir_file(&x->dir, "empty"), "", 0);
	assert_int_equal(modelfile_open(&m, x->dir.file, &e), ERR_FORMAT);
	assert_non_null(strstr(e.msg, "/empty: not a safetensors file: 0 bytes are too few"));
	file_put(tempdir_file(&x->dir, "keras"), "PK\3\4 and what else a zip file has", 30);
	assert_int_equal(modelfile_open(&m, x->dir.file, &e), ERR_FORMAT);
	assert_non_null(strstr(e.msg, "/keras: not a safetensors file"));
	assert_null(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_saved_is_opened_bit_for_bit, setup, teardown),
		cmocka_unit_test_setup_teardown(the_layout_is_the_published_one, setup, teardown),
		cmocka_unit_test_setup_teardown(two_saves_give_the_same_bytes, setup, teardown),
		cmocka_unit_test_setup_teardown(every_kind_of_damage_has_its_message, setup, teardown),
		cmocka_unit_test_setup_teardown(a_model_whose_patches_change_nothing_is_opened, setup, teardown),
		cmocka_unit_test_setup_teardown(a_weight_that_is_not_finite_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_cut_anywhere_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_flipped_byte_of_the_header_never_changes_the_weights, setup, teardown),
		cmocka_unit_test_setup_teardown(a_save_that_fails_leaves_the_old_model, setup, teardown),
		cmocka_unit_test_setup_teardown(errors_of_open_name_the_file, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
