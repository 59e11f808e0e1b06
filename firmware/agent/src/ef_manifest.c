#include "espforge/ef_manifest.h"

#include <psa/crypto.h>
#include <string.h>

#include "ef_cbor.h"
#include "espforge/ef_codec.h"

#define COSE_SIGN1_TAG 18u
#define COSE_ES256 (-7)
#define ES256_SIGNATURE_BYTES 64u
#define SEQUENCE_MAX ((UINT64_C(1) << 53) - 1)

enum {
    KEY_FORMAT_VERSION = 1,
    KEY_SEQUENCE = 2,
    KEY_PRODUCT = 3,
    KEY_CHIP = 4,
    KEY_VERSION = 5,
    KEY_IMAGE = 6,
    KEY_MINIMUM_AGENT_VERSION = 7,
    KEY_MINIMUM_VERSION = 8,
    KEY_SECURITY_EPOCH = 9,
    KEY_ISSUED_AT = 10,
    KEY_EXPIRES_AT = 11
};

typedef struct bytes_view {
    const uint8_t *data;
    size_t len;
} bytes_view;

/* The four parts of the envelope, as views, and what its protected header says. */
typedef struct envelope {
    bytes_view protected_header;
    bytes_view payload;
    bytes_view signature;
    int64_t alg;
    const uint8_t *kid; /* EF_KID_CHARS bytes */
} envelope;

static bool take_bytes(ef_cbor *r, bytes_view *view) { return ef_cbor_bytes(r, &view->data, &view->len); }

static bool take_key(ef_cbor *r, uint64_t expected)
{
    uint64_t key;
    return ef_cbor_uint(r, &key) && key == expected;
}

static bool read_protected(bytes_view header, envelope *out)
{
    ef_cbor r = ef_cbor_over(header.data, header.len);
    uint64_t pairs;
    bytes_view kid;
    if (!ef_cbor_map(&r, &pairs) || pairs != 2 || !take_key(&r, 1) || !ef_cbor_int(&r, &out->alg)) return false;
    if (!take_key(&r, 4) || !take_bytes(&r, &kid) || kid.len != EF_KID_CHARS || !ef_cbor_done(&r)) return false;
    out->kid = kid.data;
    return true;
}

static bool read_envelope(const uint8_t *cose, size_t cose_len, envelope *out)
{
    ef_cbor r = ef_cbor_over(cose, cose_len);
    uint64_t tag, parts, unprotected_pairs;
    if (!ef_cbor_tag(&r, &tag) || tag != COSE_SIGN1_TAG || !ef_cbor_array(&r, &parts) || parts != 4) return false;
    if (!take_bytes(&r, &out->protected_header) || !ef_cbor_map(&r, &unprotected_pairs) || unprotected_pairs != 0) return false;
    if (!take_bytes(&r, &out->payload) || !take_bytes(&r, &out->signature) || !ef_cbor_done(&r)) return false;
    return read_protected(out->protected_header, out);
}

static bool take_uint32(ef_cbor *r, uint32_t *value)
{
    uint64_t wide;
    if (!ef_cbor_uint(r, &wide) || wide > UINT32_MAX) return false;
    *value = (uint32_t)wide;
    return true;
}

static bool take_semver(ef_cbor *r, char *out, size_t cap) { return ef_cbor_text_copy(r, out, cap) && ef_semver_valid(out); }

/* The path goes into a request line: from the root, and nothing in it that could end the line or the word. */
static bool path_valid(const char *path)
{
    if (path[0] != '/') return false;
    for (size_t i = 0; path[i] != '\0'; i++) {
        if (path[i] < 0x21 || path[i] > 0x7E) return false;
    }
    return true;
}

static bool read_image(ef_cbor *r, ef_manifest *out)
{
    uint64_t pairs;
    bytes_view sha256;
    if (!ef_cbor_map(r, &pairs) || pairs != 4) return false;
    if (!take_key(r, 1) || !ef_cbor_text_copy(r, out->image_format, sizeof out->image_format)) return false;
    if (strcmp(out->image_format, "esp") != 0 && strcmp(out->image_format, "host") != 0) return false;
    if (!take_key(r, 2) || !take_uint32(r, &out->image_size_bytes)) return false;
    if (!take_key(r, 3) || !take_bytes(r, &sha256) || sha256.len != sizeof out->image_sha256) return false;
    memcpy(out->image_sha256, sha256.data, sha256.len);
    return take_key(r, 4) && ef_cbor_text_copy(r, out->image_path, sizeof out->image_path) && path_valid(out->image_path);
}

