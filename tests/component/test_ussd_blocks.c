/* test_ussd_blocks.c - every shipped provider block against the same table of behaviours, from the octets of
 * a request to the octets of its answer: the edge's dialect, the frames' fields, a real store. */
#define FX_CONFIG "tests/component/ussd.cfg"
#include "tests/component/fixture.h"
#include "gateway/edge/dialect.h"
#include "gateway/edge/ussd.h"
#include "gateway/hub/settings.h"
#include "gateway/ussd/session.h"
#include "parser/gsm7.h"
#include "store/audit.h"
#include "store/ussd.h"
#include "tests/unit/menu_path.h"

#define BODY 4096

struct talk { /* one telephone's session at one provider */
	struct fx *f;
	const struct config_provider *p;
	const char *number, *session;
	char all[BODY];      /* answers joined by '*' */
	int sequence;
	char last[BODY];     /* the last request, to be sent again */
	struct route_state st; /* of the last one sent */
	uint64_t token;
	int posted;          /* screens that came in requests of our own */
	/* the answer */
	struct edge_answer out;
	char text[2048], status_word[24];
	bool end, ended_well;
};

/* ---- requests, written as the block says ---- */

struct pair {
	const char *name, *value;
	bool literal;
};

static void hex(char *out, size_t max, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + strlen(out), max - strlen(out), "%%%02X", (unsigned char)s[i]);
}

static void json_text(char *out, size_t max, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + strlen(out), max - strlen(out),
			 (unsigned char)s[i] < ' ' || s[i] == '"' || s[i] == '\\' ? "\\u%04x" : "%c",
			 (unsigned char)s[i]);
}

static void xml_text(char *out, size_t max, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + strlen(out), max - strlen(out), strchr("&<>\"", s[i]) ? "&#%d;" : "%c",
			 (unsigned char)s[i]);
}

static void add(const struct talk *t, char *body, const char *name, const char *value, size_t n, bool literal)
{
	char *out = body;
	size_t max = BODY;
	if (!name[0] || strchr(name, ':'))
		return;
	if (strcmp(t->p->in, "json") == 0) {
		const char *dot = strchr(name, '.'); /* "outer.name" stands in an object of its own */
		snprintf(out + strlen(out), max - strlen(out), "%s", *out ? "," : "");
		if (dot)
			snprintf(out + strlen(out), max - strlen(out), "\"%.*s\":{", (int)(dot - name), name);
		snprintf(out + strlen(out), max - strlen(out), "\"%s\":%s", dot ? dot + 1 : name, literal ? "" : "\"");
		json_text(out, max, value, n);
		snprintf(out + strlen(out), max - strlen(out), "%s%s", literal ? "" : "\"", dot ? "}" : "");
	} else if (strcmp(t->p->in, "xml") == 0) {
		snprintf(out + strlen(out), max - strlen(out), "<%s>", name);
		xml_text(out, max, value, n);
		snprintf(out + strlen(out), max - strlen(out), "</%s>", name);
	} else {
		snprintf(out + strlen(out), max - strlen(out), "%s%s=", *out ? "&" : "", name);
		hex(out, max, value, n);
	}
}

/* The field that tells a new session from another, with a value that says which. */
static void add_event(const struct talk *t, char *body, const char *event)
{
	const char *cond = strcmp(event, "close") == 0 ? t->p->close_if && t->p->close_if[0] ? t->p->close_if[0] : ""
			   : t->p->new_if && t->p->new_if[0] ? t->p->new_if[0]
							     : "";
	char name[64];
	size_t n = strcspn(cond, "=^");
	if (!*cond || n >= sizeof name || strchr(cond, ':') || strncmp(cond, t->p->input, n) == 0)
		return;
	memcpy(name, cond, n);
	name[n] = 0;
	const char *value = cond + n + 1;
	bool truth = strcmp(value, "true") == 0;
	if (strcmp(event, "continue") == 0)
		value = truth ? "false" : "2";
	add(t, body, name, value, strlen(value), truth);
}

static void path_of(const struct talk *t, const char *event, char out[256])
{
	const char *p = strcmp(event, "close") == 0 && t->p->close_path[0] ? t->p->close_path : t->p->path;
	out[0] = 0;
	while (*p) {
		size_t n = strcspn(p, "{");
		snprintf(out + strlen(out), 256 - strlen(out), "%.*s", (int)n, p);
		p += n;
		if (!*p)
			break;
		n = strcspn(p, "}");
		const char *v = strncmp(p, "{secret}", 8) == 0    ? t->p->secret
				: strncmp(p, "{session}", 9) == 0 ? t->session
				: strcmp(event, "new") == 0       ? "start"
				: strcmp(event, "close") == 0     ? "end"
								  : "response";
		snprintf(out + strlen(out), 256 - strlen(out), "%s", v);
		p += n + 1;
	}
}

