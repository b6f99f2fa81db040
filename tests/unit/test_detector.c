/* detector: the round trip, and what is said about metadata that cannot be meant. */
#include "detect/detector.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cm.h"

#include "lib/nets.h"
#include "lib/tempdir.h"

#define FEATURES             "[\"orig_pkts\",\"resp_pkts\",\"orig_bytes\",\"resp_bytes\"]"
#define SCALER(kind, center) "{\"kind\":" kind ",\"log1p\":false,\"clip\":0,\"center\":" center ",\"scale\":[1,1,1,1]}"

static struct tempdir dir;

static int setup(void **state)
{
	(void)state;
	tempdir_make(&dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	tempdir_remove(&dir);
	return 0;
}

struct hostile {
	const char *features, *scaler, *threshold, *training;
	const char *message; /* behind "PATH: " */
};

/* Open a small model with these metadata; NULL entries are left out. */
static int open_with(const struct hostile *h, const char *layers, size_t T, size_t F, struct detector *d, struct err *e)
{
	struct net_case c = net_make(layers, T, F, 0, 1);
	struct modelfile_meta meta[4];
	size_t n = 0;
	int r;

	if (h->features != NULL)
		meta[n++] = (struct modelfile_meta){ "features", h->features };
	if (h->scaler != NULL)
		meta[n++] = (struct modelfile_meta){ "scaler", h->scaler };
	if (h->threshold != NULL)
		meta[n++] = (struct modelfile_meta){ "threshold", h->threshold };
	if (h->training != NULL)
		meta[n++] = (struct modelfile_meta){ "training", h->training };
	if (modelfile_save(tempdir_file(&dir, "m"), &c.net, meta, n, e) < 0)
		fail_msg("%s", e->msg);
	r = detector_open(d, dir.file, e);
	net_drop(&c);
	return r;
}

static void refused(const struct hostile *h, const char *layers, size_t T, size_t F)
{
	struct detector d, before;
	struct err e = { 0 };
	const char *said;

	memset(&d, 0x5a, sizeof(d));
	before = d;
	if (open_with(h, layers, T, F, &d, &e) == OK)
		fail_msg("accepted, not refused with \"%s\"", h->message);
	assert_true(e.code < 0);
	assert_memory_equal(e.msg, dir.file, strlen(dir.file));
	said = e.msg + strlen(dir.file) + 2;
	if (strcmp(said, h->message) != 0)
		fail_msg("\"%s\" instead of \"%s\"", said, h->message);
	assert_memory_equal(&d, &before, sizeof(d));
}

static void detector_names_what_is_wrong_with_features(void **state)
{
	static const char unknown[] = "is no set of features that this version knows", m[] = "metadata \"features\"";
	static const char *const lists[] = {
		"[]",
		"{}",
		"4",
		"\"basic\"",
		"[1,2,3,4]",
		"[\"orig_pkts\",\"resp_pkts\",\"orig_bytes\"]",
		"[\"resp_pkts\",\"orig_pkts\",\"orig_bytes\",\"resp_bytes\"]",
		"[\"orig_pkts\",\"resp_pkts\",\"orig_bytes\",\"ttl\"]",
		"[\"orig_pkts\",\"resp_pkts\",\"orig_bytes\",\"resp_bytes\",\"resp_bytes\"]",
		"[\"orig_pkts\",\"resp_pkts\",\"orig_bytes\",null]",
	};
	char message[256];

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		snprintf(message, sizeof(message), "%s: %s %s", m, lists[i], unknown);
		refused(&(struct hostile){ .features = lists[i], .message = message }, "dense", 2, 4);
	}
	refused(&(struct hostile){ .message = "metadata \"features\" is missing: which numbers of a flow the model takes" },
		"dense", 2, 4);
	refused(&(struct hostile){ .features = FEATURES, .message = "metadata \"features\" has 4 names, the network takes 3" },
		"dense", 2, 3);
}

/* More names than a set can have must not be copied anywhere. */
static void detector_refuses_thousands_of_features(void **state)
{
	enum { NAMES = 5000 };
	char *const list = malloc(NAMES * 4 + 8), *at = list;
	struct detector d;
	struct err e = { 0 };

	(void)state;
	assert_non_null(list);
	at += sprintf(at, "[\"a\"");
	for (int i = 1; i < NAMES; i++)
		at += sprintf(at, ",\"a\"");
	sprintf(at, "]");
	assert_int_equal(open_with(&(struct hostile){ .features = list }, "dense", 2, 4, &d, &e), ERR_UNSUPPORTED);
	assert_non_null(strstr(e.msg, "is no set of features"));
	free(list);
}

