/* network: the text form, shapes, counts and limits. */
#include "nn/network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char reference[] = "lstm:50,lstm:20,repeat,lstm:20,lstm:50,dense";

static void parse(struct network *net, size_t steps, size_t features, const char *text)
{
	struct err e = { 0 };

	*net = (struct network){ .steps = steps, .features = features };
	if (network_parse(net, text, &e) < 0)
		fail_msg("%s: %s", text, e.msg);
}

static void the_reference_network_has_34364_weights(void **state)
{
	struct network net;
	struct err e;

	(void)state;
	parse(&net, 10, 4, reference);
	assert_int_equal(network_param_n(&net), 34364);
	assert_int_equal(network_is_autoencoder(&net, &e), OK);
	/* 4((4+50)50+50), 4((50+20)20+20), 4((20+20)20+20), 4((20+50)50+50), 50*4+4 */
	assert_int_equal(layer_param_n(&net.layer[0]), 11000);
	assert_int_equal(layer_param_n(&net.layer[1]), 5680);
	assert_int_equal(layer_param_n(&net.layer[2]), 0);
	assert_int_equal(layer_param_n(&net.layer[3]), 3280);
	assert_int_equal(layer_param_n(&net.layer[4]), 14200);
	assert_int_equal(layer_param_n(&net.layer[5]), 204);
}

static void shapes_pass_from_layer_to_layer(void **state)
{
	static const size_t out[][2] = { { 10, 50 }, { 1, 20 }, { 10, 20 }, { 10, 20 }, { 10, 50 }, { 10, 4 } };
	struct network net;

	(void)state;
	parse(&net, 10, 4, reference);
	assert_int_equal(net.layer_n, COUNT(out));
	for (size_t i = 0; i < COUNT(out); i++) {
		assert_int_equal(net.layer[i].out_t, out[i][0]);
		assert_int_equal(net.layer[i].out_w, out[i][1]);
		assert_int_equal(net.layer[i].in_t, i ? out[i - 1][0] : 10);
		assert_int_equal(net.layer[i].in_w, i ? out[i - 1][1] : 4);
		assert_int_equal(net.layer[i].last_only, i == 1);
	}
}

static void defaults_and_explicit_parts_are_read(void **state)
{
	struct network net;

	(void)state;
	parse(&net, 7, 3, "lstm:5:relu,repeat:9,lstm:6,dense:8:sigmoid,dense:tanh,dense:2");
	assert_int_equal(net.layer[0].act, ACT_RELU);
	assert_int_equal(net.layer[0].units, 5);
	assert_int_equal(net.layer[0].last_only, 1);
	assert_int_equal(net.layer[1].units, 9);
	assert_int_equal(net.layer[2].act, ACT_TANH);
	assert_int_equal(net.layer[2].last_only, 0);
	assert_int_equal(net.layer[3].act, ACT_SIGMOID);
	assert_int_equal(net.layer[4].act, ACT_TANH);
	assert_int_equal(net.layer[4].units, 3);
	assert_int_equal(net.layer[5].act, ACT_LINEAR);
	assert_int_equal(net.layer[5].out_t, 9);
	parse(&net, 1, 3, "repeat:4");
	assert_int_equal(net.layer[0].out_t, 4);
}

static void format_is_the_opposite_of_parse(void **state)
{
	static const char *const text[] = {
		"lstm:50,lstm:20,repeat:10,lstm:20,lstm:50,dense:4",
		"dense:3:relu,dense:1:sigmoid,lstm:2048:relu",
		"lstm:1",
	};
	struct network net;
	char out[256], small[8];

	(void)state;
	for (size_t i = 0; i < COUNT(text); i++) {
		parse(&net, 10, 4, text[i]);
		assert_int_equal(network_format(&net, out, sizeof(out)), strlen(text[i]));
		assert_string_equal(out, text[i]);
		/* A short buffer is cut, terminated, and the length is the whole one. */
		memset(small, 'x', sizeof(small));
		assert_int_equal(network_format(&net, small, 5), strlen(text[i]));
		assert_int_equal(small[4], '\0');
		assert_memory_equal(small, text[i], 4);
		assert_int_equal(small[5], 'x');
		assert_int_equal(network_format(&net, NULL, 0), strlen(text[i]));
	}
}