static void write_body(struct talk *t, const char *event, const char *input, size_t len)
{
	char sequence[24];
	t->last[0] = 0;
	static int ids; /* no two messages have the same */
	t->sequence = t->p->post.url[0] ? ++ids : t->sequence + 1;
	snprintf(sequence, sizeof sequence, t->p->post.url[0] ? "message-%d" : "%d", t->sequence);
	add(t, t->last, t->p->session, t->session, strlen(t->session), false);
	add(t, t->last, t->p->msisdn, t->number, strlen(t->number), false);
	add(t, t->last, t->p->code, "*123#", 5, false);
	add(t, t->last, t->p->input, input, len, false);
	add(t, t->last, t->p->sequence, sequence, strlen(sequence), false);
	if (strcmp(t->p->name, "t-nalo") == 0)
		add(t, t->last, "USERID", "NALOTest", 8, false);
	add_event(t, t->last, event);
	if (strcmp(t->p->in, "json") == 0 || strcmp(t->p->in, "xml") == 0) {
		bool json = t->p->in[0] == 'j';
		char inner[BODY];
		snprintf(inner, sizeof inner, "%s", t->last);
		snprintf(t->last, sizeof t->last, json ? "{%.4000s}" : "<ussd>%.4000s</ussd>", inner);
	}
}

/* ---- from octets to octets ---- */

static void put_pair(struct edge_pair *p, size_t *n, const char *name, size_t name_len, const char *v, size_t len)
{
	p[(*n)++] = (struct edge_pair){{name, name_len}, {v, len}};
}

