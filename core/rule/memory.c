/* memory: sets of records. */
#include "rule/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

int memory_new(struct memory *m, size_t n, size_t size)
{
	size_t sets = 1;

	memset(m, 0, sizeof(*m));
	while (sets * MEMORY_WAYS < n && sets < SIZE_MAX / (4 * MEMORY_WAYS))
		sets *= 2;
	/* calloc(), as pages that are never touched then cost nothing. */
	m->key = calloc(sets * MEMORY_WAYS, sizeof(*m->key));
	m->used = calloc(sets * MEMORY_WAYS, sizeof(*m->used));
	m->record = calloc(sets * MEMORY_WAYS, size);
	m->sets = sets;
	m->size = size;
	if (m->key != NULL && m->used != NULL && m->record != NULL)
		return OK;
	memory_del(m);
	return ERR_NOMEM;
}

void memory_del(struct memory *m)
{
	free(m->key);
	free(m->used);
	free(m->record);
	memset(m, 0, sizeof(*m));
}

static size_t find(const struct memory *m, uint64_t key)
{
	const size_t set = ((size_t)key & (m->sets - 1)) * MEMORY_WAYS;

	for (size_t i = set; i < set + MEMORY_WAYS; i++)
		if (m->key[i] == key)
			return i;
	return SIZE_MAX;
}

void *memory_find(struct memory *m, uint64_t key)
{
	const size_t i = find(m, key);

	if (i == SIZE_MAX)
		return NULL;
	m->used[i] = ++m->clock;
	return m->record + i * m->size;
}

void *memory_get(struct memory *m, uint64_t key, int *fresh)
{
	const size_t set = ((size_t)key & (m->sets - 1)) * MEMORY_WAYS;
	size_t best = find(m, key);

	*fresh = best == SIZE_MAX;
	if (*fresh) {
		best = set;
		for (size_t i = set; i < set + MEMORY_WAYS && m->key[best] != 0; i++)
			if (m->key[i] == 0 || m->clock - m->used[i] > m->clock - m->used[best])
				best = i;
		m->forgotten += m->key[best] != 0;
		m->key[best] = key;
		memset(m->record + best * m->size, 0, m->size);
	}
	m->used[best] = ++m->clock;
	return m->record + best * m->size;
}
