/* JSON (RFC 8259) without a tree: a view is checked by skipping over it, and read by skipping to what is asked for. Every function is
 * memory-safe on any bytes, also on a view that was never checked. A member that occurs twice is refused when it is asked for, because
 * readers disagree on which of the two counts. */
#include <string.h>

#include "ef_utf8.h"
#include "espforge/ef_codec.h"

#define EF_JSON_MAX_DEPTH 8u

typedef struct cursor {
    const uint8_t *at, *end;
} cursor;

static cursor cursor_over(const ef_json *json)
{
    const uint8_t *text = (const uint8_t *)json->text;
    return (cursor){text, text == NULL ? NULL : text + json->len};
}

/* Takes a byte, which is not NUL. */
static bool take(cursor *c, char expected)
{
    if (c->at == c->end || *c->at != (uint8_t)expected) return false;
    c->at++;
    return true;
}

static void skip_space(cursor *c)
{
    while (take(c, ' ') || take(c, '\t') || take(c, '\n') || take(c, '\r')) {
    }
}

static bool take_token(cursor *c, char expected)
{
    skip_space(c);
    return take(c, expected);
}

static bool take_word(cursor *c, const char *word)
{
    const size_t len = strlen(word);
    if ((size_t)(c->end - c->at) < len || memcmp(c->at, word, len) != 0) return false;
    c->at += len;
    return true;
}

static bool take_hex4(cursor *c, uint32_t *value)
{
    uint8_t bytes[2];
    size_t got;
    if (c->end - c->at < 4 || ef_hex_decode((const char *)c->at, 4, bytes, sizeof bytes, &got) != EF_OK) return false;
    *value = (uint32_t)bytes[0] << 8 | bytes[1];
    c->at += 4;
    return true;
}

/* What next_character says instead of a length. */
enum { CLOSED = 0, BAD = -1 };

