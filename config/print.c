/* print.c - a loaded configuration for people: every setting in force, what was loaded, and what is
 * no fault yet deserves a word.  Calls config/settings, config (queries). */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "config/load.h"

struct printing {
	const struct config *c;
	FILE *out;
};

static const void *at(const void *base, size_t offset)
{
	return (const char *)base + offset;
}

static void quoted(FILE *out, const char *s)
{
	fputc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', out);
		if ((unsigned char)*s >= ' ')
			fputc(*s, out);
		else
			fprintf(out, "\\x%02X", (unsigned)(unsigned char)*s);
	}
	fputc('"', out);
}

static void put_words(FILE *out, const char **words)
{
	fputs("[ ", out);
	for (size_t i = 0; words && words[i]; i++) {
		fputs(i ? ", " : "", out);
		quoted(out, words[i]);
	}
	fputs(words && words[0] ? " ]" : "]", out);
}

static bool words_are(const char **words, const char *fallback)
{
	const char *p = fallback;

	for (size_t i = 0; words && words[i]; i++) {
		size_t n = strlen(words[i]);
		if (strncmp(p, words[i], n) != 0 || (p[n] != ' ' && p[n] != '\0'))
			return false;
		p += n + (p[n] == ' ');
	}
	return *p == '\0';
}

static bool put_number(FILE *out, int64_t v, const char *fallback)
{
	fprintf(out, "%" PRId64, v);
	return fallback && strtoll(fallback, NULL, 10) == v;
}

static bool put_text(FILE *out, const char *s, const char *fallback)
{
	quoted(out, s ? s : "");
	return fallback && strcmp(s ? s : "", fallback) == 0;
}

/* Prints the value; true when it is the default. */
static bool put_value(FILE *out, const struct cfg_setting *s, const void *from)
{
	char letter[2] = "";

	switch (s->type) {
	case TY_INT:
		return put_number(out, *(const int *)from, s->fallback);
	case TY_INT64:
		return put_number(out, *(const int64_t *)from, s->fallback);
	case TY_BOOL:
		fputs(*(const bool *)from ? "true" : "false", out);
		return s->fallback && (s->fallback[0] == 't') == *(const bool *)from;
	case TY_SECRET:
		if (!**(const char *const *)from)
			return put_text(out, "", s->fallback);
		fputs("(set, not shown)", out);
		return false;
	case TY_TEXT:
	case TY_FILE:
	case TY_PATH:
		return put_text(out, *(const char *const *)from, s->fallback);
	case TY_BUFFER:
		return put_text(out, from, s->fallback);
	case TY_LETTER:
		letter[0] = *(const char *)from;
		return put_text(out, letter, s->fallback);
	case TY_HIDDEN:
		if (cfg_count(*(const char **const *)from)) {
			fprintf(out, "(%zu, not shown)", cfg_count(*(const char **const *)from));
			return false;
		}
		/* fall through */
	case TY_WORDS:
	case TY_FILES:
		put_words(out, *(const char **const *)from);
		return s->fallback && words_are(*(const char **const *)from, s->fallback);
	case TY_GROUPS:
		break;
	}
	return false;
}

static void put_scope(const struct printing *p, enum cfg_scope scope, const char *prefix,
		      const void *base);

static void put_groups(const struct printing *p, const struct cfg_setting *s, const char *prefix,
		       const void *base)
{
	const char *array = *(const char *const *)at(base, s->offset);
	size_t n = *(const size_t *)at(base, s->count);
	char name[128];

	if (n == 0)
		fprintf(p->out, "%s%s = ( )%s\n", prefix, s->name,
			s->fallback ? "  # default" : "");
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%s%s[%zu].", prefix, s->name, i + 1);
		put_scope(p, s->child, name, array + i * s->elem);
	}
}

static void put_scope(const struct printing *p, enum cfg_scope scope, const char *prefix,
		      const void *base)
{
	size_t rows;
	const struct cfg_setting *t = cfg_settings(&rows);

	for (size_t i = 0; i < rows; i++) {
		if (t[i].scope != scope)
			continue;
		const void *from = t[i].extra ? (const void *)&p->c->own->x : base;
		if (t[i].type == TY_GROUPS) {
			put_groups(p, &t[i], prefix, from);
			continue;
		}
		fprintf(p->out, "%s%s = ", prefix, t[i].name);
		bool is_default = put_value(p->out, &t[i], at(from, t[i].offset));
		fputs(is_default ? "  # default\n" : "\n", p->out);
	}
}

