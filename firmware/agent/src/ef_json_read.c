/* JSON (RFC 8259) without a tree: a view is checked by skipping over it, and read by skipping to what is asked for. Every function is
 * memory-safe on any bytes, also on a view that was never checked. A member that occurs twice is refused when it is asked for, because
 * readers disagree on which of the two counts. */
#include <string.h>

#include "ef_utf8.h"
#include "espforge/ef_codec.h"

#define EF_JSON_MAX_DEPTH 8u

typedef struct cursor {
    const uint8_t *text;
    size_t len;
    size_t at;
} cursor;

static cursor cursor_over(const ef_json *json)
{
    return (cursor){(const uint8_t *)json->text, json->text == NULL ? 0 : json->len, 0};
}

static void skip_space(cursor *c)
{
    while (c->at < c->len) {
        const uint8_t b = c->text[c->at];
        if (b != ' ' && b != '\t' && b != '\n' && b != '\r') return;
        c->at++;
    }
}

static bool take(cursor *c, char expected)
{
    if (c->at >= c->len || c->text[c->at] != (uint8_t)expected) return false;
    c->at++;
    return true;
}

static bool take_word(cursor *c, const char *word, size_t word_len)
{
    if (c->len - c->at < word_len || memcmp(c->text + c->at, word, word_len) != 0) return false;
    c->at += word_len;
    return true;
}

static bool take_hex4(cursor *c, uint32_t *value)
{
    uint8_t bytes[2];
    size_t got;
    if (c->len - c->at < 4 || ef_hex_decode((const char *)c->text + c->at, 4, bytes, sizeof bytes, &got) != EF_OK) return false;
    *value = (uint32_t)bytes[0] << 8 | bytes[1];
    c->at += 4;
    return true;
}

typedef enum string_step { STEP_CHARACTER, STEP_CLOSED, STEP_MALFORMED } string_step;

