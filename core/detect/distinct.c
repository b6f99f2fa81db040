/* distinct: a small table, then HyperLogLog in the same memory. */
#include "detect/distinct.h"

#include <math.h>
#include <string.h>

_Static_assert(sizeof(uint64_t[DISTINCT_TABLE]) == DISTINCT_REGISTERS, "both uses of the memory are of one size");

enum { RANK_MAX = 64 - DISTINCT_BITS + 1 };

uint64_t hash_mix(uint64_t v)
{
	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9U;
	v = (v ^ v >> 27) * 0x94d049bb133111ebU;
	return v ^ v >> 31;
}

/* Little-endian, whatever the machine. */
static uint64_t word(const uint8_t *b)
{
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | b[i];
	return v;
}

uint64_t hash_ip(const struct ip *a)
{
	const uint64_t h = hash_mix(word(a->b) + hash_mix(word(a->b + 8) + a->family * 0x9e3779b97f4a7c15U));

	return h != 0 ? h : 1;
}

/* Where it is, or the free place for it. The low bits choose: the registers use the high ones. */
static size_t place(const struct distinct *d, uint64_t hash)
{
	size_t i = hash % DISTINCT_TABLE;

	while (d->table[i] != 0 && d->table[i] != hash)
		i = (i + 1) % DISTINCT_TABLE;
	return i;
}

static void count(struct distinct *d, uint64_t hash)
{
	const uint64_t rest = hash << DISTINCT_BITS;
	const uint8_t rank = rest == 0 ? RANK_MAX : (uint8_t)(__builtin_clzll(rest) + 1);
	uint8_t *const r = &d->registers[hash >> (64 - DISTINCT_BITS)];

	if (*r < rank)
		*r = rank;
}

void distinct_add(struct distinct *d, uint64_t hash)
{
	uint64_t table[DISTINCT_TABLE];
	size_t i;

	if (d->exact_n > DISTINCT_EXACT) {
		count(d, hash);
		return;
	}
	if (d->table[i = place(d, hash)] == hash)
		return;
	if (d->exact_n++ < DISTINCT_EXACT) {
		d->table[i] = hash;
		return;
	}
	memcpy(table, d->table, sizeof(table));
	memset(d->registers, 0, sizeof(d->registers));
	for (i = 0; i < DISTINCT_TABLE; i++)
		if (table[i] != 0)
			count(d, table[i]);
	count(d, hash);
}

int distinct_has(const struct distinct *d, uint64_t hash)
{
	return d->exact_n <= DISTINCT_EXACT && d->table[place(d, hash)] == hash;
}

/* x + x^2 + 2 x^4 + 4 x^8 + …: what registers that are still 0 add; x < 1. */
static double sigma(double x)
{
	double sum = x, before, weight = 1;

	do {
		before = sum;
		x *= x;
		sum += x * weight;
		weight += weight;
	} while (sum != before);
	return sum;
}

/* (1 - x - sum of (1 - x^(2^-k))^2 2^-k) / 3: what registers at their limit add. */
static double tau(double x)
{
	double sum = 1 - x, before, weight = 1;

	if (x == 0 || x == 1)
		return 0;
	do {
		before = sum;
		x = sqrt(x);
		weight *= 0.5;
		sum -= (1 - x) * (1 - x) * weight;
	} while (sum != before);
	return sum / 3;
}

uint64_t distinct_n(const struct distinct *d)
{
	const double m = DISTINCT_REGISTERS;
	size_t of_rank[RANK_MAX + 1] = { 0 };
	double sum;

	if (d->exact_n <= DISTINCT_EXACT)
		return d->exact_n;
	for (size_t i = 0; i < DISTINCT_REGISTERS; i++)
		of_rank[d->registers[i]]++;
	sum = m * tau(1 - (double)of_rank[RANK_MAX] / m);
	for (int k = RANK_MAX - 1; k >= 1; k--)
		sum = 0.5 * (sum + (double)of_rank[k]);
	sum += m * sigma((double)of_rank[0] / m);
	sum = m * m / (2 * M_LN2 * sum);
	return sum > DISTINCT_EXACT + 1 ? (uint64_t)(sum + 0.5) : DISTINCT_EXACT + 1;
}
