/* stream: what one end of a TCP connection sent, by its sequence numbers. */
#include "capture/conn.h"

#include <string.h>

void stream_start(struct stream *s, uint32_t seq, int64_t top)
{
	s->start = seq;
	s->top = top;
	s->acked = 0;
	s->delivered = 1;
	s->block_n = 0;
	s->lost = 0;
}

/* seq is taken as the number closest to near, within 2 GiB: so wraps need no counting. */
int64_t stream_relative(const struct stream *s, uint32_t seq, int64_t near)
{
	return near + (int32_t)(seq - (s->start + (uint32_t)near));
}

/* Bytes from..to were sent. In order they are delivered; beyond a hole they are a block. */
void stream_data(struct stream *s, int64_t from, int64_t to)
{
	unsigned i = 0, j;

	if (s->lost || to <= s->delivered)
		return;
	if (from > s->delivered) {
		while (i < s->block_n && s->block[i].to < from)
			i++;
		for (j = i; j < s->block_n && s->block[j].from <= to; j++) {
			from = s->block[j].from < from ? s->block[j].from : from;
			to = s->block[j].to > to ? s->block[j].to : to;
		}
		if (i == j && s->block_n == STREAM_BLOCKS) {
			s->lost = 1;
			s->block_n = 0;
			return;
		}
		memmove(&s->block[i + 1], &s->block[j], (s->block_n - j) * sizeof(*s->block));
		s->block_n = (uint8_t)(s->block_n - (j - i) + 1);
		s->block[i] = (struct block){ from, to };
		return;
	}
	s->delivered = to;
	while (i < s->block_n && s->block[i].from <= s->delivered) {
		s->delivered = s->block[i].to > s->delivered ? s->block[i].to : s->delivered;
		i++;
	}
	memmove(s->block, &s->block[i], (s->block_n - i) * sizeof(*s->block));
	s->block_n = (uint8_t)(s->block_n - i);
}

unsigned stream_ack(struct stream *s, int64_t upto, int partial)
{
	unsigned gaps = 0, i = 0;

	if (s->fin && upto >= s->fin_end)
		upto = s->fin_end - 1;
	/* Where the beginning was not seen, its number is a guess, one off with a keep-alive. */
	if (s->lost || upto <= s->delivered || (partial && upto <= 2))
		return 0;
	while (s->delivered < upto) {
		if (i == s->block_n || s->block[i].from >= upto) {
			s->delivered = upto;
			gaps++;
			break;
		}
		gaps += s->block[i].from > s->delivered;
		s->delivered = s->block[i++].to;
	}
	while (i < s->block_n && s->block[i].from <= s->delivered) {
		s->delivered = s->block[i].to > s->delivered ? s->block[i].to : s->delivered;
		i++;
	}
	memmove(s->block, &s->block[i], (s->block_n - i) * sizeof(*s->block));
	s->block_n = (uint8_t)(s->block_n - i);
	return gaps;
}

/* Something below the last number sent is missing. A FIN takes a number, a RST does not: either may be all that is beyond. */
int stream_is_pending(const struct stream *s)
{
	return !s->lost && s->top > s->delivered + 1;
}

/* Payload bytes: up to the last number sent or acknowledged, without those of SYN and FIN. */
uint64_t stream_size(const struct stream *s)
{
	int64_t size = s->top > s->acked ? s->top : s->acked;

	if (size > 0)
		size--;
	if (s->fin && size > 0)
		size--;
	return (uint64_t)(size > 0 ? size : 0);
}