static int next_escape(cursor *c, uint8_t out[4])
{
    static const char kinds[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    uint32_t scalar, low;
    for (size_t i = 0; i < sizeof kinds - 1; i++) {
        if (take(c, kinds[i])) {
            out[0] = (uint8_t)values[i];
            return 1;
        }
    }
    if (!take(c, 'u') || !take_hex4(c, &scalar)) return BAD;
    if (scalar >> 10 == 0xDC00 >> 10) return BAD;
    if (scalar >> 10 == 0xD800 >> 10) {
        if (!take_word(c, "\\u") || !take_hex4(c, &low) || low >> 10 != 0xDC00 >> 10) return BAD;
        scalar = 0x10000 + ((scalar & 0x3FF) << 10) + (low & 0x3FF);
    }
    return (int)ef_utf8_encode(scalar, out);
}

/* One character of a string whose opening quote was taken, unescaped, as UTF-8: its length, or CLOSED, or BAD. */
static int next_character(cursor *c, uint8_t out[4])
{
    if (take(c, '"')) return CLOSED;
    if (take(c, '\\')) return next_escape(c, out);
    const size_t n = ef_utf8_sequence(c->at, (size_t)(c->end - c->at));
    if (n == 0 || *c->at < 0x20) return BAD;
    memcpy(out, c->at, n);
    c->at += n;
    return (int)n;
}

/* Takes a string. `name`, unless NULL, is moved along it: to the name's end when the string is this name, else elsewhere or to NULL.
 * `out`, unless NULL, gets a copy. */
static ef_status take_string(cursor *c, const char **name, char *out, size_t cap)
{
    uint8_t character[4];
    if (!take(c, '"')) return EF_MALFORMED;
    for (;;) { /* every turn takes at least a byte */
        const int n = next_character(c, character);
        if (n == BAD || (out != NULL && n != CLOSED && character[0] == 0)) return EF_MALFORMED;
        if (out != NULL) {
            if ((size_t)n >= cap) return EF_TOO_LARGE;
            memcpy(out, character, (size_t)n);
            out += n;
            cap -= (size_t)n;
        }
        if (n == CLOSED) break;
        if (name != NULL && *name != NULL) *name = character[0] != 0 && strncmp(*name, (const char *)character, (size_t)n) == 0 ? *name + n : NULL;
    }
    if (out != NULL) *out = 0;
    return EF_OK;
}

static bool skip_digits(cursor *c)
{
    const uint8_t *begin = c->at;
    while (c->at != c->end && *c->at >= '0' && *c->at <= '9') c->at++;
    return c->at != begin;
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
    if (c->at != c->end && *c->at == '"') return take_string(c, NULL, NULL, 0) == EF_OK;
    return take_word(c, "true") || take_word(c, "false") || take_word(c, "null") || skip_number(c);
}

/* A member's name, told as take_string does, and the colon behind it. */
static bool take_name(cursor *c, const char **name)
{
    skip_space(c);
    return take_string(c, name, NULL, 0) == EF_OK && take_token(c, ':');
}

/* Takes one value of at most EF_JSON_MAX_DEPTH nested containers, checking its syntax, and gives its view. No recursion: the stack of open
 * containers is a bit for each, 1 for an object, behind a leading 1. */
static bool take_value(cursor *c, ef_json *value)
{
    uint32_t open = 1;
    skip_space(c);
    const uint8_t *begin = c->at;
    do { /* every turn takes at least a byte */
        bool first = true;
        skip_space(c);
        if (take(c, '{')) {
            open = open << 1 | 1;
        } else if (take(c, '[')) {
            open = open << 1;
        } else if (skip_scalar(c)) {
            first = false;
        } else {
            return false;
        }
        if (open >> EF_JSON_MAX_DEPTH > 1) return false;
        /* Close what ends here; what goes on does so with its first value, or after a comma. */
        for (; open > 1 && take_token(c, (open & 1) != 0 ? '}' : ']'); open >>= 1) first = false;
        if (open > 1 && ((!first && !take(c, ',')) || ((open & 1) != 0 && !take_name(c, NULL)))) return false;
    } while (open > 1);
    *value = (ef_json){(const char *)begin, (size_t)(c->at - begin)};
    return true;
}

ef_status ef_json_open(ef_json *json, const char *text, size_t len)
{
    if (json == NULL) return EF_BAD_ARGUMENT;
    *json = (ef_json){text, len};
    cursor c = cursor_over(json);
    ef_json value;
    const bool good = take_value(&c, &value) && (value.text[0] == '{' || value.text[0] == '[');
    skip_space(&c);
    *json = good && c.at == c.end ? value : (ef_json){NULL, 0};
    return json->text != NULL ? EF_OK : text == NULL ? EF_BAD_ARGUMENT : EF_MALFORMED;
}

/* The member `name` of an object, or with name NULL the element `index` of an array. An object is read to its end: no name may count twice. */
static ef_status walk(const ef_json *json, const char *name, size_t index, ef_json *value)
{
    const char closer = name != NULL ? '}' : ']';
    cursor c = cursor_over(json);
    ef_json candidate;
    *value = (ef_json){NULL, 0};
    if (!take_token(&c, name != NULL ? '{' : '[')) return EF_MALFORMED;
    if (take_token(&c, closer)) return EF_NOT_FOUND;
    do { /* every turn takes at least a byte */
        const char *rest = name;
        if ((name != NULL && !take_name(&c, &rest)) || !take_value(&c, &candidate)) return EF_MALFORMED;
        if (name != NULL ? rest != NULL && *rest == 0 : index-- == 0) {
            if (value->text != NULL) return EF_MALFORMED;
            *value = candidate;
            if (name == NULL) return EF_OK;
        }
        if (take_token(&c, closer)) return value->text != NULL ? EF_OK : EF_NOT_FOUND;
    } while (take(&c, ','));
    return EF_MALFORMED;
}

ef_status ef_json_member(const ef_json *json, const char *name, ef_json *value)
{
    return json == NULL || name == NULL || value == NULL ? EF_BAD_ARGUMENT : walk(json, name, 0, value);
}

ef_status ef_json_element(const ef_json *json, size_t index, ef_json *value)
{
    return json == NULL || value == NULL ? EF_BAD_ARGUMENT : walk(json, NULL, index, value);
}

ef_status ef_json_string(const ef_json *value, char *out, size_t cap)
{
    if (value == NULL || out == NULL || cap == 0) return EF_BAD_ARGUMENT;
    cursor c = cursor_over(value);
    ef_status status = take_string(&c, NULL, out, cap);
    if (status == EF_OK && c.at != c.end) status = EF_MALFORMED;
    if (status != EF_OK) out[0] = '\0';
    return status;
}

ef_status ef_json_int(const ef_json *value, int64_t *out)
{
    if (value == NULL || out == NULL) return EF_BAD_ARGUMENT;
    *out = 0;
    cursor c = cursor_over(value);
    const bool negative = take(&c, '-');
    const size_t len = (size_t)(c.end - c.at);
    uint64_t collected;
    if (len == 0 || ef_digits((const char *)c.at, len, &collected) != len || (*c.at == '0' && len > 1) || collected > (uint64_t)INT64_MAX + negative)
        return EF_MALFORMED;
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
