#include "ef_kv.h"

#include <string.h>

#include "ef_bytes.h"
#include "ef_crc32.h"

#define MAGIC 0x564B4645u /* "EFKV" */
#define HEADER_BYTES 16u  /* magic, revision, length, CRC-32 of the revision, the length and the entries */

/* An entry is: key length (1), value length (2), key, value. */
typedef struct entry {
    size_t at, size;
    const uint8_t *value;
    size_t value_len;
} entry;

static bool read_entry(const uint8_t *entries, size_t len, size_t at, const char **key, size_t *key_len, entry *out)
{
    if (len - at < 3)
        return false;
    *key_len = entries[at];
    out->at = at;
    out->value_len = ef_get_u16(entries + at + 1);
    out->size = 3 + *key_len + out->value_len;
    if (*key_len == 0 || *key_len > EF_KV_KEY_CHARS || out->size > len - at)
        return false;
    *key = (const char *)(entries + at + 3);
    out->value = entries + at + 3 + *key_len;
    return true;
}

static bool find(const uint8_t *entries, size_t len, const char *wanted, size_t wanted_len, entry *out)
{
    size_t key_len;
    const char *key;
    for (size_t at = 0; at < len && read_entry(entries, len, at, &key, &key_len, out); at += out->size)
        if (key_len == wanted_len && memcmp(key, wanted, key_len) == 0)
            return true;
    return false;
}

/* Whole entries, and no key twice. */
static bool well_formed(const uint8_t *entries, size_t len)
{
    entry e, first;
    const char *key;
    size_t key_len, at = 0;
    while (at < len) {
        if (!read_entry(entries, len, at, &key, &key_len, &e) || find(entries, at, key, key_len, &first))
            return false;
        at += e.size;
    }
    return true;
}

ef_status ef_kv_open(ef_kv *kv, ef_flash *flash, ef_region region)
{
    memset(kv, 0, sizeof *kv);
    kv->flash = flash;
    kv->region = region;
    kv->bank_bytes = region == EF_REGION_BULK ? EF_BULK_BANK_BYTES : EF_KV_BANK_BYTES;
    kv->bank = 1;
    bool found = false;
    for (uint32_t bank = 0; bank < 2; bank++) {
        uint8_t bytes[EF_BULK_BANK_BYTES];
        ef_status status = ef_flash_read(flash, region, bank * kv->bank_bytes, bytes, kv->bank_bytes);
        if (status != EF_OK)
            return status;
        uint32_t revision = ef_get_u32(bytes + 4), len = ef_get_u32(bytes + 8), crc = ef_get_u32(bytes + 12);
        if (ef_get_u32(bytes) != MAGIC || len > kv->bank_bytes - HEADER_BYTES)
            continue;
        ef_put_u32(bytes + 12, 0);
        if (crc != ef_crc32(bytes, HEADER_BYTES + len) || !well_formed(bytes + HEADER_BYTES, len))
            continue;
        if (found && (int32_t)(revision - kv->revision) <= 0)
            continue;
        found = true;
        kv->revision = revision;
        kv->bank = bank;
        kv->len = len;
        memcpy(kv->entries, bytes + HEADER_BYTES, len);
    }
    return EF_OK;
}

ef_status ef_kv_get(const ef_kv *kv, const char *key, uint8_t *out, size_t cap, size_t *len)
{
    entry e;
    *len = 0;
    if (!find(kv->entries, kv->len, key, strlen(key), &e))
        return EF_NOT_FOUND;
    if (e.value_len > cap)
        return EF_TOO_LARGE;
    memcpy(out, e.value, e.value_len);
    *len = e.value_len;
    return EF_OK;
}

ef_status ef_kv_set(ef_kv *kv, const char *key, const uint8_t *data, size_t len)
{
    size_t key_len = strlen(key);
    if (key_len == 0 || key_len > EF_KV_KEY_CHARS)
        return EF_BAD_ARGUMENT;
    if (len > EF_RECORD_BYTES)
        return EF_TOO_LARGE;
    entry old;
    bool exists = find(kv->entries, kv->len, key, key_len, &old);
    if (exists ? old.value_len == len && memcmp(old.value, data, len) == 0 : len == 0)
        return EF_OK;

    uint8_t bank[EF_BULK_BANK_BYTES];
    uint8_t *entries = bank + HEADER_BYTES;
    size_t used = 0;
    if (exists) {
        memcpy(entries, kv->entries, old.at);
        memcpy(entries + old.at, kv->entries + old.at + old.size, kv->len - old.at - old.size);
        used = kv->len - old.size;
    } else {
        memcpy(entries, kv->entries, kv->len);
        used = kv->len;
    }
    if (len > 0) {
        if (3 + key_len + len > kv->bank_bytes - HEADER_BYTES - used)
            return EF_TOO_LARGE;
        entries[used] = (uint8_t)key_len;
        ef_put_u16(entries + used + 1, (uint16_t)len);
        memcpy(entries + used + 3, key, key_len);
        memcpy(entries + used + 3 + key_len, data, len);
        used += 3 + key_len + len;
    }
    ef_put_u32(bank, MAGIC);
    ef_put_u32(bank + 4, kv->revision + 1);
    ef_put_u32(bank + 8, (uint32_t)used);
    ef_put_u32(bank + 12, 0);
    ef_put_u32(bank + 12, ef_crc32(bank, HEADER_BYTES + used));

    /* What the record speaks of, sectors of an image, is on the disk before the record is. */
    uint32_t target = 1 - kv->bank;
    ef_status status = ef_flash_sync(kv->flash);
    if (status == EF_OK)
        status = ef_flash_erase(kv->flash, kv->region, target * kv->bank_bytes, kv->bank_bytes);
    if (status == EF_OK)
        status = ef_flash_write(kv->flash, kv->region, target * kv->bank_bytes, bank, HEADER_BYTES + used);
    if (status == EF_OK)
        status = ef_flash_sync(kv->flash);
    if (status != EF_OK)
        return status;
    kv->bank = target;
    kv->revision++;
    kv->len = used;
    memcpy(kv->entries, entries, used);
    return EF_OK;
}
