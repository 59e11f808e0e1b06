/* Semantic Versioning 2.0.0: the grammar of its appendix and the precedence of its section 11. */
#include <string.h>

#include "espforge/ef_codec.h"

#define EF_SEMVER_MAX_BYTES 63u

typedef struct span {
    const char *text;
    size_t len;
} span;

typedef struct semver {
    span core[3];
    span prerelease; /* without the hyphen; empty when there is none */
} semver;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool is_identifier_char(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
}

static bool is_number(span s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!is_digit(s.text[i])) return false;
    }
    return s.len > 0;
}

/* Takes the identifier up to the next dot or the end off the front of *rest. */
static span next_identifier(span *rest)
{
    span taken = {rest->text, 0};
    while (taken.len < rest->len && rest->text[taken.len] != '.') taken.len++;
    const size_t skip = taken.len < rest->len ? taken.len + 1 : taken.len;
    rest->text += skip;
    rest->len -= skip;
    return taken;
}

static bool identifiers_valid(span list, bool numbers_are_strict)
{
    size_t begin = 0;
    for (size_t i = 0; i <= list.len; i++) {
        if (i < list.len && list.text[i] != '.') {
            if (!is_identifier_char(list.text[i])) return false;
            continue;
        }
        const span identifier = {list.text + begin, i - begin};
        if (identifier.len == 0) return false;
        if (numbers_are_strict && identifier.len > 1 && identifier.text[0] == '0' && is_number(identifier)) return false;
        begin = i + 1;
    }
    return true;
}

static bool semver_read(const char *text, semver *out)
{
    size_t len = 0;
    while (len <= EF_SEMVER_MAX_BYTES && text[len] != '\0') len++;
    if (len == 0 || len > EF_SEMVER_MAX_BYTES) return false;

    size_t at = 0;
    for (size_t part = 0; part < 3; part++) {
        const size_t begin = at;
        while (at < len && is_digit(text[at])) at++;
        const size_t digits = at - begin;
        if (digits == 0 || (digits > 1 && text[begin] == '0')) return false;
        out->core[part] = (span){text + begin, digits};
        if (part < 2) {
            if (at == len || text[at] != '.') return false;
            at++;
        }
    }

    out->prerelease = (span){text + at, 0};
    if (at < len && text[at] == '-') {
        const size_t begin = ++at;
        while (at < len && text[at] != '+') at++;
        out->prerelease = (span){text + begin, at - begin};
        if (!identifiers_valid(out->prerelease, true)) return false;
    }
    if (at < len && text[at] == '+') {
        const span build = {text + at + 1, len - at - 1};
        return identifiers_valid(build, false);
    }
    return at == len;
}

static int sign(int value) { return (value > 0) - (value < 0); }

/* Numbers have no leading zeros, so the longer one is the greater one: no integer type limits them. */
static int compare_numbers(span a, span b)
{
    if (a.len != b.len) return a.len < b.len ? -1 : 1;
    return sign(memcmp(a.text, b.text, a.len));
}

static int compare_identifiers(span a, span b)
{
    const bool a_number = is_number(a);
    const bool b_number = is_number(b);
    if (a_number && b_number) return compare_numbers(a, b);
    if (a_number != b_number) return a_number ? -1 : 1;
    const int order = sign(memcmp(a.text, b.text, a.len < b.len ? a.len : b.len));
    if (order != 0 || a.len == b.len) return order;
    return a.len < b.len ? -1 : 1;
}

static int compare_prereleases(span a, span b)
{
    if (a.len == 0 || b.len == 0) return (a.len == 0) - (b.len == 0);
    while (a.len > 0 && b.len > 0) {
        const span left = next_identifier(&a);
        const span right = next_identifier(&b);
        const int order = compare_identifiers(left, right);
        if (order != 0) return order;
    }
    return (a.len > 0) - (b.len > 0);
}

ef_status ef_semver_compare(const char *a, const char *b, int *order)
{
    if (order == NULL) return EF_BAD_ARGUMENT;
    *order = 0;
    if (a == NULL || b == NULL) return EF_BAD_ARGUMENT;
    semver left, right;
    if (!semver_read(a, &left) || !semver_read(b, &right)) return EF_MALFORMED;
    for (size_t part = 0; part < 3; part++) {
        *order = compare_numbers(left.core[part], right.core[part]);
        if (*order != 0) return EF_OK;
    }
    *order = compare_prereleases(left.prerelease, right.prerelease);
    return EF_OK;
}

bool ef_semver_valid(const char *version)
{
    semver parsed;
    return version != NULL && semver_read(version, &parsed);
}