static int digit(char c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

/* What the server library does with a query: decoded arguments. */
static void query(struct edge_request *rq, char *s)
{
	for (char *p = s; p && *p;) {
		char *amp = strchr(p, '&'), *eq = strchr(p, '='), *to;
		size_t end = amp ? (size_t)(amp - p) : strlen(p), n = 0;
		to = eq + 1;
		for (char *c = eq + 1; c < p + end; c++, n++)
			if (*c == '%') {
				to[n] = (char)(digit(c[1]) * 16 + digit(c[2]));
				c += 2;
			} else {
				to[n] = *c == '+' ? ' ' : *c;
			}
		put_pair(rq->arg, &rq->n_args, p, (size_t)(eq - p), to, n);
		p = amp ? amp + 1 : NULL;
	}
}

static const char *type_of(const struct config_provider *p)
{
	return strcmp(p->in, "form") == 0   ? "application/x-www-form-urlencoded"
	       : strcmp(p->in, "json") == 0 ? "application/json; charset=utf-8"
	       : strcmp(p->in, "xml") == 0  ? "text/xml"
					    : NULL;
}

static void make_request(const struct talk *t, const char *event, char path[256], char *room, struct edge_request *rq)
{
	const char *type = type_of(t->p);
	memset(rq, 0, sizeof *rq);
	path_of(t, event, path);
	rq->path = path;
	rq->method = t->p->methods[0];
	snprintf(rq->peer, sizeof rq->peer, "127.0.0.1");
	snprintf(room, BODY, "%s", t->last);
	if (type) {
		put_pair(rq->header, &rq->n_headers, "Content-Type", 12, type, strlen(type));
		rq->body = (struct edge_str){room, strlen(room)};
	} else {
		query(rq, room);
	}
}

/* Takes the screen out of the answer, by another reader than the one that wrote it. */
static void take_answer(struct talk *t)
{
	static struct values v;
	const char *name = t->p->name + 2;
	t->text[0] = 0;
	t->end = false;
	struct edge_str body = {t->out.body, t->out.len}, text = body, flag = {"", 0};
	if (strstr(t->out.type, "json")) {
		assert_null(json_read(body, &v));
		static const char *const fields[][3] = {{"hubtel", "message", "type"},
							{"nalo", "MSG", "MSGTYPE"},
							{"junebug", "content", "channel_data.continue_session"},
							{"", "ussdMenu", "shouldClose"}};
		size_t i = 0;
		while (fields[i][0][0] && strcmp(fields[i][0], name) != 0)
			i++;
		text = values_get(&v, fields[i][1], false, NULL, NULL);
		flag = values_get(&v, fields[i][2], false, NULL, NULL);
		t->end = edge_is(flag, "release") || edge_is(flag, i == 1 || i == 2 ? "false" : "true");
	} else if (strstr(t->out.type, "xml")) {
		assert_null(xml_read(body, &v));
		text = values_get(&v, "msg", false, NULL, NULL);
		t->end = edge_is(values_get(&v, "type", false, NULL, NULL), "3");
	} else if (strcmp(name, "airtel") == 0) {
		assert_int_equal(t->out.n_headers, 1);
		t->end = strcmp(t->out.header[0], "Freeflow: FB") == 0;
	} else {
		t->end = body.len >= 4 && memcmp(body.s, "END ", 4) == 0;
		assert_true(t->end || memcmp(body.s, "CON ", 4) == 0);
		text = (struct edge_str){body.s + 4, body.len - 4};
	}
	size_t n = 0;
	text = text.s ? text : (struct edge_str){"", 0}; /* a refusal has none */
	assert_true(text.len < sizeof t->text);
	long septets = gsm7_count(text.s, text.len); /* as it comes to the telephone: a CR is one too */
	for (size_t i = 0; i < text.len; i++)
		if (text.s[i] != '\r')
			t->text[n++] = text.s[i];
	t->text[n] = 0;
	if (septets < 0 || septets > t->p->limit)
		fail_msg("%s: %ld septets: %s", t->p->name, septets, t->text);
}

/* Where screens are posted: the answer says nothing, and what is handed to the courier is the screen. */
static void take_posted(struct talk *t)
{
	static struct hand_held held;
	struct wire_frame work;
	struct wire_done_http done = {.result = WIRE_HTTP_ANSWERED, .status = 201};
	char words[200], number[24];
	assert_int_equal(t->out.len, 0);
	fx_begin(t->f);
	while (hand_http(&t->f->d, NULL, NULL, &held, &work) == STORE_OK) {
		done.job = work.u.work_http.job;
		OK(settle_http(&t->f->d, &done, words, sizeof words));
		if (!wire_is(work.u.work_http.url, t->p->post.url))
			continue; /* of an agency */
		t->posted++;
		snprintf(number, sizeof number, "\"message-%d\"", t->sequence);
		assert_non_null(memmem(work.u.work_http.body.s, work.u.work_http.body.len, number, strlen(number)));
		assert_true(wire_is(work.u.work_http.header[0], "Content-Type: application/json"));
		assert_true(wire_is(work.u.work_http.header[1], "Authorization: Basic dTpw"));
		memcpy(t->out.body, work.u.work_http.body.s, work.u.work_http.body.len);
		t->out.len = work.u.work_http.body.len;
		take_answer(t);
		t->out.len = 0;
	}
	fx_commit(t->f);
}

/* Sends t->last once more as an event; the HTTP status. */
static unsigned send(struct talk *t, const char *event)
{
	static struct route_call c;
	static struct call_reply r;
	static struct edge_request rq;
	static uint64_t tokens;
	char path[256], room[BODY], words[500] = "";
	unsigned wait = 0;
	make_request(t, event, path, room, &rq);
	memset(&t->out, 0, offsetof(struct edge_answer, body));
	memset(&t->st, 0, sizeof t->st);
	enum ussd_what what = ussd_ask(&rq, &t->st, &c, &wait, &t->out);
	c.call.id = t->token = ++tokens;
	assert_int_not_equal(what, USSD_NOT_MINE);
	if (what == USSD_CALL) {
		memset(&r, 0, sizeof r);
		fx_begin(t->f);
		int rc = session_call(&t->f->d, &c.call, &r, words, sizeof words);
		if (rc != STORE_OK)
			fail_msg("%s: %s: %s", t->p->name, store_rc_name(rc), store_errmsg(t->f->st));
		fx_commit(t->f);
		assert_null(strstr(words, t->session));
		struct wire_reply reply = {.id = 1, .status = r.status, .detail = wire_str(r.detail), .fields = r.fields};
		ussd_tell(&t->st, &reply, &t->out);
		assert_int_equal(wait, t->p->deadline_ms);
	}
	if (t->out.status == 200 && strcmp(event, "close") != 0 && t->p->post.url[0])
		take_posted(t);
	else if (t->out.status == 200 && strcmp(event, "close") != 0)
		take_answer(t);
	return t->out.status;
}

static bool cumulative(const struct talk *t)
{
	return strncmp(t->p->input_mode, "cumulative", 10) == 0;
}

static unsigned post(struct talk *t, const char *event, const char *answer, size_t len)
{
	char input[BODY] = "";
	size_t n = 0;
	bool coded = strcmp(t->p->input_mode, "cumulative_with_code") == 0;
	if (cumulative(t)) {
		if (strcmp(event, "new") != 0) {
			size_t at = strlen(t->all);
			snprintf(t->all + at, sizeof t->all - at, "%s%.*s", at ? "*" : "", (int)len, answer);
		} else {
			snprintf(t->all, sizeof t->all, "%.*s", (int)len, answer);
		}
		snprintf(input, sizeof input, "%s%s%.3000s%s", coded ? "*123" : "", coded && t->all[0] ? "*" : "", t->all,
			 coded ? "#" : "");
		n = strlen(input);
	} else {
		memcpy(input, answer, len);
		n = len;
	}
	write_body(t, event, input, n);
	return send(t, event);
}

static void dial(struct talk *t)
{
	t->f->d.now += 10;
	/* of a provider that has a code it is the first input */
	const char *first = cumulative(t) ? "" : "*123#";
	assert_int_equal(post(t, "new", first, strlen(first)), 200);
}

static void type(struct talk *t, const char *answer)
{
	t->f->d.now += 10; /* nobody types at once */
	assert_int_equal(post(t, "continue", answer, strlen(answer)), 200);
}

static struct talk begin(struct fx *f, const struct config_provider *p, const char *number, const char *session)
{
	return (struct talk){.f = f, .p = p, .number = number, .session = session};
}

static void has(const struct talk *t, const char *part)
{
	if (!strstr(t->text, part))
		fail_msg("%s: \"%s\" is not in: %s", t->p->name, part, t->text);
}

static int cases(struct fx *f)
{
	struct case_row rows[64];
	size_t n = 0;
	case_list(f->st, NULL, rows, 64, &n);
	return (int)n;
}

/* ---- the behaviours ---- */

typedef void behaviour(struct fx *f, const struct config_provider *p);

#define O1_DIGITS "355692000001"
static const char *own_form(const struct config_provider *p)
{
	return strcmp(p->msisdn_form, "digits") == 0 ? O1_DIGITS : "+" O1_DIGITS;
}

static void whole_report(struct talk *t)
{
	dial(t);
	has(t, "Rast i ri");
	type(t, "1");
	has(t, "Lypje");
	type(t, "1");
	type(t, "4");
	has(t, "Mosha");
	type(t, "11");
	type(t, "1");
	has(t, "Lypje, Z4, 11 vjec, Djale");
	type(t, "1");
	assert_true(t->end);
	has(t, "U hap E26-");
}

static void b1_repeated(struct fx *f, const struct config_provider *p)
{
	struct talk t = begin(f, p, own_form(p), "b1");
	char screen[2048];
	int before = cases(f);
	dial(&t);
	type(&t, "1");
	snprintf(screen, sizeof screen, "%s", t.text);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(send(&t, "continue"), 200);
		assert_string_equal(t.text, screen);
	}
	t = begin(f, p, own_form(p), "b1b");
	dial(&t);
	type(&t, "2"); /* not the walk offered: none was begun */
	t = begin(f, p, own_form(p), "b1c");
	whole_report(&t);
	snprintf(screen, sizeof screen, "%s", t.text);
	assert_int_equal(send(&t, "continue"), 200);
	assert_string_equal(t.text, screen);
	assert_true(t.end);
	assert_int_equal(cases(f), before + 1);
}

