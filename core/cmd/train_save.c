/* train_save: what a training leaves behind: model file, loss curve, result. */
#include "cmd/train_job.h"

#include <libgen.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "cmd/loss_svg.h"
#include "cmd/shown.h"

/* What the model card needs to know; nothing in it depends on the clock or the machine's paths. */
static struct json_object *facts(const struct train_job *j)
{
	struct json_object *const o = json_object_new_object(), *const files = json_object_new_array();
	char layers[512];

	network_format(&j->d.net, layers, sizeof(layers));
	for (size_t i = 0; i < j->file_n; i++) {
		char path[PATH_BYTES];

		snprintf(path, sizeof(path), "%s", j->file[i]);
		json_object_array_add(files, shown_json(basename(path)));
	}
	json_object_object_add(o, "files", files);
	json_object_object_add(o, "rows", json_object_new_int64((int64_t)j->set.n));
	json_object_object_add(o, "rows_left_out", json_object_new_int64((int64_t)j->set.left_out));
	json_object_object_add(o, "train_windows", json_object_new_int64((int64_t)j->w.train_n));
	json_object_object_add(o, "validation_windows", json_object_new_int64((int64_t)j->w.val_n));
	json_object_object_add(o, "layers", json_object_new_string(layers));
	json_object_object_add(o, "weights", json_object_new_int64((int64_t)network_param_n(&j->d.net)));
	json_object_object_add(o, "epochs", json_object_new_int64((int64_t)j->result.epochs));
	json_object_object_add(o, "best_epoch", json_object_new_int64((int64_t)j->result.best_epoch));
	json_object_object_add(o, "best_loss", json_object_new_double(j->result.best_loss));
	json_object_object_add(o, "batch", json_object_new_int64((int64_t)j->batch));
	json_object_object_add(o, "learning_rate", json_object_new_double(j->learning_rate));
	json_object_object_add(o, "clip_norm", json_object_new_double(j->clip_norm));
	json_object_object_add(o, "seed", json_object_new_int64((int64_t)j->seed));
	json_object_object_add(o, "continued", json_object_new_boolean(j->from != NULL));
	json_object_object_add(o, "kernel", json_object_new_string(kernel_name(j->k)));
	return o;
}

int train_save(struct train_job *j, struct err *e)
{
	struct json_object *const o = facts(j);
	char title[600];
	int r;

	j->d.training = strdup(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
	if (j->d.training == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for the model file");
	if ((r = detector_save(&j->d, j->out, e)) < 0)
		return r;
	network_format(&j->d.net, title, sizeof(title));
	return loss_svg_save(j->plot_path,
			     &(struct loss_curve){ .n = j->epoch_n,
						   .loss = j->loss,
						   .val_loss = j->w.val_n > 0 ? j->val_loss : NULL,
						   .best_epoch = j->result.best_epoch,
						   .title = title },
			     e);
}

void train_print(const struct train_job *j)
{
	char name[SHOWN_NAME];

	if (strcmp(j->format, "json") == 0) {
		struct json_object *const o = facts(j);

		json_object_object_add(o, "model", shown_json(j->out));
		json_object_object_add(o, "threshold", json_object_new_double(j->d.threshold));
		json_object_object_add(o, "strategy", json_object_new_string(j->d.strategy));
		json_object_object_add(o, "seconds", json_object_new_double(j->seconds));
		printf("%s\n", json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY));
		json_object_put(o);
		return;
	}
	printf("%s: %zu epochs in %.1f s, kept epoch %zu with loss %.6f; threshold %.6g (%s of %zu windows)\n",
	       shown(name, sizeof(name), j->out), j->result.epochs, j->seconds, j->result.best_epoch, j->result.best_loss,
	       j->d.threshold, j->d.strategy, j->error_n);
}
