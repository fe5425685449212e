/* keys.c - a reading's keys as JSON and back.  See keys.h. */
#include "gateway/casework/keys.h"
#include <jansson.h>
#include <string.h>
#include "parser/intents.h"

static json_t *item_value(enum reading_kind kind, const struct reading_item *it)
{
	return kind == READ_INTS || kind == READ_MAP_INT ? json_integer(it->num)
							 : json_string(it->word);
}

static json_t *list_json(const struct reading *r, const struct reading_value *v)
{
	bool map = v->kind == READ_MAP || v->kind == READ_MAP_INT;
	json_t *out = map ? json_object() : json_array();

	for (unsigned i = 0; out && i < v->n; i++) {
		const struct reading_item *it = &r->items[v->first + i];
		json_t *one = item_value(v->kind, it);
		int rc = map ? json_object_set_new(out, it->key, one)
			     : json_array_append_new(out, one);
		if (rc != 0) {
			json_decref(out);
			return NULL;
		}
	}
	return out;
}

static json_t *entry_json(const struct reading *r, const struct reading_entry *e)
{
	json_t *pupils = json_array();

	for (unsigned i = 0; pupils && i < e->n; i++)
		json_array_append_new(pupils, json_integer(r->items[e->first + i].num));
	if (e->has_count)
		return json_pack("{s:s,s:o,s:i}", "class", e->class_name, "pupils", pupils, "count",
				 (int)e->count);
	return json_pack("{s:s,s:o}", "class", e->class_name, "pupils", pupils);
}

static json_t *entries_json(const struct reading *r)
{
	json_t *out = json_array();

	for (unsigned i = 0; out && i < r->n_entries; i++)
		json_array_append_new(out, entry_json(r, &r->entries[i]));
	return out;
}

static json_t *value_json(const struct reading *r, const struct reading_value *v)
{
	switch (v->kind) {
	case READ_FLAG:
		return json_boolean(v->num != 0);
	case READ_INT:
		return json_integer(v->num);
	case READ_DECIMAL:
		return json_real((double)v->num / 1000.0);
	case READ_WORD:
		return json_string(v->word);
	case READ_INTS:
	case READ_WORDS:
	case READ_MAP:
	case READ_MAP_INT:
		return list_json(r, v);
	case READ_ENTRIES:
		return entries_json(r);
	}
	return NULL;
}

/* Telephone numbers (a lost one, or a field of a configured form) are never stored in clear. */
static bool is_number(const struct reading_value *v)
{
	return v->kind == READ_WORD && v->word[0] == '+' && strspn(v->word + 1, "0123456789") >= 6;
}

/* Nor what a PIN was taken for: whoever reads the record must not see who was under duress. */
static bool is_verdict(const char *field)
{
	return strcmp(field, "authenticated") == 0 || strcmp(field, "duress") == 0 ||
	       strcmp(field, "auth_required") == 0 || strcmp(field, "notify") == 0;
}

size_t keys_notes(const struct reading *r, char *out, size_t max)
{
	json_t *all = json_object();
	size_t n = 0;

	for (unsigned i = 0; i < r->n_values; i++)
		if (r->values[i].note)
			json_object_set_new(all, r->values[i].field, json_string(r->values[i].word));
	if (json_object_size(all) > 0)
		n = json_dumpb(all, out, max, JSON_SORT_KEYS | JSON_COMPACT);
	json_decref(all);
	return n < max ? n : 0;
}

