#include "espforge/ef_manifest.h"

#include <string.h>

#include "ef_cbor.h"
#include "ef_cose.h"
#include "espforge/ef_codec.h"

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

static bool take_bytes(ef_cbor *r, ef_view *view) { return ef_cbor_bytes(r, &view->data, &view->len); }

static bool take_key(ef_cbor *r, uint64_t expected)
{
    uint64_t key;
    return ef_cbor_uint(r, &key) && key == expected;
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
    ef_view sha256;
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

static bool read_payload(ef_view payload, ef_manifest *out)
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
    ef_cose e;
    if (cose_len > EF_MANIFEST_MAX_BYTES || !ef_cose_read(cose, cose_len, NULL, &e) || !read_payload(e.payload, out)) return EF_MANIFEST_MALFORMED;
    const ef_status signature = ef_cose_verify(&e, find_key(context, e.kid));
    return signature == EF_OK ? judge(out, context) : signature;
}

ef_status ef_manifest_kid(const uint8_t *cose, size_t cose_len, char kid[EF_KID_CHARS + 1])
{
    ef_cose e;
    kid[0] = '\0';
    if (cose_len > EF_MANIFEST_MAX_BYTES || !ef_cose_read(cose, cose_len, NULL, &e)) return EF_MANIFEST_MALFORMED;
    ef_cose_kid(&e, kid);
    return EF_OK;
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
