/* fault.c - faults of a configuration, a line each.  Calls libc only. */
#include "config/fault.h"
#include <string.h>

#define NUMBER_RUN 7 /* digits in a row from which they may be a telephone number */
#define NUMBER_HEAD 3

static void mask_control(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

static void mask_numbers(char *s)
{
	for (size_t run; *s; s += run ? run : 1) {
		run = strspn(s, "0123456789");
		if (run >= NUMBER_RUN)
			memset(s + NUMBER_HEAD, '*', run - NUMBER_HEAD);
	}
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool small(char c)
{
	return letter(c) && !(c >= 'A' && c <= 'Z');
}

/* Several words, or one written as a name is: the codes that belong there are neither. */
static bool like_a_name(const char *s, size_t n)
{
	for (size_t i = 0; i + 2 < n; i++)
		if (letter(s[i]) && ((s[i + 1] == ' ' && letter(s[i + 2])) ||
				     (!small(s[i]) && small(s[i + 1]) && small(s[i + 2]))))
			return true;
	return false;
}

static void mask_names(char *s)
{
	for (char *close; (s = strchr(s, '"')) && (close = strchr(s + 1, '"')); s = close + 1) {
		if (!like_a_name(s + 1, (size_t)(close - s - 1)))
			continue;
		for (char *p = s + 2; p < close; p++)
			if (letter(*p))
				*p = '*';
	}
}

void cfg_vfault(struct cfg_faults *f, const char *file, int line, const char *setting,
		const char *fmt, va_list ap)
{
	char head[512], words[768];

	if ((f->n++ >= FAULTS_SHOWN && !f->all) || !f->err) {
		if (f->err && f->n == FAULTS_SHOWN + 1)
			fprintf(f->err, "%s: more faults follow; these first\n", file);
		return;
	}
	vsnprintf(words, sizeof(words), fmt, ap);
	if (line > 0)
		snprintf(head, sizeof(head), "%s:%d: ", file, line);
	else
		snprintf(head, sizeof(head), "%s: ", file);
	mask_control(head);
	mask_control(words);
	if (f->people) {
		mask_numbers(words);
		mask_names(words);
	}
	if (setting && *setting)
		fprintf(f->err, "%s%s: %s\n", head, setting, words);
	else
		fprintf(f->err, "%s%s\n", head, words);
}

void cfg_fault(struct cfg_faults *f, const char *file, int line, const char *setting,
	       const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	cfg_vfault(f, file, line, setting, fmt, ap);
	va_end(ap);
}