static string_step next_escape(cursor *c, uint8_t out[4], size_t *out_len)
{
    static const char kinds[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (c->at >= c->len) return STEP_MALFORMED;
    const uint8_t kind = c->text[c->at++];
    const uint8_t *found = memchr(kinds, kind, sizeof kinds - 1);
    uint32_t scalar, low;
    if (found != NULL) {
        scalar = (uint8_t)values[found - (const uint8_t *)kinds];
    } else {
        if (kind != 'u' || !take_hex4(c, &scalar)) return STEP_MALFORMED;
        if (scalar >= 0xD800 && scalar <= 0xDFFF) {
            if (scalar > 0xDBFF || !take(c, '\\') || !take(c, 'u') || !take_hex4(c, &low) || low < 0xDC00 || low > 0xDFFF) return STEP_MALFORMED;
            scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    *out_len = ef_utf8_encode(scalar, out);
    return STEP_CHARACTER;
}

/* One character of a string whose opening quote was taken, unescaped, as UTF-8. */
static string_step next_character(cursor *c, uint8_t out[4], size_t *out_len)
{
    if (c->at >= c->len) return STEP_MALFORMED;
    const uint8_t b = c->text[c->at];
    if (b == '"') {
        c->at++;
        return STEP_CLOSED;
    }
    if (b == '\\') {
        c->at++;
        return next_escape(c, out, out_len);
    }
    const size_t n = ef_utf8_sequence(c->text + c->at, c->len - c->at);
    if (b < 0x20 || n == 0) return STEP_MALFORMED;
    memcpy(out, c->text + c->at, n);
    c->at += n;
    *out_len = n;
    return STEP_CHARACTER;
}

/* Skips a string and says whether it is `name`; `name` may be NULL. */
static bool skip_string(cursor *c, const char *name, bool *is_name)
{
    if (!take(c, '"')) return false;
    const size_t name_len = name == NULL ? 0 : strlen(name);
    size_t matched = 0;
    bool same = name != NULL;
    uint8_t character[4];
    size_t n = 0;
    for (;;) { /* every turn takes at least a byte */
        const string_step step = next_character(c, character, &n);
        if (step == STEP_MALFORMED) return false;
        if (step == STEP_CLOSED) break;
        if (same && name_len - matched >= n && memcmp(name + matched, character, n) == 0) {
            matched += n;
        } else {
            same = false;
        }
    }
    if (is_name != NULL) *is_name = same && matched == name_len;
    return true;
}

static bool skip_digits(cursor *c)
{
    const size_t begin = c->at;
    while (c->at < c->len && c->text[c->at] >= '0' && c->text[c->at] <= '9') c->at++;
    return c->at > begin;
}

static bool skip_number(cursor *c)
{
    (void)take(c, '-');
    if (!take(c, '0') && !skip_digits(c)) return false;
    if (take(c, '.') && !skip_digits(c)) return false;
    if (take(c, 'e') || take(c, 'E')) {
        if (!take(c, '+')) (void)take(c, '-');
        return skip_digits(c);
    }
    return true;
}

static bool skip_scalar(cursor *c)
{
    switch (c->text[c->at]) {
    case '"':
        return skip_string(c, NULL, NULL);
    case 't':
        return take_word(c, "true", 4);
    case 'f':
        return take_word(c, "false", 5);
    case 'n':
        return take_word(c, "null", 4);
    default:
        return skip_number(c);
    }
}

static bool skip_name_and_colon(cursor *c, const char *name, bool *is_name)
{
    skip_space(c);
    if (!skip_string(c, name, is_name)) return false;
    skip_space(c);
    return take(c, ':');
}

/* Skips one value of at most EF_JSON_MAX_DEPTH nested containers, checking its syntax. No recursion: `closers` is the stack. */
static bool skip_value(cursor *c)
{
    char closers[EF_JSON_MAX_DEPTH];
    size_t depth = 0;
    for (;;) { /* every turn takes at least a byte */
        skip_space(c);
        if (c->at >= c->len) return false;
        const uint8_t b = c->text[c->at];
        if (b == '{' || b == '[') {
            if (depth == EF_JSON_MAX_DEPTH) return false;
            c->at++;
            closers[depth++] = b == '{' ? '}' : ']';
            skip_space(c);
            if (!take(c, closers[depth - 1])) {
                if (b == '{' && !skip_name_and_colon(c, NULL, NULL)) return false;
                continue;
            }
            depth--;
        } else if (!skip_scalar(c)) {
            return false;
        }
        /* A value has ended: close what it ends, or go on after a comma. */
        for (;;) {
            if (depth == 0) return true;
            skip_space(c);
            if (take(c, closers[depth - 1])) {
                depth--;
                continue;
            }
            if (!take(c, ',')) return false;
            if (closers[depth - 1] == '}' && !skip_name_and_colon(c, NULL, NULL)) return false;
            break;
        }
    }
}

/* Skips a value and gives its view. */
static bool take_value(cursor *c, ef_json *value)
{
    skip_space(c);
    const size_t begin = c->at;
    if (!skip_value(c)) return false;
    value->text = (const char *)c->text + begin;
    value->len = c->at - begin;
    return true;
}

ef_status ef_json_open(ef_json *json, const char *text, size_t len)
{
    if (json == NULL) return EF_BAD_ARGUMENT;
    *json = (ef_json){NULL, 0};
    if (text == NULL) return EF_BAD_ARGUMENT;
    cursor c = {(const uint8_t *)text, len, 0};
    ef_json value;
    if (!take_value(&c, &value) || (value.text[0] != '{' && value.text[0] != '[')) return EF_MALFORMED;
    skip_space(&c);
    if (c.at != c.len) return EF_MALFORMED;
    *json = value;
    return EF_OK;
}

ef_status ef_json_member(const ef_json *json, const char *name, ef_json *value)
{
    if (json == NULL || name == NULL || value == NULL) return EF_BAD_ARGUMENT;
    cursor c = cursor_over(json);
    ef_json found = {NULL, 0};
    *value = found;
    skip_space(&c);
    if (!take(&c, '{')) return EF_MALFORMED;
    skip_space(&c);
    if (take(&c, '}')) return EF_NOT_FOUND;
    for (;;) { /* every turn takes at least a byte */
        bool is_name = false;
        ef_json candidate;
        if (!skip_name_and_colon(&c, name, &is_name) || !take_value(&c, &candidate)) return EF_MALFORMED;
        if (is_name) {
            if (found.text != NULL) return EF_MALFORMED;
            found = candidate;
        }
        skip_space(&c);
        if (take(&c, '}')) break;
        if (!take(&c, ',')) return EF_MALFORMED;
    }
    if (found.text == NULL) return EF_NOT_FOUND;
    *value = found;
    return EF_OK;
}

ef_status ef_json_element(const ef_json *json, size_t index, ef_json *value)
{
    if (json == NULL || value == NULL) return EF_BAD_ARGUMENT;
    *value = (ef_json){NULL, 0};
    cursor c = cursor_over(json);
    skip_space(&c);
    if (!take(&c, '[')) return EF_MALFORMED;
    skip_space(&c);
    if (take(&c, ']')) return EF_NOT_FOUND;
    for (size_t i = 0;; i++) { /* every turn takes at least a byte */
        ef_json candidate;
        if (!take_value(&c, &candidate)) return EF_MALFORMED;
        if (i == index) {
            *value = candidate;
            return EF_OK;
        }
        skip_space(&c);
        if (take(&c, ']')) return EF_NOT_FOUND;
        if (!take(&c, ',')) return EF_MALFORMED;
    }
}

static ef_status copy_string(const ef_json *value, char *out, size_t cap)
{
    cursor c = cursor_over(value);
    if (!take(&c, '"')) return EF_MALFORMED;
    size_t written = 0;
    uint8_t character[4];
    size_t n = 0;
    for (;;) { /* every turn takes at least a byte */
        const string_step step = next_character(&c, character, &n);
        if (step == STEP_MALFORMED) return EF_MALFORMED;
        if (step == STEP_CLOSED) break;
        if (character[0] == 0) return EF_MALFORMED;
        if (n > cap - 1 - written) return EF_TOO_LARGE;
        memcpy(out + written, character, n);
        written += n;
    }
    if (c.at != c.len) return EF_MALFORMED;
    out[written] = '\0';
    return EF_OK;
}

ef_status ef_json_string(const ef_json *value, char *out, size_t cap)
{
    if (value == NULL || out == NULL || cap == 0) return EF_BAD_ARGUMENT;
    const ef_status status = copy_string(value, out, cap);
    if (status != EF_OK) out[0] = '\0';
    return status;
}

ef_status ef_json_int(const ef_json *value, int64_t *out)
{
    if (value == NULL || out == NULL) return EF_BAD_ARGUMENT;
    *out = 0;
    cursor c = cursor_over(value);
    const bool negative = take(&c, '-');
    const size_t begin = c.at;
    if (!skip_digits(&c) || c.at != c.len || (c.text[begin] == '0' && c.len - begin > 1)) return EF_MALFORMED;
    /* As many digits as the limits have, or fewer: text compares as numbers do. */
    const size_t len = c.len - begin;
    const char *limit = negative ? "9223372036854775808" : "9223372036854775807";
    if (len > 19 || (len == 19 && memcmp(c.text + begin, limit, 19) > 0)) return EF_MALFORMED;
    uint64_t collected = 0;
    for (size_t i = begin; i < c.len; i++) collected = collected * 10 + (c.text[i] - (uint64_t)'0');
    *out = (int64_t)(negative ? 0 - collected : collected);
    return EF_OK;
}

ef_status ef_json_member_int(const ef_json *json, const char *name, int64_t *out)
{
    ef_json value;
    const ef_status status = ef_json_member(json, name, &value);
    return status == EF_OK ? ef_json_int(&value, out) : status;
}

ef_status ef_json_texts(const ef_json *json, const char *names, const uint16_t *sizes, char *out)
{
    for (; *names != 0; names += strlen(names) + 1, out += *sizes++) {
        ef_json value;
        if (ef_json_member(json, names, &value) != EF_OK) return EF_MALFORMED;
        const ef_status status = ef_json_string(&value, out, *sizes);
        if (status != EF_OK) return status;
        if (*out == 0) return EF_MALFORMED;
    }
    return EF_OK;
}

bool ef_json_is_null(const ef_json *value)
{
    return value != NULL && value->text != NULL && value->len == 4 && memcmp(value->text, "null", 4) == 0;
}
