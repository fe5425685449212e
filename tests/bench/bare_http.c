/* bare_http.c - the limit for callbacks: libmicrohttpd alone, one epoll thread as the edge has, an answer of a menu's
 * length to whatever is posted.  Prints its port, runs until its standard input ends. */
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>

static const char answer[] = "CON Zgjidh raportin\n1 Mungese\n2 Te gjithe prezent\n3 Sa mungojne\n4 Rast i ri\n5 Uje\n"
			     "6 Sinjale, pyetje\n7 Ploteso rast\n8 Shkolla\n9 Te tjera\n10 Anulo te fundit\n"
			     "11 Ndihme (SOS)";

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method,
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
	struct MHD_Response *r =
	    MHD_create_response_from_buffer(strlen(answer), (void *)(size_t)answer, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(r, "Content-Type", "text/plain");
	enum MHD_Result ok = MHD_queue_response(c, 200, r);
	MHD_destroy_response(r);
	return ok;
}

int main(void)
{
	struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, NULL, MHD_OPTION_END);
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