void config_print(const struct config *c, FILE *out)
{
	struct printing p = {.c = c, .out = out};

	fprintf(out, "# %s\n", c->file);
	put_scope(&p, SC_MAIN, "", c);
	fprintf(out, "\n# %s\n", c->own->x.mandates_file);
	put_scope(&p, SC_MANDATES, "", c);
	fprintf(out, "\n# %s\n", c->own->x.rules_file);
	put_scope(&p, SC_RULES, "", c);
}

void config_summary(const struct config *c, FILE *out)
{
	const struct cfg_loaded *n = &c->own->loaded;

	fprintf(out, "site %c, %s, language %s\n", c->site_letter, c->timezone, c->language);
	fprintf(out, "%zu modems, %zu agencies, %zu mandates, %zu rules\n", c->n_modems,
		c->n_agencies, c->n_mandates, c->n_rules);
	fprintf(out, "%zu schools, %zu classes, %zu zones, %zu closed periods\n", n->schools,
		c->n_classes, cfg_count(c->own->x.zones), c->own->x.n_closed);
	if (c->own->x.n_terms || c->own->x.n_shifts)
		fprintf(out, "%zu terms, %zu shifts\n", c->own->x.n_terms, c->own->x.n_shifts);
	fprintf(out,
		"%zu words, %zu messages, %zu intents, %zu forms, %zu reporters in the roster "
		"file\n",
		n->words, n->texts, n->intents, c->own->x.n_forms, c->n_roster);
}

/* ---- beside the imports ---- */

static const struct config_class_row *class_in(const struct config_class_row *rows, size_t n,
					       const struct config_class_row *c)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].school, c->school) == 0 &&
		    strcmp(rows[i].class_name, c->class_name) == 0)
			return &rows[i];
	return NULL;
}

/* Terms of the file that imported ones replaced. */
static int term_differences(const struct config *c, FILE *out)
{
	const struct cfg_extra *x = &c->own->x;
	int n = 0;

	for (size_t i = 0; i < x->n_terms; i++) {
		bool stands = false;
		for (size_t k = 0; k < c->n_days; k++)
			stands |= strcmp(c->days[k].kind, "term") == 0 &&
				  strcmp(c->days[k].school, x->terms[i].school) == 0 &&
				  strcmp(c->days[k].from, x->terms[i].from) == 0 &&
				  strcmp(c->days[k].to, x->terms[i].to) == 0;
		if (stands)
			continue;
		fprintf(out, "%s: the term %s to %s is not among the imported terms, which stand\n",
			c->file, x->terms[i].from, x->terms[i].to);
		n++;
	}
	return n;
}

static bool is_open(const struct config_day_row *d)
{
	return strcmp(d->kind, "open") == 0;
}

/* An imported day that opens what the file closes or the other way round, or ends a holiday elsewhere. */
static bool contradicts(const struct config_day_row *f, const struct config_day_row *s)
{
	bool term = strcmp(f->kind, "term") == 0 || strcmp(s->kind, "term") == 0;

	if (f->id || !s->id || term || strcmp(f->school, s->school) != 0 ||
	    strcmp(f->from, s->to) > 0 || strcmp(s->from, f->to) > 0)
		return false;
	return is_open(f) != is_open(s) || strcmp(f->from, s->from) != 0 || strcmp(f->to, s->to) != 0;
}

static int day_differences(const struct config *c, FILE *out)
{
	int n = 0;

	for (size_t i = 0; i < c->n_days; i++)
		for (size_t k = 0; k < c->n_days; k++) {
			const struct config_day_row *f = &c->days[i], *s = &c->days[k];
			if (!contradicts(f, s))
				continue;
			fprintf(out, "%s: %s %s to %s; imported: %s %s to %s\n", c->file, f->kind,
				f->from, f->to, s->kind, s->from, s->to);
			n++;
		}
	return n;
}

