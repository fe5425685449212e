/* passphrase.c - see passphrase.h. */
#include "gateway/hub/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "store/store.h"

static int from = -1;
static bool over;
static char kept[STORE_PASSPHRASE_MAX]; /* init opens the keyring it has just made */

void passphrase_from(int fd)
{
	from = fd;
}

void passphrase_end(void)
{
	explicit_bzero(kept, sizeof kept);
	over = true;
}

/* Up to the end of a line; an octet a call, since what follows is the next one's.  False: none, or too long. */
static bool read_line(int fd, char *words, size_t max)
{
	size_t n = 0;
	for (;;) {
		char c;
		ssize_t got = read(fd, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || c == '\n')
			break;
		if (n + 1 >= max)
			return false;
		words[n++] = c;
	}
	words[n] = '\0';
	return n > 0;
}

static void put(int fd, const char *words)
{
	if (write(fd, words, strlen(words)) < 0)
		return; /* the question is then not seen, and the answer not given */
}

/* Without echo, and with signals held back, so that none leaves the terminal mute. */
static bool ask_terminal(int tty, const char *question, char *words, size_t max)
{
	struct termios was, mute;
	sigset_t all, old;
	if (tcgetattr(tty, &was) < 0)
		return false;
	mute = was;
	mute.c_lflag &= ~(tcflag_t)ECHO;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	put(tty, question);
	bool good = tcsetattr(tty, TCSAFLUSH, &mute) == 0 && read_line(tty, words, max);
	(void)tcsetattr(tty, TCSAFLUSH, &was);
	put(tty, "\n");
	sigprocmask(SIG_SETMASK, &old, NULL);
	return good;
}

static int at_terminal(bool fresh, char *words, size_t max, char *err, size_t errlen)
{
	char again[STORE_PASSPHRASE_MAX];
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (tty < 0) {
		snprintf(err, errlen, "the passphrase of the master key is asked for at a terminal, and there is none: "
			 "--passphrase-fd N reads it from a descriptor");
		return STORE_KEY;
	}
	const char *why = "no passphrase was given";
	bool good = ask_terminal(tty, fresh ? "New passphrase of the master key: " : "Passphrase of the master key: ",
				 words, max);
	if (good && fresh) {
		why = "the two are not the same";
		good = ask_terminal(tty, "The same again: ", again, sizeof again) && strcmp(words, again) == 0;
		explicit_bzero(again, sizeof again);
	}
	close(tty);
	if (!good)
		snprintf(err, errlen, "%s", why);
	return good ? STORE_OK : STORE_KEY;
}

int passphrase_ask(bool fresh, char *words, size_t max, char *err, size_t errlen)
{
	int rc = STORE_OK;
	if (over) {
		snprintf(err, errlen, "a passphrase is asked for at a terminal: stop the gateway first");
		return STORE_KEY;
	}
	if (!fresh && kept[0]) {
		snprintf(words, max, "%s", kept);
		return STORE_OK;
	}
	if (from >= 0 && !read_line(from, words, max)) {
		snprintf(err, errlen, "descriptor %d: no line with a passphrase (at most %d octets)", from,
			 STORE_PASSPHRASE_MAX - 1);
		rc = STORE_KEY;
	} else if (from < 0) {
		rc = at_terminal(fresh, words, max, err, errlen);
	}
	if (rc == STORE_OK)
		snprintf(kept, sizeof kept, "%s", words);
	return rc;
}
