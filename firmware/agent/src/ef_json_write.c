#include <string.h>

#include "ef_utf8.h"
#include "espforge/ef_codec.h"

static void append(ef_json_writer *w, const char *text, size_t len)
{
    if (w->overflow) return;
    /* One byte is kept for the NUL. */
    if (w->cap == 0 || len > w->cap - 1 - w->len) {
        w->overflow = true;
        return;
    }
    memcpy(w->out + w->len, text, len);
    w->len += len;
}

static void append_char(ef_json_writer *w, char c) { append(w, &c, 1); }

static void append_escaped(ef_json_writer *w, const char *value)
{
    size_t len = strlen(value), n;
    append_char(w, '"');
    for (; len > 0 && !w->overflow; value += n, len -= n) {
        const uint8_t b = (uint8_t)*value;
        n = ef_utf8_sequence((const uint8_t *)value, len);
        if (n == 0) {
            append(w, "\xEF\xBF\xBD", 3);
            n = 1;
        } else if (b < 0x20 || b == 0x7F) {
            append(w, "\\u00", 4);
            append_char(w, (char)('0' + (b >> 4)));
            append_char(w, "0123456789abcdef"[b & 15u]);
        } else {
            if (b == '"' || b == '\\') append_char(w, '\\');
            append(w, value, n);
        }
    }
    append_char(w, '"');
}

/* What precedes every value: the comma, if one is due, and the name, if there is one. */
static void append_lead(ef_json_writer *w, const char *name_or_null)
{
    if (w->need_comma) append_char(w, ',');
    if (name_or_null != NULL) {
        append_escaped(w, name_or_null);
        append_char(w, ':');
    }
    w->need_comma = true;
}

void ef_json_begin(ef_json_writer *w, char *out, size_t cap)
{
    *w = (ef_json_writer){.out = out, .cap = out == NULL ? 0 : cap, .len = 0, .overflow = out == NULL || cap == 0, .need_comma = false};
}

static void open_container(ef_json_writer *w, const char *name_or_null, char bracket)
{
    append_lead(w, name_or_null);
    append_char(w, bracket);
    w->need_comma = false;
}

static void close_container(ef_json_writer *w, char bracket)
{
    append_char(w, bracket);
    w->need_comma = true;
}

void ef_json_object(ef_json_writer *w, const char *name_or_null) { open_container(w, name_or_null, '{'); }
void ef_json_object_end(ef_json_writer *w) { close_container(w, '}'); }
void ef_json_array(ef_json_writer *w, const char *name_or_null) { open_container(w, name_or_null, '['); }
void ef_json_array_end(ef_json_writer *w) { close_container(w, ']'); }

void ef_json_put_string(ef_json_writer *w, const char *name_or_null, const char *value)
{
    append_lead(w, name_or_null);
    if (value == NULL) {
        append(w, "null", 4);
    } else {
        append_escaped(w, value);
    }
}

/* Appends the decimal digits of `value`, preceded by a minus sign if asked for. */
static void append_decimal(ef_json_writer *w, uint64_t value, bool negative)
{
    char text[21];
    size_t at = sizeof text;
    do {
        const uint64_t rest = value / 10;
        text[--at] = (char)('0' + (uint32_t)(value - rest * 10));
        value = rest;
    } while (value > 0);
    if (negative) text[--at] = '-';
    append(w, text + at, sizeof text - at);
}

void ef_json_put_int(ef_json_writer *w, const char *name_or_null, int64_t value)
{
    append_lead(w, name_or_null);
    append_decimal(w, value < 0 ? 0u - (uint64_t)value : (uint64_t)value, value < 0);
}

void ef_json_put_raw(ef_json_writer *w, const char *name_or_null, const char *json, size_t len)
{
    append_lead(w, name_or_null);
    append(w, json, len);
}

void ef_json_put_bool(ef_json_writer *w, const char *name_or_null, bool value)
{
    ef_json_put_raw(w, name_or_null, value ? "true" : "false", value ? 4 : 5);
}

/* Doubles are written with the fewest digits that read back as the same double: the free-format algorithm of Steele and White ("How to
 * print floating-point numbers accurately", 1990) over integers wide enough for any double. snprintf is no choice here, because newlib's
 * takes heap for it and the decimal point follows the locale. */

#define BIG_LIMBS 38u      /* 1,216 bits; the widest intermediate, 10^324 times a 54-bit significand, has 1,135 */
#define DIGITS_MAX 17u     /* no double needs more */
#define DECIMAL_STEPS 330u /* |log10| of any double is below this */

typedef struct big {
    uint32_t limb[BIG_LIMBS];
} big;

