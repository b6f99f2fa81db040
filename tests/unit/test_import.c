/* import: .keras files to networks. The models and what is in them come from tests/parity/make_vectors.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <unistd.h>

#include <cmocka.h>
#include <zip.h>

#include "base/rng.h"
#include "cmd/isolate.h"
#include "cmd/keras_archive.h"
#include "cmd/keras_config.h"
#include "cmd/keras_model.h"
#include "cmd/keras_weights.h"
#include "lib/tempdir.h"
#include "lib/vectors.h"

#define PARITY TEST_SOURCE_DIR "/tests/parity/"
#define SEED   TEST_SOURCE_DIR "/../shared/data/seed/lstm_model.keras"

/* libhdf5 asks for absurd amounts of memory when a file is damaged, and copes when it gets none. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static struct tempdir dir;

/* *state: a folder with room for the archive of the test, in ->file. */
static int temp_setup(void **state)
{
	tempdir_make(&dir);
	tempdir_file(&dir, "model.keras");
	*state = &dir;
	return 0;
}

static int temp_teardown(void **state)
{
	tempdir_remove(*state);
	return 0;
}

static void archive(struct keras_archive *a, const char *path)
{
	struct err e;

	if (keras_archive_read(a, path, &e) < 0)
		fail_msg("%s: %s", path, e.msg);
}

static void expect(int r, const struct err *e, int code, const char *word)
{
	if (r != code || strstr(e->msg, word) == NULL)
		fail_msg("%d instead of %d, or no \"%s\" in: %s", r, code, word, r < 0 ? e->msg : "(success)");
}

/* Every weight and the network are those of the vector file. */
static void model_equals(const char *name)
{
	struct keras_model m = { .params = NULL };
	struct vectors *v = vectors_open(name);
	char path[512], text[512];
	struct network net;
	struct err e;

	snprintf(path, sizeof(path), PARITY "%s.keras", name);
	if (keras_model_load(&m, path, &e) < 0)
		fail_msg("%s", e.msg);
	vectors_network(v, &net);
	network_format(&m.net, text, sizeof(text));
	assert_string_equal(text, vectors_meta(v, "layers"));
	assert_int_equal(m.net.steps, net.steps);
	assert_int_equal(m.net.features, net.features);
	assert_string_equal(m.version, vectors_meta(v, "keras"));
	for (size_t i = 0; i < net.layer_n; i++) {
		const struct layer *a = &m.net.layer[i], *b = &net.layer[i];

		assert_int_equal(a->kind, b->kind);
		assert_int_equal(a->act, b->act);
		assert_int_equal(a->units, b->units);
		assert_int_equal(a->last_only, b->last_only);
		for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
			size_t rows, cols;

			layer_tensor_shape(b, k, &rows, &cols);
			if (rows == 0)
				assert_null(a->weight[k]);
			else
				assert_memory_equal(a->weight[k], b->weight[k], rows * cols * sizeof(float));
		}
	}
	keras_model_free(&m);
	vectors_close(v);
}

static void sequential_model_arrives_weight_by_weight(void **state)
{
	(void)state;
	model_equals("small_model");
}

static void functional_chain_without_some_biases_arrives_weight_by_weight(void **state)
{
	(void)state;
	model_equals("functional_model");
}

static void model_of_the_seed_is_the_reference_network(void **state)
{
	struct keras_model m = { .params = NULL };
	char text[256];
	struct err e;

	(void)state;
	if (access(SEED, R_OK) != 0) {
		print_message("SKIPPED: the seed's model is not beside this tree (" SEED ")\n");
		skip();
	}
	if (keras_model_load(&m, SEED, &e) < 0)
		fail_msg("%s", e.msg);
	network_format(&m.net, text, sizeof(text));
	assert_string_equal(text, "lstm:50:relu,lstm:20:relu,repeat:10,lstm:20:relu,lstm:50:relu,dense:4");
	assert_int_equal(network_param_n(&m.net), 34364);
	keras_model_free(&m);
}