static bool read_value(ef_cbor *r, uint64_t key, ef_manifest *out)
{
    uint64_t format_version;
    switch (key) {
    case KEY_FORMAT_VERSION:
        return ef_cbor_uint(r, &format_version) && format_version == 1;
    case KEY_SEQUENCE:
        return ef_cbor_uint(r, &out->sequence) && out->sequence >= 1 && out->sequence <= SEQUENCE_MAX;
    case KEY_PRODUCT:
        return ef_cbor_text_copy(r, out->product, sizeof out->product);
    case KEY_CHIP:
        return ef_cbor_text_copy(r, out->chip, sizeof out->chip);
    case KEY_VERSION:
        return take_semver(r, out->version, sizeof out->version);
    case KEY_IMAGE:
        return read_image(r, out);
    case KEY_MINIMUM_AGENT_VERSION:
        return take_semver(r, out->minimum_agent_version, sizeof out->minimum_agent_version);
    case KEY_MINIMUM_VERSION:
        return take_semver(r, out->minimum_version, sizeof out->minimum_version);
    case KEY_SECURITY_EPOCH:
        return take_uint32(r, &out->security_epoch);
    case KEY_ISSUED_AT:
        return ef_cbor_uint(r, &out->issued_at_ms);
    case KEY_EXPIRES_AT:
        return ef_cbor_uint(r, &out->expires_at_ms);
    default:
        return false;
    }
}

static bool read_payload(bytes_view payload, ef_manifest *out)
{
    ef_cbor r = ef_cbor_over(payload.data, payload.len);
    uint64_t pairs;
    if (!ef_cbor_map(&r, &pairs) || pairs > KEY_EXPIRES_AT) return false;
    uint32_t seen = 0;
    uint64_t previous = 0;
    for (uint64_t i = 0; i < pairs; i++) {
        uint64_t key;
        /* Ascending also means that none occurs twice. */
        if (!ef_cbor_uint(&r, &key) || key <= previous || !read_value(&r, key, out)) return false;
        seen |= 1u << key;
        previous = key;
    }
    const uint32_t optional = 1u << KEY_MINIMUM_AGENT_VERSION | 1u << KEY_MINIMUM_VERSION;
    const uint32_t all = (1u << (KEY_EXPIRES_AT + 1)) - 2u;
    return (seen | optional) == all && ef_cbor_done(&r) && out->expires_at_ms > out->issued_at_ms;
}

static const ef_trusted_key *find_key(const ef_manifest_context *context, const uint8_t *kid)
{
    for (size_t i = 0; i < context->key_count; i++) {
        if (memcmp(context->keys[i].kid, kid, EF_KID_CHARS) == 0) return &context->keys[i];
    }
    return NULL;
}

static psa_status_t hash_bstr(psa_hash_operation_t *hash, bytes_view bytes)
{
    /* Lengths here are below EF_MANIFEST_MAX_BYTES, so two argument bytes always do. */
    uint8_t head[3];
    size_t head_len = 0;
    if (bytes.len < 24) {
        head[head_len++] = (uint8_t)(0x40u | bytes.len);
    } else if (bytes.len < 256) {
        head[head_len++] = 0x58;
        head[head_len++] = (uint8_t)bytes.len;
    } else {
        head[head_len++] = 0x59;
        head[head_len++] = (uint8_t)(bytes.len >> 8);
        head[head_len++] = (uint8_t)bytes.len;
    }
    const psa_status_t status = psa_hash_update(hash, head, head_len);
    return status == PSA_SUCCESS ? psa_hash_update(hash, bytes.data, bytes.len) : status;
}

