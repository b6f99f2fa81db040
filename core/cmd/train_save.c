/* train_save: what a training leaves behind: model file, loss curve, result. */
#include "cmd/train_job.h"

#include <libgen.h>
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "base/json.h"
#include "cmd/loss_svg.h"
#include "base/pieces.h"
#include "base/shown.h"

/* What the model card needs to know; nothing in it depends on the clock or the machine's paths. */
static struct json_object *facts(const struct train_job *j)
{
	struct json_object *const o = json_object_new_object(), *const files = json_object_new_array();
	struct json_object *const groups = json_object_new_object(), *const digests = json_object_new_array();
	char layers[512];

	network_format(&j->d.net, layers, sizeof(layers));
	for (size_t i = 0; i < j->file_n && j->recipe == NULL; i++) {
		char path[PATH_BYTES];

		snprintf(path, sizeof(path), "%s", j->file[i]);
		json_object_array_add(files, shown_json(basename(path)));
	}
	json_object_object_add(o, "files", files);
	for (size_t i = 0; i < j->file_n; i++) {
		char digest[SHA256_HEX];

		if (strcmp(j->file[i], "-") != 0 && pieces_digest(j->file[i], digest, NULL) == OK)
			json_object_array_add(digests, json_object_new_string(digest));
	}
	json_object_object_add(o, "sha256", digests);
	for (size_t g = 0; g < j->read.group_n; g++)
		json_object_object_add(groups, j->read.group_name[g], json_count(j->read.group_files[g]));
	if (j->recipe != NULL)
		json_object_object_add(o, "groups", groups);
	else
		json_object_put(groups);
	json_object_object_add(o, "features", json_object_new_string(j->d.features->name));
	json_object_object_add(o, "rows", json_object_new_int64((int64_t)j->set.n));
	json_object_object_add(o, "rows_left_out", json_object_new_int64((int64_t)j->set.left_out));
	json_object_object_add(o, "train_windows", json_object_new_int64((int64_t)j->fit.train_windows));
	json_object_object_add(o, "validation_windows", json_object_new_int64((int64_t)j->fit.val_windows));
	json_object_object_add(o, "layers", json_object_new_string(layers));
	json_object_object_add(o, "weights", json_object_new_int64((int64_t)network_param_n(&j->d.net)));
	json_object_object_add(o, "epochs", json_object_new_int64((int64_t)j->fit.train.epochs));
	json_object_object_add(o, "best_epoch", json_object_new_int64((int64_t)j->fit.train.best_epoch));
	json_object_object_add(o, "best_loss", json_object_new_double(j->fit.train.best_loss));
	json_object_object_add(o, "batch", json_object_new_int64((int64_t)j->batch));
	json_object_object_add(o, "learning_rate", json_object_new_double(j->learning_rate));
	json_object_object_add(o, "clip_norm", json_object_new_double(j->clip_norm));
	json_object_object_add(o, "trim", json_object_new_double(j->trim));
	json_object_object_add(o, "calibration_rows", json_count(j->fit.calibration_n));
	json_object_object_add(o, "calibration_folds", json_count(j->fit.folds));
	json_object_object_add(o, "calibration_device_days", json_number(j->fit.device_seconds / 86400, 4));
	if (j->d.calibrated)
		json_object_object_add(o, "hybrid", threshold_to_json(&j->fit.hybrid));
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
						   .val_loss = j->fit.val_windows > 0 ? j->val_loss : NULL,
						   .best_epoch = j->fit.train.best_epoch,
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
	printf("%s: features %s, %zu epochs in %.1f s, kept epoch %zu with loss %.6f; threshold %.6g (%s of %zu windows)\n",
	       shown(name, sizeof(name), j->out), j->d.features->name, j->fit.train.epochs, j->seconds, j->fit.train.best_epoch,
	       j->fit.train.best_loss, j->d.threshold, j->d.strategy,
	       j->fit.val_windows > 0 ? j->fit.val_windows : j->fit.train_windows);
	if (j->d.calibrated)
		printf("hybrid: threshold %.4g (%s) from %zu flows, %.2f device-days%s%s%s\n", j->d.hybrid_threshold,
		       j->d.hybrid_strategy, j->fit.calibration_n, j->fit.device_seconds / 86400,
		       j->fit.folds ? ", of devices not trained on" : "", j->fit.hybrid.note[0] ? "; " : "", j->fit.hybrid.note);
	else
		printf("hybrid: too few rows to calibrate on; the model is for method lstm alone\n");
}
