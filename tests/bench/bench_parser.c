/* bench_parser.c - readings a second on one core, for the shipped sample mix (tests/unit/data/readings.tsv),
 * reply included and not.  Median of five runs.  With an argument: that many rounds without a figure. */
#include <time.h>
#include "tests/unit/world_fixture.h"

#define TEXTS 1024
static struct text {
	struct parser_sender from;
	char text[300];
	size_t len;
} texts[TEXTS];

static int load(const char *file)
{
	char line[2048], who[24];
	int n = 0;
	FILE *f = fopen(file, "re");
	while (f && n < TEXTS && fgets(line, sizeof(line), f)) {
		char *t = strchr(line, '\t');
		char *a = t ? strchr(t + 1, '\t') : NULL;
		char *b = a ? strchr(a + 1, '\t') : NULL;
		if (line[0] == '#' || !b || (size_t)(b - a) > sizeof(texts[0].text))
			continue;
		snprintf(who, sizeof(who), "%.*s", (int)(t - line), line);
		struct text *x = &texts[n++];
		if (!fixture_sender(NULL, who, &x->from))
			snprintf(x->from.lang, sizeof(x->from.lang), "sq");
		x->len = (size_t)(b - a - 1);
		memcpy(x->text, a + 1, x->len);
	}
	if (f)
		fclose(f);
	return n;
}

/* Of processor time: what else the machine does is no matter of the parser's. */
static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double rate(const struct world *w, int n, bool reply)
{
	static struct reading r;
	const struct parser_clock clock = { "2026-11-18", 10, 15, false };
	char out[512];
	double from = seconds();
	long count = 0;
	while (seconds() - from < 0.4)
		for (int i = 0; i < n; i++, count++) {
			parser_read(w, &texts[i].from, &clock, NULL, texts[i].text, texts[i].len, &r);
			if (reply)
				parser_reply(w, &texts[i].from, &clock, &r, NULL, out, sizeof(out));
		}
	return (double)count / (seconds() - from);
}

static int order(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

/* So many rounds over all texts and no clock, for a tool that counts instructions. */
static void rounds_of(const struct world *w, int n, long rounds)
{
	static struct reading r;
	const struct parser_clock clock = { "2026-11-18", 10, 15, false };
	for (long k = 0; k < rounds; k++)
		for (int i = 0; i < n; i++)
			parser_read(w, &texts[i].from, &clock, NULL, texts[i].text, texts[i].len, &r);
	printf("%d texts\n", n);
}

int main(int argc, char **argv)
{
	struct world *w = fixture_world();
	int n = load("tests/unit/data/readings.tsv");
	if (argc > 1) {
		rounds_of(w, n, strtol(argv[1], NULL, 10));
		world_free(w);
		return 0;
	}
	for (int reply = 0; reply < 2; reply++) {
		double runs[5];
		for (int i = 0; i < 5; i++)
			runs[i] = rate(w, n, reply);
		qsort(runs, 5, sizeof(runs[0]), order);
		printf("parser: %.0f readings a second%s (median of 5, %d texts)\n", runs[2],
		       reply ? " with their replies" : "", n);
	}
	world_free(w);
	return 0;
}