static void detector_refuses_a_scaler_that_does_not_fit(void **state)
{
	static const struct hostile bad[] = {
		{ FEATURES, "{\"kind\":\"standard\",\"log1p\":false,\"clip\":0,\"center\":[0,0],\"scale\":[1,1]}", NULL, NULL,
		  "metadata \"scaler\" is for 2 features, the network takes 4" },
	};
	static const char *const broken[] = {
		"[]",
		"7",
		"{}",
		"{\"kind\":\"standard\"",
		SCALER("\"other\"", "[0,0,0,0]"),
		SCALER("3", "[0,0,0,0]"),
		SCALER("\"standard\"", "[0,0,0]"),
		SCALER("\"standard\"", "[0,0,0,\"0\"]"),
		SCALER("\"standard\"", "[0,0,0,NaN]"),
		SCALER("\"standard\"", "[0,0,0,1e999]"),
		"{\"kind\":\"standard\",\"log1p\":false,\"clip\":0,\"center\":[0,0,0,0],\"scale\":[1,1,1,0]}",
		"{\"kind\":\"standard\",\"log1p\":false,\"clip\":0,\"center\":[0,0,0,0],\"scale\":[1,1,1,-1]}",
		"{\"kind\":\"standard\",\"log1p\":false,\"clip\":-1,\"center\":[0,0,0,0],\"scale\":[1,1,1,1]}",
		"{\"kind\":\"standard\",\"log1p\":1,\"clip\":0,\"center\":[0,0,0,0],\"scale\":[1,1,1,1]}",
	};
	struct detector d;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(&bad[i], "dense", 2, 4);
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct err e = { 0 };

		if (open_with(&(struct hostile){ .features = FEATURES, .scaler = broken[i] }, "dense", 2, 4, &d, &e) == OK)
			fail_msg("%s was accepted", broken[i]);
		if (strstr(e.msg, "metadata \"scaler\": ") == NULL)
			fail_msg("%s: %s", broken[i], e.msg);
	}
}

static void detector_refuses_a_threshold_that_is_none(void **state)
{
	static const struct hostile bad[] = {
		{ FEATURES, NULL, "{\"value\":-0.5,\"strategy\":\"manual\"}", NULL, "metadata \"threshold\": -0.5 is negative" },
		{ FEATURES, NULL, "{\"value\":1,\"strategy\":\"12345678901234567890123456789012\"}", NULL,
		  "metadata \"threshold\": the strategy is longer than 31 characters" },
	};
	static const char *const broken[] = {
		"{\"value\":NaN,\"strategy\":\"manual\"}",
		"{\"value\":Infinity,\"strategy\":\"manual\"}",
		"{\"value\":1e999,\"strategy\":\"manual\"}",
		"{\"value\":\"1\",\"strategy\":\"manual\"}",
		"{\"value\":null,\"strategy\":\"manual\"}",
		"{\"value\":1}",
		"{\"strategy\":\"manual\"}",
		"{\"value\":1,\"strategy\":3}",
		"{\"value\":1,\"strategy\":\"a\\u0000b\"}",
		"0.5",
		"[0.5]",
		"",
	};
	struct detector d;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refused(&bad[i], "dense", 2, 4);
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct err e = { 0 };

		if (open_with(&(struct hostile){ .features = FEATURES, .threshold = broken[i] }, "dense", 2, 4, &d, &e) == OK)
			fail_msg("%s was accepted", broken[i]);
		if (strstr(e.msg, "metadata \"threshold\": ") == NULL)
			fail_msg("%s: %s", broken[i], e.msg);
	}
}

static void detector_refuses_usual_ranges_that_are_none(void **state)
{
	static const char *const usual[] = { "[[1,2,3]]", "[[1,2,3],[1,2,3],[1,2,3],[3,2,1]]", "{}" };

	(void)state;
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++) {
		struct net_case c = net_make("lstm:2,repeat,dense", 3, 4, 0, 1);
		const struct modelfile_meta meta[] = { { "features", FEATURES }, { "usual", usual[i] } };
		struct detector d;
		struct err e;

		assert_int_equal(modelfile_save(tempdir_file(&dir, "u"), &c.net, meta, 2, &e), OK);
		assert_int_equal(detector_open(&d, dir.file, &e), ERR_FORMAT);
		assert_non_null(strstr(e.msg, "metadata \"usual\": usual range"));
		net_drop(&c);
	}
}

static void detector_takes_training_facts_as_they_are(void **state)
{
	static const char *const texts[] = { "{\"rows\":3}", "no JSON \"at all\"", "" };
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct detector d;

		if (open_with(&(struct hostile){ .features = FEATURES, .training = texts[i] }, "dense", 2, 4, &d, &e) < 0)
			fail_msg("%s", e.msg);
		assert_string_equal(d.training, texts[i]);
		detector_close(&d);
	}
}

static void detector_refuses_a_network_that_is_no_autoencoder(void **state)
{
	(void)state;
	refused(&(struct hostile){ .features = FEATURES, .message = "not an autoencoder: the input is (2,4) and the output (2,3)" },
		"dense:3", 2, 4);
}

