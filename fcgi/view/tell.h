/* tell: what pages of devices, incidents and anomalies say in the same words. All take a page and the name of a value in it. */
#ifndef VIEW_TELL_H
#define VIEW_TELL_H

#include <json-c/json.h>

#include "feature/feature.h"
#include "page/template.h"
#include "sql/store.h"

/* A feature by its name, of any set; NULL: unknown. */
const struct feature *tell_feature(const char *name);

/* "Packets sent by who began the flow"; the name itself of what is not known. */
void tell_feature_name(struct page *p, const char *name, const char *feature);

/* "4.1 MB", "yes" and "no" of flags, a plain number of what is not known. f may be NULL. */
void tell_value(struct page *p, const char *name, const struct feature *f, double value);

/* The same for a table whose row says the unit: "367" instead of "367 packets". */
void tell_bare_value(struct page *p, const char *name, const struct feature *f, double value);
/* "2 to 60 kB", "always no"; "–" where it is not known. */
void tell_range(struct page *p, const char *name, const struct feature *f, double low, double high);

/* "about one normal flow in 4.6 million is as unusual". Shows section `name` with WORDS and P; nothing for NaN. */
void tell_rarity(struct page *p, const char *name, double p_value);

/* {{#TECHNIQUE}} with ID and, where it is one of ATT&CK's, {{#LINK}} with MAIN and {{#SUB}} with NUMBER. Nothing for "". */
void tell_technique(struct page *p, const char *id);

/* {{#EVIDENCE}} with NAME, VALUE and NORMAL, for each of [{"name","value","unit","normal"}]. */
void tell_evidence(struct page *p, struct json_object *list);

/*
 * {{#DEVICE}} of {"id","name","ip","mac","vendor","mac_kind"}: LABEL, {{#BY_ID}} with ID, {{#PLAIN}}, {{#IP}}, {{#MAC}}, {{#VENDOR}} and
 * {{#RANDOM}} with WORDS. Nothing when it is not known at all.
 */
void tell_device(struct page *p, struct json_object *device);

/* Sections OPEN, EXPECTED, CONFIRMED (one of them), MARK, {{#NOTE}} line by line, and {{#MARKED}} with TIME, of {"mark","note","marked"}. */
void tell_mark(struct page *p, struct json_object *o);

/* {{>LINE}} of incident_view() (api/device_view.h): templates/incident_line.tpl. */
void tell_incident_row(struct page *p, struct json_object *incident);

/* A row of a table of anomalies: SEVERITY, TIME, FIRST, LAST, SCORE, ID, WORDS, {{#MARKED}} with WORD. */
void tell_anomaly_row(struct page *p, const struct anomaly_row *a);

/* {{#NAME}} with TEXT for each line of it, behind the first one with {{#BREAK}}: what escapes a value makes a space of a line feed. */
void tell_lines(struct page *p, const char *name, const char *text);

/* With a capital letter. Of a text in ASCII. */
void tell_sentence(struct page *p, const char *name, const char *text);

#endif
