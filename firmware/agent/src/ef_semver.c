/* Semantic Versioning 2.0.0: the grammar of its appendix and the precedence of its section 11. */
#include <string.h>

#include "espforge/ef_codec.h"

#define EF_SEMVER_MAX_BYTES 63u

#define DIGITS "0123456789"
#define CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789abcdefghijklmnopqrstuvwxyz"

typedef struct semver {
    const char *core;
    const char *prerelease; /* behind the hyphen; NULL when there is none */
} semver;

/* Takes identifiers of these characters, with dots between: how many, 0 when one of them is not good. */
static unsigned take_identifiers(const char **text, const char *characters, bool leading_zeros)
{
    for (unsigned count = 1;; count++) {
        const char *identifier = *text;
        const size_t len = strspn(identifier, characters);
        if (len == 0 || (!leading_zeros && len > 1 && identifier[0] == '0' && strspn(identifier, DIGITS) == len)) return 0;
        *text += len;
        if (**text != '.') return count;
        ++*text;
    }
}

static bool semver_read(const char *text, semver *out)
{
    *out = (semver){text, NULL};
    if (memchr(text, 0, EF_SEMVER_MAX_BYTES + 1) == NULL || take_identifiers(&text, DIGITS, false) != 3) return false;
    if (*text == '-') {
        out->prerelease = ++text;
        if (take_identifiers(&text, CHARACTERS, false) == 0) return false;
    }
    return *text == 0 || (*text++ == '+' && take_identifiers(&text, CHARACTERS, true) != 0 && *text == 0);
}

/* Below, equal or above 0. Numbers are below words. They have no leading zeros, so the longer one is the greater one: no integer type limits them.
 * When all identifiers are equal, the list that goes on is the greater one. */
static int compare_lists(const char *a, const char *b, const char *characters)
{
    for (;;) {
        const size_t a_len = strspn(a, characters), b_len = strspn(b, characters);
        const bool a_number = strspn(a, DIGITS) == a_len, b_number = strspn(b, DIGITS) == b_len;
        if (a_number != b_number) return b_number - a_number;
        int order = (int)a_len - (int)b_len;
        if (!a_number || order == 0) {
            const int letters = memcmp(a, b, order < 0 ? a_len : b_len);
            if (letters != 0) order = letters;
        }
        if (order != 0) return order;
        a += a_len;
        b += b_len;
        if (*a != '.' || *b != '.') return (*a == '.') - (*b == '.');
        a++, b++;
    }
}

ef_status ef_semver_compare(const char *a, const char *b, int *order)
{
    if (order == NULL) return EF_BAD_ARGUMENT;
    *order = 0;
    if (a == NULL || b == NULL) return EF_BAD_ARGUMENT;
    semver left, right;
    if (!semver_read(a, &left) || !semver_read(b, &right)) return EF_MALFORMED;
    int above = compare_lists(left.core, right.core, DIGITS);
    if (above == 0 && left.prerelease != NULL && right.prerelease != NULL)
        above = compare_lists(left.prerelease, right.prerelease, CHARACTERS);
    else if (above == 0)
        above = (left.prerelease == NULL) - (right.prerelease == NULL); /* a release is above its prereleases */
    *order = (above > 0) - (above < 0);
    return EF_OK;
}

bool ef_semver_valid(const char *version)
{
    semver parsed;
    return version != NULL && semver_read(version, &parsed);
}