static void detector_without_scaler_and_threshold_says_so(void **state)
{
	struct detector d;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(open_with(&(struct hostile){ .features = FEATURES }, "dense", 2, 4, &d, &e), OK);
	assert_false(d.has_scaler);
	assert_true(isnan(d.threshold));
	assert_string_equal(d.strategy, "");
	assert_null(d.training);
	detector_close(&d);
	assert_null(d.file);
	assert_int_equal(open_with(&(struct hostile){ FEATURES, "null", "null", NULL, NULL }, "dense", 2, 4, &d, &e), OK);
	assert_false(d.has_scaler);
	assert_true(isnan(d.threshold));
	detector_close(&d);
	detector_close(&d);
	detector_close(NULL);
}

static void detector_names_a_file_that_is_not_there(void **state)
{
	struct detector d;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(detector_open(&d, tempdir_file(&dir, "none"), &e), ERR_IO);
	assert_non_null(strstr(e.msg, "none"));
	assert_non_null(strstr(e.msg, "No such file"));
}

/* Everything comes back bit for bit, and saving what came back gives the same bytes. */
static void detector_survives_save_and_open(void **state)
{
	struct net_case c = net_make("lstm:5,repeat,lstm:5:relu,dense", 10, 4, 0, 3);
	char facts[] = "{\"rows\":1}";
	struct detector made = {
		.net = c.net,
		.features = feature_set_find("basic"),
		.has_scaler = 1,
		.scaler = { .kind = SCALER_ROBUST,
			    .n = 4,
			    .log1p = 1,
			    .clip = 8,
			    .center = { 0.1, -1e300, DBL_TRUE_MIN, 1.0 / 3 },
			    .scale = { 1, 1e-300, DBL_MAX, 0.7 } },
		.threshold = 0.1 + 1e-16,
		.strategy = "1234567890123456789012345678901",
		.has_usual = 1,
		.usual = { { 1, 2, 1.0 / 3 + 2 }, { NAN, NAN, NAN }, { 0, 0, 0 }, { 0, 1e-300, DBL_MAX } },
		.training = facts,
	};
	struct detector got;
	struct err e = { 0 };
	void *first, *second;
	size_t first_n, second_n;

	(void)state;
	assert_int_equal(detector_save(&made, tempdir_file(&dir, "a"), &e), OK);
	first = file_get(dir.file, &first_n);
	if (detector_open(&got, dir.file, &e) < 0)
		fail_msg("%s", e.msg);
	assert_ptr_equal(got.features, made.features);
	assert_int_equal(got.has_scaler, 1);
	assert_int_equal(got.scaler.kind, SCALER_ROBUST);
	assert_int_equal(got.scaler.log1p, 1);
	assert_true(got.scaler.clip == 8);
	assert_memory_equal(got.scaler.center, made.scaler.center, 4 * sizeof(double));
	assert_memory_equal(got.scaler.scale, made.scaler.scale, 4 * sizeof(double));
	assert_memory_equal(&got.threshold, &made.threshold, sizeof(double));
	assert_string_equal(got.strategy, made.strategy);
	assert_string_equal(got.training, facts);
	assert_int_equal(got.has_usual, 1);
	assert_true(isnan(got.usual[1].low) && isnan(got.usual[1].middle) && isnan(got.usual[1].high));
	got.usual[1] = made.usual[1]; /* a NaN has many forms */
	assert_memory_equal(got.usual, made.usual, 4 * sizeof(*got.usual));
	for (size_t i = 0; i < c.net.layer_n; i++) {
		for (int k = 0; k < LAYER_MAX_TENSORS; k++) {
			size_t rows, cols;

			layer_tensor_shape(&c.net.layer[i], k, &rows, &cols);
			if (rows > 0)
				assert_memory_equal(got.net.layer[i].weight[k], c.net.layer[i].weight[k],
						    rows * cols * sizeof(float));
		}
	}
	assert_int_equal(detector_save(&got, tempdir_file(&dir, "b"), &e), OK);
	second = file_get(dir.file, &second_n);
	assert_int_equal(first_n, second_n);
	assert_memory_equal(first, second, first_n);
	detector_close(&got);
	free(first);
	free(second);
	net_drop(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(detector_names_what_is_wrong_with_features),
		cmocka_unit_test(detector_refuses_thousands_of_features),
		cmocka_unit_test(detector_refuses_a_scaler_that_does_not_fit),
		cmocka_unit_test(detector_refuses_a_threshold_that_is_none),
		cmocka_unit_test(detector_refuses_usual_ranges_that_are_none),
		cmocka_unit_test(detector_takes_training_facts_as_they_are),
		cmocka_unit_test(detector_refuses_a_network_that_is_no_autoencoder),
		cmocka_unit_test(detector_without_scaler_and_threshold_says_so),
		cmocka_unit_test(detector_names_a_file_that_is_not_there),
		cmocka_unit_test(detector_survives_save_and_open),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
