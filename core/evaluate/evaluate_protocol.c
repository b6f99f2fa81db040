/* evaluate_protocol: who may learn from which rows, and which rows are judged. */
#include <math.h>
#include <stdlib.h>

#include "evaluate/evaluate.h"

const char *protocol_text(enum protocol p)
{
	static const char *const texts[] = {
		[PROTOCOL_TIME] = "time: of each device's flows in the order of time the baselines learn from the benign ones of "
				  "the first 60 %, "
				  "take their thresholds from those of the next 20 %, and all are judged on the last 20 %; a gap "
				  "of one window at "
				  "each cut",
		[PROTOCOL_SCENARIO] =
			"scenario: the baselines learn from benign flows of all the other files (of each device the first 80 %, "
			"thresholds from the last 20 %), and all are judged on the whole file",
		[PROTOCOL_GIVEN] = "given: the baselines learn from the benign flows of --train (of each device the first 80 %, "
				   "thresholds from "
				   "the last 20 %), and all are judged on the whole file",
	};

	return texts[p];
}

/*
 * Attacks are not learned from, but for a share `contaminate` of what is: those are evenly spread over the attacks of the training part. The others
 * belong to no part, unless they are to be judged.
 */
static void leave_attacks_out(const struct judged *j, double contaminate, uint8_t *part)
{
	size_t benign = 0, attacks = 0, seen = 0, keep;

	for (size_t i = 0; i < j->n; i++) {
		benign += part[i] == PART_TRAIN && j->flow[i].truth != TRUTH_ATTACK;
		attacks += part[i] == PART_TRAIN && j->flow[i].truth == TRUTH_ATTACK;
	}
	keep = (size_t)fmin((double)attacks, (double)benign * contaminate / (1 - contaminate) + 0.5);
	for (size_t i = 0; i < j->n; i++) {
		if (j->flow[i].truth != TRUTH_ATTACK || part[i] == PART_TEST)
			continue;
		if (part[i] != PART_TRAIN) {
			part[i] = PART_GAP;
		} else {
			if ((seen + 1) * keep / attacks == seen * keep / attacks)
				part[i] = PART_GAP;
			seen++;
		}
	}
}

int evaluate_split(struct evaluation *ev, const struct judged *j, uint8_t **out, struct err *e)
{
	uint8_t *const part = malloc(j->n + 1);
	int r;

	if (part == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu rows", j->n);
	if ((r = split_time(j, ev->protocol == PROTOCOL_TIME ? &split_three : &split_two, ev->T, part, e)) < 0) {
		free(part);
		return r;
	}
	leave_attacks_out(j, ev->contaminate, part);
	*out = part;
	return OK;
}

/* What of j is learned from: to train and to calibrate on. */
static int learn_from(struct evaluated *f, const struct judged *j, const uint8_t *part, uint64_t base, struct err *e)
{
	for (size_t i = 0; i < j->n; i++) {
		struct judged *const to = part[i] == PART_TRAIN ? &f->train : &f->calibrate;
		struct judged_flow flow = j->flow[i];

		if (part[i] != PART_TRAIN && part[i] != PART_CALIBRATE)
			continue;
		flow.device += base;
		if (judged_add(to, &flow, j->label[j->flow[i].label], &j->answer[i], j->feature + i * j->F, e) < 0)
			return ERR_NOMEM;
	}
	return OK;
}

static int from_given(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	uint8_t *part = NULL;
	int r = evaluate_split(ev, &ev->given, &part, e);

	if (r == OK)
		r = learn_from(f, &ev->given, part, (uint64_t)1 << 48, e);
	free(part);
	return r;
}

int evaluate_protocol(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	const int time = ev->protocol == PROTOCOL_TIME;
	uint8_t *const take = calloc(f->all.n + 1, 1);
	int r = OK;

	if (take == NULL)
		return err_set(e, ERR_NOMEM, "out of memory for %zu rows", f->all.n);
	f->train.F = f->calibrate.F = f->all.F;
	for (size_t i = 0; i < f->all.n; i++)
		take[i] = !time || f->part[i] == PART_TEST;
	r = judged_part(&f->test, &f->all, take, e);
	free(take);
	if (ev->protocol == PROTOCOL_GIVEN)
		return r < 0 ? r : from_given(ev, f, e);
	for (size_t i = 0; i < ev->file_n && r == OK; i++) {
		const struct evaluated *const other = &ev->file[i];

		if (!other->failed && (other == f) == time)
			r = learn_from(f, &other->all, other->part, (uint64_t)i << 32, e);
	}
	return r;
}
