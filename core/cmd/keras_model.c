/* keras_model: archive -> config -> weights. */
#include "cmd/keras_model.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "cmd/isolate.h"
#include "cmd/keras_archive.h"
#include "cmd/keras_config.h"
#include "cmd/keras_weights.h"

enum { WEIGHTS_CPU_S = 60 };

/* Other versions may mean something else by the same names. */
static int version_read(char *version, size_t cap, const void *text, size_t len, struct err *e)
{
	struct json_object *root = NULL;
	const char *found;
	int r;

	if ((r = json_read(&root, text, len, e)) < 0 || (r = json_get_string(root, "keras_version", &found, e)) < 0)
		goto out;
	if (strncmp(found, "3.", 2) != 0 || strlen(found) >= cap || found[strspn(found, ".0123456789abcdevrc")] != '\0')
		r = err_set(e, ERR_UNSUPPORTED, "the file was not written by Keras 3: load and save the model with Keras 3");
	else
		snprintf(version, cap, "%s", found);
out:
	json_object_put(root);
	return r;
}

struct weights_job {
	const struct keras_config *config;
	const void *image;
	size_t len;
	float *params;
};

static int weights_job(void *arg, struct err *e)
{
	const struct weights_job *j = arg;

	return keras_weights_read(j->config, j->image, j->len, j->params, e);
}

static int weights_read(float **params, const struct keras_config *c, const void *image, size_t len, struct err *e)
{
	const size_t bytes = network_param_n(&c->net) * sizeof(float);
	struct weights_job j = { c, image, len, isolate_alloc(bytes) };
	int r;

	if (j.params == NULL)
		return err_set(e, ERR_NOMEM, "no memory for %zu bytes of weights", bytes);
	if ((r = isolate_run(weights_job, &j, "the file", WEIGHTS_CPU_S, e)) < 0)
		isolate_free(j.params, bytes);
	else
		*params = j.params;
	return r;
}

int keras_model_load(struct keras_model *m, const char *path, struct err *e)
{
	struct keras_archive a = { 0 };
	struct keras_model out = { .params = NULL };
	struct keras_config config;
	int r;

	if ((r = keras_archive_read(&a, path, e)) < 0)
		return r;
	if ((r = version_read(out.version, sizeof(out.version), a.member[KERAS_METADATA].data, a.member[KERAS_METADATA].len, e)) <
	    0)
		err_prefix(e, "metadata.json");
	else if ((r = keras_config_read(&config, (const char *)a.member[KERAS_CONFIG].data, a.member[KERAS_CONFIG].len, e)) < 0 ||
		 (r = network_is_autoencoder(&config.net, e)) < 0)
		err_prefix(e, "config.json");
	else if ((r = weights_read(&out.params, &config, a.member[KERAS_WEIGHTS].data, a.member[KERAS_WEIGHTS].len, e)) < 0)
		err_prefix(e, "model.weights.h5");
	if (r == OK) {
		out.net = config.net;
		network_bind(&out.net, out.params);
		*m = out;
	}
	keras_archive_free(&a);
	return r;
}

void keras_model_free(struct keras_model *m)
{
	isolate_free(m->params, network_param_n(&m->net) * sizeof(float));
	*m = (struct keras_model){ .params = NULL };
}
