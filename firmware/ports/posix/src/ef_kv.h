/* Small records by name, in two banks with revision and CRC-32. A change writes the whole of the older bank, so that it is atomic. */
#ifndef EF_KV_H
#define EF_KV_H

#include "ef_flash.h"

#define EF_KV_KEY_CHARS 15u

typedef struct ef_kv {
    ef_flash *flash;
    ef_region region;
    uint32_t bank_bytes;
    uint32_t revision;
    uint32_t bank; /* the one that holds the present revision */
    size_t len;    /* of the entries */
    uint8_t entries[EF_BULK_BANK_BYTES - 16u]; /* of the larger kind of bank */
} ef_kv;

/* Reads the newest good bank; a store without one is empty. */
ef_status ef_kv_open(ef_kv *kv, ef_flash *flash, ef_region region);
ef_status ef_kv_get(const ef_kv *kv, const char *key, uint8_t *out, size_t cap, size_t *len);
/* len 0 removes. An unchanged value is not written. EF_TOO_LARGE when the store is full; nothing has changed then. */
ef_status ef_kv_set(ef_kv *kv, const char *key, const uint8_t *data, size_t len);

#endif
