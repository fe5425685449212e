/* fault.c - faults of a configuration, a line each.  Calls libc only. */
#include "config/fault.h"

static void mask_control(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
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
