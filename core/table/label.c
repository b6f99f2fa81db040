/* label: words that say what a flow is, from one table. */
#include "table/label.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"

static int equals(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && strncasecmp(text, word, len) == 0;
}

static int begins(const char *text, size_t len, const char *word)
{
	const size_t n = strlen(word);

	return len >= n && strncasecmp(text, word, n) == 0;
}

int label_is_unset(const char *text, size_t len)
{
	return len == 0 || (len == 1 && *text == '-') || equals(text, len, "(empty)");
}

/* Labels that are no names of attacks; CTU-13 puts flow= before its own, CICFlowMeter leaves its column to be filled in. */
static const struct {
	const char *word;
	int all; /* 1: the whole label, 0: its beginning */
	enum flow_label label;
} labels[] = {
	{ "benign", 0, LABEL_BENIGN },
	{ "normal", 0, LABEL_BENIGN },
	{ "0", 1, LABEL_BENIGN },
	{ "0.0", 1, LABEL_BENIGN },
	{ "false", 1, LABEL_BENIGN },
	{ "flow=normal", 0, LABEL_BENIGN },
	{ "flow=from-normal", 0, LABEL_BENIGN },
	{ "flow=to-normal", 0, LABEL_BENIGN },
	{ "background", 0, LABEL_NONE },
	{ "unknown", 1, LABEL_NONE },
	{ "flow=background", 0, LABEL_NONE },
	{ "flow=to-background", 0, LABEL_NONE },
	{ "flow=from-background", 0, LABEL_NONE },
	{ "nan", 1, LABEL_NONE },
	{ "none", 1, LABEL_NONE },
	{ "null", 1, LABEL_NONE },
	{ "n/a", 1, LABEL_NONE },
	{ "no label", 1, LABEL_NONE },
	{ "needmanuallabel", 1, LABEL_NONE },
};

enum flow_label label_find(const char *text, size_t len)
{
	if (label_is_unset(text, len))
		return LABEL_NONE;
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (*labels[i].word == (*text | 0x20) &&
		    (labels[i].all ? equals(text, len, labels[i].word) : begins(text, len, labels[i].word)))
			return labels[i].label;
	return LABEL_MALICIOUS;
}

int label_is_generic(const char *text, size_t len)
{
	static const char *const words[] = { "1", "1.0", "true", "malicious", "attack", "anomaly", "anomalous", "flow" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (equals(text, len, words[i]))
			return 1;
	return label_find(text, len) != LABEL_MALICIOUS;
}

void label_attack(struct flow *f, const char *text, size_t len)
{
	static const char windows[] = "\x91'\x92'\x93\"\x94\"\x96-\x97-";
	char wide[2 * FLOW_ATTACK];
	size_t n = 0;

	if (!utf8_is_valid(text, len)) {
		for (size_t i = 0; i < len && n + 2 <= sizeof(wide); i++) {
			const char *const plain = (unsigned char)text[i] >= 0x80 ? strchr(windows, text[i]) : NULL;
			const unsigned char c = (unsigned char)(plain != NULL ? plain[1] : text[i]);

			if (c >= 0x80)
				wide[n++] = (char)(0xc0 | c >> 6);
			wide[n++] = (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
		}
		text = wide;
		len = n;
	}
	len = utf8_clean(f->attack, sizeof(f->attack), sizeof(f->attack), 0, text, len);
	while (len > 0 && f->attack[len - 1] == ' ') /* it was cut there */
		f->attack[--len] = '\0';
}
