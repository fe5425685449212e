/* xml.c - see values.h: XML of a request, its elements and attributes by dotted path below the root
 * ("msg", "a.b", "a.@x").  The only file that includes expat.h.
 *
 * A document type is refused whole, and with it every entity that could grow or reach a file. */
#include "gateway/edge/values.h"

#include <expat.h>
#include <stdio.h>
#include <string.h>

struct reading {
	XML_Parser parser;
	struct values *out;
	const char *why;
	int depth;
	char path[VALUES_NAME];
	size_t at[VALUES_DEPTH + 2]; /* length of path at each depth */
	char text[VALUES_ROOM / 4];
	size_t text_len;
	bool leaf;                   /* the element that is open has no child */
};

static void stop(struct reading *r, const char *why)
{
	if (!r->why)
		r->why = why;
	XML_StopParser(r->parser, XML_FALSE);
}

static bool push(struct reading *r, const char *prefix, const char *name, char out[VALUES_NAME], size_t *len)
{
	size_t at = r->at[r->depth];
	int n = snprintf(out, VALUES_NAME, "%.*s%s%s%s", (int)at, r->path, at ? "." : "", prefix, name);
	*len = n > 0 ? (size_t)n : 0;
	return n > 0 && n < VALUES_NAME;
}

static void attributes(struct reading *r, const XML_Char **attr)
{
	char name[VALUES_NAME];
	size_t n;
	for (; attr[0]; attr += 2)
		if (!push(r, "@", attr[0], name, &n) ||
		    !values_add(r->out, name, n, attr[1], strlen(attr[1]), false))
			stop(r, "too much in it");
}

static void on_start(void *arg, const XML_Char *name, const XML_Char **attr)
{
	struct reading *r = arg;
	char path[VALUES_NAME];
	size_t n = 0;
	if (r->depth == VALUES_DEPTH) {
		stop(r, "nested too deeply");
		return;
	}
	/* the root's own name is no part of a path */
	if (r->depth > 0 && !push(r, "", name, path, &n)) {
		stop(r, "a name is too long");
		return;
	}
	if (r->depth > 0)
		memcpy(r->path, path, n + 1);
	r->at[++r->depth] = n;
	r->leaf = true;
	r->text_len = 0;
	attributes(r, attr);
}

static void on_text(void *arg, const XML_Char *s, int len)
{
	struct reading *r = arg;
	if (r->text_len + (size_t)len > sizeof r->text) {
		stop(r, "a value is too long");
		return;
	}
	memcpy(r->text + r->text_len, s, (size_t)len);
	r->text_len += (size_t)len;
}

static void on_end(void *arg, const XML_Char *name)
{
	struct reading *r = arg;
	(void)name;
	size_t n = r->at[r->depth];
	if (r->leaf && r->depth > 1 && !values_add(r->out, r->path, n, r->text, r->text_len, false))
		stop(r, "too much in it");
	r->leaf = false;
	r->text_len = 0;
	r->depth--;
	r->path[r->at[r->depth]] = '\0';
}

static void on_doctype(void *arg, const XML_Char *name, const XML_Char *sys, const XML_Char *pub, int subset)
{
	(void)name, (void)sys, (void)pub, (void)subset;
	stop(arg, "a document type is not taken");
}

static void on_entity(void *arg, const XML_Char *name, int parameter, const XML_Char *value, int len,
		      const XML_Char *base, const XML_Char *sys, const XML_Char *pub, const XML_Char *notation)
{
	(void)name, (void)parameter, (void)value, (void)len, (void)base, (void)sys, (void)pub, (void)notation;
	stop(arg, "an entity is not taken");
}

const char *xml_read(struct edge_str body, struct values *out)
{
	static struct reading r; /* 8 KB; one thread */
	memset(&r, 0, sizeof r);
	out->n = out->used = 0;
	r.out = out;
	r.parser = XML_ParserCreate(NULL);
	if (!r.parser)
		return "no memory";
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	XML_SetEntityDeclHandler(r.parser, on_entity);
	enum XML_Status rc = XML_Parse(r.parser, body.s, (int)body.len, 1);
	XML_ParserFree(r.parser);
	if (rc == XML_STATUS_OK && !r.why)
		return NULL;
	return r.why ? r.why : "not well-formed XML";
}
