/* A reader of deterministic CBOR (RFC 8949 section 4.2.1) and of nothing else: a longer form than needed, an indefinite length or a type other
 * than the one asked for is refused. Every function takes one item's head (and a string's bytes) and moves on, or says false and stays. */
#ifndef EF_CBOR_H
#define EF_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ef_cbor {
    const uint8_t *at, *end;
} ef_cbor;

ef_cbor ef_cbor_over(const uint8_t *data, size_t len);
/* Whether everything was read. */
bool ef_cbor_done(const ef_cbor *r);

bool ef_cbor_uint(ef_cbor *r, uint64_t *value);
/* An integer of either sign within int64_t. */
bool ef_cbor_int(ef_cbor *r, int64_t *value);
/* Views into the data read from. Text is well-formed UTF-8. */
bool ef_cbor_bytes(ef_cbor *r, const uint8_t **bytes, size_t *len);
bool ef_cbor_text(ef_cbor *r, const uint8_t **text, size_t *len);
/* Text into a buffer, with a NUL: refused when it is empty, does not fit or holds U+0000. */
bool ef_cbor_text_copy(ef_cbor *r, char *out, size_t cap);
/* An unsigned integer of this value, and a map of so many pairs. */
bool ef_cbor_is(ef_cbor *r, uint32_t value);
bool ef_cbor_map_of(ef_cbor *r, uint32_t pairs);
bool ef_cbor_array(ef_cbor *r, uint64_t *count);
bool ef_cbor_map(ef_cbor *r, uint64_t *pairs);
bool ef_cbor_tag(ef_cbor *r, uint64_t *tag);

#endif
