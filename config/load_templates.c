/* load_templates.c - texts that may be sent to groups of staff: each is one SMS and holds nothing that no
 * message may hold.  Calls config/load, parser/gsm7, parser/messages. */
#include <stdio.h>
#include <string.h>
#include "config/load.h"
#include "parser/gsm7.h"
#include "parser/messages.h"

#define DIGITS_MAX 6 /* the longest help number; one digit more may be a person's */

static const char *const names[] = {"sq", "en"};

static bool long_number(const char *s)
{
	int n = 0;

	for (; *s; s++) {
		if (*s >= '0' && *s <= '9')
			n++;
		else if (!strchr(" -./", *s))
			n = 0;
		if (n > DIGITS_MAX)
			return true;
	}
	return false;
}

static const char *fault(const struct cfg_load *l, const char *text)
{
	char plain[1024];
	long n = gsm7_plain(text, strlen(text), plain, sizeof(plain));

	if (n < 0)
		return "has a character that GSM-7 lacks";
	if (gsm7_count(plain, (size_t)n) > MESSAGE_MAX)
		return "is longer than one SMS (160 characters)";
	if (long_number(text))
		return "holds a long number: no telephone number and no date with a year goes to a group";
	if (message_forbidden(l->c->world, text))
		return "holds a forbidden word";
	return NULL;
}

void cfg_load_templates(struct cfg_load *l)
{
	for (size_t i = 0; i < l->c->n_templates; i++) {
		const struct config_template *t = &l->c->templates[i];
		for (size_t k = 0; k < i; k++) {
			if (strcmp(l->c->templates[k].name, t->name) == 0)
				cfg_node_fault(l->f,
					       cfg_load_place(l->root, "broadcasts.templates", i, "name"),
					       NULL, "\"%s\" is the name of templates[%zu] too", t->name,
					       k + 1);
		}
		for (int lang = 0; lang < 2; lang++) {
			const char *why = t->text[lang] ? fault(l, t->text[lang]) : NULL;
			if (why)
				cfg_node_fault(
				    l->f, cfg_load_place(l->root, "broadcasts.templates", i, names[lang]),
				    NULL, "%s", why);
		}
	}
}