int config_differences(const struct config *c, FILE *out)
{
	const struct config_private *own = c->own;
	const char *file = own->x.schools_file;
	int n = 0;

	for (size_t i = 0; i < own->n_file_classes; i++) {
		const struct config_class_row *f = &own->file_classes[i];
		const struct config_class_row *s = class_in(c->classes, c->n_classes, f);
		if (!s)
			fprintf(out, "%s:%d: %s %s is not among the imported classes, which stand\n",
				file, f->line, f->school, f->class_name);
		else if (s->register_size != f->register_size || strcmp(s->shift, f->shift) != 0 ||
			 strcmp(s->zone, f->zone) != 0)
			fprintf(out, "%s:%d: %s %s: %d %s%s%s; imported, which stands: %d %s%s%s\n", file,
				f->line, f->school, f->class_name, f->register_size, f->shift,
				*f->zone ? " " : "", f->zone, s->register_size, s->shift,
				*s->zone ? " " : "", s->zone);
		else
			continue;
		n++;
	}
	return n + term_differences(c, out) + day_differences(c, out);
}

/* ---- warnings ---- */

__attribute__((format(printf, 2, 3))) static int warn(FILE *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	return 1;
}

/* Adds a code to a list of codes that one warning names. */
static void name_one(char *list, size_t max, const char *code)
{
	size_t n = strlen(list);

	snprintf(list + n, max - n, "%s%s", n ? " " : "", code);
}

static bool loopback(const char *url)
{
	return strncmp(url, "http://127.", 11) == 0 || strncmp(url, "http://[::1]", 12) == 0;
}

static int warn_agencies(const struct config *c, FILE *out)
{
	char plain[256] = "", secret[256] = "", deaf[256] = "";
	int n = 0;

	for (size_t i = 0; i < c->n_agencies; i++) {
		const struct config_agency *a = &c->agencies[i];
		size_t rows = 0;
		for (size_t j = 0; j < c->n_mandates; j++)
			rows += strcmp(c->mandates[j].agency, a->code) == 0;
		if (rows == 0 && strcmp(a->code, "MUN") != 0)
			name_one(deaf, sizeof(deaf), a->code);
		if (strncmp(a->url, "http://", 7) == 0 && !loopback(a->url))
			name_one(plain, sizeof(plain), a->code);
		if (*a->secret && !*a->secret_file && (c->own->file_mode & 077))
			name_one(secret, sizeof(secret), a->code);
	}
	if (*deaf)
		n += warn(out, "%s: no mandate names %s: never told of anything\n", c->file, deaf);
	if (*plain)
		n += warn(out,
			  "%s: told over plain HTTP, which whoever hears the network reads: %s\n",
			  c->file, plain);
	if (*secret)
		n += warn(
		    out,
		    "%s: holds the secrets of %s and has mode %04o: take secret_file, or chmod "
		    "600\n",
		    c->file, secret, c->own->file_mode);
	return n;
}

static int warn_rules(const struct config *c, FILE *out)
{
	int n = 0;

	for (size_t i = 0; i < c->n_rules; i++) {
		const struct config_rule *r = &c->rules[i];
		size_t rows = 0;
		for (size_t j = 0; j < c->n_mandates; j++)
			rows += strcmp(c->mandates[j].event, r->tell) == 0;
		if (cfg_count(r->audience) == 0 && !*r->tell)
			n += warn(out,
				  "%s: rule %s has neither \"audience\" nor \"tell\": nobody is "
				  "told\n",
				  c->own->x.rules_file, r->id);
		if (*r->tell && rows == 0)
			n += warn(out,
				  "%s: rule %s tells %s, which has no mandate: it goes to MUN "
				  "alone with the least keys\n",
				  c->own->x.rules_file, r->id, r->tell);
		if (r->ack_minutes && cfg_count(r->escalate) == 0)
			n += warn(out,
				  "%s: rule %s waits for an acknowledgement, but escalates to "
				  "nobody\n",
				  c->own->x.rules_file, r->id);
	}
	return n;
}

int config_warnings(const struct config *c, FILE *out)
{
	int n = 0;

	if (c->n_modems == 0)
		n += warn(out, "%s: no modem: no SMS comes in or goes out\n", c->file);
	if (*c->roster_file)
		n += warn(out,
			  "%s: files.roster is for trying out: a real gateway keeps its "
			  "reporters in the store (kujdestar contact)\n",
			  c->file);
	if (c->log_private)
		n += warn(out, "%s: hub.log_private is on: numbers and texts stand in the log\n",
			  c->file);
	for (size_t i = 0; i < c->n_modems; i++)
		if (*c->modems[i].pin && (c->own->file_mode & 077))
			n += warn(out,
				  "%s: holds the PIN of modem %s and has mode %04o: chmod 600\n",
				  c->file, c->modems[i].name, c->own->file_mode);
	return n + warn_agencies(c, out) + warn_rules(c, out);
}
