/* evaluate_protocol: who may learn from which rows, and which rows are judged. */
#include <math.h>
#include <stdlib.h>

#include "cmd/evaluate.h"

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

/* How many attack rows of this part are left in to make a share `ev->contaminate` of what is learned from. */
static size_t attacks_left_in(const struct evaluation *ev, const struct judged *j, const uint8_t *part, size_t *attacks)
{
	size_t benign = 0;

	*attacks = 0;
	for (size_t i = 0; i < j->n; i++) {
		benign += part[i] == PART_TRAIN && j->flow[i].truth != TRUTH_ATTACK;
		*attacks += part[i] == PART_TRAIN && j->flow[i].truth == TRUTH_ATTACK;
	}
	return (size_t)fmin((double)*attacks, (double)benign * ev->contaminate / (1 - ev->contaminate) + 0.5);
}

/* Benign rows of j by its split: to train and to calibrate on. */
static int learn_from(struct evaluation *ev, struct evaluated *f, const struct judged *j, const uint8_t *part, uint64_t base,
		      struct err *e)
{
	size_t attacks, seen = 0;
	const size_t keep = attacks_left_in(ev, j, part, &attacks);

	for (size_t i = 0; i < j->n; i++) {
		struct judged *const to = part[i] == PART_TRAIN ? &f->train : &f->calibrate;
		struct judged_flow flow = j->flow[i];
		int take = part[i] == PART_TRAIN || part[i] == PART_CALIBRATE;

		if (take && flow.truth == TRUTH_ATTACK) { /* evenly spread */
			take = part[i] == PART_TRAIN && (seen + 1) * keep / attacks > seen * keep / attacks;
			seen += part[i] == PART_TRAIN;
		}
		flow.device += base;
		to->F = j->F;
		if (take && judged_add(to, &flow, j->label[j->flow[i].label], &j->answer[i], j->feature + i * j->F, e) < 0)
			return ERR_NOMEM;
	}
	return OK;
}

static int from_given(struct evaluation *ev, struct evaluated *f, struct err *e)
{
	uint8_t *const part = malloc(ev->given.n + 1);
	int r = part == NULL ? err_set(e, ERR_NOMEM, "out of memory for %zu rows", ev->given.n)
			     : split_time(&ev->given, &split_two, ev->T, part, e);

	if (r == OK)
		r = learn_from(ev, f, &ev->given, part, (uint64_t)1 << 48, e);
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
			r = learn_from(ev, f, &other->all, other->part, (uint64_t)i << 32, e);
	}
	return r;
}
