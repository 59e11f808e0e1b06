#include "espforge/ef_codec.h"

#define HEX "0123456789abcdef"

static const char base64url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The six bits of a character, or 64 for one that is not of the alphabet. */
static uint32_t base64url_value(char c)
{
    if (c >= 'A' && c <= 'Z') return (uint32_t)(c - 'A');
    if (c >= 'a' && c <= 'z') return (uint32_t)(c - 'a') + 26u;
    if (c >= '0' && c <= '9') return (uint32_t)(c - '0') + 52u;
    if (c == '-') return 62u;
    if (c == '_') return 63u;
    return 64u;
}

ef_status ef_base64url_decode(const char *text, size_t text_len, uint8_t *out, size_t cap, size_t *out_len)
{
    if (out_len == NULL) return EF_BAD_ARGUMENT;
    *out_len = 0;
    if ((text == NULL && text_len > 0) || (out == NULL && cap > 0)) return EF_BAD_ARGUMENT;
    if (text_len % 4 == 1) return EF_MALFORMED;
    if (text_len - (text_len + 3) / 4 > cap) return EF_TOO_LARGE; /* a character in four is overhead, or one of what is left over */

    uint32_t bits = 0;
    uint32_t bit_count = 0;
    size_t written = 0;
    for (size_t i = 0; i < text_len; i++) {
        const uint32_t value = base64url_value(text[i]);
        if (value > 63u) return EF_MALFORMED;
        bits = (bits << 6) | value;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            out[written++] = (uint8_t)(bits >> bit_count);
            bits &= (1u << bit_count) - 1u;
        }
    }
    /* Two texts must never decode to the same bytes: the bits left over are zero. */
    if (bits != 0) return EF_MALFORMED;
    *out_len = written;
    return EF_OK;
}

ef_status ef_base64url_encode(const uint8_t *data, size_t len, char *out, size_t cap)
{
    if ((data == NULL && len > 0) || out == NULL) return EF_BAD_ARGUMENT;
    if (len > (SIZE_MAX - 1) / 4 * 3 - 3 || cap < (len + 2) / 3 * 4 + 1) return EF_TOO_LARGE;
    uint32_t bits = 0;
    uint32_t bit_count = 0;
    size_t written = 0;
    for (size_t i = 0; i < len; i++) {
        bits = (bits << 8) | data[i];
        bit_count += 8;
        while (bit_count >= 6) {
            bit_count -= 6;
            out[written++] = base64url_alphabet[(bits >> bit_count) & 63u];
        }
        bits &= (1u << bit_count) - 1u;
    }
    if (bit_count > 0) out[written++] = base64url_alphabet[(bits << (6 - bit_count)) & 63u];
    out[written] = '\0';
    return EF_OK;
}

ef_status ef_hex_encode(const uint8_t *data, size_t len, char *out, size_t cap)
{
    if ((data == NULL && len > 0) || out == NULL) return EF_BAD_ARGUMENT;
    if (len > (SIZE_MAX - 1) / 2 || cap < len * 2 + 1) return EF_TOO_LARGE;
    for (size_t i = 0; i < len; i++) {
        out[i * 2] = HEX[data[i] >> 4];
        out[i * 2 + 1] = HEX[data[i] & 15u];
    }
    out[len * 2] = '\0';
    return EF_OK;
}

/* The value of a digit of either case, or 16. */
static uint32_t hex_value(char c)
{
    if (c >= '0' && c <= '9') return (uint32_t)(c - '0');
    if (c >= 'a' && c <= 'f') return (uint32_t)(c - 'a') + 10u;
    if (c >= 'A' && c <= 'F') return (uint32_t)(c - 'A') + 10u;
    return 16u;
}

ef_status ef_hex_decode(const char *text, size_t text_len, uint8_t *out, size_t cap, size_t *out_len)
{
    if (out_len == NULL) return EF_BAD_ARGUMENT;
    *out_len = 0;
    if ((text == NULL && text_len > 0) || (out == NULL && cap > 0)) return EF_BAD_ARGUMENT;
    if (text_len % 2 != 0) return EF_MALFORMED;
    if (text_len / 2 > cap) return EF_TOO_LARGE;
    for (size_t i = 0; i < text_len / 2; i++) {
        const uint32_t high = hex_value(text[i * 2]);
        const uint32_t low = hex_value(text[i * 2 + 1]);
        if (high > 15u || low > 15u) return EF_MALFORMED;
        out[i] = (uint8_t)(high << 4 | low);
    }
    *out_len = text_len / 2;
    return EF_OK;
}
