/* base64.h - base64 of short secrets, and their wiping.  RFC 4648 4, padded. */
#ifndef GATEWAY_OUTBOX_BASE64_H
#define GATEWAY_OUTBOX_BASE64_H
#include <stdbool.h>
#include <stddef.h>

bool base64_text(const void *in, size_t len, char *out, size_t max); /* false: no room */
void base64_wipe(void *p, size_t n);
#endif
