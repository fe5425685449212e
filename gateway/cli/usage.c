/* usage.c - the words of a wrong command line. */
#include <stdio.h>
#include <sysexits.h>

#include "gateway/cli/cli.h"

int cli_usage(const char *words)
{
	fprintf(stderr, "usage: kujdestar %s\n", words);
	return EX_USAGE;
}