static void unsupported_layer_is_named(void **state)
{
	struct keras_model m = { .params = NULL };
	struct err e = { 0 };
	const int r = keras_model_load(&m, PARITY "unsupported_model.keras", &e);

	(void)state;
	expect(r, &e, ERR_UNSUPPORTED, "\"gru\"");
	expect(r, &e, ERR_UNSUPPORTED, "GRU");
	assert_null(m.params);
}

/* text[len] with the first `from` made `to`, owned by the caller. */
static char *replaced(const unsigned char *text, size_t len, const char *from, const char *to)
{
	const char *at = memmem(text, len, from, strlen(from));
	char *out = NULL;

	if (at == NULL)
		fail_msg("not in the configuration: %s", from);
	assert_true(asprintf(&out, "%.*s%s%.*s", (int)((const unsigned char *)at - text), (const char *)text, to,
			     (int)(len - (size_t)((const unsigned char *)at - text) - strlen(from)), at + strlen(from)) > 0);
	return out;
}

struct change {
	const char *from, *to;
	int code;
	const char *word;
};

static void changes_are_refused(const char *path, const struct change *change)
{
	struct keras_archive a = { 0 };

	archive(&a, path);
	for (; change->from != NULL; change++) {
		char *text = replaced(a.member[KERAS_CONFIG].data, a.member[KERAS_CONFIG].len, change->from, change->to);
		struct keras_config c = { .net = { 0 } };
		struct err e = { 0 };
		const int r = keras_config_read(&c, text, strlen(text), &e);

		if (r == OK)
			fail_msg("accepted: %s", change->to);
		expect(r, &e, change->code, change->word);
		assert_int_equal(c.net.layer_n, 0);
		free(text);
	}
	keras_archive_free(&a);
}

#define LSTM_DTYPE                                                                                                                 \
	"\"name\": \"lstm\", \"trainable\": true, \"dtype\": {\"module\": \"keras\", \"class_name\": "                             \
	"\"DTypePolicy\", \"config\": {\"name\": "

static void options_that_change_the_result_are_refused_by_name(void **state)
{
	static const struct change changes[] = {
		{ "\"go_backwards\": false", "\"go_backwards\": true", ERR_UNSUPPORTED,
		  "layer 1 \"lstm\": the option \"go_backwards\"" },
		{ "\"return_state\": false", "\"return_state\": true", ERR_UNSUPPORTED, "\"return_state\"" },
		{ "\"recurrent_activation\": \"sigmoid\"", "\"recurrent_activation\": \"hard_sigmoid\"", ERR_UNSUPPORTED,
		  "\"recurrent_activation\" is hard_sigmoid" },
		{ "\"activation\": \"relu\"", "\"activation\": \"selu\"", ERR_UNSUPPORTED, "\"activation\" is selu" },
		{ "\"activation\": \"relu\"", "\"activation\": {\"class_name\": \"function\"}", ERR_UNSUPPORTED, "\"activation\"" },
		{ "\"activation\": \"relu\"", "\"activation\": null", ERR_UNSUPPORTED, "\"activation\" is linear" },
		{ "\"stateful\": false", "\"twist\": 0.5", ERR_UNSUPPORTED, "\"twist\" is not known" },
		{ "\"sparse\": false", "\"sparse\": true", ERR_UNSUPPORTED, "\"sparse\"" },
		{ LSTM_DTYPE "\"float32\"", LSTM_DTYPE "\"float64\"", ERR_UNSUPPORTED, "\"dtype\" is float64" },
		{ LSTM_DTYPE "\"float32\"", LSTM_DTYPE "32", ERR_UNSUPPORTED, "\"dtype\"" },
		{ "\"class_name\": \"LSTM\"", "\"class_name\": \"Bidirectional\"", ERR_UNSUPPORTED, "Bidirectional" },
		{ "\"class_name\": \"Dense\"", "\"class_name\": \"Dropout\"", ERR_UNSUPPORTED, "\"time_distributed\"" },
		{ "\"class_name\": \"LSTM\"", "\"class_name\": \"L\\u0007STM\"", ERR_UNSUPPORTED, "L?STM" },
		{ "\"module\": \"keras.layers\", \"class_name\": \"LSTM\"", "\"module\": \"mine\", \"class_name\": \"LSTM\"",
		  ERR_UNSUPPORTED, "not a layer of Keras" },
		{ "\"optional\": false}, \"registered_name\": null",
		  "\"optional\": false}, \"registered_name\": \"mine>InputLayer\"", ERR_UNSUPPORTED, "not a layer of Keras" },
		{ "\"class_name\": \"Sequential\"", "\"class_name\": \"Twin\"", ERR_UNSUPPORTED, "Twin" },
		{ 0 },
	};

	(void)state;
	changes_are_refused(PARITY "small_model.keras", changes);
}

