/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. Internal to the agent. */
#ifndef EF_UTF8_H
#define EF_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length (1-4) of the well-formed sequence at the start of `text`, 0 when there is none. */
size_t ef_utf8_sequence(const uint8_t *text, size_t len);
bool ef_utf8_valid(const uint8_t *text, size_t len);
/* Encodes a scalar value (no surrogate, at most 10FFFF hex) and says how many bytes it took. */
size_t ef_utf8_encode(uint32_t scalar, uint8_t out[4]);

/* Whether it is printable ASCII without blanks, or empty: what may become a part of a request line or of a header. */
bool ef_is_word(const char *text);

/* Of texts that stand one behind the other, each with its NUL, the one of this index. */
const char *ef_nth_text(const char *texts, unsigned index);

/* How many decimal digits the text begins with, and their value; 0 when there are none, or more than EF_DIGITS_MAX, which fit any value. */
#define EF_DIGITS_MAX 19u
size_t ef_digits(const char *text, size_t len, uint64_t *value);

#endif
