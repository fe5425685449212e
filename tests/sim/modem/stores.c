/* stores.c - see stores.h. */
#include "tests/sim/modem/stores.h"

#include <stdlib.h>
#include <string.h>

struct memory {
	struct message *slots;
	size_t size, used;
	size_t lowest; /* no free slot lies below it */
};

struct stores {
	struct memory memory[STORE_COUNT];
};

static const char *const names[STORE_COUNT] = {"SM", "ME", "SR"};

struct stores *stores_new(size_t sm, size_t me, size_t sr)
{
	const size_t size[STORE_COUNT] = {sm, me, sr};
	struct stores *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	for (int i = 0; i < STORE_COUNT; i++) {
		s->memory[i].size = size[i];
		s->memory[i].slots = calloc(size[i] ? size[i] : 1, sizeof(struct message));
		if (!s->memory[i].slots) {
			stores_free(s);
			return NULL;
		}
	}
	return s;
}

void stores_free(struct stores *s)
{
	if (!s)
		return;
	for (int i = 0; i < STORE_COUNT; i++) {
		for (size_t k = 0; s->memory[i].slots && k < s->memory[i].size; k++)
			free(s->memory[i].slots[k].octets);
		free(s->memory[i].slots);
	}
	free(s);
}

long stores_put(struct stores *s, enum store_id id, const uint8_t *octets, size_t len,
		enum message_status status)
{
	struct memory *m = &s->memory[id];
	if (m->used >= m->size)
		return STORES_FULL;
	uint8_t *copy = malloc(len ? len : 1);
	if (!copy)
		return STORES_MEMORY;
	memcpy(copy, octets, len);
	while (m->slots[m->lowest].octets)
		m->lowest++;
	size_t slot = m->lowest++;
	m->slots[slot] = (struct message){.octets = copy, .len = len, .status = status};
	m->used++;
	return (long)slot;
}

const struct message *stores_get(const struct stores *s, enum store_id id, size_t slot)
{
	const struct memory *m = &s->memory[id];
	return slot < m->size && m->slots[slot].octets ? &m->slots[slot] : NULL;
}

void stores_mark(struct stores *s, enum store_id id, size_t slot, enum message_status status)
{
	if (slot < s->memory[id].size)
		s->memory[id].slots[slot].status = status;
}

int stores_delete(struct stores *s, enum store_id id, size_t slot)
{
	struct memory *m = &s->memory[id];
	if (slot >= m->size || !m->slots[slot].octets)
		return 0;
	free(m->slots[slot].octets);
	m->slots[slot] = (struct message){0};
	m->used--;
	if (slot < m->lowest)
		m->lowest = slot;
	return 1;
}

void stores_renumber(struct stores *s, enum store_id id)
{
	struct memory *m = &s->memory[id];
	size_t n = 0;
	for (size_t i = 0; i < m->size; i++) {
		struct message moved = m->slots[i];
		m->slots[i] = (struct message){0};
		if (moved.octets)
			m->slots[n++] = moved;
	}
	for (size_t i = 0; i < n / 2; i++) {
		struct message swap = m->slots[i];
		m->slots[i] = m->slots[n - 1 - i];
		m->slots[n - 1 - i] = swap;
	}
	m->lowest = n;
}

size_t stores_size(const struct stores *s, enum store_id id)
{
	return s->memory[id].size;
}

size_t stores_used(const struct stores *s, enum store_id id)
{
	return s->memory[id].used;
}

const char *stores_name(enum store_id id)
{
	return names[id];
}

int stores_find(const char *name, size_t len)
{
	for (int i = 0; i < STORE_COUNT; i++)
		if (len == 2 && memcmp(name, names[i], 2) == 0)
			return i;
	return -1;
}
