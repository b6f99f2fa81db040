/*
 * keras_archive: the members of a .keras file, which is a zip archive (keras.io/guides/serialization_and_saving).
 *
 *   metadata.json      {"keras_version":"3.11.3","date_saved":…}
 *   config.json        the layers and their options          see keras_config
 *   model.weights.h5   an HDF5 file                          see keras_weights
 */
#ifndef CMD_KERAS_ARCHIVE_H
#define CMD_KERAS_ARCHIVE_H

#include <stddef.h>

#include "base/err.h"

enum keras_member { KERAS_METADATA, KERAS_CONFIG, KERAS_WEIGHTS, KERAS_MEMBER_N };

struct keras_archive {
	struct {
		unsigned char *data; /* owned; not terminated */
		size_t len;
	} member[KERAS_MEMBER_N];
};

/*
 * Read all members of path into memory. ERR_FORMAT: no zip archive, a member is missing, there twice, or damaged (its
 * CRC is checked); ERR_RANGE: a member is larger than its limit (see .c); ERR_UNSUPPORTED: it is encrypted.
 */
int keras_archive_read(struct keras_archive *a, const char *path, struct err *e);

/* a may be zero-initialised. */
void keras_archive_free(struct keras_archive *a);

#endif
