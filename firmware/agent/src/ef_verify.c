/* Verifying: what is in the slot is read back and must be the image of the manifest, byte for byte. One sector a step. */
#include <string.h>

#include "ef_parts.h"
#include "espforge/ef_image.h"

static void close_hashes(ef_agent *a)
{
    if (a->verify.open) {
        (void)psa_hash_abort(&a->verify.image);
        (void)psa_hash_abort(&a->verify.payload);
    }
    a->verify.open = false;
}

void ef_verify_enter(ef_agent *a)
{
    close_hashes(a);
    ef_verify *v = &a->verify;
    v->offset = 0;
    v->has_payload = false;
    v->header = EF_IMAGE_MALFORMED;
    v->image = psa_hash_operation_init();
    v->payload = psa_hash_operation_init();
    v->open = psa_hash_setup(&v->image, PSA_ALG_SHA_256) == PSA_SUCCESS && psa_hash_setup(&v->payload, PSA_ALG_SHA_256) == PSA_SUCCESS;
}

static void fail(ef_agent *a, ef_status error, const char *detail)
{
    close_hashes(a);
    ef_update_failed(a, error, detail);
}

static ef_status judge_header(ef_agent *a, size_t len)
{
    const ef_manifest *m = &a->offer.manifest;
    ef_image image;
    ef_status status;
    bool is_host = strcmp(a->config.image_format, "host") == 0;
    if (is_host)
        status = len < EF_HOST_HEADER_BYTES ? EF_IMAGE_MALFORMED : ef_image_read_host(a->sector, len, &image);
    else
        status = ef_image_read_esp(a->sector, len, &image);
    if (status != EF_OK)
        return status;
    if (strcmp(image.version, m->version) != 0 || strcmp(image.chip, a->config.chip) != 0)
        return EF_IMAGE_MALFORMED;
    if (!is_host)
        return EF_OK;
    if (image.payload_size_bytes != m->image_size_bytes - EF_HOST_HEADER_BYTES ||
        (a->config.architecture != NULL && strcmp(image.architecture, a->config.architecture) != 0))
        return EF_IMAGE_MALFORMED;
    a->verify.has_payload = true;
    memcpy(a->verify.payload_sha256, image.payload_sha256, 32);
    return EF_OK;
}

static bool equals(psa_hash_operation_t *operation, const uint8_t expected[32])
{
    uint8_t hash[32];
    size_t len = 0;
    return psa_hash_finish(operation, hash, sizeof hash, &len) == PSA_SUCCESS && len == 32 && memcmp(hash, expected, 32) == 0;
}

static void judge(ef_agent *a)
{
    ef_verify *v = &a->verify;
    if (!equals(&v->image, a->offer.manifest.image_sha256)) {
        if (!a->download.resumed || a->download.started_over) {
            fail(a, EF_IMAGE_HASH_MISMATCH, "The SHA-256 of what is in the slot is not the manifest's.");
            return;
        }
        ef_log(a, EF_LOG_WARN, "the slot does not match after a resumed download; once more from the beginning");
        close_hashes(a);
        a->download.started_over = true;
        ef_progress_clear(a);
        ef_event_happened(a, EF_EVENT_DAMAGED);
        return;
    }
    if (v->header == EF_OK && v->has_payload && !equals(&v->payload, v->payload_sha256))
        v->header = EF_IMAGE_MALFORMED;
    if (v->header != EF_OK) {
        fail(a, EF_IMAGE_MALFORMED, "The image's header does not fit the manifest, the chip or the payload.");
        return;
    }
    close_hashes(a);
    ef_event_happened(a, EF_EVENT_VERIFIED);
}

int64_t ef_verify_step(ef_agent *a, int64_t now_ms)
{
    ef_verify *v = &a->verify;
    uint32_t size = a->offer.manifest.image_size_bytes;
    size_t part = size - v->offset < EF_SECTOR_BYTES ? size - v->offset : EF_SECTOR_BYTES;
    (void)now_ms;
    if (!v->open) {
        fail(a, EF_IMAGE_HASH_MISMATCH, "The crypto library gave no SHA-256.");
        return 0;
    }
    if (part == 0) {
        judge(a);
        return 0;
    }
    if (a->port->slot_read(a->port->ctx, v->offset, a->sector, part) != EF_OK) {
        fail(a, EF_FLASH_FAILED, "The slot could not be read back.");
        return 0;
    }
    if (v->offset == 0)
        v->header = judge_header(a, part);
    bool ok = psa_hash_update(&v->image, a->sector, part) == PSA_SUCCESS;
    size_t skip = v->offset == 0 ? EF_HOST_HEADER_BYTES : 0;
    if (ok && part > skip)
        ok = psa_hash_update(&v->payload, a->sector + skip, part - skip) == PSA_SUCCESS;
    if (!ok) {
        fail(a, EF_IMAGE_HASH_MISMATCH, "The crypto library gave no SHA-256.");
        return 0;
    }
    v->offset += (uint32_t)part;
    return 0;
}
