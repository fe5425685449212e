/* load_rules.c - the alert rules and their seasons: each sentence is understood, each name used is
 * defined.  Calls config/load, config/when. */
#include <stdio.h>
#include <string.h>
#include "config/load.h"

static const struct cfg_node *place(struct cfg_reader *r, const char *list, size_t i,
				    const char *name)
{
	return cfg_load_place(cfg_reader_root(r), list, i, name);
}

static bool same(const char *a, const char *b)
{
	return *a && strcmp(a, b) == 0;
}

static bool has_message(const struct cfg_load *l, const char *id)
{
	for (size_t i = 0; i < l->own->n_message_ids; i++)
		if (strcmp(l->own->message_ids[i], id) == 0)
			return true;
	return false;
}

/* ---- the sentence ---- */

static const struct end {
	enum config_end bit;
	const char *word;
} ends[] = {
    {END_CORRECTION, "correction"},
    {END_EXCUSE, "excuse"},
    {END_RETURN, "return"},
    {END_REPORT, "report"},
};

/* What can take an alert of such a rule back.  An excuse changes nothing where excused days count. */
static unsigned can_end(const struct config_when *w)
{
	switch (w->kind) {
	case WHEN_ROW:
	case WHEN_TOTAL:
		return END_CORRECTION | END_RETURN | (w->excused_too ? 0 : END_EXCUSE);
	case WHEN_CLASS_SILENT:
	case WHEN_SCHOOL_SILENT:
		return END_REPORT;
	case WHEN_CLASS_CLUSTER:
	case WHEN_ZONE_CLUSTER:
		return END_CORRECTION | END_EXCUSE;
	case WHEN_RATE:
	case WHEN_CLASS_RATE:
	case WHEN_WATCHED:
	case WHEN_ABROAD:
	case WHEN_WORK: /* a child that is back from there still needs looking after */
		return END_CORRECTION;
	case WHEN_LEFT:
		return END_CORRECTION | END_RETURN;
	case WHEN_NONE:
		return 0;
	}
	return 0;
}

static void rule_ends(struct cfg_load *l, struct cfg_reader *r, size_t i)
{
	struct config_rule *u = &l->c->rules[i];
	unsigned can = can_end(&u->is);
	char allowed[64] = "";

	for (size_t k = 0; k < sizeof(ends) / sizeof(ends[0]); k++) {
		size_t n = strlen(allowed);
		if (can & ends[k].bit)
			snprintf(allowed + n, sizeof(allowed) - n, "%s%s", n ? " " : "",
				 ends[k].word);
		if (!cfg_has(u->ends, ends[k].word))
			continue;
		u->ended_by |= ends[k].bit;
		if (!(can & ends[k].bit))
			cfg_node_fault(l->f, place(r, "rules", i, "ends"), NULL,
				       "\"%s\" cannot end what this rule tells of", ends[k].word);
	}
	if (u->ended_by & ~can)
		cfg_node_fault(l->f, place(r, "rules", i, "ends"), NULL, "possible here: %s",
			       *allowed ? allowed : "nothing");
	if (!u->ended_by)
		u->ended_by = can;
}

static void read_sentence(struct cfg_load *l, struct cfg_reader *r, size_t i, const char *name,
			  const char *text, struct config_when *out)
{
	char why[500];

	if (*text && !config_when_read(text, out, why, sizeof(why)))
		cfg_node_fault(l->f, place(r, "rules", i, name), NULL, "%s", why);
}

static void rule_season(struct cfg_load *l, struct cfg_reader *r, size_t i)
{
	const struct config_rule *u = &l->c->rules[i];
	bool seasonal = u->is.kind == WHEN_ROW || u->is.kind == WHEN_TOTAL;

	if (!*u->in_season)
		return;
	if (u->is.kind && !seasonal)
		cfg_node_fault(l->f, place(r, "rules", i, "in_season"), NULL,
			       "goes with days absent in a row or in weeks only");
	else if (u->is.kind && u->season.kind && u->season.kind != u->is.kind)
		cfg_node_fault(l->f, place(r, "rules", i, "in_season"), NULL,
			       "is another kind of sentence than \"when\": it may change the numbers");
	if (l->c->n_seasons == 0)
		cfg_node_fault(l->f, place(r, "rules", i, "in_season"), NULL,
			       "has no use without \"seasons\"");
}