static void wrong_sizes_and_types_are_refused(void **state)
{
	static const struct change changes[] = {
		{ "\"units\": 7", "\"units\": 0", ERR_RANGE, "1..4096" },
		{ "\"units\": 7", "\"units\": -7", ERR_RANGE, "units" },
		{ "\"units\": 7", "\"units\": 4097", ERR_RANGE, "units" },
		{ "\"units\": 7", "\"units\": 99999999999999999999", ERR_RANGE, "64 bits" },
		{ "\"units\": 7", "\"units\": 7.5", ERR_FORMAT, "units" },
		{ "\"units\": 7", "\"units\": \"7\"", ERR_FORMAT, "units" },
		{ "\"units\": 7", "\"units\": null", ERR_FORMAT, "units" },
		{ "\"units\": 7", "\"unit\": 7", ERR_UNSUPPORTED, "\"unit\"" },
		{ "\"use_bias\": true", "\"use_bias\": \"yes\"", ERR_FORMAT, "use_bias" },
		{ "\"return_sequences\": true", "\"return_sequences\": 1", ERR_FORMAT, "return_sequences" },
		{ "\"return_sequences\": true", "\"return_sequences\": false", ERR_FORMAT, "\"lstm_1\": its input must have 3" },
		{ "\"n\": 5", "\"n\": 4097", ERR_RANGE, "\"n\"" },
		{ "\"n\": 5", "\"n\": [5]", ERR_FORMAT, "\"n\"" },
		{ "\"batch_shape\": [null, 5, 3]", "\"batch_shape\": [null, null, 3]", ERR_RANGE, "steps" },
		{ "\"batch_shape\": [null, 5, 3]", "\"batch_shape\": [null, 5, -3]", ERR_RANGE, "features" },
		{ "\"batch_shape\": [null, 5, 3]", "\"batch_shape\": [null, 5, 3, 1]", ERR_UNSUPPORTED, "4 dimensions" },
		{ "\"batch_shape\": [null, 5, 3]", "\"batch_shape\": [null, 3]", ERR_FORMAT, "\"lstm\": its input must have 3" },
		{ "\"batch_shape\": [null, 5, 3]", "\"batch_shape\": {}", ERR_FORMAT, "batch_shape" },
		{ "\"layers\": [", "\"layers\": [7, ", ERR_FORMAT, "layer 0" },
		{ "\"layers\": [", "\"layers\": {}, \"x\": [", ERR_FORMAT, "layers" },
		{ "\"layers\": [", "\"layers\": [], \"x\": [", ERR_FORMAT, "no layers" },
		{ 0 },
	};

	(void)state;
	changes_are_refused(PARITY "small_model.keras", changes);
}

