#include "ef_utf8.h"

#include <string.h>

size_t ef_utf8_sequence(const uint8_t *text, size_t len)
{
    if (len == 0) return 0;
    const uint8_t lead = text[0];
    if (lead < 0x80) return 1;
    const size_t need = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (lead < 0xC2 || len < need) return 0;
    for (size_t i = 1; i < need; i++) {
        if ((text[i] & 0xC0) != 0x80) return 0;
    }
    /* Longer forms of three and four bytes, surrogates, and what is above U+10FFFF. */
    const uint32_t begin = (uint32_t)lead << 8 | text[1];
    if (begin >> 5 == 0xE080 >> 5 || begin >> 4 == 0xF080 >> 4 || begin >> 5 == 0xEDA0 >> 5 || begin >= 0xF490) return 0;
    return need;
}

bool ef_utf8_valid(const uint8_t *text, size_t len)
{
    size_t at = 0;
    while (at < len) {
        const size_t n = ef_utf8_sequence(text + at, len - at);
        if (n == 0) return false;
        at += n;
    }
    return true;
}

size_t ef_utf8_encode(uint32_t scalar, uint8_t out[4])
{
    if (scalar < 0x80) {
        out[0] = (uint8_t)scalar;
        return 1;
    }
    const size_t len = scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
    for (size_t i = len; i-- > 1; scalar >>= 6) out[i] = (uint8_t)(0x80 | (scalar & 0x3F));
    out[0] = (uint8_t)(0xF00u >> len | scalar); /* C0, E0, F0 after the cut to eight bits */
    return len;
}

bool ef_is_word(const char *text)
{
    while (*text > ' ' && *text <= '~') text++;
    return *text == 0;
}

size_t ef_digits(const char *text, size_t len, uint64_t *value)
{
    size_t n = 0;
    *value = 0;
    for (; n < len && text[n] >= '0' && text[n] <= '9'; n++) {
        if (n == EF_DIGITS_MAX) return 0;
        *value = *value * 10 + (uint32_t)(text[n] - '0');
    }
    return n;
}

const char *ef_nth_text(const char *texts, unsigned index)
{
    while (index-- > 0) texts += strlen(texts) + 1;
    return texts;
}