/* SHA-256 over ["Signature1", protected, h'', payload], streamed: the structure is never laid out. */
static psa_status_t hash_sig_structure(const envelope *e, uint8_t digest[32])
{
    static const uint8_t lead[] = {0x84, 0x6A, 'S', 'i', 'g', 'n', 'a', 't', 'u', 'r', 'e', '1'};
    const uint8_t no_external_data = 0x40;
    psa_hash_operation_t hash = PSA_HASH_OPERATION_INIT;
    size_t digest_len;
    psa_status_t status = psa_hash_setup(&hash, PSA_ALG_SHA_256);
    if (status == PSA_SUCCESS) status = psa_hash_update(&hash, lead, sizeof lead);
    if (status == PSA_SUCCESS) status = hash_bstr(&hash, e->protected_header);
    if (status == PSA_SUCCESS) status = psa_hash_update(&hash, &no_external_data, 1);
    if (status == PSA_SUCCESS) status = hash_bstr(&hash, e->payload);
    if (status == PSA_SUCCESS) status = psa_hash_finish(&hash, digest, 32, &digest_len);
    if (status != PSA_SUCCESS) (void)psa_hash_abort(&hash);
    return status;
}

static ef_status verify_signature(const envelope *e, const ef_trusted_key *key)
{
    if (e->signature.len != ES256_SIGNATURE_BYTES) return EF_SIGNATURE_INVALID;
    uint8_t digest[32];
    if (hash_sig_structure(e, digest) != PSA_SUCCESS) return EF_CRYPTO;

    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, 256);
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
    psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    psa_key_id_t id;
    if (psa_import_key(&attributes, key->public_key, sizeof key->public_key, &id) != PSA_SUCCESS) return EF_CRYPTO;
    const psa_status_t verified = psa_verify_hash(id, PSA_ALG_ECDSA(PSA_ALG_SHA_256), digest, sizeof digest, e->signature.data, e->signature.len);
    (void)psa_destroy_key(id);
    if (verified == PSA_SUCCESS) return EF_OK;
    return verified == PSA_ERROR_INSUFFICIENT_MEMORY ? EF_CRYPTO : EF_SIGNATURE_INVALID;
}

static bool at_least(const char *have, const char *minimum)
{
    int order;
    return minimum[0] == '\0' || (ef_semver_compare(have, minimum, &order) == EF_OK && order >= 0);
}

static ef_status judge(const ef_manifest *m, const ef_manifest_context *c)
{
    if (c->now_ms != 0 && m->expires_at_ms <= c->now_ms) return EF_MANIFEST_EXPIRED;
    if (strcmp(m->product, c->product) != 0) return EF_PRODUCT_MISMATCH;
    if (strcmp(m->chip, c->chip) != 0) return EF_CHIP_MISMATCH;
    if (strcmp(m->image_format, c->image_format) != 0) return EF_FORMAT_MISMATCH;
    if (m->sequence <= c->sequence) return EF_SEQUENCE_OLD;
    if (m->security_epoch < c->security_epoch) return EF_EPOCH_OLD;
    if (!at_least(c->agent_version, m->minimum_agent_version)) return EF_AGENT_TOO_OLD;
    if (!at_least(c->version, m->minimum_version)) return EF_VERSION_TOO_OLD;
    return m->image_size_bytes <= c->slot_size_bytes ? EF_OK : EF_IMAGE_TOO_LARGE;
}

static ef_status open_manifest(const uint8_t *cose, size_t cose_len, const ef_manifest_context *context, ef_manifest *out)
{
    envelope e;
    if (cose_len > EF_MANIFEST_MAX_BYTES || !read_envelope(cose, cose_len, &e) || !read_payload(e.payload, out)) return EF_MANIFEST_MALFORMED;
    const ef_trusted_key *key = find_key(context, e.kid);
    if (key == NULL) return EF_KEY_UNKNOWN;
    if (e.alg != key->alg || e.alg != COSE_ES256) return EF_MANIFEST_ALGORITHM;
    const ef_status signature = verify_signature(&e, key);
    return signature == EF_OK ? judge(out, context) : signature;
}

ef_status ef_manifest_open(const uint8_t *cose, size_t cose_len, const ef_manifest_context *context, ef_manifest *out)
{
    if (out == NULL) return EF_BAD_ARGUMENT;
    memset(out, 0, sizeof *out);
    if (cose == NULL || context == NULL || (context->keys == NULL && context->key_count > 0) || context->key_count > EF_TRUSTED_KEYS_MAX) return EF_BAD_ARGUMENT;
    if (context->product == NULL || context->chip == NULL || context->image_format == NULL || context->version == NULL || context->agent_version == NULL) return EF_BAD_ARGUMENT;
    const ef_status status = open_manifest(cose, cose_len, context, out);
    if (status != EF_OK) memset(out, 0, sizeof *out);
    return status;
}
