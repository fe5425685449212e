/* explain.c - how a text was read, for a person.  May call scan, slots, choose, read. */
#include <limits.h>
#include "parser/choose.h"
#include "parser/parser.h"
#include "parser/slots.h"

static const char *const names[U_TYPES] = {
	"concept", "word", "name", "number", "range", "class", "grade", "grades", "date", "zone", "school",
	"agency", "code", "bad code", "referral", "task", "alert", "sex", "age", "sex+age", "children",
	"count", "n of m", "total", "quantity", "phone", "identity number", "address", "secret",
};

static void show_tokens(const struct scan *s, FILE *out)
{
	fputs("tokens:  ", out);
	for (int i = 0; i < s->ts.n; i++)
		fprintf(out, "%s%.*s%s", i ? scan_glued(s, i) ? "" : " " : "", s->ts.t[i].n,
			token_text(&s->ts, i), s->ts.t[i].dist ? "~" : "");
	fputc('\n', out);
}

static void show_pick(const struct scan *s, int form, FILE *out)
{
	struct pick p;
	choose_pick(s, form, &p);
	for (int i = 0; i < p.n; i++) {
		const struct unit *u = p.p[i].u;
		fprintf(out, "  %-8s", p.p[i].used ? "used" : "left");
		for (int k = u->at; k < u->at + u->n; k++)
			fprintf(out, " %.*s", s->ts.t[k].n, token_text(&s->ts, k));
		fprintf(out, " = %s", names[u->type]);
		if (u->type == U_CONCEPT)
			fprintf(out, " %s", concept_name((enum concept)u->concept));
		fputc('\n', out);
	}
}

void parser_explain(const struct world *w, const struct parser_sender *from, const struct parser_clock *clock,
		    const struct parser_context *ctx, const char *text, size_t len, FILE *out)
{
	bool wants_last = false;
	struct scan s = { .w = w, .from = from, .clock = clock, .ctx = ctx, .wants_last = &wants_last,
			  .text = text };
	struct choice c;
	s.len = len > PARSER_TEXT_MAX ? PARSER_TEXT_MAX : len;
	scan_text(&s);
	show_tokens(&s, out);
	if (s.ts.n == 0)
		return;
	slots_find(&s);
	choose_form(&s, &c);
	fputs("forms:  ", out);
	for (int f = 0; f < forms_n; f++) {
		int cost = choose_cost(&s, f);
		if (cost != INT_MAX)
			fprintf(out, " %s %.1f%s", intent_name(forms[f].intent), (double)cost / COST,
				f == c.best ? " <" : "");
	}
	fputc('\n', out);
	if (c.best >= 0)
		show_pick(&s, c.best, out);
}