static void b2_another_session(struct fx *f, const struct config_provider *p)
{
	struct talk t = begin(f, p, own_form(p), "b2"), u = begin(f, p, own_form(p), "b2b");
	int before = cases(f);
	dial(&t);
	type(&t, "1");
	type(&t, "1");
	type(&t, "4");
	dial(&u);
	has(&u, "Vazhdo");
	type(&u, "1");
	has(&u, "Mosha");
	type(&u, "11");
	type(&u, "1");
	has(&u, "Lypje, Z4, 11 vjec, Djale");
	type(&u, "1");
	assert_true(u.end);
	assert_int_equal(cases(f), before + 1);
	/* refused, it is gone */
	t = begin(f, p, own_form(p), "b2c");
	dial(&t);
	type(&t, "1");
	type(&t, "2");
	u = begin(f, p, own_form(p), "b2d");
	dial(&u);
	has(&u, "Vazhdo");
	type(&u, "2");
	has(&u, "Zgjidh raportin");
}

static void b3_first_text(struct fx *f, const struct config_provider *p)
{
	struct talk t = begin(f, p, own_form(p), "b3");
	f->d.now += 10;
	assert_int_equal(post(&t, "new", "7", 1), 200);
	has(&t, "Zgjidh raportin");
	type(&t, "1");
	has(&t, "Cfare ndodh");
	type(&t, "00");
}

