/* unpack: members one after the other, through one buffer. Its limits are looked at where it is full, which is where all cuts agree. */
#include "input/unpack.h"

#include <stdlib.h>

enum place { IN_MEMBER, BETWEEN, BEHIND };

struct unpack {
	struct unpack_options o;
	void *state;  /* of the codec */
	uint64_t in;  /* taken so far */
	uint64_t out; /* unpacked so far, with what is in the buffer */
	enum place place;
	unsigned char magic[CODEC_MAGIC]; /* BETWEEN: the beginning of what comes */
	size_t magic_n;
	uint64_t trailing;
	size_t n;
	unsigned char buffer[UNPACK_BUFFER];
};

struct unpack *unpack_new(const struct unpack_options *o)
{
	struct unpack *const u = malloc(sizeof(*u));

	if (u == NULL)
		return NULL;
	u->o = *o;
	u->in = u->out = u->trailing = 0;
	u->n = u->magic_n = 0;
	u->place = IN_MEMBER;
	if ((u->state = o->codec->open()) == NULL) {
		free(u);
		return NULL;
	}
	return u;
}

void unpack_del(struct unpack *u)
{
	if (u == NULL)
		return;
	u->o.codec->close(u->state);
	free(u);
}

/* Hand the buffer on, unless a limit is passed. */
static int flush(struct unpack *u, struct err *e)
{
	const size_t n = u->n;

	if (u->o.max > 0 && u->out > u->o.max)
		return err_set(e, ERR_TOO_LARGE, "unpacked, the file is larger than %llu bytes (the setting max_unpacked)",
			       (unsigned long long)u->o.max);
	if (n == UNPACK_BUFFER && u->o.ratio_max > 0 && u->out / u->o.ratio_max > u->in)
		return err_set(
			e, ERR_TOO_LARGE,
			"the file unpacks to more than %llu times its size, as no capture of traffic does (the setting max_ratio)",
			(unsigned long long)u->o.ratio_max);
	u->n = 0;
	return n > 0 ? u->o.sink(u->o.arg, u->buffer, n, e) : OK;
}

/* Unpack until the input is used up and all that is ready is out, or until the end of the member. */
static int take_member(struct unpack *u, struct codec_io *in, struct err *e)
{
	int full, r = CODEC_MORE;

	do {
		struct codec_io io = { in->in, in->in_n, u->buffer + u->n, UNPACK_BUFFER - u->n };
		struct err why = { 0 };
		int flushed = OK;

		r = u->o.codec->step(u->state, &io, &why);
		u->in += in->in_n - io.in_n;
		u->out += UNPACK_BUFFER - u->n - io.out_n;
		u->n = UNPACK_BUFFER - io.out_n;
		in->in = io.in;
		in->in_n = io.in_n;
		full = io.out_n == 0;
		if (full || r < 0)
			flushed = flush(u, e);
		if (flushed < 0)
			return flushed;
		if (r < 0) {
			if (e != NULL)
				*e = why;
			return r;
		}
	} while (r == CODEC_MORE && (in->in_n > 0 || full));
	if (r == CODEC_END) {
		u->place = BETWEEN;
		u->magic_n = 0;
	}
	return OK;
}

/* Another member, or something else? */
static int take_magic(struct unpack *u, struct codec_io *in, struct err *e)
{
	const struct codec *const c = u->o.codec;
	struct codec_io again = { .in = u->magic };

	while (u->magic_n < c->magic_n && in->in_n > 0) {
		u->magic[u->magic_n++] = *in->in++;
		in->in_n--;
	}
	if (u->magic_n < c->magic_n)
		return OK;
	if (!c->is(u->magic, u->magic_n)) {
		u->place = BEHIND;
		u->trailing = u->magic_n;
		return OK;
	}
	if (c->again(u->state) < 0)
		return err_set(e, ERR_NOMEM, "out of memory for unpacking");
	u->place = IN_MEMBER;
	again.in_n = u->magic_n;
	return take_member(u, &again, e); /* no member is as short as its magic number */
}

int unpack_feed(struct unpack *u, const void *data, size_t len, struct err *e)
{
	struct codec_io in = { .in = data, .in_n = len };
	int r = OK;

	while (r == OK && in.in_n > 0) {
		if (u->place == IN_MEMBER) {
			r = take_member(u, &in, e);
		} else if (u->place == BETWEEN) {
			r = take_magic(u, &in, e);
		} else {
			u->trailing += in.in_n;
			in.in_n = 0;
		}
	}
	return r;
}

int unpack_finish(struct unpack *u, struct err *e)
{
	const int r = flush(u, e);

	if (u->place == BETWEEN)
		u->trailing = u->magic_n;
	if (r == OK && u->place == IN_MEMBER)
		return err_set(e, ERR_FORMAT, "the %s file ends early: it was cut off", u->o.codec->name);
	return r;
}

uint64_t unpack_trailing(const struct unpack *u)
{
	return u->trailing;
}
