/* Any bytes as a key list, and any bytes as the payload of an otherwise right envelope: nothing here is signed, so nothing is taken. And any bytes as
 * the record of keys in flash: what is called sound can be read to its end. */
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "ef_key_list.h"

static const uint8_t generator[EF_EC_POINT_BYTES] = {
    0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5, 0x63, 0xA4, 0x40, 0xF2, 0x77, 0x03, 0x7D, 0x81, 0x2D,
    0xEB, 0x33, 0xA0, 0xF4, 0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B, 0x8E, 0xE7, 0xEB,
    0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33, 0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5,
};

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return psa_crypto_init() == PSA_SUCCESS ? 0 : 1;
}

static void open_one(const uint8_t *cose, size_t len)
{
    static ef_key_record out;
    char kid[EF_KID_CHARS + 1];
    ef_trusted_key key = {.kid = "0123456789abcdef0123456789abcdef", .alg = EF_ALG_ES256, .public_key_len = sizeof generator};
    memcpy(key.public_key, generator, sizeof generator);
    if (ef_key_list_kid(cose, len, kid) == EF_OK)
        check(memchr(kid, 0, sizeof kid) != NULL);
    check(ef_key_list_open(cose, len, &key, 1, &out) != EF_OK);
    check(ef_key_list_open(cose, len, NULL, 1, &out) != EF_OK);
}

static void open_record(const uint8_t *data, size_t size)
{
    static ef_key_record record;
    ef_trusted_key key, found;
    if (size > sizeof record.bytes)
        return;
    record.len = size;
    memcpy(record.bytes, data, size);
    if (!ef_key_record_sound(&record))
        return;
    size_t count = ef_key_record_count(&record);
    check(count <= EF_TRUSTED_KEYS_MAX);
    for (size_t i = 0; i < count; i++) {
        check(ef_key_record_at(&record, i, &key) == EF_OK && memchr(key.kid, 0, sizeof key.kid) != NULL);
        check(key.public_key_len <= EF_PUBLIC_KEY_MAX_BYTES);
        (void)ef_key_record_find(&record, key.kid, &found);
    }
    check(ef_key_record_at(&record, count, &key) == EF_NOT_FOUND);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t lead[] = "\xD2\x84\x58\x26\xA2\x01\x26\x04\x58\x20" "0123456789abcdef0123456789abcdef" "\xA0";
    static uint8_t cose[EF_KEY_LIST_MAX_BYTES];
    open_one(data, size);
    open_record(data, size);
    if (size < 64 || size > 1500)
        return 0;
    size_t at = sizeof lead - 1;
    memcpy(cose, lead, at);
    if (size < 256) {
        cose[at++] = 0x58;
    } else {
        cose[at++] = 0x59;
        cose[at++] = (uint8_t)(size >> 8);
    }
    cose[at++] = (uint8_t)size;
    memcpy(cose + at, data, size);
    at += size;
    cose[at++] = 0x58;
    cose[at++] = 64;
    memset(cose + at, 0x11, 64);
    open_one(cose, at + 64);
    return 0;
}
