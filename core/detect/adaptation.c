/* adaptation: to JSON and back, its texts by a table. */
#include "detect/adaptation.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"

static const struct {
	const char *key;
	size_t offset, size;
} texts[] = {
	{ "base", offsetof(struct adaptation, base), ADAPTATION_NAME },
	{ "base_sha256", offsetof(struct adaptation, base_sha256), SHA256_HEX },
	{ "file", offsetof(struct adaptation, file), ADAPTATION_NAME },
	{ "strategy", offsetof(struct adaptation, strategy), ADAPTATION_WORD },
	{ "time", offsetof(struct adaptation, time), ADAPTATION_WORD },
};
enum { TEXTS = sizeof(texts) / sizeof(*texts) };

static int read_members(struct adaptation *a, struct json_object *obj, struct err *e)
{
	struct json_object *rate;
	size_t flows;
	int r;

	for (size_t i = 0; i < TEXTS; i++) {
		const char *text;

		if ((r = json_get_string(obj, texts[i].key, &text, e)) < 0)
			return r;
		if (strlen(text) >= texts[i].size)
			return err_set(e, ERR_RANGE, "\"%s\" is longer than %zu bytes", texts[i].key, texts[i].size - 1);
		strcpy((char *)a + texts[i].offset, text);
	}
	if ((r = json_get_size(obj, "flows", SIZE_MAX, &flows, e)) < 0)
		return r;
	a->flows = flows;
	a->supported_rate = NAN;
	/* null is unknown. */
	if (json_object_object_get_ex(obj, "supported_rate", &rate) && rate != NULL)
		return json_get_double(obj, "supported_rate", &a->supported_rate, e);
	return OK;
}

int adaptation_read(struct adaptation *a, const char *json, struct err *e)
{
	struct adaptation made = { 0 };
	struct json_object *obj;
	int r;

	if ((r = json_read(&obj, json, strlen(json), e)) < 0)
		return r;
	if ((r = read_members(&made, obj, e)) == OK)
		*a = made;
	json_object_put(obj);
	return r;
}

struct json_object *adaptation_to_json(const struct adaptation *a)
{
	struct json_object *const obj = json_object_new_object();

	for (size_t i = 0; i < TEXTS; i++)
		json_object_object_add(obj, texts[i].key, json_object_new_string((const char *)a + texts[i].offset));
	json_object_object_add(obj, "flows", json_count(a->flows));
	json_object_object_add(obj, "supported_rate", json_number(a->supported_rate, 17));
	return obj;
}
