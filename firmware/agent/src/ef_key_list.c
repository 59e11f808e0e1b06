#include "ef_key_list.h"

#include <string.h>

#include "ef_cbor.h"
#include "ef_cose.h"

static const char content[] = "espforge-keys";

enum { FORMAT_VERSION = 1, STATE_TRUSTED = 0, STATE_RETIRED = 1 };
enum { KEY_FORMAT_VERSION = 1, KEY_GENERATION = 2, KEY_KEYS = 3, KEY_ISSUED_AT = 4, PAYLOAD_PAIRS = 4 };
enum { ENTRY_KID = 1, ENTRY_ALG = 2, ENTRY_PUBLIC_KEY = 3, ENTRY_STATE = 4, ENTRY_PAIRS = 4 };

static bool read_entry(ef_cbor *r, ef_trusted_key *key)
{
    uint64_t state;
    int64_t alg;
    const uint8_t *bytes;
    size_t len;
    memset(key, 0, sizeof *key);
    if (!ef_cbor_map_of(r, ENTRY_PAIRS)) return false;
    if (!ef_cbor_is(r, ENTRY_KID) || !ef_cbor_text_copy(r, key->kid, sizeof key->kid)) return false;
    if (!ef_cbor_is(r, ENTRY_ALG) || !ef_cbor_int(r, &alg) || alg < INT32_MIN || alg > INT32_MAX) return false;
    if (!ef_cbor_is(r, ENTRY_PUBLIC_KEY) || !ef_cbor_bytes(r, &bytes, &len) || len > sizeof key->public_key) return false;
    if (!ef_cbor_is(r, ENTRY_STATE) || !ef_cbor_uint(r, &state) || state > STATE_RETIRED) return false;
    memcpy(key->public_key, bytes, len);
    key->public_key_len = (uint16_t)len;
    key->alg = (int32_t)alg;
    key->retired = state == STATE_RETIRED;
    return true;
}

static bool read_keys(ef_cbor *r, ef_key_record *out)
{
    uint64_t count;
    bool any_trusted = false;
    char previous[EF_KID_CHARS + 1] = "";
    if (!ef_cbor_array(r, &count) || count < 1 || count > EF_TRUSTED_KEYS_MAX) return false;
    for (uint32_t left = (uint32_t)count; left > 0; left--) {
        ef_trusted_key key;
        if (!read_entry(r, &key) || strcmp(key.kid, previous) <= 0 || ef_key_record_add(out, &key) != EF_OK) return false;
        memcpy(previous, key.kid, sizeof previous);
        any_trusted = any_trusted || !key.retired;
    }
    return any_trusted;
}

static bool read_payload(const ef_cose *cose, ef_key_record *out)
{
    ef_cbor r = ef_cbor_over(cose->payload.data, cose->payload.len);
    uint64_t generation, issued_at;
    if (!ef_cbor_map_of(&r, PAYLOAD_PAIRS) || !ef_cbor_is(&r, KEY_FORMAT_VERSION) || !ef_cbor_is(&r, FORMAT_VERSION)) return false;
    if (!ef_cbor_is(&r, KEY_GENERATION) || !ef_cbor_uint(&r, &generation) || generation < 1 || generation > EF_KEY_GENERATION_MAX) return false;
    ef_key_record_begin(out, generation);
    if (!ef_cbor_is(&r, KEY_KEYS) || !read_keys(&r, out)) return false;
    return ef_cbor_is(&r, KEY_ISSUED_AT) && ef_cbor_uint(&r, &issued_at) && ef_cbor_done(&r);
}

ef_status ef_key_list_kid(const uint8_t *cose, size_t len, char kid[EF_KID_CHARS + 1])
{
    return ef_cose_kid(cose, len, content, kid);
}

ef_status ef_key_list_open(const uint8_t *cose, size_t len, const ef_trusted_key *signer, uint64_t generation, ef_key_record *out)
{
    ef_cose e;
    if (!ef_cose_read(cose, len, content, &e) || !read_payload(&e, out)) return EF_MANIFEST_MALFORMED;
    const ef_status signature = ef_cose_verify(&e, signer);
    if (signature != EF_OK) return signature;
    return ef_key_record_generation(out) > generation ? EF_OK : EF_KEYS_OLD;
}