static void wrong_descriptions_are_refused_with_the_reason(void **state)
{
	static const struct {
		const char *text;
		int code;
		const char *message;
	} s[] = {
		{ "", ERR_FORMAT, "\"\" is no kind" },
		{ "gru:5", ERR_FORMAT, "\"gru\"" },
		{ "LSTM:5", ERR_FORMAT, "\"LSTM\"" },
		{ ",lstm:5", ERR_FORMAT, "no kind" },
		{ "lstm:5,", ERR_FORMAT, "no kind" },
		{ "lstm:5,,dense", ERR_FORMAT, "no kind" },
		{ " lstm:5", ERR_FORMAT, "\" lstm\"" },
		{ "lstm", ERR_FORMAT, "lstm:20" },
		{ "lstm:tanh", ERR_FORMAT, "lstm:20" },
		{ "lstm:", ERR_FORMAT, "lstm:20" },
		{ "dense:", ERR_FORMAT, "\"\" is neither" },
		{ "lstm:5:", ERR_FORMAT, "\"\" is neither" },
		{ "dense::relu", ERR_FORMAT, "\"\" is neither" },
		{ "dense:5:6", ERR_FORMAT, "\"6\"" },
		{ "dense:relu:5", ERR_FORMAT, "\"5\"" },
		{ "dense:5:relu:relu", ERR_FORMAT, "\"relu\" is too much" },
		{ "dense:5:", ERR_FORMAT, "neither" },
		{ "dense:+5", ERR_FORMAT, "\"+5\"" },
		{ "dense:-5", ERR_FORMAT, "\"-5\"" },
		{ "dense: 5", ERR_FORMAT, "\" 5\"" },
		{ "dense:5 ", ERR_FORMAT, "\"5 \"" },
		{ "dense:0x5", ERR_FORMAT, "\"0x5\"" },
		{ "dense:5.0", ERR_FORMAT, "\"5.0\"" },
		{ "dense:gelu", ERR_FORMAT, "\"gelu\"" },
		{ "lstm:0", ERR_RANGE, "outside 1..4096" },
		{ "dense:4097", ERR_RANGE, "outside 1..4096" },
		{ "dense:18446744073709551617", ERR_RANGE, "outside 1..4096" },
		{ "dense:340282366920938463463374607431768211457", ERR_RANGE, "outside 1..4096" },
		{ "lstm:5:sigmoid", ERR_UNSUPPORTED, "layer 0: lstm cannot" },
		{ "dense,lstm:5,repeat:5:relu", ERR_UNSUPPORTED, "layer 2: repeat cannot" },
		{ "dense,repeat", ERR_RANGE, "layer 1 (repeat)" },
		{ "repeat", ERR_RANGE, "layer 0 (repeat)" },
		{ "lstm:4096", ERR_RANGE, "layer 0: more than 67108864 weights" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(s); i++) {
		struct network net = { .steps = 10, .features = 4, .layer_n = 77 };
		struct err e = { 0 };

		if (i == COUNT(s) - 1)
			net.features = 4096;
		if (network_parse(&net, s[i].text, &e) != s[i].code)
			fail_msg("%s: code %d, \"%s\"", s[i].text, e.code, e.msg);
		if (strstr(e.msg, s[i].message) == NULL)
			fail_msg("%s: the message \"%s\" lacks \"%s\"", s[i].text, e.msg, s[i].message);
		assert_int_equal(net.layer_n, 77);
	}
}

static void limits_hold_for_steps_features_layers_and_text(void **state)
{
	struct network net = { .steps = 0, .features = 4 };
	struct err e = { 0 };
	char text[2000] = "dense";

	(void)state;
	assert_int_equal(network_parse(&net, "lstm:3,repeat,dense", &e), ERR_RANGE);
	assert_non_null(strstr(e.msg, "0 steps"));
	net.steps = NETWORK_MAX_STEPS + 1;
	assert_int_equal(network_parse(&net, "dense", &e), ERR_RANGE);
	net.steps = NETWORK_MAX_STEPS;
	assert_int_equal(network_parse(&net, "dense", &e), OK);
	net.features = NETWORK_MAX_WIDTH + 1;
	assert_int_equal(network_parse(&net, "dense:3", &e), ERR_RANGE);
	net.features = 0;
	assert_int_equal(network_parse(&net, "dense:3", &e), ERR_RANGE);
	net.features = 4;
	for (int i = 1; i < NETWORK_MAX_LAYERS; i++)
		strcat(text, ",dense");
	assert_int_equal(network_parse(&net, text, &e), OK);
	assert_int_equal(net.layer_n, NETWORK_MAX_LAYERS);
	strcat(text, ",dense");
	assert_int_equal(network_parse(&net, text, &e), ERR_RANGE);
	assert_non_null(strstr(e.msg, "more than 32"));
	memset(text, 'a', 1024);
	text[1024] = '\0';
	assert_int_equal(network_parse(&net, text, &e), ERR_FORMAT);
	assert_non_null(strstr(e.msg, "longer than 1023"));
}

static void only_an_output_like_the_input_is_an_autoencoder(void **state)
{
	struct network net;
	struct err e = { 0 };

	(void)state;
	parse(&net, 10, 4, "lstm:5,dense:3");
	assert_int_equal(network_is_autoencoder(&net, &e), ERR_FORMAT);
	assert_string_equal(e.msg, "not an autoencoder: the input is (10,4) and the output (10,3)");
	parse(&net, 10, 4, "lstm:5,repeat:9,dense");
	assert_int_equal(network_is_autoencoder(&net, &e), ERR_FORMAT);
	net.layer_n = 0;
	assert_int_equal(network_is_autoencoder(&net, &e), ERR_FORMAT);
}

static void bind_walks_the_block_in_keras_order(void **state)
{
	struct network net;
	float *params;

	(void)state;
	parse(&net, 3, 2, "lstm:5,repeat,dense");
	assert_int_equal(network_param_n(&net), 40 + 100 + 20 + 10 + 2);
	params = calloc(network_param_n(&net), sizeof(*params));
	assert_non_null(params);
	assert_null(net.layer[0].weight[KERNEL]);
	network_bind(&net, params);
	assert_ptr_equal(net.layer[0].weight[KERNEL], params);
	assert_ptr_equal(net.layer[0].weight[RECURRENT], params + 40);
	assert_ptr_equal(net.layer[0].weight[BIAS], params + 140);
	for (int k = 0; k < LAYER_MAX_TENSORS; k++)
		assert_null(net.layer[1].weight[k]);
	assert_ptr_equal(net.layer[2].weight[KERNEL], params + 160);
	assert_null(net.layer[2].weight[RECURRENT]);
	assert_ptr_equal(net.layer[2].weight[BIAS], params + 170);
	free(params);
}

static void names_and_kinds_map_both_ways(void **state)
{
	enum layer_kind kind = LAYER_REPEAT;
	enum activation act = ACT_TANH;

	(void)state;
	for (int i = LAYER_LSTM; i <= LAYER_REPEAT; i++) {
		assert_int_equal(layer_kind_find(layer_kind_name((enum layer_kind)i), &kind), OK);
		assert_int_equal(kind, i);
	}
	for (int i = ACT_LINEAR; i <= ACT_TANH; i++) {
		assert_int_equal(activation_find(activation_name((enum activation)i), &act), OK);
		assert_int_equal(act, i);
	}
	assert_int_equal(layer_kind_find("gru", &kind), ERR_UNSUPPORTED);
	assert_int_equal(activation_find("gelu", &act), ERR_UNSUPPORTED);
	assert_int_equal(kind, LAYER_REPEAT);
	assert_int_equal(act, ACT_TANH);
	assert_string_equal(layer_tensor_name(KERNEL), "kernel");
	assert_string_equal(layer_tensor_name(RECURRENT), "recurrent_kernel");
	assert_string_equal(layer_tensor_name(BIAS), "bias");
}

/* A model file of some kilobytes must not make us allocate gigabytes for what lies between two layers. */
static void long_sequences_of_wide_layers_are_refused(void **state)
{
	struct network net = { .steps = 4096, .features = 4 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(network_parse(&net, "dense:4096,dense", &e), ERR_RANGE);
	assert_string_equal(e.msg, "layer 0 (dense): 4096 steps of 4096 values are more than 1048576");
	assert_int_equal(network_parse(&net, "lstm:257,repeat,dense", &e), ERR_RANGE);
	assert_int_equal(network_parse(&net, "lstm:256,repeat,dense", &e), OK);
	net = (struct network){ .steps = 4096, .features = 257 };
	assert_int_equal(network_parse(&net, "dense", &e), ERR_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reference_network_has_34364_weights),
		cmocka_unit_test(shapes_pass_from_layer_to_layer),
		cmocka_unit_test(defaults_and_explicit_parts_are_read),
		cmocka_unit_test(format_is_the_opposite_of_parse),
		cmocka_unit_test(wrong_descriptions_are_refused_with_the_reason),
		cmocka_unit_test(limits_hold_for_steps_features_layers_and_text),
		cmocka_unit_test(only_an_output_like_the_input_is_an_autoencoder),
		cmocka_unit_test(bind_walks_the_block_in_keras_order),
		cmocka_unit_test(names_and_kinds_map_both_ways),
		cmocka_unit_test(long_sequences_of_wide_layers_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
