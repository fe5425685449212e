/* typed.h - a PIN or codeword as people type it, to the octets that are hashed.  Pure; calls the
 * parser's folding.  False: there is none in it, or it is longer than PIN_SECRET holds; out is then "". */
#ifndef GATEWAY_PIN_TYPED_H
#define GATEWAY_PIN_TYPED_H
#include "gateway/pin/hash.h"

/* Digits of whatever script, as ASCII ones. */
bool typed_pin(const char *text, size_t len, char out[PIN_SECRET]);
/* Letters and digits alone, folded: on which keys it was typed, in how many words, does not matter. */
bool typed_codeword(const char *text, size_t len, char out[PIN_SECRET]);
#endif
