/* Semantic Versioning 2.0.0: the grammar of its appendix and the precedence of its section 11. */
#include <string.h>

#include "espforge/ef_codec.h"

#define EF_SEMVER_MAX_BYTES 63u

typedef struct span {
    const char *text;
    size_t len;
} span;

typedef struct semver {
    span core;
    span prerelease; /* without the hyphen; empty when there is none */
} semver;

/* What the identifiers of a list may be. */
enum { ANY, NUMBERS_STRICT /* no leading zeros */, NUMBERS_ONLY /* and nothing else */ };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

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

/* How many identifiers there are; 0 when one of them is not good. */
static unsigned identifiers(span list, int rule)
{
    unsigned count = 1;
    size_t begin = 0;
    for (size_t i = 0;; i++) {
        const char c = i == list.len ? '.' : list.text[i];
        if (c != '.') {
            const char letter = (char)(c | 0x20);
            if (!is_digit(c) && c != '-' && (letter < 'a' || letter > 'z')) return 0;
            continue;
        }
        const span identifier = {list.text + begin, i - begin};
        const bool number = is_number(identifier);
        if (identifier.len == 0 || (rule == NUMBERS_ONLY && !number)) return 0;
        if (rule != ANY && number && identifier.len > 1 && identifier.text[0] == '0') return 0;
        if (i == list.len) return count;
        count++;
        begin = i + 1;
    }
}

static bool semver_read(const char *text, semver *out)
{
    if (memchr(text, 0, EF_SEMVER_MAX_BYTES + 1) == NULL) return false;
    out->core = (span){text, strcspn(text, "-+")};
    text += out->core.len;
    out->prerelease = (span){text, 0};
    if (identifiers(out->core, NUMBERS_ONLY) != 3) return false;
    if (*text == '-') {
        out->prerelease = (span){text + 1, strcspn(text + 1, "+")};
        text += 1 + out->prerelease.len;
        if (identifiers(out->prerelease, NUMBERS_STRICT) == 0) return false;
    }
    return *text == 0 || identifiers((span){text + 1, strlen(text + 1)}, ANY) != 0;
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

/* When all are equal, the list that goes on is the greater one. */
static int compare_lists(span a, span b)
{
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
    *order = compare_lists(left.core, right.core);
    if (*order != 0) return EF_OK;
    if (left.prerelease.len == 0 || right.prerelease.len == 0)
        *order = (left.prerelease.len == 0) - (right.prerelease.len == 0); /* a release is above its prereleases */
    else
        *order = compare_lists(left.prerelease, right.prerelease);
    return EF_OK;
}

bool ef_semver_valid(const char *version)
{
    semver parsed;
    return version != NULL && semver_read(version, &parsed);
}