static void functional_models_must_be_chains(void **state)
{
	static const struct change changes[] = {
		{ "\"keras_history\": [\"second\", 0, 0]", "\"keras_history\": [\"window\", 0, 0]", ERR_UNSUPPORTED, "\"first\"" },
		{ "\"keras_history\": [\"second\", 0, 0]", "\"keras_history\": [\"second\", 0, 1]", ERR_UNSUPPORTED,
		  "plain chain" },
		{ "\"keras_history\": [\"second\", 0, 0]", "\"keras_history\": [\"second\"]", ERR_UNSUPPORTED, "plain chain" },
		{ "\"training\": false", "\"training\": true", ERR_UNSUPPORTED, "\"training\"" },
		{ "\"inbound_nodes\": [{", "\"inbound_nodes\": [{}, {", ERR_UNSUPPORTED, "plain chain" },
		{ "\"args\": [{", "\"args\": [{}, {", ERR_UNSUPPORTED, "plain chain" },
		{ "\"output_layers\": [\"out\"", "\"output_layers\": [\"copies\"", ERR_UNSUPPORTED, "output_layers" },
		{ "\"input_layers\": [\"window\"", "\"input_layers\": [\"lstm\"", ERR_UNSUPPORTED, "input_layers" },
		{ 0 },
	};

	(void)state;
	changes_are_refused(PARITY "functional_model.keras", changes);
}

static void model_must_begin_with_its_input(void **state)
{
	static const char text[] = "{\"class_name\":\"Sequential\",\"config\":{\"layers\":[{\"class_name\":\"Dropout\","
				   "\"config\":{\"name\":\"d\",\"rate\":0.5}}]}}";
	struct keras_config c;
	struct err e = { 0 };

	(void)state;
	expect(keras_config_read(&c, text, strlen(text), &e), &e, ERR_FORMAT, "InputLayer");
}

static void cut_config_is_refused_at_every_length(void **state)
{
	struct keras_archive a = { 0 };
	struct keras_config c;

	(void)state;
	archive(&a, PARITY "functional_model.keras");
	for (size_t len = 0; len < a.member[KERAS_CONFIG].len; len += len < 64 ? 1 : 13) {
		char *copy = malloc(len + 1); /* exact, so that a sanitizer sees reads past the end */
		struct err e;

		assert_non_null(copy);
		copy = realloc(copy, len > 0 ? len : 1);
		memcpy(copy, a.member[KERAS_CONFIG].data, len);
		assert_true(keras_config_read(&c, copy, len, &e) < 0);
		free(copy);
	}
	keras_archive_free(&a);
}

struct part {
	const char *name;
	const void *data;
	size_t len;
	int encrypted;
};

/* An archive of these parts; name NULL ends them. */
static void zip_write(const char *path, const struct part *part)
{
	int code;
	zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);

	assert_non_null(z);
	for (; part->name != NULL; part++) {
		zip_source_t *s = zip_source_buffer(z, part->data, part->len, 0);
		const zip_int64_t i = zip_file_add(z, part->name, s, 0);

		assert_true(i >= 0);
		if (part->encrypted)
			assert_int_equal(zip_file_set_encryption(z, (zip_uint64_t)i, ZIP_EM_AES_256, "secret"), 0);
	}
	assert_int_equal(zip_close(z), 0);
}

static void archive_is_refused(const struct tempdir *t, int code, const char *word)
{
	struct keras_archive a = { 0 };
	struct err e = { 0 };

	expect(keras_archive_read(&a, t->file, &e), &e, code, word);
	assert_null(a.member[KERAS_METADATA].data);
}

static void missing_member_is_named(void **state)
{
	static const struct part no_weights[] = { { "metadata.json", "{}", 2, 0 }, { "config.json", "{}", 2, 0 }, { 0 } };
	static const struct part no_config[] = { { "metadata.json", "{}", 2, 0 }, { "sub/config.json", "{}", 2, 0 }, { 0 } };
	const struct tempdir *t = *state;

	zip_write(t->file, no_weights);
	archive_is_refused(t, ERR_FORMAT, "model.weights.h5 is missing");
	zip_write(t->file, no_config);
	archive_is_refused(t, ERR_FORMAT, "config.json is missing");
}

