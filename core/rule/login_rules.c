/* login_rules: one short session of a login service after the other, from or to one peer, or by a device to many. */
#include <math.h>

#include "rule/state.h"

/* Besides PORT_LOGIN. Their clients come back often for other reasons: a camera brings each picture by FTP or mail, sensors report by MQTT. So they
   are no alarm outwards. */
static int is_service_with_login(const struct moment *m)
{
	static const int32_t ports[] = { 21, 25, 110, 143, 445, 1433, 1883, 3306, 5432 };

	for (size_t i = 0; i < sizeof(ports) / sizeof(*ports); i++)
		if (m->port == ports[i])
			return 1;
	return 0;
}

static int is_guess(const struct moment *m)
{
	return m->f->proto == PROTO_TCP && !m->repeat && !(m->f->duration > LOGIN_SECONDS) && m->sent < LOGIN_BYTES &&
	       m->got < LOGIN_BYTES;
}

/* The limit's multiple; other ports count only while nothing but complete, alike exchanges goes over them, and make hints. */
static double tolerance(const struct moment *m)
{
	if (m->port_class == PORT_LOGIN)
		return 1;
	if (is_service_with_login(m))
		return SERVICE_TOLERANCE;
	return m->port_class == PORT_PLAIN && m->sent >= GUESS_MIN && m->got >= GUESS_MIN ? SERVICE_TOLERANCE : 0;
}

void login_judge(struct moment *m)
{
	const struct limit *const l = &limits[LIMIT_LOGIN];
	const double level = l->level * tolerance(m);
	const int known = m->port_class == PORT_LOGIN || (!m->out && is_service_with_login(m));
	struct bucket *const b = &m->end->login;
	struct rule_hit *h;

	if (!(level > 0) || !is_guess(m))
		return;
	bucket_drain(b, m->t, l->drain);
	/* Without an answer there was no guess, though it may have been meant as one. */
	bucket_add(b, m->t, m->failed ? 0.5 : 1, LEVEL_CAP * level);
	if (bucket_level(b, l->drain) < level * HINT_SHARE ||
	    (h = hit_new(m, RULE_BRUTE_FORCE, known && bucket_level(b, l->drain) >= level, strength_of(b->n, level),
			 bucket_span(b))) == NULL)
		return;
	hit_number(h, "sessions", "sessions", ceil(b->n), NAN);
	hit_number(h, "span", "s", h->span, NAN);
	hit_say(m, h,
		m->out ? "opened {0} short sessions at {peer} on {port} in {span}, as a program does that guesses passwords"
		       : "{peer} opened {0} short sessions at the device on {port} in {span}, as a program does that guesses "
			 "passwords");
}
