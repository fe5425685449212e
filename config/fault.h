/* fault.h - faults of a configuration, a line each: "file:line: setting: what is wrong, what is
 * allowed".  Counts them all, prints the first FAULTS_SHOWN, or all.  Calls libc only. */
#ifndef CONFIG_FAULT_H
#define CONFIG_FAULT_H
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#define FAULTS_SHOWN 100
struct cfg_faults {
	FILE *err; /* NULL: count only */
	int n;
	bool all;  /* print all: an import's every row is to be mended */
	bool people; /* of a file of people, whose columns may have changed places: what looks like a
			telephone number or a name is masked where it is quoted */
};
/* line 0 and setting NULL or "" are left out. Control characters of a quoted value are masked. */
void cfg_fault(struct cfg_faults *f, const char *file, int line, const char *setting,
	       const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void cfg_vfault(struct cfg_faults *f, const char *file, int line, const char *setting,
		const char *fmt, va_list ap) __attribute__((format(printf, 5, 0)));
#endif