static void rule_when(struct cfg_load *l, struct cfg_reader *r, size_t i)
{
	struct config_rule *u = &l->c->rules[i];
	bool counted = strcmp(u->event, "absence.streak") == 0 ||
		       strcmp(u->event, "absence.rate") == 0 ||
		       strcmp(u->event, "absence.cluster") == 0 ||
		       strcmp(u->event, "school.silent") == 0;

	read_sentence(l, r, i, "when", u->when, &u->is);
	read_sentence(l, r, i, "in_season", u->in_season, &u->season);
	const char *about = config_when_event(u->is.kind);
	if (!*u->event && !*u->when)
		cfg_node_fault(l->f, place(r, "rules", i, NULL), NULL,
			       "rule %s needs \"when\" (a sentence) or \"event\"", u->id);
	if (*u->event && *about && strcmp(u->event, about) != 0)
		cfg_node_fault(l->f, place(r, "rules", i, "event"), NULL,
			       "the sentence is about %s, not %s: leave \"event\" out", about,
			       u->event);
	if (counted && !*u->when)
		cfg_node_fault(l->f, place(r, "rules", i, "event"), NULL,
			       "%s needs a sentence: when = \"...\"", u->event);
	if (*about)
		u->event = about;
	rule_season(l, r, i);
	rule_ends(l, r, i);
}

/* ---- people ---- */

static void rule_people(struct cfg_load *l, struct cfg_reader *r, size_t i)
{
	struct config_rule *u = &l->c->rules[i];
	size_t steps = cfg_count(u->escalate);

	if (cfg_count(u->audience) && !*u->message)
		cfg_node_fault(l->f, place(r, "rules", i, "audience"), NULL,
			       "is told by SMS, but \"message\" is missing");
	if (*u->message && l->own->n_message_ids && !has_message(l, u->message))
		cfg_node_fault(l->f, place(r, "rules", i, "message"), NULL,
			       "\"%s\" is used but not defined in files.messages", u->message);
	if (steps && u->ack_minutes == 0)
		cfg_node_fault(l->f, place(r, "rules", i, "escalate"), NULL,
			       "needs ack_minutes: after how long without an answer");
	if (steps && u->max_steps == 0)
		u->max_steps = (int)steps;
	if (!steps && u->max_steps)
		cfg_node_fault(l->f, place(r, "rules", i, "max_steps"), NULL,
			       "has no use without \"escalate\"");
	if (steps && (size_t)u->max_steps < steps)
		cfg_node_fault(l->f, place(r, "rules", i, "max_steps"), NULL,
			       "%d is less than the %zu steps of \"escalate\"", u->max_steps,
			       steps);
}

/* ---- seasons ---- */

static void season(struct cfg_load *l, struct cfg_reader *r, size_t i)
{
	const struct config_season *s = &l->c->seasons[i];
	bool yearly = strlen(s->from) == 5;

	if (!*s->from || !*s->to)
		return;
	if (yearly != (strlen(s->to) == 5))
		cfg_node_fault(l->f, place(r, "seasons", i, "to"), NULL,
			       "\"%s\" and \"%s\": both with a year, or both without", s->from, s->to);
	else if (!yearly && strcmp(s->to, s->from) < 0)
		cfg_node_fault(l->f, place(r, "seasons", i, "to"), NULL, "\"%s\" is before \"%s\"",
			       s->to, s->from);
}

void cfg_load_rules(struct cfg_load *l)
{
	struct cfg_reader *r;

	if (cfg_load_file(l, l->own->x.rules_file, SC_RULES, l->c, &r) == 0) {
		for (size_t i = 0; i < l->c->n_seasons; i++)
			season(l, r, i);
		for (size_t i = 0; i < l->c->n_rules; i++) {
			for (size_t j = 0; j < i; j++)
				if (same(l->c->rules[i].id, l->c->rules[j].id))
					cfg_node_fault(l->f, place(r, "rules", i, "id"), NULL,
						       "\"%s\" is the name of rules[%zu] too",
						       l->c->rules[i].id, j + 1);
			rule_when(l, r, i);
			rule_people(l, r, i);
		}
	}
	cfg_reader_close(r);
}
