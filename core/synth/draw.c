/* draw: fixed point with 16 bits behind the point. */
#include "synth/draw.h"

enum { ONE = 1 << 16 };

/* 2^(i/16) in fixed point, rounded; between them a line is drawn, which errs by less than 0.1 %. */
static const uint32_t power[17] = { 65536, 68438,  71468,  74632,  77936,  81386,  84990,  88752, 92682,
				    96785, 101070, 105545, 110218, 115098, 120194, 125515, 131072 };

/* 2^x; x and the result in fixed point, x at least -32. */
static uint64_t power_of_two(int64_t x, unsigned most)
{
	const int64_t whole = x >= 0 ? x / ONE : -((-x + ONE - 1) / ONE);
	const uint64_t part = (uint64_t)(x - whole * ONE), i = part >> 12, f = part & 0xfff;
	const uint64_t v = power[i] + ((uint64_t)(power[i + 1] - power[i]) * f >> 12);

	if (whole >= (int64_t)most)
		return (uint64_t)ONE << most;
	return whole >= 0 ? v << whole : whole <= -32 ? 0 : v >> -whole;
}

uint64_t draw_amount(struct rng *r, uint64_t median, unsigned spread)
{
	const uint64_t most = (uint64_t)1 << 48;
	int64_t z = 0; /* 12 numbers of 16 bits: mean 6, variance 1 */
	uint64_t factor;

	for (int i = 0; i < 3; i++) {
		const uint64_t bits = rng_next(r);

		z += (int64_t)(bits & 0xffff) + (int64_t)(bits >> 16 & 0xffff) + (int64_t)(bits >> 32 & 0xffff) +
		     (int64_t)(bits >> 48);
	}
	z -= 6 * (ONE - 1);
	factor = power_of_two(z * (int64_t)spread / 256, 24);
	if (median > most / ONE)
		median = most / ONE;
	return median * factor / ONE < most ? median * factor / ONE : most;
}

/* -ln(u) of a uniform u in (0, 1], in fixed point: by -log2, whose whole part is a number of zero bits. */
static uint64_t minus_log(uint64_t bits)
{
	const uint64_t u = bits | 1;
	const unsigned zeros = (unsigned)__builtin_clzll(u);
	const uint64_t mantissa = u << zeros; /* 1 <= mantissa / 2^63 < 2 */
	unsigned i = 0;
	uint64_t log2;

	while (i < 15 && mantissa >> 47 >= power[i + 1])
		i++;
	log2 = ((uint64_t)i << 12) + (((mantissa >> 47) - power[i]) << 12) / (power[i + 1] - power[i]);
	return (((uint64_t)(zeros + 1) << 16) - log2) * 45426 >> 16; /* ln 2 = 45426 / 65536 */
}

uint64_t draw_wait(struct rng *r, uint64_t mean)
{
	/* The mean is below 2^42 us, the factor below 2^22. */
	const uint64_t wait = mean * minus_log(rng_next(r)) / ONE;

	return wait > 0 ? wait : 1;
}

uint64_t draw_period(struct rng *r, uint64_t mean, unsigned jitter)
{
	const uint64_t half = mean * jitter / 256, v = mean - half + rng_below(r, 2 * half + 1);

	return v > 0 ? v : 1;
}

int draw_chance(struct rng *r, unsigned of_256)
{
	return rng_below(r, 256) < of_256;
}
