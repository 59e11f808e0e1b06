/* Text codecs of the agent: base64url, hex, SemVer precedence, and a reader and writer for the small JSON documents of docs/protocol.md.
 * Nothing here allocates or keeps state. */
#ifndef EF_CODEC_H
#define EF_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "espforge/ef_status.h"

/* base64url without padding (RFC 4648 section 5). Decoding is strict: no padding, no white space, no stray bits. *out_len gets the byte count. */
ef_status ef_base64url_decode(const char *text, size_t text_len, uint8_t *out, size_t cap, size_t *out_len);
/* Writes text and a NUL. cap must hold 4*ceil(len/3)+1 bytes, else EF_TOO_LARGE. */
ef_status ef_base64url_encode(const uint8_t *data, size_t len, char *out, size_t cap);
/* Lower-case hex and a NUL. */
ef_status ef_hex_encode(const uint8_t *data, size_t len, char *out, size_t cap);
ef_status ef_hex_decode(const char *text, size_t text_len, uint8_t *out, size_t cap, size_t *out_len);

/* SemVer 2.0 precedence. *order gets -1, 0 or 1. EF_MALFORMED when either is not SemVer 2.0 (at most 63 bytes; numbers of any length compare right). */
ef_status ef_semver_compare(const char *a, const char *b, int *order);
bool ef_semver_valid(const char *version);

/* A JSON document is checked once (syntax, UTF-8 escapes, depth <= 8) and then read by path, without a tree. */
typedef struct ef_json {
    const char *text;
    size_t len;
} ef_json;

/* EF_MALFORMED unless text is exactly one JSON object or array. */
ef_status ef_json_open(ef_json *json, const char *text, size_t len);
/* A member of the object `json` (not nested): EF_NOT_FOUND when absent. The view is valid as long as the text is. */
ef_status ef_json_member(const ef_json *json, const char *name, ef_json *value);
/* Element `index` of the array `json`: EF_NOT_FOUND past the end. */
ef_status ef_json_element(const ef_json *json, size_t index, ef_json *value);
/* Copies a string, unescaped (\uXXXX to UTF-8), and a NUL. EF_MALFORMED when it is no string or holds U+0000, EF_TOO_LARGE when it does not fit. */
ef_status ef_json_string(const ef_json *value, char *out, size_t cap);
/* An integer in the range of int64_t; EF_MALFORMED for fractions and exponents. */
ef_status ef_json_int(const ef_json *value, int64_t *out);
/* A member that is an integer: EF_NOT_FOUND when absent. */
ef_status ef_json_member_int(const ef_json *json, const char *name, int64_t *out);
/* Members that must be there, be strings and not be empty, into fields of `sizes` bytes that lie one behind the other. `names`: each with its NUL,
 * an empty one ends them. EF_MALFORMED, EF_TOO_LARGE; then what is in the fields means nothing. */
ef_status ef_json_texts(const ef_json *json, const char *names, const uint16_t *sizes, char *out);
bool ef_json_is_null(const ef_json *value);

/* Appending writer over a caller's buffer. After an overflow every call is a no-op and ef_json_end says EF_TOO_LARGE. */
typedef struct ef_json_writer {
    char *out;
    size_t cap;
    size_t len;
    bool overflow;
    bool need_comma;
} ef_json_writer;

void ef_json_begin(ef_json_writer *w, char *out, size_t cap);
void ef_json_object(ef_json_writer *w, const char *name_or_null);  /* { */
void ef_json_object_end(ef_json_writer *w);                        /* } */
void ef_json_array(ef_json_writer *w, const char *name_or_null);   /* [ */
void ef_json_array_end(ef_json_writer *w);                         /* ] */
void ef_json_put_string(ef_json_writer *w, const char *name_or_null, const char *value); /* escapes; invalid UTF-8 becomes U+FFFD */
void ef_json_put_int(ef_json_writer *w, const char *name_or_null, int64_t value);
void ef_json_put_number(ef_json_writer *w, const char *name_or_null, double value);      /* NaN and infinities become null */
void ef_json_put_bool(ef_json_writer *w, const char *name_or_null, bool value);
void ef_json_put_raw(ef_json_writer *w, const char *name_or_null, const char *json, size_t len); /* a value that is JSON already */
/* Terminates with a NUL; *len gets the length without it. */
ef_status ef_json_end(ef_json_writer *w, size_t *len);

#endif
