/* peak: the multiply-adds that a core can do at most, measured without memory. */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

/*
 * Run a burst of independent fused multiply-adds (products and sums where there is no FMA) with the vectors of the named kernel.
 * Returns GFLOP done.
 */
double peak_burst(const char *kernel);

#endif