bool keys_write(const struct reading *r, char *out, size_t max)
{
	json_t *all = json_object();
	size_t n = 0;
	bool ok = all != NULL;

	for (unsigned i = 0; ok && i < r->n_values; i++)
		ok = is_number(&r->values[i]) || is_verdict(r->values[i].field) || r->values[i].note ||
		     json_object_set_new(all, r->values[i].field, value_json(r, &r->values[i])) ==
			     0;
	if (ok)
		n = json_dumpb(all, out, max,
			       JSON_SORT_KEYS | JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(all);
	ok = ok && n > 0 && n < max;
	if (ok)
		out[n] = '\0';
	else if (max > 2)
		memcpy(out, "{}", 3);
	return ok;
}

/* ---- back ----------------------------------------------------------------------------------- */

/* The fields a later text can refer to: their names outlive the reading. */
static const struct field {
	const char *name;
	enum reading_kind kind;
} fields[] = {
	{ "class", READ_WORD },        { "school", READ_WORD },    { "date", READ_WORD },
	{ "dates", READ_WORDS },       { "pupils", READ_INTS },    { "category", READ_WORD },
	{ "categories", READ_MAP },    { "reason", READ_WORD },    { "reasons", READ_MAP },
	{ "country", READ_WORD },      { "flags", READ_WORDS },    { "count", READ_INT },
	{ "enrolled", READ_INT },      { "confirm", READ_FLAG },   { "case", READ_WORD },
	{ "concerns", READ_WORDS },    { "zone", READ_WORD },      { "sex", READ_WORD },
	{ "age", READ_INT },           { "n_children", READ_INT }, { "urgent", READ_FLAG },
	{ "missing", READ_WORDS },     { "risk", READ_WORD },      { "replace", READ_MAP_INT },
	{ "replace_class", READ_MAP },
};

static bool read_list(struct reading *r, const struct field *f, json_t *v)
{
	size_t i;
	json_t *one;
	const char *key;

	if (f->kind == READ_INTS || f->kind == READ_WORDS) {
		json_array_foreach(v, i, one) {
			bool ok = f->kind == READ_INTS
					  ? reading_add_int(r, f->name,
							    (int32_t)json_integer_value(one))
					  : json_is_string(one) &&
						    reading_add_word(r, f->name,
								     json_string_value(one));
			if (!ok)
				return false;
		}
		return true;
	}
	json_object_foreach(v, key, one) {
		bool ok = f->kind == READ_MAP_INT
				  ? reading_add_pair_int(r, f->name, key,
							 (int32_t)json_integer_value(one))
				  : json_is_string(one) && reading_add_pair(r, f->name, key,
									    json_string_value(one));
		if (!ok)
			return false;
	}
	return true;
}

static bool read_value(struct reading *r, const struct field *f, json_t *v)
{
	switch (f->kind) {
	case READ_FLAG:
		return !json_is_true(v) || reading_set_flag(r, f->name);
	case READ_INT:
		return json_is_integer(v) && reading_set_int(r, f->name, json_integer_value(v));
	case READ_WORD:
		return json_is_string(v) && reading_set_word(r, f->name, json_string_value(v));
	case READ_INTS:
	case READ_WORDS:
	case READ_MAP:
	case READ_MAP_INT:
		return read_list(r, f, v);
	case READ_DECIMAL:
	case READ_ENTRIES:
		break;
	}
	return false;
}

static bool read_entry(struct reading *r, json_t *v)
{
	json_t *name = json_object_get(v, "class"), *count = json_object_get(v, "count");
	struct reading_entry *e = json_is_string(name)
					  ? reading_add_entry(r, json_string_value(name))
					  : NULL;
	size_t i;
	json_t *one;

	if (!e)
		return false;
	e->has_count = json_is_integer(count);
	e->count = e->has_count ? (int32_t)json_integer_value(count) : 0;
	json_array_foreach(json_object_get(v, "pupils"), i, one) {
		if (!reading_entry_pupil(r, e, (int32_t)json_integer_value(one)))
			return false;
	}
	return true;
}

static bool read_all(struct reading *r, json_t *all)
{
	size_t i;
	json_t *one;

	for (size_t k = 0; k < sizeof(fields) / sizeof(fields[0]); k++) {
		json_t *v = json_object_get(all, fields[k].name);
		if (v && !read_value(r, &fields[k], v))
			return false;
	}
	/* Entries last: their pupils are the tail of the items. */
	json_array_foreach(json_object_get(all, "entries"), i, one) {
		if (!read_entry(r, one))
			return false;
	}
	return true;
}

bool keys_read(const char *intent, const char *json, struct reading *out)
{
	int known = intent_from_name(intent);
	json_t *all = known >= 0 ? json_loads(json, JSON_REJECT_DUPLICATES, NULL) : NULL;

	if (!json_is_object(all)) {
		json_decref(all);
		return false;
	}
	reading_init(out, intent_name((enum intent)known));
	bool ok = read_all(out, all);
	json_decref(all);
	return ok;
}