static void b4_hostile(struct fx *f, const struct config_provider *p)
{
	static char long_one[301];
	memset(long_one, '7', 300);
	const struct {
		const char *s;
		size_t len;
	} typed[] = {{"*", 1},  {"**", 2}, {"#", 1}, {"", 0}, {long_one, 300}, {"\xf0\x9f\x98\x80", 4},
		     {" ", 1},  {"\xff\xfe", 2}, {"4\0", 2}, {"-1", 2}, {"99999999999", 11}, {"%s%n", 4}};
	struct talk t = begin(f, p, own_form(p), "b4");
	dial(&t);
	type(&t, "1");
	for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
		f->d.now += 10;
		/* a zero octet and half a character cannot be written in XML or JSON: refused there */
		unsigned status = post(&t, "continue", typed[i].s, typed[i].len);
		if (status != 200 && status != 400 && !(status == 200 && p->failure_status))
			fail_msg("%s: answer %zu: %u", p->name, i, status);
	}
	t = begin(f, p, own_form(p), "b4b");
	dial(&t);
	if (strstr(t.text, "Vazhdo"))
		type(&t, "2");
	type(&t, "1");
	type(&t, " 1 ");
	has(&t, "Zona");
	type(&t, "4");
	type(&t, "\xd9\xa1\xd9\xa1"); /* eleven in Arabic-Indic digits */
	has(&t, "Djale");
	type(&t, "1");
	has(&t, "11 vjec, Djale");
	type(&t, "00");
}

static void b5_numbers(struct fx *f, const struct config_provider *p)
{
	const char *const forms[] = {"+" O1_DIGITS, O1_DIGITS, " " O1_DIGITS, "0692000001", "00" O1_DIGITS};
	char session[8];
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		snprintf(session, sizeof session, "b5%zu", i);
		struct talk t = begin(f, p, forms[i], session);
		dial(&t);
		if (t.end)
			fail_msg("%s: %s is a stranger", p->name, forms[i]);
	}
	struct talk t = begin(f, p, "355697777777", "b5x");
	dial(&t);
	assert_true(t.end);
	has(&t, "116111");
	t.number = "no number";
	write_body(&t, "new", "", 0);
	unsigned status = send(&t, "new");
	assert_true(status == 400 || p->failure_status == 200);
	assert_null(memmem(t.out.body, t.out.len, "no number", 9));
}

static void b6_unknown_session(struct fx *f, const struct config_provider *p)
{
	struct talk t = begin(f, p, own_form(p), "b6");
	snprintf(t.all, sizeof t.all, "%s", cumulative(&t) ? "1*1" : "");
	type(&t, "4");
	has(&t, "Zgjidh raportin");
	if (p->new_if && p->new_if[0] && strncmp(p->new_if[0], p->input, strlen(p->input)) != 0)
		has(&t, "Fillo prape"); /* the provider says that it goes on, and we do not know it */
	type(&t, "1");
	has(&t, "Cfare ndodh");
	type(&t, "00");
}

/* Every page of what is shown, each within the limit (take_answer). */
static int pages(struct talk *t, char *seen, size_t max)
{
	int n = 1;
	seen[0] = 0;
	for (; n < 12 && strstr(t->text, "\n98 "); n++) {
		strncat(seen, t->text, max - strlen(seen) - 1);
		type(t, "98");
	}
	strncat(seen, t->text, max - strlen(seen) - 1);
	return n;
}

/* Every form of the role is a line of the root or of one of its groups, and these are two pages at most. */
static void b7_pages(struct fx *f, const struct config_provider *p)
{
	struct talk t = begin(f, p, own_form(p), "b7");
	struct parser_sender from;
	struct parser_clock clock = {.today = "2026-11-18"};
	struct menu_who who = {.from = &from, .clock = &clock};
	struct menu_item it, in;
	char seen[2048], group[2048], number[12];
	assert_true(config_sender(f->cf, "O1", &from));
	dial(&t);
	assert_in_range(pages(&t, seen, sizeof seen), 1, 2);
	for (int i = 0; menu_item(f->cf->menu, &who, 0, i, &it); i++) {
		if (!strstr(seen, it.label))
			fail_msg("%s: no %s in: %s", p->name, it.label, seen);
		if (!it.group)
			continue;
		snprintf(number, sizeof number, "%d", i + 1);
		type(&t, "00");
		type(&t, number);
		assert_in_range(pages(&t, group, sizeof group), 1, 2);
		for (int k = 0; menu_item(f->cf->menu, &who, it.group, k, &in); k++)
			if (!strstr(group, in.label))
				fail_msg("%s: no %s in: %s", p->name, in.label, group);
	}
	type(&t, "00");
}

