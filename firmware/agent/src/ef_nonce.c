/* The window of nonces: what was obeyed and has not expired. */
#include <string.h>

#include <psa/crypto.h>

#include "ef_bytes.h"
#include "espforge/ef_command.h"

enum { FORMAT = 1, HEAD = 16, ENTRY = 8 + (int)EF_NONCE_HASH_BYTES };

static void drop_expired(ef_nonce_window *window, int64_t now_ms)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < window->count; i++) {
        if (window->seen[i].expires_ms > now_ms)
            window->seen[kept++] = window->seen[i];
        else if (window->seen[i].expires_ms > window->horizon_ms)
            window->horizon_ms = window->seen[i].expires_ms;
    }
    window->count = kept;
}

ef_status ef_nonce_remember(ef_nonce_window *window, const char *nonce, int64_t expires_ms, int64_t now_ms)
{
    uint8_t hash[32];
    size_t len = 0;
    if (psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)nonce, strlen(nonce), hash, sizeof hash, &len) != PSA_SUCCESS)
        return EF_CRYPTO;
    uint32_t alive = 0;
    for (uint32_t i = 0; i < window->count; i++) {
        if (window->seen[i].expires_ms <= now_ms)
            continue;
        alive++;
        if (memcmp(window->seen[i].hash, hash, EF_NONCE_HASH_BYTES) == 0)
            return EF_COMMAND_REPLAYED;
    }
    if (alive == EF_NONCES)
        return EF_COMMAND_BUSY;
    drop_expired(window, now_ms);
    window->seen[window->count].expires_ms = expires_ms;
    memcpy(window->seen[window->count].hash, hash, EF_NONCE_HASH_BYTES);
    window->count++;
    return EF_OK;
}

size_t ef_nonce_write(const ef_nonce_window *window, uint8_t *out)
{
    memset(out, 0, HEAD);
    out[0] = FORMAT;
    out[1] = (uint8_t)window->count;
    ef_put_u64(out + 8, (uint64_t)window->horizon_ms);
    uint8_t *p = out + HEAD;
    for (uint32_t i = 0; i < window->count; i++, p += ENTRY) {
        ef_put_u64(p, (uint64_t)window->seen[i].expires_ms);
        memcpy(p + 8, window->seen[i].hash, EF_NONCE_HASH_BYTES);
    }
    return (size_t)(p - out);
}

ef_status ef_nonce_read(ef_nonce_window *window, const uint8_t *bytes, size_t len)
{
    memset(window, 0, sizeof *window);
    if (len < HEAD || bytes[0] != FORMAT || bytes[1] > EF_NONCES || len != HEAD + (size_t)bytes[1] * ENTRY)
        return EF_MALFORMED;
    window->count = bytes[1];
    window->horizon_ms = (int64_t)ef_get_u64(bytes + 8);
    for (uint32_t i = 0; i < window->count; i++) {
        const uint8_t *p = bytes + HEAD + (size_t)i * ENTRY;
        window->seen[i].expires_ms = (int64_t)ef_get_u64(p);
        memcpy(window->seen[i].hash, p + 8, EF_NONCE_HASH_BYTES);
    }
    return EF_OK;
}