static void members_have_a_largest_size(void **state)
{
	const size_t len = ((size_t)8 << 20) + 1;
	char *zeros = calloc(1, len);
	const struct part parts[] = { { "metadata.json", "{}", 2, 0 }, { "config.json", zeros, len, 0 }, { 0 } };
	const struct tempdir *t = *state;

	assert_non_null(zeros);
	zip_write(t->file, parts);
	archive_is_refused(t, ERR_RANGE, "config.json has 8388609 bytes");
	free(zeros);
}

static void encrypted_member_is_named(void **state)
{
	static const struct part parts[] = { { "metadata.json", "{}", 2, 0 }, { "config.json", "{}", 2, 1 }, { 0 } };
	const struct tempdir *t = *state;

	zip_write(t->file, parts);
	archive_is_refused(t, ERR_UNSUPPORTED, "config.json is encrypted");
}

static void member_that_is_there_twice_is_refused(void **state)
{
	static const struct part parts[] = {
		{ "metadata.json", "{}", 2, 0 },
		{ "config.json", "{}", 2, 0 },
		{ "konfig.json", "[]", 2, 0 },
		{ 0 },
	};
	const struct tempdir *t = *state;
	unsigned char *data, *at;
	size_t len;

	zip_write(t->file, parts);
	data = file_get(t->file, &len);
	while ((at = memmem(data, len, "konfig", 6)) != NULL)
		*at = 'c';
	file_put(t->file, data, len);
	free(data);
	archive_is_refused(t, ERR_FORMAT, "config.json is in the archive twice");
}

static void damaged_data_fails_its_checksum(void **state)
{
	const struct tempdir *t = *state;
	unsigned char *data, *at;
	size_t len;

	data = file_get(PARITY "small_model.keras", &len);
	assert_non_null(at = memmem(data, len, "go_backwards", 12));
	*at ^= 1;
	file_put(t->file, data, len);
	free(data);
	archive_is_refused(t, ERR_FORMAT, "config.json is damaged");
}

static void cut_archive_is_refused_at_every_length(void **state)
{
	const struct tempdir *t = *state;
	struct keras_model m;
	unsigned char *data;
	size_t len;

	data = file_get(PARITY "small_model.keras", &len);
	for (size_t n = 0; n<len; n += n + 200> len ? 3 : 997) {
		struct err e;

		file_put(t->file, data, n);
		if (keras_model_load(&m, t->file, &e) == OK)
			fail_msg("accepted after %zu of %zu bytes", n, len);
	}
	free(data);
}

static void other_files_are_refused(void **state)
{
	const struct tempdir *t = *state;
	struct keras_archive a = { 0 };
	struct err e = { 0 };

	expect(keras_archive_read(&a, "no/such/file", &e), &e, ERR_IO, "No such file");
	expect(keras_archive_read(&a, PARITY, &e), &e, ERR_FORMAT, "not a .keras file");
	file_put(t->file, "just text", 9);
	archive_is_refused(t, ERR_FORMAT, "not a .keras file");
}

static void file_of_another_keras_is_refused(void **state)
{
	const struct tempdir *t = *state;
	struct keras_archive a = { 0 };
	struct keras_model m;
	struct err e = { 0 };

	archive(&a, PARITY "small_model.keras");
	{
		const struct part parts[] = {
			{ "metadata.json", "{\"keras_version\": \"2.15.0\"}", 27, 0 },
			{ "config.json", a.member[KERAS_CONFIG].data, a.member[KERAS_CONFIG].len, 0 },
			{ "model.weights.h5", a.member[KERAS_WEIGHTS].data, a.member[KERAS_WEIGHTS].len, 0 },
			{ 0 },
		};

		zip_write(t->file, parts);
	}
	expect(keras_model_load(&m, t->file, &e), &e, ERR_UNSUPPORTED, "metadata.json: the file was not written by Keras 3");
	keras_archive_free(&a);
}

