/* bare_http.c - the limit for callbacks: libmicrohttpd alone, one epoll thread as the edge has.  Prints its port, runs
 * until its standard input ends.
 *
 * It does what no handler of a provider's callback can leave out, by the library's own means and nothing more: the
 * body is read and its form taken apart by the library's own decoder, the three fields that every answer depends on
 * are copied, and the answer, of a menu's length, is the request's own with the headers that the edge sends.  It
 * does not look whether the caller may call, has no session, no menu and no disk.  With the argument "blind" it
 * looks at nothing: what is posted is thrown away and the answer is one text, the same each time. */
#include <microhttpd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char menu[] = "CON Zgjidh raportin\n1 Mungese\n2 Te gjithe prezent\n3 Sa mungojne\n4 Rast i ri\n5 Uje\n"
			   "6 Sinjale, pyetje\n7 Ploteso rast\n8 Shkolla\n9 Te tjera\n10 Anulo te fundit\n"
			   "11 Ndihme (SOS)";
static const char *const names[] = {"sessionId", "phoneNumber", "text"};

enum { FIELDS = sizeof names / sizeof names[0], FIELD_MAX = 200 };
struct request {
	struct MHD_PostProcessor *form;
	char field[FIELDS][FIELD_MAX];
	size_t len[FIELDS];
};

static enum MHD_Result on_field(void *cls, enum MHD_ValueKind kind, const char *key, const char *file, const char *type,
				const char *coding, const char *data, uint64_t at, size_t n)
{
	struct request *r = cls;
	(void)kind, (void)file, (void)type, (void)coding;
	for (int i = 0; i < FIELDS; i++) {
		if (strcmp(key, names[i]) != 0 || at + n > FIELD_MAX)
			continue;
		memcpy(r->field[i] + at, data, n);
		r->len[i] = at + n;
	}
	return MHD_YES;
}

static struct MHD_Response *answer_of(const struct request *r)
{
	/* whose screen it is depends on who calls, in which session, and on what was typed */
	if (!r->len[0] || !r->len[1])
		return NULL;
	struct MHD_Response *a =
	    MHD_create_response_from_buffer(sizeof menu - 1, (void *)(size_t)menu, MHD_RESPMEM_MUST_COPY);
	MHD_add_response_header(a, "Content-Type", "text/plain");
	MHD_add_response_header(a, "Cache-Control", "no-store");
	MHD_add_response_header(a, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(a, "Referrer-Policy", "no-referrer");
	return a;
}

static enum MHD_Result send_answer(struct MHD_Connection *c, struct MHD_Response *a)
{
	enum MHD_Result ok = a ? MHD_queue_response(c, 200, a) : MHD_NO;
	if (a)
		MHD_destroy_response(a);
	return ok;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method,
				  const char *version, const char *data, size_t *n, void **con)
{
	struct request *r = *con;
	(void)cls, (void)url, (void)method, (void)version;
	if (!r) {
		r = calloc(1, sizeof *r);
		*con = r;
		if (r)
			r->form = MHD_create_post_processor(c, 1024, on_field, r);
		return r && r->form ? MHD_YES : MHD_NO;
	}
	if (*n) {
		enum MHD_Result ok = MHD_post_process(r->form, data, *n);
		*n = 0;
		return ok;
	}
	MHD_destroy_post_processor(r->form); /* its last field may come only now */
	r->form = NULL;
	return send_answer(c, answer_of(r));
}

static void on_completed(void *cls, struct MHD_Connection *c, void **con, enum MHD_RequestTerminationCode why)
{
	struct request *r = *con;
	(void)cls, (void)c, (void)why;
	if (r && r->form)
		MHD_destroy_post_processor(r->form);
	free(r);
	*con = NULL;
}

static enum MHD_Result on_blind(void *cls, struct MHD_Connection *c, const char *url, const char *method,
				const char *version, const char *data, size_t *n, void **con)
{
	static int seen;
	(void)cls, (void)url, (void)method, (void)version, (void)data;
	if (!*con) {
		*con = &seen;
		return MHD_YES;
	}
	if (*n) {
		*n = 0;
		return MHD_YES;
	}
	struct MHD_Response *a =
	    MHD_create_response_from_buffer(sizeof menu - 1, (void *)(size_t)menu, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(a, "Content-Type", "text/plain");
	return send_answer(c, a);
}

static struct MHD_Daemon *start(bool blind)
{
	if (blind)
		return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_blind, NULL, MHD_OPTION_END);
	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, NULL,
				MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
}

int main(int argc, char **argv)
{
	struct MHD_Daemon *d = start(argc > 1 && strcmp(argv[1], "blind") == 0);
	const union MHD_DaemonInfo *i = d ? MHD_get_daemon_info(d, MHD_DAEMON_INFO_BIND_PORT) : NULL;
	if (!i)
		return 1;
	printf("%u\n", (unsigned)i->port);
	fflush(stdout);
	while (getchar() != EOF)
		;
	MHD_stop_daemon(d);
	return 0;
}
