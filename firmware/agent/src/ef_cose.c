#include "ef_cose.h"

#include <psa/crypto.h>
#include <string.h>

#include "ef_cbor.h"

#define COSE_SIGN1_TAG 18u
#define ES256_SIGNATURE_BYTES 64u

enum { LABEL_ALG = 1, LABEL_CONTENT_TYPE = 3, LABEL_KID = 4 };

static bool take_bytes(ef_cbor *r, ef_view *view) { return ef_cbor_bytes(r, &view->data, &view->len); }

static bool read_protected(ef_view header, const char *content, ef_cose *out)
{
    ef_cbor r = ef_cbor_over(header.data, header.len);
    ef_view kid, text;
    if (!ef_cbor_map_of(&r, content == NULL ? 2 : 3) || !ef_cbor_is(&r, LABEL_ALG) || !ef_cbor_int(&r, &out->alg)) return false;
    if (content != NULL && (!ef_cbor_is(&r, LABEL_CONTENT_TYPE) || !ef_cbor_text(&r, &text.data, &text.len) || text.len != strlen(content) ||
                            memcmp(text.data, content, text.len) != 0))
        return false;
    if (!ef_cbor_is(&r, LABEL_KID) || !take_bytes(&r, &kid) || kid.len != EF_KID_CHARS || !ef_cbor_done(&r)) return false;
    out->kid = kid.data;
    return true;
}

bool ef_cose_read(const uint8_t *data, size_t len, const char *content, ef_cose *out)
{
    ef_cbor r = ef_cbor_over(data, len);
    uint64_t tag, parts;
    return len <= EF_COSE_MAX_BYTES && ef_cbor_tag(&r, &tag) && tag == COSE_SIGN1_TAG && ef_cbor_array(&r, &parts) && parts == 4 &&
           take_bytes(&r, &out->protected_header) &&
           ef_cbor_map_of(&r, 0) && take_bytes(&r, &out->payload) && take_bytes(&r, &out->signature) && ef_cbor_done(&r) &&
           read_protected(out->protected_header, content, out);
}

ef_status ef_cose_kid(const uint8_t *data, size_t len, const char *content, char kid[EF_KID_CHARS + 1])
{
    ef_cose e;
    kid[0] = '\0';
    if (!ef_cose_read(data, len, content, &e)) return EF_MANIFEST_MALFORMED;
    memcpy(kid, e.kid, EF_KID_CHARS);
    kid[EF_KID_CHARS] = '\0';
    return EF_OK;
}

static bool hash_more(psa_hash_operation_t *hash, const uint8_t *data, size_t len) { return psa_hash_update(hash, data, len) == PSA_SUCCESS; }

/* SHA-256 over ["Signature1", protected, h'', payload], streamed: the structure is never laid out. The header was read, so it has 24 to 255 bytes; a
 * payload of less than 24 is no document. */
static bool hash_sig_structure(const ef_cose *cose, uint8_t digest[32])
{
    uint8_t lead[] = {0x84, 0x6A, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', '1', 0x58, (uint8_t)cose->protected_header.len};
    const size_t len = cose->payload.len, size = len < 256 ? 1 : 2;
    uint8_t middle[4] = {0x40, (uint8_t)(0x57 + size), (uint8_t)(len >> 8)};
    middle[1 + size] = (uint8_t)len;
    psa_hash_operation_t hash = PSA_HASH_OPERATION_INIT;
    size_t digest_len;
    const bool good = psa_hash_setup(&hash, PSA_ALG_SHA_256) == PSA_SUCCESS && hash_more(&hash, lead, sizeof lead) &&
                      hash_more(&hash, cose->protected_header.data, cose->protected_header.len) && hash_more(&hash, middle, 2 + size) &&
                      hash_more(&hash, cose->payload.data, len) && psa_hash_finish(&hash, digest, 32, &digest_len) == PSA_SUCCESS;
    if (!good) (void)psa_hash_abort(&hash);
    return good;
}

/* RSA signatures are as long as the modulus. */
static size_t signature_bytes(const ef_trusted_key *key)
{
    if (key->alg == EF_ALG_ES256) return ES256_SIGNATURE_BYTES;
    return key->public_key_len == EF_RSA_2048_BYTES ? 256u : 384u;
}

static __attribute__((noinline)) psa_algorithm_t algorithm_of(int32_t alg)
{
    switch (alg) {
    case EF_ALG_ES256: return PSA_ALG_ECDSA(PSA_ALG_SHA_256);
    case EF_ALG_PS256: return PSA_ALG_RSA_PSS(PSA_ALG_SHA_256);
    case EF_ALG_RS256: return PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256);
    default: return PSA_ALG_NONE;
    }
}

