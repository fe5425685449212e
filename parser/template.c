/* template.c - see template.h.  May call ucs2 (is it UTF-8?). */
#include "parser/template.h"
#include <string.h>
#include "parser/ucs2.h"

static const char *const escapes[] = {
	[TEMPLATE_RAW] = "",     [TEMPLATE_JSON] = "json", [TEMPLATE_XML] = "xml",
	[TEMPLATE_ATTR] = "attr", [TEMPLATE_FORM] = "form", [TEMPLATE_HEADER] = "header",
};

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '.' || c == '-' || c == '@';
}

static bool escape_of(const char *s, size_t n, enum template_escape *out)
{
	for (size_t i = 1; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		if (strlen(escapes[i]) == n && memcmp(escapes[i], s, n) == 0) {
			*out = (enum template_escape)i;
			return true;
		}
	return false;
}

int template_next(const char **p, const char **name, size_t *len, enum template_escape *escape, const char **why)
{
	for (const char *s = strchr(*p, '{'); s; s = strchr(s + 1, '{')) {
		const char *n = s + 1;
		if (*n < 'a' || *n > 'z')
			continue;
		size_t k = 0;
		while (name_char(n[k]))
			k++;
		*name = n;
		*len = k;
		*escape = TEMPLATE_RAW;
		n += k;
		if (*n == ':') {
			size_t e = strcspn(++n, "}");
			if (!escape_of(n, e, escape)) {
				*why = "has an escape other than json, xml, attr, form and header";
				return -1;
			}
			n += e;
		}
		if (*n != '}') {
			*why = "has a placeholder without its }";
			return -1;
		}
		*p = n + 1;
		return 1;
	}
	*p += strlen(*p);
	return 0;
}

/* ---- checking ---- */

static bool is_type(const char *type, const char *what)
{
	size_t n = strcspn(type, ";");
	const char *slash = memchr(type, '/', n), *plus = memchr(type, '+', n);
	size_t k = strlen(what);
	const char *tail = plus ? plus + 1 : slash ? slash + 1 : type;
	return (size_t)(type + n - tail) == k && memcmp(tail, what, k) == 0;
}

/* The escapes a body of this type may use, a bit each; 0: it has no rules of its own. */
static unsigned wanted(const char *type)
{
	if (is_type(type, "json"))
		return 1u << TEMPLATE_JSON;
	if (is_type(type, "xml"))
		return 1u << TEMPLATE_XML | 1u << TEMPLATE_ATTR;
	if (is_type(type, "html"))
		return 1u << TEMPLATE_XML | 1u << TEMPLATE_ATTR;
	if (is_type(type, "x-www-form-urlencoded"))
		return 1u << TEMPLATE_FORM;
	if (strcmp(type, "header") == 0)
		return 1u << TEMPLATE_HEADER;
	return 0;
}

/* Inside an XML tag (between < and >) only an attribute's escape is safe, outside only a text's. */
static const char *xml_place(const char *text, const char *at, enum template_escape e)
{
	bool tag = false;
	for (const char *p = text; p < at; p++)
		tag = *p == '<' ? true : *p == '>' ? false : tag;
	if (tag && e != TEMPLATE_ATTR)
		return "has a value inside a tag without :attr";
	if (!tag && e == TEMPLATE_ATTR)
		return "has :attr outside a tag";
	return NULL;
}

/* In JSON a value brings its own quotes: it stands where a value can, not inside a string. */
static const char *json_place(const char *text, const char *at)
{
	bool string = false;
	for (const char *p = text; p < at; p++) {
		if (*p == '\\' && string)
			p++;
		else if (*p == '"')
			string = !string;
	}
	return string ? "has a value inside quotes: :json brings its own" : NULL;
}

/* Not a parser: what is lost in writing a body down is a bracket or a quote.  A placeholder's own braces
 * close each other. */
static const char *json_whole(const char *text)
{
	char open[32];
	size_t n = 0;
	bool string = false;
	for (const char *p = text; *p; p++) {
		if (*p == '"')
			string = !string;
		else if (*p == '\\' && string && p[1])
			p++;
		else if (!string && (*p == '{' || *p == '[') && n < sizeof open)
			open[n++] = *p == '{' ? '}' : ']';
		else if (!string && (*p == '}' || *p == ']') && (n == 0 || open[--n] != *p))
			return "is no JSON: a bracket closes that was not open";
	}
	return string || n > 0 ? "is no JSON: a bracket or a quote stays open" : NULL;
}

const char *template_fault(const char *text, const char *type, bool (*known)(const char *name, size_t len))
{
	unsigned may = wanted(type);
	const char *p = text, *name, *why = NULL;
	enum template_escape e;
	size_t len;
	int rc;
	while ((rc = template_next(&p, &name, &len, &e, &why)) > 0) {
		if (!known(name, len))
			return "has an unknown placeholder";
		if (may && !(may >> e & 1))
			return e == TEMPLATE_RAW ? "has a placeholder without an escape"
						 : "has an escape of another type of body";
		if (is_type(type, "xml") && (why = xml_place(text, name - 1, e)))
			return why;
		if (is_type(type, "json") && (why = json_place(text, name - 1)))
			return why;
	}
	if (rc < 0)
		return why;
	return is_type(type, "json") ? json_whole(text) : NULL;
}

/* ---- writing ---- */

struct out {
	char *s;
	size_t at, max;
	bool bad;
};

static void put(struct out *o, const char *s, size_t n)
{
	if (o->at + n >= o->max) {
		o->bad = true;
		return;
	}
	memcpy(o->s + o->at, s, n);
	o->at += n;
}

static void put_text(struct out *o, const char *s)
{
	put(o, s, strlen(s));
}

static void put_hex(struct out *o, const char *before, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";
	char two[2] = { digits[c >> 4], digits[c & 15] };
	put_text(o, before);
	put(o, two, 2);
}

static void put_json(struct out *o, char c)
{
	switch (c) {
	case '"': put_text(o, "\\\""); break;
	case '\\': put_text(o, "\\\\"); break;
	case '\n': put_text(o, "\\n"); break;
	case '\r': put_text(o, "\\r"); break;
	case '\t': put_text(o, "\\t"); break;
	default:
		if ((unsigned char)c < ' ' || c == 0x7f)
			put_hex(o, "\\u00", (unsigned char)c);
		else
			put(o, &c, 1);
	}
}

/* XML 1.0 2.2: most controls cannot stand in a document at all, not even as references. */
static void put_xml(struct out *o, char c, bool attr)
{
	switch (c) {
	case '&': put_text(o, "&amp;"); break;
	case '<': put_text(o, "&lt;"); break;
	case '>': put_text(o, "&gt;"); break;
	case '"': put_text(o, "&quot;"); break;
	case '\'': put_text(o, "&#39;"); break;
	case '\r': put_text(o, "&#13;"); break;
	case '\n': put_text(o, attr ? "&#10;" : "\n"); break;
	case '\t': put_text(o, attr ? "&#9;" : "\t"); break;
	default:
		if ((unsigned char)c >= ' ' && c != 0x7f)
			put(o, &c, 1);
	}
}

static void put_form(struct out *o, char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._*", c))
		put(o, &c, 1);
	else if (c == ' ')
		put_text(o, "+");
	else
		put_hex(o, "%", (unsigned char)c);
}

/* A header has one line; what a terminal or a proxy might take for something else becomes a blank. */
static void put_header(struct out *o, char c)
{
	bool plain = (unsigned char)c >= ' ' && (unsigned char)c < 0x7f;
	put(o, plain ? &c : " ", 1);
}

static void put_char(struct out *o, char c, enum template_escape e)
{
	if (!c)
		return;
	switch (e) {
	case TEMPLATE_RAW: put(o, &c, 1); break;
	case TEMPLATE_JSON: put_json(o, c); break;
	case TEMPLATE_XML: put_xml(o, c, false); break;
	case TEMPLATE_ATTR: put_xml(o, c, true); break;
	case TEMPLATE_FORM: put_form(o, c); break;
	case TEMPLATE_HEADER: put_header(o, c); break;
	}
}

/* A line break as the provider shows it; "<br />" is markup of the provider's and is not escaped. */
static void put_break(struct out *o, enum template_escape e, enum template_newline newline)
{
	switch (newline) {
	case TEMPLATE_CRLF: put_char(o, '\r', e); put_char(o, '\n', e); break;
	case TEMPLATE_BR: put_text(o, "<br />"); break;
	case TEMPLATE_SPACE: put_char(o, ' ', e); break;
	case TEMPLATE_LF: put_char(o, '\n', e); break;
	}
}

/* Octets from s on that stand in the answer as they are: most of any text. */
static size_t untouched(const char *s, size_t len, enum template_escape e)
{
	size_t n = 0;
	if (e == TEMPLATE_RAW)
		while (n < len && s[n] != '\n' && s[n])
			n++;
	else if (e == TEMPLATE_JSON || e == TEMPLATE_XML || e == TEMPLATE_ATTR)
		while (n < len && s[n] >= ' ' && s[n] < 0x7f && !strchr("\"\\&<>'", s[n]))
			n++;
	return n;
}

static void put_value(struct out *o, const struct template_value *v, enum template_escape e,
		      enum template_newline newline)
{
	if (v->literal && e == TEMPLATE_JSON) {
		put(o, v->s, v->len);
		return;
	}
	if (!v->s) {
		put_text(o, e == TEMPLATE_JSON ? "null" : "");
		return;
	}
	o->bad |= !utf8_valid(v->s, v->len);
	put_text(o, e == TEMPLATE_JSON ? "\"" : "");
	for (size_t i = 0; i < v->len && !o->bad; i++) {
		size_t n = untouched(v->s + i, v->len - i, e);
		put(o, v->s + i, n);
		i += n;
		if (i == v->len)
			break;
		bool tail = ((unsigned char)v->s[i] & 0xc0) == 0x80;
		if (v->s[i] == '\n')
			put_break(o, e, newline);
		else if (e == TEMPLATE_HEADER && (unsigned char)v->s[i] >= 0x80)
			put_text(o, tail ? "" : "?");
		else
			put_char(o, v->s[i], e);
	}
	put_text(o, e == TEMPLATE_JSON ? "\"" : "");
}

long template_write(const char *text, template_get *get, void *arg, enum template_newline newline, char *out,
		    size_t max)
{
	struct out o = { .s = out, .max = max };
	const char *p = text, *from = text, *name, *why;
	enum template_escape e;
	size_t len;
	int rc;
	while (!o.bad && (rc = template_next(&p, &name, &len, &e, &why)) > 0) {
		struct template_value v = { NULL, 0, false };
		put(&o, from, (size_t)(name - 1 - from));
		if (!get(arg, name, len, &v))
			return -1;
		put_value(&o, &v, e, newline);
		from = p;
	}
	if (!o.bad && rc < 0)
		return -1;
	if (!o.bad)
		put_text(&o, from);
	if (o.bad || max == 0)
		return -1;
	out[o.at] = '\0';
	return (long)o.at;
}

enum template_newline template_newline_named(const char *name)
{
	return strcmp(name, "crlf") == 0    ? TEMPLATE_CRLF
	       : strcmp(name, "br") == 0    ? TEMPLATE_BR
	       : strcmp(name, "space") == 0 ? TEMPLATE_SPACE
					    : TEMPLATE_LF;
}
