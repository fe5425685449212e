/* sheet_example.c - what a trainer prints: a pattern and one right example of each form, made of the world's own
 * schools, classes and zones, and read back before it may be shown.  May call sheet, calendar, world and
 * the parser's reading.
 *
 * The table below names, for each built-in form, what it does and its usual text in Albanian and English.
 * {name} is a value: the pattern shows what is to be written there, the example a value of this world.
 */
#include <stdio.h>
#include <string.h>
#include "parser/calendar.h"
#include "parser/sheet_int.h"

enum { AS_CONTEXT = 1, /* the answer to a question that was asked */
       AS_PIN = 2,     /* the PIN in it is right */
       AS_CODEWORD = 4,
       FOR_UNKNOWN = 8 /* sent by people who are on no roster */ };

static const struct row {
	enum intent intent;
	unsigned flags;
	const char *what[2], *text[2]; /* Albanian, English */
} rows[] = {
	{ I_ABSENCE, 0, { "Kush mungon", "Who is absent" },
	  { "MUNGESE {class} {pupil} {pupil2}", "ABSENT {class} {pupil} {pupil2}" } },
	{ I_ABSENCE_COUNT, 0, { "Sa mungojne", "How many are absent" },
	  { "MUNGESE {class} {few}/{size}", "ABSENT {class} {few}/{size}" } },
	{ I_ALL_PRESENT, 0, { "Te gjithe prezent", "All are present" }, { "PREZENT {class}", "PRESENT {class}" } },
	{ I_CORRECTION, 0, { "Ndryshon raportin e dites", "Changes the report of the day" },
	  { "KORRIGJO {class} {pupil} {pupil2}", "CORRECT {class} {pupil} {pupil2}" } },
	{ I_UNDO, 0, { "Anulon raportin e fundit", "Takes back the last report" }, { "ANULO", "UNDO" } },
	{ I_EXCUSE, 0, { "Mungesa ka arsye", "The absence has a reason" },
	  { "ARSYE {class} {pupil}", "EXCUSE {class} {pupil}" } },
	{ I_RETURN_TO_SCHOOL, 0, { "Nxenesi u kthye ne shkolle", "The pupil is back at school" },
	  { "KTHYE {class} {pupil}", "RETURNED {class} {pupil}" } },
	{ I_LEFT_SCHOOL, 0, { "Nxenesi e la shkollen", "The pupil has left school" },
	  { "BRAKTISI {class} {pupil}", "DROPOUT {class} {pupil}" } },
	{ I_CASE_NEW, 0, { "Femije ne rrezik", "A child at risk" },
	  { "RAST {concern} {zone} {sexage}", "CASE {concern} {zone} {sexage}" } },
	{ I_CASE_AMEND, 0, { "Ploteson nje rast", "Adds to a case" },
	  { "SHTO {case} {zone}", "ADD {case} {zone}" } },
	{ I_MERGE, AS_PIN, { "Dy raste jane i njejti femije", "Two cases are one child" },
	  { "PIN {pin} BASHKO {case} {case2}", "PIN {pin} MERGE {case} {case2}" } },
	{ I_CASE_RISK, AS_PIN, { "Cakton rrezikun e rastit", "Sets the risk of a case" },
	  { "PIN {pin} RREZIK {case} {risk}", "PIN {pin} RISK {case} {risk}" } },
	{ I_CASE_STATUS, AS_PIN, { "Si eshte rasti", "How a case stands" },
	  { "PIN {pin} STATUS {case}", "PIN {pin} STATUS {case}" } },
	{ I_CASE_LIST, AS_PIN, { "Rastet e tua", "Your cases" },
	  { "PIN {pin} RASTET E MIA", "PIN {pin} MY CASES" } },
	{ I_FOLLOWUP, 0, { "Si shkoi vizita", "How the visit went" },
	  { "VIZITE {case} {outcome}", "VISIT {case} {outcome}" } },
	{ I_PROGRESS, 0, { "Pike nga 1 deri 5", "A score from 1 to 5" },
	  { "PROGRES {case} {score}", "PROGRESS {case} {score}" } },
	{ I_REFER, 0, { "Dergon rastin te nje agjenci", "Refers a case to an agency" },
	  { "REFERO {case} {agency}", "REFER {case} {agency}" } },
	{ I_REFERRAL_ACCEPT, 0, { "E pranon referimin", "Accepts a referral" },
	  { "PRANO {referral}", "ACCEPT {referral}" } },
	{ I_REFERRAL_DECLINE, 0, { "E refuzon referimin", "Declines a referral" },
	  { "REFUZO {referral}", "DECLINE {referral}" } },
	{ I_REFERRAL_DONE, 0, { "Sherbimi u krye", "What was referred is done" },
	  { "KRYER {referral}", "DONE {referral}" } },
	{ I_ACK, 0, { "E more sinjalin", "You take the alert" }, { "OK {alert}", "OK {alert}" } },
	{ I_TASK_NEW, 0, { "Detyre e re per nje agjenci", "A new task for an agency" },
	  { "DETYRE {case} {agency} {visit} deri {due}", "TASK {case} {agency} {visit} until {due}" } },
	{ I_TASK_DONE, 0, { "Detyra u krye", "The task is done" }, { "KRYER {task}", "DONE {task}" } },
	{ I_TASK_PROGRESS, 0, { "Detyra ende jo e kryer", "The task is not done yet" },
	  { "{task} JO AKOMA", "{task} NOT YET" } },
	{ I_TASK_DEFER, 0, { "Afat i ri per detyren", "A new day for the task" },
	  { "SHTY {task} {due}", "POSTPONE {task} {due}" } },
	{ I_TASK_LIST, 0, { "Detyrat e tua", "Your tasks" }, { "DETYRAT E MIA", "MY TASKS" } },
	{ I_MEETING_INFO, 0, { "Kur eshte takimi", "When the meeting is" }, { "TAKIM", "MEETING" } },
	{ I_MEETING_RSVP, 0, { "Vjen ne takim", "You come to the meeting" }, { "VIJ", "COMING" } },
	{ I_MEETING_AGENDA, 0, { "Rendi i dites", "The agenda" }, { "RENDI I DITES", "AGENDA" } },
	{ I_ENROL, 0, { "Femija u regjistrua ne shkolle", "The child is enrolled" },
	  { "REGJISTRUAR {case} {school} {class}", "ENROLLED {case} {school} {class}" } },
	{ I_CLOSE, 0, { "Kerkon mbylljen e rastit", "Asks to close a case" },
	  { "MBYLL {case} {why}", "CLOSE {case} {why}" } },
	{ I_REOPEN, 0, { "Rihap rastin", "Opens a case again" }, { "RIHAP {case}", "REOPEN {case}" } },
	{ I_RETURN_NEW, 0, { "Femije qe kthehet nga jashte", "A child who comes back from abroad" },
	  { "KTHIM {country} {sexage} {due}", "RETURN {country} {sexage} {due}" } },
	{ I_RETURN_ARRIVED, 0, { "Femija mberriti", "The child has arrived" },
	  { "MBERRITI {case}", "ARRIVED {case}" } },
	{ I_CAMPAIGN, 0, { "Fushate: sa veta", "A campaign: how many people" },
	  { "FUSHATE {zone} {people}", "CAMPAIGN {zone} {people}" } },
	{ I_CONFIRM_PENDING, AS_CONTEXT, { "Po, per ate qe u pyet", "Yes, to what was asked" },
	  { "PO {ask}", "YES {ask}" } },
	{ I_DENY_PENDING, AS_CONTEXT, { "Jo, per ate qe u pyet", "No, to what was asked" },
	  { "JO {ask}", "NO {ask}" } },
	{ I_LOCK, 0, { "Bllokon nje telefon", "Locks a telephone" }, { "BLLOKO {phone}", "LOCK {phone}" } },
	{ I_PIN_CHANGE, AS_PIN, { "Ndryshon PIN-in", "Changes the PIN" },
	  { "PIN NDRYSHO {pin} {newpin}", "PIN CHANGE {pin} {newpin}" } },
	{ I_LANG, 0, { "Gjuha e pergjigjeve", "The language of replies" },
	  { "GJUHA {lang}", "LANGUAGE {lang}" } },
	{ I_STOP, 0, { "Te mos vijne me njoftime", "No more notices" }, { "STOP", "STOP" } },
	{ I_HELP, 0, { "Ndihme", "Help" }, { "NDIHME", "HELP" } },
	{ I_EMERGENCY, 0, { "Thirrje per ndihme", "A call for help" }, { "SOS", "SOS" } },
	{ I_LOST_PHONE, AS_CODEWORD, { "Telefoni humbi", "A telephone was lost" },
	  { "HUMBA {phone} {codeword}", "LOST {phone} {codeword}" } },
	{ I_PUBLIC_TIP, FOR_UNKNOWN, { "Kush sheh nje femije ne rrezik", "Anybody who sees a child at risk" },
	  { "DUA TE RAPORTOJ {tip}", "I WANT TO REPORT {tip}" } },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

struct value {
	const char *name, *label[2];
	const char *field;       /* of the reading, in which it must stand again; NULL: not looked at */
	char s[2][48];           /* Albanian, English */
};
enum { V_CLASS, V_PUPIL, V_PUPIL2, V_FEW, V_SIZE, V_ZONE, V_SCHOOL, V_SEXAGE, V_CONCERN, V_CASE, V_CASE2,
       V_RISK, V_OUTCOME, V_SCORE, V_AGENCY, V_REFERRAL, V_ALERT, V_TASK, V_DUE, V_WHY, V_COUNTRY,
       V_PEOPLE, V_ASK, V_PHONE, V_PIN, V_NEWPIN, V_LANG, V_CODEWORD, V_TIP, V_VISIT, VALUES };

struct maker { /* one line in the making */
	const struct sheet *sh;
	int lang;                /* 0 Albanian, 1 English */
	int class_at;            /* index in the world, or -1 */
	struct parser_sender from;
	struct parser_clock clock;
	struct parser_context ctx;
	struct value v[VALUES];
};

/* ---- values of this world ---- */

/* A class that no other school has by that name, with a good number of pupils; from the middle, where the
 * names look usual. */
static int usual_class(const struct world *w)
{
	int best = -1;
	for (int k = 0; k < w->n_classes; k++) {
		int i = (w->n_classes / 2 + k) % w->n_classes, n;
		const struct w_class *c = &w->classes[i];
		world_find_class(w, -1, c->grade, c->section, &n);
		if (n == 1 && c->size >= 17)
			return i;
		if (best < 0 || (n == 1 && c->size > w->classes[best].size))
			best = i;
	}
	return best;
}

/* A number whose check character makes a code. */
static void case_code(const struct world *w, int year, int64_t from, char out[48])
{
	char code[CASE_CODE_MAX] = "";
	for (int64_t n = from; n < from + 40 && !code_make(w->site, year % 100, n, code); n++)
		;
	snprintf(out, 48, "%s", code);
}

static void day_and_month(int32_t day, char out[48])
{
	int y, m, d;
	day_split(day, &y, &m, &d);
	snprintf(out, 48, "%02d.%02d", (unsigned)d % 100, (unsigned)m % 100);
}

/* A national number of the plan. */
static void phone(const struct msisdn_plan *p, char out[48])
{
	static const char digits[] = "69123456789012";
	int n = p->national_max < 14 ? p->national_max : 14;
	snprintf(out, 48, "%s%.*s", p->trunk, n, digits);
}

static void both(struct value *v, const char *s)
{
	snprintf(v->s[0], sizeof(v->s[0]), "%s", s);
	snprintf(v->s[1], sizeof(v->s[1]), "%s", s);
}

static void number(struct value *v, int64_t n)
{
	char s[24];
	snprintf(s, sizeof(s), "%lld", (long long)n);
	both(v, s);
}

static void say(struct value *v, const char *name, const char *sq, const char *en, const char *field)
{
	v->name = name;
	v->label[0] = sq;
	v->label[1] = en;
	v->field = field;
}

static void words(struct maker *m, int i, const char *sq, const char *en)
{
	snprintf(m->v[i].s[0], sizeof(m->v[i].s[0]), "%s", sq);
	snprintf(m->v[i].s[1], sizeof(m->v[i].s[1]), "%s", en);
}

static void name_values(struct value *v)
{
	say(&v[V_CLASS], "class", "klasa", "class", "class");
	say(&v[V_PUPIL], "pupil", "nr", "no", NULL);
	say(&v[V_PUPIL2], "pupil2", "nr ...", "no ...", NULL);
	say(&v[V_FEW], "few", "sa", "absent", "count");
	say(&v[V_SIZE], "size", "gjithsej", "total", "enrolled");
	say(&v[V_ZONE], "zone", "zona", "zone", "zone");
	say(&v[V_SCHOOL], "school", "shkolla", "school", "school");
	say(&v[V_SEXAGE], "sexage", "M/F+mosha", "M/F+age", NULL);
	say(&v[V_CONCERN], "concern", "problemi", "concern", NULL);
	say(&v[V_CASE], "case", "kodi", "code", "case");
	say(&v[V_CASE2], "case2", "kodi2", "code2", NULL);
	say(&v[V_RISK], "risk", "LARTE|MESATAR|ULET", "HIGH|MEDIUM|LOW", NULL);
	say(&v[V_OUTCOME], "outcome", "si shkoi", "how it went", NULL);
	say(&v[V_SCORE], "score", "1-5", "1-5", NULL);
	say(&v[V_AGENCY], "agency", "agjencia", "agency", "agency");
	say(&v[V_REFERRAL], "referral", "referimi", "referral", "referral");
	say(&v[V_ALERT], "alert", "sinjali", "alert", "alert");
	say(&v[V_TASK], "task", "detyra", "task", "task");
	say(&v[V_DUE], "due", "data", "date", NULL);
	say(&v[V_WHY], "why", "pse", "why", NULL);
	say(&v[V_COUNTRY], "country", "shteti", "country", NULL);
	say(&v[V_PEOPLE], "people", "sa veta", "people", "participants");
	say(&v[V_ASK], "ask", "numri", "number", "pending");
	say(&v[V_PHONE], "phone", "telefoni", "phone", NULL);
	say(&v[V_PIN], "pin", "PIN-i", "your-PIN", NULL);
	say(&v[V_NEWPIN], "newpin", "PIN-i-ri", "new-PIN", NULL);
	say(&v[V_LANG], "lang", "shqip|anglisht", "albanian|english", NULL);
	say(&v[V_CODEWORD], "codeword", "fjala-kyc", "codeword", NULL);
	say(&v[V_TIP], "tip", "cfare dhe ku", "what and where", NULL);
	say(&v[V_VISIT], "visit", "cfare", "what", NULL);
}

static void fill_places(struct maker *m)
{
	const struct world *w = m->sh->w;
	struct value *v = m->v;
	int size = 28;
	if (m->class_at >= 0) {
		const struct w_class *c = &w->classes[m->class_at];
		size = c->size;
		both(&v[V_CLASS], c->name);
		both(&v[V_SCHOOL], w->schools[c->school].id);
	}
	number(&v[V_PUPIL], size >= 12 ? 12 : 1);
	number(&v[V_PUPIL2], size >= 17 ? 17 : 2);
	number(&v[V_FEW], size > 3 ? 3 : 1);
	number(&v[V_SIZE], size);
	both(&v[V_ZONE], w->n_zones ? w->zones[w->n_zones > 3 ? 3 : 0] : "");
	both(&v[V_AGENCY], w->n_agencies ? w->agencies[w->n_agencies / 2] : "");
}

static void fill_values(struct maker *m, int32_t today)
{
	struct value *v = m->v;
	int y, mo, d;
	name_values(v);
	fill_places(m);
	day_split(today, &y, &mo, &d);
	char s[48];
	case_code(m->sh->w, y, 147, s);
	both(&v[V_CASE], s);
	case_code(m->sh->w, y, 148, s);
	both(&v[V_CASE2], s);
	day_and_month(today + 12, s);
	both(&v[V_DUE], s);
	phone(&m->sh->w->plan, s);
	both(&v[V_PHONE], s);
	words(m, V_SEXAGE, "M11", "M11");
	words(m, V_CONCERN, "LYP", "BEGGING");
	words(m, V_RISK, "LARTE", "HIGH");
	words(m, V_OUTCOME, "MIRE", "OK");
	words(m, V_SCORE, "4", "4");
	words(m, V_REFERRAL, "R88", "R88");
	words(m, V_ALERT, "31", "31");
	words(m, V_TASK, "T12", "T12");
	words(m, V_WHY, "RIINTEGRUAR", "REINTEGRATED");
	words(m, V_COUNTRY, "GR", "GR");
	words(m, V_PEOPLE, "45", "45");
	words(m, V_ASK, "31", "31");
	words(m, V_PIN, "4821", "4821");
	words(m, V_NEWPIN, "7305", "7305");
	words(m, V_LANG, "ANGLISHT", "ALBANIAN");
	words(m, V_CODEWORD, "dallendyshe", "swallow");
	words(m, V_TIP, "NJE FEMIJE QE LYP", "A CHILD BEGGING");
	words(m, V_VISIT, "VIZITE", "VISIT");
}

/* The last school day up to today: what the sheet is printed for is a day of lessons. */
static int32_t lesson_day(const struct world *w, int32_t today)
{
	for (int32_t d = today; d > today - 366; d--)
		if (world_school_day(w, -1, d))
			return d;
	return today;
}

void sheet_sender(const struct sheet *sh, enum role role, const char *lang, struct parser_sender *out)
{
	const struct world *w = sh->w;
	int c = usual_class(w);
	memset(out, 0, sizeof(*out));
	out->role = role;
	snprintf(out->lang, sizeof(out->lang), "%.3s", lang);
	if (role == ROLE_NONE)
		return;
	snprintf(out->id, sizeof(out->id), "example");
	if (role == ROLE_TEACHER || role == ROLE_HEAD) {
		if (c < 0)
			return;
		snprintf(out->school, sizeof(out->school), "%s", w->schools[w->classes[c].school].id);
		snprintf(out->classes[0], sizeof(out->classes[0]), "%s", w->classes[c].name);
		out->n_classes = role == ROLE_TEACHER;
	} else if (w->n_agencies) {
		snprintf(out->agency, sizeof(out->agency), "%s", w->agencies[0]);
	}
}

static bool make(struct maker *m, const struct sheet *sh, enum role role, const char *lang, const char *today)
{
	int32_t day;
	if (!day_from_iso(today, &day))
		return false;
	memset(m, 0, sizeof(*m));
	m->sh = sh;
	m->lang = strcmp(lang, "en") == 0;
	m->class_at = usual_class(sh->w);
	day = lesson_day(sh->w, day);
	day_to_iso(day, m->clock.today);
	m->clock.hour = 10;
	sheet_sender(sh, role, m->lang ? "en" : "sq", &m->from);
	fill_values(m, day);
	return true;
}

/* ---- writing ---- */

static bool append(char *out, size_t max, const char *s, size_t n)
{
	size_t at = strlen(out);
	if (at + n + 1 > max)
		return false;
	memcpy(out + at, s, n);
	out[at + n] = 0;
	return true;
}

static int value_named(const struct maker *m, const char *name, size_t n)
{
	for (int i = 0; i < VALUES; i++)
		if (strlen(m->v[i].name) == n && memcmp(m->v[i].name, name, n) == 0)
			return i;
	return -1;
}

/* text with each {name} as a label or as a value; false when one is unknown or empty. */
static bool expand(const struct maker *m, const char *text, bool labels, char *out, size_t max)
{
	out[0] = 0;
	while (*text) {
		size_t n = strcspn(text, "{");
		if (n) {
			if (!append(out, max, text, n))
				return false;
			text += n;
			continue;
		}
		n = strcspn(text, "}");
		int i = text[n] ? value_named(m, text + 1, n - 1) : -1;
		if (i < 0 || !m->v[i].s[m->lang][0])
			return false;
		const char *s = labels ? m->v[i].label[m->lang] : m->v[i].s[m->lang];
		if (!append(out, max, s, strlen(s)))
			return false;
		text += n + 1;
	}
	return true;
}

/* ---- reading back ---- */

static bool fault(struct sheet_line *line, const char *what, const char *which)
{
	snprintf(line->why, sizeof(line->why), "%s %.40s", what, which ? which : "");
	line->good = false;
	return false;
}

/* The example is this form and nothing is doubtful in it. */
static bool reads(const struct maker *m, const char *form, struct sheet_line *line, struct reading *r)
{
	parser_read(m->sh->w, &m->from, &m->clock, &m->ctx, line->example, strlen(line->example), r);
	if (strcmp(r->intent, form) != 0)
		return fault(line, r->about ? "asks about" : "is read as", r->about ? r->about : r->intent);
	if (r->error)
		return fault(line, r->error, r->error_field);
	if (r->rest)
		return fault(line, "is only read up to", line->example + r->rest);
	if (reading_flag(r, "confirm"))
		return fault(line, "is a guess", NULL);
	if (reading_flag(r, "auth_required"))
		return fault(line, "needs a PIN", NULL);
	line->good = true;
	return true;
}

static bool number_is(const struct reading *r, const char *field, const char *s)
{
	char mine[24] = "";
	int64_t n;
	if (reading_int(r, field, &n))
		snprintf(mine, sizeof(mine), "%lld", (long long)n);
	return strcmp(mine, s) == 0;
}

/* Each value of the text that the reading has a field for stands there. */
static void same_values(const struct maker *m, const char *text, const struct reading *r, struct sheet_line *line)
{
	for (const char *p = strchr(text, '{'); p; p = strchr(p + 1, '{')) {
		int i = value_named(m, p + 1, strcspn(p + 1, "}"));
		const struct value *v = &m->v[i];
		const struct reading_item *it;
		if (v->field && reading_get(r, v->field)) {
			const char *word = reading_word(r, v->field);
			if (word ? strcmp(word, v->s[m->lang]) != 0 : !number_is(r, v->field, v->s[m->lang]))
				fault(line, "reads otherwise:", v->name);
		}
		if (i != V_PUPIL && i != V_PUPIL2)
			continue;
		size_t n = reading_list(r, "pupils", &it), k = 0;
		char mine[24] = "";
		for (; k < n && strcmp(mine, v->s[m->lang]) != 0; k++)
			snprintf(mine, sizeof(mine), "%d", (int)it[k].num);
		if (strcmp(mine, v->s[m->lang]) != 0)
			fault(line, "reads otherwise:", v->name);
	}
}

/* ---- built-in forms ---- */

static const struct row *row_of(enum intent i)
{
	for (size_t k = 0; k < ROWS; k++)
		if (rows[k].intent == i)
			return &rows[k];
	return NULL;
}

static void built_line(struct maker *m, const struct sheet_form *f, const struct row *row, struct sheet_line *line)
{
	struct reading r;
	snprintf(line->what, sizeof(line->what), "%s", row->what[m->lang]);
	/* a no with a number, to a report just shown back, would correct it */
	if ((row->flags & AS_CONTEXT) && row->intent != I_DENY_PENDING)
		snprintf(m->ctx.asked, sizeof(m->ctx.asked), "confirm");
	m->ctx.secret = row->flags & AS_PIN ? SECRET_PIN : row->flags & AS_CODEWORD ? SECRET_CODEWORD : SECRET_NONE;
	const char *text = row->text[m->lang];
	if (!expand(m, text, true, line->pattern, sizeof(line->pattern)) ||
	    !expand(m, text, false, line->example, sizeof(line->example)))
		fault(line, "nothing to make it of:", text);
	else if (reads(m, f->name, line, &r))
		same_values(m, text, &r, line);
}

/* ---- configured forms ---- */

static void capitals(char *s)
{
	for (; *s; s++)
		if (*s >= 'a' && *s <= 'z')
			*s = (char)(*s - 'a' + 'A');
}

/* Aliases carry no language: the site's own stand first, the other language's last, as in the sample. */
static const char *alias_of(const struct maker *m, const struct w_field *f, const char *code)
{
	const char *first = NULL, *last = NULL;
	for (int c = 0; c < f->n_choices; c++) {
		if (strcmp(f->choices[c].code, code) != 0)
			continue;
		if (last && !first)
			first = f->choices[c].name; /* the first entry is the code itself */
		last = f->choices[c].name;
	}
	return m->lang || !first ? last : first;
}

static int64_t usual_number(const struct w_field *f)
{
	int64_t n = f->type == F_AGE ? 11 : 3;
	if (f->has_min && n < f->min)
		n = f->min;
	if (f->has_max && n > f->max)
		n = f->max;
	return n;
}

static void value_of(const struct maker *m, const struct w_field *f, char out[48])
{
	int32_t today = 0;
	const char *s = NULL;
	out[0] = 0;
	switch (f->type) {
	case F_INTEGER: case F_DECIMAL: case F_AGE:
		snprintf(out, 48, "%lld", (long long)usual_number(f));
		break;
	case F_CHOICE: case F_CHOICES: s = alias_of(m, f, f->choices[0].code); break;
	case F_YESNO: s = m->lang ? "yes" : "po"; break;
	case F_DATE:
		day_from_iso(m->clock.today, &today);
		day_and_month(today, out);
		break;
	case F_TIME: s = "10:30"; break;
	case F_TEXT: s = m->lang ? "short note" : "shenim i shkurter"; break;
	case F_PHONE: s = m->v[V_PHONE].s[0]; break;
	case F_CLASS: s = m->v[V_CLASS].s[0]; break;
	case F_ZONE: s = m->v[V_ZONE].s[0]; break;
	case F_SCHOOL: s = m->v[V_SCHOOL].s[0]; break;
	case F_CASE: s = m->v[V_CASE].s[0]; break;
	case F_SEX: s = "M"; break;
	}
	if (s)
		snprintf(out, 48, "%s", s);
}

static void pattern_of(const struct maker *m, const struct w_form *f, char *out, size_t max)
{
	out[0] = 0;
	append(out, max, f->keywords[m->lang ? f->n_keywords - 1 : 0],
	       strlen(f->keywords[m->lang ? f->n_keywords - 1 : 0]));
	capitals(out);
	for (int d = 0; d < f->n_fields; d++) {
		const struct w_field *x = &f->fields[d];
		bool open = !x->required || x->fallback[0];
		const char *before = NULL;
		append(out, max, open ? " [" : " ", open ? 2 : 1);
		for (int c = 0; c < x->n_choices; c++) {
			if (before && strcmp(before, x->choices[c].code) == 0)
				continue;
			append(out, max, "|", before ? 1 : 0);
			before = x->choices[c].code;
			append(out, max, alias_of(m, x, before), strlen(alias_of(m, x, before)));
		}
		if (!before)
			append(out, max, x->name, strlen(x->name));
		append(out, max, "]", open ? 1 : 0);
	}
}

static bool write_example(const struct maker *m, const struct w_form *f, bool all, bool named, char *out)
{
	char value[48];
	const char *kw = f->keywords[m->lang ? f->n_keywords - 1 : 0];
	const char sep[2] = { f->separators[0] ? f->separators[0] : ' ', 0 };
	out[0] = 0;
	bool fits = append(out, SHEET_TEXT, kw, strlen(kw));
	capitals(out);
	for (int d = 0, n = 0; d < f->n_fields; d++) {
		const struct w_field *x = &f->fields[d];
		if (!all && (!x->required || x->fallback[0]))
			continue;
		value_of(m, x, value);
		fits = fits && append(out, SHEET_TEXT, n++ ? sep : " ", 1);
		if (named)
			fits = fits && append(out, SHEET_TEXT, x->name, strlen(x->name)) &&
			       append(out, SHEET_TEXT, " ", 1);
		fits = fits && *value && append(out, SHEET_TEXT, value, strlen(value));
	}
	return fits;
}

static bool same_fields(const struct maker *m, const struct w_form *f, bool all, const struct reading *r,
			struct sheet_line *line)
{
	char want[48];
	for (int d = 0; d < f->n_fields; d++) {
		const struct w_field *x = &f->fields[d];
		bool same = true;
		if (!all && (!x->required || x->fallback[0]))
			continue;
		value_of(m, x, want);
		if (x->type == F_INTEGER || x->type == F_AGE)
			same = number_is(r, x->name, want);
		else if (x->type == F_CHOICE)
			same = reading_word(r, x->name) && strcmp(reading_word(r, x->name), x->choices[0].code) == 0;
		else
			same = reading_get(r, x->name) != NULL;
		if (!same)
			return fault(line, "reads otherwise:", x->name);
	}
	return true;
}

/* By position with all fields, as people write; with labels, or the required fields alone, where that
 * does not read back. */
static void configured_line(struct maker *m, const struct sheet_form *f, struct sheet_line *line)
{
	const struct w_form *c = sheet_configured(m->sh, f);
	struct reading r;
	size_t at = (size_t)snprintf(line->what, sizeof(line->what), "%s %s", m->lang ? "Report" : "Raporti", f->name + 5);
	for (int d = 0; d < c->n_fields && at < sizeof(line->what); d++)
		at += (size_t)snprintf(line->what + at, sizeof(line->what) - at, "%s%s", d ? ", " : ": ",
				       c->fields[d].name);
	pattern_of(m, c, line->pattern, sizeof(line->pattern));
	for (int way = 0; way < 4; way++) {
		bool all = way < 2, named = way & 1;
		if (!write_example(m, c, all, named, line->example)) {
			fault(line, "does not fit one segment", NULL);
			continue;
		}
		if (reads(m, f->name, line, &r) && same_fields(m, c, all, &r, line))
			return;
	}
}

bool sheet_line(const struct sheet *sh, const struct sheet_form *f, enum role role, const char *lang,
		const char *today, struct sheet_line *out)
{
	struct maker m;
	const struct row *row = f->built_in ? row_of(sh->built[f->index]) : NULL;
	memset(out, 0, sizeof(*out));
	if (!(f->roles >> role & 1) || !make(&m, sh, role, lang, today))
		return false;
	/* what everybody may send is said once, for those of no role */
	if (f->built_in && !intent_listed(sh->built[f->index]) && role != ROLE_NONE)
		return false;
	if (!f->built_in)
		configured_line(&m, f, out);
	else if (row)
		built_line(&m, f, row, out);
	else
		fault(out, "no example is known of", f->name);
	return true;
}
