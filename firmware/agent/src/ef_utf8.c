#include "ef_utf8.h"

size_t ef_utf8_sequence(const uint8_t *text, size_t len)
{
    if (len == 0) return 0;
    const uint8_t lead = text[0];
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4) return 0;
    const size_t need = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    /* Where longer forms, surrogates and what is above U+10FFFF would begin, the second byte has narrower bounds. */
    const uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (len < need || text[1] < low || text[1] > high) return 0;
    for (size_t i = 2; i < need; i++) {
        if ((text[i] & 0xC0) != 0x80) return 0;
    }
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
