/* confine_int.h - between confine's own files. */
#ifndef GATEWAY_HUB_CONFINE_INT_H
#define GATEWAY_HUB_CONFINE_INT_H
#include "gateway/hub/confine.h"

/* A tool that looks into the process from within makes calls of its own: builds for it are not confined,
 * and say so. */
#if defined(__SANITIZE_ADDRESS__) || defined(CONFINE_OFF)
#define CONFINE_OPEN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CONFINE_OPEN 1
#endif
#endif
#ifndef CONFINE_OPEN
#define CONFINE_OPEN 0
#endif

struct confined {
	bool files, ports, signals, calls;
};

int confine_landlock_version(void); /* 0: none */
/* Each 0, also when the kernel lacks it (then *done stays false), or -1 with errno. */
int confine_paths(const struct confine *c, struct confined *done);
int confine_calls(const struct confine *c, struct confined *done);
bool confine_calls_known(void);
#endif
