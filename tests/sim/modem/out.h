/* out.h - a growing byte buffer that is filled at its end and emptied at its front; JSON and hex.
 *
 * Owns its bytes.  May call libc only.  Bounded: past OUT_MAX bytes what is added is dropped whole
 * and counted in lost, as a serial line with nobody at its other end does.
 */
#ifndef SIM_OUT_H
#define SIM_OUT_H
#include <stddef.h>
#include <stdint.h>

#define OUT_MAX (32u << 20)

struct out {
	char *data;
	size_t head, len, cap; /* len counts from data, not from head */
	uint64_t lost;         /* bytes dropped */
};

void out_add(struct out *o, const void *bytes, size_t n);
void out_text(struct out *o, const char *s);
void out_format(struct out *o, const char *format, ...) __attribute__((format(printf, 2, 3)));
void out_hex(struct out *o, const uint8_t *bytes, size_t n);

/* A JSON string with its quotes; the input is UTF-8 (RFC 8259: only controls, '"' and '\' escape).
 */
void out_json(struct out *o, const char *s, size_t n);

size_t out_size(const struct out *o);
const char *out_bytes(const struct out *o);
char *out_edit(struct out *o);
void out_take(struct out *o, size_t n); /* removes n bytes from the front */
void out_move(struct out *to, struct out *from);
void out_clear(struct out *o);
void out_free(struct out *o);
#endif