static psa_status_t import_key(const ef_trusted_key *key, psa_algorithm_t algorithm, psa_key_id_t *id)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    if (key->alg == EF_ALG_ES256) {
        psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
        psa_set_key_bits(&attributes, 256);
    } else {
        psa_set_key_type(&attributes, PSA_KEY_TYPE_RSA_PUBLIC_KEY);
    }
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, algorithm);
    return psa_import_key(&attributes, key->public_key, key->public_key_len, id);
}

ef_status ef_cose_verify(const ef_cose *cose, const ef_trusted_key *key)
{
    if (key == NULL) return EF_KEY_UNKNOWN;
    if (key->retired) return EF_KEY_RETIRED;
    if (cose->alg != key->alg) return EF_MANIFEST_ALGORITHM;
    const psa_algorithm_t algorithm = algorithm_of(key->alg);
    if (algorithm == PSA_ALG_NONE) return EF_MANIFEST_ALGORITHM;
    if (cose->signature.len != signature_bytes(key)) return EF_SIGNATURE_INVALID;
    uint8_t digest[32];
    psa_key_id_t id;
    if (!hash_sig_structure(cose, digest) || import_key(key, algorithm, &id) != PSA_SUCCESS) return EF_CRYPTO;
    const psa_status_t verified = psa_verify_hash(id, algorithm, digest, sizeof digest, cose->signature.data, cose->signature.len);
    (void)psa_destroy_key(id);
    if (verified == PSA_SUCCESS) return EF_OK;
    return verified == PSA_ERROR_INSUFFICIENT_MEMORY ? EF_CRYPTO : EF_SIGNATURE_INVALID;
}

/* SEQUENCE { INTEGER modulus, INTEGER 65537 } in the one DER form that a modulus of 2048 or 3072 bits has: two lengths differ, by 0x80. */
static bool is_rsa(const uint8_t *der, size_t len)
{
    static const uint8_t lead[] = {0x30, 0x82, 0x01, 0x0A, 0x02, 0x82, 0x01, 0x01, 0x00}, exponent[] = {0x02, 0x03, 0x01, 0x00, 0x01};
    if (len != EF_RSA_2048_BYTES && len != EF_RSA_3072_BYTES) return false;
    const uint8_t *tail = der + len - sizeof exponent;
    for (size_t i = 0; i < sizeof lead; i++) {
        if (der[i] != (len == EF_RSA_3072_BYTES && (i == 3 || i == 7) ? lead[i] | 0x80 : lead[i])) return false;
    }
    return (der[sizeof lead] & 0x80u) != 0 && (tail[-1] & 1u) != 0 && memcmp(tail, exponent, sizeof exponent) == 0;
}

bool ef_key_valid(const ef_trusted_key *key)
{
    if (strspn(key->kid, "0123456789abcdef") != EF_KID_CHARS || key->kid[EF_KID_CHARS] != '\0') return false;
    const psa_algorithm_t algorithm = algorithm_of(key->alg);
    const size_t len = key->public_key_len;
    if (algorithm == PSA_ALG_NONE) return false;
    if (key->alg == EF_ALG_ES256 ? len != EF_EC_POINT_BYTES || key->public_key[0] != 4 : !is_rsa(key->public_key, len))
        return false;
    psa_key_id_t id;
    if (import_key(key, algorithm, &id) != PSA_SUCCESS) return false;
    (void)psa_destroy_key(id);
    return true;
}

int32_t ef_key_alg(const char *name)
{
    if (name[0] == '\0' || strcmp(name + 1, "S256") != 0) return 0;
    return name[0] == 'E' ? EF_ALG_ES256 : name[0] == 'P' ? EF_ALG_PS256 : name[0] == 'R' ? EF_ALG_RS256 : 0;
}