/* The config and the weights of small_model, and room for the weights. */
struct small {
	struct keras_archive a;
	struct keras_config c;
	float *params; /* shared with children */
	size_t bytes;
};

static void small_open(struct small *s)
{
	struct err e;

	*s = (struct small){ .params = NULL };
	archive(&s->a, PARITY "small_model.keras");
	if (keras_config_read(&s->c, (const char *)s->a.member[KERAS_CONFIG].data, s->a.member[KERAS_CONFIG].len, &e) < 0)
		fail_msg("%s", e.msg);
	s->bytes = 4 * network_param_n(&s->c.net) * sizeof(float);
	assert_non_null(s->params = isolate_alloc(s->bytes));
}

static void small_close(struct small *s)
{
	keras_archive_free(&s->a);
	isolate_free(s->params, s->bytes);
}

static int small_read(void *arg, struct err *e)
{
	const struct small *s = arg;

	return keras_weights_read(&s->c, s->a.member[KERAS_WEIGHTS].data, s->a.member[KERAS_WEIGHTS].len, s->params, e);
}

static void weights_must_fit_the_config(void **state)
{
	struct err e = { 0 };
	struct small s;

	(void)state;
	small_open(&s);
	s.c.net.layer[0].units = 8;
	assert_int_equal(network_shape(&s.c.net, &e), OK);
	expect(small_read(&s, &e), &e, ERR_FORMAT, "layers/lstm/cell/vars/0: its shape");
	s.c.net.layer[0].units = 7;
	assert_int_equal(network_shape(&s.c.net, &e), OK);
	s.c.layer[1].has_bias = 0;
	expect(small_read(&s, &e), &e, ERR_FORMAT, "layers/lstm_1/cell/vars has 3 weights");
	s.c.layer[1].has_bias = 1;
	strcpy(s.c.layer[4].path, "layers/lstm_4/cell/vars");
	expect(small_read(&s, &e), &e, ERR_FORMAT, "layers/lstm_4/cell/vars is missing");
	strcpy(s.c.layer[4].path, "layers/lstm_3/cell");
	expect(small_read(&s, &e), &e, ERR_FORMAT, "layers/lstm_3/cell has 1 weights");
	small_close(&s);
}

static void weights_must_be_finite(void **state)
{
	static const float nan_bits = __builtin_nanf("");
	struct err e = { 0 };
	unsigned char *at;
	struct small s;

	(void)state;
	small_open(&s);
	assert_int_equal(small_read(&s, &e), OK);
	at = memmem(s.a.member[KERAS_WEIGHTS].data, s.a.member[KERAS_WEIGHTS].len, s.params + 3, 4 * sizeof(float));
	assert_non_null(at);
	memcpy(at, &nan_bits, sizeof(nan_bits));
	expect(small_read(&s, &e), &e, ERR_NUMERIC, "layers/lstm/cell/vars/0 (kernel): number 3");
	small_close(&s);
}

/* libhdf5 checks the length that the file's first block states, so a cut file is safe to open in this process. */
static void cut_weights_are_refused_at_every_length(void **state)
{
	struct small s;
	size_t len;

	(void)state;
	small_open(&s);
	len = s.a.member[KERAS_WEIGHTS].len;
	for (size_t n = 0; n < len; n += n < 256 ? 1 : 61) {
		unsigned char *copy = malloc(n > 0 ? n : 1);
		struct err e;

		assert_non_null(copy);
		memcpy(copy, s.a.member[KERAS_WEIGHTS].data, n);
		if (keras_weights_read(&s.c, copy, n, s.params, &e) == OK)
			fail_msg("accepted after %zu of %zu bytes", n, len);
		free(copy);
	}
	small_close(&s);
}

