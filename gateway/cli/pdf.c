/* pdf.c - see pdf.h.  Starts weasyprint or a headless chromium, without a shell; neither is asked to open
 * anything but the page, which names no other resource. */
#include "gateway/cli/pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

static void run(const char *const argv[])
{
	int null = open("/dev/null", O_RDWR);
	if (null >= 0) {
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
	}
	umask(077);
	execvp(argv[0], (char *const *)argv); /* which does not write to them */
	_exit(errno == ENOENT ? 127 : 126);
}

/* The program's exit status; 127: it is not there. */
static int wait_for(const char *const argv[])
{
	int status = 0;
	pid_t pid = fork();
	if (pid < 0)
		return 126;
	if (pid == 0)
		run(argv);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}

static int take_away(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st, (void)type, (void)where;
	return remove(path);
}

int pdf_print(const char *html, const char *pdf)
{
	char target[1024], source[1024], profile[] = "/tmp/kujdestar-pdf-XXXXXX", where[64];
	struct stat st;
	snprintf(target, sizeof target, "--print-to-pdf=%s", pdf);
	snprintf(source, sizeof source, "file://%s", html);
	const char *const weasyprint[] = { "weasyprint", html, pdf, NULL };
	unlink(pdf); /* what stands there afterwards is what was printed */
	int rc = wait_for(weasyprint);
	if (rc == 127 && mkdtemp(profile)) {
		/* As root chromium starts without its sandbox only; the page is our own and loads nothing. */
		snprintf(where, sizeof where, "--user-data-dir=%s", profile);
		const char *const chromium[] = { "chromium", "--headless", "--disable-gpu",
					   geteuid() == 0 ? "--no-sandbox" : "--disable-sync",
					   "--no-pdf-header-footer", where, target, source, NULL };
		rc = wait_for(chromium);
		nftw(profile, take_away, 8, FTW_DEPTH | FTW_PHYS);
	}
	if (rc == 127) {
		fputs("kujdestar: no program here makes a PDF: sudo apt-get install -y weasyprint (or chromium); "
		      "or print the page of --html\n", stderr);
		return EX_UNAVAILABLE;
	}
	if (rc != 0 || stat(pdf, &st) != 0 || st.st_size == 0) {
		fprintf(stderr, "kujdestar: %s: the page could not be printed (exit %d)\n", pdf, rc);
		return EX_CANTCREAT;
	}
	return EX_OK;
}
