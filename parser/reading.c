/* reading.c - the values of a reading: look-ups and bounded builders.  Pure; calls libc only. */
#include "parser/reading.h"
#include <string.h>

void reading_init(struct reading *r, const char *intent)
{
	r->intent = intent;
	r->error = r->error_field = r->about = r->of = NULL;
	r->wants_last = r->test = r->redacted = r->private_found = false;
	r->confidence = 100;
	r->rest = 0;
	r->n_values = r->n_items = r->n_entries = r->n_secrets = 0;
	r->text_len = 0;
	r->text[0] = 0;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a[0] == b[0] && strcmp(a, b) == 0);
}

const struct reading_value *reading_get(const struct reading *r, const char *field)
{
	for (unsigned i = 0; i < r->n_values; i++)
		if (same(r->values[i].field, field))
			return &r->values[i];
	return NULL;
}

const char *reading_word(const struct reading *r, const char *field)
{
	const struct reading_value *v = reading_get(r, field);
	return v && v->kind == READ_WORD ? v->word : NULL;
}

bool reading_flag(const struct reading *r, const char *field)
{
	const struct reading_value *v = reading_get(r, field);
	return v && v->kind == READ_FLAG && v->num != 0;
}

bool reading_int(const struct reading *r, const char *field, int64_t *out)
{
	const struct reading_value *v = reading_get(r, field);
	if (!v || (v->kind != READ_INT && v->kind != READ_DECIMAL))
		return false;
	*out = v->num;
	return true;
}

size_t reading_list(const struct reading *r, const char *field, const struct reading_item **items)
{
	const struct reading_value *v = reading_get(r, field);
	if (!v || v->kind < READ_INTS || v->kind > READ_MAP_INT) {
		*items = NULL;
		return 0;
	}
	*items = r->items + v->first;
	return v->n;
}

bool reading_lists(const struct reading *r, const char *field, const char *word)
{
	const struct reading_item *it;
	size_t n = reading_list(r, field, &it);
	for (size_t i = 0; i < n; i++)
		if (strcmp(it[i].word, word) == 0)
			return true;
	return false;
}

const struct reading_item *reading_map(const struct reading *r, const char *field, const char *key)
{
	const struct reading_item *it;
	size_t n = reading_list(r, field, &it);
	for (size_t i = 0; i < n; i++)
		if (strcmp(it[i].key, key) == 0)
			return &it[i];
	return NULL;
}

static bool copy_word(char *to, size_t max, const char *from)
{
	size_t n = strlen(from);
	if (n >= max)
		return false;
	memcpy(to, from, n + 1);
	return true;
}

/* The value named field, made if it is not there. */
static struct reading_value *value(struct reading *r, const char *field, enum reading_kind kind)
{
	struct reading_value *v = NULL;
	for (unsigned i = 0; i < r->n_values; i++)
		if (same(r->values[i].field, field))
			v = &r->values[i];
	if (v)
		return v->kind == kind ? v : NULL;
	if (r->n_values == READING_VALUES)
		return NULL;
	v = &r->values[r->n_values++];
	v->field = field;
	v->kind = kind;
	v->num = 0;
	v->first = r->n_items;
	v->n = 0;
	v->word[0] = 0;
	return v;
}

bool reading_set_flag(struct reading *r, const char *field)
{
	struct reading_value *v = value(r, field, READ_FLAG);
	if (v)
		v->num = 1;
	return v != NULL;
}

bool reading_set_int(struct reading *r, const char *field, int64_t num)
{
	struct reading_value *v = value(r, field, READ_INT);
	if (v)
		v->num = num;
	return v != NULL;
}

bool reading_set_decimal(struct reading *r, const char *field, int64_t thousandths)
{
	struct reading_value *v = value(r, field, READ_DECIMAL);
	if (v)
		v->num = thousandths;
	return v != NULL;
}

bool reading_set_word(struct reading *r, const char *field, const char *word)
{
	struct reading_value *v = value(r, field, READ_WORD);
	return v && copy_word(v->word, sizeof(v->word), word);
}

bool reading_set_note(struct reading *r, const char *field, const char *text)
{
	struct reading_value *v = value(r, field, READ_WORD);
	if (v)
		v->note = true;
	return v && copy_word(v->word, sizeof(v->word), text);
}

/* Lists lie end to end in items[]; one that grows while it is not the last moves the later ones up. */
static struct reading_item *add_item(struct reading *r, const char *field, enum reading_kind kind)
{
	struct reading_value *v = value(r, field, kind);
	if (!v || r->n_items == READING_ITEMS)
		return NULL;
	unsigned at = v->first + v->n;
	memmove(r->items + at + 1, r->items + at, (r->n_items - at) * sizeof(r->items[0]));
	for (unsigned i = 0; i < r->n_values; i++) {
		struct reading_value *o = &r->values[i];
		if (o != v && o->kind != READ_ENTRIES && o->n && o->first >= at)
			o->first++;
	}
	for (unsigned i = 0; i < r->n_entries; i++)
		if (r->entries[i].n && r->entries[i].first >= at)
			r->entries[i].first++;
	r->n_items++;
	v->n++;
	struct reading_item *it = &r->items[at];
	it->num = 0;
	it->key[0] = it->word[0] = 0;
	return it;
}

bool reading_add_int(struct reading *r, const char *field, int32_t num)
{
	struct reading_item *it = add_item(r, field, READ_INTS);
	if (it)
		it->num = num;
	return it != NULL;
}

bool reading_add_word(struct reading *r, const char *field, const char *word)
{
	if (strlen(word) >= READING_WORD)
		return false;
	struct reading_item *it = add_item(r, field, READ_WORDS);
	return it && copy_word(it->word, sizeof(it->word), word);
}

bool reading_add_pair(struct reading *r, const char *field, const char *key, const char *word)
{
	if (strlen(key) >= sizeof(((struct reading_item *)0)->key) || strlen(word) >= READING_WORD)
		return false;
	struct reading_item *it = add_item(r, field, READ_MAP);
	return it && copy_word(it->key, sizeof(it->key), key) &&
	       copy_word(it->word, sizeof(it->word), word);
}

bool reading_add_pair_int(struct reading *r, const char *field, const char *key, int32_t num)
{
	if (strlen(key) >= sizeof(((struct reading_item *)0)->key))
		return false;
	struct reading_item *it = add_item(r, field, READ_MAP_INT);
	if (!it)
		return false;
	it->num = num;
	return copy_word(it->key, sizeof(it->key), key);
}

struct reading_entry *reading_add_entry(struct reading *r, const char *class_name)
{
	struct reading_value *v = value(r, "entries", READ_ENTRIES);
	if (!v || r->n_entries == READING_ENTRIES)
		return NULL;
	struct reading_entry *e = &r->entries[r->n_entries];
	if (!copy_word(e->class_name, sizeof(e->class_name), class_name))
		return NULL;
	if (r->n_entries == 0)
		v->first = 0;
	r->n_entries++;
	v->n++;
	e->has_count = false;
	e->count = 0;
	e->first = r->n_items;
	e->n = 0;
	return e;
}

bool reading_entry_pupil(struct reading *r, struct reading_entry *e, int32_t pupil)
{
	/* Only the entry made last may grow: its pupils are the tail of items[]. */
	if (r->n_items == READING_ITEMS || e != &r->entries[r->n_entries - 1] ||
	    (e->n && e->first + e->n != r->n_items))
		return false;
	if (e->n == 0)
		e->first = r->n_items;
	struct reading_item *it = &r->items[r->n_items++];
	it->num = pupil;
	it->key[0] = it->word[0] = 0;
	e->n++;
	return true;
}
