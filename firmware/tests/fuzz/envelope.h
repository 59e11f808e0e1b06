/* What fuzz targets of signed documents share: a public key nobody has the private one of, and an envelope around any payload that is right but
 * for its signature. */
#ifndef EF_TEST_FUZZ_ENVELOPE_H
#define EF_TEST_FUZZ_ENVELOPE_H

#include <string.h>

#include "espforge/ef_key.h"

#define ENVELOPE_KID "0123456789abcdef0123456789abcdef"
#define ENVELOPE_PAYLOAD_MAX 1500u
#define ENVELOPE_MAX (ENVELOPE_PAYLOAD_MAX + 128u)

/* The base point of P-256: a valid public key. */
static inline ef_trusted_key envelope_key(void)
{
    static const uint8_t generator[EF_EC_POINT_BYTES] = {
        0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2, 0x77, 0x03, 0x7D, 0x81, 0x2D,
        0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB,
        0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5,
    };
    ef_trusted_key key = {.kid = ENVELOPE_KID, .alg = EF_ALG_ES256, .public_key_len = sizeof generator};
    memcpy(key.public_key, generator, sizeof generator);
    return key;
}

/* out: ENVELOPE_MAX. Returns its length, 0 for a payload of less than 64 bytes or more than ENVELOPE_PAYLOAD_MAX. */
static inline size_t envelope_around(const uint8_t *payload, size_t size, uint8_t *out)
{
    static const uint8_t lead[] = "\xD2\x84\x58\x26\xA2\x01\x26\x04\x58\x20" ENVELOPE_KID "\xA0";
    size_t at = sizeof lead - 1;
    if (size < 64 || size > ENVELOPE_PAYLOAD_MAX)
        return 0;
    memcpy(out, lead, at);
    if (size < 256) {
        out[at++] = 0x58;
    } else {
        out[at++] = 0x59;
        out[at++] = (uint8_t)(size >> 8);
    }
    out[at++] = (uint8_t)size;
    memcpy(out + at, payload, size);
    at += size;
    out[at++] = 0x58;
    out[at++] = 64;
    memset(out + at, 0x11, 64);
    return at + 64;
}

#endif
