/* frequent: eight counters. */
#include "detect/frequent.h"

int frequent_add(struct frequent *f, uint64_t key)
{
	int free_one = -1;

	for (int i = 0; i < FREQUENT; i++) {
		if (f->n[i] == 0) {
			free_one = i;
		} else if (f->key[i] == key) {
			f->n[i]++;
			return i;
		}
	}
	if (free_one >= 0) {
		f->key[free_one] = key;
		f->n[free_one] = 1;
		return free_one;
	}
	for (int i = 0; i < FREQUENT; i++)
		f->n[i]--;
	return -1;
}

uint64_t frequent_n(const struct frequent *f, uint64_t key)
{
	for (int i = 0; i < FREQUENT; i++)
		if (f->n[i] > 0 && f->key[i] == key)
			return f->n[i];
	return 0;
}

int frequent_most(const struct frequent *f, uint64_t all)
{
	for (int i = 0; i < FREQUENT; i++)
		if (f->n[i] > all / 2)
			return i;
	return -1;
}
