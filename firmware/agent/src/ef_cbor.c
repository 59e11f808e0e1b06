#include "ef_cbor.h"

#include <string.h>

#include "ef_utf8.h"

enum { MAJOR_UINT = 0, MAJOR_NEGATIVE = 1, MAJOR_BYTES = 2, MAJOR_TEXT = 3, MAJOR_ARRAY = 4, MAJOR_MAP = 5, MAJOR_TAG = 6 };

ef_cbor ef_cbor_over(const uint8_t *data, size_t len) { return (ef_cbor){data, data + len}; }

bool ef_cbor_done(const ef_cbor *r) { return r->at == r->end; }

static bool take_head(ef_cbor *r, uint8_t wanted, uint64_t *argument)
{
    if (r->at == r->end || *r->at >> 5 != wanted) return false;
    const uint8_t *p = r->at + 1;
    const uint8_t info = *r->at & 31u;
    uint64_t value = info;
    if (info >= 24) {
        if (info > 27) return false; /* 28-30 are reserved, 31 is an indefinite length */
        const size_t bytes = (size_t)1 << (info - 24);
        if ((size_t)(r->end - p) < bytes) return false;
        value = 0;
        for (size_t i = 0; i < bytes; i++) value = value << 8 | *p++;
        /* A shorter form would have done: nothing in the upper half of the bytes, or less than 24. */
        if (bytes == 1 ? value < 24 : value >> (bytes * 4) == 0) return false;
    }
    *argument = value;
    r->at = p;
    return true;
}

bool ef_cbor_uint(ef_cbor *r, uint64_t *value) { return take_head(r, MAJOR_UINT, value); }
bool ef_cbor_array(ef_cbor *r, uint64_t *count) { return take_head(r, MAJOR_ARRAY, count); }
bool ef_cbor_map(ef_cbor *r, uint64_t *pairs) { return take_head(r, MAJOR_MAP, pairs); }
bool ef_cbor_tag(ef_cbor *r, uint64_t *tag) { return take_head(r, MAJOR_TAG, tag); }

bool ef_cbor_is(ef_cbor *r, uint32_t value)
{
    uint64_t found;
    return ef_cbor_uint(r, &found) && found == value;
}

bool ef_cbor_map_of(ef_cbor *r, uint32_t pairs)
{
    uint64_t found;
    return ef_cbor_map(r, &found) && found == pairs;
}

bool ef_cbor_int(ef_cbor *r, int64_t *value)
{
    ef_cbor probe = *r;
    uint64_t argument;
    const bool negative = !ef_cbor_uint(&probe, &argument);
    if ((negative && !take_head(&probe, MAJOR_NEGATIVE, &argument)) || argument > INT64_MAX) return false;
    *value = negative ? -1 - (int64_t)argument : (int64_t)argument;
    *r = probe;
    return true;
}

static bool take_string(ef_cbor *r, uint8_t wanted, const uint8_t **bytes, size_t *len)
{
    ef_cbor probe = *r;
    uint64_t length;
    if (!take_head(&probe, wanted, &length) || length > (size_t)(probe.end - probe.at)) return false;
    *bytes = probe.at;
    *len = (size_t)length;
    r->at = probe.at + *len;
    return true;
}

bool ef_cbor_bytes(ef_cbor *r, const uint8_t **bytes, size_t *len) { return take_string(r, MAJOR_BYTES, bytes, len); }

bool ef_cbor_text(ef_cbor *r, const uint8_t **text, size_t *len)
{
    ef_cbor probe = *r;
    if (!take_string(&probe, MAJOR_TEXT, text, len) || !ef_utf8_valid(*text, *len)) return false;
    *r = probe;
    return true;
}

bool ef_cbor_text_copy(ef_cbor *r, char *out, size_t cap)
{
    ef_cbor probe = *r;
    const uint8_t *text;
    size_t len;
    if (!ef_cbor_text(&probe, &text, &len) || len == 0 || len >= cap || memchr(text, 0, len) != NULL) return false;
    memcpy(out, text, len);
    out[len] = '\0';
    *r = probe;
    return true;
}