/* Where libhdf5 may crash: in a child. Half the damage is in the first blocks, where the structure is. */
static void damaged_weights_never_take_us_down(void **state)
{
	enum { ROUNDS = 150 };
	size_t len, refused = 0;
	struct small s;
	struct rng rng;

	(void)state;
	small_open(&s);
	len = s.a.member[KERAS_WEIGHTS].len;
	rng_init(&rng, 7);
	for (int i = 0; i < ROUNDS; i++) {
		unsigned char *data = s.a.member[KERAS_WEIGHTS].data, old[8];
		size_t at[8];
		struct err e;

		for (int k = 0; k < 8; k++) {
			at[k] = (size_t)rng_below(&rng, i % 2 ? len : 4096);
			old[k] = data[at[k]];
			data[at[k]] = (unsigned char)rng_next(&rng);
		}
		refused += isolate_run(small_read, &s, "it", 10, &e) < 0;
		for (int k = 8; k-- > 0;)
			data[at[k]] = old[k];
	}
	assert_in_range(refused, ROUNDS / 4, ROUNDS);
	assert_int_equal(isolate_run(small_read, &s, "it", 10, NULL), OK);
	small_close(&s);
}

static int crash(void *arg, struct err *e)
{
	(void)arg, (void)e;
	kill(getpid(), SIGSEGV);
	_exit(3);
}

static int leave(void *arg, struct err *e)
{
	(void)arg, (void)e;
	_exit(0);
}

static int never_end(void *arg, struct err *e)
{
	volatile int *p = arg;

	(void)e;
	while (*p >= 0)
		*p ^= 1;
	return OK;
}

static int answer(void *arg, struct err *e)
{
	*(int *)arg = 42;
	return err_set(e, ERR_NUMERIC, "from the child");
}

static void isolated_failures_become_messages(void **state)
{
	int *shared = isolate_alloc(sizeof(*shared)), own = 1;
	struct err e = { 0 };

	(void)state;
	assert_non_null(shared);
	expect(isolate_run(crash, NULL, "box", 5, &e), &e, ERR_FORMAT, "box is damaged");
	expect(isolate_run(leave, NULL, "box", 5, &e), &e, ERR_FORMAT, "box is damaged");
	expect(isolate_run(never_end, shared, "box", 1, &e), &e, ERR_FORMAT, "signal");
	expect(isolate_run(answer, shared, "box", 5, &e), &e, ERR_NUMERIC, "from the child");
	assert_int_equal(*shared, 42);
	assert_int_equal(isolate_run(answer, &own, "box", 5, NULL), ERR_NUMERIC);
	assert_int_equal(own, 1);
	isolate_free(shared, sizeof(*shared));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequential_model_arrives_weight_by_weight),
		cmocka_unit_test(functional_chain_without_some_biases_arrives_weight_by_weight),
		cmocka_unit_test(model_of_the_seed_is_the_reference_network),
		cmocka_unit_test(unsupported_layer_is_named),
		cmocka_unit_test(options_that_change_the_result_are_refused_by_name),
		cmocka_unit_test(wrong_sizes_and_types_are_refused),
		cmocka_unit_test(functional_models_must_be_chains),
		cmocka_unit_test(model_must_begin_with_its_input),
		cmocka_unit_test(cut_config_is_refused_at_every_length),
		cmocka_unit_test_setup_teardown(missing_member_is_named, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(members_have_a_largest_size, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(encrypted_member_is_named, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(member_that_is_there_twice_is_refused, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(damaged_data_fails_its_checksum, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(cut_archive_is_refused_at_every_length, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(other_files_are_refused, temp_setup, temp_teardown),
		cmocka_unit_test_setup_teardown(file_of_another_keras_is_refused, temp_setup, temp_teardown),
		cmocka_unit_test(weights_must_fit_the_config),
		cmocka_unit_test(weights_must_be_finite),
		cmocka_unit_test(cut_weights_are_refused_at_every_length),
		cmocka_unit_test(damaged_weights_never_take_us_down),
		cmocka_unit_test(isolated_failures_become_messages),
	};

	return cmocka_run_group_tests_name("import", tests, NULL, NULL);
}