static void go_to(struct talk *t, const char *name)
{
	struct parser_sender from;
	struct parser_clock clock = {.today = "2026-11-18"};
	struct menu_who who = {.from = &from, .clock = &clock};
	char number[12];
	int path[2];
	assert_true(config_sender(t->f->cf, "O1", &from));
	int n = menu_path(t->f->cf->menu, &who, name, path);
	assert_in_range(n, 1, 2);
	for (int i = 0; i < n; i++) {
		snprintf(number, sizeof number, "%d", path[i]);
		type(t, number);
	}
}

static void b8_marks(struct fx *f, const struct config_provider *p)
{
	struct talk t = begin(f, p, own_form(p), "b8");
	dial(&t);
	go_to(&t, "form:marks");
	type(&t, "3");
	type(&t, "a & b < c \"d\" 'e'");
	has(&t, "a & b < c \"d\" 'e'");
	type(&t, "1");
	assert_true(t.end);
	has(&t, "Uje & drita <mire> \"po\" 'jo' \\ fund");
	if (strstr(t.out.type, "json"))
		assert_null(memchr(t.out.body, '\n', t.out.len));
}

static void b9_closed(struct fx *f, const struct config_provider *p)
{
	struct talk t = begin(f, p, own_form(p), "b9"), u = begin(f, p, own_form(p), "b9b");
	if (!p->close_path[0] && !(p->close_if && p->close_if[0]))
		return; /* says nothing when a session ends: b2 */
	dial(&t);
	type(&t, "1");
	type(&t, "1");
	write_body(&t, "close", "", 0);
	assert_int_equal(send(&t, "close"), 200);
	if (p->closed[0])
		assert_int_equal(t.out.len, strlen(p->closed));
	assert_int_equal(send(&t, "close"), 200); /* told twice */
	dial(&u);
	has(&u, "Vazhdo");
	type(&u, "2");
}

static void b10_late(struct fx *f, const struct config_provider *p)
{
	static struct route_call c;
	static struct edge_request rq;
	struct talk t = begin(f, p, own_form(p), "b10");
	struct route_state st = {0};
	char path[256], room[BODY];
	unsigned wait = 0;
	write_body(&t, "new", "", 0);
	make_request(&t, "new", path, room, &rq);
	assert_int_equal(ussd_ask(&rq, &st, &c, &wait, &t.out), USSD_CALL);
	memset(&t.out, 0, offsetof(struct edge_answer, body));
	ussd_late(&st, &t.out);
	if (p->post.url[0]) { /* what may not be durable is not answered as taken */
		assert_int_equal(t.out.status, 503);
		return;
	}
	assert_int_equal(t.out.status, 200);
	take_answer(&t);
	assert_true(t.end);
	assert_string_equal(t.text, "Po vonohet");
}

static bool exact(const struct config_provider *p)
{
	return strncmp(p->input_mode, "cumulative", 10) == 0 || p->sequence[0];
}

/* A request that comes again behind later ones moves nothing, and shows what stands. */
static void b12_late_retry(struct fx *f, const struct config_provider *p)
{
	struct talk t = begin(f, p, own_form(p), "b12");
	char old[BODY], screen[2048], newest[BODY], dialled[BODY];
	if (!exact(p))
		return;
	dial(&t);
	memcpy(dialled, t.last, sizeof dialled);
	if (strstr(t.text, "Vazhdo"))
		type(&t, "2");
	type(&t, "1");
	memcpy(old, t.last, sizeof old);
	int sequence = t.sequence;
	type(&t, "1");
	type(&t, "4");
	memcpy(screen, t.text, sizeof screen);
	memcpy(newest, t.last, sizeof newest);
	has(&t, "Mosha");
	memcpy(t.last, old, sizeof old);
	f->d.now += 40;
	assert_int_equal(send(&t, "continue"), 200);
	assert_string_equal(t.text, screen);
	if (p->post.url[0]) { /* its id says that this is no new dialling */
		memcpy(t.last, dialled, sizeof dialled);
		assert_int_equal(send(&t, "new"), 200);
		assert_string_equal(t.text, screen);
	}
	memcpy(t.last, newest, sizeof newest);
	t.sequence = sequence + 2;
	type(&t, "11");
	has(&t, "Djale");
	type(&t, "00");
}

