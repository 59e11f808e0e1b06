/* Verifying: what is in the slot is read back and must be the image of the manifest, byte for byte. One sector a step. Where an image says the hash
 * of its payload, the slot is read once more for that. */
#include <string.h>

#include "ef_parts.h"

static void close_hash(ef_agent *a)
{
    if (a->verify.open)
        (void)psa_hash_abort(&a->verify.hash);
    a->verify.open = false;
}

static void open_hash(ef_agent *a)
{
    ef_verify *v = &a->verify;
    close_hash(a);
    v->offset = 0;
    v->hash = psa_hash_operation_init();
    v->open = psa_hash_setup(&v->hash, PSA_ALG_SHA_256) == PSA_SUCCESS;
}

void ef_verify_enter(ef_agent *a)
{
    a->verify.has_payload = a->verify.second = false;
    a->verify.header = EF_IMAGE_MALFORMED;
    open_hash(a);
}

static uint32_t fail(ef_agent *a, ef_status error, const char *detail)
{
    close_hash(a);
    ef_update_failed(a, error, detail);
    return 0;
}

static ef_status judge_header(ef_agent *a, size_t len)
{
    const ef_manifest *m = &a->offer.manifest;
    ef_verify *v = &a->verify;
    ef_image image;
    ef_status status = a->config.image_format->read(a->sector, len, &image);
    if (status != EF_OK)
        return status;
    v->has_payload = image.payload_size_bytes != 0;
    memcpy(v->payload_sha256, image.payload_sha256, sizeof v->payload_sha256);
    if (strcmp(image.version, m->version) != 0 || strcmp(image.chip, a->config.chip) != 0 ||
        (v->has_payload && (image.payload_size_bytes != m->image_size_bytes - EF_HOST_HEADER_BYTES ||
                            (a->config.architecture != NULL && strcmp(image.architecture, a->config.architecture) != 0))))
        return EF_IMAGE_MALFORMED;
    return EF_OK;
}

static bool equals(ef_agent *a, const uint8_t expected[32])
{
    uint8_t hash[32];
    size_t len = 0;
    return psa_hash_finish(&a->verify.hash, hash, sizeof hash, &len) == PSA_SUCCESS && len == 32 && memcmp(hash, expected, 32) == 0;
}

static uint32_t judge(ef_agent *a)
{
    ef_verify *v = &a->verify;
    bool good = equals(a, v->second ? v->payload_sha256 : a->offer.manifest.image_sha256);
    if (!good && !v->second) {
        if (!a->download.resumed || a->download.started_over)
            return fail(a, EF_IMAGE_HASH_MISMATCH, "The slot has another SHA-256.");
        ef_log(a, EF_LOG_WARN, "the slot does not match; once more");
        close_hash(a);
        a->download.started_over = true;
        ef_progress_clear(a);
        ef_event_happened(a, EF_EVENT_DAMAGED);
        return 0;
    }
    if (!good || v->header != EF_OK)
        return fail(a, EF_IMAGE_MALFORMED, "The header does not fit.");
    if (v->has_payload && !v->second) {
        v->second = true;
        open_hash(a);
        return 0;
    }
    close_hash(a);
    ef_event_happened(a, EF_EVENT_VERIFIED);
    return 0;
}

uint32_t ef_verify_step(ef_agent *a)
{
    ef_verify *v = &a->verify;
    uint32_t left = a->offer.manifest.image_size_bytes - v->offset;
    size_t part = left < EF_SECTOR_BYTES ? left : EF_SECTOR_BYTES;
    if (v->open && part == 0)
        return judge(a);
    if (v->open && a->port->slot_read(a->port->ctx, v->offset, a->sector, part) != EF_OK)
        return fail(a, EF_FLASH_FAILED, "The slot cannot be read.");
    if (v->offset == 0 && !v->second)
        v->header = judge_header(a, part);
    size_t skip = v->offset == 0 && v->second ? EF_HOST_HEADER_BYTES : 0; /* the header was judged: there is more than that */
    if (!v->open || psa_hash_update(&v->hash, a->sector + skip, part - skip) != PSA_SUCCESS)
        return fail(a, EF_IMAGE_HASH_MISMATCH, "No SHA-256.");
    v->offset += (uint32_t)part;
    return 0;
}
