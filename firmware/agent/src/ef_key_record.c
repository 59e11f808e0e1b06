#include "ef_key_record.h"

#include <string.h>

#include "ef_bytes.h"

/* format, count, 2 reserved, generation; then each key: id, algorithm, retired, length, public key */
enum { FORMAT = 1, HEAD = 12, KEY_HEAD = (int)EF_KID_CHARS + 4 + 1 + 2 };

_Static_assert(HEAD + EF_TRUSTED_KEYS_MAX * (KEY_HEAD + EF_PUBLIC_KEY_MAX_BYTES) == EF_KEY_RECORD_BYTES && EF_KEY_RECORD_BYTES <= EF_RECORD_BYTES,
               "four keys must fit a record");

void ef_key_record_begin(ef_key_record *record, uint64_t generation)
{
    memset(record->bytes, 0, HEAD);
    record->bytes[0] = FORMAT;
    ef_put_u64(record->bytes + 4, generation);
    record->len = HEAD;
}

ef_status ef_key_record_add(ef_key_record *record, const ef_trusted_key *key)
{
    ef_trusted_key present;
    if (!ef_key_valid(key) || ef_key_record_find(record, key->kid, &present) == EF_OK)
        return EF_MALFORMED;
    if (record->bytes[1] == EF_TRUSTED_KEYS_MAX)
        return EF_TOO_LARGE;
    uint8_t *p = record->bytes + record->len;
    memcpy(p, key->kid, EF_KID_CHARS);
    p += EF_KID_CHARS;
    ef_put_u32(p, (uint32_t)key->alg);
    p[4] = key->retired;
    ef_put_u16(p + 5, key->public_key_len);
    memcpy(p + 7, key->public_key, key->public_key_len);
    record->len += KEY_HEAD + (size_t)key->public_key_len;
    record->bytes[1]++;
    return EF_OK;
}

static size_t key_len(const uint8_t *p)
{
    return ef_get_u16(p + KEY_HEAD - 2);
}

bool ef_key_record_sound(const ef_key_record *record)
{
    if (record->len < HEAD || record->bytes[0] != FORMAT || record->bytes[1] > EF_TRUSTED_KEYS_MAX)
        return false;
    size_t at = HEAD;
    for (size_t i = 0; i < record->bytes[1]; i++) {
        if (record->len - at < KEY_HEAD || key_len(record->bytes + at) > EF_PUBLIC_KEY_MAX_BYTES ||
            record->len - at - KEY_HEAD < key_len(record->bytes + at))
            return false;
        at += KEY_HEAD + key_len(record->bytes + at);
    }
    return at == record->len;
}

uint64_t ef_key_record_generation(const ef_key_record *record)
{
    return ef_get_u64(record->bytes + 4);
}

size_t ef_key_record_count(const ef_key_record *record)
{
    return record->bytes[1];
}

ef_status ef_key_record_at(const ef_key_record *record, size_t index, ef_trusted_key *key)
{
    const uint8_t *p = record->bytes + HEAD;
    if (index >= record->bytes[1])
        return EF_NOT_FOUND;
    while (index-- > 0)
        p += KEY_HEAD + key_len(p);
    memset(key, 0, sizeof *key);
    memcpy(key->kid, p, EF_KID_CHARS);
    key->alg = (int32_t)ef_get_u32(p + EF_KID_CHARS);
    key->retired = p[EF_KID_CHARS + 4] != 0;
    key->public_key_len = (uint16_t)key_len(p);
    memcpy(key->public_key, p + KEY_HEAD, key->public_key_len);
    return EF_OK;
}

ef_status ef_key_record_find(const ef_key_record *record, const char *kid, ef_trusted_key *key)
{
    const uint8_t *p = record->bytes + HEAD;
    for (size_t i = 0; i < record->bytes[1]; i++, p += KEY_HEAD + key_len(p))
        if (memcmp(p, kid, EF_KID_CHARS) == 0)
            return ef_key_record_at(record, i, key);
    return EF_NOT_FOUND;
}
