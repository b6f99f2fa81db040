/* transfer_rules: programs that come in, data that goes out. */
#include <math.h>

#include "rule/state.h"

/* The same request gets another file: a program for one processor after the other. */
static void count_program(struct moment *m)
{
	const struct limit *const l = &limits[LIMIT_DOWNLOAD];
	struct peer_state *const w = m->with;
	const int alike = fabs(m->sent - w->request) <= DOWNLOAD_SAME, another = fabs(m->got - w->program) > 0.005 * w->program;

	bucket_drain(&w->programs, m->t, l->drain);
	bucket_add(&w->programs, m->t, w->request == 0 || (alike && another), LEVEL_CAP * l->level);
	w->request = m->sent;
	w->program = m->got;
}

void download_judge(struct moment *m)
{
	const struct limit *const l = &limits[LIMIT_DOWNLOAD];
	struct peer_state *const w = m->with;
	const double tries = w->failed;
	int fresh, failed, many, suspect;
	struct rule_hit *h;

	if (!m->program)
		return;
	count_program(m);
	fresh = m->t - w->first < DOWNLOAD_FRESH;
	failed = bucket_level(&w->retry, limits[LIMIT_RETRY].drain) >= DOWNLOAD_FAILED && w->healthy < FAMILIAR_SESSIONS;
	many = fresh && bucket_level(&w->programs, l->drain) >= l->level;
	suspect = m->t < w->suspect_until || (fresh && m->t < m->device->infected_until);
	if ((h = hit_new(m, RULE_DOWNLOAD, failed || many || suspect,
			 1 + failed + many + suspect + strength_of(w->programs.n, l->level) - 1, m->t - w->first)) == NULL)
		return;
	hit_number(h, "got", "bytes", m->got, NAN);
	hit_number(h, "sent", "bytes", m->sent, NAN);
	hit_number(h, "downloads", "files", w->programs.n, NAN);
	hit_number(h, "failed", "attempts", tries, NAN);
	hit_say(m, h,
		failed ? "got {0b} from {peer} on {port} for a request of {1b}, after {3} attempts that failed"
		: many ? "got {2} files of the size of programs from {peer} on {port} in {span}, the last one with {0b} for a "
			 "request of {1b}"
		       : "got {0b} from {peer} on {port} for a request of {1b}");
}

void upload_judge(struct moment *m)
{
	const struct limit *const l = &limits[LIMIT_UPLOAD];
	struct device_state *const d = m->device;
	struct bucket *const b = &m->with->upload;
	const int known = d->upload_most >= 0 && m->t - d->first >= UPLOAD_KNOWN;
	struct rule_hit *h;
	int alarm;

	if (!m->external)
		return;
	if (bucket_drain(b, m->t, l->drain))
		m->with->upload_in = 0;
	d->upload += m->sent;
	m->with->upload_in += m->got;
	bucket_add(b, m->t, m->sent, LEVEL_CAP * l->level);
	if (bucket_level(b, l->drain) < l->level || b->n < UPLOAD_RATIO * m->with->upload_in || m->sent < UPLOAD_RATIO * m->got)
		return;
	alarm = known && b->n / fmax(1, bucket_span(b) / 3600) > UPLOAD_USUAL * d->upload_most;
	if (known && !alarm)
		return; /* a camera does that */
	alarm &= b->start - m->with->first < UPLOAD_FRESH;
	if ((h = hit_new(m, RULE_EXFILTRATION, alarm, strength_of(b->n, l->level), fmax(bucket_span(b), m->f->duration))) == NULL)
		return;
	hit_number(h, "sent", "bytes", b->n, known ? d->upload_most : NAN);
	hit_number(h, "got", "bytes", m->with->upload_in, NAN);
	hit_number(h, "span", "s", h->span, NAN);
	hit_number(h, "most", "bytes", known ? d->upload_most : 0, NAN);
	hit_say(m, h,
		known ? "sent {0b} to {peer} on {port} in {span} and got {1b} back; before, it sent at most {3b} in an hour"
		      : "sent {0b} to {peer} on {port} in {span} and got {1b} back");
}
