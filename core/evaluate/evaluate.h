/*
 * evaluate: what a detector is worth on labelled files, as `guardian evaluate` tells it. Files are read once, each contestant answers for
 * the rows that the protocol lets it be judged
 * on, and the judge (core/judge) measures the answers.
 */
#ifndef EVALUATE_EVALUATE_H
#define EVALUATE_EVALUATE_H

#include <json-c/json.h>

#include "base/sha256.h"
#include "base/text.h"
#include "detect/model.h"
#include "detect/rowset.h"
#include "detect/scan.h"
#include "judge/baseline.h"
#include "judge/leak.h"
#include "judge/measure.h"
#include "judge/split.h"

enum protocol { PROTOCOL_TIME, PROTOCOL_SCENARIO, PROTOCOL_GIVEN };

enum { METHOD_N = 3, CONTESTANT_MAX = 12, EVALUATE_NOTE = 200 };

/* A detector on one file. */
struct contestant {
	char name[24];
	const char *title;
	int ours, incidents;      /* one of our methods; it groups alarms */
	char note[EVALUATE_NOTE]; /* why its numbers are to be read with care; "" */
	double threshold;         /* a score above it is an alarm */
	struct answer *answer;    /* [test.n] */
	struct view flow, window;
	struct incident_view incident; /* where it groups alarms */
	size_t label_n, cell_n;
	struct label_result *label;
	struct confusion_cell *cell;
};

/* A file that is judged. */
struct evaluated {
	const char *name;
	const char *path; /* where its bytes are; NULL: its name */
	uint64_t bytes;   /* of it, for the progress; 0: unknown */
	char digest[SHA256_HEX];
	uint64_t skipped;              /* rows that cannot be used */
	struct judged all;             /* its rows, with the features that the baselines see */
	uint8_t *part;                 /* [all.n] enum part */
	const struct model *used;      /* of ours, by the last scan; NULL: none was scanned with */
	struct model retrained;        /* --retrain: learned what the protocol lets it; without a plan: none */
	struct answer *ours[METHOD_N]; /* [all.n] by enum scan_method; NULL: not asked for */
	double threshold[METHOD_N];
	struct judged train, calibrate, test; /* as the protocol has it for this file */
	struct leaks leaks;
	struct best_feature best;
	size_t n;
	struct contestant c[CONTESTANT_MAX]; /* ours first */
	int failed;
	struct err err;
};

struct evaluation {
	const char *model_path, *plain_path; /* their names */
	const char *threshold;               /* NULL: the model's; a number, or a strategy over calibration flows */
	const char *train_list;              /* of PROTOCOL_GIVEN: names, with commas */
	size_t seed, threads, replicates, epochs;
	int retrain;
	double fpr, contaminate;
	struct reader_options input;

	uint64_t rows_most; /* of a file; more are refused; 0: no limit */
	/* Called often: what is being done, how much of all is done, and flows so far in this step, 0 where they do not count. May be NULL. */
	void (*told)(void *arg, const char *doing, double share, uint64_t flows);
	void *arg;

	char command[2048];
	const struct kernel_ops *kernel;
	enum protocol protocol;
	int method[METHOD_N]; /* asked for, by enum scan_method */
	struct model model, plain;
	char model_digest[SHA256_HEX], plain_digest[SHA256_HEX]; /* "": of the files of these names, in evaluate_read() */
	const struct feature_set *features;                      /* of the baselines */
	size_t T;
	size_t file_n;
	struct evaluated *file;
	struct judged given; /* benign rows of --train */

	const char *doing; /* the step in hand, and the share of all that it has */
	double from, until;
};

/* All of it. A file that cannot be judged is marked as failed; an error is of the evaluation as a whole. */
int evaluate(struct evaluation *ev, struct err *e);

/* ---- its steps ---------------------------------------------------------------------------------------------------------------- */

/* This much of the step in hand is done. */
void evaluate_tell(const struct evaluation *ev, double share, uint64_t flows);

/* The bytes of a file. */
const char *evaluated_path(const struct evaluated *f);

/* Read all files and the files of --train. A file that cannot be judged is marked as failed; an error is of the evaluation as a whole. */
int evaluate_read(struct evaluation *ev, struct err *e);

/* The answers of our method for all rows of the file, at this threshold (NaN: the model's). */
int evaluate_ours(struct evaluation *ev, struct evaluated *f, enum scan_method m, double threshold, struct err *e);

/* Which rows of j are learned from, and which are judged: part[j->n], the caller's. */
int evaluate_split(struct evaluation *ev, const struct judged *j, uint8_t **part, struct err *e);

/* A detector like the model, trained anew on what the protocol lets it learn from. */
int evaluate_retrain(struct evaluation *ev, struct evaluated *f, struct err *e);

/* Lay out training, calibration and test rows by the protocol. */
int evaluate_protocol(struct evaluation *ev, struct evaluated *f, struct err *e);

/* The scores of benign calibration rows by our method, for --threshold. */
int evaluate_threshold(struct evaluation *ev, struct evaluated *f, enum scan_method m, double *threshold, struct err *e);

/* All contestants, measured, and the leaks. */
int evaluate_file(struct evaluation *ev, struct evaluated *f, struct err *e);

void evaluation_free(struct evaluation *ev);

const char *protocol_text(enum protocol p);

/* One number of a contestant, by name, for averages over files and for tables. */
struct quantity {
	const char *name, *title;
	double (*get)(const struct contestant *c); /* NaN: it has none */
};
extern const struct quantity quantities[];
extern const size_t quantity_n;

/* Average over the files that have a contestant of this name; *title is its title. */
struct macro evaluate_macro(const struct evaluation *ev, const char *name, const struct quantity *q);

/* The i-th different contestant of all files; NULL past the last. */
const struct contestant *evaluate_contestant(const struct evaluation *ev, size_t i);

struct json_object *evaluate_to_json(const struct evaluation *ev);
/* A page that needs nothing else, appended. ERR_NOMEM. */
int evaluate_html(struct text *t, const struct evaluation *ev, struct err *e);

#endif