/* A provider that lost our answer asks again when its own time is over: the same screen, whenever that is.
 * One that had the answer means another answer by the same key. */
static void b13_unheard(struct fx *f, const struct config_provider *p)
{
	static struct route_call c;
	static struct call_reply r;
	struct talk t = begin(f, p, own_form(p), "b13");
	char screen[2048], words[200];
	if (exact(p))
		return;
	dial(&t);
	if (strstr(t.text, "Vazhdo"))
		type(&t, "2");
	type(&t, "1"); /* new case */
	has(&t, "Lypje");
	memcpy(screen, t.text, sizeof screen);
	assert_true(ussd_unheard(&t.st, t.token, &c));
	memset(&r, 0, sizeof r);
	fx_begin(f);
	OK(session_call(&f->d, &c.call, &r, words, sizeof words));
	fx_commit(f);
	f->d.now += 15;
	assert_int_equal(send(&t, "continue"), 200);
	assert_string_equal(t.text, screen);
	f->d.now += 15;
	assert_int_equal(send(&t, "continue"), 200); /* heard: the second 1 is begging */
	has(&t, "Zona");
	/* of an earlier request than the last it says nothing */
	struct route_state st = t.st;
	uint64_t token = t.token;
	type(&t, "4");
	assert_true(ussd_unheard(&st, token, &c));
	fx_begin(f);
	OK(session_call(&f->d, &c.call, &r, words, sizeof words));
	fx_commit(f);
	f->d.now += 15;
	assert_int_equal(send(&t, "continue"), 200);
	has(&t, "Djale"); /* four years old */
	type(&t, "00");
}

/* A posted screen that its provider no longer waits for is dropped, and that is noted. */
static void b14_posted_late(struct fx *f, const struct config_provider *p)
{
	static struct hand_held held;
	static struct outbox_item item;
	struct wire_frame work;
	struct wire_done_http done = {.result = WIRE_HTTP_UNREACHED};
	struct talk t = begin(f, p, own_form(p), "b14");
	char words[200];
	int64_t n = 0;
	size_t rows = 0;
	if (!p->post.url[0])
		return;
	dial(&t);
	assert_int_equal(t.posted, 1);
	assert_int_equal(send(&t, "new"), 200); /* the same message: not posted again */
	assert_int_equal(t.posted, 1);
	const char *const ends[] = {"not reached", "refused", "perhaps shown", "expired"};
	for (size_t i = 0; i < 4; i++) {
		static struct route_call c;
		static struct call_reply r;
		static struct edge_request rq;
		struct route_state st = {0};
		char path[256], room[BODY];
		unsigned wait;
		write_body(&t, "new", "*123#", 5);
		make_request(&t, "new", path, room, &rq);
		assert_int_equal(ussd_ask(&rq, &st, &c, &wait, &t.out), USSD_CALL);
		memset(&r, 0, sizeof r);
		fx_begin(f);
		OK(session_call(&f->d, &c.call, &r, words, sizeof words));
		fx_commit(f);
		if (i == 3) /* no courier for a minute */
			f->d.now += p->post.within_s;
		fx_begin(f);
		OK(outbox_expire(f->st, f->d.now, &n));
		assert_int_equal(n, i == 3);
		int rc = hand_http(&f->d, NULL, NULL, &held, &work);
		for (int k = 0; rc == STORE_OK; k++) {
			assert_in_range(k, 0, 20);
			done.job = work.u.work_http.job;
			done.result = i == 0 ? WIRE_HTTP_UNREACHED : i == 1 ? WIRE_HTTP_ANSWERED : WIRE_HTTP_TIMEOUT;
			done.status = i == 1 ? 400 : 0;
			OK(settle_http(&f->d, &done, words, sizeof words));
			f->d.now += 8;
			rc = hand_http(&f->d, NULL, NULL, &held, &work);
		}
		assert_int_equal(rc, STORE_NONE);
		fx_commit(f);
		rows = 0;
		for (int64_t id = 0; outbox_list(f->st, NULL, id, &item, 1, &rows) == STORE_OK && rows; id = item.id)
			;
		OK(outbox_list(f->st, NULL, item.id - 1, &item, 1, &rows));
		assert_string_equal(item.state, i == 0 || i == 3 ? "expired" : "failed");
		if (!strstr(item.reason, ends[i]))
			fail_msg("%s is not why: %s", ends[i], item.reason);
		assert_false(strstr(item.reason, "355") || strstr(item.reason, "Zgjidh"));
	}
	static struct audit_row notes[64];
	const struct audit_query q = {.who = "system"};
	n = 0;
	OK(audit_find(f->st, &q, 0, notes, 64, &rows));
	for (size_t i = 0; i < rows; i++)
		n += strcmp(notes[i].verb, "ussd.screen") == 0 && strcmp(notes[i].object, p->name) == 0;
	assert_int_equal(n, 3);
}

