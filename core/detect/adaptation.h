/*
 * adaptation: the facts of a model that a server adapted to its network, as they stand in the model's metadata "adapted":
 * {"base","base_sha256","file","strategy","flows","supported_rate","time"}.
 */
#ifndef DETECT_ADAPTATION_H
#define DETECT_ADAPTATION_H

#include <stdint.h>

#include <json-c/json.h>

#include "base/err.h"
#include "base/sha256.h"

enum { ADAPTATION_NAME = 1024, ADAPTATION_WORD = 40 };

struct adaptation {
	char base[ADAPTATION_NAME];   /* name of the model that it was made from */
	char base_sha256[SHA256_HEX]; /* of that file */
	char file[ADAPTATION_NAME];   /* name of the normal traffic, as the client said it: hostile */
	char strategy[ADAPTATION_WORD];
	uint64_t flows;             /* that it was made of */
	double supported_rate;      /* see threshold.h; NaN: unknown */
	char time[ADAPTATION_WORD]; /* ISO 8601, UTC */
};

/* *a is filled on success only. ERR_FORMAT, ERR_RANGE: the text is not what adaptation_to_json() makes. */
int adaptation_read(struct adaptation *a, const char *json, struct err *e);

/* The caller's. */
struct json_object *adaptation_to_json(const struct adaptation *a);

#endif
