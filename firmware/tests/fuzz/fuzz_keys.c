/* Any bytes as a key list, and any bytes as the payload of an otherwise right envelope: nothing here is signed, so nothing is taken. And any bytes as
 * the record of keys in flash: what is called sound can be read to its end. */
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "ef_key_list.h"
#include "envelope.h"

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
    const ef_trusted_key key = envelope_key();
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
    static uint8_t cose[ENVELOPE_MAX];
    open_one(data, size);
    open_record(data, size);
    size_t len = envelope_around(data, size, cose);
    if (len > 0)
        open_one(cose, len);
    return 0;
}
