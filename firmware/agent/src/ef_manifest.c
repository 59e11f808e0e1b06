#include "espforge/ef_manifest.h"

#include <string.h>

#include "ef_cbor.h"
#include "ef_cose.h"
#include "ef_utf8.h"
#include "espforge/ef_codec.h"

#define SEQUENCE_MAX ((UINT64_C(1) << 53) - 1)

_Static_assert(EF_MANIFEST_MAX_BYTES == EF_COSE_MAX_BYTES, "one limit for all documents");

typedef enum kind { FORMAT_VERSION, U32, U64, TEXT, SEMVER, SHA256, IMAGE } kind;

/* A member of a map: what it is, and where it goes. The keys are 1, 2, 3 and so on. */
typedef struct member {
    uint8_t kind, size;
    uint16_t at;
} member;

#define AT(kind, field) {kind, sizeof((ef_manifest *)0)->field, offsetof(ef_manifest, field)}
static const member image_members[] = {AT(TEXT, image_format), AT(U32, image_size_bytes), AT(SHA256, image_sha256), AT(TEXT, image_path)};
static const member members[] = {
    {FORMAT_VERSION, 0, 0}, AT(U64, sequence), AT(TEXT, product), AT(TEXT, chip), AT(SEMVER, version), {IMAGE, 0, 0},
    AT(SEMVER, minimum_agent_version), AT(SEMVER, minimum_version), AT(U32, security_epoch), AT(U64, issued_at_ms), AT(U64, expires_at_ms),
};
#undef AT
enum { KEY_MINIMUM_AGENT_VERSION = 7, KEY_MINIMUM_VERSION = 8, OPTIONAL = 1u << KEY_MINIMUM_AGENT_VERSION | 1u << KEY_MINIMUM_VERSION };

static bool read_map(ef_cbor *r, const member *list, size_t count, uint32_t optional, uint8_t *out);

static bool read_value(ef_cbor *r, const member *m, uint8_t *out)
{
    uint8_t *field = out + m->at;
    uint64_t number;
    ef_view bytes;
    switch ((kind)m->kind) {
    case FORMAT_VERSION:
        return ef_cbor_is(r, 1);
    case U32:
    case U64:
        if (!ef_cbor_uint(r, &number) || (m->kind == U32 && number > UINT32_MAX)) return false;
        if (m->kind == U32)
            *(uint32_t *)(void *)field = (uint32_t)number;
        else
            *(uint64_t *)(void *)field = number;
        return true;
    case TEXT:
    case SEMVER:
        return ef_cbor_text_copy(r, (char *)field, m->size) && (m->kind == TEXT || ef_semver_valid((char *)field));
    case SHA256:
        if (!ef_cbor_bytes(r, &bytes.data, &bytes.len) || bytes.len != m->size) return false;
        memcpy(field, bytes.data, bytes.len);
        return true;
    case IMAGE:
        return read_map(r, image_members, sizeof image_members / sizeof image_members[0], 0, out);
    }
    return false;
}

static bool read_map(ef_cbor *r, const member *list, size_t count, uint32_t optional, uint8_t *out)
{
    uint64_t pairs, key;
    uint32_t seen = optional, previous = 0;
    if (!ef_cbor_map(r, &pairs) || pairs > count) return false;
    for (uint32_t left = (uint32_t)pairs; left > 0; left--) {
        /* Ascending also means that none occurs twice. */
        if (!ef_cbor_uint(r, &key) || key > count || (uint32_t)key <= previous) return false;
        previous = (uint32_t)key;
        seen |= 1u << previous;
        if (!read_value(r, &list[previous - 1], out)) return false;
    }
    return seen == (2u << count) - 2;
}

static bool read_payload(ef_view payload, ef_manifest *out)
{
    ef_cbor r = ef_cbor_over(payload.data, payload.len);
    /* The path goes into a request line: from the root, and nothing in it that could end the line or the word. */
    return read_map(&r, members, sizeof members / sizeof members[0], OPTIONAL, (uint8_t *)out) && ef_cbor_done(&r) &&
           out->expires_at_ms > out->issued_at_ms && out->sequence >= 1 && out->sequence <= SEQUENCE_MAX &&
           (strcmp(out->image_format, "esp") == 0 || strcmp(out->image_format, "host") == 0) && out->image_path[0] == '/' && ef_is_word(out->image_path);
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
    if (!ef_cose_read(cose, cose_len, NULL, &e) || !read_payload(e.payload, out)) return EF_MANIFEST_MALFORMED;
    const ef_status signature = ef_cose_verify(&e, find_key(context, e.kid));
    return signature == EF_OK ? judge(out, context) : signature;
}

ef_status ef_manifest_kid(const uint8_t *cose, size_t cose_len, char kid[EF_KID_CHARS + 1])
{
    return ef_cose_kid(cose, cose_len, NULL, kid);
}

ef_status ef_manifest_open(const uint8_t *cose, size_t cose_len, const ef_manifest_context *context, ef_manifest *out)
{
    if (out == NULL) return EF_BAD_ARGUMENT;
    memset(out, 0, sizeof *out);
    if (cose == NULL || context == NULL || (context->keys == NULL && context->key_count > 0) || context->key_count > EF_TRUSTED_KEYS_MAX) return EF_BAD_ARGUMENT;
    const ef_status status = open_manifest(cose, cose_len, context, out);
    if (status != EF_OK) memset(out, 0, sizeof *out);
    return status;
}
