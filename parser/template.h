/* template.h - short texts with {placeholders}, each escaped for where it stands: what an answer to a
 * provider is made of.
 *
 * {name:escape}: a value written as a JSON string (with its quotes), as XML text, as an XML attribute,
 * in a form, in a header; {name} alone: as it is, in plain text only.  {in.NAME:json} is a value of the
 * request, of the JSON type it had.  A brace that no small letter follows is a brace.
 * Pure; allocates nothing.
 */
#ifndef PARSER_TEMPLATE_H
#define PARSER_TEMPLATE_H
#include <stdbool.h>
#include <stddef.h>

enum template_escape { TEMPLATE_RAW, TEMPLATE_JSON, TEMPLATE_XML, TEMPLATE_ATTR, TEMPLATE_FORM,
		       TEMPLATE_HEADER };
enum template_newline { TEMPLATE_LF, TEMPLATE_CRLF, TEMPLATE_BR, TEMPLATE_SPACE };
struct template_value {
	const char *s;       /* NULL: absent, written as nothing, in JSON as null */
	size_t len;
	bool literal;        /* s is JSON already: a number, true, "text" */
};
/* A value by its name ("text", "session", "in.USERID"); false: unknown. */
typedef bool template_get(void *arg, const char *name, size_t len, struct template_value *out);

/* The next placeholder from *p on: its name and escape; *p moves behind it.  1 found, 0 none, -1 a fault
 * and *why. */
int template_next(const char **p, const char **name, size_t *len, enum template_escape *escape,
		  const char **why);
/* NULL, or why the template cannot be for a body of this media type ("text/plain", "application/json",
 * "text/xml", "application/x-www-form-urlencoded", "header"): an unknown name, a wrong or missing escape,
 * a body that is no JSON. */
const char *template_fault(const char *text, const char *type, bool (*known)(const char *name, size_t len));
/* Length written (NUL added), or -1: no room, or a value that is not UTF-8. */
long template_write(const char *text, template_get *get, void *arg, enum template_newline newline,
		    char *out, size_t max);
/* "crlf" "br" "space"; any other is a line feed. */
enum template_newline template_newline_named(const char *name);
#endif