static void big_multiply(big *a, uint32_t factor)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < BIG_LIMBS; i++) {
        carry += (uint64_t)a->limb[i] * factor;
        a->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

/* `value` times two to the `shift`; shift < 1,136. */
static big big_shifted(uint64_t value, uint32_t shift)
{
    big a = {{0}};
    const size_t first = shift / 32u;
    a.limb[first] = (uint32_t)value;
    a.limb[first + 1] = (uint32_t)(value >> 32);
    big_multiply(&a, (uint32_t)1 << (shift % 32u));
    return a;
}

static int big_compare(const big *a, const big *b)
{
    for (size_t i = BIG_LIMBS; i > 0; i--) {
        if (a->limb[i - 1] != b->limb[i - 1]) return a->limb[i - 1] < b->limb[i - 1] ? -1 : 1;
    }
    return 0;
}

static big big_sum(const big *a, const big *b)
{
    big sum;
    uint64_t carry = 0;
    for (size_t i = 0; i < BIG_LIMBS; i++) {
        carry += (uint64_t)a->limb[i] + b->limb[i];
        sum.limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return sum;
}

/* a -= b, where a >= b. */
static void big_subtract(big *a, const big *b)
{
    uint64_t borrow = 0;
    for (size_t i = 0; i < BIG_LIMBS; i++) {
        const uint64_t difference = (uint64_t)a->limb[i] - b->limb[i] - borrow;
        a->limb[i] = (uint32_t)difference;
        borrow = difference >> 63;
    }
}

/* A finite, positive double of significand f and exponent e as 0.DIGITS times ten to the *point. Returns the number of digits. */
static size_t shortest_digits(uint64_t f, int32_t e, bool lower_gap_is_half, bool even, char digits[DIGITS_MAX], int32_t *point)
{
    /* The value is r/s; half the gap to the neighbour above is up/s and below is down/s. */
    const uint32_t extra = lower_gap_is_half ? 2u : 1u;
    const uint32_t positive = e > 0 ? (uint32_t)e : 0u;
    const uint32_t negative = e < 0 ? (uint32_t)-e : 0u;
    big r = big_shifted(f, positive + extra);
    big s = big_shifted(1, negative + extra);
    big up = big_shifted(lower_gap_is_half ? 2u : 1u, positive);
    big down = big_shifted(1, positive);

    *point = 0;
    for (uint32_t step = 0; step < DECIMAL_STEPS; step++) {
        const big high = big_sum(&r, &up);
        const int order = big_compare(&high, &s);
        if (order < 0 || (order == 0 && !even)) break;
        big_multiply(&s, 10);
        *point += 1;
    }
    for (uint32_t step = 0; step < DECIMAL_STEPS; step++) {
        big high = big_sum(&r, &up);
        big_multiply(&high, 10);
        const int order = big_compare(&high, &s);
        if (order > 0 || (order == 0 && even)) break;
        big_multiply(&r, 10);
        big_multiply(&up, 10);
        big_multiply(&down, 10);
        *point -= 1;
    }

    size_t count = 0;
    bool low = false;
    bool high = false;
    while (count < DIGITS_MAX && !low && !high) {
        big_multiply(&r, 10);
        big_multiply(&up, 10);
        big_multiply(&down, 10);
        char digit = '0';
        for (uint32_t i = 0; i < 9 && big_compare(&r, &s) >= 0; i++) {
            big_subtract(&r, &s);
            digit++;
        }
        const big above = big_sum(&r, &up);
        const int from_low = big_compare(&r, &down);
        const int from_high = big_compare(&above, &s);
        low = even ? from_low <= 0 : from_low < 0;
        high = even ? from_high >= 0 : from_high > 0;
        if (high) {
            const big twice = big_sum(&r, &r);
            if (!low || big_compare(&twice, &s) >= 0) digit++;
        }
        digits[count++] = digit;
    }
    return count;
}

static void append_zeros(ef_json_writer *w, int32_t count)
{
    for (int32_t i = 0; i < count; i++) append(w, "0", 1);
}

static void append_digits(ef_json_writer *w, const char *digits, size_t count, int32_t point)
{
    const int32_t signed_count = (int32_t)count;
    if (point > 0 && point <= 21) {
        const size_t whole = point < signed_count ? (size_t)point : count;
        append(w, digits, whole);
        append_zeros(w, point - signed_count);
        if (whole < count) {
            append(w, ".", 1);
            append(w, digits + whole, count - whole);
        }
    } else if (point <= 0 && point > -6) {
        append(w, "0.", 2);
        append_zeros(w, -point);
        append(w, digits, count);
    } else {
        append(w, digits, 1);
        if (count > 1) {
            append(w, ".", 1);
            append(w, digits + 1, count - 1);
        }
        append(w, "e", 1);
        const int32_t exponent = point - 1;
        append_decimal(w, (uint64_t)(exponent < 0 ? -exponent : exponent), exponent < 0);
    }
}

void ef_json_put_number(ef_json_writer *w, const char *name_or_null, double value)
{
    _Static_assert(sizeof(double) == sizeof(uint64_t), "double is IEEE 754 binary64");
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    const uint32_t biased = (uint32_t)(bits >> 52) & 0x7FFu;

    append_lead(w, name_or_null);
    if (biased == 0x7FFu) {
        append(w, "null", 4);
        return;
    }
    if (biased == 0 && fraction == 0) {
        append(w, "0", 1);
        return;
    }
    const uint64_t f = biased == 0 ? fraction : fraction | UINT64_C(1) << 52;
    const int32_t e = (biased == 0 ? 1 : (int32_t)biased) - 1075;
    char digits[DIGITS_MAX];
    int32_t point;
    const size_t count = shortest_digits(f, e, fraction == 0 && biased > 1, (f & 1u) == 0, digits, &point);
    if (bits >> 63) append(w, "-", 1);
    append_digits(w, digits, count, point);
}

ef_status ef_json_end(ef_json_writer *w, size_t *len)
{
    if (w->out != NULL && w->cap > 0) w->out[w->overflow ? 0 : w->len] = '\0';
    if (len != NULL) *len = w->overflow ? 0 : w->len;
    return w->overflow ? EF_TOO_LARGE : EF_OK;
}