static void refused(struct talk *t, const char *path, const char *method, const char *type, const char *peer, bool mine)
{
	static struct route_call c;
	static struct edge_request rq;
	struct route_state st = {0};
	char room[BODY], own[256];
	unsigned wait = 0;
	make_request(t, "new", own, room, &rq);
	rq.path = path ? path : own;
	rq.method = method ? method : rq.method;
	if (type && rq.n_headers)
		rq.header[0].value = (struct edge_str){type, strlen(type)};
	snprintf(rq.peer, sizeof rq.peer, "%s", peer ? peer : "127.0.0.1");
	memset(&t->out, 0, offsetof(struct edge_answer, body));
	enum ussd_what what = ussd_ask(&rq, &st, &c, &wait, &t->out);
	assert_int_equal(what, mine ? USSD_ANSWERED : USSD_NOT_MINE);
	if (mine && t->p->failure_status == 0)
		assert_in_range(t->out.status, 400, 499);
	assert_null(memmem(t->out.body, t->out.len, O1_DIGITS, 12));
}

static void b11_wrong(struct fx *f, const struct config_provider *p)
{
	struct talk t = begin(f, p, own_form(p), "b11");
	char path[256];
	write_body(&t, "new", "", 0);
	path_of(&t, "new", path);
	char *secret = strstr(path, p->secret);
	assert_non_null(secret);
	secret[strlen(p->secret) - 1] ^= 1;
	refused(&t, path, NULL, NULL, NULL, false);
	path_of(&t, "new", path);
	strncat(path, "/x", sizeof path - strlen(path) - 1);
	refused(&t, path, NULL, NULL, NULL, false);
	refused(&t, NULL, "DELETE", NULL, NULL, true);
	if (type_of(p))
		refused(&t, NULL, NULL, "image/png", NULL, true);
}

/* However many blocks are served, the edge's own settings are what they are. */
static void test_many_blocks_leave_the_settings_alone(void **state)
{
	struct fx *f = *state;
	struct wire_pairs p, block;
	int n = 0;
	while (settings_provider(f->cf, n, &block))
		n++;
	settings_edge(f->cf, &p);
	assert_in_range(n, 12, USSD_BLOCKS);
	assert_int_equal(wire_find_num(&p, "blocks", -1), n);
	assert_int_equal(wire_find_num(&p, "connections", -1), f->cf->edge_connections);
	assert_int_equal(wire_find_num(&p, "per_address", -1), f->cf->edge_per_address);
	assert_int_equal(wire_find_num(&p, "request_s", -1), f->cf->edge_request_s);
	assert_int_equal(wire_find_num(&p, "body_max", -1), f->cf->edge_body_max);
}

static void each_block(void **state, behaviour *fn)
{
	struct fx *f = *state;
	struct wire_pairs pairs;
	int n = 0;
	for (; settings_provider(f->cf, n, &pairs); n++)
		assert_true(ussd_block(&pairs));
	ussd_busy_words(wire_str("Po vonohet"));
	assert_in_range(n, 12, USSD_BLOCKS);
	for (size_t i = 0; i < f->cf->n_providers; i++)
		if (f->cf->providers[i].served)
			fn(f, &f->cf->providers[i]);
	ussd_blocks_free();
}

#define CASE(name)                                                                                                     \
	static void test_##name(void **state)                                                                          \
	{                                                                                                              \
		each_block(state, name);                                                                               \
	}
CASE(b1_repeated)
CASE(b2_another_session)
CASE(b3_first_text)
CASE(b4_hostile)
CASE(b5_numbers)
CASE(b6_unknown_session)
CASE(b7_pages)
CASE(b8_marks)
CASE(b9_closed)
CASE(b10_late)
CASE(b11_wrong)
CASE(b12_late_retry)
CASE(b13_unheard)
CASE(b14_posted_late)

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(test_##name, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {T(b1_repeated), T(b2_another_session), T(b3_first_text), T(b4_hostile),
					   T(b5_numbers),  T(b6_unknown_session), T(b7_pages),      T(b8_marks),
					   T(b9_closed),   T(b10_late),           T(b11_wrong),     T(b12_late_retry),
					   T(b13_unheard), T(b14_posted_late), T(many_blocks_leave_the_settings_alone)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
